"""Explain what a zone costs, and which limits and rules hold it as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

import numpy as np

from zoning.analysis.explanations import CostItem, Served, ZoneExplanation
from zoning.analysis.zone_limits import zone_limits
from zoning.check import Verdict, judge
from zoning.check.excess import Excess, Reason
from zoning.check.gaps import called_ends
from zoning.plan import Plan
from zoning.region import Ints
from zoning.share import COST_BAND

NEAR = 0.02  # of a limit: what is left of it where it is nearly used up
TOLD = 3  # units told of


def explain_zone(plan: Plan, zone: int) -> ZoneExplanation:
    """What drives the cost of a zone, and what holds it as it is.

    Parameters
    ----------
    plan
        It may break rules.
    zone
        Its position in the plan.
    """
    verdict, problem = judge(plan), plan.problem
    region, units = problem.region, plan.zones[zone]
    second, extra = _second_center(plan, verdict, zone)
    return ZoneExplanation(
        verdict.names[zone],
        len(units),
        sum(len(region.buildings[i]) for i in units),
        int(verdict.cost[zone]),
        tuple(_items(plan, verdict, zone)),
        None
        if problem.tolerance is None
        else problem.away(int(verdict.cost[zone]), verdict.names[zone]),
        region.called(verdict.center[zone]),
        second,
        extra,
        tuple(_dearest(plan, verdict, zone)),
        tuple(_binding(plan, verdict, zone)),
        tuple(_rules(plan, verdict, zone)),
        tuple(verdict.names[other] for other in _neighbours(plan, zone)),
        tuple(
            str(broken)
            for broken in verdict.violations
            if broken.zone == verdict.names[zone] or _holds(plan, zone, broken.units)
        ),
        tuple(outside_of(plan, verdict, zone)),
    )


def outside_of(plan: Plan, verdict: Verdict, zone: int) -> Iterator[str]:
    """Bands the zone lies outside of, why, and what it would take to be within."""
    for one in verdict.exceptions:
        if one.zone == verdict.names[zone]:
            one = one.told(plan.problem.region.directory.called_id)
            why = f", because {one.because}" if one.because else ""
            told = (f"{str(one).rstrip('.')}{why}", *_remedies(plan, one))
            yield ". ".join(told)


def _remedies(plan: Plan, one: Excess) -> Iterator[str]:
    match one.reason:
        case Reason.UNIT:
            yield f"It would take {one.units[0]} divided into smaller units"
        case Reason.POCKET:
            yield "It would take a way to other units, or a barrier opened"
        case Reason.RULE if one.units:
            yield "It would take fewer units under this rule"
        case Reason.RULE:
            yield "It would take the lock taken off"
    if one.band != COST_BAND:
        return
    away = plan.problem.tolerance_for(one.value, plan.problem.factor_of(one.zone))
    if away < 1:
        yield f"A tolerance of {ceil(1_000 * away) / 1_000:g} would allow it"
    else:
        yield "No tolerance would allow it"


def _holds(plan: Plan, zone: int, units: Sequence[str]) -> bool:
    """Some of these units or buildings are in the zone."""
    region, inside = plan.problem.region, plan.zones[zone]
    names = {x for i in inside for x in (region.names[i], *region.buildings[i])}
    return not names.isdisjoint(units)


def _items(plan: Plan, verdict: Verdict, zone: int) -> Iterator[CostItem]:
    fixed = np.full(plan.num_zones, plan.problem.fixed)
    for what, values in (
        ("fixed", fixed),
        ("load", verdict.load),
        ("travel", verdict.travel),
        ("soft rules", verdict.surcharge),
    ):
        if values.any():
            yield CostItem(what, int(values[zone]), float(values.mean()))


def _reaching(plan: Plan, units: Ints, centers: Ints) -> Ints:
    """Travel and surcharge of each unit (rows) from each center (columns)."""
    problem = plan.problem
    ways = problem.travel_between(units, centers)
    if problem.terms.priced:
        ways = ways + problem.surcharge_between(units, centers)
    return ways


def _second_center(
    plan: Plan, verdict: Verdict, zone: int
) -> tuple[str | None, int | None]:
    """The next best center, and how much more the zone would cost."""
    units = plan.zones[zone]
    others = units[units != verdict.center[zone]]
    if plan.problem.terms.limits_ways and len(others):
        others = others[plan.problem.may_serve(units, others).all(axis=0)]
    if not len(others):
        return None, None
    ways = np.array(
        [int(_reaching(plan, units, others[[at]]).sum()) for at in range(len(others))]
    )
    at = int(ways.argmin())
    now = int(verdict.travel[zone] + verdict.surcharge[zone])
    return plan.problem.region.called(others[at]), int(ways[at]) - now


def _dearest(plan: Plan, verdict: Verdict, zone: int) -> Iterator[Served]:
    units, center = plan.zones[zone], verdict.center[[zone]]
    cost = _reaching(plan, units, center)[:, 0]
    way = plan.problem.way_between(units, center)[:, 0]
    for at in np.argsort(-cost, kind="stable")[:TOLD]:
        if cost[at] > 0:
            name = plan.problem.region.called(units[at])
            yield Served(name, int(cost[at]), float(way[at]))


def _binding(plan: Plan, verdict: Verdict, zone: int) -> Iterator[str]:
    for limit in zone_limits(plan, verdict, zone):
        value, band = limit.value, limit.band
        if 0 <= -limit.over <= NEAR * band.high:
            yield (
                f"it has {limit.amount(value)}, {-limit.over:,} less than the most "
                "allowed"
            )
        if 0 <= -limit.under <= NEAR * band.low:
            yield (
                f"it has {limit.amount(value)}, {-limit.under:,} more than the least "
                "allowed"
            )
    gap = verdict.gaps[zone]
    if gap is not None:
        ends = " and ".join(called_ends(plan.problem.region, gap))
        yield f"it hangs together only by a bridge of {gap.metres:,} m between {ends}"
    yield from _ways(plan, verdict, zone)
    for rule in plan.problem.rules:
        yield from rule.nearly(plan.problem.edited_region, plan.zones[zone], NEAR)


def _ways(plan: Plan, verdict: Verdict, zone: int) -> Iterator[str]:
    hard, units = plan.problem.terms.hard, plan.zones[zone]
    way = plan.problem.way_between(units, verdict.center[[zone]])[:, 0]
    at = int(way.argmax())
    if (1 - NEAR) * hard <= way[at] <= hard < np.inf:
        name = plan.problem.region.called(units[at])
        yield f"{name} is {way[at]:,.0f} m of way from the center, allowed are {hard:g}"


def _rules(plan: Plan, verdict: Verdict, zone: int) -> Iterator[str]:
    """Planners' rules that name the zone or buildings in it."""
    region, name = plan.problem.region, verdict.names[zone]
    for rule in plan.problem.rules:
        if rule.concerns(region, name, plan.zones[zone]):
            yield rule.told(region)


def _neighbours(plan: Plan, zone: int) -> list[int]:
    ends = plan.zone_of[plan.problem.edited_region.edges]
    across = ends[(ends == zone).sum(axis=1) == 1]
    return sorted(set(across.ravel().tolist()) - {zone})
