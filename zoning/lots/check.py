"""Judge lots: every rule and every price, without any solver or search.

A lot is zones tendered together. What is shown to anyone about lots comes from here;
nothing in this module trusts what a search said about its lots.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from zoning.costs import MONTHS
from zoning.lots.check_rules import (
    broken_rules,
    facts_of,
    refuse_rules,
    too_unlike,
)
from zoning.lots.lot import Lot, LotsVerdict, ZonePair
from zoning.lots.price import pieces_of
from zoning.lots.rules import HAIR, LotRules
from zoning.lots.sizes import allowed_below, lot_sizes
from zoning.lots.zone_facts import ZoneFacts
from zoning.plan import Plan
from zoning.problem import Band


def fair_lot(zones: ZoneFacts, size: int) -> int:
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
            each = [pieces_of(resource, need) for need in demand.tolist()]
            total += costs.price(resource) * size * sum(each) / len(each)
        else:
            total += costs.price(resource) * pieces_of(resource, round(size * mean))
    return round(total)


def lot_band(zones: ZoneFacts, size: int, tolerance: float | None) -> Band | None:
    """What a lot of so many zones may cost; None where lots are not balanced."""
    if tolerance is None:
        return None
    fair = fair_lot(zones, size)
    return Band(
        ceil(fair * (1 - tolerance) - HAIR), floor(fair * (1 + tolerance) + HAIR)
    )


def judge_lots(
    plan: Plan,
    lots: Sequence[Sequence[int]],
    *,
    size: int = 3,
    count: int | None = None,
    near_allowed: float | None = None,
    tolerance: float | None = None,
    rules: LotRules | None = None,
    ids: Sequence[int] = (),
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
    rules
        What else lots must keep.
    ids
        What the lots given are called. Default: they are counted, by their zones.

    Raises
    ------
    InputError
        The rules name what is not there, or contradict one another.
    """
    zones, asked = ZoneFacts(plan), LotRules() if rules is None else rules
    refuse_rules(zones, asked, max(allowed_below(plan.num_zones, size)))
    given = [tuple(sorted(int(zone) for zone in lot)) for lot in lots]
    ordered = sorted(lot for lot in given if lot)
    called = dict(zip(given, ids, strict=True)) if ids else {}
    names = [f"lot {called.get(lot, at)}" for at, lot in enumerate(ordered, 1)]
    faults = [*_not_once(zones, ordered)]
    if faults:
        return LotsVerdict(tuple(faults), ())
    priced = tuple(_price(zones, lot, asked) for lot in ordered)
    faults += _wrong_sizes(plan.num_zones, priced, names, size, count)
    for name, lot in zip(names, priced, strict=True):
        faults += _too_far_apart(zones, name, lot, near_allowed)
    faults += _outside_band(zones, priced, names, tolerance)
    for name, lot in zip(names, priced, strict=True):
        faults += broken_rules(zones, asked, name, lot.zones, lot.facts)
    faults += too_unlike(asked, [lot.facts for lot in priced])
    return LotsVerdict(tuple(faults), priced)


def _price(zones: ZoneFacts, lot: tuple[int, ...], rules: LotRules) -> Lot:
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
    cost = fixed + own + _dot(prices, bought) + travel + crossing
    return Lot(
        zones=lot,
        hub=hub,
        own=own,
        resources=tuple(zip(names, bought, strict=True)),
        separate_resources=tuple(zip(names, separate, strict=True)),
        travel=travel,
        crossings=crossings,
        near=near,
        cost=cost,
        separate_cost=fixed * len(lot) + own + _dot(prices, separate),
        facts=facts_of(zones, lot, cost, crossings, rules),
        whole=len(set(_parts(lot, _inside(zones.beside, lot)).values())) == 1,
    )


def _dot(prices: Sequence[int], counts: Sequence[int]) -> int:
    return sum(price * count for price, count in zip(prices, counts, strict=True))


def _resources(zones: ZoneFacts, lot: tuple[int, ...]) -> list[int]:
    """How many of each resource a lot buys."""
    bought = []
    for resource, demand in zip(zones.resources, zones.demand, strict=True):
        needs = [int(demand[zone]) for zone in lot]
        if resource.shared == "zone":
            bought.append(sum(pieces_of(resource, need) for need in needs))
        else:
            bought.append(pieces_of(resource, sum(needs)))
    return bought


def _hub(zones: ZoneFacts, lot: tuple[int, ...]) -> tuple[int, int]:
    """The member zone with the least way from all of them (the first of equals)."""
    ways = [(sum(zones.travel(zone, hub) for zone in lot), hub) for hub in lot]
    travel, hub = min(ways)
    return hub, travel


def _links(zones: ZoneFacts, lot: tuple[int, ...]) -> tuple[int, tuple[ZonePair, ...]]:
    """Crossings and near links that hold a lot together.

    Barriers are crossed where that joins zones; only what still falls apart is joined
    by near links, the shortest first.
    """
    open_, cut = _inside(zones.touching, lot), _inside(zones.cut, lot)
    part = _parts(lot, open_)
    joined = _parts(lot, open_ + cut)
    crossings = len(set(part.values())) - len(set(joined.values()))
    near: list[ZonePair] = []
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


def _inside(pairs: NDArray[np.int64], lot: tuple[int, ...]) -> list[ZonePair]:
    return [(a, b) for a, b in pairs[np.isin(pairs, lot).all(axis=1)].tolist()]


def _parts(lot: tuple[int, ...], pairs: Sequence[ZonePair]) -> dict[int, int]:
    """For each zone of a lot the number of the part it hangs together with."""
    part = {zone: i for i, zone in enumerate(lot)}
    for a, b in pairs:
        here, there = part[a], part[b]
        part = {zone: here if p == there else p for zone, p in part.items()}
    return part


def _not_once(zones: ZoneFacts, lots: Sequence[tuple[int, ...]]) -> Iterator[str]:
    num_zones = zones.plan.num_zones
    times = [0] * num_zones
    for lot in lots:
        for zone in lot:
            if 0 <= zone < num_zones:
                times[zone] += 1
            else:
                yield f"Zone number {zone} is not one of 0 to {num_zones - 1}."
    for zone, often in enumerate(times):
        if often != 1:
            yield f"Zone {zones.names[zone]} is in {often} lots; it must be in one."


def _wrong_sizes(
    num_zones: int,
    lots: Sequence[Lot],
    names: Sequence[str],
    size: int,
    count: int | None,
) -> Iterator[str]:
    rule = lot_sizes(num_zones, size)
    allowed = rule.allowed if count is None else allowed_below(num_zones, size)
    wanted = rule.count if count is None else count
    for name, lot in zip(names, lots, strict=True):
        if len(lot.zones) not in allowed:
            told = ", ".join(str(one) for one in allowed)
            yield (
                f"{name.capitalize()} has {len(lot.zones)} zones; allowed are {told}."
            )
    have = sum(len(lot.zones) == size for lot in lots)
    if have < wanted:
        yield f"{have} lots have {size} zones; there must be at least {wanted}."


def _too_far_apart(
    zones: ZoneFacts, name: str, lot: Lot, near_allowed: float | None
) -> Iterator[str]:
    for a, b in lot.near:
        gap = zones.gap(a, b)
        if near_allowed is None or gap > near_allowed:
            yield (
                f"{name.capitalize()}: zone {zones.names[a]} and zone "
                f"{zones.names[b]} do not touch; they are {gap:,.0f} m apart."
            )


def _outside_band(
    zones: ZoneFacts, lots: Sequence[Lot], names: Sequence[str], tolerance: float | None
) -> Iterator[str]:
    sizes = {len(lot.zones) for lot in lots}
    bands = {some: lot_band(zones, some, tolerance) for some in sizes}
    for name, lot in zip(names, lots, strict=True):
        band = bands[len(lot.zones)]
        if band is not None and lot.cost not in band:
            yield (
                f"{name.capitalize()} costs {lot.cost:,} yuan a year; "
                f"allowed are {band.low:,} to {band.high:,}."
            )
