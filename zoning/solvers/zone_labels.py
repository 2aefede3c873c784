"""Labels that zones could have: names, by rules or from last year's plan."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ZoneLabels:
    """Which labels each zone could have, one row a pair of a zone and a label.

    Parameters
    ----------
    zone, label
        Positions; label -1 is a zone without one.
    change
        What changes with it, m².
    required
        Labels that must be there.
    most_change
        At most so much change in all, or None.
    price, base
        Yuan for a m² of change; m² that change whatever is chosen. What a selection
        costs is rounded once, for all its change; see `marginal_cost`.
    """

    zone: Ints
    label: Ints
    change: Ints
    required: Ints
    most_change: int | None = None
    price: Fraction = Fraction(0)
    base: int = 0

    @property
    def counts_change(self) -> bool:
        """It matters how much changes; the less the better then."""
        return self.price > 0 or self.most_change is not None

    def cost_of_change(self, pairs: Ints) -> int:
        """What the change of some pairs costs together, whole yuan."""
        return marginal_cost(self.price, self.base, int(self.change[pairs].sum()))


def marginal_cost(price: Fraction, base: int, change: int) -> int:
    """What change costs beside a base that changes anyhow, rounded as one sum."""
    return round(price * (base + change)) - round(price * base)
