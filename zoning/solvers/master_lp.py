"""Linear relaxation of choosing zones, grown column by column and cut by cut.

HiGHS is used directly: it keeps its basis while columns and rows are added as arrays,
which is what column generation lives on.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress

import highspy
import numpy as np
from numpy.typing import NDArray

from zoning.solvers import highs

Floats = NDArray[np.float64]
DUAL, PRIMAL = 1, 4  # simplex: after cuts, and after columns


@dataclass(frozen=True)
class Duals:
    """Prices of the rows: of each unit, of the number of zones, of each cut (<= 0)."""

    unit: Floats
    count: float
    cut: Floats


class ColumnLP:
    """``min cost·x``, every unit covered once, `count` zones, cuts ``sum x <= 1``.

    Parameters
    ----------
    num_units, count
        Rows of the relaxation.
    penalty
        Per unit the cost of leaving it uncovered. It keeps the LP solvable before it
        has columns, and dual prices near where they belong: no unit's price exceeds it.
    """

    def __init__(self, num_units: int, count: int, penalty: Floats) -> None:
        self.num_units = num_units
        self._stand_ins = num_units + 2
        self.penalty = np.append(penalty, np.full(2, penalty.sum() / count))
        self.stand_in = np.ones(self._stand_ins)
        self._lp = highs.solver()
        self._lp.setOptionValue("simplex_strategy", PRIMAL)
        right = np.ones(num_units + 1)
        right[num_units] = count
        none = np.zeros(0)
        self._lp.addRows(
            num_units + 1,
            right,
            right,
            0,
            np.zeros(num_units + 1, np.int32),
            np.zeros(0, np.int32),
            none,
        )
        size = self._stand_ins
        rows = np.append(np.arange(num_units + 1), num_units).astype(np.int32)
        values = np.ones(size)
        values[-1] = -1.0
        self._lp.addCols(
            size,
            self.penalty,
            np.zeros(size),
            np.full(size, np.inf),
            size,
            np.arange(size, dtype=np.int32),
            rows,
            values,
        )

    def add(
        self,
        indptr: NDArray[np.int64],
        members: NDArray[np.int32],
        cost: NDArray[np.int64],
        in_cuts: list[NDArray[np.int64]],
    ) -> None:
        """Add zones; `in_cuts` holds for each of them the cuts that count it."""
        sizes = np.diff(indptr)
        first_cut = self.num_units + 1
        pieces: list[NDArray[np.int64]] = []
        starts = np.zeros(len(cost), np.int32)
        at = 0
        for z in range(len(cost)):
            starts[z] = at
            pieces.append(members[indptr[z] : indptr[z + 1]].astype(np.int64))
            pieces.append(np.array([self.num_units], np.int64))
            pieces.append(first_cut + in_cuts[z])
            at += int(sizes[z]) + 1 + len(in_cuts[z])
        rows = np.concatenate(pieces).astype(np.int32)
        size = len(cost)
        self._lp.addCols(
            size,
            cost.astype(np.float64),
            np.zeros(size),
            np.full(size, np.inf),
            at,
            starts,
            rows,
            np.ones(at),
        )
        self._lp.setOptionValue("simplex_strategy", PRIMAL)

    def cut(self, columns: NDArray[np.int64]) -> None:
        """At most one of these columns (by the order they were added) is chosen."""
        at = (self._stand_ins + columns).astype(np.int32)
        self._lp.addRow(-np.inf, 1.0, len(at), at, np.ones(len(at)))
        self._lp.setOptionValue("simplex_strategy", DUAL)

    def keep(self, columns: NDArray[np.bool_]) -> None:
        """Forget the other columns (by the order they were added); the basis stays.

        Those in the basis must be kept.
        """
        gone = self._stand_ins + np.flatnonzero(~columns)
        basis = self._lp.getBasis()
        kept = highspy.HighsBasis()
        kept.row_status = basis.row_status
        stay = np.append(np.ones(self._stand_ins, np.bool_), columns)
        kept.col_status = list(compress(basis.col_status, stay))
        kept.valid = basis.valid
        self._lp.deleteCols(len(gone), gone.astype(np.int32))
        self._lp.setBasis(kept)

    @property
    def basic(self) -> NDArray[np.bool_]:
        """Columns in the basis of the last solution."""
        status = self._lp.getBasis().col_status[self._stand_ins :]
        return np.array([one == highspy.HighsBasisStatus.kBasic for one in status])

    def raise_penalty(self, factor: float) -> None:
        """Make it dearer to leave uncovered what the last solution left so."""
        for row in np.flatnonzero(self.stand_in > 1e-7):
            self.penalty[row] *= factor
            self._lp.changeColCost(int(row), float(self.penalty[row]))

    @property
    def uncovered(self) -> bool:
        """The last solution left units uncovered or the number of zones wrong."""
        return bool((self.stand_in > 1e-7).any())

    def solve(self, seconds: float) -> tuple[Floats, Duals, float, bool]:
        """Values of the columns, duals, the objective, and whether it is solved.

        The last is False when time ran out; the duals are then of no use.
        """
        self._lp.setOptionValue(
            "time_limit", self._lp.getRunTime() + max(0.05, seconds)
        )
        self._lp.run()
        if self._lp.getModelStatus() == highspy.HighsModelStatus.kUnknown:
            # the basis at hand leads nowhere, as it does now and then where costs
            # are large numbers: begin without one
            self._lp.clearSolver()
            self._lp.setOptionValue("simplex_strategy", DUAL)
            self._lp.run()
        solved = self._lp.getModelStatus() == highspy.HighsModelStatus.kOptimal
        solution = self._lp.getSolution()
        value = np.array(solution.col_value)
        dual = np.array(solution.row_dual)
        n = self.num_units
        duals = Duals(dual[:n], float(dual[n]), np.minimum(0.0, dual[n + 1 :]))
        objective = float(self._lp.getInfo().objective_function_value)
        self.stand_in = value[: self._stand_ins]
        return value[self._stand_ins :], duals, objective, bool(solved)
