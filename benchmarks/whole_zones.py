"""Make a partition usable as a plan: each zone in one part, and as many as asked for.

Packages that know loads only leave zones torn or empty. A planner would mend that
before judging their plans, so it is done for them, by loads alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import (
    breadth_first_order,
    connected_components,
    minimum_spanning_tree,
)

from zoning.problem import Problem

Labels = NDArray[np.int64]


def made_whole(
    problem: Problem, labels: ArrayLike, chance: np.random.Generator
) -> Labels:
    """Part what is torn, then join the lightest or halve the heaviest to the number.

    A part that is joined goes to the lightest zone that it touches; halves are those of
    the most even edge of a random spanning tree. Where parts that touch nothing are
    more than the zones asked for, there are too many zones in the end.
    """
    region = problem.edited_region
    graph = csr_array(region.graph(region.edges))
    rows = np.repeat(np.arange(len(region)), np.diff(graph.indptr))
    zone_of = np.asarray(labels)
    inside = zone_of[rows] == zone_of[graph.indices]
    same = csr_array(
        (np.ones(inside.sum()), (rows[inside], graph.indices[inside])), graph.shape
    )
    found = connected_components(same)[1].astype(np.int64)
    while (count := found.max() + 1) != problem.num_zones:
        if count < problem.num_zones:
            found = _halve_heaviest(region.load, graph, found, chance)
            continue
        joined = _join_lightest(region.load, found, rows, graph.indices)
        if joined is None:
            break
        found = joined
    return found


def _join_lightest(
    load: NDArray[np.int64],
    found: Labels,
    rows: NDArray[np.int64],
    near: NDArray[np.int64],
) -> Labels | None:
    """Join the lightest zone that touches another to the lightest it touches."""
    heap = np.bincount(found, weights=load)
    for zone in np.argsort(heap, kind="stable"):
        around = np.setdiff1d(found[near[found[rows] == zone]], [zone])
        if len(around):
            into = around[heap[around].argmin()]
            return np.unique(np.where(found == zone, into, found), return_inverse=True)[
                1
            ]
    return None


def _halve_heaviest(
    load: NDArray[np.int64],
    graph: csr_array,
    found: Labels,
    chance: np.random.Generator,
) -> Labels:
    heap = np.bincount(found, weights=load)
    heap[np.bincount(found) < 2] = -1
    units = np.flatnonzero(found == heap.argmax())
    inner = graph[units][:, units].tocoo()
    order = chance.random((len(units), len(units)))
    inner.data = 1 + np.triu(order, 1)[inner.row, inner.col]
    tree = minimum_spanning_tree(csr_array(inner))
    walk, parent = breadth_first_order(tree, 0, directed=False)
    below = load[units].astype(float)
    for u in walk[:0:-1]:
        below[parent[u]] += below[u]
    top = walk[1:][np.abs(below[walk[1:]] - below[walk[0]] / 2).argmin()]
    half = np.zeros(len(units), bool)
    half[top] = True
    for u in walk[1:]:
        half[u] |= half[parent[u]]
    split = found.copy()
    split[units[half]] = found.max() + 1
    return split
