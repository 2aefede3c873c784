"""Listing all zones and choosing, and choosing zones with names by HiGHS."""

from fractions import Fraction

import numpy as np
import pytest
from ortools.sat.python import cp_model

from zoning.problem import Problem
from zoning.result import Status
from zoning.search.strategies.enumeration import Listed
from zoning.solve import solve
from zoning.solvers import cpsat
from zoning.solvers.set_partitioning.labels import choose_loosely
from zoning.solvers.zone_names import NamedChoice, Names

pytestmark = pytest.mark.usefixtures("compiled")


@pytest.mark.parametrize("seed", range(30))
def test_listing_gives_the_truth_on_small_regions(seed, chance_problem, truth_of):
    problem = chance_problem(seed)
    result = solve(problem, Listed(share=0.5, use=1.0), time_limit=10)
    truth = truth_of(problem)
    assert result.cost == truth.cost
    wanted = Status.INFEASIBLE if truth.cost is None else Status.OPTIMAL
    assert result.status is wanted


def test_long_lists_are_left_to_others(blocks):
    result = solve(Problem(blocks(5, 5), 3, None), Listed(most=10), time_limit=10)
    assert result.status is Status.UNKNOWN


def chance_choice(seed):
    """A few zones with names they could have; partitions among them."""
    chance = np.random.default_rng(seed)
    n, count = int(chance.integers(3, 7)), int(chance.integers(1, 4))
    sets = [
        np.sort(chance.choice(n, int(chance.integers(1, n + 1)), replace=False))
        for _ in range(int(chance.integers(6, 25)))
    ]
    for _ in range(3):
        label = chance.integers(0, count, n)
        sets += [
            units for k in range(count) if len(units := np.flatnonzero(label == k))
        ]
    could = [
        (zone, name)
        for zone in range(len(sets))
        for name in range(-1, 3)
        if chance.random() < (0.8 if name < 0 else 0.6)
    ]
    zone, name = np.array(could).T
    change = chance.integers(0, 20, len(could))
    required = np.arange(int(chance.random() < 0.4))
    most = None if chance.random() < 0.4 else int(chance.integers(0, 40))
    price = Fraction(int(chance.integers(0, 8)), int(chance.integers(1, 6)))
    base = int(chance.integers(0, 6))
    names = Names(zone, name, change, required, most, price, base)
    indptr = np.cumsum([0, *map(len, sets)])
    cost = chance.integers(0, 30, len(sets))
    return indptr, np.concatenate(sets), cost, names, n, count


def choose_named(indptr, members, cost, names, *, num_rows, count, time_limit):
    """As `choose_loosely`: by CP-SAT, a variable for each zone and name."""
    model = cp_model.CpModel()
    y = [model.new_bool_var("") for _ in names.zone]
    covering = [[] for _ in range(num_rows)]
    bearing = {int(s): [] for s in names.required}
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
    change = cp_model.LinearExpr.weighted_sum(y, names.change.tolist())
    if names.most_change is not None:
        model.add(change <= names.most_change)
    most = int(names.change.sum())
    changed, paid = model.new_int_var(0, most, ""), model.new_int_var(0, 10**6, "")
    model.add(changed == change)
    anyhow = round(names.price * names.base)
    rounded = [
        (c, round(names.price * (names.base + c)) - anyhow) for c in range(most + 1)
    ]
    model.add_allowed_assignments([changed, paid], rounded)
    travel = cp_model.LinearExpr.weighted_sum(y, cost[names.zone].tolist())
    model.minimize(travel + paid)
    cp = cpsat.solver(time_limit=time_limit, seed=0, workers=1)
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


@pytest.mark.parametrize("seed", range(60))
def test_loose_names_end_in_the_same_cost_as_strict_ones(seed):
    indptr, members, cost, names, n, count = chance_choice(seed)
    asked = {"num_rows": n, "count": count, "time_limit": 10.0}
    strict = choose_named(indptr, members, cost, names, **asked)
    loose = choose_loosely(indptr, members, cost, names, **asked)
    assert loose.closed
    assert (loose.pairs is None) == (strict.pairs is None)
    if loose.pairs is None:
        return
    row = {pair: at for at, pair in enumerate(zip(names.zone, names.name, strict=True))}
    at = [row[pair] for pair in loose.pairs]
    changed = names.base + int(names.change[at].sum())
    paid = round(names.price * changed) - round(names.price * names.base)
    assert cost[names.zone[at]].sum() + paid == strict.bound == loose.cost
    borne = [name for _, name in loose.pairs if name >= 0]
    assert len(borne) == len(set(borne))
    assert set(names.required.tolist()) <= set(borne)
    assert names.most_change is None or names.change[at].sum() <= names.most_change
    held = np.concatenate([members[indptr[z] : indptr[z + 1]] for z, _ in loose.pairs])
    assert sorted(held.tolist()) == list(range(n))
    assert len(loose.pairs) == count
