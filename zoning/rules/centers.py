"""Where zones can be run from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from zoning.errors import InputError
from zoning.region import Region
from zoning.rules.asked import Setting
from zoning.rules.rule import OfBuildings
from zoning.rules.terms import CentersTerm, Term
from zoning.text import tables
from zoning.text.lists import first_few
from zoning.text.yes_no import buildings_that_say_yes


@dataclass(frozen=True)
class Centers(OfBuildings):
    """Only these buildings can be a zone's center: those with a service room."""

    buildings: tuple[str, ...]

    kind: ClassVar[str] = "centers"

    def __str__(self) -> str:
        return f"centers are among {first_few(self.buildings, 3)}"

    def terms(self, region: Region) -> Iterator[Term]:
        yield CentersTerm(self.units(region))

    def only_forbids(self, setting: Setting) -> bool:
        return not setting.balanced


def centers_by(region: Region, column: str) -> tuple[Centers, ...]:
    """Buildings whose value in a column says yes, or is a number above 0.

    Raises
    ------
    InputError
        The region has no such column, no building says yes, or one says neither yes
        nor no.
    """
    rooms = buildings_that_say_yes(region, column)
    if not rooms:
        msg = (
            f"No building has a yes (1, true, yes, y, 是, 有) in column {column!r}, so "
            "no zone could have a center. Fill it in, or leave [centers] out."
        )
        raise InputError(msg)
    return (Centers(tuple(rooms)),)


Centers.form = tables.Form(
    Centers, {"buildings": tables.NAMES}, by=centers_by, once=True
)
