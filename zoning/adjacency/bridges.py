"""Bridges: what joins parts that would be islands, and which there are in words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import minimum_spanning_tree

from zoning.adjacency.buildings import Buildings, called
from zoning.adjacency.places import MEETINGS, Stands
from zoning.adjacency.triangles import components, lengths
from zoning.text.lists import first_few

Ints = NDArray[np.int64]
Pairs = NDArray[np.int64]

_TOLD = 20  # bridges over barriers told one by one


@dataclass(frozen=True, eq=False)
class Bridge:
    """What joins two parts: all who stand at its ends, and a pair that tells of them.

    `ends` is one row of two buildings, `all` holds every pair.
    """

    ends: Pairs
    all: Pairs


def bridges_between(
    buildings: Buildings, edges: Pairs, *, over_barriers: bool
) -> list[Bridge]:
    """What joins the parts: a least spanning tree between them."""
    part_of_unit = components(edges, len(buildings.names)).astype(np.int64)
    if part_of_unit.max() == 0:
        return []
    stands, places = buildings.stands, buildings.places
    part = _by_place(part_of_unit[buildings.unit_of], stands)
    here = places.stands(part, buildings.xy)
    pairs = here.meetings(places.and_within(places.near))
    pairs = pairs[part[pairs[:, 0]] != part[pairs[:, 1]]]
    pairs = pairs[~buildings.crosses_closed(pairs)]
    crosses = buildings.crosses(pairs)
    if not over_barriers:
        pairs, crosses = pairs[~crosses], crosses[~crosses]
    # by place and part, never by row, where gaps and lengths are equal
    ends = np.sort(places.of[pairs] * (part.max() + 1) + part[pairs], axis=1)
    length = np.round(lengths(buildings.xy, pairs), 3)
    gap = np.round(buildings.gaps(pairs), 3)
    pairs = pairs[np.lexsort((*ends.T[::-1], length, gap, crosses))]
    size = int(part.max()) + 1
    ends = np.sort(part[pairs], axis=1)
    _, first = np.unique(ends @ [size, 1], return_index=True)
    a, b = ends[first].T.astype(np.int32)  # scipy before 1.17 takes no others
    rank = csr_array((first + 1.0, (a, b)), shape=(size, size))
    chosen = minimum_spanning_tree(rank).data.astype(np.int64) - 1
    return [_bridge(stands, part, places.of, pairs[k]) for k in np.sort(chosen)]


def _by_place(part: Ints, stands: Stands) -> Ints:
    """Parts numbered by who of them stands first, whatever the order of rows."""
    found, first = np.unique(part[stands.building], return_index=True)
    number = np.zeros(int(found.max()) + 1, np.int64)
    number[found[np.argsort(first)]] = np.arange(len(found))
    return number[part]


def _bridge(stands: Stands, part: Ints, place: Ints, pair: Ints) -> Bridge:
    """All at one end with all at the other, as far as they are of the two parts."""
    ends = []
    for building in pair.tolist():
        mine = stands.building[slice(*stands.first[place[building] :][:2])]
        ends.append(mine[part[mine] == part[building]][: math.isqrt(MEETINGS)])
    together = np.stack(np.meshgrid(*ends), axis=-1).reshape(-1, 2)
    return Bridge(np.array([[ends[0][0], ends[1][0]]]), together)


def told_bridges(buildings: Buildings, bridges: list[Bridge]) -> Iterator[str]:
    """Bridges in words: those over barriers one by one, the others together."""
    added = np.concatenate([np.zeros((0, 2), np.int64), *(x.ends for x in bridges)])
    over: dict[int, list[str]] = {}
    for barrier, k in buildings.crossings(added).tolist():
        over.setdefault(k, []).append(called(buildings.barrier_names[barrier]))
    length = buildings.gaps(added)
    plain = [k for k in range(len(added)) if k not in over]
    if plain:
        plain.sort(key=lambda k: -length[k])
        some = [f"{buildings.ends(added[k])} {length[k]:.0f} m" for k in plain]
        yield (
            f"{len(plain)} bridge(s) over no barrier join parts that would be "
            f"islands, longest first, from wall to wall: {first_few(some, _TOLD)}."
        )
    for k, names in sorted(over.items())[:_TOLD]:
        yield (
            f"A bridge {buildings.ends(added[k])}, {length[k]:.0f} m, crosses "
            f"{first_few(sorted(set(names)), _TOLD)}: nothing else joins its ends. "
            "Without bridges over barriers the parts stay apart."
        )
    if len(over) > _TOLD:
        yield f"{len(over) - _TOLD} more bridges cross barriers; see Region.bridges."
