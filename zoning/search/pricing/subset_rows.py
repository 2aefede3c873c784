"""Subset-row cuts: of any three units at most one chosen zone holds two.

The third row of "Choosing zones" in docs/formulation.md.

Jepsen, Petersen, Spoorendonk, Pisinger: Subset-row inequalities applied to the vehicle
routing problem with time windows. Operations Research 56(2), 2008,
doi:10.1287/opre.1070.0449.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.search.instance.zones import Ints, Zones
from zoning.search.kernels.compiled import compiled

VIOLATION = 0.01


class CutRows(NamedTuple):
    """Subset-row cuts as compiled code wants them.

    Unit i is in the cuts ``cuts[indptr[i]:indptr[i + 1]]``; `dual` (<= 0) per cut.
    """

    indptr: Ints
    cuts: Ints
    dual: Ints


def no_cuts(num_units: int) -> CutRows:
    """Cut rows where there are no cuts."""
    none = np.zeros(0, np.int64)
    return CutRows(np.zeros(num_units + 1, np.int64), none, none)


def separate(
    zones: Zones, primal: NDArray[np.float64], num_units: int, max_cuts: int
) -> NDArray[np.int32]:
    """Triples of units that a fractional choice of zones holds two of too often.

    Gives at most `max_cuts` of them, the worst first, as a c × 3 table.
    """
    pair = np.zeros((num_units, num_units), np.float64)
    holds = np.zeros((len(zones), num_units), np.bool_)
    shared = np.empty(num_units, np.int32)
    size = max(1, max_cuts)
    while True:
        excess, triples = np.empty(size, np.float64), np.empty((size, 3), np.int32)
        pair[:] = 0.0
        found = _separate(
            zones.indptr, zones.members, primal, pair, holds, shared, excess, triples
        )
        if found <= size:
            break
        size = found
    order = np.lexsort((*triples[:found].T[::-1], -excess[:found]))
    return triples[order[:max_cuts]]


def coefficients(
    zones: Zones, triples: NDArray[np.int32], num_units: int
) -> tuple[Ints, Ints]:
    """For each zone the cuts that count it, in CSR form.

    A cut counts the zones that hold at least two of its three units.
    """
    indptr = np.zeros(len(zones) + 1, np.int64)
    cuts = np.empty(len(zones) * len(triples), np.int64)
    inside = np.zeros(num_units, np.bool_)
    _coefficients(zones.indptr, zones.members, triples, inside, indptr, cuts)
    return indptr, cuts[: indptr[-1]].copy()


@compiled
def _coefficients(indptr, members, triples, inside, out, cuts):  # type: ignore[no-untyped-def]
    at = 0
    for z in range(len(indptr) - 1):
        for e in range(indptr[z], indptr[z + 1]):
            inside[members[e]] = True
        for t in range(len(triples)):
            held = 0
            for p in range(3):
                held += inside[triples[t, p]]
            if held >= 2:
                cuts[at] = t
                at += 1
        out[z + 1] = at
        for e in range(indptr[z], indptr[z + 1]):
            inside[members[e]] = False


@compiled
def _separate(indptr, members, primal, pair, holds, shared, excess, triples):  # type: ignore[no-untyped-def]
    """How many triples are held too often; those there is room for are kept."""
    n = len(shared)
    for z in range(len(primal)):
        for p in range(indptr[z], indptr[z + 1]):
            holds[z, members[p]] = True
            for q in range(indptr[z], indptr[z + 1]):
                pair[members[p], members[q]] += primal[z]
    found = 0
    for i in range(n):
        # two of the three pairs must be held together, so the triple hangs on one unit
        size = 0
        for j in range(n):
            if j != i and pair[i, j] > 1e-6:
                shared[size] = j
                size += 1
        for p in range(size):
            for q in range(p + 1, size):
                j, k = shared[p], shared[q]
                third = pair[j, k]
                if third > 1e-6 and i > j:
                    continue  # met at its first unit
                total = pair[i, j] + pair[i, k] + third
                if total <= 1.0 + VIOLATION:
                    continue
                for z in range(len(primal)):
                    if holds[z, i] and holds[z, j] and holds[z, k]:
                        total -= 2.0 * primal[z]
                if total > 1.0 + VIOLATION:
                    if found < len(excess):
                        excess[found] = total - 1.0
                        triples[found, 0] = min(i, j)  # j < k
                        triples[found, 1] = min(max(i, j), k)
                        triples[found, 2] = max(i, k)
                    found += 1
    return found
