"""The master's linear relaxation, grown column by column and cut by cut.

HiGHS is used directly: it keeps its basis while columns and rows are added as arrays,
which is what column generation lives on. Set partitioning with counts: rows that are
covered once, rows that count columns, and cuts; see "Choosing zones" in
docs/formulation.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import highspy
import numpy as np
from numpy.typing import NDArray

from zoning.solvers import highs

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DUAL, PRIMAL = 1, 4  # simplex: after cuts, and after columns
ZERO = 1e-7  # HiGHS' tolerance: what an artificial column may have and be out of use


@dataclass(frozen=True, eq=False)
class MasterDuals:
    """Duals of the rows: of each unit, of each count, of each cut (<= 0)."""

    unit: Floats
    count: Floats
    cut: Floats


@dataclass(frozen=True, eq=False)
class MasterSolution:
    """What the relaxation came to.

    Parameters
    ----------
    primal
        Of each column, in the order they were added.
    duals, objective
        At these.
    solved
        False when the time ran out; the duals are then of no use.
    """

    primal: Floats
    duals: MasterDuals
    objective: float
    solved: bool


class MasterLP:
    """``min cost·x``: every unit covered once, counts met, cuts ``sum x <= 1``.

    Artificial columns, one a unit and two a count, keep it solvable before it has
    columns, and duals near where they belong: none exceeds its artificial's cost.

    Parameters
    ----------
    num_units
        Units to be covered.
    counts
        What each counting row must add up to.
    artificial_cost
        Per unit the cost of leaving it uncovered.
    count_cost
        The cost of one too few, or too many, in any count.
    """

    def __init__(
        self,
        num_units: int,
        counts: Sequence[int],
        artificial_cost: Floats,
        count_cost: float,
    ) -> None:
        num_counts = len(counts)
        num_rows = num_units + num_counts
        self.num_units = num_units
        self.artificial_cost = np.append(
            artificial_cost, np.full(2 * num_counts, count_cost)
        )
        self._num_artificial = num_rows + num_counts
        self._artificial = np.ones(self._num_artificial)
        self._num_rows = num_rows
        right = np.append(np.ones(num_units), np.asarray(counts, np.float64))
        self._lp = highs.with_rows(right, right)
        self._lp.setOptionValue("simplex_strategy", PRIMAL)
        rows = np.append(np.arange(num_rows), np.arange(num_units, num_rows))
        sign = np.append(np.ones(num_rows), np.full(num_counts, -1.0))
        self._append(self.artificial_cost, np.arange(len(rows)), rows, sign)

    def _append(self, cost: Floats, starts: Ints, rows: Ints, values: Floats) -> None:
        upper = np.full(len(cost), np.inf)
        highs.add_columns(self._lp, cost, upper, starts, rows, values)

    def add_columns(
        self,
        indptr: Ints,
        members: NDArray[np.integer],
        cost: Ints,
        counted: Ints,
        cuts: tuple[Ints, Ints] | None = None,
    ) -> None:
        """Add columns.

        Parameters
        ----------
        indptr, members
            Column z covers the units ``members[indptr[z]:indptr[z + 1]]``.
        counted
            columns × counts: what each adds to each count.
        cuts
            In CSR form for each column the cuts that count it; None: no cuts.
        """
        size, num_counts = counted.shape
        none = np.zeros(0, np.int64)
        cut_ptr, in_cut = (np.zeros(size + 1, np.int64), none) if cuts is None else cuts
        every, first_count = np.arange(size), self.num_units
        column = np.concatenate(
            [
                np.repeat(every, np.diff(indptr)),
                np.repeat(every, num_counts),
                np.repeat(every, np.diff(cut_ptr)),
            ]
        )
        row = np.concatenate(
            [
                members.astype(np.int64),
                np.tile(np.arange(first_count, self._num_rows), size),
                self._num_rows + in_cut,
            ]
        )
        ones = np.ones(len(members)), np.ones(len(in_cut))
        value = np.concatenate([ones[0], counted.ravel().astype(np.float64), ones[1]])
        order = np.argsort(column, kind="stable")
        starts = np.searchsorted(column[order], every)
        self._append(cost.astype(np.float64), starts, row[order], value[order])
        self._lp.setOptionValue("simplex_strategy", PRIMAL)

    def add_cut(self, columns: Ints) -> None:
        """At most one of these columns (by the order they were added) is chosen."""
        highs.add_cut(self._lp, self._num_artificial + columns)
        self._lp.setOptionValue("simplex_strategy", DUAL)

    def keep_columns(self, kept: NDArray[np.bool_]) -> None:
        """Forget the other columns (by the order they were added); the basis stays.

        Those in the basis must be kept.
        """
        gone = self._num_artificial + np.flatnonzero(~kept)
        old = self._lp.getBasis()
        basis = highspy.HighsBasis()
        basis.row_status = old.row_status
        stay = np.append(np.ones(self._num_artificial, np.bool_), kept)
        basis.col_status = list(compress(old.col_status, stay))
        basis.valid = old.valid
        self._lp.deleteCols(len(gone), gone.astype(np.int32))
        self._lp.setBasis(basis)

    @property
    def basic(self) -> NDArray[np.bool_]:
        """Columns in the basis of the last solution."""
        status = self._lp.getBasis().col_status[self._num_artificial :]
        return np.array([one == highspy.HighsBasisStatus.kBasic for one in status])

    def raise_artificial_cost(self, factor: float) -> None:
        """Make dearer the artificial columns that the last solution used."""
        for column in np.flatnonzero(self._artificial > ZERO):
            self.artificial_cost[column] *= factor
            self._lp.changeColCost(int(column), float(self.artificial_cost[column]))

    @property
    def uses_artificial(self) -> bool:
        """The last solution left units uncovered or a count wrong."""
        return bool((self._artificial > ZERO).any())

    def solve(self, seconds: float) -> MasterSolution:
        """The relaxation over the columns and cuts added so far."""
        solved = highs.run_lp(self._lp, seconds)
        if self._lp.getModelStatus() == highspy.HighsModelStatus.kUnknown:
            # the basis at hand leads nowhere, as it does now and then where costs
            # are large numbers: begin without one
            self._lp.clearSolver()
            self._lp.setOptionValue("simplex_strategy", DUAL)
            self._lp.run()
            solved = self._lp.getModelStatus() == highspy.HighsModelStatus.kOptimal
        solution = self._lp.getSolution()
        value, dual = np.array(solution.col_value), np.array(solution.row_dual)
        self._artificial = value[: self._num_artificial]
        duals = MasterDuals(
            dual[: self.num_units],
            dual[self.num_units : self._num_rows],
            np.minimum(0.0, dual[self._num_rows :]),
        )
        objective = float(self._lp.getInfo().objective_function_value)
        return MasterSolution(
            value[self._num_artificial :], duals, objective, bool(solved)
        )
