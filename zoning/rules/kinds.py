"""Planners' rules: what belongs together or apart, which borders and ways count.

A rule is a frozen value that says what is wanted in terms of building ids (or names of
units) and columns of the building table. It knows nothing of search: `graph_edits`
edits the map by them, `compiled` makes numbers of them, and `zoning.check.rules` judges
a plan by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias, get_args

from zoning.errors import InputError
from zoning.region import REGION, Region
from zoning.text.amounts import MOST_AMOUNT, MOST_PRICE
from zoning.text.arguments import (
    NAME,
    NAMES,
    NUMBER,
    WHOLE,
    WORD,
    Kind,
    Unlike,
    came,
    take,
    takes,
)
from zoning.text.lists import first_few

LEAST_PRICE = 0.0001  # yuan for a m² that changes: prices are counted in such parts
LEAST = 1e-9  # of what must be above 0
MOST_METRES = 10**9
MOST_FACTOR = 1_000  # times a usual zone
MOST_CHANGE = 10**6  # yuan per m²


def _several(buildings: tuple[str, ...], what: str, least: int) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(buildings))
    if len(names) < least:
        told = ", ".join(names) or "none"
        msg = f"{what} needs at least {least} different buildings; got {told}."
        raise InputError(msg)
    return names


@dataclass(frozen=True)
class MustLink:
    """These buildings are in one zone: one yard, one boiler, one gate."""

    buildings: tuple[str, ...]

    def __post_init__(self) -> None:
        take(self, buildings=NAMES)
        object.__setattr__(self, "buildings", _several(self.buildings, "MustLink", 2))

    def __str__(self) -> str:
        return f"{first_few(self.buildings, 6)} stay together"


@dataclass(frozen=True)
class CannotLink:
    """No two of these buildings are in one zone: disputes, rival owners' committees."""

    buildings: tuple[str, ...]

    def __post_init__(self) -> None:
        take(self, buildings=NAMES)
        object.__setattr__(self, "buildings", _several(self.buildings, "CannotLink", 2))

    def __str__(self) -> str:
        return f"no two of {first_few(self.buildings, 6)} share a zone"


@dataclass(frozen=True)
class Pin:
    """These buildings are in the zone of this name."""

    zone: str
    buildings: tuple[str, ...]

    def __post_init__(self) -> None:
        take(self, zone=NAME, buildings=NAMES)
        object.__setattr__(self, "buildings", _several(self.buildings, "Pin", 1))

    def __str__(self) -> str:
        verb = "is" if len(self.buildings) == 1 else "are"
        return f"{first_few(self.buildings, 6)} {verb} in zone {self.zone}"


@dataclass(frozen=True)
class Lock:
    """The zone of this name is exactly these buildings, and must keep the bands."""

    zone: str
    buildings: tuple[str, ...]

    def __post_init__(self) -> None:
        take(self, zone=NAME, buildings=NAMES)
        name = type(self).__name__
        object.__setattr__(self, "buildings", _several(self.buildings, name, 1))

    def __str__(self) -> str:
        return f"zone {self.zone} stays as it is ({first_few(self.buildings, 3)})"


@dataclass(frozen=True)
class Freeze(Lock):
    """As `Lock`, but bands are not asked of it: it is left out of the balance."""

    def __str__(self) -> str:
        return f"zone {self.zone} is frozen ({first_few(self.buildings, 3)})"


@dataclass(frozen=True)
class Contain:
    """No zone holds units of two values of a column: a subdistrict."""

    column: str

    def __post_init__(self) -> None:
        take(self, column=WORD)

    def __str__(self) -> str:
        return f"no zone crosses a border of {self.column}"


@dataclass(frozen=True)
class Border:
    """A unit served from a center of another value of a column costs more.

    Parameters
    ----------
    column
        A community, say.
    price
        Yuan a year for each unit served across a border, > 0.
    """

    column: str
    price: int

    def __post_init__(self) -> None:
        take(self, column=WORD, price=WHOLE)
        _require_price("Border", self.price)

    def __str__(self) -> str:
        return (
            f"a unit served across a border of {self.column} costs {self.price:,} yuan "
            "a year more"
        )


@dataclass(frozen=True)
class SoftBarrier:
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

    def __post_init__(self) -> None:
        take(self, barrier=WORD, price=WHOLE)
        if self.price != 0:
            _require_price("SoftBarrier", self.price)

    def __str__(self) -> str:
        if self.price == 0:
            return f"zones may cross {self.barrier}"
        return f"crossing {self.barrier} costs {self.price:,} yuan a year for each unit"


@dataclass(frozen=True)
class Radius:
    """How far a unit may be from the center it is served from.

    Parameters
    ----------
    hard
        Metres of way no unit may exceed, or None.
    soft
        Metres of way beyond which a unit costs `price` more, or None. The way is by
        street where the region has streets, else straight line × the usual detour.
    price
        Yuan a year for each unit beyond `soft`.
    """

    hard: float | None = 900.0
    soft: float | None = None
    price: int = 0

    def __post_init__(self) -> None:
        take(self, hard=NUMBER.or_none, soft=NUMBER.or_none, price=WHOLE)
        for metres in (self.hard, self.soft):
            if metres is not None and not LEAST <= metres <= MOST_METRES:
                msg = (
                    f"Radius must be above 0 metres, at most {MOST_METRES:,}; got "
                    f"{metres}."
                )
                raise InputError(msg)
        if self.hard is None and self.soft is None:
            msg = "Radius limits no way. Give hard or soft, in metres."
            raise InputError(msg)
        if self.soft is not None:
            _require_price("Radius with a soft limit", self.price)
        elif self.price:
            msg = (
                f"Radius has a price of {self.price:,} yuan and no soft limit that it "
                "is paid beyond. Say soft=, in metres, or leave the price out."
            )
            raise InputError(msg)
        if self.soft is not None and self.hard is not None and self.soft >= self.hard:
            msg = (
                f"Radius never asks for its price: beyond {self.soft:g} m it would, "
                f"but over {self.hard:g} m no unit may be. Give a shorter soft limit, "
                "a longer hard one, or hard=None."
            )
            raise InputError(msg)

    def __str__(self) -> str:
        parts = []
        if self.hard is not None:
            parts.append(f"no unit is over {self.hard:g} m from its center")
        if self.soft is not None:
            parts.append(
                f"a unit over {self.soft:g} m from its center costs {self.price:,} "
                "yuan a year more"
            )
        return "; ".join(parts)


@dataclass(frozen=True)
class Centers:
    """Only these buildings can be a zone's center: those with a service room."""

    buildings: tuple[str, ...]

    def __post_init__(self) -> None:
        take(self, buildings=NAMES)
        object.__setattr__(self, "buildings", _several(self.buildings, "Centers", 1))

    def __str__(self) -> str:
        return f"centers are among {first_few(self.buildings, 3)}"


@dataclass(frozen=True)
class Target:
    """The zone of this name may be larger or smaller than the others.

    Parameters
    ----------
    zone
        Its name.
    factor
        Its share in times a usual zone's, > 0: 1.5 is half as large again.
    """

    zone: str
    factor: float

    def __post_init__(self) -> None:
        take(self, zone=NAME, factor=NUMBER)
        if not LEAST <= self.factor <= MOST_FACTOR:
            msg = (
                f"Target of zone {self.zone} must be above 0, at most "
                f"{MOST_FACTOR:,}; got {self.factor}."
            )
            raise InputError(msg)

    def __str__(self) -> str:
        return f"zone {self.zone} has {self.factor:g} times a usual share"


@dataclass(frozen=True)
class Spread:
    """Values of a column differ by at most so much inside a zone: fees, years.

    Buildings without a value are left out.
    """

    column: str
    most: float

    def __post_init__(self) -> None:
        take(self, column=WORD, most=NUMBER)
        if not 0 <= self.most <= MOST_AMOUNT:
            msg = (
                f"Spread of {self.column} must be at least 0, at most "
                f"{MOST_AMOUNT:,}; got {self.most}."
            )
            raise InputError(msg)

    def __str__(self) -> str:
        return f"{self.column} differs by at most {self.most:g} inside a zone"


@dataclass(frozen=True)
class Previous:
    """Last year's plan: zones keep their names, and change is limited or priced.

    A zone takes the name of the former zone it shares the most floor area with, so
    that all zones together keep as much as can be. A unit changes when its zone's
    name is not that of its former zone; units without one are new and do not count.

    Parameters
    ----------
    column
        Holds the name of each building's former zone.
    budget
        At most this share of the floor area changes zone, 0 to 1, or None.
    price
        Yuan for each m² that changes, or 0. It is counted as the fraction nearest to
        it whose denominator is at most 10,000: 0.6 is 3/5, not what a computer holds.
    """

    column: str
    budget: float | None = None
    price: float = 0.0

    def __post_init__(self) -> None:
        take(self, column=WORD, budget=NUMBER.or_none, price=NUMBER)
        if self.budget is not None and not 0 <= self.budget <= 1:
            msg = (
                f"The budget of change must be 0 to 1 (0.1 is 10 % of the area); got "
                f"{self.budget}."
            )
            raise InputError(msg)
        if self.price != 0 and not LEAST_PRICE <= self.price <= MOST_CHANGE:
            msg = (
                f"The price of change must be 0, or at least {LEAST_PRICE} and at most "
                f"{MOST_CHANGE:,} yuan a m²; got {self.price}."
            )
            raise InputError(msg)

    @property
    def exact_price(self) -> Fraction:
        """The price as it is counted."""
        return Fraction(self.price).limit_denominator(round(1 / LEAST_PRICE))

    def __str__(self) -> str:
        parts = [f"zones keep their names of {self.column}"]
        if self.budget is not None:
            parts.append(f"at most {100 * self.budget:g} % of the area changes zone")
        if self.price:
            parts.append(f"each m² that changes costs {self.price:g} yuan")
        return "; ".join(parts)


Rule: TypeAlias = (
    MustLink
    | CannotLink
    | Pin
    | Lock
    | Freeze
    | Contain
    | Border
    | SoftBarrier
    | Radius
    | Centers
    | Target
    | Spread
    | Previous
)


def _rules(value: Any) -> tuple[Rule, ...]:
    """Rules in a tuple; one rule is taken as such."""
    kinds = get_args(Rule)
    if isinstance(value, kinds):
        return (value,)
    if isinstance(value, str | bytes | dict | type) or not hasattr(value, "__iter__"):
        raise Unlike
    rules = tuple(value)
    for rule in rules:
        if not isinstance(rule, kinds):
            called = ", ".join(kind.__name__ for kind in kinds)
            msg = f"{came(rule)} is no rule. Rules are made by {called} of zoning.rules"
            if isinstance(rule, tuple | list):
                msg += "; put several into one list with a star, [*linked, *pinned]"
            raise InputError(f"{msg}.")
    return rules


RULES = Kind("rules in a tuple", _rules, "(zoning.rules.Radius(900),)")


@takes(region=REGION, column=WORD)
def linked_by(region: Region, column: str) -> tuple[MustLink, ...]:
    """One `MustLink` for each value of a column that several buildings share."""
    return tuple(
        MustLink(members)
        for members in groups(region, column).values()
        if len(members) > 1
    )


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


@takes(region=REGION, column=WORD)
def pinned_by(region: Region, column: str) -> tuple[Pin, ...]:
    """One `Pin` for each zone named in a column."""
    return tuple(Pin(zone, them) for zone, them in groups(region, column).items())


@takes(region=REGION, column=WORD)
def locked_by(region: Region, column: str) -> tuple[Lock, ...]:
    """One `Lock` for each zone named in a column."""
    return tuple(Lock(zone, them) for zone, them in groups(region, column).items())


@takes(region=REGION, column=WORD)
def frozen_by(region: Region, column: str) -> tuple[Freeze, ...]:
    """One `Freeze` for each zone named in a column."""
    return tuple(Freeze(zone, them) for zone, them in groups(region, column).items())


@takes(region=REGION, column=WORD)
def groups(region: Region, column: str) -> dict[str, tuple[str, ...]]:
    """Buildings by the value they have in a column; those without one left out.

    Raises
    ------
    InputError
        The region has no such column.
    """
    if column not in region.columns:
        have = ", ".join(region.columns) or "none"
        msg = (
            f"The region has no column {column!r}; it has {have}. Name it when reading."
        )
        raise InputError(msg)
    found: dict[str, list[str]] = {}
    for name, value in zip(region.building_ids, region.columns[column], strict=True):
        if value is not None:
            found.setdefault(str(value), []).append(name)
    return {value: tuple(found[value]) for value in sorted(found)}


def _require_price(what: str, price: float) -> None:
    if not 0 < price <= MOST_PRICE:
        msg = (
            f"{what} needs a price above 0 yuan a year, at most {MOST_PRICE:,}; got "
            f"{price}."
        )
        raise InputError(msg)
