"""Run: what all strategies of one solve share: clock, chance, best plan, best bound."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from time import perf_counter
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from zoning.check import Verdict, judge
from zoning.errors import InputError, PlanError
from zoning.plan import Plan, canonical
from zoning.problem import Problem
from zoning.result import Step
from zoning.search.arrays import of_problem

Job = TypeVar("Job")
Out = TypeVar("Out")
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
        self.arrays = of_problem(problem)
        self.near: list[NDArray[np.int32]] = []  # labels of plans that nearly fit
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

    def map(self, work: Callable[[Job], Out], jobs: Sequence[Job]) -> Iterable[Out]:
        """Do independent pieces of work, side by side where there is an executor."""
        if self.executor is None:
            return map(work, jobs)
        return self.executor.map(work, jobs)

    def begin(self, plan: Plan) -> None:
        """Start from a plan of the planner's; it may break rules.

        Raises
        ------
        InputError
            It is a plan of another region, or has another number of zones.
        """
        if len(plan.zone_of) != len(self.problem.region):
            msg = (
                f"The plan to start from has {len(plan.zone_of)} units, the region "
                f"{len(self.problem.region)}. Start from a plan of this region."
            )
            raise InputError(msg)
        if plan.num_zones != self.problem.num_zones:
            return
        if "torn" in " ".join(judge(Plan(self.problem, plan.zone_of)).faults):
            return
        self.near.append(plan.zone_of)
        if self.keeps_rules(plan.zone_of):
            self.offer(plan.zone_of, "start")

    def keeps_rules(self, zone_of: NDArray[np.integer]) -> bool:
        """Whether a plan keeps every rule."""
        return judge(Plan(self.problem, canonical(zone_of))).ok

    def near_plans(self) -> list[NDArray[np.int32]]:
        """The best plan and others that came near, without repeats; at most twelve."""
        best = [] if self.plan is None else [self.plan.zone_of]
        seen: dict[bytes, NDArray[np.int32]] = {}
        for labels in [*best, *self.near]:
            seen.setdefault(canonical(labels).tobytes(), canonical(labels))
        return list(seen.values())[:12]

    def nearest_labels(self) -> NDArray[np.int32] | None:
        """The best plan; without one, the labels that break the fewest rules."""
        if self.plan is not None:
            return self.plan.zone_of
        if not self.near:
            return None
        return min(
            self.near, key=lambda labels: len(judge(Plan(self.problem, labels)).faults)
        )

    def offer(self, zone_of: NDArray[np.integer], what: str) -> bool:
        """Put forward a plan; True if it is the best so far.

        Raises
        ------
        PlanError
            The plan breaks a rule: a strategy must not offer such a plan.
        """
        plan = Plan(self.problem, canonical(zone_of))
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

    def prove_travel(self, travel: int, what: str) -> None:
        """`prove` for a bound on travel alone, as the engines reckon."""
        self.prove(self.base + travel, what)

    def offer_centers(self, center_of: NDArray[np.integer], what: str) -> None:
        """`offer` the zones of an assignment to centers, where they keep all rules."""
        labels = canonical(center_of)
        self.near.append(labels)
        if self.keeps_rules(labels):
            self.offer(labels, what)

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
