"""Zones that lots can be made of, and the price of a lot compiled.

The zones are candidates: they may share units. The formulas are those of
`zoning.lots.price`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.joint.compiled_price import hub_travel, lot_cost
from zoning.lots.price import Hubs, LotTariff
from zoning.search.kernels.compiled import counted

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]


class ZoneAdjacency(NamedTuple):
    """In CSR form, for each zone those it touches and shares no unit with, ascending.

    `open` where no barrier runs between them.
    """

    ptr: Ints
    zone: Ints
    open: NDArray[np.bool_]


class LotCosts(NamedTuple):
    """Zones that lots can be made of.

    Compiled code takes a part of it only: each array of a tuple is counted as used at
    every call, which is dear.

    Parameters
    ----------
    mask
        Z × w: the units of each zone as bits, 64 to a word.
    own
        What each zone costs whoever runs it.
    demand
        Z × r: what each zone needs of each resource shared in a lot.
    touch, hubs, tariff
        See there.
    """

    mask: Words
    own: Ints
    demand: Ints
    touch: ZoneAdjacency
    hubs: Hubs
    tariff: LotTariff


@counted
def touching(mask, halo, open_halo):  # type: ignore[no-untyped-def]
    """For each zone those it touches and shares no unit with; see `LotCosts`.

    `halo`: all units each zone touches; `open_halo`: those without a barrier between.
    """
    count, words = mask.shape
    ptr = np.zeros(count + 1, np.int64)
    touch = np.empty(1024, np.int64)
    open_ = np.empty(1024, np.bool_)
    at = 0
    for i in range(count):
        for j in range(count):
            shared = np.uint64(0)
            near = np.uint64(0)
            free = np.uint64(0)
            for w in range(words):
                shared |= mask[i, w] & mask[j, w]
                near |= halo[i, w] & mask[j, w]
                free |= open_halo[i, w] & mask[j, w]
            if shared or not near:
                continue
            if at == len(touch):
                longer = np.empty(2 * at, np.int64)
                longer[:at] = touch
                touch = longer
                wider = np.empty(2 * at, np.bool_)
                wider[:at] = open_
                open_ = wider
            touch[at] = j
            open_[at] = free != 0
            at += 1
        ptr[i + 1] = at
    return ptr, touch[:at].copy(), open_[:at].copy()


@counted
def _link(t, a, b):  # type: ignore[no-untyped-def]
    """0: two zones do not touch; 1: only across a barrier; 2: they do."""
    low, high = t.ptr[a], t.ptr[a + 1]
    while low < high:
        middle = (low + high) // 2
        if t.zone[middle] < b:
            low = middle + 1
        else:
            high = middle
    if low == t.ptr[a + 1] or t.zone[low] != b:
        return 0
    return 2 if t.open[low] else 1


@counted
def parts(t, zones, size, least):  # type: ignore[no-untyped-def]
    """Into how many parts a lot falls when only links of that kind hold it."""
    part = np.arange(size)
    number = size
    for i in range(size):
        for j in range(i):
            if part[i] != part[j] and _link(t, zones[i], zones[j]) >= least:
                old = part[i]
                for k in range(size):
                    if part[k] == old:
                        part[k] = part[j]
                number -= 1
    return number


@counted
def compiled_lot_cost(s, zones):  # type: ignore[no-untyped-def]
    """Price of zones as one lot; near links cost nothing."""
    size = len(zones)
    needs = np.zeros(s.demand.shape[1], np.int64)
    own = np.int64(0)
    for k in range(size):
        own += s.own[zones[k]]
        needs += s.demand[zones[k]]
    travel = hub_travel(s.hubs, zones, size)
    crossings = parts(s.touch, zones, size, 2) - parts(s.touch, zones, size, 1)
    return lot_cost(s.tariff, own, needs, travel, crossings)
