"""Set partitioning by CP-SAT, for some thousands of columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model
from scipy.sparse import csr_array

from zoning.result import Status
from zoning.solvers import cpsat
from zoning.solvers.budget import SearchBudget
from zoning.solvers.set_partitioning.matrix import PartitioningMatrix
from zoning.solvers.set_partitioning.selection import INFEASIBLE, Selection


def select_by_cpsat(
    matrix: PartitioningMatrix,
    cost: NDArray[np.int64],
    budget: SearchBudget,
    *,
    hint: Sequence[int] = (),
) -> Selection:
    """Cheapest columns that cover every row exactly once; cuts are left out.

    Parameters
    ----------
    hint
        Columns of a selection known to be allowed.
    """
    model = cp_model.CpModel()
    x = [model.new_bool_var("") for _ in range(len(cost))]
    rows = csr_array(matrix.equal)
    for row, right in enumerate(matrix.right.tolist()):
        some = [x[c] for c in rows.indices[rows.indptr[row] : rows.indptr[row + 1]]]
        if row < matrix.num_rows:
            model.add_exactly_one(some)
        else:
            model.add(cp_model.LinearExpr.sum(some) == right)
    model.minimize(cp_model.LinearExpr.weighted_sum(x, cost.tolist()))
    in_hint = set(hint)
    if in_hint:
        for c, var in enumerate(x):
            model.add_hint(var, c in in_hint)
    cp = cpsat.solver(budget)
    status = cpsat.run(cp, model)
    if status == cp_model.INFEASIBLE:
        return INFEASIBLE
    bound = int(np.ceil(cp.best_objective_bound - 1e-6))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Selection(None, bound, Status.UNKNOWN)
    columns = tuple(c for c, var in enumerate(x) if cp.boolean_value(var))
    optimal = status == cp_model.OPTIMAL
    return Selection(columns, bound, Status.OPTIMAL if optimal else Status.FEASIBLE)
