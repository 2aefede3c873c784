"""Barriers in view of a map: how each kind looks, and what they are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.adjacency.buildings import UNNAMED
from zoning.plot.place_names import longest
from zoning.plot.rules import softened
from zoning.plot.strokes import clipped
from zoning.reading.around import named
from zoning.region import Region
from zoning.rules import Rule

Shapes = NDArray[Any]


@dataclass(frozen=True)
class Style:
    """How a kind of barrier is drawn.

    Parameters
    ----------
    name
        What the legend calls it.
    words
        A kind that has one of these in it is drawn so.
    colour, ink
        Of the line, and of names along it.
    width
        Of the line, points.
    dashed
        White dashes lie over the line.
    crossed
        A rule lets zones cross it: of the line only dashes are left.
    """

    name: str
    words: tuple[str, ...]
    colour: str
    ink: str
    width: float
    dashed: bool = False
    crossed: bool = False

    @property
    def told(self) -> str:
        """What the legend says of it."""
        if self.crossed:
            return f"{self.name} that zones may cross"
        return f"{self.name} (only a bridge crosses it)"


WATER = ("water", "river", "canal", "stream", "lake")
ROAD = ("arterial", "road", "highway", "street")
STYLES = (
    Style("Water", WATER, "#5BA3D9", "#1F5F94", 3.2),
    Style("Railway", ("rail", "tram"), "#4D4D4D", "#333333", 2.0, dashed=True),
    Style("Wall", ("wall", "fence"), "#7A4B2A", "#7A4B2A", 1.8),
    Style("Arterial road", ROAD, "#8C8C8C", "#555555", 4.0),
    Style("Barrier", (), "#8C8C8C", "#555555", 2.6),
)


def style_of(kind: str) -> Style:
    """How a kind is drawn; the last style is for kinds nobody thought of."""
    kind = kind.lower()
    return next((s for s in STYLES if any(w in kind for w in s.words)), STYLES[-1])


def barriers_in_view(
    region: Region, view: Any, rules: Sequence[Rule] = ()
) -> list[tuple[Style, Shapes]]:
    """Barriers in view, by how they are drawn; rules may let zones cross some."""
    frame = region.source.barriers
    if frame is None or not len(frame):
        return []
    kinds = [barrier.kind for barrier in named(frame)]
    found: dict[Style, list[Any]] = {}
    shapes = clipped(frame.geometry.to_numpy(), view)
    soft = softened(frame, rules).tolist()
    for kind, shape, crossed in zip(kinds, shapes, soft, strict=True):
        if not shapely.is_empty(shape):
            style = replace(style_of(kind), crossed=crossed)
            found.setdefault(style, []).append(shape)
    names = [style.name for style in STYLES]
    order = sorted(found, key=lambda style: (names.index(style.name), style.crossed))
    return [
        (style, shapely.get_parts(np.array(found[style], object))) for style in order
    ]


def named_lines(region: Region, view: Any) -> list[tuple[str, Style, Any]]:
    """Name, style and longest line in view of every barrier that has a name."""
    frame = region.source.barriers
    if frame is None or "name" not in frame:
        return []
    found: dict[tuple[str, str], list[Any]] = {}
    shapes = clipped(frame.geometry.to_numpy(), view)
    for barrier, shape in zip(named(frame), shapes, strict=True):
        told = not barrier.name.startswith(UNNAMED)
        if told and shapely.get_dimensions(shape) == 1 and shapely.length(shape):
            found.setdefault((barrier.name, barrier.kind), []).append(shape)
    return [
        (name, style_of(kind), longest(parts))
        for (name, kind), parts in sorted(found.items(), key=lambda item: item[0])
    ]
