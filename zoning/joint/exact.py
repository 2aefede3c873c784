"""The best zones and lots among candidate zones: relax, list, cover.

1. *Relax*: the linear relaxation of covering units by lots, by column generation. The
   lots it asks for are found by pricing every connected set of candidates.
2. *List* the lots whose reduced cost is small, and all of them again with twice the
   allowance until it reaches what lies between the relaxation and the best pair known.
3. *Cover* every unit by these lots, depth-first. A cover within the allowance is the
   best there is: any other would hold a lot of larger reduced cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.joint import cover
from zoning.joint import price_lots as lot_sets
from zoning.joint.columns import Pool
from zoning.joint.cover import Cover, Shelf
from zoning.joint.lot_costs import price_of
from zoning.joint.price_lots import Sets, Worth
from zoning.joint.wanted import Wanted
from zoning.lots.price import NEVER
from zoning.solvers.lot_lp import LotLP, Relaxed

Ints = NDArray[np.int64]
PIECE = 16  # zones whose lots are priced between two looks at the clock
MOST_LOTS = 3_000_000
ENOUGH, ENOUGH_LARGE = 500, 40  # lots added to the relaxation at once
FEW = 20  # where so few small lots are asked for, look at large ones too
ROUNDS = 500
FIRST_ALLOWANCE = 0.001  # of the bound; doubled until it reaches the gap
DEAREST = 2**40  # a lot that costs more than any does


@dataclass(frozen=True)
class Closed:
    """What was found.

    Parameters
    ----------
    lots
        Zones of each lot, by position in the pool; None if nothing better was found.
    cost
        Their cost.
    bound
        No choice costs less; None: there is none.
    closed
        The choice is proved best, or it is proved that none is below the limit.
    """

    lots: tuple[tuple[int, ...], ...] | None
    cost: int
    bound: int | None
    closed: bool


@dataclass(frozen=True, eq=False)
class _Prices:
    """Whole prices of units, of lots of the size asked for and of zones."""

    unit: Ints
    lots: int
    zones: int

    def worth(self, pool: Pool, wanted: Wanted, most: int) -> Worth:
        """What zones, and sizes up to `most`, are worth at these prices."""
        used = [size for size in wanted.used if size <= most]
        size = np.full(max(used) + 1, -NEVER, np.int64)
        for some in used:
            size[some] = self.lots * (some == wanted.size) + self.zones * some
        return Worth(pool.worth(self.unit), size)

    def total(self, wanted: Wanted) -> int:
        """What all rows are worth together."""
        rows = self.lots * wanted.sizes.count + self.zones * wanted.num_zones
        return int(self.unit.sum()) + rows


def close(
    pool: Pool,
    wanted: Wanted,
    *,
    limit: int | None,
    deadline: float,
    known: Sequence[Sequence[int]] = (),
) -> Closed:
    """The cheapest zones of a pool, bundled, if they cost less than the limit.

    Parameters
    ----------
    limit
        Cost of the best pair at hand; None without one.
    known
        Its lots, by positions in the pool.
    """
    if not len(pool) or not wanted.adds_up:
        return Closed(None, 0, None, closed=True)
    search = _Search(pool, wanted, deadline)
    prices = search.relax(known)
    if prices is None:
        return Closed(None, 0, search.bound, closed=False)
    return search.cover(prices, limit)


class _Search:
    """One search in progress: the lots met so far and the bound."""

    def __init__(self, pool: Pool, wanted: Wanted, deadline: float) -> None:
        self.pool, self.wanted, self.deadline = pool, wanted, deadline
        self.bound = 0
        self.turn = 0  # the piece to begin with next time
        tariff = pool.stock.tariff
        usual = int(pool.stock.own.max()) + int(tariff.fixed)
        usual += int((tariff.shared.price * (1 + tariff.shared.minimum)).sum())
        self.lp = LotLP(len(pool.units), wanted.sizes.count, wanted.num_zones, usual)

    @property
    def late(self) -> bool:
        """The time is over."""
        return perf_counter() >= self.deadline

    def relax(self, known: Sequence[Sequence[int]]) -> _Prices | None:
        """Prices at which no lot is worth more than it costs; None if it got late."""
        if known:
            self._add(known)
        # large sets take long to price: they wait until no smaller one is asked for
        large = self.wanted.used[-1]
        small = max((size for size in self.wanted.used if size < large), default=large)
        most = small
        for _ in range(ROUNDS):
            relaxed = self.lp.solve(self.deadline - perf_counter())
            if not relaxed.solved or self.late:
                return None
            prices = _whole(relaxed)
            enough = ENOUGH if most == small else ENOUGH_LARGE
            fresh = self._scan(prices, -1, most, enough=enough)
            if most == large and fresh.complete:
                least = int(fresh.value.min(initial=0))
                total = prices.total(self.wanted)
                self.bound = max(self.bound, total + self.wanted.most_lots * least)
            if len(fresh.value):
                self._add([row[row >= 0].tolist() for row in fresh.zones])
                most = small if len(fresh.value) >= FEW else large
            elif not fresh.complete:
                return None
            elif most < large:
                most = large
            elif relaxed.uncovered and self.lp.penalty < DEAREST:
                self.lp.raise_penalty(8.0)
            else:
                return prices
        return None

    def _add(self, lots: Sequence[Sequence[int]]) -> None:
        """Give the relaxation more lots to choose from."""
        pool, stock = self.pool, self.pool.stock
        units = [np.concatenate([self._places(zone) for zone in lot]) for lot in lots]
        sizes = np.array([len(lot) for lot in lots], np.int64)
        cost = [price_of(stock, np.array(lot, np.int64)) for lot in lots]
        self.lp.add(
            np.cumsum([0, *map(len, units)]),
            np.concatenate(units),
            (sizes == self.wanted.size).astype(np.int64),
            sizes,
            np.array(cost, np.int64),
        )
        assert len(pool) == len(stock.own)

    def _places(self, zone: int) -> Ints:
        pool = self.pool
        return pool.place[pool.indptr[zone] : pool.indptr[zone + 1]]

    def _scan(
        self, prices: _Prices, threshold: int, largest: int, *, enough: int = 0
    ) -> Sets:
        """All lots of reduced cost up to a threshold, or the best of enough zones."""
        pool, most = self.pool, enough or MOST_LOTS
        worth = prices.worth(pool, self.wanted, largest)
        order = lot_sets.order_of(pool.stock, worth)
        zones = [np.zeros((0, len(worth.size) - 1), np.int32)]
        values = [np.zeros(0, np.int64)]
        complete = True
        pieces = range(0, len(pool), PIECE)
        for first in [*pieces[self.turn :], *pieces[: self.turn]]:
            if self.late or most <= 0:
                complete = False
                break
            last = min(first + PIECE, len(pool))
            some = lot_sets.scan(
                pool.stock,
                worth,
                order,
                threshold,
                first,
                last,
                enough > 0,
                most + PIECE,
            )
            most -= len(some.value)
            self.turn = (first // PIECE + 1) % len(pieces)
            complete &= bool(some.complete)
            zones.append(some.zones)
            values.append(some.value)
        return Sets(np.concatenate(zones), np.concatenate(values), complete)

    def cover(self, prices: _Prices, limit: int | None) -> Closed:
        """The best choice below the limit, by wider and wider allowances."""
        base = prices.total(self.wanted)
        gap = int(NEVER) // 8 if limit is None else limit - 1 - base
        allowance = min(gap, max(1, round(FIRST_ALLOWANCE * abs(base))))
        largest = self.wanted.used[-1]
        done = -1  # every choice of at most so much above `base` has been looked at
        seen = -1
        while done < gap:
            sets = self._scan(prices, allowance, largest)
            if not sets.complete:
                return Closed(None, 0, self._above(base, done), closed=False)
            found = self._covers(sets, allowance)
            if found.sets is not None:
                lots = tuple(
                    tuple(row[row >= 0].tolist())
                    for row in sets.zones[list(found.sets)]
                )
                cost = base + found.value
                if found.complete:
                    return Closed(lots, cost, cost, closed=True)
                return Closed(lots, cost, self._above(base, done), closed=False)
            if not found.complete:
                return Closed(None, 0, self._above(base, done), closed=False)
            done = allowance
            self.bound = self._above(base, done)
            grown = len(sets.value) > seen
            seen = len(sets.value)
            # where wider allowances bring no more lots, try them all at once
            wider = 2 * allowance if grown or limit is not None else gap
            allowance = min(gap, wider)
        return Closed(None, 0, limit, closed=True)

    def _above(self, base: int, done: int) -> int:
        return max(self.bound, base + done + 1)

    def _covers(self, sets: Sets, allowance: int) -> Cover:
        """The best cover by these lots."""
        shelf, at = self._shelf(sets)
        found = cover.cheapest_cover(
            shelf,
            num_zones=self.wanted.num_zones,
            count=self.wanted.sizes.count,
            most_sets=self.wanted.most_lots,
            limit=allowance,
            deadline=self.deadline,
        )
        if found.sets is None:
            return found
        return Cover(
            tuple(int(at[one]) for one in found.sets), found.value, found.complete
        )

    def _shelf(self, sets: Sets) -> tuple[Shelf, Ints]:
        """The lots ready to be searched, of those with the same units the cheapest."""
        held = sets.zones >= 0
        size = held.sum(axis=1).astype(np.int64)
        mask = np.zeros((len(size), self.pool.stock.mask.shape[1]), np.uint64)
        for at in range(sets.zones.shape[1]):
            some = held[:, at]
            mask[some] |= self.pool.stock.mask[sets.zones[some, at]]
        order = np.lexsort((sets.value, size, *mask.T))
        same = np.zeros(len(order), bool)
        same[1:] = (mask[order[1:]] == mask[order[:-1]]).all(axis=1)
        same[1:] &= size[order[1:]] == size[order[:-1]]
        order = order[~same]
        first = cover.first_units(mask[order])
        by = np.lexsort((sets.value[order], first))
        order, first = order[by], first[by]
        ptr = np.searchsorted(first, np.arange(len(self.pool.units) + 1))
        usual = (size[order] == self.wanted.size).astype(np.int64)
        value = sets.value[order]
        return Shelf(ptr, mask[order], value, size[order], usual), order


def _whole(relaxed: Relaxed) -> _Prices:
    """Prices rounded down, so that no lot of the relaxation is worth more than before.

    Otherwise it would be found, and added, for ever.
    """
    unit = np.floor(relaxed.unit).astype(np.int64)
    return _Prices(unit, floor(relaxed.lots), floor(relaxed.zones))
