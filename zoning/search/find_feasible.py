"""Any plan at all: found, proved impossible, or neither in the time given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from zoning.check import judge
from zoning.limits import Limits
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.search.any_plan import any_plan
from zoning.search.elastic import unbent
from zoning.search.optimize import search
from zoning.search.presolve import presolve
from zoning.search.run import Run


@dataclass(frozen=True)
class FeasibilityResult:
    """A plan that keeps every rule, or why there is none; neither: the time was over.

    Parameters
    ----------
    plan
        Judged to keep every rule, or None.
    reason
        In words why there can be none, or "".
    """

    plan: Plan | None
    reason: str

    @property
    def infeasible(self) -> bool:
        """It is proved that there is no plan."""
        return bool(self.reason)


def find_feasible(
    problem: Problem, limits: Limits, *, hints: Iterable[Plan] = ()
) -> FeasibilityResult:
    """Look for any plan of a problem.

    Parameters
    ----------
    hints
        Plans of other problems about the same buildings that may do.
    """
    for hint in hints:
        plan = Plan(problem, hint.zone_of)
        if judge(plan).ok:
            return FeasibilityResult(plan, "")
    reason = presolve.why_infeasible(unbent(problem))
    if reason or limits.time <= 0:
        return FeasibilityResult(None, reason)
    run = Run(problem, limits)
    search(run, any_plan)
    return FeasibilityResult(run.best, run.infeasibility)
