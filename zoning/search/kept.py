"""What a run has found as a value to be kept, and a run that begins with it.

Everything that goes on is true of the problem, whatever strategy found it, and whatever
phase the search was in: a bound on plans that keep all bands, on the excess, and on
plans of no more excess than the best. A bound at a price of excess is one at that price
only, and goes on where the search comes to it again.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from zoning.check import judge
from zoning.checkpoint.checkpoint import Keeper
from zoning.checkpoint.kept import Kept, Phase
from zoning.plan import Plan
from zoning.search.run import Run
from zoning.stopping import held, until_stopped

BENT = "bend/"  # parts of the search for a plan that lies outside bands


def keep_on(run: Run, work: Callable[[], None], keeper: Keeper) -> None:
    """Do the rest of a search, and keep what is found: a signal may end it."""
    state: list[bool] = []  # whether it was over before

    def rest() -> None:
        with held():
            state.append(_begin(run, keeper))
            run.keeper = None if state[0] else lambda run: keeper(kept_of(run))
        if not state[0]:
            work()

    ended = False
    try:
        if until_stopped(rest):
            run.stop()
        else:
            ended = True
    finally:
        run.keeper = None
        if state == [False]:
            keeper.close(kept_of(run, ended=ended))


def _begin(run: Run, keeper: Keeper) -> bool:
    """Begin with what was kept, where something was; True if nothing is left to do."""
    kept = keeper.known
    if kept is not None and go_on(run, kept, keeper.told):
        keeper.goes_on()
        return is_over(run, kept)
    if kept is not None:
        keeper.refuse()
    elif keeper.told:
        run.report(keeper.told)
    return False


def kept_of(run: Run, *, ended: bool = False) -> Kept:
    """What a run knows now; `ended`: it came to its end by itself."""
    best, verdict = run.best, run.best_verdict
    hard = run.hard_bound if run.price else max(run.hard_bound, run.bound)
    bound = run.cost_bound
    return Kept(
        num_zones=int(run.problem.num_zones),
        currency=run.problem.region.costs.currency,
        seconds=run.seconds,
        limit=run.limits.time,
        ended=ended,
        zone_of=None if best is None else best.zone_of,
        cost=0 if verdict is None else verdict.total,
        excess=0 if verdict is None else verdict.excess,
        bound=bound if verdict is None else min(bound, verdict.total),
        hard_bound=hard,
        excess_bound=run.excess_bound,
        infeasibility=run.infeasibility if ended else "",
        nearest=run.pool[-1] if best is None and run.pool else None,
        passed=tuple(run.passed),
        phase=Phase(
            run.price,
            run.most_outside,
            run.bound,
            run.multipliers,
            frozenset(run.tried),
        ),
    )


def go_on(run: Run, kept: Kept, told: str) -> bool:
    """Begin a run with what an earlier one has kept; False if it does not fit.

    Parameters
    ----------
    told
        What brought it, for the trace.
    """
    if not _fits(run, kept):
        return False
    run.started -= kept.seconds
    run.deadline -= kept.seconds
    run.hard_bound = max(run.base, kept.hard_bound)
    run.excess_bound = max(run.excess_base, kept.excess_bound)
    run.bound = run.hard_bound
    if kept.infeasibility:
        run.prove_infeasible(kept.infeasibility)
    if kept.nearest is not None:
        run.pool.append(kept.nearest)
    if kept.phase.price:
        run.former = kept.phase
    else:
        run.multipliers, run.tried = kept.phase.multipliers, set(kept.phase.tried)
    if kept.allows(run.limits.time):
        run.ahead = _ahead(run, kept)
    if kept.zone_of is None:
        run.report(told)
    else:
        run.least_cost = max(run.base, kept.bound)
        run.submit(run.searched(kept.zone_of), told)
    return True


def is_over(run: Run, kept: Kept) -> bool:
    """Nothing is left to look for in a run that goes on with what was kept."""
    if run.infeasibility or (kept.ended and kept.allows(run.limits.time)):
        return True
    best = run.best_verdict
    return (
        best is not None
        and best.excess <= run.excess_bound
        and best.total <= run.cost_bound
    )


def _fits(run: Run, kept: Kept) -> bool:
    """Sizes are those of the problem, and the plan costs what it cost."""
    yuan, nearest = kept.phase.multipliers, kept.nearest
    for array, size in (
        (kept.zone_of, len(run.problem.region)),
        (nearest, len(run.units)),
        (yuan, len(run.units)),
    ):
        if array is not None and array.shape != (size,):
            return False
    if yuan is not None and not np.isfinite(yuan).all():
        return False
    if nearest is not None and len(np.unique(nearest)) != run.num_zones:
        return False
    if kept.zone_of is None:
        return True
    verdict = judge(Plan(run.problem, kept.zone_of))
    same = (verdict.excess, verdict.total) == (kept.excess, kept.cost)
    return verdict.ok and same


def _ahead(run: Run, kept: Kept) -> list[str]:
    """Parts that need not be done again, as they are called in this run.

    Where a plan that keeps all bands was found while they bent, it is searched from at
    once.
    """
    inside = kept.zone_of is not None and kept.excess <= run.excess_base
    passed = [*kept.passed]
    if inside and any(path.startswith(BENT) for path in passed):
        passed = [x.removeprefix(BENT) for x in passed if x.startswith(f"{BENT}auto")]
    return passed
