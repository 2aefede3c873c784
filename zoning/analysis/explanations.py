"""Why a building is in its zone, and why a zone costs what it costs: values only."""

from __future__ import annotations

from dataclasses import dataclass, field

from zoning.rules.violation import Violation
from zoning.text.lists import first_few


@dataclass(frozen=True)
class Deviation:
    """How far a zone is from its fair share before and after a move, as fractions.

    `after` is None where the zone is no more.
    """

    zone: str
    before: float
    after: float | None

    def __str__(self) -> str:
        if self.after is None:
            return f"zone {self.zone} is no more"
        return (
            f"zone {self.zone} {100 * self.before:+.1f} % → {100 * self.after:+.1f} %"
        )


@dataclass(frozen=True)
class Mend:
    """A second move after which every rule is kept.

    Parameters
    ----------
    buildings
        What moves.
    origin, to
        Names of the zones it leaves and joins.
    change
        How much more the plan costs after both moves, yuan a year.
    called
        What people call what moves; the ids of the buildings if not given.
    """

    buildings: tuple[str, ...]
    origin: str
    to: str
    change: int
    called: str = field(default="", compare=False)

    def __str__(self) -> str:
        return (
            f"with {self.called or first_few(self.buildings, 3)} moved from zone "
            f"{self.origin} to zone {self.to} as well, every rule is kept and "
            f"the plan costs {self.change:+,} yuan a year"
        )


@dataclass(frozen=True)
class Elsewhere:
    """What comes of moving the building, with its unit, to another zone.

    Parameters
    ----------
    zone
        Name of that zone.
    touches
        The unit touches it.
    change
        How much more the plan costs, yuan a year; below 0 it costs less.
    balance
        Of the zone it leaves and the one it joins; empty where cost is not balanced.
    violations
        Of rules that the plan did not break before.
    beyond
        By how much limits of the two zones are passed.
    mend
        The cheapest second move found that keeps every rule again.
    excess
        How much farther zones lie outside bands that bend, yuan; below 0 it is less.
    outside
        Which zones would, in words; empty unless it is more.
    """

    zone: str
    touches: bool
    change: int
    balance: tuple[Deviation, ...]
    violations: tuple[Violation, ...]
    beyond: tuple[str, ...]
    mend: Mend | None
    excess: int = 0
    outside: str = ""

    @property
    def worse(self) -> bool:
        """It breaks a rule, or zones lie farther outside bands in all."""
        return bool(self.violations) or self.excess > 0

    @property
    def better(self) -> bool:
        """Zones lie less far outside bands or, as far as before, cost less."""
        return not self.worse and (self.excess < 0 or self.change < 0)

    @property
    def broken(self) -> tuple[str, ...]:
        """The violations in the checker's words."""
        return tuple(map(str, self.violations))

    def __str__(self) -> str:
        told = [f"zone {self.zone}: {self.change:+,} yuan a year"]
        told += [", ".join(map(str, self.balance))] if self.balance else []
        beyond = f" ({', '.join(self.beyond)})" if self.beyond else ""
        broken = " ".join(self.broken).rstrip(".")
        told += [f"breaks: {broken}{beyond}"] if self.broken else []
        told += [self.outside] if self.outside else []
        if self.excess < 0:
            told.append(f"zones outside their bands by {-self.excess:,} yuan less")
        told += [str(self.mend)] if self.mend else []
        return "; ".join(one.rstrip(".") for one in told) + "."


@dataclass(frozen=True)
class BuildingExplanation:
    """Why a building is in its zone.

    Parameters
    ----------
    building
        Its id, or that of its unit if that was asked for.
    called
        As people call it, and the street where that is known.
    unit
        All buildings of its unit, which is never split.
    zone, center
        Names of its zone, and of the unit that zone is run from, its id in brackets.
    way
        Metres of way from the center.
    load, travel, surcharge
        What the unit costs there, yuan a year; the surcharge is what soft rules add.
    share
        Its part of the zone's cost, 0 to 1.
    elsewhere
        The best other zones: those that break fewest rules first, then those where
        zones lie least outside bands that bend, then the cheapest.
    outside
        Bands that bend and that its zone lies outside of, with the reason.
    """

    building: str
    called: str
    unit: tuple[str, ...]
    zone: str
    center: str
    way: float
    load: int
    travel: int
    surcharge: int
    share: float
    elsewhere: tuple[Elsewhere, ...]
    outside: tuple[str, ...] = ()

    @property
    def cost(self) -> int:
        """What the unit costs in its zone, yuan a year."""
        return self.load + self.travel + self.surcharge

    def __str__(self) -> str:
        with_it = [name for name in self.unit if name != self.building]
        few = first_few(with_it, 6)
        unit = f" with {few}, which make one unit," if with_it else ""
        more = f" + {self.surcharge:,} by soft rules" if self.surcharge else ""
        lines = [
            f"{self.called}{unit} is in zone {self.zone}, run from {self.center}, "
            f"{self.way:,.0f} m of way off. It costs {self.cost:,} yuan a year there "
            f"(load {self.load:,} + travel {self.travel:,}{more}), "
            f"{100 * self.share:.1f} % of the zone."
        ]
        lines += [f"{one}." for one in self.outside]
        if self.elsewhere:
            lines.append("In another zone:")
            lines += [f"- {one}" for one in self.elsewhere]
            lines.append(self._conclusion())
        return "\n".join(lines)

    def _conclusion(self) -> str:
        better = [one for one in self.elsewhere if one.better]
        if better and better[0].excess < 0:
            return (
                f"In zone {better[0].zone} fewer yuan lie outside the bands: the plan "
                "can improve."
            )
        if better:
            return f"In zone {better[0].zone} it would cost less: the plan can improve."
        if all(one.broken for one in self.elsewhere):
            return "Moved alone, it breaks a rule in each of them."
        if all(one.worse for one in self.elsewhere):
            return (
                "Moved alone, it breaks a rule or puts zones outside their bands in "
                "each of them."
            )
        return "Moved alone, it makes the plan cheaper in none of them."


@dataclass(frozen=True)
class CostItem:
    """A part of a zone's cost, and that of the mean zone; yuan a year."""

    what: str
    cost: int
    mean: float

    def __str__(self) -> str:
        return f"{self.what} {self.cost:,} (mean zone {self.mean:,.0f})"


@dataclass(frozen=True)
class Served:
    """A unit of a zone and what it takes to reach it from the center.

    `cost` is its travel and surcharge, yuan a year; `way` is in metres.
    """

    unit: str
    cost: int
    way: float

    def __str__(self) -> str:
        return f"{self.unit} ({self.cost:,} yuan a year, {self.way:,.0f} m)"


@dataclass(frozen=True)
class ZoneExplanation:
    """What drives the cost of a zone, and what holds it as it is.

    Parameters
    ----------
    zone
        Its name.
    units, buildings
        How many it holds.
    cost
        Yuan a year.
    items
        The parts of its cost that are not 0.
    deviation
        From the fair share, as a fraction; None where cost is not balanced.
    center, second, extra
        What people call its center and the next best one, which costs so many yuan a
        year more; None where no other unit may be the center.
    dearest
        The units that are dearest to reach, up to three.
    binding
        Limits that are nearly or fully used, in words.
    rules
        Planners' rules that name buildings of this zone or the zone itself.
    neighbours
        Names of the zones it touches.
    faults
        Rules it breaks.
    exceptions
        Bands that bend and that it lies outside of.
    """

    zone: str
    units: int
    buildings: int
    cost: int
    items: tuple[CostItem, ...]
    deviation: float | None
    center: str
    second: str | None
    extra: int | None
    dearest: tuple[Served, ...]
    binding: tuple[str, ...]
    rules: tuple[str, ...]
    neighbours: tuple[str, ...]
    faults: tuple[str, ...]
    exceptions: tuple[str, ...] = ()

    def __str__(self) -> str:
        away = ""
        if self.deviation is not None:
            away = f", {100 * self.deviation:+.1f} % from the fair share"
        second = "No other unit may be the center."
        if self.second is not None:
            second = f"Run from {self.second}, it would cost {self.extra:,} more."
        parts = ", ".join(map(str, self.items))
        lines = [
            f"Zone {self.zone} ({self.buildings:,} buildings in {self.units:,} units) "
            f"costs {self.cost:,} yuan a year{away}: {parts}.",
            f"It is run from {self.center}. {second}",
        ]
        for head, several in (
            ("Dearest to reach", [str(one) for one in self.dearest]),
            ("Limits nearly used up", self.binding),
            ("Rules that speak of it", self.rules),
            ("Broken", self.faults),
            ("Outside its band", self.exceptions),
            ("It touches", [f"zone {name}" for name in self.neighbours]),
        ):
            if several:
                lines.append(f"{head}: {'; '.join(x.rstrip('.') for x in several)}.")
        return "\n".join(lines)
