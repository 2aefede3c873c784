"""One search for a pair going on: the best so far, the bound, the time."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property

from zoning.clock import perf_counter
from zoning.joint.bound import pair_bound
from zoning.joint.solution import JointSolution
from zoning.lots import Lots, LotSettings
from zoning.lots.sizes import LotSizes, allowed_below, lot_sizes
from zoning.parallel.hub import Hub
from zoning.problem import Problem
from zoning.result import STOPPED, Result, Step
from zoning.search.elastic import unbent
from zoning.search.run import Progress


@dataclass(frozen=True)
class JointParams:
    """How the stages of joint planning share the time.

    Parameters
    ----------
    plan_share
        Of all time for the plan, where it is not proved sooner.
    bundle_share, bound_share
        Of what is left then for its lots, and for the bound, at most.
    first_annealing_share
        Of what is left for annealing before candidate zones are listed.
    enumeration_share, exact_share
        Of what is left for listing them, and for choosing among them, at most.
    max_lot_size
        Zones of a lot; larger ones are too many to go through.
    after_stop
        Seconds the lots of a plan may take whose search was stopped.
    alternatives, within
        Plans bundled where nothing can be annealed, and the share by which they may
        cost more.
    """

    plan_share: float = 0.5
    bundle_share: float = 0.2
    bound_share: float = 0.3
    first_annealing_share: float = 0.1
    enumeration_share: float = 0.1
    exact_share: float = 0.75
    max_lot_size: int = 4
    after_stop: float = 5.0
    alternatives: int = 6
    within: float = 0.02


PARAMS = JointParams()


class JointRun:
    """What stages share: they submit pairs, raise the bound and mind the time.

    Parameters
    ----------
    result
        Zones drawn for themselves.
    started, time_limit
        When that began, and seconds for all.
    """

    def __init__(
        self,
        problem: Problem,
        settings: LotSettings,
        result: Result,
        *,
        started: float,
        time_limit: float,
        seed: int,
        workers: int,
        progress: Progress | None,
        executor: Executor | Hub | None = None,
        params: JointParams = PARAMS,
    ) -> None:
        self.problem, self.settings, self.result = problem, settings, result
        self.seed, self.workers, self.progress = seed, workers, progress
        self.executor, self.params = executor, params
        self.started, self.deadline = started, started + time_limit
        self.sizes = lot_sizes(problem.num_zones, settings.size)
        self.unbundled: Lots | None = None
        self.best: JointSolution | None = None
        self.sequential: JointSolution | None = None
        self.bound = 0
        self.proved, self.stopped = False, result.stopped
        if self.stopped:
            self.deadline = min(self.deadline, perf_counter() + params.after_stop)
        self.trace: list[Step] = []

    @property
    def time_left(self) -> float:
        """Seconds until the time limit, at least a moment."""
        return max(0.01, self.deadline - perf_counter())

    @property
    def done(self) -> bool:
        """There is nothing left to look for."""
        late = perf_counter() >= self.deadline
        return self.proved or self.stopped or late

    @cached_property
    def hard(self) -> Problem | None:
        """The problem with hard bands, which is all that searches for pairs know.

        None where zones of the plan lie outside bands that bend, or where zones may
        hang together by bridges that a strict problem closes.
        """
        if not self.problem.excess_price:
            return self.problem
        if self.result.excess != 0 or self.problem.opens_wide_bridges:
            return None
        return replace(self.problem, strict=True)

    def report(self, what: str) -> None:
        """Note a step and pass it on."""
        cost = None if self.best is None else self.best.cost
        bound = self.bound if cost is None else min(self.bound, cost)
        step = Step(perf_counter() - self.started, cost, bound, what)
        self.trace.append(step)
        if self.progress is not None:
            self.progress(step)

    def submit(self, pair: JointSolution, what: str) -> None:
        """Put a pair forward."""
        if self.best is None or pair.rank < self.best.rank:
            weaker = self.best is None and not pair.full and self.bound > 0
            self.best = pair
            if weaker:  # the bound was one of lots that keep all rules
                self.bound_anew()
            self.report(what)

    def stop(self) -> None:
        """Ctrl-C: end."""
        self.stopped, self.progress = True, None
        self.report(STOPPED)

    def bound_anew(self) -> None:
        """Bound zones and lots each for itself."""
        exactly = self.best is None or self.best.full
        sizes, size = self.sizes, self.settings.size
        if not exactly:
            below = allowed_below(self.problem.num_zones, size)
            sizes = LotSizes(sizes.count, below)
        problem, plan = self.hard or unbent(self.problem), self.result.plan
        known = plan is not None or self.hard is not None
        self.bound = pair_bound(
            problem,
            self.result.bound if known else 0,  # of plans of no more excess than this
            sizes,
            size,
            exactly=exactly,
            begin=() if plan is None else (plan.zone_of,),
            seconds=self.params.bound_share * self.time_left,
        )
        self.report("bound")
