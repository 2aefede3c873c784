"""Which of several files hold buildings, and which the streets and barriers beside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from zoning.reading.around import CLASSES, KINDS, words_in
from zoning.reading.headers import columns_for
from zoning.reading.roles import SHAPES, SUMS
from zoning.text.issues import Issues

_OF_BARRIERS = tuple(name for name in KINDS if name not in CLASSES)
_MOST = 0.5  # of the rows that must say so
_CALLED = {  # words in names of files
    "barriers": re.compile(
        "barrier|river|rail|water|wall|河|水系|铁路|围墙|障碍|屏障", re.IGNORECASE
    ),
    "streets": re.compile("street|road|highway|道路|街路|路网|路", re.IGNORECASE),
}


def sort_out(
    frames: Sequence[Any], names: Sequence[str], log: Issues
) -> dict[str, list[Any]]:
    """Tables that were given as buildings, by what they hold.

    Lines are no buildings, nor are areas of which is known only what kind of river or
    land they are. A table alone is taken for what it was given as.

    Parameters
    ----------
    frames
        The tables, each as it was read.
    names
        What to call them in messages.
    log
        Takes notes, and faults where lines may be either.
    """
    found: dict[str, list[Any]] = {"buildings": [], "barriers": [], "streets": []}
    for frame, name in zip(frames, names, strict=True):
        what = "buildings" if len(frames) == 1 else _held_by(frame, name)
        if not what:
            log.faults.append(
                f"{name} holds lines, and neither a column ({', '.join(CLASSES)} of "
                f"streets, {', '.join(_OF_BARRIERS)} of barriers) nor its name tells "
                "whether they are streets or barriers. Give it as one of these."
            )
        elif what != "buildings":
            log.notes.append(f"{name} was read as {what}, by what it holds.")
        found[what or "streets"].append(frame)
    return found


def _held_by(frame: Any, name: str) -> str:
    """What a table holds; "" for lines of which nobody says what they are."""
    dimension = shapely.get_dimensions(frame.geometry.to_numpy())
    dimension = dimension[dimension >= 0]
    if not len(dimension) or np.mean(dimension == 1) < _MOST:
        known = [str(column) for column in frame.columns]
        built = any(columns_for(role, known) for role in (*SUMS, *SHAPES))
        drawn = np.mean(dimension >= 1) > _MOST if len(dimension) else False
        fenced = not built and drawn and _say(frame, _OF_BARRIERS)
        return "barriers" if fenced else "buildings"
    if _say(frame, _OF_BARRIERS):
        return "barriers"
    if _say(frame, CLASSES):
        return "streets"
    stem = re.split(r"[\\/]", name)[-1]
    return next((what for what, word in _CALLED.items() if word.search(stem)), "")


def _say(frame: Any, columns: tuple[str, ...]) -> bool:
    """Whether most rows have a word in one of these columns."""
    words = words_in(frame, columns)
    return len(words) > 0 and sum(map(bool, words)) > _MOST * len(words)
