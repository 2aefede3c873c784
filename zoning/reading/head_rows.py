"""The heads of a table, wherever they stand on a sheet.

A title, a date and a measure may stand above them; a head may take several rows, one
for a group of columns and one for each of them: 住宅 over 面积 and 户数.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from zoning.reading.spreadsheets import Cell, Line, Range

_TOP = 40  # rows that are not empty, among which the heads stand
_MOST_ROWS = 4  # of heads
_NUMBER = re.compile(r"[+-]?[0-9][0-9,]*(?:\.[0-9]+)?%?|[+-]?\.[0-9]+")
_YEARS = range(1900, 2101)  # a year may be a head
_LABEL = re.compile(r"[^:]{1,12}:.*|(?:计量)?单位\b.*")  # 单位: 万㎡
_BRACKETS = re.compile(r"\([^()]*\)")
_GENERAL = re.compile(
    r".*(?:信息|情况|概况|资料|基本).*|(?:中心)?(?:经纬度)?(?:坐标|位置)|经纬度"
)
_MEASURE = re.compile(
    r"\(?(?:万?(?:m2|平方米|平米|平方)|公顷|ha|户|元|万元|元/.+|m|米|层|栋|幢|个|年|%|度)\)?"
)


@dataclass(frozen=True)
class Heads:
    """Names of columns, and where they stand.

    Parameters
    ----------
    names
        By column, counted from 0.
    first, below
        The first row of heads and the first below them, as places among the rows that
        are not empty.
    """

    names: Mapping[int, str]
    first: int
    below: int


def heads_of(lines: Sequence[Line], merged: Sequence[Range]) -> Heads | None:
    """The heads of the table on a sheet; None where no row looks like them."""
    top = lines[:_TOP]
    seen = [_Row(number, _own(cells), merged) for number, cells in top]
    full = max((len(row.own) for row in seen), default=0)
    first = next((i for i, row in enumerate(seen) if row.may_be_heads(full)), None)
    if first is None:
        return None
    rows = [seen[first]]
    for row in seen[first + 1 : first + _MOST_ROWS]:
        if not (rows[0].reaches(row) or _is_below(row, rows[-1])):
            break
        rows.append(row)
    below = first + len(rows)
    measures = None
    if below < len(seen) and seen[below].holds_measures:
        measures, below = seen[below], below + 1
    if below < len(seen) and seen[below].counts_columns:
        below += 1
    return Heads(dict(_names(rows, measures)), first, below)


def like_heads(cells: list[str]) -> bool:
    """Whether cells of a line may be heads, whatever separates them."""
    return len([*filter(None, cells)]) > 2 and not any(map(is_number, cells))


def is_number(cell: Cell) -> bool:
    """Whether a cell holds a number or a day rather than words."""
    return not isinstance(cell, str) or _NUMBER.fullmatch(cell) is not None


def plain(cell: Cell) -> str:
    """A cell in narrow signs, lower case, without blanks."""
    return "".join(normalize("NFKC", str(cell)).lower().split())


def _own(cells: Sequence[Cell]) -> dict[int, Cell]:
    return {at: cell for at, cell in enumerate(cells) if cell != ""}


class _Row:
    """A row that may hold heads, cells across several columns standing in each."""

    def __init__(
        self, number: int, own: Mapping[int, Cell], merged: Sequence[Range]
    ) -> None:
        self.number = number
        self.own = own
        self.ranges = [one for one in merged if one.top == number]
        self.is_merged = bool(merged)
        self.spread = dict(own)
        for one in self.ranges:
            if one.left in own:
                columns = range(one.left, one.right + 1)
                self.spread |= dict.fromkeys(columns, own[one.left])

    def may_be_heads(self, full: int) -> bool:
        """Words, and as many as a table of so many columns needs."""
        cells = [*self.own.values()]
        enough = len(cells) >= min(2, full) and 2 * len(self.spread) >= full
        return enough and all(map(_is_head, cells)) and not self._tells()

    def _tells(self) -> bool:
        """It tells something of the table, such as its measure and its date."""
        told = [
            _LABEL.fullmatch(_BRACKETS.sub("", plain(c))) for c in self.own.values()
        ]
        return 2 * sum(one is not None for one in told) >= len(told) > 0

    def reaches(self, row: _Row) -> bool:
        """A head goes down to that row."""
        return any(one.bottom >= row.number for one in self.ranges)

    @property
    def groups(self) -> set[int]:
        """Columns over which a head may stand that is one for several."""
        if self.is_merged:
            wide = (one for one in self.ranges if one.right > one.left)
            return {at for one in wide for at in range(one.left, one.right + 1)}
        empty = {at for at in range(max(self.own) + 2) if at not in self.own}
        return empty | {at for at in self.own if at + 1 in empty}

    @property
    def holds_measures(self) -> bool:
        """Nothing but measures: ㎡, 户."""
        return all(_MEASURE.fullmatch(plain(cell)) for cell in self.own.values())

    @property
    def counts_columns(self) -> bool:
        """Numbers of columns: 1, 2, 3, ..."""
        cells = [plain(cell) for cell in self.own.values()]
        return len(cells) > 2 and cells == [str(i + 1) for i in range(len(cells))]


def _is_head(cell: Cell) -> bool:
    if plain(cell).isdecimal() and len(plain(cell)) == 4:
        return int(plain(cell)) in _YEARS
    return not is_number(cell)


def _is_below(row: _Row, above: _Row) -> bool:
    """Whether a row parts the heads above it: words, under wide heads only."""
    groups = above.groups
    parted = [at for at in row.own if at not in above.own]
    return (
        bool(parted) and set(row.own) <= groups and all(map(_is_head, row.own.values()))
    )


def _names(rows: Sequence[_Row], measures: _Row | None) -> Iterator[tuple[int, str]]:
    columns = sorted({at for row in rows for at in row.spread})
    parts: dict[int, list[str]] = {at: [] for at in columns}
    for place, row in enumerate(rows):
        under = rows[place + 1].own if place + 1 < len(rows) else {}
        group = ""
        for at in columns:
            cell = str(row.spread.get(at, ""))
            if not cell and not row.is_merged and at in under and at - 1 in under:
                cell = group  # a wide head that a file of text has only once
            group = cell
            if cell and cell not in parts[at]:
                parts[at].append(cell)
    for at in columns:
        told = "" if measures is None else str(measures.own.get(at, ""))
        behind = f"({told.strip('()（）')})" if told else ""  # noqa: RUF001
        own = [part for part in parts[at][:-1] if not _GENERAL.fullmatch(part)]
        yield at, " ".join([*own, *parts[at][-1:]]) + behind
