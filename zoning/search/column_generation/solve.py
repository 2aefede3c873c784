"""Column generation: the exact method while zones hold a couple of dozen units.

1. *Bound*: the linear relaxation of set partitioning, by column generation.
2. *Cut*: subset-row cuts lift it.
3. *Fix*: centers, and units of centers, that no better plan needs are ruled out by
   reduced cost.
4. *Enumerate* every zone a better plan may still hold. Often that is a few hundred.
5. *Integer master*: CP-SAT picks the best plan among them; HiGHS where they are many.

Between the rounds of cuts it dives for better plans. It does not branch: see "Tried and
lost" in docs/formulation.md, and "Choosing zones" there for what is solved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.search.column_generation.diving import dive
from zoning.search.column_generation.integer_master import solve_integer_master
from zoning.search.column_generation.restricted_master import (
    ColumnGenerationLimits,
    RestrictedMaster,
    build_master,
)
from zoning.search.instance.instance import Instance
from zoning.search.instance.zones import Zones
from zoning.search.pricing.duals import Duals

FIRST_SHARE = 0.6  # of the time goes to the first relaxation; then comes a dive
CUT_ROUNDS = 30
DIVE_EVERY = 4  # rounds of cuts; before them dives seldom find anything
DIVE_SHARE = 0.12  # of the time left; half as much after a dive that found nothing
SURE = 1_000  # among so many zones the choice is made at once
FEW = 10_000  # among so many it is tried, if it takes no longer
LIST_ROUNDS, WORTH = 3.0, 1.0  # than so many rounds of cuts, and these so many seconds
LAST_SHARE = 0.5  # of the time left goes to a dive once there are no more cuts
MANY = 20_000  # more than so many are not chosen among


@dataclass(frozen=True)
class ColumnGenerationResult:
    """What was found for a region or a window.

    Parameters
    ----------
    best
        Zones of the best plan, or None.
    bound
        No plan travels less; None: there is no plan at all.
    closed
        The plan is proved best, or proved not to exist.
    duals
        Those the bound was found with.
    """

    best: Zones | None
    bound: int | None
    closed: bool
    duals: Duals | None = None


def solve(
    a: Instance,
    num_zones: int,
    best: Zones | None,
    limits: ColumnGenerationLimits,
    near: Sequence[NDArray[np.int32]] = (),
    extra: int = 0,
) -> ColumnGenerationResult:
    """Find the best plan of so many zones, or how good it can be at most.

    Parameters
    ----------
    a
        The region or window.
    best
        Zones of the best plan known, or None.
    near
        Labels of plans that are nearly good; they may break bands.
    extra
        What the best plan costs beside the travel of its zones: changes of zone.
    """
    master = build_master(a, num_zones, best, limits, near, extra)
    solved = master.generate_columns(FIRST_SHARE)
    if not solved and not master.closed:
        dive(master, LAST_SHARE)
        solved = master.generate_columns()
    share, pace = DIVE_SHARE, 0.0
    for turn in range(CUT_ROUNDS):
        if not solved or master.closed or master.late:
            break
        if _close_by_enumeration(master, FEW, LIST_ROUNDS * pace):
            break
        if turn % DIVE_EVERY == DIVE_EVERY - 1:
            share = share if dive(master, share) else share / 2
        master.purge_columns()
        begun = perf_counter()
        if master.closed or not master.separate():
            break
        solved = master.generate_columns()
        pace = perf_counter() - begun
    better = solved
    while better and not master.closed and not master.late:
        better = dive(master, LAST_SHARE)
        _close_by_enumeration(master, MANY, master.deadline - perf_counter())
    if master.infeasible:
        return ColumnGenerationResult(None, None, closed=True)
    bound = master.bound if master.cutoff is None else min(master.bound, master.cutoff)
    return ColumnGenerationResult(master.incumbent, bound, master.closed, master.duals)


def _close_by_enumeration(
    master: RestrictedMaster, max_columns: int, seconds: float
) -> bool:
    """Choose among all zones a better plan may hold; True where that settles it.

    Where they are few there is all the time left.
    """
    if seconds < WORTH:
        max_columns = SURE
    listed = None if master.closed else master.enumerate(max_columns)
    if listed is None:
        return master.closed
    left = master.deadline - perf_counter()
    solution = solve_integer_master(
        master.a,
        listed,
        master.num_zones,
        seconds=left if len(listed) <= SURE else min(left, seconds),
        seed=master.limits.seed,
        workers=master.limits.workers,
    )
    if solution.plan is not None:
        master.update_incumbent(solution.plan, solution.travel)
    if not solution.proved:
        master.bound = max(master.bound, solution.bound)
    elif master.cutoff is None:
        master.infeasible = True
    else:
        master.bound = master.cutoff
    return solution.proved
