"""Candidate zones of a region, priced as lots price them.

Unlike the zones of a plan, candidates may share units. Every number here has a twin in
`zoning.lots.zone_facts`, which sees one plan at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.costs import Resource
from zoning.joint.lot_costs import LotCosts, ZoneAdjacency, touching
from zoning.lots.price import (
    Hubs,
    LotTariff,
    metre_rate,
    separate_resources,
    shared_resources,
    step_costs,
    unit_demand,
)
from zoning.problem import Problem
from zoning.search.instance.instance import Instance
from zoning.search.instance.subset import restrict
from zoning.search.instance.zones import ends
from zoning.search.pricing.enumerate_zones import enumerate_zones

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]


@dataclass(frozen=True)
class CandidateParams:
    """Where all zones there can be are listed.

    Parameters
    ----------
    max_units
        In regions of no more units.
    max_nodes
        With no more steps around each center.
    max_zones
        If there are no more zones.
    """

    max_units: int = 300
    max_nodes: int = 200_000
    max_zones: int = 4_000


PARAMS = CandidateParams()


@dataclass(frozen=True, eq=False)
class CandidateZones:
    """Zones to choose from.

    Parameters
    ----------
    problem
        What they are zones of.
    units
        Positions in the region of all units to be covered, in the order of `bits`:
        along the longer side of the map.
    indptr, members
        Zone z holds the units ``members[indptr[z]:indptr[z + 1]]`` of the region,
        ascending.
    """

    problem: Problem
    units: Ints
    indptr: Ints
    members: Ints

    def __len__(self) -> int:
        return len(self.indptr) - 1

    @cached_property
    def place(self) -> Ints:
        """For each of `members` its place among `units`."""
        place = np.full(len(self.problem.region), -1, np.int64)
        place[self.units] = np.arange(len(self.units))
        return place[self.members]

    def units_of(self, zone: int) -> Ints:
        """The units of one zone."""
        return self.members[self.indptr[zone] : self.indptr[zone + 1]]

    def sums(self, values: NDArray[np.int64]) -> Ints:
        """Sum over each zone of a value per unit of the region."""
        return np.add.reduceat(values[self.members], self.indptr[:-1])

    def worth(self, price: Ints) -> Ints:
        """Sum over each zone of a price per place among `units`."""
        return np.add.reduceat(price[self.place], self.indptr[:-1])

    @cached_property
    def lot_costs(self) -> LotCosts:
        """All that compiled code wants to know of the zones."""
        problem, region = self.problem, self.problem.region
        costs = region.costs
        center, travel = self._centers()
        direct = region.direct
        assert direct is not None  # the constructor of Region fills it in
        tariff = LotTariff.of(region)
        separate = self._demand(separate_resources(costs))
        own = problem.fixed + self.sums(direct) + travel
        own += step_costs(tariff.separate, separate)
        rate = np.asarray(metre_rate(tariff, self.sums(region.area)), np.float64)
        return LotCosts(
            self._mask,
            own,
            self._demand(shared_resources(costs)).T.copy(),
            self._touch(),
            Hubs.of(region, self.units[center], rate),
            tariff,
        )

    def _demand(self, resources: Sequence[Resource]) -> Ints:
        """What each zone (column) needs of each resource (row)."""
        region = self.problem.region
        rows = [self.sums(unit_demand(region, one.per)) for one in resources]
        return np.array(rows, np.int64).reshape(len(resources), len(self))

    def _centers(self) -> tuple[Ints, Ints]:
        """Place of each zone's center, and travel with what soft rules add.

        As `zoning.check` finds them: who may serve all goes first, then the cheapest,
        then the first.
        """
        problem, terms = self.problem, self.problem.terms
        ways = problem.travel_between(self.units, self.units)
        if terms.priced:
            ways = ways + problem.surcharge_between(self.units, self.units)
        bad = np.zeros_like(ways)
        if terms.limits_ways:
            bad = (~problem.may_serve(self.units, self.units)).astype(np.int64)
        center = np.zeros(len(self), np.int64)
        travel = np.zeros(len(self), np.int64)
        sizes = np.diff(self.indptr)
        for size in np.unique(sizes):
            at = np.flatnonzero(sizes == size)
            members = self.place[self.indptr[at][:, None] + np.arange(size)]
            unit, hub = members[:, :, None], members[:, None, :]
            cost, wrong = ways[unit, hub].sum(axis=1), bad[unit, hub].sum(axis=1)
            much = int(cost.max()) + 1
            best = np.argmin(wrong * much + cost, axis=1)
            rows = np.arange(len(at))
            center[at], travel[at] = members[rows, best], cost[rows, best]
        return center, travel

    @cached_property
    def _mask(self) -> Words:
        bits = _bits(np.arange(len(self.units)), len(self.units))
        return np.bitwise_or.reduceat(bits[self.place], self.indptr[:-1], axis=0)

    def _touch(self) -> ZoneAdjacency:
        region = self.problem.edited_region
        edges = np.concatenate([region.edges, region.cut_edges])
        halo, open_halo = self._halo(edges), self._halo(region.edges)
        return ZoneAdjacency(*touching(self._mask, halo, open_halo))

    def _halo(self, edges: NDArray[np.int32]) -> Words:
        """Units each zone touches by these edges, as bits."""
        n = len(self.units)
        place = np.full(len(self.problem.region), -1, np.int64)
        place[self.units] = np.arange(n)
        both = place[np.concatenate([edges, edges[:, ::-1]])]
        both = both[(both >= 0).all(axis=1)]
        beside = np.zeros((n, -(-n // 64)), np.uint64)
        np.bitwise_or.at(beside, both[:, 0], _bits(both[:, 1], n))
        return np.bitwise_or.reduceat(beside[self.place], self.indptr[:-1], axis=0)


def _bits(places: Ints, num_units: int) -> Words:
    """One row a place: a 1 at it."""
    out = np.zeros((len(places), -(-num_units // 64)), np.uint64)
    out[np.arange(len(places)), places // 64] = np.uint64(1) << (places % 64).astype(
        np.uint64
    )
    return out


def enumerate_candidates(
    problem: Problem,
    first: Sequence[Ints],
    seconds: float,
    params: CandidateParams = PARAMS,
) -> CandidateZones | None:
    """All zones there can be, `first` those given; None if too many or too late."""
    terms = problem.terms
    if len(terms.free) > params.max_units:
        return None
    count = problem.num_zones - len(terms.locks)
    fresh: list[NDArray[np.int32]] = []
    if count:
        a = restrict(Instance.from_problem(problem), terms.free)
        listed = enumerate_zones(
            a,
            count,
            max_nodes=params.max_nodes,
            max_columns=params.max_zones,
            deadline=perf_counter() + seconds,
        )
        if listed is None:
            return None
        fresh = np.split(listed.members, listed.indptr[:-1])[1:]  # there may be none
    locked = [lock.units for lock in terms.locks]
    several = [*first, *locked, *(terms.free[some] for some in fresh)]
    return _pool_of(problem, several)


def _pool_of(problem: Problem, several: Sequence[Ints]) -> CandidateZones:
    """Zones given by their units, each once."""
    known: dict[bytes, Ints] = {}
    for some in several:
        members = np.sort(np.asarray(some, np.int64))
        known.setdefault(members.tobytes(), members)
    indptr = ends(np.array([len(members) for members in known.values()], np.int64))
    members = np.concatenate([np.zeros(0, np.int64), *known.values()])
    return CandidateZones(
        problem, _along(problem, np.arange(len(problem.region))), indptr, members
    )


def _along(problem: Problem, units: Ints) -> Ints:
    """The units ordered along the direction in which they spread most."""
    xy = problem.region.xy[units]
    away = xy - xy.mean(axis=0)
    axis = np.linalg.svd(away, full_matrices=False)[2][0]
    return units[np.lexsort((units, np.round(away @ axis, 3)))]
