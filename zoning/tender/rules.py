"""Rules of an award: what a bid counts for, and what may win together.

What a bid counts for is one number, kept to a hundredth, and an award counts for the
sum of its bids: only so does the best of all awards mean something when packages
compete with single lots. The least sum is best.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Literal, Protocol

from zoning.errors import InputError
from zoning.tender.bids import Bid, Tender
from zoning.tender.yuan import Yuan, of_fen
from zoning.text.arguments import (
    FLAG,
    NUMBER,
    WHOLE,
    WORD,
    Kind,
    Unlike,
    instance,
    take,
)


class Value(Protocol):
    """What bids count for: called with a tender and its valid bids, in order."""

    @property
    def in_yuan(self) -> bool:
        """The numbers are yuan a year, so that a payment can be told from them."""
        ...

    @property
    def in_words(self) -> str:
        """What bids count for, as the end of a sentence."""
        ...

    def faults(self, bid: Bid) -> Iterator[str]:
        """What keeps a bid from being counted, as the end of a sentence."""
        ...

    def __call__(self, tender: Tender, bids: Sequence[Bid]) -> tuple[Yuan, ...]:
        """One number for each bid, kept to a hundredth; the least sum is best."""
        ...


def _value(value: Any) -> Any:
    if isinstance(value, type) or not (callable(value) and hasattr(value, "in_words")):
        raise Unlike
    return value


VALUE = Kind("what bids count for", _value, "BestValue(60, 40)")


@dataclass(frozen=True)
class LowestPrice:
    """A bid counts for its price.

    Examples
    --------
    >>> tender = Tender(("1",), (140_000,), (1_000_000,))
    >>> LowestPrice()(tender, [Bid("A", (0,), 980_000, quality=70)])
    (980000,)
    """

    in_yuan: ClassVar[bool] = True
    in_words: ClassVar[str] = "its price"

    def faults(self, bid: Bid) -> Iterator[str]:  # noqa: ARG002 - the protocol's
        """Nothing: every bid has a price."""
        yield from ()

    def __call__(
        self,
        tender: Tender,  # noqa: ARG002 - the protocol's
        bids: Sequence[Bid],
    ) -> tuple[Yuan, ...]:
        """The prices."""
        return tuple(bid.price for bid in bids)


@dataclass(frozen=True)
class BestValue:
    """A bid counts for its price less what its quality is worth.

    ``price - quality_weight / price_weight · quality / best · estimate``, rounded once
    to the fen. Full quality is worth ``quality_weight / price_weight`` of what the
    lots are thought to cost. It ranks bids for a lot as the score ``price_weight · (2 -
    price / estimate) + quality_weight · quality / best`` does, and unlike scores it may
    be added over lots and packages. Estimates are known before the bids are, so no bid
    changes what another counts for.

    Parameters
    ----------
    price_weight, quality_weight
        Whole numbers, the first above 0; what matters is their ratio.
    best
        The highest quality there is.

    Examples
    --------
    Quality 70 of 100 at weights 60 : 40 is worth 40 / 60 · 0.7 · 900,000 = 420,000.

    >>> tender = Tender(("1",), (140_000,), (900_000,))
    >>> BestValue(60, 40)(tender, [Bid("A", (0,), 980_000, quality=70)])
    (560000,)
    """

    price_weight: int = 60
    quality_weight: int = 40
    best: int = 100
    in_yuan: ClassVar[bool] = True

    def __post_init__(self) -> None:
        _refuse_weights(self.price_weight, self.quality_weight, self.best)

    @property
    def in_words(self) -> str:
        """The formula in words."""
        return (
            "its price less what its quality is worth: full quality, "
            f"{self.best} points, is worth {self.quality_weight}/{self.price_weight} "
            "of the estimate"
        )

    def faults(self, bid: Bid) -> Iterator[str]:
        """Quality is needed, on the scale."""
        yield from _off_scale(bid, self.best)

    def __call__(self, tender: Tender, bids: Sequence[Bid]) -> tuple[Yuan, ...]:
        """Prices less the worth of quality."""
        return tuple(self._counted(bid, tender.estimate_of(bid.lots)) for bid in bids)

    def _counted(self, bid: Bid, estimate: Yuan) -> Yuan:
        share = Fraction(self.quality_weight * bid.hundredths, 100 * self.best)
        worth = share / self.price_weight * Fraction(estimate)
        return of_fen(round(100 * (Fraction(bid.price) - worth)))


@dataclass(frozen=True)
class ScoreByRatio:
    """A bid counts for the points it lacks to a full score, in hundredths of a point.

    The score is ``price_weight · lowest / price + quality_weight · quality / best``
    with the lowest valid price for that lot, kept to a hundredth of a point: the
    formula of Chinese government procurement. It holds for one lot only, so packages
    are refused; every lot counts the same.

    Parameters
    ----------
    price_weight, quality_weight
        Whole numbers that make 100, the first above 0.
    best
        The highest quality there is.

    Examples
    --------
    B asks 1,000,000 where A asks 900,000: 60 · 0.9 + 40 · 0.8 = 86, 14 short of 100.

    >>> tender = Tender(("1",), (140_000,), (900_000,))
    >>> bids = [Bid("A", (0,), 900_000, quality=60), Bid("B", (0,), 1_000_000, 80)]
    >>> ScoreByRatio(60, 40)(tender, bids)
    (1600, 1400)
    """

    price_weight: int = 60
    quality_weight: int = 40
    best: int = 100
    in_yuan: ClassVar[bool] = False

    def __post_init__(self) -> None:
        _refuse_weights(self.price_weight, self.quality_weight, self.best)
        if self.price_weight + self.quality_weight != 100:
            msg = (
                f"Weights {self.price_weight} and {self.quality_weight} must make 100 "
                "points."
            )
            raise InputError(msg)

    @property
    def in_words(self) -> str:
        """The formula in words."""
        return (
            f"the points it lacks to a full score of {self.price_weight} · lowest "
            f"price / price + {self.quality_weight} · quality / {self.best}, in "
            "hundredths"
        )

    def faults(self, bid: Bid) -> Iterator[str]:
        """Quality is needed, on the scale, and a single lot."""
        yield from _off_scale(bid, self.best)
        if len(bid.lots) > 1:
            yield (
                f"is a package of {len(bid.lots)} lots; scores by ratio compare "
                "single lots only, take BestValue for packages"
            )

    def __call__(
        self,
        tender: Tender,  # noqa: ARG002 - the protocol's
        bids: Sequence[Bid],
    ) -> tuple[Yuan, ...]:
        """Hundredths of a point below a full score."""
        lowest: dict[int, Yuan] = {}
        for bid in bids:
            (lot,) = bid.lots
            lowest[lot] = min(bid.price, lowest.get(lot, bid.price))
        return tuple(
            10_000
            - round(
                100 * self.price_weight * _ratio(lowest[bid.lots[0]], bid.price)
                + Fraction(self.quality_weight * bid.hundredths, self.best)
            )
            for bid in bids
        )


@dataclass(frozen=True)
class Rules:
    """What was announced in the tender documents.

    Parameters
    ----------
    value
        What a bid counts for: `LowestPrice`, `BestValue`, `ScoreByRatio`.
    bidding
        ``"or"``: a bidder may win any of its bids that do not overlap. ``"xor"``: a
        bidder wins one of its bids at most.
    most_lots
        A bidder wins at most so many lots, related firms together; None: any number.
    fewest_bidders
        A lot with valid bids of fewer independent bidders is tendered again.
    award_despite_few
        Such a lot is only flagged, and may be awarded all the same.

    Raises
    ------
    InputError
        A number is out of its range.
    """

    value: Value = LowestPrice()
    bidding: Literal["or", "xor"] = "or"
    most_lots: int | None = None
    fewest_bidders: int = 3
    award_despite_few: bool = False

    def __post_init__(self) -> None:
        take(
            self,
            value=VALUE,
            bidding=WORD,
            most_lots=WHOLE.or_none,
            fewest_bidders=WHOLE,
            award_despite_few=FLAG,
        )
        if self.bidding not in ("or", "xor"):
            msg = f"Bidding is 'or' or 'xor'; got {self.bidding!r}."
            raise InputError(msg)
        if self.most_lots is not None and self.most_lots < 1:
            msg = f"A bidder must be able to win a lot; most_lots is {self.most_lots}."
            raise InputError(msg)
        if self.fewest_bidders < 0:
            msg = f"fewest_bidders is {self.fewest_bidders}; it must be at least 0."
            raise InputError(msg)

    def in_words(self) -> list[str]:
        """The rules as sentences."""
        few = "only flagged" if self.award_despite_few else "tendered again"
        told = [
            f"A bid counts for {self.value.in_words}; the least sum is best, once as "
            "many lots as possible are awarded.",
            "A bidder may win several of its bids."
            if self.bidding == "or"
            else "A bidder wins one of its bids at most.",
        ]
        if self.most_lots is not None:
            told.append(
                f"A bidder wins at most {self.most_lots} lots, related firms together."
            )
        return [
            *told,
            f"A lot with fewer than {self.fewest_bidders} independent bidders is "
            f"{few}.",
        ]


def _ratio(lowest: Yuan, price: Yuan) -> Fraction:
    return Fraction(lowest) / Fraction(price)


RULES = instance(Rules, "Rules of the tender", "Rules(most_lots=2)")


def _refuse_weights(price: int, quality: int, best: int) -> None:
    given = {"price_weight": price, "quality_weight": quality, "best": best}
    for name, weight in given.items():
        NUMBER.of(name, weight)
    whole = all(float(weight).is_integer() for weight in (price, quality, best))
    if not whole or price < 1 or quality < 0 or best < 1:
        msg = (
            f"Weights must be whole numbers, price at least 1 and quality at least 0, "
            f"and the best quality at least 1; got {price}, {quality} and {best}."
        )
        raise InputError(msg)


def _off_scale(bid: Bid, best: int) -> Iterator[str]:
    if bid.quality is None:
        yield "has no quality score"
    elif bid.quality > best:
        yield f"has quality {bid.quality:g}; the scale ends at {best}"
