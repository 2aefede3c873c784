"""One problem at several values of a parameter, one by one or side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from zoning.analysis.diagnosed import solve_and_diagnose
from zoning.analysis.tightest import refused
from zoning.check import judge
from zoning.checkpoint.checkpoint import Checkpoint, now
from zoning.errors import InputError
from zoning.limits import Limits
from zoning.parallel.hub import Hub, Lost
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.result import STOPPED, Result, Status, Step
from zoning.search.run import Progress, Strategy
from zoning.search.settle import settled
from zoning.stopping import until_stopped

Parameter = Literal["tolerance", "num_zones", "previous"]

NOT_SEARCHED = Result(
    *(Status.UNKNOWN, None, None, 0, 0.0, "The search was stopped before."),
    (Step(0.0, None, 0, STOPPED),),
)  # what is told of a value whose turn did not come


@dataclass(frozen=True, eq=False)
class Asked:
    """What all values share: what varies, how each is searched, where it is kept."""

    problem: Problem
    parameter: Parameter
    strategy: Strategy
    checkpoint: Checkpoint | None = None


@dataclass(frozen=True, eq=False)
class Point:
    """A value to be searched, from a plan; `limits` are its own."""

    value: float
    limits: Limits
    start: NDArray[np.int32] | None
    progress: Progress | None = None


def search_points(
    hub: Hub, asked: Asked, points: Sequence[Point]
) -> tuple[list[Result], bool]:
    """What is found at several values side by side; whether Ctrl-C came meanwhile.

    A single one has all workers. Of others it is told when they are done.
    """
    kept = asked.checkpoint
    if len(points) == 1:
        executor = None if hub.executor is None else hub
        return [_search(asked, points[0], kept, executor)], False
    found: dict[int, Result] = {}

    def came(at: int, one: _Found | Lost) -> None:
        if isinstance(one, Lost):
            found[at] = _not_brought_back(one)
        else:
            found[at] = _at_home(one.result, asked.problem)
            if kept is not None and one.checkpoint is not None:
                kept.join(one.checkpoint)
        _tell(points[at].progress, found[at])

    shared = asked if kept is None else replace(asked, checkpoint=None)
    jobs = [(replace(one, progress=None), kept) for one in points]
    longest = max(one.limits.time for one in points)
    stopped = until_stopped(
        lambda: hub.map(_search_one, shared, jobs, seconds=longest, each=came)
    )
    return [found.get(at, NOT_SEARCHED) for at in range(len(points))], stopped


@dataclass(frozen=True, eq=False)
class _Found:
    """What a worker brings back, and its copy of where that is kept."""

    result: Result
    checkpoint: Checkpoint | None


def _search_one(asked: Asked, job: tuple[Point, Checkpoint | None], _: float) -> _Found:
    return _Found(_search(asked, *job), job[1])


def _search(
    asked: Asked, point: Point, kept: Checkpoint | None, executor: Hub | None = None
) -> Result:
    """What is found at a value."""
    try:
        one = varied(asked.problem, asked.parameter, point.value)
    except InputError as error:
        return refused(error)
    return solve_and_diagnose(
        one,
        asked.strategy,
        limits=point.limits,
        start=None if point.start is None else Plan(one, point.start),
        executor=executor,
        progress=point.progress,
        checkpoint=kept,
    )


def spent_since(started: float, asked: Asked, found: Sequence[Result]) -> float:
    """Seconds that some values took, those of earlier runs counted as well."""
    kept = asked.checkpoint
    return max(now(kept) - started, *(one.seconds for one in found))


def _at_home(found: Result, problem: Problem) -> Result:
    """A result of another process, in this one's copy of the region."""
    plan = found.plan
    if plan is None or plan.problem.region is problem.region:
        return found
    here = replace(plan.problem, region=problem.region)
    return replace(found, plan=Plan(here, plan.zone_of, plan.names))


def _not_brought_back(lost: Lost) -> Result:
    words = f"No answer, {lost.why}."
    return Result(Status.UNKNOWN, None, None, 0, 0.0, words, losses=(words,))


def _tell(progress: Progress | None, found: Result) -> None:
    if progress is not None:
        change = 0 if found.verdict is None else found.verdict.change_cost
        told = (found.seconds, found.cost, found.bound, "done")
        progress(Step(*told, excess=found.excess or 0, change_cost=change))


def calls(parameter: Parameter, value: float) -> str:
    """A value of a parameter as a planner says it."""
    match parameter:
        case "tolerance":
            return f"±{100 * value:.8g} %"
        case "num_zones":
            return "1 zone" if value == 1 else f"{value:g} zones"
        case "previous":
            return f"{100 * value:.8g} % of the area may change zone"


def told_of(progress: Progress | None, called: str, seconds: float) -> Progress | None:
    """Tells of one of several searches: which, and when since the first began."""
    if progress is None:
        return None

    def tell(step: Step) -> None:
        what = f"{called}, {step.what}"
        progress(replace(step, seconds=step.seconds + seconds, what=what))

    return tell


def varied(problem: Problem, parameter: Parameter, value: float) -> Problem:
    """The problem with another value of one parameter.

    Raises
    ------
    InputError
        Rules leave the problem no plan at this value, or no problem can have it.
    """
    match parameter:
        case "tolerance":
            return replace(problem, tolerance=value)
        case "num_zones":
            return replace(problem, num_zones=int(value), fair_share=None)
        case "previous":
            rules = tuple(rule.with_budget(value) for rule in problem.rules)
            return replace(problem, rules=rules)


def or_else(found: Result, plan: Plan, asked: Asked, value: float) -> Result:
    """What was found at a value, or a plan of a smaller one where that is better."""
    if found.status is Status.INFEASIBLE or found.stopped:
        return found
    try:
        one = varied(asked.problem, asked.parameter, value)
    except InputError:
        return found
    other = settled(Plan(one, plan.zone_of))
    verdict = judge(other)
    here = (inf, inf) if found.cost is None else (found.excess or 0, found.cost)
    if not verdict.ok or (verdict.excess, verdict.total) >= here:
        return found
    taken = replace(found, status=Status.FEASIBLE, plan=other, verdict=verdict)
    return proved(taken, found.bound, found.excess_bound)


def proved(result: Result, bound: int, excess_bound: int) -> Result:
    """A result that has a plan, and of which these bounds are true as well."""
    cost, excess = result.cost or 0, result.excess or 0
    bound = min(max(result.bound, bound), cost)
    least = min(max(result.excess_bound, excess_bound), excess)
    after = replace(result, bound=bound, excess_bound=least)
    if bound < cost or least < excess:
        return after
    return replace(after, status=Status.OPTIMAL, reason="No plan is cheaper.")
