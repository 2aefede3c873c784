"""Zones that stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from zoning.region import REGION, Region
from zoning.rules.asked import Drawing, Drawn, LockedZone, Moved, Setting
from zoning.rules.loosening import Loosening, one_by_one
from zoning.rules.places import groups
from zoning.rules.rule import OfBuildings, Rule
from zoning.rules.terms import LockTerm, Term
from zoning.rules.violation import Violation
from zoning.text import tables
from zoning.text.arguments import NAME, NAMES, WORD, take, takes
from zoning.text.lists import first_few


@dataclass(frozen=True)
class Lock(OfBuildings):
    """The zone of this name is exactly these buildings, and must keep the bands."""

    zone: str
    buildings: tuple[str, ...]

    kind: ClassVar[str] = "lock"
    frozen: ClassVar[bool] = False

    def __post_init__(self) -> None:
        take(self, zone=NAME, buildings=NAMES)
        super().__post_init__()

    def __str__(self) -> str:
        return f"zone {self.zone} stays as it is ({first_few(self.buildings, 3)})"

    @property
    def names_zone(self) -> str | None:
        return self.zone

    @property
    def holds(self) -> tuple[str, ...]:
        return self.buildings

    @property
    def locked(self) -> LockedZone | None:
        return LockedZone(self.zone, self.buildings, self.frozen)

    def terms(self, region: Region) -> Iterator[Term]:
        yield LockTerm(self.zone, self.units(region), self.frozen)

    def violations(self, drawn: Drawn) -> Iterator[Violation]:
        region = drawn.region
        if self.zone not in drawn.names:
            words = f"Zone {self.zone} must stay as it is, but there is no such zone."
            yield Violation(str(self), self.zone, words=words)
            return
        wanted = set(self.buildings)
        for name, mine in zip(region.names, region.buildings, strict=True):
            if name in wanted:
                wanted.update(mine)
        units = drawn.zones[drawn.names.index(self.zone)]
        have = {name for i in units for name in region.buildings[i]}
        gone = sorted(wanted.intersection(region.building_ids) - have)
        came = sorted(have - wanted)
        for verb, names in (("lost", gone), ("gained", came)):
            if names:
                words = (
                    f"Zone {self.zone} must stay as it is, but it {verb} "
                    f"{first_few(map(drawn.told, names), 5)}."
                )
                several_ = tuple(names)
                yield Violation(str(self), self.zone, several_, len(names), 0, words)

    def only_forbids(self, setting: Setting) -> bool:
        # with a target, other zones' shares move
        return self.zone not in setting.targets

    def looser(self, setting: Setting) -> Iterator[Loosening]:
        frozen: Rule = Freeze(self.zone, self.buildings)
        yield one_by_one(
            self.told(setting.region), [(frozen.told(setting.region), frozen)]
        )

    def asks_for(self, unit: int, moved: Moved) -> bool:
        return unit in self.units(moved.region) and moved.now[unit] == self.zone

    def drawing(self) -> Drawing:
        return Drawing(kept=self.locked)


@dataclass(frozen=True)
class Freeze(Lock):
    """As `Lock`, but bands are not asked of it: it is left out of the balance."""

    kind: ClassVar[str] = "freeze"
    frozen: ClassVar[bool] = True
    uneven: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"zone {self.zone} is frozen ({first_few(self.buildings, 3)})"

    def only_forbids(self, setting: Setting) -> bool:
        """It may be outside of bands."""
        return False

    def loosens(self, setting: Setting) -> bool:
        """Not where the zone would break a band, or move the shares of others."""
        units = self.units(setting.region)
        return not setting.balanced and setting.keeps_bands(units)

    def looser(self, setting: Setting) -> Iterator[Loosening]:
        yield one_by_one(self.told(setting.region))


@takes(region=REGION, column=WORD)
def locked_by(region: Region, column: str) -> tuple[Lock, ...]:
    """One `Lock` for each zone named in a column."""
    return tuple(Lock(zone, them) for zone, them in groups(region, column).items())


@takes(region=REGION, column=WORD)
def frozen_by(region: Region, column: str) -> tuple[Freeze, ...]:
    """One `Freeze` for each zone named in a column."""
    return tuple(Freeze(zone, them) for zone, them in groups(region, column).items())


_NEEDS = {"zone": tables.NAME, "buildings": tables.NAMES}
Lock.form = tables.Form(Lock, _NEEDS, by=locked_by)
Freeze.form = tables.Form(Freeze, _NEEDS, by=frozen_by)
