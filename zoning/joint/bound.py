"""A bound for zones and lots together, where not all zones can be listed.

Ways and what lots share are bounded each for itself: no pair costs less than the least
ways inside zones and to their hubs, and the fewest whole resources any lots could do
with. Crossings are taken to be free.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from zoning.clock import perf_counter
from zoning.costs import Resource
from zoning.lots.price import LotTariff, metre_rate, pieces_of
from zoning.lots.sizes import LotSizes
from zoning.problem import Problem
from zoning.search.instance.constants import FAR
from zoning.search.instance.instance import Instance
from zoning.search.lagrangian.bound import initial_multipliers
from zoning.search.lagrangian.hubs import hub_travel_bound
from zoning.search.pricing.subproblems import CenterSubproblems
from zoning.solvers.shared_resources import Step, least_resources

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
        pieces = pieces_of(resource, int(_values(problem, resource.per).sum()))
        alone += costs.price(resource) * max(num_zones * resource.minimum, pieces)
    tables = _step_tables(problem, sizes, shared, params.max_steps)
    bought = least_resources(
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


def _values(problem: Problem, per: str) -> Ints:
    """What each unit needs of what a resource is counted by."""
    none = np.zeros(len(problem.region), np.int64)
    return np.asarray(problem.region.sums.get(per, none), np.int64)


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
    if region.way is not None:
        metres = region.way.astype(np.float64)
    else:
        metres = cdist(region.xy, region.xy)
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


def _step_tables(
    problem: Problem,
    sizes: LotSizes,
    shared: dict[str, list[Resource]],
    max_steps: int,
) -> list[tuple[int, list[Step]]]:
    """For each kind of demand its total, and the steps lots can be on."""
    ranges, costs = _SumRanges(problem), problem.region.costs
    tables = []
    for per, resources in shared.items():
        values = _values(problem, per)
        price = {one.name: costs.price(one) for one in resources}
        steps: list[Step] = []
        for some in sizes.allowed:
            low, high = ranges.of_lot(per, values, some)
            steps += _steps(resources, price, some, (low, high), max_steps)
        tables.append((int(values.sum()), steps))
    return tables


def _steps(
    resources: list[Resource],
    price: dict[str, int],
    size: int,
    ends: tuple[int, int],
    max_steps: int,
) -> Iterable[Step]:
    """What lots pay whose demand is between two ends, step by step."""
    low, high = ends
    tops = {high}
    for resource in resources:
        # a hair above a whole number of pieces is not yet another piece
        first, last = int(low / resource.capacity), int(high / resource.capacity)
        stride = max(1, (last - first) // max_steps)
        for pieces in range(first, last + 1, stride):
            top = int(pieces * resource.capacity * (1 + 1e-12) + 1e-6)
            tops |= {top} if low <= top < high else set()
    for top in sorted(tops):
        cost = sum(price[one.name] * pieces_of(one, low) for one in resources)
        yield Step(size, low, top, cost)
        low = top + 1


class _SumRanges:
    """What sums over a zone, and over a lot, can be."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.count = problem.num_zones - len(problem.terms.locks)
        self.arrays = Instance.from_problem(problem)
        self._near: list[NDArray[np.int32]] | None = None

    def of_lot(self, per: str, values: Ints, size: int) -> tuple[int, int]:
        """The least and the most that a lot of so many zones can have of a sum."""
        total = int(values.sum())
        low, high = self._of_zones(per, values)
        most = int(np.sort(high)[::-1][:size].sum()) if size <= len(high) else total
        least = int(np.sort(low)[:size].sum()) if size <= len(low) else 0
        most = min(total, most)
        return min(least, most), most

    def _of_zones(self, per: str, values: Ints) -> tuple[Ints, Ints]:
        """For each center, and each locked zone, the least and the most of a sum."""
        problem = self.problem
        n = len(problem.region)
        low, high = np.zeros(n, np.int64), np.full(n, int(values.sum()), np.int64)
        if problem.cost_band is not None:
            low, high = self._by_cost(values)
        band = problem.bands.get(per)
        if band is not None:
            low, high = np.maximum(low, band.low), np.minimum(high, band.high)
        locked = [int(values[lock.units].sum()) for lock in problem.terms.locks]
        return np.append(low, locked), np.append(high, locked)

    def _by_cost(self, values: Ints) -> tuple[Ints, Ints]:
        """The ends the cost band leaves, center by center, units taken by parts."""
        problem, arrays = self.problem, self.arrays
        if self._near is None:
            self._near = CenterSubproblems(arrays, max(1, self.count)).candidates
        low, high = [], []
        for center, near in enumerate(self._near):
            units = near.astype(np.int64)
            ways = arrays.travel_data.of_pairs(
                units, np.full(len(units), center, np.int64)
            )
            units, ways = units[ways < FAR], ways[ways < FAR]
            weight = (problem.region.load[units] + ways).astype(float)
            amount = values[units].astype(float)
            if weight.sum() < float(arrays.cost_low):
                continue
            order = np.argsort(amount / np.maximum(weight, 1e-9), kind="stable")
            least = _filled(weight[order], amount[order], float(arrays.cost_low))
            order = order[::-1]
            most = _filled(weight[order], amount[order], float(arrays.cost_high))
            low.append(int(np.floor(least - 1e-6)))
            high.append(int(np.ceil(most + 1e-6)))
        return np.maximum(0, np.array(low, np.int64)), np.array(high, np.int64)


def _filled(weight: Floats, amount: Floats, room: float) -> float:
    """Amount of the first units that fill the room, the last of them in part."""
    filled = np.cumsum(weight)
    at = int(np.searchsorted(filled, room, "right"))
    whole = float(amount[:at].sum())
    if at == len(weight) or weight[at] <= 0:
        return whole
    before = float(filled[at - 1]) if at else 0.0
    return whole + float(amount[at]) * (room - before) / float(weight[at])
