"""Triangles between points, and what hangs together: pairs of positions as arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Delaunay as Triangulation
from scipy.spatial import QhullError

Floats = NDArray[np.float64]
Pairs = NDArray[np.int64]


def triangulate(xy: Floats) -> Pairs:
    """Sides of the Delaunay triangles of points; on a line, from each to the next.

    Points in one place are joined to the first of them.
    """
    if len(xy) < 2:
        return np.zeros((0, 2), np.int64)
    place, first, inverse = np.unique(
        xy, axis=0, return_index=True, return_inverse=True
    )
    twins = np.column_stack([first[inverse.ravel()], np.arange(len(xy))])
    return unique(np.concatenate([first[_sides(place)], twins]))


def parts_within(xy: Floats, metres: float) -> NDArray[np.int32]:
    """For each point its part, where steps of at most `metres` hold a part together."""
    # The shortest step between two parts is a side of a Delaunay triangle.
    pairs = triangulate(xy)
    return components(pairs[lengths(xy, pairs) <= metres], len(xy))


def lengths(xy: Floats, pairs: Pairs) -> Floats:
    """Straight line between the two of each pair."""
    return np.asarray(np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T))


def unique(pairs: Pairs) -> Pairs:
    """Each pair once, the lower position first, none with itself, in order."""
    a, b = pairs.reshape(-1, 2).T
    low, high = np.minimum(a, b), np.maximum(a, b)
    size = int(high.max(initial=0)) + 1
    # sorted as single numbers, which takes a tenth of the time of two columns
    key = np.sort((low * np.int64(size) + high)[low != high])
    fresh = np.ones(len(key), bool)
    fresh[1:] = key[1:] != key[:-1]
    return np.column_stack(np.divmod(key[fresh], size))


def components(pairs: Pairs, n: int) -> NDArray[np.int32]:
    """For each of n positions the number of the part it lies in."""
    ones = np.ones(len(pairs), np.int8)
    graph = csr_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1])


def _sides(place: Floats) -> Pairs:
    """Sides of the triangles of points that all differ, at least one point."""
    middle = place - place.mean(axis=0)
    try:
        mesh = Triangulation(middle)
    except (QhullError, ValueError):  # fewer than three points, or all on a line
        return _chain(middle)
    a, b, c = mesh.simplices.T.astype(np.int64)
    left_out = mesh.coplanar[:, [0, 2]].astype(np.int64)  # lost to rounding
    return np.concatenate(
        [np.column_stack(side) for side in ((a, b), (b, c), (c, a))] + [left_out]
    )


def _chain(middle: Floats) -> Pairs:
    """From each point to the next along the line they lie on."""
    direction = np.linalg.svd(middle, full_matrices=False)[2][0]
    order = np.argsort(middle @ direction, kind="stable")
    return np.column_stack([order[:-1], order[1:]])
