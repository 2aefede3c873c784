"""The truth about a small problem, found by trying every set of units.

It reads what is given (regions, rules, bands) and shares no code with the library: it
has neighbours, ways, prices and names of zones of its own, as docs/rules.md and
docs/formulation.md tell them. A zone is a set of units, as bits of one number. Up to
nine units take some hundredths of a second.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from itertools import combinations
from math import ceil, floor, hypot, inf
from typing import Any

from zoning.problem import Problem
from zoning.rules import (
    Border,
    CannotLink,
    Centers,
    Contain,
    Freeze,
    Lock,
    MustLink,
    Pin,
    Previous,
    Radius,
    SoftBarrier,
    Spread,
    Target,
)

UNNAMED = None


@dataclass(frozen=True)
class Truth:
    """What enumeration says of a problem.

    Parameters
    ----------
    cost
        Of the cheapest plan, whole yuan a year; None where there is no plan.
    labels
        The zone of each unit in one cheapest plan; empty where there is none.
    zones
        For every set of units (as bits) that may be a zone under some name: what
        serving it costs beyond its load, and its first best center.
    fewest_moves
        The fewest m² that change zone, and the least cost of plans with so few, the
        price of change left out; None where there is no plan.
    excess
        The least yuan of excess of any plan; `cost` is that of the cheapest plan of no
        more, and so are `fewest_moves`.
    """

    cost: int | None
    labels: tuple[int, ...]
    zones: dict[int, tuple[int, int]]
    fewest_moves: tuple[int, int] | None = None
    excess: int = 0


@dataclass(frozen=True)
class Judged:
    """What there is to say of labels: whether they keep all rules, and what they cost.

    `cost` is None where a broken plan has zones that rules name and changes cost
    something: it would hang on who is called what.
    """

    ok: bool
    cost: int | None


def truth(problem: Problem) -> Truth:
    """The cheapest plan of all, by trying every split into zones."""
    return Small(problem).truth


def judged(problem: Problem, labels: Sequence[int]) -> Judged:
    """Whether this split keeps every rule, and what it costs."""
    return Small(problem).judged(labels)


def bits(units: Sequence[int]) -> int:
    """A set of units as one number."""
    return sum(1 << int(i) for i in units)


def units_of(zone: int) -> list[int]:
    """The units of a number made by `bits`."""
    return [i for i in range(zone.bit_length()) if zone >> i & 1]


def exactly(value: float) -> Fraction:
    """The decimal number a planner wrote: 0.1 is a tenth."""
    return Fraction(str(value))


class Small:
    """A problem in plain numbers.

    `problem` may be anything with the attributes of a `Problem`, so that what the
    library refuses can be asked as well.
    """

    def __init__(self, problem: Any) -> None:
        self.problem = problem
        self.region = problem.region
        self.rules = tuple(problem.rules)
        self.n = len(self.region.names)
        self.whole = (1 << self.n) - 1
        self.place = dict(zip(self.region.names, range(self.n), strict=True))
        for i, mine in enumerate(self.region.buildings):
            self.place.update(dict.fromkeys(mine, i))
        self.price = cache(self._price)

    def every(self, *kinds: type) -> list[Any]:
        """Rules of these kinds, those of kinds made from them too."""
        return [rule for rule in self.rules if isinstance(rule, kinds)]

    def held(self, rule: Any) -> int:
        """The units of a rule's buildings."""
        return bits({self.place[name] for name in rule.buildings})

    # --- the map ---------------------------------------------------------------------

    def values(self, column: str) -> list[list[Any]]:
        """For each unit the values its buildings have in a column."""
        told = iter(self.region.columns[column])
        return [[next(told) for _ in mine] for mine in self.region.buildings]

    def value(self, column: str) -> list[Any]:
        """For each unit the value that most of it has, by floor area."""
        sizes = [[1] * len(mine) for mine in self.region.buildings]
        if "area" in self.region.columns:
            sizes = self.values("area")
        found = []
        for mine, size in zip(self.values(column), sizes, strict=True):
            heap = dict.fromkeys(mine, 0)
            for value, much in zip(mine, size, strict=True):
                heap[value] += much or 0
            found.append(max(heap, key=heap.get))
        return found

    @cached_property
    def crossings(self) -> dict[tuple[int, int], int]:
        """Pairs of units that only opened barriers part, and what crossing costs."""
        opened: dict[tuple[int, int], int] = {}
        soft = self.every(SoftBarrier)
        pairs = map(sorted, self.region.cut_edges.tolist())
        for pair, by in zip(map(tuple, pairs), self.region.cut_by, strict=True):
            prices = [
                [r.price for r in soft if r.barrier in (b.name, b.kind)] for b in by
            ]
            if prices and all(prices):
                opened[pair] = sum(map(min, prices))
        for pair in map(tuple, map(sorted, self.region.edges.tolist())):
            opened.pop(pair, None)
        return opened

    @cached_property
    def edges(self) -> set[tuple[int, int]]:
        """Who touches whom, barriers opened and borders closed."""
        pairs = {tuple(sorted(pair)) for pair in self.region.edges.tolist()}
        pairs |= set(self.crossings)
        for rule in self.every(Contain):
            value = list(map(str, self.value(rule.column)))
            pairs = {(i, j) for i, j in pairs if value[i] == value[j]}
        return pairs

    @cached_property
    def touching(self) -> list[int]:
        beside = [0] * self.n
        for i, j in self.edges:
            beside[i] |= 1 << j
            beside[j] |= 1 << i
        return beside

    def connected(self, zone: int) -> bool:
        """A zone hangs together."""
        seen = border = zone & -zone
        while border:
            reached = 0
            for i in units_of(border):
                reached |= self.touching[i]
            border = reached & zone & ~seen
            seen |= border
        return seen == zone

    # --- what serving a unit (row) from a center (column) costs ----------------------

    def straight(self, i: int, j: int) -> float:
        (x, y), (u, v) = self.region.xy[i].tolist(), self.region.xy[j].tolist()
        return ((x - u) ** 2 + (y - v) ** 2) ** 0.5

    @cached_property
    def way(self) -> list[list[float]]:
        """Metres from each unit to each: by street, or the line and its detour."""
        n, detour = range(self.n), self.region.costs.detour
        if self.region.way is not None:
            return [[float(self.region.way[i, j]) for j in n] for i in n]
        return [[self.straight(i, j) * detour for j in n] for i in n]

    @cached_property
    def travel(self) -> list[list[int]]:
        """Yuan a year for the way."""
        n, costs = range(self.n), self.region.costs
        if self.problem.travel is not None:
            return [[int(self.problem.travel[i][j]) for j in n] for i in n]
        area = self.region.area.tolist()
        metre = [a * (costs.travel * 12 / 100.0) for a in area]
        if self.region.way is not None:
            return [[round(metre[i] * self.way[i][j]) for j in n] for i in n]
        metre = [m * costs.detour for m in metre]
        return [[round(metre[i] * self.straight(i, j)) for j in n] for i in n]

    @cached_property
    def toll(self) -> list[list[int]]:
        """Yuan for barriers crossed on the shortest way from neighbour to neighbour."""
        if not any(self.crossings.values()):
            return [[0] * self.n for _ in range(self.n)]
        return [self._tolls(start) for start in range(self.n)]

    def _tolls(self, start: int) -> list[int]:
        paid = [0] * self.n
        done: set[int] = set()
        heap = [(0.0, 0, start)]
        while heap:
            length, toll, i = heapq.heappop(heap)
            if i in done:
                continue
            done.add(i)
            paid[i] = toll
            for j in units_of(self.touching[i]):
                step = hypot(*(self.region.xy[i] - self.region.xy[j])) + 1e-3
                more = self.crossings.get((min(i, j), max(i, j)), 0)
                heapq.heappush(heap, (length + step, toll + more, j))
        return paid

    @cached_property
    def more(self) -> list[list[int]]:
        """Yuan a year that soft rules add."""
        n = range(self.n)
        more = [[min(self.toll[i][j], self.toll[j][i]) for j in n] for i in n]
        for rule in self.every(Border):
            value = list(map(str, self.value(rule.column)))
            for i in n:
                for j in n:
                    more[i][j] += rule.price * (value[i] != value[j])
        for rule in self.every(Radius):
            for i in n:
                for j in n:
                    if rule.soft is not None and self.way[i][j] > rule.soft:
                        more[i][j] += rule.price
        return more

    def serves(self, i: int, j: int) -> bool:
        """Rules let unit i be served from center j."""
        near = all(
            rule.hard is None or self.way[i][j] <= rule.hard
            for rule in self.every(Radius)
        )
        return near and all(self.held(rule) >> j & 1 for rule in self.every(Centers))

    def _price(self, zone: int) -> tuple[int, int, int]:
        """How many units the best center may not serve, its price, and the center."""
        units = units_of(zone)
        return min(
            (
                sum(not self.serves(i, j) for i in units),
                sum(self.travel[i][j] + self.more[i][j] for i in units),
                j,
            )
            for j in units
        )

    # --- what may be a zone ----------------------------------------------------------

    def may_be(self, zone: int) -> bool:
        """Every rule but bands and names lets this be a zone."""
        return (
            self.connected(zone)
            and self.price(zone)[0] == 0
            and all(
                self.held(rule) & zone in (0, self.held(rule))
                for rule in self.every(MustLink)
            )
            and not any(a & zone and b & zone for a, b in self.apart)
            and all(self._keeps(rule, zone) for rule in self.every(Contain, Spread))
        )

    @cached_property
    def apart(self) -> list[tuple[int, int]]:
        """Pairs of units that share no zone; a unit that parts from itself has none."""
        return [
            (1 << self.place[a], 1 << self.place[b])
            for rule in self.every(CannotLink)
            for a, b in combinations(rule.buildings, 2)
        ]

    def _keeps(self, rule: Contain | Spread, zone: int) -> bool:
        told = self.values(rule.column)
        values = [value for i in units_of(zone) for value in told[i]]
        if isinstance(rule, Contain):
            return len(set(map(str, values))) == 1
        known = [exactly(value) for value in values if value is not None]
        return not known or max(known) - min(known) <= exactly(rule.most)

    @cached_property
    def fixed(self) -> int:
        costs = self.region.costs
        guards = costs.guards_per_zone * costs.guard_wage * costs.on_cost * 12
        return round(guards + costs.entry_per_zone)

    def cost(self, zone: int) -> int:
        """Of a zone, yuan a year."""
        load = self.region.load.tolist()
        return self.fixed + sum(load[i] for i in units_of(zone)) + self.price(zone)[1]

    @cached_property
    def prices(self) -> dict[str, int | None]:
        """Yuan of excess for one outside each band; None where it is hard."""
        if getattr(self.problem, "strict", True):
            return {}
        usual = {"cost": 1, "load": 1}
        load = int(self.region.load.sum())
        for name, values in self.region.sums.items():
            total = int(values.sum())
            share = max(1, round(load / total)) if total else 1
            usual.setdefault(name, min(share, 10**6))
        return {**usual, **self.problem.bend}

    def excess(self, zone: int, factor: float) -> float:
        """Yuan a zone with so many times a usual share is outside its bands.

        Infinite where one of them is hard.
        """
        total: float = 0
        for name, value, low, high in self.measured(zone, factor):
            outside = max(0, low - value, value - high)
            if outside:
                price = self.prices.get(name)
                total += inf if price is None else price * outside
        return total

    def measured(self, zone: int, factor: float) -> Iterator[tuple[str, int, int, int]]:
        """Each band: its name, what the zone has of it, and its ends."""
        problem, units = self.problem, units_of(zone)
        for name, band in problem.bands.items():
            values = self.region.load if name == "load" else self.region.sums[name]
            value = sum(int(values[i]) for i in units)
            yield name, value, band.low, band.high
        if problem.tolerance is None:
            return
        locked = {rule.zone for rule in self.every(Lock)}
        wanted = [r.factor for r in self.every(Target) if r.zone not in locked]
        count = Fraction(problem.num_zones)
        usual = count / (count - len(wanted) + sum(map(exactly, wanted)))
        share, t = problem.fair_share * usual * exactly(factor), problem.tolerance
        low, high = share * (1 - exactly(t)), share * (1 + exactly(t))
        nearest = round(share)  # whole yuan; always allowed
        ends = min(ceil(low), nearest), max(floor(high), nearest)
        yield "cost", self.cost(zone), *ends

    # --- what zones are called -------------------------------------------------------

    @cached_property
    def former(self) -> list[str | None]:
        """The name of the zone each unit was in."""
        for rule in self.every(Previous):
            told = self.value(rule.column)
            return [None if value is None else str(value) for value in told]
        return [None] * self.n

    @cached_property
    def required(self) -> list[str]:
        """Names that some zone must bear."""
        return sorted({rule.zone for rule in self.every(Pin, Lock, Target)})

    @cached_property
    def names(self) -> list[str]:
        """All names there are; the required ones first."""
        more = {name for name in self.former if name is not None}
        return [*self.required, *sorted(more - set(self.required))]

    def changed(self, zone: int, name: str | None) -> int:
        """The m² in a zone of this name that came from a zone of another."""
        area = self.region.area.tolist()
        return sum(
            area[i] for i in units_of(zone) if self.former[i] not in (None, name)
        )

    def may_be_called(self, zone: int, name: str | None) -> bool:
        """Pins, locks and freezes let this zone bear this name, or none of them."""
        for rule in self.every(Pin, Lock):
            held = self.held(rule)
            if held & zone != (held if rule.zone == name else 0):
                return False
            locked = isinstance(rule, Lock) and rule.zone == name
            if locked and not (held == zone and self.covers(rule)):
                return False
        return True

    def covers(self, rule: Lock) -> bool:
        """Every building of the units of a lock is named, or its unit is."""
        told = set(rule.buildings)
        return all(
            self.region.names[i] in told or told.issuperset(self.region.buildings[i])
            for i in units_of(self.held(rule))
        )

    def fits(self, zone: int, name: str | None) -> bool:
        """The bands let this be a zone of this name, be it by bending."""
        return self.outside(zone, name) < inf

    def outside(self, zone: int, name: str | None) -> float:
        """The excess of a zone of this name."""
        if any(rule.zone == name for rule in self.every(Freeze)):
            return 0
        factors = [rule.factor for rule in self.every(Target) if rule.zone == name]
        return self.excess(zone, *(factors or [1.0]))

    def callings(self, zone: int) -> Iterator[tuple[str | None, int]]:
        """Names this zone can have, its own number among them, and what changes."""
        for name in (UNNAMED, *self.names):
            wanted = name is UNNAMED or name in self.required
            if not wanted and self.changed(zone, name) == self.changed(zone, None):
                continue  # a former zone it shares nothing with
            if self.may_be_called(zone, name):
                yield name, self.changed(zone, name)

    @cached_property
    def change_price(self) -> Fraction:
        """Yuan for a m² that changes."""
        return sum((exactly(rule.price) for rule in self.every(Previous)), Fraction(0))

    def change_cost(self, changed: int) -> float:
        """Yuan for m² that change; infinite where they are too many."""
        for rule in self.every(Previous):
            area = int(self.region.area.sum())
            hair = Fraction(1, 10**6)  # of a m²: 1/3 is no decimal number
            if rule.budget is not None and changed > exactly(rule.budget) * area + hair:
                return inf
        return round(self.change_price * changed)

    # --- plans -----------------------------------------------------------------------

    @cached_property
    def truth(self) -> Truth:
        """Every split into sets that may be zones, under every set of names."""
        zones, called = {}, {}
        for zone in range(1, self.whole + 1):
            if not self.may_be(zone):
                continue
            ways = [(x, c) for x, c in self.callings(zone) if self.fits(zone, x)]
            if ways:
                called[zone] = ways
                zones[zone] = self.price(zone)[1:]
        starting: dict[int, list[int]] = {}
        for zone in called:
            starting.setdefault(zone & -zone, []).append(zone)

        @cache
        def least(
            left: int, wanted: int, free: frozenset[str]
        ) -> dict[int, tuple[float, int, tuple[int, ...]]]:
            """For each sum of m² changed the best zones of what is left.

            That is their excess, their cost, and the zones.
            """
            if not left or not wanted:
                ended = left == wanted == 0 and free.isdisjoint(self.required)
                return {0: (0, 0, ())} if ended else {}
            found: dict[int, tuple[float, int, tuple[int, ...]]] = {}
            for zone in starting.get(left & -left, ()):
                if zone & left != zone:
                    continue
                for name, changed in called[zone]:
                    if name is not UNNAMED and name not in free:
                        continue
                    rest = least(left ^ zone, wanted - 1, free - {name})
                    for more, (excess, cost, others) in rest.items():
                        new = (
                            self.outside(zone, name) + excess,
                            self.cost(zone) + cost,
                            (zone, *others),
                        )
                        old = found.get(changed + more)
                        if old is None or new < old:
                            found[changed + more] = new
            return found

        by_change = {
            changed: found
            for changed, found in least(
                self.whole, int(self.problem.num_zones), frozenset(self.names)
            ).items()
            if self.change_cost(changed) < inf
        }
        if not by_change:
            return Truth(None, (), zones)
        excess, cost, split = min(
            (excess, cost + self.change_cost(changed), split)
            for changed, (excess, cost, split) in by_change.items()
        )
        by_change = {x: some for x, some in by_change.items() if some[0] == excess}
        labels = [[zone >> i & 1 for zone in split].index(1) for i in range(self.n)]
        fewest = min(by_change)
        fewest_moves = fewest, by_change[fewest][1]
        return Truth(int(cost), tuple(labels), zones, fewest_moves, int(excess))

    def judged(self, labels: Sequence[int]) -> Judged:
        """See `judged`; labels are any numbers."""
        split = [
            bits([i for i in range(self.n) if labels[i] == k])
            for k in sorted(set(map(int, labels)))
        ]
        whole = len(split) == self.problem.num_zones and all(map(self.may_be, split))
        kept = self._least_change(split, bands=True) if whole else None
        ok = kept is not None and self.change_cost(kept) < inf
        if kept is None and self.change_price:
            if self.required:
                return Judged(ok, None)
            kept = self._least_change(split, bands=False)
        return Judged(
            ok, sum(map(self.cost, split)) + round(self.change_price * (kept or 0))
        )

    def _least_change(self, split: Sequence[int], *, bands: bool) -> int | None:
        """The fewest m² that change under names the rules allow; None without any."""

        def least(at: int, free: frozenset[str]) -> int | None:
            if at == len(split):
                return 0 if free.isdisjoint(self.required) else None
            sums = [
                changed + rest
                for name, changed in self.callings(split[at])
                if name is UNNAMED or name in free
                if not bands or self.fits(split[at], name)
                if (rest := least(at + 1, free - {name})) is not None
            ]
            return min(sums, default=None)

        return least(0, frozenset(self.names))
