"""What crossing a barrier costs, on a ladder with the barrier between its two poles."""

import itertools

import numpy as np
import pytest

from zoning.problem import Problem
from zoning.region import Barrier, Region
from zoning.rules import SoftBarrier
from zoning.rules import graph_edits as ground

RUNGS = 6  # the last one goes around the end of the barrier


@pytest.fixture
def ladder():
    """Units 0 to 5 north of a creek, 6 to 11 south of it; 5 and 11 touch."""
    north, south = np.arange(RUNGS), RUNGS + np.arange(RUNGS)
    poles = [*itertools.pairwise(north)]
    poles += [*itertools.pairwise(south)]
    rungs = [*zip(north, south, strict=True)]
    x = np.tile(100.0 * np.arange(RUNGS), 2)
    return Region(
        names=tuple(f"u{i}" for i in range(2 * RUNGS)),
        xy=np.column_stack([x, np.repeat([60.0, 0.0], RUNGS)]),
        load=np.full(2 * RUNGS, 1_000),
        edges=np.array([*poles, rungs[-1]], np.int32),
        cut_edges=np.array(rungs[:-1], np.int32),
        cut_by=((Barrier("Creek", "water"),),) * (RUNGS - 1),
    )


def priced(region, price=700):
    rules = (SoftBarrier("Creek", price),)
    problem = Problem(region, 2, tolerance=None, rules=rules)
    every = np.arange(len(region))
    return problem.surcharge_between(every, every)


def test_who_is_served_over_the_barrier_pays_though_its_end_is_open(ladder):
    price = priced(ladder)
    assert price[0, 6] == price[6, 0] == 700
    assert price[1, 8] == 700
    assert price[4, 5] == price[0, 3] == price[7, 9] == 0
    assert price[5, 11] == price[4, 11] == 0  # around the end is the shortest way
    assert not np.diagonal(price).any()


def test_an_open_barrier_costs_nothing(ladder):
    assert not priced(ladder, 0).any()


def test_in_large_regions_the_cheapest_way_counts(ladder, monkeypatch):
    monkeypatch.setattr(ground, "MANY_UNITS", 0)
    assert not priced(ladder).any()  # all hang together around the end
