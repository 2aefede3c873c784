"""Run: what all strategies of one solve share: clock, chance, best plan, best bound."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from zoning.check import Verdict, judge
from zoning.errors import PlanError
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.result import Step

Progress = Callable[[Step], None]


class Run:
    """One solve in progress. Strategies report here and read how much time is left.

    Parameters
    ----------
    problem
        What is solved.
    time_limit
        Wall seconds.
    seed
        Where every random choice flows from.
    workers
        Threads a strategy may keep busy; 1 makes a run repeatable.
    executor
        Where independent pieces of work run; None: one after the other.
    progress
        Called with every `Step`.
    """

    def __init__(
        self,
        problem: Problem,
        *,
        time_limit: float = 60.0,
        seed: int = 0,
        workers: int = 1,
        executor: Executor | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.problem = problem
        self.started = perf_counter()
        self.deadline = self.started + time_limit
        self.seed = seed
        self.workers = workers
        self.executor = executor
        self.progress = progress
        self.plan: Plan | None = None
        self.verdict: Verdict | None = None
        # travel is never negative, so no plan costs less than loads and fixed costs
        self.base = problem.fixed * problem.num_zones + int(problem.region.load.sum())
        self.bound = self.base
        self.impossible = ""
        self.trace: list[Step] = []

    @property
    def cost(self) -> int | None:
        """Cost of the best plan so far."""
        return None if self.verdict is None else self.verdict.total

    @property
    def left(self) -> float:
        """Seconds until the time limit; never negative."""
        return max(0.0, self.deadline - perf_counter())

    @property
    def done(self) -> bool:
        """Nothing is left to look for: proved optimal, proved impossible, time over."""
        closed = self.cost is not None and self.cost <= self.bound
        return closed or bool(self.impossible) or self.left <= 0

    def offer(self, zone_of: NDArray[np.integer], what: str) -> bool:
        """Put forward a plan; True if it is the best so far.

        Raises
        ------
        PlanError
            The plan breaks a rule: a strategy must not offer such a plan.
        """
        plan = Plan(self.problem, zone_of)
        verdict = judge(plan)
        if not verdict.ok:
            msg = f"{what} offered a plan that breaks rules: {' '.join(verdict.faults)}"
            raise PlanError(msg)
        if self.cost is not None and verdict.total >= self.cost:
            return False
        self.plan, self.verdict = plan, verdict
        self.tell(what)
        return True

    def prove(self, bound: int, what: str) -> bool:
        """Report that no plan costs less than `bound`; True if that is news."""
        if bound <= self.bound:
            return False
        self.bound = bound
        self.tell(what)
        return True

    def forbid(self, reason: str) -> None:
        """Report a proof that there is no plan, in words."""
        if self.verdict is not None:
            msg = f"A plan was found, yet it was proved that there is none: {reason}"
            raise PlanError(msg)
        self.impossible = reason

    def tell(self, what: str) -> None:
        """Note a step and pass it on, also where only the stage of work changed."""
        seconds = perf_counter() - self.started
        bound = self.bound if self.cost is None else min(self.bound, self.cost)
        step = Step(seconds, self.cost, bound, what)
        self.trace.append(step)
        if self.progress is not None:
            self.progress(step)
