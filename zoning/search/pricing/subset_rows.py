"""Subset-row cuts: of any three units at most one chosen zone holds two.

Jepsen, Petersen, Spoorendonk, Pisinger: Subset-row inequalities applied to the vehicle
routing problem with time windows. Operations Research 56(2), 2008,
doi:10.1287/opre.1070.0449.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zoning.search.instance.zones import Ints, Zones
from zoning.search.kernels.compiled import compiled

VIOLATION = 0.01


def violated(
    zones: Zones, value: NDArray[np.float64], num_units: int, most: int
) -> NDArray[np.int32]:
    """Triples of units that a fractional choice of zones holds two of too often.

    Gives at most `most` of them, the worst first, as a c × 3 table.
    """
    pair = np.zeros((num_units, num_units), np.float64)
    holds = np.zeros((len(zones), num_units), np.bool_)
    near = np.empty(num_units, np.int32)
    room = max(1, most)
    while True:
        excess, triples = np.empty(room, np.float64), np.empty((room, 3), np.int32)
        pair[:] = 0.0
        found = _violated(
            zones.indptr, zones.members, value, pair, holds, near, excess, triples
        )
        if found <= room:
            break
        room = found
    order = np.lexsort((*triples[:found].T[::-1], -excess[:found]))
    return triples[order[:most]]


def holding(zones: Zones, triples: NDArray[np.int32], num_units: int) -> list[Ints]:
    """For each zone the triples of which it holds at least two units."""
    indptr = np.zeros(len(zones) + 1, np.int64)
    owners = np.empty(len(zones) * len(triples), np.int64)
    inside = np.zeros(num_units, np.bool_)
    _holding(zones.indptr, zones.members, triples, inside, indptr, owners)
    return np.split(owners[: indptr[-1]].copy(), indptr[1:-1])


@compiled
def _holding(indptr, members, triples, inside, out, owners):  # type: ignore[no-untyped-def]
    at = 0
    for z in range(len(indptr) - 1):
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


@compiled
def _violated(indptr, members, value, pair, holds, near, excess, triples):  # type: ignore[no-untyped-def]
    """How many triples are held too often; those there is room for are kept."""
    n = len(near)
    for z in range(len(value)):
        for p in range(indptr[z], indptr[z + 1]):
            holds[z, members[p]] = True
            for q in range(indptr[z], indptr[z + 1]):
                pair[members[p], members[q]] += value[z]
    found = 0
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
                    if found < len(excess):
                        excess[found] = total - 1.0
                        triples[found, 0] = min(i, j)  # j < k
                        triples[found, 1] = min(max(i, j), k)
                        triples[found, 2] = max(i, k)
                    found += 1
    return found
