"""What every strategy is held to: its word, and a promise of its own.

A clause takes a strategy and its promise, solves something small whose truth is known
by trying every plan, and fails where either is broken. `test_contract.py` shows that
each impostor breaks one; `test_solve.py` holds the strategies to all.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from tests.conftest import blocks, line
from tests.truth import truth
from zoning.check import judge
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.result import Result, Status
from zoning.search.annealing.simulated_annealing import Schedule, anneal
from zoning.search.auto import Portfolio, auto
from zoning.search.lagrangian.oracles import connected_oracle
from zoning.search.run import Run, Strategy
from zoning.search.strategies.anneal import Anneal
from zoning.search.strategies.anneal_by_parts import AnnealByParts
from zoning.search.strategies.assignment import AssignmentModel
from zoning.search.strategies.coarsening import Coarsening
from zoning.search.strategies.column_generation import ColumnGeneration
from zoning.search.strategies.construct import Construct
from zoning.search.strategies.enumeration import Enumeration
from zoning.search.strategies.feasibility_check import FeasibilityCheck
from zoning.search.strategies.lagrangian_bound import LagrangianBound
from zoning.search.strategies.lns import LNS
from zoning.search.strategies.location_allocation import LocationAllocation
from zoning.solve import solve


@dataclass(frozen=True)
class Promise:
    """What a strategy does in a second or two with a dozen units that have bands.

    Parameters
    ----------
    excess
        It finds a plan that travels at most this share above the cheapest; None: it
        may end without one.
    proved
        Its bound reaches at least this share of the cheapest travel.
    refutes
        Where there is no plan, it proves so.
    """

    excess: float | None = None
    proved: float = 0.0
    refutes: bool = False


EXACT = Promise(excess=0.0, proved=1.0, refutes=True)


# --- problems, and the truth about them ----------------------------------------------


@cache
def hamlet(count: int = 3, tolerance: float = 0.25) -> Problem:
    """Twelve units: every engine has something to do."""
    return Problem(blocks(4, 3, seed=2), count, tolerance=tolerance)


@cache
def nowhere() -> Problem:
    """Nine units without a plan that keeps the band, which takes a search to see."""
    region = blocks(3, 3, seed=3)
    mean = int(region.load.sum()) // 3
    band = Band(mean * 96 // 100 + 1, mean * 104 // 100)
    problem = Problem(region, 3, tolerance=None, bands={"load": band}, strict=True)
    assert truth(problem).cost is None
    return problem


def hard(problem: Problem) -> Problem:
    """The same where no band bends."""
    return replace(problem, strict=True)


@cache
def least(problem: Problem) -> int:
    """Cost of the cheapest plan of all."""
    cost = truth(problem).cost
    assert cost is not None
    return cost


def base(problem: Problem) -> int:
    """What every plan costs, without its travel."""
    return problem.fixed * problem.num_zones + int(problem.region.load.sum())


# --- a word, and a promise -----------------------------------------------------------


def keeps_its_word(result: Result, problem: Problem) -> None:
    """What holds of any result, whoever found it."""
    found = [step for step in result.trace if step.cost is not None]
    ranks = [(step.excess, step.cost) for step in found]
    assert ranks == sorted(ranks, reverse=True)
    assert [s.seconds for s in result.trace] == sorted(s.seconds for s in result.trace)
    if not any(step.excess for step in found):  # a bound is one of no more excess
        bounds = [step.bound for step in result.trace]
        assert bounds == sorted(bounds)
        assert result.bound >= max(bounds, default=0)
    if result.plan is None:
        assert result.status in {Status.INFEASIBLE, Status.UNKNOWN}
        assert result.verdict is result.cost is result.gap is None
        assert result.reason
        assert not found
        return
    verdict = judge(Plan(problem, result.plan.zone_of))
    assert verdict.ok
    assert (verdict.excess, verdict.total) == (result.excess, result.cost) == ranks[-1]
    assert result.bound <= result.cost
    assert result.excess_bound <= result.excess
    proved = result.excess_bound == result.excess and result.bound == result.cost
    assert (result.status is Status.OPTIMAL) == proved
    assert (result.gap == 0.0) == (result.bound == result.cost)


def keeps_its_promise(result: Result, problem: Problem, promise: Promise) -> None:
    """A plan as good and a bound as high as promised, and never above the truth."""
    keeps_its_word(result, problem)
    assert result.status is not Status.INFEASIBLE
    cost, bottom = least(problem), base(problem)
    assert all(step.bound <= cost for step in result.trace)
    assert result.bound <= cost
    assert result.bound - bottom >= promise.proved * (cost - bottom)
    if promise.excess is None:
        return
    assert result.cost is not None
    assert result.cost - bottom <= (1 + promise.excess) * (cost - bottom)


def agrees(result: Result, truth: int | None, *where: Any) -> None:
    """A result says nothing that enumeration denies."""
    told = (*where, result.status, result.cost, result.bound, truth)
    if truth is None:
        assert result.plan is None, told
    else:
        assert result.status is not Status.INFEASIBLE, told
        assert result.bound <= truth, told
        assert result.cost is None or result.cost >= truth, told
    if result.status is Status.OPTIMAL:
        assert result.cost == truth, told


# --- who is held to what -------------------------------------------------------------


def brief(run: Run) -> None:
    """Annealing as `Anneal` does it, a hundredth as long."""
    landing = anneal(run.instance, run.num_zones, Schedule(run.seed, 500, run.deadline))
    run.pool.append(landing.last if landing.best is None else landing.best)
    if landing.best is not None:
        run.submit(landing.best, "annealing")


# Beginnings by annealing, so that what is promised is the part after it.
STRATEGIES: dict[str, Strategy] = {
    "anneal": Anneal(starts=2, again=1),
    "whole": ColumnGeneration(),
    "improve": Portfolio((brief, LNS(units=12))),
    "improve without a beginning": LNS(),
    "assign": AssignmentModel(),
    "assign after annealing": Portfolio((brief, AssignmentModel())),
    "locate": Portfolio((brief, LocationAllocation())),
    "refute": FeasibilityCheck(1.0),
    "centers": Portfolio((brief, LagrangianBound())),
    "joined centers": Portfolio((brief, LagrangianBound(connected_oracle))),
    "large": Portfolio((Construct(), LagrangianBound(), AnnealByParts(0.05))),
    "listed": Enumeration(),
    "coarse": Coarsening(ColumnGeneration()),
    "auto": auto,
    "portfolio": Portfolio(
        (brief, FeasibilityCheck(), ColumnGeneration(), LNS(), AssignmentModel())
    ),
}
PROMISES = {
    "anneal": Promise(excess=0.05),
    "whole": EXACT,
    "improve": Promise(excess=0.0),
    "improve without a beginning": Promise(),  # it only makes a plan better
    "assign": EXACT,
    "assign after annealing": EXACT,
    "locate": EXACT,
    "refute": Promise(refutes=True),  # bands of cost are loosened: its plan may miss
    "centers": Promise(excess=0.1, proved=0.5),
    "joined centers": Promise(excess=0.1, proved=0.9),
    "large": Promise(excess=0.05, proved=0.5),
    "listed": EXACT,
    "coarse": Promise(),  # nothing is merged here
    "auto": EXACT,
    "portfolio": EXACT,
}
CLOSING = {"whole", "listed", "auto", "portfolio"}  # any small region, rules and all


SECONDS = 30  # far more than any strategy takes here, on a busy machine too


# --- clauses -------------------------------------------------------------------------


def a_plan_and_a_bound_as_promised(strategy: Strategy, promise: Promise) -> None:
    steps: list[Any] = []
    result = solve(hamlet(), strategy, time_limit=SECONDS, progress=steps.append)
    keeps_its_promise(result, hamlet(), promise)
    assert tuple(steps) == result.trace


def one_zone(strategy: Strategy, promise: Promise) -> None:
    problem = hamlet(1, 0.99)
    keeps_its_promise(solve(problem, strategy, time_limit=SECONDS), problem, promise)


def two_zones(strategy: Strategy, promise: Promise) -> None:
    problem = hamlet(2, 0.99)
    keeps_its_promise(solve(problem, strategy, time_limit=SECONDS), problem, promise)


def a_zone_for_each_unit(strategy: Strategy, promise: Promise) -> None:
    problem = hamlet(12, 0.99)
    result = solve(problem, strategy, time_limit=SECONDS)
    keeps_its_promise(result, problem, promise)
    assert result.cost in (None, int(problem.region.load.sum()))


def a_region_of_one_unit(strategy: Strategy, promise: Promise) -> None:
    problem = Problem(line(7), 1)
    keeps_its_promise(solve(problem, strategy, time_limit=SECONDS), problem, promise)


def nothing_travels(strategy: Strategy, promise: Promise) -> None:
    region = line(10, 20, 30, 20)
    region = replace(region, costs=replace(region.costs, travel=0.0))
    problem = Problem(region, 2, tolerance=0.5)
    result = solve(problem, strategy, time_limit=SECONDS)
    keeps_its_promise(result, problem, promise)
    assert result.cost in (None, 80)


def parts_that_do_not_touch(strategy: Strategy, promise: Promise) -> None:
    region = line(10, 10, 10, 10, touching=[(0, 1), (2, 3)])
    problem = Problem(region, 2, tolerance=0.5)
    keeps_its_promise(solve(problem, strategy, time_limit=SECONDS), problem, promise)


def no_plan_is_no_exception(strategy: Strategy, promise: Promise) -> None:
    result = solve(nowhere(), strategy, time_limit=SECONDS)
    keeps_its_word(result, nowhere())
    assert result.plan is None
    if promise.refutes:
        assert result.status is Status.INFEASIBLE


def the_nearest_plan_is_given_where_none_keeps_a_band_that_bends(
    strategy: Strategy, promise: Promise
) -> None:
    problem = replace(nowhere(), strict=False)
    result = solve(problem, strategy, time_limit=SECONDS)
    keeps_its_word(result, problem)
    assert result.excess
    if promise.refutes:  # so that it is known that the band must bend
        assert result.excess_bound


def one_seed_and_one_worker_give_one_plan(strategy: Strategy, promise: Promise) -> None:
    first, second = (
        solve(hamlet(), strategy, time_limit=SECONDS, seed=7) for _ in range(2)
    )
    keeps_its_promise(first, hamlet(), promise)
    for what in ("status", "cost", "bound"):
        assert getattr(first, what) == getattr(second, what)
    assert [(s.cost, s.bound, s.what) for s in first.trace] == [
        (s.cost, s.bound, s.what) for s in second.trace
    ]
    if first.plan is not None:
        assert first.plan.equals(second.plan)


def an_interrupt_returns_the_best_so_far(strategy: Strategy, promise: Promise) -> None:
    _interrupted(strategy, promise, again=False)


def an_interrupt_that_stays(strategy: Strategy, promise: Promise) -> None:
    """A stop button that is still down when solve says it stopped."""
    _interrupted(strategy, promise, again=True)


def _interrupted(strategy: Strategy, promise: Promise, *, again: bool) -> None:
    met: list[Any] = []

    def interrupt(step: Any) -> None:
        met.append(step)
        if again or len(met) == 1:
            raise KeyboardInterrupt

    try:
        result = solve(hamlet(), strategy, time_limit=SECONDS, progress=interrupt)
    except KeyboardInterrupt:  # would end the whole test run
        pytest.fail("solve let the interrupt out")
    keeps_its_word(result, hamlet())
    assert result.bound <= least(hamlet())
    assert met or (promise.excess is None and not promise.proved)
    if met:
        assert result.cost == met[-1].cost
        assert result.trace[-1].what == "stopped"


def a_plan_to_start_from_is_never_made_worse(
    strategy: Strategy, promise: Promise
) -> None:
    start = Plan(hamlet(), np.array(truth(hamlet()).labels))
    result = solve(hamlet(), strategy, time_limit=SECONDS, start=start)
    keeps_its_promise(result, hamlet(), replace(promise, excess=0.0))
    assert result.trace[0].what == "start"


def a_broken_plan_to_start_from_does_no_harm(
    strategy: Strategy, promise: Promise
) -> None:
    torn, unlike, few = np.arange(12) % 3, [0] * 10 + [1, 2], [0] * 6 + [1] * 6
    given = ((hard(hamlet()), torn), (hamlet(), unlike), (hamlet(), few))
    for problem, labels in given:
        start = Plan(hamlet(), np.array(labels))
        assert not judge(Plan(hard(hamlet()), start.zone_of)).ok
        result = solve(problem, strategy, time_limit=SECONDS, start=start)
        keeps_its_promise(result, problem, promise)


def two_workers_keep_the_promise(strategy: Strategy, promise: Promise) -> None:
    result = solve(hamlet(), strategy, time_limit=SECONDS, workers=2)
    keeps_its_promise(result, hamlet(), promise)


def work_may_run_on_an_executor(strategy: Strategy, promise: Promise) -> None:
    with ThreadPoolExecutor(2) as executor:
        result = solve(
            hamlet(), strategy, time_limit=SECONDS, workers=2, executor=executor
        )
        assert executor.submit(int).result() == 0, "the executor is still the caller's"
    keeps_its_promise(result, hamlet(), promise)


Clause = Callable[[Strategy, Promise], None]
CLAUSES: tuple[Clause, ...] = (
    a_plan_and_a_bound_as_promised,
    one_zone,
    two_zones,
    a_zone_for_each_unit,
    a_region_of_one_unit,
    nothing_travels,
    parts_that_do_not_touch,
    no_plan_is_no_exception,
    the_nearest_plan_is_given_where_none_keeps_a_band_that_bends,
    one_seed_and_one_worker_give_one_plan,
    an_interrupt_returns_the_best_so_far,
    an_interrupt_that_stays,
    a_plan_to_start_from_is_never_made_worse,
    a_broken_plan_to_start_from_does_no_harm,
    two_workers_keep_the_promise,
    work_may_run_on_an_executor,
)
