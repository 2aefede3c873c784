"""What a lot costs: every search prices lots by the functions of this module.

    lot_cost = fixed + own costs of its zones
             + step costs of what they share + hub travel + crossings

Values in, value out. A number may be an array with one entry for each of many lots:
`zoning.lots.enumerate` prices all sets of zones at once so, and `zoning.joint` compiles
the same functions and calls them lot by lot. They therefore hold to what numpy and
numba have in common. The checker, `zoning.lots.check`, has the price of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.costs import MONTHS, CostModel, Resource
from zoning.region import Region, straight_line

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NEVER = np.int64(2**60)  # price of what is not allowed
PIECE_SLACK = 1e-9  # of a piece: 3.0000000001 cleaners are three


class StepCosts(NamedTuple):
    """Resources bought in whole pieces: their cost rises in steps.

    Parameters
    ----------
    capacity, price, minimum
        Of each resource what a piece serves, yuan a year for a piece, and how many
        there must be, however little is to be served.
    """

    capacity: Floats
    price: Ints
    minimum: Ints

    @classmethod
    def of(cls, costs: CostModel, resources: Iterable[Resource]) -> StepCosts:
        """Those of some resources of a cost model, in their order."""
        some = list(resources)
        return cls(
            np.array([one.capacity for one in some], np.float64),
            np.array([costs.price(one) for one in some], np.int64),
            np.array([one.minimum for one in some], np.int64),
        )


class LotTariff(NamedTuple):
    """What lots pay for, whatever zones they are made of; whole yuan a year.

    Parameters
    ----------
    fixed, crossing
        For each lot, and for each barrier it crosses.
    metre, detour
        For each m² and metre of way to the hub; by how much ways are longer than the
        metres at hand, 1 where these are of streets.
    shared
        Resources the zones of a lot share.
    separate
        Resources each zone buys for itself: part of its own cost.
    """

    fixed: np.int64
    crossing: np.int64
    metre: float
    detour: float
    shared: StepCosts
    separate: StepCosts

    @classmethod
    def of(cls, region: Region) -> LotTariff:
        """That of a region's cost model."""
        costs = region.costs
        return cls(
            np.int64(round(costs.fixed_per_lot)),
            np.int64(round(MONTHS * costs.crossing)),
            costs.lot_travel * MONTHS / 100.0,
            region.way_factor,
            StepCosts.of(costs, shared_resources(costs)),
            StepCosts.of(costs, separate_resources(costs)),
        )


class Hubs(NamedTuple):
    """Where zones are run from, any of which may be the hub of a lot.

    Parameters
    ----------
    center
        Position of each zone's center.
    rate
        Yuan a year for a metre of way between that center and the hub.
    xy
        Coordinates of the positions, metres.
    way
        Metres between positions by street; 0 × 0: straight lines.
    """

    center: Ints
    rate: Floats
    xy: Floats
    way: Floats

    @classmethod
    def of(cls, region: Region, center: Ints, rate: Floats) -> Hubs:
        """Centers at units of a region."""
        way = np.zeros((0, 0)) if region.way is None else region.way.astype(np.float64)
        return cls(center, rate, region.xy, way)


def shared_resources(costs: CostModel) -> tuple[Resource, ...]:
    """What the zones of a lot share."""
    return tuple(one for one in costs.resources if one.shared == "lot")


def separate_resources(costs: CostModel) -> tuple[Resource, ...]:
    """What each zone buys for itself."""
    return tuple(one for one in costs.resources if one.shared != "lot")


def unit_demand(region: Region, per: str) -> Ints:
    """What each unit needs of resources counted by a sum; 0 where there is no such."""
    none = np.zeros(len(region), np.int64)
    return np.asarray(region.sums.get(per, none), np.int64)


def metre_rate(tariff: Any, area: Any) -> Any:
    """Yuan a year for a metre between a center that serves so many m² and its hub."""
    return tariff.metre * area * tariff.detour


def pieces(need: Any, capacity: Any, minimum: Any) -> Any:
    """How many whole pieces of a resource serve a need."""
    return np.maximum(minimum, np.int64(np.ceil(need / capacity - PIECE_SLACK)))


def pieces_of(resource: Resource, need: int) -> int:
    """How many of a resource serve a need."""
    return int(pieces(need, resource.capacity, resource.minimum))


def step_cost(resources: Any, r: Any, need: Any) -> Any:
    """What the pieces of resource r that serve a need cost."""
    return resources.price[r] * pieces(
        need, resources.capacity[r], resources.minimum[r]
    )


def step_costs(resources: Any, needs: Any) -> Any:
    """What the pieces that serve these needs cost, ``needs[r]`` of resource r."""
    total = np.int64(0)
    for r in range(len(resources.price)):
        total = total + step_cost(resources, r, needs[r])
    return total


def metres_between(hubs: Any, i: Any, j: Any) -> Any:
    """Metres between positions i and j: by street, or straight."""
    if len(hubs.way):
        return hubs.way[i, j]
    return straight_line(hubs.xy, i, j)


def hub_travel(hubs: Any, zones: Any, size: int) -> Any:
    """Travel between the centers of ``zones[:size]`` and the best hub among them."""
    best = NEVER
    for h in range(size):
        there = hubs.center[zones[h]]
        total = np.int64(0)
        for k in range(size):
            far = metres_between(hubs, hubs.center[zones[k]], there)
            total = total + np.int64(np.rint(hubs.rate[zones[k]] * far))
        best = np.minimum(best, total)
    return best


def lot_cost(tariff: Any, own: Any, needs: Any, travel: Any, crossings: Any) -> Any:
    """Price of a lot, whole yuan a year.

    Parameters
    ----------
    own
        Own costs of its zones together.
    needs
        ``needs[r]``: what its zones need together of shared resource r.
    travel
        Between its zones and their hub, see `hub_travel`.
    crossings
        Barriers crossed to hold it together.
    """
    shared = step_costs(tariff.shared, needs)
    return tariff.fixed + own + shared + travel + tariff.crossing * crossings
