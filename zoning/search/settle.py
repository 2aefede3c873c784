"""Units that cost nothing go to the zone they stand in.

A park or a shed without floor area travels nothing, so to a search it is the same where
it is. The zone around such an idle unit is that of its neighbours, each counted by one
over its distance. It goes there where that changes no cost and tears no zone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

import numpy as np
from numpy.typing import NDArray

from zoning.check import judge
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.region import Region

NEAREST = 1.0  # metres: neighbours nearer than that count as much as one there


def settled(plan: Plan) -> Plan:
    """The plan with idle units in the zones they stand in; itself where none moves.

    The new plan is never worse: a zone whose cost a move would change, its cheapest
    center being an idle unit, keeps its idle units, and so do all where a rule minds.
    """
    before = judge(plan)
    if not before.ok:
        return plan
    idle = idle_units(plan)
    if not idle.any():
        return plan
    kept: set[int] = set()
    while True:
        zone_of = _moved(plan, idle, kept)
        if np.array_equal(zone_of, plan.zone_of):
            return plan
        new = Plan(plan.problem, zone_of, plan.names)
        after = judge(new)
        ids = new.zone_of[_first_units(zone_of, plan.num_zones)]
        changed = np.flatnonzero(after.cost[ids] != before.cost)
        if not len(changed):
            better = (after.excess, after.total) <= (before.excess, before.total)
            return new if after.ok and better else plan
        kept.update(changed.tolist())


def idle_units(plan: Plan) -> NDArray[np.bool_]:
    """Units without load, travel or any sum, which no rule names.

    Centers are not idle, nor units of locked zones, nor those in the zone they were in
    last year.
    """
    problem = plan.problem
    region, terms = problem.region, problem.terms
    idle = region.load == 0
    for name in {*region.sums, *problem.bands}:
        idle &= region.values_of(name) == 0
    for own in terms.sums:
        idle &= own.values == 0
    idle &= terms.pinned < 0
    verdict = judge(plan)
    idle[verdict.center] = False
    bound = [*(lock.units for lock in terms.locks), *terms.links, *terms.together]
    idle[np.concatenate([terms.apart.ravel(), *bound]).astype(np.int64)] = False
    if terms.former is not None:
        names = verdict.names
        stays = [
            names[k] == was for k, was in zip(plan.zone_of, terms.former, strict=True)
        ]
        idle &= ~np.array(stays)
    return np.asarray(idle & _travels_nothing(problem, idle))


def _travels_nothing(problem: Problem, idle: NDArray[np.bool_]) -> NDArray[np.bool_]:
    if problem.travel is None:
        return np.asarray(problem.metre_cost == 0)
    nothing = np.zeros(len(idle), bool)
    some = np.flatnonzero(idle)
    nothing[some] = ~np.asarray(problem.travel)[some].any(axis=1)
    return nothing


def _first_units(zone_of: NDArray[np.int32], num_zones: int) -> NDArray[np.int64]:
    first = np.zeros(num_zones, np.int64)
    first[zone_of[::-1]] = np.arange(len(zone_of))[::-1]
    return first


def _moved(
    plan: Plan, idle: NDArray[np.bool_], kept: Collection[int]
) -> NDArray[np.int32]:
    """Each idle unit in the zone around it, as far as no zone is torn or emptied.

    Zones that are `kept` neither give nor take. Each unit moves once at most, so the
    sweeps end.
    """
    region = plan.problem.edited_region
    around = _zone_around(region, plan.zone_of, idle)
    zone_of = np.array(plan.zone_of)
    members = [set(units.tolist()) for units in plan.zones]
    locked = {int(zone_of[lock.units[0]]) for lock in plan.problem.terms.locks}
    closed = {*kept, *locked}
    waiting = [i for i in around if around[i] != zone_of[i] and around[i] not in closed]
    waiting = [i for i in waiting if zone_of[i] not in closed]
    busy = np.bincount(zone_of[~idle], minlength=plan.num_zones)
    moved = True
    while moved:
        moved, later = False, []
        for i in waiting:
            here, there = int(zone_of[i]), around[i]
            near = _neighbours(region, i)
            touches = bool((zone_of[near] == there).any())
            if touches and busy[here] and _hangs_together(region, members[here], i):
                members[here].remove(i)
                members[there].add(i)
                zone_of[i], moved = there, True
            else:
                later.append(i)
        waiting = later
    return zone_of


def _zone_around(
    region: Region, zone_of: NDArray[np.int32], idle: NDArray[np.bool_]
) -> dict[int, int]:
    """The zone each idle unit stands in, from the rim of a group of them inwards.

    Units that only idle ones lie around take the zone those have been given.
    """
    known = ~idle
    found: dict[int, int] = {}
    rim = np.flatnonzero(idle).tolist()
    while rim:
        layer = {}
        for i in rim:
            near = _neighbours(region, i)
            near = near[known[near]]
            if len(near):
                zones = [found.get(j, int(zone_of[j])) for j in near.tolist()]
                layer[i] = _most_weight(region, i, near, zones)
        if not layer:
            return found
        found |= layer
        known[list(layer)] = True
        rim = [i for i in rim if i not in layer]
    return found


def _most_weight(
    region: Region, i: int, near: NDArray[np.int32], zones: list[int]
) -> int:
    weight: defaultdict[int, float] = defaultdict(float)
    metres = np.hypot(*(region.xy[near] - region.xy[i]).T)
    for zone, far in zip(zones, metres.tolist(), strict=True):
        weight[zone] += 1 / max(NEAREST, far)
    return max(sorted(weight), key=lambda zone: weight[zone])


def _neighbours(region: Region, i: int) -> NDArray[np.int32]:
    indptr, indices = region.adjacency
    return indices[indptr[i] : indptr[i + 1]]


def _hangs_together(region: Region, zone: set[int], i: int) -> bool:
    """Whether the zone hangs together without unit `i`."""
    near = zone.intersection(_neighbours(region, i).tolist())
    if not near:
        return False  # it is the whole zone
    first = near.pop()
    missing, seen, todo = near, {i, first}, [first]
    while missing and todo:
        here = todo.pop()
        new = set(_inside(region, zone, here)) - seen
        seen |= new
        missing -= new
        todo += sorted(new)
    return not missing


def _inside(region: Region, zone: set[int], i: int) -> Iterator[int]:
    return (j for j in _neighbours(region, i).tolist() if j in zone)
