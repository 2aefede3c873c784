"""Neighbourhoods of zones that are solved again together, and whose turn it is.

A neighbourhood is a zone and those nearest to it. It is looked at once as it is; again
when one of its zones has changed. It is known by what is in it: that holds for any plan
with these zones, also in a later run of the search.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from zoning.search.instance.zone_graph import ZoneGraph


@dataclass(frozen=True)
class Neighbourhood:
    """Zones solved again together, and their units; whether one of them is broken.

    `content` is the same for all neighbourhoods of the same zones.
    """

    zones: tuple[int, ...]
    units: NDArray[np.int64]
    broken: bool
    content: bytes

    def shares_a_zone(self, others: Sequence[Neighbourhood]) -> bool:
        """Whether it has a zone in common with one of the others."""
        return any(set(self.zones) & set(other.zones) for other in others)


class Neighbourhoods:
    """Which neighbourhoods of a plan are worth a look.

    Parameters
    ----------
    graph
        The zones of the plan.
    units
        A neighbourhood takes in zones until it holds so many units (and three zones).
    sizes, repair_sizes
        So many times that size, one after the other; around broken zones the latter.
    max_zones
        Zones of a neighbourhood, at most.
    tried
        Contents of those that were solved before, and need no look.
    first
        Zones whose turn comes before that of others.
    """

    def __init__(
        self,
        graph: ZoneGraph,
        *,
        units: int,
        sizes: Sequence[float],
        repair_sizes: Sequence[float],
        max_zones: int,
        tried: Collection[bytes] = (),
        first: Collection[int] = (),
    ) -> None:
        self.graph = graph
        self.units = units
        self.sizes = sizes
        self.repair_sizes = repair_sizes
        self.max_zones = max_zones
        self.round = 0  # of looks at broken zones
        self._tried = {(content, 0) for content in tried}  # the other is the round
        self.changes = 0  # one number for the state of the plan
        self._queue = NeighbourhoodQueue(graph.num_zones, first)

    def broken(self, most: int) -> list[Neighbourhood]:
        """Neighbourhoods of broken zones, not tried in this round, that share none."""
        out: list[Neighbourhood] = []
        for seed in np.flatnonzero(~self.graph.ok).tolist():
            hood = self._fresh(seed) if len(out) < most else None
            if hood is not None and not hood.shares_a_zone(out):
                self._tried.add(self._key(hood))
                out.append(hood)
        return out

    def waiting(self, most: int) -> list[Neighbourhood]:
        """Those that share no zone, around zones that the fewest looks were at."""
        out: list[Neighbourhood] = []
        later = []
        while len(out) < most and (seed := self._queue.next()) is not None:
            hood = self._fresh(seed)
            if hood is None:
                continue
            later.append(seed)
            if not hood.shares_a_zone(out):
                self._tried.add(self._key(hood))
                self._queue.looked(seed, hood.zones)
                out.append(hood)
        for seed in later:
            self._queue.add(seed)
        return out

    def changed(self, zone_of: NDArray[np.int32], zones: Sequence[int]) -> None:
        """Only units of these zones went from one to another."""
        self.changes += 1
        self.graph.change(zone_of, zones)
        self._queue.changed(zones)

    def _fresh(self, seed: int) -> Neighbourhood | None:
        """The smallest around a zone that was not tried as it is now."""
        for size in self.sizes if self.graph.ok[seed] else self.repair_sizes:
            hood = self._around(seed, size)
            if len(hood.zones) == self.graph.num_zones:
                return None  # that is the whole region
            if self._key(hood) not in self._tried:
                return hood
        return None

    def _key(self, hood: Neighbourhood) -> tuple[bytes, int]:
        return hood.content, self.round if hood.broken else 0

    def _around(self, seed: int, size: float) -> Neighbourhood:
        """A zone and the zones nearest to it that hang together with it."""
        graph = self.graph
        usual = max(1.0, graph.num_units / graph.num_zones)
        most = round(self.units * size / usual)
        some = sorted(graph.around(seed, max(3, min(self.max_zones, most))))
        broken = not graph.ok[some].all()
        return Neighbourhood(
            tuple(some), graph.units(some), broken, _content(graph, some)
        )


def _content(graph: ZoneGraph, zones: Sequence[int]) -> bytes:
    """What zones are, whatever their numbers: unless these are names."""
    told = blake2b(digest_size=16)
    for k in sorted(zones, key=lambda k: int(graph.members[k].min())):
        name = k if graph.instance.labelled else -1
        told.update(np.append(np.sort(graph.members[k]), name).tobytes())
    return told.digest()


class NeighbourhoodQueue:
    """Zones that wait for a look at what is around them, the least looked at first.

    A zone around which all was tried waits no more, until a zone there changes. Each
    step takes time in proportion to a neighbourhood, however many zones wait.

    Parameters
    ----------
    num_zones
        Number of zones; at first all wait.
    first
        Those that wait as if one neighbourhood less had held them.
    """

    def __init__(self, num_zones: int, first: Collection[int] = ()) -> None:
        self.looks = [0] * num_zones  # how many neighbourhoods held the zone
        for k in first:
            self.looks[k] = -1
        self.heap = sorted((looks, k) for k, looks in enumerate(self.looks))
        self.waits = [True] * num_zones
        self.seeds: list[set[int]] = [set() for _ in range(num_zones)]

    def next(self) -> int | None:
        """The waiting zone that the fewest neighbourhoods held; it waits no more."""
        while self.heap:
            looks, k = heapq.heappop(self.heap)
            if looks < self.looks[k]:
                heapq.heappush(self.heap, (self.looks[k], k))
                continue
            self.waits[k] = False
            return k
        return None

    def add(self, k: int) -> None:
        """Let a zone wait."""
        if not self.waits[k]:
            self.waits[k] = True
            heapq.heappush(self.heap, (self.looks[k], k))

    def looked(self, seed: int, zones: Sequence[int]) -> None:
        """A neighbourhood of these zones, around `seed`, is looked at."""
        for k in zones:
            self.looks[k] += 1
            self.seeds[k].add(seed)

    def changed(self, zones: Sequence[int]) -> None:
        """These zones changed: what holds them is worth a look again."""
        for seed in sorted(set().union(*(self.seeds[k] for k in zones))):
            self.add(seed)
