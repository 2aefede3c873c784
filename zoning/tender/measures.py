"""Measures that prices are told in: a month, a year, per m², thousands, a discount.

A measure that is not understood is refused. What is understood is turned into yuan a
year for the lots of a bid.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from unicodedata import normalize

from zoning.costs import MONTHS
from zoning.tender.bids import Tender
from zoning.tender.yuan import Yuan

_SCALES = {
    **dict.fromkeys(
        ("千", "k", "thousand", "thousands", "1,000", "1000", "'000"), 1_000
    ),
    **dict.fromkeys(("万", "wan", "10,000", "10000"), 10_000),
    **dict.fromkeys(("百万", "million", "millions"), 1_000_000),
    "亿": 100_000_000,
}
_TIMES = {
    **dict.fromkeys(("年", "年度", "每年", "year", "yr", "annum", "p.a.", "pa"), 1),
    **dict.fromkeys(("annual", "annually", "yearly"), 1),
    **dict.fromkeys(("季", "季度", "每季", "quarter", "quarterly"), 4),
    **dict.fromkeys(("月", "每月", "month", "monthly", "mo"), MONTHS),
}
_AREAS = (
    *("m2", "m^2", "sqm", "sq.m", "squaremetre", "squaremeter", "平方米", "平米"),
    *("每m2", "每平方米"),
)
_DISCOUNTS = ("下浮率", "下浮", "优惠率", "让利率", "discountrate", "discount")
_MONEY = ("元", "yuan", "人民币", "rmb", "cny")
_FILLERS = (
    *("/", "·", "•", "*", "×", "x", ".", ",", ":", "-", "(", ")", "[", "]", "¥", "_"),
    *("per", "and", "a", "an", "in", "of", "each", "每", "的", "单位"),
    *("含税", "小写", "总价", "合计", "总计", "total", "all", "lots", "for", "the"),
)


def _kinds() -> dict[str, tuple[str, int]]:
    return {
        **dict.fromkeys(_FILLERS, ("filler", 0)),
        **dict.fromkeys(_MONEY, ("money", 0)),
        **{sign: ("scale", size) for sign, size in _SCALES.items()},
        **{sign: ("times", number) for sign, number in _TIMES.items()},
        **dict.fromkeys(_AREAS, ("area", 1)),
        **dict.fromkeys(_DISCOUNTS, ("discount", 1)),
        "%": ("percent", 1),
        "percent": ("percent", 1),
    }


_KINDS: Mapping[str, tuple[str, int]] = _kinds()
_SIGN = re.compile("|".join(map(re.escape, sorted(_KINDS, key=len, reverse=True))))


@dataclass(frozen=True)
class Measure:
    """What a number of a price means; None and False where nothing is said.

    Parameters
    ----------
    scale
        The number counts so many yuan.
    times
        So many times a year it is paid.
    by_area
        It is paid for each m².
    discount
        It is what the bidder takes off.
    percent
        It is told in percent.
    money
        Yuan are named.
    """

    scale: int | None = None
    times: int | None = None
    by_area: bool = False
    discount: bool = False
    percent: bool = False
    money: bool = False

    @property
    def is_plain(self) -> bool:
        """It is yuan a year."""
        usual = self.scale is None and self.times in (None, 1)
        return usual and not self.by_area and not self.discount

    @property
    def is_clear(self) -> bool:
        """It says of what, and how often."""
        if self.discount:
            return self == Measure(discount=True, percent=self.percent)
        return not self.percent and (self.times is not None or not self.by_area)

    def in_words(self, tender: Tender) -> str:
        """How yuan a year are made of it, as the end of a sentence."""
        if self.discount:
            known = [reserve is not None for reserve in tender.reserves]
            some = "reserve price, or else the estimate," if any(known) else "estimate"
            base = "reserve price" if all(known) else some
            return f"taken as percent off the {base} of the lots"
        parts = [f"{number:,}" for number in (self.scale, self.times) if number]
        parts = [part for part in parts if part != "1"]
        parts += ["the floor area of the lots in m²"] if self.by_area else []
        return f"taken times {' times '.join(parts)}, for yuan a year"

    def with_that_of(self, cell: Measure) -> Measure | None:
        """What a head and a cell below it say together; None where they differ."""
        if self.discount:
            return self if cell in (Measure(), Measure(percent=True)) else None
        pairs = ((self.scale, cell.scale), (self.times, cell.times))
        differ = any(None not in pair and pair[0] != pair[1] for pair in pairs)
        other_area = None not in pairs[1] and self.by_area != cell.by_area
        no_scale = cell.money and self.scale is not None and cell.scale is None
        if differ or other_area or no_scale or cell.discount or cell.percent:
            return None
        return Measure(
            scale=self.scale or cell.scale,
            times=self.times or cell.times,
            by_area=self.by_area or cell.by_area,
        )

    def price(self, value: Decimal, tender: Tender, lots: Sequence[int]) -> Yuan:
        """A number of this measure as yuan a year for some lots."""
        if self.discount:
            reserve = tender.reserve_of(lots)
            base = tender.estimate_of(lots) if reserve is None else reserve
            return base * (100 - value) / 100
        area = tender.area_of(lots) if self.by_area else 1
        return value * (self.scale or 1) * (self.times or 1) * area


def measure(words: str) -> Measure | None:
    """What words say of a measure; None where a word is not understood.

    Examples
    --------
    >>> measure("元/㎡·月") == Measure(times=12, by_area=True, money=True)
    True
    >>> measure("USD") is None
    True
    """
    plain = re.sub(r"\s", "", normalize("NFKC", words).lower())
    found: dict[str, int] = {}
    at = 0
    while at < len(plain):
        sign = _SIGN.match(plain, at)
        if sign is None:
            return None
        kind, number = _KINDS[sign[0]]
        if kind != "filler" and found.setdefault(kind, number) != number:
            return None
        at = sign.end()
    return Measure(
        scale=found.get("scale"),
        times=found.get("times"),
        by_area="area" in found,
        discount="discount" in found,
        percent="percent" in found,
        money="money" in found,
    )
