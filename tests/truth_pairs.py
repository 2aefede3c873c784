"""The truth about zones and lots together: every plan, every way to bundle it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.truth import Small, units_of
from tests.truth_lots import Asked, Lot, SmallLots

Kept = tuple[int, int]  # torn lots; lots of the size asked for, negative


def best_pairs(small: Small, asked: Asked) -> dict[Kept, int]:
    """The least cost of zones and lots, by what lots keep; empty where there are none.

    The smallest key goes first. Costs hold what soft rules and changes of zone add.
    """
    zones = sorted(small.truth.zones)
    told = SmallLots(small, zones)
    at = {zone: place for place, zone in enumerate(zones)}
    count = int(small.problem.num_zones)
    full, usual = asked.sizes(count)
    found: dict[Kept, int] = {}
    for split in splits(small.whole, count, zones):
        more = added(small, told, [at[zone] for zone in split])
        if more is None:
            continue
        for lots in bundlings(tuple(at[zone] for zone in split), asked.laxer(count)):
            sizes = [len(lot) for lot in lots]
            have = sizes.count(asked.size)
            if have > full or (have == full and not usual.issuperset(sizes)):
                continue
            if all(told.near(lot, asked.gap_limit) for lot in lots):
                key = told.torn(lots), -have
                cost = sum(map(told.cost, lots)) + more
                found[key] = min(cost, found.get(key, cost))
    return found


def added(small: Small, told: SmallLots, places: list[int]) -> int | None:
    """What soft rules and changes add to a plan; None where it breaks a rule."""
    split = [told.zones[place] for place in places]
    soft = sum(small.price(zone)[1] for zone in split)
    soft -= sum(map(told.travel_inside, places))
    labels = [[zone >> i & 1 for zone in split].index(1) for i in range(small.n)]
    judged = small.judged(labels)
    if not judged.ok:
        return None
    assert judged.cost is not None
    return soft + judged.cost - sum(map(small.cost, split))


def splits(left: int, count: int, zones: list[int]) -> Iterator[tuple[int, ...]]:
    """Every way to split units into so many of these zones."""
    if not left or not count:
        if left == count == 0:
            yield ()
        return
    for zone in zones:
        if zone & left == zone and zone & left & -left:
            for rest in splits(left ^ zone, count - 1, zones):
                yield (zone, *rest)


def bundlings(zones: Lot, sizes: set[int]) -> Iterator[tuple[Lot, ...]]:
    """Every way to bundle zones into lots of these sizes."""
    if not zones:
        yield ()
        return
    others = zones[1:]
    for pick in range(1 << len(others)):
        lot = (zones[0], *(others[i] for i in units_of(pick)))
        if len(lot) in sizes:
            left = tuple(zone for zone in others if zone not in lot)
            for rest in bundlings(left, sizes):
                yield (tuple(sorted(lot)), *rest)
