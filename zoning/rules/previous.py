"""Last year's plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar

from zoning.errors import InputError
from zoning.region import Region
from zoning.rules.asked import Drawn, Setting
from zoning.rules.loosening import Loosening, in_steps, one_by_one
from zoning.rules.places import value_of_units
from zoning.rules.rule import Rule
from zoning.rules.terms import FormerTerm, Term
from zoning.rules.violation import Violation
from zoning.text import tables
from zoning.text.arguments import FLAG, NUMBER, WORD, take

LEAST_PRICE = 0.0001  # yuan for a m² that changes: prices are counted in such parts
MOST_CHANGE = 10**6  # yuan per m²


@dataclass(frozen=True)
class Previous(Rule):
    """Last year's plan: zones keep their names, and change is limited or priced.

    A zone takes the name of the former zone it shares the most floor area with, so
    that all zones together keep as much as can be. A unit changes when its zone's
    name is not that of its former zone; units without one are new and do not count.

    Parameters
    ----------
    column
        Holds the name of each building's former zone.
    budget
        At most this share of the floor area changes zone, 0 to 1, or None.
    price
        Yuan for each m² that changes, or 0. It is counted as the fraction nearest to
        it whose denominator is at most 10,000: 0.6 is 3/5, not what a computer holds.
    least
        Of all plans those are asked for that change the fewest m²; of those the
        cheapest.
    """

    column: str
    budget: float | None = None
    price: float = 0.0
    least: bool = False

    kind: ClassVar[str] = "previous"

    def __post_init__(self) -> None:
        take(self, column=WORD, budget=NUMBER.or_none, price=NUMBER, least=FLAG)
        if self.budget is not None and not 0 <= self.budget <= 1:
            msg = (
                f"The budget of change must be 0 to 1 (0.1 is 10 % of the area); got "
                f"{self.budget}."
            )
            raise InputError(msg)
        if self.price != 0 and not LEAST_PRICE <= self.price <= MOST_CHANGE:
            msg = (
                f"The price of change must be 0, or at least {LEAST_PRICE} and at most "
                f"{MOST_CHANGE:,} yuan a m²; got {self.price}."
            )
            raise InputError(msg)

    @property
    def exact_price(self) -> Fraction:
        """The price as it is counted."""
        return Fraction(self.price).limit_denominator(round(1 / LEAST_PRICE))

    def __str__(self) -> str:
        parts = [f"zones keep their names of {self.column}"]
        if self.budget is not None:
            parts.append(f"at most {100 * self.budget:g} % of the area changes zone")
        if self.price:
            parts.append(f"each m² that changes costs {self.price:g} yuan")
        if self.least:
            parts.append("as few m² as can be change zone")
        return "; ".join(parts)

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    @property
    def former_column(self) -> str | None:
        return self.column

    @property
    def change_price(self) -> Fraction:
        return self.exact_price

    @property
    def least_change(self) -> bool:
        return self.least

    @property
    def is_priced(self) -> bool:
        return self.price > 0

    def terms(self, region: Region) -> Iterator[Term]:
        values = value_of_units(region, self.column)
        names = tuple(None if value is None else str(value) for value in values)
        yield FormerTerm(names, self.exact_price, self._most_change(region))

    def _most_change(self, region: Region) -> int | None:
        """The m² that may change zone."""
        if self.budget is None:
            return None
        return int(self.budget * int(region.area.sum()) + 1e-6)

    def violations(self, drawn: Drawn) -> Iterator[Violation]:
        most, changed = self._most_change(drawn.region), int(drawn.changed.sum())
        if self.budget is not None and most is not None and changed > most:
            total = int(drawn.region.area.sum())
            words = (
                f"{changed:,} m² change zone, {100 * changed / total:.1f} % of the "
                f"floor area; allowed are {100 * self.budget:g} %."
            )
            yield Violation(str(self), "", (), changed, most, words)

    def only_forbids(self, setting: Setting) -> bool:
        return self.price == 0

    def loosens(self, setting: Setting) -> bool:
        return True

    def looser(self, setting: Setting) -> Iterator[Loosening]:
        """A hundredth of the area more each time, up to all of it."""
        if self.budget is None:
            yield one_by_one(self)
            return
        yield in_steps(
            lambda budget: self.with_budget(min(budget, 1.0)),
            now=self.budget,
            most=1.0,
            step=0.01,
        )

    def with_budget(self, budget: float) -> Rule:
        return replace(self, budget=budget, least=False)

    def with_least_change(self) -> Rule:
        return replace(self, budget=None, least=True)

    def with_change_price(self, price: float) -> Rule:
        return replace(self, price=price, least=False)


Previous.form = tables.Form(
    Previous,
    {"column": tables.WORD},
    {
        "budget": tables.NUMBER.within(0, 1),
        "price": tables.NUMBER.within(0, MOST_CHANGE),
        "least": tables.FLAG,
    },
    once=True,
)
