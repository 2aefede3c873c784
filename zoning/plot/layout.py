"""The layout of a map: what it shows, how large, and where things lie."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.check import Verdict, judge
from zoning.lots import Lots
from zoning.lots.lot import Lot
from zoning.plan import Plan
from zoning.plot.barriers import Style, barriers_in_view, named_lines
from zoning.plot.colours import colours
from zoning.plot.fonts import can_write, writer, written
from zoning.plot.lot_links import lot_links_of
from zoning.plot.place_names import named_compounds, named_streets
from zoning.plot.rules import Hatch, kept_zones, pinned_places
from zoning.plot.zone_polygons import usual_distance
from zoning.region import Region
from zoning.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Shapes = NDArray[Any]

WIDEST, HIGHEST = 8.6, 8.0  # inches of map, margins and panel not counted
PANEL, MARGIN, HEAD = 3.45, 0.25, 0.85  # inches
HIDDEN = 0.03  # inches of land that the outline of a lot hides
CROWDED, TOO_MANY = 60, 400  # zones: smaller numbers above, none above


@dataclass(frozen=True, eq=False)
class MapLayout:
    """What a map shows and the room it has; sizes on paper are inches.

    Parameters
    ----------
    plan, lots, result
        What to draw, and how good it is proved to be.
    areas
        The area of each zone, metres.
    ax
        Axes to draw on; none: a page is made, with a title and a panel.
    """

    plan: Plan
    lots: Lots | None
    result: Result | None
    areas: Shapes
    ax: Axes | None = field(default=None, kw_only=True)

    @cached_property
    def region(self) -> Region:
        """The region of the plan."""
        return self.plan.problem.edited_region

    @cached_property
    def verdict(self) -> Verdict:
        """What the checker says of the plan."""
        return judge(self.plan)

    @cached_property
    def lot_list(self) -> tuple[Lot, ...]:
        """The lots, if any."""
        return () if self.lots is None else self.lots.lots

    @property
    def zone_names(self) -> tuple[str, ...]:
        """What each zone is called."""
        return self.verdict.names

    @cached_property
    def lot_names(self) -> tuple[str, ...]:
        """What each lot is called on the map."""
        return tuple(str(number + 1) for number in range(len(self.lot_list)))

    @cached_property
    def lot_areas(self) -> Shapes:
        """The area of each lot: those of its zones in one."""
        areas = np.empty(len(self.lot_list), object)
        for number, lot in enumerate(self.lot_list):
            areas[number] = shapely.union_all(self.areas[list(lot.zones)])
        return areas

    @cached_property
    def lot_links(self) -> list[Any]:
        """Lines that join parts of a lot which the map shows apart."""
        if self.plan.num_zones > TOO_MANY:
            return []
        hidden = HIDDEN / self.inch
        made = (
            lot_links_of(self.plan, lot, self.areas, hidden) for lot in self.lot_list
        )
        return [line for some in made for line in some]

    @cached_property
    def colour(self) -> list[int]:
        """The place in the palette of each zone's colour."""
        return colours(self.areas, 0.5 * usual_distance(self.region))

    @cached_property
    def barriers(self) -> list[tuple[Style, Shapes]]:
        """Barriers in view, by how they are drawn."""
        return barriers_in_view(self.region, self.view, self.plan.problem.rules)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """What each zone is called on the map: its name if a font has its letters."""
        return tuple(written(self.zone_names))

    @cached_property
    def kept(self) -> list[tuple[Hatch, list[int]]]:
        """Zones that rules keep as they are, by how they are drawn."""
        return kept_zones(self.plan, self.verdict.names)

    @cached_property
    def pins(self) -> NDArray[np.float64]:
        """Places of buildings that rules put into a zone."""
        return pinned_places(self.plan)

    @cached_property
    def names(self) -> list[tuple[str, Style, Any]]:
        """Names of barriers that can be written, and the line each is written along."""
        return [one for one in self._all_names if can_write(one[0])]

    @cached_property
    def streets(self) -> list[tuple[str, Any]]:
        """Names of streets that can be written, and the line of each."""
        write = writer()
        return [one for one in self._all_streets if write(one[0])]

    @cached_property
    def compounds(self) -> list[tuple[str, Any]]:
        """Names of compounds that can be written, and where each is."""
        write = writer()
        return [one for one in self._all_compounds if write(one[0])]

    @property
    def lacks_names(self) -> bool:
        """Some names of places are left off: no font has their letters."""
        some = (*self._all_names, *self._all_streets, *self._all_compounds)
        left = (*self.names, *self.streets, *self.compounds)
        return len(left) < len(some)

    @property
    def lacks_labels(self) -> bool:
        """Some zones are called by number: no font has the letters of their names."""
        return self.labels != self.zone_names

    @cached_property
    def _all_names(self) -> list[tuple[str, Style, Any]]:
        return named_lines(self.region, self.view)

    @cached_property
    def _all_streets(self) -> list[tuple[str, Any]]:
        told = {name for name, _, _ in self._all_names}
        found = named_streets(self.region, self.view)
        return [one for one in found if one[0] not in told]

    @cached_property
    def _all_compounds(self) -> list[tuple[str, Any]]:
        return named_compounds(self.region)

    # room

    @cached_property
    def view(self) -> Any:
        """The box that is drawn, in metres."""
        pad = 0.5 * usual_distance(self.region)
        low_x, low_y, high_x, high_y = shapely.total_bounds(self.areas)
        return shapely.box(low_x - pad, low_y - pad, high_x + pad, high_y + pad)

    @cached_property
    def inch(self) -> float:
        """Inches to a metre."""
        low_x, low_y, high_x, high_y = self.view.bounds
        if self.ax is not None:
            box, dpi = self.ax.get_window_extent(), self.ax.figure.dpi
            return float(
                min(box.width / (high_x - low_x), box.height / (high_y - low_y)) / dpi
            )
        room = 1.0 if self.plan.num_zones <= CROWDED else 1.45
        return float(room * min(WIDEST / (high_x - low_x), HIGHEST / (high_y - low_y)))

    @cached_property
    def size(self) -> tuple[float, float]:
        """Width and height of the map."""
        low_x, low_y, high_x, high_y = self.view.bounds
        return (high_x - low_x) * self.inch, (high_y - low_y) * self.inch

    @cached_property
    def fine(self) -> float:
        """At most 1: strokes are thinner where zones are small."""
        usual = sqrt(float(np.median(shapely.area(self.areas)))) * self.inch
        return min(1.0, max(0.3, usual))

    @property
    def pin(self) -> float:
        """Points a pin is high."""
        return max(6.0, 13.0 * self.fine)

    def inches(self, at: Any) -> tuple[float, float]:
        """A place in metres as inches from the lower left corner of the map."""
        low_x, low_y, _, _ = self.view.bounds
        return float(at[0] - low_x) * self.inch, float(at[1] - low_y) * self.inch

    def metres(self, x: float, y: float) -> tuple[float, float]:
        """The reverse of `inches`."""
        low_x, low_y, _, _ = self.view.bounds
        return x / self.inch + low_x, y / self.inch + low_y

    def prepare(self, axes: Axes) -> None:
        """Let axes show the map in metres."""
        show_land(axes, self.view)

    def page(self, panel_height: float) -> tuple[Figure, Axes, Axes | None]:
        """An empty page: the figure, the map in metres, the panel in inches.

        On axes that were given there is the map alone, and no panel.
        """
        if self.ax is not None:
            self.prepare(self.ax)
            self.ax.set_aspect("equal")
            return figure_of(self.ax), self.ax, None
        return page_of(self.view, self.inch, panel_height)


def show_land(axes: Axes, view: Any) -> None:
    """Let axes show this land in metres."""
    low_x, low_y, high_x, high_y = view.bounds
    axes.set(xlim=(low_x, high_x), ylim=(low_y, high_y), xticks=[], yticks=[])
    axes.set_facecolor("#FAF9F6")
    for spine in axes.spines.values():
        spine.set(color="#BBBBBB", linewidth=0.8)


def page_of(view: Any, inch: float, panel_height: float) -> tuple[Figure, Axes, Axes]:
    """An empty page for this land at so many inches a metre, a panel beside it."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    low_x, low_y, high_x, high_y = view.bounds
    size = (high_x - low_x) * inch, (high_y - low_y) * inch
    wide = size[0] + PANEL + 3 * MARGIN
    tall = max(size[1], panel_height) + HEAD + MARGIN
    figure = Figure(figsize=(wide, tall), facecolor="white")
    FigureCanvasAgg(figure)
    width, height = figure.get_size_inches()
    top = height - HEAD

    def axes_at(x: float, y: float, wide: float, tall: float) -> Axes:
        return figure.add_axes((x / width, y / height, wide / width, tall / height))

    axes = axes_at(MARGIN, top - size[1], *size)
    show_land(axes, view)
    panel = axes_at(2 * MARGIN + size[0], MARGIN, PANEL, top - MARGIN)
    panel.set(xlim=(0, PANEL), ylim=(MARGIN, top))
    panel.axis("off")
    return figure, axes, panel


def empty_axes(
    inches: tuple[float, float], box: tuple[float, float, float, float]
) -> Axes:
    """Axes on a white figure of this size; `box` is in parts of it."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=inches, facecolor="white")
    FigureCanvasAgg(figure)
    return figure.add_axes(box)


def figure_of(axes: Axes) -> Figure:
    """The whole figure that axes stand in, be it within a subfigure."""
    return axes.figure.figure
