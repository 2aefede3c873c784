"""Who may, and who must, share a zone."""

from __future__ import annotations

import numba as nb
import numpy as np


@nb.njit(cache=True, nogil=True)
def clash(who, i, j):  # type: ignore[no-untyped-def]
    """Units i and j may not share a zone."""
    if who.pinned[i] >= 0 and who.pinned[j] >= 0 and who.pinned[i] != who.pinned[j]:
        return True
    for e in range(who.apart_ptr[i], who.apart_ptr[i + 1]):
        if who.apart[e] == j:
            return True
    for r in range(len(who.spread_most)):
        high = max(who.spread_high[r, i], who.spread_high[r, j])
        low = min(who.spread_low[r, i], who.spread_low[r, j])
        if high - low > who.spread_most[r]:
            return True
    return False


@nb.njit(cache=True, nogil=True)
def fits_with(who, u, inside, count):  # type: ignore[no-untyped-def]
    """Unit u may share a zone with the first `count` units of `inside`."""
    fits = True
    for p in range(count):
        fits = fits and not clash(who, u, inside[p])
    return fits


@nb.njit(cache=True, nogil=True)
def is_whole(who, inside, count):  # type: ignore[no-untyped-def]
    """The first `count` units of `inside` hold all or none of each group."""
    for p in range(count):
        g = who.group[inside[p]]
        if g < 0:
            continue
        held = 0
        for q in range(count):
            held += who.group[inside[q]] == g
        if held < who.group_ptr[g + 1] - who.group_ptr[g]:
            return False
    return True


@nb.njit(cache=True, nogil=True)
def agree(who, indptr, members):  # type: ignore[no-untyped-def]
    """For each set of units whether they may be a zone as far as company goes."""
    out = np.ones(len(indptr) - 1, np.bool_)
    for z in range(len(out)):
        inside = members[indptr[z] : indptr[z + 1]]
        out[z] = is_whole(who, inside, len(inside))
        for p in range(len(inside)):
            if not out[z]:
                break
            out[z] = fits_with(who, inside[p], inside, p)
    return out
