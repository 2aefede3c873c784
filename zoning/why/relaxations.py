"""The smallest change of a requirement that a plan is found for."""

from __future__ import annotations

from zoning.check import judge
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.why.case import Case
from zoning.why.diagnosis import Relaxation
from zoning.why.ladders import Ladder


def smallest(ladder: Ladder, case: Case) -> Relaxation | None:
    """The tightest version that a plan is found for.

    A plan found for one version is tried, by the checker alone, on tighter ones.
    """
    if not ladder.size:
        return None
    if ladder.climbs:
        return _climb(ladder, case)
    proved = True
    for at in range(ladder.size):
        if case.left <= 0:
            return None
        try:
            rung = ladder.rung(at)
        except InputError:  # contradicts another rule: no way out
            continue
        found = case.seek(rung.problem)
        if found.plan is not None:
            return Relaxation(rung.words, rung.problem, found.plan, proved)
        proved = proved and found.impossible
    return None


def _climb(ladder: Ladder, case: Case) -> Relaxation | None:
    found = case.seek(ladder.rung(ladder.size - 1).problem)
    if found.plan is None:
        return None
    plan, low, proved = found.plan, -1, True  # what the planner asked for has no plan
    high = _tightest(ladder, plan, low, ladder.size - 1)
    while high - low > 1 and case.left > 0:
        middle = (low + high) // 2
        found = case.seek(ladder.rung(middle).problem)
        if found.plan is None:
            low, proved = middle, found.impossible
            continue
        plan = found.plan
        high = _tightest(ladder, plan, low, middle)
    rung = ladder.rung(high)
    kept = Plan(rung.problem, plan.zone_of)
    return Relaxation(rung.words, rung.problem, kept, proved and high - low == 1)


def _tightest(ladder: Ladder, plan: Plan, low: int, high: int) -> int:
    """The tightest version, above `low`, that a plan of version `high` keeps."""
    while high - low > 1:
        middle = (low + high) // 2
        if judge(Plan(ladder.rung(middle).problem, plan.zone_of)).ok:
            high = middle
        else:
            low = middle
    return high
