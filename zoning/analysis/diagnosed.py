"""Search, and say why there is no plan where that is proved.

What `zoning.solve` does once it is settled which zones stay; analyses, which solve many
problems, begin here.
"""

from __future__ import annotations

from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial

from zoning.analysis.diagnose import diagnose
from zoning.clock import perf_counter
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.result import Result, Status
from zoning.search.auto import Strategy, auto
from zoning.search.presolve import articulation as dead_ends
from zoning.search.presolve import presolve as impossible
from zoning.search.run import Progress, Run
from zoning.stopping import until_stopped

LEAST_DIAGNOSIS = 5.0  # seconds it may take, however little of the time is left


def searched(
    problem: Problem,
    strategy: Strategy = auto,
    *,
    time_limit: float = 60.0,
    seed: int = 0,
    workers: int = 1,
    start: Plan | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Result:
    """Find the cheapest plan, and a bound; see `zoning.solve` for what is given."""
    own = None
    if executor is None and workers > 1:
        own = executor = ThreadPoolExecutor(workers)
    run = Run(
        problem,
        time_limit=time_limit,
        seed=seed,
        workers=workers,
        executor=executor,
        progress=progress,
    )
    try:
        if until_stopped(lambda: _search(run, strategy, start)):
            run.stop()
    finally:
        if own is not None:
            own.shutdown(wait=False, cancel_futures=True)
    return _result(run)


def _search(run: Run, strategy: Strategy, start: Plan | None) -> None:
    reason = impossible.reason(run.problem) or dead_ends.reason(run)
    if reason:
        run.forbid(reason)
        return
    if run.settle_locked():
        return
    run.begin_formerly()
    if start is not None:
        run.begin(start)
    strategy(run)


def _result(run: Run) -> Result:
    seconds = perf_counter() - run.started
    cost = run.cost
    bound = run.bound if cost is None else min(run.bound, cost)
    trace = tuple(run.trace)
    if cost is not None:
        status = Status.OPTIMAL if bound >= cost else Status.FEASIBLE
        over = "The search was stopped." if run.stopped else "The time was over."
        words = "No plan is cheaper." if bound >= cost else over
        return Result(status, run.plan, run.verdict, bound, seconds, words, trace)
    if run.impossible:
        why = partial(
            diagnose,
            run.problem,
            time_limit=max(LEAST_DIAGNOSIS, run.left),
            seed=run.seed,
            workers=run.workers,
            proof=run.impossible,
        )
        words, status = run.impossible, Status.INFEASIBLE
        return Result(status, None, None, bound, seconds, words, trace, why)
    words = (
        "No plan that keeps every rule was found in the time, and none was proved "
        "impossible. Give more time, raise the tolerance, or ask for fewer zones."
    )
    return Result(Status.UNKNOWN, None, None, bound, seconds, words, trace)
