"""Read bids out of a spreadsheet or a CSV file, telling all that is wrong at once.

Headers may be English or Chinese, lots may be called as planners call them ("1", "lot
1", "第1标段"), and packages joined by a plus, a comma or the like.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from pathlib import Path

from zoning.arguments import NAME, PATH, many, takes
from zoning.findings import Findings
from zoning.tender.bid_table import TEN_THOUSAND, rows_of, word
from zoning.tender.bids import TENDER, Bid, Bids, Tender
from zoning.tender.rules import VALUE, LowestPrice, Value
from zoning.tender.yuan import DEAREST, Yuan, to_the_fen

_DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九")}
_BROKEN = "a formula or an error of the spreadsheet; write the value itself"
_NONE = ("", "-", "--", "/", "—", "无", "否", "没有", "no", "none", "0")


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
        `zoning.tender.bid_table.WORDS` lists what they may be called.
        万 in a header or a cell means 10,000.
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
    log = Findings(f"{path}")
    rows = rows_of(Path(path), log)
    reader = _Reader(tender, value, log)
    bids = [bid for number, row in rows if (bid := reader.bid(number, row)) is not None]
    reader.tell_twice(bids)
    if not rows:
        log.faults.append(f"{path} holds no bids below its header.")
    groups = _groups([*reader.pairs, *(list(some) for some in related)])
    log.raise_faults()
    return Bids(tuple(bids), reader.capacity, groups, tuple(log.notes))


def _is_broken(text: str) -> bool:
    """Whether a cell shows no value: a formula, or an error like #REF!."""
    return text.startswith("=") or re.fullmatch(r"#[A-Z/0]+[!?]?", text) is not None


def _number(text: str) -> Decimal | None:
    """What a cell says in figures; thousands may be marked and 万 be meant."""
    plain = re.sub(r"[,\s¥￥]|元|平方米|m2|分", "", text.lower())
    times = 10_000 ** plain.count(TEN_THOUSAND)
    try:
        value = Decimal(plain.replace(TEN_THOUSAND, "")) * times
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _whole(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


class _Reader:
    """Makes bids of rows, and remembers what is said of bidders.

    Parameters
    ----------
    tender
        Whose lots are meant.
    value
        What bids will count for.
    log
        Where faults go.
    """

    def __init__(self, tender: Tender, value: Value, log: Findings) -> None:
        self.tender = tender
        self.value = value
        self.log = log
        self.lot_of = {_lot_word(name): lot for lot, name in enumerate(tender.names)}
        self.capacity: dict[str, int] = {}
        self.pairs: list[list[str]] = []

    def bid(self, number: int, row: Mapping[str, str]) -> Bid | None:
        """The bid in a row, or None if the row has a fault."""
        before = len(self.log.faults)
        bidder = row["bidder"]
        if not bidder:
            self._fault(number, "has no bidder; unmerge cells and fill in every row")
        elif _is_broken(bidder):
            self._fault(number, f"has bidder {bidder!r}, {_BROKEN}")
        lots = self._lots(number, row["lots"])
        price = self._positive(number, "price", row["price"])
        quality = self._figure(number, "quality", row.get("quality", ""))
        capacity = self._figure(number, "capacity", row.get("capacity", ""))
        if capacity is not None:
            known = self.capacity.setdefault(bidder, _whole(capacity))
            if known != _whole(capacity):
                self._fault(
                    number,
                    f"says {bidder} has capacity {_whole(capacity):,} m², another row "
                    f"{known:,} m²",
                )
        group = row.get("group", "")
        if _is_broken(group):
            self._fault(number, f"has group {group!r}, {_BROKEN}")
        elif group.lower() not in _NONE:
            self.pairs.append([bidder, group])
        if len(self.log.faults) > before or price is None:
            return None
        points = None if quality is None else float(quality)
        bid = Bid(bidder, lots, price, points, number)
        for fault in self.value.faults(bid):
            self._fault(number, fault)
        return bid

    def _lots(self, number: int, text: str) -> tuple[int, ...]:
        if not text:
            self._fault(number, "names no lot")
            return ()
        if _is_broken(text):
            self._fault(number, f"has lot {text!r}, {_BROKEN}")
            return ()
        if _lot_word(text) in self.lot_of:
            return (self.lot_of[_lot_word(text)],)
        parts = _parts(text, r"[+,;、/&|]|和|及")
        if not all(part in self.lot_of for part in parts):
            parts = _parts(text, r"[+,;、/&|\s]|和|及")
        unknown = [part for part in parts if part not in self.lot_of]
        if unknown or not parts:
            self._fault(number, f"names {_unknown(text, unknown)}; {self._known()}")
            return ()
        lots = [self.lot_of[part] for part in parts]
        if len(set(lots)) < len(lots):
            self._fault(number, f"names a lot twice: {text}")
        return tuple(lots)

    def _known(self) -> str:
        names = self.tender.names
        told = ", ".join(names[:6]) + (", ..." if len(names) > 6 else "")
        return f"lots are {told}; join packages as 1+2"

    def _positive(self, number: int, column: str, text: str) -> Yuan | None:
        if not text:
            self._fault(number, f"has no {column}")
            return None
        value = self._figure(number, column, text)
        if value is not None and to_the_fen(value) == 0:
            why = "it must be above 0, at least a fen (0.01 yuan)"
            self._fault(number, f"has {column} {text}; {why}")
        return None if value is None else to_the_fen(value)

    def _figure(self, number: int, column: str, text: str) -> Decimal | None:
        """A number of at least 0, or None where there is none."""
        if not text:
            return None
        value = _number(text)
        if value is None:
            why = _BROKEN if _is_broken(text) else "which is not a number"
            self._fault(number, f"has {column} {text!r}, {why}")
        elif value < 0:
            self._fault(number, f"has {column} {text}; it must not be negative")
        elif value > DEAREST:
            self._fault(number, f"has {column} {text}, which is beyond all measure")
        else:
            return value
        return None

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


def _unknown(text: str, unknown: Sequence[str]) -> str:
    told = ", ".join(repr(part) for part in unknown) or repr(text)
    if re.search(r"\d{4}-\d\d-\d\d", text):
        return f"{text!r}, a date: the spreadsheet has changed it"
    if re.search(r"\d\s*[-~–至到]\s*\d", text):
        return f"{text!r}, which may be a package or a range"
    return f"{told}, which {'are' if len(unknown) > 1 else 'is'} not tendered"


def _parts(text: str, separators: str) -> list[str]:
    """Lots named one after the other."""
    return [bare for part in re.split(separators, text) if (bare := _lot_word(part))]


def _lot_word(text: str) -> str:
    """The bare name of a lot: without "lot" or 标段, Chinese figures made Arabic."""
    bare = re.sub(r"^(lots?|no\.?|第)\s*|\s*(号?标段|标包|号?包|号)$", "", text.lower())
    bare = re.sub(r"^(标段|标包|包)\s*", "", bare).strip()
    figures = re.fullmatch(r"([一二三四五六七八九]?)(十?)([一二三四五六七八九]?)", bare)
    if bare and figures:
        tens, ten, ones = figures.groups()
        if ten or not (tens and ones):
            ten_times = (_DIGITS[tens] if tens else 1) if ten else 0
            rest = _DIGITS[ones] if ones else (0 if ten else _DIGITS[tens])
            return str(10 * ten_times + rest)
    bare = re.sub(r"^(\d+)\.0+$", r"\1", bare)  # as spreadsheets export whole numbers
    return bare.lstrip("0") or bare if bare.isdigit() else bare


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
