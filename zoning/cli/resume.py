"""``zoning resume``: go on with a command that was cut off."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from zoning.checkpoint.checkpoint import SPACE, Checkpoint
from zoning.checkpoint.command import Command, read_command
from zoning.cli.claim import claim
from zoning.cli.commands import program
from zoning.cli.resumable import told_kept
from zoning.cli.screen import consoles
from zoning.cli.typed import TYPED, Typed
from zoning.errors import InputError
from zoning.text.lists import first_few

Folder = Annotated[
    str, typer.Argument(metavar="DIR", help="Where the output was to go.")
]
More = Annotated[
    float | None,
    typer.Option(min=0.1, help="Seconds more to search. Default: what is left."),
]


def resume(folder: Folder, time: More = None) -> None:
    """Go on with a command that was cut off, from what it kept in DIR/.run.

    What is proved stays so, and the plan is never a worse one.
    """
    command = read_command(folder)
    claim(folder, consoles()[1])
    if changed := command.changed_files():
        verb = "have" if len(changed) > 1 else "has"
        msg = (
            f"What was kept in {Path(folder) / SPACE} is of other files: "
            f"{first_few(changed)} {verb} changed since, or cannot be read. Put back "
            "what was there, or type the command again: it begins anew."
        )
        raise InputError(msg)
    words = _typed_again(command, Path(folder), time)
    if versions := command.changed_versions():
        told = ", ".join(versions)
        consoles()[1].print(f"Since then packages have changed: {told}.")
    os.chdir(command.folder)
    TYPED.set(Typed(words, goes_on=True))
    code = typer.main.get_command(program(words))(words, standalone_mode=False)
    raise typer.Exit(int(code or 0))


def _typed_again(command: Command, folder: Path, time: float | None) -> tuple[str, ...]:
    """What is typed to go on; what was kept is told."""
    log, checkpoint = consoles()[1], Checkpoint(folder)
    kept = checkpoint.kept
    for note in checkpoint.notes:
        log.print(note)
    if kept:
        log.print(f"Going on; {checkpoint.space} keeps {told_kept(kept)}.")
    else:
        log.print(f"{checkpoint.space} keeps nothing yet: the search begins anew.")
    place, here = folder.resolve(), Path(command.folder).resolve()
    near = place.is_relative_to(here) and place != here
    command = command.with_option(
        "--out", str(place.relative_to(here) if near else place)
    )
    if time is not None:
        spent = sum(one.seconds for one in kept)
        command = command.with_option("--time", f"{spent + time:.3f}")
    return command.typed
