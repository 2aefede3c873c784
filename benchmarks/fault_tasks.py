"""Windows that go wrong on purpose; workers of other processes import this."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from zoning.search.strategies.lns import solve_window

FAULT, FOLDER = "ZONING_FAULT", "ZONING_FAULT_FOLDER"  # read by workers
UNIT = 0  # windows with this unit are those that go wrong every time


def faulty_window(shared, window, deadline):
    """`solve_window`, or what the environment says goes wrong."""
    fault = os.environ.get(FAULT, "none")
    marked = UNIT in window.units
    if fault == "memory" and marked:
        raise MemoryError
    if fault == "twice" and marked:
        os.kill(os.getpid(), signal.SIGKILL)
    if fault in ("kill", "stop") and _is_first():
        os.kill(os.getpid(), signal.SIGKILL if fault == "kill" else signal.SIGSTOP)
    return solve_window(shared, window, deadline)


def _is_first() -> bool:
    """Whether no worker was here before."""
    try:
        Path(os.environ[FOLDER], "was here").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
