"""Labels on a map: zone numbers, lots, names of barriers; no two on one spot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.plot.colours import INK, LOT_INK
from zoning.plot.fonts import families
from zoning.plot.layout import CROWDED, TOO_MANY, MapLayout

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

ROUND = 3  # longer names are not put into circles
STREET_INK = "#6B655B"
FEW_PINS = 40  # labels keep off so many pins


@dataclass(frozen=True)
class Box:
    """Room a label takes on the map, inches from its lower left corner."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Box) -> bool:
        """The two share some room."""
        return (
            abs(self.x - other.x) * 2 < self.width + other.width
            and abs(self.y - other.y) * 2 < self.height + other.height
        )


class Labels:
    """The labels of one map; `taken` is the room of those that are placed."""

    def __init__(self, axes: Axes, layout: MapLayout) -> None:
        self.axes, self.layout = axes, layout
        self.taken: list[Box] = []

    def write(self) -> None:
        """Place them all, the most important first; pins are left to be seen."""
        if len(self.layout.pins) <= FEW_PINS:
            self.taken += [self._pin(at) for at in self.layout.pins]
        self._numbers()
        self._lot_labels()
        self._barrier_names()
        self._street_names()
        self._compound_names()

    def _numbers(self) -> None:
        """The name of each zone where it is run from; a number in a circle."""
        count = self.layout.plan.num_zones
        if count > TOO_MANY:
            xy = self.layout.region.xy[self.layout.verdict.center]
            self.axes.scatter(
                xy[:, 0],
                xy[:, 1],
                s=4 * self.layout.fine,
                c=INK,
                zorder=8,
                linewidths=0,
            )
            return
        size = max(3.5, 10.0 * self.layout.fine**0.8)
        for label, center in zip(
            self.layout.labels, self.layout.verdict.center.tolist(), strict=True
        ):
            x, y = self.layout.inches(self.layout.region.xy[center])
            high = wide = size / 72 * 1.9
            if len(label) > ROUND:
                font = {"size": size, "family": families()}
                wide = self._extent(label, **font)[0] + 0.9 * size / 72
            spots = [Box(x + a, y + b, wide, high) for a, b in _around(high)]
            shape = "circle,pad=0.22" if len(label) <= ROUND else "round,pad=0.3"
            self._place(
                spots,
                label,
                home=((x, y), 13),
                fontsize=size,
                family=families(),
                zorder=8,
                bbox={"boxstyle": shape, "fc": "white", "ec": INK}
                | {"lw": self.layout.fine},
            )

    def _lot_labels(self) -> None:
        size = max(5.0, 11.0 * sqrt(self.layout.fine))
        must = len(self.layout.lot_list) <= 2 * CROWDED
        for number, area in enumerate(self.layout.lot_areas):
            text = f"Lot {self.layout.lot_names[number]}"
            wide, high = (
                side + 0.6 * size / 72 + 0.03
                for side in self._extent(text, size=size, weight="bold")
            )
            inside = [self.layout.inches(at) for at in _spots_inside(area)]
            x, y = inside[0]
            beside = [(x + a, y + b) for a, b in _around(1.2 * high)]
            spots = [Box(*at, wide, high) for at in (*inside, *beside)]
            look = {"boxstyle": "round,pad=0.25", "fc": LOT_INK, "ec": "white"}
            self._place(
                spots,
                text,
                home=(inside[0], len(inside)),
                must=must,
                fontsize=size,
                zorder=9,
                color="white",
                weight="bold",
                bbox={**look, "lw": self.layout.fine},
            )

    def _barrier_names(self) -> None:
        for name, style, line in self.layout.names:
            self._along(line, name, style.ink)

    def _street_names(self) -> None:
        for name, line in self.layout.streets:
            self._along(line, name, STREET_INK, size=max(5.0, 7.0 * self.layout.fine))

    def _compound_names(self) -> None:
        """Names of compounds where they lie, where there is room."""
        from matplotlib.patheffects import withStroke

        rim = [withStroke(linewidth=1.8, foreground="white")]
        size = max(4.5, 6.5 * self.layout.fine)
        font: dict[str, Any] = {"family": families()}
        for name, at in self.layout.compounds:
            wide, high = self._extent(name, size=size, **font)
            x, y = self.layout.inches(at)
            near = ((x, y + step * high) for step in (0, -1, 1, -2.3, 2.3))
            spots = [Box(*spot, wide, 1.1 * high) for spot in near]
            look = {"fontsize": size, "color": INK, "zorder": 6.9, **font}
            look["path_effects"] = rim
            self._place(spots, name, home=((x, y), len(spots)), must=False, **look)

    def _along(self, line: Any, name: str, ink: str, size: float = 8.0) -> None:
        """A name along its line, where it has room."""
        wide, high = self._extent(name, size=size, family=families())
        if shapely.length(line) * self.layout.inch < wide:
            return
        for share in (0.5, 0.35, 0.65, 0.2, 0.8, 0.1, 0.9):
            at, turn = _place_along(line, share)
            box = _turned(*self.layout.inches(at), wide, high, turn)
            if self._fits(box):
                self.taken.append(box)
                self._name(name, at, turn, ink, size)
                return

    def _name(self, name: str, at: Floats, turn: float, ink: str, size: float) -> None:
        plate = {"boxstyle": "round,pad=0.12", "fc": "white", "ec": "none"}
        self.axes.text(
            float(at[0]),
            float(at[1]),
            name,
            fontsize=size,
            color=ink,
            ha="center",
            va="center",
            rotation=turn,
            family=families(),
            style="italic",
            zorder=7,
            bbox={**plate, "alpha": 0.9},
        )

    # placing

    def _pin(self, at: Floats) -> Box:
        """The room of a pin whose tip is there."""
        (x, y), high = self.layout.inches(at), self.layout.pin / 72
        return Box(x, y + high / 2, 0.7 * high, high)

    def _extent(self, text: str, **font: Any) -> tuple[float, float]:
        """Width and height of a text, inches."""
        from matplotlib.backends.backend_agg import RendererAgg
        from matplotlib.font_manager import FontProperties

        dpi = self.axes.figure.dpi
        renderer: Any = RendererAgg(1, 1, dpi)  # type: ignore[no-untyped-call] # theirs
        wide, high, _ = renderer.get_text_width_height_descent(
            text, FontProperties(**font), False
        )
        return wide / dpi, high / dpi

    def _fits(self, box: Box) -> bool:
        inside = (
            box.width / 2 <= box.x <= self.layout.size[0] - box.width / 2
            and box.height / 2 <= box.y <= self.layout.size[1] - box.height / 2
        )
        return inside and not any(box.meets(other) for other in self.taken)

    def _place(
        self,
        spots: Sequence[Box],
        text: str,
        *,
        home: tuple[tuple[float, float], int],
        must: bool = True,
        **look: Any,
    ) -> None:
        """Put a label on the first free spot.

        From a spot that is not one of the first few a line leads home.
        """
        found = (i for i, spot in enumerate(spots) if self._fits(spot))
        at = next(found, 0 if must else None)
        if at is None:
            return
        spot, (there, near) = spots[at], home
        self.taken.append(spot)
        x, y = self.layout.metres(spot.x, spot.y)
        if at >= near:
            ends = np.array([[x, y], self.layout.metres(*there)])
            line: dict[str, Any] = {"color": INK, "linewidth": 0.9}
            self.axes.plot(ends[:, 0], ends[:, 1], zorder=7.5, **line)
        self.axes.text(x, y, text, ha="center", va="center_baseline", **look)


def _place_along(line: Any, share: float) -> tuple[Floats, float]:
    """A place on a line, and how words along it are turned there, degrees."""
    at, before, after = (
        shapely.get_coordinates(
            shapely.line_interpolate_point(line, s, normalized=True)
        )[0]
        for s in (share, max(0.0, share - 0.04), min(1.0, share + 0.04))
    )
    turn = float(np.degrees(np.arctan2(*(after - before)[::-1])))
    return at, (turn + 90) % 180 - 90


def _turned(x: float, y: float, wide: float, high: float, turn: float) -> Box:
    """The room of words that are turned."""
    cos, sin = abs(np.cos(np.radians(turn))), abs(np.sin(np.radians(turn)))
    width, height = wide * cos + high * sin, wide * sin + high * cos
    return Box(x, y, float(width) + 0.05, float(height) + 0.05)


def _around(step: float) -> Iterator[tuple[float, float]]:
    """Offsets to try for a label, the nearest first."""
    yield 0.0, 0.0
    for ring in (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0):
        for turn in np.linspace(0, 2 * np.pi, 12, endpoint=False):
            yield ring * step * float(np.cos(turn)), ring * step * float(np.sin(turn))


def _spots_inside(area: Any) -> list[Floats]:
    """Places in an area, those far from its border first."""
    low_x, low_y, high_x, high_y = area.bounds
    steps = 24
    x, y = np.meshgrid(
        np.linspace(low_x, high_x, steps), np.linspace(low_y, high_y, steps)
    )
    points = shapely.points(x.ravel(), y.ravel())
    points = points[shapely.contains(area, points)]
    if not len(points):
        return [shapely.get_coordinates(shapely.point_on_surface(area))[0]]
    depth = shapely.distance(points, shapely.boundary(area))
    order = np.argsort(-np.round(depth, 3), kind="stable")
    return list(shapely.get_coordinates(points[order]))
