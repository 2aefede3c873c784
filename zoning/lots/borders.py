"""How long the borders between zones are, as one sees them on a map.

Land belongs to the nearest unit, up to a reach. What two zones share of the borders
between such cells, where units touch, is their border. Bridges and barriers make none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Voronoi, cKDTree

from zoning.plan import Plan

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

VISIBLE = 30.0  # metres: a shorter border is seen as a line, if at all
REACH = 1.5  # in usual distances between units, see `zone_borders`


def zone_borders(plan: Plan) -> tuple[Ints, Floats]:
    """Pairs of zones that share a border, rows ascending, and its metres.

    The border between two units is that of their Voronoi cells, as far as it lies
    within reach of both: 1.5 times the usual distance of a unit to the next. At that
    reach borders come nearest to those that maps draw around walls. Units at one place
    have no border between them.
    """
    region, n = plan.problem.edited_region, plan.num_zones
    places, place_of = np.unique(region.xy, axis=0, return_inverse=True)
    place_of = place_of.ravel()
    edges = _without(region.edges.astype(np.int64), region.bridges, len(region))
    zones = plan.zone_of[edges].astype(np.int64)
    apart = zones[:, 0] != zones[:, 1]
    met = np.column_stack([np.sort(zones, axis=1), np.sort(place_of[edges], axis=1)])
    met = np.unique(met[apart], axis=0)  # units at one place share its border
    if not len(met):
        return np.zeros((0, 2), np.int64), np.zeros(0)
    cells, metres = _cell_borders(places)
    if not len(cells):
        return np.zeros((0, 2), np.int64), np.zeros(0)
    key, known = met[:, 2] * len(places) + met[:, 3], cells @ [len(places), 1]
    order = np.argsort(known)
    at = np.minimum(np.searchsorted(known[order], key), len(known) - 1)
    found = known[order][at] == key
    length = np.where(found, metres[order][at], 0.0)
    pairs, pair_of = np.unique(met[:, 0] * n + met[:, 1], return_inverse=True)
    total = np.bincount(pair_of.ravel(), length, len(pairs))
    return np.column_stack([pairs // n, pairs % n]), np.asarray(total, np.float64)


def _without(edges: Ints, left_out: NDArray[np.integer], n: int) -> Ints:
    return edges[~np.isin(edges @ [n, 1], left_out.astype(np.int64) @ [n, 1])]


def _cell_borders(xy: Floats) -> tuple[Ints, Floats]:
    """Pairs of places whose cells meet within reach, and along how many metres."""
    if len(xy) < 2:
        return np.zeros((0, 2), np.int64), np.zeros(0)
    middle = (xy.min(axis=0) + xy.max(axis=0)) / 2
    reach = REACH * float(np.median(np.asarray(cKDTree(xy).query(xy, k=2)[0])[:, 1]))
    far = 20 * (float(np.ptp(xy, axis=0).max()) + reach)
    turn = np.linspace(0, 2 * np.pi, 8, endpoint=False) + 0.1
    ring = far * np.column_stack([np.cos(turn), np.sin(turn)])  # closes all cells
    diagram = Voronoi(np.concatenate([xy - middle, ring]))
    pairs = np.sort(np.asarray(diagram.ridge_points, np.int64), axis=1)
    ends = np.array(diagram.ridge_vertices)
    inside = (pairs < len(xy)).all(axis=1) & (ends >= 0).all(axis=1)
    pairs, ends = pairs[inside], ends[inside]
    a, b = (xy[pairs[:, side]] - middle for side in (0, 1))
    away = np.hypot(*(b - a).T)
    along = np.column_stack([a[:, 1] - b[:, 1], b[:, 0] - a[:, 0]]) / away[:, None]
    vertex = diagram.vertices[ends] - ((a + b) / 2)[:, None, :]
    where = np.sort((vertex * along[:, None, :]).sum(axis=2), axis=1)
    # both units are as far from any point of the border: within reach up to here
    most = np.sqrt(np.maximum(0.0, reach**2 - away**2 / 4))
    length = np.minimum(where[:, 1], most) - np.maximum(where[:, 0], -most)
    return pairs, np.maximum(0.0, length)
