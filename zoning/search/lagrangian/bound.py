"""Bound by centers: forget that every unit is served once, at a price.

With a price on each unit, every center is a knapsack of its own (which units are worth
more than they travel, within the band), solved by sorting; the best `count` centers
give a bound. The prices are found by Shor's r-algorithm (space dilation along the
difference of two subgradients), which needs far fewer steps than plain subgradients.

Shor: Minimization Methods for Non-Differentiable Functions. Springer, 1985,
doi:10.1007/978-3-642-82118-9. Step rule after Kappel and Kuntsevich, Computational
Optimization and Applications 15, 2000, doi:10.1023/A:1008739111712.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.search.instance.constants import FAR, NO_LIMIT, SCALE
from zoning.search.instance.instance import Instance
from zoning.search.instance.zones import Ints, of_plan
from zoning.search.kernels.compiled import compiled, inner
from zoning.search.kernels.heap import drop
from zoning.search.pricing.center_knapsack import land, part_of, room, weigh
from zoning.search.pricing.subproblems import Market, Prices

DILATION = 0.5  # space is halved along each difference of subgradients
DENSE_UNITS = 5_000  # beyond, the dilated space does not fit the time
FIX_EVERY = 12  # better bounds between two looks at what they rule out
PATIENCE = 40  # steps without 1 in 10,000 better
KEEP, SHRINK = 0.7, 8.0  # of averaged steps: weight of earlier slopes; the last is 1/9


@dataclass(frozen=True)
class Level:
    """Prices, each center's least value at them, the bound, and which way is up."""

    prices: Prices
    least: Ints
    bound: int
    up: NDArray[np.float64]


def dearest(num_units: int) -> float:
    """The highest price of a unit that all sums of whole-number prices can hold."""
    return float(2.0**57 / SCALE / num_units)


def prices_by_centers(
    market: Market,
    begin: NDArray[np.float64],
    limit: int | None,
    *,
    deadline: float,
    tell: Callable[[int], None] = lambda _: None,
) -> Level:
    """Best prices of the units when centers are knapsacks.

    Parameters
    ----------
    market
        Which units may belong to which center; narrowed as the bound improves.
    begin
        Prices to begin with, yuan per unit.
    limit
        Travel of the best plan known, or None.
    """
    return climb(
        lambda price: evaluate(market, price),
        market,
        evaluate(market, begin),
        limit,
        deadline=deadline,
        tell=tell,
    )


def climb(
    evaluate: Callable[[NDArray[np.float64]], Level | None],
    market: Market,
    first: Level,
    limit: int | None,
    *,
    deadline: float,
    tell: Callable[[int], None] = lambda _: None,
) -> Level:
    """Lift the bound by Shor's r-algorithm; see `prices_by_centers`.

    `evaluate` gives None when the time ran out.
    """
    price = first.prices.unit / SCALE
    n = len(price)
    space = np.eye(n)
    step = 0.1 * float(np.abs(price).mean()) * np.sqrt(n) + 1e-9
    best, slope = first, first.up
    stale = news = 0
    while perf_counter() < deadline and stale < PATIENCE:
        down = space.T @ slope
        length = float(np.linalg.norm(down))
        if length < 1e-12 * max(1.0, float(np.linalg.norm(slope))):
            break
        toward = space @ (down / length)
        before, moves = slope, 0
        while True:
            price = price + step * toward
            # without any plan prices rise for ever; stop where whole numbers end
            now = None if np.abs(price).max() > dearest(n) else evaluate(price)
            if now is None:
                return best
            moves += 1
            stale += 1
            if now.bound > best.bound:
                if now.bound - best.bound > 1e-4 * abs(best.bound):
                    stale = 0
                best = now
                tell(best.bound)
                news += 1
                if limit is not None and best.bound < limit and news % FIX_EVERY == 0:
                    market.fix(best.prices, best.least, limit)
            slope = now.up
            if float(slope @ toward) <= 0 or moves > 20 or perf_counter() > deadline:
                break
            if moves > 2:
                step *= 1.2
        if moves == 1:
            step *= 0.9
        turn = space.T @ (slope - before)
        size = float(np.linalg.norm(turn))
        if size > 1e-12:
            turn /= size
            space += (DILATION - 1.0) * np.outer(space @ turn, turn)
        if limit is not None and best.bound >= limit:
            break
    if limit is not None and best.bound < limit:
        market.fix(best.prices, best.least, limit)
    return best


def rise(
    evaluate: Callable[[NDArray[np.float64]], Level | None],
    first: Level,
    looks: int,
    *,
    step: float,
    deadline: float,
) -> Level:
    """Lift the bound by so many averaged steps: for regions of any size.

    Each goes along the mean of the slopes so far, the last counting most (as in the
    volume algorithm), and shrinks from one to the next. A unit's step is a part of its
    price at first and of the mean of all prices.

    References
    ----------
    Barahona, Anbil: The volume algorithm. Mathematical Programming 87, 2000,
    doi:10.1007/s101070050002.
    """
    price = first.prices.unit / SCALE
    scale = step * (np.abs(price) + np.abs(price).mean()) / 2
    best, toward = first, first.up
    for at in range(looks):
        price = price + scale / (1.0 + SHRINK * at / looks) * toward
        now = None if perf_counter() > deadline else evaluate(price)
        if now is None:
            break
        best = max(best, now, key=lambda level: level.bound)
        toward = KEEP * toward + (1 - KEEP) * now.up
    return best


def worth(
    a: Instance, count: int, near: Sequence[NDArray[np.int32]]
) -> NDArray[np.float64]:
    """Prices to begin with, yuan per unit.

    The travel of zones that are nearly good, shared among their units by load.
    """
    if not len(near):
        if len(a.travel_data.table):
            ways = (a.travel_data.table % FAR).mean(axis=1)
            return np.asarray(ways / np.sqrt(count), np.float64)
        reach = np.hypot(np.ptp(a.travel_data.x), np.ptp(a.travel_data.y)) + 1.0
        return np.asarray(
            a.travel_data.metre_price * reach / np.sqrt(count), np.float64
        )
    weight = a.sums[0].astype(np.float64) + 1.0
    out = np.zeros(len(weight), np.float64)
    for labels in near:
        plan = of_plan(a, labels, count)
        total = np.bincount(labels, weights=weight, minlength=count)
        out += weight * (plan.cost % FAR / total)[labels]
    return out / len(near)


def evaluate(market: Market, price: NDArray[np.float64]) -> Level:
    """The bound where every center is a knapsack."""
    a = market.a
    whole = np.rint(price * SCALE).astype(np.int64)
    prices = Prices(whole, 0, np.zeros(0, np.int64), np.zeros((0, 3), np.int32))

    def fill(some: Ints) -> tuple[Ints, NDArray[np.float64]]:
        indptr, units = market.near_lists(some)
        size = int(np.diff(indptr).max(initial=0))
        roots, served = np.empty(len(some), np.int64), np.zeros(len(whole), np.float64)
        share = np.empty(size, np.float64)
        _fill(land(a), some, indptr, units, whole, room(size), share, roots, served)
        return roots, served

    least = np.full(a.num_units, NO_LIMIT, np.int64)
    least[market.centers] = np.concatenate(
        [roots for roots, _ in market.spread(fill, market.centers)]
    )
    chosen = market.centers[
        np.argsort(least[market.centers], kind="stable")[: market.count]
    ]
    served = fill(chosen)[1]
    return Level(prices, least, market.bound(prices, least), 1.0 - served)


@inner
def _filling(c, units, room, low, high, share):  # type: ignore[no-untyped-def]
    """Cheapest fractional filling of a center: its value, and how much of each unit.

    Units come off the heap until the band is full: sorting all would take longer.
    """
    value, weight = room.value, room.weight
    own = 0
    for q in range(len(units)):
        share[q] = 0.0
        if units[q] == c:
            own = q
    total = value[own]
    heft = weight[own]
    share[own] = 1.0
    size = np.int64(len(units))
    while size > 0:
        q = room.items[0]
        size = drop(room.keys, room.items, size)
        if q == own or weight[q] + weight[own] > high:
            continue
        some = weight[q]  # of it is taken
        if value[q] < 0:
            if weight[q] > 0 and heft + weight[q] > high:
                some = high - heft
        elif heft >= low:
            break
        elif heft + weight[q] > low:
            some = low - heft
        heft += some
        if some < weight[q]:
            share[q] = some / weight[q]
            total += part_of(value[q], some, weight[q])
            break
        share[q] = 1.0
        total += value[q]
    return total if heft >= low else np.int64(NO_LIMIT)


@compiled
def _fill(land, centers, indptr, units, dual, room, share, least, served):  # type: ignore[no-untyped-def]
    """Fill every center: its value into `least`, the units it takes into `served`."""
    for at in range(len(centers)):
        some = units[indptr[at] : indptr[at + 1]]
        low, high = weigh(land, centers[at], some, dual, room)
        least[at] = _filling(centers[at], some, room, low, high, share)
        for q in range(len(some)):
            served[some[q]] += share[q]
