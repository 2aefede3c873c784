"""What one look proves impossible, told in words a planner can act on."""

from __future__ import annotations

import numpy as np

from zoning.problem import Problem
from zoning.units import Ints

COST = "cost without travel"


def reason(problem: Problem) -> str:
    """Why no plan can keep the rules, or "" where one look finds nothing."""
    for look in (_too_many_zones, _too_heavy, _sums_out_of_reach, _odd_parts):
        found = look(problem)
        if found:
            return found
    return ""


def _bands(problem: Problem) -> list[tuple[str, Ints, int, int]]:
    """Per band its words, what each unit adds, and the limits of the sum.

    Travel only adds to a zone's cost, so the cost band bounds the load from above.
    """
    region, out = problem.region, []
    if problem.cost_band is not None:
        high = problem.cost_band.high - problem.fixed
        out.append((COST, region.load, 0, high))
    for name, band in problem.bands.items():
        values = region.load if name == "load" else region.sums[name]
        out.append((name, values, band.low, band.high))
    return out


def _too_many_zones(problem: Problem) -> str:
    n, count = len(problem.region), problem.num_zones
    if count <= n:
        return ""
    return (
        f"{count} zones were asked for, but there are only {n} units and none may be "
        f"split. Ask for at most {n} zones."
    )


def _too_heavy(problem: Problem) -> str:
    region = problem.region
    for words, values, _, high in _bands(problem):
        heavy = np.flatnonzero(values > high)
        if len(heavy):
            told = ", ".join(f"{region.names[i]} ({values[i]:,})" for i in heavy[:5])
            more = f" and {len(heavy) - 5} more" if len(heavy) > 5 else ""
            most = int(values[heavy].max())
            mend = f"Raise that limit to at least {most:,}, or split the unit."
            if words == COST:
                fewer = max(1, int(values.sum()) // most)
                mend = (
                    f"Ask for fewer zones (about {fewer}), raise the tolerance, or "
                    "split the unit."
                )
            return (
                f"A zone may have {words} of at most {high:,}, but single units exceed "
                f"that: {told}{more}. {mend}"
            )
    return ""


def _sums_out_of_reach(problem: Problem) -> str:
    count = problem.num_zones
    for words, values, low, high in _bands(problem):
        total = int(values.sum())
        if total < low * count:
            return (
                f"{count} zones of at least {low:,} {words} need {low * count:,}; "
                f"there are {total:,}. Ask for at most {total // low} zones, or at "
                f"least {total // count:,} each."
            )
        if total > high * count:
            return (
                f"{count} zones of at most {high:,} {words} hold {high * count:,}; "
                f"there are {total:,}. Ask for at least "
                f"{-(-total // max(1, high))} zones."
            )
    return ""


def _odd_parts(problem: Problem) -> str:
    """A part cut off from the rest must fit a whole number of zones by itself."""
    region = problem.region
    part = region.components
    if part.max() == 0:
        return ""
    least, most = 0, 0
    for p in range(part.max() + 1):
        units = np.flatnonzero(part == p)
        few, many = _zones_of(problem, units)
        some = ", ".join(region.names[i] for i in units[:5])
        told = f"{len(units)} units ({some}{', ...' if len(units) > 5 else ''})"
        if few > many:
            return (
                f"A part of the region that touches no other, {told}, costs "
                f"{int(region.load[units].sum()):,} without travel and fits no whole "
                "number of zones. Join it to the rest by a bridge, raise the "
                "tolerance, or leave it out."
            )
        least, most = least + few, most + many
    if not least <= problem.num_zones <= most:
        return (
            f"The parts of the region that do not touch hold {least} to {most} zones "
            f"together; {problem.num_zones} were asked for."
        )
    return ""


def _zones_of(problem: Problem, units: Ints) -> tuple[int, int]:
    """The fewest and the most zones a part on its own can hold."""
    few, many = 1, min(len(units), problem.num_zones)
    for _, values, low, high in _bands(problem):
        total = int(values[units].sum())
        few = max(few, -(-total // max(1, high)))
        if low > 0:
            many = min(many, total // low)
    band = problem.cost_band
    if band is not None:
        # the most travel these units can cause: all served from the farthest of them
        away = problem.metre_cost[units] * np.hypot(
            *np.ptp(problem.region.xy[units], 0)
        )
        if problem.travel is None and problem.region.way is None:
            cost = int(problem.region.load[units].sum() + np.ceil(away).sum())
            if band.low > problem.fixed:
                many = min(many, cost // (band.low - problem.fixed))
    return few, many
