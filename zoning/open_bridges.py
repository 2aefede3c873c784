"""Which bridges wider than allowed stay open, since nothing else makes zones.

A zone that hangs together over a wide gap is no zone. So wide bridges are closed, but
where they spare more than they count: parts too small for zones of their own, or more
parts than zones. See "Wide bridges" in docs/formulation.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from zoning.region import Barrier, Ints, Region
from zoning.rules.island_ways import live_bridges

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

GAP = "gap"  # kind of what cuts an edge where a bridge is closed


@dataclass(frozen=True, eq=False)
class Standing:
    """What tells how well a part of the region makes zones of its own.

    Parameters
    ----------
    values
        b × n: for each band what each unit brings into it.
    low, high
        b: what a zone may have of it.
    price
        b: yuan of excess for each one outside.
    """

    values: Floats
    low: Floats
    high: Floats
    price: Floats

    @property
    def heavy(self) -> Bools:
        """Units that alone are more than a zone may have: zones of their own."""
        return np.asarray((self.values > self.high[:, None]).any(axis=0))

    def excess(self, total: Floats, *, beside_heavy: bool) -> float:
        """Yuan of excess that a part with these sums has at least, all told.

        Its units are shared out evenly over the best number of zones; those of heavy
        units left out. Beside one, the others may go to its zone.
        """
        if not len(self.price):
            return 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            some = np.concatenate([total / self.high, total / self.low])
        some = some[np.isfinite(some)]
        counts = np.unique(np.concatenate([np.floor(some), np.ceil(some), [1.0]]))
        counts = counts[counts >= (0 if beside_heavy else 1)]
        below = counts[:, None] * self.low - total
        above = total - counts[:, None] * self.high
        outside = np.maximum(np.maximum(below, above), 0.0)
        return float((outside @ self.price).min())


@dataclass(eq=False)
class _Parts:
    """Parts of a region that grow together over bridges."""

    of: Ints  # the part of each unit
    total: dict[int, Floats]
    heavy: dict[int, bool]
    standing: Standing
    reach: dict[int, int] = field(default_factory=dict)  # longest bridge within

    def excess(self, *parts: int) -> float:
        total = sum((self.total[part] for part in parts), np.zeros(()))
        beside = any(self.heavy[part] for part in parts)
        return self.standing.excess(np.asarray(total), beside_heavy=beside)

    def spared(self, a: int, b: int) -> float:
        """Yuan of excess that are spared where the two are one."""
        return self.excess(a) + self.excess(b) - self.excess(a, b)

    def separate(self, groups: Sequence[Ints]) -> bool:
        """Whether units that must share a zone lie in several parts."""
        return any(len(np.unique(self.of[group])) > 1 for group in groups)

    def join(self, a: int, b: int, metres: int) -> None:
        self.of[self.of == b] = a
        self.total[a] = self.total[a] + self.total.pop(b)
        self.heavy[a] |= self.heavy.pop(b)
        self.reach[a] = max(metres, self.reach.get(a, 0), self.reach.pop(b, 0))


def wide_bridges(region: Region) -> tuple[Ints, Ints]:
    """Bridges that span more than a zone may, the shortest first, and their metres."""
    bridge, metres = live_bridges(region)
    if region.max_gap is None:
        return bridge[:0], metres[:0]
    wide = np.flatnonzero(metres > region.max_gap)
    order = wide[np.argsort(metres[wide], kind="stable")]
    return bridge[order], metres[order]


def open_bridges(
    region: Region,
    standing: Standing,
    metre_price: int,
    most_parts: int,
    groups: Sequence[Ints] = (),
) -> Bools:
    """Which of `wide_bridges` stay open.

    Parameters
    ----------
    standing
        How parts are judged.
    metre_price
        Yuan of excess that a metre above the limit counts as.
    most_parts
        Zones there are.
    groups
        Units that must share a zone.
    """
    bridge, metres = wide_bridges(region)
    parts = _parts(region, bridge, standing)
    over = metre_price * (metres - (region.max_gap or 0))
    more = True
    while more:
        more = False
        for (i, j), far, price in zip(
            bridge.tolist(), metres.tolist(), over, strict=True
        ):
            a, b = int(parts.of[i]), int(parts.of[j])
            if a != b and parts.spared(a, b) > price:
                parts.join(a, b, far)
                more = True
    for (i, j), far in zip(bridge.tolist(), metres.tolist(), strict=True):
        a, b = int(parts.of[i]), int(parts.of[j])
        if a != b and (len(parts.total) > most_parts or parts.separate(groups)):
            parts.join(a, b, far)
    a, b = parts.of[bridge].T
    reach = np.array([parts.reach.get(part, 0) for part in a.tolist()], np.int64)
    return np.asarray((a == b) & (metres <= reach))


def _parts(region: Region, wide: Ints, standing: Standing) -> _Parts:
    n = len(region)
    shut = np.isin(region.edges @ [n, 1], wide @ [n, 1])
    heavy = standing.heavy
    light = np.where(heavy, 0.0, standing.values)
    of = connected_components(region.graph(region.edges[~shut]))[1].astype(np.int64)
    every = range(int(of.max()) + 1)
    sums = np.array([np.bincount(of, row, len(every)) for row in light])
    sums = sums.reshape(-1, len(every)).T
    has = np.bincount(of, heavy, len(every)) > 0
    return _Parts(
        of,
        {part: sums[part] for part in every},
        {part: bool(has[part]) for part in every},
        standing,
    )


def without_bridges(region: Region, closed: Ints) -> Region:
    """The region without these bridges: gaps that cut, which a lot may cross."""
    if not len(closed):
        return region
    n = len(region)
    key = closed @ [n, 1]
    gone = np.isin(region.bridges @ [n, 1], key)
    cut_by = tuple(
        (Barrier(f"a gap of {span.metres} m", GAP),)
        for span, out in zip(region.spans, gone, strict=True)
        if out
    )
    return replace(
        region,
        edges=region.edges[~np.isin(region.edges @ [n, 1], key)],
        bridges=region.bridges[~gone],
        spans=tuple(
            span for span, out in zip(region.spans, gone, strict=True) if not out
        ),
        cut_edges=np.concatenate([region.cut_edges, region.bridges[gone]]),
        cut_by=(*region.cut_by, *cut_by),
    )
