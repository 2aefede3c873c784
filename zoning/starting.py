"""The first moments of a command, before anything large is loaded.

Loading takes a second or two. Ctrl-C meanwhile would end in a traceback from the depth
of some package, and a closed stream in a fault of one that writes to it. This module is
imported before all others, and acts where the process is the command ``zoning``.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import PurePath
from types import FrameType
from typing import NoReturn

from zoning.stopping import hear

BAD_INPUT = 2
STOPPED = 130  # as shells call a command that Ctrl-C ended
_GONE = "The working folder is no more. Go to another one, and type the command again."
NOTHING_WRITTEN = "Stopped; nothing was written."


def is_command() -> bool:
    """Whether this process is ``zoning ...`` or ``python -m zoning ...``."""
    typed = sys.orig_argv[:3]
    name = sys.argv[0] if sys.argv else ""
    return PurePath(name).stem == "zoning" or typed[1:] == ["-m", "zoning"]


def leave(_: int, __: FrameType | None) -> NoReturn:
    """End at once, with a word; for when nothing is under way."""
    with suppress(OSError):
        os.write(2, f"{NOTHING_WRITTEN}\n".encode())
    os._exit(STOPPED)


def open_all_streams() -> None:
    """Where a stream was closed, what is written to it goes nowhere."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number, which is this
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)


def require_folder() -> None:
    """End in words where the working folder is no more: much that is loaded asks it."""
    try:
        os.getcwd()
    except OSError:
        print(_GONE, file=sys.stderr)
        sys.exit(BAD_INPUT)


if is_command():
    hear(leave)
    open_all_streams()
    require_folder()
