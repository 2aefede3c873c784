"""Bound of a large region: prices from overlapping windows, then one look everywhere.

A bound is valid for any prices of the units. Good prices are local: what a unit is
worth hangs on what lies around it. So the relaxation is solved on windows of
neighbouring zones, each unit takes its price from the window it lies deepest in, and
then every center of the whole region is asked for its best zone at these prices. Steps
along the bound's slope follow, as time allows. Time and memory grow with the number of
units, and windows are solved side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoning.search import arrays, zones
from zoning.search.arrays import SCALE
from zoning.search.master import Limits, master_of
from zoning.search.pricing import Market, Prices
from zoning.search.prospect import Found
from zoning.search.relax import DENSE_UNITS, Level, climb, slide
from zoning.search.run import Run
from zoning.search.zone_graph import ZoneGraph
from zoning.search.zones import Ints

NODES = 200_000


@dataclass(frozen=True)
class Quilt:
    """Strategy: prove a bound of a region too large for one relaxation.

    Parameters
    ----------
    core, rim
        Zones a window takes prices for, and zones around them that it also holds.
    seconds
        At most so long for one window.
    """

    core: int = 6
    rim: int = 14
    seconds: float = 6.0

    def __call__(self, run: Run) -> None:
        """Prove a bound; offers no plan."""
        if run.plan is None:
            return
        labels = run.placed(run.plan.zone_of)
        graph = ZoneGraph(run.arrays, labels, run.count)
        patches = _patches(graph, self.core, self.rim)
        each = min(self.seconds, 0.7 * run.left * run.workers / len(patches))
        price = np.zeros(len(labels), np.float64)

        def sew(patch: _Patch) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
            return _prices(run, labels, patch, each)

        for units, prices in run.map(sew, patches):
            price[units] = prices
        market = Market(run.arrays, run.count, run.executor, 16 * run.workers)
        _look_everywhere(run, market, price)


@dataclass(frozen=True)
class _Patch:
    core: Ints
    all: Ints


def _patches(graph: ZoneGraph, core: int, rim: int) -> list[_Patch]:
    """Cores that cover every zone once, each with the zones nearest around it."""
    free = np.ones(graph.count, np.bool_)
    out = []
    for seed in range(graph.count):
        if not free[seed]:
            continue
        inner = graph.around(seed, core, free)
        free[inner] = False
        out.append(_Patch(np.array(inner), np.array(graph.more(inner, core + rim))))
    return out


def _prices(
    run: Run, labels: NDArray[np.int32], patch: _Patch, seconds: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Units of the core, and their prices from the relaxation of the whole patch."""
    some = np.sort(patch.all)
    units = np.flatnonzero(np.isin(labels, some))
    a = arrays.window(run.arrays, units)
    inside = np.searchsorted(some, labels[units]).astype(np.int32)
    plan = zones.of_plan(a, inside, len(some))
    ours = np.isin(labels[units], patch.core)
    prices = None
    if run.left > seconds:  # else the patches before have taken longer than was meant
        limits = Limits(seconds=seconds, seed=run.seed)
        master = master_of(a, len(some), plan, limits, [inside])
        master.limit = None  # prices are wanted to the end, also where the plan is best
        master.price()
        prices = master.prices
    if prices is None:
        load = a.sums[0] + 1.0
        worth = load * (plan.cost / np.bincount(inside, weights=load))[inside]
        return units[ours], worth[ours]
    # the price of one more zone is spread by load: loads of zones are nearly the same
    load = a.sums[0] / max(1, a.sums[0].sum()) * len(some)
    worth = (prices.unit + prices.count * load) / SCALE
    return units[ours], worth[ours]


def _look_everywhere(run: Run, market: Market, price: NDArray[np.float64]) -> None:
    """Ask every center for its best zone; then lift the prices as time allows."""

    def evaluate(price: NDArray[np.float64]) -> Level | None:
        none = np.zeros(0, np.int64)
        prices = Prices(
            np.rint(price * SCALE).astype(np.int64), 0, none, np.zeros((0, 3), np.int32)
        )
        found = market.ask(
            prices,
            0,
            improving=True,
            most_nodes=NODES,
            most_zones=50,
            deadline=run.deadline,
        )
        if found is None:
            return None
        least = market.least(found)
        return Level(prices, least, market.bound(prices, least), _up(market, found))

    first = evaluate(price)
    if first is None or run.cost is None:
        return
    limit = run.cost - run.base

    def tell(travel: int) -> None:
        run.prove_travel(travel, "windows' prices")

    tell(first.bound)
    if len(price) <= DENSE_UNITS:
        level = climb(evaluate, market, first, limit, deadline=run.deadline, tell=tell)
    else:
        level = slide(evaluate, first, limit, deadline=run.deadline, tell=tell)
    run.prove_travel(level.bound, "windows' prices")


def _up(market: Market, found: list[Found]) -> NDArray[np.float64]:
    """Units in none of the best zones should be dearer, units in several cheaper."""
    up = np.ones(len(market.open), np.float64)
    order = np.argsort([one.least for one in found], kind="stable")
    for at in order[: market.count]:
        one = found[at]
        if len(one.value):
            last = one.members[one.indptr[-2] : one.indptr[-1]]
            up[last] -= 1.0
    return up
