"""Awards as rows and words, for files and for the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zoning.result import Status
from zoning.tender.admission import some
from zoning.tender.award import Award
from zoning.tender.margins import Margin
from zoning.tender.reasons import Reasons
from zoning.text.issues import capital

BIDS = "award_bids.csv"
Row = dict[str, Any]

TIES = (
    "Equal awards are told apart by lower price in all, then higher quality in all, "
    "then the earlier bid."
)


def lot_rows(award: Award) -> list[Row]:
    """What became of each lot; the price of a package stands at its first lot.

    Columns: lot, winner, bid_lots (the package won), price, quality, bidders
    (independent, with a valid bid), too_few (fewer than the rules ask for), runner_up,
    runner_up_price, margin (what the award would lose without the winning bid),
    reason (why there is no winner, or what is not known of the margin and abnormal of
    the price).
    """
    margins = {margin.bid: margin for margin in award.margins}
    return [_lot_row(award, lot, margins) for lot in range(len(award.tender))]


def _lot_row(award: Award, lot: int, margins: dict[int, Margin]) -> Row:
    outcome = award.verdict.outcomes[lot]
    row: Row = {
        "lot": award.tender.names[lot],
        **dict.fromkeys(("winner", "bid_lots", "price", "quality")),
        "bidders": outcome.num_bidders,
        "too_few": "yes" if outcome.has_few else "",
        **dict.fromkeys(("runner_up", "runner_up_price", "margin")),
        "reason": outcome.reason,
    }
    if outcome.bid is None:
        return row
    bid = award.bids[outcome.bid]
    row["winner"], row["bid_lots"] = bid.bidder, _joined(award, bid.lots)
    first = bid.lots[0] == lot
    if first:
        row["price"], row["quality"] = bid.price, bid.quality
    margin = margins.get(outcome.bid)
    told = (margin.note if margin else "", award.admission.abnormal.get(outcome.bid))
    row["reason"] = "; ".join(filter(None, told))
    if margin is not None:
        next_ = margin.runners_up[bid.lots.index(lot)]
        if next_ is not None:
            other = award.bids[next_]
            row["runner_up"], row["runner_up_price"] = other.bidder, other.price
        if first:
            row["margin"] = margin.margin
    return row


def bid_rows(award: Award) -> list[Row]:
    """What became of each bid, in their order.

    Columns: bid, bidder, lots, price, quality, counts_for (by the rules), outcome
    (won, lost, rejected, not awardable), reason (why it did not win, or what is
    abnormal of its price).
    """
    admission, wins = award.admission, set(award.verdict.wins)
    reasons = Reasons(admission, award.verdict, award.status is Status.OPTIMAL)
    rows = []
    for number, bid in enumerate(award.bids):
        closed = [lot for lot in bid.lots if admission.closed[lot]]
        outcome, reason = "lost", ""
        if number in wins:
            outcome = "won"
        elif admission.rejected[number]:
            outcome, reason = "rejected", admission.rejected[number]
        elif closed:
            outcome = "not awardable"
            reason = f"{award.tender.called(closed)}: {admission.closed[closed[0]]}"
        else:
            reason = reasons.why_lost(number)
        told = (reason, admission.abnormal.get(number, ""))
        rows.append(
            {
                "bid": award.bids.called(number),
                "bidder": bid.bidder,
                "lots": _joined(award, bid.lots),
                "price": bid.price,
                "quality": bid.quality,
                "counts_for": admission.value.get(number),
                "outcome": outcome,
                "reason": "; ".join(filter(None, told)),
            }
        )
    return rows


def payment_rows(award: Award) -> list[Row]:
    """What each winner asks, and for comparison what VCG would pay it.

    Columns: bidder, first_price, vcg, note.
    """
    return [
        {
            "bidder": payment.bidder,
            "first_price": payment.first_price,
            "vcg": payment.vcg,
            "note": payment.note,
        }
        for payment in award.payments
    ]


def words_of(award: Award) -> list[str]:
    """The award in sentences, the most important first."""
    verdict, total = award.verdict, len(award.tender)
    held = [*verdict.winner_of]
    told = [
        f"{verdict.num_awarded} of {total} lots are awarded, for {verdict.price:,} "
        f"yuan a year in all (estimated at {award.tender.estimate_of(held):,}); "
        f"{_proof(award)}."
    ]
    told += _abnormal_words(award)
    few = [outcome.lot for outcome in verdict.outcomes if outcome.has_few]
    if few:
        least = award.admission.rules.fewest_bidders
        what = (
            "awarded where possible all the same"
            if award.admission.rules.award_despite_few
            else "to be tendered again"
        )
        where = award.tender.called(few)
        told.append(f"Fewer than {least} independent bidders: {where}; {what}.")
    told += [
        f"{capital(award.tender.called((outcome.lot,)))} has no winner: "
        f"{outcome.reason}."
        for outcome in verdict.outcomes
        if outcome.bid is None and not outcome.has_few
    ]
    rejected = sum(bool(why) for why in award.admission.rejected)
    if rejected:
        told.append(f"{rejected} of {len(award.bids)} bids are rejected; see {BIDS}.")
    told += _payment_words(award)
    told += [award.reason] if award.reason else []
    return [*told, *award.bids.notes]


def _abnormal_words(award: Award) -> list[str]:
    """Bids with abnormal prices, winning ones first."""
    wins, abnormal = set(award.verdict.wins), award.admission.abnormal
    if not abnormal:
        return []
    told = [
        f"{award.bids.called(n)} ({award.bids[n].bidder}"
        f"{', which wins' if n in wins else ''}): {abnormal[n]}"
        for n in sorted(abnormal, key=lambda n: (n not in wins, n))
    ]
    what = f"{len(told)} price{'s are' if len(told) > 1 else ' is'} abnormal"
    return [f"{what}; ask the bidder before you award: {some(told)}."]


def _proof(award: Award) -> str:
    if award.status is not Status.OPTIMAL:
        return "not proved best"
    if award.settled:
        return "proved best"
    return "proved best; whether another award is equally good is not known"


def _payment_words(award: Award) -> list[str]:
    known = [payment for payment in award.payments if payment.vcg is not None]
    if not known:
        return []
    asked = sum(payment.first_price for payment in known)
    vcg = sum(payment.vcg or 0 for payment in known)
    return [
        f"Paid by VCG, {len(known)} of {len(award.payments)} winners would get {vcg:,} "
        f"where they ask {asked:,}."
    ]


def _joined(award: Award, lots: Sequence[int]) -> str:
    return "+".join(award.tender.names[lot] for lot in lots)
