"""Ctrl-C and its like: what may be stopped, and what goes on to its end.

A search may be stopped at any moment, and still hands over what it found. Files are put
in place without a break: a signal that comes meanwhile acts when they are there.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import CodeType, FrameType
from typing import Any

Heard = Callable[[int, FrameType | None], object] | signal.Handlers

# A terminal that is closed, a machine that shuts down, Ctrl-C; not all are everywhere.
SIGNALS = tuple(
    getattr(signal, name)
    for name in ("SIGHUP", "SIGTERM", "SIGINT")
    if hasattr(signal, name)
)


def hear(heard: Heard) -> dict[int, Any]:
    """Have `heard` called for each of `SIGNALS`; gives who heard them before.

    Signals that this process was told to ignore (``nohup``) stay ignored. Python hears
    signals in its main thread only; elsewhere nothing is changed.
    """
    if current_thread() is not main_thread():
        return {}
    known = {number: signal.getsignal(number) for number in SIGNALS}
    before = {n: was for n, was in known.items() if was not in (None, signal.SIG_IGN)}
    for number in before:
        signal.signal(number, heard)
    return before


def hear_again(before: dict[int, Any]) -> None:
    """Undo `hear`."""
    for number, was in before.items():
        signal.signal(number, was)


@contextmanager
def hearing(heard: Heard) -> Iterator[None]:
    """Within this block `heard` is called for each of `SIGNALS`."""
    before = hear(heard)
    try:
        yield
    finally:
        hear_again(before)


@contextmanager
def held() -> Iterator[None]:
    """Signals that come within this block act at its end."""
    waiting: list[int] = []
    try:
        with hearing(lambda number, _: waiting.append(number)):
            yield
    finally:
        if waiting:
            signal.raise_signal(waiting[0])


def until_stopped(work: Callable[[], object]) -> bool:
    """Do some work; True if a signal ended it.

    Whoever hears signals can tell by `in_work` whether there is work to be ended, or
    something that is not to be lost.
    """
    try:
        _do(work)
    except KeyboardInterrupt:
        return True
    return False


def in_work(frame: FrameType | None) -> bool:
    """Whether a signal that came at this place came within `until_stopped`."""
    return is_within(frame, _do.__code__)


def is_within(frame: FrameType | None, code: CodeType) -> bool:
    """Whether a signal that came at this place came within a call of this code."""
    while frame is not None:
        if frame.f_code is code:
            return True
        frame = frame.f_back
    return False


def _do(work: Callable[[], object]) -> None:
    work()
