"""Set partitioning as a program of HiGHS, whole or not, for many columns."""

from __future__ import annotations

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, vstack

from zoning.result import Status
from zoning.solvers import highs
from zoning.solvers.budget import SearchBudget
from zoning.solvers.highs import Solution
from zoning.solvers.set_partitioning.cpsat import select_by_cpsat
from zoning.solvers.set_partitioning.matrix import PartitioningMatrix
from zoning.solvers.set_partitioning.selection import Selection

PROBING = 1 << 15  # a part of presolve that does not look at the clock, for minutes
Ints = NDArray[np.int64]


def linear_program(matrix: PartitioningMatrix, cost: Ints) -> highspy.Highs:
    """``min cost·x, x >= 0`` over a matrix, to be run; cuts may be added later."""
    rows = csc_array(vstack([matrix.equal, matrix.cuts], format="csc"))
    right = matrix.right.astype(np.float64)
    cuts = matrix.cuts.shape[0]
    low = np.concatenate([right, np.full(cuts, -np.inf)])
    high = np.concatenate([right, np.ones(cuts)])
    upper = np.full(rows.shape[1], np.inf)
    return highs.build(rows, cost.astype(np.float64), low, high, upper)


def solve_mip(
    matrix: PartitioningMatrix, cost: Ints, *, seconds: float, nodes: int | None = None
) -> Solution:
    """``min cost·x`` over a matrix, x whole, on one thread.

    No choice is given to begin from: with one, HiGHS 1.16 called others optimal that
    were not, because its presolve priced the beginning wrongly.

    Parameters
    ----------
    nodes
        Most nodes of the search tree.
    """
    lp = linear_program(matrix, cost)
    if nodes is not None:
        lp.setOptionValue("mip_max_nodes", nodes)
    lp.setOptionValue("presolve_rule_off", PROBING)
    highs.make_integer(lp)
    highs.run_mip(lp, seconds)
    return highs.solution(lp)


def select_by_highs(
    matrix: PartitioningMatrix,
    cost: Ints,
    budget: SearchBudget,
) -> Selection:
    """As `select_by_cpsat`, which is asked only whether there is really none."""
    found = solve_mip(matrix, cost, seconds=budget.left)
    if found.status is Status.INFEASIBLE:
        return select_by_cpsat(matrix, cost, budget)
    if found.x is None:
        return Selection(None, found.bound, Status.UNKNOWN)
    columns = np.flatnonzero(found.x > 0.5)
    total = int(cost[columns].sum())
    bound = total if found.status is Status.OPTIMAL else min(total, found.bound)
    return Selection(tuple(columns.tolist()), bound, found.status)
