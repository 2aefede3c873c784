"""Run a strategy on a problem, and check what comes back."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from time import perf_counter

from zoning.arguments import CALLABLE, NAMES, SEARCH, instance, takes
from zoning.errors import InputError
from zoning.plan import PLAN, Plan
from zoning.problem import PROBLEM, Problem
from zoning.result import Result, Status
from zoning.search import dead_ends, impossible
from zoning.search.auto import Strategy, auto
from zoning.search.run import Progress, Run
from zoning.stopping import until_stopped
from zoning.what_if.keep import keeping
from zoning.why.diagnose import diagnose

LEAST_DIAGNOSIS = 5.0  # seconds it may take, however little of the time is left


@takes(
    problem=PROBLEM,
    strategy=CALLABLE,
    start=PLAN.or_none,
    keep=NAMES,
    executor=instance(Executor, "an Executor of concurrent.futures").or_none,
    progress=CALLABLE.or_none,
    **SEARCH,
)
def solve(
    problem: Problem,
    strategy: Strategy = auto,
    *,
    time_limit: float = 60.0,
    seed: int = 0,
    workers: int = 1,
    start: Plan | None = None,
    keep: Iterable[str] = (),
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Result:
    """Find the cheapest plan, and a bound on how much cheaper another could be.

    Parameters
    ----------
    problem
        What to split and which rules to keep.
    strategy
        How to search: any callable that takes a `zoning.search.run.Run`.
    time_limit
        Wall seconds. What was found by then is returned.
    seed
        Where every random choice flows from.
    workers
        Threads. With 1, the same problem and seed give the same plan, as long as the
        search ends before the time does.
    start
        A plan to begin with; it may break rules.
    keep
        Names of zones of `start` that stay as they are: the rest is drawn anew.
    executor
        Where independent pieces of work run; None: threads of our own.
    progress
        Called with every `Step`: a better plan, a better bound.

    Returns
    -------
    Result
        Never an exception for want of a plan: see `Result.status`, and where it is
        proved that there is none, `Result.diagnosis`. Ctrl-C ends the search like the
        time limit does.

    Raises
    ------
    InputError
        The time limit or the number of workers is not usable, `start` is a plan of
        another region, or a zone to keep is not one of its zones.

    Examples
    --------
    >>> import networkx as nx
    >>> from zoning.units import Region
    >>> graph = nx.path_graph(4)
    >>> for i in graph:
    ...     graph.nodes[i].update(x=100.0 * i, y=0.0, load=1_000)
    >>> result = solve(Problem(Region.from_networkx(graph), num_zones=2))
    >>> print(result.status, result.plan.zone_of)
    optimal [0 0 1 1]
    """
    if keep:
        if start is None:
            msg = "To keep zones, give the plan that has them as start."
            raise InputError(msg)
        problem = keeping(problem, start, keep)
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
        )
        words, status = run.impossible, Status.INFEASIBLE
        return Result(status, None, None, bound, seconds, words, trace, why)
    words = (
        "No plan that keeps every rule was found in the time, and none was proved "
        "impossible. Give more time, raise the tolerance, or ask for fewer zones."
    )
    return Result(Status.UNKNOWN, None, None, bound, seconds, words, trace)
