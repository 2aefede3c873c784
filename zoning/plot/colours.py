"""Colours of a map: the palette, and which zone gets which."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import Any

import shapely
from numpy.typing import NDArray

Shapes = NDArray[Any]

# Light colours told apart by colour-blind readers (Paul Tol's "light", paired with a
# darker tone of the same hue for buildings), neighbours first.
PALETTE = (
    ("#BBD9F2", "#3B7DB8"),  # blue
    ("#F7C9A9", "#CC5F1F"),  # orange
    ("#CFE6B8", "#5E8C2A"),  # green
    ("#F6EBA6", "#A58A0E"),  # yellow
    ("#E3CDE8", "#8A4A9C"),  # purple
    ("#B5E3DC", "#1E8577"),  # teal
    ("#F5C6D0", "#B93A5E"),  # rose
    ("#DCD6CB", "#756B5B"),  # stone
)
CALM = 6  # colours used before the others: few are calmer than many
INK = "#222222"
LOT_INK = "#1A1A1A"
BRIDGE = "#C2185B"


def colours(areas: Shapes, near: float) -> list[int]:
    """Number of a colour for each zone, another one for each zone within `near`.

    The most constrained zone is coloured first (Brélaz), with the least used colour.

    References
    ----------
    Brélaz (1979), New methods to color the vertices of a graph,
    doi:10.1145/359094.359101
    """
    n = len(areas)
    a, b = shapely.STRtree(areas).query(areas, predicate="dwithin", distance=near)
    beside: list[set[int]] = [set() for _ in range(n)]
    for i, j in zip(a.tolist(), b.tolist(), strict=True):
        if i != j:
            beside[i].add(j)
    chosen = [-1] * n
    used = [0] * len(PALETTE)
    seen: list[set[int]] = [set() for _ in range(n)]
    queue = [(0, -len(beside[i]), i) for i in range(n)]
    heapify(queue)
    while queue:
        rank, _, i = heappop(queue)
        if chosen[i] >= 0 or -rank < len(seen[i]):
            continue  # done, or entered again with a higher rank
        free = [c for c in range(len(PALETTE)) if c not in seen[i]]
        few = [c for c in free if c < CALM] or free or [*range(len(PALETTE))]
        chosen[i] = min(few, key=lambda c: (used[c], c))
        used[chosen[i]] += 1
        for j in beside[i]:
            if chosen[j] < 0 and chosen[i] not in seen[j]:
                seen[j].add(chosen[i])
                heappush(queue, (-len(seen[j]), -len(beside[j]), j))
    return chosen
