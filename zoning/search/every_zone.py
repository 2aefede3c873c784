"""Every zone there can be, where they are few."""

from __future__ import annotations

from time import perf_counter

import numpy as np

from zoning.search import pricing
from zoning.search.arrays import NO_LIMIT
from zoning.search.pricing import Market, Prices
from zoning.search.run import Run
from zoning.search.zones import Zones

MOST_ZONES = 20_000
MOST_NODES = 20_000  # steps of the search around each center


def every_zone(run: Run, seconds: float) -> Zones | None:
    """All connected sets that keep the bands; None where that are too many to list."""
    a = run.arrays
    nothing = np.zeros(len(run.units), np.int64)
    prices = Prices(nothing, 0, nothing[:0], np.zeros((0, 3), np.int32))
    found = Market(a, run.count).ask(
        prices,
        int(NO_LIMIT) // 4,
        improving=False,
        most_nodes=MOST_NODES,
        most_zones=MOST_ZONES,
        deadline=perf_counter() + seconds,
    )
    if found is None or not all(one.complete for one in found):
        return None
    return pricing.columns(a, found)
