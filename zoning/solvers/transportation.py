"""Units assigned to centers that are given, by HiGHS: a relaxation, and plans.

With the centers fixed the relaxation is a transportation problem. It splits hardly more
units than there are centers, so rounding it by branch and bound is quick. Its duals
serve to judge other sets of centers as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array, csr_array, hstack

from zoning.clock import perf_counter
from zoning.result import Status
from zoning.solvers import highs
from zoning.solvers.assignment_pairs import (
    NO_LIMIT,
    Assignment,
    AssignmentPairs,
    Ints,
)
from zoning.solvers.separators import disconnected, separator_cuts

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FractionalAssignment:
    """Units split among centers: dual of each, yuan, and the center of most of it."""

    dual: Floats
    center_of: Ints


def solve_transportation_lp(
    pairs: AssignmentPairs, num_units: int
) -> FractionalAssignment:
    """Split the units among the centers of the pairs; all of them are open.

    The relaxation without contiguity. A unit may stay unserved, and a zone under its
    band, at a high price, so that there always is a solution.
    """
    program = _Program.of(pairs, num_units)
    m, n = len(program.low), len(program.cost)
    dear = float(pairs.travel.mean() + 1.0) * num_units / program.yuan
    short = coo_array((np.ones(m), (np.arange(m), np.arange(m))), (m, m))
    cost, upper = np.append(program.cost, np.full(m, dear)), np.full(n + m, np.inf)
    matrix = csc_array(hstack([program.matrix, short]))
    lp = highs.build(matrix, cost, program.low, program.high, upper)
    _serve_centers_themselves(lp, pairs)
    lp.setOptionValue("presolve", "off")  # takes longer than it spares
    lp.run()
    solution = lp.getSolution()
    part = np.array(solution.col_value[:n])
    center_of = np.full(num_units, pairs.center[0], np.int64)
    rising = np.argsort(part, kind="stable")  # the largest part comes last, and stays
    center_of[pairs.unit[rising]] = pairs.center[rising]
    dual = np.array(solution.row_dual[:num_units]) * program.yuan
    return FractionalAssignment(dual, center_of)


def assign_to_centers(
    pairs: AssignmentPairs,
    graph: csr_array | None,
    components: Sequence[Ints] = (),
    *,
    num_units: int,
    gap: float,
    seconds: float,
) -> Assignment:
    """A cheap assignment to the centers of the pairs; all of them are open.

    Parameters
    ----------
    graph
        Zones are connected in it; None: they need not be.
    components
        Sets of units to cut off from centers away from them before any came out so.
    gap
        It is at most this part dearer than the cheapest.
    """
    deadline = perf_counter() + seconds
    if not pairs.covers(num_units):
        return Assignment(None, 0, Status.INFEASIBLE)
    centers = np.unique(pairs.center)
    if len(centers) < pairs.num_zones:  # one of them may not even serve itself
        return Assignment(None, 0, Status.INFEASIBLE)
    program = _Program.of(pairs, num_units)
    most = np.ones(len(program.cost))
    lp = highs.build(program.matrix, program.cost, program.low, program.high, most)
    _serve_centers_themselves(lp, pairs)
    highs.make_integer(lp)
    lp.setOptionValue("mip_rel_gap", gap)
    lp.setOptionValue("mip_abs_gap", 0.0)

    def add_separator_cut(component: Ints) -> None:
        for p, ways in separator_cuts(pairs, centers.tolist(), graph, component):
            signs = np.append(np.ones(len(ways)), -1.0)
            row = np.array([*ways, p], np.int32)
            lp.addRow(0.0, np.inf, len(row), row, signs)

    for component in components:
        add_separator_cut(component)
    bound = 0
    met: list[Ints] = []
    while perf_counter() < deadline:
        highs.run_mip(lp, deadline - perf_counter())
        bound = max(bound, highs.integer_bound(lp, program.yuan))
        if not highs.has_solution(lp):
            break
        chosen = np.flatnonzero(np.array(lp.getSolution().col_value) > 0.5)
        center_of = np.full(num_units, -1, np.int64)
        center_of[pairs.unit[chosen]] = pairs.center[chosen]
        lost = [] if graph is None else disconnected(graph, center_of)
        if not lost:
            return Assignment(center_of, bound, Status.FEASIBLE, tuple(met))
        for component in lost:
            add_separator_cut(component)
        met += lost
    return Assignment(None, bound, Status.UNKNOWN, tuple(met))


@dataclass(frozen=True, eq=False)
class _Program:
    """The relaxation: a row for each unit, then one for each band of each center.

    Sums are scaled to their usual size for a unit, costs to `yuan`.
    """

    matrix: csc_array
    low: Floats
    high: Floats
    cost: Floats
    yuan: float

    @staticmethod
    def of(pairs: AssignmentPairs, num_units: int) -> _Program:
        """The relaxation of some pairs."""
        unit, center, travel = pairs.unit, pairs.center, pairs.travel
        centers = np.unique(center)
        n, place = len(unit), np.searchsorted(centers, center)
        row, data = [unit], [np.ones(n)]
        low, high = [np.ones(num_units)], [np.ones(num_units)]
        for k, (weight, least, most) in enumerate(pairs.weights):
            usual = max(1.0, float(np.abs(weight).mean()))
            row.append(num_units + k * len(centers) + place)
            data.append(weight / usual)
            low.append(np.full(len(centers), least / usual))
            top = most / usual if most < NO_LIMIT else np.inf
            high.append(np.full(len(centers), top))
        column = np.tile(np.arange(n), len(row))
        cells = (np.concatenate(row), column)
        size = (num_units + len(pairs.weights) * len(centers), n)
        yuan = max(1.0, float(travel.mean()))
        return _Program(
            coo_array((np.concatenate(data), cells), size).tocsc(),
            np.concatenate(low),
            np.concatenate(high),
            travel / yuan,
            yuan,
        )


def _serve_centers_themselves(lp: highspy.Highs, pairs: AssignmentPairs) -> None:
    """Each center is in its own zone."""
    own = np.flatnonzero(pairs.unit == pairs.center).astype(np.int32)
    one = np.ones(len(own))
    lp.changeColsBounds(len(own), own, one, one)
