"""How different two plans of one region are: by floor area and building by building."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from zoning.check import judge
from zoning.errors import InputError
from zoning.plan import PLAN, Plan
from zoning.region import Ints, Region
from zoning.text.arguments import takes
from zoning.text.lists import first_few

Labels = NDArray[np.integer]


@dataclass(frozen=True)
class Move:
    """Buildings that are in one zone in the first plan and in another in the second.

    Parameters
    ----------
    buildings
        Their ids.
    origin, to
        Names of the two zones, both as in the first plan; a zone the first plan has
        not got bears a number it does not use.
    area, households
        m² of floor area and households that move; None where they are not known.
    called
        What people call them: units by name, else buildings by id.
    """

    buildings: tuple[str, ...]
    origin: str
    to: str
    area: int
    households: int | None
    called: tuple[str, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        number = len(self.buildings)
        what = "1 building" if number == 1 else f"{number} buildings"
        verb = "goes" if number == 1 else "go"
        told = first_few(self.called or self.buildings, 6)
        return (
            f"{what} ({told}; {self.area:,} m²) {verb} from zone {self.origin} to "
            f"zone {self.to}"
        )


@dataclass(frozen=True)
class Difference:
    """What is in another zone in the second plan than in the first.

    Parameters
    ----------
    share
        Part of the floor area that is in another zone, 0 to 1.
    area, buildings, households
        The same in m², buildings and households (None where not known).
    names
        What the zones of the second plan are called in terms of the first.
    moves
        Which buildings, the largest area first.
    """

    share: float
    area: int
    buildings: int
    households: int | None
    names: tuple[str, ...]
    moves: tuple[Move, ...]


@takes(first=PLAN, second=PLAN)
def difference(first: Plan, second: Plan) -> Difference:
    """Measure how different two plans are, whatever their zones are called.

    Every zone of one plan is paired with at most one zone of the other, so that pairs
    share as much floor area as can be. What lies in the shared parts has stayed, the
    rest is in another zone. The share is the same from both sides, 0 for equal plans
    and below 1.

    Raises
    ------
    InputError
        The plans are not of the same buildings.

    References
    ----------
    Gusfield (2002), Partition-distance: a problem and class of perfect graphs arising
    in clustering, doi:10.1016/S0020-0190(01)00263-0
    """
    require_same_region((first, second))
    region, before, after = first.problem.region, first.zone_of, second.zone_of
    names = judge(first).names
    called = carried(shared_area(before, after, region.area), names)
    moved = np.array(
        [names[b] != called[a] for b, a in zip(before, after, strict=True)]
    )
    area, total = int(region.area[moved].sum()), int(region.area.sum())
    return Difference(
        area / total if total else 0.0,
        area,
        sum(len(region.buildings[i]) for i in np.flatnonzero(moved)),
        households(region, np.flatnonzero(moved)),
        called,
        tuple(_moves(region, before, after, names, called)),
    )


def share_moved(before: Labels, after: Labels, area: Ints) -> float:
    """`Difference.share` of two labellings of the same units."""
    shared = shared_area(before, after, area)
    kept = shared[linear_sum_assignment(shared, maximize=True)].sum()
    total = int(area.sum())
    return 1.0 - int(kept) / total if total else 0.0


def shared_area(before: Labels, after: Labels, area: Ints) -> Ints:
    """m² that each zone of one plan (rows) shares with each of another (columns)."""
    shared = np.zeros((int(before.max()) + 1, int(after.max()) + 1), np.int64)
    np.add.at(shared, (before, after), area)
    return shared


def households(region: Region, units: Ints) -> int | None:
    """Households in some units, or None where the region does not know them."""
    known = region.sums.get("households")
    return None if known is None else int(known[units].sum())


def require_same_region(plans: Sequence[Plan]) -> None:
    """Refuse plans that are not of the same buildings.

    Who touches whom may differ: rules and barriers are what one compares.

    Raises
    ------
    InputError
        Which plan differs from the first, and in what.
    """
    first = plans[0].problem.region
    faults = []
    for number, plan in enumerate(plans[1:], 2):
        told = _unlike(first, plan.problem.region)
        if told:
            faults.append(f"Plan {number} and plan 1 are not of one region: {told}.")
    if faults:
        msg = f"{' '.join(faults)} Compare plans of the same buildings and figures."
        raise InputError(msg)


def _unlike(first: Region, other: Region) -> str:
    if first is other:
        return ""
    here, there = set(first.building_ids), set(other.building_ids)
    if here != there:
        only = [
            f"only {which} has {first_few(sorted(ids), 5)}"
            for which, ids in (("plan 1", here - there), ("it", there - here))
            if ids
        ]
        return ", ".join(only)
    if first.buildings != other.buildings:
        return "their buildings make other units"
    for what, mine, its in (
        ("floor area", first.area, other.area),
        ("load", first.load, other.load),
    ):
        off = np.flatnonzero(mine != its)
        if len(off):
            return (
                f"the {what} of {first_few(map(first.called, off.tolist()), 5)} differs"
            )
    ways = [
        "straight lines" if region.way is None else "streets"
        for region in (first, other)
    ]
    if ways[0] != ways[1]:
        return f"ways of plan 1 follow {ways[0]}, its ways {ways[1]}"
    one, two = first.way, other.way
    if one is not None and two is not None and not np.array_equal(one, two):
        return "their ways by street differ"
    return ""


def carried(shared: Ints, names: Sequence[str]) -> tuple[str, ...]:
    """Names of the first plan's zones, given on to the zones of the second.

    Parameters
    ----------
    shared
        What each zone of the first plan (rows) has in common with each of the second.
    """
    rows, columns = linear_sum_assignment(shared, maximize=True)
    name_of = {
        column: names[row]
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        if shared[row, column] > 0
    }
    fresh = (str(number) for number in count(1) if str(number) not in names)
    return tuple(
        name_of[zone] if zone in name_of else next(fresh)
        for zone in range(shared.shape[1])
    )


def _moves(
    region: Region,
    before: Labels,
    after: Labels,
    names: Sequence[str],
    called: Sequence[str],
) -> list[Move]:
    several: dict[tuple[str, str], list[int]] = {}
    ends = zip(before.tolist(), after.tolist(), strict=True)
    for i, (here, there) in enumerate(ends):
        if names[here] != called[there]:
            several.setdefault((names[here], called[there]), []).append(i)
    moves = []
    for (origin, to), units in several.items():
        ids = tuple(name for i in units for name in region.buildings[i])
        at = np.array(units)
        area = int(region.area[at].sum())
        called = tuple(region.directory.told_units(units))
        moves.append(Move(ids, origin, to, area, households(region, at), called))
    return sorted(moves, key=lambda move: (-move.area, move.origin, move.to))
