"""Begin with units that must stay together as one unit.

Annealing moves one unit at a time, so it seldom gets a group across a border. Where
groups touch they are moved as one in a problem of its own. Its ways are not quite those
of the real one: its plan is only a beginning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse.csgraph import connected_components

from zoning.errors import InputError
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.region import Ints, Region
from zoning.search.run import Run
from zoning.search.warm_start import warm_start


@dataclass(frozen=True)
class Coarsening:
    """Strategy: solve the problem of merged units, and begin with its plan.

    Parameters
    ----------
    strategy
        What solves it.
    share
        At most this part of the time left is used.
    """

    strategy: Callable[[Run], None]
    share: float = 0.3

    def __call__(self, run: Run) -> None:
        """Submit the plan, or put it into the pool."""
        unit = groups_that_touch(run.problem)
        if unit is None or unit.max() + 1 < run.problem.num_zones:
            return
        try:
            problem = contract(run.problem, unit)
        except InputError:  # a group is too heavy
            return
        part = Run(
            problem,
            replace(run.limits, time=self.share * run.time_left),
            executor=run.hub,
        )
        self.strategy(part)
        if part.plan is not None:
            warm_start(run, Plan(run.problem, part.plan.zone_of[unit]))


def groups_that_touch(problem: Problem) -> Ints | None:
    """The merged unit of each unit, counted by first members; None if none merge.

    A travel table given for the units cannot be told for merged ones: None as well.
    """
    region, n = problem.edited_region, len(problem.region)
    if not problem.terms.together or problem.travel is not None:
        return None
    wanted = np.arange(n)
    for group in problem.terms.together:
        wanted[group] = group[0]
    inside = wanted[region.edges[:, 0]] == wanted[region.edges[:, 1]]
    label = connected_components(region.graph(region.edges[inside]), directed=False)[1]
    first = np.unique(label, return_index=True)[1]
    if len(first) == n:
        return None
    return np.asarray(np.argsort(np.argsort(first))[label], np.int64)


def contract(problem: Problem, unit: Ints) -> Problem:
    """The problem with unit i in unit ``unit[i]``.

    A merged unit stands at the mean of its places by load, with the ways of the
    heaviest.
    """
    region = problem.region
    return replace(
        problem,
        region=_joined(region, unit),
        rules=tuple(rule.by_building(region) for rule in problem.rules),
    )


def _joined(region: Region, unit: Ints) -> Region:
    count = int(unit.max()) + 1
    weight = region.load.astype(np.float64) + 1.0
    heap = np.bincount(unit, weights=weight)
    xy = np.column_stack(
        [np.bincount(unit, weights=weight * c) / heap for c in region.xy.T]
    )
    members = [np.flatnonzero(unit == k) for k in range(count)]
    main = np.array([mine[np.argmax(region.load[mine])] for mine in members])
    buildings = tuple(
        tuple(name for i in mine for name in region.buildings[i]) for mine in members
    )
    values = {
        name: dict(zip(region.building_ids, column, strict=True))
        for name, column in region.columns.items()
    }
    edges = np.sort(unit[region.edges], axis=1)
    cut = np.sort(unit[region.cut_edges], axis=1)
    touching = set(map(tuple, edges.tolist()))
    apart = [a != b and (a, b) not in touching for a, b in cut.tolist()]
    assert region.direct is not None  # the constructor of Region fills it in
    return replace(
        region,
        names=tuple(f"{mine[0]} +{len(mine) - 1}" for mine in members),
        xy=xy,
        load=np.bincount(unit, weights=region.load).astype(np.int64),
        direct=np.bincount(unit, weights=region.direct).astype(np.int64),
        sums={
            name: np.bincount(unit, weights=some).astype(np.int64)
            for name, some in region.sums.items()
        },
        edges=edges.astype(np.int32),
        bridges=unit[region.bridges].astype(np.int32),
        spans=region.spans,
        cut_edges=cut[np.array(apart, bool)].astype(np.int32),
        cut_by=tuple(by for by, o in zip(region.cut_by, apart, strict=True) if o),
        way=None if region.way is None else region.way[np.ix_(main, main)],
        buildings=buildings,
        columns={
            name: tuple(of[b] for mine in buildings for b in mine)
            for name, of in values.items()
        },
    )
