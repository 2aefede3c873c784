"""The area of each zone: the land around its buildings, none over another's.

For looking at only: no cost depends on an area.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi, cKDTree

from zoning.plan import Plan
from zoning.plot.connect_polygons import along, connecting_lanes
from zoning.region import Region

Floats = NDArray[np.float64]
Shapes = NDArray[Any]

FEW_SHAPES = 10_000  # torn areas are joined on maps of up to so many buildings
HOLE = 5.0  # a wider hole, in usual distances of units, is left open
MANY_POINTS = 80_000  # along walls; more than so many are not told apart on a map
POINTS_EACH = 300  # and on average; walls that are far longer than usual have no more


def shapes_of(region: Region) -> tuple[Shapes, NDArray[np.int64]]:
    """Footprint or point of every building, and the position of its unit."""
    frame = region.source.frame
    if frame is None:
        return shapely.points(region.xy), np.arange(len(region))
    return np.asarray(frame.geometry.to_numpy()), frame["_unit"].to_numpy(np.int64)


def zone_polygons(plan: Plan) -> Shapes:
    """One polygon (or several parts) a zone, in metres, none over another.

    Land belongs to the zone of the nearest building wall, not farther than a fraction
    of the usual distance between units, and not across a barrier where there is
    another choice. Where that tears a zone, a lane of land joins units that touch; only
    bridges and barriers leave it in parts. Only for looking at: no cost depends on it.
    """
    region, count = plan.problem.region, plan.num_zones
    shapes, unit_of = shapes_of(region)
    zone_of = plan.zone_of[unit_of].astype(np.int64)
    scale = usual_distance(region)
    xy, owner = _samples(shapes, zone_of, scale)
    hull = _hull(shapes, xy, scale)
    areas = _divided(region, xy, owner, hull, count, scale)
    if len(shapes) <= FEW_SHAPES:
        lanes, zone = connecting_lanes(
            plan, shapes, unit_of, areas, _barriers(region, None)
        )
        if len(lanes):
            more, of = along(lanes, zone, shapes, zone_of, 0.04 * scale)
            xy, owner = np.concatenate([xy, more]), np.concatenate([owner, of])
            wide = shapely.buffer(lanes, 0.2 * scale, quad_segs=2)
            hull = _without_holes(shapely.union_all(np.append(wide, hull)), scale)
            areas = _divided(region, xy, owner, hull, count, scale)
    return _filled(areas, shapes, zone_of, scale)


def _divided(
    region: Region,
    xy: Floats,
    owner: NDArray[np.int64],
    hull: Any,
    count: int,
    scale: float,
) -> Shapes:
    """The hull divided among zones by the points they own."""
    lines = [shapely.boundary(hull), *_borders(xy, owner, hull, scale)]
    barriers = _barriers(region, hull)
    faces = _faces([*lines, *barriers])
    faces = faces[shapely.contains_properly(hull, shapely.point_on_surface(faces))]
    label = _owners(faces, xy, owner, barriers, scale)
    areas = np.empty(count, object)
    for k in range(count):
        areas[k] = shapely.union_all(faces[label == k])
    return areas


def usual_distance(region: Region) -> float:
    """Usual distance between neighbouring units, metres: what margins go by."""
    if len(region) == 1:
        return 60.0
    away = np.asarray(cKDTree(region.xy).query(region.xy, k=2)[0])[:, 1]
    away = away[away > 0]
    return float(np.median(away)) if len(away) else 60.0


def _samples(
    shapes: Shapes, zone_of: NDArray[np.int64], scale: float
) -> tuple[Floats, NDArray[np.int64]]:
    """Points along walls and the zone of each; no two at one place."""
    inner = shapely.buffer(shapes, -0.01 * scale, quad_segs=1)
    solid = ~shapely.is_empty(inner)
    walls = np.where(solid, shapely.boundary(inner), shapely.centroid(shapes))
    most = min(MANY_POINTS, POINTS_EACH * len(shapes))
    step = max(0.12 * scale, float(shapely.length(walls).sum()) / most)
    if len(shapes) > MANY_POINTS // 2:
        walls = shapely.centroid(shapes)
    dense = shapely.segmentize(walls, step)
    xy, of = shapely.get_coordinates(dense, return_index=True)
    xy = np.round(xy, 3)
    _, first, times = np.unique(xy, axis=0, return_index=True, return_counts=True)
    owner = zone_of[of]
    if times.max() > 1 and len(np.unique(owner[first])) < len(np.unique(owner)):
        # a zone would vanish behind twins at the same place: set all a little apart
        turn = 2.399963 * np.arange(len(xy))  # golden angle
        xy = xy + 0.02 * scale * np.column_stack([np.cos(turn), np.sin(turn)])
        return np.round(xy, 3), owner
    keep = np.sort(first)
    return xy[keep], owner[keep]


def _hull(shapes: Shapes, xy: Floats, scale: float) -> Any:
    """Land around the buildings, gaps between them closed."""
    wide, back = 1.4 * scale, 0.9 * scale
    around = shapes if len(shapes) < MANY_POINTS // 2 else shapely.points(xy)
    reach = shapely.union_all(shapely.buffer(around, wide, quad_segs=3))
    land = _without_holes(shapely.buffer(reach, -back, quad_segs=3), scale)
    return shapely.simplify(land, 0.03 * scale)


def _without_holes(land: Any, scale: float) -> Any:
    """Land with a yard or park inside given to whom it lies beside; lakes stay."""
    kept = []
    for part in shapely.get_parts(land):
        rings = shapely.get_rings(part)
        large = (HOLE * scale) ** 2
        holes = [r for r in rings[1:] if shapely.area(shapely.polygons(r)) > large]
        kept.append(shapely.Polygon(rings[0], holes))
    return shapely.union_all(np.array(kept, object))


def _borders(
    xy: Floats, owner: NDArray[np.int64], hull: Any, scale: float
) -> list[Any]:
    """Lines half way between points of different zones, inside the hull."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    far = 20.0 * (float((high - low).max()) + scale)
    middle = (low + high) / 2
    turn = np.linspace(0, 2 * np.pi, 8, endpoint=False) + 0.1
    ring = middle + far * np.column_stack([np.cos(turn), np.sin(turn)])
    found = Voronoi(np.concatenate([xy - middle, ring - middle]))
    owner = np.concatenate([owner, np.full(len(ring), -1)])
    ends = np.array(found.ridge_vertices)
    sides = owner[found.ridge_points]
    kept = (sides[:, 0] != sides[:, 1]) & (ends >= 0).all(axis=1)
    kept &= (sides >= 0).all(axis=1)
    if not kept.any():
        return []
    at = np.round(found.vertices + middle, 3)
    pieces = shapely.linestrings(at[ends[kept]])
    pieces = pieces[shapely.length(pieces) > 0]
    chains = shapely.get_parts(shapely.line_merge(shapely.union_all(pieces)))
    smooth = shapely.simplify(chains, 0.05 * scale)
    return [shapely.intersection(shapely.union_all(smooth), hull)]


def _barriers(region: Region, hull: Any) -> list[Any]:
    """Lines of the barriers inside the hull, all of them if that is None."""
    frame = region.source.barriers
    if frame is None or not len(frame):
        return []
    shapes = shapely.force_2d(frame.geometry.to_numpy())
    shapes = shapes[shapely.get_dimensions(shapes) >= 1]
    flat = shapely.get_dimensions(shapes) == 2
    lines = shapely.union_all(np.where(flat, shapely.boundary(shapes), shapes))
    return [lines if hull is None else shapely.intersection(lines, hull)]


def _faces(lines: Sequence[Any]) -> Shapes:
    """The polygons that lines cut the plane into."""
    noded = shapely.union_all(np.array(lines, object), grid_size=0.001)
    return np.asarray(shapely.get_parts(shapely.polygonize([noded])))


def _owners(
    faces: Shapes,
    xy: Floats,
    owner: NDArray[np.int64],
    barriers: Sequence[Any],
    scale: float,
) -> NDArray[np.int64]:
    """The zone of each face: of the points in it, or else of its best neighbour.

    A face without a building joins the neighbour it shares most border with, barriers
    not counted; one that only barriers border on (a river, land between tracks)
    belongs to nobody (-1).
    """
    tree = shapely.STRtree(faces)
    point, face = tree.query(shapely.points(xy), predicate="within")
    votes = np.zeros(len(faces), np.int64)
    label = np.full(len(faces), -1)
    pair, count = np.unique(
        np.column_stack([face, owner[point]]), axis=0, return_counts=True
    )
    for (f, zone), often in zip(pair.tolist(), count.tolist(), strict=True):
        if often > votes[f]:
            votes[f], label[f] = often, zone
    empty = np.flatnonzero(label < 0)
    if not len(empty):
        return label
    wall = shapely.buffer(shapely.union_all(np.array(barriers, object)), 0.01)
    a, b = tree.query(faces[empty], predicate="intersects")
    a = empty[a]
    a, b = a[a != b], b[a != b]
    shared = shapely.intersection(
        shapely.boundary(faces[a]), shapely.boundary(faces[b])
    )
    length = shapely.length(shapely.difference(shared, wall))
    links = sorted(
        (-round(float(m), 3), int(i), int(j))
        for m, i, j in zip(length, a, b, strict=True)
        if m > 0.01 * scale
    )
    changed = True
    while changed:
        changed = False
        for _, i, j in links:
            if label[i] < 0 <= label[j]:
                label[i] = label[j]
                changed = True
    return label


def _filled(
    areas: Shapes, shapes: Shapes, zone_of: NDArray[np.int64], scale: float
) -> Shapes:
    """Give a zone that got no land (twins, points on borders) a little of it."""
    lost = [k for k in range(len(areas)) if shapely.is_empty(areas[k])]
    for k in lost:
        spot = shapely.union_all(shapely.buffer(shapes[zone_of == k], 0.1 * scale))
        areas = shapely.difference(areas, spot)
        areas[k] = spot
    return areas
