"""Where the zones of a plan lie and which of them touch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from zoning.search.instance import labelling, zones
from zoning.search.instance.instance import Instance
from zoning.search.instance.zones import Zones

ZoneOf = NDArray[np.int32]


class ZoneGraph:
    """Zones of a plan (which may break bands) as a graph with middles.

    Parameters
    ----------
    instance
        The region.
    zone_of
        Zone of each unit.
    num_zones
        Number of zones.
    """

    def __init__(self, instance: Instance, zone_of: ZoneOf, num_zones: int) -> None:
        self.instance = instance
        self.num_zones = num_zones
        self.num_units = len(zone_of)
        self.ok = np.empty(num_zones, np.bool_)  # inside its bands, keeping all rules
        self.allowed = np.empty(num_zones, np.bool_)  # the same, or where bands bend
        self.middle = np.empty((num_zones, 2), np.float64)
        every = zones.of_plan(instance, zone_of, num_zones)
        self.members = np.split(every.members, every.indptr[1:-1])
        self._weigh(np.arange(num_zones), every)
        rows = np.repeat(np.arange(len(zone_of)), np.diff(instance.indptr))
        pairs = np.stack([zone_of[rows], zone_of[instance.indices]], axis=1)
        pairs = pairs[pairs[:, 0] != pairs[:, 1]].astype(np.int64)
        codes = np.unique(pairs[:, 0] * num_zones + pairs[:, 1])
        starts = np.searchsorted(codes, np.arange(num_zones + 1) * num_zones)
        touching = np.split(codes % num_zones, starts[1:-1])
        self.touching: list[set[int]] = [set(some.tolist()) for some in touching]

    def units(self, some: Sequence[int]) -> NDArray[np.int64]:
        """Units of some zones, ascending."""
        return np.sort(np.concatenate([self.members[k] for k in some])).astype(np.int64)

    def change(self, zone_of: ZoneOf, some: Sequence[int]) -> None:
        """Follow a plan in which only units of these zones went from one to another.

        Takes time in proportion to these zones, however many there are.
        """
        units, places = self.units(some), np.array(some)
        order = np.argsort(places)
        inside = order[np.searchsorted(places[order], zone_of[units])]
        sizes = np.bincount(inside, minlength=len(some))
        members = units[np.argsort(inside, kind="stable")].astype(np.int32)
        indptr = zones.ends(sizes)
        self._weigh(places, zones.with_costs(self.instance, indptr, members))
        for k, mine in zip(some, np.split(members, indptr[1:-1]), strict=True):
            self.members[k] = mine
        self._touch(zone_of, some)

    def _weigh(self, places: NDArray[np.int64], those: Zones) -> None:
        """Middles of some zones, and whether they keep their bands."""
        ok = zones.keeps_bands(self.instance, those)
        if self.instance.labelled:
            ok &= labelling.keeps_label_rules(self.instance, those, places)
        self.allowed[places] = ok
        self.ok[places] = ok & (those.excess_cost == 0)
        size = np.diff(those.indptr)
        for axis, c in enumerate(
            (self.instance.travel_data.x, self.instance.travel_data.y)
        ):
            total = np.add.reduceat(c[those.members], those.indptr[:-1])
            self.middle[places, axis] = total / size

    def _touch(self, zone_of: ZoneOf, some: Sequence[int]) -> None:
        """Which zones these touch, told on both sides."""
        instance = self.instance
        for k in some:
            for other in self.touching[k]:
                self.touching[other].discard(k)
        for k in some:
            beside = [
                instance.indices[instance.indptr[u] : instance.indptr[u + 1]]
                for u in self.members[k]
            ]
            near = set(zone_of[np.concatenate(beside)].tolist()) - {k}
            self.touching[k] = near
            for other in near:
                self.touching[other].add(k)

    def around(
        self, seed: int, most: int, allowed: NDArray[np.bool_] | None = None
    ) -> list[int]:
        """A zone and up to `most` - 1 others nearest to it that hang together."""
        return self.more([seed], most, allowed)

    def more(
        self,
        chosen: Sequence[int],
        most: int,
        allowed: NDArray[np.bool_] | None = None,
    ) -> list[int]:
        """Zones grown by those nearest to their middle, to `most` in all."""
        out = list(chosen)
        middle = self.middle[out].mean(axis=0)
        border = {k for z in out for k in self.touching[z]} - set(out)
        while border and len(out) < most:
            options = sorted(k for k in border if allowed is None or allowed[k])
            if not options:
                break
            away = ((self.middle[options] - middle) ** 2).sum(axis=1)
            k = options[int(away.argmin())]
            out.append(k)
            border |= self.touching[k]
            border -= set(out)
        return out
