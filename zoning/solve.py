"""Run a strategy on a problem, and check what comes back."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial

from zoning.analysis.diagnosed import solve_and_diagnose
from zoning.analysis.keep import keeping
from zoning.analysis.small_budget import within_budget
from zoning.checkpoint.checkpoint import CHECKPOINT, Folder, checkpoint_of, now
from zoning.errors import InputError
from zoning.limits import LIMITS, Limits
from zoning.parallel.hub import Hub
from zoning.parallel.pools import EXECUTOR
from zoning.plan import PLAN, Plan
from zoning.problem import PROBLEM, Problem
from zoning.result import Result
from zoning.search.auto import auto
from zoning.search.run import Progress, Strategy
from zoning.text.arguments import CALLABLE, FLAG, NAMES, SEARCH, TIME, takes


@takes(
    problem=PROBLEM,
    strategy=CALLABLE,
    start=PLAN.or_none,
    keep=NAMES,
    strict=FLAG,
    executor=EXECUTOR,
    progress=CALLABLE.or_none,
    limits=LIMITS.or_none,
    checkpoint=CHECKPOINT,
    **SEARCH,
)
def solve(
    problem: Problem,
    strategy: Strategy = auto,
    *,
    time_limit: float = 60.0,
    seed: int = 0,
    workers: int = 1,
    limits: Limits | None = None,
    start: Plan | None = None,
    keep: Iterable[str] = (),
    strict: bool = False,
    executor: Executor | Hub | None = None,
    progress: Progress | None = None,
    checkpoint: Folder = None,
) -> Result:
    """Find the cheapest plan, and a bound on how much cheaper another could be.

    Parameters
    ----------
    problem
        What to split and which rules to keep.
    strategy
        How to search: any callable that takes a `zoning.search.run.Run`.
    time_limit
        Seconds on the wall, those of compiling not counted. What was found by then is
        returned.
    seed
        Where every random choice flows from.
    workers
        Threads. With 1, the same problem and seed give the same plan, as long as the
        search ends before the time does.
    limits
        These three as one, instead of them.
    start
        A plan to begin with; it may break rules. One with another number of zones only
        tells which zones to keep.
    keep
        Names of zones of `start` that stay as they are: the rest is drawn anew.
    strict
        No band bends; the same as a problem that is `strict`.
    executor
        Where independent pieces of work run: any of `concurrent.futures`, or
        `zoning.processes` or `zoning.cluster`; None: threads of our own. What workers
        that died took along is done again, or given up: see `Result.losses`.
    progress
        Called with every `Step`: a better plan, a better bound.
    checkpoint
        A folder where what is found is kept: the same call goes on from there, with
        the rest of its time, whatever cut it off. See `zoning.Checkpoint`.

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
        another region, a zone to keep is not one of its zones, or nothing can be kept.

    Examples
    --------
    >>> import networkx as nx
    >>> from zoning.region import Region
    >>> graph = nx.path_graph(4)
    >>> for i in graph:
    ...     graph.nodes[i].update(x=100.0 * i, y=0.0, load=1_000)
    >>> result = solve(Problem(Region.from_networkx(graph), num_zones=2))
    >>> print(result.status, result.plan.zone_of)
    optimal [0 0 1 1]
    """
    if limits is None:
        limits = Limits(time_limit, seed, workers)
    TIME.of("time_limit", limits.time)
    if keep:
        if start is None:
            msg = "To keep zones, give the plan that has them as start."
            raise InputError(msg)
        problem = keeping(problem, start, keep)
    if strict and not problem.strict:
        problem = replace(problem, strict=True)

    kept = checkpoint_of(checkpoint)

    def solved(problem: Problem, seconds: float) -> Result:
        return solve_and_diagnose(
            problem,
            strategy,
            limits=replace(limits, time=seconds),
            start=start,
            executor=executor,
            progress=progress,
            checkpoint=kept,
        )

    return within_budget(problem, solved, limits.time, partial(now, kept))
