"""The model one would write by hand: assignment to centers, torn zones cut off.

Solved without contiguity first; for every part of a zone that its center does not
reach, one of the part's neighbours must belong to the center too; then again. (A tree
of parents with depths, all in one model, found no plan of 98 buildings in 30 s.)
Nothing from `zoning.solvers` is used.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from ortools.sat.python import cp_model
from scipy.sparse.csgraph import connected_components

from zoning.problem import Problem

ALL_CENTERS = 400  # units: up to here every unit may be every other's center
NEAR_CENTERS = 60  # above, only so many nearest ones
ROUND = 0.25  # share of the time that is left which one round may take


def solve_plain(
    problem: Problem,
    *,
    time_limit: float,
    seed: int,
    workers: int,
    report: Callable[[ArrayLike], None],
) -> int | None:
    """Report the plan of every round, torn or not; the bound on the cost of a plan."""
    deadline = time.monotonic() + time_limit
    model, x = _model(problem)
    region = problem.region
    base = int(region.load.sum()) + problem.fixed * problem.num_zones
    bound, settled = base, False
    while (left := deadline - time.monotonic()) > 0:
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = (
            left if settled else max(left * ROUND, 1)
        )
        solver.parameters.random_seed = seed
        solver.parameters.num_workers = workers
        status = solver.solve(model)
        bound = max(bound, base + int(np.ceil(solver.best_objective_bound - 1e-6)))
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            if status == cp_model.INFEASIBLE or settled:
                break
            settled = True  # no plan in a short round: take all the time that is left
            continue
        served = np.zeros(len(region), np.int64)
        for (i, j), var in x.items():
            if solver.boolean_value(var):
                served[i] = j
        report(served)
        torn = _cut(model, problem, x, served)
        if not torn and (status == cp_model.OPTIMAL or settled):
            break
        settled = not torn
        model.clear_hints()
        for (i, j), var in x.items():
            model.add_hint(var, int(served[i] == j))
    # the bound holds only if no center was left out
    return bound if len(region) <= ALL_CENTERS else None


Variables = dict[tuple[int, int], cp_model.IntVar]


def _model(problem: Problem) -> tuple[cp_model.CpModel, Variables]:
    region, n = problem.region, len(problem.region)
    model = cp_model.CpModel()
    near = _near(problem)
    x = {(i, int(j)): model.new_bool_var("") for i in range(n) for j in near[i]}
    serves: list[list[int]] = [[] for _ in range(n)]
    for i, j in x:
        serves[j].append(i)
        if i != j:
            model.add_implication(x[i, j], x[j, j])
    for i in range(n):
        model.add_exactly_one(x[i, int(j)] for j in near[i])
    model.add(sum(x[j, j] for j in range(n)) == problem.num_zones)
    travel = {
        (i, int(j)): int(c)
        for i in range(n)
        for j, c in zip(near[i], problem.travel_between([i], near[i])[0], strict=True)
    }
    for j in range(n) if problem.cost_band is not None else ():
        cost = sum((int(region.load[i]) + travel[i, j]) * x[i, j] for i in serves[j])
        model.add(problem.fixed + cost >= problem.cost_band.low * x[j, j])
        model.add(problem.fixed * x[j, j] + cost <= problem.cost_band.high * x[j, j])
    model.minimize(sum(travel[pair] * x[pair] for pair in x))
    return model, x


def _near(problem: Problem) -> list[NDArray[np.int64]]:
    """For each unit the centers that may serve it, itself among them."""
    xy, n = problem.region.xy, len(problem.region)
    if n <= ALL_CENTERS:
        return [np.arange(n)] * n
    found = []
    for i in range(n):
        away = ((xy - xy[i]) ** 2).sum(axis=1)
        away[i] = -1.0
        found.append(np.sort(np.argpartition(away, NEAR_CENTERS)[:NEAR_CENTERS]))
    return found


def _cut(
    model: cp_model.CpModel,
    problem: Problem,
    x: Variables,
    served: NDArray[np.int64],
) -> int:
    """Forbid every part that its center does not reach; how many there were."""
    region = problem.edited_region
    ends, near = region.adjacency
    edges = region.edges
    inside = edges[served[edges[:, 0]] == served[edges[:, 1]]]
    part = connected_components(region.graph(inside))[1]
    torn = 0
    for c in range(part.max() + 1):
        units = np.flatnonzero(part == c)
        center = int(served[units[0]])
        if center in units:
            continue
        torn += 1
        around = {int(v) for i in units for v in near[ends[i] : ends[i + 1]]}
        doors = [
            x[v, center] for v in sorted(around - {*units.tolist()}) if (v, center) in x
        ]
        for i in units.tolist():
            model.add_bool_or([*doors, ~x[i, center]])
    return torn
