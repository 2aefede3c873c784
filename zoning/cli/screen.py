"""Where words go: answers to standard output, what happens on the way to the other."""

from __future__ import annotations

import sys
from typing import Any

from rich.console import Console


def consoles() -> tuple[Console, Console]:
    """For what was asked and for what happens on the way: plain words, no markup.

    Lines are broken on a terminal only.
    """
    plain: dict[str, Any] = {"markup": False, "highlight": False, "emoji": False}
    made = []
    for stream in (sys.stdout, sys.stderr):
        look: dict[str, Any] = (
            {} if stream.isatty() else {"soft_wrap": True, "width": 110}
        )
        made.append(Console(file=stream, **look, **plain))
    return made[0], made[1]
