"""Zones and lots as compiled code improves them: prices, and how things stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.costs import Resource
from zoning.joint.compiled_price import (
    hub_travel,
    lot_cost,
    metre_rate,
    step_costs,
)
from zoning.lots.price import (
    Hubs,
    LotTariff,
    separate_resources,
    shared_resources,
    unit_demand,
)
from zoning.problem import Problem
from zoning.search.instance.constants import FAR
from zoning.search.instance.travel import travel_cost
from zoning.search.kernels.compiled import counted

Ints = NDArray[np.int64]


class AnnealingData(NamedTuple):
    """What lots and zones of a problem are priced by.

    Parameters
    ----------
    direct, area
        Of each unit.
    demand, separate
        r × n: what each unit needs of each resource shared in a lot, and of each that
        zones buy for themselves.
    tariff
        What lots pay for.
    break_cost
        Price of a lot that falls into one part more.
    edge_ptr, edge, open
        All neighbours in CSR form, and whether there is no barrier between.
    locked
        Units that stay where they are.
    """

    direct: Ints
    area: Ints
    demand: Ints
    separate: Ints
    tariff: LotTariff
    break_cost: np.int64
    edge_ptr: Ints
    edge: Ints
    open: NDArray[np.bool_]
    locked: NDArray[np.bool_]


class PairState(NamedTuple):
    """How zones and lots stand.

    Parameters
    ----------
    zone_of, lot_of
        Zone of each unit, lot of each zone.
    members, size
        Units of each zone, and how many.
    lots, lot_size
        Zones of each lot, and how many.
    own, demand, hubs
        Of each zone: its cost without what its lot shares, demand of each shared
        resource, where it is run from.
    lot_cost, lot_breaks
        Of each lot: its cost, and into how many parts more than one it falls.
    """

    zone_of: Ints
    lot_of: Ints
    members: Ints
    size: Ints
    lots: Ints
    lot_size: Ints
    own: Ints
    demand: Ints
    hubs: Hubs
    lot_cost: Ints
    lot_breaks: Ints


def pair_state(
    problem: Problem, zone_of: NDArray[np.integer], lots: Sequence[Sequence[int]]
) -> PairState:
    """Room for a state, with who is where."""
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
    kinds = len(shared_resources(problem.region.costs))
    nothing = np.zeros(num_zones, np.int64)
    return PairState(
        np.array(zone_of, np.int64),
        lot_of,
        members,
        size,
        rows,
        np.array([len(zones) for zones in lots], np.int64),
        nothing.copy(),
        np.zeros((num_zones, kinds), np.int64),
        Hubs.of(problem.region, nothing.copy(), np.zeros(num_zones)),
        np.zeros(len(lots), np.int64),
        np.zeros(len(lots), np.int64),
    )


def annealing_data(problem: Problem, break_cost: int) -> AnnealingData:
    """What annealing looks up; `break_cost` yuan for each part a lot falls into."""
    region, costs = problem.edited_region, problem.region.costs
    n = len(region)
    none = np.zeros(n, np.int64)

    def needs(some: Sequence[Resource]) -> Ints:
        rows = [unit_demand(region, one.per) for one in some]
        return np.array(rows, np.int64).reshape(len(some), n)

    both = np.concatenate([region.edges, region.cut_edges]).astype(np.int64)
    open_ = np.arange(len(both)) < len(region.edges)
    both, open_ = np.concatenate([both, both[:, ::-1]]), np.append(open_, open_)
    order = np.argsort(both[:, 0], kind="stable")
    locked = np.ones(n, bool)
    locked[problem.terms.free] = False
    direct = none if region.direct is None else region.direct
    return AnnealingData(
        np.array(direct, np.int64),
        np.array(region.area, np.int64),
        needs(shared_resources(costs)),
        needs(separate_resources(costs)),
        LotTariff.of(region),
        np.int64(break_cost),
        np.searchsorted(both[order, 0], np.arange(n + 1)).astype(np.int64),
        both[order, 1].copy(),
        open_[order],
        locked,
    )


@counted
def price_zone(a, p, s, k):  # type: ignore[no-untyped-def]
    """Work out what zone k costs and needs; False if it breaks the band of costs."""
    units, count = s.members[k], s.size[k]
    best, center = 2 * FAR, -1
    for h in range(count):
        total = np.int64(0)
        for q in range(count):
            total += travel_cost(a.travel_data, units[q], units[h])
            if total >= best:
                break
        if total < best:
            best, center = total, units[h]
    if center < 0 or best >= FAR:
        return False
    load = np.int64(0)
    direct = np.int64(0)
    area = np.int64(0)
    s.demand[k] = 0
    separate = np.zeros(len(p.separate), np.int64)
    for q in range(count):
        u = units[q]
        load += a.sums[0, u]
        direct += p.direct[u]
        area += p.area[u]
        for r in range(len(p.demand)):
            s.demand[k, r] += p.demand[r, u]
        for r in range(len(separate)):
            separate[r] += p.separate[r, u]
    if load + best < a.cost_low or load + best > a.cost_high:
        return False
    s.hubs.center[k] = center
    s.hubs.rate[k] = metre_rate(p.tariff, area)
    s.own[k] = direct + best + step_costs(p.tariff.separate, separate)
    return True


@counted
def _parts(p, s, zones, size, barred):  # type: ignore[no-untyped-def]
    """Into how many parts zones fall, with links across barriers or without."""
    part = np.arange(size)
    number = size
    for i in range(size):
        for q in range(s.size[zones[i]]):
            u = s.members[zones[i], q]
            for e in range(p.edge_ptr[u], p.edge_ptr[u + 1]):
                if not (barred or p.open[e]):
                    continue
                other = s.zone_of[p.edge[e]]
                for j in range(size):
                    if zones[j] == other and part[j] != part[i]:
                        old = part[j]
                        for x in range(size):
                            if part[x] == old:
                                part[x] = part[i]
                        number -= 1
            if number == 1:
                return 1
    return number


@counted
def price_lot(p, s, lot):  # type: ignore[no-untyped-def]
    """Work out what a lot costs, and into how many parts it falls."""
    zones, size = s.lots[lot], s.lot_size[lot]
    needs = np.zeros(len(p.demand), np.int64)
    own = np.int64(0)
    for i in range(size):
        own += s.own[zones[i]]
        needs += s.demand[zones[i]]
    travel = hub_travel(s.hubs, zones, size)
    open_ = _parts(p, s, zones, size, False)
    parts = 1 if open_ == 1 else _parts(p, s, zones, size, True)
    s.lot_breaks[lot] = parts - 1
    s.lot_cost[lot] = lot_cost(p.tariff, own, needs, travel, open_ - parts)


@counted
def price_all(a, p, s):  # type: ignore[no-untyped-def]
    """Work out all zones and lots; False if a zone breaks the band of costs."""
    for k in range(len(s.size)):
        if not price_zone(a, p, s, k):
            return False
    for lot in range(len(s.lot_size)):
        price_lot(p, s, lot)
    return True
