"""Plans to begin a search with: the planner's own, and last year's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zoning.check import parts
from zoning.errors import InputError
from zoning.plan import Plan, canonical
from zoning.search.instance.labelling import match_labels
from zoning.search.run import Run


def warm_start(run: Run, plan: Plan) -> None:
    """Start from a plan of the planner's; it may break rules.

    One with another number of zones is no beginning, and left aside.

    Raises
    ------
    InputError
        It is a plan of another region.
    """
    if len(plan.zone_of) != len(run.problem.region):
        msg = (
            f"The plan to start from has {len(plan.zone_of)} units, the region "
            f"{len(run.problem.region)}. Start from a plan of this region."
        )
        raise InputError(msg)
    _start_from(run, canonical(plan.zone_of[run.units]))


def warm_start_from_previous(run: Run) -> None:
    """Start from last year's plan, where rules tell of one."""
    former = run.problem.terms.former
    names = [] if former is None else [former[i] for i in run.units.tolist()]
    if names and None not in names:
        _start_from(run, canonical(np.unique(names, return_inverse=True)[1]))


def _start_from(run: Run, zone_of: NDArray[np.int32]) -> None:
    """Put a plan into the pool and submit it, if all its zones hang together."""
    if zone_of.max(initial=0) + 1 != run.num_zones:
        return
    region = run.problem.edited_region
    if any(parts(region, units) > 1 for units in run.plan_of(zone_of).zones):
        return
    if run.instance.labelled:
        zone_of = match_labels(run.instance, zone_of, run.num_zones)
    run.pool.append(zone_of)
    if run.keeps_rules(zone_of):
        run.submit(zone_of, "start")
