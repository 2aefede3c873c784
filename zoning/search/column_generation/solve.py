"""Bound, cut, fix, choose: the exact engine while zones hold a couple of dozen units.

1. *Bound*: the linear relaxation of choosing zones, by column generation; a zone's
   price is found by pruned depth-first search around each center.
2. *Cut*: subset-row cuts lift it.
3. *Fix*: centers, and units of centers, that no better plan needs are ruled out.
4. *List* every zone that a better plan may still hold. Often that is a few hundred.
5. *Choose*: CP-SAT picks the best plan among them; HiGHS where they are very many.

Between the rounds of cuts it dives for better plans.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.search.column_generation.diving import dive
from zoning.search.column_generation.integer_master import pick_plan
from zoning.search.column_generation.restricted_master import Limits, Master, master_of
from zoning.search.instance.instance import Instance
from zoning.search.instance.zones import Zones
from zoning.search.pricing.subproblems import Prices

PRICE_SHARE = 0.6  # of the time goes to the first relaxation; then comes a dive
CUT_ROUNDS = 30
DIVE_EVERY = 4  # rounds of cuts; before them dives seldom find anything
DIVE_SHARE = 0.12  # of the time left; half as much after a dive that found nothing
SURE = 1_000  # among so many zones the choice is made at once
FEW = 10_000  # among so many it is tried, if it takes no longer
LIST_ROUNDS, WORTH = 3.0, 1.0  # than so many rounds of cuts, and these so many seconds
LAST_SHARE = 0.5  # of the time left goes to a dive once there are no more cuts
MANY = 20_000  # more than so many are not chosen among


@dataclass(frozen=True)
class Chosen:
    """What the engine found for a region or a window.

    Parameters
    ----------
    best
        Zones of the best plan, or None.
    bound
        No plan travels less; None: there is no plan at all.
    closed
        The plan is proved best, or proved not to exist.
    prices
        Dual prices the bound was found with.
    """

    best: Zones | None
    bound: int | None
    closed: bool
    prices: Prices | None = None


def close(
    a: Instance,
    count: int,
    best: Zones | None,
    limits: Limits,
    near: Sequence[NDArray[np.int32]] = (),
    extra: int = 0,
) -> Chosen:
    """Find the best plan of `count` zones, or how good it can be at most.

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
    master = master_of(a, count, best, limits, near, extra)
    solved = master.price(PRICE_SHARE)
    if not solved and not master.closed:
        dive(master, LAST_SHARE)
        solved = master.price()
    share, pace = DIVE_SHARE, 0.0
    for turn in range(CUT_ROUNDS):
        if not solved or master.closed or master.late:
            break
        if _settle(master, FEW, LIST_ROUNDS * pace):
            break
        if turn % DIVE_EVERY == DIVE_EVERY - 1:
            share = share if dive(master, share) else share / 2
        master.tidy()
        begun = perf_counter()
        if master.closed or not master.separate():
            break
        solved = master.price()
        pace = perf_counter() - begun
    better = solved
    while better and not master.closed and not master.late:
        better = dive(master, LAST_SHARE)
        _settle(master, MANY, master.deadline - perf_counter())
    if master.impossible:
        return Chosen(None, None, closed=True)
    bound = master.bound if master.limit is None else min(master.bound, master.limit)
    return Chosen(master.best, bound, master.closed, master.prices)


def _settle(master: Master, most: int, seconds: float) -> bool:
    """Choose among all zones a better plan may hold; True where that settles it.

    Where they are few there is all the time left.
    """
    if seconds < WORTH:
        most = SURE
    listed = None if master.closed else master.remaining(most)
    if listed is None:
        return master.closed
    left = master.deadline - perf_counter()
    picked = pick_plan(
        master.a,
        listed,
        master.count,
        seconds=left if len(listed) <= SURE else min(left, seconds),
        seed=master.limits.seed,
        workers=master.limits.workers,
    )
    if picked.best is not None:
        master.offer(picked.best, picked.travel)
    if not picked.closed:
        master.bound = max(master.bound, picked.bound or 0)
    elif master.limit is None:
        master.impossible = True
    else:
        master.bound = master.limit
    return picked.closed
