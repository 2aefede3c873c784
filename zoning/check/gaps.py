"""How wide the widest gap is that a zone must bridge to hang together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from zoning.plan import Plan
from zoning.region import Region, Span
from zoning.text.lists import first_few

_TOLD = 5  # zones


def widest_gaps(plan: Plan) -> tuple[Span | None, ...]:
    """For each zone the widest bridge that it cannot do without, or None.

    A zone is put together by its edges, bridges last, the shortest first: the last
    bridge that joins two parts of it is the one.
    """
    region = plan.problem.edited_region
    out: list[Span | None] = [None] * plan.num_zones
    if not len(region.bridges):
        return tuple(out)
    zone_of = plan.zone_of
    inside = [
        (span, a, b)
        for span, (a, b) in zip(region.spans, region.bridges.tolist(), strict=True)
        if zone_of[a] == zone_of[b]
    ]
    bridged = {(a, b) for _, a, b in inside}
    some = np.isin(zone_of, [zone_of[a] for _, a, _ in inside])
    group = list(range(len(zone_of)))

    def root(i: int) -> int:
        while group[i] != i:
            group[i] = group[group[i]]
            i = group[i]
        return i

    for a, b in region.edges[some[region.edges].all(axis=1)].tolist():
        if zone_of[a] == zone_of[b] and (a, b) not in bridged:
            group[root(a)] = root(b)
    for span, a, b in sorted(inside):
        if root(a) != root(b):
            group[root(a)] = root(b)
            out[int(zone_of[a])] = span
    return tuple(out)


def called_ends(region: Region, gap: Span) -> tuple[str, str]:
    """The buildings at both ends, each with its compound where it has one."""
    unit_of = dict(zip(region.building_ids, region.unit_of_building, strict=True))
    one, other = (
        name if (unit := region.labels[unit_of[name]]) == name else f"{unit} ({name})"
        for name in gap.ends
    )
    return one, other


def told_gaps(
    region: Region, names: Sequence[str], gaps: Sequence[Span | None]
) -> Iterator[str]:
    """One sentence on zones that hang together only by bridges; none without any."""
    found = [(gap, name) for gap, name in zip(gaps, names, strict=True) if gap]
    if not found:
        return
    found.sort(key=lambda one: -one[0].metres)
    some = (
        f"zone {name} over {gap.metres:,} m ({' – '.join(called_ends(region, gap))})"
        for gap, name in found
    )
    many = "1 zone hangs" if len(found) == 1 else f"{len(found)} zones hang"
    yield (
        f"{many} together only by bridges, the longest first: "
        f"{first_few(some, _TOLD, mark='; ')}."
    )
