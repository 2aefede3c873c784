"""Stations of lots: at which buildings, and which zone is served from which.

How many stations a lot has follows from its price; where they stand, and what is served
from them, is solved exactly lot by lot. The numbers are those of
`zoning.lots.check_stations`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from zoning.check import judge
from zoning.clock import perf_counter
from zoning.costs import Resource
from zoning.errors import InputError, PlanError
from zoning.lots.check_stations import (
    LotStations,
    Station,
    judge_stations,
    may_hold,
    station_kind,
    wanted_in,
)
from zoning.lots.lot import LOT_TUPLE, Lot, lot_name
from zoning.lots.zone_facts import ZoneFacts
from zoning.plan import PLAN, Plan
from zoning.region import Ints, Region
from zoning.solvers.budget import SearchBudget
from zoning.solvers.p_median import Placement, PMedian, solve_p_median
from zoning.text.arguments import SEARCH, SECONDS, WORD, takes

__all__ = ["LotStations", "Station", "Stations", "place_stations"]


@dataclass(frozen=True, eq=False)
class Stations:
    """What `place_stations` found.

    Parameters
    ----------
    plan
        The plan whose lots they are.
    lots
        The stations of each lot, in the order of the lots.
    optimal
        For each lot whether it is proved that no stations are better.
    kind
        The resource that is a station.
    zone_names, lot_names
        What zones and lots are called.
    notes
        What is to be minded, in words.
    seconds
        Wall time.
    """

    plan: Plan
    lots: tuple[LotStations, ...]
    optimal: tuple[bool, ...]
    kind: Resource
    zone_names: tuple[str, ...]
    lot_names: tuple[str, ...]
    notes: tuple[str, ...]
    seconds: float

    @property
    def proved(self) -> bool:
        """The stations of every lot are proved best."""
        return all(self.optimal)

    @property
    def count(self) -> int:
        """How many stations there are."""
        return sum(len(lot.stations) for lot in self.lots)

    @property
    def mean_way(self) -> int:
        """Metres from a unit to its station, on average, units counted by load."""
        load = int(self.plan.problem.region.load.sum())
        return round(sum(lot.load_way for lot in self.lots) / max(1, load))

    @property
    def farthest(self) -> int:
        """Metres from the farthest unit to its station."""
        return max(lot.farthest for lot in self.lots)

    @property
    def resources(self) -> tuple[tuple[str, int], ...]:
        """Machines and staff of all lots together, by name."""
        counts = [dict(lot.lot.resources) for lot in self.lots]
        return tuple(
            (name, sum(one[name] for one in counts)) for name in (counts or [{}])[0]
        )


@takes(
    plan=PLAN,
    lots=LOT_TUPLE,
    room=WORD.or_none,
    resource=WORD,
    **{**SEARCH, "time_limit": SECONDS},
)
def place_stations(
    plan: Plan,
    lots: Sequence[Lot],
    *,
    room: str | None = None,
    resource: str = "station",
    time_limit: float = 60.0,
    seed: int = 0,
    workers: int = 1,
) -> Stations:
    """Where the stations of each lot stand, with the least way to what they serve.

    A lot has as many stations as it buys, at units of its own, and each of its zones
    is served from one of them. First as little as can be is served beyond what a
    station has a capacity for: zones are not split, so that it may be more. Then the
    sum of load × way is least.

    Parameters
    ----------
    plan, lots
        A plan and its lots, as ``zoning.bundle(plan).lots`` has them.
    room
        Column of yes and no, such as service rooms: stations only stand where a
        building says yes.
    resource
        Name of the resource that is a station.
    time_limit
        Seconds for all lots. Stations are placed in any case; `proved` says if they
        are the best.
    seed, workers
        One worker and one seed give one answer if the search ends in time.

    Raises
    ------
    InputError
        There are no lots, no such resource or column, or a lot has too few buildings
        with a room.
    """
    if not lots:
        msg = "There are no lots to place stations for. Bundle the zones first."
        raise InputError(msg)
    start = perf_counter()
    region, kind = plan.problem.region, station_kind(plan, resource)
    allowed = np.array([len(some) > 0 for some in may_hold(region, room)])
    _refuse_few(plan, lots, allowed, resource, room)
    zones, placed = ZoneFacts(plan), []
    for number, lot in enumerate(lots):
        left = start + time_limit - perf_counter()
        share = max(0.01, left / (len(lots) - number))
        placed.append(_placed(zones, lot, allowed, kind, share, seed, workers))
    verdict = judge_stations(
        plan, lots, [units for units, _ in placed], resource=resource, room=room
    )
    if not verdict.ok:
        msg = f"Stations break their rules: {' '.join(verdict.faults)}"
        raise PlanError(msg)
    return Stations(
        plan,
        verdict.lots,
        tuple(found.optimal for _, found in placed),
        kind,
        judge(plan).names,
        tuple(str(number + 1) for number in range(len(lots))),
        tuple(_notes(region, verdict.lots, kind)),
        perf_counter() - start,
    )


def _placed(
    zones: ZoneFacts,
    lot: Lot,
    allowed: Ints,
    kind: Resource,
    time_limit: float,
    seed: int,
    workers: int,
) -> tuple[list[int], Placement]:
    """For each zone of a lot the unit it is served from."""
    plan, region = zones.plan, zones.plan.problem.region
    units = np.concatenate([plan.zones[zone] for zone in lot.zones])
    places = np.sort(units[allowed[units]])
    cost = np.array(
        [
            region.load[plan.zones[zone]] @ _metres(region, plan.zones[zone], places)
            for zone in lot.zones
        ]
    )
    need = zones.demand[zones.resources.index(kind), list(lot.zones)]
    task = PMedian(cost, need, wanted_in(lot, kind.name), int(kind.capacity))
    found = solve_p_median(task, SearchBudget.of(time_limit, seed, workers))
    return [int(places[j]) for j in found.place_of], found


def _metres(region: Region, units: Ints, places: Ints) -> Ints:
    """Whole metres of way from each unit (row) to each place (column)."""
    metres = region.distance(units[:, None], places[None, :])
    return np.rint(region.way_factor * metres).astype(np.int64)


def _refuse_few(
    plan: Plan, lots: Sequence[Lot], allowed: Ints, resource: str, room: str | None
) -> None:
    """Refuse lots with fewer places than stations."""
    faults = []
    for number, lot in enumerate(lots):
        wanted = wanted_in(lot, resource)
        have = sum(int(allowed[plan.zones[zone]].sum()) for zone in lot.zones)
        if have < wanted:
            why = f"say yes in {room!r}" if room else "are there"
            faults.append(
                f"{lot_name(number).capitalize()} needs {wanted} stations; buildings "
                f"of {have} units {why}."
            )
    if faults:
        faults.append("Find rooms in more of its buildings, or place without rooms.")
        raise InputError(" ".join(faults))


def _notes(
    region: Region, lots: Sequence[LotStations], kind: Resource
) -> Iterator[str]:
    """Stations that are paid for and stand idle, and those that serve too much."""
    what = "m²" if kind.per == "area" else kind.per
    for number, lot in enumerate(lots):
        called = lot_name(number).capitalize()
        bought, zones = dict(lot.lot.resources)[kind.name], len(lot.lot.zones)
        if bought > zones:
            yield (
                f"{called} pays for {bought} stations but has {zones} zones, each "
                f"served from one: {zones} are placed. Smaller zones would use more."
            )
        for station in lot.stations:
            if station.over:
                yield (
                    f"{called}: the station at {region.called(station.unit)} serves "
                    f"{station.demand:,} {what}, more than the {kind.capacity:,.0f} "
                    "one has a capacity for; zones are not split."
                )
