"""Which units may, and which must, share a zone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.rules.compiled import Terms
from zoning.search.kernels.compiled import compiled, inner

Ints = NDArray[np.int64]


class Compatibility(NamedTuple):
    """Which units may, and which must, share a zone.

    Parameters
    ----------
    matters
        Some units may not, or must.
    conflict_ptr, conflicts
        In CSR form, for each unit those it may share no zone with.
    spread_low, spread_high, spread_most
        r × n, r × n, r: values that may spread only so far inside a zone.
    group, group_ptr, group_units
        Group of units that share a zone (-1: none), and the units of each group.
    pinned
        Label of the zone each unit must be in (-1: any).
    """

    matters: np.bool_
    conflict_ptr: NDArray[np.int32]
    conflicts: NDArray[np.int32]
    spread_low: NDArray[np.float64]
    spread_high: NDArray[np.float64]
    spread_most: NDArray[np.float64]
    group: NDArray[np.int32]
    group_ptr: Ints
    group_units: Ints
    pinned: NDArray[np.int32]

    @classmethod
    def from_terms(cls, terms: Terms) -> Compatibility:
        """What the rules of a problem ask."""
        n = len(terms.candidate)
        pairs = np.concatenate([terms.apart, terms.apart[:, ::-1]])
        pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
        lows = [spread.low for spread in terms.spreads]
        highs = [spread.high for spread in terms.spreads]
        return cls(
            np.bool_(terms.minds_company),
            np.searchsorted(pairs[:, 0], np.arange(n + 1)).astype(np.int32),
            pairs[:, 1].astype(np.int32),
            np.array(lows, np.float64).reshape(-1, n),
            np.array(highs, np.float64).reshape(-1, n),
            np.array([spread.most for spread in terms.spreads], np.float64),
            *grouped(terms.together, n),
            terms.pinned.copy(),
        )

    @property
    def groups(self) -> list[Ints]:
        """Units of each group that shares a zone."""
        some = np.split(self.group_units, self.group_ptr[1:-1])
        return [group for group in some if len(group)]

    @property
    def conflict_pairs(self) -> Ints:
        """Pairs of units (m × 2, the smaller first) that may not share a zone."""
        unit = np.repeat(np.arange(len(self.pinned)), np.diff(self.conflict_ptr))
        pairs = np.column_stack([unit, self.conflicts])
        return pairs[pairs[:, 0] < pairs[:, 1]]


def grouped(together: Sequence[Ints], n: int) -> tuple[NDArray[np.int32], Ints, Ints]:
    """Group of each of n units (-1: none), and the units of each group in CSR form."""
    group = np.full(n, -1, np.int32)
    for at, units in enumerate(together):
        group[units] = at
    sizes = [0, *(len(units) for units in together)]
    flat = np.concatenate([np.zeros(0, np.int64), *together])
    return group, np.cumsum(sizes).astype(np.int64), flat.astype(np.int64)


@inner
def conflict(compatibility, i, j):  # type: ignore[no-untyped-def]
    """Units i and j may not share a zone."""
    pinned = compatibility.pinned
    if pinned[i] >= 0 and pinned[j] >= 0 and pinned[i] != pinned[j]:
        return True
    for e in range(compatibility.conflict_ptr[i], compatibility.conflict_ptr[i + 1]):
        if compatibility.conflicts[e] == j:
            return True
    for r in range(len(compatibility.spread_most)):
        high = max(compatibility.spread_high[r, i], compatibility.spread_high[r, j])
        low = min(compatibility.spread_low[r, i], compatibility.spread_low[r, j])
        if high - low > compatibility.spread_most[r]:
            return True
    return False


@inner
def fits_with_all(compatibility, u, inside, count):  # type: ignore[no-untyped-def]
    """Unit u may share a zone with the first `count` units of `inside`."""
    fits = True
    for p in range(count):
        fits = fits and not conflict(compatibility, u, inside[p])
    return fits


@inner
def holds_whole_groups(compatibility, inside, count):  # type: ignore[no-untyped-def]
    """The first `count` units of `inside` hold all or none of each group."""
    group, group_ptr = compatibility.group, compatibility.group_ptr
    for p in range(count):
        g = group[inside[p]]
        if g < 0:
            continue
        held = 0
        for q in range(count):
            held += group[inside[q]] == g
        if held < group_ptr[g + 1] - group_ptr[g]:
            return False
    return True


@compiled
def are_compatible(compatibility, indptr, members, out):  # type: ignore[no-untyped-def]
    """For each set of units whether all of them may be one zone."""
    for z in range(len(out)):
        inside = members[indptr[z] : indptr[z + 1]]
        out[z] = holds_whole_groups(compatibility, inside, len(inside))
        for p in range(len(inside)):
            if not out[z]:
                break
            out[z] = fits_with_all(compatibility, inside[p], inside, p)


@inner
def violations_of_unit(  # type: ignore[no-untyped-def]
    compatibility, zone, u, k, head, after, other, other_zone
):
    """How many rules on who shares a zone unit u breaks in zone k.

    Zone k is the list that begins at ``head[k]``. Unit `other` (or -1) is taken to be
    in zone `other_zone`.
    """
    total = 0
    c = head[k]
    while c >= 0:
        if c != u and c != other:
            total += conflict(compatibility, u, c)
        c = after[c]
    g = compatibility.group[u]
    if g >= 0:
        for e in range(compatibility.group_ptr[g], compatibility.group_ptr[g + 1]):
            v = compatibility.group_units[e]
            if v != u:
                total += (other_zone if v == other else zone[v]) != k
    return total + (compatibility.pinned[u] >= 0 and compatibility.pinned[u] != k)


@compiled
def count_violations(compatibility, zone, indptr, members):  # type: ignore[no-untyped-def]
    """How many rules on who shares a zone a plan breaks, each pair of units once."""
    total = 0
    for z in range(len(indptr) - 1):
        for p in range(indptr[z], indptr[z + 1]):
            for q in range(indptr[z], p):
                total += conflict(compatibility, members[p], members[q])
    for u in range(len(zone)):
        g = compatibility.group[u]
        if g >= 0:
            for e in range(compatibility.group_ptr[g], compatibility.group_ptr[g + 1]):
                v = compatibility.group_units[e]
                total += v < u and zone[v] != zone[u]
        total += compatibility.pinned[u] >= 0 and compatibility.pinned[u] != zone[u]
    return total
