"""The pricing subproblems, one a center, and the Lagrangian bound they give.

See "The bound, in whole numbers" and "Fixing by reduced cost" in docs/formulation.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from math import inf
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.parallel.hub import Hub, Lost, Task
from zoning.search.instance.constants import FAR, NO_LIMIT, SCALE
from zoning.search.instance.instance import Instance
from zoning.search.instance.subset import restrict
from zoning.search.instance.zones import Ints, Zones, ends, with_costs
from zoning.search.pricing.center_knapsack import units_within
from zoning.search.pricing.duals import Duals
from zoning.search.pricing.price_center import PricedColumns, price_center
from zoning.search.pricing.reachability import reachable_units
from zoning.search.pricing.subset_rows import CutRows

Job = TypeVar("Job")
Out = TypeVar("Out")
PARTS = 4  # into so many for each worker are centers divided
MANY_PAIRS = 200_000  # fewer are not worth the way to another process


class CenterPairs(NamedTuple):
    """Which units may belong to which center, as workers of other processes get it.

    Parameters
    ----------
    a
        The region or window.
    indptr, units
        In CSR form, by center; closed centers have none.
    """

    a: Instance
    indptr: Ints
    units: NDArray[np.int32]

    def units_of(self, center: int) -> NDArray[np.int32]:
        """Units that may belong to a center."""
        return self.units[self.indptr[center] : self.indptr[center + 1]]


class PricingJob(NamedTuple):
    """Centers to price, and how; see `CenterSubproblems.price`."""

    centers: Ints
    dual: Ints
    cut_rows: CutRows
    limits: Ints
    improving: bool
    max_nodes: int
    max_columns: int


class CenterSubproblems:
    """Which units may belong to which center, shrinking as bounds improve.

    Parameters
    ----------
    a
        The region or window.
    num_zones
        Number of zones in a plan.
    hub
        Where centers are priced side by side.

    Attributes
    ----------
    candidates
        Per center the units that may belong to it.
    is_open
        Per unit whether it may still be the center of a zone of a better plan.
    """

    def __init__(
        self,
        a: Instance,
        num_zones: int,
        hub: Hub | None = None,
    ) -> None:
        self.a = a
        self.num_zones = num_zones
        self.hub = hub or Hub()
        self._pairs: CenterPairs | None = None
        n = a.num_units
        every = np.arange(n, dtype=np.int32)
        self.candidates: list[NDArray[np.int32]] = [every] * n
        if not a.is_complete:
            indptr, units = reachable_units(a, True)
            self.candidates = np.split(units, indptr[1:-1])
        elif (
            a.compatibility.matters
            or not a.travel_data.candidate.all()
            or a.travel_data.hard < np.inf
        ):
            self.candidates = [_may_serve(a, every, int(c)) for c in every]
        self.is_open = a.travel_data.of_pairs(np.arange(n), np.arange(n)) < FAR

    def restrict(self, units: Ints, num_zones: int) -> CenterSubproblems:
        """Those of some units only, by their positions in `units`."""
        out = copy(self)
        out.a, out.num_zones, out.hub = restrict(self.a, units), num_zones, Hub()
        out._pairs = None
        position = np.full(len(self.is_open), -1, np.int32)
        position[units] = np.arange(len(units), dtype=np.int32)
        candidates = [position[self.candidates[c]] for c in units]
        out.candidates = [ours[ours >= 0] for ours in candidates]
        out.is_open = self.is_open[units].copy()
        return out

    def only_centers(self, centers: Iterable[int]) -> CenterSubproblems:
        """Those with no other centers open."""
        out = copy(self)
        out.candidates, out._pairs = list(self.candidates), None
        out.is_open = np.zeros_like(self.is_open)
        out.is_open[list(centers)] = True
        return out

    @property
    def open_centers(self) -> Ints:
        """Units that may still be the center of a zone of a better plan."""
        return np.flatnonzero(self.is_open)

    @property
    def num_pairs(self) -> int:
        """How many pairs of a unit and a center are open."""
        return sum(len(self.candidates[c]) for c in self.open_centers)

    def price(
        self,
        duals: Duals,
        max_reduced_cost: Ints | int,
        *,
        improving: bool,
        max_nodes: int,
        max_columns: int,
        deadline: float,
        centers: Ints | None = None,
    ) -> list[PricedColumns] | None:
        """Zones of at most so much reduced cost, per center; None if it got late.

        `centers`: all that are open if None.
        """
        centers = self.open_centers if centers is None else centers
        limits = np.broadcast_to(
            np.asarray(max_reduced_cost, np.int64), len(self.is_open)
        )
        jobs = [
            PricingJob(
                part,
                duals.unit,
                duals.cut_rows,
                limits[part],
                improving,
                max_nodes,
                max_columns,
            )
            for part in self.parts(centers)
        ]
        everything: list[PricedColumns] = []
        for found in self.map(price_centers, jobs, end=deadline):
            if found is None or isinstance(found, Lost):
                return None
            everything.extend(found)
        return everything

    def enumerate(
        self,
        duals: Duals,
        max_reduced_cost: Ints | int,
        *,
        max_nodes: int,
        max_columns: int,
        deadline: float,
    ) -> Zones | None:
        """All zones of at most so much reduced cost.

        None if over `max_columns` or late.
        """
        priced = self.price(
            duals,
            max_reduced_cost,
            improving=False,
            max_nodes=max_nodes,
            max_columns=max_columns,
            deadline=deadline,
        )
        if priced is None or not all(one.complete for one in priced):
            return None
        columns = stack_columns(self.a, priced)
        return columns if len(columns) <= max_columns else None

    def parts(self, centers: Ints) -> list[Ints]:
        """The centers, in parts to be looked at side by side where that pays."""
        count = PARTS * self.hub.workers
        few = not self.hub.shares_memory and self.num_pairs < MANY_PAIRS
        if self.hub.workers == 1 or few or len(centers) < count:
            return [centers]
        return np.array_split(centers, count)

    def map(
        self,
        task: Task[CenterSubproblems | CenterPairs, Job, Out],
        jobs: Sequence[Job],
        *,
        end: float = inf,
    ) -> list[Out | Lost]:
        """Do the work for some parts of the centers."""
        if len(jobs) == 1:
            return Hub().map(task, self, jobs, end=end)
        if self.hub.shares_memory:
            return self.hub.map(task, self, jobs, end=end)
        if self._pairs is None:
            sizes = np.where(self.is_open, [len(x) for x in self.candidates], 0)
            units = [self.candidates[c] for c in self.open_centers]
            self._pairs = CenterPairs(self.a, ends(sizes), np.concatenate(units))
        return self.hub.map(task, self._pairs, jobs, end=end)

    def units_of(self, center: int) -> NDArray[np.int32]:
        """Units that may belong to a center."""
        return self.candidates[center]

    def offering(self, candidates: list[NDArray[np.int32]]) -> CenterSubproblems:
        """The same with other units that may belong to each center."""
        out = copy(self)
        out.candidates, out._pairs = candidates, None
        return out

    def min_reduced_cost(self, priced: list[PricedColumns]) -> Ints:
        """For each unit the least reduced cost of a zone with it as center."""
        least = np.full(len(self.is_open), NO_LIMIT, np.int64)
        least[self.open_centers] = [one.min_reduced_cost for one in priced]
        return least

    def bound(self, duals: Duals, min_reduced_cost: Ints) -> int:
        """No plan travels less: duals of all rows + the `num_zones` least centers."""
        return lagrangian_bound(duals, min_reduced_cost, self.num_zones)

    def max_reduced_cost(
        self, duals: Duals, min_reduced_cost: Ints, cutoff: int
    ) -> Ints:
        """Per center the most a zone of it may have in a plan below the cutoff."""
        least = min_reduced_cost
        order = np.sort(least)
        others = int(order[: self.num_zones - 1].sum())
        last = order[self.num_zones - 1] if self.num_zones <= len(order) else NO_LIMIT
        # where the center is one of the cheapest itself, the next cheapest steps in
        among = least < last
        rest = np.where(among, others - least + last, others)
        return (cutoff - 1) * SCALE - duals.total - rest

    def fix_by_reduced_cost(
        self, duals: Duals, min_reduced_cost: Ints, cutoff: int
    ) -> None:
        """Rule out centers, and units of centers, no plan below the cutoff needs."""
        most = self.max_reduced_cost(duals, min_reduced_cost, cutoff)
        self.is_open &= min_reduced_cost <= most
        self._pairs = None
        for c in self.open_centers:
            self.candidates[c] = units_within(
                self.a, c, self.candidates[c], duals.unit, most[c]
            )
            self.is_open[c] = len(self.candidates[c]) > 0


def lagrangian_bound(duals: Duals, min_reduced_cost: Ints, num_zones: int) -> int:
    """No plan travels less: duals of all rows + the `num_zones` least centers."""
    low = np.partition(min_reduced_cost, num_zones - 1)[:num_zones]
    if (low >= NO_LIMIT // 2).any():
        return int(NO_LIMIT)
    return -(-(duals.total + int(low.sum())) // SCALE)


def price_centers(
    pairs: CenterSubproblems | CenterPairs, job: PricingJob, deadline: float
) -> list[PricedColumns] | None:
    """Zones of some centers, one after the other; None if it got late."""
    left = job.max_columns
    out = []
    for c, limit in zip(job.centers, job.limits, strict=True):
        if perf_counter() > deadline:
            return None
        priced = price_center(
            pairs.a,
            c,
            pairs.units_of(c),
            job.dual,
            job.cut_rows,
            limit,
            job.improving,
            job.max_nodes,
            max(1, left),
        )
        left -= 0 if job.improving else len(priced.reduced_cost)
        out.append(priced)
    return out


def candidates_csr(
    pairs: CenterSubproblems | CenterPairs, centers: Ints
) -> tuple[Ints, NDArray[np.int32]]:
    """Units that may belong to each of some centers, in CSR form."""
    some = [pairs.units_of(c) for c in centers]
    indptr = ends(np.array([len(units) for units in some], np.int64))
    return indptr, np.concatenate([np.zeros(0, np.int32), *some])


def _may_serve(a: Instance, units: NDArray[np.int32], center: int) -> NDArray[np.int32]:
    """Units that rules let a center serve, where contiguity forbids nothing."""
    ways = a.travel_data.of_pairs(
        units.astype(np.int64), np.full(len(units), center, np.int64)
    )
    return units[ways < FAR]


def stack_columns(a: Instance, priced: Iterable[PricedColumns]) -> Zones:
    """The zones of all centers, with their travel."""
    some = [one for one in priced if len(one.reduced_cost)]
    if not some:
        none = np.zeros(0, np.int64)
        return Zones(np.zeros(1, np.int64), np.zeros(0, np.int32), none, none)
    indptr = ends(np.concatenate([np.diff(one.indptr) for one in some]))
    members = np.concatenate([one.members for one in some])
    return with_costs(a, indptr, members)
