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


@dataclass(frozen=True)
class LocationAllocationParams:
    """How time is shared between plans and bounds.

    Parameters
    ----------
    first_share
        Of the time, at most, goes into a good plan before any bound.
    seconds_for_plans
        For plans, for each second that goes into bounds.
    idle_seconds
        Plans are sought for so long where a bound brought nothing.
    """

    first_share: float = 0.2
    seconds_for_plans: float = 0.4
    idle_seconds: float = 1.0


PARAMS = LocationAllocationParams()


@dataclass(frozen=True)
class LocationAllocation:
    """Strategy: solve the assignment to one set of centers after another.

    Parameters
    ----------
    share
        At most this part of the time left is used.
    params
        How time is shared between plans and bounds.
    """

    share: float = 1.0
    params: LocationAllocationParams = PARAMS

    def __call__(self, run: Run) -> None:
        """Prove a bound, and submit every better plan."""
        if run.instance.labelled or not run.initial_plans() or run.time_left <= 0:
            return  # which zone has which name is not in the models
        begun, time = perf_counter(), self.share * run.time_left
        end = begun + time
        sets = CenterSetPool(run, end)
        plans = UpperBounds(sets, end)
        for _ in plans.construct():
            if run.done or perf_counter() > begun + self.params.first_share * time:
                break
        if sets.allocation.solved:
            bounds = LowerBounds(sets, end).steps()
            _by_turns(sets, bounds, plans.improve(), end, self.params)


def _by_turns(
    sets: CenterSetPool,
    bounds: Iterator[bool],
    plans: Iterator[None],
    end: float,
    params: LocationAllocationParams,
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
        ahead += params.seconds_for_plans * (perf_counter() - begun)
        ahead = ahead if useful else max(ahead, params.idle_seconds)
        sets.report()


def __getattr__(name: str) -> object:
    """The strategy by its old name, for one release."""
    if name != "Locate":
        raise AttributeError(name)
    warn("Locate is now LocationAllocation.", DeprecationWarning, stacklevel=2)
    return LocationAllocation
