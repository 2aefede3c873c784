"""Anneal several times from different beginnings; keep the best plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

import numpy as np

from zoning.clock import perf_counter, standing_still
from zoning.parallel.hub import Lost
from zoning.search.annealing.simulated_annealing import (
    AnnealingResult,
    Schedule,
    anneal,
    anneal_job,
)
from zoning.search.instance.subset import restrict
from zoning.search.run import Run


@dataclass(frozen=True)
class AnnealParams:
    """How long the runs of `Anneal` are, and how hot.

    Parameters
    ----------
    quick_proposals, long_proposals
        Proposals a run, where units are few: quick runs look for good beginnings, long
        ones go on from the best of them.
    quick_sweeps
        Proposals per unit of a quick run, at least.
    again_temperature
        Where long runs begin.
    known_temperature
        Where a run from the planner's, or last year's, plan begins.
    """

    quick_proposals: int = 1_000_000
    long_proposals: int = 5_000_000
    quick_sweeps: int = 1_000
    again_temperature: float = 0.3
    known_temperature: float = 0.1


PARAMS = AnnealParams()
GETTING_READY = 60.0  # seconds workers of other processes have to begin


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
    params
        How long the runs are, and how hot.
    """

    starts: int = 24
    again: int = 6
    sweeps: int = 10_000
    share: float = 0.3
    params: AnnealParams = PARAMS

    def __call__(self, run: Run) -> None:
        """Submit the best plan found; put all that came near into the pool."""
        compile_once(run)
        deadline = perf_counter() + self.share * run.time_left
        quick = sorted(_anneal_each(run, self._quick(run, deadline)), key=_rank)
        best = quick[: self.again]
        long = _anneal_each(run, self._long(run, best, deadline))
        for result in sorted([*best, *long], key=_rank)[: max(1, 2 * self.again)]:
            run.pool.append(result.zone_of)
            if result.best is not None:
                run.submit(result.best, "annealing")

    def _quick(self, run: Run, deadline: float) -> list[Schedule]:
        some, n = self.params, run.instance.num_units
        least, most = some.quick_sweeps, 10 * some.quick_sweeps
        sweeps = max(least, min(some.quick_proposals // n, most))
        out = [Schedule(run.seed + k, sweeps, deadline) for k in range(self.starts)]
        if run.plan is not None:  # the planner's, or last year's
            hot = some.known_temperature
            out.append(Schedule(run.seed, least, deadline, run.incumbent, hot))
        return out

    def _long(
        self, run: Run, best: list[AnnealingResult], deadline: float
    ) -> list[Schedule]:
        some, n = self.params, run.instance.num_units
        sweeps = max(self.sweeps, min(some.long_proposals // n, 5 * self.sweeps))
        hot = some.again_temperature
        return [
            Schedule(run.seed + k, sweeps, deadline, result.zone_of, hot)
            for k, result in enumerate(best)
        ]


def compile_once(run: Run) -> None:
    """Compile what annealing needs, on one unit, where that was never done here.

    Nothing tells beforehand whether it was: rules of a kind not met yet take more.
    """
    run.report("getting ready")
    few = restrict(run.instance, np.arange(1))
    anneal(few, 1, Schedule(0, 1, run.deadline))
    if not run.hub.shares_memory:
        jobs = [(1, Schedule(0, 1, inf))] * run.hub.workers
        with standing_still():  # workers begin, which is no search either
            run.hub.map(anneal_job, few, jobs, seconds=GETTING_READY)


def _anneal_each(run: Run, schedules: Iterable[Schedule]) -> list[AnnealingResult]:
    """Anneal by each schedule, side by side; what was lost is left out."""
    jobs = [(run.num_zones, each) for each in schedules]
    end = max((each.deadline for _, each in jobs), default=0.0)
    found = run.map(anneal_job, run.instance, jobs, end=end)
    for (_, each), one in zip(jobs, found, strict=True):
        if isinstance(one, Lost):
            run.give_up(f"Annealing from beginning {each.seed}", one)
    return [one for one in found if not isinstance(one, Lost)]


def _rank(result: AnnealingResult) -> tuple[bool, float]:
    """Plans that keep the bands first, then by travel (or by how far they are off)."""
    if result.best is None:
        return True, result.violation
    return False, float(result.travel)
