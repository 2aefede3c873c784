"""Write stations: a table for spreadsheets and a map, both or neither."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zoning.errors import InputError
from zoning.plot_stations import draw_stations
from zoning.stations import Stations

TABLE, MAP = "stations.csv", "stations.png"
DPI = 160


def write_stations(stations: Stations, folder: str | Path) -> None:
    """Write ``stations.csv`` and ``stations.png`` to a folder.

    Files of these names are replaced, nothing else is touched. If anything fails, all
    stays as it was.

    Parameters
    ----------
    stations
        What `zoning.place_stations` found.
    folder
        Made if it is not there.

    Raises
    ------
    InputError
        The folder cannot be written to.
    """
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target, prefix=".zoning-") as space:
            fresh, old = Path(space) / "new", Path(space) / "old"
            fresh.mkdir()
            old.mkdir()
            _write_table(fresh / TABLE, stations)
            figure = draw_stations(stations)
            told = {"Software": "zoning"}  # no date: the same bytes each time
            figure.savefig(fresh / MAP, format="png", dpi=DPI, metadata=told)
            _put_in_place(fresh, target, old)
    except OSError as error:
        reason = error.strerror or str(error)
        msg = (
            f"Stations cannot be written to {target}: {reason}. Close files that are "
            "open there, or choose another folder."
        )
        raise InputError(msg) from error


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


def _write_table(path: Path, stations: Stations) -> None:
    """UTF-8 with a mark, so that spreadsheets open every script."""
    rows = list(station_rows(stations))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _put_in_place(fresh: Path, target: Path, old: Path) -> None:
    """Replace file by file; put everything back if one cannot be."""
    done: list[str] = []
    try:
        for name in (TABLE, MAP):
            if (target / name).exists():
                (target / name).replace(old / name)
            done.append(name)
            (fresh / name).replace(target / name)
    except OSError:
        for name in reversed(done):
            (target / name).unlink(missing_ok=True)
            if (old / name).exists():
                (old / name).replace(target / name)
        raise
