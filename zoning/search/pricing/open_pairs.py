"""Pairs of a unit and a center that bounds leave open, as the assignment wants them."""

from __future__ import annotations

import numpy as np

from zoning.search.instance.constants import NO_LIMIT
from zoning.search.pricing.subproblems import Market
from zoning.solvers.assignment import Pairs


def open_pairs(market: Market) -> Pairs:
    """Every pair of a unit and a center that is open, with what it weighs."""
    a, centers = market.a, market.centers
    near = [market.near[c] for c in centers]
    unit = np.concatenate([np.zeros(0, np.int64), *near]).astype(np.int64)
    center = np.repeat(centers, [len(units) for units in near])
    travel = a.travel_data.of_pairs(unit, center)
    weights = [
        (a.sums[m][unit], int(a.low[m]), int(a.high[m]))
        for m in range(len(a.sums))
        if a.high[m] < NO_LIMIT or a.low[m] > 0
    ]
    if a.cost_high < NO_LIMIT:
        cost = a.sums[0][unit] + travel
        weights.append((cost, int(a.cost_low), int(a.cost_high)))
    return Pairs(
        unit,
        center,
        travel,
        weights,
        market.count,
        a.compatibility.groups,
        a.compatibility.conflict_pairs,
    )
