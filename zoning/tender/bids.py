"""What is tendered and what is bid for it: plain data, without any plan or file.

Money is in yuan a year, exact to the fen; areas are whole m². Inside, a lot is its
position in the tender and a bid its position among the bids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any
from unicodedata import category

import numpy as np

from zoning.errors import InputError
from zoning.tender.yuan import DEAREST, Yuan, as_yuan, to_the_fen
from zoning.text.arguments import (
    NAME,
    NAMES,
    NUMBER,
    WHOLE,
    WORD,
    Kind,
    instance,
    many,
    mapping,
    take,
)
from zoning.text.lists import first_few

NOT_SHOWN = "which holds signs that cannot be shown; type it anew"
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # controls, turns of direction, half letters
_PRICED = f"it must be above 0, and at most {DEAREST:,}"


def _bidder(value: Any) -> str:
    """A name; none at all is told with what else is wrong with bids."""
    return "" if isinstance(value, str) and not value else str(NAME.read(value))


_BIDDER = Kind("a name in quotes", _bidder)
_MONEY = instance((int, float, Decimal, np.number), "yuan, a number")
_WHOLES = many(WHOLE, "whole numbers in a list")


@dataclass(frozen=True)
class Tender:
    """Lots that are tendered together.

    Parameters
    ----------
    names
        What the lots are called, all different.
    areas
        Floor area of each, m².
    estimates
        What each is thought to cost: yuan a year, above 0. Best value weighs
        quality by it.
    reserves
        The highest price allowed for each lot, or None where there is none. The
        reserve of several lots is the sum of theirs.

    Raises
    ------
    InputError
        Names repeat, lengths differ, or a number is out of its range.

    Examples
    --------
    >>> Tender(("1", "2"), (140_000, 150_000), (900_000, 950_000)).reserve_of((0, 1))
    """

    names: tuple[str, ...]
    areas: tuple[int, ...]
    estimates: tuple[Yuan, ...]
    reserves: tuple[Yuan | None, ...] = ()

    def __post_init__(self) -> None:
        take(
            self,
            names=NAMES,
            areas=_WHOLES,
            estimates=many(_MONEY, "yuan in a list"),
            reserves=many(_MONEY.or_none, "yuan in a list"),
        )
        if not self.reserves:
            object.__setattr__(self, "reserves", (None,) * len(self.names))
        object.__setattr__(self, "estimates", tuple(map(_kept, self.estimates)))
        known = [None if most is None else _kept(most) for most in self.reserves]
        object.__setattr__(self, "reserves", tuple(known))
        _raise("The tender", list(self._faults()))

    def _faults(self) -> Iterator[str]:
        if not self.names:
            yield "it has no lots"
        for name, times in Counter(self.names).items():
            if times > 1:
                yield f"{times} lots are called {name!r}"
            if not is_shown(name):
                yield f"a lot is called {name!r}, {NOT_SHOWN}"
        if {len(self.areas), len(self.estimates), len(self.reserves)} != {len(self)}:
            yield (
                f"it has {len(self)} lots but {len(self.areas)} areas, "
                f"{len(self.estimates)} estimates and {len(self.reserves)} reserves"
            )
            return
        for name, area, estimate, reserve in zip(
            self.names, self.areas, self.estimates, self.reserves, strict=True
        ):
            if area < 0:
                yield f"lot {name} has area {area}; it must be at least 0"
            if not _is_price(estimate):
                yield f"lot {name} is estimated at {estimate}; {_PRICED}"
            if reserve is not None and not _is_price(reserve):
                yield f"lot {name} has reserve price {reserve}; {_PRICED}"

    def __len__(self) -> int:
        return len(self.names)

    def called(self, lots: Sequence[int]) -> str:
        """Lots in words: "lot 1", "lots 1 + 2"."""
        told = " + ".join(self.names[lot] for lot in lots)
        return f"lot{'s' if len(lots) > 1 else ''} {told}"

    def area_of(self, lots: Sequence[int]) -> int:
        """Floor area of several lots, m²."""
        return sum(self.areas[lot] for lot in lots)

    def estimate_of(self, lots: Sequence[int]) -> Yuan:
        """What several lots are thought to cost, yuan a year."""
        return to_the_fen(sum(self.estimates[lot] for lot in lots))

    def reserve_of(self, lots: Sequence[int]) -> Yuan | None:
        """The highest price allowed for several lots; None if one has no reserve."""
        known = [reserve for lot in lots if (reserve := self.reserves[lot]) is not None]
        return to_the_fen(sum(known)) if len(known) == len(lots) else None


@dataclass(frozen=True)
class Bid:
    """One offer of one bidder: these lots together for this price.

    Parameters
    ----------
    bidder
        Who bids.
    lots
        Positions of the lots; several are a package, taken whole or not at all.
    price
        For all of them: yuan a year, above 0, kept to the fen.
    quality
        Points the jury gave, or None. Kept to a hundredth.
    row
        Line of the file it was read from; 0 if it was not.
    """

    bidder: str
    lots: tuple[int, ...]
    price: Yuan
    quality: float | None = None
    row: int = 0

    def __post_init__(self) -> None:
        take(
            self,
            bidder=_BIDDER,
            lots=_WHOLES,
            price=_MONEY,
            quality=NUMBER.or_none,
            row=WHOLE,
        )
        object.__setattr__(self, "lots", tuple(sorted(set(self.lots))))
        object.__setattr__(self, "price", _kept(self.price))
        if self.quality is not None:
            object.__setattr__(self, "quality", round(float(self.quality), 2))

    @property
    def hundredths(self) -> int:
        """Quality in hundredths of a point; 0 where it is not known."""
        return round(100 * (self.quality or 0.0))


@dataclass(frozen=True)
class Bids:
    """All bids of a tender, in the order that decides the last tie.

    Parameters
    ----------
    bids
        In the order received, or drawn.
    capacity
        For some bidders the floor area they can serve in all, m².
    group
        For some bidders the name of the group of related firms they belong to. A
        group named like a bidder includes that bidder.
    notes
        What was assumed while reading, in words.

    Raises
    ------
    InputError
        A bid has no bidder, no lots, or a number out of range; a bidder bids twice for
        the same lots; a capacity is negative.
    """

    bids: tuple[Bid, ...]
    capacity: Mapping[str, int] = field(default_factory=dict)
    group: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        take(
            self,
            bids=many(instance(Bid, "a Bid"), "Bids in a list", "[Bid('A', (0,), 9)]"),
            capacity=mapping(WHOLE, "m² by bidder", "{'A': 300_000}"),
            group=mapping(NAME, "names by bidder", "{'A': 'X', 'B': 'X'}"),
            notes=many(WORD, "sentences in a list"),
        )
        _raise("The list of bids", list(self._faults()))

    def _faults(self) -> Iterator[str]:
        for number, bid in enumerate(self.bids):
            what = self.called(number)
            if not bid.bidder:
                yield f"{what} has no bidder"
            elif not is_shown(bid.bidder):
                yield f"{what} has bidder {bid.bidder!r}, {NOT_SHOWN}"
            if not bid.lots:
                yield f"{what} names no lot"
            if not _is_price(bid.price):
                yield f"{what} has price {bid.price}; {_PRICED}"
            if bid.quality is not None and not 0 <= bid.quality < DEAREST:
                yield f"{what} has quality {bid.quality}; it must be at least 0"
        for (bidder, lots), some in self._by_package.items():
            if len(some) > 1:
                told = " and ".join(self.called(number) for number in some)
                yield f"{told} are both of {bidder} for the same {_lots(lots)}"
        for bidder, capacity in self.capacity.items():
            if capacity < 0:
                yield f"{bidder} has capacity {capacity} m²; it must be at least 0"

    @cached_property
    def _by_package(self) -> dict[tuple[str, tuple[int, ...]], list[int]]:
        found: dict[tuple[str, tuple[int, ...]], list[int]] = {}
        for number, bid in enumerate(self.bids):
            found.setdefault((bid.bidder, bid.lots), []).append(number)
        return found

    def __len__(self) -> int:
        return len(self.bids)

    def __getitem__(self, number: int) -> Bid:
        return self.bids[number]

    def __iter__(self) -> Iterator[Bid]:
        return iter(self.bids)

    def called(self, bid: int) -> str:
        """A bid in words: the row of the file, or its number."""
        row = self.bids[bid].row
        return f"row {row}" if row else f"bid {bid + 1}"

    def group_of(self, bidder: str) -> str:
        """Who counts as the same bidder: related firms do."""
        return self.group.get(bidder, bidder)

    @cached_property
    def by_bidder(self) -> dict[str, tuple[int, ...]]:
        """The bids of each bidder."""
        return self._grouped([bid.bidder for bid in self.bids])

    @cached_property
    def by_group(self) -> dict[str, tuple[int, ...]]:
        """The bids of each group of related firms; a firm alone is its own group."""
        return self._grouped([self.group_of(bid.bidder) for bid in self.bids])

    def _grouped(self, names: Sequence[str]) -> dict[str, tuple[int, ...]]:
        found: dict[str, list[int]] = {}
        for number, name in enumerate(names):
            found.setdefault(name, []).append(number)
        return {name: tuple(some) for name, some in found.items()}


def is_shown(name: str) -> bool:
    """Whether a name is all that it seems: nothing in it that a screen would obey."""
    return not any(category(sign) in _HIDDEN for sign in name)


def _kept(amount: Yuan) -> Yuan:
    """Money to the fen; what is none stays, for the faults to tell it."""
    known = as_yuan(amount)
    return amount if known is None else known


def _is_price(amount: Yuan) -> bool:
    known = as_yuan(amount)
    return known is not None and 0 < known <= DEAREST


TENDER = instance(Tender, "a Tender", "tender_of(plan, lots)")


def _lots(lots: Sequence[int]) -> str:
    return "lot" if len(lots) == 1 else f"{len(lots)} lots"


def _raise(what: str, faults: Sequence[str]) -> None:
    if faults:
        msg = f"{what} has faults: {first_few(faults, mark='; ')}."
        raise InputError(msg)
