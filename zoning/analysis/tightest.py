"""The tightest tolerance, where the planner does not know one."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, replace
from math import ceil

from zoning.analysis.diagnosed import solve_and_diagnose
from zoning.check import judge, tolerance_of
from zoning.checkpoint.checkpoint import (
    CHECKPOINT,
    Checkpoint,
    Folder,
    checkpoint_of,
    now,
)
from zoning.errors import InputError
from zoning.limits import Limits
from zoning.parallel.hub import Hub
from zoning.parallel.pools import EXECUTOR
from zoning.plan import Plan
from zoning.problem import PROBLEM, Problem
from zoning.result import STOPPED, Result, Status, Step
from zoning.search.any_plan import any_plan
from zoning.search.auto import auto
from zoning.search.run import Progress, Strategy
from zoning.text.arguments import CALLABLE, SEARCH, takes

STEPS = 1_000  # tolerances are told apart to a tenth of a percentage point
LOOSEST = STEPS - 1  # a tolerance is below 1


@dataclass(frozen=True, eq=False)
class Tightest:
    """The smallest tolerance that has a plan, to a tenth of a percentage point.

    Parameters
    ----------
    tolerance
        There is a plan within it; None where no plan was found within any.
    refuted
        It is proved that there is none within this one; 0 where nothing was proved.
    result
        The plan of least travel found within `tolerance`, or why there is none.
    """

    tolerance: float | None
    refuted: float
    result: Result

    @property
    def proved(self) -> bool:
        """There is a plan, and none within a tolerance 0.1 percentage points less."""
        if self.tolerance is None:
            return False
        return round(STEPS * (self.tolerance - self.refuted), 6) <= 1

    @property
    def hopeless(self) -> bool:
        """It is proved that there is no plan, whatever the tolerance."""
        return self.tolerance is None and STEPS * self.refuted >= LOOSEST

    def __str__(self) -> str:
        none = f"none within ±{100 * self.refuted:.1f} %"
        proved = f" It is proved that there is {none}." if self.refuted else ""
        if self.tolerance is not None:
            least = f"±{100 * self.tolerance:.1f} %"
            return f"The tightest tolerance found with a plan is {least}.{proved}"
        if self.hopeless:
            return "It is proved that there is no plan, whatever the tolerance."
        return f"No plan was found, whatever the tolerance.{proved}"


@takes(
    problem=PROBLEM,
    progress=CALLABLE.or_none,
    executor=EXECUTOR,
    checkpoint=CHECKPOINT,
    **SEARCH,
)
def tightest(
    problem: Problem,
    *,
    time_limit: float = 60.0,
    seed: int = 0,
    workers: int = 1,
    progress: Progress | None = None,
    executor: Executor | Hub | None = None,
    checkpoint: Folder = None,
) -> Tightest:
    """Find the smallest tolerance that has a plan, then the least travel inside it.

    The fair share stays what it is in `problem`. Tolerances are halved between one that
    has a plan and one proved to have none; half of the time goes to that. No band
    bends: a plan that needs exceptions is none. Ctrl-C ends the search; what was found
    is returned. One tolerance is tried after the other; on an `executor`, see
    `zoning.solve`, pieces of each search run side by side.

    Raises
    ------
    InputError
        The problem does not balance cost (its tolerance is None).
    """
    if problem.tolerance is None:
        msg = "The tightest tolerance needs a problem with a tolerance to begin with."
        raise InputError(msg)
    kept = checkpoint_of(checkpoint)
    end = now(kept) + 0.5 * time_limit
    search = _Halving(problem, seed, workers, executor, end, kept)
    trying: int | None = min(ceil(STEPS * problem.tolerance - 1e-9), LOOSEST)
    while trying is not None:
        search.seek(trying)
        trying = search.next_after(trying)
    if not search.over:
        search.cheapest(0.5 * time_limit, progress)
    return search.told()


def refused(error: InputError) -> Result:
    """The result for a problem that is refused: rules leave it no plan."""
    return Result(Status.INFEASIBLE, None, None, 0, 0.0, str(error))


@dataclass
class _Halving:
    """Tolerances, in steps, that have a plan or are proved to have none.

    Parameters
    ----------
    deadline
        On the clock of `now`.
    checkpoint
        Where what is found is kept.
    refuted
        There is no plan within it.
    low
        It, and all that is smaller, is not tried any more.
    high
        The smallest that a plan was found for.
    best, last
        The plan found for it; what was found last.
    """

    problem: Problem
    seed: int
    workers: int
    executor: Executor | Hub | None
    deadline: float
    checkpoint: Checkpoint | None
    refuted: int = -1
    low: int = -1
    high: int = LOOSEST
    best: Result | None = None
    last: Result | None = None

    def seek(self, step: int) -> None:
        """Look for any plan within a tolerance."""
        left = max(0.2, self.deadline - now(self.checkpoint))
        found = self._solved(step, any_plan, min(left, left / 2 + 1))
        if found.plan is None:
            self.low = step
        else:
            self.best, self.high = found, self._least(found.plan, step)

    def next_after(self, step: int) -> int | None:
        """What to try next; None where nothing is left to try, or no time."""
        if self.over or now(self.checkpoint) > self.deadline:
            return None
        if self.best is None:
            return LOOSEST if step < LOOSEST else None
        return (self.low + self.high) // 2 if self.high - self.low > 1 else None

    @property
    def over(self) -> bool:
        """Ctrl-C ended the search, or no tolerance has a plan."""
        stopped = self.last is not None and self.last.stopped
        return stopped or self.refuted == LOOSEST

    def cheapest(self, seconds: float, progress: Progress | None) -> None:
        """Look for the least travel within the smallest tolerance that has a plan."""
        found = self._solved(self.high, auto, seconds, progress)
        if found.plan is not None and self.best is None:
            self.high = self._least(found.plan, self.high)
        if found.plan is not None:
            self.best = found

    def told(self) -> Tightest:
        """What is known."""
        assert self.last is not None
        refuted = max(0, self.refuted) / STEPS
        if self.best is None:
            return Tightest(None, refuted, self.last)
        return Tightest(self.high / STEPS, refuted, self._kept(self.best))

    def _kept(self, found: Result) -> Result:
        """A plan as one of the smallest tolerance it keeps."""
        assert self.last is not None
        assert found.plan is not None
        if found.plan.problem.tolerance == self.high / STEPS:
            return found
        tighter = replace(self.problem, tolerance=self.high / STEPS, strict=True)
        plan = Plan(tighter, found.plan.zone_of)
        verdict, seconds = judge(plan), found.seconds
        bound = min(found.bound, verdict.total)
        words, trace = "The time was over.", found.trace
        if self.last.stopped:
            words = "The search was stopped."
            trace = (*trace, Step(seconds, verdict.total, bound, STOPPED))
        return Result(Status.FEASIBLE, plan, verdict, bound, seconds, words, trace)

    def _solved(
        self,
        step: int,
        strategy: Strategy,
        seconds: float,
        progress: Progress | None = None,
    ) -> Result:
        try:
            problem = replace(self.problem, tolerance=step / STEPS, strict=True)
        except InputError as error:  # a group is too heavy for any zone
            self.last, self.refuted = refused(error), max(self.refuted, step)
            return self.last
        self.last = solve_and_diagnose(
            problem,
            strategy,
            limits=Limits(seconds, self.seed, self.workers),
            start=None if self.best is None else self.best.plan,
            executor=self.executor,
            progress=progress,
            checkpoint=self.checkpoint,
        )
        if self.last.status is Status.INFEASIBLE:
            self.refuted = max(self.refuted, step)
        return self.last

    def _least(self, plan: Plan, step: int) -> int:
        """The smallest tolerance that a plan of a tolerance keeps, by the checker."""
        least = ceil(STEPS * tolerance_of(plan, judge(plan)))
        if least > LOOSEST:
            return step
        tighter = Plan(replace(plan.problem, tolerance=least / STEPS), plan.zone_of)
        return least if judge(tighter).ok else step
