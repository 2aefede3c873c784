"""Sets of centers moved to better ones, each judged by sharing out the units.

Units are shared out among the centers of a set by a transportation problem; then each
zone's cheapest member is its center, and so on (Cooper's location-allocation).
Where that ends, one center is given up and another zone split between two.

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
from zoning.search.instance import zones
from zoning.search.instance.instance import Instance
from zoning.search.instance.zones import Ints
from zoning.search.lagrangian import bound as relax
from zoning.search.lagrangian.bound import Level
from zoning.search.location_allocation.center_sets import Set, value_of
from zoning.search.pricing.open_pairs import open_pairs
from zoning.search.pricing.subproblems import Market
from zoning.solvers.transportation import share_out

HOPELESS = 1.05  # times the travel of the best set: not followed any further
LIKELY, FEWEST_LIKELY = 0.1, 8  # members of a zone that may be centers: part, least


@dataclass(frozen=True)
class Shared:
    """The units shared out among a set of centers.

    Parameters
    ----------
    centers
        The set, rising.
    worth
        No plan with these centers travels less; yuan × `SCALE`.
    level
        The prices that say so.
    labels
        Zone of each unit, for units that are split where most of it goes.
    """

    centers: Set
    worth: int
    level: Level
    labels: NDArray[np.int32]


class Allocation:
    """Shares units out among sets of centers, and remembers.

    Parameters
    ----------
    market
        Which units may belong to which center.
    end
        When sets are moved no further, by the clock.
    """

    def __init__(self, market: Market, end: float = inf) -> None:
        self.end = end
        self.a = market.a
        self.market = copy(market)
        self.market.near = list(market.near)
        self.market.executor = None  # sets are looked at side by side, not centers
        self.known: dict[Set, Shared] = {}

    def allows(self, centers: Set | None) -> TypeGuard[Set]:
        """Each of them may be a center."""
        return centers is not None and bool(self.market.open[list(centers)].all())

    def of(self, centers: Set) -> Shared:
        """Share out among some centers."""
        if centers not in self.known:
            self.known[centers] = shared(self.market, centers)
        return self.known[centers]

    def settled(self, centers: Set, best: Shared | None) -> Shared:
        """Share out and look for centers by turns, until it gets no cheaper."""
        now = self.of(centers)
        for turn in range(self.a.num_units):
            if perf_counter() > self.end:
                break
            moved = centers_of(self.a, now.labels, len(centers))
            if not self.allows(moved) or (moved in self.known and moved != centers):
                break
            then = self.of(moved)
            if then.worth >= now.worth:
                break
            now = then
            if best is not None and turn > 0 and now.worth > HOPELESS * best.worth:
                break
        return now

    def relocations(self, now: Shared) -> Iterator[Set]:
        """Sets with one center given up, and one zone split between two."""
        count = len(now.centers)
        for split in range(count):
            halves = self._halves(now.labels, split)
            for given_up in range(count):
                if given_up != split and halves is not None:
                    kept = np.delete(now.centers, [split, given_up]).tolist()
                    moved = tuple(sorted({*kept, *halves}))
                    new = len(moved) == count and moved not in self.known
                    if new and self.allows(moved):
                        yield moved

    def _halves(self, labels: NDArray[np.int32], zone: int) -> Set | None:
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


def shared(market: Market, centers: Set) -> Shared:
    """Share the units out among some centers, of what the market leaves open."""
    few = only(market, centers)
    found = share_out(open_pairs(few), len(few.open))
    most = relax.dearest(len(few.open))
    level = relax.evaluate(few, np.clip(found.price, -most, most))
    worth = int(value_of(level, np.array([centers]))[0])
    labels = np.searchsorted(centers, found.center_of).astype(np.int32)
    return Shared(centers, worth, level, labels)


def only(market: Market, centers: Set) -> Market:
    """The market with no other centers open."""
    few = copy(market)
    few.near = list(market.near)
    few.open = np.zeros_like(market.open)
    few.open[list(centers)] = True
    return few


def centers_of(a: Instance, labels: NDArray[np.int32], count: int) -> Set | None:
    """The cheapest member of each zone; None where a zone is empty."""
    plan = zones.of_plan(a, labels, count)
    if (np.diff(plan.indptr) == 0).any():
        return None
    return tuple(sorted(_cheapest(a, plan.indptr, plan.members)))


def likely(a: Instance, labels: NDArray[np.int32], count: int) -> Ints:
    """The members of each zone that serve it cheapest."""
    plan = zones.of_plan(a, labels, count)
    travel = zones.from_each(a, plan.indptr, plan.members)
    some = []
    for low, high in pairwise(plan.indptr):
        most = max(FEWEST_LIKELY, int(LIKELY * (high - low)))
        order = np.argsort(travel[low:high], kind="stable")[:most]
        some.append(plan.members[low + order].astype(np.int64))
    return np.concatenate(some)


def _cheapest(a: Instance, indptr: Ints, members: NDArray[np.int32]) -> Set:
    travel = zones.from_each(a, indptr, members)
    ends = pairwise(indptr)
    return tuple(int(members[low + travel[low:high].argmin()]) for low, high in ends)
