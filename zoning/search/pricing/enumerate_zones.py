"""Every zone there can be, where they are few: pricing without prices."""

from __future__ import annotations

import numpy as np

from zoning.search.instance.constants import NO_LIMIT
from zoning.search.instance.instance import Instance
from zoning.search.instance.zones import Zones
from zoning.search.pricing.duals import unit_duals
from zoning.search.pricing.subproblems import CenterSubproblems


def enumerate_zones(
    a: Instance, num_zones: int, *, max_nodes: int, max_columns: int, deadline: float
) -> Zones | None:
    """All connected sets that keep the bands; None where they are too many to list.

    Parameters
    ----------
    max_nodes
        Steps of the search around each center.
    max_columns
        Zones, in all.
    """
    return CenterSubproblems(a, num_zones).enumerate(
        unit_duals(np.zeros(a.num_units)),
        int(NO_LIMIT) // 4,
        max_nodes=max_nodes,
        max_columns=max_columns,
        deadline=deadline,
    )
