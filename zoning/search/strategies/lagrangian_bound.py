"""A bound for thousands of units, from prices and from what each center is worth.

A bound is valid for any prices of the units. They are sought with each center offered
only the units nearest to it: that takes a tenth of the time, and the best zones are
near. What is proved, is proved with all units offered again, at those prices. Time and
memory grow with the number of units, and centers are looked at side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from zoning.clock import perf_counter
from zoning.search.instance.constants import NO_LIMIT
from zoning.search.lagrangian.ascent import deflected_subgradient
from zoning.search.lagrangian.bound import DualPoint, initial_multipliers
from zoning.search.lagrangian.oracles import knapsack_oracle
from zoning.search.pricing.subproblems import CenterSubproblems
from zoning.search.run import Run

Price = NDArray[np.float64]
Look = Callable[[CenterSubproblems, Price, float], DualPoint | None]
MOST_LOOKS, FEW_LOOKS = 400, 10  # between two proofs
PART = 0.6  # of the time left goes to seeking prices before the next proof
SPARE = 1.5  # looks at all units the end is kept free for
SOFTER = 3.0  # steps are so much smaller after each proof
NEWS = 1e-3  # a proof that lifts the bound by less of its travel is the last
FIX_ZONES = 20  # pairs are ruled out once no more than these zones' travel is open


def knapsacks(market: CenterSubproblems, price: Price, _: float) -> DualPoint:
    """Look at centers as knapsacks, whether their zones hang together or not."""
    return knapsack_oracle(market, price)


@dataclass(frozen=True)
class Centers:
    """Strategy: prove a bound by centers, again and again at better prices.

    Parameters
    ----------
    look
        What centers are worth: `knapsacks`, or `connected_oracle`.
    around
        A center is offered the nearest units, so many zones full of them.
    step
        The first step, as a part of prices.
    share
        At most this part of the time left is used.
    """

    look: Look = knapsacks
    around: float = 3.0
    step: float = 0.15
    share: float = 1.0

    def __call__(self, run: Run) -> None:
        """Prove ever better bounds while they become better; keep the prices."""
        end = perf_counter() + self.share * run.left
        market = run.market
        if market is None:
            market = CenterSubproblems(
                run.arrays, run.count, run.executor, 4 * run.workers
            )
            run.market = market
        if run.price is None:
            run.price = initial_multipliers(run.arrays, run.count, run.near_plans())
        step, began = self.step, -1
        while not run.done and run.bound > began:
            began = run.bound + int(NEWS * (run.bound - run.base))
            begun = perf_counter()
            level = self.look(market, run.price, end)
            if level is None:
                return
            _prove(run, level)
            left = end - SPARE * (perf_counter() - begun) - perf_counter()
            if left < 0:
                return
            _fix(run, market, level)
            if len(market.open_centers) < run.count:
                return
            run.price = self._seek(market, run.price, step, PART * left)
            step /= SOFTER

    def _seek(
        self, market: CenterSubproblems, price: Price, step: float, seconds: float
    ) -> Price:
        """Better prices, with each center offered the nearest of its units."""
        deadline = perf_counter() + seconds
        small = _nearest(market, self.around)
        self.look(small, price, deadline)  # compiled, and warm
        begun = perf_counter()
        first = self.look(small, price, deadline)
        pace = perf_counter() - begun
        if first is None:
            return price
        best = deflected_subgradient(
            lambda price: self.look(small, price, deadline),
            first,
            int(np.clip((deadline - perf_counter()) / pace, FEW_LOOKS, MOST_LOOKS)),
            step=step,
            deadline=deadline,
        )
        return best.yuan


def _prove(run: Run, level: DualPoint) -> None:
    """Report a bound; where pairs were ruled out it is one on better plans only."""
    if run.cost is not None:
        run.prove_travel(min(level.bound, run.cost - run.base), "centers")
    elif level.bound < NO_LIMIT:
        run.prove_travel(level.bound, "centers")


def _fix(run: Run, market: CenterSubproblems, level: DualPoint) -> None:
    """Rule out pairs no better plan needs, where the bound is near enough for it."""
    if run.cost is None:
        return
    limit = run.cost - run.base
    if limit - level.bound < FIX_ZONES * limit / run.count:
        market.fix_by_reduced_cost(level.duals, level.min_reduced_cost, limit)
        if len(market.open_centers) < run.count:
            run.prove(run.cost, "centers")


def _nearest(market: CenterSubproblems, around: float) -> CenterSubproblems:
    """The market with each center offered itself and the nearest of its units."""
    xy = market.a.travel_data.points[:, :2]
    most = min(int(around * len(xy) / market.num_zones) + 1, len(xy))
    close = cKDTree(xy).query(xy, k=most)[1].reshape(len(xy), most)
    small = copy(market)
    small.candidates = [
        np.intersect1d(units, np.append(nearest, c)).astype(np.int32)
        for c, (units, nearest) in enumerate(zip(market.candidates, close, strict=True))
    ]
    return small
