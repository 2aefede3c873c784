"""What is to be said of lots in words: which rule gave way, why there are none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from zoning.lots.borders import VISIBLE
from zoning.lots.enumerate import LotEnumeration
from zoning.lots.lot import LotsVerdict, lot_name
from zoning.lots.rules import LotRules
from zoning.lots.search import BundlingOutcome, Stage
from zoning.lots.sizes import allowed_below, remainder_words
from zoning.result import Status
from zoning.solvers.budget import SearchBudget
from zoning.text.lists import first_few


@dataclass(frozen=True)
class ReasonParams:
    """How long is spent on saying why.

    Parameters
    ----------
    trial_seconds
        To try, one by one, which rule stands in the way.
    """

    trial_seconds: float = 5.0


PARAMS = ReasonParams()


def reason_of(
    outcome: BundlingOutcome,
    enumeration: LotEnumeration,
    verdict: LotsVerdict,
    budget: SearchBudget,
) -> str:
    """What was assumed, which rule gave way, why there are no lots, what to mind."""
    told = []
    if enumeration.gap_limit is not None:
        told.append(_without_near(enumeration))
    told += outcome.notes
    if not outcome.sets:
        told.append(_why(enumeration, outcome.status, budget))
        return " ".join(told)
    uneven = remainder_words([len(lot.zones) for lot in verdict.lots], enumeration.size)
    told = [*_small(enumeration), *filter(None, [uneven]), *told]
    told += _joined(enumeration, verdict)
    told += _whole(enumeration, outcome, verdict)
    told += _bidders(enumeration, verdict)
    return " ".join(told)


def _small(enumeration: LotEnumeration) -> Iterator[str]:
    num_zones = enumeration.zones.plan.num_zones
    if num_zones == 1 and enumeration.size > 1:
        yield "There is only one zone: it is a lot of its own."
    elif num_zones < enumeration.size:
        yield f"There are only {num_zones} zones: they make one lot."


def _without_near(enumeration: LotEnumeration) -> str:
    kept = (
        ""
        if enumeration.tolerance is None
        else f", costs within {_percent(enumeration)}"
    )
    kept += ", the rules of lots are kept" if _has_rules(enumeration.rules) else ""
    kept = " and".join(kept.rsplit(",", 1))
    return f"No choice of lots exists in which every lot's zones touch{kept}."


def _percent(enumeration: LotEnumeration) -> str:
    return f"±{100 * (enumeration.tolerance or 0):g} %"


def _has_rules(rules: LotRules) -> bool:
    return any(True for _ in rules.without_each())


def _joined(enumeration: LotEnumeration, verdict: LotsVerdict) -> Iterator[str]:
    names = enumeration.zones.names
    pairs = [pair for lot in verdict.lots for pair in lot.near]
    if pairs:
        told = ", ".join(f"zone {names[a]} and zone {names[b]}" for a, b in pairs)
        yield f"Joined although they do not touch: {told}."


def _whole(
    enumeration: LotEnumeration, outcome: BundlingOutcome, verdict: LotsVerdict
) -> Iterator[str]:
    """What was given for lots that look whole, and which do not all the same."""
    if not enumeration.whole_lots:
        return
    if outcome.cheapest is not None:
        more = verdict.cost - outcome.cheapest
        proof = ", proved" if outcome.status is Status.OPTIMAL else " found"
        yield (
            f"The cheapest lots{proof}, cost {outcome.cheapest:,}; "
            f"{100 * more / outcome.cheapest:.2f} % was given for lots that look whole."
        )
    torn = [lot_name(at) for at, lot in enumerate(verdict.lots) if not lot.whole]
    if torn:
        hang = "hangs" if len(torn) == 1 else "hang"
        within = f"{100 * enumeration.whole_lots:g} %"
        yield (
            f"{first_few(torn, 5).capitalize()} {hang} together by borders of less "
            f"than {VISIBLE:g} m; none within {within} of the "
            "cheapest was found with fewer such lots."
        )


def _bidders(enumeration: LotEnumeration, verdict: LotsVerdict) -> Iterator[str]:
    """Rules of thumb for competition: fewer lots than bidders, more than firms now.

    References
    ----------
    Grimm, Pacini, Spagnolo, Zanza (2006), Division into lots and competition in
    procurement, in: Handbook of Procurement, doi:10.1017/CBO9780511492556
    """
    lots, bidders = len(verdict.lots), enumeration.rules.bidders
    if bidders is None:
        return
    if lots >= bidders:
        yield (
            f"Warning: {lots} lots for {bidders} expected bidders. Bidders compete "
            "where there are fewer lots than bidders; ask for larger lots or find "
            "more bidders."
        )
    present = set().union(*enumeration.zones.companies)
    if present and lots <= len(present):
        yield (
            f"Warning: {lots} lots for {len(present)} companies that serve the "
            "buildings today, which may share them out; with one lot more than these "
            "a newcomer can win."
        )


def _why(enumeration: LotEnumeration, status: Status, budget: SearchBudget) -> str:
    """Why there are no lots, and what a planner can change."""
    if status is Status.UNKNOWN:
        return "The time ran out before lots were found. Raise time_limit."
    n, names = enumeration.zones.plan.num_zones, enumeration.zones.names
    columns = enumeration.columns(allowed_below(n, enumeration.size))
    left = np.setdiff1d(np.arange(n), columns.members)
    why = "Near zones do not help: no choice has every zone once."
    if len(left):
        told = first_few(f"zone {names[zone]}" for zone in left)
        why = f"Near zones do not help: no allowed lot holds {told}."
    return " ".join([why, *_ways_out(enumeration, budget)])


def _ways_out(enumeration: LotEnumeration, budget: SearchBudget) -> Iterator[str]:
    """Rules that stand in the way alone; where there are none, what there is to try."""
    assert enumeration.gap_limit is not None
    trial = SearchBudget.of(PARAMS.trial_seconds, budget.seed, budget.workers)
    laxer = list(enumeration.rules.without_each())
    tried = [(told, replace(enumeration, rules=rules)) for told, rules in laxer]
    if enumeration.tolerance is not None:
        told = f"the tolerance ({_percent(enumeration)})"
        tried.append((told, replace(enumeration, tolerance=None)))
    helps = [told for told, other in tried if _has_lots(other, trial)]
    if helps:
        yield f"There are lots without {' or without '.join(helps)}: relax that."
        return
    remedies = [f"Raise gap_limit ({enumeration.gap_limit:g} m)"]
    if enumeration.tolerance is not None:
        remedies.append(f"the tolerance ({_percent(enumeration)})")
    yield f"{' or '.join(remedies)}."
    if laxer:
        told = "; ".join(told for told, _ in laxer)
        yield f"Or relax several of: {told}."


def _has_lots(enumeration: LotEnumeration, budget: SearchBudget) -> bool:
    """Whether a choice of lots is found in time."""
    if enumeration.most() is None or budget.left <= 0:
        return False
    columns = enumeration.columns(
        allowed_below(enumeration.zones.plan.num_zones, enumeration.size)
    )
    nothing = np.zeros(len(columns), np.int64)
    choice = Stage(enumeration, columns, ()).least(
        nothing, budget, enumeration.rules.spread
    )
    return choice.columns is not None
