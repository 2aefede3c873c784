"""Borders that cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from zoning.region import Region
from zoning.rules.places import value_of_units
from zoning.rules.rule import Rule, require_price
from zoning.rules.terms import SidesTerm, Term
from zoning.text import tables
from zoning.text.amounts import MOST_PRICE
from zoning.text.arguments import WHOLE, WORD, take


@dataclass(frozen=True)
class Border(Rule):
    """A unit served from a center of another value of a column costs more.

    Parameters
    ----------
    column
        A community, say.
    price
        Yuan a year for each unit served across a border, > 0.
    """

    column: str
    price: int

    kind: ClassVar[str] = "border"
    uneven: ClassVar[bool] = True

    def __post_init__(self) -> None:
        take(self, column=WORD, price=WHOLE)
        require_price("Border", self.price)

    def __str__(self) -> str:
        return (
            f"a unit served across a border of {self.column} costs {self.price:,} yuan "
            "a year more"
        )

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    @property
    def is_priced(self) -> bool:
        return True

    def contradictions(self, region: Region) -> Iterator[str]:
        yield from self.blanks(region, self.column)

    def terms(self, region: Region) -> Iterator[Term]:
        words = np.array([str(v) for v in value_of_units(region, self.column)])
        yield SidesTerm(np.unique(words, return_inverse=True)[1], self.price)


Border.form = tables.Form(
    Border, {"column": tables.WORD, "price": tables.WHOLE.within(1, MOST_PRICE)}
)
