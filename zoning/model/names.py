"""Names that zones could have, and a choice of zones with names."""

from __future__ import annotations

from dataclasses import dataclass

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
    cost
        What the pair adds to the zone's own cost.
    change
        What it takes of the budget of change.
    required
        Names that must be there.
    most_change
        At most so much change in all, or None.
    """

    zone: Ints
    name: Ints
    cost: Ints
    change: Ints
    required: Ints
    most_change: int | None


@dataclass(frozen=True)
class NamedChoice:
    """Pairs of a zone and its name that were chosen (or None), a bound, and a proof."""

    pairs: tuple[tuple[int, int], ...] | None
    bound: int | None
    closed: bool
