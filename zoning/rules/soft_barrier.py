"""Barriers zones may cross."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from zoning.region import Barrier, Region
from zoning.rules.asked import Drawing
from zoning.rules.rule import Rule, require_price
from zoning.text import tables
from zoning.text.amounts import MOST_PRICE
from zoning.text.arguments import WHOLE, WORD, take
from zoning.text.lists import first_few


@dataclass(frozen=True)
class SoftBarrier(Rule):
    """Zones may cross this barrier, at a price for each crossing on the way.

    Parameters
    ----------
    barrier
        Name or kind of the barrier ("Hequ street", "primary road").
    price
        Yuan a year for each unit and each crossing on its way from the center; 0
        opens the barrier.
    """

    barrier: str
    price: int = 0

    kind: ClassVar[str] = "soft_barrier"

    def __post_init__(self) -> None:
        take(self, barrier=WORD, price=WHOLE)
        if self.price != 0:
            require_price("SoftBarrier", self.price)

    def __str__(self) -> str:
        if self.price == 0:
            return f"zones may cross {self.barrier}"
        return f"crossing {self.barrier} costs {self.price:,} yuan a year for each unit"

    @property
    def is_priced(self) -> bool:
        return self.price > 0

    @property
    def requires(self) -> bool:
        """A barrier that is opened for nothing asks for nothing."""
        return self.price > 0

    def left_out(self) -> Rule | None:
        return SoftBarrier(self.barrier)

    def faults(self, region: Region) -> Iterator[str]:
        barriers = {x for by in region.cut_by for b in by for x in (b.name, b.kind)}
        if self.barrier not in barriers:
            have = first_few(sorted(barriers - {""})) or "none"
            yield (
                f"The rule that {self} names no barrier that parts neighbours; there "
                f"are {have}."
            )

    def crossing_price(self, barrier: Barrier) -> int | None:
        return self.price if self.barrier in (barrier.name, barrier.kind) else None

    def drawing(self) -> Drawing:
        return Drawing(opened=self.barrier)


SoftBarrier.form = tables.Form(
    SoftBarrier, {"barrier": tables.WORD}, {"price": tables.WHOLE.within(0, MOST_PRICE)}
)
