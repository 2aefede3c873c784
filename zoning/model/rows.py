"""Rows of a program of whole numbers, written down one after the other; HiGHS."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csc_array

from zoning.model import highs
from zoning.model.names import Names

Ints = NDArray[np.int64]
LEAST_SECONDS = 0.05  # HiGHS is given at least


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
        The solution is proved best; it is proved that there is none.
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
        m, n = len(self._low), self.width
        entries = (np.concatenate(self._row), np.concatenate(self._column))
        table = csc_array((np.concatenate(self._value), entries), shape=(m, n))
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
            impossible=status == highspy.HighsModelStatus.kInfeasible,
        )


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
