"""Cover every unit once by a few sets at the least value: depth-first, by bits.

Sets have values of at least 0, their reduced costs, so that a choice is given up as
soon as its value exceeds the limit. The next set always holds the first unit that is
not covered; units are numbered along the map, so that what is left stays in one piece.
With five sets among half a million this takes a second, where the solvers of the
models need minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.joint.pricing_problem import PricedLots
from zoning.search.kernels.compiled import counted

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
SLICE = 20_000_000  # steps between two looks at the clock


class PartitioningColumns(NamedTuple):
    """Sets to choose from, by the first unit they hold and then by value.

    Parameters
    ----------
    ptr
        Sets whose first unit is u are ``ptr[u]`` to ``ptr[u + 1]``.
    mask, value, size, usual
        The units as bits; the value, at least 0; how many zones; 1 where that is the
        size asked for.
    """

    ptr: Ints
    mask: Words
    value: Ints
    size: Ints
    usual: Ints

    @classmethod
    def of(
        cls, lots: PricedLots, zone_mask: Words, num_units: int, size: int
    ) -> tuple[PartitioningColumns, Ints]:
        """Lots ready to be searched, of those with the same units the cheapest.

        Parameters
        ----------
        zone_mask
            The units of each zone as bits.
        size
            Zones of a lot that were asked for.

        Returns
        -------
        The columns, and which lot each of them is.
        """
        held = lots.zones >= 0
        num_zones = held.sum(axis=1).astype(np.int64)
        mask = np.zeros((len(num_zones), zone_mask.shape[1]), np.uint64)
        for at in range(lots.zones.shape[1]):
            some = held[:, at]
            mask[some] |= zone_mask[lots.zones[some, at]]
        order = np.lexsort((lots.value, num_zones, *mask.T))
        same = np.zeros(len(order), bool)
        same[1:] = (mask[order[1:]] == mask[order[:-1]]).all(axis=1)
        same[1:] &= num_zones[order[1:]] == num_zones[order[:-1]]
        order = order[~same]
        first = first_units(mask[order])
        by = np.lexsort((lots.value[order], first))
        order, first = order[by], first[by]
        ptr = np.searchsorted(first, np.arange(num_units + 1))
        usual = (num_zones[order] == size).astype(np.int64)
        value = lots.value[order]
        return cls(ptr, mask[order], value, num_zones[order], usual), order


class _SearchStack(NamedTuple):
    """Where a search stands: one row a set chosen, and single numbers in `now`."""

    at: Ints
    first: Ints
    cover: Words
    value: Ints
    size: Ints
    usual: Ints
    chosen: Ints
    best: Ints
    now: Ints  # depth, value of the best choice, number of its sets


@dataclass(frozen=True)
class CheapestPartition:
    """What was found.

    Parameters
    ----------
    sets
        Positions among the sets given; None if there are none within the limit.
    value
        Their value together.
    complete
        No choice within the limit is better, or there is none.
    """

    sets: tuple[int, ...] | None
    value: int
    complete: bool


def cheapest_partition(
    columns: PartitioningColumns,
    *,
    num_zones: int,
    count: int,
    most_sets: int,
    limit: int,
    deadline: float,
) -> CheapestPartition:
    """Sets of least value that hold every unit once.

    Parameters
    ----------
    num_zones, count
        The sets have so many zones together, and so many of them are of the size asked
        for.
    most_sets
        There are at most so many.
    limit
        Their value is at most this.
    """
    state = _SearchStack(
        np.zeros(most_sets + 1, np.int64),
        np.zeros(most_sets + 1, np.int64),
        np.zeros((most_sets + 1, columns.mask.shape[1]), np.uint64),
        np.zeros(most_sets + 1, np.int64),
        np.zeros(most_sets + 1, np.int64),
        np.zeros(most_sets + 1, np.int64),
        np.zeros(most_sets + 1, np.int64),
        np.zeros(most_sets + 1, np.int64),
        np.array([0, limit + 1, 0], np.int64),
    )
    complete = False
    while not complete and perf_counter() < deadline:
        complete = bool(_walk(columns, num_zones, count, most_sets, state, SLICE))
    number = int(state.now[2])
    sets = tuple(state.best[:number].tolist()) if number else None
    return CheapestPartition(sets, int(state.now[1]), complete)


@counted
def first_units(mask):  # type: ignore[no-untyped-def]
    """The lowest bit of each row."""
    out = np.zeros(len(mask), np.int64)
    for i in range(len(mask)):
        out[i] = _first(mask[i], 0, True)
    return out


@counted
def _first(mask, start, held):  # type: ignore[no-untyped-def]
    """The lowest bit from `start` on that is set (`held`), or that is not."""
    u = start
    while u < 64 * len(mask):
        bit = (mask[u >> 6] >> np.uint64(u & 63)) & np.uint64(1)
        if (bit != 0) == held:
            break
        u += 1
    return u


@counted
def _walk(columns, num_zones, count, most_sets, state, steps):  # type: ignore[no-untyped-def]
    """Go on for so many steps; True when there is nothing left to look at."""
    units = len(columns.ptr) - 1
    words = columns.mask.shape[1]
    depth = state.now[0]
    for _ in range(steps):
        if depth < 0:
            break
        i = state.at[depth]
        spent = state.value[depth]
        if (
            i >= columns.ptr[state.first[depth] + 1]
            or spent + columns.value[i] >= state.now[1]
        ):
            depth -= 1
            if depth >= 0:
                state.at[depth] += 1
            continue
        fits = state.size[depth] + columns.size[i] <= num_zones
        fits = fits and state.usual[depth] + columns.usual[i] <= count
        for w in range(words):
            fits = fits and not (columns.mask[i, w] & state.cover[depth, w])
        if not fits:
            state.at[depth] = i + 1
            continue
        state.chosen[depth] = i
        for w in range(words):
            state.cover[depth + 1, w] = state.cover[depth, w] | columns.mask[i, w]
        size = state.size[depth] + columns.size[i]
        usual = state.usual[depth] + columns.usual[i]
        u = _first(state.cover[depth + 1], state.first[depth], False)
        if u >= units:
            if size == num_zones and usual == count:
                state.now[1] = spent + columns.value[i]
                state.now[2] = depth + 1
                state.best[: depth + 1] = state.chosen[: depth + 1]
            state.at[depth] = i + 1
            continue
        if size == num_zones or depth + 1 == most_sets:
            state.at[depth] = i + 1
            continue
        depth += 1
        state.value[depth] = spent + columns.value[i]
        state.size[depth] = size
        state.usual[depth] = usual
        state.first[depth] = u
        state.at[depth] = columns.ptr[u]
    state.now[0] = depth
    return depth < 0
