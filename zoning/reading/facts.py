"""Further facts about buildings, one value each, as rules, fees and contracts need.

Words and numbers are kept as they are, dates as "2026-06-30", what is missing as None,
and so is what means that there is none: 无, N/A, -.
Columns that mean the same in every file are read with more care: `fee` and `parking`
are numbers >= 0, `built` is a year, `rate` a share of 0 to 1, whether the file writes
0.6, 60 or 60%.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, TypeVar
from unicodedata import normalize

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from zoning.costs import MOST
from zoning.reading.columns import note_commas, numerals_of
from zoning.reading.headers import IN_CELLS
from zoning.reading.roles import FACTS, Choice, Choices
from zoning.reading.words import (
    check_digits,
    each,
    note_alike,
    without_nothing,
    words_of,
)
from zoning.text.issues import Issues, some
from zoning.text.numerals import Numeral

Floats = NDArray[np.float64]
Facts = tuple[Any, ...]
T = TypeVar("T")

FACTS_FOUND = ("name", "unit_name", "floors", *FACTS)  # kept where they are found
_LEAST_PERCENT = 5.0  # a rate from here on is a percentage; below it may be a slip
_YEAR = re.compile(r"(1[89]\d\d|20\d\d)(\d\d|\d{4})?(?!\d)")


def facts_of(
    frame: Any,
    ids: Sequence[str],
    choices: Choices,
    wanted: Collection[str],
    values: Mapping[str, Floats],
    log: Issues,
) -> dict[str, Facts]:
    """Values per building, in table order, by the names they are kept under.

    Parameters
    ----------
    frame
        The table of buildings.
    ids
        What to call them in messages.
    choices
        What its columns are.
    wanted
        Facts that are needed, in which what cannot be read is a fault. In others, which
        were only found, it is left empty and told. ``"area"`` is always kept.
    values
        What was read as numbers to sum; a name in it means these numbers.
    log
        Takes faults and notes.
    """
    found: dict[str, Facts] = {}
    for name in dict.fromkeys(("area", *wanted)):
        if name in values:
            found[name] = tuple(each(pd.Series(values[name]), _plain))
        elif name in choices and name != "area":
            found[name] = _read(frame, ids, choices[name], log)
    for name in FACTS_FOUND:
        if name in choices and name not in found:
            found[name] = _read_what_can_be(frame, ids, choices[name], log)
    return found


def _read(frame: Any, ids: Sequence[str], choice: Choice, log: Issues) -> Facts:
    read = _READERS.get(choice.role, _as_it_is)
    found = read(frame[choice.header], choice.role, ids, log)
    if choice.factor == 1:
        return found
    return _once(found, lambda one: _plain(one * choice.factor))


def _read_what_can_be(
    frame: Any, ids: Sequence[str], choice: Choice, log: Issues
) -> Facts:
    """A column that nobody asked for; what it holds beside what it should is told."""
    tried = Issues()
    found = _read(frame, ids, choice, tried)
    if tried.faults:
        log.notes.append(
            f"Of column {choice.header!r}, read as {choice.role}, what cannot be read "
            f"was left empty. {tried.faults[0]}"
        )
    return found


def _as_it_is(column: Any, name: str, ids: Sequence[str], log: Issues) -> Facts:
    """Words and numbers; a number that stands as text elsewhere is that text."""
    check_digits(column, name, "columns", log)
    values = each(column, _plain)
    words = [value if isinstance(value, str) else None for value in values]
    known = without_nothing(words, name, ids, log)
    texts = {word for word in known if word is not None}
    found = [
        word if isinstance(value, str) else str(value) if str(value) in texts else value
        for value, word in zip(values, known, strict=True)
    ]
    note_alike([v if v is None else str(v) for v in found], name, log)
    return tuple(found)


def _plain(value: Any) -> str | int | float | None:
    """A value that is there as a word or number."""
    if isinstance(value, int | float):
        return int(value) if float(value).is_integer() else float(value)
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip() or None


def _amounts(column: Any, name: str, ids: Sequence[str], log: Issues) -> Facts:
    need = f"a number of 0 to {MOST:,.0f}"
    read = numerals_of(column, words_of(column), IN_CELLS[name])
    note_commas(read, _words(column), name, log)
    return _each(column, name, need, [*map(_amount, read)], ids, log)


def _shares(column: Any, name: str, ids: Sequence[str], log: Issues) -> Facts:
    need = "a share of 0 to 1 or a percentage of 5 to 100"
    read = numerals_of(column, words_of(column), IN_CELLS[name])
    note_commas(read, _words(column), name, log)
    found = _each(column, name, need, [*map(_share, read)], ids, log)
    changed = sum(one is not None and _in_percent(one) for one in read)
    if changed:
        log.notes.append(
            f"Column {name!r} holds percentages for {changed:,} building(s); 60 or 60% "
            "was read as 0.6."
        )
    return found


def _years(column: Any, name: str, ids: Sequence[str], log: Issues) -> Facts:
    words = _words(column)
    found = _each(column, name, "a year", _once(words, _year), ids, log)
    if any(y and w != str(y) for w, y in {*zip(words, found, strict=True)}):
        log.notes.append(f"Column {name!r} holds dates; the year was kept.")
    return found


def _each(
    column: Any,
    name: str,
    need: str,
    found: Sequence[float | str | None],
    ids: Sequence[str],
    log: Issues,
) -> Facts:
    """What was read; the words of which nothing could be made are one fault."""
    words = without_nothing(_words(column), name, ids, log)
    wrong = np.array(
        [w is not None and v is None for w, v in zip(words, found, strict=True)], bool
    )
    if wrong.any():
        seen = [f"{n} has {w}" for n, w in zip(ids, words, strict=True)]
        log.faults.append(
            f"Column {name!r} must be {need}; it is not for {wrong.sum():,} "
            f"building(s): {some(seen, wrong)}. Correct it, or leave it empty."
        )
    return _once(found, _plain)


def _once(values: Sequence[T | None], read: Callable[[T], Any]) -> Facts:
    """What is read of each value that is there; those that are equal are read once."""
    known = {value: read(value) for value in {*values} if value is not None}
    return tuple(None if value is None else known[value] for value in values)


def _words(column: Any) -> list[str | None]:
    """As `words_of`, with the narrow forms of wide digits and signs."""
    return [*_once(words_of(column), lambda word: normalize("NFKC", word))]


def _amount(one: Numeral | None) -> float | None:
    value = None if one is None else one.value
    return float(value) if value is not None and 0 <= value <= MOST else None


def _share(one: Numeral | None) -> float | None:
    number = _amount(one)
    if one is None or number is None:
        return None
    unclear = 1 < number < _LEAST_PERCENT and not one.unit
    if number > 100 or unclear or one.unit == "万":
        return None
    return number / 100 if _in_percent(one) else number


def _in_percent(one: Numeral) -> bool:
    return one.unit == "%" or (_amount(one) or 0) > 1


def _year(word: str) -> float | None:
    found = _YEAR.match(word)
    return None if found is None else int(found[1])


_READERS: Mapping[str, Callable[[Any, str, Sequence[str], Issues], Facts]] = {
    "built": _years,
    "fee": _amounts,
    "floors": _amounts,
    "parking": _amounts,
    "rate": _shares,
}
