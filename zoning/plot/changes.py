"""What maps of changed plans share: one colour a name, land, buildings, zone names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from zoning.analysis.difference import Difference
from zoning.check import judge
from zoning.plan import Plan
from zoning.plot.barriers import barriers_in_view
from zoning.plot.colours import BRIDGE, INK, PALETTE, colours
from zoning.plot.fonts import families, written
from zoning.plot.strokes import fill, lines, outline
from zoning.plot.zone_polygons import Shapes, usual_distance

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STAYS, SOFT, PAPER = "#B5B0A8", "#555555", "#FAF9F6"
MILLION = 1e6
Tints = Mapping[str, int]


def tints_of(several: Sequence[tuple[Sequence[str], Shapes]], plan: Plan) -> Tints:
    """A colour for each name, another one where two come near on any of the maps."""
    land: dict[str, list[Any]] = {}
    for names, areas in several:
        for name, area in zip(names, areas, strict=True):
            land.setdefault(name, []).append(area)
    joined = np.empty(len(land), object)
    for at, some in enumerate(land.values()):
        joined[at] = shapely.union_all(np.array(some, object))
    chosen = colours(joined, 0.1 * usual_distance(plan.problem.region))
    return dict(zip(land, chosen, strict=True))


def draw_ground(
    axes: Axes, plan: Plan, areas: Shapes, tint: Sequence[int], faded: float = 0.0
) -> None:
    """Draw zones and bridges; `faded` is 0 for full colours and 1 for white."""
    from matplotlib.colors import to_hex, to_rgb

    def pale(colour: str) -> str:
        red, green, blue = (c + (1 - c) * faded for c in to_rgb(colour))
        return to_hex((red, green, blue))

    fill(axes, areas, [pale(PALETTE[t][0]) for t in tint], zorder=1)
    edge = "#8A8A8A" if faded else "white"
    outline(axes, areas, color=edge, linewidth=0.9 if faded else 1.2, zorder=3)
    bridges = plan.problem.edited_region.bridges
    if len(bridges):
        drawn = shapely.linestrings(plan.problem.region.xy[bridges])
        lines(axes, drawn, color=BRIDGE, linewidth=1.0, linestyle=":", zorder=6)


def draw_barriers(axes: Axes, plan: Plan, view: Any, fine: float) -> None:
    """Draw what no zone crosses; `fine` makes strokes thinner."""
    for style, shapes in barriers_in_view(plan.problem.region, view):
        flat = shapes[shapely.get_dimensions(shapes) == 2]
        if style.name == "Water":
            fill(axes, flat, [style.colour] * len(flat), zorder=3.5)
        drawn = shapes[shapely.get_dimensions(shapes) == 1]
        width = style.width * fine
        lines(axes, drawn, color=style.colour, linewidth=width, zorder=3.6, alpha=0.8)


def draw_buildings(
    axes: Axes, shapes: Shapes, colour: list[str], edge: str | None = None
) -> None:
    """Draw footprints, and dots where there are none, each in its colour."""
    points = shapely.get_dimensions(shapes) == 0
    solid = np.flatnonzero(~points)
    fill(axes, shapes[solid], [colour[i] for i in solid.tolist()], zorder=4)
    if edge is not None:
        outline(axes, shapes[solid], color=edge, linewidth=0.9, zorder=4.1)
    if points.any():
        x, y = shapely.get_coordinates(shapely.centroid(shapes[points])).T
        tint = [colour[i] for i in np.flatnonzero(points).tolist()]
        size = min(30.0, 6_000.0 / len(shapes) + 1.0)
        look: dict[str, Any] = {"linewidths": 0.6 if edge else 0.0, "zorder": 4}
        axes.scatter(x, y, s=size, c=tint, edgecolors=edge or "none", **look)


def units_that_go(plan: Plan, found: Difference) -> set[int]:
    """Positions of the units that are in another zone in the second plan."""
    region = plan.problem.region
    place = dict(
        zip(region.building_ids, region.unit_of_building.tolist(), strict=True)
    )
    return {place[name] for move in found.moves for name in move.buildings}


def write_names(axes: Axes, plan: Plan, names: Sequence[str], *, size: float) -> None:
    """The name of each zone in a circle at its center."""
    ring = {"boxstyle": "circle,pad=0.22", "fc": "white", "ec": INK, "lw": size / 10}
    look: dict[str, Any] = {"ha": "center", "va": "center_baseline", "bbox": ring}
    look["family"] = families()
    centers = judge(plan).center.tolist()
    for name, center in zip(written(names), centers, strict=True):
        x, y = plan.problem.region.xy[center]
        axes.text(x, y, name, fontsize=size, zorder=8, **look)
