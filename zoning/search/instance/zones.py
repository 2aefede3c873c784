"""Zones as columns of a cover: which units each holds and what it travels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.search.instance.compatibility import are_compatible
from zoning.search.instance.constants import FAR
from zoning.search.instance.elastic_bands import cost_outside
from zoning.search.instance.instance import Instance
from zoning.search.instance.travel import travel_cost
from zoning.search.kernels.compiled import compiled

Ints = NDArray[np.int64]


class Zones(NamedTuple):
    """Zone z holds the units ``members[indptr[z]:indptr[z + 1]]``.

    ``travel`` is that from the best center; loads and fixed costs are the same in every
    plan and left out. ``excess_cost`` is the price of lying outside bands that bend.
    """

    indptr: Ints
    members: NDArray[np.int32]
    travel: Ints
    excess_cost: Ints

    def __len__(self) -> int:
        return len(self.travel)

    def renumbered(self, position: NDArray[np.integer]) -> Zones:
        """The same with unit i called ``position[i]``."""
        members = position[self.members].astype(np.int32)
        return Zones(self.indptr, members, self.travel, self.excess_cost)

    @property
    def cost(self) -> Ints:
        """What is to be the least over all zones of a plan."""
        return self.travel + self.excess_cost


def of_plan(instance: Instance, zone_of: NDArray[np.integer], num_zones: int) -> Zones:
    """The zones of a plan."""
    order = np.argsort(zone_of, kind="stable").astype(np.int32)
    indptr = ends(np.bincount(zone_of, minlength=num_zones))
    return with_costs(instance, indptr, order)


def with_costs(instance: Instance, indptr: Ints, members: NDArray[np.int32]) -> Zones:
    """Zones of these units, with what they cost."""
    travel = travel_of(instance, indptr, members)
    excess_cost = np.zeros(len(travel), np.int64)
    if instance.bends and len(travel):
        sums = _sums(instance, indptr, members)
        _price_excess(instance.elastic, sums, travel % FAR, excess_cost)
    return Zones(indptr, members, travel, excess_cost)


@compiled
def _price_excess(elastic, sums, travel, out):  # type: ignore[no-untyped-def]
    cost_row = sums.shape[1]
    for z in range(len(travel)):
        for m in range(cost_row):
            out[z] += cost_outside(elastic, m, sums[z, m])
        out[z] += cost_outside(elastic, cost_row, sums[z, 0] + travel[z])


def zone_sums(instance: Instance, zones: Zones) -> Ints:
    """Sums over each zone: z × m."""
    return _sums(instance, zones.indptr, zones.members)


def _sums(instance: Instance, indptr: Ints, members: NDArray[np.int32]) -> Ints:
    total = np.add.reduceat(instance.sums[:, members], indptr[:-1], axis=1)
    return np.ascontiguousarray(total.T)


def keeps_bands(instance: Instance, zones: Zones) -> NDArray[np.bool_]:
    """For each zone whether it keeps all bands and may be a zone by all rules."""
    sums = zone_sums(instance, zones)
    cost = sums[:, 0] + zones.travel
    keeps = (
        (cost >= instance.cost_low)
        & (cost <= instance.cost_high)
        & (zones.travel < FAR)
    )
    if instance.compatibility.matters:
        fit = np.empty(len(zones), np.bool_)
        are_compatible(instance.compatibility, zones.indptr, zones.members, fit)
        keeps &= fit
    return keeps & ((sums >= instance.low) & (sums <= instance.high)).all(axis=1)


def pick(zones: Zones, at: NDArray[np.integer]) -> Zones:
    """Some of the zones, in the order given."""
    sizes = np.diff(zones.indptr)[at]
    indptr = ends(sizes)
    take = np.repeat(zones.indptr[at] - indptr[:-1], sizes) + np.arange(indptr[-1])
    return Zones(indptr, zones.members[take], zones.travel[at], zones.excess_cost[at])


def stack(several: Sequence[Zones]) -> Zones:
    """All zones of several sets, one set after the other."""
    sizes = [np.diff(zones.indptr) for zones in several]
    return Zones(
        ends(np.concatenate(sizes)),
        np.concatenate([zones.members for zones in several]),
        np.concatenate([zones.travel for zones in several]),
        np.concatenate([zones.excess_cost for zones in several]),
    )


def zone_of(zones: Zones, num_units: int) -> NDArray[np.int32]:
    """Zone of each unit, for zones that cover every unit once."""
    out = np.full(num_units, -1, np.int32)
    out[zones.members] = np.repeat(
        np.arange(len(zones), dtype=np.int32), np.diff(zones.indptr)
    )
    return out


def ends(sizes: NDArray[np.integer]) -> Ints:
    """CSR row pointers from row sizes."""
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def travel_of(instance: Instance, indptr: Ints, members: NDArray[np.int32]) -> Ints:
    """Travel of each zone from its best center."""
    if len(members) == 0:
        return np.zeros(0, np.int64)
    return np.minimum.reduceat(from_each(instance, indptr, members), indptr[:-1])


def from_each(instance: Instance, indptr: Ints, members: NDArray[np.int32]) -> Ints:
    """For each member what its zone would travel with it as center."""
    out = np.empty(len(members), np.int64)
    _from_each(instance.travel_data, indptr, members, out)
    return out


@compiled
def _from_each(travel_data, indptr, members, out):  # type: ignore[no-untyped-def]
    for z in range(len(indptr) - 1):
        for c in range(indptr[z], indptr[z + 1]):
            out[c] = 0
            for i in range(indptr[z], indptr[z + 1]):
                out[c] += travel_cost(
                    travel_data, np.int64(members[i]), np.int64(members[c])
                )
