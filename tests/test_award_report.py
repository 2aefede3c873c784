"""What is told and written of an award."""

import re

import pytest

from zoning.errors import InputError
from zoning.tender.award import award
from zoning.tender.bids import Bid, Bids, Tender
from zoning.tender.files import FILES, LOTS, PAGE, page_of, write_award
from zoning.tender.markdown import plain
from zoning.tender.report import BIDS, bid_rows, lot_rows, payment_rows, words_of
from zoning.tender.rules import Rules, ScoreByRatio


@pytest.fixture(scope="module")
def told():
    """Lots 1 and 2 to a package, lot 3 with two bidders, one bid above its reserve."""
    offers = (
        *[("A", (0,), 100, 80.0), ("B", (1,), 90, 70.0), ("C", (0, 1), 180, 90.0)],
        *[("A", (1,), 120, 80.0), ("B", (0,), 130, 70.0), ("A", (2,), 50, 80.0)],
        *[("B", (2,), 60, 70.0), ("D", (2,), 210, 75.0)],
    )
    tender = Tender(("1", "2", "3"), (10, 20, 30), (100,) * 3, (200,) * 3)
    return award(tender, Bids(tuple(Bid(*offer) for offer in offers)))


def test_rows_tell_what_became_of_each_lot(told):
    first, second, third = lot_rows(told)
    assert first == {
        "lot": "1", "winner": "C", "bid_lots": "1+2", "price": 180, "quality": 90.0,
        "bidders": 3, "too_few": "", "runner_up": "A", "runner_up_price": 100,
        "margin": 10, "reason": "",
    }  # fmt: skip
    # the price of the package stands once, so that the column can be summed
    assert (second["winner"], second["price"], second["runner_up"]) == ("C", None, "B")
    assert (third["winner"], third["bidders"], third["too_few"]) == (None, 2, "yes")
    assert third["reason"] == (
        "2 independent bidders, at least 3 are needed (D: its price 210 is above the "
        "reserve price 200)"
    )


def test_rows_tell_what_became_of_each_bid(told):
    rows = bid_rows(told)
    outcomes = [
        "lost",
        "lost",
        "won",
        "lost",
        "lost",
        *["not awardable"] * 2,
        "rejected",
    ]
    assert [row["outcome"] for row in rows] == outcomes
    assert rows[2]["lots"] == "1+2"
    assert rows[5]["reason"].startswith("lot 3: 2 independent bidders")
    assert payment_rows(told) == [
        {"bidder": "C", "first_price": 180, "vcg": 190, "note": ""}
    ]


def test_words_tell_the_most_important_first(told):
    words = words_of(told)
    assert words[0].startswith(
        "2 of 3 lots are awarded, for 180 yuan a year in all (estimated at 200); "
        "proved best."
    )
    assert words[1] == (
        "Fewer than 3 independent bidders: lot 3; to be tendered again."
    )
    assert words[2] == "1 of 8 bids are rejected; see award_bids.csv."
    assert words[3] == ("Paid by VCG, 1 of 1 winners would get 190 where they ask 180.")


def test_one_page_tells_it_all(told):
    page = page_of(told)
    assert "| 1 | C | 180 | A | 100 | 10 | 3 |  |" in page
    assert "| 2 | C | in 1+2 | B | 90 |  | 3 |  |" in page
    assert "| 3 | **none** |  |  |  |  | 2 | too few bidders; 2 independent" in page
    assert "| C | 180 | 190 |  |" in page
    assert "- A bid counts for its price; the least sum is best" in page
    assert "- A lot with fewer than 3 independent bidders is tendered again." in page
    ratio = award(
        told.tender, Bids(()), Rules(ScoreByRatio(), "xor", 2, award_despite_few=True)
    )
    page = page_of(ratio)
    assert "60 · lowest price / price + 40 · quality / 100, in hundredths" in page
    assert "A bidder wins one of its bids at most." in page
    assert "A bidder wins at most 2 lots, related firms together." in page
    assert "is only flagged." in page
    assert "## Payments" not in page


def test_files_are_written_and_old_ones_removed(told, tmp_path):
    write_award(tmp_path / "new", told)
    assert {path.name for path in (tmp_path / "new").iterdir()} == {*FILES}
    text = (tmp_path / "new" / LOTS).read_bytes()
    assert text.startswith(b"\xef\xbb\xbflot,winner,bid_lots,price")
    write_award(tmp_path / "new", award(told.tender, Bids(())))
    assert {path.name for path in (tmp_path / "new").iterdir()} == {LOTS, PAGE}
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="Nothing can be written"):
        write_award(tmp_path / "file", told)


def test_bids_say_why_they_were_not_looked_at(told):
    assert BIDS in words_of(told)[2]
    assert "reserve price 200" in bid_rows(told)[-1]["reason"]


# --- why bids lose -------------------------------------------------------------------


def reasons(*offers, lots=2, capacity=None, **rules):
    """Reasons of bids written ("A", "12", 190[, quality]); lots cost 100."""
    names = tuple(str(lot + 1) for lot in range(lots))
    made = [Bid(who, tuple(int(x) - 1 for x in on), *more) for who, on, *more in offers]
    found = award(
        Tender(names, (100,) * lots, (100,) * lots),
        Bids(tuple(made), capacity or {}),
        Rules(fewest_bidders=0, **rules),
    )
    return [row["reason"] for row in bid_rows(found)]


def test_a_dearer_bid_is_told_by_how_much():
    told = reasons(("A", "1", 100), ("B", "1", 100.01), lots=1)
    assert told[1] == "A wins lot 1, counting for 100; this bid counts for 0.01 more"


def test_the_lowest_bid_for_a_lot_is_told_why_it_loses():
    # lot by lot A and B ask 190, C asks 180 for both
    told = reasons(("A", "1", 95), ("B", "2", 95), ("C", "12", 180))
    assert told[0] == (
        "C wins lots 1 + 2; that counts for 180, this bid and that of B for lot 2 "
        "for 190"
    )
    # A may win one lot: lot 2, where it saves more
    told = reasons(
        ("A", "1", 90), ("A", "2", 80), ("B", "1", 95), ("B", "2", 99), most_lots=1
    )
    assert told[0] == "with it, A wins 2 lots; at most 1 are allowed"
    told = reasons(
        ("A", "1", 90), ("A", "2", 80), ("B", "1", 95), ("B", "2", 99),
        capacity={"A": 150},
    )  # fmt: skip
    assert told[0] == "with it, A wins 200 m²; its capacity is 150 m²"
    # the package leaves lot 3 to nobody
    told = reasons(("A", "12", 110), ("B", "1", 100), ("C", "23", 190), lots=3)
    assert told[0] == (
        "B wins lot 1, C wins lots 2 + 3; with this bid lot 3 would go to others, and "
        "no such award is better"
    )


def test_ties_are_told():
    same = reasons(("A", "1", 90, 60.0), ("B", "1", 90, 60.0), lots=1)
    assert same[1].endswith("this bid counts for as much, and others are earlier")
    worse = reasons(("A", "1", 90, 50.0), ("B", "1", 90, 60.0), lots=1)
    assert worse[0].endswith("counts for as much, its quality is lower")


# --- abnormal prices -----------------------------------------------------------------


def test_prices_far_from_the_estimate_are_named_everywhere():
    offers = [("A", 49.99), ("B", 100), ("C", 200.01), ("D", 50), ("E", 200)]
    bids = Bids(tuple(Bid(who, (0,), ask, None, 2) for who, ask in offers))
    found = award(Tender(("1",), (1,), (100,)), bids)
    low = "its price 49.99 is abnormal: under half of the estimate 100"
    assert words_of(found)[1] == (
        "2 prices are abnormal; ask the bidder before you award: row 2 (A, which wins):"
        f" {low}; row 2 (C): its price 200.01 is abnormal: over twice the estimate 100."
    )
    assert lot_rows(found)[0]["reason"] == low
    assert [("abnormal" in row["reason"]) for row in bid_rows(found)] == [
        *(True, False, True, False, False)
    ]
    assert f"| {low} |" in page_of(found)


# --- names that would do something ---------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<img src=x onerror=y>", "&lt;img src=x onerror=y&gt;"),
        ("A|B", r"A\|B"),
        ("[x](http://y)", r"\[x\](http\://y)"),
        ("![x](y)", r"!\[x\](y)"),
        ("**A** `b` _c_ d_e ~f~", r"\*\*A\*\* \`b\` \_c\_ d_e \~f\~"),
        (r"\| A", r"\\\| A"),
        ("A & B", "A &amp; B"),
        ("www.y.cn", r"www\.y.cn"),
    ],
)
def test_the_page_shows_names_and_obeys_none(name, shown):
    bids = Bids((Bid(name, (0,), 90), Bid("B", (0,), 100)))
    page = page_of(award(Tender(("1",), (1,), (100,)), bids, Rules(fewest_bidders=0)))
    assert f"| 1 | {shown} | 90 | B |" in page
    assert f"| {shown} | 90 | 100 |  |" in page
    few = page_of(award(Tender((name,), (1,), (100,)), bids))
    assert f"Fewer than 3 independent bidders: lot {shown}; to be" in few


@pytest.mark.parametrize("line", ["# A", "- A", "1. A", "12) A", "+ A", "A\n\n# B"])
def test_a_line_of_others_begins_nothing(line):
    (only,) = plain(line).splitlines()
    assert re.match(r"#|[-+] |[0-9]+[.)]", only) is None
