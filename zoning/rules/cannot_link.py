"""What never shares a zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from zoning.region import REGION, Ints, Region
from zoning.rules.asked import Drawn, Ground, Infeasibility, Moved, Setting
from zoning.rules.loosening import Loosening
from zoning.rules.places import groups, units_of
from zoning.rules.rule import OfBuildings, Rule
from zoning.rules.terms import ApartTerm, Term
from zoning.rules.violation import Violation
from zoning.text import tables
from zoning.text.arguments import WORD, takes
from zoning.text.lists import first_few


@dataclass(frozen=True)
class CannotLink(OfBuildings):
    """No two of these buildings are in one zone: disputes, rival owners' committees."""

    buildings: tuple[str, ...]

    kind: ClassVar[str] = "cannot_link"
    least: ClassVar[int] = 2

    def __str__(self) -> str:
        return f"no two of {first_few(self.buildings, 6)} share a zone"

    @property
    def parted(self) -> tuple[str, ...]:
        return self.buildings

    def with_ids(self, region: Region) -> Rule:
        one = [x for x in self.buildings if len(region.directory.match(x).ids) == 1]
        ids = {x: region.directory.match(x).ids[0] for x in one}
        return self.of(tuple(ids.get(x, x) for x in self.buildings))

    def faults(self, region: Region) -> Iterator[str]:
        yield from super().faults(region)
        for word in self.buildings:
            many = len(region.directory.match(word).ids)
            if many > 1:
                yield (
                    f"The rule that {self} means {many:,} units by {word!r}, which may "
                    "well share a zone. Name one building of it."
                )

    def by_building(self, region: Region) -> Rule:
        """One building speaks for its unit."""
        units = [region.buildings[i] for i in self.units(region)]
        return self.of(tuple(names[0] for names in units))

    def terms(self, region: Region) -> Iterator[Term]:
        yield ApartTerm(self.units(region))

    def broken_in(self, region: Region, zone: str, units: Ints) -> Iterator[str]:
        inside = [b for b in self.buildings if units_of(region, (b,))[0] in units]
        if len(inside) > 1:
            told = ", ".join(map(region.directory.called_id, inside))
            yield f"Zone {zone} is locked with {told}, which must not share a zone."

    def impossible(self, ground: Ground) -> Infeasibility | None:
        many, most = len(self.buildings), ground.num_zones
        if many <= most:
            return None
        called = ground.region.directory.called_id
        return Infeasibility(
            f"{many} buildings may share no zone with one another ("
            f"{first_few(map(called, self.buildings), 5)}); that "
            f"takes {many} zones, {most} were asked for.",
            f"Ask for {many} zones, or let two of them share one.",
        )

    def violations(self, drawn: Drawn) -> Iterator[Violation]:
        inside: dict[int, list[str]] = {}
        for name in self.buildings:
            inside.setdefault(drawn.zone_of_buildings[name], []).append(name)
        for zone, names in inside.items():
            if len(names) > 1:
                words = (
                    f"{', '.join(map(drawn.told, names))} must not share a zone, but "
                    f"all are in {drawn.called(zone)}."
                )
                called, many = drawn.names[zone], len(names)
                yield Violation(str(self), called, tuple(names), many, 1, words)

    def only_forbids(self, setting: Setting) -> bool:
        return True

    def looser(self, setting: Setting) -> Iterator[Loosening]:
        yield self.with_fewer(setting.region)

    def asks_for(self, unit: int, moved: Moved) -> bool:
        """Of two that were in one zone, one cannot stay."""
        units, origin = self.units(moved.region), moved.former[unit]
        others = [moved.now[i] for i in units.tolist() if i != unit]
        return unit in units and origin in others


@takes(region=REGION, column=WORD)
def parted_by(region: Region, column: str) -> tuple[CannotLink, ...]:
    """One `CannotLink` for each value of a column that several units share.

    Of buildings that stand in one unit, and so share a zone whatever the column says,
    one speaks for the others.
    """
    unit_of = dict(
        zip(region.building_ids, region.unit_of_building.tolist(), strict=True)
    )
    apart = [
        tuple({unit_of[name]: name for name in reversed(members)}.values())[::-1]
        for members in groups(region, column).values()
    ]
    return tuple(CannotLink(members) for members in apart if len(members) > 1)


CannotLink.form = tables.Form(CannotLink, {"buildings": tables.NAMES}, by=parted_by)
