"""As few moves as possible, against trying every plan."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from tests.chance import case
from tests.truth import Small
from zoning.check import judge
from zoning.cli.words import ending
from zoning.errors import InputError
from zoning.plan import Plan, canonical
from zoning.planfile.content import to_dict
from zoning.problem import Problem
from zoning.result import Status
from zoning.rules import Previous
from zoning.solve import solve

pytestmark = pytest.mark.usefixtures("compiled")


def moved_least(seed, *, strict, most=8):
    """A chance problem whose rules ask for as few moves as can be; None if refused."""
    drawn = case(seed, ["previous"] if seed % 2 else None, most=most)
    if not any(isinstance(rule, Previous) for rule in drawn.rules):
        return None
    rules = tuple(
        Previous("was", least=True) if isinstance(rule, Previous) else rule
        for rule in drawn.rules
    )
    try:
        return replace(replace(drawn, rules=rules).problem(), strict=strict)
    except InputError:
        return None


@cache
def every_plan(n, edges, count):
    """Labels of every split of `n` units into `count` connected zones."""
    graph = np.zeros((n, n), bool)
    for a, b in edges:  # there may be none
        graph[a, b] = graph[b, a] = True

    def connected(units):
        seen, new = {units[0]}, [units[0]]
        while new:
            u = new.pop()
            fresh = [v for v in units if graph[u, v] and v not in seen]
            seen.update(fresh)
            new += fresh
        return len(seen) == len(units)

    def grow(labels, used):
        i = len(labels)
        if i == n:
            if used == count:
                zones = [[u for u in range(n) if labels[u] == k] for k in range(count)]
                if all(map(connected, zones)):
                    yield np.array(labels)
            return
        for k in range(min(used + 1, count)):
            yield from grow([*labels, k], max(used, k + 1))

    return list(grow([], 0))


def rank(verdict):
    """Excess, then moves, then cost."""
    return verdict.excess, int(verdict.changed.sum()), verdict.total


def agrees_with_the_enumerator(seed):
    """Whether a strict problem was solved, and moves were needed."""
    problem = moved_least(seed, strict=True)
    if problem is None:
        return False
    best = Small(problem).truth.fewest_moves
    result = solve(problem, time_limit=10, seed=seed % 7)
    if best is None:
        assert result.status is Status.INFEASIBLE, seed
        return False
    assert result.status is Status.OPTIMAL, seed
    assert rank(result.verdict) == (0, *best), seed
    assert (result.change_bound, result.bound) == best, seed
    return best[0] > 0


def test_moves_then_cost_are_the_least_of_all_plans():
    assert sum(map(agrees_with_the_enumerator, range(30))) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("first", range(30, 230, 200))
def test_moves_then_cost_are_the_least_of_all_plans_of_many(first):
    assert sum(map(agrees_with_the_enumerator, range(first, first + 200))) >= 20


@pytest.mark.slow
def test_bands_bend_before_units_move():
    bent = 0
    for seed in range(40):
        problem = moved_least(seed, strict=False, most=7)
        if problem is None:
            continue
        region = problem.edited_region
        edges = tuple(map(tuple, region.edges.tolist()))
        plans = every_plan(len(region), edges, problem.num_zones)
        judged = (judge(Plan(problem, canonical(labels))) for labels in plans)
        best = min((rank(one) for one in judged if one.ok), default=None)
        result = solve(problem, time_limit=10, seed=seed % 7)
        if best is None:
            assert result.plan is None, seed
            continue
        if result.status is Status.OPTIMAL:
            assert rank(result.verdict) == best, seed
            bent += best[0] > 0
        bounds = result.excess_bound, result.change_bound, result.bound
        assert bounds <= best, seed
    assert bent >= 5


def test_a_plan_that_stays_is_not_drawn_anew(line):
    # 40 | 20 20 costs a way of 100 m; 40 20 | 20 is out of balance and last year's
    region = line(40, 20, 20)
    region = replace(region, columns={"was": ("N", "N", "S")})
    asked = (Previous("was", least=True),)
    wide = solve(Problem(region, 2, tolerance=0.9, rules=asked), time_limit=5)
    assert wide.plan.zone_of.tolist() == [0, 0, 1]
    assert (wide.status, wide.change_bound) == (Status.OPTIMAL, 0)
    tight = solve(Problem(region, 2, tolerance=0.4, rules=asked), time_limit=5)
    moved = int(tight.verdict.changed.sum())
    assert tight.plan.zone_of.tolist() == [0, 1, 1]
    assert moved == tight.change_bound == int(region.area[1])


@pytest.mark.parametrize("strict", [False, True])
def test_a_budget_too_small_is_answered_with_the_least_that_works(line, strict):
    # 40 20 | 20 is out of balance: the 20 in the middle must move
    region = line(40, 20, 20)
    region = replace(region, columns={"was": ("N", "N", "S")})
    asked = (Previous("was", budget=0.1),)
    problem = Problem(region, 2, tolerance=0.4, rules=asked, strict=strict)
    result = solve(problem, time_limit=5)
    if strict:
        assert result.status is Status.INFEASIBLE
        assert "of the area changes zone" in result.diagnosis.words
        return
    assert result.plan.zone_of.tolist() == [0, 0, 1]
    assert result.verdict.ok
    assert result.excess > 0
    assert f"the least that works is {int(region.area[1]):,} m²" in result.reason


def test_a_budget_no_plan_keeps_is_answered_with_the_least_that_works(line):
    # three zones became two: somebody moves, whatever the balance
    region = line(40, 20, 30)
    region = replace(region, columns={"was": ("N", "M", "S")})
    asked = (Previous("was", budget=0.0),)
    result = solve(Problem(region, 2, tolerance=0.4, rules=asked), time_limit=5)
    moved = int(region.area[1])
    assert int(result.verdict.changed.sum()) == moved
    assert f"the least that works is {moved:,} m²" in result.reason


def test_a_budget_is_kept_where_zones_lie_outside_in_any_case(line):
    # 90 alone is too much for a zone, whoever moves
    region = line(90, 10, 10)
    region = replace(region, columns={"was": ("N", "N", "S")})
    asked = (Previous("was", budget=0.0),)
    result = solve(Problem(region, 2, tolerance=0.1, rules=asked), time_limit=5)
    assert int(result.verdict.changed.sum()) == 0


def test_the_cost_of_a_plan_is_told_without_the_price_of_change(line):
    region = line(40, 20, 20)
    region = replace(region, columns={"was": ("N", "N", "S")})
    asked = (Previous("was", price=2.0),)
    result = solve(Problem(region, 2, tolerance=0.4, rules=asked), time_limit=5)
    price = 2 * int(region.area[1])
    assert result.verdict.change_cost == price
    assert result.plan_cost == int(result.verdict.cost.sum()) == result.cost - price
    assert (result.status, result.plan_bound) == (Status.OPTIMAL, result.plan_cost)
    table = to_dict(result)
    assert (table["cost"], table["bound"], table["gap"]) == (
        *(result.plan_cost, result.plan_cost),
        0,
    )
    assert table["change_cost"] == price


def test_where_moves_count_the_cost_is_proved_among_plans_that_move_no_more():
    table = {"status": "feasible", "cost": 80, "bound": 80, "gap": 0.0}
    told = ending("Zones", {**table, "change_bound": 5}, "yuan")
    assert "none that moves no more can cost less than 80" in told
    assert "moves" not in ending("Zones", {**table, "change_cost": 0}, "yuan")
