"""What each center is worth where its zone must hang together, at prices of the units.

Only the centers of the cheapest knapsacks can count; zones that hang together are
searched around those, as in the exact engine, until the others cannot be among the
cheapest.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zoning.search.lagrangian import bound as relax
from zoning.search.lagrangian.bound import Level
from zoning.search.pricing.price_center import Found
from zoning.search.pricing.subproblems import Market

NODES = 2_000  # steps of the search around one center; then its knapsack counts
FINDS = 50  # ever cheaper zones around one center; then its knapsack counts
ROOM = 0.2  # of a usual zone's price, by which hanging together may lift the dearest
MORE = 0.25  # so many more centers are searched at a time, in numbers of zones


def evaluate(
    market: Market, price: NDArray[np.float64], deadline: float
) -> Level | None:
    """The bound where every zone hangs together; None if it got late."""
    loose = relax.evaluate(market, price)
    prices, least, count = loose.prices, loose.least.copy(), market.count
    if len(market.centers) < count:
        return loose
    # those ruled out are not asked, though no other may have a zone either
    order = market.centers[np.argsort(least[market.centers], kind="stable")]
    # what is dearer is told apart no more: the bound stays valid, if a little weaker
    top = int(least[order[count - 1]] + ROOM * prices.total / count)
    zones: dict[int, Found] = {}
    done, size = 0, count
    while done < len(order) and least[order[done]] <= top:
        some = np.sort(order[done : done + size])
        found = market.ask(
            prices,
            top,
            improving=True,
            most_nodes=NODES,
            most_zones=FINDS,
            deadline=deadline,
            centers=some,
        )
        if found is None:
            return None
        for c, one in zip(some.tolist(), found, strict=True):
            least[c] = max(least[c], one.least)
            zones[c] = one
        done += len(some)
        size = max(1, int(MORE * count))
        if done >= count:  # no center above the last of the cheapest so far counts
            top = min(top, int(np.partition(least[order[:done]], count - 1)[count - 1]))
    return Level(prices, least, market.bound(prices, least), _up(market, least, zones))


def _up(
    market: Market, least: NDArray[np.int64], zones: dict[int, Found]
) -> NDArray[np.float64]:
    """Units in none of the best zones should be dearer, units in several cheaper."""
    up = np.ones(len(least), np.float64)
    for c in np.argsort(least, kind="stable")[: market.count].tolist():
        one = zones.get(c)
        if one is not None and len(one.value):
            up[one.members[one.indptr[-2] : one.indptr[-1]]] -= 1.0
    return up
