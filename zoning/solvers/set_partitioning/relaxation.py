"""The linear relaxation of set partitioning, lifted by subset-row cuts.

Of any three rows at most one chosen column covers two or more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from zoning.result import Status
from zoning.solvers import highs
from zoning.solvers.budget import SearchBudget
from zoning.solvers.highs import Solution
from zoning.solvers.set_partitioning.highs import linear_program
from zoning.solvers.set_partitioning.matrix import PartitioningMatrix
from zoning.solvers.set_partitioning.subset_rows import separate

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CutParams:
    """Which cuts are added.

    Parameters
    ----------
    per_round
        Cuts added before the relaxation is solved again.
    min_violation
        What a cut exceeds 1 by to be worth a row.
    """

    per_round: int = 100
    min_violation: float = 0.02


@dataclass(frozen=True, eq=False)
class PartitioningRelaxation:
    """The relaxation as far as it was solved.

    Parameters
    ----------
    matrix
        With the cuts found.
    infeasible
        No selection exists, by HiGHS' word.
    bound
        No selection costs less; None where time ran out before there was any bound.
    reduced
        A selection that has a column costs at least `bound` and so much more.
    """

    matrix: PartitioningMatrix
    infeasible: bool
    bound: int | None
    reduced: Ints


def solve_relaxation(
    matrix: PartitioningMatrix,
    cost: Ints,
    budget: SearchBudget,
    params: CutParams = CutParams(),
) -> PartitioningRelaxation:
    """Solve the relaxation, and cut it until it gives no more or time is up."""
    none = PartitioningRelaxation(matrix, False, None, cost)
    lp = linear_program(matrix, cost)
    found = _run(lp, budget.left)
    if found.status is Status.INFEASIBLE:
        return replace(none, infeasible=True)
    if found.status is not Status.OPTIMAL or found.x is None:
        return none
    best = _safe(matrix, cost, found)
    covered = csr_array(matrix.covered)
    cuts: list[Ints] = []
    while budget.left > 0:
        live = np.flatnonzero(found.x > 1e-7)
        triples = separate(
            csr_array(covered[:, live]),
            found.x[live],
            max_cuts=params.per_round,
            min_violation=params.min_violation,
        )
        if not len(triples):
            break
        for triple in triples:
            held = covered[triple].sum(axis=0)
            columns = np.flatnonzero(np.asarray(held).ravel() >= 2)
            highs.add_cut(lp, columns)
            cuts.append(columns)
        found = _run(lp, budget.left)
        if found.status is not Status.OPTIMAL or found.x is None:
            return replace(best, infeasible=found.status is Status.INFEASIBLE)
        best = _safe(replace(matrix, cuts=_rows(cuts, len(cost))), cost, found)
    return best


def _run(lp: highspy.Highs, seconds: float) -> Solution:
    highs.run_lp(lp, seconds)
    return highs.solution(lp)


def _safe(
    matrix: PartitioningMatrix, cost: Ints, found: Solution
) -> PartitioningRelaxation:
    """Whole duals make the bound exact, whatever the solver's rounding was.

    ``bound = y·right + num_rows · min(0, least reduced cost)`` for any y: every column
    of a selection covers a row, so it has no more than `num_rows` columns.
    """
    duals = np.floor(found.dual).astype(np.int64)
    split = len(matrix.right)
    equal, cut = duals[:split], np.minimum(0, duals[split:])
    reduced = cost - matrix.equal.T @ equal - matrix.cuts.T @ cut
    bound = int(equal @ matrix.right) + int(cut.sum())
    bound += matrix.num_rows * min(0, int(reduced.min(initial=0)))
    return PartitioningRelaxation(matrix, False, bound, np.asarray(reduced))


def _rows(cuts: Sequence[Ints], num_columns: int) -> csr_array:
    """One row per cut: the columns it counts."""
    sizes = [len(columns) for columns in cuts]
    indptr, indices = np.cumsum([0, *sizes]), np.concatenate(cuts)
    ones = np.ones(len(indices), np.int64)
    return csr_array((ones, indices, indptr), shape=(len(cuts), num_columns))
