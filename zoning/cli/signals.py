"""What Ctrl-C and its like do to a command that has something to lose."""

from __future__ import annotations

import os
from _thread import interrupt_main
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import inf
from threading import Timer
from time import monotonic
from types import FrameType

from zoning.stopping import hearing, in_work

AGAIN = 2.0  # seconds a search has to end before it is told again
SOON = 0.05  # seconds until a search is told that cannot be told just now
STOPPING = b"Stopping; what was found is written.\n"


@contextmanager
def keeping() -> Iterator[None]:
    """Within this block signals end searches, and nothing else: all found is kept."""
    last = -inf

    def heard(number: int, frame: FrameType | None) -> None:
        nonlocal last
        if in_work(frame) and monotonic() - last >= AGAIN:
            if _would_be_lost(frame):
                later = Timer(SOON, interrupt_main, (number,))
                later.daemon = True
                later.start()
                return
            last = monotonic()
            raise KeyboardInterrupt
        with suppress(OSError):
            os.write(2, STOPPING)  # consoles may be in the middle of a line

    with hearing(heard):
        yield


def _would_be_lost(frame: FrameType | None) -> bool:
    """Whether what is raised here goes nowhere: LLVM called back, or an object ends."""
    while frame is not None:
        module = str(frame.f_globals.get("__name__"))
        if module.startswith("llvmlite.") or frame.f_code.co_name == "__del__":
            return True
        frame = frame.f_back
    return False
