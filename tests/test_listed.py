"""Listing all zones and choosing, and choosing zones with names by HiGHS."""

from fractions import Fraction

import numpy as np
import pytest
from ortools.sat.python import cp_model

from zoning.problem import Problem
from zoning.result import Status
from zoning.search.strategies.enumeration import Enumeration
from zoning.solve import solve
from zoning.solvers import cpsat
from zoning.solvers.budget import SearchBudget
from zoning.solvers.set_partitioning.labels import select_labelled, total_cost
from zoning.solvers.set_partitioning.matrix import PartitioningMatrix
from zoning.solvers.zone_labels import ZoneLabels

pytestmark = pytest.mark.usefixtures("compiled")


@pytest.mark.parametrize("seed", range(30))
def test_listing_gives_the_truth_on_small_regions(seed, chance_problem, truth_of):
    problem = chance_problem(seed)
    result = solve(problem, Enumeration(share=0.5, use=1.0), time_limit=10)
    truth = truth_of(problem)
    assert result.cost == truth.cost
    wanted = Status.INFEASIBLE if truth.cost is None else Status.OPTIMAL
    assert result.status is wanted


def test_long_lists_are_left_to_others(blocks):
    result = solve(Problem(blocks(5, 5), 3, None), Enumeration(most=10), time_limit=10)
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
    labels = ZoneLabels(zone, name, change, required, most, price, base)
    indptr = np.cumsum([0, *map(len, sets)])
    cost = chance.integers(0, 30, len(sets))
    return indptr, np.concatenate(sets), cost, labels, n, count


def least_cost(indptr, members, cost, labels, num_rows, count):
    """As `select_labelled`: by CP-SAT, a variable for each zone and name."""
    model = cp_model.CpModel()
    y = [model.new_bool_var("") for _ in labels.zone]
    covering = [[] for _ in range(num_rows)]
    bearing = {int(s): [] for s in labels.required}
    for var, zone, name in zip(y, labels.zone, labels.label, strict=True):
        for row in members[indptr[zone] : indptr[zone + 1]]:
            covering[row].append(var)
        if name >= 0:
            bearing.setdefault(int(name), []).append(var)
    for some in covering:
        model.add_exactly_one(some)
    required = set(labels.required.tolist())
    for name, some in bearing.items():
        if name in required:
            model.add_exactly_one(some)
        else:
            model.add_at_most_one(some)
    model.add(cp_model.LinearExpr.sum(y) == count)
    change = cp_model.LinearExpr.weighted_sum(y, labels.change.tolist())
    if labels.most_change is not None:
        model.add(change <= labels.most_change)
    most = int(labels.change.sum())
    changed, paid = model.new_int_var(0, most, ""), model.new_int_var(0, 10**6, "")
    model.add(changed == change)
    anyhow = round(labels.price * labels.base)
    rounded = [
        (c, round(labels.price * (labels.base + c)) - anyhow) for c in range(most + 1)
    ]
    model.add_allowed_assignments([changed, paid], rounded)
    travel = cp_model.LinearExpr.weighted_sum(y, cost[labels.zone].tolist())
    model.minimize(travel + paid)
    cp = cpsat.solver(SearchBudget.of(10.0))
    status = cpsat.run(cp, model)
    assert status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
    return round(cp.objective_value) if status == cp_model.OPTIMAL else None


@pytest.mark.parametrize("seed", range(60))
def test_loose_labels_end_in_the_same_cost_as_strict_ones(seed):
    indptr, members, cost, labels, n, count = chance_choice(seed)
    counts = [(np.arange(len(cost)), count)]
    matrix = PartitioningMatrix.from_columns(indptr, members, n, counts)
    found = select_labelled(matrix, cost, labels, SearchBudget.of(10.0))
    least = least_cost(indptr, members, cost, labels, n, count)
    assert found.proved
    assert (found.columns is None) == (least is None)
    if least is None:
        return
    at = np.array(found.columns)
    changed = labels.base + int(labels.change[at].sum())
    paid = round(labels.price * changed) - round(labels.price * labels.base)
    assert cost[labels.zone[at]].sum() + paid == least == found.bound
    assert total_cost(cost, labels, at) == least
    borne = [label for label in labels.label[at] if label >= 0]
    assert len(borne) == len(set(borne))
    assert set(labels.required.tolist()) <= set(borne)
    assert labels.most_change is None or labels.change[at].sum() <= labels.most_change
    zones = labels.zone[at]
    held = np.concatenate([members[indptr[z] : indptr[z + 1]] for z in zones])
    assert sorted(held.tolist()) == list(range(n))
    assert len(zones) == count
