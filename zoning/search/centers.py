"""A bound for thousands of units in large zones, from the knapsacks of centers.

With every unit offered to every center one look at the bound takes seconds. So prices
are sought with each center offered only the units nearest to it, which takes a
twentieth; what is proved, is proved with all units offered again, at those prices.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from functools import partial
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from zoning.search import relax
from zoning.search.arrays import FAR, SCALE, Arrays
from zoning.search.pricing import Market
from zoning.search.relax import Level
from zoning.search.run import Run
from zoning.search.zones import of_plan

DENSE_UNITS = 6_000  # beyond, the dilated space takes too much memory
PART = 0.5  # of the time left goes to seeking prices before the next proof
SPARE = 1.5  # looks at all units the end is kept free for


@dataclass(frozen=True)
class Centers:
    """Strategy: prove a bound by centers, again and again at better prices.

    Parameters
    ----------
    around
        A center is offered the nearest units, so many zones full of them.
    share
        At most this part of the time left is used.
    """

    around: float = 4.0
    share: float = 1.0

    def __call__(self, run: Run) -> None:
        """Prove ever better bounds while they become better."""
        a = run.arrays
        end = perf_counter() + self.share * run.left
        market = Market(a, run.count, run.executor, 4 * run.workers)
        near = run.near_plans()
        price = relax.worth(a, run.count, near)
        goal = run.cost - run.base if run.cost is not None else _travel(a, run, near)
        most = int(self.around * len(price) / run.count) + 1
        while not run.done:
            small = _nearest(market, most)
            begun = perf_counter()
            first = relax.evaluate(small, price)
            look = (perf_counter() - begun) * market.size / max(1, small.size)
            left = end - SPARE * look - perf_counter()
            if left < 0:
                return
            before = run.bound
            best = _climb(small, first, goal, perf_counter() + PART * left)
            price = best.prices.unit / SCALE
            level = relax.evaluate(market, price)
            run.prove_travel(level.bound, "centers")
            # to rule pairs out takes a look as well; prices may be as good as they get
            if run.bound == before or perf_counter() + look > end:
                return
            if run.cost is not None:
                market.fix(level.prices, level.least, run.cost - run.base)


def _climb(market: Market, first: Level, goal: int, deadline: float) -> Level:
    """Prices at which the centers of a market are worth most."""
    look = partial(relax.evaluate, market)
    if len(first.prices.unit) <= DENSE_UNITS:
        return relax.climb(look, market, first, None, deadline=deadline)
    return relax.slide(look, first, goal, deadline=deadline, tell=lambda _: None)


def _nearest(market: Market, most: int) -> Market:
    """The market with each center offered only the nearest of its units."""
    xy = market.a.ways.spots[:, :2]
    close = cKDTree(xy).query(xy, k=min(most, len(xy)))[1]
    small = copy(market)
    small.near = [
        np.intersect1d(units, nearest).astype(np.int32)
        for units, nearest in zip(
            market.near, np.atleast_2d(close).tolist(), strict=True
        )
    ]
    return small


def _travel(a: Arrays, run: Run, near: list[NDArray[np.int32]]) -> int:
    """Travel of the plan that came nearest, where none keeps every rule."""
    if not near:
        return int(a.sums[0].sum())
    return int((of_plan(a, near[-1], run.count).cost % FAR).sum())
