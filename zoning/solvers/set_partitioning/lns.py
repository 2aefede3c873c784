"""Large neighbourhood search: some rows are partitioned anew, by HiGHS.

A neighbourhood are rows near one another and the columns that cover only them.

References
----------
Shaw (1998), Using constraint programming and local search methods to solve vehicle
routing problems, doi:10.1007/3-540-49481-2_30

Glover (1996), Ejection chains, reference structures and alternating path methods for
traveling salesman problems, doi:10.1016/0166-218X(94)00037-E
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, eye_array, hstack
from scipy.sparse.csgraph import breadth_first_order

from zoning.solvers.budget import SearchBudget
from zoning.solvers.set_partitioning.highs import solve_mip
from zoning.solvers.set_partitioning.matrix import PartitioningMatrix

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class PartitioningLNSParams:
    """How large neighbourhoods are, and how long they are searched.

    Parameters
    ----------
    size
        Rows partitioned anew at once; in a repair it may grow to four times.
    columns_per_row
        Columns of a neighbourhood, for each of its rows.
    nodes
        Of a search tree: a clock would not repeat itself.
    """

    size: int = 45
    columns_per_row: int = 10
    nodes: int = 5


class PartitioningLNS:
    """A selection that may leave rows uncovered; it is repaired, then improved."""

    def __init__(
        self,
        matrix: PartitioningMatrix,
        cost: Ints,
        undesired: Ints,
        seed: int,
        params: PartitioningLNSParams = PartitioningLNSParams(),
    ) -> None:
        self.params = params
        self.equal = matrix.equal
        self.cost = cost
        self.right = matrix.right
        self.undesired = undesired
        self.rows = csr_array(matrix.covered)
        self.size = np.asarray(self.rows.sum(axis=0)).ravel()
        self.adjacency = csr_array(self.rows @ self.rows.T)
        self.rng = np.random.default_rng(seed)
        self.penalty = 1 + 3 * max(1, int(cost.max()))
        # a row under an undesired column is little better than an uncovered one
        self.penalized = cost + self.penalty * 7 // 8 * undesired
        self.lenient = cost + self.penalty // 16 * undesired
        self.objective = self.penalized
        self.uncovered_cost = self.penalty
        columns = self.rows.tocsc()
        self.members = np.split(columns.indices, columns.indptr[1:-1])
        usual = np.flatnonzero(undesired == undesired.min())
        self.known = {
            tuple(sorted(self.members[c].tolist())): c for c in usual.tolist()
        }
        self.chosen = np.zeros(0, np.int64)

    @property
    def missing(self) -> Ints:
        """What each row lacks of its right-hand side."""
        return np.asarray(self.right - self.equal[:, self.chosen].sum(axis=1))

    @property
    def is_feasible(self) -> bool:
        """Every row is covered once and every count is met."""
        return not self.missing.any()

    def construct(self, hint: Sequence[int], usual: Ints) -> None:
        """The hint, or usual columns for the rows that are hardest to cover first."""
        if len(hint):
            self.chosen = np.asarray(hint, np.int64)
            return
        some = csc_array(self.rows[:, usual])
        members = np.split(some.indices, some.indptr[1:-1])
        by_row = csr_array(some)
        holding = np.split(by_row.indices, by_row.indptr[1:-1])
        open_ = np.ones(len(usual), bool)
        number = np.array([len(each) for each in holding])
        heap = [(many, row) for row, many in enumerate(number.tolist())]
        heapify(heap)
        chosen = []
        while heap:
            many, row = heappop(heap)
            if many == 0 or many != number[row]:
                continue  # cannot be covered, or the entry is out of date
            left = holding[row][open_[holding[row]]]
            best = left[np.argmin(self.cost[usual[left]])]
            chosen.append(int(usual[best]))
            for covered in members[best]:
                closing = holding[covered][open_[holding[covered]]]
                open_[closing] = False
                for c in closing:
                    number[members[c]] -= 1
                number[covered] = 0
            around = np.unique(self.adjacency[[*members[best]]].indices)
            for near in around[number[around] > 0].tolist():
                heappush(heap, (int(number[near]), near))
        self.chosen = np.array(chosen, np.int64)

    def repair(self, budget: SearchBudget) -> None:
        """Move uncovered rows together until neighbourhoods of them are all covered."""
        large, stalled, largest = 2 * self.params.size // 3, 0, 4 * self.params.size
        number = self.rows.shape[0]
        while not self.is_feasible and large < largest and budget.left > 0:
            missing = self.missing
            uncovered = np.flatnonzero(missing[:number])
            if not len(uncovered) or stalled > 2 * len(uncovered) + 4:
                self._dissolve()
                large, stalled = large * 5 // 4, 0
                continue
            # one row too few for a wanted column: break up wanted ones instead
            too_many = (missing[number:] < 0).any()
            self.objective = self.lenient if too_many else self.penalized
            root = int(self.rng.choice(uncovered))
            self._gather(root, uncovered)
            stalled = 0 if self._solve(root, large) else stalled + 1

    def improve(self, budget: SearchBudget) -> None:
        """Solve neighbourhoods until none improves or the time is over."""
        # what is feasible stays so: no row is given up for wanted columns
        self.objective = self.penalized
        self.uncovered_cost = self.penalty * (1 + int(self.size.max()))
        number = self.rows.shape[0]
        stalled = 0
        while stalled <= 3 * number // self.params.size + 1 and budget.left > 0:
            better = self._solve(int(self.rng.integers(number)), self.params.size)
            stalled = 0 if better else stalled + 1

    def _dissolve(self) -> None:
        """Give up the columns that stand in the way of the counts."""
        self.chosen = self.chosen[self.undesired[self.chosen] == self.undesired.min()]

    def _gather(self, root: int, uncovered: Ints) -> None:
        """Walk the uncovered rows nearest to one of them towards it."""
        away = np.full(self.rows.shape[0], np.inf)
        away[root] = 0
        order, before = breadth_first_order(self.adjacency, root)
        for row in order[1:].tolist():
            away[row] = away[before[row]] + 1
        nearest = uncovered[np.argsort(away[uncovered], kind="stable")]
        for row in nearest[1 : int(self.size.max()) + 1].tolist():
            if np.isfinite(away[row]):
                self._eject(row, away)

    def _eject(self, uncovered: int, away: NDArray[np.float64]) -> None:
        """Ejection chain: a column takes a row in and lets another go, and so on.

        The shortest chain of such exchanges to the row that is nearest to the root.
        """
        holder = self._holder()
        moves: dict[int, tuple[int, int]] = {uncovered: (-1, -1)}
        queue, best = deque([uncovered]), uncovered
        while queue and away[best] > 1:
            row = queue.popleft()
            if away[row] < away[best]:
                best = row
            at, end = self.adjacency.indptr[row : row + 2]
            for column in np.unique(holder[self.adjacency.indices[at:end]]).tolist():
                for freed in self.members[column].tolist() if column >= 0 else ():
                    if freed not in moves and self._exchanged(column, freed, row) >= 0:
                        moves[freed] = (row, column)
                        queue.append(freed)
        chain = []
        while best != uncovered:
            row, column = moves[best]
            chain.append((column, best, row))
            best = row
        chosen = set(self.chosen.tolist())
        for column, freed, row in reversed(chain):
            if column not in chosen:
                break  # an earlier exchange of the chain has changed it
            chosen.remove(column)
            chosen.add(self._exchanged(column, freed, row))
        self.chosen = np.array(sorted(chosen), np.int64)

    def _exchanged(self, column: int, freed: int, row: int) -> int:
        """The listed column with one row let go and another taken in; -1 if none is."""
        some = [other for other in self.members[column].tolist() if other != freed]
        return self.known.get(tuple(sorted([*some, row])), -1)

    def _holder(self) -> Ints:
        """Per row the chosen column that covers it, or -1."""
        holder = np.full(self.rows.shape[0], -1)
        for column in self.chosen.tolist():
            holder[self.members[column]] = column
        return holder

    def _solve(self, seed: int, large: int) -> bool:
        """Partition the rows around a row anew; whether the selection got better."""
        inside = self._neighbourhood(seed, large)
        held = self.rows.T @ inside
        is_old = held[self.chosen] > 0
        out, old = self.chosen[~is_old], self.chosen[is_old]
        rows = np.flatnonzero(inside)

        def value(columns: Ints) -> int:
            uncovered = len(rows) - int(self.size[columns].sum())
            return int(self.objective[columns].sum()) + self.uncovered_cost * uncovered

        now = value(old)
        allowed = (held == self.size) & (self.objective <= now)
        some = self._candidates(allowed, len(rows))
        slack = eye_array(len(rows), format="csc")
        equal = csc_array(hstack([self.rows[rows][:, some], slack], format="csc"))
        one, width = np.ones(len(rows), np.int64), equal.shape[1]
        none = csr_array((0, width), dtype=np.int64)
        found = solve_mip(
            PartitioningMatrix(len(rows), equal, one, none),
            np.append(self.objective[some], np.full(len(rows), self.uncovered_cost)),
            seconds=60.0,
            nodes=self.params.nodes,
        )
        if found.x is None:
            return False
        new = some[found.x[: len(some)] > 0.5]
        if value(new) >= now:
            return False
        self.chosen = np.concatenate([out, new])
        return True

    def _candidates(self, allowed: NDArray[np.bool_], rows: int) -> Ints:
        """The cheapest of some columns, and those that are chosen now."""
        now = self.chosen[allowed[self.chosen]]
        usual = self.undesired == self.undesired.min()
        few = self.params.columns_per_row * rows
        some = [now, self._cheapest(allowed & usual, few)]
        if not usual[now].all() or int(self.size[now].sum()) < rows:
            some.append(self._cheapest(allowed & ~usual, few))
        return np.unique(np.concatenate(some))

    def _cheapest(self, allowed: NDArray[np.bool_], few: int) -> Ints:
        some = np.flatnonzero(allowed)
        if len(some) <= few:
            return some
        return some[np.argpartition(self.cost[some], few)[:few]]

    def _neighbourhood(self, seed: int, large: int) -> Ints:
        """About `large` rows around one, whole chosen columns only, as 0 and 1."""
        holder = self._holder()
        inside = np.zeros(self.rows.shape[0], np.int64)
        order = breadth_first_order(self.adjacency, seed, return_predecessors=False)
        for row in order[:large].tolist():
            if inside.sum() >= large:
                break
            inside[self.members[holder[row]] if holder[row] >= 0 else row] = 1
        return inside
