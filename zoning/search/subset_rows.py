"""Subset-row cuts: of any three units at most one chosen zone holds two.

Jepsen, Petersen, Spoorendonk, Pisinger: Subset-row inequalities applied to the vehicle
routing problem with time windows. Operations Research 56(2), 2008,
doi:10.1287/opre.1070.0449.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

from zoning.search.zones import Ints, Zones

VIOLATION = 0.01


def violated(
    zones: Zones, value: NDArray[np.float64], num_units: int, most: int
) -> NDArray[np.int32]:
    """Triples of units that a fractional choice of zones holds two of too often.

    Gives at most `most` of them, the worst first, as a c × 3 table.
    """
    found = _violated(zones.indptr, zones.members, value, num_units)
    found.sort()
    return np.array([row[1:] for row in found[:most]], np.int32).reshape(-1, 3)


def holding(zones: Zones, triples: NDArray[np.int32], num_units: int) -> list[Ints]:
    """For each zone the triples of which it holds at least two units."""
    indptr, owners = _holding(zones.indptr, zones.members, triples, num_units)
    return np.split(owners, indptr[1:-1])


@nb.njit(cache=True, nogil=True)
def _holding(indptr, members, triples, num_units):  # type: ignore[no-untyped-def]
    count = len(indptr) - 1
    inside = np.zeros(num_units, np.bool_)
    out = np.zeros(count + 1, np.int64)
    owners = np.empty(count * len(triples), np.int64)
    at = 0
    for z in range(count):
        for e in range(indptr[z], indptr[z + 1]):
            inside[members[e]] = True
        for t in range(len(triples)):
            held = 0
            for p in range(3):
                held += inside[triples[t, p]]
            if held >= 2:
                owners[at] = t
                at += 1
        out[z + 1] = at
        for e in range(indptr[z], indptr[z + 1]):
            inside[members[e]] = False
    return out, owners[:at].copy()


@nb.njit(cache=True, nogil=True)
def _violated(indptr, members, value, n):  # type: ignore[no-untyped-def]
    pair = np.zeros((n, n), np.float64)
    for z in range(len(value)):
        for p in range(indptr[z], indptr[z + 1]):
            for q in range(indptr[z], indptr[z + 1]):
                pair[members[p], members[q]] += value[z]
    holds = np.zeros((len(value), n), np.bool_)
    for z in range(len(value)):
        for p in range(indptr[z], indptr[z + 1]):
            holds[z, members[p]] = True
    found = [(0.0, 0, 0, 0)]
    found.pop()
    near = np.empty(n, np.int32)
    for i in range(n):
        # two of the three pairs must be shared, so the triple hangs on one unit
        size = 0
        for j in range(n):
            if j != i and pair[i, j] > 1e-6:
                near[size] = j
                size += 1
        for p in range(size):
            for q in range(p + 1, size):
                j, k = near[p], near[q]
                third = pair[j, k]
                if third > 1e-6 and i > j:
                    continue  # met at its first unit
                total = pair[i, j] + pair[i, k] + third
                if total <= 1.0 + VIOLATION:
                    continue
                for z in range(len(value)):
                    if holds[z, i] and holds[z, j] and holds[z, k]:
                        total -= 2.0 * value[z]
                if total > 1.0 + VIOLATION:
                    a, b, c = min(i, j), max(i, j), k
                    if b > c:
                        b, c = c, b
                    if a > b:
                        a, b = b, a
                    found.append((1.0 - total, a, b, c))
    return found
