"""Anneal several times from different beginnings; keep the best plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zoning.clock import perf_counter
from zoning.search.annealing import anneal
from zoning.search.annealing.anneal import Descent, Landing
from zoning.search.instance.subset import restrict
from zoning.search.run import Run

QUICK, LONG = 1_000_000, 5_000_000  # proposals a run, where units are few
FIRST_SWEEPS = 1_000  # of the quick runs that look for good beginnings
AGAIN_HOT = 0.3  # temperature of the long runs from the best of them


@dataclass(frozen=True)
class Anneal:
    """Strategy: simulated annealing from many beginnings, longer from the best.

    Parameters
    ----------
    starts
        Quick runs from different beginnings.
    again
        So many of the best are annealed on.
    sweeps
        Proposals per unit in each long run.
    share
        At most this part of the time left is used.
    """

    starts: int = 24
    again: int = 6
    sweeps: int = 10_000
    share: float = 0.3

    def __call__(self, run: Run) -> None:
        """Offer the best plan found; remember all that came near."""
        compile_once(run)
        deadline = perf_counter() + self.share * run.left
        n = run.arrays.num_units
        quick = max(FIRST_SWEEPS, min(QUICK // n, 10 * FIRST_SWEEPS))
        jobs = [Descent(run.seed + k, quick, deadline) for k in range(self.starts)]
        if run.plan is not None:  # the planner's, or last year's
            jobs.append(Descent(run.seed, FIRST_SWEEPS, deadline, run.labels, 0.1))
        sweeps = max(self.sweeps, min(LONG // n, 5 * self.sweeps))
        best = sorted(_descend(run, jobs), key=_rank)[: self.again]
        again = [
            Descent(run.seed + k, sweeps, deadline, _end(landing), AGAIN_HOT)
            for k, landing in enumerate(best)
        ]
        landings = sorted([*best, *_descend(run, again)], key=_rank)
        for landing in landings[: max(1, 2 * self.again)]:
            _keep(run, landing)


def compile_once(run: Run) -> None:
    """Compile what annealing needs, on one unit, where that was never done here.

    Nothing tells beforehand whether it was: rules of a kind not met yet take more.
    """
    run.tell("getting ready")
    few = restrict(run.arrays, np.arange(1))
    anneal.descend(few, 1, Descent(0, 1, run.deadline))


def _descend(run: Run, jobs: list[Descent]) -> list[Landing]:
    count = run.count
    return list(run.map(lambda job: anneal.descend(run.arrays, count, job), jobs))


def _rank(landing: Landing) -> tuple[bool, float]:
    """Plans that keep the bands first, then by travel (or by how far they are off)."""
    if landing.best is None:
        return True, landing.excess
    return False, float(landing.travel)


def _end(landing: Landing) -> anneal.Labels:
    return landing.last if landing.best is None else landing.best


def _keep(run: Run, landing: Landing) -> None:
    run.near.append(_end(landing))
    if landing.best is not None:
        run.offer(landing.best, "annealing")
