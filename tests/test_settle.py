"""Units that cost nothing lie in the zone around them, at no cost and no risk."""

from dataclasses import replace

import numpy as np
import pytest

import zoning
from tests.conftest import PLAIN, line
from zoning.check import judge
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.region import Region
from zoning.rules import Centers, Lock, MustLink, Pin
from zoning.search.settle import idle_units, settled


def strip(labels, loads, *, high=2, rules=(), num_zones=None, **more):
    """A plan of a strip `high` units high, 100 m apart, filled column by column."""
    n = len(loads)
    edges = [(i, i + high) for i in range(n - high)]
    edges += [(i, i + 1) for i in range(n - 1) if (i + 1) % high]
    region = Region(
        names=tuple(f"u{i}" for i in range(n)),
        xy=[(100.0 * (i // high), 100.0 * (i % high)) for i in range(n)],
        load=loads,
        sums={"area": loads},
        edges=edges,
        costs=PLAIN,
    )
    count = num_zones or len(set(labels))
    problem = Problem(region, count, tolerance=None, rules=rules, **more)
    return Plan(problem, labels)


# columns of two: 0 1 | 2 3 | 4 5 | 6 7; unit 3 costs nothing
LOADS = [10, 10, 10, 0, 10, 10, 10, 10]


def test_a_shed_among_units_of_a_zone_goes_there():
    # unit 3 is in the right zone; of its neighbours 1 and 2 are in the left
    plan = strip([0, 0, 0, 1, 1, 1, 1, 1], LOADS)
    new = settled(plan)
    assert new.zone_of.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert judge(new).total == judge(plan).total


def test_a_plan_without_idle_units_stays_what_it_is():
    plan = strip([0, 0, 0, 1, 1, 1, 1, 1], [10] * 8)
    assert settled(plan) is plan


def test_a_unit_that_a_zone_hangs_by_stays():
    # a line: unit 2 is idle and joins 1 and 3, though 3 neighbours of another zone
    # lie around it
    region = replace(
        line(10, 10, 0, 10, 10, 10, 10, area=(10, 10, 0, 10, 10, 10, 10)),
        edges=[(0, 1), (1, 2), (2, 3), (4, 5), (5, 6), (2, 4), (2, 5), (2, 6)],
    )
    problem = Problem(region, 2, tolerance=None)
    plan = Plan(problem, [0, 0, 0, 0, 1, 1, 1])
    assert settled(plan) is plan


def test_a_group_of_idle_units_settles_from_its_rim():
    # units 2 to 5 are a park that belongs to the right zone; all around is the left one
    loads = [10, 10, 0, 0, 0, 0, 10, 10, 10, 10, 10, 10]
    labels = [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
    new = settled(strip(labels, loads))
    # half of the park stands by the left zone, half by the right one
    assert new.zone_of.tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]


def test_the_last_unit_with_a_load_is_not_left_by_others_nor_a_zone_emptied():
    plan = strip([0, 0, 0, 1, 0, 0, 0, 0], LOADS)  # a zone of one idle unit
    assert settled(plan) is plan


@pytest.mark.parametrize(
    "rule",
    [
        Pin("shed", ("u3",)),
        MustLink(("u3", "u5")),
        Lock("right", ("u3", "u4", "u5", "u6", "u7")),
    ],
)
def test_a_rule_that_names_the_unit_holds_it(rule):
    plan = strip([0, 0, 0, 1, 1, 1, 1, 1], LOADS, rules=(rule,))
    assert not idle_units(plan)[3]
    assert settled(plan) is plan


def test_a_unit_counted_by_a_band_is_not_idle():
    bands = {"buildings": Band(3, 5)}
    plan = strip([0, 0, 0, 1, 1, 1, 1, 1], LOADS, bands=bands)
    assert settled(plan) is plan


def test_a_center_stays():
    # nobody may be a center but the idle unit: the right zone is run from there
    rule = Centers(("u0", "u3"))
    plan = strip([0, 0, 0, 1, 1, 1, 1, 1], LOADS, rules=(rule,))
    assert judge(plan).center.tolist() == [0, 3]
    assert settled(plan) is plan


def test_chance_plans_keep_their_cost_and_rules():
    changed = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        loads = np.where(rng.random(60) < 0.4, 0, rng.integers(10, 90, 60))
        plan = strip(np.arange(60) // 10, loads.tolist(), high=4)
        before, new = judge(plan), settled(plan)
        after = judge(new)
        assert before.ok
        assert after.ok
        assert after.total == before.total
        assert sorted(after.cost) == sorted(before.cost)
        changed += not new.equals(plan)
    assert changed > 10


def test_settling_again_changes_nothing():
    rng = np.random.default_rng(5)
    loads = np.where(rng.random(60) < 0.4, 0, rng.integers(10, 90, 60)).tolist()
    once = settled(strip(np.arange(60) // 12, loads, high=4))
    assert settled(once).equals(once)


def test_a_solve_gives_a_settled_plan():
    rng = np.random.default_rng(2)
    loads = np.where(rng.random(48) < 0.3, 0, rng.integers(10, 90, 48)).tolist()
    plan = strip(np.arange(48) // 12, loads, high=4)
    result = zoning.solve(replace(plan.problem, tolerance=0.4), time_limit=10)
    assert settled(result.plan) is result.plan
    assert result.verdict.total == judge(result.plan).total
