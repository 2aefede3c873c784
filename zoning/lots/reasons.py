"""What is to be said of lots in words: which rule gave way, why there are none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from zoning.lots.enumerate import Listing
from zoning.lots.lot import LotsVerdict
from zoning.lots.rules import LotRules
from zoning.lots.search import Outcome, Stage
from zoning.lots.select import Clock
from zoning.lots.sizes import allowed_below
from zoning.result import Status
from zoning.text.lists import first_few

TRIAL = 5.0  # seconds to try, one by one, which rule stands in the way


def reason_of(
    outcome: Outcome, listing: Listing, verdict: LotsVerdict, clock: Clock
) -> str:
    """What was assumed, which rule gave way, why there are no lots, what to mind."""
    told = []
    if listing.gap_limit is not None:
        told.append(_without_near(listing))
    told += outcome.notes
    if not outcome.sets:
        told.append(_why(listing, outcome.status, clock))
        return " ".join(told)
    told = [*_small(listing), *told, *_joined(listing, verdict)]
    told += _bidders(listing, verdict)
    return " ".join(told)


def _small(listing: Listing) -> Iterator[str]:
    num_zones = listing.zones.plan.num_zones
    if num_zones == 1 and listing.size > 1:
        yield "There is only one zone: it is a lot of its own."
    elif num_zones < listing.size:
        yield f"There are only {num_zones} zones: they make one lot."


def _without_near(listing: Listing) -> str:
    kept = "" if listing.tolerance is None else f", costs within {_percent(listing)}"
    kept += ", the rules of lots are kept" if _has_rules(listing.rules) else ""
    kept = " and".join(kept.rsplit(",", 1))
    return f"No choice of lots exists in which every lot's zones touch{kept}."


def _percent(listing: Listing) -> str:
    return f"±{100 * (listing.tolerance or 0):g} %"


def _has_rules(rules: LotRules) -> bool:
    return any(True for _ in rules.without_each())


def _joined(listing: Listing, verdict: LotsVerdict) -> Iterator[str]:
    names = listing.zones.names
    pairs = [pair for lot in verdict.lots for pair in lot.near]
    if pairs:
        told = ", ".join(f"zone {names[a]} and zone {names[b]}" for a, b in pairs)
        yield f"Joined although they do not touch: {told}."


def _bidders(listing: Listing, verdict: LotsVerdict) -> Iterator[str]:
    """Rules of thumb for competition: fewer lots than bidders, more than incumbents.

    References
    ----------
    Grimm, Pacini, Spagnolo, Zanza (2006), Division into lots and competition in
    procurement, in: Handbook of Procurement, doi:10.1017/CBO9780511492556
    """
    lots, bidders = len(verdict.lots), listing.rules.bidders
    if bidders is None:
        return
    if lots >= bidders:
        yield (
            f"Warning: {lots} lots for {bidders} expected bidders. Bidders compete "
            "where there are fewer lots than bidders; ask for larger lots or find "
            "more bidders."
        )
    incumbents = set().union(*listing.zones.companies)
    if incumbents and lots <= len(incumbents):
        yield (
            f"Warning: {lots} lots for {len(incumbents)} companies that serve the "
            "buildings today, which may share them out; with one lot more than these "
            "a newcomer can win."
        )


def _why(listing: Listing, status: Status, clock: Clock) -> str:
    """Why there are no lots, and what a planner can change."""
    if status is Status.UNKNOWN:
        return "The time ran out before lots were found. Raise time_limit."
    n, names = listing.zones.plan.num_zones, listing.zones.names
    columns = listing.columns(allowed_below(n, listing.size))
    left = np.setdiff1d(np.arange(n), columns.members)
    why = "Near zones do not help: no choice has every zone once."
    if len(left):
        told = first_few(f"zone {names[zone]}" for zone in left)
        why = f"Near zones do not help: no allowed lot holds {told}."
    return " ".join([why, *_ways_out(listing, clock)])


def _ways_out(listing: Listing, clock: Clock) -> Iterator[str]:
    """Rules that stand in the way alone; where there are none, what there is to try."""
    assert listing.gap_limit is not None
    trial = replace(clock, deadline=clock.deadline - clock.left + TRIAL)
    laxer = list(listing.rules.without_each())
    tried = [(told, replace(listing, rules=rules)) for told, rules in laxer]
    if listing.tolerance is not None:
        told = f"the tolerance ({_percent(listing)})"
        tried.append((told, replace(listing, tolerance=None)))
    helps = [told for told, other in tried if _has_lots(other, trial)]
    if helps:
        yield f"There are lots without {' or without '.join(helps)}: relax that."
        return
    remedies = [f"Raise gap_limit ({listing.gap_limit:g} m)"]
    if listing.tolerance is not None:
        remedies.append(f"the tolerance ({_percent(listing)})")
    yield f"{' or '.join(remedies)}."
    if laxer:
        told = "; ".join(told for told, _ in laxer)
        yield f"Or relax several of: {told}."


def _has_lots(listing: Listing, clock: Clock) -> bool:
    """Whether a choice of lots is found in time."""
    if listing.most() is None or clock.left <= 0:
        return False
    columns = listing.columns(allowed_below(listing.zones.plan.num_zones, listing.size))
    nothing = np.zeros(len(columns), np.int64)
    choice = Stage(listing, columns, ()).least(nothing, clock, listing.rules.spread)
    return choice.columns is not None
