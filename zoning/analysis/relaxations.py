"""The smallest change of a requirement that a plan is found for."""

from __future__ import annotations

from zoning.analysis.relaxation_sequences import Ladder, Rung
from zoning.analysis.trials import Case
from zoning.check import judge
from zoning.diagnosis import Relaxation
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.search.find_feasible import FeasibilityResult

TRIED_FIRST = 8  # versions; where there are more, the loosest is tried first
SCAN_SHARE = 0.5  # of the time left goes to versions that are tried one by one


def smallest(ladder: Ladder, case: Case) -> Relaxation | None:
    """The tightest version that a plan is found for.

    A plan found for one version is tried, by the checker alone, on tighter ones.
    """
    if not ladder.size:
        return None
    return _climb(ladder, case) if ladder.climbs else _scan(ladder, case)


def _scan(ladder: Ladder, case: Case) -> Relaxation | None:
    """Version by version: a plan of one need be none of a looser one."""
    loosest = None
    if ladder.size > TRIED_FIRST:
        rung, found = _sought(ladder, case, ladder.size - 1)
        if rung is not None and found.plan is not None:
            loosest = Relaxation(rung.words, rung.problem, found.plan, False)
    limited, proved = case.until(SCAN_SHARE), True
    for at in range(ladder.size):
        if limited.left <= 0:
            break
        rung, found = _sought(ladder, limited, at)
        if rung is not None and found.plan is not None:
            return Relaxation(rung.words, rung.problem, found.plan, proved)
        proved = proved and found.infeasible
    return loosest


def _climb(ladder: Ladder, case: Case) -> Relaxation | None:
    """Halve between what has a plan and what has none."""
    found = _sought(ladder, case, ladder.size - 1)[1]
    if found.plan is None:
        return None
    plan, low, proved = found.plan, -1, True  # what the planner asked for has no plan
    high = _tightest(ladder, plan, low, ladder.size - 1)
    while high - low > 1 and case.left > 0:
        middle = (low + high) // 2
        found = _sought(ladder, case, middle)[1]
        if found.plan is None:
            low, proved = middle, found.infeasible
            continue
        plan = found.plan
        high = _tightest(ladder, plan, low, middle)
    rung = ladder.rung(high)
    kept = Plan(rung.problem, plan.zone_of)
    return Relaxation(rung.words, rung.problem, kept, proved and high - low == 1)


def _sought(
    ladder: Ladder, case: Case, at: int
) -> tuple[Rung | None, FeasibilityResult]:
    """A version, and any plan of it; no version where it contradicts another rule."""
    try:
        rung = ladder.rung(at)
    except InputError as error:
        return None, FeasibilityResult(None, str(error))
    return rung, case.seek(rung.problem)


def _tightest(ladder: Ladder, plan: Plan, low: int, high: int) -> int:
    """The tightest version, above `low`, that a plan of version `high` keeps."""
    while high - low > 1:
        middle = (low + high) // 2
        if _keeps(ladder, plan, middle):
            high = middle
        else:
            low = middle
    return high


def _keeps(ladder: Ladder, plan: Plan, at: int) -> bool:
    try:
        problem = ladder.rung(at).problem
    except InputError:
        return False
    return judge(Plan(problem, plan.zone_of)).ok
