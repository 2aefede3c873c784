"""Who touches whom: neighbours of buildings, cut by barriers, lifted to units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial import Delaunay as Triangulation
from scipy.spatial import QhullError, cKDTree

from zoning.errors import InputError
from zoning.units import NO_EDGES

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Pairs = NDArray[np.int64]
Shapes = NDArray[Any]

TRIM = 3.0  # a neighbour is at most so many times the median distance away
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
        What each barrier is called in notes.
    """

    shapes: Shapes
    unit_of: NDArray[np.int64]
    names: tuple[str, ...]
    barriers: Shapes = field(default_factory=lambda: np.empty(0, object))
    barrier_names: tuple[str, ...] = ()

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
        return _unique(np.concatenate([self.sides, pairs]))


@dataclass(frozen=True, eq=False)
class Neighbours:
    """What an `Adjacency` finds: pairs of unit positions as `Region` takes them."""

    edges: NDArray[np.int32]
    bridges: NDArray[np.int32] = field(default_factory=NO_EDGES.copy)
    cut_edges: NDArray[np.int32] = field(default_factory=NO_EDGES.copy)
    notes: tuple[str, ...] = ()


class Adjacency(Protocol):
    """Finds who touches whom. Write a function that ends with `connect`."""

    def __call__(self, buildings: Buildings, /) -> Neighbours:
        """Neighbours among the units of these buildings."""
        ...


@dataclass(frozen=True)
class Delaunay:
    """Neighbours see each other: short sides of the Delaunay triangles of centroids.

    Parameters
    ----------
    max_edge
        Longest side kept, metres, above 0. Default: `TRIM` times the median side
        between buildings of different units, so that gaps and lanes usual in this
        town join and unusual ones do not.
    bridges, over_barriers
        See `connect`.

    Examples
    --------
    >>> square = Buildings(
    ...     shapely.points([(0, 0), (0, 50), (50, 0), (60, 60)]),
    ...     np.arange(4),
    ...     ("a", "b", "c", "d"),
    ... )
    >>> Delaunay()(square).edges.tolist()
    [[0, 1], [0, 2], [1, 2], [1, 3], [2, 3]]
    """

    max_edge: float | None = None
    bridges: bool = True
    over_barriers: bool = True

    def __post_init__(self) -> None:
        if self.max_edge is not None:
            _require_positive("max_edge", self.max_edge)

    def __call__(self, buildings: Buildings, /) -> Neighbours:
        """Neighbours among the units of these buildings."""
        pairs = buildings.sides
        length = _length(buildings.xy, pairs)
        limit = self.max_edge or _usual_limit(buildings, pairs, length)
        return connect(
            buildings,
            pairs[length <= limit],
            bridges=self.bridges,
            over_barriers=self.over_barriers,
            rule=f"see each other over at most {limit:.0f} m",
        )


@dataclass(frozen=True)
class Within:
    """Neighbours are units whose walls are at most `metres` apart.

    Parameters
    ----------
    metres
        Largest gap, at least 0. Lanes inside a block are seldom over 25, streets
        seldom over 60.
    bridges, over_barriers
        See `connect`.
    """

    metres: float
    bridges: bool = True
    over_barriers: bool = True

    def __post_init__(self) -> None:
        if not (np.isfinite(self.metres) and self.metres >= 0):
            msg = f"metres must be a number >= 0; got {self.metres}."
            raise InputError(msg)

    def __call__(self, buildings: Buildings, /) -> Neighbours:
        """Neighbours among the units of these buildings."""
        tree = shapely.STRtree(buildings.shapes)
        found = tree.query(buildings.shapes, predicate="dwithin", distance=self.metres)
        return connect(
            buildings,
            _unique(found.T),
            bridges=self.bridges,
            over_barriers=self.over_barriers,
            rule=f"stand at most {self.metres:g} m apart",
        )


@dataclass(frozen=True)
class Tessellation:
    """Neighbours' cells touch: the ground nearest to each footprint.

    Needs momepy (``pip install zoning[tessellation]``) and footprints.

    Parameters
    ----------
    limit
        A cell reaches at most so far from its walls, metres, above 0.
    bridges, over_barriers
        See `connect`.

    References
    ----------
    Fleischmann et al. (2020), Morphological tessellation as a way of partitioning
    space, Computers, Environment and Urban Systems 80,
    https://doi.org/10.1016/j.compenvurbsys.2019.101441
    """

    limit: float = 100.0
    bridges: bool = True
    over_barriers: bool = True

    def __post_init__(self) -> None:
        _require_positive("limit", self.limit)

    def __call__(self, buildings: Buildings, /) -> Neighbours:
        """Neighbours among the units of these buildings."""
        return connect(
            buildings,
            _touching_cells(buildings.shapes, self.limit),
            bridges=self.bridges,
            over_barriers=self.over_barriers,
            rule=f"have cells that touch within {self.limit:g} m of walls",
        )


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
    crosses = _crosses(buildings, pairs)
    edges = _lift(buildings, pairs[~crosses])
    notes = [f"Units are neighbours if they {rule}."][: len(buildings.names) - 1]
    added = np.zeros((0, 2), np.int64)
    if bridges:
        added = _bridges(buildings, edges, over_barriers=over_barriers)
        notes += _told_bridges(buildings, added)
        edges = _unique(np.concatenate([edges, _lift(buildings, added)]))
    notes += [*_told_parts(buildings, edges), *_told_torn(buildings)]
    cut = _without(_lift(buildings, pairs[crosses]), edges, len(buildings.names))
    return Neighbours(
        edges.astype(np.int32),
        _lift(buildings, added).astype(np.int32),
        cut.astype(np.int32),
        tuple(notes),
    )


def triangulate(xy: Floats) -> Pairs:
    """Sides of the Delaunay triangles of points; on a line, from each to the next.

    Points in one place are joined to the first of them.
    """
    if len(xy) < 2:
        return np.zeros((0, 2), np.int64)
    place, first, inverse = np.unique(
        xy, axis=0, return_index=True, return_inverse=True
    )
    twins = np.column_stack([first[inverse.ravel()], np.arange(len(xy))])
    return _unique(np.concatenate([first[_sides(place)], twins]))


def parts_within(xy: Floats, metres: float) -> NDArray[np.int32]:
    """For each point its part, where steps of at most `metres` hold a part together."""
    # The shortest step between two parts is a side of a Delaunay triangle.
    pairs = triangulate(xy)
    return _components(pairs[_length(xy, pairs) <= metres], len(xy))


def _sides(place: Floats) -> Pairs:
    """Sides of the triangles of points that all differ, at least one point."""
    middle = place - place.mean(axis=0)
    try:
        mesh = Triangulation(middle)
    except (QhullError, ValueError):  # fewer than three points, or all on a line
        return _chain(middle)
    a, b, c = mesh.simplices.T.astype(np.int64)
    left_out = mesh.coplanar[:, [0, 2]].astype(np.int64)  # lost to rounding
    return np.concatenate(
        [np.column_stack(side) for side in ((a, b), (b, c), (c, a))] + [left_out]
    )


def _chain(middle: Floats) -> Pairs:
    """From each point to the next along the line they lie on."""
    direction = np.linalg.svd(middle, full_matrices=False)[2][0]
    order = np.argsort(middle @ direction, kind="stable")
    return np.column_stack([order[:-1], order[1:]])


def _usual_limit(buildings: Buildings, pairs: Pairs, length: Floats) -> float:
    between = buildings.unit_of[pairs[:, 0]] != buildings.unit_of[pairs[:, 1]]
    return TRIM * float(np.median(length[between])) if between.any() else 0.0


def _touching_cells(shapes: Shapes, limit: float) -> Pairs:
    if not np.isin(shapely.get_type_id(shapes), (3, 6)).all():
        msg = (
            "Tessellation needs footprints; some buildings are points. Use "
            "adjacency=Delaunay() or give footprints."
        )
        raise InputError(msg)
    try:
        import geopandas
        import momepy
    except ImportError as error:
        msg = (
            "Tessellation needs momepy, which is not installed. Install it by 'pip "
            "install zoning[tessellation]' or use adjacency=Delaunay()."
        )
        raise InputError(msg) from error
    shapes = shapely.transform(shapes, _turn)
    around = shapely.union_all(shapely.buffer(shapes, limit))
    cells = momepy.morphological_tessellation(
        geopandas.GeoDataFrame(geometry=shapes), clip=around
    )
    outline = cells.geometry.to_numpy()
    if shapely.area(outline).sum() > 1.01 * around.area:
        msg = (
            "Tessellation failed: cells overlap, as happens to buildings on an exact "
            "grid. Use adjacency=Delaunay() or Within(metres)."
        )
        raise InputError(msg)
    found = shapely.STRtree(outline).query(outline, predicate="intersects")
    return _unique(cells.index.to_numpy()[found.T].astype(np.int64))


def _turn(xy: Floats) -> Floats:
    """Turn by one radian: GEOS gives overlapping cells to walls along the axes."""
    cos, sin = np.cos(1.0), np.sin(1.0)
    return np.column_stack([xy @ [cos, -sin], xy @ [sin, cos]])


def _require_positive(name: str, value: float) -> None:
    if not (np.isfinite(value) and value > 0):
        msg = f"{name} must be a number of metres above 0; got {value}."
        raise InputError(msg)


def _length(xy: Floats, pairs: Pairs) -> Floats:
    return np.asarray(np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T))


def _unique(pairs: Pairs) -> Pairs:
    """Each pair once, the lower position first, none with itself, in order."""
    pairs = np.sort(pairs.reshape(-1, 2), axis=1)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    pairs = pairs[np.lexsort(pairs.T[::-1])]
    fresh = np.ones(len(pairs), bool)
    fresh[1:] = (pairs[1:] != pairs[:-1]).any(axis=1)
    return pairs[fresh]


def _between_units(buildings: Buildings, pairs: Pairs) -> Pairs:
    pairs = pairs.reshape(-1, 2)
    ends = buildings.unit_of[pairs]
    apart: Pairs = pairs[ends[:, 0] != ends[:, 1]]
    return apart


def _lift(buildings: Buildings, pairs: Pairs) -> Pairs:
    return _unique(buildings.unit_of[pairs])


def _without(pairs: Pairs, others: Pairs, n: int) -> Pairs:
    return pairs[~np.isin(pairs @ [n, 1], others @ [n, 1])]


def _components(pairs: Pairs, n: int) -> NDArray[np.int32]:
    ones = np.ones(len(pairs), np.int8)
    graph = csr_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1])


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


def _bridges(buildings: Buildings, edges: Pairs, *, over_barriers: bool) -> Pairs:
    """Pairs of buildings that join the parts: a least spanning tree between parts."""
    part = _components(edges, len(buildings.names))
    if part.max() == 0:
        return np.zeros((0, 2), np.int64)
    part_of = part[buildings.unit_of]
    pairs = buildings.near
    pairs = pairs[part_of[pairs[:, 0]] != part_of[pairs[:, 1]]]
    crosses = _crosses(buildings, pairs)
    if not over_barriers:
        pairs, crosses = pairs[~crosses], crosses[~crosses]
    length = np.round(_length(buildings.xy, pairs), 3)
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
        over.setdefault(k, []).append(buildings.barrier_names[barrier])
    length = _length(buildings.xy, added)
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


def _ends(buildings: Buildings, pair: Pairs) -> str:
    return " – ".join(buildings.names[i] for i in buildings.unit_of[pair])


def _list(names: list[str]) -> str:
    more = f" and {len(names) - _TOLD} more" if len(names) > _TOLD else ""
    return ", ".join(names[:_TOLD]) + more


def _told_parts(buildings: Buildings, edges: Pairs) -> Iterator[str]:
    """How many parts are left that do not touch, and a unit of each."""
    part = _components(edges, len(buildings.names))
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
    whole, cut = _components(pairs, n), _components(free, n)
    first = np.unique(cut, return_index=True)[1]
    count = np.bincount(whole[first], minlength=n)
    torn = np.unique(buildings.unit_of[count[whole] > 1])
    if len(torn):
        yield (
            f"{len(torn)} unit(s) have buildings on both sides of a barrier and stay "
            f"whole all the same: {_list([buildings.names[i] for i in torn])}. Split "
            "them in the unit column if they should not."
        )
