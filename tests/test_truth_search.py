"""Every strategy under every rule, against trying every plan.

What is claimed is checked: an optimal plan costs the truth, no bound is above it, what
is called impossible has no plan, a plan keeps all rules by both readings of them.
"""

from itertools import combinations

import numpy as np
import pytest

from tests.chance import RULES, case
from tests.contract import STRATEGIES, agrees, keeps_its_word
from tests.truth import Judged, Small
from zoning.errors import InputError
from zoning.result import Status
from zoning.solve import solve

pytestmark = pytest.mark.usefixtures("compiled")

PAIRS = list(combinations(RULES, 2))
OTHERS = [name for name in STRATEGIES if name != "auto"]
CLOSED = {Status.OPTIMAL, Status.INFEASIBLE}


def small(drawn):
    """The problem and its enumerator; None where it is refused, which is checked."""
    try:
        problem = drawn.problem()
    except InputError as refused:
        known = drawn.fair_share is not None or drawn.tolerance is None
        assert not known or Small(drawn).truth.cost is None, str(refused)
        return None, None
    return problem, Small(problem)


def holds(name, problem, told, seed, *, workers=1):
    """What one strategy says of one problem is true; its status."""
    result = solve(
        problem, STRATEGIES[name], time_limit=5, seed=seed % 7, workers=workers
    )
    keeps_its_word(result, problem)
    agrees(result, told.truth.cost, name, seed)
    if result.plan is not None:
        labels = result.plan.zone_of.tolist()
        assert told.judged(labels) == Judged(True, result.cost), (name, seed)
    if name == "auto":
        assert result.status in CLOSED or result.seconds > 4, (seed, result.reason)
    return result.status


def held(drawn, seed, names, *, workers=1):
    """Strategies by name on one problem; the status of the first."""
    problem, told = small(drawn)
    if problem is None:
        return None
    first, *_ = [holds(name, problem, told, seed, workers=workers) for name in names]
    return first


@pytest.mark.parametrize("kind", RULES)
def test_each_rule_alone(kind):
    met = [held(case(seed, [kind]), seed, ["auto"]) for seed in range(500, 508)]
    assert Status.OPTIMAL in met, "nothing had a plan"


@pytest.mark.parametrize("first", range(0, len(PAIRS), 13))
def test_rules_in_pairs(first):
    met = [
        held(case(at + 7, pair, most=7), at + 7, ["auto"])
        for at, pair in enumerate(PAIRS[first : first + 13], first)
    ]
    assert Status.OPTIMAL in met, "nothing had a plan"


@pytest.mark.parametrize("name", OTHERS)
def test_each_strategy_under_any_rules(name):
    for seed in range(700, 706):
        held(case(seed, most=7), seed, [name])


def test_two_workers():
    for seed in range(800, 810):
        held(case(seed, most=7), seed, ["auto"], workers=2)


def some(seed):
    """Two other strategies by seed."""
    chance = np.random.default_rng(seed)
    return [OTHERS[at] for at in chance.choice(len(OTHERS), 2, replace=False)]


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1_000, 2_600, 200))
def test_thousands_of_solves(first):
    for seed in range(first, first + 200):
        held(case(seed), seed, ["auto", *some(seed)], workers=1 + seed % 2)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, len(PAIRS), 13))
def test_many_of_each_pair(first):
    for at, pair in enumerate(PAIRS[first : first + 13], first):
        for seed in range(10_000 + 10 * at, 10_010 + 10 * at):
            held(case(seed, pair), seed, ["auto", *some(seed)[:1]])
