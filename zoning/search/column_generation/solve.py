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
from zoning.search.column_generation.params import PARAMS, ColumnGenerationParams
from zoning.search.column_generation.restricted_master import (
    ColumnGenerationLimits,
    RestrictedMaster,
    build_master,
)
from zoning.search.instance.instance import Instance
from zoning.search.instance.zones import Zones
from zoning.search.pricing.duals import Duals


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
    params: ColumnGenerationParams = PARAMS,
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
    master = build_master(a, num_zones, best, limits, near, extra, params.master)
    solved = master.generate_columns(params.first_share)
    if not solved and not master.closed:
        dive(master, params.last_dive_share, params.diving)
        solved = master.generate_columns()
    share, pace = params.dive_share, 0.0
    for turn in range(params.max_cut_rounds):
        if not solved or master.closed or master.late:
            break
        if _close_by_enumeration(
            master, params.max_columns, params.max_rounds * pace, params
        ):
            break
        if turn % params.dive_every == params.dive_every - 1:
            share = share if dive(master, share, params.diving) else share / 2
        master.purge_columns()
        begun = perf_counter()
        if master.closed or not master.separate():
            break
        solved = master.generate_columns()
        pace = perf_counter() - begun
    better = solved
    while better and not master.closed and not master.late:
        better = dive(master, params.last_dive_share, params.diving)
        seconds = master.deadline - perf_counter()
        _close_by_enumeration(master, params.last_max_columns, seconds, params)
    if master.infeasible:
        return ColumnGenerationResult(None, None, closed=True)
    bound = master.bound if master.cutoff is None else min(master.bound, master.cutoff)
    return ColumnGenerationResult(master.incumbent, bound, master.closed, master.duals)


def _close_by_enumeration(
    master: RestrictedMaster,
    max_columns: int,
    seconds: float,
    params: ColumnGenerationParams,
) -> bool:
    """Choose among all zones a better plan may hold; True where that settles it.

    Where they are few there is all the time left.
    """
    if seconds < params.min_seconds:
        max_columns = params.sure_columns
    listed = None if master.closed else master.enumerate(max_columns)
    if listed is None:
        return master.closed
    left = master.deadline - perf_counter()
    solution = master.select(
        listed, left if len(listed) <= params.sure_columns else min(left, seconds)
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
