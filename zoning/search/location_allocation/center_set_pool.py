"""What is known of sets of centers: a bound for each, and which are still open.

Dual points and better plans close sets, whoever finds them; when all are closed, the
best plan is proved. See `center_sets` for what dual points tell.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zoning.search.instance.constants import NO_LIMIT, SCALE
from zoning.search.instance.zones import Ints
from zoning.search.lagrangian.bound import DualPoint
from zoning.search.location_allocation.allocation import (
    Allocation,
    Transportation,
    zone_centers,
)
from zoning.search.location_allocation.center_sets import (
    NO_ZONE,
    CenterSet,
    CenterSets,
    enumerate_center_sets,
    set_bounds,
)
from zoning.search.pricing.open_pairs import open_pairs
from zoning.search.pricing.subproblems import CenterSubproblems
from zoning.search.run import Run
from zoning.solvers.assignment_pairs import AssignmentPairs

MAX_SETS = 200_000  # listed at a time
MORE = 1.3  # times the dual points, before sets are listed again where that was in vain


class CenterSetPool:
    """Sets of centers and their bounds, in one run.

    Parameters
    ----------
    run
        Where the best plan is, and better ones and bounds are told.
    end
        When nothing long is begun any more, by the clock.
    """

    def __init__(self, run: Run, end: float) -> None:
        self.run = run
        self.end = end
        self.subproblems = CenterSubproblems(run.instance, run.num_zones, run.hub)
        self.allocation = Allocation(self.subproblems, end)
        self.graph = None if run.instance.is_complete else run.instance.graph
        self.points: list[DualPoint] = []
        self.components: list[Ints] = []  # came out disconnected; to be cut off at once
        self.postponed: dict[
            CenterSet, tuple[int, int]
        ] = {}  # bound, and how often tried
        self.closed: dict[CenterSet, int] = {}  # bound, where no more is to be learnt
        self.listed = CenterSets(
            np.zeros((0, run.num_zones), np.int64), np.zeros(0, np.int64), 0
        )
        self.failed_with = (
            0  # dual points with which there were too many sets to list any
        )

    @property
    def upper_bound(self) -> int | None:
        """Travel of the best plan so far."""
        return None if self.run.cost is None else self.run.cost - self.run.base

    @property
    def cutoff(self) -> int:
        """A set whose bound is that much or more has no better plan."""
        return (
            int(NO_ZONE)
            if self.upper_bound is None
            else (self.upper_bound - 1) * SCALE + 1
        )

    @property
    def best(self) -> Transportation:
        """The set of least bound, of those units were shared out among."""
        return min(self.allocation.solved.values(), key=lambda one: one.bound)

    @property
    def best_point(self) -> DualPoint:
        """The dual point that says most of all sets at once."""
        return max(self.points, key=lambda point: point.bound)

    @property
    def has_unlisted(self) -> bool:
        """Sets that are not listed may have a better plan."""
        return self.listed.unexplored_bound < self.cutoff

    def add_point(self, point: DualPoint) -> None:
        """Learn what some multipliers say of every set."""
        self.points.append(point)
        bound = np.maximum(self.listed.bound, set_bounds(point, self.listed.sets))
        self.listed = self.listed._replace(bound=bound)
        self._forget()
        self.run.update_travel_bound(point.bound, "centers")

    def _forget(self) -> None:
        """Drop the listed sets that no better plan has."""
        open_too = self.subproblems.is_open[self.listed.sets].all(axis=1)
        self.listed = self.listed.pick((self.listed.bound < self.cutoff) & open_too)

    def fix(self) -> None:
        """Rule out what the best plan leaves no room for."""
        self.failed_with = 0
        best = self.best_point
        if self.upper_bound is not None and best.bound < self.upper_bound:
            self.subproblems.fix_by_reduced_cost(
                best.duals, best.min_reduced_cost, self.upper_bound
            )
            self._forget()

    def on_better_plan(self) -> None:
        """There is a better plan: fix by it; look at its true centers."""
        if self.points:
            self.fix()
        labels = self.run.incumbent
        if labels is not None:
            centers = zone_centers(self.run.instance, labels, self.run.num_zones)
            if self.allocation.are_open(centers):
                self.allocation.solve(centers)

    def offer(self, center_of: NDArray[np.integer]) -> None:
        """Put a plan forward, by the center of each unit."""
        self.run.submit_assignment(center_of, "centers")

    def most_promising(self) -> CenterSet | None:
        """The listed set of least bound; where none is left, one that was postponed."""
        if len(self.listed.sets):
            return tuple(self.listed.sets[self.listed.bound.argmin()].tolist())
        return min(self.postponed, key=lambda one: self.postponed[one], default=None)

    def list_more(self) -> None:
        """List the cheapest sets anew, where dual points tell enough by now."""
        if len(self.points) < MORE * self.failed_with:
            return
        found = enumerate_center_sets(
            self.points,
            self.subproblems.open_centers,
            self.run.num_zones,
            self.cutoff,
            MAX_SETS,
            self.end,
        )
        kept = np.ones(len(found.sets), np.bool_)
        for some in (*self.closed, *self.postponed):
            kept &= (found.sets != some).any(axis=1)
        if len(found.sets) == 0 and found.unexplored_bound < self.cutoff:
            self.failed_with = len(self.points)
        self.listed = found.pick(kept)

    def tries_of(self, some: CenterSet) -> tuple[int, int]:
        """The bound of a set, and how often the best plan with it was sought."""
        return self.postponed.get(some, (self._bound(some), 0))

    def _bound(self, some: CenterSet) -> int:
        one = np.array([some])
        return max(int(set_bounds(point, one)[0]) for point in self.points)

    def close(self, some: CenterSet, bound: int) -> None:
        """No more is to be learnt of a set than this bound."""
        self._unlist(some)
        self.closed[some] = bound

    def postpone(self, some: CenterSet, bound: int, tries: int) -> None:
        """A set is hard: to be looked at again when no other is left."""
        self._unlist(some)
        self.postponed[some] = bound, tries

    def _unlist(self, some: CenterSet) -> None:
        self.postponed.pop(some, None)
        self.listed = self.listed.pick((self.listed.sets != some).any(axis=1))

    def report(self) -> None:
        """Prove the least bound of a set left open."""
        left = [
            self.listed.unexplored_bound,
            int(self.listed.bound.min(initial=NO_LIMIT)),
        ]
        left += [bound for bound, _ in self.postponed.values()]
        left += self.closed.values()
        if self.upper_bound is not None:
            self.run.update_travel_bound(
                -(-min(self.cutoff, *left) // SCALE), "centers"
            )
        elif min(left) >= self.cutoff:
            self.run.prove_infeasible(
                "No split into connected zones keeps all bands: proved for every set "
                "of centers. Raise the tolerance, or ask for another number of zones."
            )
        else:
            self.run.update_travel_bound(-(-min(left) // SCALE), "centers")

    def pairs(self, now: Transportation, dearer: float = np.inf) -> AssignmentPairs:
        """What may be assigned to some centers in a better plan.

        `dearer`: it travels at most so many times the bound of the centers.
        """
        few = self.subproblems.only_centers(now.centers)
        most = min(self.cutoff, int(NO_ZONE))
        if np.isfinite(dearer):
            most = min(most, int(dearer * max(0, now.bound)) + SCALE)
        if most < NO_ZONE:
            few.fix_by_reduced_cost(
                now.point.duals, now.point.min_reduced_cost, -(-most // SCALE)
            )
        return open_pairs(few)
