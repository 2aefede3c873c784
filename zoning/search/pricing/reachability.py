"""Which units can share a zone at all: reachability by the lightest way between them.

A shortest-path tree from each unit (Dijkstra), by each sum that has an upper limit.
"""

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
from zoning.search.pricing.center_knapsack import compatibility, pricing_data

PLACES = 64  # units within reach of one, to begin with
NONE = np.int64(0)


def reachable_units(
    a: Instance, from_center: bool, centers: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """For each unit the units some zone that holds it can hold too, in CSR form.

    A zone that holds a unit holds a way to it. The lightest way, by each of the sums,
    must fit under the upper end of the band. `from_center`: the first unit is the best
    center, so that travel from it counts as well. `centers`: only for these units, in
    this order; for all if None.
    """
    n = a.num_units
    centers = np.arange(n) if centers is None else centers
    indptr = np.zeros(len(centers) + 1, np.int64)
    pieces = []
    met, passes = np.empty(n, np.int32), np.zeros(n, np.int32)
    best = np.full(n, NO_LIMIT)
    items = np.empty(len(a.indices) + 1, np.int64)  # each edge is gone once
    keys = np.empty(len(items), np.float64)
    done = 0
    while done < len(centers):
        units = np.empty(n + PLACES * len(centers), np.int32)
        first = done
        done = _reachable(
            pricing_data(a),
            compatibility(a),
            from_center,
            centers,
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
    ones = np.ones(len(units), np.int8)
    table = csr_array((ones, units, indptr), (len(centers), n))
    table.sort_indices()
    return indptr, table.indices.astype(np.int32)


@compiled
def _reachable(  # type: ignore[no-untyped-def]
    data,
    compatible,
    from_center,
    centers,
    first,
    indptr,
    units,
    met,
    best,
    passes,
    keys,
    items,
):
    """Fill `units` from the first place on while there is room; gives the next place.

    `best` and `passes` must be `NO_LIMIT` and 0, and are so again at the end.
    """
    n = len(best)
    filled = 0
    for place in range(first, len(centers)):
        center = centers[place]
        if filled + n > len(units):
            return place
        size = 0  # units met by the first sum
        rows = 0
        for m in range(data.sums.shape[0]):
            cap = min(data.high[m], data.cost_high if m == 0 else NO_LIMIT)
            if cap >= NO_LIMIT and m > 0:
                continue
            rows += 1
            best[center] = data.sums[m, center]
            met[0] = center
            touched = 1
            waiting = push(keys, items, NONE, np.float64(best[center]), center)
            while waiting > 0:
                distance = np.int64(keys[0])
                i = items[0]
                waiting = drop(keys, items, waiting)
                if distance > best[i]:
                    continue
                fits = True
                if m == 0 and from_center:
                    t = travel_cost(data.travel_data, i, center)
                    fits = t < FAR and distance + t <= data.cost_high
                if compatible is not None:
                    fits = fits and not conflict(compatible, i, center)
                if passes[i] == rows - 1 and fits:
                    passes[i] = rows
                for e in range(data.indptr[i], data.indptr[i + 1]):
                    v = np.int64(data.indices[e])
                    longer = distance + data.sums[m, v]
                    if longer <= cap and longer < best[v]:
                        if best[v] >= NO_LIMIT:
                            met[touched] = v
                            touched += 1
                        best[v] = longer
                        waiting = push(keys, items, waiting, np.float64(longer), v)
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
        indptr[place + 1] = indptr[first] + filled
    return len(centers)
