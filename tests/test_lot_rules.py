"""Rules of lots, one by one, on six zones in a row."""

from datetime import date

import numpy as np
import pytest

from benchmarks.lots import made_zones
from zoning.costs import CostModel
from zoning.errors import InputError
from zoning.lots import Attractiveness, LotRules, bundle, fairest
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.region import Region
from zoning.result import Status


def six(*, area=46_700, wide=6, **columns):
    """Six zones of one building each, 100 m apart, in rows of `wide`."""
    costs = CostModel(travel=0.0, lot_travel=0.0)
    sums = {"area": np.full(6, area), "households": np.full(6, 667)}
    edges = [(i, i + 1) for i in range(5) if (i + 1) % wide]
    edges += [(i, i + wide) for i in range(6 - wide)]
    region = Region(
        names=tuple(f"u{i}" for i in range(6)),
        xy=np.array([(100.0 * (i % wide), 100.0 * (i // wide)) for i in range(6)]),
        load=costs.load(sums),
        direct=costs.direct(sums),
        sums=sums,
        edges=np.array(edges, np.int32),
        columns=columns,
        costs=costs,
    )
    return Plan(Problem(region, 6, tolerance=None), np.arange(6))


def zones_of(lots):
    return [lot.zones for lot in lots.lots]


def test_without_rules_the_row_is_halved():
    assert zones_of(bundle(six())) == [(0, 1, 2), (3, 4, 5)]


def test_zones_that_must_be_together_are():
    # 3 and 4 (named from 1) part the halves; 2 + 4 or 4 + 2 keep them
    rules = LotRules(must_link=[("3", "4")])
    lots = bundle(six(), rules=rules)
    assert zones_of(lots) in ([(0, 1), (2, 3, 4, 5)], [(0, 1, 2, 3), (4, 5)])
    assert "2 lots of 3 cannot be had together; 0 is the most" in lots.reason


def test_zones_that_must_be_apart_are():
    # in two rows of three, 1-2-3 and 4-5-6 or L-shapes; 1 and 2 apart leaves L-shapes
    lots = bundle(six(wide=3), rules=LotRules(cannot_link=[("1", "2")]))
    assert lots.status is Status.OPTIMAL
    assert all(not {0, 1} <= set(lot.zones) for lot in lots.lots)


def test_lots_stay_within_subdistrict_borders():
    north = ("North", "North", "South", "South", "South", "South")
    lots = bundle(six(subdistrict=north), rules=LotRules(contain="subdistrict"))
    assert zones_of(lots) == [(0, 1), (2, 3, 4, 5)]


def test_no_lot_is_made_of_zones_that_lose_money_alone():
    # fees of 0.2 and 2.0 yuan: the first three zones lose, the others earn
    fee = (0.2, 0.2, 0.2, 2.0, 2.0, 2.0)
    lots = bundle(six(fee=fee, wide=3), rules=LotRules(loss_share=0.7))
    assert lots.status is Status.OPTIMAL
    for lot in lots.lots:
        assert 0 < lot.facts.loss_area < lot.facts.area
    none = bundle(six(fee=(0.2,) * 6), rules=LotRules(loss_share=0.7))
    assert none.status is Status.INFEASIBLE and "loss_share (0.7)" in none.reason


@pytest.mark.parametrize("figure", ["cost", "margin", "area"])
def test_bands_on_figures_of_a_lot_are_kept(figure):
    free = bundle(six())
    value = free.lots[0].facts.figure(figure)
    kept = bundle(six(), rules=LotRules(bands={figure: Band(value, value)}))
    assert zones_of(kept) == zones_of(free)
    high = LotRules(bands={figure: Band(10**9, 10**10)})
    other = bundle(six(), rules=high)
    assert other.status is Status.INFEASIBLE and f"band of {figure}" in other.reason


@pytest.mark.parametrize(("bidders", "warned"), [(1, True), (2, True), (3, False)])
def test_as_many_lots_as_bidders_are_warned_of(bidders, warned):
    lots = bundle(six(), rules=LotRules(bidders=bidders))
    assert (f"Warning: 2 lots for {bidders} expected bidders" in lots.reason) is warned


def test_as_many_incumbents_as_lots_are_warned_of():
    now = ("Red", "Red", None, "Blue", None, None)
    lots = bundle(six(incumbent=now), rules=LotRules(bidders=5))
    assert "2 lots for 2 companies that serve the buildings today" in lots.reason
    assert [lot.facts.companies for lot in lots.lots] == [("Red",), ("Blue",)]


def test_a_lot_starts_when_its_last_contract_has_ended():
    ends = ("2026-06-30", None, "2026-12-31", None, None, "2026-03-31")
    plan = six(contract_end=ends)
    first, second = bundle(plan).lots
    # 30 June to 31 December are 184 days
    assert (first.facts.start, first.facts.wait) == (date(2027, 1, 1), 184)
    assert (second.facts.start, second.facts.wait) == (date(2026, 4, 1), 0)
    soon = LotRules(start="2026-10-01")  # 30 June is over: 92 days from 30 September
    facts = [lot.facts for lot in bundle(plan, rules=soon).lots]
    assert [(f.start, f.wait) for f in facts] == [
        (date(2027, 1, 1), 92),
        (date(2026, 10, 1), 0),
    ]
    lots = bundle(plan, rules=LotRules(bands={"wait": Band(0, 100)}))
    assert all(lot.facts.wait <= 100 for lot in lots.lots)


def test_the_index_is_margin_less_way_age_and_crossings():
    # 120 yuan of 100 m²; 200 m × 0.1 / 100; 10 years × 0.02; 1 crossing × 0.1
    weights = Attractiveness()
    got = weights.index(*(np.array([x]) for x in (120, 100, 200, 10, 1)))
    assert got.tolist() == [120 - 20 - 20 - 10]
    only_age = Attractiveness(margin=0, way=0, age=0.5, crossing=0)
    got = only_age.index(*(np.array([x]) for x in (120, 100, 200, 10, 1)))
    assert got.tolist() == [-500]


def test_the_spread_of_the_index_can_be_least_and_limited():
    # two rows of three; the upper row earns more: columns make like lots, rows do not
    fee = (1.0, 1.0, 1.0, 0.2, 0.2, 0.2)
    plan = six(fee=fee, wide=3)
    fair = bundle(plan, objective="spread")
    assert fair.spread_proved
    kept = bundle(plan, rules=LotRules(spread=fair.spread))
    indices = [lot.facts.index for lot in kept.lots]
    assert max(indices) - min(indices) == fair.spread
    if fair.spread:
        tighter = bundle(plan, rules=LotRules(spread=fair.spread - 1))
        assert all(len(lot.zones) != 3 for lot in tighter.lots)


def test_what_was_called_fairest_is_an_objective():
    plan = six(fee=(1.0, 1.0, 1.0, 0.2, 0.2, 0.2), wide=3)
    lots = bundle(plan, objective="spread")
    with pytest.warns(DeprecationWarning, match="objective"):
        former = fairest(plan)
    assert former.lots.lots == lots.lots
    assert (former.spread, former.proved) == (lots.spread, lots.spread_proved)
    assert bundle(plan).spread_bound is None
    with pytest.raises(InputError, match="'cost' or 'spread'"):
        bundle(plan, objective="beauty")


def test_former_names_of_rules_are_taken_and_told():
    with pytest.warns(DeprecationWarning) as told:
        former = LotRules(together=[("1", "2")], apart=[("3", "4")], within="ward")
    assert {str(one.message).split()[-1] for one in told} == {
        "must_link.",
        "cannot_link.",
        "contain.",
    }
    rules = LotRules(must_link=[("1", "2")], cannot_link=[("3", "4")], contain="ward")
    assert former == rules
    with pytest.warns(DeprecationWarning, match="must_link"):
        assert former.together == (("1", "2"),)


def test_several_faults_are_told_at_once():
    with pytest.raises(InputError, match=r"loss_share.*bidders") as told:
        LotRules(loss_share=2, bidders=0, start="soon")
    assert "start must be a date" in str(told.value)


def test_rules_that_name_what_is_not_there_are_refused():
    rules = LotRules(must_link=[("1", "99")], contain="ward", bands={"joy": Band(0, 1)})
    with pytest.raises(InputError, match="joy") as told:
        bundle(six(), rules=rules)
    assert "99" in str(told.value) and "ward" in str(told.value)


def test_a_limit_on_the_spread_leaves_a_good_bound_where_time_runs_out():
    plan = made_zones(99, 0)  # free lots differ by 94
    lots = bundle(plan, time_limit=2.0, rules=LotRules(spread=47))
    indices = [lot.facts.index for lot in lots.lots]
    assert max(indices) - min(indices) <= 47
    assert lots.bound <= lots.cost and lots.gap < 0.05
