"""Judge planners' rules on a plan, building by building, without any search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from zoning.check.violations import Violation
from zoning.check.zone_names import Naming
from zoning.plan import Plan
from zoning.region import Ints
from zoning.rules import (
    CannotLink,
    Contain,
    Freeze,
    Lock,
    MustLink,
    Pin,
    Previous,
    Spread,
)
from zoning.rules.graph_edits import zone_of_all
from zoning.text.lists import first_few


def frozen(plan: Plan, names: Sequence[str]) -> set[int]:
    """Zones no band is asked of."""
    free = {rule.zone for rule in plan.problem.rules if isinstance(rule, Freeze)}
    return {zone for zone, name in enumerate(names) if name in free}


def broken_rules(plan: Plan, naming: Naming, center: Ints) -> Iterator[Violation]:
    """Every planner's rule the plan breaks."""
    region = plan.problem.region
    zone_of = zone_of_all(region, plan.zone_of)
    for rule in plan.problem.rules:
        match rule:
            case MustLink():
                yield from _parted(rule, zone_of, naming)
            case CannotLink():
                yield from _joined(rule, zone_of, naming)
            case Pin():
                yield from _misplaced(rule, zone_of, naming)
            case Lock():
                yield from _unlocked(rule, plan, naming)
            case Contain():
                yield from _across(rule, plan, naming)
            case Spread():
                yield from _spread(rule, plan, naming)
            case Previous():
                yield from _over_budget(rule, plan, naming)
            case _:
                pass  # prices, targets and ways: judged with cost, bands and centers
    yield from _badly_served(plan, naming, center)


def _called(naming: Naming, zone: int) -> str:
    return f"zone {naming.names[zone]}"


def _parted(
    rule: MustLink, zone_of: dict[str, int], naming: Naming
) -> Iterator[Violation]:
    where = {zone_of[name]: name for name in reversed(rule.buildings)}
    if len(where) > 1:
        told = ", ".join(f"{name} in {_called(naming, k)}" for k, name in where.items())
        words = f"{rule}, but they do not: {told}."
        yield Violation(str(rule), "", rule.buildings, len(where), 1, words)


def _joined(
    rule: CannotLink, zone_of: dict[str, int], naming: Naming
) -> Iterator[Violation]:
    inside: dict[int, list[str]] = {}
    for name in rule.buildings:
        inside.setdefault(zone_of[name], []).append(name)
    for zone, names in inside.items():
        if len(names) > 1:
            words = (
                f"{', '.join(names)} must not share a zone, but all are in "
                f"{_called(naming, zone)}."
            )
            called, many = naming.names[zone], len(names)
            yield Violation(str(rule), called, tuple(names), many, 1, words)


def _misplaced(
    rule: Pin, zone_of: dict[str, int], naming: Naming
) -> Iterator[Violation]:
    for name in rule.buildings:
        if naming.names[zone_of[name]] != rule.zone:
            words = (
                f"{name} is pinned to zone {rule.zone}, but is in "
                f"{_called(naming, zone_of[name])}."
            )
            yield Violation(str(rule), rule.zone, (name,), words=words)


def _unlocked(rule: Lock, plan: Plan, naming: Naming) -> Iterator[Violation]:
    region = plan.problem.region
    if rule.zone not in naming.names:
        words = f"Zone {rule.zone} must stay as it is, but there is no such zone."
        yield Violation(str(rule), rule.zone, words=words)
        return
    wanted = set(rule.buildings)
    for name, mine in zip(region.names, region.buildings, strict=True):
        if name in wanted:
            wanted.update(mine)
    zone = naming.names.index(rule.zone)
    have = {name for i in plan.zones[zone] for name in region.buildings[i]}
    gone = sorted(wanted.intersection(region.building_ids) - have)
    came = sorted(have - wanted)
    for verb, names in (("lost", gone), ("gained", came)):
        if names:
            words = (
                f"Zone {rule.zone} must stay as it is, but it {verb} "
                f"{first_few(names, 5)}."
            )
            yield Violation(str(rule), rule.zone, tuple(names), len(names), 0, words)


def _across(rule: Contain, plan: Plan, naming: Naming) -> Iterator[Violation]:
    region = plan.problem.region
    met: list[dict[str, str]] = [{} for _ in range(plan.num_zones)]
    column = region.columns[rule.column]
    for name, i, value in zip(
        region.building_ids, region.unit_of_building, column, strict=True
    ):
        met[plan.zone_of[i]].setdefault(str(value), name)
    for zone, values in enumerate(met):
        if len(values) > 1:
            told = ", ".join(f"{v} ({name})" for v, name in sorted(values.items()))
            called = naming.names[zone]
            words = f"Zone {called} crosses a border of {rule.column}: it holds {told}."
            yield Violation(str(rule), called, (), len(values), 1, words)


def _spread(rule: Spread, plan: Plan, naming: Naming) -> Iterator[Violation]:
    region = plan.problem.region
    low = np.full(plan.num_zones, np.inf)
    high = np.full(plan.num_zones, -np.inf)
    column = region.columns[rule.column]
    for i, value in zip(region.unit_of_building, column, strict=True):
        if value is not None:
            zone = plan.zone_of[i]
            low[zone] = min(low[zone], float(value))
            high[zone] = max(high[zone], float(value))
    for zone in np.flatnonzero(high - low > rule.most + 1e-9).tolist():
        words = (
            f"In {_called(naming, zone)} {rule.column} runs from {low[zone]:g} to "
            f"{high[zone]:g}; it may differ by {rule.most:g}."
        )
        spread = float(high[zone] - low[zone])
        yield Violation(str(rule), naming.names[zone], (), spread, rule.most, words)


def _over_budget(rule: Previous, plan: Plan, naming: Naming) -> Iterator[Violation]:
    if rule.budget is None:
        return
    total, changed = int(plan.problem.region.area.sum()), int(naming.changed.sum())
    most = int(rule.budget * total + 1e-6)
    if changed > most:
        words = (
            f"{changed:,} m² change zone, {100 * changed / total:.1f} % of the floor "
            f"area; allowed are {100 * rule.budget:g} %."
        )
        yield Violation(str(rule), "", (), changed, most, words)


def _badly_served(plan: Plan, naming: Naming, center: Ints) -> Iterator[Violation]:
    """Zones whose center may not be one, or is too far from a unit."""
    problem, region = plan.problem, plan.problem.region
    terms = problem.terms
    if not terms.limits_ways:
        return
    for zone, units in enumerate(plan.zones):
        called = naming.names[zone]
        if not terms.candidate[units].any():
            words = f"Zone {called} holds no building that may be a center."
            yield Violation("centers", called, words=words)
            continue
        served = problem.may_serve(units, center[zone : zone + 1])[:, 0]
        if not served.all():
            way = problem.way_between(units, center[zone : zone + 1])[:, 0]
            far = first_few(
                (
                    f"{region.names[units[p]]} ({way[p]:.0f} m)"
                    for p in np.flatnonzero(~served)
                ),
                5,
            )
            words = (
                f"Zone {called}: too far from any center, the "
                f"best being {region.names[center[zone]]}: {far}; allowed are "
                f"{terms.hard:g} m."
            )
            yield Violation("radius", called, (), float(way.max()), terms.hard, words)
