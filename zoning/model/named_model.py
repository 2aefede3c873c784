"""Choose among listed zones where some have a name: who keeps which, what changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from zoning.model import cpsat

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Names:
    """Which names each zone could have, one row a pair of a zone and a name.

    Parameters
    ----------
    zone, name
        Positions; name -1 is a zone without a name.
    cost
        What the pair adds to the zone's own cost.
    change
        What it takes of the budget of change.
    required
        Names that must be there.
    most_change
        At most so much change in all, or None.
    """

    zone: Ints
    name: Ints
    cost: Ints
    change: Ints
    required: Ints
    most_change: int | None


@dataclass(frozen=True)
class NamedChoice:
    """Pairs of a zone and its name that were chosen (or None), a bound, and a proof."""

    pairs: tuple[tuple[int, int], ...] | None
    bound: int | None
    closed: bool


def choose_named(
    indptr: Ints,
    members: NDArray[np.integer],
    cost: Ints,
    names: Names,
    *,
    num_rows: int,
    count: int,
    time_limit: float,
    seed: int = 0,
    workers: int = 1,
) -> NamedChoice:
    """Cheapest `count` zones with names that cover every row exactly once.

    As `column_model.choose`, with a variable for each zone and each name it could have.
    """
    model = cp_model.CpModel()
    y = [model.new_bool_var("") for _ in names.zone]
    covering: list[list[cp_model.IntVar]] = [[] for _ in range(num_rows)]
    bearing: dict[int, list[cp_model.IntVar]] = {int(s): [] for s in names.required}
    for var, zone, name in zip(y, names.zone, names.name, strict=True):
        for row in members[indptr[zone] : indptr[zone + 1]]:
            covering[row].append(var)
        if name >= 0:
            bearing.setdefault(int(name), []).append(var)
    for some in covering:
        model.add_exactly_one(some)
    required = set(names.required.tolist())
    for name, some in bearing.items():
        if name in required:
            model.add_exactly_one(some)
        else:
            model.add_at_most_one(some)
    model.add(cp_model.LinearExpr.sum(y) == count)
    if names.most_change is not None:
        change = cp_model.LinearExpr.weighted_sum(y, names.change.tolist())
        model.add(change <= names.most_change)
    total = cost[names.zone] + names.cost
    model.minimize(cp_model.LinearExpr.weighted_sum(y, total.tolist()))
    cp = cpsat.solver(time_limit=time_limit, seed=seed, workers=workers)
    status = cpsat.run(cp, model)
    if status == cp_model.INFEASIBLE:
        return NamedChoice(None, None, closed=True)
    bound = int(np.ceil(cp.best_objective_bound - 1e-6))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return NamedChoice(None, bound, closed=False)
    pairs = tuple(
        (int(zone), int(name))
        for var, zone, name in zip(y, names.zone, names.name, strict=True)
        if cp.boolean_value(var)
    )
    return NamedChoice(pairs, bound, closed=status == cp_model.OPTIMAL)
