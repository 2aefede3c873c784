"""Judge lots: every rule and every price, without any solver or search.

A lot is zones tendered together. What is shown to anyone about lots comes from here;
nothing in this module trusts what a search said about its lots.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import cdist

from zoning.check import Verdict, judge, sum_over, zone_name
from zoning.costs import MONTHS, Resource
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.problem import Band

Pair = tuple[int, int]


@dataclass(frozen=True)
class Lot:
    """Zones tendered together, with every part of their price in whole yuan a year.

    Parameters
    ----------
    zones
        Positions of the zones, ascending.
    hub
        The member zone whose center the shared staff and machines come from.
    own
        What the zones cost whoever runs them: fixed, direct and travel within zones.
    resources, separate_resources
        How many of each resource the lot buys, and how many its zones would buy if
        each were tendered alone.
    travel
        Way between the zones' centers and the hub.
    crossings
        Barriers that must be crossed to hold the lot together.
    near
        Pairs of zones that do not touch and are only near each other.
    cost
        Price of the lot.
    separate_cost
        Price of its zones tendered one by one.
    """

    zones: tuple[int, ...]
    hub: int
    own: int
    resources: tuple[tuple[str, int], ...]
    separate_resources: tuple[tuple[str, int], ...]
    travel: int
    crossings: int
    near: tuple[Pair, ...]
    cost: int
    separate_cost: int

    @property
    def saving(self) -> int:
        """What tendering together saves, whole yuan a year."""
        return self.separate_cost - self.cost


@dataclass(frozen=True)
class LotsVerdict:
    """What `judge_lots` found.

    Parameters
    ----------
    faults
        Every broken rule in words; empty when the lots keep them all.
    lots
        The lots with their prices, ordered by their first zone.
    """

    faults: tuple[str, ...]
    lots: tuple[Lot, ...]

    @property
    def ok(self) -> bool:
        """The lots keep every rule."""
        return not self.faults

    @property
    def cost(self) -> int:
        """Cost of all lots, whole yuan a year."""
        return sum(lot.cost for lot in self.lots)

    @property
    def separate_cost(self) -> int:
        """Cost of their zones tendered one by one, whole yuan a year."""
        return sum(lot.separate_cost for lot in self.lots)


@dataclass(frozen=True)
class LotSizes:
    """The remainder rule: so many lots of the size asked for, the rest of these sizes.

    Parameters
    ----------
    count
        Lots of exactly the size asked for.
    allowed
        Every size a lot may have, ascending, the size asked for among them.
    """

    count: int
    allowed: tuple[int, ...]


def lot_sizes(num_zones: int, size: int = 3) -> LotSizes:
    """As many lots of `size` as possible; the rest one larger or smaller, no single.

    Where that cannot be (two zones in lots of four, seven in lots of five) the rest
    may be off by two, and so on. A single zone becomes a lot of its own.

    Raises
    ------
    InputError
        `num_zones` or `size` is below 1.

    Examples
    --------
    >>> lot_sizes(15)
    LotSizes(count=5, allowed=(3,))
    >>> lot_sizes(14)
    LotSizes(count=4, allowed=(2, 3, 4))
    """
    if num_zones < 1 or size < 1:
        msg = f"Lots need at least 1 zone each; got {num_zones} zones, size {size}."
        raise InputError(msg)
    if num_zones == 1:
        return LotSizes(int(size == 1), (1,))
    if num_zones % size == 0:
        return LotSizes(num_zones // size, (size,))
    for off in range(1, max(num_zones, size) + 1):
        allowed = tuple(range(max(2, size - off), size + off + 1))
        count = most_of_size(num_zones, size, allowed)
        if count is not None:
            return LotSizes(count, allowed)
    msg = f"No sizes of lots add up to {num_zones} zones."  # 2..num_zones always do
    raise AssertionError(msg)


def most_of_size(num_zones: int, size: int, allowed: Sequence[int]) -> int | None:
    """Most lots of `size` when all lots have allowed sizes; None: no way to add up."""
    others = [other for other in allowed if other != size]
    for count in range(num_zones // size, -1, -1):
        if _adds_up(num_zones - count * size, others):
            return count
    return None


def _adds_up(total: int, sizes: Sequence[int]) -> bool:
    """Whether `total` is a sum of `sizes`, each used any number of times."""
    reached = [True]
    for upto in range(1, total + 1):
        reached.append(any(upto >= one and reached[upto - one] for one in sizes))
    return reached[total]


def count_of(resource: Resource, demand: int) -> int:
    """How many of a resource serve this demand: whole, and at least its minimum."""
    return max(resource.minimum, ceil(demand / resource.capacity - 1e-9))


@dataclass(frozen=True, eq=False)
class Zones:
    """The zones of a plan as lots see them: what each costs, needs and touches."""

    plan: Plan

    @cached_property
    def own(self) -> NDArray[np.int64]:
        """Fixed, direct and travel inside each zone: what no tender changes."""
        problem = self.plan.problem
        direct = problem.region.direct
        assert direct is not None  # the constructor of Region fills it in
        return problem.fixed + sum_over(self.plan, direct) + self._verdict.travel

    @cached_property
    def center(self) -> NDArray[np.int64]:
        """The unit each zone is run from."""
        return self._verdict.center

    @cached_property
    def _verdict(self) -> Verdict:
        return judge(self.plan)

    @cached_property
    def metre_cost(self) -> NDArray[np.float64]:
        """Per zone the yearly cost of a metre of way between its center and a hub."""
        region = self.plan.problem.region
        costs = region.costs
        rate = costs.lot_travel * MONTHS / 100.0 * sum_over(self.plan, region.area)
        return np.asarray(rate if region.way is not None else rate * costs.detour)

    @cached_property
    def demand(self) -> NDArray[np.int64]:
        """What each zone (column) needs of each resource (row); 0 where unknown."""
        region = self.plan.problem.region
        none = np.zeros(len(region), np.int64)
        return np.array(
            [sum_over(self.plan, region.sums.get(r.per, none)) for r in self.resources],
            np.int64,
        ).reshape(len(self.resources), self.plan.num_zones)

    @property
    def resources(self) -> tuple[Resource, ...]:
        """What is bought in whole numbers."""
        return self.plan.problem.region.costs.resources

    @cached_property
    def touching(self) -> NDArray[np.int64]:
        """Pairs of zones that touch, rows ascending."""
        return self._pairs(self.plan.problem.region.edges)

    @cached_property
    def cut(self) -> NDArray[np.int64]:
        """Pairs of zones that touch only across a barrier, rows ascending."""
        pairs = self._pairs(self.plan.problem.region.cut_edges)
        n = self.plan.num_zones
        key, open_ = (some[:, 0] * n + some[:, 1] for some in (pairs, self.touching))
        return pairs[~np.isin(key, open_)]

    def _pairs(self, edges: NDArray[np.int32]) -> NDArray[np.int64]:
        pairs = np.sort(self.plan.zone_of[edges].astype(np.int64), axis=1)
        pairs = pairs[pairs[:, 0] < pairs[:, 1]]
        return np.unique(pairs, axis=0).reshape(-1, 2)

    def travel(self, zone: int, hub: int) -> int:
        """Yearly cost of the way between a zone's center and a hub zone's center."""
        region = self.plan.problem.region
        here, there = self.center[zone], self.center[hub]
        if region.way is not None:
            way = float(region.way[here, there])
        else:
            apart = region.xy[here] - region.xy[there]
            way = float(np.sqrt(apart[0] ** 2 + apart[1] ** 2))
        return round(float(self.metre_cost[zone]) * way)

    def gap(self, a: int, b: int) -> float:
        """Metres between the closest units of two zones."""
        xy = self.plan.problem.region.xy
        return float(cdist(xy[self.plan.zones[a]], xy[self.plan.zones[b]]).min())


def fair_lot(zones: Zones, size: int) -> int:
    """What a lot of `size` average zones costs: the middle of a band of lot costs.

    A constant that no choice of lots changes: mean own cost and mean demand of the
    zones, whole resources, and the mean way between zones that touch.
    """
    costs = zones.plan.problem.region.costs
    touching = np.concatenate([zones.touching, zones.cut])
    ways = [zones.travel(a, b) + zones.travel(b, a) for a, b in touching.tolist()]
    total = costs.fixed_per_lot + size * float(zones.own.mean())
    total += (size - 1) * sum(ways) / max(1, 2 * len(ways))
    for resource, demand in zip(zones.resources, zones.demand, strict=True):
        mean = float(demand.mean())
        if resource.shared == "zone":
            each = [count_of(resource, need) for need in demand.tolist()]
            total += costs.price(resource) * size * sum(each) / len(each)
        else:
            total += costs.price(resource) * count_of(resource, round(size * mean))
    return round(total)


def lot_band(zones: Zones, size: int, tolerance: float | None) -> Band | None:
    """What a lot of so many zones may cost; None where lots are not balanced."""
    if tolerance is None:
        return None
    fair = fair_lot(zones, size)
    return Band(
        ceil(fair * (1 - tolerance) - 1e-6), floor(fair * (1 + tolerance) + 1e-6)
    )


def judge_lots(
    plan: Plan,
    lots: Sequence[Sequence[int]],
    *,
    size: int = 3,
    count: int | None = None,
    near_allowed: float | None = None,
    tolerance: float | None = None,
) -> LotsVerdict:
    """Price lots, given as zones of a plan, and list every rule they break.

    Parameters
    ----------
    size
        Zones a lot should have.
    count
        At least so many lots must have exactly that size. Default: as many as the
        number of zones allows; lower it only where that was proved impossible.
    near_allowed
        Zones of a lot need not touch if they are at most so many metres apart. None:
        they must touch (across a barrier counts).
    tolerance
        Cost of a lot may differ from that of a lot of average zones by this fraction.
    """
    zones = Zones(plan)
    ordered = sorted(tuple(sorted(int(zone) for zone in lot)) for lot in lots if lot)
    faults = [*_not_once(plan.num_zones, ordered)]
    if faults:
        return LotsVerdict(tuple(faults), ())
    priced = tuple(_price(zones, lot) for lot in ordered)
    faults += _wrong_sizes(plan.num_zones, priced, size, count)
    for number, lot in enumerate(priced):
        faults += _torn(zones, number, lot, near_allowed)
    faults += _outside_band(zones, priced, tolerance)
    return LotsVerdict(tuple(faults), priced)


def lot_name(lot: int) -> str:
    """What a lot is called in messages and outputs: 1, 2, 3, ..."""
    return f"lot {lot + 1}"


def _price(zones: Zones, lot: tuple[int, ...]) -> Lot:
    costs = zones.plan.problem.region.costs
    hub, travel = _hub(zones, lot)
    crossings, near = _links(zones, lot)
    own = sum(int(zones.own[zone]) for zone in lot)
    bought = _resources(zones, lot)
    alone = [_resources(zones, (zone,)) for zone in lot]
    separate = [sum(counts) for counts in zip(*alone, strict=True)]
    prices = [costs.price(resource) for resource in zones.resources]
    names = [resource.name for resource in zones.resources]
    fixed = round(costs.fixed_per_lot)
    crossing = crossings * round(MONTHS * costs.crossing)
    return Lot(
        zones=lot,
        hub=hub,
        own=own,
        resources=tuple(zip(names, bought, strict=True)),
        separate_resources=tuple(zip(names, separate, strict=True)),
        travel=travel,
        crossings=crossings,
        near=near,
        cost=fixed + own + _dot(prices, bought) + travel + crossing,
        separate_cost=fixed * len(lot) + own + _dot(prices, separate),
    )


def _dot(prices: Sequence[int], counts: Sequence[int]) -> int:
    return sum(price * count for price, count in zip(prices, counts, strict=True))


def _resources(zones: Zones, lot: tuple[int, ...]) -> list[int]:
    """How many of each resource a lot buys."""
    bought = []
    for resource, demand in zip(zones.resources, zones.demand, strict=True):
        needs = [int(demand[zone]) for zone in lot]
        if resource.shared == "zone":
            bought.append(sum(count_of(resource, need) for need in needs))
        else:
            bought.append(count_of(resource, sum(needs)))
    return bought


def _hub(zones: Zones, lot: tuple[int, ...]) -> tuple[int, int]:
    """The member zone with the least way from all of them (the first of equals)."""
    ways = [(sum(zones.travel(zone, hub) for zone in lot), hub) for hub in lot]
    travel, hub = min(ways)
    return hub, travel


def _links(zones: Zones, lot: tuple[int, ...]) -> tuple[int, tuple[Pair, ...]]:
    """Crossings and near links that hold a lot together.

    Barriers are crossed where that joins zones; only what still falls apart is joined
    by near links, the shortest first.
    """
    open_, cut = _inside(zones.touching, lot), _inside(zones.cut, lot)
    part = _parts(lot, open_)
    joined = _parts(lot, open_ + cut)
    crossings = len(set(part.values())) - len(set(joined.values()))
    near: list[Pair] = []
    apart = [
        (zones.gap(a, b), a, b)
        for a, b in combinations(lot, 2)
        if joined[a] != joined[b]
    ]
    for _, a, b in sorted(apart):
        here, there = joined[a], joined[b]
        if here != there:
            near.append((a, b))
            joined = {z: here if p == there else p for z, p in joined.items()}
    return crossings, tuple(sorted(near))


def _inside(pairs: NDArray[np.int64], lot: tuple[int, ...]) -> list[Pair]:
    return [(a, b) for a, b in pairs[np.isin(pairs, lot).all(axis=1)].tolist()]


def _parts(lot: tuple[int, ...], pairs: Sequence[Pair]) -> dict[int, int]:
    """For each zone of a lot the number of the part it hangs together with."""
    at = {zone: i for i, zone in enumerate(lot)}
    rows, columns = [at[a] for a, _ in pairs], [at[b] for _, b in pairs]
    graph = coo_array(
        (np.ones(len(pairs)), (rows, columns)), shape=(len(lot), len(lot))
    )
    label = connected_components(graph, directed=False)[1]
    return {zone: int(label[i]) for zone, i in at.items()}


def _not_once(num_zones: int, lots: Sequence[tuple[int, ...]]) -> Iterator[str]:
    times = [0] * num_zones
    for lot in lots:
        for zone in lot:
            if 0 <= zone < num_zones:
                times[zone] += 1
            else:
                yield f"Zone number {zone} is not one of 0 to {num_zones - 1}."
    for zone, often in enumerate(times):
        if often != 1:
            name = zone_name(zone).capitalize()
            yield f"{name} is in {often} lots; it must be in one."


def _wrong_sizes(
    num_zones: int, lots: Sequence[Lot], size: int, count: int | None
) -> Iterator[str]:
    rule = lot_sizes(num_zones, size)
    allowed = rule.allowed if count is None else allowed_below(num_zones, size)
    wanted = rule.count if count is None else count
    for number, lot in enumerate(lots):
        if len(lot.zones) not in allowed:
            told = ", ".join(str(one) for one in allowed)
            yield (
                f"{lot_name(number).capitalize()} has {len(lot.zones)} zones; allowed "
                f"are {told}."
            )
    have = sum(len(lot.zones) == size for lot in lots)
    if have < wanted:
        yield f"{have} lots have {size} zones; there must be at least {wanted}."


def allowed_below(num_zones: int, size: int = 3) -> tuple[int, ...]:
    """Sizes a lot may have where the full number of lots of `size` cannot be had.

    Examples
    --------
    >>> allowed_below(15)
    (2, 3, 4)
    """
    return tuple(sorted({*lot_sizes(num_zones, size).allowed, *_one_off(size)}))


def _one_off(size: int) -> tuple[int, ...]:
    return tuple(range(max(2, size - 1), size + 2))


def _torn(
    zones: Zones, number: int, lot: Lot, near_allowed: float | None
) -> Iterator[str]:
    for a, b in lot.near:
        gap = zones.gap(a, b)
        if near_allowed is None or gap > near_allowed:
            yield (
                f"{lot_name(number).capitalize()}: {zone_name(a)} and {zone_name(b)} "
                f"do not touch; they are {gap:,.0f} m apart."
            )


def _outside_band(
    zones: Zones, lots: Sequence[Lot], tolerance: float | None
) -> Iterator[str]:
    sizes = {len(lot.zones) for lot in lots}
    bands = {some: lot_band(zones, some, tolerance) for some in sizes}
    for number, lot in enumerate(lots):
        band = bands[len(lot.zones)]
        if band is not None and lot.cost not in band:
            yield (
                f"{lot_name(number).capitalize()} costs {lot.cost:,} yuan a year; "
                f"allowed are {band.low:,} to {band.high:,}."
            )
