"""What rules cannot ask for together, whatever the plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.sparse.csgraph import connected_components

from zoning.region import Region
from zoning.rules import (
    Border,
    CannotLink,
    Contain,
    Lock,
    MustLink,
    Pin,
    Previous,
    Radius,
    Rule,
    Target,
)
from zoning.rules.compiled import together
from zoning.rules.graph_edits import units_of
from zoning.text.lists import first_few


def contradictions(region: Region, rules: Sequence[Rule]) -> Iterator[str]:
    """What rules cannot ask for together, whatever the plan."""
    yield from _two_pins(region, rules)
    yield from _linked_apart(region, rules)
    yield from _bad_locks(region, rules)
    yield from _mixed_units(region, rules)
    previous = [rule for rule in rules if isinstance(rule, Previous)]
    if len(previous) > 1:
        yield "Only one last year's plan can be kept; leave one out."
    locks = [rule.zone for rule in rules if isinstance(rule, Lock)]
    for zone in sorted({zone for zone in locks if locks.count(zone) > 1}):
        yield f"Zone {zone} is locked or frozen twice; leave one of the rules out."
    soft = {r.soft for r in rules if isinstance(r, Radius) and r.soft is not None}
    if len(soft) > 1:
        told = " m and beyond ".join(f"{metres:g}" for metres in sorted(soft))
        yield f"Ways are priced beyond {told} m; only one length can be. Leave one out."
    targets = [rule.zone for rule in rules if isinstance(rule, Target)]
    for zone in sorted({zone for zone in targets if targets.count(zone) > 1}):
        yield f"Zone {zone} has two targets; leave one out."


def _two_pins(region: Region, rules: Sequence[Rule]) -> Iterator[str]:
    zone_of: dict[int, tuple[str, str]] = {}
    told = set()
    for rule in rules:
        if not isinstance(rule, Pin | Lock):
            continue
        for building in rule.buildings:
            unit = int(units_of(region, (building,))[0])
            zone, first = zone_of.setdefault(unit, (rule.zone, building))
            if zone != rule.zone and unit not in told:
                told.add(unit)
                same = "" if first == building else f" (in one unit with {first})"
                yield (
                    f"Building {building}{same} is asked to be in zone {zone} and in "
                    f"zone {rule.zone}. Leave one out."
                )


def _linked_apart(region: Region, rules: Sequence[Rule]) -> Iterator[str]:
    """Buildings that must and cannot share a zone."""
    group = np.arange(len(region))
    for at, units in enumerate(together(region, rules)):
        group[units] = len(region) + at
    for rule in rules:
        if not isinstance(rule, CannotLink):
            continue
        first: dict[int, str] = {}
        for building in rule.buildings:
            unit = int(units_of(region, (building,))[0])
            other = first.setdefault(int(group[unit]), building)
            if other != building:
                yield (
                    f"Buildings {other} and {building} are asked to stay apart, but "
                    "they must be in one zone (a link, a pin or a unit holds them "
                    "together). Leave one of the two rules out."
                )


def _bad_locks(region: Region, rules: Sequence[Rule]) -> Iterator[str]:
    taken: dict[int, str] = {}
    groups = list(together(region, [r for r in rules if isinstance(r, MustLink)]))
    for rule in (rule for rule in rules if isinstance(rule, Lock)):
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
                f"Zone {rule.zone} is locked without {first_few(extra, 5)}, which "
                "stand in one unit with its buildings. Lock them too."
            )
        for i in units.tolist():
            other = taken.setdefault(i, rule.zone)
            if other != rule.zone:
                yield f"{region.names[i]} is in locked zones {other} and {rule.zone}."
        for group in groups:
            here = np.isin(group, units)
            if here.any() and not here.all():
                left = region.names[group[~here][0]]
                yield (
                    f"Zone {rule.zone} is locked, but {left} must stay together with "
                    f"{region.names[group[here][0]]} in it. Lock both or drop the link."
                )
        graph = region.graph(region.edges).tocsr()[units][:, units]
        number, part = connected_components(graph, directed=False)
        if number > 1:
            some = [region.names[units[np.argmax(part == p)]] for p in range(number)]
            yield (
                f"Zone {rule.zone} is locked, but it is torn into {number} parts by "
                f"barriers, borders or gaps (one unit of each: {first_few(some, 5)}). "
                "Open the barrier, or do not lock it."
            )


def _mixed_units(region: Region, rules: Sequence[Rule]) -> Iterator[str]:
    """Units in two subdistricts, and buildings of which it is not known."""
    for rule in rules:
        if not isinstance(rule, Contain | Border):
            continue
        column = region.columns[rule.column]
        blank = [
            name
            for name, value in zip(region.building_ids, column, strict=True)
            if value is None
        ]
        if blank:
            yield (
                f"Column {rule.column!r} is empty for {first_few(blank)}; the "
                f"rule that {rule} needs it for every building. Fill it in."
            )
        if isinstance(rule, Border):
            continue
        values: list[set[str]] = [set() for _ in region.names]
        for i, value in zip(region.unit_of_building, column, strict=True):
            values[i].add(str(value))
        mixed = [region.names[i] for i, some in enumerate(values) if len(some) > 1]
        if mixed:
            yield (
                f"Buildings of one unit have different {rule.column}: "
                f"{first_few(mixed)}. No zone may cross that border, so correct "
                "the column or do not keep these buildings together."
            )
