"""The picture of an inspection: buildings by weight, neighbours, barriers, bridges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.analysis.inspection import Inspection
from zoning.plot.barriers import Style, barriers_in_view
from zoning.plot.colours import BRIDGE, INK, LOT_INK
from zoning.plot.fonts import can_write, families
from zoning.plot.labels import Box
from zoning.plot.layout import HIGHEST, MARGIN, WIDEST, page_of
from zoning.plot.legend import PanelWriter, wide
from zoning.plot.map_layers import draw_bridges, draw_styled
from zoning.plot.picture import save_figure
from zoning.plot.side_panel import BELOW, write_scale, write_strokes
from zoning.plot.strokes import clipped, footprints, many_lines, outline
from zoning.plot.zone_polygons import shapes_of, usual_distance
from zoning.region import Region
from zoning.text.lists import so_many

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Shapes = NDArray[Any]

DPI = 160
NAMED = 6  # of the heaviest units
# What a unit is of a fair share, from the least on -> its colour.
WEIGHTS = (
    (0.0, "#F3DDB0"),
    (0.05, "#EDB867"),
    (0.2, "#D9803A"),
    (0.5, "#AE4524"),
    (1.0, "#5E1330"),
)
LAND, LINK, STREET = "#E9E5DC", "#7C8A99", "#C9C4BA"  # compounds, neighbours
_OUTLINED = 60  # parts that are drawn round
_CONCAVE = 0.05  # how closely; 1 would be their convex hull
_SPOTS = ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1))


def draw_inspection(found: Inspection) -> Figure:
    """Map of what was read: who touches whom, what is heavy, what bridges join."""
    sheet = _Sheet(found)
    scratch = _Height()
    _write(scratch.writer, sheet)
    figure, axes, panel = page_of(sheet.view, sheet.inch, scratch.inches + BELOW)
    _draw(axes, sheet)
    _names(axes, sheet)
    _write_title(figure, found)
    _write(PanelWriter(panel), sheet)
    write_scale(panel, sheet.inch)
    return figure


def save(path: str | Path, found: Inspection) -> None:
    """Write the picture as PNG; the same region and fonts give the same bytes."""
    save_figure(draw_inspection(found), path, dpi=DPI)


class _Height:
    """A page to throw away, to learn how high a panel is."""

    def __init__(self) -> None:
        from matplotlib.figure import Figure

        axes = Figure().add_axes((0, 0, 1, 1))
        axes.set(ylim=(0, 100))
        self.writer = PanelWriter(axes)

    @property
    def inches(self) -> float:
        return 100 - self.writer.y


@dataclass(frozen=True, eq=False)
class _Sheet:
    """What is drawn, where, and how large."""

    found: Inspection

    @property
    def region(self) -> Region:
        return self.found.region

    @cached_property
    def shapes(self) -> tuple[Shapes, NDArray[np.int64]]:
        return shapes_of(self.region)

    @cached_property
    def view(self) -> Any:
        pad = 0.75 * usual_distance(self.region)
        low_x, low_y, high_x, high_y = shapely.total_bounds(self.shapes[0])
        return shapely.box(low_x - pad, low_y - pad, high_x + pad, high_y + pad)

    @cached_property
    def inch(self) -> float:
        low_x, low_y, high_x, high_y = self.view.bounds
        return float(min(WIDEST / (high_x - low_x), HIGHEST / (high_y - low_y)))

    @cached_property
    def fine(self) -> float:
        """At most 1: strokes are thinner where units stand close on paper."""
        return min(1.0, max(0.12, 3.0 * usual_distance(self.region) * self.inch))

    @cached_property
    def barriers(self) -> list[tuple[Style, Shapes]]:
        return barriers_in_view(self.region, self.view)

    @cached_property
    def colour(self) -> list[str]:
        """Of each unit, by its weight."""
        share = self.found.shares
        steps = [least for least, _ in WEIGHTS]
        return [WEIGHTS[k][1] for k in np.searchsorted(steps, share, "right") - 1]

    @cached_property
    def compounds(self) -> Shapes:
        """The land around the buildings of each unit that has several."""
        shapes, unit_of = self.shapes
        order = np.argsort(unit_of, kind="stable")
        whole = shapely.geometrycollections(shapes[order], indices=unit_of[order])
        several = np.bincount(unit_of, minlength=len(self.region)) > 1
        land = shapely.convex_hull(whole[several])
        return np.asarray(land[shapely.get_dimensions(land) == 2])

    @cached_property
    def islands(self) -> Shapes:
        """Around the units of each part but the largest."""
        near, made = 0.7 * usual_distance(self.region), []
        for island in self.found.islands[1 : _OUTLINED + 1]:
            units = shapely.multipoints(self.region.xy[list(island.units)])
            made.append(
                shapely.buffer(shapely.concave_hull(units, ratio=_CONCAVE), near)
            )
        return clipped(np.array(made, object), self.view)

    def inches(self, at: Any) -> tuple[float, float]:
        low_x, low_y, _, _ = self.view.bounds
        return float(at[0] - low_x) * self.inch, float(at[1] - low_y) * self.inch

    def metres(self, x: float, y: float) -> tuple[float, float]:
        low_x, low_y, _, _ = self.view.bounds
        return x / self.inch + low_x, y / self.inch + low_y

    @cached_property
    def labels(self) -> list[tuple[int, str]]:
        """The heaviest units, and what is written: a number where no font can."""
        region = self.region
        heaviest = np.argsort(-region.load, kind="stable")[:NAMED].tolist()
        made = []
        for number, unit in enumerate(heaviest, 1):
            names = (region.labels[unit], region.names[unit], f"#{number}")
            made.append((unit, next(name for name in names if can_write(name))))
        return made


def _draw(axes: Axes, sheet: _Sheet) -> None:
    region, fine = sheet.region, sheet.fine
    shapes, unit_of = sheet.shapes
    land = [LAND] * len(sheet.compounds)
    footprints(axes, sheet.compounds, land, zorder=1)
    if region.source.streets is not None:
        streets = clipped(region.source.streets.geometry.to_numpy(), sheet.view)
        many_lines(axes, streets, STREET, linewidth=1.2 * fine, zorder=2)
    links = shapely.linestrings(region.xy[region.near_edges])
    many_lines(axes, links, LINK, linewidth=0.8 * fine, alpha=0.7, zorder=3)
    colour = [sheet.colour[i] for i in unit_of.tolist()]
    footprints(axes, shapes, colour, zorder=4)
    _points(axes, sheet, colour)
    draw_styled(axes, sheet.barriers, max(0.4, fine))
    outline(axes, sheet.islands, color=LOT_INK, linewidth=1.3, linestyle="--", zorder=6)
    draw_bridges(axes, region)
    _rings(axes, region)


def _rings(axes: Axes, region: Region) -> None:
    """Circles round bridges, which may be too short to be seen."""
    if len(region.bridges):
        x, y = region.xy[region.bridges].mean(axis=1).T
        look: dict[str, Any] = {"facecolors": "none", "linewidths": 1.4}
        axes.scatter(x, y, s=150, edgecolors=BRIDGE, zorder=6.7, **look)


def _points(axes: Axes, sheet: _Sheet, colour: list[str]) -> None:
    """Buildings without a footprint, as dots."""
    shapes, _ = sheet.shapes
    which = np.flatnonzero(shapely.get_dimensions(shapes) == 0)
    if len(which):
        x, y = shapely.get_coordinates(shapely.centroid(shapes[which])).T
        tint = [colour[i] for i in which.tolist()]
        size = min(30.0, 6_000.0 / len(shapes) + 1.0)
        axes.scatter(x, y, s=size, c=tint, zorder=4, linewidths=0)


def _names(axes: Axes, sheet: _Sheet) -> None:
    """Write the heaviest units beside their place, no two on one spot."""
    taken: list[Box] = []
    width, height = sheet.inches(sheet.view.bounds[2:])
    for unit, text in sheet.labels:
        x, y = sheet.inches(sheet.region.xy[unit])
        for spot in _spots(x, y, 0.075 * wide(text) + 0.12, 0.19):
            inside = spot.width / 2 < spot.x < width - spot.width / 2
            inside &= spot.height / 2 < spot.y < height - spot.height / 2
            if inside and not any(spot.meets(other) for other in taken):
                taken.append(spot)
                _name(axes, sheet, (x, y), spot, text)
                break


def _spots(x: float, y: float, wide: float, high: float) -> Iterator[Box]:
    """Room for a label around a place, the nearest first."""
    for far in (1.0, 1.8, 2.8):
        for across, up in _SPOTS:
            step_x, step_y = across * (wide / 2 + 0.1 * far), up * high * far
            yield Box(x + step_x, y + step_y, wide, high)


def _name(
    axes: Axes, sheet: _Sheet, home: tuple[float, float], spot: Box, text: str
) -> None:
    plate = {"boxstyle": "round,pad=0.18", "fc": "white", "ec": INK, "lw": 0.6}
    axes.annotate(
        text,
        sheet.metres(*home),
        sheet.metres(spot.x, spot.y),
        arrowprops={"arrowstyle": "-", "color": INK, "lw": 0.8, "shrinkB": 0},
        ha="center",
        va="center",
        fontsize=8,
        family=families(),
        zorder=9,
        bbox=plate,
    )


# --- words ---------------------------------------------------------------------------


def _write_title(figure: Figure, found: Inspection) -> None:
    width, height = figure.get_size_inches()
    region = found.region
    bold: dict[str, Any] = {"fontsize": 19, "weight": "bold", "color": INK}
    plain: dict[str, Any] = {"fontsize": 10.5, "color": "#444444"}
    x, count = MARGIN / width, len(region.building_ids)
    head = f"{so_many(count, 'building')} in {so_many(len(region), 'unit')}"
    told = f"{int(region.area.sum()):,} m² of floor area   ·   before any plan"
    figure.text(x, 1 - 0.2 / height, head, va="top", **bold)
    figure.text(x, 1 - 0.55 / height, told, va="top", **plain)


def _write(writer: PanelWriter, sheet: _Sheet) -> None:
    found = sheet.found
    writer.head("What there is")
    writer.pair("Pairs of neighbours", f"{len(found.region.near_edges):,}")
    if found.region.source.reach is not None:
        writer.pair("Looked for within", f"{found.region.source.reach:,.0f} m")
    writer.pair("Parts that do not touch", f"{len(found.islands):,}")
    writer.pair("Bridges that join them", f"{len(found.bridges):,}")
    if found.bridges:
        writer.pair("The longest", f"{found.bridges[0].metres:,} m")
    writer.head(f"For {so_many(found.num_zones, 'zone')}")
    money = found.region.costs.currency
    writer.pair("Fair share", f"{found.problem.fair_share or 0:,} {money}")
    writer.pair("Units too heavy for a zone", f"{len(found.heavy):,}")
    writer.pair("Parts too light for a zone", f"{len(found.pockets):,}")
    _legend(writer, sheet)


def _legend(writer: PanelWriter, sheet: _Sheet) -> None:
    writer.head("Legend")
    used = set(sheet.colour)
    ends = [*(least for least, _ in WEIGHTS[1:]), None]
    for (least, colour), end in zip(WEIGHTS, ends, strict=True):
        if colour in used:
            upto = "or more" if end is None else f"to {100 * end:.0f} %"
            text = f"Unit of {100 * least:.0f} % {upto} of a fair share"
            writer.swatches([(LAND, colour)], text)
    if len(sheet.region.near_edges):
        writer.stroke("Neighbours", color=LINK, linewidth=1.0)
    if len(sheet.islands):
        look: dict[str, Any] = {"color": LOT_INK, "linewidth": 1.3, "linestyle": "--"}
        writer.stroke("Part that touches no other", **look)
    write_strokes(writer, sheet.region, sheet.barriers)
    if any(text.startswith("#") for _, text in sheet.labels):
        told = "#1, #2: heaviest units in order; no font has their letters."
        writer.line(told, fontsize=8.5, color="#777777")
    else:
        writer.line("Names are those of the heaviest units.", fontsize=8.5)
