"""What is in a certain zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from zoning.region import REGION, Ints, Region
from zoning.rules.asked import Drawing, Drawn, Moved, Setting
from zoning.rules.loosening import Loosening
from zoning.rules.places import groups, units_of
from zoning.rules.rule import OfBuildings
from zoning.rules.terms import PinTerm, Term
from zoning.rules.violation import Violation
from zoning.text import tables
from zoning.text.arguments import NAME, NAMES, WORD, take, takes
from zoning.text.lists import first_few


@dataclass(frozen=True)
class Pin(OfBuildings):
    """These buildings are in the zone of this name."""

    zone: str
    buildings: tuple[str, ...]

    kind: ClassVar[str] = "pin"

    def __post_init__(self) -> None:
        take(self, zone=NAME, buildings=NAMES)
        super().__post_init__()

    def __str__(self) -> str:
        verb = "is" if len(self.buildings) == 1 else "are"
        return f"{first_few(self.buildings, 6)} {verb} in zone {self.zone}"

    @property
    def names_zone(self) -> str | None:
        return self.zone

    @property
    def holds(self) -> tuple[str, ...]:
        return self.buildings

    @property
    def linked(self) -> tuple[str, ...]:
        return self.buildings

    def terms(self, region: Region) -> Iterator[Term]:
        yield PinTerm(self.zone, self.units(region))

    def broken_in(self, region: Region, zone: str, units: Ints) -> Iterator[str]:
        outside = [b for b in self.buildings if units_of(region, (b,))[0] not in units]
        if zone == self.zone and outside:
            told = ", ".join(map(region.directory.called_id, outside))
            yield f"Zone {zone} is locked without {told}, pinned to it."

    def violations(self, drawn: Drawn) -> Iterator[Violation]:
        for name in self.buildings:
            zone = drawn.zone_of_buildings[name]
            if drawn.names[zone] != self.zone:
                words = (
                    f"{drawn.told(name)} is pinned to zone {self.zone}, but is in "
                    f"{drawn.called(zone)}."
                )
                yield Violation(str(self), self.zone, (name,), words=words)

    def only_forbids(self, setting: Setting) -> bool:
        return True

    def looser(self, setting: Setting) -> Iterator[Loosening]:
        yield self.with_fewer(setting.region)

    def asks_for(self, unit: int, moved: Moved) -> bool:
        return unit in self.units(moved.region) and moved.now[unit] == self.zone

    def drawing(self) -> Drawing:
        return Drawing(pinned=self.buildings)


@takes(region=REGION, column=WORD)
def pinned_by(region: Region, column: str) -> tuple[Pin, ...]:
    """One `Pin` for each zone named in a column."""
    return tuple(Pin(zone, them) for zone, them in groups(region, column).items())


Pin.form = tables.Form(
    Pin, {"zone": tables.NAME, "buildings": tables.NAMES}, by=pinned_by
)
