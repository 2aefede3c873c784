"""Every zone there can be, where they are few."""

from __future__ import annotations

import numpy as np

from zoning.search.instance.constants import NO_LIMIT
from zoning.search.instance.instance import Instance
from zoning.search.instance.zones import Zones
from zoning.search.pricing.subproblems import Market, Prices


def every_zone(
    a: Instance, count: int, *, most_nodes: int, most_zones: int, deadline: float
) -> Zones | None:
    """All connected sets that keep the bands; None where they are too many to list.

    Parameters
    ----------
    most_nodes
        Steps of the search around each center.
    """
    nothing = np.zeros(a.num_units, np.int64)
    return Market(a, count).every(
        Prices(nothing, 0, nothing[:0], np.zeros((0, 3), np.int32)),
        int(NO_LIMIT) // 4,
        most_nodes=most_nodes,
        most_zones=most_zones,
        deadline=deadline,
    )
