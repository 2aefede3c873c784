"""Joint optimum: zones drawn and lots made of them at the least cost together.

One after the other, zones are drawn for little travel, and lots must make do with them.
Together, a unit may change zone so that a lot needs a cleaner less.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from typing import Any

from zoning.check import judge
from zoning.checkpoint.checkpoint import CHECKPOINT, Folder, checkpoint_of
from zoning.clock import perf_counter
from zoning.joint import stages
from zoning.joint.result import Joint, in_words
from zoning.joint.run import JointRun
from zoning.lots import LotSettings
from zoning.parallel.hub import Hub
from zoning.parallel.pools import EXECUTOR
from zoning.plan import Plan
from zoning.problem import PROBLEM, Problem
from zoning.result import Result, Status
from zoning.search.run import Progress
from zoning.stopping import until_stopped
from zoning.text.arguments import CALLABLE, COUNT, NUMBER, SEARCH, takes


@takes(
    problem=PROBLEM,
    size=COUNT,
    gap_limit=NUMBER,
    progress=CALLABLE.or_none,
    executor=EXECUTOR,
    checkpoint=CHECKPOINT,
    **SEARCH,
)
def plan_and_bundle(
    problem: Problem,
    *,
    size: int = 3,
    gap_limit: float = 600.0,
    time_limit: float = 60.0,
    seed: int = 0,
    workers: int = 1,
    progress: Progress | None = None,
    executor: Executor | Hub | None = None,
    checkpoint: Folder = None,
) -> Joint:
    """Zones and lots at the least cost together, and how much less there could be.

    Never worse than `zoning.solve` and then `zoning.bundle`, which is done first, in
    half of the time at most. If there are few zones to choose from, the best pair is
    found and proved; otherwise units and zones are moved one by one. Where rules name
    zones or limit their change, or are the planner's own, or zones must lie outside
    bands that bend, several plans are bundled and the best pair is taken.

    Parameters
    ----------
    size, gap_limit
        As in `zoning.bundle`. Lots whose zones touch go before others, whatever they
        cost: where the zones admit none, the zones are changed.
    time_limit
        Wall seconds.
    seed, workers, executor
        As in `zoning.solve`. More workers only help while zones are drawn.
    progress
        Called with every `Step`; costs and bounds are those of pairs.
    checkpoint
        As in `zoning.solve`: zones drawn for themselves are kept, pairs are not.

    Returns
    -------
    Joint
        Never an exception for want of a pair. Ctrl-C ends the search like the time
        limit does.

    Raises
    ------
    InputError
        A setting is out of its range.
    """
    settings = LotSettings(size, None, gap_limit)
    search: dict[str, Any] = {
        "time_limit": time_limit,
        "seed": seed,
        "workers": workers,
        "progress": progress,
        "executor": executor,
    }
    kept = checkpoint_of(checkpoint)
    drawn = stages.draw_zones(problem, checkpoint=kept, **search)
    started = perf_counter() - drawn.seconds  # some of them in an earlier run
    run = JointRun(problem, settings, drawn, started=started, **search)
    if until_stopped(partial(_go_on, run)):
        run.stop()
    return _answer(run)


def _go_on(run: JointRun) -> None:
    """All there is to be done once the first plan is drawn, stage after stage."""
    stages.bundle_zones(run)
    own = any(rule.is_own for rule in run.problem.rules)
    if run.problem.terms.named or own or run.hard is None:
        stages.bundle_alternatives(run)
        return
    stages.anneal(run, run.params.first_annealing_share * run.time_left)
    stages.solve_candidates(run)
    if run.best is None:
        stages.bundle_alternatives(run)
    stages.anneal(run, run.time_left)


def _answer(run: JointRun) -> Joint:
    """What was found."""
    seconds, trace = perf_counter() - run.started, tuple(run.trace)
    best, first = run.best, run.sequential
    if best is None:
        reason = run.result.reason
        if run.result.plan is not None:
            told = "" if run.unbundled is None else f" {run.unbundled.reason}"
            reason = f"Plans were found, but none admits lots.{told}"
        return Joint(
            run.result, run.unbundled, None, run.bound, _status_without_pair(run), None,
            seconds, reason, trace,
        )  # fmt: skip
    bound = best.cost if run.proved else min(run.bound, best.cost)
    zones = _plan_result(run, best.plan)
    nearest = zones.excess == zones.excess_bound
    optimal = bound == best.cost and nearest
    status = Status.OPTIMAL if optimal else Status.FEASIBLE
    reason = in_words(best, first, bound)
    if run.hard is None:
        reason += (
            " Zones lie outside bands: zones were drawn first and bundled then, "
            "several plans of no more excess, and the best was taken."
        )
    if run.problem.terms.named:
        reason += (
            " Rules name zones or limit their change: several plans were bundled "
            "and the best was taken."
        )
    told = " ".join(filter(None, [reason, best.lots.reason]))
    own = sum(lot.cost for lot in best.lots.lots)
    lots = replace(
        best.lots, status=status, bound=bound - (best.cost - own), reason=told
    )
    return Joint(
        zones, lots, best.cost, bound, status,
        None if first is None else first.cost, seconds, told, trace,
    )  # fmt: skip


def _status_without_pair(run: JointRun) -> Status:
    """The status where there is no pair."""
    return Status.UNKNOWN if run.result.plan is not None else run.result.status


def _plan_result(run: JointRun, plan: Plan) -> Result:
    """The plan, with the bound of zones alone."""
    verdict = judge(plan)
    bound = min(run.result.bound, verdict.total)
    least = run.result.excess_bound
    best = bound == verdict.total
    words = "" if best else "Zones were drawn for cheap lots, not for themselves."
    proved = best and least == verdict.excess
    return Result(
        Status.OPTIMAL if proved else Status.FEASIBLE,
        plan,
        verdict,
        bound,
        perf_counter() - run.started,
        words,
        run.result.trace,
        excess_bound=least,
    )
