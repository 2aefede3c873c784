"""A plan has one verdict: nothing that is done with a plan judges it twice."""

from collections import Counter

import pytest

import zoning
from zoning.check import plan as checker
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.result import Result, Status


@pytest.fixture
def judged(monkeypatch):
    """How often each labelling of units was judged."""
    times, judge = Counter(), checker._judge

    def counted(plan):
        times[plan.problem, plan.zone_of.tobytes()] += 1
        return judge(plan)

    monkeypatch.setattr(checker, "_judge", counted)
    return times


@pytest.fixture
def plan(blocks):
    problem = Problem(blocks(4, 3), 3, tolerance=0.9)
    return Plan(problem, [0] * 4 + [1] * 4 + [2] * 4)


def test_lots_and_files_go_by_one_verdict(plan, judged, tmp_path):
    verdict = zoning.judge(plan)
    result = Result(Status.FEASIBLE, plan, verdict, verdict.total - 1, 0.1, "Enough.")
    zoning.write(tmp_path, result, zoning.bundle(plan, size=3))
    assert list(judged.values()) == [1]


def test_comparing_judges_each_plan_once(plan, judged):
    other = Plan(plan.problem, [0] * 3 + [1] * 5 + [2] * 4)
    assert zoning.compare([plan, other]).words
    assert zoning.difference(plan, other).moves
    assert list(judged.values()) == [1, 1]


def test_explaining_judges_the_plan_and_each_move_once(plan, judged):
    region = plan.problem.region
    assert zoning.explain(plan, "zone 1")
    assert list(judged.values()) == [1]
    assert zoning.explain(plan, region.building_ids[0])
    assert set(judged.values()) == {1}
