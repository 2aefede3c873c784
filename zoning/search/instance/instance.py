"""The numbers of a problem as compiled code wants them, and travel read from them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from zoning.problem import MOST_COST
from zoning.search.kernels.compiled import compiled, inner

NO_LIMIT = np.int64(2**60)
FAR = np.int64(MOST_COST)  # travel of a unit that its center may not serve: no plan
# that keeps the rules travels as much
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
    area, yuan, per, change_base, change_most
        m² of each unit; so many yuan for so many m² that change zone; how many change
        in any plan, beside these units'; how many of these units' may.
    slot_low, slot_high, named, required
        For each position of a zone what load + travel may be, whether it has a name
        and must be there.
    """

    before: NDArray[np.int32]
    area: NDArray[np.int64]
    yuan: np.int64
    per: np.int64
    change_base: np.int64
    change_most: np.int64
    slot_low: NDArray[np.int64]
    slot_high: NDArray[np.int64]
    named: NDArray[np.bool_]
    required: NDArray[np.bool_]

    @property
    def change_price(self) -> Fraction:
        """Yuan for a m² that changes zone."""
        return Fraction(int(self.yuan), int(self.per))


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


def grouped(
    together: Sequence[NDArray[np.int64]], n: int
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """Group of each of n units (-1: none), and the units of each group in CSR form."""
    group = np.full(n, -1, np.int32)
    for at, units in enumerate(together):
        group[units] = at
    sizes = [0, *(len(units) for units in together)]
    flat = np.concatenate([np.zeros(0, np.int64), *together])
    return group, np.cumsum(sizes).astype(np.int64), flat.astype(np.int64)


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


def most_travel(a: Arrays) -> float:
    """No plan travels more, all that rules add included.

    Every unit is served from where that costs most, over the whole region and at every
    price there is, whether rules allow it or not.
    """
    ways = a.ways
    if len(ways.table):
        return float((ways.table % FAR).max(axis=1).sum())
    each = ways.metre * (np.hypot(np.ptp(ways.x), np.ptp(ways.y)) + 1.0) + 1.0
    side = ways.spots[:, 3].astype(np.int64)
    return float((each + ways.side_price.max(axis=1)[side] + ways.soft_price).sum())


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
