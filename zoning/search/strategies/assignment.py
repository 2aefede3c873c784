"""Assignment to centers, for zones of many units: bound, fix, solve with cuts."""

from __future__ import annotations

from dataclasses import dataclass
from warnings import warn

import numpy as np

from zoning.clock import perf_counter
from zoning.result import Status
from zoning.search.instance.zones import Ints
from zoning.search.lagrangian.ascent import knapsack_dual
from zoning.search.lagrangian.bound import DualPoint, initial_multipliers
from zoning.search.pricing.open_pairs import open_pairs
from zoning.search.pricing.subproblems import CenterSubproblems
from zoning.search.run import Run
from zoning.solvers.assignment import assign
from zoning.solvers.budget import SearchBudget


@dataclass(frozen=True)
class AssignmentModel:
    """Strategy: CP-SAT's assignment model on what the bound by centers leaves open.

    Parameters
    ----------
    share
        At most this part of the time left is used.
    max_pairs
        Pairs of a unit and a center; a model of more does not fit a minute.
    rounds
        Of bound and fix; each starts in a narrower space.
    """

    share: float = 1.0
    max_pairs: int = 60_000
    rounds: int = 4

    def __call__(self, run: Run) -> None:
        """Prove a bound, and submit a better plan where there is one."""
        instance = run.instance
        end = perf_counter() + self.share * run.time_left
        subproblems = CenterSubproblems(instance, run.num_zones, run.hub)
        narrow(run, subproblems, end, self.rounds)
        if run.done:
            return
        pairs = open_pairs(subproblems)
        if len(pairs.unit) > self.max_pairs:
            return
        assigned = assign(
            pairs,
            None if instance.is_complete else instance.graph,
            SearchBudget(end, run.seed, run.limits.workers),
            num_units=len(run.units),
            hint=_centers(run),
            on_solution=lambda center_of: run.submit_assignment(
                center_of, "assignment"
            ),
        )
        if assigned.status is not Status.INFEASIBLE:
            run.update_travel_bound(assigned.bound, "centers")
        elif run.cost is not None:
            run.update_bound(run.cost, "assignment")
        else:
            run.prove_infeasible(
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


def narrow(
    run: Run, subproblems: CenterSubproblems, end: float, rounds: int
) -> DualPoint:
    """Prove a bound by centers, and rule out the pairs no better plan needs.

    Half the time until `end` may go into each round.
    """
    limit = None if run.cost is None else run.cost - run.base
    yuan = run.multipliers
    if yuan is None:
        yuan = initial_multipliers(run.instance, run.num_zones, run.initial_plans())
    for _ in range(rounds):
        before = subproblems.num_pairs
        point = knapsack_dual(
            subproblems,
            yuan,
            limit,
            deadline=perf_counter() + 0.5 * (end - perf_counter()),
            on_bound=lambda bound: run.update_travel_bound(bound, "centers"),
        )
        run.multipliers = yuan = point.yuan
        run.update_travel_bound(point.bound, "centers")
        if run.done or subproblems.num_pairs > 0.9 * before:
            break
    return point


def __getattr__(name: str) -> object:
    """The strategy by its old name, for one release."""
    if name != "Assign":
        raise AttributeError(name)
    warn("Assign is now AssignmentModel.", DeprecationWarning, stacklevel=2)
    return AssignmentModel
