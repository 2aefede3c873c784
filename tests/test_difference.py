"""How different two plans are: the measure, the names, who goes where."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from zoning.analysis.difference import (
    Move,
    difference,
    require_same_region,
    share_moved,
)
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.rules import MustLink


def plan_of(region, labels, rules=()):
    return Plan(Problem(region, len(set(labels)), None, rules=rules), np.array(labels))


def test_what_is_in_another_zone_is_measured_by_area(line):
    # a b c | d against a b | c d: c goes over, 30 of 100 m²
    region = line(40, 20, 30, 10, households=[4, 2, 3, 1])
    found = difference(plan_of(region, [0, 0, 0, 1]), plan_of(region, [0, 0, 1, 1]))
    assert (found.share, found.area, found.buildings) == (0.3, 30, 1)
    assert found.households == 3
    assert found.names == ("1", "2")
    assert found.moves == (Move(("c",), "1", "2", 30, 3),)
    assert str(found.moves[0]) == "1 building (c; 30 m²) goes from zone 1 to zone 2"


def test_names_do_not_make_a_difference(line):
    # a | b c d against a b c | d: counted by its first unit zone 1 was the small one;
    # most is kept when the large zones are paired: b and c stay, 50 of 80 m²
    region = line(20, 25, 25, 10)
    found = difference(plan_of(region, [0, 1, 1, 1]), plan_of(region, [0, 0, 0, 1]))
    assert found.share == 30 / 80
    assert found.names == ("2", "3")  # nothing of zone 1 is left in a zone of its own
    same = difference(plan_of(region, [0, 1, 1, 1]), plan_of(region, [0, 1, 1, 1]))
    assert (same.share, same.moves, same.names) == (0.0, (), ("1", "2"))


def test_a_zone_that_is_new_bears_a_new_number(line):
    region = line(10, 20, 10, 20)
    found = difference(plan_of(region, [0, 0, 1, 1]), plan_of(region, [0, 1, 1, 2]))
    # b c of 30 m² takes the 20 m² of zone 1 or the 10 m² of zone 2: 40 m² stay at most
    assert found.area == 20
    assert set(found.names) == {"1", "2", "3"}


def test_the_share_is_the_least_over_all_pairings():
    chance = np.random.default_rng(5)
    for _ in range(60):
        n = int(chance.integers(2, 9))
        before, after = chance.integers(0, 4, (2, n))
        area = chance.integers(0, 50, n)
        area[0] += 1
        moved = min(
            sum(
                int(m2)
                for b, a, m2 in zip(before, after, area, strict=True)
                if paired[b] != a
            )
            for paired in permutations(range(4))
        )
        share = share_moved(before, after, area)
        assert share == pytest.approx(moved / area.sum())
        assert share == share_moved(after, before, area)
        assert 0 <= share < 1


def test_plans_under_other_rules_are_compared_building_by_building(line):
    region = line(10, 20, 30, 40)
    loose = plan_of(region, [0, 0, 1, 1])
    linked = plan_of(region, [0, 0, 0, 1], rules=(MustLink(("b", "c")),))
    found = difference(loose, linked)
    assert found.moves == (Move(("c",), "2", "1", 30, None),)
    assert difference(linked, loose).share == found.share


def test_a_unit_goes_with_all_its_buildings(line):
    region = replace(line(10, 20, 30), buildings=(("a",), ("b1", "b2"), ("c",)))
    found = difference(plan_of(region, [0, 0, 1]), plan_of(region, [0, 1, 1]))
    assert found.buildings == 2
    assert found.moves[0].buildings == ("b1", "b2")


def test_other_regions_are_refused_by_name_and_reason(line):
    first = plan_of(line(10, 20, 30), [0, 0, 1])
    other = replace(line(10, 20, 30), names=("a", "b", "x"), buildings=())
    dearer = line(10, 20, 31)
    wider = line(10, 20, 30, area=[10, 25, 30])
    grouped = replace(line(10, 20, 30), buildings=(("c",), ("a",), ("b",)))
    for region, told in (
        (other, "Plan 3 .*only plan 1 has c, only it has x"),
        (wider, "Plan 3 .*the floor area of b differs"),
        (replace(dearer, sums={"area": first.problem.region.area}), "the load of c"),
        (grouped, "other units"),
    ):
        with pytest.raises(InputError, match=told):
            require_same_region((first, first, plan_of(region, [0, 1, 1])))
