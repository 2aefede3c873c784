"""Sheets of cells out of workbooks and text files, as they stand there.

What a file says of its own size is not believed: rows are counted as they come. What a
file is, its first bytes tell: many an .xls is a table of text, or a workbook by now.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import islice
from pathlib import Path
from typing import TypeAlias
from zipfile import BadZipFile

from zoning.errors import InputError
from zoning.text.encodings import decoded, no_text, require_file
from zoning.text.issues import Issues

Cell: TypeAlias = str | int | float | date | time | timedelta
Line: TypeAlias = tuple[int, list[Cell]]
Heads: TypeAlias = Callable[[list[str]], bool]

LAST_ROW = 1_048_576  # of any spreadsheet
WORKBOOKS, TEXTS = (".xlsx", ".xlsm"), (".csv", ".txt", ".tsv")
OLD_WORKBOOKS = (".xls", ".et")
ANEW = "save it anew as .xlsx or .csv"
_TOP_ROWS = 50  # among which the heads of a text file stand
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|\?xml|table|meta)", re.I)
_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|#+)")
_QUOTED = re.compile(r'="(.*)"', re.DOTALL)  # how programs keep 007 in a text file


@dataclass(frozen=True)
class Most:
    """The most a file may hold.

    Parameters
    ----------
    rows, columns
        That are not empty.
    bytes
        Of the file, and of what is packed in it.
    things
        What the rows are: "bids".
    """

    rows: int
    columns: int
    bytes: int
    things: str


@dataclass(frozen=True, order=True)
class Range:
    """Cells that are one: rows as the file numbers them, columns from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Sheet:
    """One sheet of a file.

    Parameters
    ----------
    name
        As its tab says; "" in a file of text.
    among
        The names of all sheets of the file.
    lines
        Rows that are not empty, each with its number. Numbers come with the words of
        their format, such as "24万元"; a formula without a value is "=...", an error
        of the spreadsheet "#REF!" or the like.
    merged
        Cells that were made one.
    hidden_rows, hidden_columns
        Which of them the spreadsheet does not show; columns are counted from 0.
    is_hidden
        The spreadsheet does not show the sheet.
    is_text
        Cells are words, none of which says that it is a number.
    """

    name: str
    among: tuple[str, ...]
    lines: Sequence[Line]
    merged: Sequence[Range] = ()
    hidden_rows: frozenset[int] = field(default_factory=frozenset)
    hidden_columns: frozenset[int] = field(default_factory=frozenset)
    is_hidden: bool = False
    is_text: bool = False


class TooLargeError(Exception):
    """More is packed in a file than is needed; the message says what."""


def sheets_of(path: Path, most: Most, heads: Heads, log: Issues) -> Iterator[Sheet]:
    """The sheets of a file, read one by one; only the first where no more are asked.

    Parameters
    ----------
    path
        A workbook, or a table of text.
    most
        What is more is a fault.
    heads
        Whether cells look like the heads of the table, which tells what separates them
        in a file of text.
    log
        Takes what makes the file unreadable, and what was assumed.
    """
    try:
        require_file(path)
        with path.open("rb") as file:
            begin = file.read(1_000)
            large = file.seek(0, io.SEEK_END) > most.bytes
    except OSError as error:
        reason = error.strerror or str(error)
        log.faults.append(f"{path} cannot be read ({reason}). Check the path.")
        return
    try:
        if large:
            raise TooLargeError(f"{most.bytes // 10**6} MB")
        yield from _read(path, begin, most, heads, log)
    except TooLargeError as error:
        log.faults.append(
            f"{path} holds more than {error}, more than {most.things} need. Take out "
            f"what are no {most.things}, and {ANEW}."
        )
    except InputError as error:
        log.faults.append(str(error))
    except Exception as error:  # openpyxl raises anything where a file is damaged
        log.faults.append(
            f"{path} cannot be read ({_reason(error)}). Check that it opens in a "
            f"spreadsheet, and {ANEW}."
        )


def _read(
    path: Path, begin: bytes, most: Most, heads: Heads, log: Issues
) -> Iterator[Sheet]:
    suffix = path.suffix.lower()
    if suffix in TEXTS:
        return iter((_text(path, most, heads, log),))
    from zoning.reading.workbooks import old_sheets, sheets  # openpyxl: slow to load

    if suffix in WORKBOOKS and not begin.startswith(_OLE):
        return sheets(path, most)
    if begin.startswith(_ZIP):
        return sheets(path, most)
    if begin.startswith(_OLE):
        return old_sheets(path, most, log)
    if _MARKUP.match(begin):
        msg = (
            f"{path} cannot be read: it is a web page or other markup that only bears "
            f"the name of a workbook. Open it in a spreadsheet, and {ANEW}."
        )
        raise InputError(msg)
    return iter((_text(path, most, heads, log),))


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return f"it is {no_text(error)}"
    if isinstance(error, BadZipFile | csv.Error):
        return str(error).rstrip(". ")
    return "it is damaged, or no such file as its name says"


def is_broken(text: str) -> bool:
    """Whether a cell shows no value: a formula, or an error like #REF!."""
    return text.startswith("=") or _ERROR.fullmatch(text) is not None


def letters(column: int) -> str:
    """What a spreadsheet calls a column that is counted from 0.

    Examples
    --------
    >>> letters(0), letters(25), letters(26), letters(701), letters(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    before, last = divmod(column, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)


def trimmed(text: str) -> str:
    """Words without signs that nobody sees, all blanks and breaks made one blank."""
    if not text.isprintable():
        text = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return " ".join(text.split())


def filled(lines: Iterator[Line], most: Most) -> list[Line]:
    """The rows that are not empty, in which nothing stands too far to the right.

    Raises
    ------
    TooLargeError
        There are more than there may be.
    """
    found: list[Line] = []
    for number, cells in lines:
        if number > LAST_ROW:
            raise TooLargeError(f"{LAST_ROW:,} rows")
        while cells and cells[-1] == "":
            cells.pop()
        if len(cells) > most.columns:
            raise TooLargeError(f"{most.columns:,} columns")
        if cells:
            found.append((number, cells))
        if len(found) > most.rows:
            raise TooLargeError(f"{most.rows:,} rows")
    return found


def _text(path: Path, most: Most, heads: Heads, log: Issues) -> Sheet:
    """Rows of a file of text, its encoding and its separator guessed."""
    text, in_gbk = decoded(path.read_bytes())
    if in_gbk:
        log.notes.append(f"{path} is not in UTF-8; it was read as GB18030.")
    begin = [*islice((line for line in io.StringIO(text) if line.strip()), _TOP_ROWS)]
    first = next((line for line in begin if heads(_split(line))), "".join(begin))
    separator = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    lines = ((number, [*map(_typed, row)]) for number, row in enumerate(rows, 1))
    return Sheet("", ("",), filled(lines, most), is_text=True)


def _typed(cell: str) -> Cell:
    quoted = _QUOTED.fullmatch(cell)
    return trimmed(quoted[1] if quoted else cell)


def _split(line: str) -> list[str]:
    """Cells of a line whatever separates them."""
    return [trimmed(cell) for cell in re.split(r"[,;\t]", line)]
