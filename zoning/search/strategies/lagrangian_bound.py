"""A bound for thousands of units, from multipliers and from what each center is worth.

A bound is valid for any multipliers of the units. They are sought with each center
offered only the units nearest to it: that takes a tenth of the time, and the best zones
are near. What is proved, is proved with all units offered again, at those multipliers.
Time and memory grow with the number of units, and centers are looked at side by side.
"""

from __future__ import annotations

from collections.abc import Callable
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

Multipliers = NDArray[np.float64]
Oracle = Callable[[CenterSubproblems, Multipliers, float], DualPoint | None]


def knapsacks(
    subproblems: CenterSubproblems, multipliers: Multipliers, _: float
) -> DualPoint:
    """Look at centers as knapsacks, whether their zones hang together or not."""
    return knapsack_oracle(subproblems, multipliers)


@dataclass(frozen=True)
class LagrangianBoundParams:
    """How multipliers are sought between proofs.

    Parameters
    ----------
    max_steps, min_steps
        Looks at the nearest units between two proofs.
    seek_share
        Part of the time left that goes to seeking before the next proof.
    spare_proofs
        The end is kept free for so many looks at all units.
    softer
        The first step is so many times smaller after each proof.
    least_gain
        A proof that lifts the bound by less of its travel is the last.
    fix_zones
        Pairs are ruled out once no more than these zones' travel is open.
    """

    max_steps: int = 400
    min_steps: int = 10
    seek_share: float = 0.6
    spare_proofs: float = 1.5
    softer: float = 3.0
    least_gain: float = 1e-3
    fix_zones: float = 20


PARAMS = LagrangianBoundParams()


@dataclass(frozen=True)
class LagrangianBound:
    """Strategy: prove a Lagrangian bound, again and again at better multipliers.

    Parameters
    ----------
    oracle
        What centers are worth: `knapsacks`, or `connected_oracle`.
    around
        A center is offered the nearest units, so many zones full of them.
    step
        The first step, as a part of the multipliers.
    share
        At most this part of the time left is used.
    params
        How multipliers are sought.
    """

    oracle: Oracle = knapsacks
    around: float = 3.0
    step: float = 0.15
    share: float = 1.0
    params: LagrangianBoundParams = PARAMS

    def __call__(self, run: Run) -> None:
        """Prove ever better bounds while they become better; keep the multipliers."""
        some = self.params
        end = perf_counter() + self.share * run.time_left
        subproblems, multipliers = _where_it_stands(run)
        step, enough, reached = self.step, -int(NO_LIMIT), -int(NO_LIMIT)
        # below 0 a bound says nothing yet, and may still rise
        while not run.done and (reached > enough or reached <= 0):
            enough = reached + int(some.least_gain * max(0, reached))
            begun = perf_counter()
            point = self.oracle(subproblems, multipliers, end)
            if point is None or point.bound <= reached:
                return
            reached = point.bound
            _prove(run, point)
            left = end - some.spare_proofs * (perf_counter() - begun) - perf_counter()
            if left < 0:
                return
            _fix(run, subproblems, point, some)
            if len(subproblems.open_centers) < run.num_zones:
                return
            seconds = some.seek_share * left
            multipliers = self._seek(run, subproblems, multipliers, step, seconds)
            step /= some.softer

    def _seek(
        self,
        run: Run,
        subproblems: CenterSubproblems,
        multipliers: Multipliers,
        step: float,
        seconds: float,
    ) -> Multipliers:
        """Better multipliers, with each center offered the nearest of its units.

        The run has the best of them at any moment.
        """

        def take(point: DualPoint) -> None:
            run.multipliers = point.yuan
            run.keep()

        deadline = perf_counter() + seconds
        small = nearest(subproblems, self.around)
        self.oracle(small, multipliers, deadline)  # compiled, and warm
        begun = perf_counter()
        first = self.oracle(small, multipliers, deadline)
        pace = perf_counter() - begun
        if first is None:
            return multipliers
        steps = (deadline - perf_counter()) / pace
        best = deflected_subgradient(
            lambda multipliers: self.oracle(small, multipliers, deadline),
            first,
            int(np.clip(steps, self.params.min_steps, self.params.max_steps)),
            step=step,
            deadline=deadline,
            on_better=take,
        )
        return best.yuan


def _where_it_stands(run: Run) -> tuple[CenterSubproblems, Multipliers]:
    """What an earlier part left open, and its multipliers; all and new ones if none."""
    instance, num_zones = run.instance, run.num_zones
    if run.subproblems is None:
        run.subproblems = CenterSubproblems(instance, num_zones, run.hub)
    if run.multipliers is None:
        plans = run.initial_plans()
        run.multipliers = initial_multipliers(instance, num_zones, plans)
    return run.subproblems, run.multipliers


def _prove(run: Run, point: DualPoint) -> None:
    """Report a bound; where pairs were ruled out it is one on better plans only."""
    if run.cost is not None:
        run.update_travel_bound(min(point.bound, run.cost - run.base), "centers")
    elif point.bound < NO_LIMIT:
        run.update_travel_bound(point.bound, "centers")


def _fix(
    run: Run,
    subproblems: CenterSubproblems,
    point: DualPoint,
    params: LagrangianBoundParams,
) -> None:
    """Rule out pairs no better plan needs, where the bound is near enough for it."""
    if run.cost is None:
        return
    cutoff = run.cost - run.base
    if cutoff - point.bound < params.fix_zones * cutoff / run.num_zones:
        subproblems.fix_by_reduced_cost(point.duals, point.min_reduced_cost, cutoff)
        if len(subproblems.open_centers) < run.num_zones:
            run.update_bound(run.cost, "centers")


def nearest(subproblems: CenterSubproblems, around: float) -> CenterSubproblems:
    """The same with each center offered itself and the nearest of its units."""
    xy = subproblems.a.travel_data.points[:, :2]
    most = min(int(around * len(xy) / subproblems.num_zones) + 1, len(xy))
    close = cKDTree(xy).query(xy, k=most)[1].reshape(len(xy), most)
    return subproblems.offering(
        [
            np.intersect1d(units, np.append(nearest, c)).astype(np.int32)
            for c, (units, nearest) in enumerate(
                zip(subproblems.candidates, close, strict=True)
            )
        ]
    )
