"""What lots can need of what they share, and pay for it, step by step.

A lot's demand lies between two ends, by the bands of its zones: between two whole
numbers of pieces it costs the same. `zoning.joint.bound` chooses a step for each lot.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from zoning.costs import Resource
from zoning.lots.price import pieces_of, unit_demand
from zoning.lots.sizes import LotSizes
from zoning.problem import Problem
from zoning.search.instance.constants import FAR
from zoning.search.instance.instance import Instance
from zoning.search.pricing.subproblems import CenterSubproblems
from zoning.solvers.resource_bound import CostStep

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def step_tables(
    problem: Problem,
    sizes: LotSizes,
    shared: dict[str, list[Resource]],
    max_steps: int,
) -> list[tuple[int, list[CostStep]]]:
    """For each kind of demand its total, and the steps lots can be on."""
    ranges, costs = _SumRanges(problem), problem.region.costs
    tables = []
    for per, resources in shared.items():
        values = unit_demand(problem.region, per)
        price = {one.name: costs.price(one) for one in resources}
        steps: list[CostStep] = []
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
) -> Iterable[CostStep]:
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
        yield CostStep(size, low, top, cost)
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
