"""The numbers of a problem as compiled code wants them."""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from zoning.problem import Problem

NO_LIMIT = np.int64(2**60)
SCALE = 1024  # dual prices are whole multiples of 1 / SCALE yuan


class Arrays(NamedTuple):
    """A problem, or a window of one, as plain arrays.

    Parameters
    ----------
    indptr, indices
        Neighbours in CSR form.
    sums
        m × n: row 0 the load, then one row per band.
    low, high
        m: what each sum over a zone may be. Row 0 has no limits of its own unless a
        band on the load is given.
    cost_low, cost_high
        What load + travel of a zone may be.
    table
        n × n travel, or 0 × 0 where it is computed as ``metre × straight line``.
    metre, x, y
        n: price of a metre, coordinates.
    free
        Contiguity forbids nothing.
    """

    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]
    sums: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    cost_low: np.int64
    cost_high: np.int64
    table: NDArray[np.int64]
    metre: NDArray[np.float64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    free: np.bool_


def of_problem(problem: Problem) -> Arrays:
    """Arrays of a whole problem."""
    region = problem.region
    names = [name for name in problem.bands if name != "load"]
    sums = np.stack([region.load, *(region.sums[name] for name in names)])
    low = np.zeros(len(sums), np.int64)
    high = np.full(len(sums), NO_LIMIT, np.int64)
    for row, name in enumerate(("load", *names)):
        if name in problem.bands:
            low[row] = max(0, problem.bands[name].low)
            high[row] = min(problem.bands[name].high, int(NO_LIMIT))
    band, fixed = problem.cost_band, problem.fixed
    indptr, indices = region.adjacency
    table = problem.table
    return Arrays(
        indptr,
        indices,
        np.ascontiguousarray(sums, np.int64),
        low,
        high,
        np.int64(0 if band is None else band.low - fixed),
        NO_LIMIT if band is None else np.int64(band.high - fixed),
        np.zeros((0, 0), np.int64) if table is None else np.array(table, np.int64),
        np.array(problem.metre_cost, np.float64),
        np.ascontiguousarray(region.xy[:, 0]),
        np.ascontiguousarray(region.xy[:, 1]),
        np.bool_(region.is_complete),
    )


def window(a: Arrays, units: NDArray[np.int64]) -> Arrays:
    """The same for some units only; position w in it is ``units[w]``."""
    n = len(a.metre)
    position = np.full(n, -1, np.int32)
    position[units] = np.arange(len(units), dtype=np.int32)
    indptr, indices = _induced(a.indptr, a.indices, units, position)
    return a._replace(
        indptr=indptr,
        indices=indices,
        sums=np.ascontiguousarray(a.sums[:, units]),
        table=between(a, units),
        metre=a.metre[units],
        x=a.x[units],
        y=a.y[units],
    )


def between(a: Arrays, units: NDArray[np.int64]) -> NDArray[np.int64]:
    """Travel table of some units among themselves."""
    if len(a.table):
        return np.ascontiguousarray(a.table[np.ix_(units, units)])
    dx = a.x[units][:, None] - a.x[units][None, :]
    dy = a.y[units][:, None] - a.y[units][None, :]
    way = np.sqrt(dx**2 + dy**2)
    return np.rint(a.metre[units][:, None] * way).astype(np.int64)


def pairs(
    a: Arrays, unit: NDArray[np.int64], center: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Travel of each pair of a unit and a center."""
    if len(a.table):
        return a.table[unit, center]
    dx, dy = a.x[unit] - a.x[center], a.y[unit] - a.y[center]
    return np.rint(a.metre[unit] * np.sqrt(dx**2 + dy**2)).astype(np.int64)


@nb.njit(cache=True, nogil=True)
def travel(a, i, j):  # type: ignore[no-untyped-def]
    """Yearly cost of serving unit i from center j."""
    if a.table.shape[0] > 0:
        return a.table[i, j]
    dx = a.x[i] - a.x[j]
    dy = a.y[i] - a.y[j]
    return np.int64(np.rint(a.metre[i] * np.sqrt(dx * dx + dy * dy)))


@nb.njit(cache=True, nogil=True)
def _induced(indptr, indices, units, position):  # type: ignore[no-untyped-def]
    out = np.zeros(len(units) + 1, np.int32)
    size = 0
    for w in range(len(units)):
        size += indptr[units[w] + 1] - indptr[units[w]]
    to = np.empty(size, np.int32)
    at = 0
    for w in range(len(units)):
        for e in range(indptr[units[w]], indptr[units[w] + 1]):
            if position[indices[e]] >= 0:
                to[at] = position[indices[e]]
                at += 1
        out[w + 1] = at
    return out, to[:at].copy()
