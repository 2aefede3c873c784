"""Places: points where buildings stand, and who there meets whom.

Addresses are geocoded to one point, a house stands in the middle of the block around
it: many buildings may share a place. Neighbours are found between places, which lie in
an order of their own, so that the order of rows decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from zoning.adjacency.triangles import components, triangulate, unique

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Pairs = NDArray[np.int64]

TOGETHER = 0.1  # metres: points this near are one place, whatever rounding made of them
MEETINGS = 2_500  # edges between the units of two places, where as many do
_NEAREST = 10  # places tried, besides the triangulation, where a bridge may start


@dataclass(frozen=True, eq=False)
class Stands:
    """One building of each group at each place, place by place, group by group."""

    building: Ints
    place: Ints
    group: Ints
    first: Ints  # where each place begins, and the end

    @property
    def count(self) -> Ints:
        """How many groups stand at each place."""
        return np.diff(self.first)

    @property
    def crowded(self) -> int:
        """Number of places so full that not all who stand there meet."""
        return int((self.count**2 > MEETINGS).sum())

    def meetings(self, pairs: Pairs) -> Pairs:
        """Buildings that meet where those at two places do, for pairs of places.

        A pair of a place with itself lets those meet who stand there. All meet all, up
        to `MEETINGS` a pair; beyond, each of the more numerous meets only the next few
        of the others in order, so that a thousand at one point stay some thousand
        edges, not half a million.
        """
        more = np.where(self.count[pairs].argmax(axis=1) == 1, *pairs.T[::-1])
        fewer = pairs.sum(axis=1) - more
        many, few = self.count[more], self.count[fewer]
        inside = more == fewer
        width = np.where(many * few <= MEETINGS, few, MEETINGS // np.maximum(many, 1))
        width = np.minimum(np.maximum(width, 1), few - inside)
        which = np.repeat(np.arange(len(pairs)), many * width)
        start = np.cumsum(many * width) - many * width
        at, turn = np.divmod(np.arange(len(which)) - start[which], width[which])
        then = (at * few[which] // many[which] + turn + inside[which]) % few[which]
        a = self.building[self.first[more[which]] + at]
        b = self.building[self.first[fewer[which]] + then]
        return unique(np.column_stack([a, b]))


@dataclass(frozen=True, eq=False)
class Places:
    """Where buildings stand: each point once, from west to east.

    Parameters
    ----------
    xy
        n × 2, metres.
    of
        For each building its place.
    """

    xy: Floats
    of: Ints

    @cached_property
    def sides(self) -> Pairs:
        """Sides of the Delaunay triangles of places; they hold every bridge."""
        return triangulate(self.xy)

    @cached_property
    def near(self) -> Pairs:
        """Sides and near pairs, which serve where all sides into a part are cut."""
        count = min(_NEAREST + 1, len(self.xy))
        found = cKDTree(self.xy).query(self.xy, k=count)[1].reshape(-1, count)
        here = np.repeat(np.arange(len(self.xy)), count)
        pairs = np.column_stack([here, found.ravel()])
        return unique(np.concatenate([self.sides, pairs]))

    def and_within(self, pairs: Pairs) -> Pairs:
        """These pairs of places, and each place with itself."""
        here = np.arange(len(self.xy))
        return np.concatenate([pairs, np.column_stack([here, here])])

    def stands(self, group: Ints, xy: Floats) -> Stands:
        """One building of each group at each place: the westernmost.

        Parameters
        ----------
        group
            Of each building; groups at one place stand in the order of their numbers.
        xy
            Of each building.
        """
        order = np.lexsort((*xy.T[::-1], group, self.of))
        place, sorted_group = self.of[order], group[order]
        fresh = np.ones(len(order), bool)
        fresh[1:] = (np.diff(place) != 0) | (np.diff(sorted_group) != 0)
        first = np.searchsorted(place[fresh], np.arange(len(self.xy) + 1))
        return Stands(order[fresh], place[fresh], sorted_group[fresh], first)


def places_of(xy: Floats) -> Places:
    """The places of buildings."""
    point, at = np.unique(xy, axis=0, return_inverse=True)
    close = cKDTree(point).query_pairs(TOGETHER, output_type="ndarray")
    part = components(close.astype(np.int64), len(point))
    first, of = np.unique(part, return_index=True, return_inverse=True)[1:]
    rank = np.argsort(np.argsort(first))
    return Places(point[np.sort(first)], rank[of][at.ravel()])
