"""Zones and lots as compiled code improves them: prices, and how things stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.costs import MONTHS, Resource
from zoning.problem import Problem
from zoning.search.lot_stock import Sold

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Prices(NamedTuple):
    """What lots and zones are priced by.

    Parameters
    ----------
    direct, rate, demand
        For each unit its direct cost, what a metre from its center to the hub costs,
        and (r × n) what it needs of each resource shared in a lot.
    alone
        The same (r × n) for resources each zone buys for itself.
    sold, sold_alone
        Price, capacity, minimum of both kinds.
    way
        Metres between units, or 0 × 0: then straight lines between the spots.
    crossing, torn
        Price of a barrier crossed, and of a lot that falls into one part more.
    edge_ptr, edge, open
        All neighbours in CSR form, and whether there is no barrier between.
    locked
        Units that stay where they are.
    """

    direct: Ints
    rate: Floats
    demand: Ints
    alone: Ints
    sold: Sold
    sold_alone: Sold
    way: Floats
    crossing: np.int64
    torn: np.int64
    edge_ptr: Ints
    edge: Ints
    open: NDArray[np.bool_]
    locked: NDArray[np.bool_]


class State(NamedTuple):
    """How zones and lots stand.

    Parameters
    ----------
    zone_of, lot_of
        Zone of each unit, lot of each zone.
    members, size
        Units of each zone, and how many.
    lots, lot_size
        Zones of each lot, and how many.
    own, rate, demand, center
        Of each zone: its cost without what its lot shares, price of a metre to the hub,
        demand of each shared resource, position of its center.
    lot_cost, lot_torn
        Of each lot: its cost, and into how many parts more than one it falls.
    """

    zone_of: Ints
    lot_of: Ints
    members: Ints
    size: Ints
    lots: Ints
    lot_size: Ints
    own: Ints
    rate: Floats
    demand: Ints
    center: Ints
    lot_cost: Ints
    lot_torn: Ints


def state_of(
    zone_of: NDArray[np.integer], lots: Sequence[Sequence[int]], kinds: int
) -> State:
    """Room for a state, with who is where; `kinds` of resources are shared in lots."""
    num_zones = int(zone_of.max()) + 1
    size = np.bincount(zone_of, minlength=num_zones).astype(np.int64)
    members = np.full((num_zones, 3 * int(size.max()) + 8), -1, np.int64)
    for zone in range(num_zones):
        members[zone, : size[zone]] = np.flatnonzero(zone_of == zone)
    lot_of = np.zeros(num_zones, np.int64)
    rows = np.full((len(lots), max(map(len, lots))), -1, np.int64)
    for lot, zones in enumerate(lots):
        lot_of[list(zones)] = lot
        rows[lot, : len(zones)] = zones
    nothing = np.zeros(num_zones, np.int64)
    return State(
        np.array(zone_of, np.int64),
        lot_of,
        members,
        size,
        rows,
        np.array([len(zones) for zones in lots], np.int64),
        nothing.copy(),
        np.zeros(num_zones),
        np.zeros((num_zones, kinds), np.int64),
        nothing.copy(),
        np.zeros(len(lots), np.int64),
        np.zeros(len(lots), np.int64),
    )


def prices_of(problem: Problem, torn: int) -> Prices:
    """Prices of a problem; `torn` yuan for each part a lot falls into."""
    region, costs = problem.region, problem.region.costs
    n = len(region)
    none = np.zeros(n, np.int64)
    metre = 1.0 if region.way is not None else costs.detour
    per_lot = [one for one in costs.resources if one.shared == "lot"]
    per_zone = [one for one in costs.resources if one.shared != "lot"]

    def needs(some: Sequence[Resource]) -> Ints:
        rows = [region.sums.get(one.per, none) for one in some]
        return np.array(rows, np.int64).reshape(len(some), n)

    def sold(some: Sequence[Resource]) -> Sold:
        return Sold(
            np.array([one.capacity for one in some], np.float64),
            np.array([costs.price(one) for one in some], np.int64),
            np.array([one.minimum for one in some], np.int64),
        )

    both = np.concatenate([region.edges, region.cut_edges]).astype(np.int64)
    open_ = np.arange(len(both)) < len(region.edges)
    both, open_ = np.concatenate([both, both[:, ::-1]]), np.append(open_, open_)
    order = np.argsort(both[:, 0], kind="stable")
    locked = np.ones(n, bool)
    locked[problem.terms.free] = False
    direct = none if region.direct is None else region.direct
    return Prices(
        np.array(direct, np.int64),
        costs.lot_travel * MONTHS / 100.0 * metre * region.area.astype(np.float64),
        needs(per_lot),
        needs(per_zone),
        sold(per_lot),
        sold(per_zone),
        np.zeros((0, 0)) if region.way is None else region.way.astype(np.float64),
        np.int64(round(MONTHS * costs.crossing)),
        np.int64(torn),
        np.searchsorted(both[order, 0], np.arange(n + 1)).astype(np.int64),
        both[order, 1].copy(),
        open_[order],
        locked,
    )
