"""Who touches whom: rules by which buildings are neighbours."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.adjacency.buildings import Buildings
from zoning.adjacency.neighbours import Neighbours, connect
from zoning.adjacency.places import MEETINGS
from zoning.adjacency.triangles import components, lengths, unique
from zoning.errors import InputError
from zoning.text.arguments import FLAG, NUMBER, take

Floats = NDArray[np.float64]
Pairs = NDArray[np.int64]
Shapes = NDArray[Any]

TRIM = 3.0  # a neighbour is at most so many times the usual distance away
_SAME = 5.0  # metres: steps so short are taken within one place
_FEW = 4  # groups of buildings; of fewer nobody knows what is usual between them
_GROUP = 10  # buildings in a group of the usual size, which makes the group a place


class Adjacency(Protocol):
    """Finds who touches whom. Write a function that ends with `connect`."""

    def __call__(self, buildings: Buildings, /) -> Neighbours:
        """Neighbours among the units of these buildings."""
        ...


_ISLANDS = {"bridges": FLAG, "over_barriers": FLAG}


@dataclass(frozen=True)
class Delaunay:
    """Neighbours see each other: short sides of the Delaunay triangles of centroids.

    Units at one point touch each other, and all touch the neighbours of that point.

    Parameters
    ----------
    max_edge
        Longest side kept, metres, above 0. Default: `TRIM` times the usual distance
        of buildings of different units, so that gaps and lanes usual in this town
        join and unusual ones do not. What is usual is the median between places:
        where buildings stand in small groups, such as those of one address, that
        between groups.
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
        take(self, max_edge=NUMBER.or_none, **_ISLANDS)
        if self.max_edge is not None:
            _require_positive("max_edge", self.max_edge)

    def __call__(self, buildings: Buildings, /) -> Neighbours:
        """Neighbours among the units of these buildings."""
        pairs = buildings.sides
        places = buildings.places
        length = lengths(places.xy, places.of[pairs])
        limit = self.max_edge or TRIM * _usual(buildings, pairs, length)
        found = connect(
            buildings,
            pairs[length <= limit],
            bridges=self.bridges,
            over_barriers=self.over_barriers,
            rule=f"see each other over at most {limit:.0f} m",
        )
        notes = (*found.notes, *_told_crowds(buildings))
        return replace(found, notes=notes, reach=limit)


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
        take(self, metres=NUMBER, **_ISLANDS)
        if not self.metres >= 0:
            msg = f"metres must be a number >= 0; got {self.metres}."
            raise InputError(msg)

    def __call__(self, buildings: Buildings, /) -> Neighbours:
        """Neighbours among the units of these buildings."""
        tree = shapely.STRtree(buildings.shapes)
        found = tree.query(buildings.shapes, predicate="dwithin", distance=self.metres)
        joined = connect(
            buildings,
            unique(found.T),
            bridges=self.bridges,
            over_barriers=self.over_barriers,
            rule=f"stand at most {self.metres:g} m apart",
        )
        return replace(joined, reach=self.metres)


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
        take(self, limit=NUMBER, **_ISLANDS)
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


def _usual(buildings: Buildings, pairs: Pairs, length: Floats) -> float:
    """The usual distance of neighbouring places, metres.

    A place is what stands within a few metres. As long as short steps make many small
    groups, these are the places, and the steps between them what is usual.
    """
    count, gaps = len(buildings.xy), _Gaps(buildings, pairs, length)
    place = components(pairs[length <= _SAME], count)
    usual = gaps.median(buildings.places.of)
    while (gap := gaps.median(place)) > 0:
        usual = gap
        part = components(pairs[length <= TRIM * usual], count)
        places, parts = len(np.unique(place)), len(np.unique(part))
        if parts < _FEW or places >= _GROUP * parts:
            break
        place = part
    return usual


@dataclass(frozen=True, eq=False)
class _Gaps:
    """Steps between buildings, and how wide they are between groups of these."""

    buildings: Buildings
    pairs: Pairs
    length: Floats

    def median(self, group: NDArray[np.integer[Any]]) -> float:
        """Over neighbouring groups the shortest step between units; 0 for none."""
        unit = self.buildings.unit_of[self.pairs]
        ends = np.sort(group[self.pairs].astype(np.int64), axis=1)
        between = (unit[:, 0] != unit[:, 1]) & (ends[:, 0] != ends[:, 1])
        if not between.any():
            return 0.0
        key = ends[between] @ [len(group), 1]
        order = np.lexsort((self.length[between], key))
        first = np.unique(key[order], return_index=True)[1]
        return float(np.median(self.length[between][order][first]))


def _told_crowds(buildings: Buildings) -> Iterator[str]:
    crowded = buildings.stands.crowded
    if crowded:
        yield (
            f"At {crowded:,} point(s) stand more than {math.isqrt(MEETINGS)} units; "
            "there not all touch one another, but each the next few by name. Give "
            "the true places, or name the compounds as units."
        )


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
    return unique(cells.index.to_numpy()[found.T].astype(np.int64))


def _turn(xy: Floats) -> Floats:
    """Turn by one radian: GEOS gives overlapping cells to walls along the axes."""
    cos, sin = np.cos(1.0), np.sin(1.0)
    return np.column_stack([xy @ [cos, -sin], xy @ [sin, cos]])


def _require_positive(name: str, value: float) -> None:
    if not value > 0:
        msg = f"{name} must be a number of metres above 0; got {value}."
        raise InputError(msg)
