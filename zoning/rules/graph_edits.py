"""The map as rules edit it: edges cut, barriers opened.

Most rules are edits of the graph, so that the search needs no special case for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra

from zoning.errors import InputError
from zoning.region import Barrier, Ints, Region
from zoning.rules.rule import Rule

MANY_UNITS = 2_000  # no table of every two units is made of more
LEAST_STEP = 1e-3  # metres: units at one place are neighbours all the same


def edited(region: Region, rules: Sequence[Rule]) -> Region:
    """The region as rules make it: the same where no rule edits it.

    Borders of `Contain` cut edges, `SoftBarrier` joins what only such barriers cut.
    Units stay what they are.

    Raises
    ------
    InputError
        A rule names a building, a column or a barrier that is not there.
    """
    told = [fault for rule in rules for fault in rule.faults(region)]
    if told:
        raise InputError(" ".join(told))
    made = _opened(region, rules)
    for rule in rules:
        made = rule.cut(made)
    return made


def crossing_prices(
    given: Region, region: Region, rules: Sequence[Rule]
) -> tuple[NDArray[np.int32], Ints]:
    """Sides of soft barriers: the side of each unit, and what the way between costs.

    A way goes from neighbour to neighbour, over soft barriers too, and is the shortest
    there is; it costs the barriers it crosses. Units with the same costs to all others
    are of one side. With more than `MANY_UNITS`, a side is what hangs together without
    crossing, and from one to another the cheapest way counts. Where there is no way the
    price is 0: no zone holds both units.

    Parameters
    ----------
    given, region
        The region before rules edited it, which knows what cuts an edge, and after.
    rules
        All of them.
    """
    free = np.zeros(len(region), np.int32), np.zeros((1, 1), np.int64)
    paid_for = {by: _price(by, rules) for by in dict.fromkeys(given.cut_by)}
    if not any(paid_for.values()):
        return free
    free_pairs = set(map(tuple, np.sort(given.edges, axis=1).tolist()))
    price: dict[tuple[int, int], int] = {}
    for edge, by in zip(given.cut_edges.tolist(), given.cut_by, strict=True):
        paid = paid_for[by]
        pair = (min(edge), max(edge))
        if paid and pair not in free_pairs:
            price[pair] = min(paid, price.get(pair, paid))
    if not price:
        return free
    if len(region) <= MANY_UNITS:
        return _alike(_on_shortest_ways(region, price))
    return _between_parts(region, price)


def _on_shortest_ways(region: Region, price: Mapping[tuple[int, int], int]) -> Ints:
    """For every two units what the shortest way between them crosses, yuan."""
    n, (a, b) = len(region), region.edges.T
    long = np.linalg.norm(region.xy[a] - region.xy[b], axis=1) + LEAST_STEP
    graph = coo_array((long, (a, b)), shape=(n, n)).tocsr()
    before = dijkstra(graph, directed=False, return_predecessors=True)[1]
    step = np.zeros((n, n), np.int64)
    for (one, other), paid in price.items():
        step[one, other] = step[other, one] = paid
    every = np.arange(n)
    none = before < 0  # the unit itself, and where no way leads
    before[none] = np.broadcast_to(every[:, None], (n, n))[none]
    total = step[before, every[None, :]]
    total[none] = 0
    while True:  # each round doubles how much of the way is added up
        more = np.take_along_axis(total, before, axis=1)
        if not more.any():
            return np.minimum(total, total.T)  # two ways may be equally short
        total += more
        before = np.take_along_axis(before, before, axis=1)


def _alike(price: Ints) -> tuple[NDArray[np.int32], Ints]:
    """Units with equal rows as one side."""
    _, first, side = np.unique(price, axis=0, return_index=True, return_inverse=True)
    table = np.ascontiguousarray(price[np.ix_(first, first)])
    return side.ravel().astype(np.int32), table


def _between_parts(
    region: Region, price: Mapping[tuple[int, int], int]
) -> tuple[NDArray[np.int32], Ints]:
    """Parts that hang together without crossing, and the cheapest way between."""
    edges = [(a, b) for a, b in region.edges.tolist() if (a, b) not in price]
    free = region.graph(np.array(edges, np.int32).reshape(-1, 2))
    count, side = connected_components(free, directed=False)
    steps: dict[tuple[int, int], int] = {}
    for (a, b), paid in price.items():
        pair = (int(side[a]), int(side[b]))
        if pair[0] != pair[1]:
            pair = (min(pair), max(pair))
            steps[pair] = min(paid, steps.get(pair, paid))
    rows = np.array(list(steps), np.int64).reshape(-1, 2)
    graph = coo_array(
        (np.array(list(steps.values()), np.float64), (rows[:, 0], rows[:, 1])),
        shape=(count, count),
    )
    far = dijkstra(graph.tocsr(), directed=False)
    table = np.where(np.isfinite(far), np.rint(far), 0).astype(np.int64)
    return side.astype(np.int32), table


def _price(by: Sequence[Barrier], rules: Sequence[Rule]) -> int | None:
    """What crossing all these barriers costs; None where one of them is hard."""
    total = 0
    for barrier in by:
        asked = [rule.crossing_price(barrier) for rule in rules]
        prices = [price for price in asked if price is not None]
        if not prices:
            return None
        total += min(prices)
    return total if by else None


def _opened(region: Region, rules: Sequence[Rule]) -> Region:
    """Cut edges that only soft barriers cut become edges."""
    met = dict.fromkeys(region.cut_by)
    price = {by: _price(by, rules) for by in met}
    open_ = np.array([price[by] is not None for by in region.cut_by], bool)
    if not open_.any():
        return region
    return replace(
        region,
        edges=np.concatenate([region.edges, region.cut_edges[open_]]),
        cut_edges=region.cut_edges[~open_],
        cut_by=tuple(by for by, o in zip(region.cut_by, open_, strict=True) if not o),
    )
