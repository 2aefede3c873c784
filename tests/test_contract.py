"""The contract can fail: every impostor breaks a clause."""

import numpy as np
import pytest

from tests.contract import CLAUSES, EXACT, Promise, base, hamlet, least, nowhere
from tests.truth import truth
from zoning.search.strategies.column_generation import ColumnGeneration
from zoning.solve import solve

pytestmark = pytest.mark.usefixtures("compiled")


def idle(run):
    """Nothing."""


def boastful(run):
    """A bound above the best plan, which is then found."""
    run.update_bound(run.base * 2, "a guess")
    ColumnGeneration()(run)


def sure(run):
    """A plan that is none of the best, said to be the best."""
    dear(run)
    if run.plan is not None:
        run.update_bound(run.cost, "a guess")


def torn(run):
    run.submit(np.arange(len(run.units)) % run.num_zones, "torn")


def dear(run):
    """The first plan that keeps the rules, and no better one."""
    chance = np.random.default_rng(run.seed)
    while run.time_left > 0.1 and run.plan is None:
        labels = chance.integers(0, run.num_zones, len(run.units))
        if len(set(labels)) == run.num_zones and run.keeps_rules(labels):
            run.submit(labels, "dear")


def modest(run):
    """The best plan, and no bound."""
    aside = solve(run.problem, ColumnGeneration(), time_limit=run.time_left)
    if aside.plan is not None:
        run.submit(aside.plan.zone_of, "modest")


def gloomy(run):
    run.prove_infeasible("It cannot be done.")


def stubborn(run):
    """As good as can be, but deaf to a plan it is given, and of no patience."""
    ColumnGeneration()(run)
    run.plan = run.verdict = run.best = run.best_verdict = None


def fickle(run):
    """Another plan each time."""
    fickle.turn += 1
    if fickle.turn % 2:
        ColumnGeneration()(run)


fickle.turn = 0


def deaf(run):
    """An interrupt is swallowed, and the search goes on."""
    for _ in range(3):
        try:
            ColumnGeneration()(run)
        except KeyboardInterrupt:
            continue


IMPOSTORS = (
    idle,
    boastful,
    sure,
    torn,
    dear,
    modest,
    gloomy,
    stubborn,
    fickle,
    deaf,
)


def broken_clauses(strategy, promise):
    for clause in CLAUSES:
        try:
            clause(strategy, promise)
        except BaseException as broken:  # a failure of pytest's is no Exception
            yield clause.__name__, broken


@pytest.mark.parametrize("impostor", IMPOSTORS, ids=lambda one: one.__name__)
def test_an_impostor_breaks_the_contract(impostor):
    assert any(broken_clauses(impostor, EXACT))


def test_an_honest_strategy_does_not():
    assert list(broken_clauses(ColumnGeneration(), EXACT)) == []


@pytest.mark.parametrize(
    "promise", [Promise(excess=0.5), Promise(proved=0.1), Promise(refutes=True)]
)
def test_who_does_nothing_keeps_no_promise(promise):
    assert any(broken_clauses(idle, promise))


def test_the_problems_of_the_contract_ask_for_a_search():
    assert least(hamlet()) > base(hamlet())
    assert truth(nowhere()).cost is None
