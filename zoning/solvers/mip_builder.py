"""Rows of a program of whole numbers, written down one after the other; HiGHS."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import ArrayLike, NDArray
from ortools.sat.python import cp_model
from scipy.sparse import csc_array, csr_array

from zoning.clock import perf_counter
from zoning.solvers import cpsat, highs
from zoning.solvers.zone_names import Names

Ints = NDArray[np.int64]
LEAST_SECONDS = 0.05  # HiGHS is given at least
LAST_SECONDS = 1.0  # CP-SAT is given at least, for what HiGHS found impossible


@dataclass(frozen=True, eq=False)
class Answer:
    """What HiGHS found.

    Parameters
    ----------
    x
        The unknowns, whole numbers; None if it found nothing.
    bound
        No solution costs less; meaningless where there is none.
    closed, impossible
        The solution is proved best; CP-SAT proves as well that there is none.
    """

    x: Ints | None
    bound: int
    closed: bool
    impossible: bool


class Rows:
    """Conditions on whole numbers.

    Parameters
    ----------
    yes_or_no
        So many unknowns, each 0 or 1, there are at first.
    """

    def __init__(self, yes_or_no: int) -> None:
        self._most = [1] * yes_or_no
        self._low: list[int] = []
        self._high: list[int] = []
        none = np.zeros(0, np.int64)
        self._row, self._column, self._value = [none], [none], [none]

    @property
    def width(self) -> int:
        """How many unknowns there are."""
        return len(self._most)

    def fresh(self, most: int) -> int:
        """Add an unknown from 0 to `most`; give its position."""
        self._most.append(most)
        return len(self._most) - 1

    def add(self, columns: Ints, values: ArrayLike, low: int, high: int) -> None:
        """Write that the sum of unknowns times values is from `low` to `high`."""
        self._row.append(np.full(len(columns), len(self._low)))
        self._column.append(columns)
        self._value.append(np.broadcast_to(np.asarray(values, np.int64), len(columns)))
        self._low.append(int(low))
        self._high.append(int(high))

    def cover(self, indptr: Ints, members: NDArray[np.integer], number: int) -> None:
        """Write that exactly one of the first unknowns holds each of `number` members.

        Unknown c holds ``members[indptr[c]:indptr[c + 1]]``.
        """
        self._row.append(len(self._low) + members.astype(np.int64))
        self._column.append(np.repeat(np.arange(len(indptr) - 1), np.diff(indptr)))
        self._value.append(np.ones(len(members), np.int64))
        self._low += [1] * number
        self._high += [1] * number

    def least(self, cost: Ints, seconds: float) -> Answer:
        """The cheapest unknowns by HiGHS, on one thread and without a first guess."""
        begun, n = perf_counter(), self.width
        table = self._table()
        low, high = np.array(self._low, float), np.array(self._high, float)
        most = np.array(self._most, float)
        lp = highs.filled(low, high, cost.astype(float), most, table)
        highs.make_whole(lp, n)
        highs.run_whole(lp, max(LEAST_SECONDS, seconds))
        status, info = lp.getModelStatus(), lp.getInfo()
        feasible = highspy.SolutionStatus.kSolutionStatusFeasible
        x = None
        if info.primal_solution_status == feasible:
            x = np.rint(lp.getSolution().col_value).astype(np.int64)
        return Answer(
            x,
            highs.whole_bound(lp),
            closed=status == highspy.HighsModelStatus.kOptimal,
            impossible=status == highspy.HighsModelStatus.kInfeasible
            and self._refuted(max(LAST_SECONDS, begun + seconds - perf_counter())),
        )

    def _table(self) -> csc_array:
        entries = (np.concatenate(self._row), np.concatenate(self._column))
        shape = (len(self._low), self.width)
        return csc_array((np.concatenate(self._value), entries), shape=shape)

    def _refuted(self, seconds: float) -> bool:
        """CP-SAT proves that there is none: that is never HiGHS' word alone."""
        model = cp_model.CpModel()
        x = [model.new_int_var(0, most, "") for most in self._most]
        rows = csr_array(self._table())
        for row, (low, high) in enumerate(zip(self._low, self._high, strict=True)):
            some = slice(*rows.indptr[row : row + 2])
            mine = [x[c] for c in rows.indices[some]]
            total = cp_model.LinearExpr.weighted_sum(mine, rows.data[some].tolist())
            model.add_linear_constraint(total, low, high)
        cp = cpsat.solver(time_limit=seconds, seed=0, workers=1)
        return cpsat.run(cp, model) == cp_model.INFEASIBLE


def rows_of_zones(
    indptr: Ints,
    members: NDArray[np.integer],
    names: Names,
    pairs: Ints,
    strict: set[int],
    *,
    num_rows: int,
    count: int,
) -> Rows:
    """What any choice of named zones keeps: one unknown for each of `pairs`.

    Every unit is in one zone, there are so many zones, `strict` names are borne at most
    once, required ones exactly once, and the budget of change is kept.
    """
    rows, every = Rows(len(pairs)), np.arange(len(pairs))
    sizes = np.diff(indptr)[names.zone[pairs]]
    ends = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    take = np.repeat(indptr[names.zone[pairs]] - ends[:-1], sizes) + np.arange(ends[-1])
    rows.cover(ends, members[take], num_rows)
    rows.add(every, 1, count, count)
    for name in sorted(strict):
        bearing = np.flatnonzero(names.name[pairs] == name)
        rows.add(bearing, 1, int(name in names.required), 1)
    if names.most_change is not None:
        rows.add(every, names.change[pairs], 0, names.most_change)
    return rows


def priced_rows(rows: Rows, cost: Ints, names: Names, pairs: Ints) -> tuple[Ints, int]:
    """What each unknown of `rows_of_zones` costs, change of zone included.

    The second number stands in all these costs and is to be taken off again: the
    price of what changes anyhow.

    Where a m² has a price that is no whole number, the price of all change is an
    unknown r of its own. With the price N / D and C m² of change, r is N C / D rounded
    to the nearest, halves to even, which these conditions say exactly:

        r = 2 q + b,   -D + t b <= 2 N C - 2 D r <= D - t b,   b either 0 or 1

    Halves come only of an even D: then t is 2, which keeps an odd r (b = 1) from them;
    else t is 0.
    """
    num, den = names.price.numerator, names.price.denominator
    each = cost[names.zone[pairs]]
    change = names.change[pairs]
    if den == 1:
        none = np.zeros(rows.width - len(pairs), np.int64)
        return np.append(each + num * change, none), 0
    most = round(names.price * (names.base + int(change.sum()))) + 1
    half, odd = rows.fresh(most // 2 + 1), rows.fresh(1)
    columns = np.append(np.arange(len(pairs)), [half, odd])
    total, anyhow = 2 * num * change, 2 * num * names.base
    tie = 0 if den % 2 else 2
    far = int(total.sum()) + 4 * den * (most + 2)
    rows.add(columns, np.append(total, [-4 * den, tie - 2 * den]), -far, den - anyhow)
    rows.add(columns, np.append(total, [-4 * den, -tie - 2 * den]), -den - anyhow, far)
    none = np.zeros(rows.width - len(pairs) - 2, np.int64)
    return np.concatenate([each, none, [2, 1]]), round(names.price * names.base)
