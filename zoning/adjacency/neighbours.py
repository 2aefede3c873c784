"""Neighbours of units from neighbours of buildings: cut, lifted, joined by bridges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from zoning.adjacency.bridges import bridges_between, told_bridges
from zoning.adjacency.buildings import Buildings
from zoning.adjacency.places import Stands
from zoning.adjacency.triangles import components, lengths, unique
from zoning.region import NO_EDGES, Barrier, Span
from zoning.text.lists import first_few

Pairs = NDArray[np.int64]

_TOLD = 20  # units named in a note


@dataclass(frozen=True, eq=False)
class Neighbours:
    """What an `Adjacency` finds: pairs of unit positions as `Region` takes them.

    `cut_by` gives for each of `cut_edges` the barriers that must all be open for the
    two units to touch, `spans` for each of `bridges` what it spans; either may be left
    out where that is not known. `reach` is within how many metres they were looked for.
    """

    edges: NDArray[np.int32]
    bridges: NDArray[np.int32] = field(default_factory=NO_EDGES.copy)
    spans: tuple[Span, ...] = ()
    cut_edges: NDArray[np.int32] = field(default_factory=NO_EDGES.copy)
    cut_by: tuple[tuple[Barrier, ...], ...] = ()
    notes: tuple[str, ...] = ()
    reach: float | None = None


def connect(
    buildings: Buildings,
    pairs: Pairs,
    *,
    bridges: bool = True,
    over_barriers: bool = True,
    rule: str = "were given as neighbours",
) -> Neighbours:
    """Neighbours of units, from neighbours of buildings: cut, lift, join.

    A pair whose straight line between centroids meets a barrier is cut. Units touch
    if any of their buildings do. A pair with more than `Buildings.max_gap` between its
    walls is left out where its units hang together without it, and is a bridge where
    they do not. Parts that hang together by nothing are joined by the shortest bridges,
    those that cross no barrier first. A bridge joins all that stand at its two ends.

    Parameters
    ----------
    buildings
        Buildings, their units and the barriers.
    pairs
        m × 2 positions of buildings that touch.
    bridges
        False: parts stay apart.
    over_barriers
        False: parts that only a bridge over a barrier could join stay apart.
    rule
        How the pairs were found, for the note: "Units are neighbours if they ...".
    """
    pairs = _between_units(buildings, pairs)
    crossings = buildings.crossings(pairs)
    crosses = np.zeros(len(pairs), bool)
    crosses[crossings[:, 1]] = True
    near, wide = _by_width(buildings, pairs[~crosses])
    edges = _lift(buildings, near)
    notes = [f"Units are neighbours if they {rule}."][: len(buildings.names) - 1]
    if len(wide):
        notes.append(
            f"{len(_lift(buildings, wide))} of them have more than "
            f"{buildings.max_gap:g} m between their walls; they touch by bridges."
        )
    added = wide
    if bridges:
        edges = unique(np.concatenate([edges, _lift(buildings, wide)]))
        found = bridges_between(buildings, edges, over_barriers=over_barriers)
        added = np.concatenate([wide, *(bridge.all for bridge in found)])
        notes += told_bridges(buildings, found)
    edges = unique(np.concatenate([edges, _lift(buildings, added)]))
    spanned, spans = _spans(buildings, added)
    notes += [*_told_parts(buildings, edges), *_told_torn(buildings)]
    cut = _without(_lift(buildings, pairs[crosses]), edges, len(buildings.names))
    return Neighbours(
        edges.astype(np.int32),
        spanned.astype(np.int32),
        spans,
        cut.astype(np.int32),
        _cut_by(buildings, cut, pairs, crossings),
        tuple(notes),
    )


def _by_width(buildings: Buildings, pairs: Pairs) -> tuple[Pairs, Pairs]:
    """Pairs that touch, and those too wide for it between parts that do not."""
    wide = buildings.too_wide(pairs)
    if not wide.any():
        return pairs, pairs[:0]
    near, far = pairs[~wide], pairs[wide]
    part = components(_lift(buildings, near), len(buildings.names))
    ends = part[buildings.unit_of[far]]
    return near, far[ends[:, 0] != ends[:, 1]]


def _spans(buildings: Buildings, pairs: Pairs) -> tuple[Pairs, tuple[Span, ...]]:
    """The bridges of units, and what the shortest of each spans."""
    best: dict[tuple[int, int], Span] = {}
    ends = np.sort(buildings.unit_of[pairs], axis=1)
    for (a, b), pair in zip(ends.tolist(), pairs.tolist(), strict=True):
        span = buildings.span(pair)
        best[a, b] = min(span, best.get((a, b), span))
    edges = sorted(best)
    return np.array(edges, np.int64).reshape(-1, 2), tuple(best[x] for x in edges)


def _between_units(buildings: Buildings, pairs: Pairs) -> Pairs:
    pairs = pairs.reshape(-1, 2)
    ends = buildings.unit_of[pairs]
    apart: Pairs = pairs[ends[:, 0] != ends[:, 1]]
    return apart


def _lift(buildings: Buildings, pairs: Pairs) -> Pairs:
    return unique(buildings.unit_of[pairs])


def _without(pairs: Pairs, others: Pairs, n: int) -> Pairs:
    return pairs[~np.isin(pairs @ [n, 1], others @ [n, 1])]


def _cut_by(
    buildings: Buildings, cut: Pairs, pairs: Pairs, crossings: Pairs
) -> tuple[tuple[Barrier, ...], ...]:
    """For each cut edge the barriers of the pair of buildings that crosses fewest.

    Opening these alone joins the units. Among pairs that cross equally many the
    shortest decides, then the names.
    """
    of_pair: dict[int, set[Barrier]] = {}
    for barrier, k in crossings.tolist():
        of_pair.setdefault(k, set()).add(buildings.barrier_names[barrier])
    away = np.round(lengths(buildings.xy, pairs), 3)
    ends = np.sort(buildings.unit_of[pairs], axis=1)
    best: dict[tuple[int, int], tuple[int, float, tuple[Barrier, ...]]] = {}
    for k, by in of_pair.items():
        edge = (int(ends[k, 0]), int(ends[k, 1]))
        rank = (len(by), float(away[k]), tuple(sorted(by)))
        best[edge] = min(best.get(edge, rank), rank)
    return tuple(best[a, b][2] for a, b in cut.tolist())


def _told_parts(buildings: Buildings, edges: Pairs) -> Iterator[str]:
    """How many parts are left that do not touch, and a unit of each."""
    part = components(edges, len(buildings.names))
    first = np.unique(part, return_index=True)[1]
    if len(first) > 1:
        some = [buildings.called(i) for i in np.sort(first)]
        yield (
            f"The units fall into {len(first)} parts that do not touch; no zone can "
            f"span two of them (one unit of each: {first_few(some, _TOLD)})."
        )


def _told_torn(buildings: Buildings) -> Iterator[str]:
    """Units whose buildings stand on both sides of a barrier."""
    if not len(buildings.barriers) or len(buildings.names) == len(buildings.unit_of):
        return
    stands = buildings.stands
    pairs = _same_group(stands, buildings.places.near)
    free = pairs[~buildings.crosses(stands.building[pairs])]
    n = len(stands.building)
    whole, cut = components(pairs, n), components(free, n)
    first = np.unique(cut, return_index=True)[1]
    count = np.bincount(whole[first], minlength=n)
    at = stands.building[count[whole] > 1]
    torn = np.unique(buildings.unit_of[at])
    if len(torn):
        told = first_few((buildings.called(i) for i in torn), _TOLD)
        yield (
            f"{len(torn)} unit(s) have buildings on both sides of a barrier and stay "
            f"whole all the same: {told}. Split "
            "them in the unit column if they should not."
        )


def _same_group(stands: Stands, places: Pairs) -> Pairs:
    """Positions of stands of one group at two places, for pairs of places."""
    many = stands.count[places[:, 0]]
    which = np.repeat(np.arange(len(places)), many)
    start = np.cumsum(many) - many
    a = stands.first[places[which, 0]] + np.arange(len(which)) - start[which]
    size = int(stands.group.max()) + 1
    key = stands.place * size + stands.group  # ascending
    wanted = places[which, 1] * size + stands.group[a]
    b = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
    found = key[b] == wanted
    return np.column_stack([a[found], b[found]])
