"""Plans: one form for each split."""

import numpy as np
import pytest

from zoning.check import judge
from zoning.errors import InputError
from zoning.plan import Plan, canonical
from zoning.problem import Band, Problem
from zoning.rules import Lock, Pin


def test_zones_are_numbered_by_their_first_unit():
    assert canonical(np.array([7, 3, 7, 0, 3])).tolist() == [0, 1, 0, 2, 1]
    assert canonical(np.array([-1, 5])).tolist() == [0, 1]


def test_plans_are_equal_whatever_zones_are_called(line):
    problem = Problem(line(1, 2, 3), 2)
    plan = Plan(problem, np.array([4, 4, 2]))
    assert plan.equals(Plan(problem, np.array([0, 0, 9])))
    assert not plan.equals(Plan(problem, np.array([0, 1, 1])))


def test_zones_list_their_units_ascending(line):
    plan = Plan(Problem(line(1, 2, 3, 4), 2), np.array([1, 0, 0, 1]))
    assert [units.tolist() for units in plan.zones] == [[0, 3], [1, 2]]
    assert plan.num_zones == 2


def test_labels_are_copied_and_frozen(line):
    labels = np.array([0, 0, 1])
    plan = Plan(Problem(line(1, 2, 3), 2), labels)
    labels[0] = 1
    assert plan.zone_of.tolist() == [0, 0, 1]
    assert not plan.zone_of.flags.writeable


@pytest.mark.parametrize("labels", [[0, 1], [[0, 1, 1]], []])
def test_a_plan_needs_one_number_per_unit(line, labels):
    with pytest.raises(InputError, match="needs 3 zone numbers, one per unit"):
        Plan(Problem(line(1, 2, 3), 2), np.array(labels))


def test_names_follow_zones_and_are_judged_by(line):
    problem = Problem(line(10, 10, 10, 10), 2, tolerance=None)
    plan = Plan(problem, [1, 0, 0, 0], names=("East", "West"))
    assert plan.zone_of.tolist() == [0, 1, 1, 1]
    assert plan.names == ("West", "East")
    assert judge(plan).names == ("West", "East")
    assert Plan(problem, [5, 3, 3, 3], names=tuple("ABCDEF")).names == ("F", "D")


def test_rules_name_zones_before_the_plan_does(line):
    rules = (Pin("East", ("a",)), Lock("Old", ("d",)))
    problem = Problem(line(10, 10, 10, 10), 3, tolerance=None, rules=rules)
    names = judge(Plan(problem, [0, 1, 1, 2], names=("North", "East", "Mine"))).names
    # the middle zone cannot be East as well: it is counted
    assert names == ("East", "1", "Old")


@pytest.mark.parametrize("names", [("A",), ("A", "A")])
def test_names_that_do_not_tell_zones_apart_are_refused(line, names):
    problem = Problem(line(10, 10), 2, tolerance=None)
    with pytest.raises(InputError, match="a name for each number in zone_of"):
        Plan(problem, [0, 1], names=names)


def test_violations_are_equal_whatever_the_amount(line):
    problem = Problem(
        line(10, 10, 10), 2, tolerance=None, bands={"load": Band(25, 30)}, strict=True
    )
    one = judge(Plan(problem, [0, 1, 1]))
    other = judge(Plan(problem, [0, 0, 1]))
    assert [v.rule for v in one.violations] == ["load", "load"]
    assert [(v.zone, v.amount, v.limit) for v in one.violations] == [
        ("1", 10, 25),
        ("2", 20, 25),
    ]
    assert one.violations == other.violations
    assert one.faults != other.faults
    assert one.faults == tuple(map(str, one.violations))
