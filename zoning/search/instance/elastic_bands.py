"""Bands that bend: what a zone outside of them costs the search.

A search looks for the least ``travel + price × excess``. Rows are those of
`Instance.sums`, and one more, the last, for the cost of a zone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.search.kernels.compiled import inlined


class ElasticBands(NamedTuple):
    """Bands, and what each one outside of them costs.

    Parameters
    ----------
    low, high
        Ends of each band.
    price
        Yuan for each one outside; 0 where the band is hard: `Instance.low` and the
        other limits hold it then.
    """

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    price: NDArray[np.int64]


@inlined
def cost_outside(elastic, m, value):  # type: ignore[no-untyped-def]
    """What a value costs by the band of row m."""
    if value < elastic.low[m]:
        return elastic.price[m] * (elastic.low[m] - value)
    if value > elastic.high[m]:
        return elastic.price[m] * (value - elastic.high[m])
    return np.int64(0)
