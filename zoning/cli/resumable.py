"""Commands that go on after whatever cut them off: what was typed, and what is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console

from zoning.checkpoint.checkpoint import SPACE, Checkpoint
from zoning.checkpoint.command import Command
from zoning.checkpoint.kept import Kept
from zoning.cli.typed import TYPED, Typed


@contextmanager
def resumable(
    out: str | Path, files: Iterable[str | None], log: Console
) -> Iterator[Checkpoint]:
    """Within this block searches keep what they find, in ``.run`` of a folder.

    At its end that is forgotten, unless a signal or an error ended a search, or set
    `Checkpoint.stopped`: then it is told how to go on.

    Parameters
    ----------
    out
        The folder of the output.
    files
        What the command reads; names that are no files are no matter.
    """
    typed, checkpoint = TYPED.get(Typed()), Checkpoint(out)
    if not typed.goes_on:
        kept = checkpoint.kept
        for note in checkpoint.notes:
            log.print(note)
        if kept:
            log.print(
                f"{Path(out) / SPACE} kept {told_kept(kept)}, of a command that did "
                "not come to its end. It is forgotten, since this one begins anew; "
                f"`zoning resume {out}` would have gone on."
            )
        checkpoint.remove()
        checkpoint = Checkpoint(out)
    Command.now(typed.words, filter(None, files)).write(out)
    goes_on = True
    try:
        yield checkpoint
        goes_on = checkpoint.stopped
    except typer.Exit:
        goes_on = False
        raise
    finally:
        if goes_on and checkpoint.kept:
            log.print(f"`zoning resume {out}` goes on with the search.")
        else:
            checkpoint.remove()


def told_kept(kept: tuple[Kept, ...]) -> str:
    """What searches have kept, in a few words."""
    last = str(kept[-1])
    if len(kept) == 1:
        return last
    done = sum(one.ended for one in kept)
    return f"what {len(kept)} searches found, {done} of them done; the last has {last}"
