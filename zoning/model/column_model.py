"""Choose among listed columns (zones of units, or lots of zones): set partitioning."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from time import perf_counter

import highspy
import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model
from scipy.sparse import csc_array, csr_array, eye_array, hstack
from scipy.sparse.csgraph import breadth_first_order

from zoning.model import cpsat


@dataclass(frozen=True)
class Choice:
    """What was chosen.

    Parameters
    ----------
    columns
        Positions of the chosen columns, ascending; None if nothing was found.
    bound
        No choice costs less; None when proved that there is none.
    closed
        The choice is proved cheapest, or proved not to exist.
    """

    columns: tuple[int, ...] | None
    bound: int | None
    closed: bool


def choose(
    indptr: NDArray[np.int64],
    members: NDArray[np.integer],
    cost: NDArray[np.int64],
    *,
    num_rows: int,
    counts: Sequence[tuple[NDArray[np.int64] | None, int]] = (),
    hint: Sequence[int] = (),
    time_limit: float = 60.0,
    seed: int = 0,
    workers: int = 1,
) -> Choice:
    """Cheapest set of columns that covers every row exactly once.

    Parameters
    ----------
    indptr, members
        Column c covers the rows ``members[indptr[c]:indptr[c + 1]]``.
    cost
        Whole number per column.
    num_rows
        Rows to cover.
    counts
        Pairs (columns, count): exactly so many of those columns (None: of all) are
        chosen.
    hint
        Columns of a choice known to be allowed.
    """
    model = cp_model.CpModel()
    x = [model.new_bool_var("") for _ in range(len(cost))]
    covering: list[list[cp_model.IntVar]] = [[] for _ in range(num_rows)]
    for c, var in enumerate(x):
        for row in members[indptr[c] : indptr[c + 1]]:
            covering[row].append(var)
    for row in covering:
        model.add_exactly_one(row)
    for some, count in counts:
        chosen = x if some is None else [x[c] for c in some]
        model.add(cp_model.LinearExpr.sum(chosen) == count)
    model.minimize(cp_model.LinearExpr.weighted_sum(x, cost.tolist()))
    in_hint = set(hint)
    if in_hint:
        for c, var in enumerate(x):
            model.add_hint(var, c in in_hint)
    cp = cpsat.solver(time_limit=time_limit, seed=seed, workers=workers)
    status = cp.solve(model)
    if status == cp_model.INFEASIBLE:
        return Choice(None, None, closed=True)
    bound = int(np.ceil(cp.best_objective_bound - 1e-6))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Choice(None, bound, closed=False)
    columns = tuple(c for c, var in enumerate(x) if cp.boolean_value(var))
    return Choice(columns, bound, closed=status == cp_model.OPTIMAL)


def choose_many(
    indptr: NDArray[np.int64],
    members: NDArray[np.integer],
    cost: NDArray[np.int64],
    *,
    num_rows: int,
    counts: Sequence[tuple[NDArray[np.int64], int]] = (),
    unwanted: NDArray[np.int64] | None = None,
    hint: Sequence[int] = (),
    time_limit: float = 60.0,
    seed: int = 0,
) -> Choice:
    """As `choose`, where columns are small and rows are many: relax, improve, close.

    The linear relaxation is tight for lots (0.15 % at 300 zones, where CP-SAT alone
    leaves 17 % after 30 s) and gives the bound. A first choice, which may leave rows
    uncovered, is mended and improved by solving windows of rows exactly. Columns whose
    reduced cost exceeds the gap are in no better choice; HiGHS chooses among the rest.

    Parameters
    ----------
    unwanted
        Per column how far it stands in the way of meeting the counts: the search
        makes the sum small before the cost. The bound does not depend on it.
    """
    start = perf_counter()
    table = _table(indptr, members, len(cost), num_rows, counts)
    right = np.array([1] * num_rows + [count for _, count in counts], np.int64)
    relaxed = _mip(table, cost, right, whole=False, seconds=time_limit)
    if relaxed.impossible:
        return Choice(None, None, closed=True)
    if not relaxed.closed:
        return Choice(None, int(np.minimum(cost, 0).sum()), closed=False)
    # whole prices make the bound exact, whatever the solver's rounding was
    prices = np.floor(relaxed.dual).astype(np.int64)
    reduced = cost - table.T @ prices
    bound = int(prices @ right) + num_rows * min(0, int(reduced.min()))
    if unwanted is None:
        unwanted = np.zeros(len(cost), np.int64)
    windows = _Windows(table, num_rows, reduced, right, unwanted, seed)
    windows.begin(hint, np.flatnonzero(unwanted == unwanted.min()))
    windows.mend(start + 0.7 * time_limit)
    if windows.whole:
        windows.improve(start + 0.7 * time_limit)
    best, kept = _within_gap(windows, cost, bound)
    if len(kept) > CLOSABLE:  # HiGHS would not even look at the clock
        if best is None:
            return Choice(None, bound, closed=False)
        windows.improve(start + time_limit)
        best = np.sort(windows.chosen)
        value = int(cost[best].sum())
        return Choice(_as_tuple(best), bound, closed=value <= bound)
    if best is not None and int(cost[best].sum()) <= bound:
        return Choice(_as_tuple(best), int(cost[best].sum()), closed=True)
    seconds = start + time_limit - perf_counter()
    begin = None if best is None else np.isin(kept, best)
    last = _mip(
        table[:, kept], cost[kept], right, whole=True, seconds=seconds, begin=begin
    )
    if last.x is not None:
        found = kept[last.x > 0.5]
        if best is None or cost[found].sum() < cost[best].sum():
            best = found
    if best is None:
        return Choice(None, None if last.impossible else bound, closed=last.impossible)
    value = int(cost[best].sum())
    bound = value if last.closed else min(value, max(bound, last.bound))
    return Choice(_as_tuple(best), bound, closed=bound == value)


NODES = 5  # of a window's search tree: a clock would not repeat itself
PER_ROW = 10  # columns a window chooses among, for each of its rows
CLOSABLE = 20_000  # so many columns HiGHS chooses among at the end
WINDOW = 45  # rows solved at once; while mending it may grow to four times


def _within_gap(
    windows: _Windows, cost: NDArray[np.int64], bound: int
) -> tuple[NDArray[np.int64] | None, NDArray[np.int64]]:
    """The whole choice at hand, if any, and the columns a better one may hold."""
    if not windows.whole:
        return None, np.arange(len(cost))
    best = np.sort(windows.chosen)
    slack = int(cost[best].sum()) - bound
    return best, np.flatnonzero(windows.cost <= slack)


def _as_tuple(columns: NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(columns.tolist())


class _Windows:
    """A choice that may leave rows uncovered, and its mending window by window."""

    def __init__(
        self,
        table: csc_array,
        num_rows: int,
        cost: NDArray[np.int64],
        right: NDArray[np.int64],
        unwanted: NDArray[np.int64],
        seed: int,
    ) -> None:
        self.table = table
        self.cost = cost
        self.right = right
        self.unwanted = unwanted
        self.rows = csr_array(table[:num_rows])
        self.size = np.asarray(self.rows.sum(axis=0)).ravel()
        self.touch = csr_array(self.rows @ self.rows.T)
        self.rng = np.random.default_rng(seed)
        self.penalty = 1 + 3 * max(1, int(cost.max()))
        # an unwanted row is little better than an uncovered one: few are made
        self.dear = cost + self.penalty * 7 // 8 * unwanted
        self.cheap = cost + self.penalty // 16 * unwanted
        self.priced = self.dear
        self.open = self.penalty
        columns = self.rows.tocsc()
        self.members = np.split(columns.indices, columns.indptr[1:-1])
        usual = np.flatnonzero(unwanted == unwanted.min())
        self.known = {
            tuple(sorted(self.members[c].tolist())): c for c in usual.tolist()
        }
        self.chosen = np.zeros(0, np.int64)

    @property
    def missing(self) -> NDArray[np.int64]:
        """What each row lacks of its right-hand side."""
        return np.asarray(self.right - self.table[:, self.chosen].sum(axis=1))

    @property
    def whole(self) -> bool:
        """Every row is covered once and every count is met."""
        return not self.missing.any()

    def begin(self, hint: Sequence[int], usual: NDArray[np.int64]) -> None:
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
            around = np.unique(self.touch[[*members[best]]].indices)
            for near in around[number[around] > 0].tolist():
                heappush(heap, (int(number[near]), near))
        self.chosen = np.array(chosen, np.int64)

    def mend(self, deadline: float) -> None:
        """Move uncovered rows together until windows around them cover them all."""
        large, still = 2 * WINDOW // 3, 0
        number = self.rows.shape[0]
        while not self.whole and large < 4 * WINDOW and perf_counter() < deadline:
            missing = self.missing
            stray = np.flatnonzero(missing[:number])
            if not len(stray) or still > 2 * len(stray) + 4:
                self._dissolve()
                large, still = large * 5 // 4, 0
                continue
            # one row too few for a wanted column: break up wanted ones instead
            self.priced = self.cheap if (missing[number:] < 0).any() else self.dear
            root = int(self.rng.choice(stray))
            self._gather(root, stray)
            still = 0 if self._solve(root, large) else still + 1

    def improve(self, deadline: float) -> None:
        """Solve windows until none improves or the time is over."""
        # what is whole stays whole: no row is given up for wanted columns
        self.priced = self.dear
        self.open = self.penalty * (1 + int(self.size.max()))
        number = self.rows.shape[0]
        still = 0
        while still <= 3 * number // WINDOW + 1 and perf_counter() < deadline:
            better = self._solve(int(self.rng.integers(number)), WINDOW)
            still = 0 if better else still + 1

    def _dissolve(self) -> None:
        """Give up the columns that stand in the way of the counts."""
        self.chosen = self.chosen[self.unwanted[self.chosen] == self.unwanted.min()]

    def _gather(self, root: int, stray: NDArray[np.int64]) -> None:
        """Walk the strays nearest to one of them towards it."""
        away = np.full(self.rows.shape[0], np.inf)
        away[root] = 0
        order, before = breadth_first_order(self.touch, root)
        for row in order[1:].tolist():
            away[row] = away[before[row]] + 1
        nearest = stray[np.argsort(away[stray], kind="stable")]
        for row in nearest[1 : int(self.size.max()) + 1].tolist():
            if np.isfinite(away[row]):
                self._walk(row, away)

    def _walk(self, stray: int, away: NDArray[np.float64]) -> None:
        """Cover a stray by a chosen column that lets another row go, and so on.

        The shortest chain of such exchanges to the row that is nearest to the root.
        """
        holder = self._holder()
        moves: dict[int, tuple[int, int]] = {stray: (-1, -1)}
        queue, best = deque([stray]), stray
        while queue and away[best] > 1:
            row = queue.popleft()
            if away[row] < away[best]:
                best = row
            at, end = self.touch.indptr[row : row + 2]
            for column in np.unique(holder[self.touch.indices[at:end]]).tolist():
                for freed in self.members[column].tolist() if column >= 0 else ():
                    if freed not in moves and self._exchanged(column, freed, row) >= 0:
                        moves[freed] = (row, column)
                        queue.append(freed)
        chain = []
        while best != stray:
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

    def _holder(self) -> NDArray[np.int64]:
        """Per row the chosen column that covers it, or -1."""
        holder = np.full(self.rows.shape[0], -1)
        for column in self.chosen.tolist():
            holder[self.members[column]] = column
        return holder

    def _solve(self, seed: int, large: int) -> bool:
        """Solve the window around a row; whether that made the choice better."""
        inside = self._window(seed, large)
        held = self.rows.T @ inside
        is_old = held[self.chosen] > 0
        out, old = self.chosen[~is_old], self.chosen[is_old]
        rows = np.flatnonzero(inside)

        def value(columns: NDArray[np.int64]) -> int:
            uncovered = len(rows) - int(self.size[columns].sum())
            return int(self.priced[columns].sum()) + self.open * uncovered

        now = value(old)
        allowed = (held == self.size) & (self.priced <= now)
        some = self._candidates(allowed, len(rows))
        slack = eye_array(len(rows), format="csc")
        found = _mip(
            csc_array(hstack([self.rows[rows][:, some], slack], format="csc")),
            np.append(self.priced[some], np.full(len(rows), self.open)),
            np.ones(len(rows), np.int64),
            whole=True,
            seconds=60.0,
            nodes=NODES,
        )
        if found.x is None:
            return False
        new = some[found.x[: len(some)] > 0.5]
        if value(new) >= now:
            return False
        self.chosen = np.concatenate([out, new])
        return True

    def _candidates(self, allowed: NDArray[np.bool_], rows: int) -> NDArray[np.int64]:
        """The cheapest of some columns, and those that are chosen now."""
        now = self.chosen[allowed[self.chosen]]
        usual = self.unwanted == self.unwanted.min()
        some = [now, self._cheapest(allowed & usual, PER_ROW * rows)]
        if not usual[now].all() or int(self.size[now].sum()) < rows:
            some.append(self._cheapest(allowed & ~usual, PER_ROW * rows))
        return np.unique(np.concatenate(some))

    def _cheapest(self, allowed: NDArray[np.bool_], few: int) -> NDArray[np.int64]:
        some = np.flatnonzero(allowed)
        if len(some) <= few:
            return some
        return some[np.argpartition(self.cost[some], few)[:few]]

    def _window(self, seed: int, large: int) -> NDArray[np.int64]:
        """About `large` rows around one, whole chosen columns only, as 0 and 1."""
        holder = self._holder()
        inside = np.zeros(self.rows.shape[0], np.int64)
        order = breadth_first_order(self.touch, seed, return_predecessors=False)
        for row in order[:large].tolist():
            if inside.sum() >= large:
                break
            inside[self.members[holder[row]] if holder[row] >= 0 else row] = 1
        return inside


@dataclass(frozen=True)
class _Found:
    x: NDArray[np.float64] | None
    dual: NDArray[np.float64]
    bound: int
    closed: bool
    impossible: bool


def _table(
    indptr: NDArray[np.int64],
    members: NDArray[np.integer],
    num_columns: int,
    num_rows: int,
    counts: Sequence[tuple[NDArray[np.int64], int]],
) -> csc_array:
    """Rows to cover, then one row per count; columns as given."""
    rows = [np.asarray(members, np.int64)]
    columns = [np.repeat(np.arange(num_columns), np.diff(indptr))]
    for at, (some, _) in enumerate(counts):
        rows.append(np.full(len(some), num_rows + at))
        columns.append(np.asarray(some))
    row, column = np.concatenate(rows), np.concatenate(columns)
    shape = (num_rows + len(counts), num_columns)
    return csc_array((np.ones(len(row), np.int64), (row, column)), shape=shape)


def _mip(
    table: csc_array,
    cost: NDArray[np.int64],
    right: NDArray[np.int64],
    *,
    whole: bool,
    seconds: float,
    nodes: int | None = None,
    begin: NDArray[np.bool_] | None = None,
) -> _Found:
    """``min cost·x, table·x = right, x >= 0``, whole or not, by HiGHS on one thread."""
    lp = highspy.Highs()  # type: ignore[no-untyped-call]  # has no annotations
    lp.setOptionValue("output_flag", False)
    lp.setOptionValue("threads", 1)
    lp.setOptionValue("time_limit", max(0.05, seconds))
    if nodes is not None:
        lp.setOptionValue("mip_max_nodes", nodes)
    lp.setOptionValue("mip_rel_gap", 0.0)
    lp.setOptionValue("mip_abs_gap", 0.9)
    m, n = table.shape
    none = np.zeros(0, np.int32)
    side = right.astype(np.float64)
    lp.addRows(m, side, side, 0, np.zeros(m, np.int32), none, np.zeros(0))
    lp.addCols(
        n, cost.astype(np.float64), np.zeros(n), np.full(n, np.inf), table.nnz,
        table.indptr[:-1].astype(np.int32), table.indices.astype(np.int32),
        table.data.astype(np.float64),
    )  # fmt: skip
    if whole:
        every = np.arange(n, dtype=np.int32)
        lp.changeColsIntegrality(n, every, np.full(n, 1, np.uint8))
    if begin is not None:
        solution = highspy.HighsSolution()
        solution.col_value = begin.astype(float).tolist()
        lp.setSolution(solution)
    lp.run()
    status, info = lp.getModelStatus(), lp.getInfo()
    solution = lp.getSolution()
    solved = (
        info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    )
    bound = info.mip_dual_bound
    return _Found(
        x=np.array(solution.col_value) if solved else None,
        dual=np.array(solution.row_dual),
        bound=int(np.ceil(bound - 1e-6 * abs(bound))) if np.isfinite(bound) else 0,
        closed=status == highspy.HighsModelStatus.kOptimal,
        impossible=status == highspy.HighsModelStatus.kInfeasible,
    )
