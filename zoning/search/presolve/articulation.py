"""Units that hang on the rest by a single unit, and what that proves impossible.

What hangs on a unit and is too light for a zone of its own must share that unit's zone.
Together they may be more than a zone may have.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from zoning.search.instance.constants import FAR, NO_LIMIT
from zoning.search.instance.instance import Instance, sum_rows
from zoning.search.run import Run
from zoning.text.lists import first_few

Ints = NDArray[np.int64]


def why_infeasible(run: Run) -> str:
    """Why no plan can keep the rules, or "" where no articulation point tells."""
    instance, called = run.instance, run.problem.region.called
    if instance.is_complete or run.num_zones < 2:
        return ""
    for point, hanging in articulation_points(instance):
        light = [units for units in hanging if _too_light(instance, units)]
        if not light:
            continue
        behind = np.concatenate(light)
        together = np.append(behind, point)
        told = first_few((called(run.units[i]) for i in behind), 5)
        few = (
            f"Unit(s) {told} "
            f"({len(behind)} in all) touch the rest only by way of "
            f"{called(run.units[point])} and are too light for a zone of their own. "
            "So all must be in one zone, which"
        )
        mend = (
            "Bridge them to other units, raise the tolerance, ask for fewer zones, or "
            "leave them out."
        )
        for name, sums, high in zip(
            _sums(run), instance.sums, instance.high, strict=True
        ):
            if sums[together].sum() > high:
                total = int(sums[together].sum())
                return f"{few} has {name} of {total:,}, above {int(high):,}. {mend}"
        least = _least_cost(instance, together)
        if least is not None:
            fixed = run.problem.fixed
            return (
                f"{few} costs at least {least + fixed:,}, travel included; a zone may "
                f"cost at most {int(instance.cost_high) + fixed:,}. {mend}"
            )
    return ""


def _sums(run: Run) -> list[str]:
    return [row.name for row in sum_rows(run.problem)]


def _too_light(instance: Instance, units: Ints) -> bool:
    """No zone can lie inside: not even all of them from their farthest center."""
    sums = np.maximum(instance.sums[:, units], 0).sum(axis=1)
    if (sums < instance.low).any():
        return True
    if sums[0] >= instance.cost_low:
        return False
    return bool(
        sums[0] + instance.travel_data.among(units).max(axis=1).sum()
        < instance.cost_low
    )


def _least_cost(instance: Instance, units: Ints) -> int | None:
    """Load + travel of units from the best center, where that is above the limit."""
    load, high = int(instance.sums[0, units].sum()), int(instance.cost_high)
    if (
        high >= NO_LIMIT
        or load + instance.travel_data.among(units).sum(axis=0).min() <= high
    ):
        return None
    every = np.arange(instance.num_units)
    travel = np.zeros(len(every), np.int64)
    for unit in units:  # the center may be any unit of the region
        travel += instance.travel_data.of_pairs(np.full(len(every), unit), every)
    least = load + int(travel.min())
    return least if high < least < FAR else None


def articulation_points(instance: Instance) -> Iterator[tuple[int, list[Ints]]]:
    """Units whose loss tears the region, each with the parts that then come off.

    The part that holds the beginning of the search is never among them. It begins at
    the unit with the most neighbours, which is seldom in a dead end.

    networkx finds the points, not what comes off with each: from its biconnected
    components alone 2.1 s with 20,000 units, here 0.2 s.

    References
    ----------
    Hopcroft, Tarjan: Algorithm 447: efficient algorithms for graph manipulation.
    Communications of the ACM 16(6), 1973, doi:10.1145/362248.362272.
    """
    n = len(instance.indptr) - 1
    indptr, indices = instance.indptr.tolist(), instance.indices.tolist()
    met, low, edge = [-1] * n, [0] * n, indptr[:-1]
    order: list[int] = []  # units as they are met: what hangs on one comes in a row
    for root in np.argsort(-np.diff(instance.indptr), kind="stable").tolist():
        if met[root] >= 0:
            continue
        path = [root]
        met[root] = low[root] = len(order)
        order.append(root)
        cut: dict[int, list[slice]] = {}
        while path:
            u = path[-1]
            if edge[u] < indptr[u + 1]:
                v = indices[edge[u]]
                edge[u] += 1
                if met[v] < 0:
                    met[v] = low[v] = len(order)
                    order.append(v)
                    path.append(v)
                else:
                    low[u] = min(low[u], met[v])
                continue
            path.pop()
            if path:
                up = path[-1]
                low[up] = min(low[up], low[u])
                if low[u] >= met[up]:
                    cut.setdefault(up, []).append(slice(met[u], len(order)))
        row = np.array(order, np.int64)
        for point, rows in cut.items():
            yield point, [row[part] for part in rows]
