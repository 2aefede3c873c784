"""The fractional knapsack of a center: a bound on the reduced cost of its zones.

With the center fixed, each unit's share of a zone's reduced cost (its *value*) is its
own: what it costs to travel there less its dual. Its *weight* is what it fills of the
band. The cheapest fractional filling of the band takes units by rising value per weight
(Dantzig 1957, doi:10.1287/opre.5.2.266). See "Pricing around a center" and "Fixing by
reduced cost" in docs/formulation.md.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.search.instance.compatibility import Compatibility
from zoning.search.instance.constants import NO_LIMIT, SCALE
from zoning.search.instance.elastic_bands import ElasticBands
from zoning.search.instance.instance import Instance
from zoning.search.instance.travel import TravelData, travel_cost
from zoning.search.kernels.compiled import compiled, inlined, inner
from zoning.search.kernels.heap import drop, push

Ints = NDArray[np.int64]


class PricingData(NamedTuple):
    """What compiled code needs of a region to price zones; see `Instance`."""

    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]
    sums: Ints
    low: Ints
    high: Ints
    cost_low: np.int64
    cost_high: np.int64
    elastic: ElasticBands
    is_complete: np.bool_
    travel_data: TravelData


class Limits(NamedTuple):
    """What the weight of a zone may be, and the band inside that costs nothing.

    Outside the band each weight costs `price`, × `SCALE`; with none the band is the
    whole.
    """

    low: np.int64
    band_low: np.int64
    band_high: np.int64
    high: np.int64
    price: np.int64


class Workspace(NamedTuple):
    """Where compiled code works on the units of a center, a place for each.

    Parameters
    ----------
    value, weight
        Each unit's share of the reduced cost, and how much it fills of the band.
    order, candidates
        Units by rising value per weight, and those of them that may be of use.
    items, keys
        A heap.
    share
        How much of each unit the cheapest filling takes.
    """

    value: Ints
    weight: Ints
    order: Ints
    candidates: Ints
    items: Ints
    keys: NDArray[np.float64]
    share: NDArray[np.float64]


def pricing_data(a: Instance) -> PricingData:
    """What is needed of a region."""
    return PricingData(*a[:10])


def compatibility(a: Instance) -> Compatibility | None:
    """Who may share a zone; None where every two units may and none must.

    With None no code for such rules is compiled.
    """
    return a.compatibility if a.compatibility.matters else None


def workspace(size: int) -> Workspace:
    """Room for so many units."""
    value, weight, order, candidates, items = np.empty((5, size), np.int64)
    keys, share = np.empty((2, size), np.float64)
    return Workspace(value, weight, order, candidates, items, keys, share)


def units_within(
    a: Instance,
    center: int,
    units: NDArray[np.int32],
    dual: Ints,
    max_reduced_cost: int,
) -> NDArray[np.int32]:
    """Units that some zone around the center of at most so much may hold."""
    kept = np.zeros(len(units), np.bool_)
    _units_within(
        pricing_data(a),
        center,
        units,
        dual,
        max_reduced_cost,
        workspace(len(units)),
        kept,
    )
    return units[kept]


@compiled
def _units_within(data, center, units, dual, max_reduced_cost, space, kept):  # type: ignore[no-untyped-def]
    _, root, size = filter_by_bound(data, center, units, dual, space, max_reduced_cost)
    if root > max_reduced_cost:
        return
    for s in range(size):
        kept[space.candidates[s]] = True
    for q in range(len(units)):
        kept[q] = kept[q] or units[q] == center


@inner
def filter_by_bound(data, center, units, dual, space, max_reduced_cost):  # type: ignore[no-untyped-def]
    """Reduce the units of a center to those that zones of at most so much may hold.

    They are put into ``space.candidates`` by rising value per weight; there are none
    where the bound on all zones is above. A unit is left out when taking it in lifts
    the bound over it, at the multiplier of the band.

    Gives the `Filling` limits, the bound, and how many candidates there are.
    """
    value, weight = space.value, space.weight
    limits = heap_units(data, center, units, dual, space)
    own, total, multiplier, at = fill_band(center, units, space, limits)
    if total > max_reduced_cost:
        return limits, total, 0
    left = np.int64(len(units)) - at
    while left > 0:
        space.order[len(units) - left] = space.items[0]
        left = drop(space.keys, space.items, left)
    size = 0
    for at in range(len(units)):
        q = space.order[at]
        if q == own or weight[q] + weight[own] > limits.high:
            continue
        # what taking it in lifts the bound by, the error of the fractions left out
        less = multiplier * weight[q]
        lift = value[q] - less - 2.0**-50 * (abs(value[q]) + abs(less))
        if lift <= 0.0 or np.int64(np.floor(lift)) <= max_reduced_cost - total:
            space.candidates[size] = q
            size += 1
    return limits, total, size


@inner
def heap_units(data, center, units, dual, space):  # type: ignore[no-untyped-def]
    """Value and weight of each unit at a center, and a heap by ratio; gives the limits.

    The weight is the cost where cost is balanced, else the first sum with a limit. A
    zone whose best center is this one costs exactly the weight of its units.
    """
    elastic, last = data.elastic, data.sums.shape[0]
    by_cost = data.cost_high < NO_LIMIT or elastic.price[last] > 0
    row = 0
    if not by_cost:
        while row < last - 1 and data.high[row] >= NO_LIMIT and elastic.price[row] == 0:
            row += 1
    size = np.int64(0)
    for q in range(len(units)):
        u = np.int64(units[q])
        t = travel_cost(data.travel_data, u, np.int64(center))
        space.value[q] = SCALE * t - dual[u]
        space.weight[q] = data.sums[0, u] + t if by_cost else data.sums[row, u]
        size = push(space.keys, space.items, size, ratio(space, q), q)
    low = data.cost_low if by_cost else data.low[row]
    high = data.cost_high if by_cost else data.high[row]
    at = last if by_cost else row
    price = SCALE * elastic.price[at]
    if price == 0:
        return Limits(low, low, high, high, price)
    return Limits(low, elastic.low[at], elastic.high[at], high, price)


@inlined
def room_for(limits, value, weight, filled):  # type: ignore[no-untyped-def]
    """How much more weight of a unit of this value pays, where so much is filled.

    Filling changes what it is worth where the band begins and ends: below, each weight
    taken in saves its price, above it costs it. Values per weight rise along the order
    in which units are taken, so what does not pay any more never pays again.
    """
    rise = limits.price * weight
    if value < -rise:
        return limits.high - filled
    if value < 0:
        return limits.band_high - filled
    if value < rise:
        return limits.band_low - filled
    return limits.low - filled


@inlined
def price_of_filling(limits, filled):  # type: ignore[no-untyped-def]
    """What so much weight costs for lying outside the band."""
    if filled < limits.band_low:
        return limits.price * (limits.band_low - filled)
    if filled > limits.band_high:
        return limits.price * (filled - limits.band_high)
    return np.int64(0)


@inner
def ratio(space, q):  # type: ignore[no-untyped-def]
    """Value per weight of a unit."""
    if space.weight[q] > 0:
        return space.value[q] / space.weight[q]
    return -np.inf if space.value[q] < 0 else np.inf


@inner
def fill_band(center, units, space, limits):  # type: ignore[no-untyped-def]
    """The cheapest fractional filling of the band that holds all of the center.

    Units come off the heap, into ``space.order``, until the band is full: sorting all
    would take longer. How much is taken of each is put into ``space.share``.

    Gives the place of the center, the value with its price (`NO_LIMIT` where no filling
    is allowed), the multiplier of the band, which is value per weight of the last unit,
    and how many units came off.
    """
    value, weight, share = space.value, space.weight, space.share
    own = 0
    for q in range(len(units)):
        share[q] = 0.0
        if units[q] == center:
            own = q
    total = value[own]
    filled = weight[own]
    share[own] = 1.0
    multiplier = 0.0
    stopped = False
    size = np.int64(len(units))
    while size > 0:
        q = space.items[0]
        space.order[len(units) - size] = q
        size = drop(space.keys, space.items, size)
        if q == own or weight[q] + weight[own] > limits.high:
            continue
        room = room_for(limits, value[q], weight[q], filled)
        if weight[q] < room or (weight[q] == 0 and value[q] < 0):
            share[q] = 1.0
            total += value[q]
            filled += weight[q]
            continue
        if room > 0:
            share[q] = room / weight[q]
            total += floor_part(value[q], room, weight[q])
            filled += room
            multiplier = ratio(space, q)
        else:
            multiplier = min(multiplier_at(limits, filled), ratio(space, q))
        stopped = True
        break
    if not stopped:
        multiplier = multiplier_at(limits, filled)
    bound = np.int64(NO_LIMIT)
    if filled >= limits.low:
        bound = total + price_of_filling(limits, filled)
    return own, bound, multiplier, len(units) - size


@inlined
def multiplier_at(limits, filled):  # type: ignore[no-untyped-def]
    """The most a weight may be worth where filling ends between two units.

    It is how fast the price falls there; at the ends of the band any value between the
    two sides will do.
    """
    if filled <= limits.band_low:
        return np.float64(limits.price)
    if filled <= limits.band_high:
        return 0.0
    return -np.float64(limits.price)


@inlined
def floor_part(value, part, weight):  # type: ignore[no-untyped-def]
    """A whole number not above ``value × part / weight``, nor much below.

    Three roundings err by less than 2**-51 of the product. All whole values are added
    as whole numbers, so this is the only fraction in a bound.
    """
    if part == weight:
        return value
    product = np.float64(value) * (np.float64(part) / np.float64(weight))
    return np.int64(np.floor(product - 2.0**-50 * abs(product)))
