"""Results: cost and gap follow from the verdict and the bound."""

import numpy as np
import pytest

from zoning.check import judge
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.result import Result, Status


def result(region, bound):
    plan = Plan(Problem(region, 1, tolerance=None), np.zeros(len(region), int))
    return Result(Status.FEASIBLE, plan, judge(plan), bound, 1.0)


def test_the_gap_is_a_share_of_the_cost(line):
    # One zone: load 30, travel 10.
    assert result(line(10, 20), 30).cost == 40
    assert result(line(10, 20), 30).gap == pytest.approx(0.25)


def test_there_is_no_gap_at_the_bound_nor_beyond(line):
    assert result(line(10, 20), 40).gap == 0.0
    assert result(line(10, 20), 41).gap == 0.0
    assert result(line(0, 0), 0).gap == 0.0


def test_without_a_plan_there_is_neither_cost_nor_gap():
    empty = Result(Status.UNKNOWN, None, None, 10, 1.0)
    assert empty.cost is None
    assert empty.gap is None


def test_a_status_reads_as_its_word():
    assert [str(status) for status in Status] == [
        "optimal", "feasible", "infeasible", "unknown",
    ]  # fmt: skip
