"""The table of bids in a spreadsheet or a CSV file: rows of cells under known heads."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from zoning.findings import Findings, meant

WORDS = {
    "bidder": (
        *("bidder", "company", "firm", "contractor", "supplier"),
        *("投标人", "投标单位", "投标企业", "供应商", "公司", "企业", "单位名称"),
    ),
    "lots": (
        *("lot", "lots", "package", "lot or package"),
        *("标段", "标段号", "标段名称", "投标标段", "标包", "包号", "包"),
    ),
    "price": (
        *("price", "bid price", "bid", "amount"),
        *("报价", "投标报价", "投标价", "价格", "总价", "金额"),
    ),
    "quality": (
        *("quality", "quality score", "technical score"),
        *("质量分", "质量得分", "质量", "技术分", "技术得分", "商务技术分"),
    ),
    "capacity": (
        *("capacity", "bidder capacity"),
        *("承接能力", "服务能力", "能力", "可承接面积", "承接面积"),
    ),
    "group": (
        *("group", "related", "related firms", "owner"),
        *("关联", "关联企业", "关联关系", "关联组", "集团", "所属集团"),
    ),
}
NEEDED = ("bidder", "lots", "price")
_HEAD_ROWS = 10  # a title may stand above the header
_UNREADABLE = (OSError, ValueError, KeyError, EOFError, csv.Error, BadZipFile)
_TOTALS = ("total", "sum", "合计", "总计", "小计")
TEN_THOUSAND = "万"

Row = tuple[int, dict[str, str]]


def rows_of(path: Path, log: Findings) -> list[Row]:
    """Rows of a file by line: column → cell in plain words.

    Empty rows and totals are left out. Where the header says 万 so do the cells.
    """
    grid = _grid(path, log)
    log.raise_faults()
    heads = [_places(row) for row in grid[:_HEAD_ROWS]]
    at = max(range(len(heads)), key=lambda i: len(heads[i]), default=None)
    if at is None or not heads[at]:
        log.faults.append(
            f"{path} has no header. Name the columns bidder, lot and price "
            "(投标人, 标段, 报价) in the first row."
        )
    else:
        log.faults += _missing(path, grid[at], heads[at])
        log.faults += _repeated(path, grid[at])
    log.raise_faults()
    assert at is not None
    return list(_below(grid, at, heads[at]))


def _missing(path: Path, head: Sequence[str], places: Mapping[str, int]) -> list[str]:
    faults, known = [], set(places.values())
    others = [cell for place, cell in enumerate(head) if place not in known]
    for column in NEEDED:
        if column not in places:
            near = next((m for cell in others if (m := meant(cell, WORDS[column]))), "")
            told = (
                f"{path} has no column {column} ({', '.join(WORDS[column])}); there "
                f"are {', '.join(filter(None, head))}. {near}"
            )
            faults.append(told.strip())
    return faults


def _repeated(path: Path, head: Sequence[str]) -> list[str]:
    known = {name for names in WORDS.values() for name in names}
    times = Counter(name for cell in head if (name := _plain(cell)) in known)
    return [
        f"{path} has {number} columns called {name}. Keep one, or give the others "
        "another name."
        for name, number in times.items()
        if number > 1
    ]


def _below(
    grid: Sequence[Sequence[str]], at: int, places: Mapping[str, int]
) -> Iterator[Row]:
    for number, cells in enumerate(grid[at + 1 :], at + 2):
        row = {
            column: cells[place] if place < len(cells) else ""
            for column, place in places.items()
        }
        if not any(row.values()) or row["bidder"].lower() in _TOTALS:
            continue
        for column, place in places.items():
            large = TEN_THOUSAND in grid[at][place]
            figure = re.search(r"\d", row[column]) is not None
            if large and figure and TEN_THOUSAND not in row[column]:
                row[column] += TEN_THOUSAND
        yield number, row


def _grid(path: Path, log: Findings) -> list[list[str]]:
    """Every cell of the file as words."""
    suffix = path.suffix.lower()
    try:
        if suffix in (".xlsx", ".xlsm"):
            return _workbook(path)
        if suffix in (".csv", ".txt", ".tsv"):
            return _csv(path.read_bytes())
    except _UNREADABLE as error:
        reason = getattr(error, "strerror", None) or str(error)
        log.faults.append(
            f"{path} cannot be read ({reason.rstrip('. ')}). Check the path, and that "
            "the file opens in a spreadsheet."
        )
        return []
    log.faults.append(
        f"{path} is of no kind that can be read. Save the bids as .xlsx or .csv."
    )
    return []


def _workbook(path: Path) -> list[list[str]]:
    """Cells of the first sheet; a formula whose value was not stored stands as such."""
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and other things not read
        values, written = (
            openpyxl.load_workbook(path, data_only=data_only).worksheets[0]
            for data_only in (True, False)
        )
    both = zip(values.iter_rows(), written.iter_rows(), strict=True)
    return [[*map(_shown, *rows)] for rows in both]


def _shown(cell: Any, written: Any) -> str:
    """A cell as words; one that a formula left empty is of type "str"."""
    unknown = (
        cell.value is None and written.data_type == "f" and cell.data_type != "str"
    )
    value = written.value if unknown else cell.value
    return word(getattr(value, "text", value))  # of formulas over several cells


def _csv(content: bytes) -> list[list[str]]:
    """Rows of a CSV file, its encoding and its separator guessed."""
    try:
        marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        text = content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    first = next((line for line in text.splitlines() if _heads(line)), text)
    separator = max(",;\t", key=first.count)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    return [[word(value) for value in row] for row in table]


def _heads(line: str) -> bool:
    """Whether a line looks like the header, whatever separates its cells."""
    cells = [word(cell) for cell in re.split(r"[,;\t]", line)]
    return len(_places(cells)) >= 2


def word(value: object) -> str:
    """A cell as plain words: full-width signs made plain, blanks made one."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    told = "" if value is None else str(value)
    text = unicodedata.normalize("NFKC", told).replace("\u200b", "")
    return " ".join(text.split())


def _places(cells: Sequence[str]) -> dict[str, int]:
    """Where each column stands in a header; the first of several of one kind."""
    plain = [*map(_plain, cells)]
    return {
        column: next(i for i, cell in enumerate(plain) if cell in words)
        for column, words in WORDS.items()
        if any(cell in words for cell in plain)
    }


def _plain(head: str) -> str:
    """A head without its unit of measure."""
    return re.sub(r"[((\[].*?[))\]]", "", head).strip().lower().replace("_", " ")
