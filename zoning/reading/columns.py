"""Columns of the building table that hold numbers to sum over units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from zoning.costs import MOST, CostModel
from zoning.reading.headers import IN_CELLS
from zoning.reading.roles import SHAPES, SUMS, Choice, Choices
from zoning.reading.words import words_of
from zoning.text.issues import Issues, some
from zoning.text.numerals import BEYOND, NO_NUMBER, Numeral, measured

Floats = NDArray[np.float64]


def values_of(
    frame: Any,
    ids: Sequence[str],
    choices: Choices,
    sums: Sequence[str],
    costs: CostModel,
    log: Issues,
) -> dict[str, Floats]:
    """Numbers per building that are summed over units, by the name of the sum.

    Floor area is NaN where the file has none, and so are households of a column that
    nobody asked for; `zoning.reading.estimates` fills them.

    Parameters
    ----------
    frame
        The table of buildings.
    ids
        What to call them in messages.
    choices
        What its columns are.
    sums
        Further columns to sum.
    costs
        Whose resources are counted by some of these sums.
    log
        Takes faults and notes.
    """
    log.faults.extend(
        f"sums cannot take a column {name!r}: that name is kept for the "
        f"{name} of a unit. Rename the column."
        for name in sums
        if name == "load" or (name in SUMS and name not in _headers(choices, name))
    )
    wanted = [name for name in (*SUMS, *sums) if name in choices and name != "load"]
    values = {
        name: numbers_of(frame, choices[name], ids, log)
        for name in dict.fromkeys(wanted)
    }
    log.faults.extend(
        f"Resource {resource.name!r} is counted per {resource.per!r}, which was not "
        "read. Name that column in sums=."
        for resource in costs.resources
        if resource.per not in (*SUMS, *sums)
    )
    return values


def _headers(choices: Choices, role: str) -> tuple[str, ...]:
    return (choices[role].header,) if role in choices else ()


def numbers_of(frame: Any, choice: Choice, ids: Sequence[str], log: Issues) -> Floats:
    """A column as numbers >= 0 in the usual measure; NaN where that may be missing.

    What else is no such number is logged as a fault.
    """
    raw, column, role = frame[choice.header], choice.header, choice.role
    text = words_of(raw)
    plain = pd.api.types.is_numeric_dtype(raw) and not pd.api.types.is_bool_dtype(raw)
    units = IN_CELLS[role] if role in (*SUMS, *SHAPES) else {}  # others are counted
    read = [] if plain else numerals_of(raw, text, units)
    number: Floats = (
        raw.to_numpy(np.float64, na_value=np.nan)
        if plain
        else np.array([one and one.value for one in read], np.float64)
    )
    if choice.factor != 1:  # a cell with a measure of its own is not in that of all
        bare = np.array([not (one and one.unit) for one in read], bool)
        number = np.where(bare if read else True, number * choice.factor, number)
    why = np.array([one.why if one else "" for one in read] or [""] * len(raw), object)
    missing = np.array([t is None for t in text], bool)
    doubtful = ~np.isin(why, ("", NO_NUMBER, BEYOND))
    huge = (np.isfinite(number) & (number > MOST)) | (why == BEYOND)
    wrong = ~missing & ~np.isfinite(number) & ~doubtful & ~huge
    negative = np.isfinite(number) & (number < 0)
    kinds = (
        (missing & (not _may_lack(choice)), "missing"),
        (wrong, "not a number"),
        (doubtful, "in doubt"),
        (negative, "negative"),
        (huge, f"beyond measure, above {MOST:,.0f},"),
    )
    for which, fault in kinds:
        if which.any():
            seen = [
                _seen(n, t, w if fault == "in doubt" else "")
                for n, t, w in zip(ids, text, why, strict=True)
            ]
            log.faults.append(
                f"Column {column!r} ({role}) must be a number >= 0; it is {fault} for "
                f"{which.sum():,} building(s): {some(seen, which)}. Correct it, or "
                "take them out of the file."
            )
    if not plain and not (wrong | doubtful).any():
        log.notes.append(f"Column {column!r} holds text; it was read as numbers.")
    note_commas(read, text, column, log)
    return number


def _may_lack(choice: Choice) -> bool:
    """Whether what is missing is made of something else afterwards."""
    return choice.role in ("area", *SHAPES) or (
        choice.role == "households" and not choice.asked
    )


def _seen(name: str, text: str | None, why: str) -> str:
    told = name if text is None else f"{name} has {text}"
    return f"{told}, {why}" if why else told


def numerals_of(
    raw: Any, text: Sequence[str | None], units: Mapping[str, int]
) -> list[Numeral | None]:
    """A column of any kind as numbers; `text` says where it has a value."""
    pairs = zip(raw.tolist(), text, strict=True)
    return measured([None if word is None else value for value, word in pairs], units)


def note_commas(
    read: Sequence[Numeral | None],
    text: Sequence[str | None],
    column: str,
    log: Issues,
) -> None:
    """Note where a comma was taken for the decimal sign."""
    which = np.array([one is not None and one.by_comma for one in read], bool)
    if which.any():
        words = [word or "" for word in text]
        log.notes.append(
            f"Column {column!r}: a comma was read as the decimal sign for "
            f"{which.sum():,} building(s): {some(words, which)}."
        )
