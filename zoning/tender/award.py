"""Award: which bidder wins which lot, proved best, with runners-up and payments.

The winners are found by `zoning.solvers.winner_determination`; every number shown comes
from `zoning.tender.check_award`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from pathlib import Path

import numpy as np

from zoning.check import sum_over
from zoning.clock import perf_counter
from zoning.errors import InputError, PlanError
from zoning.finance.accounts import profit_and_tax
from zoning.lots import Lots
from zoning.lots.lot import LOT_TUPLE, Lot
from zoning.plan import PLAN, Plan
from zoning.result import Status
from zoning.solvers.winner_determination.solve import Winners
from zoning.tender.admission import Admission
from zoning.tender.bids import Bids, Tender
from zoning.tender.check_award import AwardVerdict, additions, judge_award
from zoning.tender.margins import Counterfactuals, Margin, Payment
from zoning.tender.read_bids import read_bids
from zoning.tender.rules import RULES, Rules
from zoning.tender.winner_search import TenderSearch
from zoning.tender.yuan import Yuan, of_fen
from zoning.text.arguments import NAME, NUMBER, SEARCH, SECONDS, instance, many, takes

_MOST_RESERVE = 10  # a larger one is meant in percent


@dataclass(frozen=True, eq=False)
class Award:
    """Who wins what.

    Parameters
    ----------
    admission
        What was tendered and bid, by which rules; which bids are valid.
    status
        ``optimal``: proved that no allowed award has more lots, nor as many and a
        smaller value. Otherwise ``feasible``.
    verdict
        What `judge_award` says of it.
    bound
        No allowed award of as many lots has a smaller value; None if it is not even
        known how many lots can be awarded.
    settled
        Proved: among equally good awards the ties decide for this one.
    margins
        For each winning bid, in their order; none where the award is not proved best.
    payments
        For each winning bidder, by name; none where the award is not proved best.
    seconds
        Wall time of finding the winners.
    reason
        In words: what was not proved.
    """

    admission: Admission
    status: Status
    verdict: AwardVerdict
    bound: Yuan | None
    settled: bool
    margins: tuple[Margin, ...]
    payments: tuple[Payment, ...]
    seconds: float
    reason: str = ""

    @property
    def tender(self) -> Tender:
        """What was tendered."""
        return self.admission.tender

    @property
    def bids(self) -> Bids:
        """What was bid."""
        return self.admission.bids

    @property
    def price(self) -> Yuan:
        """What the winners ask in all, yuan a year."""
        return self.verdict.price


@takes(
    lots=instance((Lots, Tender), "lots, or a Tender", "zoning.bundle(plan)"),
    bids=instance((Bids, str, Path), "Bids, or a file of them", "'bids.xlsx'"),
    rules=RULES,
    margin_limit=SECONDS,
    **SEARCH,
)
def award(
    lots: Lots | Tender,
    bids: Bids | str | Path,
    rules: Rules = Rules(),
    *,
    time_limit: float = 60.0,
    margin_limit: float = 60.0,
    seed: int = 0,
    workers: int = 1,
) -> Award:
    """Award lots to bidders: as many lots as possible, then the best value.

    Among awards of the same value the ties are broken in this order: lower price in
    all; higher quality in all, each bid counted as often as it has lots; and last the
    award that has the earliest bid which the other lacks.

    Parameters
    ----------
    lots
        What `zoning.bundle` gave, or a `Tender` of your own.
    bids
        The bids, or a file of them; see `read_bids`.
    rules
        As announced in the tender documents.
    time_limit
        Seconds for finding and proving the winners.
    margin_limit
        Further seconds for runners-up and payments, each of which needs a search of its
        own; 0 leaves them out. What was not looked at says so.
    seed, workers
        One worker and one seed give one answer if the search ends in time.

    Raises
    ------
    InputError
        The bids have faults, or do not fit the tender or the rules.

    Examples
    --------
    >>> from zoning.tender.bids import Bid
    >>> tender = Tender(("1", "2"), (90_000, 90_000), (500_000, 500_000))
    >>> offers = [("A", 480), ("B", 470), ("C", 500)]
    >>> alone = [Bid(who, (k,), 1000 * ask) for who, ask in offers for k in (0, 1)]
    >>> both = Bid("C", (0, 1), 930_000)
    >>> found = award(tender, Bids((*alone, both)))
    >>> found.price, found.verdict.wins, found.margins[0].margin
    (930000, (6,), 10000)
    """
    start = perf_counter()
    tender = lots if isinstance(lots, Tender) else tender_of(lots.plan, lots.lots)
    if not isinstance(bids, Bids):
        bids = read_bids(bids, tender, value=rules.value)
    admission = Admission(tender, bids, rules)
    search = TenderSearch(admission, seed, workers)
    found = search.best(time_limit)
    verdict = _judged(admission, _filled(admission, found))
    seconds = perf_counter() - start
    without = Counterfactuals(search, verdict, perf_counter() + margin_limit)
    optimal = found.most_lots and found.proved
    return Award(
        admission=admission,
        status=Status.OPTIMAL if optimal else Status.FEASIBLE,
        verdict=verdict,
        bound=of_fen(found.bound) if found.most_lots else None,
        settled=found.ties_settled,
        margins=without.margins() if optimal else (),
        payments=without.payments() if optimal else (),
        seconds=seconds,
        reason=_reason(found, verdict),
    )


@takes(
    plan=PLAN,
    lots=LOT_TUPLE,
    names=many(NAME, "names in a list", "['1', '2']"),
    reserve=NUMBER.or_none,
)
def tender_of(
    plan: Plan,
    lots: Sequence[Lot],
    *,
    names: Sequence[str] = (),
    reserve: float | None = None,
) -> Tender:
    """What is tendered when lots of a plan are.

    The estimate of a lot is its cost with the profit and the tax of the cost model.

    Parameters
    ----------
    plan
        The plan of the lots.
    lots
        As `zoning.bundle` or `judge_lots` give them.
    names
        What they are called. Default: 1, 2, 3, ...
    reserve
        The highest price allowed, as a multiple of the estimate. None: no limit.

    Raises
    ------
    InputError
        There are no lots, or the reserve is no such multiple.
    """
    if reserve is not None and not 0 < reserve <= _MOST_RESERVE:
        msg = (
            f"The reserve is {reserve:g}; as a multiple of the estimate it is above 0 "
            f"and at most {_MOST_RESERVE}. Write 1.1 for 10 % above the estimate."
        )
        raise InputError(msg)
    area = sum_over(plan, plan.problem.region.area)
    cost = np.array([lot.cost for lot in lots], np.int64)
    profit, tax = profit_and_tax(plan.problem.region.costs, cost)
    estimates = (cost + profit + tax).tolist()
    return Tender(
        names=tuple(names) or tuple(str(number + 1) for number in range(len(lots))),
        areas=tuple(sum(int(area[zone]) for zone in lot.zones) for lot in lots),
        estimates=tuple(estimates),
        reserves=tuple(
            None if reserve is None else _reserve(reserve, estimate)
            for estimate in estimates
        ),
    )


def _reserve(multiple: float, estimate: int) -> Yuan:
    """The highest price in whole fen that is within the reserve as it was typed."""
    return of_fen(floor(100 * Fraction(str(multiple)) * estimate))


def _filled(admission: Admission, found: Winners) -> tuple[int, ...]:
    """The winners, and where the time was short what could obviously be added."""
    wins = found.bids or ()
    if not found.most_lots:
        while (more := next(additions(admission, wins), None)) is not None:
            wins = (*wins, more)
    return wins


def _judged(admission: Admission, wins: Sequence[int]) -> AwardVerdict:
    verdict = judge_award(admission, wins)
    if not verdict.ok:
        msg = f"The award breaks a rule: {' '.join(verdict.faults)} Please report it."
        raise PlanError(msg)
    return verdict


def _reason(found: Winners, verdict: AwardVerdict) -> str:
    """What was not proved, in words."""
    if not found.most_lots:
        return (
            f"{verdict.num_awarded} lots are awarded; it was not proved in time that "
            "no more could be."
        )
    if not found.proved:
        return (
            f"The award counts for {verdict.value:,}; none can count for less than "
            f"{of_fen(found.bound):,}. Raise the time limit to close the gap."
        )
    if not found.ties_settled:
        return "It was not proved in time that no other award is equally good."
    return ""
