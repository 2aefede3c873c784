"""Lanes of land that join the parts of a zone's area where its units touch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.plan import Plan

Floats = NDArray[np.float64]
Shapes = NDArray[Any]

FOREIGN = 50.0  # a metre of lane through a foreign building counts as so many


def connecting_lanes(
    plan: Plan,
    shapes: Shapes,
    unit_of: NDArray[np.int64],
    areas: Shapes,
    barriers: Sequence[Any],
) -> tuple[Shapes, NDArray[np.int64]]:
    """Lines that join the parts of torn areas along edges, and the zone of each.

    From wall to wall, the shortest first, those over foreign buildings last, none over
    a barrier.
    """
    part = _part_of(shapes, unit_of, plan, areas)
    chosen = []
    for _, here, there, zone, line in _offered(plan, shapes, unit_of, areas, barriers):
        if part[here] != part[there]:
            part = np.where(part == part[there], part[here], part)
            chosen.append((line, zone))
    return (
        np.array([line for line, _ in chosen], object),
        np.array([zone for _, zone in chosen], np.int64),
    )


def _offered(
    plan: Plan,
    shapes: Shapes,
    unit_of: NDArray[np.int64],
    areas: Shapes,
    barriers: Sequence[Any],
) -> list[tuple[float, int, int, int, Any]]:
    """Weight, ends, zone and line of every lane there could be, the best first."""
    region = plan.problem.edited_region
    torn = shapely.get_num_geometries(areas) > 1
    edges = region.edges.astype(np.int64)
    n = len(region)
    edges = edges[~np.isin(edges @ [n, 1], region.bridges.astype(np.int64) @ [n, 1])]
    ends = plan.zone_of[edges]
    edges = edges[(ends[:, 0] == ends[:, 1]) & torn[ends[:, 0]]]
    members = [np.flatnonzero(unit_of == i) for i in range(n)] if len(edges) else []
    closed = shapely.union_all(np.array(barriers, object))
    tree = shapely.STRtree(shapes)
    found = []
    for i, j in edges.tolist():
        zone = int(plan.zone_of[i])
        a, b = np.meshgrid(members[i], members[j])
        lines = shapely.shortest_line(shapes[a.ravel()], shapes[b.ravel()])
        best = int(np.argmin(np.round(shapely.length(lines), 3)))
        line, here, there = lines[best], a.ravel()[best], b.ravel()[best]
        over = [
            shapely.length(shapely.intersection(line, shapes[o]))
            for o in tree.query(line, predicate="crosses").tolist()
            if plan.zone_of[unit_of[o]] != zone
        ]
        if not shapely.intersects(line, closed):
            weight = round(float(shapely.length(line)) + FOREIGN * sum(over), 3)
            found.append((weight, int(here), int(there), zone, line))
    return sorted(found, key=lambda one: one[:3])


def _part_of(
    shapes: Shapes, unit_of: NDArray[np.int64], plan: Plan, areas: Shapes
) -> NDArray[np.int64]:
    """For each building the number of the part of its zone's area it stands in."""
    parts, zone = shapely.get_parts(areas, return_index=True)
    middle = shapely.point_on_surface(shapes)
    part = np.empty(len(shapes), np.int64)
    for k in range(plan.num_zones):
        mine = np.flatnonzero(plan.zone_of[unit_of] == k)
        own = np.flatnonzero(zone == k)
        if len(own):
            away = shapely.distance(middle[mine][:, None], parts[own][None])
            part[mine] = own[away.argmin(axis=1)]
        else:
            part[mine] = len(parts) + k
    return part


def along(
    lanes: Shapes,
    zone: NDArray[np.int64],
    shapes: Shapes,
    zone_of: NDArray[np.int64],
    step: float,
) -> tuple[Floats, NDArray[np.int64]]:
    """Points along lanes and their zones; none inside a foreign building."""
    drawn = np.flatnonzero(shapely.length(lanes) > 0)  # others cannot be divided
    dense = shapely.segmentize(lanes[drawn], step)
    xy, of = shapely.get_coordinates(dense, return_index=True)
    owner = zone[drawn[of]]
    point, shape = shapely.STRtree(shapes).query(
        shapely.points(xy), predicate="intersects"
    )
    foreign = np.zeros(len(xy), bool)
    foreign[point[zone_of[shape] != owner[point]]] = True
    return np.round(xy[~foreign], 3), owner[~foreign]
