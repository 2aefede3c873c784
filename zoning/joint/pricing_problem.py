"""Connected sets of disjoint zones, priced as lots, without storing what is too dear.

The zones are candidates: many of them share units. A set of zones that touch one
another and share no unit can be a lot. Each such set is met once, grown from its first
zone by neighbours none of the others had, and is priced exactly on the spot.

References
----------
Wernicke (2006), Efficient detection of network motifs,
doi:10.1109/TCBB.2006.51
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.joint.compiled_price import NEVER, hub_travel, step_cost, step_costs
from zoning.joint.lot_costs import parts
from zoning.search.kernels.compiled import counted

Ints = NDArray[np.int64]


class LotDuals(NamedTuple):
    """Dual values: of each zone, the sum over its units, and of lots of each size.

    A lot's reduced cost, its `value` here, is its price less these.
    """

    zone: Ints
    size: Ints


class PricedLots(NamedTuple):
    """Lots of small reduced cost, one a row, filled up with -1.

    Parameters
    ----------
    zones, value
        The lots, and the reduced cost of each.
    complete
        None was left out.
    """

    zones: NDArray[np.int32]
    value: Ints
    complete: bool


class SortedNeighbours(NamedTuple):
    """Zones at certain dual values.

    Parameters
    ----------
    value
        Own cost of each zone less its dual value.
    next
        For each zone those it touches as in `ZoneAdjacency`, the least value first.
    beside
        The least value among them.
    """

    value: Ints
    next: Ints
    beside: Ints


@counted
def sort_neighbours(s, duals):  # type: ignore[no-untyped-def]
    """Sort what each zone touches by value."""
    value = s.own - duals.zone
    next_ = s.touch.zone.copy()
    beside = np.full(len(value), NEVER, np.int64)
    for z in range(len(value)):
        first, last = s.touch.ptr[z], s.touch.ptr[z + 1]
        if first < last:
            mine = s.touch.zone[first:last]
            next_[first:last] = mine[np.argsort(value[mine])]
            beside[z] = value[next_[first]]
    return SortedNeighbours(value, next_, beside)


class _Found(NamedTuple):
    """What was found so far; `now`: how many, row of the root's best, what is asked."""

    zones: NDArray[np.int32]
    value: Ints
    now: Ints


@counted
def _record(finds, improving, members, size, value):  # type: ignore[no-untyped-def]
    """Keep a set; where only the best is wanted, in place of the one before."""
    at = finds.now[0]
    if improving and finds.now[1] >= 0:
        at = finds.now[1]
    elif at == len(finds.value):
        finds.now[2] = 0
        return
    else:
        finds.now[0] += 1
        finds.now[1] = at
    for k in range(finds.zones.shape[1]):
        finds.zones[at, k] = members[k] if k < size else -1
    finds.value[at] = value


@counted
def _room(shared, size_dual, needs, size, least_value, least_need):  # type: ignore[no-untyped-def]
    """The most that may be paid for a set and the next zone, in any larger set."""
    room = -NEVER
    for larger in range(size + 1, len(size_dual)):
        if size_dual[larger] > -NEVER:
            more = larger - size
            low = (more - 1) * least_value
            for r in range(len(needs)):
                low += step_cost(shared, r, needs[r] + more * least_need[r])
            room = max(room, size_dual[larger] - low)
    return room


@counted
def price_lots(s, duals, order, max_reduced_cost, first, last, improving, most):  # type: ignore[no-untyped-def]
    """Lots of so small a reduced cost whose first zone is from `first` to `last` - 1.

    Parameters
    ----------
    duals, order
        See `LotDuals`; a size that is not allowed is worth -`NEVER`. `order`: see
        `SortedNeighbours`.
    improving
        After each find from a zone ask only for better ones, and keep the best.
    most
        Give up after so many finds.
    """
    value, next_, beside = order.value, order.next, order.beside
    mask, demand, ptr = s.mask, s.demand, s.touch.ptr
    largest = len(duals.size) - 1
    count, words, kinds = len(value), mask.shape[1], demand.shape[1]
    touch, hubs, fixed, shared = s.touch, s.hubs, s.tariff.fixed, s.tariff.shared
    size_dual = duals.size
    barriers = not touch.open.all()
    least_value = value.min()
    least_need = np.zeros(kinds, np.int64)
    for r in range(kinds):
        least_need[r] = demand[:, r].min()
    finds = _Found(
        np.empty((most, largest), np.int32),
        np.empty(most, np.int64),
        np.array([0, -1, 1], np.int64),
    )
    level = np.zeros(count, np.int8)  # size of the set at which a zone became a border
    border = np.empty((largest + 1, count), np.int64)
    at = np.zeros(largest + 1, np.int64)  # the next of each border
    end = np.zeros(largest + 1, np.int64)
    room = np.zeros(largest + 1, np.int64)
    members = np.zeros(largest + 1, np.int64)
    cover = np.zeros((largest + 1, words), np.uint64)
    total = np.zeros(largest + 1, np.int64)
    needs = np.zeros((largest + 1, kinds), np.int64)
    close = np.full(largest + 1, NEVER, np.int64)  # least value beside the set
    for root in range(first, last):
        cutoff = max_reduced_cost
        finds.now[1] = -1
        level[root] = 1
        border[0, 0] = root
        at[0], end[0], room[0] = 0, 1, NEVER
        size = 0
        while size >= 0 and finds.now[2]:
            if at[size] == end[size] or value[border[size, at[size]]] > room[size]:
                # go back, and forget the neighbours the last zone brought
                if size > 0:
                    w = members[size - 1]
                    for e in range(ptr[w], ptr[w + 1]):
                        if level[next_[e]] == size + 1:
                            level[next_[e]] = 0
                size -= 1
                continue
            w = border[size, at[size]]
            at[size] += 1
            apart = True
            for k in range(words):
                apart = apart and not (mask[w, k] & cover[size, k])
            if not apart:
                continue
            members[size] = w
            for k in range(words):
                cover[size + 1, k] = cover[size, k] | mask[w, k]
            total[size + 1] = total[size] + value[w]
            for r in range(kinds):
                needs[size + 1, r] = needs[size, r] + demand[w, r]
            if size_dual[size + 1] > -NEVER:
                got = total[size + 1] + fixed - size_dual[size + 1]
                if got <= cutoff:
                    got += step_costs(shared, needs[size + 1])
                if got <= cutoff:
                    got += hub_travel(hubs, members, size + 1)
                if got <= cutoff and barriers:
                    got += s.tariff.crossing * (parts(touch, members, size + 1, 2) - 1)
                if got <= cutoff:
                    _record(finds, improving, members, size + 1, got)
                    cutoff = got - 1 if improving else cutoff
            if size + 1 == largest:
                continue
            more = total[size + 1] + fixed
            room[size + 1] = (
                cutoff
                - more
                + _room(
                    shared,
                    size_dual,
                    needs[size + 1],
                    size + 1,
                    least_value,
                    least_need,
                )
            )
            close[size + 1] = min(beside[w], close[size] if size > 0 else NEVER)
            if close[size + 1] > room[size + 1]:
                continue
            # what is left of the border, and what this zone brings, by value
            fill, old, e = 0, at[size], ptr[w]
            while True:
                while e < ptr[w + 1] and (next_[e] <= root or level[next_[e]] != 0):
                    e += 1
                mine = e < ptr[w + 1] and value[next_[e]] <= room[size + 1]
                theirs = old < end[size] and value[border[size, old]] <= room[size + 1]
                if mine and (not theirs or value[next_[e]] < value[border[size, old]]):
                    border[size + 1, fill] = next_[e]
                    level[next_[e]] = size + 2
                elif theirs:
                    border[size + 1, fill] = border[size, old]
                    old += 1
                else:
                    break
                fill += 1
            size += 1
            at[size], end[size] = 0, fill
        level[root] = 0
    number = finds.now[0]
    complete = finds.now[2] == 1
    return PricedLots(
        finds.zones[:number].copy(), finds.value[:number].copy(), complete
    )
