"""Set partitioning with counts as a linear program, whole or not, by HiGHS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array


@dataclass(frozen=True)
class Found:
    """What HiGHS found; `bound` holds for whole costs."""

    x: NDArray[np.float64] | None
    dual: NDArray[np.float64]
    bound: int
    closed: bool
    impossible: bool


def table_of(
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


def solve_mip(
    table: csc_array,
    cost: NDArray[np.int64],
    right: NDArray[np.int64],
    *,
    whole: bool,
    seconds: float,
    nodes: int | None = None,
    begin: NDArray[np.bool_] | None = None,
) -> Found:
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
    return Found(
        x=np.array(solution.col_value) if solved else None,
        dual=np.array(solution.row_dual),
        bound=int(np.ceil(bound - 1e-6 * abs(bound))) if np.isfinite(bound) else 0,
        closed=status == highspy.HighsModelStatus.kOptimal,
        impossible=status == highspy.HighsModelStatus.kInfeasible,
    )
