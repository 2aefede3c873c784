"""Stages of joint planning, in the order in which `zoning.joint.joint` runs them."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import replace

import numpy as np

from zoning.analysis.alternatives import alternatives
from zoning.checkpoint.checkpoint import Checkpoint
from zoning.clock import perf_counter
from zoning.joint.annealing import anneal_pair
from zoning.joint.columns import CandidateZones, enumerate_candidates
from zoning.joint.exact import ExactResult, solve_exactly
from zoning.joint.lot_counts import LotCounts
from zoning.joint.run import PARAMS, JointRun
from zoning.joint.solution import JointSolution, joint_solution
from zoning.lots import bundle
from zoning.lots.sizes import LotSizes, allowed_below
from zoning.parallel.hub import Hub
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.result import Result, Status
from zoning.search.run import Progress
from zoning.solve import solve


def draw_zones(
    problem: Problem,
    *,
    time_limit: float,
    seed: int,
    workers: int,
    progress: Progress | None,
    executor: Executor | Hub | None,
    checkpoint: Checkpoint | None,
) -> Result:
    """The plan first, in its share of the time."""
    return solve(
        problem,
        time_limit=PARAMS.plan_share * time_limit,
        seed=seed,
        workers=workers,
        progress=_without_costs(progress),
        executor=executor,
        checkpoint=checkpoint,
    )


def bundle_zones(run: JointRun) -> None:
    """Its lots then."""
    if run.result.status is Status.INFEASIBLE:
        run.proved = True
        return
    if run.result.plan is not None:
        _bundle(run, run.result.plan, "lots")
        run.sequential = run.best
    run.bound_anew()


def _bundle(run: JointRun, plan: Plan, what: str) -> None:
    """Offer the best lots of a plan."""
    lots = bundle(
        plan,
        size=run.settings.size,
        gap_limit=run.settings.gap_limit,
        time_limit=run.params.bundle_share * run.time_left,
        seed=run.seed,
        workers=run.workers,
    )
    if lots.lots:
        run.submit(JointSolution(plan, lots), what)
    elif run.unbundled is None:
        run.unbundled = lots


def _without_costs(progress: Progress | None) -> Progress | None:
    """Steps of the search for a plan, without costs: those are of zones alone."""
    if progress is None:
        return None
    return lambda step: progress(replace(step, cost=None, bound=0))


def bundle_alternatives(run: JointRun) -> None:
    """Bundle plans that are truly different and nearly as cheap."""
    if run.done or run.result.plan is None:
        return
    found = alternatives(
        run.problem,
        run.params.alternatives,
        within=run.params.within,
        time_limit=0.8 * run.time_left,
        seed=run.seed,
        workers=run.workers,
        executor=run.executor,
    )
    if found.stopped:
        run.stop()
    for plan in found.plans:
        if not run.done:
            _bundle(run, plan, "other plans")


def solve_candidates(run: JointRun) -> None:
    """The best pair among all zones there can be, if those are few."""
    if run.done or min(run.sizes.allowed, default=1) > run.params.max_lot_size:
        return
    assert run.hard is not None
    first = () if run.best is None else run.best.plan.zones
    seconds = run.params.enumeration_share * run.time_left
    candidates = enumerate_candidates(run.hard, first, seconds)
    if candidates is None:
        return
    deadline = perf_counter() + run.params.exact_share * run.time_left
    for sizes in _size_relaxations(run):
        counts = LotCounts(sizes, run.settings.size, run.problem.num_zones)
        limit, known = _known(run, sizes)
        found = solve_exactly(
            candidates, counts, limit=limit, deadline=deadline, known=known
        )
        if found.lots is not None:
            _take(run, candidates, found)
        if found.bound is not None and (limit is not None or found.lots):
            run.bound = max(run.bound, found.bound)
        if found.lots is not None or limit is not None or not found.closed:
            run.proved = found.closed
            run.report("all zones")
            return
    # no zones admit lots that touch: what there is cannot be mended


def _size_relaxations(run: JointRun) -> list[LotSizes]:
    """The rule of sizes, and laxer ones down to what the best pair keeps."""
    below = allowed_below(run.problem.num_zones, run.settings.size)
    least = 0
    if run.best is not None and not run.best.disconnected:
        least = run.best.usual
    counts = range(run.sizes.count - 1, least - 1, -1)
    return [run.sizes, *(LotSizes(count, below) for count in counts)]


def _known(run: JointRun, sizes: LotSizes) -> tuple[int | None, list[tuple[int, ...]]]:
    """Cost and lots of the best pair, if it is of the same kind."""
    best = run.best
    if best is None or best.disconnected or best.usual != sizes.count:
        return None, []
    return best.cost, list(best.sets)


def _take(run: JointRun, candidates: CandidateZones, found: ExactResult) -> None:
    assert found.lots is not None
    zone_of = np.zeros(len(run.problem.region), np.int64)
    lots, label = [], 0
    for chosen in found.lots:
        for zone in chosen:
            zone_of[candidates.units_of(zone)] = label
            label += 1
        lots.append(range(label - len(chosen), label))
    run.submit(joint_solution(run.problem, zone_of, lots, run.settings), "all zones")


def anneal(run: JointRun, seconds: float) -> None:
    """Improve the best pair by small moves for so long."""
    if run.done or run.best is None:
        return
    assert run.hard is not None
    deadline = min(run.deadline, perf_counter() + seconds)
    for zone_of, lots in anneal_pair(
        run.hard, run.best, seed=run.seed, deadline=deadline
    ):
        run.submit(joint_solution(run.problem, zone_of, lots, run.settings), "moves")
