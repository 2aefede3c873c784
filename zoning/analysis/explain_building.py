"""Explain where a building is: move it to other zones and let the checker judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from zoning.analysis.explain_zone import outside_of
from zoning.analysis.explanations import BuildingExplanation, Deviation, Elsewhere, Mend
from zoning.analysis.zone_limits import zone_limits
from zoning.check import Verdict, broken_anew, judge, put_outside
from zoning.plan import Plan
from zoning.region import Region
from zoning.rules.places import ids_of, unit_called
from zoning.text.lists import first_few

TOLD = 3  # other zones that are told of
MENDS = 40  # second moves tried to mend what the first one breaks


def explain_building(plan: Plan, building: str) -> BuildingExplanation:
    """Why a building is in its zone, and what it would cost in the best other ones.

    Parameters
    ----------
    plan
        It may break rules.
    building
        Id or name of a building or a unit.

    Raises
    ------
    InputError
        There is no such building, or several bear the name.
    """
    unit = unit_called(plan.problem.region, building)
    verdict = judge(plan)
    plan = Plan(plan.problem, plan.zone_of, verdict.names)
    problem, region = plan.problem, plan.problem.region
    zone = int(plan.zone_of[unit])
    center = verdict.center[[zone]]
    load = int(region.load[unit])
    travel = int(problem.travel_between([unit], center)[0, 0])
    surcharge = int(problem.surcharge_between([unit], center)[0, 0])
    name = ids_of(region, (building,))[0]
    return BuildingExplanation(
        name,
        _called(region, name, unit),
        region.buildings[unit],
        verdict.names[zone],
        region.called(center[0]),
        float(problem.way_between([unit], center)[0, 0]),
        load,
        travel,
        surcharge,
        (load + travel + surcharge) / max(1, int(verdict.cost[zone])),
        _elsewhere(plan, verdict, unit),
        tuple(outside_of(plan, verdict, zone)),
    )


def _called(region: Region, name: str, unit: int) -> str:
    """What people call a building or unit, its compound, and where it is."""
    known = region.directory
    told, place = known.called_id(name), known.place_of(name)
    named = region.labels[unit] != region.names[unit]
    if named and region.labels[unit] not in told:
        told += f" of {region.called(unit)}"
    return f"{told}, {place}," if place and place not in told else told


@dataclass(frozen=True, eq=False)
class _Tried:
    """The plan with some units elsewhere. `labels`: zones numbered as they were."""

    labels: NDArray[np.int32]
    plan: Plan
    verdict: Verdict

    def place(self, zone: int) -> int | None:
        """Where a zone stands now; None if nothing is left of it."""
        here = np.flatnonzero(self.labels == zone)
        return int(self.plan.zone_of[here[0]]) if len(here) else None


def _tried(plan: Plan, moves: Mapping[int, int]) -> _Tried:
    labels = plan.zone_of.copy()
    labels[list(moves)] = list(moves.values())
    moved = Plan(plan.problem, labels, plan.names)
    return _Tried(labels, moved, judge(moved))


def _elsewhere(plan: Plan, verdict: Verdict, unit: int) -> tuple[Elsewhere, ...]:
    told = [_moved(plan, verdict, unit, to) for to in _others(plan, verdict, unit)]
    told.sort(key=lambda one: (len(one.broken), one.excess, one.change, one.zone))
    return tuple(
        replace(one, mend=_mend(plan, verdict, unit, verdict.names.index(one.zone)))
        if one.worse and verdict.ok
        else one
        for one in told[:TOLD]
    )


def _others(plan: Plan, verdict: Verdict, unit: int) -> list[int]:
    """All zones the unit touches; if these are few, those with the nearest centers."""
    out = [zone for zone in _zones_at(plan, unit) if zone != plan.zone_of[unit]]
    ways = plan.problem.way_between([unit], verdict.center)[0]
    for zone in np.argsort(ways, kind="stable").tolist():
        if len(out) < TOLD and zone not in out and zone != plan.zone_of[unit]:
            out.append(zone)
    return out


def _zones_at(plan: Plan, unit: int) -> list[int]:
    """Zones of the units that a unit touches."""
    indptr, indices = plan.problem.edited_region.adjacency
    near = plan.zone_of[indices[indptr[unit] : indptr[unit + 1]]]
    return sorted(set(near.tolist()))


def _moved(plan: Plan, verdict: Verdict, unit: int, to: int) -> Elsewhere:
    tried = _tried(plan, {unit: to})
    both = (int(plan.zone_of[unit]), to)
    return Elsewhere(
        verdict.names[to],
        to in _zones_at(plan, unit),
        tried.verdict.total - verdict.total,
        tuple(_balance(plan, verdict, tried, both)),
        broken_anew(verdict, tried.verdict),
        tuple(_beyond(verdict, tried, both)),
        None,
        tried.verdict.excess - verdict.excess,
        put_outside(verdict, tried.verdict),
    )


def _balance(
    plan: Plan, verdict: Verdict, tried: _Tried, zones: Sequence[int]
) -> Iterator[Deviation]:
    """How far the zones are from their fair share before and after."""
    away = plan.problem.away
    for zone in zones:
        name, place = verdict.names[zone], tried.place(zone)
        before = away(int(verdict.cost[zone]), name)
        if before is None or plan.problem.tolerance is None:
            return
        after = None if place is None else away(int(tried.verdict.cost[place]), name)
        yield Deviation(name, before, after)


def _beyond(verdict: Verdict, tried: _Tried, zones: Sequence[int]) -> Iterator[str]:
    """By how much the zones pass their limits after the move."""
    for zone in zones:
        place = tried.place(zone)
        if place is None:
            continue
        for limit in zone_limits(tried.plan, tried.verdict, place):
            name = verdict.names[zone]
            if limit.over > 0:
                yield f"zone {name} has {limit.amount(limit.over)} too much"
            if limit.under > 0:
                yield f"zone {name} lacks {limit.amount(limit.under)}"


def _mend(plan: Plan, verdict: Verdict, unit: int, to: int) -> Mend | None:
    """The cheapest second move that keeps every rule, and zones no farther outside.

    It goes out of the zone that was joined, or into the one that was left.
    """
    best: tuple[int, int, int] | None = None
    for other, zone in _second_moves(plan, unit, to):
        tried = _tried(plan, {unit: to, other: zone})
        if tried.verdict.ok and tried.verdict.excess <= verdict.excess:
            found = (tried.verdict.total - verdict.total, other, zone)
            best = found if best is None else min(best, found)
    if best is None:
        return None
    change, other, zone = best
    origin = verdict.names[plan.zone_of[other]]
    region = plan.problem.region
    told = first_few(region.directory.told_units([other]), 3)
    moved = region.buildings[other]
    return Mend(moved, origin, verdict.names[zone], change, told)


def _second_moves(plan: Plan, unit: int, to: int) -> list[tuple[int, int]]:
    """Units and zones for them, those that weigh most like the first unit first."""
    left, load = int(plan.zone_of[unit]), plan.problem.region.load
    moves = [
        (int(other), zone)
        for other in np.flatnonzero(plan.zone_of == to)
        for zone in _zones_at(plan, int(other))
        if zone != to
    ]
    moves += [
        (int(other), left)
        for other in np.flatnonzero(plan.zone_of != left)
        if plan.zone_of[other] != to and left in _zones_at(plan, int(other))
    ]
    moves.sort(key=lambda move: (abs(int(load[move[0]] - load[unit])), move))
    return moves[:MENDS]
