"""A program of whole numbers, written down row after row; solved by HiGHS."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from ortools.sat.python import cp_model
from scipy.sparse import coo_array, csc_array, csr_array

from zoning.clock import perf_counter
from zoning.result import Status
from zoning.solvers import cpsat, highs
from zoning.solvers.budget import SearchBudget
from zoning.solvers.highs import Solution

Ints = NDArray[np.int64]
LAST_SECONDS = 1.0  # CP-SAT is given at least, for what HiGHS found infeasible


class MipBuilder:
    """Rows over variables that are whole numbers from 0 up.

    Parameters
    ----------
    num_binary
        So many variables, each 0 or 1, there are at first.
    """

    def __init__(self, num_binary: int) -> None:
        self._upper = [1] * num_binary
        self._low: list[int] = []
        self._high: list[int] = []
        none = np.zeros(0, np.int64)
        self._row, self._column, self._value = [none], [none], [none]

    @property
    def num_variables(self) -> int:
        """How many variables there are."""
        return len(self._upper)

    def add_variable(self, upper: int) -> int:
        """Add a variable from 0 to `upper`; give its position."""
        self._upper.append(upper)
        return len(self._upper) - 1

    def add_row(self, columns: Ints, values: ArrayLike, low: int, high: int) -> None:
        """Write that the sum of variables times values is from `low` to `high`."""
        self._row.append(np.full(len(columns), len(self._low)))
        self._column.append(columns)
        self._value.append(np.broadcast_to(np.asarray(values, np.int64), len(columns)))
        self._low.append(int(low))
        self._high.append(int(high))

    def add_equations(self, matrix: csc_array, right: Ints) -> None:
        """Write ``matrix·x = right`` for the first variables x."""
        entries = coo_array(matrix)
        self._row.append(len(self._low) + entries.row.astype(np.int64))
        self._column.append(entries.col.astype(np.int64))
        self._value.append(entries.data)
        self._low += right.tolist()
        self._high += right.tolist()

    def minimize(self, cost: Ints, seconds: float) -> Solution:
        """The cheapest whole numbers, on one thread and without a warm start.

        That there are none is said only where CP-SAT proves it as well.
        """
        begun = perf_counter()
        low, high = np.array(self._low, float), np.array(self._high, float)
        upper = np.array(self._upper, float)
        lp = highs.build(self._matrix(), cost.astype(float), low, high, upper)
        highs.make_integer(lp)
        highs.run_mip(lp, seconds)
        found = highs.solution(lp)
        if found.status is Status.INFEASIBLE:
            left = max(LAST_SECONDS, begun + seconds - perf_counter())
            if not self._is_infeasible(left):
                return replace(found, status=Status.UNKNOWN)
        return found

    def _matrix(self) -> csc_array:
        entries = (np.concatenate(self._row), np.concatenate(self._column))
        shape = (len(self._low), self.num_variables)
        return csc_array((np.concatenate(self._value), entries), shape=shape)

    def _is_infeasible(self, seconds: float) -> bool:
        """CP-SAT proves that there is none: that is never HiGHS' word alone."""
        model = cp_model.CpModel()
        x = [model.new_int_var(0, upper, "") for upper in self._upper]
        rows = csr_array(self._matrix())
        for row, (low, high) in enumerate(zip(self._low, self._high, strict=True)):
            some = slice(*rows.indptr[row : row + 2])
            mine = [x[c] for c in rows.indices[some]]
            total = cp_model.LinearExpr.weighted_sum(mine, rows.data[some].tolist())
            model.add_linear_constraint(total, low, high)
        cp = cpsat.solver(SearchBudget.of(seconds))
        return cpsat.run(cp, model) == cp_model.INFEASIBLE
