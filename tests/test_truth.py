"""The enumerator by hand; the checker against it: two readings of the same rules."""

from dataclasses import replace

import numpy as np
import pytest

from tests.chance import RULES, case
from tests.truth import Judged, Small, judged, truth
from zoning.check import judge
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.region import Barrier
from zoning.rules import (
    Border,
    Centers,
    Freeze,
    Lock,
    Pin,
    Previous,
    Radius,
    SoftBarrier,
    Target,
)


def test_by_hand_two_zones_on_a_line(line):
    # a b | c d: from a and d, the larger of each, 10 + 10 of way; loads 60.
    found = truth(Problem(line(20, 10, 10, 20), 2, tolerance=None, strict=True))
    assert (found.cost, found.labels) == (80, (0, 0, 1, 1))
    assert found.zones[0b0011] == (10, 0)
    assert 0b0101 not in found.zones  # a and c do not touch


def test_by_hand_no_plan_in_a_narrow_band(line):
    found = truth(Problem(line(10, 10, 10), 2, tolerance=0.05, strict=True))
    assert (found.cost, found.labels) == (None, ())


def test_by_hand_a_center_of_few(line):
    # From c alone: 10 units of a go 200 m, 10 of b 100 m.
    problem = Problem(
        line(10, 10, 10), 1, tolerance=None, rules=(Centers(("c",)),), strict=True
    )
    assert truth(problem).cost == 30 + 20 + 10


def test_by_hand_ways_too_long_cost_or_forbid(line):
    region = line(10, 10, 10)
    soft = Problem(
        region, 1, tolerance=None, rules=(Radius(None, 50.0, 7),), strict=True
    )
    assert truth(soft).cost == 30 + 20 + 2 * 7  # from b
    hard = Problem(region, 1, tolerance=None, rules=(Radius(99.0),), strict=True)
    assert truth(hard).cost is None


def test_by_hand_borders_and_barriers_cost_on_the_way(line):
    region = line(10, 10, 10, touching=[(1, 2)])
    region = replace(
        region,
        cut_edges=np.array([[0, 1]]),
        cut_by=((Barrier("Creek"),),),
        columns={"side": ("x", "y", "y")},
    )
    rules = (SoftBarrier("Creek", 5), Border("side", 3))
    assert (
        truth(Problem(region, 1, tolerance=None, rules=rules, strict=True)).cost == 58
    )  # from b
    assert truth(Problem(region, 1, tolerance=None, strict=True)).cost is None


def test_by_hand_a_name_is_worth_what_stays(line):
    # N keeps 20 m² and S 10; b changes, whoever of the two gets it: 10 m² at 0.25.
    region = replace(line(20, 10, 10), columns={"was": ("N", "S", "S")})
    band = {"load": Band(10, 30)}
    last_year = Previous("was", price=0.25)
    problem = Problem(
        region, 2, tolerance=None, bands=band, rules=(last_year,), strict=True
    )
    assert judged(problem, [0, 0, 1]) == Judged(True, 40 + 10 + round(2.5))
    assert judged(problem, [0, 1, 1]) == Judged(True, 40 + 10)
    limited = replace(problem, rules=(Previous("was", budget=0.2),))
    assert not judged(limited, [0, 0, 1]).ok
    pinned = replace(problem, rules=(last_year, Pin("S", ("a",))))
    assert judged(pinned, [0, 1, 1]) == Judged(True, 40 + 10 + 10)


def test_by_hand_a_target_moves_all_bands(line):
    # Shares 1.5 : 1 of 100 are 60 and 40.
    region = line(60, 40)
    problem = Problem(
        region,
        2,
        tolerance=0.0,
        fair_share=50,
        rules=(Target("Big", 1.5),),
        strict=True,
    )
    assert judged(problem, [0, 1]).ok
    assert not judged(replace(problem, rules=()), [0, 1]).ok


def test_by_hand_a_frozen_zone_is_asked_for_no_band(line):
    region, band = line(10, 10, 90), {"load": Band(20, 20)}
    for rule, ok in ((Freeze("F", ("c",)), True), (Lock("F", ("c",)), False)):
        problem = Problem(
            region, 2, tolerance=None, bands=band, rules=(rule,), strict=True
        )
        assert judged(problem, [0, 0, 1]).ok is ok
        assert not judged(problem, [0, 1, 1]).ok


def every_label(drawn, problem, small, seed):
    """The cheapest plan, the hidden one, and labels of chance."""
    n, count = len(problem.region), problem.num_zones
    chance = np.random.default_rng(seed)
    found = small.truth
    if found.labels:
        yield list(found.labels)
        assert small.judged(found.labels) == Judged(True, found.cost)
    yield list(drawn.hidden)
    for _ in range(3):
        labels = chance.integers(0, count, n)
        labels[chance.permutation(n)[:count]] = np.arange(min(n, count))
        yield labels.tolist()


def the_checker_agrees(drawn, seed):
    """How many plans that keep all rules were compared; None if it was refused."""
    try:
        problem = drawn.problem()
    except InputError as refused:
        known = drawn.fair_share is not None or drawn.tolerance is None
        assert not known or Small(drawn).truth.cost is None, (seed, str(refused))
        return None
    small, kept = Small(problem), 0
    for labels in every_label(drawn, problem, small, seed):
        plan = Plan(problem, np.unique(labels, return_inverse=True)[1])
        verdict, told = judge(plan), small.judged(labels)
        assert verdict.ok == told.ok, (seed, labels, verdict.faults)
        assert told.cost in (None, verdict.total), (seed, labels, verdict)
        kept += told.ok
    return kept


@pytest.mark.parametrize("kind", RULES)
def test_the_checker_reads_each_rule_as_enumeration_does(kind):
    kept = [the_checker_agrees(case(seed, [kind]), seed) for seed in range(15)]
    assert sum(filter(None, kept)) > 5, "hardly a plan kept the rules"


def test_the_checker_reads_rules_together_as_enumeration_does():
    kept = [the_checker_agrees(case(seed), seed) for seed in range(100)]
    assert sum(filter(None, kept)) > 40


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 2_000, 500))
def test_the_checker_agrees_on_thousands(first):
    for seed in range(first, first + 500):
        the_checker_agrees(case(seed), seed)
