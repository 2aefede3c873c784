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
_PIECES = 5_000  # of a path that is drawn at once
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
    """Fill many polygons, those of a colour together: fast; courts are filled too."""
    parts, of = shapely.get_parts(shapes, return_index=True)
    solid = shapely.get_dimensions(parts) == 2
    rings = shapely.get_exterior_ring(parts[solid])
    tint = np.array(colour, object)[of[solid]]
    for one in dict.fromkeys(colour):
        filled = {"facecolor": one, "edgecolor": "none", **look}
        _together(axes, rings[tint == one], **filled)


def many_lines(axes: Axes, shapes: Shapes, color: str, **look: Any) -> None:
    """Draw many lines of one look: fast, where `lines` draws each by itself."""
    parts = shapely.get_parts(shapes)
    drawn = {"facecolor": "none", "edgecolor": color, **look}
    _together(axes, parts[shapely.get_dimensions(parts) == 1], **drawn)


def _together(axes: Axes, curves: Shapes, **look: Any) -> None:
    """Draw lines or rings as few paths of many pieces each."""
    from matplotlib.collections import PathCollection
    from matplotlib.path import Path as Outline

    made = []
    for start in range(0, len(curves), _PIECES):
        some = curves[start : start + _PIECES]
        xy, of = shapely.get_coordinates(some, return_index=True)
        fresh = np.ones(len(of), bool)
        fresh[1:] = np.diff(of) != 0
        codes = np.where(fresh, Outline.MOVETO, Outline.LINETO).astype(np.uint8)
        made.append(Outline(xy, codes))
    axes.add_collection(PathCollection(made, **look), autolim=False)


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
