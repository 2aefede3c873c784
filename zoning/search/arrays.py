"""The numbers of a problem as compiled code wants them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from zoning.problem import Problem

NO_LIMIT = np.int64(2**60)
FAR = np.int64(2**38)  # travel of a unit that its center may not serve
NOBODY, ELSEWHERE = -1, -2  # former zone: none; one that is not among these
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
    candidate, side, side_price, hard, soft, soft_price, detour
        Who may be a center and what soft rules add; already in the table if there is
        one. See `zoning.terms.Terms`.
    bound
        Some units may not, or must, share a zone: the next six say which.
    apart_ptr, apart
        In CSR form, for each unit those it may share no zone with.
    spread_low, spread_high, spread_most
        r × n, r × n, r: values that may spread only so far inside a zone.
    group, group_ptr, group_units
        Group of units that share a zone (-1: none), and the units of each group.
    pinned, before
        Position of the zone each unit must be in (-1: any), and of the one it was in
        (`NOBODY`, `ELSEWHERE`).
    area, change_price, change_most
        m² of each unit; yuan for a m² that changes zone; how many may.
    slot_low, slot_high, named, required
        For each position of a zone what load + travel may be, whether it has a name
        and must be there. Zones without a name come last.
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
    candidate: NDArray[np.bool_]
    side: NDArray[np.int32]
    side_price: NDArray[np.int64]
    hard: np.float64
    soft: np.float64
    soft_price: np.int64
    detour: np.float64
    bound: np.bool_
    apart_ptr: NDArray[np.int64]
    apart: NDArray[np.int64]
    spread_low: NDArray[np.float64]
    spread_high: NDArray[np.float64]
    spread_most: NDArray[np.float64]
    group: NDArray[np.int32]
    group_ptr: NDArray[np.int64]
    group_units: NDArray[np.int64]
    pinned: NDArray[np.int32]
    before: NDArray[np.int32]
    area: NDArray[np.int64]
    change_price: np.float64
    change_most: np.int64
    slot_low: NDArray[np.int64]
    slot_high: NDArray[np.int64]
    named: NDArray[np.bool_]
    required: NDArray[np.bool_]

    @property
    def slotted(self) -> bool:
        """Zones are not all alike: it matters which is which."""
        return bool(self.named.any())


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
    indptr, indices = region.adjacency
    table = problem.table
    slot_low, slot_high = _slot_bands(problem)
    n, terms = len(region), problem.terms
    slots = np.arange(len(slot_low))
    apart = np.concatenate([terms.apart, terms.apart[:, ::-1]])
    apart = apart[np.argsort(apart[:, 0], kind="stable")]
    lows = [spread.low for spread in terms.spreads]
    highs = [spread.high for spread in terms.spreads]
    a = Arrays(
        indptr,
        indices,
        np.ascontiguousarray(sums, np.int64),
        low,
        high,
        slot_low.min(),
        slot_high.max(),
        np.zeros((0, 0), np.int64),
        np.array(problem.metre_cost, np.float64),
        np.ascontiguousarray(region.xy[:, 0]),
        np.ascontiguousarray(region.xy[:, 1]),
        np.bool_(region.is_complete),
        terms.candidate.copy(),
        terms.side.copy(),
        terms.side_price,
        np.float64(terms.hard),
        np.float64(terms.soft),
        np.int64(terms.soft_price),
        np.float64(region.costs.detour),
        np.bool_(terms.minds_company),
        np.searchsorted(apart[:, 0], np.arange(n + 1)).astype(np.int64),
        np.ascontiguousarray(apart[:, 1]),
        np.array(lows, np.float64).reshape(-1, n),
        np.array(highs, np.float64).reshape(-1, n),
        np.array([spread.most for spread in terms.spreads], np.float64),
        *_groups(terms.together, n),
        terms.pinned.copy(),
        terms.before.copy(),
        np.array(region.area, np.int64),
        np.float64(terms.change_price),
        NO_LIMIT if terms.change_most is None else np.int64(terms.change_most),
        slot_low,
        slot_high,
        slots < len(terms.names),
        slots < terms.required,
    )
    return a if table is None else a._replace(table=_whole_table(problem, table))


def _slot_bands(problem: Problem) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """What load + travel may be for each named zone, then for the others."""
    names = len(problem.terms.names)
    count = max(names, problem.num_zones - len(problem.terms.locks), 1)
    low = np.zeros(count, np.int64)
    high = np.full(count, NO_LIMIT, np.int64)
    for slot in range(count):
        factor = float(problem.terms.factor[slot]) if slot < names else 1.0
        band = problem.cost_band_of(factor)
        if band is not None:
            low[slot], high[slot] = band.low - problem.fixed, band.high - problem.fixed
    return low, high


def _whole_table(problem: Problem, table: NDArray[np.int64]) -> NDArray[np.int64]:
    """Travel with what rules add to it; `FAR` where they forbid it."""
    terms, out = problem.terms, np.array(table, np.int64)
    every = np.arange(len(out))
    if terms.priced:
        out += problem.surcharge_between(every, every)
    if terms.hard < np.inf:
        out[problem.way_between(every, every) > terms.hard] += FAR
    out[every[~terms.candidate], every[~terms.candidate]] += FAR
    return out


def _groups(
    together: Sequence[NDArray[np.int64]], n: int
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    group = np.full(n, -1, np.int32)
    for at, units in enumerate(together):
        group[units] = at
    sizes = [0, *(len(units) for units in together)]
    flat = np.concatenate([np.zeros(0, np.int64), *together])
    return group, np.cumsum(sizes).astype(np.int64), flat.astype(np.int64)


def window(
    a: Arrays, units: NDArray[np.int64], slots: NDArray[np.int64] | None = None
) -> Arrays:
    """The same for some units only; position w in it is ``units[w]``.

    `slots`: the zones these units are split into, by their positions; all if None.
    """
    n = len(a.metre)
    position = np.full(n, -1, np.int32)
    position[units] = np.arange(len(units), dtype=np.int32)
    indptr, indices = _induced(a.indptr, a.indices, units, position)
    apart_ptr, apart = _induced(a.apart_ptr, a.apart, units, position)
    groups = [
        position[some[position[some] >= 0]].astype(np.int64)
        for some in np.split(a.group_units, a.group_ptr[1:-1])
    ]
    a = a._replace(
        indptr=indptr,
        indices=indices,
        sums=np.ascontiguousarray(a.sums[:, units]),
        table=between(a, units),
        metre=a.metre[units],
        x=a.x[units],
        y=a.y[units],
        candidate=a.candidate[units],
        side=a.side[units],
        apart_ptr=apart_ptr.astype(np.int64),
        apart=apart.astype(np.int64),
        spread_low=np.ascontiguousarray(a.spread_low[:, units]),
        spread_high=np.ascontiguousarray(a.spread_high[:, units]),
        pinned=a.pinned[units],
        before=a.before[units],
        area=a.area[units],
    )
    group, ptr, flat = _groups([some for some in groups if len(some) > 1], len(units))
    a = a._replace(group=group, group_ptr=ptr, group_units=flat)
    return a if slots is None or not a.slotted else _with_slots(a, slots)


def _with_slots(a: Arrays, slots: NDArray[np.int64]) -> Arrays:
    """Some of the zones only; units that were in another one were `ELSEWHERE`."""
    place = np.full(len(a.named) + 2, ELSEWHERE, np.int32)
    place[slots] = np.arange(len(slots), dtype=np.int32)
    place[NOBODY] = NOBODY  # index -1, the last
    place[ELSEWHERE] = ELSEWHERE
    return a._replace(
        pinned=np.where(a.pinned >= 0, place[a.pinned], NOBODY).astype(np.int32),
        before=place[a.before],
        slot_low=a.slot_low[slots],
        slot_high=a.slot_high[slots],
        named=a.named[slots],
        required=a.required[slots],
    )


def graph(a: Arrays) -> csr_array:
    """Who touches whom as a sparse matrix."""
    n = len(a.metre)
    return csr_array((np.ones(len(a.indices), np.int8), a.indices, a.indptr), (n, n))


def company(a: Arrays) -> tuple[list[NDArray[np.int64]], NDArray[np.int64]]:
    """Groups that share a zone, and pairs of units (m × 2) that may not."""
    groups = [some for some in np.split(a.group_units, a.group_ptr[1:-1]) if len(some)]
    unit = np.repeat(np.arange(len(a.metre)), np.diff(a.apart_ptr))
    pairs = np.column_stack([unit, a.apart])
    return groups, pairs[pairs[:, 0] < pairs[:, 1]]


def between(a: Arrays, units: NDArray[np.int64]) -> NDArray[np.int64]:
    """Travel table of some units among themselves."""
    if len(a.table):
        return np.ascontiguousarray(a.table[np.ix_(units, units)])
    return np.asarray(_between(a, units), np.int64)


def pairs(
    a: Arrays, unit: NDArray[np.int64], center: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Travel of each pair of a unit and a center."""
    if len(a.table):
        return a.table[unit, center]
    return np.asarray(_pairs(a, unit, center), np.int64)


@nb.njit(cache=True, nogil=True)
def travel(a, i, j):  # type: ignore[no-untyped-def]
    """Yearly cost of serving unit i from center j."""
    if a.table.shape[0] > 0:
        return a.table[i, j]
    dx = a.x[i] - a.x[j]
    dy = a.y[i] - a.y[j]
    line = np.sqrt(dx * dx + dy * dy)
    total = np.int64(np.rint(a.metre[i] * line))
    total += a.side_price[a.side[i], a.side[j]]
    if line * a.detour > a.soft:
        total += a.soft_price
    if line * a.detour > a.hard or (i == j and not a.candidate[j]):
        total += FAR
    return total


@nb.njit(cache=True, nogil=True)
def _between(a, units):  # type: ignore[no-untyped-def]
    out = np.empty((len(units), len(units)), np.int64)
    for p in range(len(units)):
        for q in range(len(units)):
            out[p, q] = travel(a, units[p], units[q])
    return out


@nb.njit(cache=True, nogil=True)
def _pairs(a, unit, center):  # type: ignore[no-untyped-def]
    out = np.empty(len(unit), np.int64)
    for p in range(len(unit)):
        out[p] = travel(a, unit[p], center[p])
    return out


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
