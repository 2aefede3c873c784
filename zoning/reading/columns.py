"""Columns of the building table: ids, words, and numbers to sum over units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from zoning.costs import MOST, CostModel
from zoning.reading.words import ID_NAMES, check_digits, note_alike, words_of
from zoning.text.issues import Issues, count, did_you_mean, some
from zoning.text.numerals import AREA_UNITS, BEYOND, NO_NUMBER, Numeral, measured

Floats = NDArray[np.float64]

_TINY_AREA = 50.0  # m²; a median below it says the column is in 10,000 m²
_UNITS = {"area": AREA_UNITS, "households": {"户": 1, "households": 1}}
_AREA_WORDS = ("area", "m2", "面积", "mianji")


@dataclass(frozen=True)
class SumColumns:
    """Names of the columns to sum, as the caller gave them."""

    area: str | None
    households: str | None
    sums: tuple[str, ...]


def ids_of(frame: Any, column: str | None, log: Issues) -> list[str]:
    """One text per building; row numbers where no column identifies them."""
    numbers = [str(i + 1) for i in range(len(frame))]
    if not check_column(frame, column, "id", log):
        return numbers
    if column is None:
        column = _usual_id(frame)
    if column is None:
        log.notes.append("No id column; buildings are called by row, from 1.")
        return numbers
    check_digits(frame[column], column, "id", log)
    text = words_of(frame[column])
    note_alike(text, column, log)
    ids = [t or f"row {n}" for t, n in zip(text, numbers, strict=True)]
    missing = np.array([t is None for t in text])
    if missing.any():
        log.faults.append(
            f"{count(missing)} no id in column {column!r}: {some(ids, missing)}. "
            "Fill them in or name another column by id=."
        )
    twice = pd.Series(ids).duplicated(keep=False).to_numpy()
    if twice.any():
        log.faults.append(
            f"{count(twice)} an id in column {column!r} that another has too: "
            f"{some(ids, twice)}. Ids must differ: take out buildings listed twice, "
            "or name another column by id=."
        )
    return ids


def _usual_id(frame: Any) -> str | None:
    by_name = {str(c).lower(): c for c in reversed(column_names(frame))}
    return next((by_name[name] for name in ID_NAMES if name in by_name), None)


def column_names(frame: Any) -> list[str]:
    """All columns but that of shapes."""
    return [c for c in frame.columns if c != frame.geometry.name]


def check_column(frame: Any, column: str | None, role: str, log: Issues) -> bool:
    """Log a column that is not there; True if it is or none was asked for."""
    known = column_names(frame)
    if column is None or column in known:
        return True
    log.faults.append(
        f"There is no column {column!r} ({role}). {did_you_mean(column, known)}"
        f"The columns are {', '.join(map(str, known)) or 'none'}."
    )
    return False


def values_of(
    frame: Any, ids: Sequence[str], columns: SumColumns, costs: CostModel, log: Issues
) -> dict[str, Floats]:
    """Numbers per building that are summed over units, by the name of the sum."""
    if columns.area is None:
        known = list(map(str, column_names(frame)))
        likely = [c for c in known if any(w in c.lower() for w in _AREA_WORDS)]
        log.faults.append(
            "No area column was named; floor area is what service is priced by. Give "
            f"area= one of {', '.join(likely or known) or 'none'}."
        )
    wanted = {"area": columns.area, "households": columns.households}
    log.faults.extend(
        f"sums cannot take a column {name!r}: that name is kept for the "
        f"{name} of a unit. Rename the column."
        for name in columns.sums
        if name == "load" or (name in wanted and wanted[name] != name)
    )
    wanted = {**wanted, **{n: n for n in columns.sums if n not in {*wanted, "load"}}}
    values = {
        name: _numbers(frame, column, name, ids, log)
        for name, column in wanted.items()
        if column is not None and check_column(frame, column, name, log)
    }
    _note_area(values.get("area"), ids, log)
    log.faults.extend(
        f"Resource {resource.name!r} is counted per {resource.per!r}, which was not "
        "read. Name that column in sums=."
        for resource in costs.resources
        if resource.per not in wanted
    )
    return values


def _numbers(
    frame: Any, column: str, role: str, ids: Sequence[str], log: Issues
) -> Floats:
    """A column as numbers >= 0, faults logged."""
    raw = frame[column]
    text = words_of(raw)
    plain = pd.api.types.is_numeric_dtype(raw) and not pd.api.types.is_bool_dtype(raw)
    read = [] if plain else numerals_of(raw, text, _UNITS.get(role, {}))
    number: Floats = (
        raw.to_numpy(np.float64, na_value=np.nan)
        if plain
        else np.array([one and one.value for one in read], np.float64)
    )
    why = np.array([one.why if one else "" for one in read] or [""] * len(raw), object)
    missing = np.array([t is None for t in text], bool)
    doubtful = ~np.isin(why, ("", NO_NUMBER, BEYOND))
    huge = (np.isfinite(number) & (number > MOST)) | (why == BEYOND)
    wrong = ~missing & ~np.isfinite(number) & ~doubtful & ~huge
    negative = np.isfinite(number) & (number < 0)
    kinds = (
        (missing, "missing"),
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


def _note_area(area: Floats | None, ids: Sequence[str], log: Issues) -> None:
    if area is None or not (area > 0).any():
        if area is not None and (area == 0).all():
            log.faults.append("Every floor area is 0. Name another column by area=.")
        return
    none = area == 0
    if none.any():
        log.notes.append(
            f"{count(none)} a floor area of 0 and cost nothing: {some(ids, none)}."
        )
    middle = float(np.median(area[area > 0]))
    if middle < _TINY_AREA:
        log.notes.append(
            f"Half of the floor areas are under {middle:g} m². If the column is in "
            "10,000 m² (万㎡), multiply it by 10,000."
        )
