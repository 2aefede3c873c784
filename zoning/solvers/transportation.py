"""Units shared out among centers that are given, by HiGHS: prices, and plans.

With the centers fixed the relaxation is a transportation problem. It splits hardly more
units than there are centers, so rounding it by branch and bound is quick. What it says
of the units' worth serves to judge other sets of centers as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array, csr_array, hstack

from zoning.clock import perf_counter
from zoning.solvers import highs
from zoning.solvers.assignment import NO_LIMIT, Ints, Pairs, around, torn

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Allocated:
    """What was found: the center of each unit (or None), a bound, and what was torn.

    ``pieces`` are sets of units that came out away from their center and were cut off.
    """

    center_of: Ints | None
    bound: int
    pieces: tuple[Ints, ...]


@dataclass(frozen=True)
class Shares:
    """Units shared out in parts: price of each, yuan, and the center of most of it."""

    price: Floats
    center_of: Ints


def share_out(pairs: Pairs, num_units: int) -> Shares:
    """Share the units out among the centers of the pairs; all of them are open.

    The relaxation without contiguity. A unit may stay unserved, and a zone under its
    band, at a high price, so that there always is a way.
    """
    task = _Task.of(pairs, num_units)
    m, n = len(task.low), len(task.cost)
    dear = float(pairs.travel.mean() + 1.0) * num_units / task.yuan
    short = coo_array((np.ones(m), (np.arange(m), np.arange(m))), (m, m))
    cost, upper = np.append(task.cost, np.full(m, dear)), np.full(n + m, np.inf)
    matrix = csc_array(hstack([task.table, short]))
    lp = highs.build(matrix, cost, task.low, task.high, upper)
    task.centers_serve_themselves(lp)
    lp.setOptionValue("presolve", "off")  # takes longer than it spares
    lp.run()
    solution = lp.getSolution()
    part = np.array(solution.col_value[:n])
    center_of = np.full(num_units, pairs.center[0], np.int64)
    rising = np.argsort(part, kind="stable")  # the largest part comes last, and stays
    center_of[pairs.unit[rising]] = pairs.center[rising]
    return Shares(np.array(solution.row_dual[:num_units]) * task.yuan, center_of)


def allocate(
    pairs: Pairs,
    graph: csr_array | None,
    pieces: Sequence[Ints] = (),
    *,
    num_units: int,
    gap: float,
    seconds: float,
) -> Allocated:
    """A cheap assignment to the centers of the pairs; all of them are open.

    Parameters
    ----------
    graph
        Zones hang together in it; None: they need not.
    pieces
        Sets of units to cut off from centers away from them before anything is torn.
    gap
        It is at most this part dearer than the cheapest.
    """
    deadline = perf_counter() + seconds
    if len(np.unique(pairs.unit)) < num_units:
        return Allocated(None, 0, ())  # a unit that no center may serve
    if len(np.unique(pairs.center)) < pairs.count:
        return Allocated(None, 0, ())  # a center that may not even serve itself
    task = _Task.of(pairs, num_units)
    most = np.ones(len(task.cost))
    lp = highs.build(task.table, task.cost, task.low, task.high, most)
    task.centers_serve_themselves(lp)
    highs.make_integer(lp)
    lp.setOptionValue("mip_rel_gap", gap)
    lp.setOptionValue("mip_abs_gap", 0.0)
    for piece in pieces:
        task.hold_together(lp, graph, piece)
    bound = 0
    met: list[Ints] = []
    while perf_counter() < deadline:
        highs.run_mip(lp, deadline - perf_counter())
        bound = max(bound, highs.integer_bound(lp, task.yuan))
        if not highs.has_solution(lp):
            break
        chosen = np.flatnonzero(np.array(lp.getSolution().col_value) > 0.5)
        center_of = np.full(num_units, -1, np.int64)
        center_of[task.pairs.unit[chosen]] = task.pairs.center[chosen]
        lost = [] if graph is None else torn(graph, center_of)
        if not lost:
            return Allocated(center_of, bound, tuple(met))
        for piece in lost:
            task.hold_together(lp, graph, piece)
        met += lost
    return Allocated(None, bound, tuple(met))


@dataclass(frozen=True)
class _Task:
    """The relaxation: a row for each unit, then one for each band of each center.

    Sums are scaled to their usual size for a unit, costs to `yuan`.
    """

    pairs: Pairs
    table: csc_array
    low: Floats
    high: Floats
    cost: Floats
    yuan: float

    @staticmethod
    def of(pairs: Pairs, num_units: int) -> _Task:
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
        return _Task(
            pairs,
            coo_array((np.concatenate(data), cells), size).tocsc(),
            np.concatenate(low),
            np.concatenate(high),
            travel / yuan,
            yuan,
        )

    @cached_property
    def at(self) -> dict[tuple[int, int], int]:
        """Column of each pair."""
        of = zip(self.pairs.unit.tolist(), self.pairs.center.tolist(), strict=True)
        return {pair: p for p, pair in enumerate(of)}

    def centers_serve_themselves(self, lp: highspy.Highs) -> None:
        """Each center is in its own zone."""
        own = np.flatnonzero(self.pairs.unit == self.pairs.center).astype(np.int32)
        one = np.ones(len(own))
        lp.changeColsBounds(len(own), own, one, one)

    def hold_together(
        self, lp: highspy.Highs, graph: csr_array | None, piece: Ints
    ) -> None:
        """No center away from a piece serves it without a way in; see `zone_model`."""
        assert graph is not None
        gates = around(graph, piece)
        for c in np.setdiff1d(self.pairs.center, np.concatenate([piece, gates])):
            ways = [self.at[v, c] for v in gates.tolist() if (v, c) in self.at]
            for i in piece.tolist():
                if (i, c) in self.at:
                    row = np.array([*ways, self.at[i, c]], np.int32)
                    signs = np.array([1.0] * len(ways) + [-1.0])
                    lp.addRow(0.0, np.inf, len(row), row, signs)
