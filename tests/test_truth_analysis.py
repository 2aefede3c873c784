"""What analyses say of chance problems under any rules, against trying every plan."""

from dataclasses import replace

import numpy as np
import pytest

from tests.chance import case
from tests.truth import Small
from zoning.analysis.diagnose import diagnose
from zoning.analysis.frontier import frontier
from zoning.analysis.points import varied
from zoning.analysis.price_of_rules import asked_of, price_of_rules
from zoning.analysis.requirements import (
    Balance,
    Count,
    Ruled,
    another_count,
    has_given_share,
    requirements_of,
    without,
)
from zoning.analysis.tightest import tightest
from zoning.analysis.what_it_takes import what_it_takes
from zoning.errors import InputError
from zoning.result import Status
from zoning.rules import Lock, Pin, Previous, Radius, Spread, Target
from zoning.solve import solve

pytestmark = pytest.mark.usefixtures("compiled")

VALUES = {
    "tolerance": (0.0, 0.05, 0.1, 0.25, 0.5, 0.9),
    "num_zones": (1, 2, 3, 4, 5),
    "previous": (0.0, 0.1, 0.3, 0.6, 1.0),
}


def tens(few, many):
    """Seeds by tens: a few always, many more where there is time."""
    more = (pytest.param(ten, marks=pytest.mark.slow) for ten in range(few, many))
    return pytest.mark.parametrize("ten", [*range(few), *more])


def each(ten, check):
    """Check ten problems of up to seven units; those refused outright left out."""
    for seed in range(10 * ten, 10 * ten + 10):
        try:
            problem = case(seed, most=7).problem()
        except InputError:
            continue
        try:
            check(problem, seed)
        except AssertionError as error:
            error.add_note(f"seed {seed}")
            raise


def cost_of(make, *given, **changed):
    """The least cost of a variant; None where it has no plan, or is refused."""
    try:
        return Small(make(*given, **changed)).truth.cost
    except InputError:
        return None


def check_tightest(problem, _):
    if problem.tolerance is None:
        return
    found = tightest(problem, time_limit=10)
    if found.tolerance is None:
        assert found.hopeless
        assert cost_of(replace, problem, tolerance=0.999) is None
        return
    assert found.proved
    assert found.result.cost == cost_of(replace, problem, tolerance=found.tolerance)
    if found.tolerance:
        tighter = found.tolerance - 0.001
        assert cost_of(replace, problem, tolerance=tighter) is None


@tens(3, 30)
def test_the_tightest_tolerance_has_a_plan_and_the_next_has_none(ten):
    each(ten, check_tightest)


def check_frontiers(problem, _):
    parameters = ["num_zones"]
    parameters += ["tolerance"] * (problem.tolerance is not None)
    parameters += ["previous"] * any(isinstance(r, Previous) for r in problem.rules)
    for parameter in parameters:
        drawn = frontier(problem, parameter, VALUES[parameter], time_limit=20)
        for value, result in zip(drawn.values, drawn.results, strict=True):
            cost = cost_of(varied, problem, parameter, value)
            assert result.cost == cost, (parameter, value)
            closed = Status.INFEASIBLE if cost is None else Status.OPTIMAL
            assert result.status is closed, (parameter, value)


@tens(2, 20)
def test_every_point_of_a_frontier_is_the_cheapest_plan_or_none(ten):
    each(ten, check_frontiers)


def check_prices(problem, _):
    cost = Small(problem).truth.cost
    if cost is None:
        with pytest.raises(InputError, match="have no price"):
            price_of_rules(problem, time_limit=10)
        return
    gone = {one.words: one.gone for one in asked_of(problem)}
    for price in price_of_rules(problem, time_limit=20):
        laxer = cost_of(without, problem, gone[price.rule])
        assert price.cost == laxer, price.rule
        if laxer is None:
            assert price.status is Status.INFEASIBLE, price.rule
        else:
            assert price.proved, price.rule
            assert price.least == cost - laxer, price.rule


@tens(3, 30)
def test_a_rule_costs_what_the_cheapest_plan_without_it_saves(ten):
    each(ten, check_prices)


def changes(problem, one):
    """Variants that change one requirement: one has a plan if changing it helps."""
    if isinstance(one, Count):
        given = has_given_share(problem)
        for count in range(1, len(problem.region) + 1):
            yield cost_of(another_count, problem, count, given_share=given)
    elif isinstance(one, Balance):
        yield cost_of(replace, problem, tolerance=0.999)
    elif isinstance(one, Ruled) and looser(problem, one.rule):
        for other in looser(problem, one.rule):
            rules = tuple(other if r == one.rule else r for r in problem.rules)
            yield cost_of(replace, problem, rules=rules)
    else:
        yield cost_of(without, problem, (one,))
    if isinstance(one, Ruled) and isinstance(one.rule, Radius):
        yield cost_of(without, problem, (one,))


def looser(problem, rule):
    """Rules with a larger number: the largest, and every longer way."""
    match rule:
        case Spread():
            return [replace(rule, most=1e9)]
        case Previous(budget=float() | int()):
            return [replace(rule, budget=1.0)]
        case Radius(hard=float() | int()):
            every = np.arange(len(problem.region))
            ways = np.unique(np.ceil(problem.way_between(every, every)))
            return [replace(rule, hard=way) for way in ways[ways > rule.hard].tolist()]
        case _:
            return []


def any_count(problem, gone):
    """Whether there is a plan without some requirements, the number of zones too."""
    if not any(isinstance(one, Count) for one in gone):
        return cost_of(without, problem, gone) is not None
    given = has_given_share(problem)
    counts = range(1, len(problem.region) + 1)
    return any(
        cost_of(another_count, problem, n, given_share=given, gone=gone) is not None
        for n in counts
    )


def check_diagnosis(problem, _):
    if Small(problem).truth.cost is not None:
        return
    every = requirements_of(problem)
    if len({*map(str, every)}) < len(every):
        return  # two rules in the same words cannot be told apart below
    found = diagnose(problem, time_limit=10)
    others = [one for one in every if str(one) not in found.core]
    assert len(others) < len(every)
    assert not any_count(problem, others)
    for one in every:
        if found.minimal and one not in others:
            assert any_count(problem, [*others, one]), one
        if str(one) in found.no_help:
            assert {*changes(problem, one)} <= {None}, one
    for way in found.relaxations:
        assert way.verified, way.words
        assert Small(way.problem).judged(way.plan.zone_of.tolist()).ok, way.words


@tens(3, 60)
def test_what_a_diagnosis_says_is_true(ten):
    each(ten, check_diagnosis)


def check_chain(problem, seed):
    named = any(isinstance(r, Lock | Pin | Previous | Target) for r in problem.rules)
    if named or problem.num_zones < 2:
        return
    result, chance = solve(problem, time_limit=10), np.random.default_rng(seed)
    if result.plan is None:
        return
    center, ids = result.verdict.center, problem.region.buildings
    unit = int(chance.integers(len(problem.region)))
    own = int(result.plan.zone_of[unit])
    to = int(own + chance.integers(1, problem.num_zones)) % problem.num_zones
    rules = (*problem.rules, Pin("To", (ids[unit][0], ids[center[to]][0])))
    if center[own] != unit:
        rules = (*rules, Pin("From", ids[center[own]][:1]))
    least = cost_of(replace, problem, rules=rules)
    name = result.verdict.names[to]
    try:
        chain = what_it_takes(result, ids[unit][0], name, time_limit=10)
    except InputError:  # a rule forbids it outright
        assert least is None
        return
    if least is None:
        assert chain.result.status is Status.INFEASIBLE
    else:
        assert chain.change == chain.least == least - result.cost


@tens(3, 60)
def test_nothing_does_it_for_less_than_what_it_takes(ten):
    each(ten, check_chain)
