"""Assignment to centers, for zones of many units: bound, fix, solve with cuts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zoning.clock import perf_counter
from zoning.search.instance.constants import SCALE
from zoning.search.instance.zones import Ints
from zoning.search.lagrangian import bound as relax
from zoning.search.lagrangian.bound import Level
from zoning.search.pricing.open_pairs import open_pairs
from zoning.search.pricing.subproblems import Market
from zoning.search.run import Run
from zoning.solvers.assignment import assign

ROUNDS = 4  # of bound and fix; each starts in a narrower space
MOST_PAIRS = 60_000  # a model of more pairs does not fit a minute


@dataclass(frozen=True)
class Assign:
    """Strategy: CP-SAT's assignment model on what the bound by centers leaves open.

    Parameters
    ----------
    share
        At most this part of the time left is used.
    """

    share: float = 1.0

    def __call__(self, run: Run) -> None:
        """Prove a bound, and offer a better plan where there is one."""
        a = run.arrays
        end = perf_counter() + self.share * run.left
        market = Market(a, run.count, run.executor, 4 * run.workers)
        narrow(run, market, end)
        if run.done:
            return
        pairs = open_pairs(market)
        if len(pairs.unit) > MOST_PAIRS:
            return
        assigned = assign(
            pairs,
            None if a.is_complete else a.graph,
            num_units=len(run.units),
            hint=_centers(run),
            seconds=end - perf_counter(),
            seed=run.seed,
            workers=run.workers,
            found=lambda center_of: run.offer_centers(center_of, "assignment"),
        )
        if assigned.bound is not None:
            run.prove_travel(assigned.bound, "centers")
        elif run.cost is not None:
            run.prove(run.cost, "assignment")
        else:
            run.forbid(
                "No split into connected zones keeps all bands: proved on the "
                "assignment of units to centers. Raise the tolerance, or ask for "
                "another number of zones."
            )


def _centers(run: Run) -> Ints | None:
    if run.plan is None or run.verdict is None:
        return None
    position = np.full(len(run.problem.region), -1, np.int64)
    position[run.units] = np.arange(len(run.units))
    return position[run.verdict.center[run.plan.zone_of[run.units]]]


def narrow(run: Run, market: Market, end: float) -> Level:
    """Prove a bound by centers, and rule out of the market what no better plan needs.

    Half the time until `end` may go into each round.
    """
    limit = None if run.cost is None else run.cost - run.base
    prices = relax.worth(run.arrays, run.count, run.near_plans())
    for _ in range(ROUNDS):
        before = market.size
        level = relax.prices_by_centers(
            market,
            prices,
            limit,
            deadline=perf_counter() + 0.5 * (end - perf_counter()),
            tell=lambda bound: run.prove_travel(bound, "centers"),
        )
        run.prove_travel(level.bound, "centers")
        if run.done or market.size > 0.9 * before:
            break
        prices = level.prices.unit / SCALE
    return level
