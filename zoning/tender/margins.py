"""What depends on each winner: the margin, the runner-up and the payment by VCG.

Each is the best award without somebody, searched for anew and priced by the checker.

References
----------
.. [1] W. Vickrey, "Counterspeculation, auctions, and competitive sealed tenders",
   Journal of Finance 16(1), 1961. https://doi.org/10.1111/j.1540-6261.1961.tb02789.x
.. [2] E. H. Clarke, "Multipart pricing of public goods", Public Choice 11, 1971.
   https://doi.org/10.1007/BF01726210
.. [3] T. Groves, "Incentives in teams", Econometrica 41(4), 1973.
   https://doi.org/10.2307/1914085
"""

from __future__ import annotations

from dataclasses import dataclass, field

from zoning.clock import perf_counter
from zoning.errors import PlanError
from zoning.tender.check_award import AwardVerdict, judge_award
from zoning.tender.winner_search import TenderSearch
from zoning.tender.yuan import Yuan, of_fen, to_the_fen

NOT_LOOKED = "not known: the time was over"
NOBODY = "without it fewer lots could be awarded"
SHARE = 0.25  # of the time left that one search may take


@dataclass(frozen=True)
class Margin:
    """What depends on one winning bid.

    Parameters
    ----------
    bid
        The winning bid.
    margin
        By how much the value of the best award rises without it, in the unit of the
        rules; None where that is not known.
    runners_up
        For each of its lots the bid that would win instead, or None.
    note
        Why the margin is not known, or not proved.
    """

    bid: int
    margin: Yuan | None
    runners_up: tuple[int | None, ...]
    note: str = ""


@dataclass(frozen=True)
class Payment:
    """What a winning bidder is paid, yuan a year.

    Parameters
    ----------
    bidder
        Who is paid.
    first_price
        What it asks.
    vcg
        What it would be paid by the rule of Vickrey, Clarke and Groves: what it asks
        and all that its bids save the buyer. None where that is not defined or known.
    note
        Why `vcg` is None.
    """

    bidder: str
    first_price: Yuan
    vcg: Yuan | None
    note: str = ""


Counterfactual = tuple[AwardVerdict | None, str]


@dataclass(frozen=True, eq=False)
class Counterfactuals:
    """The best awards without somebody: runners-up and payments.

    Parameters
    ----------
    search
        Finds them.
    verdict
        The best award, proved.
    deadline
        What is not begun by then is not looked at.
    """

    search: TenderSearch
    verdict: AwardVerdict
    deadline: float
    _known: dict[frozenset[int], Counterfactual] = field(
        default_factory=dict, repr=False
    )

    def margins(self) -> tuple[Margin, ...]:
        """What depends on each winning bid."""
        return tuple(self._margin(number) for number in self.verdict.wins)

    def _margin(self, number: int) -> Margin:
        """Without the bid, and without its bidder's others for any of its lots."""
        bids = self.search.admission.bids
        won = bids[number]
        struck = [
            other
            for other in bids.by_bidder[won.bidder]
            if not set(won.lots).isdisjoint(bids[other].lots)
        ]
        other, note = self._without(frozenset(struck))
        if other is None:
            return Margin(number, None, (None,) * len(won.lots), note)
        return Margin(
            number,
            to_the_fen(other.value - self.verdict.value),
            tuple(other.outcomes[lot].bid for lot in won.lots),
            note,
        )

    def payments(self) -> tuple[Payment, ...]:
        """What each winning bidder is paid."""
        bids = self.search.admission.bids
        asked: dict[str, Yuan] = {}
        for number in self.verdict.wins:
            bid = bids[number]
            asked[bid.bidder] = to_the_fen(asked.get(bid.bidder, 0) + bid.price)
        return tuple(self._payment(bidder, asked[bidder]) for bidder in sorted(asked))

    def _payment(self, bidder: str, asked: Yuan) -> Payment:
        if not self.search.admission.rules.value.in_yuan:
            return Payment(bidder, asked, None, "points are not yuan")
        numbers = frozenset(self.search.admission.bids.by_bidder[bidder])
        other, note = self._already(numbers) or self._without(numbers)
        if other is None or note:
            return Payment(bidder, asked, None, note)
        saved = other.value - self.verdict.value
        return Payment(bidder, asked, to_the_fen(asked + saved))

    def _already(self, struck: frozenset[int]) -> Counterfactual | None:
        """An award found without some of these bids in which none of them wins."""
        for some, (other, note) in self._known.items():
            known = other is not None and not note and some <= struck
            if known and other is not None and struck.isdisjoint(other.wins):
                return other, note
        return None

    def _without(self, struck: frozenset[int]) -> Counterfactual:
        """The best award of as many lots without some bids, and what is doubtful."""
        if struck not in self._known:
            self._known[struck] = self._searched(struck)
        return self._known[struck]

    def _searched(self, struck: frozenset[int]) -> Counterfactual:
        left = self.deadline - perf_counter()
        if left <= 0:
            return None, NOT_LOOKED
        seconds = SHARE * left  # a hard one leaves time for the others
        found = self.search.without(sorted(struck), self.verdict.wins, seconds)
        if found.bids is None:
            return None, NOBODY if found.proved else NOT_LOOKED
        other = judge_award(self.search.admission, found.bids, struck=struck)
        if not other.ok:
            msg = f"An award breaks a rule: {' '.join(other.faults)} Please report it."
            raise PlanError(msg)
        atleast = to_the_fen(of_fen(found.bound) - self.verdict.value)
        return other, "" if found.proved else f"not proved; it is at least {atleast:,}"
