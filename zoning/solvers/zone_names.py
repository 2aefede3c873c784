"""Names that zones could have, and a choice of zones with names."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Names:
    """Which names each zone could have, one row a pair of a zone and a name.

    Parameters
    ----------
    zone, name
        Positions; name -1 is a zone without a name.
    change
        What changes with it, m².
    required
        Names that must be there.
    most_change
        At most so much change in all, or None.
    price, base
        Yuan for a m² of change; m² that change whatever is chosen. What a choice costs
        is rounded once, for all its change; see `priced`.
    """

    zone: Ints
    name: Ints
    change: Ints
    required: Ints
    most_change: int | None = None
    price: Fraction = Fraction(0)
    base: int = 0

    @property
    def minded(self) -> bool:
        """It matters how much changes; the less the better then."""
        return self.price > 0 or self.most_change is not None

    def cost_of(self, pairs: Ints) -> int:
        """What the change of some pairs costs together, whole yuan."""
        return priced(self.price, self.base, int(self.change[pairs].sum()))


def priced(price: Fraction, base: int, change: int) -> int:
    """What change costs beside a base that changes anyhow, rounded as one sum."""
    return round(price * (base + change)) - round(price * base)


@dataclass(frozen=True)
class NamedChoice:
    """Pairs of a zone and its name that were chosen (or None), a bound, and a proof.

    `cost` is what the pairs cost, change of zone included; 0 where there are none.
    """

    pairs: tuple[tuple[int, int], ...] | None
    bound: int | None
    closed: bool
    cost: int = 0
