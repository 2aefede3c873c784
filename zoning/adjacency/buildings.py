"""Buildings as neighbours are found from them: shapes, units, barriers between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.adjacency.places import Places, Stands, places_of
from zoning.adjacency.triangles import lengths
from zoning.region import Barrier, Span

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Pairs = NDArray[np.int64]
Shapes = NDArray[Any]

UNNAMED = "barrier "  # begins the name of a barrier that has none


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
        Names of the units.
    barriers
        Lines and polygons no zone may cross, in metres.
    barrier_names
        Name and kind of each barrier.
    closed
        Barriers that no bridge crosses either, such as the roads that zones are cut
        at; none if not given.
    ids
        What buildings are called, for telling of bridges; each like its unit if not
        given.
    told
        What people call the units, for notes; as `names` if not given.
    max_gap
        Two buildings with more metres between their walls touch by a bridge at most;
        None: no limit.
    """

    shapes: Shapes
    unit_of: NDArray[np.int64]
    names: tuple[str, ...]
    barriers: Shapes = field(default_factory=lambda: np.empty(0, object))
    barrier_names: tuple[Barrier, ...] = ()
    closed: Bools = field(default_factory=lambda: np.zeros(0, bool))
    ids: tuple[str, ...] = ()
    max_gap: float | None = None
    told: tuple[str, ...] = ()

    @cached_property
    def xy(self) -> Floats:
        """Centroids, n × 2, metres."""
        return np.asarray(shapely.get_coordinates(shapely.centroid(self.shapes)))

    @cached_property
    def places(self) -> Places:
        """The points they stand at."""
        return places_of(self.xy)

    @cached_property
    def stands(self) -> Stands:
        """One building of each unit at each place; units there by name."""
        order = np.argsort(np.argsort(np.array(self.names, object), kind="stable"))
        return self.places.stands(order[self.unit_of], self.xy)

    @cached_property
    def sides(self) -> Pairs:
        """Pairs that see each other: those at one place, and at the ends of a side.

        Sides are those of the Delaunay triangles of places.
        """
        return self.stands.meetings(self.places.and_within(self.places.sides))

    def crossings(self, pairs: Pairs) -> Pairs:
        """Rows (barrier, pair) for each straight line that meets a barrier."""
        if not len(self.barriers) or not len(pairs):
            return np.zeros((0, 2), np.int64)
        tree = shapely.STRtree(shapely.linestrings(self.xy[pairs]))
        # Barriers are the long shapes: asked this way round, GEOS indexes each once.
        return np.asarray(tree.query(self.barriers, predicate="intersects").T)

    def crosses(self, pairs: Pairs) -> Bools:
        """Which straight lines meet a barrier."""
        crosses = np.zeros(len(pairs), bool)
        crosses[self.crossings(pairs)[:, 1]] = True
        return crosses

    def crosses_closed(self, pairs: Pairs) -> Bools:
        """Which straight lines meet a barrier that no bridge crosses."""
        crosses = np.zeros(len(pairs), bool)
        if self.closed.any():
            barrier, pair = self.crossings(pairs).T
            crosses[pair[self.closed[barrier]]] = True
        return crosses

    def gaps(self, pairs: Pairs) -> Floats:
        """Metres from wall to wall; of points from one to the other."""
        a, b = self.shapes[pairs[:, 0]], self.shapes[pairs[:, 1]]
        return np.asarray(shapely.distance(a, b), np.float64)

    def too_wide(self, pairs: Pairs) -> Bools:
        """Which pairs have more between their walls than `max_gap`."""
        wide = np.zeros(len(pairs), bool)
        if self.max_gap is not None:
            # walls are never farther apart than the middles
            long = np.flatnonzero(lengths(self.xy, pairs) > self.max_gap)
            wide[long] = np.rint(self.gaps(pairs[long])) > self.max_gap
        return wide

    def span(self, pair: Sequence[int]) -> Span:
        """What a bridge between two buildings spans."""
        metres = round(float(self.gaps(np.array([pair]))[0]))
        one, other = sorted(
            self.ids[i] if self.ids else self.names[self.unit_of[i]] for i in pair
        )
        return Span(metres, (one, other))

    def called(self, unit: int) -> str:
        """What notes call a unit."""
        return (self.told or self.names)[unit]

    def ends(self, pair: Pairs) -> str:
        """The units of a pair by name."""
        return " – ".join(sorted(self.called(i) for i in self.unit_of[pair]))


def called(barrier: Barrier) -> str:
    """Kind and name of a barrier; only the kind where it has no name of its own."""
    if barrier.kind and barrier.name.startswith(UNNAMED):
        return barrier.kind
    return f"{barrier.kind} {barrier.name}".strip()
