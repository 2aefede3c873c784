"""Tables of buildings out of spreadsheets and files of text, as offices keep them.

Heads are found wherever they stand; titles, totals and notes are left out; what was
merged is filled down. Each of these is told, in the rows of the spreadsheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from zoning.reading.head_rows import Heads, heads_of, is_number, like_heads, plain
from zoning.reading.headers import measure_in
from zoning.reading.rows import with_rows
from zoning.reading.spreadsheets import (
    OLD_WORKBOOKS,
    TEXTS,
    WORKBOOKS,
    Cell,
    Line,
    Most,
    Range,
    Sheet,
    is_broken,
    letters,
    sheets_of,
)
from zoning.reading.totals import is_summed, told_rows
from zoning.reading.words import EXACT
from zoning.text.issues import Issues, did_you_mean
from zoning.text.lists import first_few
from zoning.text.numerals import AREA_UNITS

TABLES = (*WORKBOOKS, *OLD_WORKBOOKS, *TEXTS)
ABOVE = "above"  # among the attributes of a table: words that stand above its heads
_MOST = Most(rows=1_000_000, columns=1_000, bytes=600_000_000, things="buildings")
_KNOWN = re.compile(
    r"楼|栋|幢|编号|小区|院落|地址|面积|户数|层数|经度|纬度|坐标|物业|社区|街道|年份|竣工|"
    r"zrz|mj$|area|household|building|compound|floor|^id$|^lon|^lng|^lat|^[xy]$|wkt"
)
_UNIT = re.compile(r"单位\s*[:：]?\s*([^)）\]]+)")  # noqa: RUF001 - as typed
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?")


@dataclass(frozen=True)
class _Found:
    """A sheet, and the table that was found on it."""

    sheet: Sheet
    heads: Heads

    @property
    def rank(self) -> tuple[bool, int, int]:
        """The higher, the likelier are these the buildings."""
        known = sum(bool(_KNOWN.search(plain(n))) for n in self.heads.names.values())
        return not self.sheet.is_hidden, known, len(self.sheet.lines)


def read_table(path: Path, sheet: str, log: Issues) -> Any:
    """The table of a file, or None if it has a fault.

    Parameters
    ----------
    path
        One of `TABLES`.
    sheet
        Its name; "" for the one that looks like buildings.
    log
        Takes faults and notes.

    Returns
    -------
    DataFrame
        A row a building, columns called as in the file. `rows_of` tells the rows of
        the file, ``attrs["above"]`` the words above the heads.
    """
    faults = len(log.faults)
    sheets = [*sheets_of(path, _MOST, like_heads, log)]
    if len(log.faults) > faults:
        return None
    found = _chosen(path, sheets, sheet, log)
    if found is None:
        return None
    here = f"{path}, sheet {found.sheet.name!r}" if sheets[1:] else str(path)
    frame = _frame(here, found, log)
    return None if len(log.faults) > faults else frame


def _chosen(
    path: Path, sheets: Sequence[Sheet], name: str, log: Issues
) -> _Found | None:
    """The sheet that was asked for, or looks most like buildings."""
    if not any(sheet.lines for sheet in sheets):
        log.faults.append(f"{path} is empty: no cell of it holds anything.")
        return None
    names = [sheet.name for sheet in sheets]
    if name and name not in names:
        log.faults.append(
            f"{path} has no sheet {name!r}. {did_you_mean(name, names)}Its sheets are "
            f"{first_few(names)}."
        )
        return None
    found = [
        _Found(sheet, heads)
        for sheet in sheets
        if name in ("", sheet.name)
        and (heads := heads_of(sheet.lines, sheet.merged)) is not None
    ]
    if not found:
        log.faults.append(
            f"{path} has no row of heads: none of its first rows is of words that name "
            "columns. Write the names of the columns above the buildings."
        )
        return None
    best = max(found, key=lambda one: one.rank)
    if sheets[1:] and not name:
        told = (
            f"{path} has sheets {first_few(names)}; {best.sheet.name} was read, which "
            f"looks most like buildings. Choose another by '{path}|layername=NAME'."
        )
        same = set(best.heads.names.values())
        alike = [
            one.sheet.name
            for one in found
            if one is not best and set(one.heads.names.values()) == same
        ]
        if alike:
            told += (
                f" Of the same heads and not read: {first_few(alike)}. To read them "
                "all, give each so."
            )
        log.notes.append(told)
    if best.sheet.is_hidden:
        log.notes.append(f"{path}: sheet {best.sheet.name!r} is hidden; it was read.")
    return best


def _frame(here: str, found: _Found, log: Issues) -> Any:
    sheet, heads = found.sheet, found.heads
    lines = [(number, [*cells]) for number, cells in sheet.lines]
    above = [str(c) for _, cells in lines[: heads.first] for c in cells if c != ""]
    told = [*_told_top(lines, heads, above)]
    things, notes = told_rows(lines, heads, sheet.merged)
    told += notes
    names, more = _named(heads.names, things)
    told += more
    names, more = _measured(names, above)
    told += more
    told += _fill_down(here, things, sheet.merged, names, log)
    told += _told_hidden(sheet, things, names)
    rows = [number for number, _ in things]
    columns = {}
    for at, name in names.items():
        values = [cells[at] if at < len(cells) else "" for _, cells in things]
        where = f"column {letters(at)} ({name})"
        values, more = _readable(values, rows, where)
        told += more
        columns[name] = _column(values, is_text=sheet.is_text)
    log.notes += [f"{here}: {one}." for one in told]
    frame = with_rows(pd.DataFrame(columns), rows)
    frame.attrs[ABOVE] = tuple(above)
    return frame


def _told_top(
    lines: Sequence[Line], heads: Heads, above: Sequence[str]
) -> Iterator[str]:
    first, last = lines[heads.first][0], lines[heads.below - 1][0]
    if first != last:
        yield f"the heads are those of rows {first} to {last}"
    elif first != 1:
        yield f"the heads are those of row {first}"
    if above:
        yield f"above them stands {first_few(map(repr, above), 5)}"


def _named(
    heads: Mapping[int, str], things: Sequence[Line]
) -> tuple[dict[int, str], list[str]]:
    """A name for each column, by its place: no two are alike."""
    filled = {at for _, cells in things for at, cell in enumerate(cells) if cell != ""}
    names: dict[int, str] = {}
    bare, again = [], []
    for at in sorted({*heads, *filled}):
        name = heads.get(at, "")
        if not name:
            name = f"column {letters(at)}"
            bare.append(name)
        elif name in names.values():
            name = f"{name} (column {letters(at)})"
            again.append(name)
        names[at] = name
    told = []
    if bare:
        told.append(f"without a head are {first_few(bare)}; they are called so")
    if again:
        told.append(f"heads that stand twice are called {first_few(again)}")
    return names, told


def _measured(
    names: Mapping[int, str], above: Sequence[str]
) -> tuple[dict[int, str], list[str]]:
    """Heads of areas with the measure that a line above the table tells."""
    said = {
        word
        for words in above
        if (found := _UNIT.search(words))
        for word in re.split(r"[,，;/、\s]+", found[1])  # noqa: RUF001 - as typed
        if AREA_UNITS.get(measure_in(f"({word})"), 1) != 1
    }
    bare = [at for at, x in names.items() if "面积" in x and not measure_in(x)]
    if len(said) != 1 or not bare:
        return dict(names), []
    measure = said.pop()
    more = {at: f"{names[at]}({measure})" for at in bare}
    told = f"what stands above says {measure}; so heads are {first_few(more.values())}"
    return {**names, **more}, [told]


def _fill_down(
    here: str,
    things: Sequence[Line],
    merged: Sequence[Range],
    names: Mapping[int, str],
    log: Issues,
) -> Iterator[str]:
    """Fill what is merged over several rows into each of them."""
    at_row = dict(things)
    told: dict[str, list[str]] = {}
    several = []
    for one in sorted(merged):
        rows = [row for row in range(one.top, one.bottom + 1) if row in at_row]
        cells = at_row.get(one.top, [])
        if len(rows) < 2 or one.left >= len(cells) or cells[one.left] == "":
            continue
        value, name = cells[one.left], names[one.left]
        where = f"rows {rows[0]} to {rows[-1]}"
        if is_summed(name) and is_number(value):
            place = f"{where}, column {letters(one.left)} ({name})"
            several.append(f"{place} have {value} together")
            continue
        for row in rows[1:]:
            at_row[row] += [""] * (one.left + 1 - len(at_row[row]))
            at_row[row][one.left] = value
        told.setdefault(f"column {letters(one.left)} ({name})", []).append(where)
    if several:
        log.faults.append(
            f"{here} has merged cells with one number for several buildings: "
            f"{first_few(several, mark='; ')}. Unmerge them, and write the number of "
            "each."
        )
    for column, places in told.items():
        yield f"merged cells were filled down in {column}: {first_few(places, 5)}"


def _told_hidden(
    sheet: Sheet, things: Sequence[Line], names: Mapping[int, str]
) -> Iterator[str]:
    rows = [number for number, _ in things if number in sheet.hidden_rows]
    columns = [
        f"{letters(at)} ({name})"
        for at, name in names.items()
        if at in sheet.hidden_columns
    ]
    if rows:
        yield f"hidden rows were read like others: {first_few(rows)}"
    if columns:
        yield f"hidden columns were read like others: {first_few(columns)}"


def _readable(
    values: list[Cell], rows: Sequence[int], where: str
) -> tuple[list[Cell], list[str]]:
    """The cells with days as words, without errors and formulas that have no value."""
    odd = {type(value) for value in values} - {str, int, float}
    begins = any(isinstance(v, str) and v[:1] in ("=", "#") for v in values)
    told = []
    if begins:
        broken = [
            i for i, v in enumerate(values) if isinstance(v, str) and is_broken(v)
        ]
        if broken:
            seen = [f"row {rows[i]} ({values[i]})" for i in broken]
            told.append(
                f"{where} has errors, or formulas without a value, read as empty: "
                f"{first_few(seen)}. Open the file in the spreadsheet, mend and save it"
            )
        values = [*values]
        for i in broken:
            values[i] = ""
    if odd:
        days = [isinstance(value, date) for value in values]
        words = sum(v != "" for v in values) - sum(days)
        if 0 < sum(days) < words:
            seen = [
                f"row {rows[i]} ({_day(values[i])})"
                for i, day in enumerate(days)
                if day
            ]
            told.append(
                f"{where} has days among other words: {first_few(seen)}. A spreadsheet "
                "makes a day of a number such as 3-1; if so, write it anew as text"
            )
        values = [_day(value) for value in values]
    return values, told


def _day(value: Cell) -> Cell:
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return value if isinstance(value, str | int | float) else str(value)


def _column(values: Sequence[Cell], *, is_text: bool) -> Any:
    """A column as numbers where all are, or else as they are; None where empty."""
    if is_text and (numbers := _numbers(values)) is not None:
        return numbers
    plain_values = [None if value == "" else value for value in values]
    kinds = {type(value) for value in plain_values} - {type(None)}
    if not kinds or not kinds <= {int, float}:
        return pd.Series(plain_values, dtype=object)
    if kinds == {int}:
        if None not in plain_values:
            return pd.Series(plain_values, dtype=np.int64 if _fit(values) else object)
        if not _fit(values):
            return pd.Series(plain_values, dtype=object)
    return pd.Series(plain_values, dtype=np.float64)


def _fit(values: Sequence[Cell]) -> bool:
    return all(abs(value) < EXACT for value in values if isinstance(value, int))


def _numbers(values: Sequence[Cell]) -> Any:
    """Words as numbers where each is one, and no two that differ become the same."""
    words = [str(value) for value in values]
    known = {word for word in words if word}
    if not known:
        return None
    whole = all(map(_WHOLE.fullmatch, known))
    if not whole and not all(map(_DECIMAL.fullmatch, known)):
        return None
    if len(set(map(float, known))) < len(known):
        return None  # 3.1 and 3.10 are two buildings
    if whole and "" not in words:
        return pd.Series([*map(int, words)], dtype=np.int64)
    return pd.Series([float(w) if w else np.nan for w in words], dtype=np.float64)
