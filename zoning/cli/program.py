"""The program that commands join."""

from __future__ import annotations

from importlib import metadata
from typing import Annotated

import typer

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Contiguous zones of buildings, balanced for cost, in tender lots of three.",
)


@app.callback(invoke_without_command=True)
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
