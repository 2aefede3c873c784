"""Judge stations: how many, where, who is served from which, how far; no solver.

A station is a building from which staff and machines of a lot set out. Nothing in this
module trusts what a search said; every number shown about stations comes from here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from zoning.costs import Resource
from zoning.errors import InputError
from zoning.lots.lot import Lot, lot_name
from zoning.lots.zone_facts import ZoneFacts
from zoning.plan import Plan
from zoning.region import Region
from zoning.text.yes_no import buildings_that_say_yes


@dataclass(frozen=True)
class Station:
    """A station and what is served from it.

    Parameters
    ----------
    unit
        Position of the unit it is in.
    buildings
        Ids of the buildings of that unit that may hold it.
    zones
        Positions of the zones served from it.
    area
        Their floor area, m².
    demand
        Their sum of what a station has a capacity of: m², or households.
    over
        By how much that is more than the capacity; zones are not split.
    mean_way
        Metres to a unit it serves, on average, units counted by their load.
    farthest
        Metres to the farthest unit it serves.
    """

    unit: int
    buildings: tuple[str, ...]
    zones: tuple[int, ...]
    area: int
    demand: int
    over: int
    mean_way: int
    farthest: int


@dataclass(frozen=True)
class LotStations:
    """The stations of a lot.

    Parameters
    ----------
    lot
        The lot; `lot.resources` counts its machines and staff.
    served_from
        For each of `lot.zones` the unit of the station it is served from.
    stations
        Ordered by their first zone.
    load_way
        Sum over the units of load × metres to their station: what is made least.
    mean_way
        Metres to a unit, on average, units counted by their load.
    """

    lot: Lot
    served_from: tuple[int, ...]
    stations: tuple[Station, ...]
    load_way: int
    mean_way: int

    @property
    def farthest(self) -> int:
        """Metres from the farthest unit to its station."""
        return max(station.farthest for station in self.stations)


@dataclass(frozen=True)
class StationsVerdict:
    """What `judge_stations` found.

    Parameters
    ----------
    faults
        Every broken rule in words; empty when all are kept.
    lots
        The stations of each lot; empty where a unit does not even exist.
    """

    faults: tuple[str, ...]
    lots: tuple[LotStations, ...]

    @property
    def ok(self) -> bool:
        """Every rule is kept."""
        return not self.faults


def judge_stations(
    plan: Plan,
    lots: Sequence[Lot],
    served_from: Sequence[Sequence[int]],
    *,
    resource: str = "station",
    room: str | None = None,
) -> StationsVerdict:
    """Ways and loads of stations, and every rule they break.

    Parameters
    ----------
    lots
        As `zoning.lots.check` priced them.
    served_from
        For each lot, for each of its zones, the unit of the station that serves it.
    resource
        Name of the resource that is a station.
    room
        Column of yes and no: a station may only be where a building says yes.

    Raises
    ------
    InputError
        There is no such resource or column, or the column holds other words.
    """
    region, kind = plan.problem.region, station_kind(plan, resource)
    allowed = may_hold(region, room)
    faults = [*_misfits(plan, lots, served_from)]
    if faults:
        return StationsVerdict(tuple(faults), ())
    zones, judged = ZoneFacts(plan), []
    for number, (lot, units) in enumerate(zip(lots, served_from, strict=True)):
        judged.append(_measured(zones, lot, units, kind, allowed))
        called = lot_name(number).capitalize()
        wanted, have = wanted_in(lot, resource), len(judged[-1].stations)
        if have != wanted:
            told = f"Stations of {lot_name(number)}: {have}; there must be {wanted}."
            faults.append(told)
        for station in judged[-1].stations:
            name = region.called(station.unit)
            if int(plan.zone_of[station.unit]) not in lot.zones:
                faults.append(f"{called} has a station at {name}, outside the lot.")
            if not station.buildings:
                faults.append(
                    f"{called} has a station at {name}, where no building has {room}."
                )
    return StationsVerdict(tuple(faults), tuple(judged))


def station_kind(plan: Plan, resource: str) -> Resource:
    """The resource that is a station.

    Raises
    ------
    InputError
        The cost model has none of this name.
    """
    known = {one.name: one for one in plan.problem.region.costs.resources}
    if resource not in known:
        told = ", ".join(known) or "none"
        msg = (
            f"There is no resource {resource!r} among the cost figures; there are "
            f"{told}. Say which of them is a station, or add one."
        )
        raise InputError(msg)
    return known[resource]


def wanted_in(lot: Lot, resource: str) -> int:
    """How many stations a lot has: as many as it buys, one to a zone at most.

    Each zone is served from one station, so more than one a zone would stand idle; and
    a lot that buys none is still served from somewhere.
    """
    return min(len(lot.zones), max(1, dict(lot.resources)[resource]))


def may_hold(region: Region, room: str | None) -> tuple[tuple[str, ...], ...]:
    """For each unit the buildings that may hold a station.

    Raises
    ------
    InputError
        There is no such column, or it does not say yes or no.
    """
    if room is None:
        return region.buildings
    yes = set(buildings_that_say_yes(region, room))
    return tuple(
        tuple(name for name in mine if name in yes) for mine in region.buildings
    )


def _misfits(
    plan: Plan, lots: Sequence[Lot], served_from: Sequence[Sequence[int]]
) -> Iterator[str]:
    """Lots and zones that have no place at all to be served from."""
    if len(lots) != len(served_from):
        yield f"{len(lots)} lots, but stations of {len(served_from)}."
        return
    last = len(plan.problem.region) - 1
    for number, (lot, units) in enumerate(zip(lots, served_from, strict=True)):
        called = lot_name(number).capitalize()
        if len(units) != len(lot.zones):
            yield f"{called} has {len(lot.zones)} zones; {len(units)} are served."
        for unit in units:
            if not 0 <= unit <= last:
                yield f"{called} is served from unit {unit}; units are 0 to {last}."


def _measured(
    zones: ZoneFacts,
    lot: Lot,
    served_from: Sequence[int],
    kind: Resource,
    allowed: Sequence[tuple[str, ...]],
) -> LotStations:
    """What a lot's stations serve, and how far it is."""
    plan, load = zones.plan, zones.plan.problem.region.load
    need = zones.demand[zones.resources.index(kind)]
    stations, total, loads = [], 0, 0
    for unit in dict.fromkeys(served_from):
        mine = [z for z, at in zip(lot.zones, served_from, strict=True) if at == unit]
        units = np.concatenate([plan.zones[zone] for zone in mine])
        way = [_metres(plan.problem.region, int(i), int(unit)) for i in units]
        load_way = sum(int(load[i]) * m for i, m in zip(units, way, strict=True))
        demand = int(need[mine].sum())
        stations.append(
            Station(
                int(unit),
                allowed[unit],
                tuple(mine),
                int(zones.area[mine].sum()),
                demand,
                max(0, demand - int(kind.capacity)),
                round(load_way / max(1, int(load[units].sum()))),
                max(way),
            )
        )
        total += load_way
        loads += int(load[units].sum())
    return LotStations(
        lot,
        tuple(int(unit) for unit in served_from),
        tuple(stations),
        total,
        round(total / max(1, loads)),
    )


def _metres(region: Region, unit: int, station: int) -> int:
    """Whole metres of way from a unit to a station."""
    return round(region.way_factor * float(region.distance(unit, station)))
