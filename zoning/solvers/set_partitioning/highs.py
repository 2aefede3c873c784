"""Set partitioning with counts and cuts as a linear program, whole or not, by HiGHS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, vstack

from zoning.solvers import highs

PROBING = 1 << 15  # a part of presolve that does not look at the clock, for minutes
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Table:
    """Rows to cover, one row per count, then cuts; a column for each set.

    Parameters
    ----------
    num_rows
        Rows to cover, each by one column.
    equal
        These rows and those of counts, in this order.
    right
        What each of them must add up to.
    cuts
        Further rows, which add up to at most 1.
    """

    num_rows: int
    equal: csc_array
    right: Ints
    cuts: csr_array

    @classmethod
    def of(
        cls,
        indptr: Ints,
        members: NDArray[np.integer],
        num_rows: int,
        counts: Sequence[tuple[Ints, int]],
    ) -> Table:
        """Table without cuts; column c covers ``members[indptr[c]:indptr[c + 1]]``."""
        num_columns = len(indptr) - 1
        rows = [np.asarray(members, np.int64)]
        columns = [np.repeat(np.arange(num_columns), np.diff(indptr))]
        for at, (some, _) in enumerate(counts):
            rows.append(np.full(len(some), num_rows + at))
            columns.append(np.asarray(some))
        row, column = np.concatenate(rows), np.concatenate(columns)
        shape = (num_rows + len(counts), num_columns)
        equal = csc_array((np.ones(len(row), np.int64), (row, column)), shape=shape)
        right = np.array([1] * num_rows + [count for _, count in counts], np.int64)
        return cls(num_rows, equal, right, csr_array((0, num_columns), dtype=np.int64))

    def only(self, kept: Ints) -> Table:
        """The table of some of the columns."""
        return Table(self.num_rows, self.equal[:, kept], self.right, self.cuts[:, kept])

    @property
    def covered(self) -> csc_array:
        """The rows to cover alone."""
        return csc_array(self.equal[: self.num_rows])


@dataclass(frozen=True)
class Found:
    """What HiGHS found; `bound` holds for whole costs."""

    x: Floats | None
    dual: Floats
    bound: int
    closed: bool
    impossible: bool


def relaxed(table: Table, cost: Ints) -> highspy.Highs:
    """``min cost·x, x >= 0`` over a table, to be run; cuts may be added later."""
    rows = csc_array(vstack([table.equal, table.cuts], format="csc"))
    right = table.right.astype(np.float64)
    cuts = table.cuts.shape[0]
    low = np.concatenate([right, np.full(cuts, -np.inf)])
    high = np.concatenate([right, np.ones(cuts)])
    most = np.full(rows.shape[1], np.inf)
    return highs.filled(low, high, cost.astype(np.float64), most, rows)


def run(lp: highspy.Highs, seconds: float) -> Found:
    """Solve the linear program that was built, for so many seconds from now."""
    lp.setOptionValue("time_limit", lp.getRunTime() + max(0.05, seconds))
    lp.run()
    return _found(lp)


def _found(lp: highspy.Highs) -> Found:
    status, info = lp.getModelStatus(), lp.getInfo()
    solution = lp.getSolution()
    solved = (
        info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    )
    return Found(
        x=np.array(solution.col_value) if solved else None,
        dual=np.array(solution.row_dual),
        bound=highs.whole_bound(lp),
        closed=status == highspy.HighsModelStatus.kOptimal,
        impossible=status == highspy.HighsModelStatus.kInfeasible,
    )


def solve_whole(
    table: Table, cost: Ints, *, seconds: float, nodes: int | None = None
) -> Found:
    """``min cost·x`` over a table, x whole, on one thread.

    No choice is given to begin from: with one, HiGHS 1.16 called others optimal that
    were not, because its presolve priced the beginning wrongly.

    Parameters
    ----------
    nodes
        Most nodes of the search tree.
    """
    lp = relaxed(table, cost)
    if nodes is not None:
        lp.setOptionValue("mip_max_nodes", nodes)
    lp.setOptionValue("presolve_rule_off", PROBING)
    highs.make_whole(lp, len(cost))
    highs.run_whole(lp, seconds)
    return _found(lp)
