"""Alternatives: truly different, nearly as cheap, and judged like any plan."""

from dataclasses import replace

import numpy as np
import pytest

from zoning.analysis.alternatives import alternatives
from zoning.analysis.difference import difference
from zoning.check import judge
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.result import Status
from zoning.rules import CannotLink, Freeze, Lock, Previous

pytestmark = pytest.mark.usefixtures("compiled")


@pytest.fixture(scope="module")
def town(blocks):
    """Sixteen units and what is found for them."""
    problem = Problem(blocks(4, 4), 4, tolerance=0.2)
    return problem, alternatives(problem, 4, within=0.05, time_limit=20)


def test_the_cheapest_plan_comes_first_and_none_is_too_dear(town):
    _, found = town
    assert len(found) == 4
    assert found.results[0].status is Status.OPTIMAL
    costs = [result.cost for result in found.results]
    assert min(costs) == costs[0]
    assert max(costs) <= 1.05 * costs[0]
    for row, cost in zip(found.rows, costs, strict=True):
        assert row.dearer == cost / costs[0] - 1
        assert row.result.bound <= costs[0]


def test_every_alternative_is_judged_anew_and_keeps_the_rules(town):
    problem, found = town
    for result in found.results:
        verdict = judge(Plan(problem, result.plan.zone_of))
        assert verdict.ok
        assert verdict.total == result.cost


def test_the_differences_told_are_those_of_the_plans(town):
    _, found = town
    for i, first in enumerate(found.plans):
        for j, second in enumerate(found.plans):
            share = difference(first, second).share
            assert found.shares[i, j] == pytest.approx(share)
            assert i == j or share >= 0.05
    for at, row in enumerate(found.rows):
        assert row.from_first.share == pytest.approx(found.shares[0, at])
        others = np.delete(found.shares[at], at)
        assert row.from_nearest == pytest.approx(others.min())
    told = str(found).splitlines()
    assert f"{100 * found.shares[0, 1]:.0f} % of the floor area" in told[1]


def every_plan(problem, truth):
    """Zones of every plan there is, as numbers of bits, with its travel."""

    def split(left, count):
        if not left or not count:
            if not left and not count:
                yield (), 0
            return
        lowest = left & -left
        for zone, (travel, _) in truth.zones.items():
            if zone & lowest and zone & left == zone:
                for rest, more in split(left ^ zone, count - 1):
                    yield (zone, *rest), travel + more

    return list(split((1 << len(problem.region)) - 1, problem.num_zones))


def labels_of(zones, n):
    return np.array(
        [next(k for k, z in enumerate(zones) if z >> i & 1) for i in range(n)]
    )


def floor(first, plan):
    """Share of the area outside the largest part each zone has of a zone of `first`."""
    area = plan.problem.region.area
    kept = sum(
        max(int(area[units][first.zone_of[units] == k].sum()) for k in range(9))
        for units in plan.zones
    )
    return 1 - kept / max(1, int(area.sum()))


@pytest.mark.parametrize("seed", range(40, 60))
def test_small_regions_against_all_their_plans(seed, chance_problem, truth_of):
    problem = chance_problem(seed)
    truth = truth_of(problem)
    found = alternatives(problem, 2, within=0.1, least=0.2, time_limit=8)
    if truth.cost is None:
        assert len(found) == 0
        return
    n, first = len(problem.region), found.plans[0]
    assert found.results[0].cost == truth.cost
    base = problem.fixed * problem.num_zones + int(problem.region.load.sum())
    near = [
        Plan(problem, labels_of(zones, n))
        for zones, travel in every_plan(problem, truth)
        if base + travel <= 1.1 * truth.cost
    ]
    if len(found) == 2:
        assert any(plan.equals(found.plans[1]) for plan in near)
        assert found.shares[0, 1] >= 0.2
    else:  # none leaves a fifth outside the largest parts its zones have of the first
        assert max((floor(first, plan) for plan in near), default=0.0) < 0.2


def test_alternatives_obey_planners_rules(blocks):
    region = blocks(4, 4)
    rules = (Lock("A", ("u0", "u1", "u4")), CannotLink(("u10", "u11")))
    problem = Problem(region, 4, tolerance=0.5, rules=rules)
    found = alternatives(problem, 3, within=0.1, time_limit=10)
    assert len(found) == 3
    for plan in found.plans:
        assert judge(plan).ok
        assert "A" in judge(plan).names


def test_alternatives_keep_the_budget_of_change(blocks):
    region = blocks(4, 4)
    free = alternatives(Problem(region, 4, tolerance=0.2), 2, time_limit=10)
    names = judge(free.plans[1]).names
    column = [names[zone] for zone in free.plans[1].zone_of]
    known = replace(region, columns={"was": column})
    problem = Problem(known, 4, tolerance=0.2, rules=(Previous("was", 0.3),))
    found = alternatives(problem, 3, within=0.2, time_limit=10)
    assert len(found) >= 2
    for plan in found.plans:
        assert difference(free.plans[1], plan).share <= 0.3


def test_without_a_plan_there_are_no_alternatives(line):
    even = np.zeros((3, 3), np.int64)
    found = alternatives(
        Problem(line(10, 10, 10), 2, 0.1, travel=even, strict=True), time_limit=5
    )
    assert (len(found), found.rows, found.plans) == (0, (), ())
    assert str(found) == found.reason != ""


def test_other_plans_lie_no_farther_outside_than_the_first(line):
    # c alone is too much; of the others, in a ring, pairs are zones
    region = line(10, 10, 90, 10, 10, touching=[(0, 1), (1, 4), (4, 3), (3, 0), (2, 3)])
    even = np.zeros((5, 5), np.int64)
    problem = Problem(region, 3, 0.3, travel=even, fair_share=20)
    found = alternatives(problem, 3, within=0.5, time_limit=5)
    assert len(found) > 1
    assert {one.excess for one in found.results} == {found.results[0].excess}
    assert found.results[0].excess == 90 - 26


def test_where_zones_lie_outside_that_need_not_no_others_are_looked_for(line):
    even = np.zeros((3, 3), np.int64)
    found = alternatives(Problem(line(10, 10, 10), 2, 0.1, travel=even), time_limit=5)
    assert found.results[0].excess == 4 + 4  # zones of 10 and 20 where 14 to 16 are
    assert len(found) == 1
    assert "Other plans are not looked for then." in found.reason


def test_it_is_told_where_there_are_no_more(line):
    # three equal units in three zones: there is one plan
    found = alternatives(Problem(line(10, 10, 10), 3, 0.1), 3, time_limit=5)
    assert len(found) == 1
    assert "No more than one plan was found" in found.reason


def test_what_cannot_be_asked_is_refused_all_at_once(line):
    problem = Problem(line(10, 10), 2, 0.1)
    with pytest.raises(InputError, match=r"count .* within .* least .* time_limit"):
        alternatives(problem, 1, within=-0.1, least=1.0, time_limit=0)
    with pytest.raises(InputError, match=r"within .* time_limit"):
        alternatives(problem, 2.5, within=np.inf, time_limit=np.inf)


def test_percents_that_were_meant_as_shares_are_told_how_to_be_written(line):
    problem = Problem(line(10, 10), 2, 0.1)
    with pytest.raises(InputError, match=r"within: 10 would be 1,000 %.* Write 0.1"):
        alternatives(problem, 2, within=10)


def test_one_seed_gives_the_same_alternatives(blocks):
    problem = Problem(blocks(4, 4), 4, tolerance=0.3)
    once, again = (alternatives(problem, 3, time_limit=30, seed=3) for _ in range(2))
    assert [plan.zone_of.tolist() for plan in once.plans] == [
        plan.zone_of.tolist() for plan in again.plans
    ]


def test_of_locked_zones_there_is_no_other_plan(line):
    for kind in (Lock, Freeze):
        rules = (kind("W", ("a", "b")), kind("E", ("c", "d")))
        problem = Problem(line(*[10] * 4), 2, tolerance=0.5, rules=rules)
        found = alternatives(problem, count=3, time_limit=5)
        assert [result.status for result in found.results] == [Status.OPTIMAL]
        assert found.reason.startswith("There is no other plan: all zones are locked")
