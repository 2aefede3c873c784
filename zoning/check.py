"""Judge a plan: every rule and every price, without any solver or search.

What is shown to anyone comes from here. Nothing in this module trusts what a strategy
said about its plan; it starts from the labels alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from zoning.plan import Plan
from zoning.problem import Problem
from zoning.units import Ints, Region


@dataclass(frozen=True)
class Verdict:
    """What `judge` found.

    Parameters
    ----------
    faults
        Every broken rule in words; empty when the plan keeps them all.
    center
        For each zone the unit it is best run from.
    load, travel, cost
        For each zone, whole yuan a year; ``cost = fixed + load + travel``.
    total
        Cost of the plan, whole yuan a year.
    """

    faults: tuple[str, ...]
    center: NDArray[np.int64]
    load: Ints
    travel: Ints
    cost: Ints
    total: int

    @property
    def ok(self) -> bool:
        """The plan keeps every rule."""
        return not self.faults


def judge(plan: Plan) -> Verdict:
    """Price a plan and list every rule it breaks."""
    problem = plan.problem
    region = problem.region
    load = sum_over(plan, region.load)
    center, travel = _centers(problem, plan.zones)
    cost = problem.fixed + load + travel
    faults = (
        *_wrong_count(plan),
        *_torn(plan),
        *_outside_cost_band(plan, cost),
        *_outside_bands(plan),
    )
    return Verdict(faults, center, load, travel, cost, int(cost.sum()))


def sum_over(plan: Plan, values: Ints) -> Ints:
    """Sum of a value per unit over each zone."""
    total = np.zeros(plan.num_zones, np.int64)
    np.add.at(total, plan.zone_of, values)
    return total


def parts(region: Region, units: NDArray[np.int64]) -> int:
    """Into how many connected parts a set of units falls."""
    graph = region.graph(region.edges).tocsr()
    return int(connected_components(graph[units][:, units])[0])


def zone_name(zone: int) -> str:
    """What a zone is called in messages and outputs: 1, 2, 3, ..."""
    return f"zone {zone + 1}"


def _centers(
    problem: Problem, zones: tuple[NDArray[np.int64], ...]
) -> tuple[NDArray[np.int64], Ints]:
    """For each zone its cheapest member (first of equals) and the travel from it."""
    center = np.empty(len(zones), np.int64)
    travel = np.empty(len(zones), np.int64)
    for k, units in enumerate(zones):
        least = -1
        for some in np.array_split(units, 1 + len(units) // TABLE_ROWS):
            totals = problem.travel_between(units, some).sum(axis=0)
            best = int(totals.argmin())
            if least < 0 or totals[best] < least:
                least, center[k] = int(totals[best]), some[best]
        travel[k] = least
    return center, travel


TABLE_ROWS = 1_000  # centers tried at once: bounds the memory of one zone's table


def _wrong_count(plan: Plan) -> Iterator[str]:
    wanted = plan.problem.num_zones
    if plan.num_zones != wanted:
        yield f"There are {plan.num_zones} zones; exactly {wanted} were asked for."


def _torn(plan: Plan) -> Iterator[str]:
    """A zone must hang together by edges between its own units."""
    region = plan.problem.region
    inside = plan.zone_of[region.edges[:, 0]] == plan.zone_of[region.edges[:, 1]]
    number, part = connected_components(region.graph(region.edges[inside]))
    if number == plan.num_zones:
        return
    for k, units in enumerate(plan.zones):
        pieces = np.unique(part[units], return_index=True)[1]
        if len(pieces) > 1:
            some = ", ".join(region.names[units[i]] for i in np.sort(pieces)[:5])
            yield (
                f"{zone_name(k).capitalize()} is torn into {len(pieces)} parts that "
                f"do not touch (one unit of each: {some})."
            )


def _outside_cost_band(plan: Plan, cost: Ints) -> Iterator[str]:
    band = plan.problem.cost_band
    if band is None:
        return
    for k in np.flatnonzero((cost < band.low) | (cost > band.high)):
        yield (
            f"{zone_name(int(k)).capitalize()} costs {cost[k]:,} yuan a year; allowed "
            f"are {band.low:,} to {band.high:,}."
        )


def _outside_bands(plan: Plan) -> Iterator[str]:
    region = plan.problem.region
    for name, band in plan.problem.bands.items():
        values = region.load if name == "load" else region.sums[name]
        total = sum_over(plan, values)
        for k in np.flatnonzero((total < band.low) | (total > band.high)):
            yield (
                f"{zone_name(int(k)).capitalize()} has {name} {total[k]:,}; allowed "
                f"are {band.low:,} to {band.high:,}."
            )
