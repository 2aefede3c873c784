"""Groups of units that touch, searched as one unit at first."""

from dataclasses import replace

import numpy as np

from zoning.check import judge
from zoning.limits import Limits
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.read import read
from zoning.result import Status
from zoning.rules import CannotLink, MustLink, Pin, linked_by
from zoning.search.auto import auto
from zoning.search.run import Run
from zoning.search.strategies.coarsening import Coarsening, contract, groups_that_touch
from zoning.solve import solve


def test_only_units_that_touch_become_one(line):
    region = line(1, 2, 3, 4, 5, 6)
    rules = (MustLink(("a", "b", "d")), MustLink(("e", "f")))
    problem = Problem(region, 2, tolerance=None, rules=rules)
    unit = groups_that_touch(problem)
    assert unit.tolist() == [0, 0, 1, 2, 3, 3]
    small = contract(problem, unit)
    assert small.region.load.tolist() == [3, 3, 4, 11]
    assert small.region.buildings == (("a", "b"), ("c",), ("d",), ("e", "f"))
    assert small.region.edges.tolist() == [[0, 1], [1, 2], [2, 3]]
    assert [group.tolist() for group in small.terms.together] == [[0, 2]]
    assert small.fair_share == problem.fair_share


def test_nothing_is_merged_without_groups_that_touch(line):
    region = line(1, 2, 3)
    assert groups_that_touch(Problem(region, 2, tolerance=None)) is None
    afar = Problem(region, 1, tolerance=None, rules=(MustLink(("a", "c")),))
    assert groups_that_touch(afar) is None


def test_rules_that_name_units_hold_for_merged_ones(line):
    region = replace(line(1, 2, 3, 4), buildings=(("x",), ("y",), ("z", "w"), ("v",)))
    rules = (MustLink(("a", "b")), CannotLink(("a", "c")), Pin("West", ("b",)))
    problem = Problem(region, 2, tolerance=None, rules=rules)
    small = contract(problem, groups_that_touch(problem))
    assert small.terms.apart.tolist() == [[0, 1]]
    assert small.terms.pinned.tolist() == [0, -1, -1]


def test_compounds_of_a_town_find_a_plan_that_keeps_them(town):
    region = read(
        town / "buildings.geojson",
        unit="none",
        area="floor_area_m2",
        households="none",
        columns=("compound_id",),
        barriers=town / "barriers.geojson",
    )
    rules = linked_by(region, "compound_id")
    problem = Problem(region, 4, tolerance=0.4, rules=rules)
    run = Run(problem, Limits(20))
    Coarsening(auto)(run)
    assert run.plan is not None
    assert judge(run.plan).ok


def test_a_link_never_makes_the_cheapest_plan_cheaper(blocks):
    chance = np.random.default_rng(4)
    region = blocks(3, 4)
    free = Problem(region, 3, tolerance=0.9)
    least = solve(free, time_limit=20)
    assert least.status is Status.OPTIMAL
    for a, b in chance.permutation(region.edges)[:6].tolist():
        rule = MustLink((region.names[a], region.names[b]))
        linked = solve(replace(free, rules=(rule,)), time_limit=20)
        if linked.status is Status.INFEASIBLE:
            continue
        assert linked.status is Status.OPTIMAL
        assert linked.cost >= least.cost
        already = least.plan.zone_of[a] == least.plan.zone_of[b]
        assert not already or linked.cost == least.cost
        assert judge(Plan(free, linked.plan.zone_of)).total == linked.cost
