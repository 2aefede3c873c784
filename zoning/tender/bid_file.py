"""Cells of a spreadsheet or a CSV file, read row by row and never more than bids need.

What a file says of its own size is not believed: rows are counted as they come.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import warnings
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias
from zipfile import BadZipFile, ZipFile

from zoning.text.encodings import decoded
from zoning.text.issues import Issues

Cell: TypeAlias = str | int | float
Line: TypeAlias = tuple[int, list[Cell]]

MOST_ROWS = 50_000  # that are not empty
MOST_COLUMNS = 100
MOST_BYTES = 30_000_000  # of a file, and of what is packed in one
_TOP_ROWS = 50  # among which the heads of a CSV file stand
_LAST_ROW = 1_048_576  # of any spreadsheet
MOST_BESIDES = 3_000_000  # bytes of a part that holds no rows, such as looks
MOST_RATIO = 100  # what people make unpacks into 5 to 30 times its size
_PARSED = re.compile(r"\.(xml|rels|vml)$", re.IGNORECASE)
_ROWS = re.compile(r"worksheets/|sharedStrings|pivotCache", re.IGNORECASE)
WORKBOOKS, TEXTS = (".xlsx", ".xlsm"), (".csv", ".txt", ".tsv")
_PERCENT = re.compile(r'%(?=(?:[^"]*"[^"]*")*[^"]*$)')  # not within quotes
_LITERAL = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[\$(?P<money>[^\]-]*)[^\]]*\]|\[[^\]]*\]'
    r"|[_*].|(?P<wide>[^\x00-\x7f])"
)
_SCALED = re.compile(r"[!\\]\.|[0#?],+(?![0#?])")  # shown other than it is held
_ANEW = "save it anew as .xlsx or .csv"


def lines_of(path: Path, heads: Callable[[list[str]], bool], log: Issues) -> list[Line]:
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
    read = _reader(path, heads, log)
    try:
        with path.open("rb") as file:
            large = file.seek(0, io.SEEK_END) > MOST_BYTES
    except OSError as error:
        reason = error.strerror or str(error)
        log.faults.append(f"{path} cannot be read ({reason}). Check the path.")
        return []
    if large:
        log.faults.append(_too_large(path, f"{MOST_BYTES // 10**6} MB"))
        return []
    try:
        found = list(islice(_filled(read()), MOST_ROWS + 1))
    except _TooLargeError as error:
        log.faults.append(_too_large(path, str(error)))
    except Exception as error:  # openpyxl raises anything where a file is damaged
        log.faults.append(
            f"{path} cannot be read ({_reason(error)}). Check that it opens in a "
            f"spreadsheet, and {_ANEW}."
        )
    else:
        if len(found) > MOST_ROWS:
            log.faults.append(_too_large(path, f"{MOST_ROWS:,} rows"))
        return found[:MOST_ROWS]
    return []


class _TooLargeError(Exception):
    """More is packed in a file than bids need."""


def _too_large(path: Path, most: str) -> str:
    return (
        f"{path} holds more than {most}, more than bids need. Take out what are no "
        f"bids, and {_ANEW}."
    )


def _reason(error: Exception) -> str:
    if isinstance(error, BadZipFile | UnicodeError | csv.Error):
        return str(error).rstrip(". ")
    return "it is damaged, or no such file as its name says"


def _reader(
    path: Path, heads: Callable[[list[str]], bool], log: Issues
) -> Callable[[], Iterable[Line]]:
    suffix = path.suffix.lower()
    if suffix in WORKBOOKS:
        return lambda: _workbook(path, log)
    if suffix in TEXTS:
        return lambda: _csv(path, heads, log)
    log.faults.append(
        f"{path} is of no kind that can be read. Save the bids as .xlsx or .csv."
    )
    return lambda: ()


def _filled(lines: Iterable[Line]) -> Iterator[Line]:
    return (line for line in lines if any(cell != "" for cell in line[1]))


# --- workbooks -----------------------------------------------------------------------


def _workbook(path: Path, log: Issues) -> Iterator[Line]:
    """Rows of the first sheet; a formula whose value was not stored stands as such."""
    import openpyxl
    from openpyxl.cell.read_only import EMPTY_CELL

    content = path.read_bytes()
    _refuse_packed(content)
    empty = (EMPTY_CELL,) * MOST_COLUMNS
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and other things not read
        books = [
            openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=data_only
            )
            for data_only in (True, False)
        ]
        try:
            sheets = [book.worksheets[0] for book in books]
            if len(books[0].worksheets) > 1:
                log.notes.append(
                    f"{path} has {len(books[0].worksheets)} sheets; the first, "
                    f"{word(sheets[0].title)!r}, was read."
                )
            for sheet in sheets:
                sheet.reset_dimensions()
            both = [sheet.iter_rows(max_col=MOST_COLUMNS) for sheet in sheets]
            for number, (values, written) in enumerate(zip(*both, strict=True), 1):
                if number > _LAST_ROW:
                    raise _TooLargeError(f"{_LAST_ROW:,} rows")
                if not values == written == empty:
                    yield number, [*map(_shown, values, written)]
        finally:
            for book in books:
                book.close()


def _refuse_packed(content: bytes) -> None:
    """Refuse a small file that unpacks into a large one."""
    with ZipFile(io.BytesIO(content)) as packed:
        parts = [part for part in packed.infolist() if _PARSED.search(part.filename)]
    for part in parts:
        if part.file_size > MOST_BESIDES and not _ROWS.search(part.filename):
            raise _TooLargeError(f"{MOST_BESIDES // 10**6} MB of {part.filename}")
        if part.file_size > max(10**6, MOST_RATIO * part.compress_size):
            raise _TooLargeError(f"{MOST_RATIO} times its size when unpacked")
    if sum(part.file_size for part in parts) > MOST_BYTES:
        raise _TooLargeError(f"{MOST_BYTES // 10**6} MB")


def _shown(cell: Any, written: Any) -> Cell:
    """A cell as number or words; one that a formula left empty is of type "str"."""
    if cell.value is None and written.value is None:
        return ""
    unknown = (
        cell.value is None and written.data_type == "f" and cell.data_type != "str"
    )
    value = written.value if unknown else cell.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _with_look(value, cell.number_format or "")
    return word(getattr(value, "text", value))  # of formulas over several cells


def _with_look(value: float, look: str) -> Cell:
    """A number with the words that its format shows beside it, such as 万元."""
    if _PERCENT.search(look):
        return f"{100 * Decimal(str(value))}%"
    shown = look.partition(";")[0]
    words = "".join(
        found["quoted"] or found["escaped"] or found["money"] or found["wide"] or ""
        for found in _LITERAL.finditer(shown)
    )
    if re.search(r"\w|[^\x00-\x7f]", words) and _SCALED.search(shown):
        return f"{value} [{shown}]"  # whether the words go with the look or the value
    return f"{value}{words}" if re.search(r"[^\W_]|[$€£]", words) else value


# --- text ----------------------------------------------------------------------------


def _csv(path: Path, heads: Callable[[list[str]], bool], log: Issues) -> Iterator[Line]:
    """Rows of a CSV file, its encoding and its separator guessed."""
    text = _decoded(path, log)
    begin = [*islice((line for line in io.StringIO(text) if line.strip()), _TOP_ROWS)]
    first = next((line for line in begin if heads(_split(line))), "".join(begin))
    separator = max(",;\t", key=first.count)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    for number, row in enumerate(table, 1):
        if number > _LAST_ROW:
            raise _TooLargeError(f"{_LAST_ROW:,} rows")
        if any(row[MOST_COLUMNS:]):
            raise _TooLargeError(f"{MOST_COLUMNS} columns")
        yield number, [word(value) for value in row[:MOST_COLUMNS]]


def _split(line: str) -> list[str]:
    """Cells of a line whatever separates them."""
    return [word(cell) for cell in re.split(r"[,;\t]", line)]


def _decoded(path: Path, log: Issues) -> str:
    text, in_gbk = decoded(path.read_bytes())
    if in_gbk:
        log.notes.append(f"{path} is not in UTF-8; it was read as GB18030.")
    return text


def word(value: object) -> str:
    """A cell as plain words: full-width signs made plain, blanks made one."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    told = "" if value is None else str(value)
    text = unicodedata.normalize("NFKC", told)
    seen = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return " ".join(seen.split())
