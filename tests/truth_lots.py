"""The truth about lots of a few zones, found by trying every way to bundle them.

As `tests.truth`, it shares no code with the library: prices and figures of lots, the
remainder rule and what gives way first are read from docs/lots.md. A zone is a set of
units, as bits of one number; a lot is a tuple of places in the list of zones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache, cached_property
from itertools import combinations
from math import ceil
from typing import Any

from tests.truth import Small, bits, exactly, units_of
from zoning.lots import Attractiveness, LotRules

Lot = tuple[int, ...]
MONTHS = 12
HAIR = Fraction(1, 10**6)  # of a m² or yuan: 1/3 is no decimal number
NO_RULES = LotRules()


@dataclass(frozen=True)
class Best:
    """The cheapest lots, and what had to give way for them.

    Parameters
    ----------
    near
        Zones that do not touch had to be joined.
    count
        Lots of the size asked for.
    torn
        Lots held together by near links only.
    cost
        Whole yuan a year.
    lots
        One cheapest choice.
    """

    near: bool
    count: int
    torn: int
    cost: int
    lots: tuple[Lot, ...]


@dataclass(frozen=True)
class Asked:
    """What is asked of lots, as `zoning.bundle` has it."""

    size: int = 3
    tolerance: float | None = None
    gap_limit: float = 600.0
    rules: LotRules = NO_RULES

    def sizes(self, zones: int) -> tuple[int, set[int]]:
        """Most lots of the size asked for, and sizes lots may have beside it."""
        if zones == 1:
            return int(self.size == 1), {1}
        for off in range(zones + self.size):
            sizes = {self.size + more for more in range(-off, off + 1)}
            sizes = {one for one in sizes if one > 1 or one == self.size}
            counts = [split.count(self.size) for split in _sums(zones, sizes)]
            if counts:
                return max(counts), sizes
        raise AssertionError

    def laxer(self, zones: int) -> set[int]:
        """Sizes where that many cannot be had."""
        one_off = {self.size - 1, self.size, self.size + 1}
        return self.sizes(zones)[1] | {size for size in one_off if size > 1}


def _sums(total: int, sizes: set[int], least: int = 1) -> Iterator[list[int]]:
    """Every way to add up to a total, ascending."""
    if total == 0:
        yield []
    for first in sorted(sizes):
        if least <= first <= total:
            for rest in _sums(total - first, sizes, first):
                yield [first, *rest]


class SmallLots:
    """The zones of one plan in plain numbers, and what lots of them cost.

    Parameters
    ----------
    small
        The problem; it may be shared by many plans.
    zones
        The zones, as bits of their units.
    names
        What they are called; default: they are counted.
    """

    def __init__(
        self, small: Small, zones: Sequence[int], names: Sequence[str] = ()
    ) -> None:
        self.small, self.zones = small, tuple(zones)
        self.region = small.region
        self.costs = self.region.costs
        self.names = tuple(names) or tuple(str(k + 1) for k in range(len(self.zones)))
        self.cost = cache(self._cost)
        self.fair = cache(self._fair)
        self.worth = cache(self._worth)
        self.links = cache(self._links)

    # --- what a zone is --------------------------------------------------------------

    def of(self, zone: int, values: Sequence[int]) -> int:
        return sum(int(values[i]) for i in units_of(self.zones[zone]))

    def center(self, zone: int) -> int:
        return self.small.price(self.zones[zone])[2]

    def travel_inside(self, zone: int) -> int:
        units, center = units_of(self.zones[zone]), self.center(zone)
        return sum(self.small.travel[i][center] for i in units)

    def own(self, zone: int) -> int:
        direct = self.of(zone, self.region.direct)
        return self.small.fixed + direct + self.travel_inside(zone)

    def area(self, zone: int) -> int:
        return self.of(zone, self.region.area)

    def apart(self, zone: int, hub: int) -> float:
        """Metres between centers, without the detour."""
        here, there = self.center(zone), self.center(hub)
        if self.region.way is not None:
            return float(self.region.way[here, there])
        return self.small.straight(here, there)

    @cached_property
    def detour(self) -> float:
        return 1.0 if self.region.way is not None else self.costs.detour

    def travel(self, zone: int, hub: int) -> int:
        metre = self.costs.lot_travel * MONTHS / 100.0 * self.area(zone) * self.detour
        return round(metre * self.apart(zone, hub))

    # --- what holds a lot together ---------------------------------------------------

    @cached_property
    def crossed(self) -> set[tuple[int, int]]:
        """Units that only a barrier, or the border of a rule, parts."""
        given = [*self.region.edges.tolist(), *self.region.cut_edges.tolist()]
        return {tuple(sorted(pair)) for pair in given} - self.small.edges

    def linked(self, a: int, b: int, pairs: set[tuple[int, int]]) -> bool:
        one, other = self.zones[a], self.zones[b]
        return any(
            (one >> i & 1 and other >> j & 1) or (one >> j & 1 and other >> i & 1)
            for i, j in pairs
        )

    def gap(self, a: int, b: int) -> float:
        return min(
            self.small.straight(i, j)
            for i in units_of(self.zones[a])
            for j in units_of(self.zones[b])
        )

    @cached_property
    def open_pairs(self) -> set[tuple[int, int]]:
        return self._pairs(lambda a, b: self.linked(a, b, self.small.edges))

    @cached_property
    def held_pairs(self) -> set[tuple[int, int]]:
        """Zones that touch, across barriers too."""
        return self.open_pairs | self._pairs(
            lambda a, b: self.linked(a, b, self.crossed)
        )

    @cache  # noqa: B019 (as short-lived as the test)
    def near_pairs(self, limit: float) -> set[tuple[int, int]]:
        return self.held_pairs | self._pairs(lambda a, b: self.gap(a, b) <= limit)

    def _pairs(self, true: Any) -> set[tuple[int, int]]:
        return {p for p in combinations(range(len(self.zones)), 2) if true(*p)}

    def _links(self, lot: Lot) -> tuple[int, int]:
        """Parts without crossings, and with them."""
        return parts(lot, self.open_pairs), parts(lot, self.held_pairs)

    # --- what a lot costs, and its figures -------------------------------------------

    def pieces(self, resource: Any, lot: Lot) -> int:
        per = self.region.sums.get(resource.per, [0] * self.small.n)
        needs = [self.of(zone, per) for zone in lot]
        if resource.shared == "lot":
            needs = [sum(needs)]
        return sum(whole_pieces(resource, need) for need in needs)

    def _cost(self, lot: Lot) -> int:
        costs = self.costs
        open_, held = self.links(lot)
        bought = sum(price(costs, r) * self.pieces(r, lot) for r in costs.resources)
        return (
            round(costs.fixed_per_lot)
            + sum(map(self.own, lot))
            + bought
            + min(sum(self.travel(zone, hub) for zone in lot) for hub in lot)
            + (open_ - held) * round(MONTHS * costs.crossing)
        )

    def figure(self, name: str, lot: Lot, rules: LotRules) -> int:
        """What a band of this name limits."""
        if name in self.region.sums and name != "area":
            return sum(self.of(zone, self.region.sums[name]) for zone in lot)
        return {
            "cost": lambda: self.cost(lot),
            "revenue": lambda: self.revenue(lot),
            "margin": lambda: self.revenue(lot) - self.cost(lot),
            "area": lambda: sum(map(self.area, lot)),
            "way": lambda: self.mean_way(lot),
            "crossings": lambda: self.links(lot)[0] - self.links(lot)[1],
            "companies": lambda: len(self.companies(lot)),
            "wait": lambda: self.wait(lot, rules),
            "index": lambda: self.index(lot, rules),
        }[name]()

    def buildings(self, lot: Lot) -> Iterator[tuple[dict[str, Any], Fraction]]:
        """What columns tell of each building, and its area."""
        columns, at = self.region.columns, 0
        held = {i for zone in lot for i in units_of(self.zones[zone])}
        for i, mine in enumerate(self.region.buildings):
            for _ in mine:
                if i in held:
                    told = {name: values[at] for name, values in columns.items()}
                    yield told, Fraction(int(self.region.area[i]), len(mine))
                at += 1

    def revenue(self, lot: Lot) -> int:
        return sum(self.of(zone, self.revenue_of_units) for zone in lot)

    @cached_property
    def revenue_of_units(self) -> list[int]:
        """Each rounded once."""
        costs, found, at = self.costs, [], 0
        for i, mine in enumerate(self.region.buildings):
            fees = spaces = Fraction(0)
            for _ in mine:
                told = {name: v[at] for name, v in self.region.columns.items()}
                at += 1
                area = Fraction(int(self.region.area[i]), len(mine))
                fee, rate = (
                    exactly(other if told.get(name) is None else told[name])
                    for name, other in (("fee", costs.fee), ("rate", costs.collection))
                )
                fees += MONTHS * area * fee * rate
                spaces += exactly(told.get("parking") or 0)
            each = exactly(costs.parking) * exactly(costs.parking_collection)
            found.append(round(fees) + round(MONTHS * each * spaces))
        return found

    def mean_way(self, lot: Lot) -> int:
        ways = [
            sum(self.area(z) * round(self.detour * self.apart(z, hub)) for z in lot)
            for hub in lot
        ]
        return round(Fraction(min(ways), max(1, sum(map(self.area, lot)))))

    def companies(self, lot: Lot) -> set[str]:
        named = [told.get("incumbent") for told, _ in self.buildings(lot)]
        return {str(name).strip() for name in named if name and str(name).strip()}

    def wait(self, lot: Lot, rules: LotRules) -> int:
        ends = [
            date.fromisoformat(told["contract_end"]).toordinal()
            for told, _ in self.buildings(lot)
            if told.get("contract_end")
        ]
        if not ends:
            return 0
        eve = rules.start.toordinal() - 1 if rules.start else 0
        return max(eve, *ends) - max(eve, min(ends))

    def built(self, lot: Lot) -> int | None:
        """Mean year by whole m²; None where no year is known."""
        known = [
            (told["built"], round(area))
            for told, area in self.buildings(lot)
            if told.get("built")
        ]
        heavy = sum(area for _, area in known)
        return round(Fraction(sum(y * a for y, a in known), heavy)) if heavy else None

    def index(self, lot: Lot, rules: LotRules) -> int:
        return self.worth(lot, rules.index)

    def _worth(self, lot: Lot, weigh: Attractiveness) -> int:
        area = max(1, sum(map(self.area, lot)))
        built, mean = self.built(lot), self.built(tuple(range(len(self.zones))))
        age = 0 if built is None or mean is None else mean - built
        crossings = self.links(lot)[0] - self.links(lot)[1]
        per_m2 = (self.revenue(lot) - self.cost(lot)) / area
        worth = weigh.margin * per_m2 - weigh.way * (self.mean_way(lot) / 100)
        worth -= weigh.age * age  # in floats: exact halves fall as they happen to
        return round(100 * (worth - weigh.crossing * crossings))

    def loses(self, zone: int, rules: LotRules) -> bool:
        cost = self.small.fixed + self.of(zone, self.region.load)
        margin = self.revenue((zone,)) - cost - self.travel_inside(zone)
        return margin < exactly(rules.loss_below) * self.area(zone) - HAIR

    # --- what lots may be ------------------------------------------------------------

    def _fair(self, size: int) -> int:
        """What a lot of so many average zones costs."""
        costs, every = self.costs, range(len(self.zones))
        n = len(self.zones)
        own = Fraction(sum(map(self.own, every)), n)
        total = exactly(costs.fixed_per_lot) + size * own
        ways = [self.travel(a, b) + self.travel(b, a) for a, b in self.held_pairs]
        total += (size - 1) * Fraction(sum(ways), max(1, 2 * len(ways)))
        for resource in costs.resources:
            per = self.region.sums.get(resource.per, [0] * self.small.n)
            needs = [self.of(zone, per) for zone in every]
            if resource.shared == "zone":
                mean = Fraction(sum(whole_pieces(resource, x) for x in needs), n)
                total += price(costs, resource) * size * mean
            else:
                whole = round(Fraction(size * sum(needs), n))
                total += price(costs, resource) * whole_pieces(resource, whole)
        return round(total)

    def keeps(self, lot: Lot, asked: Asked) -> bool:
        """Every rule one lot can break, but holding together and its size."""
        rules = asked.rules
        if asked.tolerance is not None:
            fair, t = self.fair(len(lot)), exactly(asked.tolerance)
            low, high = fair * (1 - t) - HAIR, fair * (1 + t) + HAIR
            if not low <= self.cost(lot) <= high:
                return False
        for name, band in rules.bands.items():
            if not band.low <= self.figure(name, lot, rules) <= band.high:
                return False
        if rules.loss_share is not None:
            area = sum(map(self.area, lot))
            lost = sum(self.area(zone) for zone in lot if self.loses(zone, rules))
            if lost > exactly(rules.loss_share) * area + HAIR:
                return False
        held = {self.names[zone] for zone in lot}
        if any(held & {*group} and not held >= {*group} for group in rules.must_link):
            return False
        if any(len(held & {*group}) > 1 for group in rules.cannot_link):
            return False
        if rules.contain is not None:
            value = [str(v) for v in self.small.value(rules.contain)]
            met = {value[i] for zone in lot for i in units_of(self.zones[zone])}
            return len(met) <= 1
        return True

    def choices(
        self, sizes: set[int], pairs: set[tuple[int, int]], asked: Asked
    ) -> Iterator[tuple[Lot, ...]]:
        """Every way to put each zone into one lot that keeps the rules."""
        n = len(self.zones)
        starting: dict[int, list[Lot]] = {}
        for size in sorted(sizes):
            for lot in combinations(range(n), size):
                if parts(lot, pairs) == 1 and self.keeps(lot, asked):
                    starting.setdefault(lot[0], []).append(lot)

        def split(left: frozenset[int]) -> Iterator[tuple[Lot, ...]]:
            if not left:
                yield ()
                return
            for lot in starting.get(min(left), ()):
                if left.issuperset(lot):
                    for rest in split(left.difference(lot)):
                        yield (lot, *rest)

        spread = asked.rules.spread
        for lots in split(frozenset(range(n))):
            if spread is None or self.spread(lots, asked.rules) <= spread:
                yield lots

    def spread(self, lots: Sequence[Lot], rules: LotRules) -> int:
        indices = [self.index(lot, rules) for lot in lots]
        return max(indices) - min(indices)

    def near(self, lot: Lot, limit: float) -> bool:
        """A lot hangs together, by near links if need be."""
        return self.links(lot)[1] == 1 or parts(lot, self.near_pairs(limit)) == 1

    def torn(self, lots: Sequence[Lot]) -> int:
        return sum(self.links(lot)[1] > 1 for lot in lots)

    def allowed(self, asked: Asked) -> list[Best]:
        """All choices that are left when the fewest rules have given way."""
        n = len(self.zones)
        full, usual = asked.sizes(n)
        for near in (False, True):
            pairs = self.near_pairs(asked.gap_limit) if near else self.held_pairs
            for exact, sizes in ((True, usual), (False, asked.laxer(n))):
                found = [
                    Best(
                        near,
                        sum(len(lot) == asked.size for lot in lots),
                        self.torn(lots),
                        sum(map(self.cost, lots)),
                        lots,
                    )
                    for lots in self.choices(sizes, pairs, asked)
                ]
                if exact:
                    found = [one for one in found if one.count == full]
                if found:
                    first = min((-one.count, one.torn) for one in found)
                    return [x for x in found if (-x.count, x.torn) == first]
        return []

    def best(self, asked: Asked) -> Best | None:
        """The cheapest of them; None where there are no lots."""
        return min(self.allowed(asked), key=lambda one: one.cost, default=None)

    def fairest(self, asked: Asked) -> tuple[int, int] | None:
        """The least spread of them, and the least cost with that spread."""
        return min(
            (
                (self.spread(one.lots, asked.rules), one.cost)
                for one in self.allowed(asked)
            ),
            default=None,
        )

    def judged(
        self, lots: Sequence[Lot], asked: Asked, count: int | None, near: float | None
    ) -> bool:
        """Whether lots, each zone in one of them, keep every rule."""
        n = len(self.zones)
        full, sizes = asked.sizes(n)
        if count is not None:
            full, sizes = count, asked.laxer(n)
        pairs = self.held_pairs if near is None else self.near_pairs(near)
        spread = asked.rules.spread
        return (
            all(len(lot) in sizes for lot in lots)
            and sum(len(lot) == asked.size for lot in lots) >= full
            and all(parts(lot, pairs) == 1 and self.keeps(lot, asked) for lot in lots)
            and (spread is None or self.spread(lots, asked.rules) <= spread)
        )


def parts(lot: Lot, pairs: set[tuple[int, int]]) -> int:
    """Into how many parts a lot falls when only these pairs hold it together."""
    left, count = set(lot), 0
    while left:
        count += 1
        border = [left.pop()]
        while border:
            zone = border.pop()
            met = {x for x in left if (min(x, zone), max(x, zone)) in pairs}
            left -= met
            border += met
    return count


def price(costs: Any, resource: Any) -> int:
    """A piece, yuan a year."""
    return round(MONTHS * (resource.wage * costs.on_cost + resource.other))


def whole_pieces(resource: Any, need: int) -> int:
    hair = Fraction(1, 10**9)  # of a piece: 1/3 is no decimal number
    return max(resource.minimum, ceil(need / exactly(resource.capacity) - hair))


def lots_of(small: Small, labels: Sequence[int]) -> SmallLots:
    """Zones by labels, in the order of their first units."""
    numbers = dict.fromkeys(map(int, labels))
    zones = [bits([i for i, label in enumerate(labels) if label == k]) for k in numbers]
    return SmallLots(small, zones)
