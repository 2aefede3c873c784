"""Ways by street: how far units are from each other along the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from zoning.problem import TABLE_UNITS
from zoning.text.lists import first_few

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SNAP = 0.5  # metres: line ends this near are one crossing
MAX_ACCESS = 500.0  # metres: a unit farther from any street is not on the network
_CHUNK = 100  # units whose ways are searched at once: bounds memory
_TINY = 1e-6  # metres; a sparse graph may lose an edge of length 0


def street_ways(
    xy: Floats, streets: NDArray[Any], *, detour: float, names: tuple[str, ...] = ()
) -> tuple[NDArray[np.int32] | None, tuple[str, ...]]:
    """Way between all units by street, in whole metres, and notes.

    A unit reaches the street at the nearest point of the nearest line, straight on.
    Lines are joined where they share a vertex (within `SNAP`); lines that cross
    without one pass over each other. Way is walked, so one-way streets count both
    ways. Only the largest connected part of the network is used.

    Parameters
    ----------
    xy
        n × 2 positions of the units, metres.
    streets
        Lines in the same coordinates; other shapes are left out, with a note.
    detour
        Way over straight line, for units more than `MAX_ACCESS` from any street.
    names
        Names of the units, for notes.

    Returns
    -------
    way
        n × n, symmetric, 0 on the diagonal, nowhere shorter than the straight line.
        None above `problem.TABLE_UNITS` units and where there are no streets.
    notes
        What was left out or assumed.

    Examples
    --------
    >>> corner = np.array([shapely.LineString([(0, 0), (100, 0), (100, 50)])])
    >>> units = np.array([[0.0, 10.0], [90.0, 50.0]])
    >>> street_ways(units, corner, detour=1.3)[0].tolist()
    [[0, 170], [170, 0]]
    """
    if len(xy) > TABLE_UNITS:
        return None, (
            f"Streets are not followed above {TABLE_UNITS:,} units (there are "
            f"{len(xy):,}); way is the straight line × {detour:g}.",
        )
    network, notes = _network(streets)
    if network is None:
        return None, (*notes, f"No street is usable; way is straight × {detour:g}.")
    access = _access(network, xy)
    way = _along(network, access)
    straight = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    lost = access.away > MAX_ACCESS
    way[lost] = straight[lost] * detour
    way[:, lost] = straight[:, lost] * detour
    way = np.maximum(np.rint(np.minimum(way, way.T)), np.ceil(straight - _TINY))
    np.fill_diagonal(way, 0)
    return way.astype(np.int32), (*notes, *_told_lost(lost, names, detour))


@dataclass(frozen=True, eq=False)
class _Network:
    """Straight pieces of street between nodes."""

    node: Floats  # coordinates
    ends: Ints  # m × 2 nodes
    length: Floats


@dataclass(frozen=True, eq=False)
class _Access:
    """Where units reach the network."""

    piece: Ints
    away: Floats  # straight, to the piece
    along: Floats  # from the first end of the piece


def _network(streets: NDArray[Any]) -> tuple[_Network | None, tuple[str, ...]]:
    """Largest connected part of the lines, and what was left out."""
    streets = streets[~(shapely.is_missing(streets) | shapely.is_empty(streets))]
    is_line = np.isin(shapely.get_type_id(streets), (1, 5))
    notes = []
    if not is_line.all():
        notes.append(f"{(~is_line).sum()} street(s) that are not lines were left out.")
    lines = shapely.get_parts(shapely.force_2d(streets[is_line]))
    if not len(lines):
        return None, tuple(notes)
    node, ends = _pieces(lines)
    if not len(ends):  # every line ends where it begins
        return None, tuple(notes)
    length = np.hypot(*(node[ends[:, 0]] - node[ends[:, 1]]).T)
    part = connected_components(_graph(ends, length, len(node)), directed=False)[1]
    total = np.bincount(part[ends[:, 0]], length)
    kept = part[ends[:, 0]] == total.argmax()
    if not kept.all():
        notes.append(
            f"{length[~kept].sum():,.0f} m of {length.sum():,.0f} m of street in "
            f"{np.count_nonzero(total) - 1} part(s) do not meet the others and were "
            "left out."
        )
    if not kept.any():
        return None, tuple(notes)
    return _Network(node, ends[kept], length[kept]), tuple(notes)


def _pieces(lines: NDArray[Any]) -> tuple[Floats, Ints]:
    """Nodes, vertices within `SNAP` being one, and the pieces between them."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    place, at = np.unique(xy, axis=0, return_inverse=True)
    near = cKDTree(place).query_pairs(SNAP, output_type="ndarray")
    label = connected_components(
        _graph(near, np.ones(len(near)), len(place)), directed=False
    )[1]
    node = place[np.unique(label, return_index=True)[1]]
    at = label[at.ravel()].astype(np.int64)
    follows = line[1:] == line[:-1]
    ends = np.column_stack([at[:-1], at[1:]])[follows]
    return node, ends[ends[:, 0] != ends[:, 1]]


def _graph(ends: Ints, length: Floats, size: int) -> csr_array:
    """Sparse graph; of parallel pieces the shortest."""
    ends = np.sort(ends, axis=1)
    order = np.lexsort((length, ends[:, 1], ends[:, 0]))
    ends, length = ends[order], np.maximum(length[order], _TINY)
    fresh = np.ones(len(ends), bool)
    fresh[1:] = (ends[1:] != ends[:-1]).any(axis=1)
    a, b = ends[fresh].T
    return coo_array((length[fresh], (a, b)), shape=(size, size)).tocsr()


def _access(network: _Network, xy: Floats) -> _Access:
    lines = shapely.linestrings(network.node[network.ends])
    point = shapely.points(xy)
    piece = shapely.STRtree(lines).nearest(point)
    return _Access(
        piece.astype(np.int64),
        np.asarray(shapely.distance(lines[piece], point)),
        np.asarray(shapely.line_locate_point(lines[piece], point)),
    )


def _along(network: _Network, access: _Access) -> Floats:
    """Way between all units over the network; straight along a shared piece."""
    n, size = len(access.piece), len(network.node)
    ends, length = _contract(network, np.unique(network.ends[access.piece]))
    unit = size + np.arange(n)
    first, last = network.ends[access.piece].T
    rest = np.maximum(network.length[access.piece] - access.along, 0)
    ends = np.vstack([ends, *(np.column_stack([at, unit]) for at in (first, last))])
    length = np.concatenate([length, access.away + access.along, access.away + rest])
    used, ends = np.unique(ends, return_inverse=True)
    graph = _graph(ends.reshape(-1, 2), length, len(used))
    at = np.searchsorted(used, unit)
    rows = [
        dijkstra(graph, directed=False, indices=some)[:, at]
        for some in np.array_split(at, 1 + n // _CHUNK)
    ]
    way = np.vstack(rows)
    shared = access.piece[:, None] == access.piece[None]
    beside = np.abs(access.along[:, None] - access.along[None])
    beside += access.away[:, None] + access.away[None]
    return np.where(shared, np.minimum(way, beside), way)


def _contract(network: _Network, keep: Ints) -> tuple[Ints, Floats]:
    """Replace chains of pieces without a crossing by one; nodes in `keep` stay.

    Streets bend far more often than they cross: a tenth of the nodes is left, and
    the search is as much faster.
    """
    ends, length, size = network.ends, network.length, len(network.node)
    inner = np.bincount(ends.ravel(), minlength=size) == 2
    inner[keep] = False
    inside = inner[ends].all(axis=1)
    chain = connected_components(
        _graph(ends[inside], length[inside], size), directed=False
    )[1]
    bent = inner[ends].any(axis=1)
    number = np.where(inner[ends[:, 0]], chain[ends[:, 0]], chain[ends[:, 1]])
    total = np.bincount(number[bent], length[bent], size)
    stop = ends[~inner[ends] & bent[:, None]]
    of = np.repeat(number[:, None], 2, axis=1)[~inner[ends] & bent[:, None]]
    order = np.argsort(of, kind="stable")
    pair = stop[order].reshape(-1, 2)  # each chain has two ends, or none (a ring)
    open_ended = pair[:, 0] != pair[:, 1]
    chains = of[order][::2][open_ended]
    return (
        np.vstack([ends[~bent], pair[open_ended]]),
        np.concatenate([length[~bent], total[chains]]),
    )


def _told_lost(
    lost: NDArray[np.bool_], names: tuple[str, ...], detour: float
) -> tuple[str, ...]:
    if not lost.any():
        return ()
    called = [names[i] if names else str(i) for i in np.flatnonzero(lost)]
    return (
        f"{len(called)} unit(s) are more than {MAX_ACCESS:.0f} m from any street; "
        f"their way is the straight line × {detour:g}: "
        f"{first_few(called)}.",
    )
