"""Ways over bridges: which units are of one island, and how far islands lie apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra

from zoning.region import Ints, Region

MANY_ISLANDS = 1_000  # a table of every two is made of no more
_LEAST = 1e-3  # metres: walls that touch, which a sparse graph would lose


def ways_over_bridges(region: Region) -> tuple[NDArray[np.int32], Ints]:
    """The island of each unit, and metres of bridge from island to island.

    An island is what hangs together without a bridge. From one to another the way over
    the fewest metres of bridge counts; 0 where there is none: no zone holds both. Of
    more than `MANY_ISLANDS` those with the narrowest gaps between them count as one.
    """
    bridge, metres = live_bridges(region)
    n = len(region)
    if not len(bridge):
        return np.zeros(n, np.int32), np.zeros((1, 1), np.int64)
    is_bridge = np.isin(region.edges @ [n, 1], bridge @ [n, 1])
    plain = region.edges[~is_bridge]
    for narrow in (-1, *np.unique(metres)):
        held = np.concatenate([plain, bridge[metres <= narrow]]).astype(np.int32)
        count, island = connected_components(region.graph(held), directed=False)
        if count <= MANY_ISLANDS:
            break
    ends = np.sort(island[bridge], axis=1)
    order = np.lexsort((metres, ends[:, 1], ends[:, 0]))
    ends, away = ends[order], metres[order] + _LEAST
    fresh = (ends[:, 0] != ends[:, 1]) & np.append(
        True, (ends[1:] != ends[:-1]).any(axis=1)
    )
    a, b = ends[fresh].T
    graph = coo_array((away[fresh], (a, b)), shape=(count, count)).tocsr()
    far = dijkstra(graph, directed=False)
    table = np.where(np.isfinite(far), np.rint(far), 0).astype(np.int64)
    return island.astype(np.int32), table


def live_bridges(region: Region) -> tuple[Ints, Ints]:
    """The bridges that are still edges, and metres of each."""
    n = len(region)
    bridge = region.bridges.astype(np.int64)
    metres = np.array([span.metres for span in region.spans], np.int64)
    live = np.isin(bridge @ [n, 1], region.edges.astype(np.int64) @ [n, 1])
    return bridge[live], metres[live]
