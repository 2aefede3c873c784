"""Bids as numbers: what each holds, what it counts for, what may win together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Limit:
    """Of some bids may win what weighs no more than `most` in all."""

    bids: Ints
    weight: Ints
    most: int

    @property
    def is_one(self) -> bool:
        """At most one of the bids may win."""
        return self.most == 1 and bool((self.weight == 1).all())


@dataclass(frozen=True, eq=False)
class Offers:
    """Bids as numbers.

    Parameters
    ----------
    num_lots
        Lots, each of which at most one winning bid may hold.
    lots
        The lots of each bid.
    value
        What each bid counts for; the sum is made small.
    limits
        What may win together.
    ties
        Sums made small, one after the other, among awards of the same value. What is
        still equal goes to the award with the earliest bid that the other lacks.
    """

    num_lots: int
    lots: tuple[tuple[int, ...], ...]
    value: Ints
    limits: tuple[Limit, ...] = ()
    ties: tuple[Ints, ...] = ()

    @cached_property
    def holders(self) -> tuple[Ints, ...]:
        """The bids for each lot."""
        each: list[list[int]] = [[] for _ in range(self.num_lots)]
        for bid, lots in enumerate(self.lots):
            for lot in lots:
                each[lot].append(bid)
        return tuple(np.array(bids, np.int64) for bids in each)
