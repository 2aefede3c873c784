"""A budget of change that is too small: answered with the least that works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from zoning.analysis.least_change import floor_of_moves, ruled
from zoning.check import judge
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.result import Result, Status

LOOK = 0.1  # of the time: whether the budget can do
ENOUGH_SHARE = 0.6  # of the time for the plan within a budget that cannot
LEAST_LEFT = 1.0  # seconds in which the least that works is looked for at least

Solve = Callable[[Problem, float], Result]


def within_budget(
    problem: Problem, solve: Solve, seconds: float, clock: Callable[[], float]
) -> Result:
    """The best plan within a budget of change; or, where there is none, beyond it.

    A rule does not bend, bands do: where no plan within the budget keeps all bands,
    zones lie outside, and it is told how much change would keep them inside. Only where
    no plan at all is within the budget, the plan is that of the fewest moves.

    Parameters
    ----------
    problem
        A budget is kept as it is where it is strict.
    solve
        Finds the best plan of a problem in so many seconds.
    seconds
        In all.
    clock
        By which they are counted.
    """
    most = problem.terms.change_most
    if most is None or problem.strict:
        return solve(problem, seconds)
    end = clock() + seconds
    too_small = floor_of_moves(problem, LOOK * seconds, most + 1) > most
    found = solve(problem, (ENOUGH_SHARE if too_small else 1.0) * _left(end - clock()))
    if found.plan is None and found.status is not Status.INFEASIBLE:
        return found
    looser = ruled(problem, lambda rule: rule.with_least_change())
    if found.plan is None:
        moved = solve(looser, _left(end - clock()))
        return found if moved.plan is None else _beyond(problem, moved, most)
    if not found.excess or (not too_small and clock() > end - LEAST_LEFT):
        return found
    try:
        strict = replace(looser, strict=True)
    except InputError:  # what must share a zone is too heavy for any, moved or not
        return found
    inside = solve(strict, _left(end - clock()))
    if inside.verdict is None or inside.verdict.changed.sum() <= most:
        return found
    words = (
        f"The budget of change is too small to keep all zones inside the balance: "
        f"{_least(inside, most)}. This plan keeps the budget."
    )
    return replace(found, reason=words)


def _left(seconds: float) -> float:
    return max(LEAST_LEFT, seconds)


def _least(moved: Result, most: int) -> str:
    """The fewest m² that were found, and the bound on them, in words."""
    assert moved.verdict is not None
    changed = int(moved.verdict.changed.sum())
    if moved.change_bound >= changed:
        return f"the least that works is {changed:,} m²"
    return (
        f"the least found is {changed:,} m², and none has less than "
        f"{max(most + 1, moved.change_bound):,}"
    )


def _beyond(problem: Problem, moved: Result, most: int) -> Result:
    """The plan of the fewest moves, under a budget that allows it."""
    assert moved.plan is not None
    assert moved.verdict is not None
    changed = int(moved.verdict.changed.sum())
    share = changed / max(1, int(problem.region.area.sum()))
    wider = ruled(problem, lambda rule: rule.with_budget(share))
    plan = Plan(wider, moved.plan.zone_of)
    verdict = judge(plan)
    words = (
        f"The budget of change is too small: no plan changes at most {most:,} m² and "
        f"keeps the rules; {_least(moved, most)}. That plan is given."
    )
    return replace(
        moved,
        plan=plan,
        verdict=verdict,
        bound=min(moved.bound, verdict.total),
        reason=words,
    )
