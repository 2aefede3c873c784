"""Folders a command writes to are its own from its first moment to its last."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from zoning.planfile.claim import claimed

_CLAIMS = ExitStack()


def claim(folder: str | Path, log: Console) -> None:
    """Have a folder to write to until the command ends; nobody else writes there.

    Raises
    ------
    InputError
        It cannot be written to, or another run is at work in it.
    """
    note = _CLAIMS.enter_context(claimed(folder)).note
    if note:
        log.print(note)


def let_go() -> None:
    """The command has ended: others may have its folders."""
    _CLAIMS.close()
