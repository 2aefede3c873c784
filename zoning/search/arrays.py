"""The numbers of a problem as compiled code wants them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from zoning.problem import Problem
from zoning.search.compiled import compiled, inner
from zoning.terms import Terms

NO_LIMIT = np.int64(2**60)
FAR = np.int64(2**38)  # travel of a unit that its center may not serve
NOBODY, ELSEWHERE = -1, -2  # former zone: none; one that is not among these
SCALE = 1024  # dual prices are whole multiples of 1 / SCALE yuan


class Ways(NamedTuple):
    """What it costs to serve a unit from a center; see `travel`.

    Packed into few arrays: each is handed on as ten numbers at every call.

    Parameters
    ----------
    table
        n × n travel with all that rules add to it, or 0 × 0 where it is computed from
        what follows.
    spots
        n × 5: coordinates, price of a metre, side, and what serving itself costs (0, or
        `FAR` where a unit may not be a center).
    side_price
        What serving a unit of one side (row) from another (column) adds.
    hard, soft, soft_price
        Metres of straight line that are allowed; beyond which a unit costs more, and
        how much.
    """

    table: NDArray[np.int64]
    spots: NDArray[np.float64]
    side_price: NDArray[np.int64]
    hard: np.float64
    soft: np.float64
    soft_price: np.int64

    @property
    def x(self) -> NDArray[np.float64]:
        """Coordinates to the east."""
        return self.spots[:, 0]

    @property
    def y(self) -> NDArray[np.float64]:
        """Coordinates to the north."""
        return self.spots[:, 1]

    @property
    def metre(self) -> NDArray[np.float64]:
        """Price of a metre for each unit."""
        return self.spots[:, 2]

    @property
    def candidate(self) -> NDArray[np.bool_]:
        """Units that may be a center."""
        return np.asarray(self.spots[:, 4] == 0.0)


class Company(NamedTuple):
    """Who may, and who must, share a zone.

    Parameters
    ----------
    bound
        Some units may not, or must.
    apart_ptr, apart
        In CSR form, for each unit those it may share no zone with.
    spread_low, spread_high, spread_most
        r × n, r × n, r: values that may spread only so far inside a zone.
    group, group_ptr, group_units
        Group of units that share a zone (-1: none), and the units of each group.
    pinned
        Position of the zone each unit must be in (-1: any).
    """

    bound: np.bool_
    apart_ptr: NDArray[np.int32]
    apart: NDArray[np.int32]
    spread_low: NDArray[np.float64]
    spread_high: NDArray[np.float64]
    spread_most: NDArray[np.float64]
    group: NDArray[np.int32]
    group_ptr: NDArray[np.int64]
    group_units: NDArray[np.int64]
    pinned: NDArray[np.int32]


class Places(NamedTuple):
    """Zones that are not all alike, by position; those without a name come last.

    Parameters
    ----------
    before
        Position of the zone each unit was in (`NOBODY`, `ELSEWHERE`).
    area, change_price, change_most
        m² of each unit; yuan for a m² that changes zone; how many may.
    slot_low, slot_high, named, required
        For each position of a zone what load + travel may be, whether it has a name
        and must be there.
    """

    before: NDArray[np.int32]
    area: NDArray[np.int64]
    change_price: np.float64
    change_most: np.int64
    slot_low: NDArray[np.int64]
    slot_high: NDArray[np.int64]
    named: NDArray[np.bool_]
    required: NDArray[np.bool_]


class Arrays(NamedTuple):
    """A problem, or a window of one, as plain arrays.

    Compiled code takes only the parts it needs, which spares it time to compile.

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
    free
        Contiguity forbids nothing.
    ways, company, places
        See there.
    """

    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]
    sums: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    cost_low: np.int64
    cost_high: np.int64
    free: np.bool_
    ways: Ways
    company: Company
    places: Places

    @property
    def slotted(self) -> bool:
        """Zones are not all alike: it matters which is which."""
        return bool(self.places.named.any())


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
    slot_low, slot_high = _slot_bands(problem)
    indptr, indices = region.adjacency
    return Arrays(
        indptr.copy(),  # not read-only: one signature, compiled once
        indices.copy(),
        np.ascontiguousarray(sums, np.int64),
        low,
        high,
        slot_low.min(),
        slot_high.max(),
        np.bool_(region.is_complete),
        _ways(problem),
        _company(problem.terms),
        _places(problem, slot_low, slot_high),
    )


def _ways(problem: Problem) -> Ways:
    region, terms, table = problem.region, problem.terms, problem.table
    own = np.where(terms.candidate, 0, FAR)
    return Ways(
        np.zeros((0, 0), np.int64) if table is None else _whole_table(problem, table),
        np.column_stack([region.xy, problem.metre_cost, terms.side, own]),
        terms.side_price.copy(),
        np.float64(terms.hard / region.costs.detour),
        np.float64(terms.soft / region.costs.detour),
        np.int64(terms.soft_price),
    )


def _company(terms: Terms) -> Company:
    n = len(terms.candidate)
    apart = np.concatenate([terms.apart, terms.apart[:, ::-1]])
    apart = apart[np.argsort(apart[:, 0], kind="stable")]
    lows = [spread.low for spread in terms.spreads]
    highs = [spread.high for spread in terms.spreads]
    return Company(
        np.bool_(terms.minds_company),
        np.searchsorted(apart[:, 0], np.arange(n + 1)).astype(np.int32),
        apart[:, 1].astype(np.int32),
        np.array(lows, np.float64).reshape(-1, n),
        np.array(highs, np.float64).reshape(-1, n),
        np.array([spread.most for spread in terms.spreads], np.float64),
        *_groups(terms.together, n),
        terms.pinned.copy(),
    )


def _places(
    problem: Problem, slot_low: NDArray[np.int64], slot_high: NDArray[np.int64]
) -> Places:
    terms, slots = problem.terms, np.arange(len(slot_low))
    return Places(
        terms.before.copy(),
        np.array(problem.region.area, np.int64),
        np.float64(terms.change_price),
        NO_LIMIT if terms.change_most is None else np.int64(terms.change_most),
        slot_low,
        slot_high,
        slots < len(terms.names),
        slots < terms.required,
    )


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
    n = len(a.ways.spots)
    position = np.full(n, -1, np.int32)
    position[units] = np.arange(len(units), dtype=np.int32)
    indptr, indices = _induced(a.indptr, a.indices, units, position)
    a = a._replace(
        indptr=indptr,
        indices=indices,
        sums=np.ascontiguousarray(a.sums[:, units]),
        ways=a.ways._replace(
            table=between(a, units),
            spots=a.ways.spots[units],
        ),
        company=_company_of(a.company, units, position),
        places=a.places._replace(
            before=a.places.before[units], area=a.places.area[units]
        ),
    )
    return a if slots is None or not a.slotted else _with_slots(a, slots)


def _company_of(
    who: Company, units: NDArray[np.int64], position: NDArray[np.int32]
) -> Company:
    ptr, apart = _induced(who.apart_ptr, who.apart, units, position)
    groups = [
        position[some[position[some] >= 0]].astype(np.int64)
        for some in np.split(who.group_units, who.group_ptr[1:-1])
    ]
    group, group_ptr, flat = _groups([x for x in groups if len(x) > 1], len(units))
    return who._replace(
        apart_ptr=ptr,
        apart=apart,
        spread_low=np.ascontiguousarray(who.spread_low[:, units]),
        spread_high=np.ascontiguousarray(who.spread_high[:, units]),
        group=group,
        group_ptr=group_ptr,
        group_units=flat,
        pinned=who.pinned[units],
    )


def _with_slots(a: Arrays, slots: NDArray[np.int64]) -> Arrays:
    """Some of the zones only; units that were in another one were `ELSEWHERE`."""
    places, pinned = a.places, a.company.pinned
    place = np.full(len(places.named) + 2, ELSEWHERE, np.int32)
    place[slots] = np.arange(len(slots), dtype=np.int32)
    place[NOBODY] = NOBODY  # index -1, the last
    place[ELSEWHERE] = ELSEWHERE
    pinned = np.where(pinned >= 0, place[pinned], NOBODY).astype(np.int32)
    return a._replace(
        company=a.company._replace(pinned=pinned),
        places=places._replace(
            before=place[places.before],
            slot_low=places.slot_low[slots],
            slot_high=places.slot_high[slots],
            named=places.named[slots],
            required=places.required[slots],
        ),
    )


def graph(a: Arrays) -> csr_array:
    """Who touches whom as a sparse matrix."""
    n = len(a.ways.spots)
    return csr_array((np.ones(len(a.indices), np.int8), a.indices, a.indptr), (n, n))


def company(a: Arrays) -> tuple[list[NDArray[np.int64]], NDArray[np.int64]]:
    """Groups that share a zone, and pairs of units (m × 2) that may not."""
    groups = [
        some
        for some in np.split(a.company.group_units, a.company.group_ptr[1:-1])
        if len(some)
    ]
    unit = np.repeat(np.arange(len(a.ways.spots)), np.diff(a.company.apart_ptr))
    pairs = np.column_stack([unit, a.company.apart])
    return groups, pairs[pairs[:, 0] < pairs[:, 1]]


def between(a: Arrays, units: NDArray[np.int64]) -> NDArray[np.int64]:
    """Travel table of some units among themselves."""
    if len(a.ways.table):
        return np.ascontiguousarray(a.ways.table[np.ix_(units, units)])
    out = np.empty((len(units), len(units)), np.int64)
    _between(a.ways, units, out)
    return out


def pairs(
    a: Arrays, unit: NDArray[np.int64], center: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Travel of each pair of a unit and a center."""
    if len(a.ways.table):
        return a.ways.table[unit, center]
    out = np.empty(len(unit), np.int64)
    _pairs(a.ways, unit, center, out)
    return out


def _induced(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    units: NDArray[np.int64],
    position: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Neighbours among some units only, in CSR form."""
    out = np.zeros(len(units) + 1, np.int32)
    to = np.empty((indptr[units + 1] - indptr[units]).sum(), np.int32)
    return out, to[: _keep_inside(indptr, indices, units, position, out, to)].copy()


@inner
def travel(ways, i, j):  # type: ignore[no-untyped-def]
    """Yearly cost of serving unit i from center j."""
    if ways.table.shape[0] > 0:
        return ways.table[i, j]
    dx = ways.spots[i, 0] - ways.spots[j, 0]
    dy = ways.spots[i, 1] - ways.spots[j, 1]
    line = np.sqrt(dx * dx + dy * dy)
    total = np.int64(np.rint(ways.spots[i, 2] * line))
    if line > ways.soft:
        total += ways.soft_price
    if line > ways.hard:
        total += FAR
    if ways.spots[i, 3] != ways.spots[j, 3]:
        total += ways.side_price[np.int64(ways.spots[i, 3]), np.int64(ways.spots[j, 3])]
    if i == j:
        total += np.int64(ways.spots[j, 4])
    return total


@compiled
def _between(ways, units, out):  # type: ignore[no-untyped-def]
    for p in range(len(units)):
        for q in range(len(units)):
            out[p, q] = travel(ways, units[p], units[q])


@compiled
def _pairs(ways, unit, center, out):  # type: ignore[no-untyped-def]
    for p in range(len(unit)):
        out[p] = travel(ways, unit[p], center[p])


@compiled
def _keep_inside(indptr, indices, units, position, out, to):  # type: ignore[no-untyped-def]
    at = 0
    for w in range(len(units)):
        for e in range(indptr[units[w]], indptr[units[w] + 1]):
            if position[indices[e]] >= 0:
                to[at] = position[indices[e]]
                at += 1
        out[w + 1] = at
    return at
