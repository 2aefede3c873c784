"""Search, and say why there is no plan where that is proved.

What `zoning.solve` does once it is settled which zones stay; analyses, which solve many
problems, begin here.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

from zoning.analysis.diagnose import diagnose, diagnose_bent
from zoning.analysis.least_change import fewest_moves
from zoning.check import judge
from zoning.checkpoint.checkpoint import Checkpoint
from zoning.clock import perf_counter
from zoning.diagnosis import Diagnosis
from zoning.limits import Limits
from zoning.parallel.hub import Hub
from zoning.parallel.pools import minding
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.result import Result, Status
from zoning.search.any_plan import any_plan
from zoning.search.auto import auto
from zoning.search.kept import keep_on
from zoning.search.optimize import optimize
from zoning.search.run import Progress, Run, Strategy
from zoning.search.settle import settled
from zoning.stopping import until_stopped

LEAST_DIAGNOSIS = 5.0  # seconds it may take, however little of the time is left


def solve_and_diagnose(
    problem: Problem,
    strategy: Strategy = auto,
    *,
    limits: Limits = Limits(),
    start: Plan | None = None,
    executor: Executor | Hub | None = None,
    progress: Progress | None = None,
    checkpoint: Checkpoint | None = None,
) -> Result:
    """Find the best plan, and bounds; see `zoning.solve` for what is given."""
    searched = Searched(strategy, limits, executor, progress, checkpoint)
    if not problem.counts_moves:
        return searched.cheapest(problem, limits.time, start)
    result = fewest_moves(problem, searched, limits.time, start)
    if result.why is None:
        return result
    return replace(result, why=_why(problem, limits, result.reason, result.seconds))


@dataclass(frozen=True)
class Searched:
    """Solves of one seed, one after another: what is found, or why there is none."""

    strategy: Strategy
    limits: Limits
    executor: Executor | Hub | None
    progress: Progress | None
    checkpoint: Checkpoint | None = None

    def cheapest(self, problem: Problem, seconds: float, start: Plan | None) -> Result:
        """The cheapest plan, beginning with `start`."""
        return self._run(problem, self.strategy, seconds, start)

    def any_plan(self, problem: Problem, seconds: float) -> Result:
        """The first plan there is."""
        return self._run(problem, any_plan, seconds, None)

    def _run(
        self, problem: Problem, strategy: Strategy, seconds: float, start: Plan | None
    ) -> Result:
        limits = replace(self.limits, time=seconds)
        with minding(self.executor, limits.workers) as hub:
            run = Run(problem, limits, executor=hub, progress=self.progress)
            self._search(run, strategy, start)
        return _result(run)

    def _search(self, run: Run, strategy: Strategy, start: Plan | None) -> None:
        """Search until the time is over or a signal ends it."""
        work = partial(optimize, run, strategy, start)
        if self.checkpoint is not None:
            keep_on(run, work, self.checkpoint.begin(run.problem, strategy))
        elif until_stopped(work):
            run.stop()


def _why(
    problem: Problem, limits: Limits, proof: str, spent: float
) -> Callable[[], Diagnosis]:
    """What works out why there is no plan, in the time that is left."""
    return partial(
        diagnose_bent if problem.excess_price else diagnose,
        problem.settled(),
        time_limit=max(LEAST_DIAGNOSIS, limits.time - spent),
        seed=limits.seed,
        workers=limits.workers,
        proof=proof,
    )


def _result(run: Run) -> Result:
    seconds = perf_counter() - run.started
    plan = None if run.best is None else settled(run.best)
    best = None if plan is None else judge(plan)
    cost = None if best is None else best.total
    bound = run.cost_bound if cost is None else min(run.cost_bound, cost)
    least = run.excess_bound
    trace, budget = tuple(run.trace), run.budget()
    if best is not None:
        proved = best.excess <= least and best.total <= bound
        status = Status.OPTIMAL if proved else Status.FEASIBLE
        over = "The search was stopped." if run.stopped else "The time was over."
        words = "No plan is cheaper." if proved else over
        return Result(
            *(status, plan, best, bound, seconds, words, trace, None, budget, least),
            losses=tuple(run.losses),
        )
    if run.infeasibility:
        why = _why(run.problem, run.limits, run.infeasibility, seconds)
        words, status = run.infeasibility, Status.INFEASIBLE
        found = (status, None, None, bound, seconds, words)
        return Result(*found, trace, why, budget)
    words = (
        "No plan that keeps every rule was found in the time, and none was proved "
        "impossible. Give more time, raise the tolerance, or ask for fewer zones."
    )
    unknown = (Status.UNKNOWN, None, None, bound, seconds, words, trace)
    return Result(*unknown, budget=budget, losses=tuple(run.losses))
