"""Results: cost and gap follow from the verdict and the bound."""

import numpy as np
import pytest

from zoning.check import judge
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.result import PartBudget, Result, Status, Step, budget


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


def test_a_budget_tells_which_part_found_what():
    trace = (
        Step(0.1, None, 10, "getting ready", "Anneal"),
        Step(0.5, 90, 10, "annealing", "Anneal"),
        Step(0.7, 80, 10, "annealing", "Anneal"),
        Step(1.0, 80, 60, "columns", "ColumnGeneration"),
        Step(1.5, 75, 60, "choice", "ColumnGeneration"),
        Step(1.6, 75, 75, "columns", "ColumnGeneration"),
        Step(1.6, 75, 75, "stopped", "solve"),
    )
    spent = {"solve": 0.1, "presolve": 0.0, "Anneal": 0.8, "ColumnGeneration": 0.7}
    assert budget(spent, trace) == (
        PartBudget("solve", 0.1, 0, None, None),
        PartBudget("presolve", 0.0, 0, None, None),
        PartBudget("Anneal", 0.8, 2, 80, None),
        PartBudget("ColumnGeneration", 0.7, 1, 75, 75),
    )


def test_a_bound_that_a_cheaper_plan_caps_is_no_news():
    # the bound shown never exceeds the cost, so it may fall with it
    trace = (Step(0.1, 90, 90, "a"), Step(0.2, 80, 80, "a"), Step(0.3, 80, 80, "a"))
    assert budget({"": 0.3}, trace) == (PartBudget("", 0.3, 2, 80, None),)
