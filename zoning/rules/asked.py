"""What is told with a question to a rule, and what it answers: values only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoning.region import Ints, Region
from zoning.rules.places import places_of
from zoning.rules.terms import Floats


@dataclass(frozen=True, eq=False)
class Drawn:
    """Zones as the checker has them, for rules to judge.

    Parameters
    ----------
    region
        The region as rules edit it.
    zone_of
        For each unit the number of its zone.
    names
        What each zone is called.
    changed
        m² in each zone that came from a former zone of another name.
    """

    region: Region
    zone_of: NDArray[np.int32]
    names: tuple[str, ...]
    changed: Ints

    def called(self, zone: int) -> str:
        """What a zone is called in a sentence."""
        return f"zone {self.names[zone]}"

    def told(self, name: str) -> str:
        """What a building or unit of an id is called in a sentence."""
        return self.region.directory.called_id(name)

    @cached_property
    def zones(self) -> tuple[NDArray[np.int64], ...]:
        """Positions of the units of each zone, ascending."""
        order = np.argsort(self.zone_of, kind="stable")
        ends = np.cumsum(np.bincount(self.zone_of))
        return tuple(np.split(order, ends[:-1]))

    @cached_property
    def zone_of_buildings(self) -> dict[str, int]:
        """The zone of each building, and of each name of a unit."""
        places = places_of(self.region)
        return {name: int(self.zone_of[i]) for name, i in places.items()}

    def sums(self, values: Ints) -> list[int]:
        """The sum over each zone of a whole number for each unit."""
        total = np.zeros(len(self.names), np.int64)
        np.add.at(total, self.zone_of, values)
        return [int(one) for one in total]

    def values_by_zone(self, column: str) -> list[dict[str, Any]]:
        """For each zone the values of its buildings in a column, by their ids."""
        region = self.region
        found: list[dict[str, Any]] = [{} for _ in self.names]
        ids, units = region.building_ids, region.unit_of_building
        for name, i, value in zip(ids, units, region.columns[column], strict=True):
            found[self.zone_of[i]][name] = value
        return found


@dataclass(frozen=True, eq=False)
class Setting:
    """What else is asked where a rule would be loosened or left out.

    Parameters
    ----------
    region
        The region as rules edit it.
    balanced
        The cost of zones is balanced.
    priced
        Barriers are crossed at a price.
    targets
        Zones whose share is not the usual one.
    keeps_bands
        Whether a zone of these units would keep every band.
    ways
        Lengths of way that there are, metres.
    """

    region: Region
    balanced: bool
    priced: bool
    targets: frozenset[str]
    keeps_bands: Callable[[Ints], bool]
    ways: Callable[[], Floats]


@dataclass(frozen=True, eq=False)
class Ground:
    """What is searched: units in no locked zone, the part of each unit, and counts.

    Units of two parts share no zone.
    """

    region: Region
    units: Ints
    part: Ints
    num_zones: int
    num_searched: int


@dataclass(frozen=True)
class Infeasibility:
    """Why no plan can keep the rules, and what would help."""

    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.reason} {self.remedy}".strip()


@dataclass(frozen=True)
class Moved:
    """Where each unit is and was, by names of zones."""

    region: Region
    former: tuple[str | None, ...]
    now: tuple[str, ...]


@dataclass(frozen=True)
class LockedZone:
    """A zone that is exactly these buildings; of a frozen one no bands are asked."""

    zone: str
    buildings: tuple[str, ...]
    frozen: bool


@dataclass(frozen=True)
class Drawing:
    """What a map shows of a rule.

    Parameters
    ----------
    kept
        A zone that stays as it is.
    pinned
        Buildings that bear a pin.
    opened
        Name or kind of a barrier that zones may cross.
    """

    kept: LockedZone | None = None
    pinned: tuple[str, ...] = ()
    opened: str = ""
