"""The linear relaxation of covering units by lots, grown column by column."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from zoning.solvers import highs

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
UNCOVERED = 1e-7


@dataclass(frozen=True)
class Relaxed:
    """What HiGHS found.

    Parameters
    ----------
    unit, lots, zones
        Prices: of each unit, of lots of the size asked for, of zones.
    cost
        Of the relaxation as far as it has been grown.
    uncovered
        Units are left out, or counts are not met.
    solved
        False when the time ran out; the prices are then of no use.
    """

    unit: Floats
    lots: float
    zones: float
    cost: float
    uncovered: bool
    solved: bool


class LotLP:
    """``min cost·x``: every unit in one lot, so many lots of a size, so many zones.

    Parameters
    ----------
    num_units
        Units to cover.
    count, num_zones
        Lots of the size asked for, and zones of all lots together.
    penalty
        Cost of leaving a unit uncovered, or of a lot or zone too few or too many.
    """

    def __init__(
        self, num_units: int, count: int, num_zones: int, penalty: float
    ) -> None:
        self.num_units = num_units
        self.penalty = penalty
        self._lp = highs.solver()
        self._lp.setOptionValue("simplex_strategy", 4)
        rows = num_units + 2
        right = np.append(np.ones(num_units), [count, num_zones]).astype(float)
        none = np.zeros(0, np.int32)
        starts = np.zeros(rows, np.int32)
        self._lp.addRows(rows, right, right, 0, starts, none, np.zeros(0))
        # one stand-in a row, and for the counts one that takes away
        at = np.append(np.arange(rows), [num_units, num_units + 1]).astype(np.int32)
        sign = np.append(np.ones(rows), [-1.0, -1.0])
        self._stand_ins = len(at)
        self._lp.addCols(
            len(at),
            np.full(len(at), penalty),
            np.zeros(len(at)),
            np.full(len(at), np.inf),
            len(at),
            np.arange(len(at), dtype=np.int32),
            at,
            sign,
        )

    def add(
        self, indptr: Ints, members: Ints, usual: Ints, sizes: Ints, cost: Ints
    ) -> None:
        """Add lots.

        Parameters
        ----------
        indptr, members
            Lot l holds the units ``members[indptr[l]:indptr[l + 1]]``.
        usual, sizes
            1 where a lot has the size asked for; how many zones it has.
        """
        n, many = self.num_units, len(cost)
        each = np.diff(indptr) + 2
        starts = np.cumsum(each) - each
        rows = np.empty(int(each.sum()), np.int32)
        values = np.ones(len(rows))
        last = starts + each - 2
        rows[last], rows[last + 1] = n, n + 1
        values[last], values[last + 1] = usual, sizes
        inside = np.ones(len(rows), bool)
        inside[last] = inside[last + 1] = False
        rows[inside] = members
        self._lp.addCols(
            many,
            cost.astype(float),
            np.zeros(many),
            np.full(many, np.inf),
            len(rows),
            starts.astype(np.int32),
            rows,
            values,
        )

    def raise_penalty(self, factor: float) -> None:
        """Make it dearer to leave units out or to miss counts."""
        self.penalty *= factor
        for at in range(self._stand_ins):
            self._lp.changeColCost(at, self.penalty)

    def solve(self, seconds: float) -> Relaxed:
        """The relaxation over the lots added so far."""
        limit = self._lp.getRunTime() + max(0.05, seconds)
        self._lp.setOptionValue("time_limit", limit)
        self._lp.run()
        solved = self._lp.getModelStatus() == highspy.HighsModelStatus.kOptimal
        solution = self._lp.getSolution()
        dual = np.array(solution.row_dual)
        stand_in = np.array(solution.col_value[: self._stand_ins])
        n = self.num_units
        return Relaxed(
            dual[:n],
            float(dual[n]),
            float(dual[n + 1]),
            float(self._lp.getInfo().objective_function_value),
            bool((stand_in > UNCOVERED).any()),
            bool(solved),
        )
