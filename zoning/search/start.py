"""Anneal several times from different beginnings; keep the best plan."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import numpy as np

from zoning.search import anneal
from zoning.search.anneal import Descent, Landing
from zoning.search.run import Run

SMALL = 2_000  # units up to which effort does not look at the clock: repeatable


@dataclass(frozen=True)
class Anneal:
    """Strategy: simulated annealing, many starts.

    Parameters
    ----------
    starts
        Runs from different beginnings.
    sweeps
        Proposals per unit in each.
    share
        At most this part of the time left is used.
    """

    starts: int = 8
    sweeps: int = 10_000
    share: float = 0.3

    def __call__(self, run: Run) -> None:
        """Offer the best plan found; remember all that came near."""
        a, count = run.arrays, run.problem.num_zones
        deadline = perf_counter() + self.share * run.left
        sweeps = self.sweeps
        if len(a.metre) > SMALL:
            sweeps = self._affordable(run, deadline)
        begin = None if run.plan is None else run.plan.zone_of
        first = Descent(run.seed, sweeps, deadline, begin, 0.1)
        jobs = [first] if begin is not None else []
        starts = self.starts if len(a.metre) <= SMALL else run.workers
        jobs += [Descent(run.seed + k, sweeps, deadline) for k in range(starts)]
        for landing in run.map(lambda job: anneal.descend(a, count, job), jobs):
            self._take(run, landing)

    def _affordable(self, run: Run, deadline: float) -> int:
        """Sweeps that fit the time: measured on a short run."""
        begun = perf_counter()
        trial = anneal.descend(
            run.arrays, run.problem.num_zones, Descent(run.seed, 40, deadline)
        )
        self._take(run, trial)
        a_sweep = (perf_counter() - begun) / 40
        return int(np.clip((deadline - perf_counter()) / a_sweep * 0.8, 40, self.sweeps))

    def _take(self, run: Run, landing: Landing) -> None:
        run.near.append(landing.last if landing.best is None else landing.best)
        if landing.best is not None:
            run.offer(landing.best, "annealing")
