"""Linear relaxation of an award: a bound, and which bids no better award can hold.

HiGHS keeps its basis, so the same auction without some bids is relaxed in no time.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csc_array, eye_array, hstack, vstack

from zoning.clock import perf_counter
from zoning.solvers import highs
from zoning.solvers.winner_determination.auction import Auction, Bools, Ints
from zoning.solvers.winner_determination.cliques import ConflictGraph

# Duals are rounded to so many parts of a fen; sums of them are exact in 64 bits.
PARTS = 1 << 14
MIN_LIFT = 1e-6  # a round of cliques must lift the relaxation by this part of it
LARGEST = float(1 << 61)  # beyond it sums might no longer be exact


@dataclass(frozen=True, eq=False)
class AwardBound:
    """What whole duals prove, whatever the rounding of the solver was.

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
        """About so many of the bids, those of least reduced cost."""
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


class AwardRelaxation:
    """``min value·x``, each lot once or skipped, knapsacks, so many lots skipped.

    Parameters
    ----------
    auction
        The bids and what may win together.
    """

    def __init__(self, auction: Auction) -> None:
        self.num_lots = auction.num_lots
        self.num_bids = auction.num_bids
        capacity = [knapsack.capacity for knapsack in auction.knapsacks]
        self.right = np.array([1] * self.num_lots + capacity, np.int64)
        none = np.zeros(self.num_lots, np.int64)
        self.cost = np.concatenate([auction.value, none])
        self.matrix = _matrix(auction)
        self.cliques: list[Ints] = []
        self.rows = self.matrix  # and those of cliques below
        self._lp = self._program()

    def _program(self) -> highspy.Highs:
        high = np.append(self.right.astype(np.float64), 0.0)
        low = high.copy()
        low[self.num_lots : -1] = -np.inf
        any_ = np.full(self.matrix.shape[1], np.inf)
        return highs.build(self.matrix, self.cost.astype(np.float64), low, high, any_)

    @property
    def _count(self) -> int:
        """The row that counts skipped lots."""
        return len(self.right)

    def tighten(self, conflicts: ConflictGraph, unawarded: int, seconds: float) -> None:
        """Add cliques that cut the relaxation off, round after round.

        They hold whatever bids are struck: they need to be found only once.
        """
        deadline, value = perf_counter() + seconds, -np.inf
        everything = np.ones(self.num_bids, bool)
        while (left := deadline - perf_counter()) > 0:
            if not self._run(everything, unawarded, left):
                return
            now = float(self._lp.getInfo().objective_function_value)
            if now - value <= MIN_LIFT * abs(now):
                return
            value, solution = now, self._lp.getSolution()
            share = np.array(solution.col_value)[: self.num_bids]
            reduced = np.array(solution.col_dual)[: self.num_bids]
            found = conflicts.violated(share, reduced)
            if not found:
                return
            for clique in found:
                highs.add_cut(self._lp, clique)
            self.cliques += found
            added = map(self._row, found)
            self.rows = csc_array(vstack([self.rows, *added], format="csc"))

    def solve(
        self, allowed: Bools, unawarded: int, seconds: float
    ) -> AwardBound | None:
        """Relax with these bids and so many skipped lots; None: it was not solved."""
        if not self._run(allowed, unawarded, seconds):
            return None
        dual = np.array(self._lp.getSolution().row_dual)
        at_most = np.arange(len(dual)) >= self.num_lots
        at_most[self._count] = False
        dual[at_most] = np.minimum(dual[at_most], 0.0)
        return self._safe(np.rint(dual * PARTS).astype(np.int64), allowed, unawarded)

    def _run(self, allowed: Bools, unawarded: int, seconds: float) -> bool:
        """Solve; whether it was solved in time."""
        some = np.arange(self.num_bids, dtype=np.int32)
        upper = np.where(allowed, np.inf, 0.0)
        self._lp.changeColsBounds(len(some), some, np.zeros(len(some)), upper)
        self._lp.changeRowBounds(self._count, unawarded, unawarded)
        return highs.run_lp(self._lp, seconds)

    def most_lots(self, seconds: float) -> tuple[tuple[int, ...], bool]:
        """Bids of an award of as many lots as found in time; whether none has more."""
        lp = self._program()
        n = self.matrix.shape[1]
        skipped = np.arange(n) >= self.num_bids
        every = np.arange(n, dtype=np.int32)
        lp.changeColsCost(n, every, skipped.astype(np.float64))
        lp.changeRowBounds(self._count, 0.0, highspy.kHighsInf)
        highs.make_integer(lp)
        highs.run_mip(lp, seconds)
        share = np.array(lp.getSolution().col_value)
        if len(share) != n:
            return (), False
        taken = np.rint(share).astype(np.int64)
        if (self.matrix[: self._count] @ taken > self.right).any():
            return (), False
        proved = lp.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return tuple(np.flatnonzero(taken[: self.num_bids]).tolist()), bool(proved)

    def _safe(self, dual: Ints, allowed: Bools, unawarded: int) -> AwardBound | None:
        """What duals prove of every whole award.

        A column is chosen at most once and no more than `num_lots` of them are.
        """
        right = np.concatenate([self.right, [unawarded], np.ones(len(self.cliques))])
        right = right.astype(np.int64)
        if self._too_large(dual, right):
            return None
        reduced = self.cost * PARTS - self.rows.T @ dual
        open_ = np.concatenate([allowed, np.full(self.num_lots, unawarded > 0)])
        least = min(0, int(reduced[open_].min(initial=0)))
        low = int(dual @ right) + self.num_lots * least
        return AwardBound(low, np.asarray(reduced[: self.num_bids] - least, np.int64))

    def _row(self, clique: Ints) -> csc_array:
        row = np.zeros((1, self.matrix.shape[1]), np.int64)
        row[0, clique] = 1
        return csc_array(row)

    def _too_large(self, dual: Ints, right: Ints) -> bool:
        """Whether a sum of these duals might not be exact in 64 bits."""
        size = np.abs(dual).astype(np.float64)
        dearest = float(np.abs(self.cost).max(initial=0)) * PARTS
        sums = (
            float(size @ np.abs(right)),
            float((self.rows.T @ size).max(initial=0.0)) + dearest,
            dearest * self.num_lots,
        )
        return max(sums) > LARGEST


def _matrix(auction: Auction) -> csc_array:
    """Rows: lots, knapsacks, the number of skipped lots; columns: bids, skipped lots.

    The rows of bids and of skipped lots are built apart and put side by side.
    """
    num_lots, knapsacks, number = (
        auction.num_lots,
        auction.knapsacks,
        auction.num_bids,
    )
    bid = np.repeat(np.arange(number), [len(lots) for lots in auction.packages])
    lot = np.array([lot for lots in auction.packages for lot in lots], np.int64)
    ones = np.ones(len(lot), np.int64)
    holds = csc_array((ones, (lot, bid)), shape=(num_lots, number))
    none = np.zeros(0, np.int64)
    row = np.repeat(np.arange(len(knapsacks)), [len(one.bids) for one in knapsacks])
    bids = np.concatenate([none, *(one.bids for one in knapsacks)])
    weights = np.concatenate([none, *(one.weight for one in knapsacks)])
    weighs = csc_array((weights, (row, bids)), shape=(len(knapsacks), number))
    skip = eye_array(num_lots, dtype=np.int64, format="csc")
    no_bid = csc_array((1, number), dtype=np.int64)
    count = np.zeros((len(knapsacks) + 1, num_lots), np.int64)
    count[-1] = 1
    of_bids = vstack([holds, weighs, no_bid], format="csc")
    of_skips = vstack([skip, csc_array(count)], format="csc")
    return csc_array(hstack([of_bids, of_skips], format="csc"))
