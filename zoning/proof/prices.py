"""Prices for a certificate: a dual for each unit, a multiplier for each center.

Any prices give a bound (`zoning.proof.recheck` counts it); good ones a high one. They
are sought with the knapsacks of `zoning.search.lagrangian`, as in a search, but no pair
of a unit and a center is ruled out, since a bound on better plans alone proves nothing
to those who do not believe that the others are worse.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from zoning.clock import perf_counter
from zoning.limits import Limits
from zoning.plan import Plan
from zoning.search.instance.constants import NO_LIMIT
from zoning.search.instance.instance import sum_rows
from zoning.search.kernels.compiled import compiled
from zoning.search.lagrangian.ascent import deflected_subgradient, knapsack_dual
from zoning.search.lagrangian.bound import DualPoint, initial_multipliers
from zoning.search.lagrangian.oracles import knapsack_oracle
from zoning.search.pricing.center_knapsack import (
    fill_band,
    heap_units,
    pricing_data,
    workspace,
)
from zoning.search.pricing.subproblems import CenterSubproblems, candidates_csr
from zoning.search.run import Run
from zoning.share import COST_BAND

Ints = NDArray[np.int64]
FINE = 1024  # multipliers are whole parts of 1 / SCALE, so many to each
CENTERS = 500  # looked at in one go: bounds the memory of their lists


class Prices(NamedTuple):
    """What a certificate holds.

    Parameters
    ----------
    band
        Name of the band that multipliers are of; None: there is none.
    duals
        Of each unit, 1 / 1024 yuan.
    multipliers
        Of each unit as a center, 1 / 2²⁰ yuan for each one that fills the band.
    """

    band: str | None
    duals: Ints
    multipliers: Ints


@dataclass(frozen=True)
class SeekParams:
    """How prices are sought.

    Parameters
    ----------
    few_units
        Up to so many Shor's r-algorithm has room for.
    around
        Above, a center is offered the nearest units, so many zones full of them.
    step, softer
        The first step, a part of the duals; so many times smaller after each round.
    rounds, steps
        So many rounds share the time; steps of one, at least and at most.
    """

    few_units: int = 1_500
    around: float = 4.0
    step: float = 0.15
    softer: float = 3.0
    rounds: int = 3
    steps: tuple[int, int] = (10, 400)


PARAMS = SeekParams()


def seek_prices(
    plan: Plan, seconds: float, params: SeekParams = PARAMS
) -> Iterator[Prices]:
    """Prices for a plan, ever better as a rule, in about so many seconds."""
    begun = perf_counter()
    run = Run(plan.problem, Limits(seconds))
    if not len(run.units):
        yield Prices(None, *np.zeros((2, len(run.problem.region)), np.int64))
        return
    run.submit(run.searched(plan.zone_of), "the plan")
    if run.avoidable and run.may_bend:
        run.bend(1)  # a yuan for a yuan: multipliers are far below
    zone_of = run.searched(plan.zone_of)
    begin = initial_multipliers(run.instance, run.num_zones, [zone_of])
    subproblems = _offered(run, params)
    if run.instance.num_units <= params.few_units:
        points = _by_r_algorithm(subproblems, begin, begun + seconds)
    else:
        points = _by_rounds(subproblems, begin, begun + seconds, params)
    for point in points:
        yield _prices(run, subproblems, point)


def _by_r_algorithm(
    subproblems: CenterSubproblems, begin: NDArray[np.float64], deadline: float
) -> Iterator[DualPoint]:
    yield knapsack_dual(subproblems, begin, None, deadline=deadline)


def _by_rounds(
    subproblems: CenterSubproblems,
    begin: NDArray[np.float64],
    deadline: float,
    params: SeekParams,
) -> Iterator[DualPoint]:
    """Rounds of deflected subgradients, each with a smaller step."""

    def oracle(yuan: NDArray[np.float64]) -> DualPoint:
        return knapsack_oracle(subproblems, yuan)

    point = oracle(begin)  # compiled, and warm
    for at in range(params.rounds):
        now = perf_counter()
        point = oracle(point.yuan)
        pace = perf_counter() - now
        end = now + (deadline - now) / (params.rounds - at)
        steps = int(np.clip((end - now) / pace, *params.steps))
        step = params.step / params.softer**at
        point = deflected_subgradient(oracle, point, steps, step=step, deadline=end)
        yield point


def _offered(run: Run, params: SeekParams) -> CenterSubproblems:
    """Every center with all units, or the nearest of very many, touching or not."""
    a = run.instance._replace(is_complete=np.bool_(True))
    subproblems = CenterSubproblems(a, run.num_zones)
    if a.num_units <= params.few_units:
        return subproblems
    xy = a.travel_data.points[:, :2]
    most = min(int(params.around * len(xy) / run.num_zones) + 1, len(xy))
    near = cKDTree(xy).query(xy, k=most)[1].reshape(len(xy), most)
    return subproblems.offering(
        [np.union1d(units, c).astype(np.int32) for c, units in enumerate(near)]
    )


def _prices(run: Run, subproblems: CenterSubproblems, point: DualPoint) -> Prices:
    """The prices of a point, for all units."""
    count, band = len(run.problem.region), _band(run)
    duals, multipliers = np.zeros((2, count), np.int64)
    duals[run.units] = point.duals.unit
    if band is not None:
        multipliers[run.units] = _multipliers(subproblems, point.duals.unit)
    return Prices(band, duals, multipliers)


def _band(run: Run) -> str | None:
    """What knapsacks weigh by; see `heap_units`."""
    problem, a = run.problem, run.instance
    if problem.tolerance is not None:
        return COST_BAND
    limited = (a.high < NO_LIMIT) | (a.elastic.price[:-1] > 0)
    names = [
        row.name for row, some in zip(sum_rows(problem), limited, strict=True) if some
    ]
    return names[0] if names and names[0] in problem.bands else None


def _multipliers(subproblems: CenterSubproblems, dual: Ints) -> Ints:
    """Of each center that where its knapsack is full, the other way round."""
    every = np.arange(len(dual))
    full = np.zeros(len(dual), np.float64)
    for centers in np.array_split(every, 1 + len(dual) // CENTERS):
        indptr, units = candidates_csr(subproblems, centers)
        space = workspace(int(np.diff(indptr).max(initial=0)))
        data = pricing_data(subproblems.a)
        _fill(data, centers, indptr, units, dual, space, full)
    return np.rint(-FINE * full).astype(np.int64)


@compiled
def _fill(data, centers, indptr, units, dual, space, full):  # type: ignore[no-untyped-def]
    for at in range(len(centers)):
        some = units[indptr[at] : indptr[at + 1]]
        limits = heap_units(data, centers[at], some, dual, space)
        _, _, full[centers[at]], _ = fill_band(centers[at], some, space, limits)
