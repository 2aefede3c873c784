"""The tightest tolerance, where the planner does not know one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from zoning.check import judge
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.result import STOPPED, Result, Status, Step
from zoning.search.feasible import any_plan
from zoning.search.run import Progress
from zoning.solve import solve

STEP = 0.001  # tolerances are told apart to a tenth of a per cent
LOOSEST = 0.9


@dataclass(frozen=True, eq=False)
class Tightest:
    """The smallest tolerance that has a plan.

    Parameters
    ----------
    tolerance
        There is a plan within it.
    refuted
        It is proved that there is none within this one; 0 where nothing was proved.
    result
        The plan of least travel found within `tolerance`, or why there is none.
    """

    tolerance: float
    refuted: float
    result: Result

    @property
    def proved(self) -> bool:
        """No tolerance smaller by more than 0.1 percentage points has a plan."""
        return self.tolerance - self.refuted <= STEP * 1.01


def tightest(
    problem: Problem,
    *,
    time_limit: float = 60.0,
    seed: int = 0,
    workers: int = 1,
    progress: Progress | None = None,
) -> Tightest:
    """Find the smallest tolerance that has a plan, then the least travel inside it.

    The fair share stays what it is in `problem`. Tolerances are halved between one that
    has a plan and one proved to have none; half of the time goes to that. Ctrl-C ends
    the search; what was found is returned.

    Raises
    ------
    InputError
        The problem does not balance cost (its tolerance is None).
    """
    if problem.tolerance is None:
        msg = "The tightest tolerance needs a problem with a tolerance to begin with."
        raise InputError(msg)
    deadline = perf_counter() + 0.5 * time_limit
    wide, refuted, best = LOOSEST, 0.0, None
    trying = problem.tolerance
    while wide - refuted > STEP:
        left = max(0.2, deadline - perf_counter())
        found = solve(
            replace(problem, tolerance=trying),
            any_plan,
            time_limit=left if trying == problem.tolerance else min(left, left / 2 + 1),
            seed=seed,
            workers=workers,
        )
        if found.plan is not None:
            best, wide = found, min(trying, _deviation(problem, found))
        elif found.status is Status.INFEASIBLE:
            refuted = trying
        else:
            break
        if found.stopped or perf_counter() > deadline or refuted >= LOOSEST:
            break
        trying = LOOSEST if best is None else (wide + refuted) / 2
    if found.stopped:
        result = found if best is None else _kept(problem, best, wide)
        return Tightest(wide, refuted, result)
    final = solve(
        replace(problem, tolerance=wide if best is not None else problem.tolerance),
        time_limit=0.5 * time_limit,
        seed=seed,
        workers=workers,
        start=None if best is None else best.plan,
        progress=progress,
    )
    if final.plan is None and best is not None:  # it was stopped as it began
        final = _kept(problem, best, wide)
    return Tightest(wide, refuted, final)


def _kept(problem: Problem, found: Result, tolerance: float) -> Result:
    """A plan as one within a smaller tolerance, which it keeps, of a stopped search."""
    assert found.plan is not None
    plan = Plan(replace(problem, tolerance=tolerance), found.plan.zone_of)
    verdict = judge(plan)
    bound = min(found.bound, verdict.total)
    trace = (*found.trace, Step(found.seconds, verdict.total, bound, STOPPED))
    words = "The search was stopped."
    return Result(Status.FEASIBLE, plan, verdict, bound, found.seconds, words, trace)


def _deviation(problem: Problem, found: Result) -> float:
    """The smallest tolerance this plan keeps, rounded up to the step."""
    assert found.verdict is not None
    share = problem.fair_share or 1
    off = float(np.abs(found.verdict.cost - share).max()) / share
    return float(np.ceil(off / STEP - 1e-9) * STEP)
