"""The loop of a solve: look, begin with what is known, then let a strategy search."""

from __future__ import annotations

import numpy as np

from zoning.check import judge
from zoning.plan import Plan
from zoning.search.elastic import bend, unbent
from zoning.search.presolve import articulation, presolve
from zoning.search.run import Run, Strategy
from zoning.search.warm_start import warm_start, warm_start_from_previous


def optimize(run: Run, strategy: Strategy, start: Plan | None = None) -> None:
    """Search until the plan is proved, there is proved to be none, or time is over.

    Parameters
    ----------
    run
        Receives plans and bounds.
    strategy
        How to search, where a look proves nothing.
    start
        A plan to begin with; it may break rules.
    """
    with run.part("presolve"):
        reason = presolve.why_infeasible(unbent(run.problem))
    if reason:
        run.prove_infeasible(reason)
    else:
        search(run, strategy, start)


def search(run: Run, strategy: Strategy, start: Plan | None = None) -> None:
    """`optimize` a problem that a first look did not prove infeasible."""
    with run.part("presolve"):
        reason = articulation.why_infeasible(run)
    if run.num_zones <= 0:
        settle_locked(run)
        return
    with run.part("warm start"):
        warm_start_from_previous(run)
        if start is not None:
            warm_start(run, start)
    if reason:
        run.prove_infeasible(reason)
    else:
        run.follow(strategy)
    if run.may_bend and run.plan is None:
        run.follow(bend)


def settle_locked(run: Run) -> None:
    """Where all zones are locked, judge the one plan there is."""
    none = np.zeros(0, np.int32)
    verdict = judge(run.plan_of(none))
    if verdict.ok:
        run.submit(none, "locked zones")
        run.update_bound(verdict.total, "locked zones")
    else:
        run.prove_infeasible(f"All zones are locked. {' '.join(verdict.faults)}")
