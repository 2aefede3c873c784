"""The table of bids: rows of cells under known heads.

Heads are known by many names; in brackets or beside the name a head of prices may tell
a measure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zoning.reading.spreadsheets import TEXTS
from zoning.tender.bid_file import Cell, Line, lines_of, word
from zoning.tender.measures import Measure, measure
from zoning.text.issues import Issues, did_you_mean

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
        *("price", "bid price", "total price", "amount", "bid"),
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
_BRACKETS = re.compile(r"[(\[](?:[^()\[\]]|[(\[][^()\[\]]*[)\]])*[)\]]")
_OF_PRICES = re.compile(
    r"(?:报价|金额|价格|计量|计价|货币)?单位|\b(?:unit|price)s?\b|报价|价格|金额|:"
)
_MONEY = re.compile(r"[元币$€£]|\b(?:yuan|usd|eur|dollar|euro)s?\b")
_TOTALS = ("total", "sum", "合计", "总计", "小计")


@dataclass(frozen=True)
class Head:
    """A head of the table: its place, and what it says besides the name."""

    place: int
    text: str
    besides: str


@dataclass(frozen=True)
class BidTable:
    """Rows of bids by line of the file: column → cell."""

    heads: Mapping[str, Head]
    rows: tuple[tuple[int, dict[str, Cell]], ...]

    def column(self, name: str) -> list[Cell | None]:
        """The cells of a column; None where one is empty."""
        cells = [row.get(name, "") for _, row in self.rows]
        return [None if cell == "" else cell for cell in cells]


def bid_table(path: Path, log: Issues) -> BidTable:
    """Read the table of a file; empty rows and totals are left out."""
    lines = lines_of(path, lambda cells: len(_heads(cells)) > 1, log)
    log.raise_faults()
    known = [_heads([*map(word, cells)]) for _, cells in lines[:_HEAD_ROWS]]
    at = max(range(len(known)), key=lambda i: len(known[i]), default=None)
    if at is None or not known[at]:
        log.faults.append(
            f"{path} has no header. Name the columns bidder, lot and price "
            "(投标人, 标段, 报价) in the first row."
        )
        log.raise_faults()
    assert at is not None
    cells = [*map(word, lines[at][1])]
    log.faults += _missing(path, cells, known[at])
    log.faults += _repeated(path, cells, known[at])
    if path.suffix.lower() in TEXTS:
        log.faults += _beside(lines[at + 1 :], cells)
    log.faults += _measures_beside(lines[at + 1 :], cells, known[at])
    heads = {column: found[0] for column, found in known[at].items()}
    above = [word(cell) for _, row in lines[:at] for cell in row]
    if "price" in heads:
        heads["price"] = _under(above, heads["price"], log)
    log.raise_faults()
    log.notes += _left_alone(known[at])
    return BidTable(heads, tuple(_below(lines[at + 1 :], heads)))


def _missing(
    path: Path, cells: Sequence[str], known: Mapping[str, Sequence[Head]]
) -> list[str]:
    faults, taken = [], {head.place for found in known.values() for head in found}
    others = [cell for place, cell in enumerate(cells) if place not in taken]
    for column in NEEDED:
        if column not in known:
            near = next(
                (m for cell in others if (m := did_you_mean(cell, WORDS[column]))), ""
            )
            told = (
                f"{path} has no column {column} ({', '.join(WORDS[column])}); there "
                f"are {', '.join(filter(None, cells))}. {near}"
            )
            faults.append(told.strip())
    return faults


def _repeated(
    path: Path, cells: Sequence[str], known: Mapping[str, Sequence[Head]]
) -> list[str]:
    """Columns that may as well be the one that is read."""
    faults = []
    for found in known.values():
        name = _name(found[0].text)
        same = [head for head in found if _name(cells[head.place]) == name]
        if len(same) > 1:
            faults.append(
                f"{path} has {len(same)} columns called {name}. Keep one, or give the "
                "others another name."
            )
    return faults


def _left_alone(known: Mapping[str, Sequence[Head]]) -> list[str]:
    return [
        f"Column {other.text!r} was left alone; {found[0].text!r} was read."
        for found in known.values()
        for other in found[1:]
    ]


def _under(above: Sequence[str], head: Head, log: Issues) -> Head:
    """The head of prices with the measure that a line above the table tells."""
    for cell in above:
        for words in (*(f[1:-1] for f in _BRACKETS.findall(cell)), _name(cell)):
            said = measure(_OF_PRICES.sub(" ", words))
            if _OF_PRICES.search(words) and said is None and _MONEY.search(words):
                log.faults.append(
                    f"{words!r} above the table tells a measure that is not "
                    "understood. Write it into the head of the prices, or take it out."
                )
            if said is None or said in (Measure(), Measure(money=True)):
                continue
            own = measure(head.besides)
            if own in (Measure(), Measure(money=True)):
                said_so = f"{head.text} ({words})"
                head = Head(head.place, said_so, _OF_PRICES.sub(" ", words))
            elif own != said and own != replace(said, money=not said.money):
                log.faults.append(
                    f"{words!r} above the table and the head {head.text!r} tell "
                    "different measures. Take one of them out."
                )
    return head


def _measures_beside(
    lines: Sequence[Line], cells: Sequence[str], known: Mapping[str, Sequence[Head]]
) -> Iterator[str]:
    """Columns of their own that hold the measure of each price."""
    taken = {head.place for found in known.values() for head in found}
    for place, head in enumerate(cells):
        if place in taken:
            continue
        for number, row in lines:
            words = word(row[place]) if place < len(row) else ""
            said = None if words.isascii() and len(words) < 2 else measure(words)
            if said is None or words.isdigit() or said.is_plain:
                continue
            yield (
                f"Column {head!r} tells a measure, {words!r} in row {number}. Write "
                "it into the head of the prices, or behind each price."
            )
            break


def _beside(lines: Sequence[Line], cells: Sequence[str]) -> Iterator[str]:
    """Rows of a CSV file with cells under no head: a comma has parted a number."""
    for number, row in lines:
        places = [place for place, cell in enumerate(row) if cell != ""]
        if any(place >= len(cells) or not cells[place] for place in places):
            yield (
                f"Row {number} has more cells than there are heads. Put words and "
                'numbers that hold a comma in quotes, as "380,000.50", or take out '
                "what stands beside the table."
            )


def _below(
    lines: Sequence[Line], heads: Mapping[str, Head]
) -> Iterator[tuple[int, dict[str, Cell]]]:
    for number, cells in lines:
        row = {
            column: cells[head.place] if head.place < len(cells) else ""
            for column, head in heads.items()
        }
        empty = all(cell == "" for cell in row.values())
        if not empty and word(row["bidder"]).lower() not in _TOTALS:
            yield number, row


def _heads(cells: Sequence[str]) -> dict[str, list[Head]]:
    """The heads of each column in a row, best name first."""
    found: dict[str, list[tuple[int, Head]]] = {}
    for place, cell in enumerate(cells):
        for column in WORDS:
            known = _known(column, cell)
            if known is not None:
                rank, besides = known
                found.setdefault(column, []).append((rank, Head(place, cell, besides)))
    return {
        column: [head for _, head in sorted(some, key=lambda one: one[0])]
        for column, some in found.items()
    }


def _known(column: str, cell: str) -> tuple[int, str] | None:
    """How good a name a head is for a column, and what it says besides."""
    name, words = _name(cell), WORDS[column]
    if name in words:
        return words.index(name), _besides(cell)
    if column != "price":
        return None
    if (said := measure(cell)) is not None and said.discount:
        return len(words), cell
    for one in sorted(words, key=len, reverse=True):
        rest = re.sub(rf"(?<![a-z]){one}(?![a-z])", " ", name, count=1)
        said = measure(f"{rest} {_besides(cell)}")
        if rest != name and said not in (None, Measure()):
            return len(words), f"{rest} {_besides(cell)}"
    return None


def _name(head: str) -> str:
    """A head without what stands in brackets."""
    bare = _BRACKETS.sub("", head).strip(" :")
    return " ".join(bare.lower().replace("_", " ").split())


def _besides(head: str) -> str:
    """What stands in brackets."""
    return " ".join(found[1:-1].strip() for found in _BRACKETS.findall(head))
