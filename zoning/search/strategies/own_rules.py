"""Plans that keep rules of the planner's own, which only the checker knows.

Where zones are few all plans are tried, which is a proof. Else units are moved from
zone to zone, and each plan is judged: slow, but any rule will do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from zoning.check import Verdict
from zoning.clock import perf_counter
from zoning.errors import InputError
from zoning.search.column_generation.restricted_master import (
    ColumnGenerationLimits,
    build_master,
)
from zoning.search.instance.zones import Zones
from zoning.search.run import Run, Strategy

Labels = NDArray[np.int32]
HAIR = 1e-6  # yuan: sums of fractions are whole but for this
LOOKS = 64  # steps between two looks at the clock
BROKEN = 0.2  # what a broken rule counts, in costs of the plan
HOT, COLD = 1e-2, 1e-5  # temperatures, in costs of the plan


@dataclass(frozen=True)
class EnumeratePlans:
    """Strategy: judge all plans there are, the dear ones cut off; for few zones only.

    Parameters
    ----------
    most_zones
        Nothing is done where more zones keep the bands.
    share
        At most this part of the time left is used.
    """

    most_zones: int = 5_000
    share: float = 0.3

    def __call__(self, run: Run) -> None:
        """Offer the best plan and prove it best, or prove that there is none."""
        deadline = perf_counter() + self.share * run.time_left
        seconds = 0.5 * self.share * run.time_left
        limits = ColumnGenerationLimits(seconds, run.seed, run.limits.workers)
        a, near = run.instance, run.initial_plans()
        master = build_master(a, run.num_zones, None, limits, near)
        listed = master.enumerate(self.most_zones)
        if listed is None:
            return
        search = _Enumeration(run, listed, deadline)
        if not search.all_tried() or run.done:
            return
        if run.cost is not None:
            run.update_bound(run.cost, "every plan judged")
        else:
            run.prove_infeasible(
                f"No plan keeps every rule: all plans of the {len(listed):,} connected "
                "zones that keep the bands were judged. Leave out one of your own "
                f"rules: {'; '.join(sorted(run.own_rules))}."
            )


class _Enumeration:
    """Exact cover by depth-first search; the first unit left decides the next zone."""

    def __init__(self, run: Run, listed: Zones, deadline: float) -> None:
        self.run, self.deadline = run, deadline
        self.members = np.split(listed.members, listed.indptr[:-1])[1:]  # maybe none
        self.cost = listed.cost.tolist()
        self.bits = [sum(1 << int(i) for i in mine) for mine in self.members]
        self.least = np.full(len(run.units), np.inf)  # share of a unit in any zone
        for mine, cost in zip(self.members, self.cost, strict=True):
            self.least[mine] = np.minimum(self.least[mine], cost / len(mine))
        self.share = [float(self.least[mine].sum()) for mine in self.members]
        first = [int(mine.min()) for mine in self.members]
        self.starting: list[list[int]] = [[] for _ in run.units]
        for at in np.argsort(listed.cost, kind="stable").tolist():
            self.starting[first[at]].append(at)
        self.steps = 0

    def all_tried(self) -> bool:
        """Offer what is found; whether nothing was left for want of time."""
        if not np.isfinite(self.least).all():
            return True  # a unit that no zone holds
        every = (1 << len(self.least)) - 1
        return self._extend(every, self.run.num_zones, 0, float(self.least.sum()), [])

    def _extend(
        self, left: int, wanted: int, travel: int, rest: float, chosen: list[int]
    ) -> bool:
        self.steps += 1
        if self.steps % LOOKS == 0 and perf_counter() > self.deadline:
            return False
        run = self.run
        if not left or not wanted:
            if not left and not wanted:
                labels = np.empty(len(self.least), np.int32)
                for zone, at in enumerate(chosen):
                    labels[self.members[at]] = zone
                if run.keeps_rules(labels):
                    run.submit(labels, "every plan judged")
            return perf_counter() <= self.deadline
        for at in self.starting[(left & -left).bit_length() - 1]:
            if self.bits[at] & ~left:
                continue
            less = rest - self.share[at]
            total = travel + self.cost[at]
            if run.cost is not None and run.base + total + less - HAIR >= run.cost:
                continue
            chosen.append(at)
            done = self._extend(left ^ self.bits[at], wanted - 1, total, less, chosen)
            chosen.pop()
            if not done:
                return False
        return True


@dataclass(frozen=True)
class JudgedAnnealing:
    """Strategy: move units between zones and judge every plan, for any rule at all.

    Nothing is done where there is a plan and no strategy ever offered one that breaks a
    rule of the planner's own: then these are known to them.

    Parameters
    ----------
    share
        At most this part of the time left is used.
    moves
        So many are tried for each unit, if there is time.
    """

    share: float = 0.3
    moves: int = 200

    def __call__(self, run: Run) -> None:
        """Offer what keeps every rule, on the way from the plan that breaks fewest."""
        begin = run.nearest_plan()
        known = run.plan is not None and not run.surprised
        if begin is None or known:
            return
        deadline = perf_counter() + self.share * run.time_left
        rng = np.random.default_rng(run.seed)
        now, verdict = begin.copy(), run.judged(begin)
        energy = _energy(verdict)
        steps = self.moves * len(now)
        for heat in np.geomspace(HOT, COLD, steps) * verdict.total:
            if perf_counter() > deadline or run.done:
                return
            other = _moved(run, now, rng)
            if other is None:
                continue
            verdict = run.judged(other)
            value = _energy(verdict)
            if value > energy and rng.random() >= np.exp((energy - value) / heat):
                continue
            now, energy = other, value
            if run.keeps_all(verdict) and (
                run.cost is None or verdict.total < run.cost
            ):
                run.submit(now, "annealing by the checker")
        run.pool.append(now)


@dataclass(frozen=True)
class Unpriced:
    """Strategy: search as if what rules of the planner's own price were forbidden.

    Then searches know it by the terms of these rules; the price alone they do not.

    Parameters
    ----------
    strategy
        How to search.
    share
        At most this part of the time left is used.
    """

    strategy: Strategy
    share: float = 0.3

    def __call__(self, run: Run) -> None:
        """Offer the plan, which need not be the best."""
        rules = tuple(rule.forbidding() for rule in run.problem.rules)
        if rules == run.problem.rules or run.plan is None or run.verdict is None:
            return
        if not run.verdict.rule_cost:
            return
        try:
            problem = replace(run.problem, rules=rules)
        except InputError:  # a look proves that no plan keeps them all
            return
        limits = replace(run.limits, time=self.share * run.time_left)
        part = Run(problem, limits, executor=run.hub)
        part.follow(self.strategy)
        if part.plan is not None:
            run.submit(run.searched(part.plan.zone_of), "nothing paid for")


def _energy(verdict: Verdict) -> float:
    """What a plan costs, and so much for each broken rule, by how far."""
    broken = 0.0
    for one in verdict.violations:
        broken += 1.0
        if one.amount is not None and one.limit is not None:
            over = abs(one.amount - one.limit)
            broken += min(1.0, over / max(1.0, abs(one.limit)))
    for bent in verdict.exceptions:
        broken += 1.0 + min(1.0, bent.outside / max(1, bent.high))
    return verdict.total * (1.0 + BROKEN * broken)


def _moved(run: Run, labels: Labels, rng: np.random.Generator) -> Labels | None:
    """A unit moved to the zone of a neighbour, or two of them exchanged."""
    a = run.instance
    u = int(rng.integers(len(labels)))
    beside = a.indices[a.indptr[u] : a.indptr[u + 1]]
    others = beside[labels[beside] != labels[u]]
    if not len(others):
        return None
    v = int(others[rng.integers(len(others))])
    out = labels.copy()
    out[u] = labels[v]
    if rng.random() < 0.3:
        out[v] = labels[u]
    return out if len(np.unique(out)) == run.num_zones else None
