"""``zoning explain``: why a building is in its zone, why a zone costs what it costs."""

from __future__ import annotations

from typing import Annotated

import typer

from zoning.analysis.keep import zone_with
from zoning.check import judge
from zoning.cli import options
from zoning.cli.screen import consoles
from zoning.cli.written import written_in
from zoning.errors import InputError

Building = Annotated[
    str | None,
    typer.Option(metavar="ID", help="A building or unit: why there?"),
]
Zone = Annotated[
    str | None,
    typer.Option(metavar="ZONE", help="A zone: what drives its cost?"),
]
To = Annotated[
    str | None,
    typer.Option(
        metavar="ZONE", help="With --building: what it takes to move it here."
    ),
]


def explain(
    folder: options.Folder,
    building: Building = None,
    zone: Zone = None,
    to: To = None,
    time: options.Time = 30.0,
    seed: options.Seed = 1,
    workers: options.Workers = 1,
) -> None:
    """Say why a building is in its zone, or what drives the cost of a zone."""
    from zoning.analysis.explain_building import explain_building
    from zoning.analysis.explain_zone import explain_zone
    from zoning.analysis.what_it_takes import (
        what_it_takes,  # compiled code: slow to load
    )

    if (building is None) == (zone is None) or (to is not None and building is None):
        msg = "Give either --building (and with it --to, if you like) or --zone."
        raise InputError(msg)
    screen, _ = consoles()
    plan = written_in(folder).plan
    if zone is not None:
        position = judge(plan).names.index(zone_with(plan, zone))
        screen.print(str(explain_zone(plan, position)))
        return
    assert building is not None
    screen.print(str(explain_building(plan, building)))
    if to is not None:
        chain = what_it_takes(
            plan,
            building,
            zone_with(plan, to),
            time_limit=time,
            seed=seed,
            workers=workers,
        )
        screen.print(str(chain))
