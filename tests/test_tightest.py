"""The tightest tolerance."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

from zoning.errors import InputError
from zoning.problem import Problem
from zoning.result import Status
from zoning.solve import solve
from zoning.units import Region
from zoning.what_if.tightest import STEP, tightest


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


def test_what_cannot_be_swept_is_refused():
    problem = Problem(path(1, 1), 1, None)
    with pytest.raises(InputError, match="tolerance"):
        tightest(problem)
