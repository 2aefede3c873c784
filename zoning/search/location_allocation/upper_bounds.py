"""Plans from sets of centers: sets are moved to better ones, and plans sought there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.parallel.hub import Lost
from zoning.search.annealing.simulated_annealing import Schedule, anneal_job
from zoning.search.lagrangian.oracles import knapsack_oracle
from zoning.search.location_allocation.allocation import (
    Allocation,
    Transportation,
    zone_centers,
)
from zoning.search.location_allocation.center_set_pool import CenterSetPool
from zoning.search.location_allocation.center_sets import CenterSet, exchange
from zoning.solvers.transportation import assign_to_centers

OTHER_SEEDS, SWEEPS = 1_000, 500  # of short runs of annealing, to begin with
ROUGH, NEAR = 1e-3, 2e-4  # a plan is so near to the best with its centers
DEARER = (1.002, 1.01, np.inf)  # than the relaxation; a plan is sought among such
PLAN_SECONDS = 10.0  # seconds, at most, for a plan


class UpperBounds:
    """Seeks plans step by step; each step may be the last.

    Parameters
    ----------
    sets
        What is known, and where better plans are put.
    end
        When to stop, by `perf_counter`.
    """

    def __init__(self, sets: CenterSetPool, end: float) -> None:
        self.sets = sets
        self.run = sets.run
        self.allocation = sets.allocation
        self.end = end
        self.sought: set[CenterSet] = set()
        self.seed = self.run.seed + OTHER_SEEDS

    def construct(self) -> Iterator[None]:
        """Move the centers of plans nearly good to better ones; find a plan there."""
        yield from self._converge(self.run.initial_plans())
        if self.allocation.solved:
            self._find_plan(self.sets.best)
            yield
            yield from self._relocate()

    def improve(self) -> Iterator[None]:
        """Go on so, then by single exchanges, then from other beginnings; for ever."""
        while True:
            yield from self._relocate()
            yield from self._exchange()
            left = [
                one
                for some, one in self.allocation.solved.items()
                if some not in self.sought and one.bound < self.sets.cutoff
            ]
            if left:
                self._find_plan(min(left, key=lambda one: one.bound))
                yield
            run, first = self.run, self.seed
            self.seed += run.workers
            jobs = [
                (run.num_zones, Schedule(first + k, SWEEPS, self.end))
                for k in range(run.workers)
            ]
            ends = run.map(anneal_job, run.instance, jobs, end=self.end)
            yield from self._converge(
                [one.last for one in ends if not isinstance(one, Lost)]
            )
            yield

    def _converge(self, near: Sequence[NDArray[np.int32]]) -> Iterator[None]:
        """Move the centers of some plans to better ones."""
        a, count = self.run.instance, self.run.num_zones
        some = [zone_centers(a, labels, count) for labels in near]
        allowed = (one for one in some if self.allocation.are_open(one))
        for _ in self._moved(allowed, None):
            yield

    def _moved(
        self, sets: Iterator[CenterSet], best: Transportation | None
    ) -> Iterator[Sequence[Transportation]]:
        """Move sets of centers to better ones, some side by side."""
        hub = self.run.hub.here  # what is learnt of a set is remembered here
        while some := list(islice(sets, self.run.workers)):
            jobs = [(centers, best) for centers in some]
            found = hub.map(_move, self.allocation, jobs)
            yield [one for one in found if not isinstance(one, Lost)]

    def _relocate(self) -> Iterator[None]:
        """Move one center elsewhere while that is better, then find a plan."""
        better = True
        while better:
            best, better = self.sets.best, False
            for _ in self._moved(self.allocation.relocations(best), best):
                yield
                better = self.sets.best.bound < best.bound
                if better:
                    break
        if self.sets.best.centers not in self.sought:
            self._find_plan(self.sets.best)
            yield

    def _exchange(self) -> Iterator[None]:
        """Exchange centers where dual points do not tell that it is no better."""
        sets = self.sets
        while sets.points and sets.best.bound < sets.cutoff:
            best, centers = sets.best, sets.subproblems.open_centers
            other = exchange(sets.points, centers, best.centers, best.bound)
            if other is None:
                return
            yuan = self.allocation.solve(other).point.yuan
            sets.add_point(knapsack_oracle(sets.subproblems, yuan))
            yield

    def _find_plan(self, now: Transportation) -> None:
        """A good plan with these centers, if there is one.

        Looked for among plans hardly dearer than the relaxation at first: few pairs of
        a unit and a center are left then, and fewer when a plan is known.
        """
        self.sought.add(now.centers)
        before = self.run.cost
        end = min(self.end, perf_counter() + PLAN_SECONDS)
        for dearer in DEARER:
            if self._allocate(now, dearer, ROUGH, end):
                self._allocate(now, np.inf, NEAR, end)
                break
        if self.run.cost != before:
            self.sets.on_better_plan()

    def _allocate(
        self, now: Transportation, dearer: float, gap: float, end: float
    ) -> bool:
        sets = self.sets
        found = assign_to_centers(
            sets.pairs(now, dearer),
            sets.graph,
            sets.components,
            num_units=len(sets.subproblems.is_open),
            gap=gap,
            seconds=end - perf_counter(),
        )
        sets.components += found.components
        if found.center_of is not None:
            sets.offer(found.center_of)
        return found.center_of is not None


def _move(
    allocation: Allocation, job: tuple[CenterSet, Transportation | None], _: float
) -> Transportation:
    return allocation.converge(*job)
