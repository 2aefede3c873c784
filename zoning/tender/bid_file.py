"""Cells of a spreadsheet or a CSV file, never more of them than bids need."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TypeAlias

from zoning.reading.spreadsheets import TEXTS, WORKBOOKS, Heads, Most, sheets_of
from zoning.reading.spreadsheets import Cell as RawCell
from zoning.text.issues import Issues

Cell: TypeAlias = str | int | float
Line: TypeAlias = tuple[int, list[Cell]]

MOST_BYTES = 30_000_000  # of a file, and of what is packed in one
_MOST = Most(rows=50_000, columns=100, bytes=MOST_BYTES, things="bids")


def lines_of(path: Path, heads: Heads, log: Issues) -> list[Line]:
    """The rows of a file that are not empty, each with its number.

    Words are plain: full-width signs narrow, blanks made one. What a spreadsheet holds
    as a number stays one.

    Parameters
    ----------
    heads
        Whether cells look like the heads of the table, which tells what separates them.
    log
        Takes what makes the file unreadable, and what was assumed.
    """
    if path.suffix.lower() not in (*WORKBOOKS, *TEXTS):
        log.faults.append(
            f"{path} is of no kind that can be read. Save the bids as .xlsx or .csv."
        )
        return []
    sheet = next(sheets_of(path, _MOST, heads, log), None)
    if sheet is None:
        return []
    if len(sheet.among) > 1:
        log.notes.append(
            f"{path} has {len(sheet.among)} sheets; the first, {word(sheet.name)!r}, "
            "was read."
        )
    return [(number, [*map(_cell, cells)]) for number, cells in sheet.lines]


def _cell(value: RawCell) -> Cell:
    return value if isinstance(value, int | float) else word(value)


def word(value: object) -> str:
    """A cell as plain words: full-width signs made plain, blanks made one."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    told = "" if value is None else str(value)
    text = unicodedata.normalize("NFKC", told)
    seen = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return " ".join(seen.split())
