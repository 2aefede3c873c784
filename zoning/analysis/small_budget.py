"""A budget of change that is too small: answered with the least that works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from zoning.analysis.least_change import floor_of_moves, ruled
from zoning.check import judge
from zoning.clock import perf_counter
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.result import Result, Status

LOOK = 0.1  # of the time: whether the budget can do
LEAST_LEFT = 1.0  # seconds in which the least that works is looked for at least

Solve = Callable[[Problem, float], Result]


def within_budget(problem: Problem, solve: Solve, seconds: float) -> Result:
    """The best plan within a budget of change; or, where that is too small, beyond it.

    It is too small where no plan within it keeps the rules; and where none keeps all
    bands, while one beyond it does. Then the plan is that of the fewest moves. Where
    exceptions are there in any case the budget is kept, and bands bend.

    Parameters
    ----------
    problem
        A budget is kept as it is where it is strict.
    solve
        Finds the best plan of a problem in so many seconds.
    seconds
        In all.
    """
    most = problem.terms.change_most
    if most is None or problem.strict:
        return solve(problem, seconds)
    end = perf_counter() + seconds
    found = None
    if floor_of_moves(problem, LOOK * seconds, most + 1) <= most:
        found = solve(problem, end - perf_counter())
        left = end - perf_counter()
        if found.plan is not None and (not found.excess_bound or left < LEAST_LEFT):
            return found
        if found.plan is None and found.status is not Status.INFEASIBLE:
            return found
    looser = ruled(problem, lambda rule: rule.with_least_change())
    moved = solve(looser, max(LEAST_LEFT, end - perf_counter()))
    kept = found is None or found.plan is not None
    if moved.plan is None or (kept and moved.excess):
        return found or solve(problem, max(LEAST_LEFT, end - perf_counter()))
    return _beyond(problem, moved, most)


def _beyond(problem: Problem, moved: Result, most: int) -> Result:
    """The plan of the fewest moves, under a budget that allows it."""
    assert moved.plan is not None
    assert moved.verdict is not None
    changed = int(moved.verdict.changed.sum())
    share = changed / max(1, int(problem.region.area.sum()))
    wider = ruled(problem, lambda rule: rule.with_budget(share))
    plan = Plan(wider, moved.plan.zone_of)
    verdict = judge(plan)
    if moved.change_bound >= changed:
        least = f"the least that works is {changed:,} m²"
    else:
        least = (
            f"the least found is {changed:,} m², and none has less than "
            f"{max(most + 1, moved.change_bound):,}"
        )
    words = (
        f"The budget of change is too small: no plan changes at most {most:,} m² and "
        f"keeps all else; {least}. That plan is given."
    )
    return replace(
        moved,
        plan=plan,
        verdict=verdict,
        bound=min(moved.bound, verdict.total),
        reason=words,
    )
