"""Read bids out of a spreadsheet or a CSV file, telling all that is wrong at once.

Headers may be English or Chinese, lots may be called as planners call them ("1", "lot
1", "第1标段"), and packages joined by a plus, a comma or the like.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from math import floor
from pathlib import Path

from zoning.reading.spreadsheets import is_broken
from zoning.reading.words import says_nothing
from zoning.tender.bid_file import Cell, word
from zoning.tender.bid_prices import PriceColumn, in_rows
from zoning.tender.bid_table import BidTable, bid_table
from zoning.tender.bids import NOT_SHOWN, TENDER, Bid, Bids, Tender, is_shown
from zoning.tender.lot_names import LotNames
from zoning.tender.rules import VALUE, LowestPrice, Value
from zoning.tender.yuan import DEAREST, Yuan, to_the_fen
from zoning.text.arguments import NAME, PATH, many, takes
from zoning.text.issues import Issues
from zoning.text.numerals import AREA_UNITS, BEYOND, Numeral, measured, numerals

_BROKEN = "a formula or an error of the spreadsheet; write the value itself"
_POINTS = {
    **dict.fromkeys(
        ("", "分", "points", "score", "0-100", "100", "100分", "0-100分"), 1
    ),
    **dict.fromkeys(("满分100", "满分100分", "得分"), 1),
}
_LONGEST = 40  # letters of a number that a message shows
_NONE = ("否", "no", "0")  # besides the words that mean none anywhere


@takes(
    path=PATH,
    tender=TENDER,
    value=VALUE,
    related=many(many(NAME, "names"), "groups of names in a list", "[['A', 'B']]"),
)
def read_bids(
    path: str | Path,
    tender: Tender,
    *,
    value: Value = LowestPrice(),
    related: Iterable[Iterable[str]] = (),
) -> Bids:
    """Bids in a file, for the lots of a tender.

    Parameters
    ----------
    path
        ``.xlsx`` (first sheet) or ``.csv`` (UTF-8, UTF-16 or GB18030; comma,
        semicolon or tab). Columns: bidder, lot or package of lots, price; and where
        known quality, capacity (m² in all) and group (of related firms);
        `zoning.tender.bid_table.WORDS` lists what they may be called. Prices are yuan
        a year, unless head or cell tell another measure; see
        `zoning.tender.measures`.
    tender
        Whose lots are meant.
    value
        What bids will count for: what that needs, such as quality, is asked of each.
    related
        Further groups of related firms.

    Returns
    -------
    Bids
        In the order of the file. Prices are rounded once to the fen.

    Raises
    ------
    InputError
        The file cannot be read or holds faults; the message tells all of them.
    """
    log = Issues(f"{path}")
    table = bid_table(Path(path), log)
    reader = _Reader(tender, value, table, log)
    log.raise_faults()
    bids = [bid for at in range(len(table.rows)) if (bid := reader.bid(at)) is not None]
    reader.tell_twice(bids)
    if not table.rows:
        log.faults.append(f"{path} holds no bids below its header.")
    groups = _groups([*reader.pairs, *(list(some) for some in related)])
    log.raise_faults()
    log.notes += [*reader.notes(), *reader.prices.notes()]
    return Bids(tuple(bids), reader.capacity, groups, tuple(log.notes))


def _is_fine(one: Numeral) -> bool:
    """It is finer than a hundredth."""
    return one.value is not None and one.value != to_the_fen(one.value)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


class _Reader:
    """Makes bids of rows, and remembers what is said of bidders.

    Parameters
    ----------
    tender
        Whose lots are meant.
    value
        What bids will count for.
    table
        The rows.
    log
        Where faults go.
    """

    def __init__(
        self, tender: Tender, value: Value, table: BidTable, log: Issues
    ) -> None:
        self.tender = tender
        self.value = value
        self.rows = table.rows
        self.log = log
        self.lots_named = LotNames(tender.names)
        self.capacity: dict[str, int] = {}
        self.pairs: list[list[str]] = []
        self.prices = PriceColumn.under(table.heads["price"], tender, log)
        self.numbers = {
            "price": numerals(table.column("price")),
            "quality": self._measured(table, "quality", _POINTS),
            "capacity": self._measured(table, "capacity", {"": 1, **AREA_UNITS}),
        }

    def _measured(
        self, table: BidTable, name: str, units: Mapping[str, int]
    ) -> list[Numeral | None]:
        """A column of numbers whose head may tell their unit."""
        head = table.heads.get(name)
        unit = "" if head is None else re.sub(r"\s", "", head.besides.lower())
        sizes = {"万": 10_000, **units}
        if head is not None and unit not in sizes:
            self.log.faults.append(
                f"Head {head.text!r} tells a measure that is not known, {unit!r}. "
                f"Known are {', '.join(filter(None, sizes))}."
            )
        size = sizes.get(unit, 1)
        alone = {"": size, unit: size, "万": max(size, 10_000)}
        return measured(table.column(name), {**units, **alone})

    def bid(self, at: int) -> Bid | None:
        """The bid in a row, or None if the row has a fault."""
        number, row = self.rows[at]
        before = len(self.log.faults)
        bidder = self._name(number, "bidder", row)
        if not bidder:
            self._fault(number, "has no bidder; unmerge cells and fill in every row")
        lots = self._lots(number, word(row["lots"]))
        price = self._price(at, number, row, lots)
        quality = self._figure(at, number, "quality", row)
        capacity = self._figure(at, number, "capacity", row)
        if capacity is not None:
            known = self.capacity.setdefault(bidder, floor(capacity))
            if known != floor(capacity):
                self._fault(
                    number,
                    f"says {bidder} has capacity {floor(capacity):,} m², another row "
                    f"{known:,} m²",
                )
        group = self._name(number, "group", row)
        if group.lower() not in _NONE and not says_nothing(group):
            self.pairs.append([bidder, group])
        if len(self.log.faults) > before or price is None:
            return None
        points = None if quality is None else float(quality)
        bid = Bid(bidder, lots, price, points, number)
        for fault in self.value.faults(bid):
            self._fault(number, fault)
        return bid

    def _name(self, number: int, column: str, row: Mapping[str, Cell]) -> str:
        text = word(row.get(column, ""))
        if is_broken(text):
            self._fault(number, f"has {column} {text!r}, {_BROKEN}")
        elif not is_shown(text):
            self._fault(number, f"has {column} {text!r}, {NOT_SHOWN}")
        return text

    def _lots(self, number: int, text: str) -> tuple[int, ...]:
        if is_broken(text):
            self._fault(number, f"has lot {text!r}, {_BROKEN}")
            return ()
        lots = self.lots_named.read(text)
        if isinstance(lots, str):
            self._fault(number, lots)
            return ()
        return lots

    def _price(
        self, at: int, number: int, row: Mapping[str, Cell], lots: tuple[int, ...]
    ) -> Yuan | None:
        if row["price"] == "":
            self._fault(number, "has no price; write one, or take the row out")
            return None
        value = self._figure(at, number, "price", row)
        one = self.numbers["price"][at]
        if value is None or one is None or not lots:
            return None
        price = self.prices.price(number, value, one.unit, lots)
        return self._told(number, _short(word(row["price"])), price)

    def _told(self, number: int, text: str, price: Yuan | str) -> Yuan | None:
        """A price that may be; what it is instead is a fault."""
        if isinstance(price, str):
            self._fault(number, f"has price {text!r}, {price}")
        elif price == 0:
            why = "it must be above 0, at least a fen (0.01 yuan)"
            self._fault(number, f"has price {text}; {why}")
        elif price > DEAREST:
            self._fault(number, f"has price {text}, {BEYOND}")
        else:
            return price
        return None

    def _figure(
        self, at: int, number: int, column: str, row: Mapping[str, Cell]
    ) -> Decimal | None:
        """A number of at least 0, or None where there is none."""
        one = self.numbers[column][at]
        if one is None:
            return None
        text = _short(word(row[column]))
        if is_broken(text):
            self._fault(number, f"has {column} {text!r}, {_BROKEN}")
        elif one.value is None:
            told = text if one.why == BEYOND else repr(text)
            self._fault(number, f"has {column} {told}, {one.why}")
        elif one.value < 0:
            self._fault(number, f"has {column} {text}; it must not be negative")
        elif one.value > DEAREST:
            self._fault(number, f"has {column} {text}, {BEYOND}")
        else:
            return one.value
        return None

    def notes(self) -> Iterator[str]:
        """What was assumed of numbers."""
        for column in self.numbers:
            if rows := self._where(column, lambda one: one.by_comma):
                told = in_rows(rows)
                yield f"A comma was read as the decimal sign of {column} in {told}."
        if rows := self._where("quality", _is_fine):
            yield f"Quality was rounded to a hundredth of a point in {in_rows(rows)}."

    def _where(self, column: str, holds: Callable[[Numeral], bool]) -> list[int]:
        """The rows whose number in a column is such."""
        pairs = zip(self.rows, self.numbers[column], strict=True)
        return [row for (row, _), one in pairs if one is not None and holds(one)]

    def tell_twice(self, bids: Sequence[Bid]) -> None:
        """Two bids of a bidder for the same lots are a fault."""
        seen: dict[tuple[str, tuple[int, ...]], int] = {}
        for bid in bids:
            first = seen.setdefault((bid.bidder, bid.lots), bid.row)
            if first != bid.row:
                self._fault(
                    bid.row,
                    f"bids for {self.tender.called(bid.lots)} as row {first} of "
                    f"{bid.bidder} does already; keep one",
                )

    def _fault(self, number: int, what: str) -> None:
        self.log.faults.append(f"Row {number} {what}.")


def _groups(sets: Iterable[Iterable[str]]) -> dict[str, str]:
    """For each firm the first name of all it is related to, however indirectly."""
    first: dict[str, str] = {}
    for some in sets:
        names = [word(name) for name in some]
        joined = sorted({first.get(name, name) for name in names})
        for name in names:
            first.setdefault(name, joined[0])
        first = {
            name: joined[0] if head in joined else head for name, head in first.items()
        }
    return first
