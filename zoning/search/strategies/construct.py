"""A first plan of a large region, soon: zones are grown, then annealed in short."""

from __future__ import annotations

from dataclasses import dataclass

from zoning.clock import perf_counter
from zoning.search.annealing.region_growing import grow_regions
from zoning.search.annealing.simulated_annealing import Schedule, anneal
from zoning.search.run import Run
from zoning.search.strategies.anneal import compile_once
from zoning.search.strategies.lns import repair


@dataclass(frozen=True)
class Construct:
    """Strategy: a first plan of a large region, soon.

    Parameters
    ----------
    share
        At most this part of the time left is used.
    sweeps
        Proposals per unit.
    """

    share: float = 0.5
    sweeps: int = 200

    def __call__(self, run: Run) -> None:
        """Submit a plan, or put one into the pool that nearly keeps its bands."""
        compile_once(run)
        if run.plan is not None:  # the planner's, or last year's
            return
        deadline = perf_counter() + self.share * run.time_left
        start = grow_regions(run.instance, run.num_zones, run.seed)
        schedule = Schedule(run.seed, self.sweeps, deadline, start)
        found = anneal(run.instance, run.num_zones, schedule)
        run.pool.append(repair(run, found.zone_of, deadline))
