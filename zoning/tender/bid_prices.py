"""Prices of bids in yuan a year, whatever measure head and cells tell them in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from zoning.tender.bid_table import Head
from zoning.tender.bids import Tender
from zoning.tender.measures import Measure, measure
from zoning.tender.yuan import DEAREST, Yuan, to_the_fen
from zoning.text.issues import Issues
from zoning.text.lists import first_few

_KNOWN = (
    "Known are yuan (元), thousand, 万; a year (年), quarter, month (月); a month and "
    "m² (元/㎡·月); and a discount in percent (下浮率%)"
)
_TOLD = 5  # rows that a note names
_LONGEST = 40  # letters of a measure that a message shows


@dataclass(frozen=True, eq=False)
class PriceColumn:
    """Turns numbers of a column into yuan a year, and remembers what was done.

    Parameters
    ----------
    head
        The head of the column.
    said
        What it says of the measure.
    tender
        For the floor area and the estimates of lots.
    """

    head: Head
    said: Measure
    tender: Tender
    _done: dict[Measure, list[int]] = field(default_factory=dict, repr=False)
    _rounded: list[int] = field(default_factory=list, repr=False)

    @classmethod
    def under(cls, head: Head, tender: Tender, log: Issues) -> PriceColumn:
        """Prices under a head; a measure that is not understood is a fault."""
        said = measure(head.besides)
        if said is None or not said.is_clear:
            what = "says not how often or of what" if said else "is not understood"
            log.faults.append(
                f"Head {head.text!r} tells a measure that {what}. {_KNOWN}. Without a "
                "measure prices are yuan a year."
            )
        return cls(head, said or Measure(), tender)

    def price(
        self, row: int, value: Decimal, unit: str, lots: Sequence[int]
    ) -> Yuan | str:
        """Yuan a year to the fen, or why there are none, as the end of a sentence."""
        typed = measure(unit)
        if typed is None:
            return f"with a measure that is not understood, {unit[:_LONGEST]!r}"
        both = self.said.with_that_of(typed)
        if both is None:
            return f"whose measure is not that of its head, {self.head.text!r}"
        if not both.is_clear:
            return "whose measure says not how often or of what"
        if both.discount and (why := _no_discount(value, typed)):
            return why
        self._done.setdefault(both, []).append(row)
        found = Decimal(both.price(value, self.tender, lots))
        if found > DEAREST:
            return DEAREST + 1
        if found != to_the_fen(found):
            self._rounded.append(row)
        return to_the_fen(found)

    def notes(self) -> list[str]:
        """What was done with prices that are not told in yuan a year."""
        told = []
        for done, rows in self._done.items():
            if done.is_plain:
                continue
            way = done.in_words(self.tender)
            if done == self.said.with_that_of(Measure()):
                told.append(f"Prices are told as {self.head.text!r}: {way}.")
            else:
                told.append(f"Prices with a measure in {in_rows(rows)}: {way}.")
        if self._rounded:
            where = in_rows(self._rounded)
            told.append(f"Prices finer than a fen were rounded to it in {where}.")
        return told


def in_rows(rows: Sequence[int]) -> str:
    """Rows in words: the first few, and how many more there are."""
    return f"row{'s' if len(rows) > 1 else ''} {first_few(rows, _TOLD)}"


def _no_discount(value: Decimal, typed: Measure) -> str:
    """What keeps a number from being a discount in percent."""
    if value >= 100:
        return "which is no discount: it must be below 100 %"
    if 0 < value < 1 and not typed.percent:
        return f"which may be {value} % or {100 * value:f} %; write it with the sign %"
    return ""
