"""Choose among listed columns (zones of units, or lots of zones): set partitioning.

By CP-SAT, for some thousands of columns; `large` beside it takes more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from zoning.solvers import cpsat


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
    status = cpsat.run(cp, model)
    if status == cp_model.INFEASIBLE:
        return Choice(None, None, closed=True)
    bound = int(np.ceil(cp.best_objective_bound - 1e-6))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Choice(None, bound, closed=False)
    columns = tuple(c for c, var in enumerate(x) if cp.boolean_value(var))
    return Choice(columns, bound, closed=status == cp_model.OPTIMAL)
