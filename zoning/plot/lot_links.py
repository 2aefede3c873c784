"""Ties between parts of a lot that a map shows apart though they belong together.

Zones of a lot touch by edges. On the map another zone's land may lie over such an edge,
or a barrier, or only a lane is left that the outlines hide.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.lots.lot import Lot
from zoning.plan import Plan
from zoning.plot.zone_polygons import shapes_of

Shapes = NDArray[Any]
Ints = NDArray[np.int64]


def lot_links_of(plan: Plan, lot: Lot, areas: Shapes, hidden: float) -> list[Any]:
    """Lines that join what looks like several parts of a lot, the shortest there are.

    From wall to wall of units that touch, over barriers too; where zones of the lot
    are only near each other, from area to area. Bridges are on the map already.

    Parameters
    ----------
    plan, lot
        The lot, and the plan it is of.
    areas
        The area of each zone, metres.
    hidden
        Land so many metres from an outline is not seen: the outline lies over it.
    """
    land = shapely.union_all(areas[list(lot.zones)])
    seen = shapely.get_parts(shapely.buffer(land, -hidden, quad_segs=1))
    if len(seen) < 2:
        return []
    region = plan.problem.edited_region
    bridges = list(shapely.linestrings(region.xy[_inside(plan, lot, region.bridges)]))
    edges = np.concatenate([region.edges, region.cut_edges])
    lot_links = [*_walls_apart(plan, _inside(plan, lot, edges)), *_gaps(areas, lot)]
    lot_links.sort(key=lambda line: round(float(shapely.length(line)), 3))
    part = np.arange(len(seen))
    drawn = []
    for number, line in enumerate([*bridges, *lot_links]):
        ends = shapely.points(shapely.get_coordinates(line)[[0, -1]])
        here, there = part[shapely.distance(ends[:, None], seen[None]).argmin(axis=1)]
        if here != there:
            part[part == there] = here
            if number >= len(bridges):
                drawn.append(line)
    return drawn


def _inside(plan: Plan, lot: Lot, pairs: NDArray[np.int32]) -> Ints:
    """The pairs of units that both belong to the lot."""
    both = np.isin(plan.zone_of[pairs], lot.zones).all(axis=1)
    return pairs[both].astype(np.int64)


def _walls_apart(plan: Plan, pairs: Ints) -> Iterator[Any]:
    """The shortest line between the walls of each two units."""
    shapes, unit_of = shapes_of(plan.problem.region)
    units = np.unique(pairs)
    few = np.flatnonzero(np.isin(unit_of, units))
    walls = {
        i: shapely.union_all(shapes[few[unit_of[few] == i]]) for i in units.tolist()
    }
    for i, j in pairs.tolist():
        yield shapely.shortest_line(walls[i], walls[j])


def _gaps(areas: Shapes, lot: Lot) -> Iterator[Any]:
    """The shortest line between zones that are only near each other."""
    for a, b in lot.near:
        yield shapely.shortest_line(areas[a], areas[b])
