"""Rows of a table that are no things of their own: totals, notes, headings.

They are left out, and each is told with its row. Totals are reckoned again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from math import fsum

from zoning.reading.head_rows import Heads, is_number, plain
from zoning.reading.spreadsheets import Cell, Line, Range, letters
from zoning.text.lists import first_few

_TOTAL = re.compile(
    r".{0,20}(?:合计|总计|小计|共计|累计|总和)(?:[0-9:(].*)?"
    r"|(?:grand|sub)?-?(?:total|sum)s?(?:[:(].*)?|subtotal.{0,20}"
)
_NOTE = re.compile(
    r"(?:备?注|说明|附注|填表|填报|制表|审核|复核|审批|编制|负责人|经办|联系|单位|日期|"
    r"数据来源|来源|盖章|notes?\b|remarks?\b|sources?\b|prepared|checked).*"
)
_FIGURES = re.compile(r"([+-]?[0-9][0-9,]*(?:\.[0-9]+)?)[^0-9]*")
# what is summed over buildings, by what its head says
SUMMED = re.compile(
    r"面积|户数|住户|车位|停车|数量|栋数|幢数|套数|人数|人口|scjzmj|ycjzmj|zts|"
    r"area|household|dwelling|parking|population|m2\b|m²"
)
_SHORT = 60  # letters of a note that are told


def is_summed(head: str) -> bool:
    """Whether a column of this name is summed over buildings."""
    return SUMMED.search(plain(head)) is not None


def told_rows(
    lines: Sequence[Line], heads: Heads, merged: Sequence[Range]
) -> tuple[list[Line], list[str]]:
    """The rows below the heads that are things, and notes on all others."""
    below = list(lines[heads.below :])
    below, notes = _without_ends(below, heads)
    wide = {
        one.top
        for one in merged
        if 2 * (one.right - one.left + 1) > len(heads.names) and one.right > one.left
    }
    again = [cells for _, cells in lines[heads.first : heads.below]]
    headings = [
        line for line in below if _is_heading(line, wide) and not _is_total(line)
    ]
    repeated = [line for line in below if line[1] in again]
    notes += _told(headings, "across the table, headings of what follows")
    notes += _told(repeated, "the heads again")
    left = {number for number, _ in (*headings, *repeated)}
    below = [line for line in below if line[0] not in left]
    things, told = _without_totals(below, heads)
    return things, [*told, *notes]


def _told(lines: Sequence[Line], what: str) -> Iterator[str]:
    if lines:
        seen = (f"row {number} ({_short(cells)})" for number, cells in lines)
        yield f"left out, for they are {what}: {first_few(seen)}"


def _short(cells: Sequence[Cell]) -> str:
    text = " ".join(str(cell) for cell in cells if cell != "")
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}..."


def _is_heading(line: Line, wide: set[int]) -> bool:
    number, cells = line
    return number in wide and sum(cell != "" for cell in cells) == 1


def _without_ends(below: list[Line], heads: Heads) -> tuple[list[Line], list[str]]:
    """The rows without the notes that stand at the end."""
    usual = max((_width(cells) for _, cells in below), default=0)
    end = len(below)
    while end and _is_note(below[end - 1][1], usual):
        end -= 1
    if not end and len(heads.names) < 4:
        return below, []  # a narrow list of words, all of which may be things
    notes = [*_told(below[end:], "below the table and no part of it")]
    return below[:end], notes


def _width(cells: Sequence[Cell]) -> int:
    return sum(cell != "" for cell in cells)


def _is_note(cells: Sequence[Cell], usual: int) -> bool:
    words = [cell for cell in cells if cell != ""]
    first = plain(words[0])
    if _TOTAL.fullmatch(first):
        return False
    alone = len(words) == 1 and usual >= 4 and not is_number(words[0])
    return alone or (2 * len(words) <= usual and _NOTE.fullmatch(first) is not None)


def _is_total(line: Line) -> bool:
    words = [cell for cell in line[1] if cell != ""]
    return any(_TOTAL.fullmatch(plain(cell)) for cell in words[:3])


def _without_totals(
    below: Sequence[Line], heads: Heads
) -> tuple[list[Line], list[str]]:
    totals = {line[0] for line in below if _is_total(line)}
    if not totals and _sums_up(below):
        totals = {below[-1][0]}
    things = [line for line in below if line[0] not in totals]
    if not totals:
        return things, []
    notes = [
        *_told([line for line in below if line[0] in totals], "totals of other rows")
    ]
    notes += _checked(below, totals, heads.names)
    return things, notes


def _checked(
    below: Sequence[Line], totals: set[int], names: Mapping[int, str]
) -> Iterator[str]:
    """Notes on the totals that are not, and on how many are."""
    right, wrong = 0, []
    for at, name in names.items():
        if not is_summed(name):
            continue
        values = [
            (number, figure(cells[at]) if at < len(cells) else None)
            for number, cells in below
        ]
        every = fsum(v for n, v in values if v is not None and n not in totals)
        block: list[float] = []
        for number, value in values:
            if number not in totals:
                block += [] if value is None else [value]
                continue
            sums = (fsum(block), every) if block else (every,)
            block = []
            if value is None:
                continue
            if any(_same(value, one) for one in sums):
                right += 1
                continue
            come = " and ".join(f"{one:,.10g}" for one in dict.fromkeys(sums))
            wrong.append(
                f"row {number}, column {letters(at)} ({name}) says {value:,.10g}, the "
                f"rows come to {come}"
            )
    if wrong:
        yield (
            f"totals that do not agree with the rows: {first_few(wrong, mark='; ')}. "
            "The rows were read; check them"
        )
    if right:
        yield f"{right:,} total(s) agree with the rows"


def _same(total: float, reckoned: float) -> bool:
    """Equal as far as the total is written."""
    exponent = Decimal(repr(total)).as_tuple().exponent
    half = 0.5 * 10.0**exponent if isinstance(exponent, int) else 0.0
    return abs(total - reckoned) <= (half if exponent != 0 else 0.5) + 1e-9 * abs(total)


def figure(cell: Cell) -> float | None:
    """A cell as a number, whatever measure stands behind it; None where it is none."""
    if isinstance(cell, int | float):
        return float(cell)
    found = _FIGURES.fullmatch(cell) if isinstance(cell, str) else None
    return None if found is None else float(found[1].replace(",", ""))


def _sums_up(below: Sequence[Line]) -> bool:
    """Whether the last row, which no word calls so, holds the sums of the others."""
    if len(below) < 3:
        return False
    *above, (_, last) = below
    bare = (at for at in range(_widest(above)) if at >= len(last) or last[at] == "")
    if not any(all(at < len(c) and c[at] != "" for _, c in above) for at in bare):
        return False  # it has all that makes a thing
    found = [
        _same(value, fsum(figure(c[at]) or 0 for _, c in above if at < len(c)))
        for at, cell in enumerate(last)
        if cell != "" and (value := figure(cell)) is not None
    ]
    words = sum(cell != "" for cell in last) - len(found)
    return words == 0 and bool(found) and 2 * sum(found) >= len(found)


def _widest(lines: Sequence[Line]) -> int:
    return max(len(cells) for _, cells in lines)
