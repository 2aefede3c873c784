"""Neighbours of units from neighbours of buildings: cut, lifted, joined by bridges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import cKDTree

from zoning.reading.triangles import components, lengths, triangulate, unique
from zoning.units import NO_EDGES, Barrier

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Pairs = NDArray[np.int64]
Shapes = NDArray[Any]

UNNAMED = "barrier "  # begins the name of a barrier that has none
_NEAREST = 10  # buildings tried, besides the triangulation, where a bridge may start
_TOLD = 20  # bridges and units named in a note


@dataclass(frozen=True, eq=False)
class Buildings:
    """What neighbours are found from.

    Parameters
    ----------
    shapes
        Point or footprint of each building, in metres.
    unit_of
        For each building the position of its unit.
    names
        Names of the units, for notes.
    barriers
        Lines and polygons no zone may cross, in metres.
    barrier_names
        Name and kind of each barrier.
    """

    shapes: Shapes
    unit_of: NDArray[np.int64]
    names: tuple[str, ...]
    barriers: Shapes = field(default_factory=lambda: np.empty(0, object))
    barrier_names: tuple[Barrier, ...] = ()

    @cached_property
    def xy(self) -> Floats:
        """Centroids, n × 2, metres."""
        return np.asarray(shapely.get_coordinates(shapely.centroid(self.shapes)))

    @cached_property
    def sides(self) -> Pairs:
        """Sides of the Delaunay triangles of the centroids; they hold every bridge."""
        return triangulate(self.xy)

    @cached_property
    def near(self) -> Pairs:
        """Sides and near pairs, which serve where all sides into a part are cut."""
        count = min(_NEAREST + 1, len(self.xy))
        found = cKDTree(self.xy).query(self.xy, k=count)[1].reshape(-1, count)
        here = np.repeat(np.arange(len(self.xy)), count)
        pairs = np.column_stack([here, found.ravel()])
        return unique(np.concatenate([self.sides, pairs]))


@dataclass(frozen=True, eq=False)
class Neighbours:
    """What an `Adjacency` finds: pairs of unit positions as `Region` takes them.

    `cut_by` gives for each of `cut_edges` the barriers that must all be open for the
    two units to touch; it may be left out where that is not known.
    """

    edges: NDArray[np.int32]
    bridges: NDArray[np.int32] = field(default_factory=NO_EDGES.copy)
    cut_edges: NDArray[np.int32] = field(default_factory=NO_EDGES.copy)
    cut_by: tuple[tuple[Barrier, ...], ...] = ()
    notes: tuple[str, ...] = ()


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
    if any of their buildings do. Parts that hang together by nothing are joined by
    the shortest bridges, those that cross no barrier first.

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
    crossings = _crossings(buildings, pairs)
    crosses = np.zeros(len(pairs), bool)
    crosses[crossings[:, 1]] = True
    edges = _lift(buildings, pairs[~crosses])
    notes = [f"Units are neighbours if they {rule}."][: len(buildings.names) - 1]
    added = np.zeros((0, 2), np.int64)
    if bridges:
        added = _bridges(buildings, edges, over_barriers=over_barriers)
        notes += _told_bridges(buildings, added)
        edges = unique(np.concatenate([edges, _lift(buildings, added)]))
    notes += [*_told_parts(buildings, edges), *_told_torn(buildings)]
    cut = _without(_lift(buildings, pairs[crosses]), edges, len(buildings.names))
    return Neighbours(
        edges.astype(np.int32),
        _lift(buildings, added).astype(np.int32),
        cut.astype(np.int32),
        _cut_by(buildings, cut, pairs, crossings),
        tuple(notes),
    )


def _between_units(buildings: Buildings, pairs: Pairs) -> Pairs:
    pairs = pairs.reshape(-1, 2)
    ends = buildings.unit_of[pairs]
    apart: Pairs = pairs[ends[:, 0] != ends[:, 1]]
    return apart


def _lift(buildings: Buildings, pairs: Pairs) -> Pairs:
    return unique(buildings.unit_of[pairs])


def _without(pairs: Pairs, others: Pairs, n: int) -> Pairs:
    return pairs[~np.isin(pairs @ [n, 1], others @ [n, 1])]


def _crossings(buildings: Buildings, pairs: Pairs) -> Pairs:
    """Rows (barrier, pair) for each straight line that meets a barrier."""
    if not len(buildings.barriers) or not len(pairs):
        return np.zeros((0, 2), np.int64)
    tree = shapely.STRtree(shapely.linestrings(buildings.xy[pairs]))
    # Barriers are the long shapes: asked this way round, GEOS indexes each once.
    return np.asarray(tree.query(buildings.barriers, predicate="intersects").T)


def _crosses(buildings: Buildings, pairs: Pairs) -> Bools:
    crosses = np.zeros(len(pairs), bool)
    crosses[_crossings(buildings, pairs)[:, 1]] = True
    return crosses


def _cut_by(
    buildings: Buildings, cut: Pairs, pairs: Pairs, crossings: Pairs
) -> tuple[tuple[Barrier, ...], ...]:
    """For each cut edge the barriers of the pair of buildings that crosses fewest.

    Opening these alone joins the units. Among pairs that cross equally many the
    shortest decides.
    """
    of_pair: dict[int, set[Barrier]] = {}
    for barrier, k in crossings.tolist():
        of_pair.setdefault(k, set()).add(buildings.barrier_names[barrier])
    away = np.round(lengths(buildings.xy, pairs), 3)
    ends = np.sort(buildings.unit_of[pairs], axis=1)
    best: dict[tuple[int, int], tuple[int, float, int]] = {}
    for k in sorted(of_pair):
        edge, rank = (int(ends[k, 0]), int(ends[k, 1])), (len(of_pair[k]), away[k], k)
        best[edge] = min(best.get(edge, rank), rank)
    return tuple(tuple(sorted(of_pair[best[a, b][2]])) for a, b in cut.tolist())


def _bridges(buildings: Buildings, edges: Pairs, *, over_barriers: bool) -> Pairs:
    """Pairs of buildings that join the parts: a least spanning tree between parts."""
    part = components(edges, len(buildings.names))
    if part.max() == 0:
        return np.zeros((0, 2), np.int64)
    part_of = part[buildings.unit_of]
    pairs = buildings.near
    pairs = pairs[part_of[pairs[:, 0]] != part_of[pairs[:, 1]]]
    crosses = _crosses(buildings, pairs)
    if not over_barriers:
        pairs, crosses = pairs[~crosses], crosses[~crosses]
    length = np.round(lengths(buildings.xy, pairs), 3)
    pairs = pairs[np.lexsort((*pairs.T[::-1], length, crosses))]
    ends = np.sort(part_of[pairs], axis=1)
    _, first = np.unique(ends @ [len(part), 1], return_index=True)
    a, b = ends[first].T
    size = int(part.max()) + 1
    rank = csr_array((first + 1.0, (a, b)), shape=(size, size))
    chosen = minimum_spanning_tree(rank).data.astype(np.int64) - 1
    joined: Pairs = pairs[np.sort(chosen)]
    return joined


def _told_bridges(buildings: Buildings, added: Pairs) -> Iterator[str]:
    """Bridges in words: those over barriers one by one, the others together."""
    over: dict[int, list[str]] = {}
    for barrier, k in _crossings(buildings, added).tolist():
        over.setdefault(k, []).append(_called(buildings.barrier_names[barrier]))
    length = lengths(buildings.xy, added)
    plain = [k for k in range(len(added)) if k not in over]
    if plain:
        plain.sort(key=lambda k: -length[k])
        some = [f"{_ends(buildings, added[k])} {length[k]:.0f} m" for k in plain]
        yield (
            f"{len(plain)} bridge(s) over no barrier join parts that would be "
            f"islands, longest first: {_list(some)}."
        )
    for k, names in sorted(over.items())[:_TOLD]:
        yield (
            f"A bridge {_ends(buildings, added[k])}, {length[k]:.0f} m, crosses "
            f"{_list(sorted(set(names)))}: nothing else joins its ends. Without "
            "bridges over barriers the parts stay apart."
        )
    if len(over) > _TOLD:
        yield f"{len(over) - _TOLD} more bridges cross barriers; see Region.bridges."


def _called(barrier: Barrier) -> str:
    """Kind and name; only the kind where the barrier has no name of its own."""
    if barrier.kind and barrier.name.startswith(UNNAMED):
        return barrier.kind
    return f"{barrier.kind} {barrier.name}".strip()


def _ends(buildings: Buildings, pair: Pairs) -> str:
    return " – ".join(buildings.names[i] for i in buildings.unit_of[pair])


def _list(names: list[str]) -> str:
    more = f" and {len(names) - _TOLD} more" if len(names) > _TOLD else ""
    return ", ".join(names[:_TOLD]) + more


def _told_parts(buildings: Buildings, edges: Pairs) -> Iterator[str]:
    """How many parts are left that do not touch, and a unit of each."""
    part = components(edges, len(buildings.names))
    first = np.unique(part, return_index=True)[1]
    if len(first) > 1:
        some = [buildings.names[i] for i in np.sort(first)]
        yield (
            f"The units fall into {len(first)} parts that do not touch; no zone can "
            f"span two of them (one unit of each: {_list(some)})."
        )


def _told_torn(buildings: Buildings) -> Iterator[str]:
    """Units whose buildings stand on both sides of a barrier."""
    if not len(buildings.barriers) or len(buildings.names) == len(buildings.unit_of):
        return
    pairs = buildings.near
    unit = buildings.unit_of[pairs]
    pairs = pairs[unit[:, 0] == unit[:, 1]]
    free = pairs[~_crosses(buildings, pairs)]
    n = len(buildings.unit_of)
    whole, cut = components(pairs, n), components(free, n)
    first = np.unique(cut, return_index=True)[1]
    count = np.bincount(whole[first], minlength=n)
    torn = np.unique(buildings.unit_of[count[whole] > 1])
    if len(torn):
        yield (
            f"{len(torn)} unit(s) have buildings on both sides of a barrier and stay "
            f"whole all the same: {_list([buildings.names[i] for i in torn])}. Split "
            "them in the unit column if they should not."
        )
