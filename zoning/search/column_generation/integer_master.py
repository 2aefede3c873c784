"""Pick the cheapest plan among listed zones, by all rules about names and changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zoning.result import Status
from zoning.search.instance import labelling, zones
from zoning.search.instance.instance import Instance
from zoning.search.instance.zones import Zones
from zoning.solvers.set_partitioning.cpsat import select_by_cpsat
from zoning.solvers.set_partitioning.highs import select_by_highs
from zoning.solvers.set_partitioning.labels import select_labelled, total_cost
from zoning.solvers.set_partitioning.matrix import PartitioningMatrix
from zoning.solvers.set_partitioning.selection import Selection

FEW = 4_000  # so many zones CP-SAT chooses among as fast as HiGHS; of more not


@dataclass(frozen=True)
class Picked:
    """A choice among zones.

    Parameters
    ----------
    best
        The zones, each in its place where zones have names; None if none were found.
    travel
        What they travel, and their changes of zone.
    bound
        No choice costs less; None: there is none.
    closed
        The choice is proved cheapest, or proved not to exist.
    """

    best: Zones | None
    travel: int
    bound: int | None
    closed: bool


def pick_plan(
    a: Instance, listed: Zones, count: int, *, seconds: float, seed: int, workers: int
) -> Picked:
    """Cheapest plan among listed zones, by all rules about names and changes."""
    matrix = partitioning(a, listed, count)
    if a.labelled:
        labels = labelling.zone_labels(a, listed)
        found = select_labelled(matrix, listed.cost, labels, time_limit=seconds)
        if found.columns is None:
            return _none(found)
        pairs = np.array(found.columns)
        best = zones.pick(listed, labelling.order_by_label(labels, pairs, count))
        travel = total_cost(listed.cost, labels, pairs)
        return Picked(best, travel, found.bound, found.proved)
    select = select_by_cpsat if len(listed) <= FEW else select_by_highs
    found = select(matrix, listed.cost, time_limit=seconds, seed=seed, workers=workers)
    if found.columns is None:
        return _none(found)
    best = zones.pick(listed, np.array(found.columns))
    return Picked(best, int(best.cost.sum()), found.bound, found.proved)


def _none(found: Selection) -> Picked:
    bound = None if found.status is Status.INFEASIBLE else found.bound
    return Picked(None, 0, bound, found.proved)


def partitioning(a: Instance, listed: Zones, count: int) -> PartitioningMatrix:
    """Every unit in one of the listed zones, and so many zones."""
    counts = ((np.arange(len(listed)), count),)
    num_units = a.num_units
    return PartitioningMatrix.from_columns(
        listed.indptr, listed.members, num_units, counts
    )
