"""What a map shows from the ground up: zones, buildings, barriers, lots, bridges."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
import shapely

from zoning.plot.colours import BRIDGE, LOT_INK, PALETTE
from zoning.plot.layout import Sheet
from zoning.plot.strokes import (
    CROSSED,
    clipped,
    fill,
    hatch,
    lines,
    outline,
    pins,
)
from zoning.plot.zone_polygons import shapes_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_land(axes: Axes, sheet: Sheet) -> None:
    """Draw all of a map that is not words."""
    fill(axes, sheet.areas, [PALETTE[c][0] for c in sheet.colour], zorder=1)
    for look, zones in sheet.kept:
        hatch(axes, sheet.areas[zones], look.pattern, zorder=1.5)
    _streets(axes, sheet)
    outline(axes, sheet.areas, color="white", linewidth=1.6 * sheet.fine, zorder=3)
    _buildings(axes, sheet)
    _barriers(axes, sheet)
    _lots(axes, sheet)
    _ties(axes, sheet)
    _bridges(axes, sheet)
    if len(sheet.pins):
        pins(axes, sheet.pins, sheet.pin)


def _streets(axes: Axes, sheet: Sheet) -> None:
    streets, fine = sheet.region.source.streets, sheet.fine
    if streets is not None and len(streets):
        drawn = clipped(streets.geometry.to_numpy(), sheet.view)
        lines(axes, drawn, color="#FFFFFF", linewidth=2.2 * fine, zorder=2)
        lines(axes, drawn, color="#B9B4AA", linewidth=0.7 * fine, zorder=2.1)


def _buildings(axes: Axes, sheet: Sheet) -> None:
    """Footprints, and dots where there are none."""
    shapes, unit_of = shapes_of(sheet.region)
    dark = [PALETTE[sheet.colour[k]][1] for k in sheet.plan.zone_of[unit_of]]
    points = shapely.get_dimensions(shapes) == 0
    solid = np.flatnonzero(~points)
    fill(axes, shapes[solid], [dark[i] for i in solid], zorder=4)
    if points.any():
        x, y = shapely.get_coordinates(shapely.centroid(shapes[points])).T
        tint = [dark[i] for i in np.flatnonzero(points)]
        size = min(30.0, 6_000.0 / len(shapes) + 1.0)
        axes.scatter(x, y, s=size, c=tint, zorder=4, linewidths=0)


def _barriers(axes: Axes, sheet: Sheet) -> None:
    """Water is filled; of other areas only the border is drawn."""
    for style, shapes in sheet.barriers:
        flat = shapes[shapely.get_dimensions(shapes) == 2]
        if style.name == "Water":
            fill(axes, flat, [style.colour] * len(flat), zorder=3.5)
        drawn = shapes[shapely.get_dimensions(shapes) == 1]
        drawn = np.concatenate([drawn, shapely.boundary(flat)])
        width = style.width * sheet.fine
        if style.crossed:
            dash = {"linestyle": CROSSED, "color": style.colour}
            lines(axes, drawn, color="white", linewidth=width, zorder=5)
            lines(axes, drawn, linewidth=0.8 * width, zorder=5.1, **dash)
            continue
        lines(axes, drawn, color=style.colour, linewidth=width, zorder=5)
        if style.dashed:
            dash = {"linestyle": (0, (4, 4)), "color": "white"}
            lines(axes, drawn, linewidth=width / 2, zorder=5.1, **dash)


def _lots(axes: Axes, sheet: Sheet) -> None:
    bold = sqrt(sheet.fine)
    outline(axes, sheet.lot_areas, color="white", linewidth=4.4 * bold, zorder=4.5)
    outline(axes, sheet.lot_areas, color=LOT_INK, linewidth=2.4 * bold, zorder=6)


def _ties(axes: Axes, sheet: Sheet) -> None:
    """From part to part of a lot, a dot at both ends."""
    if sheet.ties:
        drawn, bold = np.array(sheet.ties, object), sqrt(sheet.fine)
        x, y = shapely.get_coordinates(drawn).T
        lines(axes, drawn, color="white", linewidth=3.8 * bold, zorder=6.2)
        axes.scatter(x, y, s=26 * bold, c="white", zorder=6.2, linewidths=0)
        lines(axes, drawn, color=LOT_INK, linewidth=1.8 * bold, zorder=6.3)
        axes.scatter(x, y, s=13 * bold, c=LOT_INK, zorder=6.3, linewidths=0)


def _bridges(axes: Axes, sheet: Sheet) -> None:
    bridges = sheet.region.bridges
    if len(bridges):
        drawn = shapely.linestrings(sheet.region.xy[bridges])
        dots = {"linestyle": (0, (1, 1)), "color": BRIDGE}
        lines(axes, drawn, color="white", linewidth=3.6, zorder=6.5)
        lines(axes, drawn, linewidth=2.2, zorder=6.6, **dots)
