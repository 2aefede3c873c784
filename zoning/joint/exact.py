"""The best zones and lots among candidate zones: generate, enumerate, search.

1. *Relax*: the linear relaxation of covering units by lots, by column generation. The
   lots it asks for are found by pricing every connected set of candidates.
2. *List* the lots whose reduced cost is small, and all of them again with twice the
   allowance until it reaches what lies between the relaxation and the best pair known.
3. *Partition* the units into these lots, depth-first. One within the allowance is the
   best there is: any other would hold a lot of larger reduced cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.joint import partition_search, pricing_problem
from zoning.joint.columns import CandidateZones
from zoning.joint.lot_costs import compiled_lot_cost
from zoning.joint.lot_counts import LotCounts
from zoning.joint.partition_search import CheapestPartition, PartitioningColumns
from zoning.joint.pricing_problem import LotDuals, PricedLots
from zoning.lots.price import NEVER
from zoning.solvers.master_lp import MasterDuals, MasterLP

Ints = NDArray[np.int64]
PIECE = 16  # zones whose lots are priced between two looks at the clock
DEAREST = 2**40  # a lot that costs more than any does


@dataclass(frozen=True)
class ExactParams:
    """How the exact method goes on.

    Parameters
    ----------
    max_rounds
        Of column generation.
    batch, batch_large
        Lots added to the relaxation at once, and where large lots are priced as well.
    few
        Where pricing finds no more small lots than so, large ones are priced too.
    first_allowance
        Reduced cost up to which lots are listed at first, as a part of the bound.
    max_lots
        More lots are not listed.
    """

    max_rounds: int = 500
    batch: int = 500
    batch_large: int = 40
    few: int = 20
    first_allowance: float = 0.001
    max_lots: int = 3_000_000


PARAMS = ExactParams()


@dataclass(frozen=True)
class ExactResult:
    """What was found.

    Parameters
    ----------
    lots
        Zones of each lot, by position among the candidates; None if nothing better was
        found.
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
class _RowDuals:
    """Whole prices of units, of lots of the size asked for and of zones."""

    unit: Ints
    lots: int
    zones: int

    def of_zones(
        self, candidates: CandidateZones, counts: LotCounts, most: int
    ) -> LotDuals:
        """What zones, and sizes up to `most`, are worth at these prices."""
        used = [size for size in counts.used if size <= most]
        size = np.full(max(used) + 1, -NEVER, np.int64)
        for some in used:
            size[some] = self.lots * (some == counts.size) + self.zones * some
        return LotDuals(candidates.worth(self.unit), size)

    def total(self, counts: LotCounts) -> int:
        """What all rows are worth together."""
        rows = self.lots * counts.sizes.count + self.zones * counts.num_zones
        return int(self.unit.sum()) + rows


def solve_exactly(
    candidates: CandidateZones,
    counts: LotCounts,
    *,
    limit: int | None,
    deadline: float,
    known: Sequence[Sequence[int]] = (),
    params: ExactParams = PARAMS,
) -> ExactResult:
    """The cheapest zones of the candidates, bundled, if they cost less than the limit.

    Parameters
    ----------
    limit
        Cost of the best pair at hand; None without one.
    known
        Its lots, by positions among them.
    """
    if not len(candidates) or not counts.adds_up:
        return ExactResult(None, 0, None, closed=True)
    search = _ExactSolve(candidates, counts, deadline, params)
    duals = search.solve_relaxation(known)
    if duals is None:
        return ExactResult(None, 0, search.bound, closed=False)
    return search.cover(duals, limit)


class _ExactSolve:
    """One search in progress: the lots met so far and the bound."""

    def __init__(
        self,
        candidates: CandidateZones,
        counts: LotCounts,
        deadline: float,
        params: ExactParams,
    ) -> None:
        self.candidates, self.counts, self.deadline = candidates, counts, deadline
        self.params = params
        self.bound = 0
        self.turn = 0  # the piece to begin with next time
        tariff = candidates.lot_costs.tariff
        penalty = int(candidates.lot_costs.own.max()) + int(tariff.fixed)
        penalty += int((tariff.shared.price * (1 + tariff.shared.minimum)).sum())
        num_units = len(candidates.units)
        self.lp = MasterLP(
            num_units,
            [counts.sizes.count, counts.num_zones],
            np.full(num_units, float(penalty)),
            float(penalty),
        )

    @property
    def late(self) -> bool:
        """The time is over."""
        return perf_counter() >= self.deadline

    def solve_relaxation(self, known: Sequence[Sequence[int]]) -> _RowDuals | None:
        """Prices at which no lot is worth more than it costs; None if it got late."""
        params = self.params
        if known:
            self._add_columns(known)
        # large sets take long to price: they wait until no smaller one is asked for
        large = self.counts.used[-1]
        small = max((size for size in self.counts.used if size < large), default=large)
        most = small
        for _ in range(params.max_rounds):
            relaxation = self.lp.solve(self.deadline - perf_counter())
            if not relaxation.solved or self.late:
                return None
            duals = _round_duals(relaxation.duals)
            enough = params.batch if most == small else params.batch_large
            fresh = self._price(duals, -1, most, enough=enough)
            if most == large and fresh.complete:
                least = int(fresh.value.min(initial=0))
                total = duals.total(self.counts)
                self.bound = max(self.bound, total + self.counts.most_lots * least)
            if len(fresh.value):
                self._add_columns([row[row >= 0].tolist() for row in fresh.zones])
                most = small if len(fresh.value) >= params.few else large
            elif not fresh.complete:
                return None
            elif most < large:
                most = large
            elif self.lp.uses_artificial and self.lp.artificial_cost.max() < DEAREST:
                self.lp.raise_artificial_cost(8.0)
            else:
                return duals
        return None

    def _add_columns(self, lots: Sequence[Sequence[int]]) -> None:
        """Give the relaxation more lots to choose from."""
        costs = self.candidates.lot_costs
        units = [np.concatenate([self._places(zone) for zone in lot]) for lot in lots]
        sizes = np.array([len(lot) for lot in lots], np.int64)
        cost = [compiled_lot_cost(costs, np.array(lot, np.int64)) for lot in lots]
        counted = np.column_stack([sizes == self.counts.size, sizes]).astype(np.int64)
        self.lp.add_columns(
            np.cumsum([0, *map(len, units)]),
            np.concatenate(units),
            np.array(cost, np.int64),
            counted,
        )

    def _places(self, zone: int) -> Ints:
        candidates = self.candidates
        return candidates.place[candidates.indptr[zone] : candidates.indptr[zone + 1]]

    def _price(
        self, duals: _RowDuals, max_reduced_cost: int, largest: int, *, enough: int = 0
    ) -> PricedLots:
        """All lots of reduced cost up to a limit, or the best of enough zones."""
        candidates, most = self.candidates, enough or self.params.max_lots
        worth = duals.of_zones(candidates, self.counts, largest)
        order = pricing_problem.sort_neighbours(candidates.lot_costs, worth)
        zones = [np.zeros((0, len(worth.size) - 1), np.int32)]
        values = [np.zeros(0, np.int64)]
        complete = True
        pieces = range(0, len(candidates), PIECE)
        for first in [*pieces[self.turn :], *pieces[: self.turn]]:
            if self.late or most <= 0:
                complete = False
                break
            last = min(first + PIECE, len(candidates))
            some = pricing_problem.price_lots(
                candidates.lot_costs,
                worth,
                order,
                max_reduced_cost,
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
        return PricedLots(np.concatenate(zones), np.concatenate(values), complete)

    def cover(self, duals: _RowDuals, limit: int | None) -> ExactResult:
        """The best choice below the limit, by wider and wider allowances."""
        base = duals.total(self.counts)
        gap = int(NEVER) // 8 if limit is None else limit - 1 - base
        allowance = min(gap, max(1, round(self.params.first_allowance * abs(base))))
        largest = self.counts.used[-1]
        done = -1  # every choice of at most so much above `base` has been looked at
        seen = -1
        while done < gap:
            sets = self._price(duals, allowance, largest)
            if not sets.complete:
                return ExactResult(None, 0, self._above(base, done), closed=False)
            found = self._partition(sets, allowance)
            if found.sets is not None:
                lots = tuple(
                    tuple(row[row >= 0].tolist())
                    for row in sets.zones[list(found.sets)]
                )
                cost = base + found.value
                if found.complete:
                    return ExactResult(lots, cost, cost, closed=True)
                return ExactResult(lots, cost, self._above(base, done), closed=False)
            if not found.complete:
                return ExactResult(None, 0, self._above(base, done), closed=False)
            done = allowance
            self.bound = self._above(base, done)
            grown = len(sets.value) > seen
            seen = len(sets.value)
            # where wider allowances bring no more lots, try them all at once
            wider = 2 * allowance if grown or limit is not None else gap
            allowance = min(gap, wider)
        return ExactResult(None, 0, limit, closed=True)

    def _above(self, base: int, done: int) -> int:
        return max(self.bound, base + done + 1)

    def _partition(self, sets: PricedLots, allowance: int) -> CheapestPartition:
        """The best cover by these lots."""
        columns, at = self._columns(sets)
        found = partition_search.cheapest_partition(
            columns,
            num_zones=self.counts.num_zones,
            count=self.counts.sizes.count,
            most_sets=self.counts.most_lots,
            limit=allowance,
            deadline=self.deadline,
        )
        if found.sets is None:
            return found
        return CheapestPartition(
            tuple(int(at[one]) for one in found.sets), found.value, found.complete
        )

    def _columns(self, sets: PricedLots) -> tuple[PartitioningColumns, Ints]:
        """The lots ready to be searched, of those with the same units the cheapest."""
        held = sets.zones >= 0
        size = held.sum(axis=1).astype(np.int64)
        mask = np.zeros((len(size), self.candidates.lot_costs.mask.shape[1]), np.uint64)
        for at in range(sets.zones.shape[1]):
            some = held[:, at]
            mask[some] |= self.candidates.lot_costs.mask[sets.zones[some, at]]
        order = np.lexsort((sets.value, size, *mask.T))
        same = np.zeros(len(order), bool)
        same[1:] = (mask[order[1:]] == mask[order[:-1]]).all(axis=1)
        same[1:] &= size[order[1:]] == size[order[:-1]]
        order = order[~same]
        first = partition_search.first_units(mask[order])
        by = np.lexsort((sets.value[order], first))
        order, first = order[by], first[by]
        ptr = np.searchsorted(first, np.arange(len(self.candidates.units) + 1))
        usual = (size[order] == self.counts.size).astype(np.int64)
        value = sets.value[order]
        return PartitioningColumns(ptr, mask[order], value, size[order], usual), order


def _round_duals(duals: MasterDuals) -> _RowDuals:
    """Whole numbers below, so that no lot of the relaxation is worth more than before.

    Otherwise it would be found, and added, for ever.
    """
    unit = np.floor(duals.unit).astype(np.int64)
    return _RowDuals(unit, *np.floor(duals.count).astype(int).tolist())
