"""What Ctrl-C and its like do to a command that has something to lose."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import inf
from time import monotonic
from types import FrameType

from zoning.stopping import hearing, in_work

AGAIN = 2.0  # seconds a search has to end before it is told again
STOPPING = b"Stopping; what was found is written.\n"


@contextmanager
def keeping() -> Iterator[None]:
    """Within this block signals end searches, and nothing else: all found is kept."""
    last = -inf

    def heard(_: int, frame: FrameType | None) -> None:
        nonlocal last
        if in_work(frame) and monotonic() - last >= AGAIN:
            last = monotonic()
            raise KeyboardInterrupt
        with suppress(OSError):
            os.write(2, STOPPING)  # consoles may be in the middle of a line

    with hearing(heard):
        yield
