"""What planners' rules make impossible at a look, told in ids and numbers."""

from __future__ import annotations

import numpy as np
from scipy.sparse.csgraph import connected_components

from zoning.problem import TABLE_UNITS, Problem
from zoning.region import Ints
from zoning.rules.asked import Ground, Infeasibility
from zoning.rules.places import units_of
from zoning.rules.terms import LockTerm
from zoning.search.presolve.limits import (
    amount,
    around,
    listed,
    searched,
    zone_cost,
)
from zoning.text.lists import first_few


def locked_zones_that_break_rules(problem: Problem) -> Infeasibility | None:
    """A locked zone that breaks a rule itself, so that every plan does."""
    for lock in problem.terms.locks:
        for rule in problem.rules:
            for told in rule.broken_in(problem.edited_region, lock.name, lock.units):
                return Infeasibility(told, "Leave one of the two rules out.")
        told = _center_fault(problem, lock)
        if told:
            return Infeasibility(told, "Name a center in it, or do not lock it.")
        told = "" if lock.frozen else _band_fault(problem, lock)
        if told:
            mend = f"Freeze zone {lock.name} instead of locking it, or move the limit."
            return Infeasibility(told, mend)
    return None


def too_much_changes_anyhow(problem: Problem) -> Infeasibility | None:
    """Locked zones that move more floor area than the budget of change allows."""
    base, most = problem.terms.change_base, problem.terms.change_most
    if most is None or base <= most:
        return None
    return Infeasibility(
        f"Locked zones alone make {base:,} m² change zone; allowed are {most:,} m².",
        "Allow more change, or lock fewer zones.",
    )


def _center_fault(problem: Problem, lock: LockTerm) -> str:
    units = lock.units
    if not problem.terms.limits_ways:
        return ""
    if not problem.terms.candidate[units].any():
        return f"Zone {lock.name} is locked and holds no building that may be a center."
    if not problem.may_serve(units, units).all(axis=0).any():
        return (
            f"Zone {lock.name} is locked, and no center in it has all its units within "
            f"{problem.terms.hard:g} m."
        )
    return ""


def _band_fault(problem: Problem, lock: LockTerm) -> str:
    region, units = problem.region, lock.units
    for name, band in problem.bands.items():
        values = region.values_of(name)
        total = int(values[units].sum())
        if total not in band:
            return (
                f"Zone {lock.name} is locked and has {amount(name, total)}; allowed "
                f"are {band.low:,} to {band.high:,}."
            )
    allowed = problem.cost_band_of(problem.factor_of(lock.name))
    cost = zone_cost(problem, units)
    if allowed is not None and cost is not None and cost not in allowed:
        return (
            f"Zone {lock.name} is locked and costs {cost:,} yuan a year; allowed are "
            f"{allowed.low:,} to {allowed.high:,}."
        )
    return ""


def linked_but_parted(problem: Problem) -> Infeasibility | None:
    """Buildings that must share a zone in parts that do not touch."""
    region, part = problem.region, _parts(problem)
    for group in problem.terms.together:
        apart = group[part[group] != part[group[0]]]
        if not len(apart):
            continue
        binding = [
            rule
            for rule in problem.rules
            if np.isin(units_of(region, rule.linked), group).any()
        ]
        named = [name for rule in binding for name in rule.linked]
        one, other = (
            next(name for name in named if units_of(region, (name,))[0] == unit)
            for unit in (group[0], apart[0])
        )
        rules = first_few(binding, 3, "; ")
        here = np.flatnonzero(part == part[group[0]])
        there = np.flatnonzero(part == part[apart[0]])
        between = around(problem, min(here, there, key=len))
        parted = f"{between} cuts between them" if between else "no way joins them"
        return Infeasibility(
            f"{one} and {other} must share a zone ({rules}), but {parted}.",
            "Open a barrier between them, or leave the rule out.",
        )
    return None


def _parts(problem: Problem) -> Ints:
    """Part of each unit in the map without locked zones; those are parts themselves."""
    region, (units, _) = problem.edited_region, searched(problem)
    part = np.full(len(region), -1, np.int64)
    graph = region.graph(region.edges).tocsr()[units][:, units]
    number, part[units] = connected_components(graph, directed=False)
    for at, lock in enumerate(problem.terms.locks):
        part[lock.units] = number + at
    return part


def too_few_centers(problem: Problem) -> Infeasibility | None:
    """Fewer buildings that may be a center than zones; a part without any."""
    units, num_zones = searched(problem)
    may = problem.terms.candidate
    if may.all():
        return None
    have = int(may[units].sum())
    if have < num_zones:
        return Infeasibility(
            f"{num_zones} zones need {num_zones} centers, but only {have} units hold a "
            f"building that may be one: {listed(problem, units[may[units]])}.",
            f"Ask for at most {have} zones, or allow more centers.",
        )
    part = _parts(problem)
    for p in np.unique(part[units]):
        inside = np.flatnonzero(part == p)
        if not may[inside].any():
            between = around(problem, inside)
            cut = f", cut off by {between}," if between else ""
            return Infeasibility(
                f"{listed(problem, inside)}{cut} touch no building that may be a "
                "center.",
                "Allow a center there, or open the barrier.",
            )
    return None


def too_far_apart(problem: Problem) -> Infeasibility | None:
    """More units than zones, no two of which one center may serve."""
    (units, num_zones), hard = searched(problem), problem.terms.hard
    if hard == np.inf or len(units) > TABLE_UNITS:
        return None
    centers = units[problem.terms.candidate[units]]
    may = problem.may_serve(units, centers)
    lost = units[~may.any(axis=1)]
    if len(lost):
        way = problem.way_between(lost[:1], centers).min(initial=np.inf)
        return Infeasibility(
            f"No building that may be a center is within {hard:g} m of "
            f"{listed(problem, lost)}; the nearest to {problem.region.called(lost[0])} "
            f"is {way:.0f} m away.",
            f"Allow at least {way:.0f} m, or a center nearer by.",
        )
    chosen, taken = [], np.zeros(len(centers), np.bool_)
    for at in np.argsort(may.sum(axis=1), kind="stable"):
        if not (may[at] & taken).any():
            chosen.append(units[at])
            taken |= may[at]
    if len(chosen) <= num_zones:
        return None
    return Infeasibility(
        f"No center is within {hard:g} m of two of these {len(chosen)} units: "
        f"{listed(problem, np.array(chosen), 8)}; that takes {len(chosen)} zones, "
        f"{num_zones} were asked for.",
        f"Ask for more zones, or allow more than {hard:g} m.",
    )


def what_rules_prove(problem: Problem) -> Infeasibility | None:
    """What a rule alone proves: more buildings apart than zones, values too unlike."""
    (units, num_zones), part = searched(problem), _parts(problem)
    ground = Ground(problem.edited_region, units, part, problem.num_zones, num_zones)
    for rule in problem.rules:
        found = rule.impossible(ground)
        if found is not None:
            return found
    return None


RULE_CHECKS = (
    locked_zones_that_break_rules,
    too_much_changes_anyhow,
    linked_but_parted,
    too_few_centers,
    too_far_apart,
    what_rules_prove,
)
