"""Lots against trying every way to bundle the zones; see `tests.truth_lots`."""

from dataclasses import replace

import numpy as np
import pytest

from tests.chance_lots import RULES, lot_case, pair_case
from tests.conftest import PLAIN
from tests.truth import Small
from tests.truth_lots import Asked, lots_of
from tests.truth_pairs import best_pairs
from zoning.errors import InputError
from zoning.joint.joint import plan_and_bundle
from zoning.lots import LotRules, bundle
from zoning.lots.check import judge_lots
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.result import Status

PAIR_RULES = ("contain", "soft barrier", "radius", "border", "must link", "lock", "pin")
pytestmark = pytest.mark.usefixtures("compiled")


def as_arguments(asked):
    return {
        "size": asked.size,
        "tolerance": asked.tolerance,
        "rules": asked.rules,
    }


def the_checker_agrees(seed, kinds=None):
    """How many choices that keep all rules were compared; None if it was refused."""
    drawn = lot_case(seed, kinds)
    chance = np.random.default_rng(seed)
    n, asked, told = len(drawn.told.zones), drawn.asked, drawn.told
    tried = [(one.lots, one.count, 600.0) for one in told.allowed(asked)[:3]]
    for _ in range(4):
        order = chance.permutation(n).tolist()
        step = max(1, asked.size + int(chance.integers(-1, 2)))
        lots = tuple(tuple(sorted(order[at : at + step])) for at in range(0, n, step))
        count = [None, 0, int(chance.integers(n))][int(chance.integers(3))]
        tried.append((lots, count, [None, 60.0, 600.0][int(chance.integers(3))]))
    kept = 0
    for lots, count, near in tried:
        try:
            verdict = judge_lots(
                drawn.plan, lots, count=count, near_allowed=near, **as_arguments(asked)
            )
        except InputError:
            return None
        ok = told.judged(lots, asked, count, near)
        assert verdict.ok == ok, (seed, lots, count, near, verdict.faults)
        for lot in verdict.lots:
            assert lot.cost == told.cost(lot.zones), (seed, lot)
            alone = sum(told.cost((zone,)) for zone in lot.zones)
            assert lot.separate_cost == alone, (seed, lot)
            for name in ("revenue", "way", "companies", "wait", "index", "households"):
                value = told.figure(name, lot.zones, asked.rules)
                assert lot.facts.figure(name) == value, (seed, name, lot)
        kept += ok
    return kept


def bundled(seed, kinds=None):
    """The status of `bundle`, when it says the truth; None if it was refused."""
    drawn = lot_case(seed, kinds)
    asked, told = drawn.asked, drawn.told
    try:
        lots = bundle(
            drawn.plan, gap_limit=asked.gap_limit, time_limit=5.0, **as_arguments(asked)
        )
    except InputError:
        return None
    best = told.best(asked)
    assert lots.status in (Status.OPTIMAL, Status.INFEASIBLE), (seed, lots.reason)
    assert (lots.cost is None) == (best is None), (seed, lots.reason, best)
    if best is not None:
        size = asked.size
        count = sum(len(lot.zones) == size for lot in lots.lots)
        torn = sum(bool(lot.near) for lot in lots.lots)
        found = lots.near_allowed is not None, count, torn, lots.cost
        assert found == (best.near, best.count, best.torn, best.cost), (seed, best)
        assert lots.bound == best.cost, seed
        given_up = None if best.count == asked.sizes(len(told.zones))[0] else count
        assert lots.count == given_up, seed
    return lots.status


def made_fair(seed, kinds=None):
    """As `bundled`, for the fairest lots."""
    drawn = lot_case(seed, kinds, most=7)
    asked, told = drawn.asked, drawn.told
    try:
        fair = bundle(
            drawn.plan,
            gap_limit=asked.gap_limit,
            objective="spread",
            time_limit=20.0,
            **as_arguments(asked),
        )
    except InputError:
        return None
    best = told.fairest(asked)
    found = None if fair.spread is None else (fair.spread, fair.cost)
    assert found == best, (seed, found, best)
    assert best is None or fair.spread_proved, seed
    return fair.status


def test_shares_and_rates_are_the_decimal_numbers_that_were_written(line):
    # 0.57 · 100 and 1.1 · 30 are 56.99... and 33.00...4 in floats.
    costs = replace(PLAIN, fee=1.0, collection=1.0, travel=0.0, lot_travel=0.0)
    region = line(684 + 58, 516 - 33, area=[57, 43], households=[1, 1], costs=costs)
    plan = Plan(Problem(region, 2, tolerance=None), np.array([0, 1]))
    told = lots_of(Small(plan.problem), [0, 1])  # a loses a yuan per m², b does not
    for share, ok in ((0.57, True), (0.56, False)):
        rules = LotRules(loss_share=share)
        assert told.judged([(0, 1)], Asked(2, rules=rules), None, None) is ok
        assert judge_lots(plan, [(0, 1)], size=2, rules=rules).ok is ok
        assert bool(bundle(plan, size=2, rules=rules).lots) is ok
    thirty = line(360 - 33, area=[30], costs=costs)
    plan = Plan(Problem(thirty, 1, tolerance=None), np.array([0]))
    for below, loses in ((1.1, 0), (1.101, 30)):
        (lot,) = bundle(plan, size=1, rules=LotRules(loss_below=below)).lots
        assert (lot.facts.margin, lot.facts.loss_area) == (33, loses)


@pytest.mark.parametrize("kind", RULES)
def test_the_checker_reads_each_rule_of_lots_as_enumeration_does(kind):
    kept = [the_checker_agrees(seed, [kind]) for seed in range(14)]
    assert sum(filter(None, kept)) > 3, "hardly any lots kept the rules"


@pytest.mark.parametrize("kind", RULES)
def test_lots_under_each_rule_are_the_best_there_are(kind):
    met = [bundled(seed, [kind]) for seed in range(100, 110)]
    assert Status.OPTIMAL in met, "nothing had lots"


def test_lots_are_the_best_there_are():
    met = [bundled(seed) for seed in range(200, 230)]
    assert {Status.OPTIMAL, Status.INFEASIBLE} <= {*met}


def test_lots_are_the_fairest_there_are():
    met = [made_fair(seed) for seed in range(300, 315)]
    assert Status.OPTIMAL in met, "nothing had lots"


def together(seed, kinds=(), most=7):
    """The status of a pair, when it says the truth; None if the problem is refused."""
    try:
        problem, asked = pair_case(seed, kinds, most)
    except InputError:
        return None
    best = best_pairs(Small(problem), asked)
    touching = bool(best) and min(best)[0] == 0
    found = plan_and_bundle(
        problem,
        size=asked.size,
        gap_limit=asked.gap_limit,
        time_limit=3.0 if touching and not problem.terms.named else 0.3,
        seed=seed % 7,
    )
    if found.cost is None:
        assert not touching or problem.terms.named, (seed, best, found.reason)
        assert found.status is not Status.OPTIMAL, seed
        return found.status
    lots = found.lots.lots
    usual = sum(len(lot.zones) == asked.size for lot in lots)
    key = sum(bool(lot.near) for lot in lots), -usual
    assert key in best, (seed, key, best)
    assert found.bound <= best[key] <= found.cost, (seed, best, found.bound, found.cost)
    if found.status is Status.OPTIMAL:
        assert (key, found.cost) == min(best.items()), (seed, key, found.cost, best)
    elif touching and not problem.terms.named:
        assert found.seconds > 2.5, (seed, found.reason)
    return found.status


@pytest.mark.parametrize("kind", PAIR_RULES)
def test_zones_and_lots_together_are_the_best_there_are(kind):
    met = [together(seed, [kind]) for seed in range(400, 404)]
    assert Status.OPTIMAL in met or Status.FEASIBLE in met, "nothing had lots"


def test_what_lots_share_leaves_time_for_the_proof():
    # Demands of many pieces each: the integer program alone took longer than allowed.
    problem, asked = pair_case(441, ())
    found = plan_and_bundle(problem, size=asked.size, time_limit=3.0)
    assert found.status is Status.OPTIMAL
    assert found.seconds < 3.5


@pytest.mark.slow
@pytest.mark.parametrize("first", range(20_000, 20_100, 50))
def test_zones_and_lots_together_in_a_hundred_cases(first):
    for seed in range(first, first + 50):
        together(seed, [PAIR_RULES[seed % len(PAIR_RULES)]][: seed % 3], most=8)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1_000, 1_400, 200))
def test_lots_are_the_best_in_a_thousand_cases(first):
    for seed in range(first, first + 200):
        the_checker_agrees(seed)
        bundled(seed)
        made_fair(seed)
