"""The map of stations: where they are, and which zone is served from which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.lots.lot import Lot
from zoning.lots.stations import Station, Stations
from zoning.plot.colours import INK, LOT_INK, PALETTE, colours
from zoning.plot.labels import Box, Labels
from zoning.plot.layout import MARGIN, TOO_MANY, MapLayout
from zoning.plot.legend import LINE, PanelWriter
from zoning.plot.map_layers import draw_map_layers
from zoning.plot.side_panel import write_ground, write_scale
from zoning.plot.strokes import lines
from zoning.plot.zone_polygons import Shapes, usual_distance, zone_polygons
from zoning.text.lists import so_many

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

SIGN = "#B71C1C"  # of a station
REST_OF_PANEL = 5.5  # inches: all but resources, stations, and what is on the ground
LEGEND_LINE = 0.25  # inches
LISTED_LOTS = 14  # more are left to the table


@dataclass(frozen=True, eq=False)
class _StationLayout(MapLayout):
    """A map on which zones have the colour of their lot."""

    stations: Stations

    @cached_property
    def lot_list(self) -> tuple[Lot, ...]:
        """The lots that have stations."""
        return tuple(one.lot for one in self.stations.lots)

    @property
    def zone_names(self) -> tuple[str, ...]:
        """What each zone is called."""
        return self.stations.zone_names

    @cached_property
    def lot_names(self) -> tuple[str, ...]:
        """What each lot is called."""
        return self.stations.lot_names

    @cached_property
    def colour(self) -> list[int]:
        """The place in the palette of the colour of each zone's lot."""
        of_lot = colours(self.lot_areas, 0.5 * usual_distance(self.region))
        made = [0] * self.plan.num_zones
        for lot, colour in zip(self.lot_list, of_lot, strict=True):
            for zone in lot.zones:
                made[zone] = colour
        return made

    @cached_property
    def sign(self) -> float:
        """Size of a station's sign, points."""
        return max(6.0, 17.0 * sqrt(self.fine))

    def every(self) -> Iterator[Station]:
        """All stations, lot by lot."""
        for lot in self.stations.lots:
            yield from lot.stations


def draw_stations(
    stations: Stations, *, areas: Shapes | None = None, ax: Axes | None = None
) -> Figure:
    """Map of stations: colours are lots, houses stations, lines who is served whence.

    Parameters
    ----------
    stations
        What `zoning.place_stations` found.
    areas
        `zone_polygons` of the plan, where they are known already.
    ax
        Axes to draw the map on, without title and panel. Default: a page of its own.
    """
    plan = stations.plan
    if areas is None:
        areas = zone_polygons(plan)
    layout = _StationLayout(plan, None, None, areas, stations, ax=ax)
    figure, axes, panel = layout.page(_panel_height(layout))
    draw_map_layers(axes, layout)
    _service_lines(axes, layout)
    _signs(axes, layout)
    labels = Labels(axes, layout)
    labels.taken += _room_of_signs(layout)
    labels.write()
    if panel is not None:
        _write_title(figure, layout)
        _write_panel(panel, layout)
    return figure


# --- the map -------------------------------------------------------------------------


def _service_lines(axes: Axes, layout: _StationLayout) -> None:
    """From the center of each zone to the station it is served from."""
    center, xy = layout.verdict.center, layout.region.xy
    ends = [
        (xy[center[zone]], xy[station.unit])
        for station in layout.every()
        for zone in station.zones
    ]
    drawn, bold = shapely.linestrings(np.array(ends)), sqrt(layout.fine)
    lines(axes, drawn, color="white", linewidth=3.2 * bold, zorder=6.7)
    lines(axes, drawn, color=SIGN, linewidth=1.3 * bold, zorder=6.8)


def _signs(axes: Axes, layout: _StationLayout) -> None:
    xy = layout.region.xy[[station.unit for station in layout.every()]]
    axes.plot(xy[:, 0], xy[:, 1], linestyle="none", zorder=8.5, **_house(layout.sign))


def _house(size: float) -> dict[str, Any]:
    """How a station is drawn: a house."""
    walls = [(-0.8, -0.8), (0.8, -0.8), (0.8, 0.15)]
    roof = [(1.05, 0.15), (0.0, 1.1), (-1.05, 0.15), (-0.8, 0.15)]
    return {
        "marker": [*walls, *roof, walls[0]],
        "markersize": size,
        "markerfacecolor": SIGN,
        "markeredgecolor": "white",
        "markeredgewidth": size / 12,
    }


def _room_of_signs(layout: _StationLayout) -> list[Box]:
    """What labels must leave free."""
    side = layout.sign / 72 * 1.15
    at = (layout.inches(layout.region.xy[station.unit]) for station in layout.every())
    return [Box(x, y, side, side) for x, y in at]


# --- the words -----------------------------------------------------------------------


def _write_title(figure: Figure, layout: _StationLayout) -> None:
    width, height = figure.get_size_inches()
    found, region = layout.stations, layout.region
    bold: dict[str, Any] = {"fontsize": 19, "weight": "bold", "color": INK}
    plain: dict[str, Any] = {"fontsize": 10.5, "color": "#444444"}
    way = "by street" if region.way is not None else "straight line"
    if region.way is None and region.costs.detour != 1:
        way += f" × {region.costs.detour:g}"
    told = f"Each zone is served from one station of its lot   ·   ways {way}"
    told += "   ·   proved best" if found.proved else ""
    head = f"{so_many(found.count, 'station')} for {so_many(len(found.lots), 'lot')}"
    x = MARGIN / width
    figure.text(x, 1 - 0.2 / height, head, va="top", **bold)
    figure.text(x, 1 - 0.55 / height, told, va="top", **plain)


def _panel_height(layout: _StationLayout) -> float:
    rows = len(layout.stations.resources) + len(_listed(layout)) + layout.lacks_names
    ground = (
        len(layout.barriers) + bool(layout.lot_links) + (len(layout.region.bridges) > 0)
    )
    return REST_OF_PANEL + LINE * rows + LEGEND_LINE * ground


def _write_panel(panel: Axes, layout: _StationLayout) -> None:
    writer = PanelWriter(panel)
    _facts(writer, layout.stations)
    _resources(writer, layout.stations)
    _station_table(writer, layout)
    _legend(writer, layout)
    write_scale(panel, layout.inch)


def _facts(writer: PanelWriter, found: Stations) -> None:
    writer.head("Ways to the stations")
    writer.pair("On average", f"{found.mean_way:,} m")
    writer.pair("To the farthest unit", f"{found.farthest:,} m")


def _resources(writer: PanelWriter, found: Stations) -> None:
    """What the lots buy together, and what zones one by one would."""
    writer.head("Machines and staff of all lots")
    alone = [dict(one.lot.separate_resources) for one in found.lots]
    for name, count in found.resources:
        separate = sum(counts[name] for counts in alone)
        writer.pair(name.capitalize(), f"{count:,}  (zones one by one: {separate:,})")


def _listed(layout: _StationLayout) -> list[tuple[str, Station]]:
    """Stations that are told one by one, with the names of their lots."""
    if layout.stations.count > LISTED_LOTS:
        return []
    named = zip(layout.lot_names, layout.stations.lots, strict=True)
    return [(name, station) for name, lot in named for station in lot.stations]


def _station_table(writer: PanelWriter, layout: _StationLayout) -> None:
    writer.head("Stations")
    listed = _listed(layout)
    if not listed:
        writer.line(f"{layout.stations.count:,} stations; stations.csv lists them.")
        return
    writer.row(("", "serves zones", "m²", "mean way"), color="#777777")
    for name, station in listed:
        zones = ", ".join(layout.labels[zone] for zone in station.zones)
        short = zones if len(zones) <= 16 else f"{len(station.zones)} zones"
        way = f"{station.mean_way:,} m"
        writer.row((f"Lot {name}", short, f"{station.area:,}", way))


def _legend(writer: PanelWriter, layout: _StationLayout) -> None:
    writer.head("Legend")
    few = [PALETTE[c] for c in sorted(set(layout.colour))[:4]]
    writer.swatches(few, "Lots, with their buildings")
    writer.sign("Station: staff and machines start here", **_house(13.0))
    writer.stroke("Zone is served from this station", color=SIGN, linewidth=1.6)
    if layout.plan.num_zones <= TOO_MANY:
        writer.circle("Zone number, at the zone's center")
    else:
        writer.dot("Center of a zone")
    writer.stroke("Lot: zones tendered together", color=LOT_INK, linewidth=2.4)
    if layout.lot_links:
        writer.lot_link("Joins parts of one lot")
    write_ground(writer, layout)
