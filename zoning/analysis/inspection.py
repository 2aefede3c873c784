"""What a look at a region finds before anything is planned, as values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoning.adjacency.buildings import called
from zoning.number import UsualNumber
from zoning.problem import Problem
from zoning.region import Barrier, Region
from zoning.text.lists import first_few, so_many


@dataclass(frozen=True)
class ColumnUse:
    """A column of the buildings, and what it was read as.

    Parameters
    ----------
    role
        What for: ``"area"``, ``"unit"``, ``"fee"``, ...
    header
        The column as the file has it.
    asked
        It was named; else it was found by its header.
    measure
        What its numbers are counted in, where the header or the caller says so.
    filled
        The share of rows that say something in it.
    example
        What the first of them says.
    others
        Further columns that may mean the same and were not read.
    """

    role: str
    header: str
    asked: bool
    measure: str
    filled: float
    example: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layer:
    """A layer that was read: of what, in which system of coordinates, and from what.

    Parameters
    ----------
    what
        ``"buildings"``, ``"barriers"`` or ``"streets"``.
    rows
        How many there are.
    system
        The system it came in, "" where none is known.
    datum
        The shifted system that it was turned back from, "" for none.
    """

    what: str
    rows: int
    system: str
    datum: str = ""


@dataclass(frozen=True)
class Bridge:
    """What joins two units that do not touch.

    Parameters
    ----------
    units
        The two, as people call them, ids in brackets.
    buildings
        The buildings it lies between, by id.
    metres
        Whole metres from wall to wall.
    over
        Barriers that it crosses.
    wide
        It spans more than a zone may.
    """

    units: tuple[str, str]
    buildings: tuple[str, str]
    metres: int
    over: tuple[Barrier, ...] = ()
    wide: bool = False

    def __str__(self) -> str:
        over = f" over {first_few(map(called, self.over))}" if self.over else ""
        return f"{' – '.join(self.units)}, {self.metres:,} m{over}"


@dataclass(frozen=True)
class Island:
    """Units that hang together and touch no others, but for bridges.

    Parameters
    ----------
    units
        Positions of its units.
    name
        What the heaviest of them is called.
    area
        Floor area, m².
    bridges
        How many bridges lead to it; none where nothing joins it.
    """

    units: tuple[int, ...]
    name: str
    area: int
    bridges: int


@dataclass(frozen=True)
class Weight:
    """Units as a zone would carry them.

    Parameters
    ----------
    units
        What they are called, the heaviest first: one, or those that must share a
        zone, or those of a pocket.
    area
        Floor area, m².
    share
        What a zone of them alone would cost, ways left out, in fair shares.
    """

    units: tuple[str, ...]
    area: int
    share: float

    def __str__(self) -> str:
        more = len(self.units) - 1
        name = f"{self.units[0]} and {more:,} more" if more else self.units[0]
        return f"{name}: {self.area:,} m², {100 * self.share:.0f} % of a fair share"


@dataclass(frozen=True)
class Twins:
    """Buildings or units that cannot be told apart by something.

    Parameters
    ----------
    by
        ``"geometry"`` or ``"name"``.
    what
        What they have alike: the name; "" for a geometry.
    ids
        Who they are.
    """

    by: str
    what: str
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Overlap:
    """Two buildings whose footprints lie on each other, and the m² they share."""

    buildings: tuple[str, str]
    area: float


@dataclass(frozen=True, eq=False)
class Inspection:
    """What was understood of buildings, and what a plan of them has to reckon with.

    Parameters
    ----------
    problem
        What would be solved: the region, the number of zones, the balance.
    usual
        The usual number of zones, and why; None where a number was asked for.
    columns, unread
        Columns by what they were read as, and those that were not.
    layers
        Buildings, barriers and streets.
    bridges
        The longest first.
    islands
        The largest first; one where all units touch.
    twins, overlaps
        What may be in the files twice. Overlaps: the largest first.
    gaps
        Metres from wall to wall between neighbours: the median, 90, 99 and 100 % of
        them; empty without footprints.
    heaviest
        The heaviest units.
    heavy, pockets
        What does not fit the balance: units too heavy for a zone, parts too light.
    suggestions
        Options to look again with, and why.
    """

    problem: Problem
    usual: UsualNumber | None
    columns: tuple[ColumnUse, ...]
    unread: tuple[str, ...]
    layers: tuple[Layer, ...]
    bridges: tuple[Bridge, ...]
    islands: tuple[Island, ...]
    twins: tuple[Twins, ...]
    overlaps: tuple[Overlap, ...]
    gaps: tuple[float, ...]
    heaviest: tuple[Weight, ...]
    heavy: tuple[Weight, ...]
    pockets: tuple[Weight, ...]
    suggestions: tuple[Suggestion, ...] = ()

    @property
    def region(self) -> Region:
        """The region that was looked at."""
        return self.problem.region

    @property
    def num_zones(self) -> int:
        """How many zones it is weighed for."""
        return int(self.problem.num_zones)

    @property
    def shares(self) -> NDArray[np.float64]:
        """What a zone of each unit alone would cost, ways left out, in fair shares."""
        cost = self.problem.fixed + self.region.load
        return np.asarray(cost / max(1, self.problem.fair_share or 0))

    @property
    def fits(self) -> bool:
        """No unit is too heavy for a zone, and no part too light."""
        return not (self.heavy or self.pockets)

    def __str__(self) -> str:
        return "\n".join(self._sentences())

    def _sentences(self) -> Iterator[str]:
        region = self.region
        count = len(region.building_ids)
        yield (
            f"{so_many(count, 'building')} in {so_many(len(region), 'unit')}, "
            f"{int(region.area.sum()):,} m²; {so_many(self.num_zones, 'zone')}."
        )
        if self.columns:
            pairs = [f"{one.role} = {one.header}" for one in self.columns]
            yield f"Columns: {', '.join(pairs)}."
        parts = len(self.islands)
        if parts > 1:
            bridges = first_few(map(str, self.bridges), 5, "; ")
            yield f"{parts:,} parts do not touch. Bridges: {bridges or 'none'}."
        for what, some in (("Too heavy", self.heavy), ("Too light", self.pockets)):
            if some:
                yield f"{what} for a zone: {first_few(some, 5, '; ')}."
        if self.fits:
            yield "No unit is too heavy for a zone, and no part too light."


@dataclass(frozen=True)
class Suggestion:
    """An option that may be meant, as it is typed, and why."""

    option: str
    value: Any
    why: str
