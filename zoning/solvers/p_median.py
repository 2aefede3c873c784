"""Where stations stand and which zone is served from which: a p-median with capacities.

Zones are served whole. First as little as can be is served beyond the capacity of a
station; of such choices the one of least cost is found.

References
----------
Hakimi (1964), Optimum locations of switching centers and the absolute centers and
medians of a graph, doi:10.1287/opre.12.3.450

Mulvey, Beck (1984), Solving capacitated clustering problems,
doi:10.1016/0377-2217(84)90155-3
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from zoning.solvers import cpsat
from zoning.solvers.budget import SearchBudget

Ints = NDArray[np.int64]
_FOUND = (cp_model.OPTIMAL, cp_model.FEASIBLE)


@dataclass(frozen=True, eq=False)
class PMedian:
    """What is to be placed.

    Parameters
    ----------
    cost
        Zones × places: what it costs to serve a zone from a place, whole and >= 0.
    demand
        What each zone needs of a station.
    count
        Stations: at least 1, and no more than there are zones or places. Each serves
        a zone, and no two are at one place.
    capacity
        What a station should serve at most.
    """

    cost: Ints
    demand: Ints
    count: int
    capacity: int

    def overload(self, groups: Sequence[int]) -> int:
        """What groups of zones need beyond capacity."""
        served = np.zeros(self.count, np.int64)
        np.add.at(served, np.asarray(groups), self.demand)
        return int(np.maximum(0, served - self.capacity).sum())


@dataclass(frozen=True)
class Placement:
    """Where each zone is served from.

    Parameters
    ----------
    place_of
        For each zone the place of its station.
    optimal
        Proved: none is less over capacity, and none as little over costs less.
    """

    place_of: tuple[int, ...]
    optimal: bool


def solve_p_median(task: PMedian, budget: SearchBudget) -> Placement:
    """Stations that serve as little as can be beyond capacity, then at least cost.

    Some choice is found however little time there is.
    """
    groups, least = _group(task, budget)
    found = _cheapest_within(
        task, task.overload(groups), _cheapest_places(task, groups), budget
    )
    return Placement(found.place_of, found.optimal and least)


def _solver(budget: SearchBudget) -> cp_model.CpSolver:
    cp = cpsat.solver(budget)
    # implications in the relaxation: 28 zones take seconds, not over a minute
    cp.parameters.linearization_level = 2
    return cp


def _group(task: PMedian, budget: SearchBudget) -> tuple[tuple[int, ...], bool]:
    """Zones in as many groups as stations, and if it is proved that none is less over.

    Where a group is served from does not matter here. Only where the usual rule, the
    neediest zone to the group that needs least, is over does CP-SAT look for better.
    """
    groups = _neediest_first(task)
    at_least = max(0, int(task.demand.sum()) - task.count * task.capacity)
    if task.overload(groups) == at_least:
        return groups, True
    model = cp_model.CpModel()
    numbers = range(task.count)
    serves = [[model.new_bool_var("") for _ in numbers] for _ in groups]
    for row, group in zip(serves, groups, strict=True):
        model.add_exactly_one(row)
        for number in numbers:
            model.add_hint(row[number], number == group)
    for number in numbers:
        model.add_bool_or([row[number] for row in serves])
    excess = [_excess(model, task, [row[g] for row in serves], 1) for g in numbers]
    model.minimize(cp_model.LinearExpr.sum(excess))
    cp = _solver(budget)
    status = cpsat.run(cp, model)
    if status in _FOUND:
        groups = min(groups, _chosen(cp, serves), key=task.overload)
    return groups, status == cp_model.OPTIMAL


def _neediest_first(task: PMedian) -> tuple[int, ...]:
    """The neediest zone to the group that needs least; no group stays empty."""
    need, zones = [0] * task.count, [0] * task.count
    group_of = [0] * len(task.demand)
    for zone in np.argsort(-task.demand, kind="stable").tolist():
        group = min(range(task.count), key=lambda g: (zones[g] > 0, need[g], g))
        need[group] += int(task.demand[zone])
        zones[group] += 1
        group_of[zone] = group
    return tuple(group_of)


def _cheapest_places(task: PMedian, groups: Sequence[int]) -> tuple[int, ...]:
    """A place for each group, the cheapest that is left."""
    left = list(range(task.cost.shape[1]))
    place_of: dict[int, int] = {}
    for group in range(task.count):
        cost = task.cost[np.asarray(groups) == group].sum(axis=0)
        place_of[group] = min(left, key=lambda j: int(cost[j]))
        left.remove(place_of[group])
    return tuple(place_of[group] for group in groups)


def _cheapest_within(
    task: PMedian, over: int, first: tuple[int, ...], budget: SearchBudget
) -> Placement:
    """Least cost with no more than `over` beyond capacity; `first` is a choice."""
    model = cp_model.CpModel()
    zones, places = (range(some) for some in task.cost.shape)
    opens = [model.new_bool_var("") for _ in places]
    serves = [[model.new_bool_var("") for _ in places] for _ in zones]
    model.add(cp_model.LinearExpr.sum(opens) == task.count)
    for row, begin in zip(serves, first, strict=True):
        model.add_exactly_one(row)
        for j in places:
            model.add_implication(row[j], opens[j])
            model.add_hint(row[j], j == begin)
    for j in places:
        model.add_bool_or([row[j] for row in serves]).only_enforce_if(opens[j])
    if task.count > 1:  # a single one serves what it must
        columns = ([row[j] for row in serves] for j in places)
        excess = [
            _excess(model, task, some, one)
            for some, one in zip(columns, opens, strict=True)
        ]
        model.add(cp_model.LinearExpr.sum(excess) <= over)
    every = [one for row in serves for one in row]
    model.minimize(cp_model.LinearExpr.weighted_sum(every, task.cost.ravel().tolist()))
    cp = _solver(budget)
    status = cpsat.run(cp, model)
    if status not in _FOUND:
        return Placement(first, optimal=False)
    return Placement(_chosen(cp, serves), optimal=status == cp_model.OPTIMAL)


def _excess(
    model: cp_model.CpModel,
    task: PMedian,
    serves: Sequence[cp_model.IntVar],
    opens: cp_model.IntVar | int,
) -> cp_model.IntVar:
    """What a station serves beyond capacity, if it serves these zones."""
    excess = model.new_int_var(0, int(task.demand.sum()), "")
    served = cp_model.LinearExpr.weighted_sum(list(serves), task.demand.tolist())
    model.add(served <= task.capacity * opens + excess)
    return excess


def _chosen(
    cp: cp_model.CpSolver, serves: Sequence[Sequence[cp_model.IntVar]]
) -> tuple[int, ...]:
    """For each row the number of the variable that is true."""
    return tuple(
        next(j for j, one in enumerate(row) if cp.boolean_value(one)) for row in serves
    )
