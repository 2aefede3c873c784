"""The tightest tolerance and the cost of each number of zones."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

from zoning.errors import InputError
from zoning.problem import Problem
from zoning.result import Status
from zoning.solve import solve
from zoning.sweep import STEP, curve, tightest
from zoning.units import Region


def path(*loads: int) -> Region:
    graph = nx.path_graph(len(loads))
    for i, load in enumerate(loads):
        graph.nodes[i].update(load=load, x=10.0 * i, y=0.0)
    return Region.from_networkx(graph)


NO_TRAVEL = np.zeros((6, 6), np.int64)


def test_the_tightest_tolerance_is_found_and_proved():
    # 30 20 25 | 25 30 20: halves of 75 each exist only as 75 | 75, so 0 is reached
    even = Problem(path(30, 20, 25, 25, 30, 20), 2, 0.5, travel=NO_TRAVEL)
    found = tightest(even, time_limit=20)
    assert found.result.status is Status.OPTIMAL
    assert found.tolerance <= STEP
    # 40 30 30 | 20 20 20: best halves are 70 | 90 around 80, that is 12.5 %
    odd = Problem(path(40, 30, 30, 20, 20, 20), 2, 0.5, travel=NO_TRAVEL)
    found = tightest(odd, time_limit=20)
    assert found.tolerance == pytest.approx(0.125, abs=STEP)
    assert found.proved
    assert found.result.plan is not None
    tighter = replace(odd, tolerance=found.refuted)
    assert solve(tighter, time_limit=10).status is Status.INFEASIBLE


def test_the_curve_has_a_result_for_each_number_of_zones():
    problem = Problem(path(10, 10, 10, 10, 10, 10), 2, 0.05, travel=NO_TRAVEL)
    drawn = curve(problem, range(1, 5), time_limit=40)
    assert drawn.num_zones == (1, 2, 3, 4)
    found = [one.status for one in drawn.results]
    # six equal units split evenly into 1, 2, 3 zones, not into 4
    assert found == [Status.OPTIMAL] * 3 + [Status.INFEASIBLE]
    assert drawn.best.cost == 60


def test_what_cannot_be_swept_is_refused():
    problem = Problem(path(1, 1), 1, None)
    with pytest.raises(InputError, match="tolerance"):
        tightest(problem)
    with pytest.raises(InputError, match="at least one"):
        curve(problem, [])
