"""Statements agree with the checker to the yuan; arithmetic done by hand."""

from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest

from zoning.check import sum_over
from zoning.costs import CostModel
from zoning.finance.accounts import left_over, profit_and_tax, statements
from zoning.finance.statement import Economy
from zoning.lots import Lots
from zoning.lots.check import judge_lots
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.region import Region
from zoning.result import Status
from zoning.revenue import revenue
from zoning.share import recursive_bisection

STILL = CostModel(travel=0.0, lot_travel=0.0)
UNTAXED = replace(STILL, tax=0.0)


def bundled(plan, sets):
    """Lots as `bundle` would give them, without the search."""
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


def row(*areas, costs=STILL, sets=None, cut=(), **columns):
    """Zones of one unit each in a row, 100 m apart, as one lot unless said."""
    n = len(areas)
    sums = {
        "area": np.array(areas),
        "households": np.rint(np.array(areas) / 70).astype(int),
    }
    edges = [(i, i + 1) for i in range(n - 1)]
    region = Region(
        names=tuple(f"u{i}" for i in range(n)),
        xy=np.column_stack([100.0 * np.arange(n), np.zeros(n)]),
        load=costs.load(sums),
        direct=costs.direct(sums),
        sums=sums,
        edges=np.array([e for e in edges if e not in cut], np.int32).reshape(-1, 2),
        cut_edges=np.array(list(cut), np.int32).reshape(-1, 2),
        costs=costs,
        columns=columns,
    )
    plan = Plan(Problem(region, n, tolerance=None), np.arange(n))
    return bundled(plan, [tuple(range(n))] if sets is None else sets)


@pytest.mark.parametrize(
    ("guards", "alone", "together"), [(0, 0.79, 0.54), (2, 0.91, 0.66), (3, 0.97, 0.72)]
)
def test_three_zones_alone_and_as_one_lot(guards, alone, together):
    # the arithmetic is in test_check_lots.py
    costs = replace(STILL, guards_per_zone=guards)
    accounts = statements(row(46_700, 46_700, 46_700, costs=costs))
    [lot] = accounts.lots
    assert round(lot.per_m2, 2) == together
    assert [round(zone.per_m2, 2) for zone in accounts.zones] == [alone] * 3
    assert sum(zone.cost for zone in accounts.alone(lot)) == lot.separate_cost
    assert 0.255 <= lot.saving / lot.separate_cost <= 0.325


def test_the_saving_by_resource():
    # alone 12 cleaners, 6 repairers, 3 stewards, machines, stations; together 10, 4, 3,
    # 1, 1 (test_check_lots.py): saved are 2 × 33,120, 2 × 47,520, 0, 2 × 28,600 and
    # 2 × 100,800
    [lot] = statements(row(46_700, 46_700, 46_700)).lots
    bought = {item.what: item for item in lot.items if item.count is not None}
    assert {name: item.saving for name, item in bought.items()} == {
        "cleaner": 66_240, "repairer": 95_040, "steward": 0, "machine": 57_200,
        "station": 201_600,
    }  # fmt: skip
    assert (bought["cleaner"].count, bought["cleaner"].separate_count) == (10, 12)
    assert lot.saving == 66_240 + 95_040 + 57_200 + 201_600


def test_everything_about_a_lot_by_hand():
    # cost 75,511.33 a month (docs/lots.md): items below, 906,136 a year.
    # Profit 8 %: 72,490.88 → 72,491; tax 6 % of 978,627: 58,717.62 → 58,718.
    # Needed 1,037,345. Fees 0.5 × 0.6 × 12 × 140,100 = 504,360. Gap 532,985.
    [lot] = statements(row(46_700, 46_700, 46_700)).lots
    assert [(item.what, item.cost) for item in lot.items] == [
        ("fixed per lot", 0),
        ("guards and entry of zones", 0),
        ("consumables", 3 * 44_832),
        ("travel inside zones", 0),
        ("cleaner", 331_200),
        ("repairer", 190_080),
        ("steward", 120_960),
        ("machine", 28_600),
        ("station", 100_800),
        ("travel between zones", 0),
        ("crossings", 0),
    ]
    assert (lot.cost, lot.profit, lot.tax) == (906_136, 72_491, 58_718)
    assert (lot.fees, lot.parking, lot.subsidy_gap) == (504_360, 0, 532_985)
    # 504,360 holds tax 504,360 × 0.06 / 1.06 = 28,548.68
    assert lot.left == 504_360 - 28_549 - 906_136
    # 1,037,345 / (12 × 140,100 × 0.6) = 1.0284; / (… × 0.5) = 1.234 of the fees:
    # more than all; a fee of 0.617 that everybody pays
    assert lot.break_even_fee == pytest.approx(1.02838, abs=1e-5)
    assert lot.break_even_collection is None
    assert lot.full_fee == pytest.approx(0.61703, abs=1e-5)
    assert lot.economy is Economy.SUBSIDISED
    assert lot.in_words() == (
        "Economic with a subsidy: 532,985 yuan a year are missing. Break-even fee at "
        "this collection: 1.03 yuan/m²·month; break-even collection at this fee: over "
        "100 %."
    )


@pytest.mark.parametrize(
    ("fee", "collection", "per_m2", "gap"),
    [(0.5, 0.6, 0.42, 70), (0.6, 0.7, 0.30, 50), (0.8, 0.85, 0.04, 6)],
)
def test_the_gap_of_a_lot_with_a_day_post(fee, collection, per_m2, gap):
    # Before tax: 12 × (75,511.33 + 3 × 5,760) = 1,113,496; × 1.08 = 1,202,576, that is
    # 0.7153 yuan/m²·month; less fee × collection, × 1,681,200 m²·months: 0.4153,
    # 0.2953, 0.0353; 698,216, 496,472, 59,360 yuan
    costs = replace(UNTAXED, guards_per_zone=2, fee=fee, collection=collection)
    [lot] = statements(row(46_700, 46_700, 46_700, costs=costs)).lots
    assert round(lot.subsidy_gap / lot.area / 12, 2) == per_m2
    assert round(lot.subsidy_gap / 10_000) == gap


@pytest.mark.parametrize(
    ("area", "economy"),
    [
        # with profit and tax × 1.1448, divided by an 0.80 that everybody pays:
        (5_000, Economy.UNECONOMIC),  # 4.25 → 4.87
        (20_000, Economy.UNECONOMIC),  # 1.26 → 1.44
        (46_700, Economy.UNECONOMIC),  # 0.79 → 0.90
        (70_000, Economy.SUBSIDISED),  # 0.64 → 0.73
        (140_100, Economy.SUBSIDISED),  # 0.54 → 0.62
    ],
)
def test_small_projects_alone_are_uneconomic(area, economy):
    [alone] = statements(row(area)).zones
    assert alone.economy is economy


def test_a_building_of_5000_m2_is_reported_as_uneconomic_alone():
    # 12 × 21,263.33 (test_check_lots.py) = 255,160; + 8 % = 275,573; + 6 % = 292,107;
    # fees 0.5 × 0.6 × 12 × 5,000 = 18,000. Fee: 292,107 / (12 × 5,000 × 0.6) = 8.114
    [alone] = statements(row(5_000)).zones
    assert round(alone.per_m2, 2) == 4.25
    assert alone.in_words() == (
        "Uneconomic: 274,107 yuan a year are missing. Break-even fee at this "
        "collection: 8.12 yuan/m²·month; break-even collection at this fee: over 100 %."
    )


def test_a_building_that_is_uneconomic_alone_can_live_in_a_lot():
    accounts = statements(row(5_000, 100_000, 50_000))
    assert accounts.zones[0].economy is Economy.UNECONOMIC
    assert accounts.lots[0].economy is Economy.SUBSIDISED
    assert (
        accounts.subsidy_gap
        == accounts.lots[0].subsidy_gap
        < accounts.separate_subsidy_gap
    )


def test_a_lot_that_earns_more_than_it_needs_is_economic():
    costs = replace(STILL, fee=0.8, collection=0.9)
    [lot] = statements(row(46_700, 46_700, 46_700, costs=costs)).lots
    # 0.72 × 1,681,200 = 1,210,464 of 1,037,345
    assert (lot.subsidy_gap, lot.economy) == (0, Economy.ECONOMIC)
    assert lot.in_words() == "Economic: 173,119 yuan a year over."
    assert lot.break_even_fee < 0.8
    assert lot.break_even_collection < 0.9


def test_at_the_break_even_nothing_is_missing():
    mixed = {"fee": (0.4, 0.7, None), "rate": (0.9, None, 0.3), "parking": (9, 0, 30)}
    costs = replace(STILL, fee=0.9)
    lots = row(50_000, 40_000, 60_000, costs=costs, **mixed)
    [lot] = statements(lots).lots

    def gap(**columns):
        region = replace(lots.plan.problem.region, columns={**mixed, **columns})
        plan = Plan(replace(lots.plan.problem, region=region), lots.plan.zone_of)
        [there] = statements(replace(lots, plan=plan)).lots
        return there.needed - there.revenue

    assert lot.subsidy_gap > 1_000
    assert abs(gap(fee=(lot.break_even_fee,) * 3)) <= 3  # fees are rounded unit by unit
    assert abs(gap(rate=(1.0,) * 3, fee=(lot.full_fee,) * 3)) <= 3
    assert abs(gap(rate=(lot.break_even_collection,) * 3)) <= 3


def test_where_nobody_pays_no_fee_helps():
    [alone] = statements(row(9_000, rate=(0,))).zones
    assert alone.break_even_fee is None
    assert "Break-even fee at this collection: none;" in alone.in_words()
    [free] = statements(row(9_000, costs=replace(STILL, fee=0.0))).zones
    assert free.break_even_collection is None


def test_zones_without_area_and_cost_without_fees():
    [empty] = statements(row(0)).zones
    # one station at least: 100,800
    assert (empty.cost, empty.fees, empty.per_m2, empty.full_fee) == (
        100_800, 0, None, None,
    )  # fmt: skip
    assert empty.economy is Economy.UNECONOMIC
    free = CostModel(resources=(), consumables=0.0)
    [nothing] = statements(row(9_000, costs=free, rate=(0,))).zones
    assert (nothing.subsidy_gap, nothing.break_even_fee) == (0, 0.0)


def test_parking_lowers_what_fees_must_bring():
    costs = replace(STILL, parking=100.0, parking_collection=1.0)
    [bare] = statements(row(46_700, costs=costs)).zones
    [parked] = statements(row(46_700, costs=costs, parking=(50,))).zones
    assert parked.parking == 50 * 100 * 12
    assert bare.subsidy_gap - parked.subsidy_gap == 60_000
    # 60,000 / (12 × 46,700 × 0.6)
    assert bare.break_even_fee - parked.break_even_fee == pytest.approx(0.17844, 1e-4)


def test_what_lots_cost_beyond_zones_is_not_paid_alone():
    costs = replace(STILL, lot_travel=0.005, fixed_per_lot=1_000.0, entry_per_zone=7.0)
    accounts = statements(row(46_700, 46_700, 46_700, costs=costs, cut=[(1, 2)]))
    [lot] = accounts.lots
    items = {item.what: (item.cost, item.separate_cost) for item in lot.items}
    assert items["fixed per lot"] == (1_000, 3_000)
    assert items["guards and entry of zones"] == (21, 21)
    assert items["travel between zones"] == (2 * 3_643, 0)  # see test_check_lots.py
    assert items["crossings"] == (3_600, 0)
    assert sum(zone.cost for zone in accounts.zones) == lot.separate_cost


def test_every_statement_agrees_with_the_checker_to_the_yuan(blocks):
    chance = np.random.default_rng(5)
    for seed in range(6):
        region = blocks(5, 5, seed)
        costs = CostModel(
            guards_per_zone=float(seed % 3),
            fixed_per_lot=float(chance.integers(5_000)),
            tax=0.03,
        )
        area = chance.integers(1_000, 60_000, len(region))
        sums = {"area": area, "households": area // 60}
        region = replace(
            region,
            sums=sums,
            direct=costs.direct(sums),
            load=costs.load(sums),
            costs=costs,
            columns={"fee": tuple(chance.uniform(0.2, 0.9, len(region)))},
        )
        zone_of = np.zeros(len(region), int)
        for k, units in enumerate(
            recursive_bisection(region.xy, area, np.arange(25), 7)
        ):
            zone_of[units] = k
        plan = Plan(Problem(region, 7, tolerance=None), zone_of)
        lots = bundled(plan, [(0, 1, 4), (2, 3), (5, 6)])
        accounts = statements(lots)
        assert [one.cost for one in accounts.lots] == [one.cost for one in lots.lots]
        assert [one.separate_cost for one in accounts.lots] == [
            one.separate_cost for one in lots.lots
        ]
        alone = judge_lots(plan, [(k,) for k in range(7)], size=1)
        assert [one.cost for one in accounts.zones] == [one.cost for one in alone.lots]
        income = sum_over(plan, revenue(region)).tolist()
        assert [one.revenue for one in accounts.zones] == income
        assert sum(one.revenue for one in accounts.lots) == sum(income)
        assert sum(item.cost for item in accounts.items) == lots.cost
        assert sum(item.saving for item in accounts.items) == lots.saving
        assert all(one.left < one.profit for one in accounts.lots if one.subsidy_gap)


def test_without_lots_only_zones_are_accounted_for():
    lots = replace(row(46_700, 46_700, 46_700), lots=())
    accounts = statements(lots)
    assert accounts.lots == ()
    assert accounts.subsidy_gap == accounts.separate_subsidy_gap > 0
    assert sum(item.cost for item in accounts.items) == 3 * accounts.zones[0].cost


def test_what_is_left_is_the_profit_when_just_enough_comes_in():
    cost = np.array([1_000, 906_136])
    profit, tax = profit_and_tax(STILL, cost)
    assert left_over(STILL, cost, cost + profit + tax).tolist() == profit.tolist()


def test_figures_hold_what_the_statement_says():
    [lot] = statements(row(46_700, 46_700, 46_700)).lots
    told = lot.figures()
    assert told["economy"] == "economic with a subsidy"
    assert told["needed"] == told["cost"] + told["profit"] + told["tax"]
    assert told["subsidy_gap"] == told["needed"] - told["revenue"]
    assert all(isinstance(x, int | float | str | None) for x in told.values())


def test_the_tables_of_the_docs_are_those_of_the_code(monkeypatch):
    docs = Path(__file__).parents[1] / "docs"
    monkeypatch.syspath_prepend(docs / "img")
    spec = spec_from_file_location("money_of_docs", docs / "img" / "money.py")
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    page = (docs / "money.md").read_text("utf-8")
    assert "| fee | 0.5 | yuan/m²·month |" in page
    told = "Run docs/img/money.py: the figures changed."
    assert script.with_tables(page) == page, told
