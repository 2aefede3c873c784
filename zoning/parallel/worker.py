"""What runs in a worker: a job, and the watch that ends it with its hub."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from time import sleep
from typing import Any

from zoning.clock import perf_counter
from zoning.errors import InputError
from zoning.parallel.store import opened

LOOK = 1.0  # seconds between two looks at whether the hub is still there


def do(
    task: Callable[..., Any], folder: Path, job: object, seconds: float, hub: int
) -> tuple[str, Any]:
    """One job of a hub with this process id; gives who did it, and the result.

    Raises
    ------
    InputError
        What jobs share cannot be seen from here.
    """
    if os.getppid() == hub:
        begin(hub)
    try:
        shared = opened(folder)
    except FileNotFoundError as error:
        msg = (
            f"A worker does not see {folder}. All workers must see the folder that "
            "what they share is written to: give one on a shared disk."
        )
        raise InputError(msg) from error
    return _name(), task(shared, job, perf_counter() + seconds)


@cache
def begin(hub: int) -> None:
    """Begin to work for a hub of this machine.

    Ctrl-C is the hub's to hear; the worker ends with the hub, however that ends.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(hub,), daemon=True).start()


def _end_with(hub: int) -> None:
    while os.getppid() == hub:
        sleep(LOOK)
    os._exit(1)


def _name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
