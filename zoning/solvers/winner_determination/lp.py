"""Linear relaxation of an award: what lots and limits are worth, which bids are out.

HiGHS keeps its basis, so the same tender without some bids is relaxed in no time.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csc_array, eye_array, hstack, vstack

from zoning.clock import perf_counter
from zoning.solvers import highs
from zoning.solvers.winner_determination.cliques import Conflicts
from zoning.solvers.winner_determination.offers import Bools, Ints, Offers

# Prices are rounded to so many parts of a fen; sums of them are exact in 64 bits.
PARTS = 1 << 14
WORTH = 1e-6  # a round of cliques must lift the relaxation by this part of it
LARGEST = float(1 << 61)  # beyond it sums might no longer be exact


@dataclass(frozen=True, eq=False)
class Relaxed:
    """What whole prices prove, whatever the rounding of the solver was.

    Parameters
    ----------
    low
        No award has less value than this, in parts.
    reduced
        How much more an award that holds a bid has at least, in parts.
    """

    low: int
    reduced: Ints

    @property
    def bound(self) -> int:
        """No award has less value than this."""
        return -(-self.low // PARTS)

    def cheapest(self, few: int) -> Bools:
        """About so many of the bids, those that add least."""
        if len(self.reduced) <= few:
            return np.ones(len(self.reduced), bool)
        return np.asarray(self.reduced <= np.partition(self.reduced, few)[few])

    def within(self, value: int) -> Bools:
        """The bids that an award of at most this value may hold."""
        return np.asarray(self.reduced <= value * PARTS - self.low)

    def outside(self, inside: int, others: Bools) -> int:
        """The bound where `inside` holds for awards without any of some other bids."""
        least = int(self.reduced[others].min(initial=1 << 61))
        return min(inside, -(-(self.low + least) // PARTS))


class AwardLP:
    """``min value·x``, each lot once or skipped, limits, so many lots skipped.

    Parameters
    ----------
    offers
        The bids and what may win together.
    """

    def __init__(self, offers: Offers) -> None:
        self.num_lots = offers.num_lots
        self.num_bids = len(offers.lots)
        self.most = np.array([limit.most for limit in offers.limits], np.int64)
        none = np.zeros(self.num_lots, np.int64)
        self.cost = np.concatenate([offers.value, none])
        self.table = _table(offers)
        self.cliques: list[Ints] = []
        self._lp = self._made()

    def _made(self) -> highspy.Highs:
        high = np.concatenate([np.ones(self.num_lots), self.most, [0.0]])
        low = high.copy()
        low[self.num_lots : -1] = -np.inf
        any_ = np.full(self.table.shape[1], np.inf)
        return highs.build(self.table, self.cost.astype(np.float64), low, high, any_)

    def tighten(self, conflicts: Conflicts, unawarded: int, deadline: float) -> None:
        """Add cliques that cut the relaxation off, round after round.

        They hold whatever bids are struck: they need to be found only once.
        """
        value = -np.inf
        everything = np.ones(self.num_bids, bool)
        while perf_counter() < deadline:
            if not self._run(everything, unawarded, deadline - perf_counter()):
                return
            now = float(self._lp.getInfo().objective_function_value)
            if now - value <= WORTH * abs(now):
                return
            value = now
            solution = self._lp.getSolution()
            share = np.array(solution.col_value)[: self.num_bids]
            reduced = np.array(solution.col_dual)[: self.num_bids]
            found = conflicts.broken(share, reduced)
            if not found:
                return
            for clique in found:
                self._add(clique)

    def _add(self, clique: Ints) -> None:
        highs.add_cut(self._lp, clique)
        self.cliques.append(clique)
        row = np.zeros((1, self.table.shape[1]), np.int64)
        row[0, clique] = 1
        self.table = csc_array(vstack([self.table, csc_array(row)], format="csc"))

    def relax(self, allowed: Bools, unawarded: int, seconds: float) -> Relaxed | None:
        """Relax with these bids and so many skipped lots; None: it was not solved."""
        if not self._run(allowed, unawarded, seconds):
            return None
        dual = np.array(self._lp.getSolution().row_dual)
        at_most = np.ones(len(dual), bool)
        at_most[: self.num_lots] = at_most[self._count] = False
        dual[at_most] = np.minimum(dual[at_most], 0.0)
        return self._proved(np.rint(dual * PARTS).astype(np.int64), allowed, unawarded)

    def most_lots(self, seconds: float) -> tuple[tuple[int, ...], bool]:
        """Bids of an award of as many lots as found in time; whether none has more."""
        lp = self._made()
        n = self.table.shape[1]
        skipped = np.arange(n) >= self.num_bids
        every = np.arange(n, dtype=np.int32)
        lp.changeColsCost(n, every, skipped.astype(np.float64))
        lp.changeColsIntegrality(n, every, np.full(n, 1, np.uint8))
        lp.changeRowBounds(self._count, 0.0, highspy.kHighsInf)
        lp.setOptionValue("mip_abs_gap", 0.9)
        highs.run_mip(lp, seconds)
        share = np.array(lp.getSolution().col_value)
        if len(share) != n:
            return (), False
        taken = np.rint(share).astype(np.int64)
        right = np.concatenate([np.ones(self.num_lots, np.int64), self.most])
        if (self.table[: self._count] @ taken > right).any():
            return (), False
        proved = lp.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return tuple(np.flatnonzero(taken[: self.num_bids]).tolist()), bool(proved)

    @property
    def _count(self) -> int:
        """The row that counts skipped lots."""
        return self.num_lots + len(self.most)

    def _run(self, allowed: Bools, unawarded: int, seconds: float) -> bool:
        """Solve; whether it was solved in time."""
        some = np.arange(self.num_bids, dtype=np.int32)
        high = np.where(allowed, np.inf, 0.0)
        self._lp.changeColsBounds(len(some), some, np.zeros(len(some)), high)
        self._lp.changeRowBounds(self._count, unawarded, unawarded)
        return highs.run_lp(self._lp, seconds)

    def _proved(self, price: Ints, allowed: Bools, unawarded: int) -> Relaxed | None:
        """What prices prove of every whole award.

        A column is chosen at most once and no more than `num_lots` of them are.
        """
        right = np.concatenate([np.ones(self.num_lots, np.int64), self.most])
        cliques = np.ones(len(self.cliques), np.int64)
        right = np.concatenate([right, [unawarded], cliques])
        if self._too_large(price, right):
            return None
        reduced = self.cost * PARTS - self.table.T @ price
        open_ = np.concatenate([allowed, np.full(self.num_lots, unawarded > 0)])
        least = min(0, int(reduced[open_].min(initial=0)))
        low = int(price @ right) + self.num_lots * least
        return Relaxed(low, np.asarray(reduced[: self.num_bids] - least, np.int64))

    def _too_large(self, price: Ints, right: Ints) -> bool:
        """Whether a sum of these prices might not be exact in 64 bits."""
        size = np.abs(price).astype(np.float64)
        dearest = float(np.abs(self.cost).max(initial=0)) * PARTS
        sums = (
            float(size @ np.abs(right)),
            float((self.table.T @ size).max(initial=0.0)) + dearest,
            dearest * self.num_lots,
        )
        return max(sums) > LARGEST


def _table(offers: Offers) -> csc_array:
    """Rows: lots, limits, the number of skipped lots; columns: bids, skipped lots."""
    num_lots, limits, number = offers.num_lots, offers.limits, len(offers.lots)
    bid = np.repeat(np.arange(number), [len(lots) for lots in offers.lots])
    lot = np.array([lot for lots in offers.lots for lot in lots], np.int64)
    ones = np.ones(len(lot), np.int64)
    holds = csc_array((ones, (lot, bid)), shape=(num_lots, number))
    none = np.zeros(0, np.int64)
    row = np.repeat(np.arange(len(limits)), [len(limit.bids) for limit in limits])
    bids = np.concatenate([none, *(limit.bids for limit in limits)])
    weights = np.concatenate([none, *(limit.weight for limit in limits)])
    weighs = csc_array((weights, (row, bids)), shape=(len(limits), number))
    skip = eye_array(num_lots, dtype=np.int64, format="csc")
    no_bid = csc_array((1, number), dtype=np.int64)
    count = np.zeros((len(limits) + 1, num_lots), np.int64)
    count[-1] = 1
    of_bids = vstack([holds, weighs, no_bid], format="csc")
    of_skips = vstack([skip, csc_array(count)], format="csc")
    return csc_array(hstack([of_bids, of_skips], format="csc"))
