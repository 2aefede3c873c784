"""What belongs together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from zoning.region import REGION, Region
from zoning.rules.asked import Drawn, Moved, Setting
from zoning.rules.loosening import Loosening
from zoning.rules.places import groups
from zoning.rules.rule import OfBuildings
from zoning.rules.terms import Term, TogetherTerm
from zoning.rules.violation import Violation
from zoning.text import tables
from zoning.text.arguments import WORD, takes
from zoning.text.lists import first_few


@dataclass(frozen=True)
class MustLink(OfBuildings):
    """These buildings are in one zone: one yard, one boiler, one gate."""

    buildings: tuple[str, ...]

    kind: ClassVar[str] = "must_link"
    least: ClassVar[int] = 2
    uneven: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"{first_few(self.buildings, 6)} stay together"

    @property
    def linked(self) -> tuple[str, ...]:
        return self.buildings

    def terms(self, region: Region) -> Iterator[Term]:
        yield TogetherTerm(self.units(region))

    def violations(self, drawn: Drawn) -> Iterator[Violation]:
        zone_of = drawn.zone_of_buildings
        where = {zone_of[name]: name for name in reversed(self.buildings)}
        if len(where) > 1:
            told = ", ".join(
                f"{drawn.told(name)} in {drawn.called(zone)}"
                for zone, name in where.items()
            )
            words = f"{self.told(drawn.region)}, but they do not: {told}."
            yield Violation(str(self), "", self.buildings, len(where), 1, words)

    def only_forbids(self, setting: Setting) -> bool:
        return True

    def looser(self, setting: Setting) -> Iterator[Loosening]:
        yield self.with_fewer(setting.region)

    def asks_for(self, unit: int, moved: Moved) -> bool:
        """Units that were in several zones cannot all stay."""
        units, origin = self.units(moved.region), moved.former[unit]
        others = [moved.former[i] for i in units.tolist() if i != unit]
        return unit in units and any(zone not in (origin, None) for zone in others)


@takes(region=REGION, column=WORD)
def linked_by(region: Region, column: str) -> tuple[MustLink, ...]:
    """One `MustLink` for each value of a column that several buildings share."""
    return tuple(
        MustLink(members)
        for members in groups(region, column).values()
        if len(members) > 1
    )


MustLink.form = tables.Form(MustLink, {"buildings": tables.NAMES}, by=linked_by)
