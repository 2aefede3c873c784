"""List every zone there can be, and choose: where units are few and coarse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zoning.result import Status
from zoning.search.column_generation.integer_master import partitioning
from zoning.search.column_generation.restricted_master import (
    ColumnGenerationLimits,
    build_master,
)
from zoning.search.instance import labelling, zones
from zoning.search.run import Run
from zoning.solvers.budget import SearchBudget
from zoning.solvers.set_partitioning.labels import select_labelled


@dataclass(frozen=True)
class Enumeration:
    """Strategy: choose among all zones that keep the bands, if they are few.

    Nothing is done where there are more than `most`; to find that out takes at most
    `share` of the time left.

    Parameters
    ----------
    most
        So many zones are listed.
    share
        Part of the time left that may go to listing.
    use
        Part of the time left after that which may go to choosing.
    """

    most: int = 10_000
    share: float = 0.1
    use: float = 0.5

    def __call__(self, run: Run) -> None:
        """Submit the best plan and prove it best, or prove that there is none."""
        instance = run.instance
        seconds = self.share * run.time_left
        limits = ColumnGenerationLimits(seconds, run.seed, run.limits.workers, run.hub)
        master = build_master(
            instance, run.num_zones, None, limits, run.initial_plans()
        )
        listed = master.enumerate(self.most)
        if listed is None:
            return
        matrix, labels = (
            partitioning(instance, listed, run.num_zones),
            labelling.zone_labels(instance, listed),
        )
        seconds = self.use * run.time_left
        found = select_labelled(matrix, listed.cost, labels, SearchBudget.of(seconds))
        if found.columns is not None:
            at = labelling.order_by_label(
                labels, np.array(found.columns), run.num_zones
            )
            best = zones.pick(listed, at)
            run.submit(zones.zone_of(best, len(run.units)), "choice")
        if found.status is not Status.INFEASIBLE:
            run.update_travel_bound(found.bound, "columns")
        else:
            run.prove_infeasible(
                f"No plan keeps every rule: all connected zones that keep the bands "
                f"({len(listed):,}) were listed, and no choice among them holds every "
                "unit once. Raise the tolerance, or ask for another number of zones."
            )
