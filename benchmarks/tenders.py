"""Tenders of many lots and bids, drawn by chance.

The kinds `regions` and `paths` follow the distributions of that name in CATS (Leyton-
Brown, Pearson, Shoham, "Towards a universal test suite for combinatorial auction
algorithms", EC 2000, https://doi.org/10.1145/352871.352879), turned from values into
prices: lots on a map and packages that grow over neighbours; lots as stretches of road
and packages that are ways between two places. `wide` is `regions` with CATS' own chance
of a further lot (0.9, a dozen lots to a package) instead of 0.65. `market` is a tender
as a city might hold it: few firms, OR bids, capacities and a limit of lots.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from math import isqrt

import networkx as nx
import numpy as np
from scipy.spatial import Delaunay

from zoning.tender.bids import Bid, Bids, Tender
from zoning.tender.rules import Rules

SUBSTITUTES = 5  # CATS: so many bids a bidder makes besides its first


@dataclass(frozen=True, eq=False)
class Case:
    """A tender to be awarded."""

    tender: Tender
    bids: Bids
    rules: Rules


def regions(num_lots: int, num_bids: int, seed: int, *, more: float = 0.65) -> Case:
    """Bidders want lots near one another: CATS' regions, each bidder XOR.

    A bidder's price for a lot is what everybody pays, 101 to 200, and up to 50 more or
    less of its own; n lots together cost n ** 1.2 less. Money is in thousand yuan.
    """
    chance = np.random.default_rng(seed)
    near = _map(chance, num_lots)
    common = 100 + chance.uniform(1, 100, num_lots)
    made: dict[tuple[str, tuple[int, ...]], int] = {}
    while len(made) < num_bids:
        bidder = f"B{len(made)}"
        own = chance.uniform(-50, 50, num_lots)
        weight = (50 - own) / (50 - own).sum()
        price = common + own

        def ask(lots: tuple[int, ...], price: np.ndarray = price) -> int:
            return round(1_000 * float(price[list(lots)].sum() - len(lots) ** 1.2))

        size = 1
        while chance.random() <= more and size < num_lots:
            size += 1
        first = int(chance.choice(num_lots, p=weight))
        main_ = _grown(chance, near, weight, first, size)
        others = {_grown(chance, near, weight, lot, len(main_)) for lot in main_}
        others = {lots for lots in others if ask(lots) <= 1.5 * ask(main_)} - {main_}
        best = sorted(others, key=lambda lots: (ask(lots), lots))[:SUBSTITUTES]
        made |= {(bidder, lots): ask(lots) for lots in (main_, *best)}
    return _case(num_lots, made, num_bids, Rules(bidding="xor"), estimate=150_000)


def wide(num_lots: int, num_bids: int, seed: int) -> Case:
    """Regions with large packages."""
    return regions(num_lots, num_bids, seed, more=0.9)


def paths(num_lots: int, num_bids: int, seed: int) -> Case:
    """Bidders want a way between two places: CATS' paths, each bidder XOR.

    Lots are the shortest sides of triangles over random places. A bidder asks 1 to 1.5
    times the length of each of the five shortest ways; three more bidders ask 1.1 to
    1.6 times the length of each single lot, so that all lots can be awarded.
    """
    chance = np.random.default_rng(seed)
    graph, length = _roads(chance, num_lots)
    places = sorted(max(nx.connected_components(graph), key=len))
    made: dict[tuple[str, tuple[int, ...]], int] = {}
    for lot in range(num_lots):
        for _ in range(3):
            ask = 1e6 * length[lot] * chance.uniform(1.1, 1.6)
            made[f"B{len(made)}", (lot,)] = max(1, round(ask))
    while len(made) < num_bids:
        bidder = f"B{len(made)}"
        start, end = (int(x) for x in chance.choice(places, 2, replace=False))
        factor = chance.uniform(1, 1.5)
        for lots in islice(_ways(graph, start, end), SUBSTITUTES):
            ask = 1e6 * length[list(lots)].sum() * factor * chance.uniform(0.95, 1.05)
            made[bidder, lots] = max(1, round(ask))
    return _case(num_lots, made, num_bids, Rules(bidding="xor"), estimate=100_000)


def market(num_lots: int, num_bids: int, seed: int) -> Case:
    """Few firms, each best near its home, with capacities and at most 12 lots."""
    chance = np.random.default_rng(seed)
    near = _map(chance, num_lots)
    firms = max(8, num_lots * 2 // 15)
    wide_ = isqrt(num_lots)
    at = np.array([(lot // wide_, lot % wide_) for lot in range(num_lots)])
    cost = chance.uniform(8e5, 1.2e6, num_lots)
    area = chance.uniform(1e5, 1.8e5, num_lots).round().astype(int)
    away = np.abs(at - at[chance.integers(num_lots, size=firms)][:, None]).sum(axis=2)
    factor = chance.uniform(0.93, 1.07, (firms, num_lots)) * (1 + 0.004 * away)
    factor *= chance.uniform(0.9, 1.1, (firms, 1))
    made: dict[tuple[str, tuple[int, ...]], int] = {}
    while len(made) < num_bids:
        firm = int(chance.integers(firms))
        weight = np.exp(-away[firm] / 8)
        weight /= weight.sum()
        first = int(chance.choice(num_lots, p=weight))
        size = int(chance.choice([1, 1, 1, 2, 2, 3, 3, 4]))
        lots = list(_grown(chance, near, weight, first, size, jump=0.0))
        saved = 0.04 * (1 - 1 / len(lots)) * chance.uniform(0.5, 1.5)
        ask = (cost[lots] * factor[firm, lots]).sum() * (1 - saved)
        made.setdefault((f"F{firm}", tuple(lots)), round(float(ask)))
    capacity = {f"F{k}": round(1.3 * chance.uniform(8e5, 2.2e6)) for k in range(firms)}
    rules = Rules(most_lots=12)
    return _case(num_lots, made, num_bids, rules, 1_000_000, area.tolist(), capacity)


KINDS: dict[str, Callable[[int, int, int], Case]] = {
    "regions": regions,
    "paths": paths,
    "market": market,
    "wide": wide,
}


def _case(
    num_lots: int,
    made: dict[tuple[str, tuple[int, ...]], int],
    num_bids: int,
    rules: Rules,
    estimate: int,
    areas: list[int] | None = None,
    capacity: dict[str, int] | None = None,
) -> Case:
    names = tuple(str(lot + 1) for lot in range(num_lots))
    tender = Tender(names, tuple(areas or [1] * num_lots), (estimate,) * num_lots)
    bids = [Bid(*key, price) for key, price in islice(made.items(), num_bids)]
    return Case(tender, Bids(tuple(bids), capacity or {}), rules)


def _map(chance: np.random.Generator, num_lots: int) -> list[list[int]]:
    """CATS' map: a grid with some neighbours removed and some diagonals added."""
    wide_ = isqrt(num_lots)
    near: list[set[int]] = [set() for _ in range(num_lots)]

    def join(a: int, b: int) -> None:
        if max(a, b) < num_lots:
            near[a].add(b)
            near[b].add(a)

    for lot in range(num_lots):
        inside = (lot + 1) % wide_ != 0
        if chance.random() > 0.1:
            join(lot, lot + wide_)
        if chance.random() > 0.1 and inside:
            join(lot, lot + 1)
        if chance.random() < 0.2 and inside:
            ends = (lot, lot + wide_ + 1) if chance.random() < 0.5 else (
                lot + wide_, lot + 1,
            )  # fmt: skip
            join(*ends)
    return [sorted(some) for some in near]


def _grown(
    chance: np.random.Generator,
    near: list[list[int]],
    weight: np.ndarray,
    first: int,
    size: int,
    *,
    jump: float = 0.05,
) -> tuple[int, ...]:
    """A package of about so many lots: neighbours, and now and then any lot."""
    lots = [first]
    while len(lots) < size:
        pull = np.zeros(len(near))
        if chance.random() < jump:
            pull[:] = 1
        else:
            for lot in lots:
                pull[near[lot]] += weight[near[lot]]
        pull[lots] = 0
        if pull.sum() <= 0:
            break
        lots.append(int(chance.choice(len(near), p=pull / pull.sum())))
    return tuple(sorted(lots))


def _roads(chance: np.random.Generator, num_lots: int) -> tuple[nx.Graph, np.ndarray]:
    """So many stretches of road between random places, and their lengths."""
    xy = chance.uniform(0, 1, (num_lots * 5 // 11 + 5, 2))
    sides = {
        (min(a, b), max(a, b))
        for corners in Delaunay(xy).simplices.tolist()
        for a, b in zip(corners, corners[1:] + corners[:1], strict=True)
    }
    apart = {(a, b): float(np.linalg.norm(xy[a] - xy[b])) for a, b in sides}
    shortest = sorted(apart, key=lambda side: (apart[side], side))[:num_lots]
    graph = nx.Graph()
    for lot, (a, b) in enumerate(shortest):
        graph.add_edge(a, b, length=apart[a, b], lot=lot)
    return graph, np.array([apart[side] for side in shortest])


def _ways(graph: nx.Graph, start: int, end: int) -> Iterator[tuple[int, ...]]:
    """Ways between two places as lots, the shortest first."""
    for way in nx.shortest_simple_paths(graph, start, end, weight="length"):
        steps = pairwise(way)
        yield tuple(sorted(graph[a][b]["lot"] for a, b in steps))
