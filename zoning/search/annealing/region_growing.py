"""Contiguous zones to begin a search with, bands not minded."""

from __future__ import annotations

from warnings import warn

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from zoning.search.instance.constants import FAR
from zoning.search.instance.instance import Instance
from zoning.search.instance.travel import travel_cost
from zoning.search.kernels.compiled import compiled
from zoning.search.kernels.heap import drop, push
from zoning.share import recursive_bisection

ZoneOf = NDArray[np.int32]


def grow_regions(instance: Instance, num_zones: int, seed: int) -> ZoneOf:
    """Contiguous zones to begin with, bands not minded.

    Every connected part is bisected recursively by load, across its longer side (with
    seed 0) or a side of chance; zones are grown from the middle of each piece.
    """
    xy = np.column_stack([instance.travel_data.x, instance.travel_data.y])
    rng = np.random.default_rng(seed) if seed else None
    part = connected_components(instance.graph)[1]
    pieces = [
        piece
        for p, share in enumerate(_shares(instance, part, num_zones))
        for piece in recursive_bisection(
            xy, instance.sums[0], np.flatnonzero(part == p), int(share), rng
        )
    ]
    seeds = np.array(
        [_middle(xy, instance.sums[0], piece) for piece in pieces], np.int64
    )
    return grow_from_seeds(instance, seeds)


def grow_from_seeds(instance: Instance, seeds: NDArray[np.int64]) -> ZoneOf:
    """Contiguous zones grown from seed units: the lightest takes its nearest neighbour.

    Units that no seed reaches stay -1.
    """
    n, num_zones = instance.num_units, len(seeds)
    zone = np.full(n, -1, np.int32)
    _grow(
        instance.indptr,
        instance.indices,
        instance.is_complete,
        instance.travel_data,
        instance.sums[0].astype(np.float64),
        seeds,
        zone,
        seeds.astype(np.int32),
        np.full(n, -1, np.int32),
        np.empty(num_zones, np.float64),
        np.empty(num_zones, np.int64),
    )
    return zone


def _middle(
    xy: NDArray[np.float64], load: NDArray[np.int64], units: NDArray[np.int64]
) -> int:
    center = np.average(xy[units], axis=0, weights=load[units] + 1)
    return int(units[((xy[units] - center) ** 2).sum(axis=1).argmin()])


def _shares(
    instance: Instance, part: NDArray[np.int32], num_zones: int
) -> NDArray[np.int64]:
    """How many zones each connected part gets: by load, at least one."""
    load = np.bincount(part, weights=instance.sums[0].astype(np.float64) + 1e-6)
    room = np.bincount(part)
    given = np.ones(len(load), np.int64)
    while given.sum() < num_zones:
        need = np.where(given < room, load / given, -1.0)
        given[int(need.argmax())] += 1
    return given


@compiled
def _grow(  # type: ignore[no-untyped-def]
    indptr,
    indices,
    is_complete,
    travel_data,
    weight,
    seeds,
    zone,
    newest,
    members,
    keys,
    items,
):
    """Fill `zone`. Members of a zone are a list: `newest`, then the next in `members`.

    The heap holds the zones that may still grow, by weight.
    """
    size = np.int64(0)
    for k in range(len(seeds)):
        zone[seeds[k]] = k
        size = push(keys, items, size, weight[seeds[k]], k)
    while size > 0:
        weight_of_k = keys[0]
        k = items[0]
        size = drop(keys, items, size)
        near = np.inf
        pick = np.int64(-1)
        c = newest[k]
        while c >= 0:
            for e in range(indptr[c], indptr[c + 1]):
                v = np.int64(indices[e])
                if zone[v] < 0:
                    d = travel_cost(travel_data, v, seeds[k]) % FAR / (1.0 + weight[v])
                    if d < near:
                        near = d
                        pick = v
                    if is_complete and near == 0:
                        break
            c = members[c]
        if pick < 0:
            continue
        zone[pick] = k
        members[pick] = newest[k]
        newest[k] = pick
        size = push(keys, items, size, weight_of_k + weight[pick], k)


def __getattr__(name: str) -> object:
    """The function by its old name, for one release."""
    if name != "start":
        raise AttributeError(name)
    warn("start is now grow_regions.", DeprecationWarning, stacklevel=2)
    return grow_regions
