"""Which bids are valid and which lots can be awarded, before anybody wins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from zoning.errors import InputError
from zoning.tender.bids import Bids, Tender
from zoning.tender.rules import Rules
from zoning.tender.yuan import Yuan, to_the_fen
from zoning.text.lists import first_few

FAR = 2  # times the estimate, or the estimate so many times a price, is abnormal
_NAMED = 3  # bids that a reason names


@dataclass(frozen=True, eq=False)
class Admission:
    """Which bids are valid and which lots can be awarded, before anybody wins.

    Parameters
    ----------
    tender, bids, rules
        What is judged.

    Raises
    ------
    InputError
        A bid names a lot that is not tendered, or cannot be counted by the rules.
    """

    tender: Tender
    bids: Bids
    rules: Rules

    def __post_init__(self) -> None:
        faults = []
        for number, bid in enumerate(self.bids):
            what = f"{self.bids.called(number)} ({bid.bidder})"
            if bid.lots[-1] >= len(self.tender) or bid.lots[0] < 0:
                faults.append(f"{what} names a lot that is not tendered")
                continue
            told = self.rules.value.faults(bid)
            faults += [f"{what} {fault}" for fault in told]
        if faults:
            msg = f"The bids do not fit the tender: {first_few(faults, mark='; ')}."
            raise InputError(msg)

    @cached_property
    def rejected(self) -> tuple[str, ...]:
        """Why each bid is rejected; nothing where it is valid."""
        related = self._related
        return tuple(
            related.get(number, "") or next(self._too_much(number), "")
            for number in range(len(self.bids))
        )

    @cached_property
    def _related(self) -> Mapping[int, str]:
        """Bids for a lot that a related firm bids for as well."""
        found: dict[int, str] = {}
        for numbers in self.bids.by_group.values():
            firms: dict[int, set[str]] = {}
            for number in numbers:
                bid = self.bids[number]
                for lot in bid.lots:
                    firms.setdefault(lot, set()).add(bid.bidder)
            for number in numbers:
                bid = self.bids[number]
                for lot in bid.lots:
                    others = sorted(firms[lot] - {bid.bidder})
                    if others:
                        found.setdefault(
                            number,
                            f"{', '.join(others)} is related and bids for "
                            f"{self.tender.called((lot,))} too",
                        )
        return found

    def _too_much(self, number: int) -> Iterator[str]:
        """What no award could allow this bid."""
        bid = self.bids[number]
        reserve = self.tender.reserve_of(bid.lots)
        if reserve is not None and bid.price > reserve:
            yield f"its price {bid.price:,} is above the reserve price {reserve:,}"
        area, capacity = self.tender.area_of(bid.lots), self._capacity(bid.bidder)
        if capacity is not None and area > capacity:
            yield f"its {area:,} m² exceed the bidder's capacity of {capacity:,} m²"
        most = self.rules.most_lots
        if most is not None and len(bid.lots) > most:
            yield f"it has {len(bid.lots)} lots; a bidder wins at most {most}"

    @cached_property
    def abnormal(self) -> Mapping[int, str]:
        """Valid bids whose price is far from the estimate, and how far."""
        found = {}
        for number in self.valid:
            bid = self.bids[number]
            estimate = self.tender.estimate_of(bid.lots)
            told = f"its price {bid.price:,} is abnormal: "
            if FAR * bid.price < estimate:
                found[number] = f"{told}under half of the estimate {estimate:,}"
            elif bid.price > FAR * estimate:
                found[number] = f"{told}over twice the estimate {estimate:,}"
        return found

    def _capacity(self, bidder: str) -> int | None:
        return self.bids.capacity.get(bidder)

    @cached_property
    def valid(self) -> tuple[int, ...]:
        """Bids that are not rejected."""
        return tuple(number for number, why in enumerate(self.rejected) if not why)

    @cached_property
    def num_bidders(self) -> tuple[int, ...]:
        """Independent bidders with a valid bid for each lot, alone or in a package."""
        groups: list[set[str]] = [set() for _ in range(len(self.tender))]
        for number in self.valid:
            bid = self.bids[number]
            for lot in bid.lots:
                groups[lot].add(self.bids.group_of(bid.bidder))
        return tuple(len(some) for some in groups)

    def has_few(self, lot: int) -> bool:
        """The lot has fewer bidders than the rules ask for."""
        return self.num_bidders[lot] < self.rules.fewest_bidders

    @cached_property
    def closed(self) -> tuple[str, ...]:
        """Why each lot cannot be awarded at all; nothing where it can."""
        return tuple(self._why_closed(lot) for lot in range(len(self.tender)))

    def _why_closed(self, lot: int) -> str:
        number = self.num_bidders[lot]
        if number and (self.rules.award_despite_few or not self.has_few(lot)):
            return ""
        out = [
            f"{self.bids[bid].bidder}: {why}"
            for bid, why in enumerate(self.rejected)
            if why and lot in self.bids[bid].lots
        ]
        told = f" ({some(out)})" if out else ""
        if not number:
            return f"all bids are rejected{told}" if out else "no bid"
        return (
            f"{number} independent bidder{'s' if number > 1 else ''}, at least "
            f"{self.rules.fewest_bidders} are needed{told}"
        )

    @cached_property
    def awardable(self) -> tuple[int, ...]:
        """Valid bids of which every lot can be awarded."""
        return tuple(
            number
            for number in self.valid
            if not any(self.closed[lot] for lot in self.bids[number].lots)
        )

    @cached_property
    def value(self) -> Mapping[int, Yuan]:
        """What each valid bid counts for, kept to a hundredth."""
        some = [self.bids[number] for number in self.valid]
        counted = map(to_the_fen, self.rules.value(self.tender, some))
        return dict(zip(self.valid, counted, strict=True))


def some(told: Sequence[str]) -> str:
    """The first few of several reasons, and how many more there are."""
    return first_few(told, _NAMED, "; ")
