"""What each unit is worth to a center, and which units a cheap zone of it may hold.

With the center fixed, each unit's share of a zone's reduced cost is its own: what it
costs to travel there less its dual price. The best fractional filling of a band is a
knapsack, by sorting.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.search.instance.compatibility import Compatibility
from zoning.search.instance.constants import NO_LIMIT, SCALE
from zoning.search.instance.instance import Instance
from zoning.search.instance.travel import TravelData, travel_cost
from zoning.search.kernels.compiled import compiled, inlined, inner
from zoning.search.kernels.heap import drop, push

Ints = NDArray[np.int64]


class Land(NamedTuple):
    """What compiled code needs of a region to price zones; see `Instance`."""

    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]
    sums: Ints
    low: Ints
    high: Ints
    cost_low: np.int64
    cost_high: np.int64
    free: np.bool_
    ways: TravelData


class Room(NamedTuple):
    """Where compiled code works on the units of a center, a place for each.

    Parameters
    ----------
    value, weight
        What each unit is worth to the center, and how much it fills of the band.
    order, cand
        Units by rising value per weight, and those of them that may be of use.
    keys, items
        A heap.
    """

    value: Ints
    weight: Ints
    order: Ints
    cand: Ints
    items: Ints
    keys: NDArray[np.float64]


def land(a: Instance) -> Land:
    """What is needed of a region."""
    return Land(*a[:9])


def who(a: Instance) -> Compatibility | None:
    """Who may share a zone; None where every two units may and none must.

    With None no code for such rules is compiled.
    """
    return a.compatibility if a.compatibility.matters else None


def room(size: int) -> Room:
    """Room for so many units."""
    value, weight, order, cand, items = np.empty((5, size), np.int64)
    return Room(value, weight, order, cand, items, np.empty(size, np.float64))


def may_belong(
    a: Instance, c: int, units: NDArray[np.int32], dual: Ints, threshold: int
) -> NDArray[np.int32]:
    """Units that some zone around `c` of value up to the threshold may hold."""
    kept = np.zeros(len(units), np.bool_)
    _may_belong(land(a), c, units, dual, threshold, room(len(units)), kept)
    return units[kept]


@compiled
def _may_belong(land, c, units, dual, threshold, room, kept):  # type: ignore[no-untyped-def]
    low, high = offers(land, c, units, dual, room)
    size, root = usable(c, units, room, low, high, threshold)
    if root > threshold:
        return
    for s in range(size):
        kept[room.cand[s]] = True
    for q in range(len(units)):
        kept[q] = kept[q] or units[q] == c


@inner
def offers(land, c, units, dual, room):  # type: ignore[no-untyped-def]
    """Value and weight of each unit at a center, and the order; gives the band."""
    low, high = weigh(land, c, units, dual, room)
    size = np.int64(len(units))
    for at in range(len(units)):
        room.order[at] = room.items[0]
        size = drop(room.keys, room.items, size)
    return low, high


@inner
def weigh(land, c, units, dual, room):  # type: ignore[no-untyped-def]
    """Value and weight of each unit at a center, and a heap by ratio; gives the band.

    The weight is the cost where cost is balanced, else the first sum with a limit. A
    zone whose best center is c costs exactly the weight of its units at c.
    """
    by_cost = land.cost_high < NO_LIMIT
    row = 0
    if not by_cost:
        while row < land.sums.shape[0] - 1 and land.high[row] >= NO_LIMIT:
            row += 1
    size = np.int64(0)
    for q in range(len(units)):
        u = np.int64(units[q])
        t = travel_cost(land.ways, u, np.int64(c))
        room.value[q] = SCALE * t - dual[u]
        room.weight[q] = land.sums[0, u] + t if by_cost else land.sums[row, u]
        size = push(room.keys, room.items, size, ratio(room, q), q)
    low = land.cost_low if by_cost else land.low[row]
    high = land.cost_high if by_cost else land.high[row]
    return low, high


@inner
def ratio(room, q):  # type: ignore[no-untyped-def]
    """Value per weight of a unit."""
    if room.weight[q] > 0:
        return room.value[q] / room.weight[q]
    return -np.inf if room.value[q] < 0 else np.inf


@inlined
def part_of(value, some, weight):  # type: ignore[no-untyped-def]
    """A whole number not above ``value × some / weight``, nor much below.

    Three roundings err by less than 2**-51 of the product. All whole values are added
    as whole numbers, so this is the only fraction in a bound.
    """
    product = np.float64(value) * (np.float64(some) / np.float64(weight))
    return np.int64(np.floor(product - 2.0**-50 * abs(product)))


@inner
def usable(c, units, room, low, high, threshold):  # type: ignore[no-untyped-def]
    """How many candidates a center has, put into ``room.cand``, and the root bound.

    A unit is left out when taking it in lifts the fractional bound over the threshold.
    """
    value, weight = room.value, room.weight
    own = 0
    while units[own] != c:
        own += 1
    total = value[own]
    heft = weight[own]
    rho = 0.0
    for at in range(len(units)):
        q = room.order[at]
        if q == own or weight[q] + weight[own] > high:
            continue
        if value[q] < 0:
            if weight[q] > 0 and heft + weight[q] >= high:
                rho = ratio(room, q)
                total += part_of(value[q], high - heft, weight[q])
                heft = high
                break
        elif heft >= low:
            break
        elif heft + weight[q] >= low:
            rho = ratio(room, q)
            total += part_of(value[q], low - heft, weight[q])
            heft = low
            break
        total += value[q]
        heft += weight[q]
    if heft < low:
        return 0, np.int64(NO_LIMIT)
    size = 0
    for at in range(len(units)):
        q = room.order[at]
        if q == own or weight[q] + weight[own] > high:
            continue
        # what taking it in lifts the bound by, the error of the fractions left out
        less = rho * weight[q]
        lift = value[q] - less - 2.0**-50 * (abs(value[q]) + abs(less))
        if lift <= 0.0 or np.int64(np.floor(lift)) <= threshold - total:
            room.cand[size] = q
            size += 1
    return size, total
