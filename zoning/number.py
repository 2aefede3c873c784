"""How many zones there are where nobody says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoning.errors import InputError
from zoning.open_bridges import wide_bridges
from zoning.problem import BANDS, Band, Problem
from zoning.region import REGION, Region
from zoning.rules import RULES, Rule
from zoning.rules.compiled import terms_of
from zoning.rules.graph_edits import edited
from zoning.text.arguments import NUMBER, takes
from zoning.text.lists import first_few, so_many

AREA_PER_ZONE = 46_700  # m²: 700,000 m² became 15 zones in a district of Harbin
MANY_NAMES = 5  # units named in a reason

Which = NDArray[np.bool_]


@dataclass(frozen=True)
class UsualNumber:
    """How many zones a region usually has, and why so many.

    Parameters
    ----------
    num_zones
        How many.
    area
        Floor area of the region, m².
    heavy
        Units heavier than a zone may be, by name: a zone each. Units that must share a
        zone count as one.
    pockets
        Names of the units of each part that is cut off and lighter than a zone may be:
        a zone each.
    others_area
        Floor area of all other units, m².
    area_per_zone
        m² that usually make a zone.
    parts
        Into how many parts that hang together the other units fall: so many zones they
        have at least.
    named
        How many zones rules name.
    """

    num_zones: int
    area: int
    heavy: tuple[str, ...]
    pockets: tuple[tuple[str, ...], ...]
    others_area: int
    area_per_zone: int
    parts: int
    named: int

    @property
    def by_area(self) -> int:
        """Zones that the floor area of the other units makes, parts left aside."""
        return round(self.others_area / self.area_per_zone)

    @property
    def reason(self) -> str:
        """Why so many, in words."""
        told = [*self._apart()]
        what = f"the other {self.others_area:,}" if told else f"{self.area:,}"
        told.append(
            f"{what} m² / {self.area_per_zone:,} m² a zone makes {self.by_area:,}"
        )
        others = max(self.by_area, self.parts)
        counted = len(self.heavy) + len(self.pockets) + others
        if others > self.by_area:
            told.append(f"{self.parts:,} parts that do not touch, a zone for each")
        if self.num_zones < counted:
            told.append("there are no more units")
        elif self.num_zones > max(1, counted):
            told.append(f"rules name {self.named:,} zones")
        elif not counted:
            told.append("at least one")
        zones = so_many(self.num_zones, "zone")
        whole = f"{zones}: " if len(told) > 1 else ""
        return f"{whole}{'; '.join(told)}."

    def _apart(self) -> Iterator[str]:
        """What is a zone of its own."""
        if self.heavy:
            some = first_few(self.heavy, MANY_NAMES)
            yield (
                f"{so_many(len(self.heavy), 'unit')} alone heavier than a zone may be "
                f"({some}), a zone for each"
            )
        if self.pockets:
            some = first_few((names[0] for names in self.pockets), MANY_NAMES)
            yield (
                f"{so_many(len(self.pockets), 'pocket')} cut off and lighter than a "
                f"zone may be (around {some}), a zone for each"
            )

    @property
    def entry(self) -> dict[str, Any]:
        """The same as plan.json holds it."""
        return {"by": "floor area", "reason": self.reason, **asdict(self)}


@takes(
    region=REGION,
    tolerance=NUMBER.or_none,
    bands=BANDS.or_none,
    rules=RULES,
)
def usual_number(
    region: Region,
    *,
    tolerance: float | None = 0.10,
    bands: Mapping[str, Band] | None = None,
    rules: tuple[Rule, ...] = (),
) -> UsualNumber:
    """How many zones a region usually has: one for each 46,700 m² of floor area.

    Units that are heavier than a zone may be, and pockets that are lighter, are a zone
    each, and their floor area is left out::

        K = heavy units + pockets + max(parts, round(A / 46,700))

    A is the floor area of all other units; parts is the number of parts of the region
    that hold some of them. With L their load and F what a zone costs before it serves
    anybody, a usual zone costs ``s = F + 46,700 · L / A`` (travel left out on either
    side). A unit is heavy where F + its load is above ``s · (1 + tolerance)``, or one
    of its sums above the upper end of a band; units that must share a zone count as
    one. A pocket is a part of the region without
    a heavy unit, not all of it, where F + load is below ``s · (1 − tolerance)``, or a
    sum is below the lower end of a band. Heavy units are left out of A and L until no
    other unit is heavy; pockets count in L / A. Never more zones than units, never
    fewer than rules name.

    Parameters
    ----------
    region
        The units; which parts there are is told by its edges as rules leave them, and
        wide bridges as a problem of so many zones opens them.
    tolerance, bands, rules
        As the problem will have them.

    Raises
    ------
    InputError
        The tolerance is out of its range, or rules name what is not there.

    Examples
    --------
    >>> from zoning.region import Region
    >>> region = Region(["a", "b"], [[0, 0], [9, 0]], [5, 5], edges=[[0, 1]])
    >>> usual_number(region).num_zones
    1
    """
    if tolerance is not None and not 0 <= tolerance < 1:
        msg = (
            "tolerance must be at least 0 and below 1 (0.1 means ±10 %); got "
            f"{tolerance}."
        )
        raise InputError(msg)
    limits = dict(bands or {})
    after = edited(region, rules)
    found = _counted(region, after, limits, tolerance, rules)
    if not len(wide_bridges(after)[0]):
        return found
    asked = Problem(
        region, found.num_zones, tolerance=tolerance, bands=limits, rules=rules
    )
    return _counted(region, asked.edited_region, limits, tolerance, rules)


def _counted(
    region: Region,
    after: Region,
    limits: Mapping[str, Band],
    tolerance: float | None,
    rules: Sequence[Rule],
) -> UsualNumber:
    """The number for these parts of the region, `after` whatever cuts edges."""
    group_of, part_of = _groups(region, after, rules), after.components
    heavy, share = _heavy(region, group_of, tolerance, limits)
    pocket = _pockets(region, part_of, heavy, share, tolerance, limits)
    rest = ~heavy & ~pocket
    area = np.asarray(region.area, np.int64)
    others_area = int(area[rest].sum())
    names = np.array(region.names, object)
    pockets = tuple(
        tuple(names[part_of == part].tolist()) for part in np.unique(part_of[pocket])
    )
    parts = len(np.unique(part_of[rest]))
    named = len({rule.names_zone for rule in rules} - {None})
    by_area = max(parts, round(others_area / AREA_PER_ZONE))
    together = [names[group_of == one].tolist() for one in np.unique(group_of[heavy])]
    count = len(together) + len(pockets) + by_area
    return UsualNumber(
        num_zones=max(1, named, min(count, len(region))),
        area=int(area.sum()),
        heavy=tuple(map(_called, together)),
        pockets=pockets,
        others_area=others_area,
        area_per_zone=AREA_PER_ZONE,
        parts=parts,
        named=named,
    )


def _called(group: Sequence[str]) -> str:
    more = len(group) - 1
    return f"{group[0]} with {more:,} more" if more else group[0]


def _groups(region: Region, after: Region, rules: Sequence[Rule]) -> NDArray[np.int64]:
    """For each unit one of those that rules put into its zone, the same for all."""
    group_of = np.arange(len(region))
    for units in terms_of(region, after, rules).together if rules else ():
        group_of[units] = units[0]
    return group_of


def _heavy(
    region: Region,
    group_of: NDArray[np.int64],
    tolerance: float | None,
    bands: Mapping[str, Band],
) -> tuple[Which, float]:
    """Units heavier than a zone may be, and what a usual zone of the others costs."""
    fixed = region.costs.fixed_per_zone
    load, area = np.asarray(region.load, float), np.asarray(region.area, float)

    def total(values: NDArray[Any]) -> NDArray[np.float64]:
        return np.bincount(group_of, np.asarray(values, float))[group_of].astype(float)

    heavy = np.zeros(len(region), bool)
    for name, band in bands.items():
        heavy |= total(region.values_of(name)) > band.high
    while True:
        rest = ~heavy
        amount = area[rest].sum()
        share = fixed + AREA_PER_ZONE * load[rest].sum() / amount if amount else 0.0
        if tolerance is None or not amount:
            return heavy, share
        more = rest & (fixed + total(load) > share * (1 + tolerance))
        if not more.any():
            return heavy, share
        heavy |= more


def _pockets(
    region: Region,
    part_of: NDArray[np.int32],
    heavy: Which,
    share: float,
    tolerance: float | None,
    bands: Mapping[str, Band],
) -> Which:
    """Units of parts that are lighter than a zone may be."""
    if part_of.max(initial=0) == 0:
        return np.zeros(len(region), bool)

    def total(values: NDArray[Any]) -> NDArray[np.float64]:
        return np.bincount(part_of, np.asarray(values, float)).astype(float)

    light = np.zeros(part_of.max() + 1, bool)
    for name, band in bands.items():
        light |= total(region.values_of(name)) < band.low
    if tolerance is not None:
        cost = region.costs.fixed_per_zone + total(region.load)
        light |= cost < share * (1 - tolerance)
    light &= total(heavy) == 0
    return np.asarray(light[part_of])
