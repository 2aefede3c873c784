"""Larger and smaller zones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from zoning.errors import InputError
from zoning.region import Region
from zoning.rules.rule import Rule
from zoning.rules.terms import ShareTerm, Term
from zoning.text import tables
from zoning.text.arguments import NAME, NUMBER, take

LEAST = 1e-9  # of what must be above 0
MOST_FACTOR = 1_000  # times a usual zone


@dataclass(frozen=True)
class Target(Rule):
    """The zone of this name may be larger or smaller than the others.

    Parameters
    ----------
    zone
        Its name.
    factor
        Its share in times a usual zone's, > 0: 1.5 is half as large again.
    """

    zone: str
    factor: float

    kind: ClassVar[str] = "target"
    uneven: ClassVar[bool] = True

    def __post_init__(self) -> None:
        take(self, zone=NAME, factor=NUMBER)
        if not LEAST <= self.factor <= MOST_FACTOR:
            msg = (
                f"Target of zone {self.zone} must be above 0, at most "
                f"{MOST_FACTOR:,}; got {self.factor}."
            )
            raise InputError(msg)

    def __str__(self) -> str:
        return f"zone {self.zone} has {self.factor:g} times a usual share"

    @property
    def names_zone(self) -> str | None:
        return self.zone

    @property
    def factor_of(self) -> tuple[str, float] | None:
        return self.zone, self.factor

    def terms(self, region: Region) -> Iterator[Term]:
        yield ShareTerm(self.zone, self.factor)


Target.form = tables.Form(
    Target, {"zone": tables.NAME, "factor": tables.NUMBER.within(LEAST, MOST_FACTOR)}
)
