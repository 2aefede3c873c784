"""Seconds that count: the clock stands still while code is compiled.

The first run on a machine compiles what it needs, for a minute in all. That is no
search, and a limit of a few seconds would be over before anything was tried.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

# Seconds the clock stood still so far, and since when it does again; one value, since
# other threads read it.
_stood: tuple[float, float | None] = (0.0, None)
_stops = 0  # compiling a function compiles those it calls


def perf_counter() -> float:
    """Seconds as those of `time.perf_counter`, without those of compiling."""
    stood, since = _stood
    return (time.perf_counter() if since is None else since) - stood


def stop() -> None:
    """Let the clock stand still until `go_on`, as often as it was stopped."""
    global _stood, _stops
    _stops += 1
    if _stops == 1:
        _stood = (_stood[0], time.perf_counter())


def go_on() -> None:
    """Let the clock go on."""
    global _stood, _stops
    _stops -= 1
    stood, since = _stood
    if _stops == 0 and since is not None:
        _stood = (stood + time.perf_counter() - since, None)


@contextmanager
def standing_still() -> Iterator[None]:
    """Let the clock stand still within this block."""
    stop()
    try:
        yield
    finally:
        go_on()
