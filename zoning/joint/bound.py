"""A bound for zones and lots together, where not all zones can be listed.

Ways and what lots share are bounded each for itself: no pair costs less than the least
ways inside zones and to their hubs, and the fewest whole resources any lots could do
with. Crossings are taken to be free.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.costs import Resource
from zoning.joint.step_tables import step_tables
from zoning.lots.price import LotTariff, metre_rate, pieces_of, unit_demand
from zoning.lots.sizes import LotSizes
from zoning.problem import Problem
from zoning.search.instance.instance import Instance
from zoning.search.lagrangian.bound import initial_multipliers
from zoning.search.lagrangian.hubs import hub_travel_bound
from zoning.solvers.resource_bound import min_resource_cost

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PairBoundParams:
    """How far the bound of a pair goes.

    Parameters
    ----------
    max_steps
        Steps of resources for one size of lots; beyond, neighbours are taken together.
    resource_seconds
        For what lots share, at most.
    max_units
        Ways between zones of larger regions are taken to be free.
    """

    max_steps: int = 300
    resource_seconds: float = 5.0
    max_units: int = 1_000


PARAMS = PairBoundParams()


def pair_bound(
    problem: Problem,
    plan_bound: int,
    sizes: LotSizes,
    size: int,
    *,
    exactly: bool,
    begin: Sequence[NDArray[np.integer]] = (),
    seconds: float,
    params: PairBoundParams = PARAMS,
) -> int:
    """No zones and lots cost less together.

    Parameters
    ----------
    plan_bound
        No plan costs less.
    sizes, size
        As `zoning.lots.sizes` says.
    exactly
        As many lots as `sizes` says have the size asked for; otherwise any number.
    begin
        Zone of each unit in plans that are nearly good.
    seconds
        Half of them at most for what lots share, the rest for ways.
    """
    deadline = perf_counter() + seconds
    costs, num_zones = problem.region.costs, problem.num_zones
    direct = problem.region.direct
    assert direct is not None  # the constructor of Region fills it in
    fixed = num_zones * problem.fixed
    fit = tuple(some for some in sizes.allowed if some <= num_zones)
    sizes = LotSizes(sizes.count, fit)
    count = (sizes.count, sizes.count) if exactly else (0, num_zones)
    counts = [*_counts(num_zones, sizes.allowed, size, count)]
    alone = 0
    shared: dict[str, list[Resource]] = {}
    for resource in costs.resources:
        if resource.shared == "lot":
            shared.setdefault(resource.per, []).append(resource)
            continue
        pieces = pieces_of(
            resource, int(unit_demand(problem.region, resource.per).sum())
        )
        alone += costs.price(resource) * max(num_zones * resource.minimum, pieces)
    tables = step_tables(problem, sizes, shared, params.max_steps)
    bought = min_resource_cost(
        tables,
        sizes=sizes.allowed,
        usual=size,
        count=count,
        num_zones=num_zones,
        fixed=round(costs.fixed_per_lot),
        seconds=min(params.resource_seconds, seconds / 2),
    )
    ways = plan_bound - int(problem.region.load.sum()) - fixed
    ways = max(ways, _ways(problem, counts, begin, deadline, params.max_units))
    return int(direct.sum()) + fixed + ways + alone + bought


def _counts(
    num_zones: int, allowed: Sequence[int], size: int, count: tuple[int, int]
) -> Iterator[dict[int, int]]:
    """How many lots of each size there can be."""
    others = [some for some in allowed if some != size]
    usual = range(count[0], min(count[1], num_zones // size) + 1)
    for number in usual if size in allowed else [0]:
        for rest in _sums(num_zones - number * size, others):
            yield {size: number, **rest}


def _sums(total: int, sizes: Sequence[int]) -> Iterator[dict[int, int]]:
    """All ways to write a total as a sum of sizes."""
    if not sizes:
        if total == 0:
            yield {}
        return
    for number in range(total // sizes[0] + 1):
        for rest in _sums(total - number * sizes[0], sizes[1:]):
            yield {sizes[0]: number, **rest}


def _ways(
    problem: Problem,
    counts: list[dict[int, int]],
    begin: Sequence[NDArray[np.integer]],
    deadline: float,
    max_units: int,
) -> int:
    """The least ways inside zones and between them; 0 where that takes too long."""
    region, terms = problem.region, problem.terms
    n = len(region)
    if n > max_units or terms.locks or not counts or n < problem.num_zones:
        return 0
    a = Instance.from_problem(problem)
    every = np.arange(n)
    metres = region.distance(every[:, None], every[None, :])
    return hub_travel_bound(
        a,
        np.asarray(metre_rate(LotTariff.of(region), region.area), np.float64),
        metres,
        counts=counts,
        begin=initial_multipliers(
            a, problem.num_zones, [x.astype(np.int32) for x in begin]
        ),
        deadline=deadline,
    )
