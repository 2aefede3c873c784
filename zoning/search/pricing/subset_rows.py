"""Subset-row cuts: of any three units at most one chosen zone holds two.

The third row of "Choosing zones" in docs/formulation.md.

They are separated by `zoning.solvers.set_partitioning.subset_rows`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from zoning.search.instance.zones import Ints, Zones
from zoning.search.kernels.compiled import compiled
from zoning.solvers.set_partitioning import subset_rows

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
    ones = np.ones(len(zones.members))
    shape = len(zones), num_units
    holds = csr_array((ones, zones.members, zones.indptr), shape=shape)
    return subset_rows.separate(
        csr_array(holds.T), primal, max_cuts=max_cuts, min_violation=VIOLATION
    )


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
