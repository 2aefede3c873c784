"""What each rule costs, against every plan of a row of buildings."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from zoning.check import judge
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.result import Status
from zoning.rules import (
    Border,
    CannotLink,
    Centers,
    Freeze,
    MustLink,
    Radius,
    SoftBarrier,
    Spread,
)
from zoning.solve import solve
from zoning.units import Barrier, Region
from zoning.why.price_of_rules import price_of_rules
from zoning.why.requirements import requirements_of, without

pytestmark = pytest.mark.usefixtures("compiled")


def row(seed, cut=()):
    """Eight buildings about 100 m apart; streets cut some neighbours."""
    chance = np.random.default_rng(seed)
    steps = [(i, i + 1) for i in range(7)]
    parted = [(i - 1, i) for i in cut]
    return Region(
        names=tuple("abcdefgh"),
        xy=np.column_stack(
            [100.0 * np.arange(8) + chance.uniform(-30, 30, 8), np.zeros(8)]
        ),
        load=chance.integers(8_000, 12_000, 8),
        sums={"flats": chance.integers(8, 12, 8)},
        edges=np.array([step for step in steps if step not in parted]),
        cut_edges=np.array(parted, int).reshape(-1, 2),
        cut_by=tuple((Barrier(f"Street {i}", "street"),) for i in cut),
        columns={
            "fee": tuple(chance.uniform(0.3, 0.6, 8).round(2).tolist()),
            "side": tuple("NNNSSSNN"),
        },
    )


def cheapest(problem):
    """The least total of a row's plans that keep the rules, by the checker."""
    n, totals = len(problem.region), []
    for cuts in combinations(range(1, n), problem.num_zones - 1):
        plan = Plan(problem, np.searchsorted(cuts, np.arange(n), side="right"))
        verdict = judge(plan)
        if verdict.ok:
            totals.append(verdict.total)
    return min(totals, default=None)


RULES = {
    "apart": (CannotLink(("b", "c")),),
    "together": (MustLink(("c", "d")),),
    "way": (Radius(220),),
    "dear way": (Radius(None, 120, 2_000),),
    "centers": (Centers(("a", "d", "e", "h")),),
    "fees": (Spread("fee", 0.25),),
    "border": (Border("side", 1_500),),
}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_costs_what_plans_without_it_save(name):
    problem = Problem(row(1), 3, tolerance=0.5, rules=RULES[name])
    truth = cheapest(problem)
    assert truth is not None
    prices = {one.rule: one for one in price_of_rules(problem, time_limit=30)}
    assert prices.keys() == {
        str(one) for one in requirements_of(problem) if str(one) != "3 zones"
    }
    for one in requirements_of(problem)[1:]:
        price = prices[str(one)]
        laxer = cheapest(without(problem, (one,)))
        assert price.cost == price.bound == laxer
        assert price.proved
        assert price.least == price.most == truth - laxer


def test_kinds_of_barriers_and_bands_have_one_price_each():
    region = row(2, cut=(2, 5))
    # Streets leave a b, c d e and f g h.
    problem = Problem(region, 3, tolerance=None, bands={"flats": Band(10, 40)})
    truth = cheapest(problem)
    prices = {one.rule: one for one in price_of_rules(problem, time_limit=20)}
    assert prices.keys() == {
        "a zone has 10 to 40 flats",
        "no zone crosses a barrier (street)",
    }
    open_ = Problem(
        region, 3, tolerance=None, bands=problem.bands, rules=(SoftBarrier("street"),)
    )
    assert prices["no zone crosses a barrier (street)"].least == truth - cheapest(open_)


def test_the_dearest_rule_comes_first_and_words_are_plain():
    rules = (CannotLink(("b", "c")), CannotLink(("f", "g")))
    problem = Problem(row(1), 3, tolerance=None, rules=rules)
    prices = price_of_rules(problem, time_limit=20)
    least = [one.least for one in prices]
    assert least == sorted(least, reverse=True)
    for one in prices:
        told = f"{one.least:,} yuan a year" if one.least else "nothing"
        assert str(one) == f"{one.rule}: {told}"


def test_a_result_that_is_given_is_not_solved_again():
    problem = Problem(row(1), 3, tolerance=0.5, rules=RULES["apart"])
    result = solve(problem, time_limit=10)
    dear = replace(result, bound=result.bound - 100, status=Status.FEASIBLE)
    prices = price_of_rules(problem, dear, time_limit=20)
    # what was not proved of the plan with all rules is not known of the price
    assert all(one.most - one.least <= 100 for one in prices)
    assert any(one.most - one.least == 100 for one in prices)


def test_a_rule_that_makes_a_plan_possible_is_told_so():
    # h alone is over any zone's limit of flats; frozen it is not asked.
    region = row(3)
    flats = [10] * 7 + [90]
    region = Region(
        region.names, region.xy, region.load, {"flats": np.array(flats)}, region.edges
    )
    problem = Problem(
        region,
        2,
        tolerance=None,
        bands={"flats": Band(0, 80)},
        rules=(Freeze("Old", ("h",)),),
    )
    prices = {one.rule: one for one in price_of_rules(problem, time_limit=20)}
    frozen = prices["zone Old is frozen (h)"]
    assert frozen.status is Status.INFEASIBLE
    assert str(frozen) == "zone Old is frozen (h): without it there is no plan"


def test_what_is_not_proved_is_told_as_a_range(blocks):
    problem = Problem(blocks(9, 9), 9, tolerance=0.05)
    result = solve(problem, time_limit=2)
    assert result.plan is not None
    [price] = price_of_rules(problem, result, time_limit=1)
    assert price.least <= price.most
    assert price.least >= 0
    assert price.most <= result.cost - price.bound
    if not price.proved:
        assert f"{price.least:,} to {price.most:,} yuan a year" in str(price)


def test_rules_without_a_plan_have_no_price():
    problem = Problem(row(1), 3, tolerance=None, rules=(CannotLink(tuple("abcd")),))
    with pytest.raises(InputError, match="takes 4 zones"):
        price_of_rules(problem, time_limit=10)
