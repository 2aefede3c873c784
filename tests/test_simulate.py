"""Drawn bids: what is drawn is what was said, and designs can be compared."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from zoning.costs import CostModel
from zoning.errors import InputError
from zoning.lots import bundle
from zoning.lots.check import judge_lots
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.region import Region
from zoning.tender.award import award, tender_of
from zoning.tender.files import FILES, write_award
from zoning.tender.read_bids import read_bids
from zoning.tender.rules import Rules
from zoning.tender.simulate import Market, draw_bids, simulate_bids

# Every firm is large, keen and asks what the model says.
SAME = Market(4, 1.0, 1e9, 0.0, 0.0, 0.0, 1.0)


@pytest.fixture(scope="module")
def town():
    """Twelve zones of one unit of 46,700 m² each, in a line."""
    n, costs = 12, CostModel()
    sums = {"area": np.full(n, 46_700), "households": np.full(n, 667)}
    region = Region(
        names=tuple(f"u{i}" for i in range(n)),
        xy=np.column_stack([200.0 * np.arange(n), np.zeros(n)]),
        load=costs.load(sums),
        direct=costs.direct(sums),
        sums=sums,
        edges=np.array([(i, i + 1) for i in range(n - 1)]),
        costs=costs,
    )
    return Plan(Problem(region, n, tolerance=None), np.arange(n))


@pytest.fixture(scope="module")
def threes(town):
    return bundle(town, size=3)


def test_a_lot_is_tendered_with_its_area_and_what_must_come_in(town, threes):
    lot = threes.lots[0]
    tender = tender_of(town, threes.lots, reserve=1.1)
    costs = CostModel()
    # cost, 8 % of it as profit, and 6 % of both as tax, each to the yuan
    profit = round(lot.cost * costs.profit)
    asked = lot.cost + profit + round((lot.cost + profit) * costs.tax)
    assert tender.names == ("1", "2", "3", "4")
    assert tender.areas == (140_100,) * 4
    assert tender.estimates[0] == asked
    assert tender.reserves[0] == Decimal(11 * asked) / 10  # to the fen
    with pytest.raises(InputError, match="reserve is 0"):
        tender_of(town, threes.lots, reserve=0)


def test_firms_that_are_all_alike_ask_the_estimate(town, threes):
    bids = draw_bids(threes, SAME)
    estimate = tender_of(town, threes.lots).estimates
    singles = [bid for bid in bids.bids if len(bid.lots) == 1]
    assert len(singles) == 4 * 4
    assert all(bid.price == estimate[bid.lots[0]] for bid in singles)
    # and for two lots side by side what one lot of their zones costs
    both = [bid for bid in bids.bids if bid.lots == (0, 1)]
    assert len(both) == 4
    joint = judge_lots(
        town, [range(6), *(lot.zones for lot in threes.lots[2:])], size=6, count=0
    ).lots[0]
    factor = estimate[0] / threes.lots[0].cost
    assert both[0].price == pytest.approx(joint.cost * factor, rel=1e-5)
    assert {bid.lots for bid in bids.bids if len(bid.lots) == 2} == {
        *((0, 1), (1, 2), (2, 3)),
    }


def test_packages_make_the_price_of_alike_firms_lower(threes):
    alone = simulate_bids(threes, replace(SAME, packages=0.0), draws=1)
    both = simulate_bids(threes, SAME, draws=1)
    assert alone.expected_price == sum(alone.tender.estimates)
    assert both.expected_price < alone.expected_price


def test_few_bidders_are_counted_by_draw(threes):
    two = simulate_bids(threes, replace(SAME, num_firms=2), draws=3)
    assert two.chance_of_few == (1.0,) * 4
    assert two.expected_bidders == (2.0,) * 4
    assert two.has_winner.all()  # awarded all the same, to compare prices
    enough = simulate_bids(threes, SAME, draws=3)
    assert enough.chance_of_any_few == 0.0
    nobody = simulate_bids(threes, replace(SAME, num_firms=0), draws=2)
    assert nobody.expected_price == 0.0
    assert np.isnan(nobody.price_per_m2)


def test_capacity_keeps_small_firms_from_large_lots(town, threes):
    """Lots of 140,100 m² against lots of 46,700 m², firms of about 100,000 m²."""
    market = replace(SAME, capacity=100_000.0, capacity_spread=0.3, packages=0.0)
    large = simulate_bids(threes, market, draws=30)
    small = simulate_bids(bundle(town, size=1), market, draws=30)
    assert large.chance_of_any_few > small.chance_of_any_few == 0.0
    # what large lots save is 0.54 against 0.79 yuan a m² and month, before mark-ups
    factor = large.tender.estimates[0] / threes.lots[0].cost
    assert large.tender.estimates[0] / 12 / 140_100 == pytest.approx(
        0.54 * factor, 0.05
    )
    assert small.price_per_m2 > large.price_per_m2


def test_the_same_firms_come_to_every_design(town, threes):
    market = Market(packages=0.0)
    first = draw_bids(threes, market, seed=3)
    assert first.bids == draw_bids(threes, market, seed=3).bids
    assert first.bids != draw_bids(threes, market, seed=4).bids
    assert first.capacity == draw_bids(bundle(town, size=2), market, seed=3).capacity


def test_interest_is_a_share(threes):
    market = replace(SAME, interest=0.3, num_firms=10)
    found = simulate_bids(threes, market, draws=60)
    # 60 draws of 10 firms and 4 lots: 3 ± 0.1 bidders for a lot on average
    assert np.mean(found.expected_bidders) == pytest.approx(3.0, abs=0.35)


@pytest.mark.parametrize(
    "wrong",
    [{"interest": 1.5}, {"num_firms": -1}, {"spread": -0.1}, {"num_firms": 2.5}],
)
def test_markets_are_refused_where_they_mean_nothing(wrong):
    with pytest.raises(InputError, match="A market has"):
        Market(**wrong)


def test_draws_are_needed(threes):
    with pytest.raises(InputError, match="at least 1"):
        simulate_bids(threes, draws=0)


def test_drawn_bids_go_through_a_file_to_an_award_and_into_tables(threes, tmp_path):
    bids = draw_bids(threes, seed=1)
    lines = ["bidder,lot,price,capacity"]
    lines += [
        f"{bid.bidder},{'+'.join(str(lot + 1) for lot in bid.lots)},{bid.price},"
        f"{bids.capacity[bid.bidder]}"
        for bid in bids.bids
    ]
    (tmp_path / "bids.csv").write_text("\n".join(lines), "utf-8")
    found = award(threes, tmp_path / "bids.csv", Rules(fewest_bidders=1))
    direct = award(threes, bids, Rules(fewest_bidders=1))
    assert found.verdict.wins == direct.verdict.wins
    assert found.price == direct.price
    again = read_bids(tmp_path / "bids.csv", found.tender)
    assert [bid.price for bid in again.bids] == [bid.price for bid in bids.bids]
    write_award(tmp_path / "out", found)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {*FILES}
