"""Any plan at all: found, proved impossible, or neither in the time given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from zoning.check import judge
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.search.annealing import anneal
from zoning.search.annealing.anneal import Descent
from zoning.search.auto import SOME_UNITS, Strategy
from zoning.search.presolve import articulation as dead_ends
from zoning.search.presolve import presolve as impossible
from zoning.search.run import Run
from zoning.search.strategies.anneal import Anneal, compile_once
from zoning.search.strategies.anneal_by_parts import AnnealParts, First
from zoning.search.strategies.column_generation import ColumnGeneration
from zoning.search.strategies.enumeration import Listed
from zoning.search.strategies.feasibility_check import Refute
from zoning.search.strategies.lns import Improve

GLANCES, GLANCE_SWEEPS = 8, 1_000
# So many zones are listed and chosen from, at once or after a while: that is a proof.
FEW_ZONES, MOST_ZONES = 2_000, 20_000


@dataclass(frozen=True)
class Sought:
    """A plan that keeps every rule, or why there is none; neither: the time was over.

    Parameters
    ----------
    plan
        Judged to keep every rule, or None.
    reason
        In words why there can be none, or "".
    """

    plan: Plan | None
    reason: str

    @property
    def impossible(self) -> bool:
        """It is proved that there is no plan."""
        return bool(self.reason)


def glance(run: Run) -> None:
    """Strategy: short runs of annealing, until one ends in a plan."""
    compile_once(run)
    for seed in range(run.seed, run.seed + GLANCES):
        landing = anneal.descend(
            run.arrays, run.count, Descent(seed, GLANCE_SWEEPS, run.deadline)
        )
        if landing.best is None:
            run.near.append(landing.last)
        elif run.offer(landing.best, "annealing") or run.left <= 0:
            return


SMALL: tuple[Strategy, ...] = (
    Listed(FEW_ZONES, use=1.0),
    glance,
    Refute(0.1, naming=0.0),
    Listed(MOST_ZONES, use=1.0),
    Anneal(starts=4, again=0),
    ColumnGeneration(0.3),
    Refute(0.5, naming=0.0),
    ColumnGeneration(),
)
LARGE: tuple[Strategy, ...] = (First(), AnnealParts(), Improve(share=0.9))


def any_plan(run: Run) -> None:
    """Strategy: stop at the first plan, or at the proof that there is none."""
    for part in SMALL if len(run.units) <= SOME_UNITS else LARGE:
        if run.plan is not None or run.done:
            return
        part(run)


def seek(
    problem: Problem,
    *,
    seconds: float,
    seed: int = 0,
    workers: int = 1,
    hints: Iterable[Plan] = (),
) -> Sought:
    """Look for any plan of a problem.

    Parameters
    ----------
    seconds
        Wall seconds, at most.
    hints
        Plans of other problems about the same buildings that may do.
    """
    for hint in hints:
        plan = Plan(problem, hint.zone_of)
        if judge(plan).ok:
            return Sought(plan, "")
    reason = impossible.reason(problem)
    if reason or seconds <= 0:
        return Sought(None, reason)
    run = Run(problem, time_limit=seconds, seed=seed, workers=workers)
    reason = dead_ends.reason(run)
    if reason:
        return Sought(None, reason)
    if not run.settle_locked():
        run.begin_formerly()
        any_plan(run)
    return Sought(run.plan, run.impossible)
