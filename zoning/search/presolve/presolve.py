"""What one look proves impossible, told in words a planner can act on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse.csgraph import connected_components

from zoning.problem import Problem
from zoning.region import Ints
from zoning.rules.asked import Infeasibility
from zoning.search.presolve.limits import (
    COST,
    SumLimit,
    around,
    limits_of,
    listed,
    searched,
    tightened,
    zones_of,
)
from zoning.search.presolve.rules import RULE_CHECKS
from zoning.search.presolve.unit import unit_no_zone_can_hold
from zoning.text.lists import first_few


def why_infeasible(problem: Problem) -> str:
    """Why no plan can keep the rules, or "" where one look finds nothing."""
    found = find_infeasibility(problem)
    return "" if found is None else str(found)


def find_infeasibility(problem: Problem) -> Infeasibility | None:
    """What the first of `CHECKS` that finds something proves, and what would help."""
    for check in CHECKS:
        found = check(problem)
        if found is not None:
            return found
    return None


def too_many_zones(problem: Problem) -> Infeasibility | None:
    """No unit is split: locked zones may leave fewer units than zones."""
    units, num_zones = searched(problem)
    if 1 <= num_zones <= len(units) or num_zones == len(units) == 0:
        return _too_few_groups(problem, units, num_zones)
    locked = len(problem.terms.locks)
    if num_zones < 1:
        return Infeasibility(
            f"All {problem.num_zones} zones are locked, but {len(units)} units are in "
            f"none of them: {listed(problem, units)}.",
            f"Ask for more than {locked} zones, or lock fewer.",
        )
    return Infeasibility(
        f"{problem.num_zones} zones were asked for, but there are only {len(units)} "
        f"units beside the {locked} locked zones and none may be split.",
        f"Ask for at most {len(units) + locked} zones.",
    )


def _too_few_groups(
    problem: Problem, units: Ints, num_zones: int
) -> Infeasibility | None:
    """Groups that must stay together leave fewer pieces than zones."""
    bound = [group for group in problem.terms.together if np.isin(group, units).all()]
    pieces = len(units) - sum(len(group) - 1 for group in bound)
    if pieces >= num_zones:
        return None
    most = pieces + len(problem.terms.locks)
    largest = max(bound, key=len)
    return Infeasibility(
        f"{problem.num_zones} zones were asked for, but what must stay together leaves "
        f"only {pieces} pieces; the largest holds {len(largest)} units: "
        f"{listed(problem, largest)}.",
        f"Ask for at most {most} zones, or keep less together.",
    )


def too_heavy(problem: Problem) -> Infeasibility | None:
    """A unit that is more than a zone may have."""
    return _heavy(problem, limits_of(problem))


def too_heavy_for_the_rest(problem: Problem) -> Infeasibility | None:
    """A unit that leaves too little to the other zones."""
    return _heavy(problem, tightened(problem))


def _heavy(problem: Problem, limits: Sequence[SumLimit]) -> Infeasibility | None:
    units, _ = searched(problem)
    for limit in limits:
        values = limit.values[units]
        heavy = units[values > limit.high]
        if not len(heavy):
            continue
        told = first_few(
            (f"{problem.region.called(i)} ({limit.values[i]:,})" for i in heavy), 5
        )
        most = int(limit.values[heavy].max())
        mend = f"Raise that limit to at least {most:,}, or split the unit."
        if limit.name == COST:
            fewer = max(1, int(values.sum()) // most)
            mend = (
                f"Ask for fewer zones (about {fewer}), raise the tolerance, or split "
                "the unit."
            )
        return Infeasibility(
            f"A zone may have at most {limit.amount(limit.high)}{limit.because}, but "
            f"single units exceed that: {told}.",
            mend,
        )
    return None


def sums_out_of_reach(problem: Problem) -> Infeasibility | None:
    """All units together are too little, or too much, for so many zones."""
    units, num_zones = searched(problem)
    locked = len(problem.terms.locks)
    apart = f" beside the {locked} locked" if locked else ""
    for limit in limits_of(problem):
        total = int(limit.values[units].sum())
        if total < limit.low * num_zones:
            return Infeasibility(
                f"{num_zones} zones{apart} of at least {limit.amount(limit.low)} need "
                f"{limit.low * num_zones:,}; there are {total:,}.",
                f"Ask for at most {total // limit.low + locked} zones, or at least "
                f"{total // num_zones:,} each.",
            )
        if total > limit.most:
            alike = limit.most == num_zones * limit.high
            each = f" of at most {limit.amount(limit.high)}" if alike else ""
            unit = "" if alike else f" of {limit.amount(limit.most).split(' ', 1)[1]}"
            return Infeasibility(
                f"{num_zones} zones{apart}{each} hold {limit.most:,}{unit}; there are "
                f"{total:,}.",
                f"Ask for at least {-(-total // max(1, limit.high)) + locked} zones.",
            )
    return None


def odd_parts(problem: Problem) -> Infeasibility | None:
    """A part cut off from the rest must fit a whole number of zones by itself."""
    region, (units, num_zones) = problem.edited_region, searched(problem)
    graph = region.graph(region.edges).tocsr()[units][:, units]
    number, part = connected_components(graph, directed=False)
    if number == 1:
        return None
    least, most = 0, 0
    for p in range(number):
        inside = units[part == p]
        few, many = zones_of(problem, inside)
        if few > many:
            between = around(problem, inside)
            cut = f" (cut off by {between})" if between else ""
            return Infeasibility(
                f"A part of the region that touches no other{cut}, "
                f"{_units(len(inside))} ({listed(problem, inside)}), "
                f"{_has(problem, inside)} and fits no whole number of zones.",
                "Join it to the rest by a bridge, raise the tolerance, or leave it "
                "out.",
            )
        least, most = least + few, most + many
    if not least <= num_zones <= most:
        return Infeasibility(
            f"The parts of the region that do not touch hold {least} to {most} zones "
            f"together; {num_zones} were asked for.",
            "",
        )
    return None


def _units(number: int) -> str:
    return "1 unit" if number == 1 else f"{number} units"


def _has(problem: Problem, units: Ints) -> str:
    """What a part amounts to, by each limit."""
    told = []
    for limit in limits_of(problem):
        total = int(limit.values[units].sum())
        if limit.name == COST:
            told.append(f"costs {total:,} without travel")
        else:
            told.append(f"has {limit.amount(total)}")
    return ", ".join(told) or "stands alone"


CHECKS = (
    *RULE_CHECKS,
    too_many_zones,
    too_heavy,
    sums_out_of_reach,
    too_heavy_for_the_rest,
    odd_parts,
    unit_no_zone_can_hold,
)
