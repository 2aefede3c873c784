"""Why each bid that could win did not: in words, from the checker's numbers alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from zoning.tender.admission import Admission
from zoning.tender.bids import Bid
from zoning.tender.check_award import AwardVerdict, exceeded
from zoning.tender.yuan import Yuan, to_the_fen


@dataclass(frozen=True, eq=False)
class Reasons:
    """Tells why bids lost.

    Parameters
    ----------
    admission
        What was tendered and bid.
    verdict
        Who wins.
    proved
        No award is better.
    """

    admission: Admission
    verdict: AwardVerdict
    proved: bool

    @cached_property
    def _by_group(self) -> dict[str, list[int]]:
        """The winning bids of each group of related firms."""
        found: dict[str, list[int]] = {}
        for won in self.verdict.wins:
            found.setdefault(self._group(won), []).append(won)
        return found

    def _group(self, number: int) -> str:
        bids = self.admission.bids
        return bids.group_of(bids[number].bidder)

    def why_lost(self, number: int) -> str:
        """Why a valid bid, every lot of which could be awarded, does not win."""
        bid = self.admission.bids[number]
        held = self.verdict.winner_of
        rivals = sorted({held[lot] for lot in bid.lots if lot in held})
        barred = self._barred(number, rivals)
        rest = sorted({lot for won in rivals for lot in self._lots(won)} - {*bid.lots})
        worth = self._counts(rivals)
        dearer = to_the_fen(self._counts([number]) - worth)
        told = self._winners(rivals)
        if barred and (rest or dearer < 0 or not rivals):
            return f"with it, {barred}"
        if rest:
            return f"{told}; {self._without(number, rest, rivals)}"
        if dearer > 0:
            return (
                f"{told}, counting for {worth:,}; this bid counts for {dearer:,} more"
            )
        if dearer == 0:
            return f"{told}; this bid counts for as much, {self._tie(bid, rivals)}"
        return f"{told}; the award is not proved best"

    def _lots(self, number: int) -> tuple[int, ...]:
        return self.admission.bids[number].lots

    def _counts(self, numbers: Sequence[int]) -> Yuan:
        return to_the_fen(sum(self.admission.value[number] for number in numbers))

    def _barred(self, number: int, rivals: Sequence[int]) -> str:
        """What keeps the bid from winning in the place of its rivals."""
        own = self._by_group.get(self._group(number), ())
        kept = [won for won in own if won not in rivals]
        return next(exceeded(self.admission, [*kept, number]), "").rstrip(".")

    def _winners(self, rivals: Sequence[int]) -> str:
        """Who wins the lots: "C wins lots 1 + 2"."""
        called = self.admission.tender.called
        bids = self.admission.bids
        parts = [f"{bids[won].bidder} wins {called(bids[won].lots)}" for won in rivals]
        return ", ".join(parts)

    def _without(self, number: int, rest: Sequence[int], rivals: Sequence[int]) -> str:
        """What becomes of further lots that the rivals hold."""
        lots = self.admission.tender.called(rest)
        others = [
            bid
            for bid in self.admission.awardable
            if self._lots(bid) == tuple(rest) and bid != number
        ]
        allowed = [bid for bid in others if self._fit(number, bid, rivals)]
        if not allowed:
            how = "is better" if self.proved else "was found that is better"
            return f"with this bid {lots} would go to others, and no such award {how}"
        least = min(allowed, key=lambda bid: (self.admission.value[bid], bid))
        bidder = self.admission.bids[least].bidder
        total, worth = self._counts([number, least]), self._counts(rivals)
        how = "as much, and ties decide" if total == worth else f"{total:,}"
        return (
            f"that counts for {worth:,}, this bid and that of {bidder} for {lots} "
            f"for {how}"
        )

    def _fit(self, number: int, other: int, rivals: Sequence[int]) -> bool:
        """Whether both may win in the place of the rivals."""
        kept = [won for won in self.verdict.wins if won not in rivals]
        return not any(exceeded(self.admission, [*kept, number, other]))

    def _tie(self, bid: Bid, rivals: Sequence[int]) -> str:
        """Which of the ties decides."""
        won = [self.admission.bids[number] for number in rivals]
        if bid.price > sum(one.price for one in won):
            return "its price is higher"
        if bid.hundredths * len(bid.lots) < sum(
            one.hundredths * len(one.lots) for one in won
        ):
            return "its quality is lower"
        return "and others are earlier"
