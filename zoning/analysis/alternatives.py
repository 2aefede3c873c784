"""Plans that are truly different and nearly as cheap."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from math import floor

import numpy as np
from numpy.typing import NDArray

from zoning.analysis.diagnosed import solve_and_diagnose
from zoning.analysis.difference import Difference, difference, share_moved
from zoning.check import judge
from zoning.checkpoint.checkpoint import CHECKPOINT, Folder, checkpoint_of
from zoning.clock import perf_counter
from zoning.limits import Limits
from zoning.parallel.hub import Hub
from zoning.parallel.pools import EXECUTOR, minding
from zoning.plan import PLAN, Plan, canonical
from zoning.problem import PROBLEM, Problem
from zoning.result import Result, Status
from zoning.search.diverse import Pool, gather
from zoning.search.instance import zones
from zoning.search.run import Progress, Run
from zoning.search.settle import settled
from zoning.search.warm_start import warm_start
from zoning.solvers.most_different import (
    Candidates,
    Requirements,
    select_most_different,
)
from zoning.stopping import until_stopped
from zoning.text.arguments import CALLABLE, NUMBER, SEARCH, SHARE, WHOLE, limited, takes

Labels = NDArray[np.int32]
FIRST_SHARE, GATHER_SHARE = 0.4, 0.4  # of the time, and of what is left after
_SEVERAL = limited(
    WHOLE, lambda n: n >= 2, "a whole number, at least 2, the cheapest included"
)
_PART = limited(NUMBER, lambda x: 0 < x < 1, "above 0 and below 1 (0.05 is 5 %)")
TRIES = 4  # choices that break a rule the model does not know


@dataclass(frozen=True, eq=False)
class Alternative:
    """A plan, and how it stands to the cheapest one and to the others.

    Parameters
    ----------
    result
        The plan, judged; its bound is that of the problem.
    dearer
        By which fraction it costs more than the first plan.
    from_first
        What is in another zone than in the first plan.
    from_nearest
        Share of the floor area in another zone than in the plan it is most like.
    """

    result: Result
    dearer: float
    from_first: Difference
    from_nearest: float

    def __str__(self) -> str:
        cost = self.result.plan_cost or 0
        told = f"{cost:,} yuan a year, {100 * self.dearer:+.2f} %"
        if not self.from_first.area and not self.dearer:
            return told
        return (
            f"{told}; {100 * self.from_first.share:.0f} % of the floor area "
            f"({self.from_first.buildings} buildings) is in another zone than in the "
            f"first plan, {100 * self.from_nearest:.0f} % than in the most similar one"
        )


@dataclass(frozen=True, eq=False)
class Alternatives:
    """Several plans of one problem, the cheapest one first.

    Parameters
    ----------
    results
        One per plan.
    within
        They cost at most this fraction more than the first.
    seconds
        Wall time.
    reason
        In words: why there are no more.
    stopped
        Ctrl-C ended the search.
    """

    results: tuple[Result, ...]
    within: float
    seconds: float
    reason: str
    stopped: bool = False

    def __len__(self) -> int:
        return len(self.results)

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """The plans alone."""
        return tuple(one.plan for one in self.results if one.plan is not None)

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """Share of the floor area in another zone, for every two plans."""
        n = len(self.plans)
        shares = np.zeros((n, n))
        for i in range(n):
            for j in range(i):
                shares[i, j] = shares[j, i] = _apart(self.plans[i], self.plans[j])
        return shares

    @cached_property
    def rows(self) -> tuple[Alternative, ...]:
        """Every plan with its measures."""
        away = self.shares + np.diag(np.full(len(self.plans), np.inf))
        first = self.results[0].plan_cost or 1 if self.results else 1
        return tuple(
            Alternative(
                result,
                (result.plan_cost or 0) / first - 1,
                difference(self.plans[0], plan),
                float(away[at].min()) if len(self.plans) > 1 else 0.0,
            )
            for at, (result, plan) in enumerate(
                zip(self.results, self.plans, strict=True)
            )
        )

    def __str__(self) -> str:
        lines = [f"Plan {at}: {row}." for at, row in enumerate(self.rows, 1)]
        return "\n".join([*lines, self.reason] if self.reason else lines)


@takes(
    problem=PROBLEM,
    count=_SEVERAL,
    within=SHARE,
    least=_PART,
    start=PLAN.or_none,
    progress=CALLABLE.or_none,
    executor=EXECUTOR,
    checkpoint=CHECKPOINT,
    **SEARCH,
)
def alternatives(
    problem: Problem,
    count: int = 5,
    *,
    within: float = 0.02,
    least: float = 0.05,
    time_limit: float = 60.0,
    seed: int = 0,
    workers: int = 1,
    start: Plan | None = None,
    progress: Progress | None = None,
    executor: Executor | Hub | None = None,
    checkpoint: Folder = None,
) -> Alternatives:
    """Find plans that are truly different from one another and nearly as cheap.

    Where bands bend, zones of none lie outside by more in all than those of the first.

    The cheapest plan comes first. Each further one is made to differ as much as can be
    from all before it; among such plans a cheap one is taken. How much they differ is
    measured on the plans by `zoning.difference`, and each is judged like any other
    plan.

    Parameters
    ----------
    problem
        What to split and which rules to keep.
    count
        So many plans, the cheapest one included, at least 2.
    within
        They cost at most this fraction more than the first: 0.02 is 2 %.
    least
        Share of the floor area that must be in another zone than in any other plan.
    time_limit
        Wall seconds for all plans together. Ctrl-C ends the search; plans found by
        then are returned.
    start
        A plan of the problem to begin with: the first is never dearer.
    executor
        As in `zoning.solve`; plans to choose from are drawn side by side on it. One
        plan is chosen after the other.
    checkpoint
        As in `zoning.solve`: the search for the cheapest plan is kept, which is the
        longest part.

    Raises
    ------
    InputError
        Count, within, least or the time limit is not usable.
    """
    with minding(executor, workers) as hub:
        first = solve_and_diagnose(
            problem,
            limits=Limits(FIRST_SHARE * time_limit, seed, workers),
            executor=hub,
            progress=progress,
            start=start,
            checkpoint=checkpoint_of(checkpoint),
        )
        started = perf_counter() - first.seconds  # some of them in an earlier run
        deadline = started + time_limit
        if first.plan is None:
            seconds = perf_counter() - started
            return Alternatives((), within, seconds, first.reason, first.stopped)
        search = _Apart(problem, first, within, least, deadline, seed, workers)
        stopped = first.stopped or until_stopped(lambda: search.find(count, hub))
    results, reason = search.found, ""
    if stopped:
        reason = "The search was stopped; there may be more."
    elif search.run.num_zones == 0:
        reason = "There is no other plan: all zones are locked or frozen."
    elif len(results) < count and search.avoidable:
        reason = (
            "Zones of this plan lie outside their bands by "
            f"{search.avoidable:,} yuan more than single units and locked zones do. "
            "Other plans are not looked for then. Raise the tolerance."
        )
    elif len(results) < count:
        found = "one plan was" if len(results) == 1 else f"{len(results)} plans were"
        reason = (
            f"No more than {found} found that cost at most "
            f"{100 * within:g} % more and differ in at least {100 * least:g} % of the "
            "floor area. Allow a higher cost, a smaller difference, or more time."
        )
    seconds = perf_counter() - started
    return Alternatives(tuple(results), within, seconds, reason, stopped)


def _apart(first: Plan, second: Plan) -> float:
    area = first.problem.region.area
    return share_moved(first.zone_of, second.zone_of, area)


class _Apart:
    """Alternatives to one plan in the making."""

    def __init__(
        self,
        problem: Problem,
        first: Result,
        within: float,
        least: float,
        deadline: float,
        seed: int,
        workers: int,
    ) -> None:
        self.problem, self.first = problem, first
        self.least, self.deadline = least, deadline
        self.seed, self.workers = seed, workers
        assert first.cost is not None
        self.most = floor(first.cost * (1 + within) + 1e-6)
        self.found = [first]

    def find(self, count: int, hub: Hub) -> None:
        """Up to `count` - 1 plans beside the first."""
        assert self.first.plan is not None
        self.run = Run(
            self.problem,
            Limits(self.left, self.seed, self.workers),
            executor=hub,
        )
        if self.run.num_zones == 0:
            return  # all zones are locked: there is no other plan
        if self.avoidable:
            return  # zones are gathered by hard bands: none make such a plan
        warm_start(self.run, self.first.plan)
        pool = gather(self.run, self.most - self.run.base, GATHER_SHARE * self.left)
        while len(self.found) < count and self.left > 0:
            plans = [one.plan for one in self.found if one.plan is not None]
            seconds = self.left / (count - len(self.found))
            better = self._chosen(pool, plans, seconds) or self._met(pool, plans)
            if better is None:
                break
            self.found.append(better)

    @property
    def left(self) -> float:
        return max(0.01, self.deadline - perf_counter())

    @property
    def avoidable(self) -> int:
        """How far the first plan lies outside beyond what every plan must, yuan."""
        return (self.first.excess or 0) - self.run.excess_base

    def _chosen(
        self, pool: Pool, plans: Sequence[Plan], seconds: float
    ) -> Result | None:
        """The plan put together of the pool's zones."""
        run, began = self.run, perf_counter()
        area = run.instance.label_rules.area
        candidates = Candidates(pool.matrix, pool.zones.cost, pool.labels, area)
        forbidden: list[tuple[int, ...]] = []
        for _ in range(TRIES):
            left = seconds - (perf_counter() - began)
            if left <= 0:
                break
            asked = Requirements(
                self.most - run.base,
                [canonical(plan.zone_of[run.units]) for plan in plans],
                self.least,
                forbidden,
            )
            chosen = select_most_different(candidates, asked, time_limit=left)
            if chosen is None:
                break
            picked = zones.pick(pool.zones, np.array(chosen))
            made = self._result(zones.zone_of(picked, len(run.units)), plans)
            if made is not None:
                return made
            forbidden.append(chosen)
        return None

    def _met(self, pool: Pool, plans: Sequence[Plan]) -> Result | None:
        """Of the whole plans that were met the one farthest from all others."""
        away = [
            (min(_apart(plan, other) for other in plans), -at)
            for at, plan in enumerate(map(self._plan, pool.plans))
        ]
        for share, at in sorted(away, reverse=True):
            if share < self.least:
                break
            made = self._result(pool.plans[-at], plans)
            if made is not None:
                return made
        return None

    def _plan(self, labels: Labels) -> Plan:
        zone_of = self.run.locked.copy()
        zone_of[self.run.units] = labels
        return Plan(self.problem, zone_of)

    def _result(self, labels: Labels, plans: Sequence[Plan]) -> Result | None:
        """The plan judged; None if it breaks a rule, costs or differs too little."""
        plan = settled(self._plan(labels))
        verdict = judge(plan)
        near = min(_apart(plan, other) for other in plans)
        if not verdict.ok or verdict.total > self.most or near < self.least:
            return None
        if verdict.excess > (self.first.excess or 0):
            return None
        bound = min(self.first.bound, verdict.total)
        least = self.first.excess_bound
        proved = bound == verdict.total and least == verdict.excess
        return Result(
            Status.OPTIMAL if proved else Status.FEASIBLE,
            plan,
            verdict,
            bound,
            perf_counter() - self.run.started,
            "An alternative.",
            excess_bound=least,
        )
