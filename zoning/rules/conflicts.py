"""What rules cannot ask for together, whatever the plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf

import numpy as np
from scipy.sparse.csgraph import connected_components

from zoning.region import Region
from zoning.rules.compiled import together
from zoning.rules.places import units_of
from zoning.rules.rule import Rule
from zoning.rules.terms import LockTerm, ShareTerm, Term, TogetherTerm, WaysTerm
from zoning.text.lists import first_few


def contradictions(region: Region, rules: Sequence[Rule]) -> Iterator[str]:
    """What rules cannot ask for together, whatever the plan."""
    terms = [term for rule in rules for term in rule.terms(region)]
    yield from _two_pins(region, rules)
    yield from _linked_apart(region, rules, terms)
    yield from _bad_locks(region, rules, terms)
    for rule in rules:
        yield from rule.contradictions(region)
    if sum(rule.former_column is not None for rule in rules) > 1:
        yield "Only one last year's plan can be kept; leave one out."
    locks = [term.name for term in terms if isinstance(term, LockTerm)]
    for zone in sorted({zone for zone in locks if locks.count(zone) > 1}):
        yield f"Zone {zone} is locked or frozen twice; leave one of the rules out."
    soft = {t.soft for t in terms if isinstance(t, WaysTerm)} - {inf}
    if len(soft) > 1:
        told = " m and beyond ".join(f"{metres:g}" for metres in sorted(soft))
        yield f"Ways are priced beyond {told} m; only one length can be. Leave one out."
    targets = [term.name for term in terms if isinstance(term, ShareTerm)]
    for zone in sorted({zone for zone in targets if targets.count(zone) > 1}):
        yield f"Zone {zone} has two targets; leave one out."


def _two_pins(region: Region, rules: Sequence[Rule]) -> Iterator[str]:
    zone_of: dict[int, tuple[str, str]] = {}
    told = set()
    for rule in rules:
        wanted = rule.names_zone or ""
        for building in rule.holds:
            unit = int(units_of(region, (building,))[0])
            zone, first = zone_of.setdefault(unit, (wanted, building))
            if zone != wanted and unit not in told:
                told.add(unit)
                called = region.directory.called_id
                same = (
                    "" if first == building else f" (in one unit with {called(first)})"
                )
                yield (
                    f"Building {called(building)}{same} is asked to be in zone {zone} "
                    f"and in zone {wanted}. Leave one out."
                )


def _linked_apart(
    region: Region, rules: Sequence[Rule], terms: Sequence[Term]
) -> Iterator[str]:
    """Buildings that must and cannot share a zone."""
    group = np.arange(len(region))
    for at, units in enumerate(together(region, terms)):
        group[units] = len(region) + at
    called = region.directory.called_id
    for rule in rules:
        first: dict[int, str] = {}
        for building in rule.parted:
            unit = int(units_of(region, (building,))[0])
            other = first.setdefault(int(group[unit]), building)
            if other != building:
                yield (
                    f"Buildings {called(other)} and {called(building)} are asked to "
                    "stay apart, but they must be in one zone (a link, a pin or a "
                    "unit holds them together). Leave one of the two rules out."
                )


def _bad_locks(
    region: Region, rules: Sequence[Rule], terms: Sequence[Term]
) -> Iterator[str]:
    called = region.directory.called_id
    taken: dict[int, str] = {}
    links = [term for term in terms if isinstance(term, TogetherTerm)]
    groups = list(together(region, links))
    for rule in (rule.locked for rule in rules if rule.locked is not None):
        units = units_of(region, rule.buildings)
        inside = set(rule.buildings) | {region.names[i] for i in units}
        extra = [
            name
            for i in units
            if region.names[i] not in rule.buildings
            for name in region.buildings[i]
            if name not in inside
        ]
        if extra:
            yield (
                f"Zone {rule.zone} is locked without "
                f"{first_few(map(called, extra), 5)}, which stand in one unit with "
                "its buildings. Lock them too."
            )
        for i in units.tolist():
            other = taken.setdefault(i, rule.zone)
            if other != rule.zone:
                yield f"{region.called(i)} is in locked zones {other} and {rule.zone}."
        for group in groups:
            here = np.isin(group, units)
            if here.any() and not here.all():
                left = region.called(group[~here][0])
                yield (
                    f"Zone {rule.zone} is locked, but {left} must stay together "
                    f"with {region.called(group[here][0])} in it. Lock both or drop "
                    "the link."
                )
        graph = region.graph(region.edges).tocsr()[units][:, units]
        number, part = connected_components(graph, directed=False)
        if number > 1:
            some = [region.called(units[np.argmax(part == p)]) for p in range(number)]
            yield (
                f"Zone {rule.zone} is locked, but it is torn into {number} parts by "
                f"barriers, borders or gaps (one unit of each: {first_few(some, 5)}). "
                "Open the barrier, or do not lock it."
            )
