"""Figures that are off, one at a time: exact, with whole resources."""

from dataclasses import replace

import numpy as np
import pytest

from zoning.costs import FIGURES, CostModel
from zoning.errors import InputError
from zoning.finance.accounts import statements
from zoning.finance.sensitivity import scaled, tornado
from zoning.lots import Lots
from zoning.lots.check import judge_lots
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.region import Region
from zoning.result import Status
from zoning.rules import MustLink

STILL = CostModel(travel=0.0, lot_travel=0.0)


def bundled(plan, sets):
    verdict = judge_lots(plan, sets)
    return Lots(
        plan,
        Status.FEASIBLE,
        verdict.lots,
        verdict.cost,
        verdict.cost,
        verdict.separate_cost,
        0.0,
    )


def plan_of(costs=STILL, **columns):
    """Three zones of one unit of 46,700 m² each in a row, neighbours touching."""
    sums = {"area": np.full(3, 46_700), "households": np.full(3, 667)}
    region = Region(
        names=("a", "b", "c"),
        xy=np.array([[0.0, 0.0], [100.0, 0.0], [200.0, 0.0]]),
        load=costs.load(sums),
        direct=costs.direct(sums),
        sums=sums,
        edges=np.array([[0, 1], [1, 2]]),
        costs=costs,
        columns=columns,
    )
    return Plan(Problem(region, 3, tolerance=None), np.arange(3))


def lots_of(costs=STILL, **columns):
    return bundled(plan_of(costs, **columns), [(0, 1, 2)])


def swings_of(lots, *figures, change=0.2):
    swings = tornado(lots, figures=figures, change=change).swings
    return {swing.figure: (sum(swing.below), sum(swing.above)) for swing in swings}


def test_fee_and_collection_move_what_comes_in():
    # revenue 504,360 (test_money.py) ± 20 % = ± 100,872; gap 532,985
    told = tornado(lots_of(), figures=("fee", "collection"))
    assert told.subsidy_gap == (532_985,)
    for swing in told.swings:
        assert (swing.below, swing.above) == ((633_857,), (432_113,))
        assert swing.width == 201_744


def test_wages_move_people_and_not_machines():
    # people a month 27,600 + 15,840 + 10,080 + 5,400 = 58,920; × 12 × 20 % = 141,408 a
    # year; with profit and tax × 1.08 × 1.06 = 161,884
    below, above = swings_of(lots_of(), "wages")["wages"]
    assert abs(532_985 - below - 161_884) <= 1
    assert abs(above - 532_985 - 161_884) <= 1


def test_area_moves_whole_cleaners():
    # - 20 %: 112,080 m²: cleaners ⌈7.47⌉ = 8 (10), repairers ⌈2.80⌉ = 3 (4), stewards
    # stay (households are counted, not measured); consumables 107,597 (3 × 35,865.6,
    # rounded unit by unit: 3 × 35,866): cost 8 × 33,120 + 3 × 47,520 + 120,960 + 28,600
    # + 100,800 + 107,598 = 765,478; + 8 % = 61,238 + 6 % = 49,603: 876,319;
    # fees 403,488
    below, _ = swings_of(lots_of(), "area")["area"]
    assert below == 876_319 - 403_488


def test_the_widest_swing_comes_first():
    told = tornado(lots_of(), figures=("profit", "fee", "wages", "crossing"))
    assert [swing.figure for swing in told.swings] == [
        "wages", "fee", "profit", "crossing",
    ]  # fmt: skip
    assert told.swings[-1].width == 0


def test_nobody_pays_more_than_all():
    # rate 0.9 + 20 % is all of the fee: 0.5 × 12 × 140,100 = 840,600
    lots = lots_of(replace(STILL, collection=0.9))
    _, above = swings_of(lots, "collection")["collection"]
    [now] = statements(lots).lots
    assert above == now.needed - 840_600


def test_what_is_known_of_a_building_moves_with_the_model():
    lots = lots_of(fee=(0.4, "0.4", None), rate=(None, 0.9, None))
    told = swings_of(lots, "fee", "collection")
    # a 0.4 × 0.6, b 0.4 × 0.9, c 0.5 × 0.6 = 0.9; × 12 × 46,700 × 20 % = 100,872
    gap = sum(tornado(lots, figures=()).subsidy_gap)
    assert told["fee"] == (gap + 100_872, gap - 100_872)
    # + 20 %: b pays all: (0.4 × 0.72 + 0.4 + 0.36) - 0.9 = 0.148
    assert gap - told["collection"][1] == round(0.148 * 12 * 46_700)


def test_a_changed_figure_is_what_a_planner_would_have_given():
    """Every figure: the same as reading with other costs from the start."""
    usual = CostModel(
        guards_per_zone=1.0, entry_per_zone=9_000.0, fixed_per_lot=5_000.0
    )
    lots = lots_of(usual)
    for name in FIGURES:
        told = swings_of(lots, name, change=0.1)[name]
        for factor, gap in zip((1 - 0.1, 1 + 0.1), told, strict=True):
            there = replace(usual, **{name: getattr(usual, name) * factor})
            assert gap == sum(
                one.subsidy_gap for one in statements(lots_of(there)).lots
            ), name


def test_areas_of_buildings_and_given_travel_move_too():
    plan = plan_of(area=(46_000, None, 48_000))
    table = np.array([[0, 100, 200], [100, 0, 100], [200, 100, 0]])
    plan = Plan(replace(plan.problem, num_zones=1, travel=table), np.zeros(3, int))
    more = scaled(plan, "area", 1.5)
    assert more.problem.region.area.tolist() == [70_050] * 3
    assert more.problem.region.columns["area"] == (69_000, 70_050, 72_000)
    assert np.asarray(more.problem.travel).tolist() == (table * 1.5).tolist()
    assert (
        np.asarray(scaled(plan, "fee", 1.5).problem.travel).tolist() == table.tolist()
    )


def test_a_region_of_given_loads_scales_with_its_loads():
    region = Region(names=("a",), xy=np.zeros((1, 2)), load=np.array([50_000]))
    plan = Plan(Problem(region, 1, tolerance=None), np.zeros(1, int))
    more = scaled(plan, "area", 1.2).problem.region
    assert (more.load.tolist(), more.direct.tolist()) == ([60_000], [60_000])
    same = scaled(plan, "consumables", 1.2).problem.region
    assert same.direct.tolist() == [50_000]


def test_rules_and_bands_do_not_stand_in_the_way():
    region = plan_of().problem.region
    rules = (MustLink(("a", "b")),)
    bands = {"area": Band(40_000, 95_000)}
    problem = Problem(region, 2, tolerance=0.5, bands=bands, rules=rules)
    lots = bundled(Plan(problem, np.array([0, 0, 1])), [(0, 1)])
    [lot] = statements(lots).lots
    assert lot.area == 140_100
    below, above = swings_of(lots, "area")["area"]
    assert below < lot.subsidy_gap < above
    more = scaled(lots.plan, "area", 1.2).problem
    assert more.rules == rules
    assert more.region.area.tolist() == [56_040] * 3


def test_what_cannot_be_changed_is_told_at_once():
    with pytest.raises(InputError) as caught:
        tornado(replace(lots_of(), lots=()), figures=("fees", "fee"), change=1.0)
    for told in (
        "There are no lots to price.",
        "change must be above 0 and below 1 (0.2 is ±20 %); got 1.0.",
        "These figures cannot be changed: fees. Known are wages, area, consumables,",
    ):
        assert told in str(caught.value)
