"""The rules of an award, by hand and without a solver."""

from itertools import pairwise

import pytest

from zoning.errors import InputError
from zoning.tender.admission import Admission
from zoning.tender.bids import Bid, Bids, Tender
from zoning.tender.check_award import additions, judge_award
from zoning.tender.rules import BestValue, LowestPrice, Rules, ScoreByRatio


def tender(*areas, reserves=()):
    """Lots 1, 2, ... of these areas, each thought to cost 1,000 yuan."""
    n = len(areas)
    names = tuple(str(number + 1) for number in range(n))
    return Tender(names, tuple(areas), (1_000,) * n, reserves)


def admit(lots, *offers, rules=Rules(fewest_bidders=0), capacity=None, group=None):
    """Offers are written ("A", "12", 190): bidder, lots by number, price[, quality]."""
    made = [
        Bid(who, tuple(int(lot) - 1 for lot in numbers), *rest)
        for who, numbers, *rest in offers
    ]
    return Admission(lots, Bids(tuple(made), capacity or {}, group or {}), rules)


# --- which bids are valid ------------------------------------------------------------


def test_related_firms_lose_both_bids_for_a_lot_and_keep_the_others():
    house = {"A": "house", "B": "house"}
    found = admit(
        tender(1, 1), ("A", "1", 9), ("B", "12", 9), ("A", "2", 9), ("C", "1", 9),
        group=house,
    )  # fmt: skip
    # B's package meets A's bids for lot 1 and for lot 2
    assert [bool(why) for why in found.rejected] == [True, True, True, False]
    assert found.rejected[0] == "B is related and bids for lot 1 too"
    apart = admit(tender(1, 1), ("A", "1", 9), ("B", "2", 9), group=house)
    assert apart.rejected == ("", "")


def test_a_group_named_like_a_bidder_includes_it():
    found = admit(tender(1), ("A", "1", 9), ("B", "1", 8), group={"B": "A"})
    assert all(found.rejected)


def test_prices_above_the_reserve_are_rejected_and_at_it_are_not():
    lots = tender(1, 1, 1, reserves=(100, 50, None))
    found = admit(
        lots, ("A", "1", 101), ("B", "1", 100), ("C", "12", 151), ("D", "12", 150),
        ("E", "13", 999),
    )  # fmt: skip
    # lots 1 and 2 together may cost 150; with lot 3 a package has no reserve
    assert [bool(why) for why in found.rejected] == [True, False, True, False, False]
    assert found.rejected[2] == "its price 151 is above the reserve price 150"


def test_what_exceeds_a_limit_alone_is_rejected():
    found = admit(
        tender(60, 50), ("A", "12", 9), ("B", "12", 9), ("B", "1", 5),
        capacity={"A": 109}, rules=Rules(fewest_bidders=0, most_lots=1),
    )  # fmt: skip
    assert found.rejected[0] == "its 110 m² exceed the bidder's capacity of 109 m²"
    assert found.rejected[1] == "it has 2 lots; a bidder wins at most 1"
    assert found.rejected[2] == ""


# --- which lots can be awarded -------------------------------------------------------


def test_a_lot_needs_three_independent_bidders():
    three = [("A", "1", 9), ("B", "1", 9), ("C", "12", 9), ("D", "2", 9)]
    found = admit(tender(1, 1), *three, rules=Rules())
    assert found.num_bidders == (3, 2)
    assert found.closed[0] == ""
    assert found.closed[1] == "2 independent bidders, at least 3 are needed"
    # C's package counts for lot 1, but cannot be awarded with lot 2
    assert found.awardable == (0, 1)
    flagged = admit(tender(1, 1), *three, rules=Rules(award_despite_few=True))
    assert flagged.closed == ("", "")
    assert flagged.has_few(1)
    assert flagged.awardable == (0, 1, 2, 3)


def test_bids_of_one_bidder_and_of_related_firms_are_one_bidder():
    twice = admit(
        tender(1, 1), ("A", "1", 9), ("A", "12", 9), ("B", "1", 9), rules=Rules()
    )
    assert twice.num_bidders[0] == 2
    # X bids for lot 1 and its sister Y for lot 2: neither is rejected
    sisters = admit(
        tender(1, 1), ("X", "1", 9), ("Y", "2", 9), group={"X": "g", "Y": "g"}
    )
    assert sisters.num_bidders == (1, 1)


def test_a_lot_tells_why_it_cannot_be_awarded():
    lots = tender(1, 1, 1, reserves=(8, 8, 8))
    found = admit(
        lots, ("A", "1", 9), ("B", "1", 8), ("A", "2", 9), rules=Rules(fewest_bidders=2)
    )
    rejected = "A: its price 9 is above the reserve price 8"
    assert found.closed == (
        f"1 independent bidder, at least 2 are needed ({rejected})",
        f"all bids are rejected ({rejected})",
        "no bid",
    )


# --- what bids count for -------------------------------------------------------------


def test_full_quality_is_worth_its_weight_of_the_estimate():
    value = BestValue(60, 40)
    # 40/60 · 0.9 · 1,000 = 600 for one lot; 40/60 · 0.9 · 2,000 = 1,200 for two
    one, two = Bid("A", (0,), 900, 90.0), Bid("A", (0, 1), 1_700, 90.0)
    assert value(tender(1, 1), [one, two]) == (300, 500)


def test_best_value_ranks_a_lot_as_its_score_does():
    lots, value = tender(1), BestValue(70, 30)
    bids = [Bid("A", (0,), 800 + 7 * k, float(k * k % 101)) for k in range(40)]
    score = [70 * (2 - bid.price / 1_000) + 30 * bid.quality / 100 for bid in bids]
    counted = value(lots, bids)
    order = sorted(range(40), key=lambda k: -score[k])
    # rounding to whole yuan moves a score by less than 0.1 points
    assert all(counted[a] <= counted[b] + 1 for a, b in pairwise(order))


def test_weights_and_scales_are_refused_where_they_mean_nothing():
    with pytest.raises(InputError, match="price at least 1"):
        BestValue(0, 100)
    with pytest.raises(InputError, match="make 100"):
        ScoreByRatio(60, 30)
    with pytest.raises(InputError, match="whole numbers"):
        BestValue(0.6, 0.4)


def test_all_bids_that_cannot_be_counted_are_told_at_once():
    offers = [("A", "1", 9), ("B", "1", 9, 101.0), ("C", "12", 9, 50.0)]
    with pytest.raises(InputError) as told:
        admit(tender(1, 1), *offers, rules=Rules(ScoreByRatio()))
    assert "bid 1 (A) has no quality score" in str(told.value)
    assert "bid 2 (B) has quality 101; the scale ends at 100" in str(told.value)
    assert "bid 3 (C) is a package of 2 lots" in str(told.value)
    with pytest.raises(InputError, match="names a lot that is not tendered"):
        admit(tender(1), ("A", "2", 9))


@pytest.mark.parametrize(
    "wrong", [{"bidding": "and"}, {"most_lots": 0}, {"fewest_bidders": -1}]
)
def test_rules_are_refused_where_they_mean_nothing(wrong):
    with pytest.raises(InputError):
        Rules(**wrong)


# --- judging -------------------------------------------------------------------------


def test_a_good_award_is_priced():
    found = admit(
        tender(1, 1, 1), ("A", "12", 190, 80.0), ("B", "3", 70, 60.5), ("C", "3", 90)
    )
    verdict = judge_award(found, [1, 0])
    assert verdict.ok
    assert (verdict.wins, verdict.price, verdict.value) == ((0, 1), 260, 260)
    assert verdict.quality == 2 * 8_000 + 6_050
    assert [outcome.bid for outcome in verdict.outcomes] == [0, 0, 1]
    assert verdict.num_awarded == 3


@pytest.mark.parametrize(
    ("wins", "fault"),
    [
        ([0, 1], "Lot 1 is won 2 times."),
        ([3], "Bid 4 (D) wins but is rejected: its price 900 is above"),
        ([4], "wins lot 3, which cannot be awarded: 1 independent bidder"),
        ([0, 2], "A wins 2 bids that exclude one another."),
        ([7], "There is no bid 8."),
        ([1], "Bid 3 could win lot 2 besides."),
    ],
)
def test_each_broken_rule_is_told(wins, fault):
    found = admit(
        tender(1, 1, 1, reserves=(500, 500, 500)),
        *[("A", "1", 100), ("B", "1", 100), ("A", "2", 100)],
        *[("D", "2", 900), ("E", "3", 100), ("F", "2", 100)],
        rules=Rules(LowestPrice(), "xor", fewest_bidders=2),
    )
    assert any(fault in told for told in judge_award(found, wins).faults)


def test_limits_over_several_bids_are_judged():
    found = admit(
        tender(60, 50, 40), ("A", "1", 9), ("A", "2", 9), ("B", "3", 9),
        capacity={"A": 100}, group={"A": "g", "B": "g"},
        rules=Rules(most_lots=2, fewest_bidders=0),
    )  # fmt: skip
    assert judge_award(found, [0, 1]).faults == (
        "A wins 110 m²; its capacity is 100 m².",
    )
    three = judge_award(found, [0, 1, 2]).faults
    assert "g wins 3 lots; at most 2 are allowed." in three
    assert judge_award(found, [0, 2]).ok


def test_a_withdrawn_bid_neither_wins_nor_is_missed():
    found = admit(tender(1), ("A", "1", 9))
    assert judge_award(found, [], struck=[0]).ok
    assert judge_award(found, [0], struck=[0]).faults == (
        "Bid 1 wins but is withdrawn.",
    )


def test_additions_are_bids_that_still_fit():
    found = admit(tender(1, 1, 1), ("A", "12", 9), ("B", "2", 9), ("C", "3", 9))
    assert list(additions(found, [0])) == [2]
    assert list(additions(found, [2])) == [0, 1]


def test_an_open_lot_without_a_winner_tells_what_hinders_each_bid():
    found = admit(
        tender(1, 1, 1), ("A", "12", 9), ("B", "23", 5), ("A", "3", 9),
        rules=Rules(bidding="xor", fewest_bidders=0),
    )  # fmt: skip
    reason = judge_award(found, [0]).outcomes[2].reason
    assert reason == (
        "no bid for it fits the award (B: its package holds lot 2, which A wins; "
        "A: with it, A wins 2 bids that exclude one another)"
    )
