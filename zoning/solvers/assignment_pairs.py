"""Units assigned to centers: what may be assigned where, and what was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from zoning.result import Status

Ints = NDArray[np.int64]
NO_LIMIT = 2**60  # a band without an upper end


@dataclass(frozen=True, eq=False)
class AssignmentPairs:
    """What may be assigned where.

    Parameters
    ----------
    unit, center
        Positions, one row per pair; every center is paired with itself.
    travel
        Yearly cost of each pair.
    weights
        Bands: (weight per pair, low, high) for the sum over a zone.
    num_zones
        Number of zones.
    must_link
        Groups of units that share a zone.
    cannot_link
        m × 2: units that may not.
    """

    unit: Ints
    center: Ints
    travel: Ints
    weights: Sequence[tuple[Ints, int, int]]
    num_zones: int
    must_link: Sequence[Ints] = ()
    cannot_link: Ints = field(default_factory=lambda: np.zeros((0, 2), np.int64))

    @cached_property
    def at(self) -> dict[tuple[int, int], int]:
        """Position of each pair."""
        pairs = zip(self.unit.tolist(), self.center.tolist(), strict=True)
        return {pair: p for p, pair in enumerate(pairs)}

    def covers(self, num_units: int) -> bool:
        """Each of so many units has a center that may serve it."""
        return len(np.unique(self.unit)) == num_units


@dataclass(frozen=True, eq=False)
class Assignment:
    """What was found.

    Parameters
    ----------
    center_of
        The center of each unit; None if no assignment was found.
    bound
        No assignment travels less; 0 where there is none.
    status
        ``infeasible``: proved that there is no assignment.
    components
        Sets of units that came out disconnected from their center and were cut off.
    """

    center_of: Ints | None
    bound: int
    status: Status
    components: tuple[Ints, ...] = ()
