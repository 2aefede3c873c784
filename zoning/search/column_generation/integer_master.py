"""The integer master: the cheapest plan among listed zones, by all rules.

Set partitioning, by CP-SAT where zones are few and by HiGHS where they are many; with
labels where zones have names or changes of zone are counted or priced.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zoning.result import Status
from zoning.search.instance import labelling, zones
from zoning.search.instance.instance import Instance
from zoning.search.instance.zones import Zones
from zoning.solvers.budget import SearchBudget
from zoning.solvers.set_partitioning.cpsat import select_by_cpsat
from zoning.solvers.set_partitioning.highs import select_by_highs
from zoning.solvers.set_partitioning.labels import select_labelled, total_cost
from zoning.solvers.set_partitioning.matrix import PartitioningMatrix

# Prices of excess make costs of many digits, which CP-SAT bounds badly: of 2,613 zones
# it proved nothing in 40 s, HiGHS all in 0.3 s.
BENT_CPSAT_COLUMNS = 300


@dataclass(frozen=True)
class IntegerSolution:
    """A plan among listed zones: a `Selection` with its zones.

    Parameters
    ----------
    plan
        The zones, each in its place where zones have names; None if none were found.
    travel
        What they travel, and their changes of zone.
    bound
        No plan among the listed zones travels less; 0 where there is none.
    status
        Of the selection.
    """

    plan: Zones | None
    travel: int
    bound: int
    status: Status

    @property
    def proved(self) -> bool:
        """It is proved cheapest, or proved not to exist."""
        return self.status in (Status.OPTIMAL, Status.INFEASIBLE)


def solve_integer_master(
    a: Instance,
    listed: Zones,
    num_zones: int,
    *,
    seconds: float,
    seed: int,
    workers: int,
    max_cpsat_columns: int,
) -> IntegerSolution:
    """Cheapest plan among listed zones, by all rules about names and changes.

    `max_cpsat_columns`: of more zones HiGHS selects.
    """
    budget = SearchBudget.of(seconds, seed, workers)
    matrix = partitioning(a, listed, num_zones)
    if a.labelled:
        labels = labelling.zone_labels(a, listed)
        found = select_labelled(matrix, listed.cost, labels, budget)
        if found.columns is None:
            return IntegerSolution(None, 0, found.bound, found.status)
        pairs = np.array(found.columns)
        plan = zones.pick(listed, labelling.order_by_label(labels, pairs, num_zones))
        travel = total_cost(listed.cost, labels, pairs)
        return IntegerSolution(plan, travel, found.bound, found.status)
    few = len(listed) <= (BENT_CPSAT_COLUMNS if a.bends else max_cpsat_columns)
    select = select_by_cpsat if few else select_by_highs
    found = select(matrix, listed.cost, budget)
    if found.columns is None:
        return IntegerSolution(None, 0, found.bound, found.status)
    plan = zones.pick(listed, np.array(found.columns))
    return IntegerSolution(plan, int(plan.cost.sum()), found.bound, found.status)


def partitioning(a: Instance, listed: Zones, num_zones: int) -> PartitioningMatrix:
    """Every unit in one of the listed zones, and so many zones."""
    counts = ((np.arange(len(listed)), num_zones),)
    num_units = a.num_units
    return PartitioningMatrix.from_columns(
        listed.indptr, listed.members, num_units, counts
    )
