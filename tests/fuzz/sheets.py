"""Tables of cells as spreadsheets and text files, changed as people change them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import openpyxl
import xlwt
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from tests.fuzz import archives, hostile

Rows = list[list[Any]]
_FORMULAS = (
    *(
        "=1+1",
        "=A1",
        "=SUM(A:A)",
        "=[1]Sheet1!A1",
        '=WEBSERVICE("http://fuzz.invalid")',
    ),
    *("=cmd|'/c calc'!A1", "=1/0", "=", "==", "=A1:XFD1048576"),
)
_DAYS = (
    *(date(2024, 2, 29), datetime(1900, 1, 1, 1), time(12, 30), timedelta(days=1.5)),
    *(date(9999, 12, 31), datetime(2026, 1, 1)),
)
_FORMATS = (
    "0%",
    '0"万元"',
    "yyyy-mm-dd",
    "@",
    "[$€-2] #,##0.00",
    "0.00E+00",
    ";;;",
    "h",
)
_SEPARATORS, _CODES = ",,,;\t|", ("utf-8", "utf-8-sig", "gb18030", "utf-16", "latin-1")
_CELLS = 40_000  # more take long to write
_FAR = (("XFD", 1_048_576), ("A", 1_048_576), ("XFD", 1), ("ZZ", 5_000))


def _cell(chance: Random) -> Any:
    kind = chance.random()
    if kind < 0.1:
        return chance.choice(_FORMULAS)
    if kind < 0.2:
        return chance.choice(_DAYS)
    one = hostile.value(chance)
    return one if isinstance(one, str | int | float | None) else str(one)


def _at(rows: Rows, chance: Random) -> tuple[int, int]:
    """A cell, those of the head as likely as all others."""
    row = 0 if chance.random() < 0.3 else chance.randrange(len(rows))
    return row, chance.randrange(max(1, len(rows[row])))


def put(rows: Rows, chance: Random) -> None:
    row, column = _at(rows, chance)
    rows[row][column : column + 1] = [_cell(chance)]


def put_all(rows: Rows, chance: Random) -> None:
    _, column = _at(rows, chance)
    one = _cell(chance)
    for row in rows[1:]:
        row[column : column + 1] = [one]


def suffix(rows: Rows, chance: Random) -> None:
    row, column = _at(rows, chance)
    told = chance.choice(
        ("元", "万元", " m²", "分", "%", "*", " (est.)", "[万㎡]", "（元）")
    )
    rows[row][column : column + 1] = [f"{rows[row][column] if rows[row] else ''}{told}"]


def drop_row(rows: Rows, chance: Random) -> None:
    del rows[chance.choice((0, chance.randrange(len(rows))))]


def twice_row(rows: Rows, chance: Random) -> None:
    at = chance.randrange(len(rows))
    rows.insert(chance.randrange(len(rows) + 1), list(rows[at]))


def many_rows(rows: Rows, chance: Random) -> None:
    times = chance.choice((9, 3_000 if len(rows[-1]) < 30 else 90))
    rows += [list(rows[-1]) for _ in range(times)]


def drop_column(rows: Rows, chance: Random) -> None:
    _, column = _at(rows, chance)
    for row in rows:
        del row[column : column + 1]


def twice_column(rows: Rows, chance: Random) -> None:
    _, column = _at(rows, chance)
    for row in rows:
        row += row[column : column + 1]


def many_columns(rows: Rows, chance: Random) -> None:
    times = chance.choice((3, 300 if len(rows) < 100 else 9))
    for row in rows:
        row += [chance.choice(("", "x", 1))] * times


def shuffle(rows: Rows, chance: Random) -> None:
    if chance.random() < 0.5:
        chance.shuffle(rows)
        return
    order = [*range(max(map(len, rows)))]
    chance.shuffle(order)
    rows[:] = [[row[at] if at < len(row) else None for at in order] for row in rows]


def title(rows: Rows, chance: Random) -> None:
    above = [
        [chance.choice(("一览表", "2026", "", hostile.word(chance), "单位：万元"))]
    ]
    rows[:0] = above * chance.choice((1, 2, 60))


def below(rows: Rows, chance: Random) -> None:
    told = chance.choice(("合计", "total", "注：", hostile.word(chance)))
    rows += [[told, *(9 for _ in rows[0][1:])] if rows else [told]]


def ragged(rows: Rows, chance: Random) -> None:
    at = chance.randrange(len(rows))
    rows[at] = chance.choice(([], rows[at][:1], [*rows[at], *rows[at]], [None] * 9))


CHANGES: tuple[Callable[[Rows, Random], None], ...] = (
    *(put, put, put, put, put_all, suffix, suffix, drop_row, twice_row, many_rows),
    *(drop_column, twice_column, many_columns, shuffle, title, below, ragged),
)


def mutated(rows: Sequence[Sequence[Any]], chance: Random) -> Rows:
    """A copy with one to four changes."""
    made = [list(row) for row in rows]
    for _ in range(chance.choice((1, 1, 2, 4))):
        if not made:
            made = [[]]
        chance.choice(CHANGES)(made, chance)
        made = made[: _CELLS // max([1, *map(len, made)])]
    return made


def as_csv(rows: Rows, chance: Random) -> bytes:
    out = io.StringIO()
    separator = chance.choice(_SEPARATORS)
    quoting = chance.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    csv.writer(out, delimiter=separator, quoting=quoting).writerows(rows)
    return out.getvalue().encode(chance.choice(_CODES), "replace")


def as_xlsx(rows: Rows, chance: Random) -> bytes:
    """A workbook, at times with merged, hidden and far cells, formats, more sheets."""
    book = openpyxl.Workbook()
    sheet = book.active
    for at, row in enumerate(rows, 1):
        for column, one in enumerate(row, 1):
            _set(sheet.cell(at, column), one, chance)
    for dress in _DRESSES:
        if chance.random() < 0.08:
            dress(book, sheet, chance)
    out = io.BytesIO()
    book.save(out)
    parts = archives.parts_of(out.getvalue())
    del parts["docProps/core.xml"]  # says when it was made
    return archives.packed(parts)


def _set(cell: Any, one: Any, chance: Random) -> None:
    if isinstance(one, str):  # what no workbook can hold
        one = ILLEGAL_CHARACTERS_RE.sub("?", _encodable(one))
    cell.value = float("inf") if type(one) is int and one > 10**300 else one
    if chance.random() < 0.01:
        cell.number_format = chance.choice(_FORMATS)


def _encodable(words: str) -> str:
    return words.encode("utf-8", "replace").decode()


def _merge(_: Any, sheet: Any, chance: Random) -> None:
    top, left = chance.randrange(1, 6), chance.randrange(1, 6)
    sheet.merge_cells(
        start_row=top,
        end_row=top + chance.choice((0, 1, 30)),
        start_column=left,
        end_column=left + chance.choice((0, 1, 9)),
    )


def _hide(_: Any, sheet: Any, chance: Random) -> None:
    sheet.row_dimensions[chance.randrange(1, 9)].hidden = True
    sheet.column_dimensions[chance.choice("ABCXY")].hidden = True


def _far(_: Any, sheet: Any, chance: Random) -> None:
    letters, row = chance.choice(_FAR)
    sheet[f"{letters}{row}"] = chance.choice((" ", "x", 1))


def _more(book: Any, _: Any, chance: Random) -> None:
    other = book.create_sheet(
        chance.choice(("说明", "2", "a" * 31)), chance.choice((0, 1))
    )
    other["A1"] = chance.choice(("x", None, "bidder"))
    other.sheet_state = chance.choice(("visible", "hidden", "veryHidden"))


def _chart(book: Any, _: Any, __: Random) -> None:
    book.create_chartsheet(index=0)


_DRESSES: tuple[Callable[[Any, Any, Random], None], ...] = (
    *(_merge, _hide, _far, _more, _chart),
)


def as_xls(rows: Rows, chance: Random) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("a")
    for at, row in enumerate(rows[:60_000]):
        for column, one in enumerate(row[:250]):
            plain = one if isinstance(one, float) else _encodable(str(one))[:9_000]
            sheet.write(at, column, plain)
    if chance.random() < 0.2 and len(rows) > 3:
        sheet.write_merge(len(rows) + 1, len(rows) + 3, 0, 2, "x")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
