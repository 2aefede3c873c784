"""The number of zones that is paid least for, and what is kept of a search for it."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from tests.test_frontier import in_money
from tests.test_stop import press
from zoning.analysis.choose_number import choose_number, promising, with_more
from zoning.analysis.frontier import Frontier, frontier
from zoning.errors import InputError
from zoning.lots import bundle
from zoning.problem import Problem
from zoning.result import Result, Status
from zoning.rules import Pin
from zoning.solve import solve

pytestmark = pytest.mark.usefixtures("compiled")


@pytest.fixture(scope="module")
def even(blocks):
    """A dozen units of like load, to be drawn into four zones or so."""
    return Problem(blocks(4, 3), 4, 0.4)


def test_costs_are_those_of_solving_and_bundling_each_number(even):
    found = choose_number(even, [3, 4, 5, 6], lots=2, time_limit=40, seed=1)
    for row in found.rows:
        alone = solve(replace(even, num_zones=row["num_zones"], fair_share=None))
        assert (row["status"], row["cost"]) == ("optimal", alone.cost)
    # lots of one and the same plan cost what they cost
    for result, lots in zip(found.results, found.lots, strict=True):
        assert lots.cost == bundle(result.plan, size=2).cost
    paid = [row["cost_in_lots"] for row in found.rows]
    assert found.best_lots.cost == min(paid)
    assert found.best is found.results[paid.index(min(paid))]
    assert [row["chosen"] for row in found.rows].index(True) == paid.index(min(paid))


def test_without_lots_zones_decide(even):
    found = choose_number(even, [3, 4, 5], lots=0, time_limit=20)
    assert found.lots == ()
    assert found.best.cost == min(one.cost for one in found.results)


def test_lots_overrule_the_cost_of_zones(even):
    # what a lot costs hangs on the number of zones only: 5 are cheapest
    def make(plan):
        lots = bundle(plan, size=2)
        return replace(lots, cost={3: 90, 4: 80, 5: 70, 6: 75}[plan.num_zones])

    found = choose_number(even, [6, 5, 4, 3], lots=make, time_limit=20)
    assert found.values == (3, 4, 5, 6)
    assert found.best.plan.num_zones == 5
    zones = choose_number(even, [3, 4, 5, 6], lots=None, time_limit=20)
    assert zones.best.plan.num_zones != 5


def test_without_numbers_those_around_are_tried(even):
    assert choose_number(even, time_limit=10).values == (1, 2, 3, 4, 5, 6, 7)
    with pytest.raises(InputError, match="whole number, at least 1; got 0"):
        choose_number(even, [0, 4])


def test_a_number_that_rules_refuse_is_a_row_that_says_why(even):
    named = replace(even, rules=(Pin("N", ("u0",)), Pin("S", ("u11",))))
    found = choose_number(named, [1, 4], lots=2, time_limit=10)
    none, some = found.rows
    assert none["status"] == "infeasible"
    assert "Rules name 2 zones" in none["reason"]
    assert none["cost_in_lots"] is None
    assert some["chosen"]


def test_one_seed_gives_one_answer(even):
    once, again = (choose_number(even, [3, 4, 5], time_limit=20, seed=3) for _ in "ab")
    assert once.rows == again.rows
    assert once.best.plan.equals(again.best.plan)


def test_zones_that_stand_against_lots_have_a_row_without(line):
    # two parts that do not touch, far from one another: of 2 zones there is no lot
    region = line(10, 10, 10, 10, touching=[(0, 1), (2, 3)])
    far = replace(region, xy=region.xy + np.array([[0.0], [0.0], [9e4], [9e4]]))
    problem = Problem(far, 2, 0.9)
    found = choose_number(problem, [2], lots=2, time_limit=10)
    (row,) = found.rows
    assert row["cost"] is not None and row["cost_in_lots"] is None
    assert row["reason"].startswith("No lots were made. ")
    assert row["chosen"]  # no number has lots: zones decide


# --- time -----------------------------------------------------------------------------


def drawn(run, seconds):
    """A plan that is not proved, after which the search has so long as it has."""
    zone_of = np.minimum(np.arange(len(run.units)) // 2, run.num_zones - 1)
    run.submit(zone_of, "cut")
    seconds.append((run.num_zones, run.time_left))


def test_time_goes_to_all_then_to_the_better_half_then_to_the_best(line):
    seconds = []
    problem = Problem(line(*[10] * 12), 3, None)
    found = choose_number(
        problem,
        [2, 3, 4],
        lots=0,
        time_limit=90,
        strategy=lambda run: drawn(run, seconds),
    )
    counts, left = zip(*seconds, strict=True)
    costs = [one.cost for one in found.results]
    first, second, _ = sorted((2, 3, 4), key=lambda k: (costs[k - 2], k))
    assert counts == (2, 3, 4, first, second, first)
    # nobody needs time: 30 s in three, in two, in one; 45 of 90 s in two, in one; 90 s
    assert left == pytest.approx((10, 15, 30, 22.5, 45, 90), abs=3)
    assert found.best.status is Status.FEASIBLE
    assert found.best.plan.num_zones == first


def test_what_may_come_into_balance_is_searched_again_before_what_cannot():
    zones = (
        point(300, 100, excess=5, excess_bound=5),
        point(400, 100, excess=5),
        point(500, 100),
        point(600, 100),
    )
    found = Frontier("num_zones", (4, 5, 6, 7), zones)
    assert found.chosen == 2
    assert promising(found, 2) == (1, 2)
    assert promising(found, 4) == (1, 2, 3, 0)
    none = Result(Status.INFEASIBLE, None, None, 0, 0.1)
    unknown = replace(none, status=Status.UNKNOWN)
    some = replace(found, results=(none, unknown, *zones[2:]))
    assert promising(some, 4) == (2, 3, 1)


def test_progress_tells_which_number_is_searched_and_when_since_the_first(even):
    steps = []
    choose_number(even, [3, 4], lots=0, time_limit=20, progress=steps.append)
    which = [step.what.split(", ")[0] for step in steps]
    assert [*dict.fromkeys(which)] == ["3 zones", "4 zones"]
    seconds = [step.seconds for step in steps]
    assert seconds == sorted(seconds)


def test_what_is_proved_is_not_searched_again(even):
    calls = []

    def counted(run):
        calls.append(run.num_zones)
        solve_all(run)

    from zoning.search.auto import auto as solve_all

    found = choose_number(even, [3, 4], lots=2, time_limit=20, strategy=counted)
    assert calls == [3, 4]
    assert found.best.status is Status.OPTIMAL


def point(cost, bound, status=Status.FEASIBLE, excess=0, excess_bound=0):
    costs = {"total": cost, "plan_cost": cost, "change_cost": 0}
    verdict = SimpleNamespace(**costs, excess=excess, exceptions=())
    found = (status, in_money(), verdict, bound, 0.1, "told")
    return Result(*found, excess_bound=excess_bound)


def lots_at(*costs):
    return tuple(SimpleNamespace(cost=cost) for cost in costs)


def test_more_search_never_makes_lots_dearer():
    zones = (point(500, 400), point(600, 400))
    before = Frontier("num_zones", (4, 5), zones, None, lots_at(700, 690))
    dearer = with_more(before, 1, point(590, 450), lots_at(695)[0])
    assert dearer.paid == (700, 690)
    assert (dearer.best.cost, dearer.best.bound) == (600, 450)
    cheaper = with_more(before, 1, point(590, 450), lots_at(680)[0])
    assert cheaper.paid == (700, 680)
    assert cheaper.best.cost == 590
    none = with_more(before, 1, point(590, 600, Status.OPTIMAL), lots_at(None)[0])
    assert none.paid == (700, 690)
    assert none.best.status is Status.OPTIMAL
    alone = with_more(replace(before, lots=()), 0, point(480, 450), None)
    assert [one.cost for one in alone.results] == [480, 600]


def test_more_search_bends_bands_less_whatever_lots_cost():
    only = Frontier("num_zones", (4,), (point(500, 400, excess=9),), None, lots_at(700))
    less = with_more(
        only, 0, point(550, 450, excess=8, excess_bound=3), lots_at(800)[0]
    )
    assert (less.paid, less.best.excess, less.best.excess_bound) == ((800,), 8, 3)
    # without lots the former stays; what was proved of plans of less excess is not its
    kept = with_more(
        only, 0, point(550, 450, excess=8, excess_bound=3), lots_at(None)[0]
    )
    assert (kept.best.excess, kept.best.bound, kept.best.excess_bound) == (9, 400, 3)


def test_a_number_is_not_left_without_lots_by_more_search():
    only = Frontier("num_zones", (4,), (point(500, 400),), None, lots_at(700))
    kept = with_more(only, 0, point(490, 450), lots_at(None)[0])
    assert kept.paid == (700,)
    assert kept.best.cost == 500


def test_a_number_that_had_no_plan_takes_what_more_search_finds():
    unknown = Result(Status.UNKNOWN, None, None, 3, 0.1, "no time")
    before = Frontier("num_zones", (4,), (unknown,), None, (None,))
    found = with_more(before, 0, point(490, 450), lots_at(700)[0])
    assert (found.best.cost, found.paid) == (490, (700,))
    none = Result(Status.INFEASIBLE, None, None, 3, 0.1, "never")
    assert with_more(before, 0, none, None).rows[0]["reason"] == "never"


# --- Ctrl-C ---------------------------------------------------------------------------


def test_ctrl_c_while_lots_are_made_keeps_what_was_found(even):
    def make(plan):
        if plan.num_zones == 4:
            press(0.1)
            while True:
                pass
        return bundle(plan, size=2)

    found = frontier(even, "num_zones", [3, 4, 5], time_limit=30, lots=make)
    assert found.stopped
    assert [one.plan is None for one in found.results] == [False, False, True]
    assert found.best.plan.num_zones == 3
    chosen = choose_number(even, [3, 4, 5], time_limit=30, lots=make)
    assert chosen.rows[2]["reason"] == "The search was stopped before."
    assert chosen.best_lots.plan.num_zones == 3


def test_ctrl_c_in_a_later_round_ends_it_and_keeps_the_plans(line):
    calls = []

    def cut(run):
        calls.append(run.num_zones)
        if len(calls) == 3:
            press(0.1)
            while True:
                pass
        drawn(run, [])

    problem = Problem(line(*[10] * 12), 3, None)
    found = choose_number(problem, [2, 3], lots=0, time_limit=90, strategy=cut)
    assert len(calls) == 3
    assert [one.status for one in found.results] == [Status.FEASIBLE] * 2
