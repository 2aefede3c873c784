"""Dual prices in whole numbers, the zones they ask for, and the bound that follows.

Dual prices are rounded to multiples of 1 / `SCALE` yuan; everything after that is whole
numbers, so that a bound does not hang on how an LP solver rounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.search.instance.constants import FAR, NO_LIMIT, SCALE
from zoning.search.instance.instance import Instance
from zoning.search.instance.subset import restrict
from zoning.search.instance.zones import Ints, Zones, ends, travel_of
from zoning.search.pricing.center_knapsack import may_belong
from zoning.search.pricing.price_center import Found, around
from zoning.search.pricing.reachability import within_reach
from zoning.search.pricing.tree import CutRows
from zoning.solvers.master_lp import Duals

Out = TypeVar("Out")


@dataclass(frozen=True)
class Prices:
    """Whole-number duals: `unit`, `count` and `cut` (<= 0) are yuan × `SCALE`.

    `triples` is c × 3: the units of each cut, of which two are held only once.
    """

    unit: Ints
    count: int
    cut: Ints
    triples: NDArray[np.int32]

    @property
    def total(self) -> int:
        """What the rows are worth apart from the count."""
        return int(self.unit.sum()) + int(self.cut.sum())

    @cached_property
    def cut_rows(self) -> CutRows:
        """The cuts that have a price, unit by unit."""
        live = np.flatnonzero(self.cut < 0)
        flat = self.triples[live].ravel()
        order = np.argsort(flat, kind="stable")
        sizes = np.bincount(flat, minlength=len(self.unit))
        return CutRows(ends(sizes), order // 3, self.cut[live])


def whole(duals: Duals, triples: NDArray[np.int32]) -> Prices:
    """Round duals to whole numbers; cut prices stay <= 0."""
    return Prices(
        np.rint(duals.unit * SCALE).astype(np.int64),
        round(duals.count * SCALE),
        np.minimum(0, np.rint(duals.cut * SCALE)).astype(np.int64),
        triples,
    )


def values(zones: Zones, prices: Prices, held: list[Ints]) -> Ints:
    """``SCALE × travel - unit prices - cut prices`` of zones; `held`: their cuts.

    Cuts added since the prices were found have none.
    """
    unit = np.add.reduceat(prices.unit[zones.members], zones.indptr[:-1])
    priced = [cuts[cuts < len(prices.cut)] for cuts in held]
    cut = np.array([int(prices.cut[cuts].sum()) for cuts in priced], np.int64)
    return zones.cost * SCALE - unit - cut


def between(first: Prices, second: Prices, share: float) -> Prices:
    """`share` of the first prices, the rest of the second (which has all the cuts)."""
    cut = second.cut * (1 - share)
    cut[: len(first.cut)] += share * first.cut
    return Prices(
        np.rint(share * first.unit + (1 - share) * second.unit).astype(np.int64),
        round(share * first.count + (1 - share) * second.count),
        np.minimum(0, np.rint(cut)).astype(np.int64),
        second.triples,
    )


class Market:
    """Which units may belong to which center, shrinking as bounds improve.

    Parameters
    ----------
    a
        The region or window.
    count
        Number of zones in a plan.
    executor
        Where centers are priced side by side; None: one after the other.
    """

    def __init__(
        self, a: Instance, count: int, executor: Executor | None = None, pieces: int = 1
    ) -> None:
        self.a = a
        self.count = count
        self.executor = executor
        self.pieces = pieces
        n = a.num_units
        every = np.arange(n, dtype=np.int32)
        self.near: list[NDArray[np.int32]] = [every] * n
        if not a.is_complete:
            indptr, units = within_reach(a, True)
            self.near = np.split(units, indptr[1:-1])
        elif (
            a.compatibility.matters
            or not a.travel_data.candidate.all()
            or a.travel_data.hard < np.inf
        ):
            self.near = [_may_serve(a, every, int(c)) for c in every]
        self.open = a.travel_data.of_pairs(np.arange(n), np.arange(n)) < FAR

    def narrowed(self, units: Ints, count: int) -> Market:
        """The market of some units only, by their positions in `units`."""
        some = copy(self)
        some.a, some.count, some.executor = restrict(self.a, units), count, None
        position = np.full(len(self.open), -1, np.int32)
        position[units] = np.arange(len(units), dtype=np.int32)
        near = [position[self.near[c]] for c in units]
        some.near = [ours[ours >= 0] for ours in near]
        some.open = self.open[units].copy()
        return some

    @property
    def centers(self) -> Ints:
        """Units that may still be the center of a zone of a better plan."""
        return np.flatnonzero(self.open)

    @property
    def size(self) -> int:
        """How many pairs of a unit and a center are open."""
        return sum(len(self.near[c]) for c in self.centers)

    def ask(
        self,
        prices: Prices,
        threshold: Ints | int,
        *,
        improving: bool,
        most_nodes: int,
        most_zones: int,
        deadline: float,
        centers: Ints | None = None,
    ) -> list[Found] | None:
        """Zones of value up to the threshold, per center; None if it got late.

        `centers`: all that are open if None.
        """
        centers = self.centers if centers is None else centers
        limits = np.broadcast_to(np.asarray(threshold, np.int64), len(self.open))
        rows = prices.cut_rows

        def some(part: NDArray[np.integer]) -> list[Found] | None:
            left = most_zones
            out = []
            for c in part:
                if perf_counter() > deadline:
                    return None
                found = around(
                    self.a,
                    c,
                    self.near[c],
                    prices.unit,
                    rows,
                    limits[c],
                    improving,
                    most_nodes,
                    max(1, left),
                )
                left -= 0 if improving else len(found.value)
                out.append(found)
            return out

        answers: list[Found] = []
        for part in self.spread(some, centers):
            if part is None:
                return None
            answers.extend(part)
        return answers

    def every(
        self,
        prices: Prices,
        threshold: Ints | int,
        *,
        most_nodes: int,
        most_zones: int,
        deadline: float,
    ) -> Zones | None:
        """All zones of value up to the threshold; None if over `most_zones` or late."""
        found = self.ask(
            prices,
            threshold,
            improving=False,
            most_nodes=most_nodes,
            most_zones=most_zones,
            deadline=deadline,
        )
        if found is None or not all(one.complete for one in found):
            return None
        listed = columns(self.a, found)
        return listed if len(listed) <= most_zones else None

    def spread(self, work: Callable[[Ints], Out], centers: Ints) -> list[Out]:
        """Do the work for all centers, in pieces side by side where possible."""
        if self.executor is None or len(centers) < self.pieces:
            return [work(centers)]
        return list(self.executor.map(work, np.array_split(centers, self.pieces)))

    def near_lists(self, centers: Ints) -> tuple[Ints, NDArray[np.int32]]:
        """Units that may belong to each of the centers, in CSR form."""
        near = [self.near[c] for c in centers]
        indptr = ends(np.array([len(units) for units in near], np.int64))
        return indptr, np.concatenate([np.zeros(0, np.int32), *near])

    def least(self, found: list[Found]) -> Ints:
        """For each unit the least value of a zone with it as center."""
        least = np.full(len(self.open), NO_LIMIT, np.int64)
        least[self.centers] = [one.least for one in found]
        return least

    def bound(self, prices: Prices, least: Ints) -> int:
        """No plan travels less: prices of all rows + the `count` least values."""
        low = np.partition(least, self.count - 1)[: self.count]
        if (low >= NO_LIMIT // 2).any():
            return int(NO_LIMIT)
        return -(-(prices.total + int(low.sum())) // SCALE)

    def allowed(self, prices: Prices, least: Ints, limit: int) -> Ints:
        """Per center the value up to which its zones may be in a plan < `limit`."""
        order = np.sort(least)
        others = int(order[: self.count - 1].sum())
        last = order[self.count - 1] if self.count <= len(order) else NO_LIMIT
        # where the center is one of the cheapest itself, the next cheapest steps in
        among = least < last
        rest = np.where(among, others - least + last, others)
        return (limit - 1) * SCALE - prices.total - rest

    def fix(self, prices: Prices, least: Ints, limit: int) -> None:
        """Rule out centers, and units of centers, that no plan < `limit` needs."""
        allowed = self.allowed(prices, least, limit)
        self.open &= least <= allowed
        for c in self.centers:
            self.near[c] = may_belong(self.a, c, self.near[c], prices.unit, allowed[c])
            self.open[c] = len(self.near[c]) > 0


def _may_serve(a: Instance, units: NDArray[np.int32], center: int) -> NDArray[np.int32]:
    """Units that rules let a center serve, where contiguity forbids nothing."""
    ways = a.travel_data.of_pairs(
        units.astype(np.int64), np.full(len(units), center, np.int64)
    )
    return units[ways < FAR]


def columns(a: Instance, found: Iterable[Found]) -> Zones:
    """What was found, as columns with their travel."""
    some = [one for one in found if len(one.value)]
    if not some:
        return Zones(
            np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int64)
        )
    indptr = ends(np.concatenate([np.diff(one.indptr) for one in some]))
    members = np.concatenate([one.members for one in some])
    return Zones(indptr, members, travel_of(a, indptr, members))
