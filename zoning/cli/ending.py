"""How a command ends: with an exit code, in words, never with a traceback."""

from __future__ import annotations

import os
import re
import sys
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from logging import ERROR, getLogger
from types import FrameType
from typing import Any

import typer

from zoning.cli.claim import let_go
from zoning.cli.screen import consoles, lasting_streams
from zoning.cli.typed import TYPED, Typed
from zoning.errors import InputError
from zoning.starting import BAD_INPUT, NOTHING_WRITTEN, STOPPED, leave
from zoning.stopping import hear, is_within

FOUND, NONE, BUG = 0, 1, 3
BROKEN = 1  # a rule is broken or a number is wrong
USAGE_ERROR = typer.BadParameter.__mro__[2]  # click's, wherever typer keeps it
_OPTIONS = {
    "time_limit": "--time",
    "num_zones": "--zones",
    "lot_tolerance": "the tolerance of lots",
}


def run(app: typer.Typer, arguments: Sequence[str] | None) -> int:
    """Run the command that was typed; whatever happens, give its exit code.

    Nobody sees a traceback; if the end is a bad one, a paragraph tells why. A signal
    ends the command where it is; one that comes before it has begun ends the process.
    From when the exit code is known, signals change nothing, after this call neither.
    """
    command, codes = typer.main.get_command(app), list[int]()

    def heard(number: int, frame: FrameType | None) -> None:
        if is_within(frame, _run.__code__):
            raise KeyboardInterrupt
        if not codes:
            leave(number, frame)

    hear(heard)
    getLogger("matplotlib").setLevel(ERROR)  # it finds a place for its files itself
    with lasting_streams(), warnings_in_words():
        try:
            codes.append(_run(command, arguments))
        except KeyboardInterrupt:
            codes.append(STOPPED)  # from here on another signal cannot cut the word off
            _say(NOTHING_WRITTEN)
        finally:
            let_go()
    return codes[0]


def _run(command: Any, arguments: Sequence[str] | None) -> int:
    TYPED.set(Typed(tuple(sys.argv[1:] if arguments is None else arguments)))
    try:
        with _errors_kept_short():
            code = command.main(
                args=None if arguments is None else list(arguments),
                prog_name="zoning",
                standalone_mode=False,
            )
    except _Ended as end:
        return end.code
    if code == STOPPED:
        raise KeyboardInterrupt
    return int(code or FOUND)


@contextmanager
def warnings_in_words() -> Iterator[None]:
    """What Python tells with a file and a line is told without."""
    with warnings.catch_warnings():
        warnings.showwarning = lambda message, *_, **__: _say(str(message))
        yield


class _Ended(Exception):  # noqa: N818 - an end, not always an error
    def __init__(self, code: int) -> None:
        self.code = code


@contextmanager
def _errors_kept_short() -> Iterator[None]:
    try:
        yield
    except InputError as error:
        _say(as_options(str(error)))
        raise _Ended(BAD_INPUT) from error
    except MemoryError as error:
        _say(
            "The memory of this machine is too small for this region. Plan it in parts "
            "(one file for each), or on a larger machine."
        )
        raise _Ended(BAD_INPUT) from error
    except Exception as error:
        if isinstance(error, USAGE_ERROR):
            told = error.format_message()  # type: ignore[attr-defined] # click's
            if told:  # without arguments the help was shown instead
                context = error.ctx  # type: ignore[attr-defined] # click's
                typed = context.command_path if context else "zoning"
                _say(f"{told.rstrip('.')}. See `{typed} --help`.")
            raise _Ended(BAD_INPUT) from error
        # typer takes the end of a file for the end of what is typed
        is_abort = isinstance(error, typer.Abort)
        _say_bug((error.__cause__ or error) if is_abort else error)
        raise _Ended(BUG) from error


def _say_bug(error: BaseException) -> None:
    if os.environ.get("ZONING_DEBUG"):
        traceback.print_exception(error)
    _say(
        f"This is a bug of zoning, not of your data ({type(error).__name__}: {error}). "
        "Please report it with the command you typed; ZONING_DEBUG=1 before the "
        "command shows where it happened."
    )


def as_options(text: str) -> str:
    """What speaks of Python's arguments, as a planner types options.

    Examples
    --------
    >>> as_options("Give area=COLUMN, or floors=COLUMN among the columns.")
    'Give --area COLUMN, or --column floors=COLUMN.'
    >>> as_options("only='residential' leaves them out; name another by id=.")
    "--only 'residential' leaves them out; name another by --id."
    """
    names = "area|households|unit|id|sums|crs|datum|only|barriers|streets|join|on"
    text = re.sub(r" \((?:join|on)=(?:\([^()]*\))?\)", "", text)  # said as option too
    text = re.sub(rf"(?<!--)\b({names})=(?=['\".\s]|COLUMN|$)", r"--\1 ", text)
    text = re.sub(r"(--\w+) (?=[.\s]|$)", r"\1", text)
    text = re.sub(
        r"(?<!-)\b([a-z]+=COLUMN)((?: \([^()]*\))?) among the columns",
        r"--column \1\2",
        text,
    )
    for name, option in _OPTIONS.items():
        text = re.sub(rf"\b{name}\b", option, text)
    return text


def _say(text: str) -> None:
    consoles()[1].print(text)
