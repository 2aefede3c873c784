"""Strategy: any plan at all, whatever it costs."""

from __future__ import annotations

from zoning.search.annealing.simulated_annealing import Schedule, anneal
from zoning.search.auto import SOME_UNITS
from zoning.search.run import Run, Strategy
from zoning.search.strategies.anneal import Anneal, compile_once
from zoning.search.strategies.anneal_by_parts import AnnealByParts
from zoning.search.strategies.column_generation import ColumnGeneration
from zoning.search.strategies.construct import Construct
from zoning.search.strategies.enumeration import Enumeration
from zoning.search.strategies.feasibility_check import FeasibilityCheck
from zoning.search.strategies.lns import LNS
from zoning.search.strategies.own_rules import EnumeratePlans, JudgedAnnealing

GLANCES, GLANCE_SWEEPS = 8, 1_000
# So many zones are listed and chosen from, at once or after a while: that is a proof.
FEW_ZONES, MOST_ZONES = 2_000, 20_000


def glance(run: Run) -> None:
    """Strategy: short runs of annealing, until one ends in a plan."""
    compile_once(run)
    for seed in range(run.seed, run.seed + GLANCES):
        found = anneal(
            run.instance, run.num_zones, Schedule(seed, GLANCE_SWEEPS, run.deadline)
        )
        if found.best is None:
            run.pool.append(found.last)
        elif run.submit(found.best, "annealing") or run.time_left <= 0:
            return


SMALL: tuple[Strategy, ...] = (
    Enumeration(FEW_ZONES, use=1.0),
    glance,
    FeasibilityCheck(0.1, naming=0.0),
    Enumeration(MOST_ZONES, use=1.0),
    Anneal(starts=4, again=0),
    ColumnGeneration(0.3),
    FeasibilityCheck(0.5, naming=0.0),
    ColumnGeneration(),
)
LARGE: tuple[Strategy, ...] = (Construct(), AnnealByParts(), LNS(share=0.9))


def any_plan(run: Run) -> None:
    """Strategy: stop at the first plan, or at the proof that there is none."""
    parts = SMALL if len(run.units) <= SOME_UNITS else LARGE
    if run.own_rules:
        parts = (*parts[:2], EnumeratePlans(), JudgedAnnealing(), *parts[2:])
    for part in parts:
        if run.plan is not None or run.done:
            return
        run.follow(part)
