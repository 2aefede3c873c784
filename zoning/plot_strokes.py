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
