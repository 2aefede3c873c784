"""Awards against all subsets of bids, counted by code that shares none with them."""

from decimal import Decimal
from fractions import Fraction
from functools import partial

import numpy as np
import pytest

from zoning.errors import InputError
from zoning.result import Status
from zoning.solvers.winner_determination.solve import WinnerParams, WinnerSearch
from zoning.tender import winner_search
from zoning.tender.award import award
from zoning.tender.bids import Bid, Bids, Tender
from zoning.tender.margins import NOBODY, NOT_LOOKED
from zoning.tender.report import bid_rows
from zoning.tender.rules import BestValue, LowestPrice, Rules, ScoreByRatio

# --- the truth about tiny tenders ----------------------------------------------------


def chance_case(seed):
    """One to four lots, up to nine bids, any rules.

    Prices are so coarse that many tie, or apart by fen: rounded to yuan they would tie.
    """
    chance = np.random.default_rng(seed)
    n = int(chance.integers(1, 5))
    areas = tuple(int(x) for x in chance.integers(1, 4, n))
    estimates = tuple(int(x) for x in chance.integers(3, 9, n))
    reserves = tuple(
        None if chance.random() < 0.7 else int(x) - Decimal("0.25")
        for x in chance.integers(3, 9, n)
    )
    tender = Tender(tuple("abcd"[:n]), areas, estimates, reserves)
    firms = "ABCDE"[: chance.integers(1, 6)]
    singles = chance.random() < 0.3
    apart = bool(seed % 2)
    seen = {}
    for _ in range(int(chance.integers(1, 10))):
        size = 1 if singles else min(n, int(chance.choice([1, 1, 1, 2, 3])))
        lots = tuple(sorted(int(x) for x in chance.choice(n, size, replace=False)))
        firm = firms[chance.integers(len(firms))]
        price = int(chance.integers(3, 6)) * size - int(chance.integers(2))
        price = max(1, price)
        if apart:
            off = int(chance.choice([-51, -49, 0, 1, 49, 51]))
            price = 5 * size + Decimal(off) / 100
        quality = float(chance.integers(0, 4)) * 25
        seen.setdefault((firm, lots), Bid(firm, lots, price, quality))
    capacity = {f: int(chance.integers(1, 8)) for f in firms if chance.random() < 0.2}
    group = {f: "G" for f in firms if chance.random() < 0.15}
    rules = Rules(
        value=[LowestPrice(), BestValue(60, 40), ScoreByRatio()][
            chance.integers(3 if singles else 2)
        ],
        bidding=["or", "xor"][chance.integers(2)],
        most_lots=[None, None, 1, 2][chance.integers(4)],
        fewest_bidders=int(chance.integers(0, 4)),
        award_despite_few=bool(chance.random() < 0.2),
    )
    return tender, Bids(tuple(seen.values()), capacity, group), rules


class Truth:
    """Every allowed award of a tiny tender, and the best of them."""

    def __init__(self, tender, bids, rules):
        self.tender, self.rules, self.all = tender, rules, bids.bids
        self.capacity, self.group = bids.capacity, bids.group
        valid = [i for i in range(len(self.all)) if self.is_valid(i)]
        firms = [
            {self.root(self.all[i].bidder) for i in valid if lot in self.all[i].lots}
            for lot in range(len(tender.names))
        ]
        self.open = {
            lot
            for lot, some in enumerate(firms)
            if some and (rules.award_despite_few or len(some) >= rules.fewest_bidders)
        }
        self.live = [i for i in valid if self.open.issuperset(self.all[i].lots)]
        self.points = self.counted(valid)

    def root(self, firm):
        return self.group.get(firm, firm)

    def is_valid(self, i):
        bid = self.all[i]
        for other in self.all:
            related = self.root(other.bidder) == self.root(bid.bidder)
            if related and other.bidder != bid.bidder and set(other.lots) & {*bid.lots}:
                return False
        caps = [self.tender.reserves[lot] for lot in bid.lots]
        if None not in caps and bid.price > sum(caps):
            return False
        area = sum(self.tender.areas[lot] for lot in bid.lots)
        if area > self.capacity.get(bid.bidder, area):
            return False
        return len(bid.lots) <= (self.rules.most_lots or 99)

    def counted(self, valid):
        """What each valid bid counts for in fen, by the formulas of the page."""
        rule, points = self.rules.value, {}
        for i in valid:
            bid = self.all[i]
            quality = Fraction(bid.quality) / 100
            if isinstance(rule, LowestPrice):
                points[i] = 100 * Fraction(bid.price)
            elif isinstance(rule, BestValue):
                estimate = sum(self.tender.estimates[lot] for lot in bid.lots)
                worth = Fraction(40, 60) * quality * estimate
                points[i] = round(100 * (Fraction(bid.price) - worth))
            else:
                rivals = [self.all[j] for j in valid if self.all[j].lots == bid.lots]
                low = min(other.price for other in rivals)
                ratio = Fraction(low) / Fraction(bid.price)
                score = 60 * ratio + 40 * quality
                points[i] = 100 * (10_000 - round(100 * score))
        return points

    def is_allowed(self, some):
        lots = [lot for i in some for lot in self.all[i].lots]
        if len(set(lots)) < len(lots):
            return False
        firms = [self.all[i].bidder for i in some]
        if self.rules.bidding == "xor" and len(set(firms)) < len(firms):
            return False
        for firm in set(firms):
            won = [self.all[i] for i in some if self.all[i].bidder == firm]
            area = sum(self.tender.areas[lot] for bid in won for lot in bid.lots)
            if area > self.capacity.get(firm, area):
                return False
        for root in {self.root(firm) for firm in firms}:
            won = [self.all[i] for i in some if self.root(self.all[i].bidder) == root]
            if sum(len(bid.lots) for bid in won) > (self.rules.most_lots or 99):
                return False
        return True

    def rank(self, some):
        """Smaller is better; the order of bids comes last."""
        won = [self.all[i] for i in some]
        return (
            -sum(len(bid.lots) for bid in won),
            Fraction(sum(self.points[i] for i in some), 100),
            sum(bid.price for bid in won),
            -sum(bid.quality * len(bid.lots) for bid in won),
            [0 if i in some else 1 for i in range(len(self.all))],
        )

    def awards(self, struck=()):
        """All allowed awards, grown bid by bid."""
        found = [()]
        for i in self.live:
            if i not in struck:
                more = ((*some, i) for some in found)
                found += [some for some in more if self.is_allowed(some)]
        return found

    def best(self, struck=()):
        return min(self.awards(struck), key=self.rank)


@pytest.mark.parametrize(
    "seeds", [range(300), pytest.param(range(3_000, 4_500), marks=pytest.mark.slow)]
)
def test_chance_tenders_are_awarded_as_all_subsets_say(seeds):
    ties = 0
    for seed in seeds:
        case = chance_case(seed)
        truth = Truth(*case)
        best = truth.best()
        found = award(case[0], case[1], case[2], margin_limit=0)
        assert found.verdict.wins == best, seed
        assert (found.status, found.settled) == (Status.OPTIMAL, True)
        assert found.bound == found.verdict.value == truth.rank(best)[1]
        lost = [row for row in bid_rows(found) if row["outcome"] != "won"]
        assert all(row["reason"] for row in lost), seed
        equal = [x for x in truth.awards() if truth.rank(x)[:2] == truth.rank(best)[:2]]
        ties += len(equal) > 1
    assert ties > len(seeds) / 20  # the tie rules were needed


def set_params(monkeypatch, **params):
    """Look for winners with other parameters."""
    other = partial(WinnerSearch, params=WinnerParams(**params))
    monkeypatch.setattr(winner_search, "WinnerSearch", other)


def test_the_relaxation_changes_no_award(monkeypatch):
    """Large tenders are relaxed first; with the limits at 0 so are these."""
    set_params(monkeypatch, relaxed_above=0, first_bids=1, tie_chunk=2)
    for seed in range(1_000, 1_150):
        case = chance_case(seed)
        truth = Truth(*case)
        found = award(case[0], case[1], case[2], margin_limit=0)
        assert found.verdict.wins == truth.best(), seed
        assert (found.status, found.settled) == (Status.OPTIMAL, True)
        assert found.bound == found.verdict.value


@pytest.mark.parametrize("few", [400, 0])
def test_margins_and_payments_are_those_of_all_subsets(few, monkeypatch):
    set_params(monkeypatch, relaxed_above=few)
    known = 0
    for seed in range(2_000, 2_150):
        tender, bids, rules = chance_case(seed)
        truth = Truth(tender, bids, rules)
        found = award(tender, bids, rules)
        lots, value = truth.rank(truth.best())[:2]
        for margin in found.margins:
            won = bids.bids[margin.bid]
            struck = {
                i
                for i, bid in enumerate(bids.bids)
                if bid.bidder == won.bidder and set(bid.lots) & set(won.lots)
            }
            other_lots, other = truth.rank(truth.best(struck))[:2]
            if other_lots > lots:
                assert (margin.margin, margin.note) == (None, NOBODY), seed
                continue
            assert margin.margin == other - value, seed
            named = {i for i in margin.runners_up if i is not None}
            assert not named & struck
            known += 1
        for payment in found.payments:
            mine = {
                i for i, bid in enumerate(bids.bids) if bid.bidder == payment.bidder
            }
            other_lots, other = truth.rank(truth.best(mine))[:2]
            asked = sum(bids.bids[i].price for i in mine & set(found.verdict.wins))
            assert payment.first_price == asked
            if other_lots > lots or isinstance(rules.value, ScoreByRatio):
                assert payment.vcg is None
                assert payment.note
            else:
                assert payment.vcg == Fraction(asked) + other - value, seed
                assert payment.vcg >= asked
    assert known > 50


# --- single rules, by hand -----------------------------------------------------------


def test_what_is_neither_lots_nor_bids_is_refused():
    with pytest.raises(
        InputError, match=r"bids must be Bids, or a file of them; got \[1, 2\] \(list\)"
    ):
        award(tender(10), [1, 2])


def tender(*areas, reserve=None):
    """Lots 1, 2, ... of these areas, each thought to cost 100 yuan."""
    n = len(areas)
    names = tuple(str(number + 1) for number in range(n))
    reserves = (reserve,) * n
    return Tender(names, tuple(areas), (100,) * n, reserves)


def bids(*offers, capacity=None, group=None):
    """Bids written ("A", "12", 190): bidder, lots by number, price[, quality]."""
    made = [
        Bid(who, tuple(int(lot) - 1 for lot in lots), *rest)
        for who, lots, *rest in offers
    ]
    return Bids(tuple(made), capacity or {}, group or {})


ANY = Rules(fewest_bidders=0)


def winners(found):
    """Lot number → bidder."""
    return {
        outcome.lot + 1: found.bids.bids[outcome.bid].bidder
        for outcome in found.verdict.outcomes
        if outcome.bid is not None
    }


def test_a_cheap_package_beats_two_cheap_lots():
    # lot by lot A asks 100 and B 90: 190; C asks 180 for both
    offers = bids(("A", "1", 100), ("B", "2", 90), ("C", "12", 180))
    found = award(tender(1, 1), offers, ANY)
    assert (winners(found), found.price) == ({1: "C", 2: "C"}, 180)
    # without the package 190, so C's margin is 10, and by VCG C is paid 190
    assert found.margins[0].margin == 10
    assert found.margins[0].runners_up == (0, 1)
    assert (found.payments[0].first_price, found.payments[0].vcg) == (180, 190)


def test_more_lots_come_before_a_lower_price():
    # the package alone costs 50 and leaves lot 3 out; 300 award all three
    offers = bids(("A", "12", 50), ("B", "1", 100), ("C", "23", 200))
    assert winners(award(tender(1, 1, 1), offers, ANY)) == {1: "B", 2: "C", 3: "C"}


def test_under_xor_a_bidder_wins_one_bid_and_under_or_several():
    offers = bids(("A", "1", 10), ("A", "2", 10), ("B", "1", 20), ("B", "2", 25))
    both = tender(1, 1)
    assert winners(award(both, offers, ANY)) == {1: "A", 2: "A"}
    # XOR: A on 1 and B on 2 cost 35, B on 1 and A on 2 cost 30
    one = Rules(bidding="xor", fewest_bidders=0)
    assert winners(award(both, offers, one)) == {1: "B", 2: "A"}


def test_related_firms_share_the_limit_of_lots():
    offers = bids(
        ("A", "1", 10), ("A2", "2", 10), ("B", "1", 30), ("B", "2", 35),
        group={"A": "house", "A2": "house"},
    )  # fmt: skip
    one = Rules(most_lots=1, fewest_bidders=0)
    assert winners(award(tender(1, 1), offers, one)) == {1: "B", 2: "A2"}


def test_capacity_holds_for_all_lots_of_a_bidder_together():
    # A could serve 150 m² in all: one of the two lots
    offers = bids(
        ("A", "1", 10), ("A", "2", 10), ("B", "1", 50), ("B", "2", 40),
        capacity={"A": 150},
    )  # fmt: skip
    assert winners(award(tender(100, 100), offers, ANY)) == {1: "A", 2: "B"}


def test_a_lot_nobody_can_take_says_why():
    offers = bids(("A", "1", 10), ("A", "2", 10), capacity={"A": 150})
    found = award(tender(100, 100), offers, ANY)
    assert winners(found) == {1: "A"}  # 10 either way: the earlier bid wins
    reason = found.verdict.outcomes[1].reason
    assert reason == (
        "no bid for it fits the award (A: with it, A wins 200 m²; its capacity is "
        "150 m²)"
    )


def test_ties_go_to_lower_price_then_quality_then_order():
    # 100 - 2/3 · 60 % · 100 = 60 and 80 - 2/3 · 30 % · 100 = 60: equal value
    value = Rules(BestValue(60, 40), fewest_bidders=0)
    assert winners(
        award(tender(1), bids(("A", "1", 100, 60.0), ("B", "1", 80, 30.0)), value)
    ) == {1: "B"}
    assert winners(
        award(tender(1), bids(("A", "1", 80, 10.0), ("B", "1", 80, 30.0)), ANY)
    ) == {1: "B"}
    same = bids(("B", "1", 80, 30.0), ("A", "1", 80, 30.0))
    assert winners(award(tender(1), same, ANY)) == {1: "B"}


def test_a_runner_up_may_be_nobody():
    found = award(tender(1), bids(("A", "1", 80)), ANY)
    assert found.margins[0].runners_up == (None,)
    assert found.margins[0].note == found.payments[0].note == NOBODY
    assert found.payments[0].vcg is None


def test_points_are_no_payment():
    ratio = Rules(ScoreByRatio(), fewest_bidders=0)
    offers = bids(("A", "1", 90, 60.0), ("B", "1", 100, 80.0))
    found = award(tender(1), offers, ratio)
    # A: 60 + 24 = 84; B: 60 · 0.9 + 32 = 86
    assert winners(found) == {1: "B"}
    assert found.margins[0].margin == 200  # two points, in hundredths
    assert (found.payments[0].vcg, found.payments[0].note) == (
        None,
        "points are not yuan",
    )


def test_without_bids_nothing_is_awarded():
    found = award(tender(1, 1), Bids(()))
    assert (found.status, found.price) == (Status.OPTIMAL, 0)
    assert {outcome.reason for outcome in found.verdict.outcomes} == {"no bid"}


def test_no_time_for_margins_is_said():
    found = award(tender(1), bids(("A", "1", 80), ("B", "1", 90)), ANY, margin_limit=0)
    assert found.margins[0].note == found.payments[0].note == NOT_LOOKED


def hard(seed=0, num_lots=60, num_bids=900, firms=12):
    """Packages of three lots under tight capacities: not proved in a moment."""
    chance = np.random.default_rng(seed)
    made = {}
    while len(made) < num_bids:
        firm = f"F{chance.integers(firms)}"
        start, size = int(chance.integers(num_lots)), int(chance.integers(1, 4))
        lots = tuple(sorted({(start + step) % num_lots for step in range(size)}))
        price = int(size * 1_000 * chance.uniform(0.8, 1.2))
        made[firm, lots] = Bid(firm, lots, price)
    areas = tuple(int(x) for x in chance.integers(900, 1_800, num_lots))
    names = tuple(str(number + 1) for number in range(num_lots))
    capacity = {f"F{k}": 8_000 for k in range(firms)}
    estimates = (1_000,) * num_lots
    return Tender(names, areas, estimates), Bids(tuple(made.values()), capacity)


def test_without_time_the_award_is_allowed_and_honest():
    case = hard()
    best = award(*case, margin_limit=0)
    assert best.status is Status.OPTIMAL
    for seconds in (0.01, 0.1, 0.4):
        found = award(*case, time_limit=seconds, margin_limit=0)
        assert found.verdict.ok
        assert found.verdict.num_awarded <= best.verdict.num_awarded
        if found.status is Status.FEASIBLE:
            assert found.reason
            assert found.margins == found.payments == ()
        if found.verdict.num_awarded == best.verdict.num_awarded:
            assert found.verdict.value >= best.verdict.value
            assert found.bound is None or found.bound <= best.verdict.value
    assert award(*case, time_limit=0.01).status is Status.FEASIBLE


@pytest.mark.parametrize("seconds", [0.01, 0.1, 0.4])
def test_a_bound_holds_where_values_are_negative(seconds):
    """CP-SAT tells 0 where it knows nothing; worth of quality may exceed prices."""
    tender, offers = hard()
    some = [Bid(bid.bidder, bid.lots, bid.price, 100.0) for bid in offers.bids]
    rules = Rules(BestValue(30, 70))
    found = award(
        *(tender, Bids(tuple(some), offers.capacity), rules),
        time_limit=seconds,
        margin_limit=0,
    )
    assert found.verdict.value < 0
    assert found.bound is None or found.bound <= found.verdict.value


def test_one_worker_and_one_seed_give_one_award():
    case = hard(seed=1, num_lots=24, num_bids=500, firms=8)
    first, second = (award(*case, margin_limit=0) for _ in range(2))
    assert first.status is Status.OPTIMAL
    assert first.verdict.wins == second.verdict.wins
    assert first.bound == second.bound


# --- money to the fen ----------------------------------------------------------------


def test_a_bid_lower_by_less_than_a_yuan_wins():
    offers = bids(("A", "1", 380_000.49), ("B", "1", 385_000), ("C", "1", 379_999.51))
    found = award(tender(1), offers, ANY)
    assert (winners(found), found.price) == ({1: "C"}, Decimal("379999.51"))
    # without C the award costs 98 fen more, and so much more VCG would pay
    assert found.margins[0].margin == Decimal("0.98")
    assert found.payments[0].vcg == Decimal("380000.49")
    assert found.bound == found.verdict.value == found.price


def test_a_package_dearer_by_a_fen_loses():
    alone = (("A", "1", 99.99), ("B", "2", 90.01))
    for ask, who in ((190.01, {1: "A", 2: "B"}), (189.99, {1: "C", 2: "C"})):
        found = award(tender(1, 1), bids(*alone, ("C", "12", ask)), ANY)
        assert winners(found) == who
        assert found.margins[0].margin == Decimal("0.01")


def test_quality_is_weighed_to_the_fen():
    # 40/60 · 10 % · 100 = 6.6667: 66.67 - 6.67 = 60.00 against 59.99 without quality
    value = Rules(BestValue(60, 40), fewest_bidders=0)
    offers = bids(("A", "1", 66.67, 10.0), ("B", "1", 59.99, 0.0))
    assert winners(award(tender(1), offers, value)) == {1: "B"}


def test_a_reserve_price_is_not_rounded_up():
    offers = bids(("A", "1", 110.13), ("B", "1", 110.12))
    found = award(tender(1, reserve=Decimal("110.12")), offers, ANY)
    assert winners(found) == {1: "B"}
    assert "110.13 is above the reserve price 110.12" in found.admission.rejected[0]
