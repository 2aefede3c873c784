"""Write stations: a table for spreadsheets and a map, both or neither."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zoning.lots.stations import Stations
from zoning.planfile.atomic import atomic_write, build_each, write_csv
from zoning.planfile.papers import SIGNED, sign
from zoning.plot.picture import save_figure
from zoning.plot.stations import draw_stations
from zoning.text.arguments import PATH, instance, takes

TABLE, MAP = "stations.csv", "stations.png"
DPI = 160


@takes(
    stations=instance(Stations, "Stations", "zoning.place_stations(plan, lots)"),
    folder=PATH,
)
def write_stations(stations: Stations, folder: str | Path) -> tuple[str, ...]:
    """Write ``stations.csv`` and ``stations.png`` to a folder.

    Files of these names are replaced, nothing else is touched. If anything fails, all
    stays as it was.

    Parameters
    ----------
    stations
        What `zoning.place_stations` found.
    folder
        Made if it is not there.

    Returns
    -------
    tuple of str
        What could not be made, and why; nothing as a rule.

    Raises
    ------
    InputError
        The folder cannot be written to.
    """
    notes: list[str] = []

    def build(fresh: Path) -> None:
        notes.extend(_build(fresh, stations))
        sign(fresh, Path(folder), "stations")

    atomic_write(folder, (TABLE, MAP, SIGNED), build)
    return tuple(notes)


def station_rows(stations: Stations) -> Iterator[dict[str, Any]]:
    """What is told of each station, one row each, lot by lot.

    Machines and staff are counted for a lot; they stand in the row of its first station
    alone, so that a column adds up to what is bought.
    """
    region = stations.plan.problem.region
    for name, lot in zip(stations.lot_names, stations.lots, strict=True):
        for number, station in enumerate(lot.stations, 1):
            x, y = region.xy[station.unit].tolist()
            yield {
                "lot": name,
                "station": number,
                "unit": region.names[station.unit],
                **region.directory.name_column(station.unit),
                "buildings": " ".join(station.buildings),
                "x": x,
                "y": y,
                "zones": " ".join(stations.zone_names[zone] for zone in station.zones),
                "area": station.area,
                "mean_way": station.mean_way,
                "farthest": station.farthest,
                "over": station.over,
                **{
                    f"lot_{what}": count if number == 1 else ""
                    for what, count in lot.lot.resources
                },
            }


def _build(folder: Path, stations: Stations) -> list[str]:
    write_csv(folder / TABLE, list(station_rows(stations)))
    return build_each(
        folder, [(MAP, lambda at: save_figure(draw_stations(stations), at, dpi=DPI))]
    )
