"""Locate and allocate: for few large zones, settle one set of centers after another.

With the centers fixed, sharing out the units is a transportation problem, which HiGHS
and CP-SAT solve quickly, contiguity and all. Which sets are worth that, prices tell:
the relaxation of one set gives prices that judge all the others as well. The set that
looks cheapest is looked at next, until none is left that could beat the best plan.

After Cooper: Heuristic methods for location-allocation problems. SIAM Review 6, 1964,
doi:10.1137/1006005; the proof after Benders, see `center_sets`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from zoning.clock import perf_counter
from zoning.search.location_allocation.center_set_pool import KnownSets
from zoning.search.location_allocation.lower_bounds import Bounds
from zoning.search.location_allocation.upper_bounds import Plans
from zoning.search.run import Run

FIRST = 0.2  # of the time, at most, goes into a good plan before any bound
PLANS = 0.4  # seconds for plans, for each that goes into bounds
IDLE = 1.0  # seconds plans are sought for before bounds are asked again


@dataclass(frozen=True)
class Locate:
    """Strategy: solve the assignment to one set of centers after another.

    Parameters
    ----------
    share
        At most this part of the time left is used.
    """

    share: float = 1.0

    def __call__(self, run: Run) -> None:
        """Prove a bound, and offer every better plan."""
        if run.arrays.labelled or not run.near_plans() or run.left <= 0:
            return  # which zone has which name is not in the models
        begun, time = perf_counter(), self.share * run.left
        end = begun + time
        sets = KnownSets(run, end)
        plans = Plans(sets, end)
        for _ in plans.first():
            if run.done or perf_counter() > begun + FIRST * time:
                break
        if sets.allocation.known:
            _by_turns(sets, Bounds(sets, end).higher(), plans.further(), end)


def _by_turns(
    sets: KnownSets, bounds: Iterator[bool], plans: Iterator[None], end: float
) -> None:
    """Look for bounds and for plans by turns."""
    ahead = 0.0  # seconds plans are to be looked for
    while not sets.run.done and perf_counter() < end:
        begun = perf_counter()
        if ahead > 0:
            next(plans)
            ahead -= perf_counter() - begun
            continue
        useful = next(bounds, None)
        if useful is None:  # all that was open was looked at
            sets.tell()
            return
        ahead += PLANS * (perf_counter() - begun)
        ahead = ahead if useful else max(ahead, IDLE)
        sets.tell()
