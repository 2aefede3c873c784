"""Result: what a solve found, and how good it is proved to be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from zoning.check import Verdict
from zoning.diagnosis import Diagnosis
from zoning.plan import PLAN, Plan
from zoning.text.arguments import Kind, instance

STOPPED = "stopped"  # the last step of a search that Ctrl-C ended


class Status(StrEnum):
    """How a solve ended."""

    OPTIMAL = "optimal"  # no plan is better: none has less excess or, with as little,
    # costs less
    FEASIBLE = "feasible"  # a plan that keeps every rule, with a bound on how good
    INFEASIBLE = "infeasible"  # proved: no plan keeps every rule
    UNKNOWN = "unknown"  # no plan found and none proved impossible in the time given


@dataclass(frozen=True)
class Step:
    """One improvement: at `seconds` the best plan cost `cost`, none costs < `bound`.

    In both `change_cost` is counted, the price of what changes zone in that plan.

    `what` brought it; `part` is the part of the search that was at work. `excess` is
    how far zones of the plan lie outside bands that bend, in all; the bound is one on
    plans of no more.
    """

    seconds: float
    cost: int | None
    bound: int
    what: str
    part: str = ""
    excess: int = 0
    change_cost: int = 0


@dataclass(frozen=True)
class PartBudget:
    """What one part of a search took, and what it brought.

    Parameters
    ----------
    part
        Its name: that of a strategy, "presolve", "warm start", or "solve" for what
        belongs to none.
    seconds
        Wall time, that of parts within it left out.
    plans
        How many times it found a plan better than all before.
    cost
        Cost of the last of these plans, or None.
    bound
        The best bound, if it raised it, or None.
    """

    part: str
    seconds: float
    plans: int
    cost: int | None
    bound: int | None


def budget(spent: Mapping[str, float], trace: Iterable[Step]) -> tuple[PartBudget, ...]:
    """Seconds by part, and what each brought by the steps of a trace."""
    plans = dict.fromkeys(spent, 0)
    costs: dict[str, int] = {}
    bounds: dict[str, int] = {}
    best: tuple[int, int] | None = None
    bound = None
    for step in trace:
        now = None if step.cost is None else (step.excess, step.cost)
        if now is not None and (best is None or now < best):
            plans[step.part] += 1
            best, costs[step.part] = now, now[1]
        elif bound is not None and step.bound > bound:
            bounds[step.part] = step.bound
        bound = step.bound
    return tuple(
        PartBudget(part, seconds, plans[part], costs.get(part), bounds.get(part))
        for part, seconds in spent.items()
    )


@dataclass(frozen=True, eq=False)
class Result:
    """What a solve found.

    Parameters
    ----------
    status
        See `Status`.
    plan
        The best plan, or None.
    verdict
        What `zoning.judge` says of it: centers, cost of each zone. None without a plan.
    bound
        No plan of no more excess costs less than this, whole yuan a year.
    seconds
        Wall time.
    reason
        In words: why there is no plan, or how the solve ended.
    trace
        Every improvement of cost or bound.
    why
        Works out the `diagnosis`; None unless there is proved to be no plan.
    budget
        What each part of the search took and brought, in the order they began.
    excess_bound
        No plan has zones outside bands that bend by less in all, yuan.
    change_bound
        Where as little as can be is to change zone: no plan changes fewer m². Else 0.
    losses
        Pieces of work that no worker brought back, in words: zones there stayed as they
        were, and bounds may be weaker for it.
    """

    status: Status
    plan: Plan | None
    verdict: Verdict | None
    bound: int
    seconds: float
    reason: str = ""
    trace: tuple[Step, ...] = field(default=(), repr=False)
    why: Callable[[], Diagnosis] | None = field(default=None, repr=False)
    budget: tuple[PartBudget, ...] = field(default=(), repr=False)
    excess_bound: int = 0
    change_bound: int = 0
    losses: tuple[str, ...] = ()

    @cached_property
    def diagnosis(self) -> Diagnosis | None:
        """Which rules cannot hold together, and what would make a plan possible.

        Worked out when it is first asked for, in what `zoning.solve` left of its time,
        or 5 seconds. None unless the problem is proved to have no plan.
        """
        return None if self.why is None else self.why()

    @property
    def stopped(self) -> bool:
        """Ctrl-C ended the search before its time."""
        return bool(self.trace) and self.trace[-1].what == STOPPED

    @property
    def cost(self) -> int | None:
        """What the plan is compared by, whole yuan a year; None without a plan.

        Its cost, and the price of what changes zone where a rule has one.
        """
        return None if self.verdict is None else self.verdict.total

    @property
    def plan_cost(self) -> int | None:
        """Cost of the plan without the price of change; None without a plan."""
        return None if self.verdict is None else self.verdict.plan_cost

    @property
    def plan_bound(self) -> int:
        """No plan that changes no more costs less, the price of change left out.

        Of no more excess, as `bound`. Without a plan it is `bound`.
        """
        return self.bound - (0 if self.verdict is None else self.verdict.change_cost)

    @property
    def excess(self) -> int | None:
        """How far zones lie outside bands, in all, yuan; None without a plan."""
        return None if self.verdict is None else self.verdict.excess

    @property
    def moves_least(self) -> bool:
        """Where moves go before cost it is proved that no plan changes fewer m²."""
        if self.plan is None or self.verdict is None:
            return False
        moved = int(self.verdict.changed.sum())
        return not self.plan.problem.counts_moves or moved <= self.change_bound

    @property
    def gap(self) -> float | None:
        """``(cost - bound) / cost``; 0 when optimal, None without a plan."""
        return gap_of(self.cost, self.bound)


def gap_of(cost: int | None, bound: int) -> float | None:
    """``(cost - bound) / cost``, 0 where nothing costs; None without a cost."""
    if cost is None:
        return None
    return max(0.0, (cost - bound) / cost) if cost else 0.0


RESULT = instance(Result, "a Result", "zoning.solve(problem)")


def _result_or_plan(value: Any) -> Result | Plan:
    return value if isinstance(value, Result) else PLAN.read(value)


RESULT_OR_PLAN = Kind("a Result or a Plan", _result_or_plan, "result.plan")
