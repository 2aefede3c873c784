"""Where words go: answers to standard output, what happens on the way to the other."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from rich.console import Console
from rich.text import Text

# Signs that a terminal obeys instead of showing them: escapes, turns of direction.
_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)


class Lasting:
    """A stream whose reader may go away: what is told then is lost, and no more.

    A pager that was left, a full disk, a terminal that was closed: none of them is a
    reason to lose a plan, and the exit code goes on telling of the plan.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write, or forget."""
        try:
            self._stream.write(text)
        except (OSError, ValueError):
            self._turn_away()
        return len(text)

    def flush(self) -> None:
        """Hand over what was written, or forget it."""
        try:
            self._stream.flush()
        except (OSError, ValueError):
            self._turn_away()

    def _turn_away(self) -> None:
        """Nobody reads: let all that is still to come go nowhere."""
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
            self._stream.flush()


@contextmanager
def lasting_streams() -> Iterator[None]:
    """Within this block no reader who goes away ends a command."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = map(Lasting, before)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        sys.stdout, sys.stderr = before


def shown(words: str) -> str:
    r"""Words of a file for a screen: what it would obey is spelled out.

    Examples
    --------
    >>> shown("A\x1b[2J")
    'A\\x1b[2J'
    """
    return _OBEYED.sub(lambda one: one[0].encode("unicode_escape").decode(), words)


class _Plain(Console):
    """A console that shows words and obeys none of them."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Words as they are shown."""
        return super().render_str(shown(text), **options)


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
        made.append(_Plain(file=stream, **look, **plain))
    return made[0], made[1]
