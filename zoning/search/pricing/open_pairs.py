"""Pairs of a unit and a center that bounds leave open, as the assignment wants them."""

from __future__ import annotations

import numpy as np

from zoning.search.instance.constants import NO_LIMIT
from zoning.search.pricing.subproblems import CenterSubproblems, candidates_csr
from zoning.solvers.assignment_pairs import AssignmentPairs


def open_pairs(subproblems: CenterSubproblems) -> AssignmentPairs:
    """Every pair of a unit and a center that is open, with what it weighs."""
    a, centers = subproblems.a, subproblems.open_centers
    indptr, candidates = candidates_csr(subproblems, centers)
    unit = candidates.astype(np.int64)
    center = np.repeat(centers, np.diff(indptr))
    travel = a.travel_data.of_pairs(unit, center)
    weights = [
        (a.sums[m][unit], int(a.low[m]), int(a.high[m]))
        for m in range(len(a.sums))
        if a.high[m] < NO_LIMIT or a.low[m] > 0
    ]
    if a.cost_high < NO_LIMIT:
        cost = a.sums[0][unit] + travel
        weights.append((cost, int(a.cost_low), int(a.cost_high)))
    return AssignmentPairs(
        unit,
        center,
        travel,
        weights,
        subproblems.num_zones,
        a.compatibility.groups,
        a.compatibility.conflict_pairs,
    )
