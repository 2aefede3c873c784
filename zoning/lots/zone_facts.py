"""The zones of a plan as lots see them: what each costs, earns, needs and touches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from zoning.check import Verdict, judge, sum_over
from zoning.costs import Resource
from zoning.lots.borders import VISIBLE, zone_borders
from zoning.lots.building_facts import NEVER, BuildingFacts
from zoning.lots.price import Hubs, LotTariff, metre_rate, unit_demand
from zoning.lots.rules import HAIR
from zoning.plan import Plan
from zoning.revenue import revenue
from zoning.rules.places import value_of_units


@dataclass(frozen=True, eq=False)
class ZoneFacts:
    """The zones of a plan as lots see them: what each costs, needs and touches."""

    plan: Plan

    @cached_property
    def own(self) -> NDArray[np.int64]:
        """Fixed, direct and travel inside each zone: what no tender changes."""
        problem = self.plan.problem
        direct = problem.region.direct
        assert direct is not None  # the constructor of Region fills it in
        return problem.fixed + sum_over(self.plan, direct) + self._verdict.travel

    @cached_property
    def center(self) -> NDArray[np.int64]:
        """The unit each zone is run from."""
        return self._verdict.center

    @cached_property
    def _verdict(self) -> Verdict:
        return judge(self.plan)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What each zone is called."""
        return self._verdict.names

    @cached_property
    def area(self) -> NDArray[np.int64]:
        """Floor area of each zone, m²."""
        return sum_over(self.plan, self.plan.problem.region.area)

    @cached_property
    def sums(self) -> dict[str, NDArray[np.int64]]:
        """Every sum of the region, over each zone."""
        region = self.plan.problem.region
        return {name: sum_over(self.plan, some) for name, some in region.sums.items()}

    @cached_property
    def revenue(self) -> NDArray[np.int64]:
        """What each zone brings in, yuan a year."""
        return sum_over(self.plan, revenue(self.plan.problem.region))

    @cached_property
    def margin(self) -> NDArray[np.int64]:
        """Revenue less cost of each zone, resources counted by the fraction."""
        verdict = self._verdict
        cost = self.plan.problem.fixed + verdict.load + verdict.travel
        return np.asarray(self.revenue - cost)

    def loss_area(self, below: float) -> NDArray[np.int64]:
        """Area of each zone whose margin is below so many yuan per m²; else 0."""
        return np.where(self.margin < below * self.area - HAIR, self.area, 0)

    @cached_property
    def buildings(self) -> BuildingFacts:
        """Facts of the buildings."""
        return BuildingFacts(self.plan.problem.region)

    @cached_property
    def _zone_of_building(self) -> NDArray[np.int64]:
        unit = self.plan.problem.region.unit_of_building
        return self.plan.zone_of[unit].astype(np.int64)

    @cached_property
    def built_area(self) -> NDArray[np.int64]:
        """Area of each zone's buildings whose year is known."""
        return self._sum_buildings(self.buildings.area * (self.buildings.built > 0))

    @cached_property
    def built_sum(self) -> NDArray[np.int64]:
        """Year times area, over each zone's buildings whose year is known."""
        return self._sum_buildings(self.buildings.area * self.buildings.built)

    @property
    def mean_built(self) -> int:
        """Mean year of all buildings whose year is known, by area; 0 if none is."""
        return round(int(self.built_sum.sum()) / max(1, int(self.built_area.sum())))

    def _sum_buildings(self, values: NDArray[np.int64]) -> NDArray[np.int64]:
        total = np.zeros(self.plan.num_zones, np.int64)
        np.add.at(total, self._zone_of_building, values)
        return total

    @cached_property
    def companies(self) -> tuple[frozenset[str], ...]:
        """Who serves buildings of each zone today."""
        found: list[set[str]] = [set() for _ in range(self.plan.num_zones)]
        current = self.buildings.current_company
        for zone, name in zip(self._zone_of_building, current, strict=True):
            if name is not None:
                found[zone].add(name)
        return tuple(frozenset(some) for some in found)

    @cached_property
    def contract_ends(self) -> tuple[tuple[int, int] | None, ...]:
        """First and last day on which contracts of each zone end; None: no contract."""
        ends: list[list[int]] = [[] for _ in range(self.plan.num_zones)]
        last = self.buildings.contract_end.tolist()
        for zone, end in zip(self._zone_of_building, last, strict=True):
            if end != NEVER:
                ends[zone].append(end)
        return tuple((min(some), max(some)) if some else None for some in ends)

    def values(self, column: str) -> tuple[frozenset[str], ...]:
        """Values of a column among the units of each zone."""
        word = [str(v) for v in value_of_units(self.plan.problem.region, column)]
        return tuple(frozenset(word[i] for i in units) for units in self.plan.zones)

    @cached_property
    def metre_cost(self) -> NDArray[np.float64]:
        """Per zone the yearly cost of a metre of way between its center and a hub."""
        return np.asarray(metre_rate(self.tariff, self.area), np.float64)

    @cached_property
    def tariff(self) -> LotTariff:
        """What lots of them pay for."""
        return LotTariff.of(self.plan.problem.region)

    @cached_property
    def hubs(self) -> Hubs:
        """Their centers as hubs of lots."""
        return Hubs.of(self.plan.problem.region, self.center, self.metre_cost)

    @cached_property
    def demand(self) -> NDArray[np.int64]:
        """What each zone (column) needs of each resource (row); 0 where unknown."""
        plan, region = self.plan, self.plan.problem.region
        rows = [sum_over(plan, unit_demand(region, r.per)) for r in self.resources]
        return np.array(rows, np.int64).reshape(len(rows), plan.num_zones)

    @property
    def resources(self) -> tuple[Resource, ...]:
        """What is bought in whole numbers."""
        return self.plan.problem.region.costs.resources

    @cached_property
    def touching(self) -> NDArray[np.int64]:
        """Pairs of zones that touch, rows ascending."""
        return self._pairs(self.plan.problem.edited_region.edges)

    @cached_property
    def cut(self) -> NDArray[np.int64]:
        """Pairs of zones that touch only across a barrier, rows ascending."""
        pairs = self._pairs(self.plan.problem.edited_region.cut_edges)
        n = self.plan.num_zones
        key, open_ = (some[:, 0] * n + some[:, 1] for some in (pairs, self.touching))
        return pairs[~np.isin(key, open_)]

    @cached_property
    def beside(self) -> NDArray[np.int64]:
        """Pairs of zones with a border that is long enough to be seen."""
        pairs, metres = zone_borders(self.plan)
        return pairs[metres >= VISIBLE]

    def _pairs(self, edges: NDArray[np.int32]) -> NDArray[np.int64]:
        pairs = np.sort(self.plan.zone_of[edges].astype(np.int64), axis=1)
        pairs = pairs[pairs[:, 0] < pairs[:, 1]]
        return np.unique(pairs, axis=0).reshape(-1, 2)

    def travel(self, zone: int, hub: int) -> int:
        """Yearly cost of the way between a zone's center and a hub zone's center."""
        return round(float(self.metre_cost[zone]) * self._apart(zone, hub))

    def way(self, zone: int, hub: int) -> int:
        """Whole metres of way between a zone's center and a hub zone's center."""
        region = self.plan.problem.region
        return round(region.way_factor * self._apart(zone, hub))

    def _apart(self, zone: int, hub: int) -> float:
        """Metres between two centers: by street, or straight where none are known."""
        region = self.plan.problem.region
        return float(region.distance(self.center[zone], self.center[hub]))

    def gap(self, a: int, b: int) -> float:
        """Metres between the closest units of two zones."""
        xy = self.plan.problem.region.xy
        return float(cdist(xy[self.plan.zones[a]], xy[self.plan.zones[b]]).min())
