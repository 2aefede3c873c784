"""Which units can share a zone at all, by the ways between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from zoning.search.instance.compatibility import conflict
from zoning.search.instance.constants import FAR, NO_LIMIT
from zoning.search.instance.instance import Instance
from zoning.search.instance.travel import travel_cost
from zoning.search.kernels.compiled import compiled
from zoning.search.kernels.heap import drop, push
from zoning.search.pricing.center_knapsack import land, who

USUAL = 64  # units within reach of one, to begin with
NONE = np.int64(0)


def within_reach(
    a: Instance, served: bool
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """For each unit the units some zone that holds it can hold too, in CSR form.

    A zone that holds a unit holds a way to it. The lightest way, by each of the sums,
    must fit under the upper end of the band. `served`: the first unit is the best
    center, so that travel from it counts as well.
    """
    n = a.num_units
    indptr = np.zeros(n + 1, np.int64)
    pieces = []
    met, passes = np.empty(n, np.int32), np.zeros(n, np.int32)
    best = np.full(n, NO_LIMIT)
    items = np.empty(len(a.indices) + 1, np.int64)  # each edge is gone once
    keys = np.empty(len(items), np.float64)
    done = 0
    while done < n:
        units = np.empty(USUAL * n, np.int32)
        first = done
        done = _reach(
            land(a),
            who(a),
            served,
            first,
            indptr,
            units,
            met,
            best,
            passes,
            keys,
            items,
        )
        pieces.append(units[: indptr[done] - indptr[first]].copy())
    units = np.concatenate([np.zeros(0, np.int32), *pieces])
    table = csr_array((np.ones(len(units), np.int8), units, indptr), (n, n))
    table.sort_indices()
    return indptr, table.indices.astype(np.int32)


@compiled
def _reach(  # type: ignore[no-untyped-def]
    land, who, served, first, indptr, units, met, best, passes, keys, items
):
    """Fill `units` from the first unit on while there is room; gives the next unit.

    `best` and `passes` must be `NO_LIMIT` and 0, and are so again at the end.
    """
    n = len(best)
    filled = 0
    for c in range(first, n):
        if filled + n > len(units):
            return c
        size = 0  # units met by the first sum
        rows = 0
        for m in range(land.sums.shape[0]):
            cap = min(land.high[m], land.cost_high if m == 0 else NO_LIMIT)
            if cap >= NO_LIMIT and m > 0:
                continue
            rows += 1
            best[c] = land.sums[m, c]
            met[0] = c
            touched = 1
            waiting = push(keys, items, NONE, np.float64(best[c]), c)
            while waiting > 0:
                far = np.int64(keys[0])
                i = items[0]
                waiting = drop(keys, items, waiting)
                if far > best[i]:
                    continue
                fits = True
                if m == 0 and served:
                    t = travel_cost(land.ways, i, c)
                    fits = t < FAR and far + t <= land.cost_high
                if who is not None:
                    fits = fits and not conflict(who, i, c)
                if passes[i] == rows - 1 and fits:
                    passes[i] = rows
                for e in range(land.indptr[i], land.indptr[i + 1]):
                    v = np.int64(land.indices[e])
                    further = far + land.sums[m, v]
                    if further <= cap and further < best[v]:
                        if best[v] >= NO_LIMIT:
                            met[touched] = v
                            touched += 1
                        best[v] = further
                        waiting = push(keys, items, waiting, np.float64(further), v)
            for p in range(touched):
                best[met[p]] = NO_LIMIT
                if m == 0:
                    units[filled + p] = met[p]
                    size = touched
        kept = filled
        for p in range(filled, filled + size):
            i = units[p]
            if passes[i] == rows:
                units[kept] = i
                kept += 1
            passes[i] = 0
        filled = kept
        indptr[c + 1] = indptr[first] + filled
    return n
