"""What one search has found so far: values only."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

SAME_TIME = 1.01, 0.1  # limits that differ by less, by a factor and seconds, are one


@dataclass(frozen=True, eq=False)
class Phase:
    """How far a search has come under one price of excess.

    Parameters
    ----------
    price
        Yuan of travel that a yuan of excess costs; 0 where bands are hard.
    most
        No zone may lie outside by more, yuan of excess.
    bound
        No plan has a smaller value: its cost, and the price of its excess.
    multipliers
        Of the units searched, yuan; None before there are any.
    tried
        Neighbourhoods that were solved, by what is in them.
    """

    price: int
    most: int
    bound: int
    multipliers: NDArray[np.float64] | None
    tried: frozenset[bytes]


@dataclass(frozen=True, eq=False)
class Kept:
    """What one search has found so far, and what is proved.

    Parameters
    ----------
    num_zones, currency
        Of the problem.
    seconds
        That the search has taken, all runs of it together.
    limit
        The seconds it may take.
    ended
        It came to its own end within the limit.
    zone_of
        The best plan, as the zone of each unit of the region; None without one.
    cost, excess
        Of that plan, whole yuan.
    bound
        As it was told: no plan of no more excess costs less.
    hard_bound
        No plan without avoidable excess costs less.
    excess_bound
        No plan has less excess.
    infeasibility
        Why there is no plan, or "".
    nearest
        Without a plan one that breaks bands, of the units searched; or None.
    passed
        Parts of the search that are done, in their order.
    phase
        What is known under the present price of excess.
    """

    num_zones: int
    currency: str
    seconds: float
    limit: float
    ended: bool
    zone_of: NDArray[np.int32] | None
    cost: int
    excess: int
    bound: int
    hard_bound: int
    excess_bound: int
    infeasibility: str
    nearest: NDArray[np.int32] | None
    passed: tuple[str, ...]
    phase: Phase

    @property
    def says_something(self) -> bool:
        """A search that begins with it has less to do."""
        some = self.zone_of is not None or self.nearest is not None
        return some or bool(self.passed) or self.phase.multipliers is not None

    def allows(self, limit: float) -> bool:
        """A limit of time gives the search no more than it had."""
        factor, seconds = SAME_TIME
        return limit <= factor * self.limit + seconds

    def begun_anew(self) -> Kept:
        """The same for another search of this problem, with time of its own."""
        return replace(self, seconds=0.0, ended=False, passed=())

    def __str__(self) -> str:
        told = f"after {self.seconds:,.0f} s"
        if self.infeasibility:
            return f"the proof that there is no plan, {told}"
        bound = f"a bound of {self.bound:,}"
        if self.zone_of is None:
            return f"no plan of {self.num_zones:,} zones yet and {bound} {told}"
        outside = ""
        if self.excess:
            outside = f" with {self.excess:,} {self.currency} outside the bands"
        return (
            f"a plan of {self.num_zones:,} zones at {self.cost:,} {self.currency}"
            f"{outside} and {bound} {told}"
        )
