"""``zoning inspect``: what is in the files, before anything is planned."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from zoning.analysis.inspect import inspect as inspect_region
from zoning.analysis.inspection import Inspection
from zoning.cli import options
from zoning.cli.claim import claim
from zoning.cli.inspect_tables import column_table, tell_inspection
from zoning.cli.reading import Reading, with_reading
from zoning.cli.screen import consoles
from zoning.cli.words import tell_notes, told_anyway
from zoning.errors import InputError
from zoning.output.fix import require_new, write_fixed
from zoning.output.inspection import PICTURE, write_inspection

USUAL = 0.1  # tolerance, as of `zoning plan`

Zones = Annotated[
    int | None,
    typer.Option(min=1, help="Zones to weigh units for. Default: the usual number."),
]
Tolerance = Annotated[
    float, typer.Option(min=0.0, max=0.99, help="Balance to weigh them by: ±10 %.")
]
Fix = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="Write the table as understood: a .gpkg."),
]


@with_reading
def inspect(
    reading: Reading,
    zones: Zones = None,
    tolerance: Tolerance = USUAL,
    out: options.Out = "inspect",
    fix: Fix = None,
) -> None:
    """Tell what is in the files before planning: columns, totals, islands, balance."""
    screen, log = consoles()
    claim(out, log)
    if fix is not None:
        require_new(fix, reading.all_files)
        claim(Path(fix).parent, log)
    asked = reading.scenario_asked()
    try:
        region = reading.region(asked)
    except InputError:
        _tell_columns(reading, screen)
        raise
    notes = [*asked.notes, *region.notes]
    with told_anyway(notes, log):
        found = inspect_region(
            region,
            num_zones=zones,
            tolerance=tolerance,
            bands=asked.bands,
            rules=asked.rules_for(region),
        )
        tell_inspection(found, screen)
        told = [*notes, *found.problem.notes, *write_inspection(out, found)]
        if fix is not None:
            told += write_fixed(fix, region)
    tell_notes(told, screen)
    if (Path(out) / PICTURE).exists():
        screen.print(f"The picture is {Path(out) / PICTURE}.")
    if fix is not None:
        screen.print(f"The table as it was understood is {fix}.")
    _tell_next(reading, found, zones, tolerance, screen)


def _tell_columns(reading: Reading, screen: Console) -> None:
    """What was understood of columns, where the files have faults."""
    columns, unread = reading.columns_found()
    if columns:
        screen.print(column_table(columns, unread))


def _tell_next(
    reading: Reading,
    found: Inspection,
    zones: int | None,
    tolerance: float,
    screen: Console,
) -> None:
    number = ["--zones", str(found.num_zones)]
    balance = [] if tolerance == USUAL else ["--tolerance", f"{tolerance:g}"]
    screen.print("Go on with")
    screen.print(_typed("plan", [*reading.words(), *number, *balance]), soft_wrap=True)
    for one in found.suggestions:
        screen.print(f"or, since {one.why}, with {one.option} {one.value}:")
        other = reading.words({one.option: str(one.value)})
        asked = [] if zones is None else number  # else the usual one may be another
        screen.print(_typed("plan", [*other, *asked, *balance]), soft_wrap=True)


def _typed(command: str, words: list[str]) -> str:
    return shlex.join(["zoning", command, *words])
