"""The linear relaxation of covering units by lots, by column generation.

The lots it asks for are found by pricing every connected set of candidate zones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.joint import pricing_problem
from zoning.joint.columns import CandidateZones
from zoning.joint.lot_costs import compiled_lot_cost
from zoning.joint.lot_counts import LotCounts
from zoning.joint.pricing_problem import LotDuals, PricedLots
from zoning.lots.price import NEVER
from zoning.solvers.master_lp import MasterDuals, MasterLP

Ints = NDArray[np.int64]
PIECE = 16  # zones whose lots are priced between two looks at the clock
DEAREST = 2**40  # a lot that costs more than any does


@dataclass(frozen=True)
class LotGenerationParams:
    """How lots are generated.

    Parameters
    ----------
    max_rounds
        Of the relaxation.
    batch, batch_large
        Lots added at once, and where large lots are priced as well.
    few
        Where pricing finds no more small lots than so, large ones are priced too.
    """

    max_rounds: int = 500
    batch: int = 500
    batch_large: int = 40
    few: int = 20


@dataclass(frozen=True, eq=False)
class RowDuals:
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


class LotColumnGeneration:
    """A relaxation being solved.

    Parameters
    ----------
    candidates, counts
        What lots are made of, and must be like.

    Attributes
    ----------
    bound
        No choice of lots costs less.
    """

    def __init__(
        self,
        candidates: CandidateZones,
        counts: LotCounts,
        deadline: float,
        params: LotGenerationParams,
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

    def solve(self, known: Sequence[Sequence[int]]) -> RowDuals | None:
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
            fresh = self.price(duals, -1, most, enough, improving=True)
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

    def price(
        self,
        duals: RowDuals,
        max_reduced_cost: int,
        largest: int,
        most: int,
        *,
        improving: bool = False,
    ) -> PricedLots:
        """Lots of at most `largest` zones whose reduced cost is up to a limit.

        Parameters
        ----------
        most
            Give up after so many.
        improving
            Only the best around each zone.
        """
        candidates = self.candidates
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
                improving,
                most + PIECE,
            )
            most -= len(some.value)
            self.turn = (first // PIECE + 1) % len(pieces)
            complete &= bool(some.complete)
            zones.append(some.zones)
            values.append(some.value)
        return PricedLots(np.concatenate(zones), np.concatenate(values), complete)


def _round_duals(duals: MasterDuals) -> RowDuals:
    """Whole numbers below, so that no lot of the relaxation is worth more than before.

    Otherwise it would be found, and added, for ever.
    """
    unit = np.floor(duals.unit).astype(np.int64)
    return RowDuals(unit, *np.floor(duals.count).astype(int).tolist())
