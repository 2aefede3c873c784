"""A problem under examination: try it without this and that, and remember all plans."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from zoning.analysis.requirements import (
    Count,
    Requirement,
    another_count,
    has_given_share,
    without,
)
from zoning.clock import perf_counter
from zoning.errors import InputError
from zoning.limits import Limits
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.search.find_feasible import FeasibilityResult, find_feasible
from zoning.search.presolve import presolve

TRIAL_SHARE = 0.25  # of the time left, for one search at most
LEAST_TRIAL = 0.3  # seconds for one search, as long as there are any
MANY_COUNTS = 300  # regions of more units are not tried with every number of zones
SEARCHED_COUNTS = 8  # numbers of zones that are searched for a plan, the nearest ones
MOST_HINTS = 20  # old plans tried on a variant, the newest first


@dataclass
class Case:
    """A problem under examination, with all plans that were met for its variants.

    Parameters
    ----------
    problem
        The one that has no plan.
    deadline
        On the clock of `time.perf_counter`.
    seed, workers
        As in `zoning.solve`.
    plans
        Plans of variants met so far; each may do for another variant.
    """

    problem: Problem
    deadline: float
    seed: int
    workers: int
    plans: list[Plan] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.given_share = has_given_share(self.problem)

    @property
    def left(self) -> float:
        """Seconds until the deadline; never negative."""
        return max(0.0, self.deadline - perf_counter())

    def until(self, share: float) -> Case:
        """The same, with a part of the time."""
        end = perf_counter() + share * self.left
        return Case(self.problem, end, self.seed, self.workers, self.plans)

    def seek(self, problem: Problem, share: float = TRIAL_SHARE) -> FeasibilityResult:
        """Any plan of a variant, old plans first; neither nor when it is late."""
        left = self.left
        if left <= 0:
            return FeasibilityResult(None, "")
        seconds = max(share * left, min(left, LEAST_TRIAL))
        found = find_feasible(
            problem,
            Limits(seconds, self.seed, self.workers),
            hints=self.plans[: -MOST_HINTS - 1 : -1],
        )
        if found.plan is not None:
            self.plans.append(found.plan)
        return found

    def seek_without(self, gone: Collection[Requirement]) -> FeasibilityResult:
        """Any plan where some requirements do not count."""
        if any(isinstance(one, Count) for one in gone):
            return self._any_count(gone)
        try:
            laxer = without(self.problem, gone)
        except InputError as error:  # refused, so it has no plan
            return FeasibilityResult(None, str(error))
        return self.seek(laxer)

    def _any_count(self, gone: Collection[Requirement]) -> FeasibilityResult:
        """Any plan with any number of zones, the nearest numbers first."""
        n, now = len(self.problem.region), self.problem.num_zones
        if n > MANY_COUNTS:
            return FeasibilityResult(None, "")
        reason = ""
        hopeful: list[Problem] = []
        for count in sorted(range(1, n + 1), key=lambda k: abs(k - now)):
            try:
                other = another_count(
                    self.problem, count, given_share=self.given_share, gone=gone
                )
            except InputError as error:  # rules name more zones, or it is too heavy
                reason = str(error)
                continue
            told = presolve.why_infeasible(other)
            reason = told or reason
            if not told:
                hopeful.append(other)
        proved = len(hopeful) <= SEARCHED_COUNTS
        for other in hopeful[:SEARCHED_COUNTS]:
            found = self.seek(other, 0.5 * TRIAL_SHARE)
            if found.plan is not None:
                return found
            proved = proved and found.infeasible
            reason = found.reason or reason
        return FeasibilityResult(None, reason if proved else "")
