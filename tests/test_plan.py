"""Plans: one form for each split."""

import numpy as np
import pytest

from zoning.errors import InputError
from zoning.plan import Plan, canonical
from zoning.problem import Problem


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
