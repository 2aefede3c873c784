"""All commands of one program: ``zoning plan`` is `plan` of the module `plan` here.

To add one, write its module and name it in the table below.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from importlib import import_module, metadata
from typing import Annotated, Any

import typer

HELP = "Contiguous zones of buildings, balanced for cost, in tender lots of three."
# What the list of commands says of each: the first sentence of its own help.
COMMANDS = {
    "adopt": "Make hand edits of a written plan (buildings.geojson) its plan.",
    "alternatives": (
        "Find other plans for a written plan's task: nearly as cheap, truly different."
    ),
    "award": "Award the lots of a written plan to bidders; write the award beside it.",
    "bundle": (
        "Make other lots of a written plan's zones, and write the plan with them."
    ),
    "certify": (
        "Write what lets anybody recheck the bound of a written plan, without a solver."
    ),
    "check": "Judge a written plan again, by its file alone, hand edits included.",
    "compare": "Set written plans side by side; others are held against the first.",
    "explain": "Say why a building is in its zone, or what drives the cost of a zone.",
    "frontier": (
        "Solve a written plan's task for several values of one rule; draw the costs."
    ),
    "inspect": (
        "Tell what is in the files before planning: columns, totals, islands, balance."
    ),
    "money": "Tell what each lot of a written plan costs, brings in and lacks.",
    "plan": (
        "Split buildings into zones, bundle them into lots, write tables and a map."
    ),
    "resume": ("Go on with a command that was cut off, from what it kept in DIR/.run."),
    "sample": "Draw a made-up old town to try things on.",
    "stations": (
        "Place the stations of each lot, and say which zone is served from which."
    ),
}


def program(typed: Collection[str]) -> typer.Typer:
    """The program, in which only commands that are among the words typed are loaded.

    Each loads what it needs, which may take seconds; help on all needs none of it.
    """
    app = typer.Typer(
        add_completion=False,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        help=HELP,
    )
    app.callback(invoke_without_command=True)(_version)
    for name, told in COMMANDS.items():
        if name in typed:
            app.command(name)(_command(name))
        else:
            app.command(name, help=told)(_not_typed)
    return app


def _command(name: str) -> Callable[..., Any]:
    command: Callable[..., Any] = getattr(import_module(f"zoning.cli.{name}"), name)
    return command


def _not_typed() -> None:
    """Stands in the list for a command."""


def _version(
    version: Annotated[
        bool, typer.Option("--version", help="Say the version.")
    ] = False,
) -> None:
    if version:
        try:
            number = metadata.version("zoning")
        except metadata.PackageNotFoundError:
            number = "(not installed; run from its source)"
        typer.echo(f"zoning {number}")
        raise typer.Exit
