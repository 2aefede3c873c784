"""Run: what all strategies of one solve share: clock, chance, best plan, best bound."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from math import inf
from typing import Any, TypeVar
from warnings import warn

import numpy as np
from numpy.typing import NDArray

from zoning.check import Verdict, judge
from zoning.checkpoint.kept import Phase
from zoning.clock import perf_counter
from zoning.errors import InputError, PlanError
from zoning.limits import Limits
from zoning.parallel.hub import Hub, Lost, Task
from zoning.parallel.pools import hub_of
from zoning.plan import Plan, canonical
from zoning.problem import Problem
from zoning.result import STOPPED, PartBudget, Step, budget
from zoning.search.instance.constants import FAR, SCALE
from zoning.search.instance.instance import (
    Instance,
    excess_prices,
    unavoidable_excess,
)
from zoning.search.instance.labelling import match_labels
from zoning.search.instance.subset import restrict
from zoning.search.instance.zones import travel_of
from zoning.search.pricing.duals import Duals
from zoning.search.pricing.subproblems import CenterSubproblems

Shared = TypeVar("Shared")
Job = TypeVar("Job")
Out = TypeVar("Out")
Progress = Callable[[Step], None]
Strategy = Callable[["Run"], None]


def _rank(verdict: Verdict) -> tuple[int, int]:
    """The less, the better: excess first."""
    return verdict.excess, verdict.total


def _renamed(old: str, new: str) -> Any:
    """A word of strategies written for an earlier release."""

    def read(run: Run) -> Any:
        warn(f"Run.{old} is now Run.{new}.", DeprecationWarning, stacklevel=2)
        return getattr(run, new)

    return property(read)


class Run:
    """One solve in progress. Strategies report here and read how much time is left.

    Parameters
    ----------
    problem
        What is solved.
    limits
        Seconds, seed and threads.
    executor
        Where independent pieces of work run, or the hub that minds it; None: here, one
        after the other.
    progress
        Called with every `Step`.
    """

    def __init__(
        self,
        problem: Problem,
        limits: Limits = Limits(),
        *,
        executor: Executor | Hub | None = None,
        progress: Progress | None = None,
    ) -> None:
        unchecked = [rule for rule in problem.rules if rule.unchecked]
        if unchecked:
            msg = (
                f"The rule that {unchecked[0]} is of somebody's own, and its class is "
                "not here, so no plan can be searched that keeps it. Hand the class to "
                "read_plan(..., rules=[...]), or leave the rule out."
            )
            raise InputError(msg)
        self.problem = problem
        self.limits = limits
        self.started = perf_counter()
        self.deadline = self.started + limits.time
        self.hub = Hub() if executor is None else hub_of(executor, limits.workers)
        self.progress = progress
        self.plan: Plan | None = None  # the best that keeps the bands of `instance`
        self.verdict: Verdict | None = None
        self.best: Plan | None = None  # the best by excess, then cost
        self.best_verdict: Verdict | None = None
        every = Instance.from_problem(problem)
        self.units = problem.terms.free  # those of locked zones are not searched
        self.locked = np.full(len(problem.region), -1, np.int32)
        for at, lock in enumerate(problem.terms.locks):
            self.locked[lock.units] = problem.num_zones - 1 - at
        self.num_zones = problem.num_zones - len(problem.terms.locks)
        whole = len(self.units) in (0, len(problem.region))  # 0: nothing is searched
        self.instance = every if whole else restrict(every, self.units)
        self.hard_instance = self.instance
        # travel is never negative, so no plan costs less than loads, fixed costs, and
        # what locked zones travel and make change zone whatever becomes of the others
        self.base = problem.fixed * problem.num_zones + int(problem.region.load.sum())
        self.base += self._locked_travel(every)
        self.base += round(problem.terms.change_price * problem.terms.change_base)
        self.bound = self.base
        # bands that bend may be hard to a search: at first they are to all
        self.may_bend = bool(problem.excess_price)
        self.price = 0  # yuan of travel that a yuan of excess costs, once they bend
        self.excess_base = unavoidable_excess(problem, self.units)
        self.excess_base += self._locked_excess()
        self.excess_bound = self.excess_base
        self.least_cost = self.base  # that of plans of no more excess than the best
        self.hard_bound = self.base  # on plans of no excess but what every plan has
        self.pool: list[NDArray[np.int32]] = []  # plans that may break bands
        # what `LagrangianBound` looks at, and prices of units good for a bound
        self.subproblems: CenterSubproblems | None = None
        self.multipliers: NDArray[np.float64] | None = None
        self.infeasibility = ""
        # what strategies submit may break these
        own = [rule for rule in problem.rules if rule.is_own]
        self.own_rules = {str(rule) for rule in own}
        # some of them is not in what strategies know, as far as is seen
        self.surprised = any(rule.is_priced for rule in own)
        # what an earlier run of this search found and how far it came; see
        # `zoning.search.kept`
        self.keeper: Callable[[Run], None] | None = None
        self.former: Phase | None = None
        self.ahead: list[str] = []  # parts of the search that it had done
        self.passed: list[str] = []  # and those that are done now
        self.tried: set[bytes] = set()  # neighbourhoods, by what is in them
        self.most_outside = 0  # no zone is let lie outside by more, yuan of excess
        self.trace: list[Step] = []
        self.losses: list[str] = []  # work that was given up, in words
        self._parts = ["solve"]  # the part at work, last, and what it is part of
        self._spent: dict[str, float] = {}
        self._since = self.started

    def _locked_travel(self, every: Instance) -> int:
        """What the locked zones travel, whatever becomes of the others."""
        locks = [lock.units for lock in self.problem.terms.locks]
        if not locks:
            return 0
        indptr = np.cumsum([0, *map(len, locks)])
        travel = travel_of(every, indptr, np.concatenate(locks).astype(np.int32))
        return int((travel % FAR).sum())

    def _locked_excess(self) -> int:
        """How far locked zones lie outside bands, whatever becomes of the others."""
        locks = self.problem.terms.locks
        if not self.may_bend or all(lock.frozen for lock in locks):
            return 0
        rest = np.zeros(len(self.units), np.int32)
        names = {lock.name for lock in locks}
        found = judge(self.plan_of(rest)).exceptions
        return sum(one.yuan for one in found if one.zone in names)

    @property
    def seed(self) -> int:
        """Where every random choice flows from."""
        return self.limits.seed

    @property
    def workers(self) -> int:
        """Pieces of work to be had ready at once; 1 makes a run repeatable."""
        return max(self.limits.workers, self.hub.workers)

    @property
    def cost(self) -> int | None:
        """Cost of the best plan so far, the price of its excess included."""
        return None if self.verdict is None else self.value(self.verdict)

    def value(self, verdict: Verdict) -> int:
        """What searches make least: the cost, and the price of avoidable excess."""
        return verdict.total + self.price * (verdict.excess - self.excess_base)

    @property
    def avoidable(self) -> int:
        """Excess of the best plan, which must be known, beyond what every plan has."""
        assert self.best_verdict is not None
        return self.best_verdict.excess - self.excess_base

    def harden(self) -> None:
        """Hold searches to all bands again: the best plan keeps them."""
        self._begin_anew(self.hard_instance, 0)

    def bend(self, price: int) -> None:
        """Let bands bend at a price.

        The best plan must be known: no zone is let lie outside by more than it does.
        """
        prices, most = excess_prices(self.problem), self.avoidable
        self._begin_anew(self.hard_instance.bent(prices, price, most), price)
        self.most_outside = most
        former = self.former
        if former is not None and former.price == price and most <= former.most:
            self.bound = max(self.base, former.bound)
            self.multipliers, self.tried = former.multipliers, set(former.tried)

    def _begin_anew(self, instance: Instance, price: int) -> None:
        """Go on from the best plan; what was proved under other bands is forgotten."""
        # first the bound: a signal may end the search in between
        self.bound, self.infeasibility = self.base if price else self.hard_bound, ""
        self.plan, self.verdict, self.price = self.best, self.best_verdict, price
        self.instance = instance
        self.subproblems, self.multipliers = None, None
        self.tried = set()

    @property
    def seconds(self) -> float:
        """Seconds the search has taken, those of earlier runs included."""
        return perf_counter() - self.started

    @property
    def time_left(self) -> float:
        """Seconds until the time limit; never negative."""
        return max(0.0, self.deadline - perf_counter())

    @property
    def done(self) -> bool:
        """Nothing is left to look for: proved optimal, proved impossible, time over."""
        closed = self.cost is not None and self.cost <= self.bound
        return closed or bool(self.infeasibility) or self.time_left <= 0

    def map(
        self,
        task: Task[Shared, Job, Out],
        shared: Shared,
        jobs: Iterable[Job],
        *,
        end: float = inf,
        seconds: float = inf,
    ) -> list[Out | Lost]:
        """Do independent pieces of work, side by side where there are workers.

        As `zoning.parallel.hub.Hub.map`; they end with the time of the run at the
        latest.
        """
        end = min(end, self.deadline)
        return self.hub.map(task, shared, jobs, end=end, seconds=seconds)

    # plans, as the zone of each unit that is searched

    @property
    def incumbent(self) -> NDArray[np.int32] | None:
        """Zone of each unit the search may place, in the best plan so far."""
        return None if self.plan is None else self.searched(self.plan.zone_of)

    def searched(self, zone_of: NDArray[np.integer]) -> NDArray[np.int32]:
        """Of a plan of the whole region the units searched, zones by label."""
        some = canonical(zone_of[self.units])
        if self.instance.labelled and some.max(initial=0) < self.num_zones:
            return match_labels(self.instance, some, self.num_zones)
        return some

    def plan_of(self, zone_of: NDArray[np.integer]) -> Plan:
        """The plan of the whole region: units searched, and those of locked zones."""
        every = self.locked.copy()
        every[self.units] = zone_of
        return Plan(self.problem, canonical(every))

    def keeps_rules(self, zone_of: NDArray[np.integer]) -> bool:
        """Whether a plan keeps every rule; `zone_of` is that of the units searched."""
        return self.keeps_all(self.judged(zone_of))

    def keeps_all(self, verdict: Verdict) -> bool:
        """Whether a plan keeps every rule, and the bands where searches must."""
        inside = self.price > 0 or verdict.excess <= self.excess_base
        return verdict.ok and inside

    def judged(self, zone_of: NDArray[np.integer]) -> Verdict:
        """What the checker says of a plan; `zone_of` is that of the units searched."""
        return judge(self.plan_of(zone_of))

    def initial_plans(self) -> list[NDArray[np.int32]]:
        """The best plan and others of the pool, without repeats; at most twelve."""
        best = self.incumbent
        seen: dict[bytes, NDArray[np.int32]] = {}
        for zone_of in [*([] if best is None else [best]), *self.pool]:
            seen.setdefault(canonical(zone_of).tobytes(), zone_of)
        return list(seen.values())[:12]

    def nearest_plan(self) -> NDArray[np.int32] | None:
        """The best plan; without one, that of the pool that breaks the fewest rules."""
        if self.plan is not None:
            return self.incumbent

        def badness(zone_of: NDArray[np.int32]) -> tuple[int, int]:
            verdict = self.judged(zone_of)
            outside = {one.zone for one in verdict.exceptions}
            return len(verdict.faults) + len(outside), verdict.excess

        return min(self.pool, key=badness, default=None)

    # what strategies report

    def submit(self, zone_of: NDArray[np.integer], what: str) -> bool:
        """Put forward a plan that keeps all bands; True if it is the best so far.

        A plan that breaks a rule about names or changes, or one of the planner's own,
        which some strategies do not look at, is only kept in the pool.

        Raises
        ------
        PlanError
            The plan breaks another rule: a strategy must not submit such a plan.
        """
        plan = self.plan_of(zone_of)
        verdict = judge(plan)
        if not verdict.ok:
            own = all(one.rule in self.own_rules for one in verdict.violations)
            self.surprised = self.surprised or own
            if self.instance.labelled or own:
                self.pool.append(self.searched(plan.zone_of))
                return False
            msg = f"{what} offered a plan that breaks rules: {' '.join(verdict.faults)}"
            raise PlanError(msg)
        better = self.best_verdict is None or _rank(verdict) < _rank(self.best_verdict)
        if better:
            self.best, self.best_verdict = plan, verdict
        if not self.keeps_all(verdict):
            self.pool.append(self.searched(plan.zone_of))
        elif self.cost is None or self.value(verdict) < self.cost:
            self.plan, self.verdict = plan, verdict
        if better:
            self.report(what)
        return better

    def submit_pool(self, what: str) -> None:
        """`submit` what is in the pool and breaks nothing but bands that bend."""
        for zone_of in list(self.pool):
            if self.judged(zone_of).ok:
                self.submit(zone_of, what)

    def submit_assignment(self, center_of: NDArray[np.integer], what: str) -> None:
        """`submit` the zones of an assignment to centers, if they keep all rules."""
        zone_of = self.searched(self.plan_of(canonical(center_of)).zone_of)
        self.pool.append(zone_of)
        if self.keeps_rules(zone_of):
            self.submit(zone_of, what)

    def update_bound(self, bound: int, what: str) -> bool:
        """Report that no plan costs less than `bound`; True if that is news."""
        if bound <= self.bound:
            return False
        self.bound = bound
        self.report(what)
        return True

    @property
    def cost_bound(self) -> int:
        """No plan of no more excess than the best costs less."""
        best = self.best_verdict
        avoidable = 0 if best is None else best.excess - self.excess_base
        if avoidable <= 0:
            return max(self.least_cost, self.hard_bound, self.bound)
        if not self.price:  # what is proved of hard bands says nothing of such plans
            return max(self.least_cost, self.base)
        return max(self.least_cost, self.base, self.bound - self.price * avoidable)

    def take_duals(self, duals: Duals) -> None:
        """Remember multipliers that gave the best bound so far."""
        self.multipliers = duals.unit / SCALE

    def update_travel_bound(self, travel: int, what: str) -> None:
        """`update_bound` for a bound on travel alone, as the engines reckon."""
        self.update_bound(self.base + travel, what)

    def prove_infeasible(self, reason: str) -> None:
        """Report a proof that there is no plan, in words."""
        if self.plan is not None:
            msg = f"A plan was found, yet it was proved that there is none: {reason}"
            raise PlanError(msg)
        self.infeasibility = reason

    def report(self, what: str) -> None:
        """Note a step and pass it on, also where only the stage of work changed."""
        best = self.best_verdict
        cost, excess = (None, 0) if best is None else (best.total, best.excess)
        bound = self.cost_bound if cost is None else min(self.cost_bound, cost)
        change = 0 if best is None else best.change_cost
        step = Step(self.seconds, cost, bound, what, self._parts[-1], excess, change)
        self.trace.append(step)
        if self.progress is not None:
            self.progress(step)
        self.keep()

    def keep(self) -> None:
        """Have what is known kept, if somebody does; cheap, so after every step."""
        if self.keeper is not None:
            self.keeper(self)

    def give_up(self, work: str, lost: Lost) -> None:
        """Note that a piece of work was lost, and the search goes on without it."""
        self.losses.append(f"{work} was given up: {lost.why}.")
        self.report("work given up")

    def stop(self) -> None:
        """Note that Ctrl-C ended the search; nobody is told any more."""
        self.progress = None
        self.report(STOPPED)

    @property
    def stopped(self) -> bool:
        """Whether Ctrl-C ended the search."""
        return bool(self.trace) and self.trace[-1].what == STOPPED

    # which part of the search is at work

    def follow(self, strategy: Strategy) -> None:
        """Let a strategy search, under its own name in the trace and the budget.

        Nothing is done where an earlier run of the search has done it.
        """
        name = getattr(strategy, "__name__", type(strategy).__name__)
        path = "/".join([*self._parts[1:], name])
        if self.price:  # at another one it has yet to search
            path += f" at {self.price}"
        if self.ahead[:1] == [path]:
            del self.ahead[0]
        else:
            with self.part(name):
                strategy(self)
        within = f"{path}/"
        self.passed = [x for x in self.passed if not x.startswith(within)] + [path]
        self.keep()

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Charge the time within to a part of the search, unless a part of it does."""
        self._charge()
        self._parts.append(name)
        try:
            yield
        finally:
            self._charge()
            self._parts.pop()

    def _charge(self) -> None:
        now, part = perf_counter(), self._parts[-1]
        self._spent[part] = self._spent.get(part, 0.0) + now - self._since
        self._since = now

    def budget(self) -> tuple[PartBudget, ...]:
        """What each part took and brought so far, in the order they began."""
        self._charge()
        return budget(self._spent, self.trace)

    near = _renamed("near", "pool")
    arrays = _renamed("arrays", "instance")
    count = _renamed("count", "num_zones")
    left = _renamed("left", "time_left")
    offer = _renamed("offer", "submit")
    prove = _renamed("prove", "update_bound")
    forbid = _renamed("forbid", "prove_infeasible")
    tell = _renamed("tell", "report")
