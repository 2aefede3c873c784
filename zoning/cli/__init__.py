"""The commands a planner types; `zoning.cli.commands` lists them."""

from __future__ import annotations

import atexit
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from zoning.starting import leave, open_all_streams
from zoning.stopping import hear, hear_again


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command; every end is an exit code and, if bad, one paragraph.

    Parameters
    ----------
    arguments
        What was typed; that of this process if not given.
    """
    before = hear(leave)
    open_all_streams()
    from zoning.cli.commands import program
    from zoning.cli.ending import run

    typed = sys.argv[1:] if arguments is None else arguments
    code = run(program(typed), arguments)
    if arguments is None:
        _let_nothing_change(code)
    else:
        hear_again(before)
    sys.exit(code)


def _let_nothing_change(code: int) -> None:
    """The process ends with this code, whatever signal comes while it does.

    Threads that still work need not be waited for; after them Python lets go of its
    handlers, and signals would end it with another code.
    """
    hear(lambda *_: os._exit(code))
    atexit.register(hear, signal.SIG_IGN)
