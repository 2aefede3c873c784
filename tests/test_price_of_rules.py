"""What each rule costs, against every plan of a row of buildings."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from zoning.analysis.price_of_rules import RulePrice, price_of_rules
from zoning.analysis.requirements import requirements_of, without
from zoning.check import judge
from zoning.costs import CostModel
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.region import Barrier, Region
from zoning.result import Status
from zoning.rules import (
    Border,
    CannotLink,
    Centers,
    Contain,
    Freeze,
    MustLink,
    Radius,
    SoftBarrier,
    Spread,
)
from zoning.solve import solve

pytestmark = pytest.mark.usefixtures("compiled")

PLAIN = CostModel(consumables=1 / 12, travel=1 / 12, detour=1.0, resources=())


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
    problem = Problem(row(1), 3, tolerance=0.5, rules=RULES[name], strict=True)
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


CREEK, WALL = Barrier("Creek", "stream"), Barrier("Wall", "wall")


def bend(edges, cut, by):
    """Four buildings: a, b far up, c in a row, and heavy d between a and c."""
    return Region(
        names=("a", "b", "c", "d"),
        xy=np.array([[0, 0], [50, 300], [100, 0], [50, -10.0]]),
        load=np.array([10, 10, 10, 30]),
        edges=np.array(edges),
        cut_edges=np.array(cut),
        cut_by=tuple((barrier,) for barrier in by),
        columns={"street": ("n", "n", "n", "s")},
        costs=PLAIN,
    )


# The zones are a b c and d. The way from a to c leads over b, and a b c is served from
# a with 30 + 10 of travel. Where it can lead over d, that is shorter, and crosses the
# creek at 1,000. Then a b c is served from b with 30 + 30.
SHORT_CUTS = {
    "a border opened": (
        bend([(0, 1), (1, 2), (2, 3)], [(0, 3)], [CREEK]),
        (Contain("street"),),
        "no zone crosses a border of street",
    ),
    "a barrier opened": (
        bend([(0, 1), (1, 2)], [(0, 3), (2, 3)], [CREEK, WALL]),
        (),
        "no zone crosses a barrier (wall)",
    ),
}


@pytest.mark.parametrize("name", SHORT_CUTS)
def test_a_rule_without_which_the_plan_is_dearer_is_told_as_such(name):
    region, rules, told = SHORT_CUTS[name]
    rules = (*rules, SoftBarrier("Creek", 1_000))
    band = {"load": Band(30, 30)}
    problem = Problem(region, 2, tolerance=None, bands=band, rules=rules)
    prices = {one.rule: one for one in price_of_rules(problem, time_limit=20)}
    assert (prices[told].least, prices[told].most) == (-20, -20)
    assert prices[told].proved
    assert str(prices[told]) == (
        f"{told}: without it the plan would cost 20 yuan a year more"
    )


def test_centers_may_make_the_plan_cheaper():
    # 64 to 96 are allowed. a d, served from a, cost 20 + 30 + 15, and b c 70. From d,
    # which would be the best, a d cost 60, too little; the next plan is a b | c d.
    region = Region(
        names=("a", "b", "c", "d"),
        xy=np.array([[100, 100], [100, 0], [200, 0], [100, 200.0]]),
        load=np.array([20, 40, 20, 30]),
        edges=np.array([[0, 1], [0, 2], [0, 3], [1, 2], [2, 3]]),
        costs=replace(PLAIN, travel=1 / 24),
    )
    rule = Centers(("a", "b", "c"))
    problem = Problem(region, 2, tolerance=0.2, fair_share=80, rules=(rule,))
    prices = {one.rule: one for one in price_of_rules(problem, time_limit=20)}
    assert prices[str(rule)].cost == 142  # 70 + 72
    assert prices[str(rule)].least == prices[str(rule)].most == -7  # 135 - 142


def test_a_longer_way_may_make_the_plan_dearer():
    # One zone; of a b c b alone has all within 100 m. Served from heavy a, b and c
    # travel less, and the zone is too cheap for its band.
    region = Region(
        names=("a", "b", "c"),
        xy=np.array([[0, 0], [100, 0], [150, 0.0]]),
        load=np.array([100, 10, 10]),
        edges=np.array([[0, 1], [1, 2]]),
        costs=replace(PLAIN, travel=1 / 24),
    )
    for rule in (Radius(100.0), Centers(("b",))):
        problem = Problem(region, 1, tolerance=0.05, fair_share=172, rules=(rule,))
        prices = {one.rule: one for one in price_of_rules(problem, time_limit=20)}
        assert str(prices[str(rule)]) == f"{rule}: without it there is no plan"


def test_what_is_too_heavy_without_a_rule_has_no_plan_without_it():
    # a b c d are one group, frozen; thawed they have over 25 flats
    group = tuple("abcd")
    problem = Problem(
        row(1),
        3,
        tolerance=None,
        bands={"flats": Band(0, 25)},
        rules=(Freeze("Old", group), MustLink(group)),
    )
    prices = {one.rule: one for one in price_of_rules(problem, time_limit=20)}
    frozen = str(problem.rules[0])
    assert str(prices[frozen]) == f"{frozen}: without it there is no plan"


def test_prices_below_nothing_are_told_in_words():
    told = {
        (-9, -9): "without it the plan would cost 9 yuan a year more",
        (-9, -2): "without it the plan would cost 2 to 9 yuan a year more",
        (-9, 4): "at most 4 yuan a year, or without it the plan would cost up to 9 "
        "more",
        (-9, 0): "nothing, or without it the plan would cost up to 9 more",
        (0, 0): "nothing",
        (3, 4): "3 to 4 yuan a year",
    }
    for (least, most), words in told.items():
        price = RulePrice("R", 100, 100, least, most, Status.FEASIBLE)
        assert str(price) == f"R: {words}"


def test_a_result_of_another_problem_is_refused():
    problem = Problem(row(1), 3, tolerance=0.5, rules=RULES["apart"])
    other = solve(Problem(row(1), 3, tolerance=0.5), time_limit=10)
    with pytest.raises(InputError, match="of another problem"):
        price_of_rules(problem, other, time_limit=10)


def test_rules_about_centers_are_told_apart():
    first, second = Centers(("a", "b")), Centers(("c", "d", "e", "f", "g"))
    assert str(first) == "centers are among a, b"
    assert str(second) == "centers are among c, d, e and 2 more"


def test_a_rule_that_keeps_zones_outside_a_band_is_told_by_its_excess(line):
    # a b c together have 30 where 20 are allowed, and d 10; e alone has 30 too many.
    even = np.zeros((5, 5), np.int64)
    linked, apart = MustLink(("a", "b", "c")), CannotLink(("d", "e"))
    problem = Problem(
        line(10, 10, 10, 10, 50),
        3,
        tolerance=None,
        bands={"load": Band(20, 20)},
        travel=even,
        rules=(linked, apart),
    )
    prices = {one.rule: one for one in price_of_rules(problem, time_limit=10)}
    assert prices.keys() == {str(linked), str(apart)}  # what bends is no rule
    assert prices[str(linked)].excess == 10 + 10
    assert str(prices[str(linked)]).endswith(
        "without it zones lie outside their bands by 20 yuan less"
    )
    free = prices[str(apart)]
    assert (free.excess, free.least, free.most) == (0, 0, 0)
