"""The tightest tolerance."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

from zoning.analysis.frontier import frontier
from zoning.analysis.tightest import tightest
from zoning.cli.plan import _problem
from zoning.costs import CostModel
from zoning.errors import InputError
from zoning.problem import Problem
from zoning.region import Region
from zoning.result import Status
from zoning.rules import Freeze, MustLink, Target
from zoning.solve import solve

pytestmark = pytest.mark.usefixtures("compiled")

STEP = 0.001  # tolerances are told apart to a tenth of a percentage point
STILL = CostModel(consumables=1 / 12, travel=0.0, resources=())


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
    tighter = replace(odd, tolerance=found.refuted, strict=True)
    assert solve(tighter, time_limit=10).status is Status.INFEASIBLE


def test_targets_and_frozen_zones_are_minded(line):
    # 1 | 3 costs 100 and 500, 2 | 2 costs 300 each. The fair share is 300; of it zone
    # Big has 1.2 times, 360, the other 0.8 times, 240, which 300 exceeds by 25 %.
    region, big = line(100, 100, 100, 100), Target("Big", 1.5)
    found = tightest(Problem(region, 2, 0.5, rules=(big,)), time_limit=10)
    assert (found.tolerance, found.refuted, found.proved) == (0.25, 0.249, True)
    assert found.result.verdict.ok
    # a is a zone of its own, far below any share, and nobody minds
    old = Freeze("Old", ("a",))
    found = tightest(Problem(line(1, 30, 30), 3, 0.5, rules=(old,)), time_limit=10)
    assert (found.tolerance, found.proved) == (0.0, True)


def test_a_tolerance_that_is_refused_on_the_way_has_no_plan(line):
    # a, b and c cost 300 where the share is 250: 20 % more, d e 20 % less
    region, linked = line(*[100] * 5, costs=STILL), MustLink(("a", "b", "c"))
    wide = Problem(region, 2, 0.9, fair_share=250, rules=(linked,))
    found = tightest(wide, time_limit=10)
    assert (found.tolerance, found.refuted) == (0.2, 0.199)
    assert str(found) == (
        "The tightest tolerance found with a plan is ±20.0 %. It is proved that there "
        "is none within ±19.9 %."
    )


def test_the_command_looks_for_the_tightest_where_the_usual_is_refused(line):
    # a, b and c are 40 % above the share of 214, so at 10 % they are refused
    linked = (MustLink(("a", "b", "c")),)
    region = line(100, 100, 100, 64, 64, costs=STILL)
    assert _problem(region, 2, None, rules=linked).tolerance == 0.999
    with pytest.raises(InputError, match="a, b, c must share a zone"):
        _problem(region, 2, 0.1, rules=linked, strict=True)
    assert _problem(region, 2, None).tolerance == 0.1


def test_where_no_tolerance_has_a_plan_none_is_named(line):
    # the zone of a, b and c costs 500 with its travel, twice the share
    linked = MustLink(("a", "b", "c"))
    hopeless = Problem(line(*[100] * 5), 2, 0.9, fair_share=250, rules=(linked,))
    found = tightest(hopeless, time_limit=10)
    assert (found.tolerance, found.refuted, found.proved) == (None, 0.999, False)
    assert found.result.status is Status.INFEASIBLE
    assert str(found) == "It is proved that there is no plan, whatever the tolerance."
    drawn = frontier(hopeless, "tolerance", time_limit=10)
    assert drawn.words[-1] == "±99.9 %: proved that there is no plan."


def test_what_cannot_be_swept_is_refused():
    problem = Problem(path(1, 1), 1, None)
    with pytest.raises(InputError, match="tolerance"):
        tightest(problem)
