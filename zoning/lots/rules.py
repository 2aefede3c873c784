"""Rules for lots: what a lot may cost, earn, hold, and how like the lots must be.

The rules are one frozen value. They are stated here, listed by
`zoning.lots.enumerate`, and judged, without any search, by
`zoning.lots.check_rules`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from zoning.errors import InputError
from zoning.problem import BANDS, Band
from zoning.text.amounts import MOST_AMOUNT
from zoning.text.arguments import NUMBER, WHOLE, WORD, instance, take
from zoning.text.lists import first_few
from zoning.text.order import by_name
from zoning.text.renamed import renamed

Ints = NDArray[np.int64]

# Columns of the buildings with facts that lots ask for.
BUILT, CURRENT_COMPANY, CONTRACT_END = "built", "incumbent", "contract_end"

MOST_WEIGHT = 10**6
HAIR = 1e-6  # of a m² or yuan: 0.57 of 100 m² is 57, and so is a third of 171

# What a band may limit, beside any sum of the region ("households").
FIGURES: Mapping[str, str] = {
    "cost": "yuan a year",
    "revenue": "yuan a year",
    "margin": "yuan a year, revenue less cost",
    "area": "m²",
    "way": "metres from the hub to a square metre of the lot, on average",
    "crossings": "barriers crossed to hold the lot together",
    "companies": "companies that serve its buildings today",
    "wait": "days from the first end of a contract to the start of the lot",
    "index": "fen per m² and year, what the lot is worth to a bidder",
}


@dataclass(frozen=True)
class Attractiveness:
    """What a square metre of a lot is worth to a bidder: weights of an index.

    The index is in fen (a hundredth of a yuan) per m² and year. Only differences
    between lots matter; the weights are assumptions, to be set with bidders.

    Parameters
    ----------
    margin
        Yuan for each yuan of margin per m².
    way
        Yuan less for each 100 m of mean way from the hub. Travel is in the margin
        already; this is for what travel money does not buy: being there fast.
    age
        Yuan less for each year the buildings are older than the region's mean.
    crossing
        Yuan less for each barrier crossed.
    """

    margin: float = 1.0
    way: float = 0.10
    age: float = 0.02
    crossing: float = 0.10

    def __post_init__(self) -> None:
        take(self, **{item.name: NUMBER for item in fields(self)})
        bad = [
            f"{item.name} = {getattr(self, item.name)}"
            for item in fields(self)
            if not 0 <= getattr(self, item.name) <= MOST_WEIGHT
        ]
        if bad:
            msg = (
                f"Weights of the index must be numbers >= 0, at most {MOST_WEIGHT:,}; "
                f"got {', '.join(bad)}."
            )
            raise InputError(msg)

    def index(
        self, margin: Ints, area: Ints, way: Ints, age: Ints, crossings: Ints
    ) -> Ints:
        """Index of lots with these margins, areas, mean ways, ages and crossings."""
        per_m2 = margin / np.maximum(area, 1)
        worth = self.margin * per_m2 - self.way * (way / 100) - self.age * age
        return np.asarray(
            np.rint(100 * (worth - self.crossing * crossings)), dtype=np.int64
        )


_INDEX = instance(Attractiveness, "Attractiveness", "Attractiveness(way=0.2)")


# Names of rules before rules of zones and of lots had the same.
FORMER = {"together": "must_link", "apart": "cannot_link", "within": "contain"}


@renamed(**FORMER)
@dataclass(frozen=True)
class LotRules:
    """What lots must keep, beside hanging together and having their size.

    Parameters
    ----------
    bands
        What a figure of each lot may be, both ends included: a name of `FIGURES` or a
        sum of the region.
    loss_share
        At most this share of a lot's floor area, 0 to 1, is in zones that lose money;
        below 1, no lot is made of such zones alone. None: not limited.
    loss_below
        A zone loses money if its revenue less its cost in the plan is below so many
        yuan per m² and year. Where fees cover no zone, say what is a bad zone here.
    must_link
        Groups of names of zones that must be in one lot.
    cannot_link
        Groups of names of zones no two of which may be in one lot.
    contain
        Column of whose values a lot holds only one: a subdistrict.
    start
        Day service is to begin, at the earliest; ISO date. Contracts that end later
        are waited for: a lot starts when the last of its contracts has ended.
    bidders
        How many companies are expected to bid. No rule: where there are as many lots
        as bidders, or more, the reason warns.
    spread
        Indices of any two lots differ by at most so much, fen per m² and year. For the
        least spread there is, ask ``zoning.bundle`` for the objective ``"spread"``.
    index
        Weights of the index.
    """

    bands: Mapping[str, Band] = field(default_factory=dict)
    loss_share: float | None = None
    loss_below: float = 0.0
    must_link: tuple[tuple[str, ...], ...] = ()
    cannot_link: tuple[tuple[str, ...], ...] = ()
    contain: str | None = None
    start: date | None = None
    bidders: int | None = None
    spread: int | None = None
    index: Attractiveness = field(default_factory=Attractiveness)

    def __post_init__(self) -> None:
        take(
            self,
            bands=BANDS,
            loss_share=NUMBER.or_none,
            loss_below=NUMBER,
            contain=WORD.or_none,
            bidders=WHOLE.or_none,
            spread=WHOLE.or_none,
            index=_INDEX,
        )
        put = object.__setattr__
        faults: list[str] = []
        put(self, "bands", {name: self.bands[name] for name in sorted(self.bands)})
        for name in ("must_link", "cannot_link"):
            put(self, name, _groups(name, getattr(self, name), faults))
        try:
            put(self, "start", _day(self.start))
        except ValueError:
            faults.append(
                f"start must be a date such as 2026-07-01; got {self.start!r}."
            )
        faults += self._out_of_range()
        if faults:
            raise InputError(" ".join(faults))

    def without_each(self) -> Iterator[tuple[str, LotRules]]:
        """The rules with one of them dropped, and what that one is called."""
        for name in self.bands:
            others = {other: self.bands[other] for other in self.bands if other != name}
            yield f"the band of {name}", replace(self, bands=others)
        for rule, how in (("must_link", "together"), ("cannot_link", "apart")):
            groups = getattr(self, rule)
            for at, group in enumerate(groups):
                fewer = {rule: groups[:at] + groups[at + 1 :]}
                told = f"zones {', '.join(group)} {how}"
                yield told, replace(self, **fewer)
        if self.loss_share is not None:
            yield f"loss_share ({self.loss_share:g})", replace(self, loss_share=None)
        if self.contain is not None:
            yield f"within {self.contain}", replace(self, contain=None)
        if self.spread is not None:
            yield f"the spread ({self.spread:,})", replace(self, spread=None)

    def columns_needed(self) -> Iterator[tuple[str, str]]:
        """What needs a column of the buildings, and the column."""
        if self.contain is not None:
            yield "contain", self.contain
        if self.start is not None:
            yield "start", CONTRACT_END
        if "wait" in self.bands:
            yield "The band of wait", CONTRACT_END
        if "companies" in self.bands:
            yield "The band of companies", CURRENT_COMPANY

    def _out_of_range(self) -> Iterator[str]:
        if self.loss_share is not None and not 0 <= self.loss_share <= 1:
            yield f"loss_share must be 0 to 1 (0.5 is half); got {self.loss_share}."
        if not abs(self.loss_below) <= MOST_AMOUNT:
            yield f"loss_below must be at most {MOST_AMOUNT:,}; got {self.loss_below}."
        if self.bidders is not None and self.bidders < 1:
            yield f"bidders must be at least 1; got {self.bidders}."
        if self.spread is not None and not 0 <= self.spread <= MOST_AMOUNT:
            yield f"spread must be at least 0; got {self.spread}."


LOT_RULES = instance(LotRules, "LotRules", "LotRules(must_link=[('3', '7')])")


def group_faults(rules: LotRules, names: Iterable[str], largest: int) -> Iterator[str]:
    """Zones of groups that are not there, and groups that contradict one another.

    Parameters
    ----------
    names
        Names of the zones there are.
    largest
        Most zones a lot may have.
    """
    known = set(names)
    for rule in ("must_link", "cannot_link"):
        asked = [name for group in getattr(rules, rule) for name in group]
        missing = sorted({name for name in asked if name not in known})
        if missing:
            yield (
                f"{rule} names zones that are not there: {', '.join(missing)}. The "
                f"zones are called {first_few(sorted(known, key=by_name))}."
            )
    merged = joined(rules.must_link)
    for group in merged:
        if len(group) > largest:
            yield (
                f"Zones {', '.join(group)} must be in one lot, but a lot has at most "
                f"{largest} zones. Ask for larger lots or take zones out."
            )
        for apart in rules.cannot_link:
            both = [name for name in group if name in apart]
            for a, b in combinations(both, 2):
                yield f"Zones {a} and {b} must be together and apart. Drop one rule."


def joined(groups: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Groups that share a member made one."""
    merged: list[set[str]] = []
    for group in groups:
        new = set(group)
        for old in [some for some in merged if some & new]:
            new |= old
            merged.remove(old)
        merged.append(new)
    return tuple(sorted(tuple(sorted(some, key=by_name)) for some in merged))


def _groups(
    what: str, groups: object, faults: list[str]
) -> tuple[tuple[str, ...], ...]:
    made = []
    if isinstance(groups, str | Mapping) or not isinstance(groups, Iterable):
        groups = [groups]  # told below
    for group in groups:
        if isinstance(group, str | Mapping) or not isinstance(group, Iterable):
            faults.append(
                f"{what} wants groups of zones such as [('3', '7')]; got {group!r}."
            )
            continue
        made.append(tuple(dict.fromkeys(str(name) for name in group)))
    return tuple(made)


def _day(value: object) -> date | None:
    """A day given as date or ISO text."""
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    return date.fromisoformat(str(value))
