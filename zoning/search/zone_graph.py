"""Where the zones of a plan lie and which of them touch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from zoning.search import slots, zones
from zoning.search.arrays import Arrays


class ZoneGraph:
    """Zones of a plan (which may break bands) as a graph with places.

    Parameters
    ----------
    a
        The region.
    labels
        Zone of each unit.
    count
        Number of zones.
    """

    def __init__(self, a: Arrays, labels: NDArray[np.int32], count: int) -> None:
        every = zones.of_plan(a, labels, count)
        self.count = count
        self.ok = zones.keeps_bands(a, every)
        if a.slotted:
            self.ok &= slots.keeps_places(a, every)
        self.size = np.diff(every.indptr)
        self.middle = np.stack(
            [
                np.add.reduceat(c[every.members], every.indptr[:-1]) / self.size
                for c in (a.ways.x, a.ways.y)
            ],
            axis=1,
        )
        rows = np.repeat(np.arange(len(labels)), np.diff(a.indptr))
        pairs = np.stack([labels[rows], labels[a.indices]], axis=1)
        pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
        starts = np.searchsorted(pairs[:, 0], np.arange(count + 1))
        self.touching = [
            pairs[starts[k] : starts[k + 1], 1].tolist() for k in range(count)
        ]

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
            border |= set(self.touching[k])
            border -= set(out)
        return out
