"""The few units that no zones can hold together, of a problem without a plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zoning.clock import perf_counter
from zoning.region import Ints
from zoning.result import Status
from zoning.search.instance import zones
from zoning.search.instance.zones import Zones
from zoning.search.pricing.enumerate_zones import enumerate_zones
from zoning.search.run import Run
from zoning.solvers.budget import SearchBudget
from zoning.solvers.set_partitioning.cpsat import select_by_cpsat
from zoning.solvers.set_partitioning.matrix import PartitioningMatrix
from zoning.text.lists import first_few


@dataclass(frozen=True)
class InfeasibleSubsetParams:
    """How much is looked at to find units that no zones can hold.

    Parameters
    ----------
    told
        Units named in words.
    max_zones
        Where there are more zones, nothing is said.
    max_nodes
        Steps of the search around each center.
    """

    told: int = 8
    max_zones: int = 20_000
    max_nodes: int = 20_000


PARAMS = InfeasibleSubsetParams()


@dataclass(frozen=True, eq=False)
class InfeasibleSubset:
    """Units that zones which keep their bands and do not overlap cannot all hold.

    Whatever becomes of the other units, and however many zones there are.

    Parameters
    ----------
    units
        Positions in the region, ascending.
    num_listed
        So many zones keep the bands; all of them were looked at.
    """

    units: Ints
    num_listed: int

    def words(self, run: Run) -> str:
        """The fact in words."""
        region, units = run.problem.region, self.units
        heavy = units[np.argsort(-region.load[units], kind="stable")]
        named = first_few(
            (f"{region.called(i)} (load {region.load[i]:,})" for i in heavy),
            PARAMS.told,
        )
        if len(units) == 1:
            return (
                f"No zone that keeps the rules can hold {named}: it is in none of the "
                f"{self.num_listed:,} such zones there are."
            )
        return (
            f"No zones that keep the rules and do not overlap can hold {named} "
            "at once, whatever becomes of the other units: proved on all "
            f"{self.num_listed:,} such zones."
        )


def find_infeasible_subset(run: Run, seconds: float) -> InfeasibleSubset | None:
    """The few units for which there are no zones; None where too much is to be seen.

    All zones that keep the bands are listed. A unit that none of them holds is enough;
    else units are spared, half of the rest at a time, while it is still proved that
    the zones cannot hold the others. The time only makes the set larger.
    """
    deadline = perf_counter() + seconds
    listed = enumerate_zones(
        run.instance,
        run.num_zones,
        max_nodes=PARAMS.max_nodes,
        max_columns=PARAMS.max_zones,
        deadline=perf_counter() + 0.5 * seconds,
    )
    if listed is None or not len(listed):
        return None
    n = len(run.units)
    alone = np.setdiff1d(np.arange(n), listed.members)
    if len(alone):
        heaviest = alone[np.argmax(run.instance.sums[0, alone])]
        return InfeasibleSubset(run.units[[heaviest]], len(listed))
    needed = np.arange(n)
    if not _clash(listed, needed, n, deadline):
        return None  # names of zones or changes stand in the way, not who fits whom
    heaps = [*np.array_split(needed, min(n, 2))]
    while heaps:
        some = heaps.pop()
        if _clash(listed, np.setdiff1d(needed, some), n, deadline):
            needed = np.setdiff1d(needed, some)
        elif len(some) > 1:
            heaps += [*np.array_split(some, 2)]
    return InfeasibleSubset(run.units[needed], len(listed))


def _clash(listed: Zones, needed: Ints, num_units: int, deadline: float) -> bool:
    """It is proved that no zones without overlap hold all these units."""
    left = deadline - perf_counter()
    if left <= 0:
        return False
    spared = np.setdiff1d(np.arange(num_units), needed)
    none = np.zeros_like(spared)
    alone = Zones(np.arange(len(spared) + 1), spared.astype(np.int32), none, none)
    every = zones.stack([listed, alone]) if len(spared) else listed
    matrix = PartitioningMatrix.from_columns(every.indptr, every.members, num_units)
    nothing = np.zeros(len(every), np.int64)
    found = select_by_cpsat(matrix, nothing, SearchBudget.of(left))
    return found.status is Status.INFEASIBLE
