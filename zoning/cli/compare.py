"""``zoning compare``: written plans side by side, and who goes where."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zoning.analysis.compare import compare as compare_plans
from zoning.cli import options
from zoning.cli.claim import claim
from zoning.cli.screen import consoles
from zoning.cli.words import tell_notes
from zoning.cli.written import drawn_plan, plan_path
from zoning.output.compare import TABLE, maps_of, write_comparison

Folders = Annotated[
    list[str], typer.Argument(metavar="DIR DIR...", help="Written plans of one place.")
]


def compare(folders: Folders, out: options.Out = "compare") -> None:
    """Set written plans side by side; others are held against the first."""
    screen, log = consoles()
    claim(out, log)
    plans = [drawn_plan(folder) for folder in folders]
    found = compare_plans(plans, _names(folders))
    notes = write_comparison(out, found)
    screen.print(str(found), soft_wrap=True)
    for told in found.words:
        screen.print(told)
    tell_notes(notes, screen)
    shown = ", ".join(str(Path(out) / name) for name in maps_of(found))
    screen.print(f"Maps of what changes zone: {shown}. The table: {Path(out) / TABLE}.")


def _names(folders: list[str]) -> list[str]:
    """What the folders are called, as short as tells them apart."""
    places = [plan_path(folder).resolve().parent for folder in folders]
    short = [place.name for place in places]
    return short if len(set(short)) == len(short) else folders
