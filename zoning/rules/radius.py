"""How far from the center."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf
from typing import ClassVar

import numpy as np

from zoning.errors import InputError
from zoning.region import Region
from zoning.rules.asked import Setting
from zoning.rules.loosening import Loosening, one_by_one
from zoning.rules.rule import Rule, require_price
from zoning.rules.terms import Term, WaysTerm
from zoning.text import tables
from zoning.text.amounts import MOST_PRICE
from zoning.text.arguments import NUMBER, WHOLE, take

LEAST = 1e-9  # of what must be above 0
MOST_METRES = 10**9
MOST_WAYS = 200  # lengths of a way that are tried one by one


@dataclass(frozen=True)
class Radius(Rule):
    """How far a unit may be from the center it is served from.

    Parameters
    ----------
    hard
        Metres of way no unit may exceed, or None.
    soft
        Metres of way beyond which a unit costs `price` more, or None. The way is by
        street where the region has streets, else straight line × the usual detour.
    price
        Yuan a year for each unit beyond `soft`.
    """

    hard: float | None = 900.0
    soft: float | None = None
    price: int = 0

    kind: ClassVar[str] = "radius"

    def __post_init__(self) -> None:
        take(self, hard=NUMBER.or_none, soft=NUMBER.or_none, price=WHOLE)
        for metres in (self.hard, self.soft):
            if metres is not None and not LEAST <= metres <= MOST_METRES:
                msg = (
                    f"Radius must be above 0 metres, at most {MOST_METRES:,}; got "
                    f"{metres}."
                )
                raise InputError(msg)
        if self.hard is None and self.soft is None:
            msg = "Radius limits no way. Give hard or soft, in metres."
            raise InputError(msg)
        if self.soft is not None:
            require_price("Radius with a soft limit", self.price)
        elif self.price:
            msg = (
                f"Radius has a price of {self.price:,} yuan and no soft limit that it "
                "is paid beyond. Say soft=, in metres, or leave the price out."
            )
            raise InputError(msg)
        if self.soft is not None and self.hard is not None and self.soft >= self.hard:
            msg = (
                f"Radius never asks for its price: beyond {self.soft:g} m it would, "
                f"but over {self.hard:g} m no unit may be. Give a shorter soft limit, "
                "a longer hard one, or hard=None."
            )
            raise InputError(msg)

    def __str__(self) -> str:
        parts = []
        if self.hard is not None:
            parts.append(f"no unit is over {self.hard:g} m from its center")
        if self.soft is not None:
            parts.append(
                f"a unit over {self.soft:g} m from its center costs {self.price:,} "
                "yuan a year more"
            )
        return "; ".join(parts)

    @property
    def is_priced(self) -> bool:
        return self.price > 0

    def terms(self, region: Region) -> Iterator[Term]:
        yield WaysTerm(
            inf if self.hard is None else self.hard,
            inf if self.soft is None else self.soft,
            self.price,
        )

    def only_forbids(self, setting: Setting) -> bool:
        return self.soft is None and not setting.balanced

    def looser(self, setting: Setting) -> Iterator[Loosening]:
        if self.hard is not None:
            yield self._longer(self.hard, setting)
        if self.soft is not None:  # its price may be what is too much
            yield one_by_one(self)

    def _longer(self, now: float, setting: Setting) -> Loosening:
        """Longer ways: as far as each center reaches one more unit, up to all of them.

        Where cost is balanced a longer way may be worse: zones take cheaper centers,
        and are too cheap then.
        """
        ways = setting.ways()
        longer = np.unique(np.ceil(ways[ways > now])).tolist()
        if len(longer) > MOST_WAYS:
            longer = np.unique(10 * np.ceil(ways[ways > now] / 10)).tolist()

        def version(at: int) -> tuple[str, Rule | None]:
            other = replace(self, hard=longer[at])
            return str(other), other

        return Loosening(len(longer), version, climbs=not setting.balanced)


def _written(
    hard: float | None = None, soft: float | None = None, price: int | None = None
) -> Radius:
    """A radius of only the limits that were written down."""
    if hard is None and soft is None:
        msg = "Give hard or soft, in metres."
        raise InputError(msg)
    if (soft is None) != (price is None):
        msg = "Give soft and price together: metres, and yuan a year beyond them."
        raise InputError(msg)
    return Radius(hard, soft, price or 0)


Radius.form = tables.Form(
    _written,
    {},
    {
        "hard": tables.NUMBER.within(LEAST, MOST_METRES),
        "soft": tables.NUMBER.within(LEAST, MOST_METRES),
        "price": tables.WHOLE.within(1, MOST_PRICE),
    },
    once=True,
)
