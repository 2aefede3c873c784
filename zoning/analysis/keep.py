"""Zones that stay: their names, and the zones of a plan that are not drawn anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from zoning.analysis.difference import require_same_region
from zoning.check import judge
from zoning.errors import InputError
from zoning.plan import PLAN, Plan
from zoning.problem import PROBLEM, Problem
from zoning.rules import Freeze, Lock, Previous, Rule
from zoning.rules.places import units_of
from zoning.text import arguments
from zoning.text.lists import first_few
from zoning.text.order import by_name

NAMES = "zone name"  # column with the name of the zone each building is in


@arguments.takes(problem=PROBLEM, plan=PLAN, zones=arguments.NAMES)
def keeping(problem: Problem, plan: Plan, zones: str | Iterable[str]) -> Problem:
    """The problem with some zones of a plan locked, for drawing the rest anew.

    A zone that breaks a band is frozen instead: it stays as it is, left out of the
    balance, for nothing that is drawn anew could mend it.

    Parameters
    ----------
    problem
        What is to be solved.
    plan
        Its zones, by their names in ``judge(plan).names``, are what is kept. The
        zones drawn anew take the names of those they share the most floor area with.
    zones
        Names of the zones that stay as they are.

    Raises
    ------
    InputError
        There is no such zone, or it cannot be locked (torn, or against another rule,
        which may lock a zone of that name with other buildings); the plan is of another
        region.
    """
    require_same_region((Plan(problem, np.zeros(len(problem.region), np.int32)), plan))
    names = judge(plan).names
    kept = [zone_called(name, names) for name in dict.fromkeys(zones)]
    locked = {x.locked.zone: x for x in problem.rules if x.locked is not None}
    told = [
        _other_than_locked(locked[names[zone]], plan, zone)
        for zone in kept
        if names[zone] in locked
    ]
    if any(told):
        raise InputError(" ".join(filter(None, told)))
    frozen = _breaks_bands(problem, plan)
    locks = [
        (Freeze if zone in frozen else Lock)(names[zone], buildings_of(plan, zone))
        for zone in kept
        if names[zone] not in locked
    ]
    name_of = {x: name for k, name in enumerate(names) for x in buildings_of(plan, k)}
    problem = _bearing(problem, name_of)
    return replace(problem, rules=(*problem.rules, *locks))


def _other_than_locked(rule: Rule, plan: Plan, zone: int) -> str:
    """What a zone to keep lacks, or has more, than a rule locks it with; else empty."""
    locked = units_of(plan.problem.region, rule.holds)
    lacks = np.setdiff1d(locked, plan.zones[zone])
    more = np.setdiff1d(plan.zones[zone], locked)
    if not len(lacks) and not len(more):
        return ""
    region = plan.problem.region
    told = [
        f"{verb} {first_few((region.called(i) for i in units), 5)}"
        for verb, units in (("has", more), ("lacks", lacks))
        if len(units)
    ]
    return (
        f"Zone {rule.names_zone} cannot be kept as it is in the plan, where it "
        f"{' and '.join(told)}: the rule that {rule.told(region)} says "
        "otherwise. Leave the rule out, or do not keep the zone."
    )


def _bearing(problem: Problem, name_of: Mapping[str, str]) -> Problem:
    """The problem with names for its zones, by building, where no rule gives any."""
    rules = problem.rules
    if any(rule.former_column not in (None, NAMES) for rule in rules):
        return problem
    given = problem.region
    column = tuple(name_of[building] for building in given.building_ids)
    region = replace(given, columns={**given.columns, NAMES: column})
    rules = tuple(dict.fromkeys((*rules, Previous(NAMES))))
    return replace(problem, region=region, rules=rules)


def buildings_of(plan: Plan, zone: int) -> tuple[str, ...]:
    """Ids of the buildings of a zone."""
    region = plan.problem.region
    return tuple(name for i in plan.zones[zone] for name in region.buildings[i])


def zone_called(name: str, names: tuple[str, ...]) -> int:
    """Position of the zone of this name.

    Raises
    ------
    InputError
        There is none.
    """
    if name not in names:
        msg = f"There is no zone {name}; there are {', '.join(names)}."
        raise InputError(msg)
    return names.index(name)


def zone_with(plan: Plan, word: str) -> str:
    """Name of a zone: the word itself, or that of the zone that holds what it names.

    An id is no name: a zone 99 that is not there is none, whatever building is 99.

    Raises
    ------
    InputError
        There is no such zone, building or unit, or it is in several zones.
    """
    names, known = judge(plan).names, plan.problem.region.directory.match(word)
    if word in (*names, *known.ids) or not (known.ids or known.twins):
        zone_called(word, names)
        return word
    units = units_of(plan.problem.region, (word,))
    zones = sorted({names[k] for k in plan.zone_of[units].tolist()}, key=by_name)
    if len(zones) > 1:
        msg = f"{word!r} is in zones {', '.join(zones)}. Name one of them."
        raise InputError(msg)
    return str(zones[0])


def _breaks_bands(problem: Problem, plan: Plan) -> set[int]:
    """Zones of a plan that cost, or hold, what no zone of the problem may."""
    verdict, region = judge(plan), plan.problem.region
    broken = set()
    for zone, units in enumerate(plan.zones):
        band = problem.cost_band_of(problem.factor_of(verdict.names[zone]))
        if band is not None and int(verdict.cost[zone]) not in band:
            broken.add(zone)
        for name, limit in problem.bands.items():
            values = region.values_of(name)
            if int(values[units].sum()) not in limit:
                broken.add(zone)
    return broken
