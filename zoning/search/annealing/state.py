"""A plan that is being annealed: what is kept about it, and what it must keep."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.search.instance.compatibility import Compatibility


class ZoneLimits(NamedTuple):
    """What sums over a zone may be, its cost by its label, and the unit of violations.

    Parameters
    ----------
    low, high
        m: what each sum may be.
    scale
        m: the usual sum over a zone, and 0 after them. Loops end there: where they
        count instead, the compiler spends seconds to make vectors of one or two sums.
    cost_low, cost_high
        What load + travel may be, for each zone.
    weight
        m + 1: how much being outside of each band counts, the cost last: 1, but where
        bands bend by their prices, and what is hard much more.
    hair
        Being outside at all counts so much.
    most
        A zone with more of this is broken.
    price
        Yuan of travel that a violation as large as a zone costs, where bands bend.
    """

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    scale: NDArray[np.float64]
    cost_low: NDArray[np.int64]
    cost_high: NDArray[np.int64]
    weight: NDArray[np.float64]
    hair: np.float64
    most: np.float64
    price: np.float64


class RuleTerms(NamedTuple):
    """Rules on who shares a zone and who stays in one; None where there are none.

    Parameters
    ----------
    compatibility
        Which units may, and which must, share a zone.
    before, area
        Of each unit the zone it was in, and m².
    change_price, change_most
        Yuan for a m² that changes zone; how many may.
    usual_area
        m² of a usual zone.
    """

    compatibility: Compatibility
    before: NDArray[np.int32]
    area: NDArray[np.int64]
    change_price: np.float64
    change_most: np.int64
    usual_area: np.float64


class AnnealingState(NamedTuple):
    """A plan that is being changed, and all that is kept about it.

    Parameters
    ----------
    zone
        Zone of each unit.
    head, after, before
        Members of each zone as a list linked both ways; -1 ends it.
    size, sums, travel, violation
        Of each zone: units, sums (zones × m), travel, how far outside its bands.
    from_u
        Of each unit what its zone would travel with it as center; `fresh` is the same
        for the change that is being thought about.
    seen, queue
        Room for the search whether a zone hangs together.
    rng
        State of the generator.
    tally
        How many such searches there were; rules on who shares a zone that are broken;
        m² that change.
    """

    zone: NDArray[np.int32]
    head: NDArray[np.int32]
    after: NDArray[np.int32]
    before: NDArray[np.int32]
    size: NDArray[np.int64]
    sums: NDArray[np.int64]
    travel: NDArray[np.int64]
    violation: NDArray[np.float64]
    from_u: NDArray[np.int64]
    fresh: NDArray[np.int64]
    seen: NDArray[np.int64]
    queue: NDArray[np.int32]
    rng: NDArray[np.uint64]
    tally: NDArray[np.int64]
