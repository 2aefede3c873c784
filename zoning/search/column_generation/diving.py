"""Dive: keep the zones the relaxation likes best, then solve what is left anew.

The relaxation of what is left is priced again, so the plan need not be among the zones
met before. A dive ends where all zones left can be listed, or where no better plan can
come of it; then another zone is kept in place of the last (limited discrepancy).

Sadykov, Vanderbeck, Pessoa, Tahiri, Uchoa: Primal heuristics for branch and price: the
assets of diving methods. INFORMS Journal on Computing 31(2), 2019,
doi:10.1287/ijoc.2018.0822.
"""

from __future__ import annotations

import numpy as np

from zoning.clock import perf_counter
from zoning.search.column_generation.integer_master import Picked, pick_plan
from zoning.search.column_generation.restricted_master import Master
from zoning.search.instance import zones
from zoning.search.instance.zones import Ints, Zones

POOL_ZONES, POOL_SECONDS = 4_000, 6.0  # of the zones met, given to CP-SAT at once
SURE = 0.8  # zones the relaxation takes by so much are kept together
LAST_ZONES = 4_000  # so many zones left are given to CP-SAT
LAST_UNITS = 150  # with more units left zones are not listed
TURNS = 3  # zones kept in place of others, at most so many below one another


def dive(master: Master, share: float) -> bool:
    """Look for a better plan: among the zones met so far, then by diving.

    It takes so large a share of the time left. True if one was found.
    """
    if master.prices is None or master.closed or not master.columns:
        return False
    deadline = perf_counter() + share * (master.deadline - perf_counter())
    before = master.limit
    pool = master.cheapest(POOL_ZONES)
    seconds = min(POOL_SECONDS, deadline - perf_counter())
    picked = _picked(master, pool, seconds)
    if picked.best is not None:
        master.offer(picked.best, picked.travel)
    # names, and changes of zone, are not in the relaxation
    if not (master.a.labelled or master.closed or master.lp.uncovered):
        best = _below(master, deadline, TURNS)
        if best is not None:
            master.offer(best, int(best.cost.sum()))
    return master.limit != before


def _better(master: Master, travel: int) -> bool:
    return master.limit is None or travel < master.limit


def _picked(master: Master, some: Zones, seconds: float) -> Picked:
    return pick_plan(
        master.a,
        some,
        master.count,
        seconds=seconds,
        seed=master.limits.seed,
        workers=master.limits.workers,
    )


def _below(master: Master, deadline: float, turns: int) -> Zones | None:
    """The best plan found that travels less than the limit of a solved relaxation."""
    if master.n <= LAST_UNITS:
        listed = master.remaining(LAST_ZONES)
        if listed is not None:
            seconds = max(0.1, deadline - perf_counter())
            picked = _picked(master, listed, seconds)
            better = picked.best is not None and _better(master, picked.travel)
            return picked.best if better else None
    best, limit = None, master.limit
    for turn, taken in enumerate(_choices(master, turns)):
        if perf_counter() > deadline:
            break
        found = _keeping(master, taken, deadline, turns - turn)
        if found is not None:
            best = found
            master.limit = int(found.cost.sum())
    master.limit = limit
    return best


def _choices(master: Master, turns: int) -> list[Ints]:
    """Columns to keep together, the most promising first."""
    live = np.flatnonzero(master.value > 1e-6)
    order = live[np.argsort(-master.value[live], kind="stable")]
    sure = order[master.value[order] > SURE]
    return [sure] if len(sure) else [order[at : at + 1] for at in range(turns + 1)]


def _keeping(master: Master, taken: Ints, deadline: float, turns: int) -> Zones | None:
    """The best plan found that holds these columns."""
    kept = zones.pick(zones.stack(master.columns), taken)
    units = np.setdiff1d(np.arange(master.n, dtype=np.int32), kept.members)
    if not len(units) or len(taken) == master.count:
        whole = not len(units) and len(taken) == master.count
        return kept if whole and _better(master, int(kept.cost.sum())) else None
    rest = master.rest(kept, deadline - perf_counter())
    if not rest.price() or rest.closed or rest.lp.uncovered:
        return None
    found = _below(rest, deadline, turns)
    if found is None:
        return None
    ours = Zones(found.indptr, units[found.members], found.cost)
    return zones.stack([kept, ours])
