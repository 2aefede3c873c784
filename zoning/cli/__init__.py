"""The commands a planner types; `zoning.cli.commands` lists them.

Nothing else is loaded here, so that Ctrl-C in the first moments is heard.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType
from typing import NoReturn

from zoning.stopping import hear, hear_again

STOPPED = 130  # as shells call a command that Ctrl-C ended
_TOLD = b"Stopped; nothing was written.\n"


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command; every end is an exit code and, if bad, one paragraph.

    Parameters
    ----------
    arguments
        What was typed; that of this process if not given.
    """
    before = hear(_leave)  # nothing is under way while code is loaded
    _open_all_streams()
    from zoning.cli.commands import app, run

    code = run(app, arguments)
    if arguments is None:  # the process ends: what is left to do may be left undone
        hear(lambda *_: os._exit(code))
    else:
        hear_again(before)
    sys.exit(code)


def _leave(_: int, __: FrameType | None) -> NoReturn:
    with suppress(OSError):
        os.write(2, _TOLD)
    os._exit(STOPPED)


def _open_all_streams() -> None:
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
