"""Judge an award: every rule and every price, without a solver.

What is shown to anyone about an award comes from here; nothing in this module trusts
what a search said. That no other award is better is the one thing it cannot tell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from zoning.tender.admission import Admission, some
from zoning.tender.yuan import Yuan, to_the_fen
from zoning.text.issues import capital


@dataclass(frozen=True)
class LotOutcome:
    """What became of a lot.

    Parameters
    ----------
    lot
        Its position.
    bid
        The winning bid, or None.
    num_bidders
        Independent bidders with a valid bid for it.
    has_few
        They are fewer than the rules ask for.
    reason
        Why it has no winner; nothing where it has one.
    """

    lot: int
    bid: int | None
    num_bidders: int
    has_few: bool
    reason: str


@dataclass(frozen=True, eq=False)
class AwardVerdict:
    """What `judge_award` found.

    Parameters
    ----------
    faults
        Every broken rule in words; empty when the award keeps them all.
    wins
        The winning bids, ascending.
    outcomes
        What became of each lot.
    price
        What the winners ask in all, yuan a year.
    value
        What they count for by the rules; the least is best.
    quality
        Their quality in hundredths of a point, each bid as often as it has lots.
    """

    faults: tuple[str, ...]
    wins: tuple[int, ...]
    outcomes: tuple[LotOutcome, ...]
    price: Yuan
    value: Yuan
    quality: int

    @property
    def ok(self) -> bool:
        """The award keeps every rule."""
        return not self.faults

    @cached_property
    def winner_of(self) -> Mapping[int, int]:
        """The winning bid of each lot that has one."""
        won = ((outcome.lot, outcome.bid) for outcome in self.outcomes)
        return {lot: bid for lot, bid in won if bid is not None}

    @property
    def num_awarded(self) -> int:
        """Lots that have a winner."""
        return len(self.winner_of)


def judge_award(
    admission: Admission, wins: Iterable[int], *, struck: Collection[int] = ()
) -> AwardVerdict:
    """Price an award, given as winning bids, and list every rule it breaks.

    Parameters
    ----------
    struck
        Bids taken to be withdrawn: none of them may win.
    """
    given = sorted(set(wins))
    known = [number for number in given if 0 <= number < len(admission.bids)]
    faults = [f"There is no bid {n + 1}." for n in given if n not in set(known)]
    faults += [f"Bid {n + 1} wins but is withdrawn." for n in known if n in struck]
    faults += _invalid(admission, known)
    faults += _held_twice(admission, known)
    faults += exceeded(admission, known)
    held = {lot: n for n in known for lot in admission.bids[n].lots}
    outcomes = tuple(
        _outcome(admission, known, held, lot) for lot in range(len(admission.tender))
    )
    faults += _left_over(admission, known, struck)
    won = [admission.bids[number] for number in known]
    return AwardVerdict(
        faults=tuple(faults),
        wins=tuple(known),
        outcomes=outcomes,
        price=to_the_fen(sum(bid.price for bid in won)),
        value=to_the_fen(sum(admission.value.get(number, 0) for number in known)),
        quality=sum(bid.hundredths * len(bid.lots) for bid in won),
    )


def _invalid(admission: Admission, wins: Sequence[int]) -> Iterator[str]:
    bids = admission.bids
    for number in wins:
        what = f"{capital(bids.called(number))} ({bids[number].bidder})"
        if admission.rejected[number]:
            yield f"{what} wins but is rejected: {admission.rejected[number]}."
        for lot in bids[number].lots:
            if admission.closed[lot]:
                name, why = admission.tender.called((lot,)), admission.closed[lot]
                yield f"{what} wins {name}, which cannot be awarded: {why}."


def _held_twice(admission: Admission, wins: Sequence[int]) -> Iterator[str]:
    times = [0] * len(admission.tender)
    for number in wins:
        for lot in admission.bids[number].lots:
            times[lot] += 1
    for lot, often in enumerate(times):
        if often > 1:
            name = capital(admission.tender.called((lot,)))
            yield f"{name} is won {often} times."


def exceeded(admission: Admission, wins: Sequence[int]) -> Iterator[str]:
    """Limits of bidders that these bids would break if they won, as sentences."""
    bids, tender, rules = admission.bids, admission.tender, admission.rules
    won: dict[str, list[int]] = {}
    together: dict[str, int] = {}
    for number in wins:
        bid = bids[number]
        won.setdefault(bid.bidder, []).append(number)
        group = bids.group_of(bid.bidder)
        together[group] = together.get(group, 0) + len(bid.lots)
    for bidder, numbers in won.items():
        if rules.bidding == "xor" and len(numbers) > 1:
            yield f"{bidder} wins {len(numbers)} bids that exclude one another."
        area = sum(tender.area_of(bids[number].lots) for number in numbers)
        capacity = bids.capacity.get(bidder)
        if capacity is not None and area > capacity:
            yield f"{bidder} wins {area:,} m²; its capacity is {capacity:,} m²."
    for group, number in together.items():
        if rules.most_lots is not None and number > rules.most_lots:
            yield f"{group} wins {number} lots; at most {rules.most_lots} are allowed."


def additions(admission: Admission, wins: Sequence[int]) -> Iterator[int]:
    """Bids that could win besides these: an award of most lots leaves none."""
    held = {lot for number in wins for lot in admission.bids[number].lots}
    for number in admission.awardable:
        free = held.isdisjoint(admission.bids[number].lots)
        if free and not any(exceeded(admission, [*wins, number])):
            yield number


def _left_over(
    admission: Admission, wins: Sequence[int], struck: Collection[int]
) -> Iterator[str]:
    for number in additions(admission, wins):
        if number in struck:
            continue
        what = capital(admission.bids.called(number))
        lots = admission.tender.called(admission.bids[number].lots)
        yield f"{what} could win {lots} besides."


def _outcome(
    admission: Admission, wins: Sequence[int], held: Mapping[int, int], lot: int
) -> LotOutcome:
    reason = ""
    if lot not in held:
        reason = admission.closed[lot] or _why_not(admission, wins, held, lot)
    return LotOutcome(
        lot=lot,
        bid=held.get(lot),
        num_bidders=admission.num_bidders[lot],
        has_few=admission.has_few(lot),
        reason=reason,
    )


def _why_not(
    admission: Admission, wins: Sequence[int], held: Mapping[int, int], lot: int
) -> str:
    """Why none of the valid bids for an open lot wins."""
    told = []
    for number in admission.valid:
        bid = admission.bids[number]
        if lot in bid.lots:
            why = next(_hindrances(admission, wins, held, number), "could win")
            told.append(f"{bid.bidder}: {why}")
    return f"no bid for it fits the award ({some(told)})"


def _hindrances(
    admission: Admission, wins: Sequence[int], held: Mapping[int, int], number: int
) -> Iterator[str]:
    bid = admission.bids[number]
    for lot in bid.lots:
        name = admission.tender.called((lot,))
        if admission.closed[lot]:
            yield f"its package holds {name}, which cannot be awarded"
        if lot in held:
            winner = admission.bids[held[lot]].bidder
            yield f"its package holds {name}, which {winner} wins"
    for fault in exceeded(admission, [*wins, number]):
        yield f"with it, {fault.rstrip('.')}"
