"""``zoning stations``: where the stations of a written plan's lots stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

import typer

from zoning.cli import options
from zoning.cli.claim import claim
from zoning.cli.screen import consoles
from zoning.cli.signals import keeping
from zoning.cli.written import drawn, plan_path, require_lots, written_in
from zoning.lots.stations import Stations, place_stations
from zoning.output.stations import MAP, TABLE, write_stations


def stations(
    folder: options.Folder,
    room: Annotated[
        str | None,
        typer.Option(
            metavar="COL",
            help="Only where this column of the buildings says yes: a room.",
        ),
    ] = None,
    resource: Annotated[
        str, typer.Option(help="Which of the resources is a station.")
    ] = "station",
    time: options.Time = 60.0,
    seed: options.Seed = 1,
    workers: options.Workers = 1,
) -> None:
    """Place the stations of each lot, and say which zone is served from which.

    The plan is that of plan.json; a table and a map are written beside it.
    """
    screen, log = consoles()
    path = plan_path(folder)
    claim(path.parent, log)
    written = written_in(folder)
    verdict = require_lots(folder, written)
    found = place_stations(
        drawn(folder, written, columns=[room] if room else []),
        verdict.lots,
        room=room,
        resource=resource,
        time_limit=time,
        seed=seed,
        workers=workers,
    )
    found = replace(
        found,
        zone_names=written.names,
        lot_names=tuple(str(written.lot_id(lot)) for lot in verdict.lots),
    )
    with keeping():
        notes = write_stations(found, path.parent)
        for line in (*_table(found), *found.notes, *notes):
            screen.print(line)
        shown = f"{path.parent / MAP} shows them, {path.parent / TABLE} lists them."
        screen.print(shown)


def _table(found: Stations) -> Iterator[str]:
    """A line on all, then a line a lot and a line a station."""
    names = found.plan.problem.region.names
    proof = "proved best" if found.proved else "not proved best; give more --time"
    yield (
        f"Stations: {found.count} for {len(found.lots)} lots, {proof}. Mean way "
        f"{found.mean_way:,} m, farthest {found.farthest:,} m."
    )
    yield f"All lots buy: {_counted(found.resources)}."
    for called, lot in zip(found.lot_names, found.lots, strict=True):
        yield f"Lot {called}: {_counted(lot.lot.resources)}."
        for station in lot.stations:
            zones = ", ".join(found.zone_names[zone] for zone in station.zones)
            yield (
                f"  {names[station.unit]} serves zones {zones}: {station.area:,} m², "
                f"mean way {station.mean_way:,} m, farthest {station.farthest:,} m."
            )


def _counted(resources: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in resources)
