"""Who may, and who must, share a zone."""

from __future__ import annotations

import numba as nb
import numpy as np


@nb.njit(cache=True, nogil=True)
def clash(a, i, j):  # type: ignore[no-untyped-def]
    """Units i and j may not share a zone."""
    if a.pinned[i] >= 0 and a.pinned[j] >= 0 and a.pinned[i] != a.pinned[j]:
        return True
    for e in range(a.apart_ptr[i], a.apart_ptr[i + 1]):
        if a.apart[e] == j:
            return True
    for r in range(len(a.spread_most)):
        high = max(a.spread_high[r, i], a.spread_high[r, j])
        low = min(a.spread_low[r, i], a.spread_low[r, j])
        if high - low > a.spread_most[r]:
            return True
    return False


@nb.njit(cache=True, nogil=True)
def fits_with(a, u, inside, count):  # type: ignore[no-untyped-def]
    """Unit u may share a zone with the first `count` units of `inside`."""
    fits = True
    for p in range(count):
        fits = fits and not clash(a, u, inside[p])
    return fits


@nb.njit(cache=True, nogil=True)
def is_whole(a, inside, count):  # type: ignore[no-untyped-def]
    """The first `count` units of `inside` hold all or none of each group."""
    for p in range(count):
        g = a.group[inside[p]]
        if g < 0:
            continue
        held = 0
        for q in range(count):
            held += a.group[inside[q]] == g
        if held < a.group_ptr[g + 1] - a.group_ptr[g]:
            return False
    return True


@nb.njit(cache=True, nogil=True)
def agree(a, indptr, members):  # type: ignore[no-untyped-def]
    """For each set of units whether they may be a zone as far as company goes."""
    out = np.ones(len(indptr) - 1, np.bool_)
    for z in range(len(out)):
        inside = members[indptr[z] : indptr[z + 1]]
        out[z] = is_whole(a, inside, len(inside))
        for p in range(len(inside)):
            if not out[z]:
                break
            out[z] = fits_with(a, inside[p], inside, p)
    return out
