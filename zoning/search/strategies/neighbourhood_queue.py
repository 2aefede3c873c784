"""Whose turn it is: windows are looked at first where the fewest were."""

from __future__ import annotations

import heapq
from collections.abc import Sequence


class Turns:
    """Zones that wait for a window around them.

    A zone whose windows were all tried waits no more, until a zone in one of them
    changes. Each step takes time in proportion to a window, however many zones wait.

    Parameters
    ----------
    count
        Number of zones; at first all wait.
    """

    def __init__(self, count: int) -> None:
        self.looks = [0] * count  # how many windows held the zone
        self.heap = [(0, k) for k in range(count)]
        self.waits = [True] * count
        self.seeds: list[set[int]] = [set() for _ in range(count)]

    def next(self) -> int | None:
        """The waiting zone that the fewest windows held; it waits no more."""
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
        """A window of these zones around `seed` is looked at."""
        for k in zones:
            self.looks[k] += 1
            self.seeds[k].add(seed)

    def changed(self, zones: Sequence[int]) -> None:
        """These zones changed: windows that hold them are worth a look again."""
        for seed in sorted(set().union(*(self.seeds[k] for k in zones))):
            self.add(seed)
