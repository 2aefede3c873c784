"""Is there any plan at all? Travel left aside, CP-SAT decides on bands and contiguity.

Each zone is named after its heaviest unit; a unit can only join a zone whose name a way
light enough leads to. That alone settles most impossible cases before any search.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zoning.result import Status
from zoning.search.instance.constants import NO_LIMIT
from zoning.search.instance.instance import Instance
from zoning.search.presolve.infeasible_subset import find_infeasible_subset
from zoning.search.pricing.reachability import reachable_units
from zoning.search.run import Run
from zoning.solvers.assignment import assign
from zoning.solvers.assignment_pairs import AssignmentPairs
from zoning.solvers.budget import SearchBudget


@dataclass(frozen=True)
class FeasibilityCheck:
    """Strategy: where no plan was found yet, prove that there is none, or find one.

    Parameters
    ----------
    share
        At most this part of the time left is used.
    naming
        Seconds, at most, to find the few units that no zones can hold together; 0
        leaves the proof without names.
    max_pairs
        Pairs of a unit and a center; beyond, the model does not fit the time.
    """

    share: float = 0.4
    naming: float = 1.0
    max_pairs: int = 40_000

    def __call__(self, run: Run) -> None:
        """Prove that there is no plan, or submit one whatever it costs."""
        instance = run.instance
        if run.plan is not None or instance.is_complete:
            return
        pairs = _pairs(instance, run.num_zones)
        if len(pairs.unit) > self.max_pairs:
            return
        answer = assign(
            pairs,
            instance.graph,
            SearchBudget.of(self.share * run.time_left, run.seed, run.limits.workers),
            num_units=len(run.units),
            hint=None,
            on_solution=lambda center_of: run.submit_assignment(
                center_of, "assignment"
            ),
        )
        if answer.status is Status.INFEASIBLE:
            run.prove_infeasible(_told(run, min(self.naming, run.time_left)))


def _told(run: Run, seconds: float) -> str:
    found = find_infeasible_subset(run, seconds) if seconds > 0 else None
    told = (
        f"There is no way to split the region into {run.num_zones} connected zones "
        "that all keep their bands, whatever they cost: proved by CP-SAT."
        if found is None
        else found.words(run)
    )
    return f"{told} Raise the tolerance, or ask for another number of zones."


def _pairs(instance: Instance, num_zones: int) -> AssignmentPairs:
    indptr, near = reachable_units(instance, False)
    unit = near.astype(np.int64)
    center = np.repeat(np.arange(instance.num_units), np.diff(indptr))
    rank = np.empty(instance.num_units, np.int64)
    rank[np.argsort(-instance.sums[0], kind="stable")] = np.arange(instance.num_units)
    after = rank[unit] >= rank[center]
    unit, center = unit[after], center[after]
    weights = [
        (instance.sums[m][unit], int(instance.low[m]), int(instance.high[m]))
        for m in range(len(instance.sums))
        if instance.high[m] < NO_LIMIT or instance.low[m] > 0
    ]
    if instance.cost_high < NO_LIMIT:
        # travel from the best center is between nothing and that from any center
        cost = instance.sums[0][unit] + instance.travel_data.of_pairs(unit, center)
        weights.append((instance.sums[0][unit], 0, int(instance.cost_high)))
        weights.append((cost, int(instance.cost_low), int(NO_LIMIT)))
    nothing = np.zeros(len(unit), np.int64)
    return AssignmentPairs(
        unit,
        center,
        nothing,
        weights,
        num_zones,
        instance.compatibility.groups,
        instance.compatibility.conflict_pairs,
    )
