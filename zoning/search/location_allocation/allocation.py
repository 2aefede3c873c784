"""Sets of centers moved to better ones, each judged by a transportation problem.

The units are shared out among the centers of a set by a transportation problem; each
zone's cheapest member is then its center, and so on (Cooper's location-allocation).
Where that ends, one center is given up and another zone split between two. See "One set
of centers after another" in docs/formulation.md.

Cooper: Heuristic methods for location-allocation problems. SIAM Review 6, 1964,
doi:10.1137/1006005.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.parallel.hub import Hub
from zoning.search.instance import zones
from zoning.search.instance.instance import Instance
from zoning.search.instance.zones import Ints
from zoning.search.lagrangian.bound import DualPoint, max_multiplier
from zoning.search.lagrangian.oracles import knapsack_oracle
from zoning.search.location_allocation.center_sets import CenterSet, set_bounds
from zoning.search.pricing.open_pairs import open_pairs
from zoning.search.pricing.subproblems import CenterSubproblems
from zoning.solvers.transportation import solve_transportation_lp

HOPELESS = 1.05  # times the travel of the best set: not followed any further
LIKELY, FEWEST_LIKELY = 0.1, 8  # members of a zone that may be centers: part, least


@dataclass(frozen=True)
class Transportation:
    """The units shared out among a set of centers.

    Parameters
    ----------
    centers
        The set, rising.
    bound
        No plan with these centers travels less; yuan × `SCALE`.
    point
        The multipliers that say so.
    labels
        Zone of each unit, for units that are split where most of it goes.
    """

    centers: CenterSet
    bound: int
    point: DualPoint
    labels: NDArray[np.int32]


class Allocation:
    """Transportation problems of sets of centers, each solved once.

    Parameters
    ----------
    subproblems
        Which units may belong to which center.
    end
        When sets are moved no further, by the clock.
    """

    def __init__(self, subproblems: CenterSubproblems, end: float = inf) -> None:
        self.end = end
        self.a = subproblems.a
        self.subproblems = copy(subproblems)  # what is closed there is closed here
        self.subproblems.candidates = list(subproblems.candidates)
        self.subproblems.hub = Hub()  # sets are looked at side by side, not centers
        self.solved: dict[CenterSet, Transportation] = {}

    def are_open(self, centers: CenterSet | None) -> TypeGuard[CenterSet]:
        """Each of them may be a center."""
        return centers is not None and bool(
            self.subproblems.is_open[list(centers)].all()
        )

    def solve(self, centers: CenterSet) -> Transportation:
        """Share the units out among some centers."""
        if centers not in self.solved:
            self.solved[centers] = solve_transportation(self.subproblems, centers)
        return self.solved[centers]

    def converge(
        self, centers: CenterSet, best: Transportation | None
    ) -> Transportation:
        """Share out and look for centers by turns, until it gets no cheaper."""
        now = self.solve(centers)
        for turn in range(self.a.num_units):
            if perf_counter() > self.end:
                break
            moved = zone_centers(self.a, now.labels, len(centers))
            if not self.are_open(moved) or (moved in self.solved and moved != centers):
                break
            then = self.solve(moved)
            if then.bound >= now.bound:
                break
            now = then
            if best is not None and turn > 0 and now.bound > HOPELESS * best.bound:
                break
        return now

    def relocations(self, now: Transportation) -> Iterator[CenterSet]:
        """Sets with one center given up, and one zone split between two."""
        count = len(now.centers)
        for split in range(count):
            halves = self._halves(now.labels, split)
            for given_up in range(count):
                if given_up != split and halves is not None:
                    kept = np.delete(now.centers, [split, given_up]).tolist()
                    moved = tuple(sorted({*kept, *halves}))
                    new = len(moved) == count and moved not in self.solved
                    if new and self.are_open(moved):
                        yield moved

    def _halves(self, labels: NDArray[np.int32], zone: int) -> CenterSet | None:
        """Centers of a zone cut in two across its longer side, by load."""
        units = np.flatnonzero(labels == zone)
        points = self.a.travel_data.points[units, :2]
        along = int(np.ptp(points[:, 1]) > np.ptp(points[:, 0]))
        order = units[np.argsort(points[:, along], kind="stable")]
        load = np.cumsum(self.a.sums[0][order])
        if len(order) < 2:
            return None
        cut = int(np.clip(np.searchsorted(load, load[-1] / 2), 1, len(order) - 1))
        indptr = np.array([0, cut, len(order)], np.int64)
        return _cheapest(self.a, indptr, order.astype(np.int32))


def solve_transportation(
    subproblems: CenterSubproblems, centers: CenterSet
) -> Transportation:
    """Share the units out among some centers, of what is left open."""
    few = subproblems.only_centers(centers)
    found = solve_transportation_lp(open_pairs(few), len(few.is_open))
    most = max_multiplier(len(few.is_open))
    point = knapsack_oracle(few, np.clip(found.dual, -most, most))
    bound = int(set_bounds(point, np.array([centers]))[0])
    labels = np.searchsorted(centers, found.center_of).astype(np.int32)
    return Transportation(centers, bound, point, labels)


def zone_centers(
    a: Instance, labels: NDArray[np.int32], count: int
) -> CenterSet | None:
    """The cheapest member of each zone; None where a zone is empty."""
    plan = zones.of_plan(a, labels, count)
    if (np.diff(plan.indptr) == 0).any():
        return None
    return tuple(sorted(_cheapest(a, plan.indptr, plan.members)))


def likely_centers(a: Instance, labels: NDArray[np.int32], count: int) -> Ints:
    """The members of each zone that serve it cheapest."""
    plan = zones.of_plan(a, labels, count)
    travel = zones.from_each(a, plan.indptr, plan.members)
    some = []
    for low, high in pairwise(plan.indptr):
        most = max(FEWEST_LIKELY, int(LIKELY * (high - low)))
        order = np.argsort(travel[low:high], kind="stable")[:most]
        some.append(plan.members[low + order].astype(np.int64))
    return np.concatenate(some)


def _cheapest(a: Instance, indptr: Ints, members: NDArray[np.int32]) -> CenterSet:
    travel = zones.from_each(a, indptr, members)
    ends = pairwise(indptr)
    return tuple(int(members[low + travel[low:high].argmin()]) for low, high in ends)
