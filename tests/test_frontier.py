"""Frontiers: a proved point for every value, bounds that carry over, and pictures."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from zoning.analysis.frontier import Frontier, frontier, inherited
from zoning.costs import CostModel
from zoning.errors import InputError
from zoning.lots import bundle
from zoning.plot.frontier import draw_frontier
from zoning.problem import Problem
from zoning.result import Result, Status
from zoning.rules import MustLink, Pin, Previous

NO_TRAVEL = np.zeros((6, 6), np.int64)


@pytest.fixture(scope="module")
def halves(line):
    """40 30 30 20 20 20 in two zones: 70 | 90 or 100 | 60, around 80."""
    return Problem(line(40, 30, 30, 20, 20, 20), 2, 0.3, strict=True)


def in_money(currency="yuan"):
    """What stands for a plan where only its currency is asked."""
    costs = CostModel(currency=currency)
    return SimpleNamespace(problem=SimpleNamespace(region=SimpleNamespace(costs=costs)))


def point(cost, bound, status, excess=0, excess_bound=0):
    plan = None if cost is None else in_money()
    out = (None,) if excess else ()
    costs = {"total": cost, "plan_cost": cost, "change_cost": 0}
    verdict = SimpleNamespace(**costs, excess=excess, exceptions=out)
    if cost is None:
        verdict = None
    return Result(status, plan, verdict, bound, 0.1, "told", excess_bound=excess_bound)


def statuses(drawn):
    return [str(result.status) for result in drawn.results]


@pytest.mark.usefixtures("compiled")
def test_looser_tolerance_is_never_dearer_and_each_point_is_proved(halves):
    # shares without travel 80: 70 | 90 is 12.5 % off, 100 | 60 is 25 % off
    even = replace(halves, travel=NO_TRAVEL, fair_share=80)
    drawn = frontier(even, "tolerance", [0.3, 0.1, 0.13], time_limit=20)
    assert drawn.values == (0.1, 0.13, 0.3)
    assert statuses(drawn) == ["infeasible", "optimal", "optimal"]
    # nothing travels: all plans cost 160, so nothing is gained beyond 13 %
    assert [result.cost for result in drawn.results] == [None, 160, 160]
    assert drawn.dominated == (False, False, True)
    assert drawn.best is drawn.results[1]
    assert drawn.words == (
        "±10 %: proved that there is no plan.",
        "±13 %: 160 yuan a year, proved cheapest.",
        "±30 %: 160 yuan a year, proved cheapest; nothing is gained against a smaller "
        "value.",
    )


@pytest.mark.usefixtures("compiled")
def test_a_frontier_of_the_tolerance_begins_at_the_tightest(halves):
    even = replace(halves, travel=NO_TRAVEL, fair_share=80)
    drawn = frontier(even, "tolerance", time_limit=40)
    assert drawn.values == (pytest.approx(0.125, abs=0.001), 0.15, 0.2, 0.25, 0.3)
    assert drawn.refuted < 0.125
    assert set(statuses(drawn)) == {"optimal"}
    assert drawn.words[0].startswith("Proved: no plan keeps all zones within ±12.")


@pytest.mark.usefixtures("compiled")
def test_one_zone_is_even_without_a_sign(line):
    drawn = frontier(Problem(line(10), 1, 0.1), "tolerance", time_limit=10)
    assert drawn.words[0].startswith("±0 %: 10 yuan")


@pytest.mark.usefixtures("compiled")
def test_a_frontier_of_the_number_of_zones_tries_both_sides(line):
    problem = Problem(
        line(10, 10, 10, 10, 10, 10), 2, 0.05, travel=NO_TRAVEL, strict=True
    )
    drawn = frontier(problem, "num_zones", time_limit=30)
    assert drawn.values == (1, 2, 3, 4, 5)
    # six equal units split evenly into 1, 2 and 3 zones only
    assert statuses(drawn) == ["optimal"] * 3 + ["infeasible"] * 2
    assert drawn.words[0].startswith("1 zone: 60 yuan")
    named = replace(problem, rules=(Pin("N", ("a",)), Pin("S", ("f",))))
    assert frontier(named, "num_zones", time_limit=30).values[0] == 2


@pytest.mark.usefixtures("compiled")
def test_a_frontier_of_change_costs_less_the_more_may_change(line):
    # last year a | b c d e f; units of 10 m², a m² travels 100 m for a yuan. Balance is
    # not asked: a | b..f travels 10 + 20 + 10 + 20 = 60 from d; a b | c..f 10 + 40,
    # with a sixth of the area in another zone; a b c | d e f 20 + 20, with two sixths
    region = line(10, 10, 10, 10, 10, 10)
    known = replace(region, columns={"was": ("L", "R", "R", "R", "R", "R")})
    problem = Problem(known, 2, None, rules=(Previous("was"),))
    drawn = frontier(problem, "previous", [0.4, 0.0, 0.2], time_limit=20)
    assert [result.cost for result in drawn.results] == [120, 110, 100]
    assert set(statuses(drawn)) == {"optimal"}
    assert drawn.words[0].startswith("0 % of the area may change zone: 120 yuan")
    assert drawn.words[2].endswith("-9.09 %.")
    # 40 % and 50 % give the same plan
    more = frontier(problem, "previous", time_limit=30)
    assert more.values == (0.0, 0.05, 0.1, 0.2, 0.3, 0.5)
    assert more.dominated == (False, True, True, False, True, False)


def test_bounds_of_larger_values_hold_for_smaller_ones():
    results = [
        point(None, 5, Status.UNKNOWN),
        point(100, 80, Status.FEASIBLE),
        point(95, 95, Status.OPTIMAL),
        point(95, 70, Status.FEASIBLE),
        point(90, 85, Status.FEASIBLE),
    ]
    found = inherited(results)
    assert [one.bound for one in found] == [95, 95, 95, 85, 85]
    assert [one.status for one in found] == [
        Status.UNKNOWN,
        Status.FEASIBLE,
        Status.OPTIMAL,
        Status.FEASIBLE,
        Status.FEASIBLE,
    ]
    assert results[1].bound == 80  # those given are left as they are


def test_a_bound_that_reaches_a_smaller_values_cost_proves_it():
    found = inherited([point(90, 60, Status.FEASIBLE), point(90, 90, Status.OPTIMAL)])
    assert [one.status for one in found] == [Status.OPTIMAL] * 2


def test_where_a_larger_value_has_no_plan_a_smaller_one_has_none():
    none = [point(None, 5, Status.UNKNOWN), point(None, 5, Status.INFEASIBLE)]
    assert [one.status for one in inherited(none)] == [Status.INFEASIBLE] * 2


def test_where_bands_bend_a_bound_on_cost_needs_as_little_excess():
    # 30 % bends nothing; 20 % bends by 7, and may cost less than what is proved for 30
    # %; 10 % bends by 7 as well, so what is proved for 20 % is true of it
    results = [
        point(80, 60, Status.FEASIBLE, 7, 2),
        point(85, 78, Status.FEASIBLE, 7, 5),
        point(100, 95, Status.FEASIBLE),
    ]
    found = inherited(results, bends=True)
    assert [one.bound for one in found] == [78, 78, 95]
    assert [one.excess_bound for one in found] == [5, 5, 0]
    # without a plan nothing is known of its excess, so of its cost neither
    none = [point(None, 5, Status.UNKNOWN), point(100, 95, Status.FEASIBLE)]
    assert inherited(none, bends=True)[0].bound == 5
    assert inherited(none)[0].bound == 95
    # a plan is proved by both bounds only
    both = [point(80, 60, Status.FEASIBLE, 7, 0), point(80, 80, Status.OPTIMAL, 7, 7)]
    assert inherited(both, bends=True)[0].status is Status.OPTIMAL
    less = [point(80, 60, Status.FEASIBLE, 7, 0), point(80, 80, Status.OPTIMAL, 7, 6)]
    assert inherited(less, bends=True)[0].status is Status.FEASIBLE


def test_balance_goes_before_cost():
    # a tolerance: least excess, then least cost
    bent = point(80, 80, Status.OPTIMAL, 7, 7)
    even = point(100, 100, Status.OPTIMAL)
    drawn = Frontier("tolerance", (0.1, 0.2), (bent, even))
    assert drawn.best is even
    assert drawn.dominated == (False, False)
    assert drawn.words[0] == (
        "±10 %: 80 yuan a year, proved cheapest; 1 exception, 7 yuan outside the "
        "bands, the least there is."
    )
    # numbers of zones: one that keeps the balance, then what is paid, however far out
    worse = point(70, 70, Status.OPTIMAL, 900, 900)
    assert Frontier("num_zones", (4, 5), (worse, even)).chosen == 1
    assert Frontier("num_zones", (4, 5), (bent, worse)).chosen == 1
    cheaper = Frontier("num_zones", (4, 5, 6), (worse, even, even)).entry["reason"]
    assert cheaper == (
        "5 zones are chosen: they cost 100 yuan a year; 6 zones cost the same, and of "
        "equal cost the fewer are taken. 4 zones would cost 30.00 % less, but 1 zone "
        "lies outside the balance."
    )
    row = Frontier("num_zones", (4,), (worse,)).rows[0]
    assert (row["exceptions"], row["excess"], row["excess_bound"]) == (1, 900, 900)


def test_money_is_called_as_in_the_plans():
    euros = replace(point(500, 500, Status.OPTIMAL), plan=in_money("EUR"))
    drawn = Frontier("num_zones", (4,), (euros,), None, lots_at(700))
    assert "yuan" not in str(drawn) + drawn.entry["reason"]
    assert "in lots 700 EUR a year" in str(drawn)
    assert "their lots cost 700 EUR a year" in drawn.entry["reason"]
    (axes,) = draw_frontier(drawn).axes
    assert axes.get_ylabel().endswith("million EUR a year")


def test_what_has_no_frontier_is_refused(line, halves):
    with pytest.raises(InputError, match="no frontier of 'colour'"):
        frontier(halves, "colour")
    with pytest.raises(InputError, match="a rule Previous"):
        frontier(halves, "previous")
    with pytest.raises(InputError, match="with a tolerance"):
        frontier(Problem(line(1, 1), 1, None), "tolerance")
    with pytest.raises(InputError, match="at least one value"):
        frontier(halves, "num_zones", [])
    with pytest.raises(InputError, match="must be a whole number"):
        frontier(halves, "num_zones", [2.5])
    with pytest.raises(InputError, match="tolerance must be"):
        frontier(halves, "tolerance", [1.5])
    with pytest.raises(InputError, match=r"at least 1; got -3, 0"):
        frontier(halves, "num_zones", [2, 0, -3])
    with pytest.raises(InputError, match="workers must be"):
        frontier(halves, "tolerance", [0.1], workers=0)


def test_a_refuted_tolerance_is_never_rounded_up():
    # there may be a plan within 8.6 %
    drawn = Frontier(
        "tolerance", (0.086,), (point(5, 5, Status.OPTIMAL),), refuted=0.08575
    )
    assert drawn.words[0] == "Proved: no plan keeps all zones within ±8.57 %."
    assert drawn.called(0.12367) == "±12.367 %"


@pytest.mark.usefixtures("compiled")
def test_a_value_that_is_refused_on_the_way_has_no_plan(line):
    # a, b and c have 300, 20 % more than the share; two names need two zones
    linked = MustLink(("a", "b", "c"))
    problem = Problem(
        line(*[100] * 5),
        2,
        0.9,
        travel=np.zeros((5, 5), int),
        fair_share=250,
        rules=(linked,),
        strict=True,
    )
    drawn = frontier(problem, "tolerance", [0.1, 0.3], time_limit=10)
    assert statuses(drawn) == ["infeasible", "optimal"]
    assert "a, b, c must share a zone" in drawn.results[0].reason
    named = replace(problem, rules=(Pin("N", ("a",)), Pin("S", ("e",))))
    drawn = frontier(named, "num_zones", [1, 2], time_limit=10)
    assert statuses(drawn) == ["infeasible", "optimal"]
    assert "Rules name 2 zones" in drawn.results[0].reason


def drawn_words(figure):
    axes = figure.axes[0]
    words = [text.get_text() for text in axes.texts]
    words += [text.get_text() for text in axes.get_legend().get_texts()]
    return words, [text.get_text() for text in axes.get_xticklabels()]


def test_the_picture_tells_proved_open_idle_and_impossible_values_apart():
    results = (
        point(None, 0, Status.INFEASIBLE),
        point(4_000_000, 4_000_000, Status.OPTIMAL),
        point(4_000_000, 3_900_000, Status.FEASIBLE),
        point(3_900_000, 3_800_000, Status.FEASIBLE),
    )
    figure = draw_frontier(Frontier("tolerance", (0.05, 0.1, 0.15, 0.2), results))
    words, ticks = drawn_words(figure)
    assert words[:2] == ["4.000", "3.900\n\N{MINUS SIGN}2.5 %"]
    assert len(words) == 6  # two labels, four marks in the legend
    assert ticks == ["±5 %", "±10 %", "±15 %", "±20 %"]
    figure.canvas.draw()


def test_the_picture_has_only_the_marks_it_needs():
    results = (point(4, 4, Status.OPTIMAL), point(3, 3, Status.OPTIMAL))
    figure = draw_frontier(Frontier("num_zones", (3, 4), results))
    words, ticks = drawn_words(figure)
    assert words[2:] == ["proved to be the cheapest"]
    assert ticks == ["3", "4"]
    none = Frontier("num_zones", (3,), (point(None, 0, Status.UNKNOWN),))
    with pytest.raises(InputError, match="nothing to draw"):
        draw_frontier(none)


# --- what is paid for lots ------------------------------------------------------------


def lots_at(*costs):
    """Lots of such costs, or none; each has one lot of three zones."""
    one = (SimpleNamespace(zones=(0, 1, 2)),)
    return tuple(
        None if cost is None else SimpleNamespace(cost=cost, bound=cost - 1, lots=one)
        for cost in costs
    )


def test_numbers_of_zones_are_chosen_by_what_is_paid_for_lots():
    zones = [point(cost, cost, Status.OPTIMAL) for cost in (500, 400, 300)]
    drawn = Frontier("num_zones", (4, 5, 6), tuple(zones))
    assert drawn.best is zones[2]
    drawn = replace(drawn, lots=lots_at(700, 690, 720))
    assert drawn.best is zones[1]
    assert drawn.best_lots is drawn.lots[1]
    assert drawn.costs == drawn.paid == (700, 690, 720)
    assert drawn.dominated == (False, False, True)
    assert drawn.words == (
        "4 zones: zones 500 yuan a year, proved cheapest; in lots 700 yuan a year.",
        "5 zones: zones 400 yuan a year, proved cheapest; in lots 690 yuan a year, "
        "-1.43 %.",
        "6 zones: zones 300 yuan a year, proved cheapest; in lots 720 yuan a year; "
        "nothing is gained against a smaller value.",
    )


def test_a_plan_without_lots_is_taken_only_where_none_has_any():
    zones = tuple(point(cost, cost, Status.OPTIMAL) for cost in (500, 400))
    drawn = Frontier("num_zones", (4, 5), zones, lots=lots_at(700, None))
    assert drawn.best is zones[0]
    assert drawn.words[1] == "5 zones: zones 400 yuan a year, proved cheapest; no lots."
    assert replace(drawn, lots=(None, None)).best is zones[1]


def test_balance_is_held_against_the_cost_of_zones_and_lots_are_told():
    zones = tuple(point(cost, cost, Status.OPTIMAL) for cost in (500, 400))
    drawn = Frontier("tolerance", (0.1, 0.2), zones, lots=lots_at(600, 700))
    assert drawn.best is zones[1]
    assert drawn.words[1] == (
        "±20 %: in lots 700 yuan a year; zones 400 yuan a year, proved cheapest, "
        "-20.00 %."
    )


@pytest.mark.usefixtures("compiled")
def test_lots_are_made_of_every_plan_there_is(line):
    problem = Problem(line(10, 10, 10, 10), 2, 0.3)
    drawn = frontier(
        problem, "num_zones", [1, 2], time_limit=10, lots=lambda p: bundle(p, size=1)
    )
    assert [lots.cost for lots in drawn.lots] == list(drawn.paid)
    assert drawn.best_lots.plan.equals(drawn.best.plan)


def test_the_picture_draws_what_is_paid_for_lots():
    zones = [point(cost, cost, Status.OPTIMAL) for cost in (5_000_000, 4_000_000)]
    drawn = Frontier("num_zones", (4, 5), tuple(zones), lots=lots_at(6 * 10**6, 10**7))
    (axes,) = draw_frontier(drawn).axes
    assert "Cheapest plan and its lots" in axes.get_ylabel()
    low, high = axes.get_ylim()
    assert low < 4 and high > 10
    zones = [[*line.get_ydata()] for line in axes.lines if line.get_linestyle() == "--"]
    assert zones == [[5.0, 4.0]]
    told = [text.get_text() for text in axes.get_legend().get_texts()]
    assert "what is paid for the lots of these zones" in told
    assert "what these zones cost before there are lots" in told
    assert not any("proved" in one for one in told)


@pytest.mark.usefixtures("compiled")
def test_what_is_no_lots_is_refused(halves):
    with pytest.raises(
        InputError, match="what lots= gives must be lots, or None; got 7"
    ):
        frontier(halves, "num_zones", [2], time_limit=5, lots=lambda _: 7)
    for wrong in (-1, 2.5, "three"):
        with pytest.raises(InputError, match="lots must be how many zones a lot has"):
            frontier(halves, "num_zones", [2], time_limit=5, lots=wrong)


@pytest.mark.usefixtures("compiled")
def test_a_number_for_lots_means_lots_of_so_many_zones(line):
    problem = Problem(line(10, 10, 10, 10), 2, 0.3)
    drawn = frontier(problem, "num_zones", [1, 2, 4], time_limit=10, lots=2)
    assert [len(some.lots) for some in drawn.lots] == [1, 1, 2]
    assert frontier(problem, "num_zones", [2], time_limit=10, lots=0).lots == ()


def test_rows_tell_zones_and_lots_or_why_there_are_none():
    zones = (
        point(500, 490, Status.FEASIBLE),
        point(None, 300, Status.INFEASIBLE),
        point(400, 400, Status.OPTIMAL),
        point(410, 400, Status.OPTIMAL),
    )
    without = SimpleNamespace(cost=None, lots=(), bound=0, reason="Zone 2 is far.")
    first, last = lots_at(700, 690)
    drawn = Frontier(
        "num_zones", (4, 5, 6, 7), zones, None, (first, None, without, last)
    )
    assert [row["num_zones"] for row in drawn.rows] == [4, 5, 6, 7]
    assert [row["cost"] for row in drawn.rows] == [500, None, 400, 410]
    assert [row["cost_in_lots"] for row in drawn.rows] == [700, None, None, 690]
    assert [row["zones_in_lots"] for row in drawn.rows] == [
        "1 × 3",
        None,
        None,
        "1 × 3",
    ]
    assert [row["bound_of_lots"] for row in drawn.rows] == [699, None, None, 689]
    assert [row["chosen"] for row in drawn.rows] == [False, False, False, True]
    assert [row["reason"] for row in drawn.rows] == [
        "",
        "told",
        "No lots were made. Zone 2 is far.",
        "",
    ]
    assert drawn.entry["by"] == "lots"
    assert drawn.entry["tried"] == drawn.rows
    assert drawn.entry["reason"] == (
        "7 zones are chosen: their lots cost 690 yuan a year; next are 4 zones, 1.45 % "
        "dearer."
    )


def test_rows_of_a_tolerance_choose_nothing_and_have_no_lots_without_any():
    drawn = Frontier("tolerance", (0.1,), (point(5, 5, Status.OPTIMAL),))
    (row,) = drawn.rows
    assert not {"chosen", "lots", "cost_in_lots"} & row.keys()
    assert row["tolerance"] == 0.1


def test_of_equal_cost_the_fewer_zones_are_chosen_and_it_is_said():
    zones = tuple(point(cost, cost, Status.OPTIMAL) for cost in (300, 300, 500))
    drawn = Frontier("num_zones", (4, 5, 6), zones, None, lots_at(700, 650, 650))
    assert drawn.chosen == 1
    assert drawn.entry["reason"].endswith(
        "6 zones cost the same, and of equal cost the fewer are taken."
    )
    alone = replace(drawn, lots=())
    assert alone.chosen == 0
    assert alone.entry["by"] == "zones"
    none = Frontier("num_zones", (4,), (point(None, 0, Status.UNKNOWN),))
    assert (none.chosen, none.entry["reason"]) == (
        None,
        "No number of zones has a plan.",
    )
    single = Frontier("num_zones", (4,), zones[:1], None, lots_at(700))
    assert single.entry["reason"].endswith("No other number has lots.")
