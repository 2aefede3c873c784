"""A diving heuristic: fix columns the relaxation likes best, then solve the residual.

The residual problem is priced again, so the plan need not be among the zones met
before. A dive ends where all zones left can be enumerated, or where no better plan can
come of it; then another zone is fixed in place of the last (limited discrepancy
search). See "Diving" in docs/formulation.md.

Sadykov, Vanderbeck, Pessoa, Tahiri, Uchoa: Primal heuristics for branch and price: the
assets of diving methods. INFORMS Journal on Computing 31(2), 2019,
doi:10.1287/ijoc.2018.0822.
"""

from __future__ import annotations

import numpy as np

from zoning.clock import perf_counter
from zoning.search.column_generation.params import PARAMS, DivingParams
from zoning.search.column_generation.restricted_master import RestrictedMaster
from zoning.search.instance import zones
from zoning.search.instance.zones import Ints, Zones


def dive(
    master: RestrictedMaster, share: float, params: DivingParams = PARAMS.diving
) -> bool:
    """Look for a better plan: among the zones met so far, then by diving.

    It takes so large a share of the time left. True if one was found.
    """
    if master.duals is None or master.closed or not master.columns:
        return False
    deadline = perf_counter() + share * (master.deadline - perf_counter())
    before = master.cutoff
    pool = master.best_columns(params.max_pool_columns)
    seconds = min(params.pool_seconds, deadline - perf_counter())
    solution = master.select(pool, seconds)
    if solution.plan is not None:
        master.update_incumbent(solution.plan, solution.travel)
    # names, and changes of zone, are not in the relaxation
    if not (master.a.labelled or master.closed or master.lp.uses_artificial):
        best = _dive(master, deadline, params.max_discrepancies, params)
        if best is not None:
            master.update_incumbent(best, int(best.cost.sum()))
    return master.cutoff != before


def _is_better(master: RestrictedMaster, travel: int) -> bool:
    return master.cutoff is None or travel < master.cutoff


def _dive(
    master: RestrictedMaster, deadline: float, discrepancies: int, params: DivingParams
) -> Zones | None:
    """The best plan found below the cutoff of a solved relaxation."""
    if master.num_units <= params.max_units:
        listed = master.enumerate(params.max_columns)
        if listed is not None:
            seconds = max(0.1, deadline - perf_counter())
            solution = master.select(listed, seconds)
            better = solution.plan is not None and _is_better(master, solution.travel)
            return solution.plan if better else None
    best, cutoff = None, master.cutoff
    for tried, columns in enumerate(_branches(master, discrepancies, params)):
        if perf_counter() > deadline:
            break
        found = _fix_and_dive(master, columns, deadline, discrepancies - tried, params)
        if found is not None:
            best = found
            master.cutoff = int(found.cost.sum())
    master.cutoff = cutoff
    return best


def _branches(
    master: RestrictedMaster, discrepancies: int, params: DivingParams
) -> list[Ints]:
    """Columns to fix together, the most promising first."""
    live = np.flatnonzero(master.primal > 1e-6)
    order = live[np.argsort(-master.primal[live], kind="stable")]
    sure = order[master.primal[order] > params.sure]
    if len(sure):
        return [sure]
    return [order[at : at + 1] for at in range(discrepancies + 1)]


def _fix_and_dive(
    master: RestrictedMaster,
    columns: Ints,
    deadline: float,
    discrepancies: int,
    params: DivingParams,
) -> Zones | None:
    """The best plan found that holds these columns."""
    fixed = zones.pick(zones.stack(master.columns), columns)
    units = np.setdiff1d(np.arange(master.num_units, dtype=np.int32), fixed.members)
    if not len(units) or len(columns) == master.num_zones:
        whole = not len(units) and len(columns) == master.num_zones
        return fixed if whole and _is_better(master, int(fixed.cost.sum())) else None
    residual = master.residual(fixed, deadline - perf_counter())
    solved = residual.generate_columns()
    if not solved or residual.closed or residual.lp.uses_artificial:
        return None
    found = _dive(residual, deadline, discrepancies, params)
    if found is None:
        return None
    ours = found.renumbered(units)
    return zones.stack([fixed, ours])
