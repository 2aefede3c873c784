"""A combinatorial auction as numbers: what bids hold and count for, what may win."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Knapsack:
    """Of some bids may win what weighs no more than `capacity` in all."""

    bids: Ints
    weight: Ints
    capacity: int

    @property
    def is_clique(self) -> bool:
        """At most one of the bids may win, as under XOR."""
        return self.capacity == 1 and bool((self.weight == 1).all())


@dataclass(frozen=True, eq=False)
class Auction:
    """Bids for packages of lots.

    Parameters
    ----------
    num_lots
        Lots, each of which at most one winning bid may hold.
    packages
        The lots of each bid.
    value
        What each bid counts for; the sum is made small.
    knapsacks
        What may win together.
    ties
        Sums made small, one after the other, among awards of the same value. What is
        still equal goes to the award with the earliest bid that the other lacks.
    """

    num_lots: int
    packages: tuple[tuple[int, ...], ...]
    value: Ints
    knapsacks: tuple[Knapsack, ...] = ()
    ties: tuple[Ints, ...] = ()

    @property
    def num_bids(self) -> int:
        """How many bids there are."""
        return len(self.packages)

    @cached_property
    def holders(self) -> tuple[Ints, ...]:
        """The bids for each lot."""
        each: list[list[int]] = [[] for _ in range(self.num_lots)]
        for bid, lots in enumerate(self.packages):
            for lot in lots:
                each[lot].append(bid)
        return tuple(np.array(bids, np.int64) for bids in each)

    @cached_property
    def least_value(self) -> int:
        """No award has less value, whatever is allowed."""
        return int(np.minimum(self.value, 0).sum())

    def lots_in(self, bids: tuple[int, ...]) -> int:
        """How many lots some bids hold."""
        return sum(len(self.packages[bid]) for bid in bids)

    def value_of(self, bids: tuple[int, ...]) -> int:
        """What some bids count for."""
        return sum(int(self.value[bid]) for bid in bids)
