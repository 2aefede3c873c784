"""What each rule costs: the plan without it, all others kept."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from zoning.analysis.diagnosed import solve_and_diagnose
from zoning.analysis.requirements import (
    AtLeast,
    AtMost,
    Balance,
    Closed,
    Requirement,
    Ruled,
    closed_barriers,
    only_forbids,
    requirements_of,
    without,
)
from zoning.checkpoint.checkpoint import (
    CHECKPOINT,
    Checkpoint,
    Folder,
    checkpoint_of,
)
from zoning.errors import InputError
from zoning.limits import Limits
from zoning.parallel.hub import Hub, Lost
from zoning.parallel.pools import EXECUTOR, minding
from zoning.plan import Plan
from zoning.problem import PROBLEM, Problem
from zoning.result import RESULT, Result, Status
from zoning.search.presolve.limits import amount
from zoning.text.arguments import SEARCH, takes

FIRST_SHARE = 0.3  # of the time goes to the plan with all rules, where none is given


@dataclass(frozen=True)
class RulePrice:
    """What a rule costs.

    Parameters
    ----------
    rule
        In words.
    cost, bound
        Of the plan without the rule, yuan a year; no cost where none was found.
    least, most
        The rule costs from `least` to `most` yuan a year; both are the same where it
        and the plan with all rules are proved optimal. None where that cannot be told.
        Below 0, the plan without the rule is the dearer one: the rule moves centers,
        or the ways that priced barriers are counted on, so that zones fit their band.
    excess
        By how much less zones lie outside bands that bend without it, yuan, as far as
        was found; the prices in money are not told then.
    status
        Of the search without the rule. Infeasible: it is this rule that makes a plan
        possible.
    lost
        Why no worker brought an answer back; empty where one did.
    """

    rule: str
    cost: int | None
    bound: int | None
    least: int | None
    most: int | None
    status: Status
    excess: int = 0
    lost: str = ""

    @property
    def proved(self) -> bool:
        """The price is known to the yuan."""
        return self.least is not None and self.least == self.most

    def __str__(self) -> str:
        if self.lost:
            return f"{self.rule}: no answer, {self.lost}"
        if self.status is Status.INFEASIBLE:
            return f"{self.rule}: without it there is no plan"
        if self.excess > 0:
            told = f"without it zones lie outside their bands by {self.excess:,} yuan"
            return f"{self.rule}: {told} less"
        if self.least is None or self.most is None:
            return f"{self.rule}: not known"
        return f"{self.rule}: {_between(self.least, self.most)}"


def _between(least: int, most: int) -> str:
    """A price in words, or what the plan would cost more without the rule."""
    if most < 0:
        more = f"{-most:,}" if least == most else f"{-most:,} to {-least:,}"
        return f"without it the plan would cost {more} yuan a year more"
    if least < 0:
        most_told = f"at most {most:,} yuan a year" if most else "nothing"
        return f"{most_told}, or without it the plan would cost up to {-least:,} more"
    if least == most:
        return f"{least:,} yuan a year" if least else "nothing"
    return f"{least:,} to {most:,} yuan a year"


@takes(
    problem=PROBLEM,
    result=RESULT.or_none,
    executor=EXECUTOR,
    checkpoint=CHECKPOINT,
    **SEARCH,
)
def price_of_rules(
    problem: Problem,
    result: Result | None = None,
    *,
    time_limit: float = 60.0,
    seed: int = 0,
    workers: int = 1,
    executor: Executor | Hub | None = None,
    checkpoint: Folder = None,
) -> tuple[RulePrice, ...]:
    """Find what each rule, band and kind of barrier costs, by solving without it.

    Prices do not add up: two rules may forbid the same better plan, and then leaving
    out one of them saves nothing. The fair share stays what it is. A price may be below
    0, see `RulePrice`.

    Where zones of the plan keep all bands, so they do in the plans without a rule, and
    bands have prices too. Where some bend, a rule is priced among plans whose zones lie
    outside by as much, or told to keep zones outside; what bends is no rule.

    Parameters
    ----------
    problem
        Its tolerance, each band, each rule and each kind of barrier gets a price.
    result
        The result of `zoning.solve` for this problem, where there is one already.
    time_limit
        Wall seconds for all of them together.
    seed, workers, checkpoint
        As in `zoning.solve`.
    executor
        As in `zoning.solve`; rules are priced side by side on it, each by one worker.

    Returns
    -------
    tuple of RulePrice
        The dearest rule first.

    Raises
    ------
    InputError
        There is no plan that keeps all rules, so none has a price; the result is of
        another problem.
    """
    spent, kept = 0.0, checkpoint_of(checkpoint)
    if result is None:
        spent = FIRST_SHARE * time_limit
        limits = Limits(spent, seed, workers)
        result = solve_and_diagnose(
            problem, limits=limits, executor=executor, checkpoint=kept
        )
    if result.plan is None:
        msg = (
            f"Rules have no price where no plan keeps them all: {result.reason} "
            "`zoning.analysis.diagnose` tells which of them collide."
        )
        raise InputError(msg)
    if not _same(problem, result.plan.problem):
        msg = (
            "The result is of another problem, so its bound says nothing of this one. "
            "Leave it out, or ask for the prices of its own, `result.plan.problem`."
        )
        raise InputError(msg)
    settled = problem.settled()
    held = settled if result.excess else replace(settled, strict=True)
    asked = list(asked_of(held))
    with minding(executor or Hub(), workers) as hub:
        rounds = ceil(len(asked) / hub.workers)
        seconds = (time_limit - spent) / max(1, rounds)
        limits = Limits(seconds, seed, workers if executor is None else 1)
        search = _PriceSearch(held, result, limits, kept)
        found = hub.map(_priced, search, asked, seconds=seconds)
    rows = [
        _not_priced(one, row) if isinstance(row, Lost) else row
        for one, row in zip(asked, found, strict=True)
    ]
    return tuple(sorted(rows, key=lambda row: (-(row.least or 0), row.rule)))


@dataclass(frozen=True, eq=False)
class _PriceSearch:
    """What all rules share: the problem, its best plan, what a search may use."""

    problem: Problem
    result: Result
    limits: Limits
    checkpoint: Checkpoint | None


@dataclass(frozen=True)
class Asked:
    """Requirements that are priced as one."""

    words: str
    gone: tuple[Requirement, ...]

    def only_forbids(self, problem: Problem) -> bool:
        """Without it no plan costs more, and all that were allowed are still."""
        return all(only_forbids(problem, one) for one in self.gone)


def _same(problem: Problem, other: Problem) -> bool:
    """They ask the same of the same region."""
    asked = (
        "num_zones", "tolerance", "bands", "fair_share", "rules", "excess_price",
    )  # fmt: skip
    return (
        all(getattr(problem, name) == getattr(other, name) for name in asked)
        and np.array_equal(np.asarray(problem.travel), np.asarray(other.travel))
        and problem.region.equals(other.region)
    )


def asked_of(problem: Problem) -> Iterator[Asked]:
    """What gets a price of its own: balance, rules, bands, kinds of barriers."""
    for one in requirements_of(problem):
        if isinstance(one, Balance | Ruled):
            yield Asked(str(one), (one,))
    for name, band in problem.bands.items():
        ends = [
            one
            for one in requirements_of(problem)
            if isinstance(one, AtLeast | AtMost) and one.name == name
        ]
        if len(ends) == 2:
            told = f"a zone has {band.low:,} to {amount(name, band.high)}"
            yield Asked(told, tuple(ends))
        elif ends:
            yield Asked(str(ends[0]), tuple(ends))
    for kind in _kinds(problem):
        yield Asked(f"no zone crosses a barrier ({kind})", (Closed(kind),))


def _kinds(problem: Problem) -> list[str]:
    """Kinds of barriers (or names, where they have none) that no zone crosses."""
    closed = closed_barriers(problem)
    return sorted({barrier.kind or barrier.name for barrier in closed})


def _not_priced(asked: Asked, lost: Lost) -> RulePrice:
    return RulePrice(asked.words, None, None, None, None, Status.UNKNOWN, lost=lost.why)


def _priced(search: _PriceSearch, asked: Asked, _: float) -> RulePrice:
    """The price of one rule, between what is proved with it and without it."""
    problem, result = search.problem, search.result
    plan, cost = result.plan, result.cost
    assert plan is not None
    assert cost is not None
    try:
        laxer = without(problem, asked.gone)
    except InputError:  # what was frozen is too heavy for any other zone
        return RulePrice(asked.words, None, None, None, None, Status.INFEASIBLE)
    found = solve_and_diagnose(
        laxer,
        limits=search.limits,
        start=Plan(laxer, plan.zone_of),
        checkpoint=search.checkpoint,
    )
    if found.cost is None:
        bound = None if found.status is Status.INFEASIBLE else found.bound
        return RulePrice(asked.words, None, bound, None, None, found.status)
    less = (result.excess or 0) - (found.excess or 0)
    if less:
        return RulePrice(
            asked.words, found.cost, found.bound, None, None, found.status, less
        )
    least, most = result.bound - found.cost, cost - found.bound
    if asked.only_forbids(problem):
        least = max(0, least)
    return RulePrice(asked.words, found.cost, found.bound, least, most, found.status)
