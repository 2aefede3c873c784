"""Strokes of a map: shapes filled, outlined, or drawn as lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Shapes = NDArray[Any]

HATCH = "#8B867C"  # colour of patterns
PIN = "#C21807"
CROSSED = (0, (2.0, 1.6))  # dashes of what zones may cross


def fill(axes: Axes, shapes: Shapes, colour: Sequence[str], *, zorder: float) -> None:
    """Fill polygons, each in its colour; what has no area is passed over."""
    from matplotlib.collections import PathCollection

    kept = [i for i in range(len(shapes)) if not shapely.is_empty(shapes[i])]
    made = PathCollection(
        [_path(shapes[i]) for i in kept],
        facecolors=[colour[i] for i in kept],
        edgecolors="none",
        zorder=zorder,
    )
    axes.add_collection(made, autolim=False)


def footprints(axes: Axes, shapes: Shapes, colour: Sequence[str], **look: Any) -> None:
    """Fill many small polygons, each in its colour, fast: courts are filled as well."""
    from matplotlib.collections import PolyCollection

    parts, of = shapely.get_parts(shapes, return_index=True)
    solid = shapely.get_dimensions(parts) == 2
    parts, of = parts[solid], of[solid]
    rings = shapely.get_exterior_ring(parts)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    first = np.flatnonzero(np.diff(ring)) + 1
    made = PolyCollection(
        np.split(xy, first),
        facecolors=[colour[i] for i in of.tolist()],
        edgecolors="none",
        **look,
    )
    axes.add_collection(made, autolim=False)


def hatch(
    axes: Axes, areas: Shapes, pattern: str, *, zorder: float, colour: str = HATCH
) -> None:
    """Lay a pattern over polygons."""
    from matplotlib.patches import PathPatch

    look: dict[str, Any] = {"facecolor": "none", "edgecolor": colour, "linewidth": 0}
    for area in areas:
        if not shapely.is_empty(area):
            axes.add_patch(PathPatch(_path(area), hatch=pattern, zorder=zorder, **look))


def outline(axes: Axes, areas: Shapes, **look: Any) -> None:
    """Draw the borders of polygons."""
    lines(axes, shapely.boundary(areas), **look)


def lines(axes: Axes, shapes: Shapes, **look: Any) -> None:
    """Draw lines; what is no line is passed over."""
    from matplotlib.collections import LineCollection

    parts = shapely.get_parts(shapes)
    parts = parts[shapely.get_dimensions(parts) == 1]
    made = LineCollection(
        [shapely.get_coordinates(part) for part in parts],
        capstyle="butt",
        joinstyle="round",
        **look,
    )
    axes.add_collection(made, autolim=False)


def pins(axes: Axes, places: NDArray[np.float64], size: float) -> None:
    """Stick pins `size` points high into places, their tips there."""
    x, y = places.T
    look: dict[str, Any] = {"c": PIN, "edgecolors": "white", "linewidths": 0.6}
    # a marker that reaches up from its place is half as high as it counts
    axes.scatter(x, y, marker=_pin(), s=(2 * size) ** 2, zorder=7.8, **look)


def _pin() -> Any:
    """A drop on its tip, with a round hole."""
    from matplotlib.path import Path as Outline

    turn = np.radians(np.linspace(-35, 215, 24))
    head = np.column_stack([np.cos(turn), np.sin(turn) + 2.0])
    tip = np.zeros((1, 2))
    turn = np.radians(np.linspace(360, 0, 24))  # the other way round: a hole
    hole = np.column_stack([0.42 * np.cos(turn), 0.42 * np.sin(turn) + 2.0])
    rings = (np.concatenate([tip, head, tip]), hole)
    return Outline.make_compound_path(*(Outline(ring, closed=True) for ring in rings))


def clipped(shapes: Shapes, view: Any) -> Shapes:
    """The part of each shape that is in view, mended where it was invalid."""
    flat = shapely.force_2d(np.asarray(shapes))
    valid = shapely.is_valid(flat)
    flat = np.where(valid, flat, shapely.make_valid(flat))
    return np.asarray(shapely.intersection(flat, view))


def _path(shape: Any) -> Any:
    from matplotlib.path import Path as Outline

    parts = shapely.get_parts(shape)
    parts = parts[shapely.get_dimensions(parts) == 2]
    rings = shapely.get_rings(parts)
    return Outline.make_compound_path(
        *(Outline(shapely.get_coordinates(ring), closed=True) for ring in rings)
    )
