"""Run: what all strategies of one solve share: clock, chance, best plan, best bound."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from zoning.check import Verdict, judge, parts
from zoning.clock import perf_counter
from zoning.errors import InputError, PlanError
from zoning.plan import Plan, canonical
from zoning.problem import Problem
from zoning.result import STOPPED, Step
from zoning.search.instance.constants import FAR
from zoning.search.instance.instance import Instance
from zoning.search.instance.labelling import match_labels
from zoning.search.instance.subset import restrict
from zoning.search.instance.zones import travel_of
from zoning.search.pricing.subproblems import CenterSubproblems

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
        self.time_limit = time_limit
        self.deadline = self.started + time_limit
        self.seed = seed
        self.workers = workers
        self.executor = executor
        self.progress = progress
        self.plan: Plan | None = None
        self.verdict: Verdict | None = None
        every = Instance.from_problem(problem)
        self.units = problem.terms.free  # those of locked zones are not searched
        self.locked = np.full(len(problem.region), -1, np.int32)
        for at, lock in enumerate(problem.terms.locks):
            self.locked[lock.units] = problem.num_zones - 1 - at
        self.count = problem.num_zones - len(problem.terms.locks)
        whole = len(self.units) in (0, len(problem.region))  # 0: nothing is searched
        self.arrays = every if whole else restrict(every, self.units)
        # travel is never negative, so no plan costs less than loads, fixed costs, and
        # what locked zones travel and make change zone whatever becomes of the others
        self.base = problem.fixed * problem.num_zones + int(problem.region.load.sum())
        self.base += self._locked_travel(every)
        self.base += round(problem.terms.change_price * problem.terms.change_base)
        self.bound = self.base
        self.near: list[NDArray[np.int32]] = []  # labels of plans that nearly fit
        self.market: CenterSubproblems | None = None  # what `Centers` looks at
        self.price: NDArray[np.float64] | None = None  # of units, good for a bound
        self.impossible = ""
        self.trace: list[Step] = []

    def _locked_travel(self, every: Instance) -> int:
        """What the locked zones travel, whatever becomes of the others."""
        locks = [lock.units for lock in self.problem.terms.locks]
        if not locks:
            return 0
        indptr = np.cumsum([0, *map(len, locks)])
        ways = travel_of(every, indptr, np.concatenate(locks).astype(np.int32))
        return int((ways % FAR).sum())

    @property
    def labels(self) -> NDArray[np.int32] | None:
        """Zone of each unit the search may place, in the best plan so far."""
        return None if self.plan is None else self.placed(self.plan.zone_of)

    def placed(self, zone_of: NDArray[np.integer]) -> NDArray[np.int32]:
        """Labels of the units the search may place, zones with names at their places.

        `zone_of` is over all units of the region.
        """
        labels = canonical(zone_of[self.units])
        if self.arrays.labelled and labels.max(initial=0) < self.count:
            return match_labels(self.arrays, labels, self.count)
        return labels

    def _all(self, labels: NDArray[np.integer]) -> NDArray[np.int32]:
        """Labels of every unit: those searched, and those of locked zones."""
        out = self.locked.copy()
        out[self.units] = labels
        return out

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

        One with another number of zones is no beginning, and left aside.

        Raises
        ------
        InputError
            It is a plan of another region.
        """
        if len(plan.zone_of) != len(self.problem.region):
            msg = (
                f"The plan to start from has {len(plan.zone_of)} units, the region "
                f"{len(self.problem.region)}. Start from a plan of this region."
            )
            raise InputError(msg)
        labels = canonical(plan.zone_of[self.units])
        if labels.max(initial=0) + 1 == self.count:
            self._begin(labels)

    def begin_formerly(self) -> None:
        """Start from last year's plan, where rules tell of one."""
        former = self.problem.terms.former
        names = [] if former is None else [former[i] for i in self.units.tolist()]
        if names and None not in names:
            labels = canonical(np.unique(names, return_inverse=True)[1])
            if labels.max(initial=0) + 1 == self.count:
                self._begin(labels)

    def _begin(self, labels: NDArray[np.int32]) -> None:
        zones = Plan(self.problem, canonical(self._all(labels))).zones
        region = self.problem.region
        if any(parts(region, units) > 1 for units in zones):
            return
        if self.arrays.labelled:
            labels = match_labels(self.arrays, labels, self.count)
        self.near.append(labels)
        if self.keeps_rules(labels):
            self.offer(labels, "start")

    def keeps_rules(self, labels: NDArray[np.integer]) -> bool:
        """Whether a plan keeps every rule; labels are those of the units searched."""
        return judge(Plan(self.problem, canonical(self._all(labels)))).ok

    def settle_locked(self) -> bool:
        """Where all zones are locked, judge the one plan there is; whether they are."""
        if self.count > 0:
            return False
        none = np.zeros(0, np.int32)
        verdict = judge(Plan(self.problem, canonical(self._all(none))))
        if verdict.ok:
            self.offer(none, "locked zones")
            self.prove(verdict.total, "locked zones")
        else:
            self.forbid(f"All zones are locked. {' '.join(verdict.faults)}")
        return True

    def near_plans(self) -> list[NDArray[np.int32]]:
        """The best plan and others that came near, without repeats; at most twelve."""
        best = self.labels
        seen: dict[bytes, NDArray[np.int32]] = {}
        for labels in [*([] if best is None else [best]), *self.near]:
            seen.setdefault(canonical(labels).tobytes(), labels)
        return list(seen.values())[:12]

    def nearest_labels(self) -> NDArray[np.int32] | None:
        """The best plan; without one, the labels that break the fewest rules."""
        if self.plan is not None:
            return self.labels
        if not self.near:
            return None

        def faults(labels: NDArray[np.int32]) -> int:
            plan = Plan(self.problem, canonical(self._all(labels)))
            return len(judge(plan).faults)

        return min(self.near, key=faults)

    def offer(self, labels: NDArray[np.integer], what: str) -> bool:
        """Put forward a plan that keeps all bands; True if it is the best so far.

        A plan that breaks a rule about names or changes, which some strategies do not
        look at, is only remembered as near.

        Raises
        ------
        PlanError
            The plan breaks another rule: a strategy must not offer such a plan.
        """
        plan = Plan(self.problem, canonical(self._all(labels)))
        verdict = judge(plan)
        if not verdict.ok:
            if self.arrays.labelled:
                self.near.append(self.placed(plan.zone_of))
                return False
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
        labels = self.placed(self._all(canonical(center_of)))
        self.near.append(labels)
        if self.keeps_rules(labels):
            self.offer(labels, what)

    def forbid(self, reason: str) -> None:
        """Report a proof that there is no plan, in words."""
        if self.verdict is not None:
            msg = f"A plan was found, yet it was proved that there is none: {reason}"
            raise PlanError(msg)
        self.impossible = reason

    def stop(self) -> None:
        """Note that Ctrl-C ended the search; nobody is told any more."""
        self.progress = None
        self.tell(STOPPED)

    @property
    def stopped(self) -> bool:
        """Whether Ctrl-C ended the search."""
        return bool(self.trace) and self.trace[-1].what == STOPPED

    def tell(self, what: str) -> None:
        """Note a step and pass it on, also where only the stage of work changed."""
        seconds = perf_counter() - self.started
        bound = self.bound if self.cost is None else min(self.bound, self.cost)
        step = Step(seconds, self.cost, bound, what)
        self.trace.append(step)
        if self.progress is not None:
            self.progress(step)
