"""Search, and say why there is no plan where that is proved.

What `zoning.solve` does once it is settled which zones stay; analyses, which solve many
problems, begin here.
"""

from __future__ import annotations

from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial

from zoning.analysis.diagnose import diagnose
from zoning.clock import perf_counter
from zoning.limits import Limits
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.result import Result, Status
from zoning.search.auto import auto
from zoning.search.optimize import optimize
from zoning.search.run import Progress, Run, Strategy
from zoning.stopping import until_stopped

LEAST_DIAGNOSIS = 5.0  # seconds it may take, however little of the time is left


def solve_and_diagnose(
    problem: Problem,
    strategy: Strategy = auto,
    *,
    limits: Limits = Limits(),
    start: Plan | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Result:
    """Find the cheapest plan, and a bound; see `zoning.solve` for what is given."""
    own = None
    if executor is None and limits.workers > 1:
        own = executor = ThreadPoolExecutor(limits.workers)
    run = Run(problem, limits, executor=executor, progress=progress)
    try:
        if until_stopped(lambda: optimize(run, strategy, start)):
            run.stop()
    finally:
        if own is not None:
            own.shutdown(wait=False, cancel_futures=True)
    return _result(run)


def _result(run: Run) -> Result:
    seconds = perf_counter() - run.started
    cost = run.cost
    bound = run.bound if cost is None else min(run.bound, cost)
    trace, budget = tuple(run.trace), run.budget()
    if cost is not None:
        status = Status.OPTIMAL if bound >= cost else Status.FEASIBLE
        over = "The search was stopped." if run.stopped else "The time was over."
        words = "No plan is cheaper." if bound >= cost else over
        found = (status, run.plan, run.verdict, bound, seconds, words)
        return Result(*found, trace, budget=budget)
    if run.infeasibility:
        why = partial(
            diagnose,
            run.problem,
            time_limit=max(LEAST_DIAGNOSIS, run.time_left),
            seed=run.seed,
            workers=run.workers,
            proof=run.infeasibility,
        )
        words, status = run.infeasibility, Status.INFEASIBLE
        found = (status, None, None, bound, seconds, words)
        return Result(*found, trace, why, budget)
    words = (
        "No plan that keeps every rule was found in the time, and none was proved "
        "impossible. Give more time, raise the tolerance, or ask for fewer zones."
    )
    status = Status.UNKNOWN
    return Result(status, None, None, bound, seconds, words, trace, budget=budget)
