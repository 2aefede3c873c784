"""What if these buildings were in another zone? Edits of a plan, judged at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count

import numpy as np
from numpy.typing import NDArray

from zoning.analysis.keep import buildings_of, zone_called
from zoning.check import Verdict, bent_anew, broken_anew, judge
from zoning.errors import InputError
from zoning.plan import PLAN, Plan
from zoning.region import Ints
from zoning.rules import Pin
from zoning.rules.places import units_of
from zoning.text.arguments import NAME, NAMES, takes
from zoning.text.lists import first_few

Labels = NDArray[np.int32]


@dataclass(frozen=True)
class Change:
    """What an edit changed.

    Parameters
    ----------
    total
        How much more the plan costs, whole yuan a year; below 0 it costs less. The
        price of change is left out.
    zones
        Name of each zone whose cost is another now, with its cost before and after;
        None where there is no such zone.
    mended, broken
        Faults that are gone, and faults that are new.
    excess
        How much farther zones lie outside bands that bend, yuan; below 0 it is less.
    nearer, farther
        Zones outside such a band that lay farther outside before; that do so now.
    """

    total: int
    zones: tuple[tuple[str, int | None, int | None], ...]
    mended: tuple[str, ...]
    broken: tuple[str, ...]
    excess: int = 0
    nearer: tuple[str, ...] = ()
    farther: tuple[str, ...] = ()

    def __str__(self) -> str:
        told = f"{self.total:+,} yuan a year" if self.total else "at the same cost"
        if not self.excess:
            return told
        more = "more" if self.excess > 0 else "less"
        return f"{told}; zones outside their bands by {abs(self.excess):,} yuan {more}"


@dataclass(frozen=True, eq=False)
class Edit:
    """A plan after some edits. Every edit makes a new one; this one stays.

    Parameters
    ----------
    plan
        The plan as it is now. Its zones keep the names they had at first.
    words
        The last edit in words; empty at the beginning.
    touched
        Ids of the buildings the last edit put into another zone.
    former
        What was edited; None at the beginning.
    """

    plan: Plan
    words: str = ""
    touched: tuple[str, ...] = ()
    former: Edit | None = None

    @cached_property
    def verdict(self) -> Verdict:
        """Price, and every rule that is broken."""
        return judge(self.plan)

    @property
    def change(self) -> Change:
        """What the last edit changed."""
        return _change((self.former or self).verdict, self.verdict)

    @property
    def change_in_all(self) -> Change:
        """What all edits together changed."""
        return _change(self._first.verdict, self.verdict)

    @property
    def history(self) -> tuple[str, ...]:
        """All edits so far in words, each with what it costs."""
        return tuple(f"{step.words}: {step.change}." for step in self._steps())

    @property
    def edited(self) -> tuple[str, ...]:
        """Ids of the buildings that were put into another zone by some edit."""
        touched = {name for step in self._steps() for name in step.touched}
        region = self.plan.problem.region
        return tuple(name for name in region.building_ids if name in touched)

    @property
    def edited_zones(self) -> tuple[str, ...]:
        """Names of the zones that hold other buildings now than at first.

        To leave the edits alone and draw the rest anew:
        ``solve(problem, start=edit.plan, keep=edit.edited_zones)``.
        """
        first = _members(self._first)
        now = _members(self)
        return tuple(name for name in now if now[name] != first.get(name))

    @property
    def pins(self) -> tuple[Pin, ...]:
        """Rules that hold edited buildings in their zones, where those are run from.

        To leave the edits alone, but let zones change otherwise:
        ``replace(problem, rules=(*problem.rules, *edit.pins))``.
        """
        edited = set(self.edited)
        pins = []
        for zone, name in enumerate(self.verdict.names):
            held = [x for x in buildings_of(self.plan, zone) if x in edited]
            if held:
                pins.append(Pin(name, (*held, *self._anchor(zone, edited))))
        return tuple(pins)

    def _anchor(self, zone: int, edited: set[str]) -> tuple[str, ...]:
        """The center of a zone, or its largest unit where that was edited itself."""
        region = self.plan.problem.region
        left = [
            i for i in self.plan.zones[zone] if not edited & set(region.buildings[i])
        ]
        center = self.verdict.center[zone]
        if center not in left:
            left.sort(key=lambda i: -int(region.area[i]))
        return region.buildings[center if center in left else left[0]] if left else ()

    def move(self, buildings: str | Iterable[str], to_zone: str) -> Edit:
        """Put buildings, with all that stands in one unit with them, into a zone.

        Raises
        ------
        InputError
            There is no such building or zone, or all of them are in it already.
        """
        units, to = self._units(buildings), self._zone(to_zone)
        going = units[self.plan.zone_of[units] != to]
        if not len(going):
            told = self._told(units)
            msg = f"{told}: already in zone {to_zone}. Name another zone."
            raise InputError(msg)
        zone_of = self.plan.zone_of.copy()
        origins = self._called(np.unique(zone_of[going]))
        zone_of[going] = to
        words = f"{self._told(going)} from {origins} to zone {to_zone}"
        return self._next(zone_of, going, words)

    def merge(self, zone_a: str, zone_b: str) -> Edit:
        """Make one zone of two; it bears the name of the first.

        Raises
        ------
        InputError
            There is no such zone, or it is the same one twice.
        """
        a, b = self._zone(zone_a), self._zone(zone_b)
        if a == b:
            msg = f"Zone {zone_a} cannot be merged with itself. Name two zones."
            raise InputError(msg)
        zone_of, going = self.plan.zone_of.copy(), self.plan.zones[b]
        zone_of[going] = a
        return self._next(zone_of, going, f"Zone {zone_b} merged into zone {zone_a}")

    def split(self, zone: str, buildings: str | Iterable[str]) -> Edit:
        """Make a new zone of some buildings of a zone.

        Raises
        ------
        InputError
            There is no such zone, a building is not in it, or none would be left.
        """
        units, origin = self._units(buildings), self._zone(zone)
        foreign = units[self.plan.zone_of[units] != origin]
        if len(foreign):
            told = self._told(foreign)
            msg = f"{told}: not in zone {zone}. Name buildings of zone {zone} only."
            raise InputError(msg)
        if len(units) == len(self.plan.zones[origin]):
            msg = f"Nothing would be left of zone {zone}. Name fewer buildings."
            raise InputError(msg)
        zone_of = self.plan.zone_of.copy()
        zone_of[units] = self.plan.num_zones
        taken = {*self.verdict.names, *self._first.verdict.names}
        name = next(str(at) for at in count(1) if str(at) not in taken)
        words = f"{self._told(units)} split off zone {zone} as zone {name}"
        return self._next(zone_of, units, words, name)

    def swap(
        self, buildings_a: str | Iterable[str], buildings_b: str | Iterable[str]
    ) -> Edit:
        """Exchange some buildings of one zone with some of another.

        Raises
        ------
        InputError
            There is no such building, some stand in several zones, or all in the same.
        """
        several = [self._units(buildings_a), self._units(buildings_b)]
        ends = [np.unique(self.plan.zone_of[units]) for units in several]
        faults = [
            f"{self._told(units)}: in {self._called(zones)}. Name buildings of one "
            "zone on each side."
            for units, zones in zip(several, ends, strict=True)
            if len(zones) > 1
        ]
        if not faults and ends[0][0] == ends[1][0]:
            faults.append(
                f"All are in {self._called(ends[0])}. Name buildings of two zones."
            )
        if faults:
            raise InputError(" ".join(faults))
        zone_of = self.plan.zone_of.copy()
        zone_of[several[0]], zone_of[several[1]] = ends[1][0], ends[0][0]
        sides = [
            f"{self._told(units)} ({self._called(zones)})"
            for units, zones in zip(several, ends, strict=True)
        ]
        words = f"{sides[0]} swapped with {sides[1]}"
        return self._next(zone_of, np.concatenate(several), words)

    def undo(self) -> Edit:
        """Take the last edit back.

        Raises
        ------
        InputError
            Nothing was edited.
        """
        if self.former is None:
            msg = "There is no edit to undo."
            raise InputError(msg)
        return self.former

    @property
    def _first(self) -> Edit:
        return self if self.former is None else self.former._first

    def _steps(self) -> Iterator[Edit]:
        """All edits, the first one first."""
        if self.former is not None:
            yield from self.former._steps()
            yield self

    def _next(self, zone_of: Labels, units: Ints, words: str, *more: str) -> Edit:
        """The plan of these zones; `more`: names of zones that are new."""
        region = self.plan.problem.region
        touched = tuple(name for i in units for name in region.buildings[i])
        names = (*self.verdict.names, *more)
        plan = Plan(self.plan.problem, zone_of, names)
        return Edit(plan, words, touched, self)

    def _units(self, buildings: str | Iterable[str]) -> Ints:
        names = NAMES.of("buildings", buildings)
        if not names:
            msg = "Name at least one building."
            raise InputError(msg)
        return units_of(self.plan.problem.region, names)

    def _zone(self, name: str) -> int:
        return zone_called(NAME.of("zone", name), self.verdict.names)

    def _called(self, zones: Iterable[int]) -> str:
        names = [self.verdict.names[zone] for zone in zones]
        return ("zone " if len(names) == 1 else "zones ") + ", ".join(names)

    def _told(self, units: Ints) -> str:
        """Buildings of some units in words; a unit moves as a whole."""
        region = self.plan.problem.region
        return first_few(region.directory.told_units(units), 8)


@takes(plan=PLAN)
def edit(plan: Plan) -> Edit:
    """Begin to edit a plan by hand.

    Every edit returns a new `Edit` with its verdict: what the plan costs now, which
    rules it breaks, and which zones lie outside bands that bend. Edits that break rules
    are shown, not refused.

    Zones keep their names, as far as rules do not give them others.

    Examples
    --------
    >>> import networkx as nx
    >>> from zoning import Plan, Problem, Region
    >>> from zoning.analysis.edit import edit
    >>> graph = nx.path_graph(["a", "b", "c", "d"])
    >>> for place, node in enumerate(graph):
    ...     graph.nodes[node].update(load=1_000, x=50.0 * place, y=0.0)
    >>> region = Region.from_networkx(graph)
    >>> plan = Plan(Problem(region, 2, tolerance=0.2), [0, 0, 1, 1])
    >>> print(edit(plan).move("b", "2").verdict.exceptions[0])
    Zone 1 costs 1,000 yuan a year; allowed are 1,623 to 2,433.
    """
    return Edit(Plan(plan.problem, plan.zone_of, judge(plan).names))


def _members(edit: Edit) -> dict[str, tuple[str, ...]]:
    return {
        name: buildings_of(edit.plan, zone)
        for zone, name in enumerate(edit.verdict.names)
    }


def _change(before: Verdict, after: Verdict) -> Change:
    was = dict(zip(before.names, before.cost.tolist(), strict=True))
    now = dict(zip(after.names, after.cost.tolist(), strict=True))
    return Change(
        after.plan_cost - before.plan_cost,
        tuple(
            (name, was.get(name), now.get(name))
            for name in dict.fromkeys((*was, *now))
            if was.get(name) != now.get(name)
        ),
        tuple(map(str, broken_anew(after, before))),
        tuple(map(str, broken_anew(before, after))),
        after.excess - before.excess,
        tuple(map(str, bent_anew(after, before))),
        tuple(map(str, bent_anew(before, after))),
    )
