"""What a map shows from the ground up: zones, buildings, barriers, lots, bridges."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from zoning.plot.barriers import Style
from zoning.plot.colours import BRIDGE, LOT_INK, PALETTE
from zoning.plot.layout import MapLayout
from zoning.plot.outside import draw_outside
from zoning.plot.strokes import (
    CROSSED,
    clipped,
    fill,
    hatch,
    lines,
    outline,
    pins,
)
from zoning.plot.zone_polygons import Shapes, shapes_of
from zoning.region import Region

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_map_layers(axes: Axes, layout: MapLayout) -> None:
    """Draw all of a map that is not words."""
    fill(axes, layout.areas, [PALETTE[c][0] for c in layout.colour], zorder=1)
    for look, zones in layout.kept:
        hatch(axes, layout.areas[zones], look.pattern, zorder=1.5)
    draw_streets(axes, layout.region, layout.view, layout.fine)
    outline(axes, layout.areas, color="white", linewidth=1.6 * layout.fine, zorder=3)
    _buildings(axes, layout)
    draw_outside(axes, layout.verdict, layout.areas)
    draw_styled(axes, layout.barriers, layout.fine)
    _lots(axes, layout)
    _lot_links(axes, layout)
    draw_bridges(axes, layout.region)
    if len(layout.pins):
        pins(axes, layout.pins, layout.pin)


def draw_streets(axes: Axes, region: Region, view: Any, fine: float) -> None:
    """Draw the streets in view."""
    streets = region.source.streets
    if streets is not None and len(streets):
        drawn = clipped(streets.geometry.to_numpy(), view)
        lines(axes, drawn, color="#FFFFFF", linewidth=2.2 * fine, zorder=2)
        lines(axes, drawn, color="#B9B4AA", linewidth=0.7 * fine, zorder=2.1)


def _buildings(axes: Axes, layout: MapLayout) -> None:
    """Footprints, and dots where there are none."""
    shapes, unit_of = shapes_of(layout.region)
    dark = [PALETTE[layout.colour[k]][1] for k in layout.plan.zone_of[unit_of]]
    points = shapely.get_dimensions(shapes) == 0
    solid = np.flatnonzero(~points)
    fill(axes, shapes[solid], [dark[i] for i in solid], zorder=4)
    if points.any():
        x, y = shapely.get_coordinates(shapely.centroid(shapes[points])).T
        tint = [dark[i] for i in np.flatnonzero(points)]
        size = min(30.0, 6_000.0 / len(shapes) + 1.0)
        axes.scatter(x, y, s=size, c=tint, zorder=4, linewidths=0)


def draw_styled(
    axes: Axes, barriers: Sequence[tuple[Style, Shapes]], fine: float
) -> None:
    """Draw barriers: water is filled; of other areas only the border is drawn."""
    for style, shapes in barriers:
        flat = shapes[shapely.get_dimensions(shapes) == 2]
        if style.name == "Water":
            fill(axes, flat, [style.colour] * len(flat), zorder=3.5)
        drawn = shapes[shapely.get_dimensions(shapes) == 1]
        drawn = np.concatenate([drawn, shapely.boundary(flat)])
        width = style.width * fine
        if style.crossed:
            dash = {"linestyle": CROSSED, "color": style.colour}
            lines(axes, drawn, color="white", linewidth=width, zorder=5)
            lines(axes, drawn, linewidth=0.8 * width, zorder=5.1, **dash)
            continue
        lines(axes, drawn, color=style.colour, linewidth=width, zorder=5)
        if style.dashed:
            dash = {"linestyle": (0, (4, 4)), "color": "white"}
            lines(axes, drawn, linewidth=width / 2, zorder=5.1, **dash)


def _lots(axes: Axes, layout: MapLayout) -> None:
    bold = sqrt(layout.fine)
    outline(axes, layout.lot_areas, color="white", linewidth=4.4 * bold, zorder=4.5)
    outline(axes, layout.lot_areas, color=LOT_INK, linewidth=2.4 * bold, zorder=6)


def _lot_links(axes: Axes, layout: MapLayout) -> None:
    """From part to part of a lot, a dot at both ends."""
    if layout.lot_links:
        drawn, bold = np.array(layout.lot_links, object), sqrt(layout.fine)
        x, y = shapely.get_coordinates(drawn).T
        lines(axes, drawn, color="white", linewidth=3.8 * bold, zorder=6.2)
        axes.scatter(x, y, s=26 * bold, c="white", zorder=6.2, linewidths=0)
        lines(axes, drawn, color=LOT_INK, linewidth=1.8 * bold, zorder=6.3)
        axes.scatter(x, y, s=13 * bold, c=LOT_INK, zorder=6.3, linewidths=0)


def draw_bridges(axes: Axes, region: Region) -> None:
    """Draw bridges from unit to unit."""
    if len(region.bridges):
        drawn = shapely.linestrings(region.xy[region.bridges])
        dots = {"linestyle": (0, (1, 1)), "color": BRIDGE}
        lines(axes, drawn, color="white", linewidth=3.6, zorder=6.5)
        lines(axes, drawn, linewidth=2.2, zorder=6.6, **dots)
