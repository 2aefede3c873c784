"""Sheets of workbooks: .xlsx by openpyxl, those of old programs by calamine.

openpyxl tells all that a spreadsheet shows. Its parser is used as its own read-only
sheets use it, for these tell neither merged cells nor hidden rows, and would have to
read a file twice to tell a formula without a value from an empty cell.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.utils import column_index_from_string, range_boundaries
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from zoning.errors import InputError
from zoning.reading.old_workbook import old_workbook
from zoning.reading.spreadsheets import (
    LAST_ROW,
    Cell,
    Line,
    Most,
    Range,
    Sheet,
    TooLargeError,
    filled,
    trimmed,
)
from zoning.text.issues import Issues

MOST_BESIDES = 3_000_000  # bytes of a part that holds no rows, such as looks
MOST_RATIO = 100  # what people make unpacks into 5 to 30 times its size
_PARSED = re.compile(r"\.(xml|rels|vml)$", re.IGNORECASE)
_ROWS = re.compile(r"worksheets/|sharedStrings|pivotCache", re.IGNORECASE)
_PERCENT = re.compile(r'%(?=(?:[^"]*"[^"]*")*[^"]*$)')  # not within quotes
_LITERAL = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[\$(?P<money>[^\]-]*)[^\]]*\]|\[[^\]]*\]'
    r"|[_*].|(?P<wide>[^\x00-\x7f])"
)
_SCALED = re.compile(r"[!\\]\.|[0#?],+(?![0#?])")  # shown other than it is held


def sheets(path: Path, most: Most) -> Iterator[Sheet]:
    """The sheets of an .xlsx.

    Raises
    ------
    TooLargeError
        There is more in it than there may be.
    Exception
        Of any kind: the file is damaged.
    """
    content = path.read_bytes()
    _refuse_packed(content, most)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and other things not read
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True
        )
        try:
            names = tuple(trimmed(sheet.title) for sheet in book.worksheets)
            looks = [_look(book, style.numFmtId) for style in book._cell_styles]
            for sheet in book.worksheets:
                yield _sheet(book, sheet, names, looks, most)
        finally:
            book.close()


def _sheet(
    book: Any, sheet: Any, names: tuple[str, ...], looks: list[_Look], most: Most
) -> Sheet:
    with sheet._get_source() as source:
        parser = _Parser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        lines = filled(_lines(parser, looks), most)
    return Sheet(
        trimmed(sheet.title),
        names,
        lines,
        merged=_merged(parser),
        hidden_rows=frozenset(
            int(row)
            for row, told in parser.row_dimensions.items()
            if told.get("hidden") in ("1", "true")
        ),
        hidden_columns=frozenset(_hidden_columns(parser, most)),
        is_hidden=sheet.sheet_state != "visible",
    )


class _Parser(WorkSheetParser):  # type: ignore[misc]  # openpyxl has no types
    """The parser of a sheet, for which a formula without a value is one."""

    def parse_cell(self, element: Any) -> Any:
        cell = super().parse_cell(element)
        if cell["value"] is None and element.get("t") != "str":
            formula = element.find(FORMULA_TAG)
            if formula is not None:
                cell["value"] = f"={formula.text or ''}"
        return cell


def _lines(parser: Any, looks: list[_Look]) -> Iterator[Line]:
    last = 0
    for number, found in parser.parse():
        if not last < number:
            msg = "rows stand in no order"
            raise ValueError(msg)
        if number > LAST_ROW:
            raise TooLargeError(f"{LAST_ROW:,} rows")
        last = number
        row = {one["column"]: one for one in found if one["value"] is not None}
        values = {at: _shown(one, looks) for at, one in row.items()}
        width = max((at for at, value in values.items() if value != ""), default=0)
        yield number, [values.get(at, "") for at in range(1, width + 1)]


_Look = Callable[[int | float], Cell] | None  # what a number with a format shows


def _shown(cell: Any, looks: list[_Look]) -> Cell:
    """A cell as number, day or words; a number with the words of its format."""
    value = cell["value"]
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        look = looks[cell["style_id"]]
        return value if look is None else look(value)
    return value if cell["data_type"] == "d" else trimmed(str(value))


def _look(book: Any, number: int) -> _Look:
    """How a format shows numbers; None where it adds no words to them."""
    custom = number - BUILTIN_FORMATS_MAX_SIZE
    look = (
        BUILTIN_FORMATS.get(number, "General")
        if custom < 0
        else book._number_formats[custom]
    )
    if _PERCENT.search(look):
        return lambda value: f"{100 * Decimal(str(value))}%"
    shown = look.partition(";")[0]
    words = "".join(
        found["quoted"] or found["escaped"] or found["money"] or found["wide"] or ""
        for found in _LITERAL.finditer(shown)
    )
    if re.search(r"\w|[^\x00-\x7f]", words) and _SCALED.search(shown):
        # whether the words go with the look or the value
        return lambda value: f"{value} [{shown}]"
    if not re.search(r"[^\W_]|[$€£]", words):
        return None
    return lambda value: trimmed(f"{value}{words}")


def _merged(parser: Any) -> tuple[Range, ...]:
    if parser.merged_cells is None:
        return ()
    found = []
    for one in parser.merged_cells.mergeCell:
        left, top, right, bottom = range_boundaries(one.ref)
        found.append(Range(top, left - 1, bottom, right - 1))
    return tuple(found)


def _hidden_columns(parser: Any, most: Most) -> Iterator[int]:
    for letter, told in parser.column_dimensions.items():
        if told.get("hidden") in ("1", "true"):
            first = column_index_from_string(letter) - 1
            yield from range(first, min(int(told["max"]), most.columns))


def _refuse_packed(content: bytes, most: Most) -> None:
    """Refuse a small file that unpacks into a large one."""
    with ZipFile(io.BytesIO(content)) as packed:
        parts = [part for part in packed.infolist() if _PARSED.search(part.filename)]
    for part in parts:
        if part.file_size > MOST_BESIDES and not _ROWS.search(part.filename):
            raise TooLargeError(f"{MOST_BESIDES // 10**6} MB of {part.filename}")
        if part.file_size > max(10**6, MOST_RATIO * part.compress_size):
            raise TooLargeError(f"{MOST_RATIO} times its size when unpacked")
    if sum(part.file_size for part in parts) > most.bytes:
        raise TooLargeError(f"{most.bytes // 10**6} MB")


def old_sheets(path: Path, most: Most, log: Issues) -> Iterator[Sheet]:
    """The sheets of an .xls or .et, and of a workbook that is locked, why not.

    Raises
    ------
    InputError
        It is locked.
    TooLargeError
        There is more in it than there may be.
    Exception
        Of any kind: the file is damaged.
    """
    book = old_workbook(path)
    if book is None:
        msg = f"{path} is locked by a password. Take the password off and save it anew."
        raise InputError(msg)
    log.notes.append(
        f"{path} is a workbook of an old kind; errors such as #REF! and formulas "
        "without a value are read as empty cells, and what is hidden is read "
        "untold. Save it as .xlsx to be told of them."
    )
    names = tuple(map(trimmed, book.names))
    for sheet in book.sheets:
        rows = enumerate(sheet.rows, 1)
        yield Sheet(
            names[sheet.number],
            names,
            filled(((number, [*map(_plain, row)]) for number, row in rows), most),
            merged=tuple(
                Range(top + 1, left, bottom + 1, right)
                for (top, left), (bottom, right) in sheet.merged
            ),
            is_hidden=sheet.is_hidden,
        )


def _plain(value: Any) -> Cell:
    """A cell; calamine makes decimals of all numbers."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        return trimmed(value)
    return value if not isinstance(value, timedelta) else str(value)
