"""Figures by chance: each draw is the exact price at the figures drawn."""

from dataclasses import replace

import numpy as np
import pytest

from zoning.costs import CostModel
from zoning.errors import InputError
from zoning.finance import monte_carlo as chances
from zoning.finance.accounts import accounts_of, statements
from zoning.finance.monte_carlo import RANGES, Range, monte_carlo, notes_on
from zoning.finance.sensitivity import scaled
from zoning.lots import Lots
from zoning.lots.check import judge_lots
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.region import Region
from zoning.result import Status


def lots_of(costs=CostModel(), sets=((0, 1), (2, 3)), **columns):
    """Four zones of one unit in a row, each 300 m from the next."""
    area = np.array([30_000, 46_700, 52_000, 61_000])
    sums = {"area": area, "households": area // 70}
    region = Region(
        names=("a", "b", "c", "d"),
        xy=np.column_stack([300.0 * np.arange(4), np.zeros(4)]),
        load=costs.load(sums),
        direct=costs.direct(sums),
        sums=sums,
        edges=np.array([[0, 1], [1, 2], [2, 3]]),
        costs=costs,
        buildings=(("a1", "a2"), ("b1",), ("c1", "c2", "c3"), ("d1",)),
        columns=columns,
    )
    plan = Plan(Problem(region, 4, tolerance=None), np.arange(4))
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


MIXED = {
    "fee": (0.4, None, 0.7, None, None, 0.3, 0.5),
    "rate": (0.2, 0.7, None, 1.0, 0.9, 0.5, None),
    "parking": (3, None, None, 10, None, 0, 40),
    "area": (10_000, None, None, None, 9_000, None, 61_000),
}


@pytest.mark.parametrize("columns", [{}, MIXED], ids=["plain", "mixed"])
def test_each_draw_is_what_the_checker_says_at_its_figures(columns, monkeypatch):
    monkeypatch.setattr(chances, "CELLS", 30)  # a few draws at once
    costs = CostModel(guards_per_zone=2, entry_per_zone=1_234.5, fixed_per_lot=99.0)
    lots = lots_of(costs, **columns)
    told = monte_carlo(lots, draws=25, seed=3)
    for number in range(25):
        plan = lots.plan
        for figure, values in told.drawn.items():
            now = 1.0 if figure == "wages" else getattr(costs, figure)
            plan = scaled(plan, figure, values[number] / now)
        there = accounts_of(plan, [lot.zones for lot in lots.lots]).lots
        assert [one.subsidy_gap for one in there] == told.subsidy_gap[
            :, number
        ].tolist()
        assert [one.left for one in there] == told.left[:, number].tolist()


def test_draws_stay_in_their_ranges_and_follow_their_shapes():
    ranges = (
        Range("fee", 0.18, 0.80),
        Range("collection", 0.3, 0.8, "uniform"),
        Range("wages", 1.1, 1.1, "uniform"),
    )
    drawn = monte_carlo(lots_of(), ranges=ranges, draws=20_000).drawn
    # a triangle's mean is a third of its corners: (0.18 + 0.50 + 0.80) / 3 = 0.4933;
    # its deviation √((a² + b² + c² - ab - ac - bc) / 18) = 0.127
    assert drawn["fee"].mean() == pytest.approx(0.4933, abs=4 * 0.127 / 20_000**0.5)
    assert 0.18 <= drawn["fee"].min() < 0.2 and 0.78 < drawn["fee"].max() <= 0.80
    assert drawn["collection"].mean() == pytest.approx(0.55, abs=0.005)
    assert np.quantile(drawn["collection"], 0.1) == pytest.approx(0.35, abs=0.01)
    assert set(drawn["wages"]) == {1.1}


def test_the_chance_of_a_loss_is_that_of_too_few_paying():
    # Cost 1,000,000 (all of it a station), no tax: a loss when fees are below that.
    # 76,700 m² × 1 × 12 = 920,400 at most: sure. 113,000 × 12 = 1,356,000:
    # a loss below a collection of 0.73746, uniform between 0.5 and 1: 47.5 %.
    costs = CostModel(consumables=0, travel=0, lot_travel=0, fee=1.0, tax=0, profit=0)
    station = replace(costs.resources[-1], wage=0.0, other=1_000_000 / 12, capacity=1e9)
    lots = lots_of(replace(costs, resources=(station,)))
    ranges = (Range("collection", 0.5, 1.0, "uniform"),)
    told = monte_carlo(lots, ranges=ranges, draws=20_000, seed=1)
    assert told.loses[0] == 1.0
    assert told.loses[1] == pytest.approx(0.475, abs=0.015)
    # The gap reaches 1,000,000 - 678,000 and is 0 in the rest; half of the draws do
    # not exceed 1,000,000 - 1,356,000 × 0.75 < 0; nine tenths - 1,356,000 × 0.55
    assert told.subsidy_gap_at(0.5)[1] == 0
    assert told.subsidy_gap_at(0.9)[1] == pytest.approx(254_200, rel=0.03)
    assert told.subsidy_gap_at(1.0)[1] <= 322_000
    assert told.total_subsidy_gap_at(1.0) == told.subsidy_gap.sum(axis=0).max()
    # subsidy at 0.6: 1,000,000 - 813,600 = 186,400; then a loss below 0.6: 20 %
    assert told.subsidy[1] == 186_400
    assert told.loses_with_subsidy[1] == pytest.approx(0.2, abs=0.015)


def test_the_subsidy_planned_is_the_gap_at_the_figures_in_force():
    lots = lots_of()
    told = monte_carlo(lots, draws=300)
    assert told.subsidy == tuple(one.subsidy_gap for one in statements(lots).lots)
    # with it all that is needed comes in: what is left at these figures is the profit
    still = monte_carlo(lots, ranges=(), draws=1)
    profit = [one.profit for one in statements(lots).lots]
    assert still.left_with_subsidy[:, 0].tolist() == profit
    assert all(
        some < bare
        for some, bare in zip(told.loses_with_subsidy, told.loses, strict=True)
    )


def test_the_same_seed_gives_the_same_draws():
    lots = lots_of()
    first, again, other = (monte_carlo(lots, draws=50, seed=s) for s in (1, 1, 2))
    assert np.array_equal(first.subsidy_gap, again.subsidy_gap)
    assert not np.array_equal(first.subsidy_gap, other.subsidy_gap)


def test_ranges_say_where_they_come_from():
    for item in RANGES:
        assert item.source
        assert item.grade in {"A", "B", "C", "D", "X"}


def test_what_is_wrong_is_told_at_once():
    ranges = (
        Range("fee", 0.6, 0.8),
        Range("fee", 0.5, 0.4),
        Range("collection", 0.3, 60),
        Range("rent", 0, 1),
        Range("wages", 0.9, 1.1, "normal"),
    )
    with pytest.raises(InputError) as caught:
        monte_carlo(replace(lots_of(), lots=()), ranges=ranges, draws=0)
    for told in (
        "Each figure has one range; got fee, fee,",
        "The range of fee from 0.6 to 0.8 must hold the 0.5 in force. Widen it",
        "The range of fee from 0.5 to 0.4 must ascend from 0.",
        "The range of collection from 0.3 to 60 must ascend within 0 and 1.",
        "There is no range of 'rent'; ranges are of fee, collection, wages, on_cost.",
        "must be triangular or uniform; got 'normal'",
        "There are no lots to price.",
        "draws must be at least 1; got 0.",
    ):
        assert told in str(caught.value)
    with pytest.raises(InputError, match="nothing to go by: fee is 0"):
        monte_carlo(lots_of(CostModel(fee=0)), ranges=(Range("fee", 0, 1),))


@pytest.mark.parametrize(
    ("own", "low", "high"),
    [
        ({"fee": 1.2}, 0.18, 1.2),
        ({"fee": 0.1}, 0.1, 0.80),
        ({"collection": 0.95}, 0.30, 0.95),
        ({"on_cost": 1.45}, 1.05, 1.45),
    ],
    ids=str,
)
def test_own_figures_widen_the_usual_ranges(own, low, high):
    ((figure, value),) = own.items()
    lots = lots_of(CostModel(**own))
    told = monte_carlo(lots, draws=500)
    assert low <= told.drawn[figure].min() < told.drawn[figure].max() <= high
    assert len(told.ranges) == len(RANGES)
    (note,) = notes_on(told.ranges, lots.plan.problem.region.costs)
    assert note.startswith(f"{figure} is {value:g}")
    assert note.endswith(f"drawn from {low:g} to {high:g}.")


@pytest.mark.parametrize("figure", ["fee", "collection", "on_cost"])
def test_a_figure_that_is_0_stays_0(figure):
    lots = lots_of(CostModel(**{figure: 0}))
    told = monte_carlo(lots, draws=50)
    assert figure not in told.drawn
    (note,) = notes_on(told.ranges, lots.plan.problem.region.costs)
    assert note == f"{figure} is 0 and stays so in every draw."


def test_usual_figures_have_the_usual_ranges_and_no_note():
    told = monte_carlo(lots_of(), draws=5)
    assert told.ranges == RANGES
    assert not [*notes_on(told.ranges, CostModel())]


def test_too_little_counts_what_the_gap_counts():
    told = monte_carlo(lots_of(), draws=400)
    middle = told.subsidy_gap_at(0.5)
    for lot, planned in enumerate(told.subsidy):
        more = sum(gap > planned for gap in told.subsidy_gap[lot]) / 400
        assert told.lacks_more[lot] == more
        # planned left of the middle of the draws: too little in half of them or more
        assert (planned < middle[lot]) <= (more >= 0.5)
        assert told.loses_with_subsidy[lot] <= more
