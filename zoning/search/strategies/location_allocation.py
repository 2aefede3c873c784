"""Location-allocation: for few large zones, close one set of centers after another.

With the centers fixed, sharing out the units is a transportation problem, which HiGHS
and CP-SAT solve quickly, contiguity and all. Which sets are worth that, duals tell:
the relaxation of one set gives duals that bound all the others as well. The set of the
least bound is looked at next, until none is left that could beat the best plan.

After Cooper: Heuristic methods for location-allocation problems. SIAM Review 6, 1964,
doi:10.1137/1006005; the proof after Benders, see `center_sets`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from warnings import warn

from zoning.clock import perf_counter
from zoning.search.location_allocation.center_set_pool import CenterSetPool
from zoning.search.location_allocation.lower_bounds import LowerBounds
from zoning.search.location_allocation.upper_bounds import UpperBounds
from zoning.search.run import Run

FIRST = 0.2  # of the time, at most, goes into a good plan before any bound
PLANS = 0.4  # seconds for plans, for each that goes into bounds
IDLE = 1.0  # seconds plans are sought for before bounds are asked again


@dataclass(frozen=True)
class LocationAllocation:
    """Strategy: solve the assignment to one set of centers after another.

    Parameters
    ----------
    share
        At most this part of the time left is used.
    """

    share: float = 1.0

    def __call__(self, run: Run) -> None:
        """Prove a bound, and offer every better plan."""
        if run.instance.labelled or not run.initial_plans() or run.time_left <= 0:
            return  # which zone has which name is not in the models
        begun, time = perf_counter(), self.share * run.time_left
        end = begun + time
        sets = CenterSetPool(run, end)
        plans = UpperBounds(sets, end)
        for _ in plans.construct():
            if run.done or perf_counter() > begun + FIRST * time:
                break
        if sets.allocation.solved:
            _by_turns(sets, LowerBounds(sets, end).steps(), plans.improve(), end)


def _by_turns(
    sets: CenterSetPool, bounds: Iterator[bool], plans: Iterator[None], end: float
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
            sets.report()
            return
        ahead += PLANS * (perf_counter() - begun)
        ahead = ahead if useful else max(ahead, IDLE)
        sets.report()


def __getattr__(name: str) -> object:
    """The strategy by its old name, for one release."""
    if name != "Locate":
        raise AttributeError(name)
    warn("Locate is now LocationAllocation.", DeprecationWarning, stacklevel=2)
    return LocationAllocation
