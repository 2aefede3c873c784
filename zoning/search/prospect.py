"""Zones of small reduced cost around each center, by pruned depth-first search.

With the center fixed, each unit's share of a zone's reduced cost is its own: what it
costs to travel there less its dual price. A zone is grown from its center; at each step
the best unit on its border is taken in, later left out for good. A branch is cut off
when even the best fractional filling of what is left (a knapsack, by sorting) stays
above the threshold. Nothing is listed but what is wanted, so that zones of twenty units
can be priced exactly.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from zoning.search.arrays import FAR, NO_LIMIT, SCALE, travel
from zoning.search.company import clash, fits_with, is_whole

Ints = NDArray[np.int64]


class CutRows(NamedTuple):
    """Subset-row cuts as compiled code wants them.

    Unit i is in the cuts ``cuts[indptr[i]:indptr[i + 1]]``; `price` (<= 0) per cut.
    """

    indptr: Ints
    cuts: Ints
    price: Ints


class Found(NamedTuple):
    """Zones around one center.

    Parameters
    ----------
    indptr, members, value
        Columns and ``SCALE × travel - unit duals - cut duals`` of each.
    least
        No zone with this best center has a value below it.
    complete
        The search was not given up for want of nodes.
    """

    indptr: Ints
    members: NDArray[np.int32]
    value: Ints
    least: np.int64
    complete: bool


@nb.njit(cache=True, nogil=True)
def offers(a, c, units, dual):  # type: ignore[no-untyped-def]
    """Value and weight of each unit at a center, and the band of the weight.

    The weight is the cost where cost is balanced, else the first sum with a limit. A
    zone whose best center is c costs exactly the weight of its units at c.
    """
    by_cost = a.cost_high < NO_LIMIT
    row = 0
    if not by_cost:
        while row < a.sums.shape[0] - 1 and a.high[row] >= NO_LIMIT:
            row += 1
    low = a.cost_low if by_cost else a.low[row]
    high = a.cost_high if by_cost else a.high[row]
    value = np.empty(len(units), np.int64)
    weight = np.empty(len(units), np.int64)
    for q in range(len(units)):
        t = travel(a.ways, units[q], c)
        value[q] = SCALE * t - dual[units[q]]
        weight[q] = a.sums[0, units[q]] + t if by_cost else a.sums[row, units[q]]
    return value, weight, low, high


@nb.njit(cache=True, nogil=True)
def may_belong(a, c, units, dual, threshold):  # type: ignore[no-untyped-def]
    """Units that some zone around `c` of value up to the threshold may hold."""
    value, weight, low, high = offers(a, c, units, dual)
    cand, root = _usable(c, value, weight, high, low, threshold, units)
    if root > threshold:
        return units[:0].copy()
    kept = np.zeros(len(units), np.bool_)
    kept[cand] = True
    for q in range(len(units)):
        kept[q] = kept[q] or units[q] == c
    return units[kept]


@nb.njit(cache=True, nogil=True)
def _usable(c, value, weight, high, low, threshold, units):  # type: ignore[no-untyped-def]
    """Candidates of a center by rising value per weight, and the root bound.

    A unit is left out when taking it in lifts the fractional bound over the threshold.
    """
    n = len(units)
    ratio = np.empty(n, np.float64)
    for q in range(n):
        if weight[q] > 0:
            ratio[q] = value[q] / weight[q]
        else:
            ratio[q] = -np.inf if value[q] < 0 else np.inf
    order = np.argsort(ratio, kind="mergesort")
    own = 0
    while units[own] != c:
        own += 1
    total = np.float64(value[own])
    heft = weight[own]
    rho = 0.0
    for at in range(n):
        q = order[at]
        if q == own or weight[q] + weight[own] > high:
            continue
        if value[q] < 0:
            if weight[q] > 0 and heft + weight[q] >= high:
                total += ratio[q] * (high - heft)
                rho = ratio[q]
                heft = high
                break
        elif heft >= low:
            break
        elif heft + weight[q] >= low:
            total += ratio[q] * (low - heft)
            rho = ratio[q]
            heft = low
            break
        total += value[q]
        heft += weight[q]
    if heft < low:
        return order[:0], np.int64(NO_LIMIT)
    root = np.int64(np.floor(total - 1e-9 * abs(total))) - 1
    kept = np.empty(n, np.int64)
    size = 0
    for at in range(n):
        q = order[at]
        if q == own or weight[q] + weight[own] > high:
            continue
        if root + max(0.0, value[q] - rho * weight[q]) <= threshold:
            kept[size] = q
            size += 1
    return kept[:size], root


@nb.njit(cache=True, nogil=True)
def around(a, c, units, dual, cut_rows, threshold, improving, most_nodes, most_zones):  # type: ignore[no-untyped-def]
    """Zones whose best center is `c` and whose value is at most `threshold`.

    Parameters
    ----------
    units
        The only units looked at (c among them): all that may belong to c.
    dual
        Price of each unit × `SCALE`.
    improving
        After each find ask only for better ones: the last is the best there is.
    most_nodes, most_zones
        Give up after so many steps or finds.
    """
    n_all = len(a.ways.spots)
    m_count = a.sums.shape[0]
    n = len(units)
    value, weight, low, high = offers(a, c, units, dual)
    cand, root = _usable(c, value, weight, high, low, threshold, units)
    indptr = np.zeros(17, np.int64)
    members = np.empty(256, np.int32)
    values = np.empty(16, np.int64)
    found = 0
    if root > threshold:
        return Found(indptr[:1], members[:0], values[:0], root, True)
    # rank of each unit among the candidates, by value per weight; -1: not usable
    size = len(cand)
    rank = np.full(n_all, -1, np.int32)
    unit = np.empty(size + 1, np.int32)
    val = np.empty(size + 1, np.int64)
    wei = np.empty(size + 1, np.int64)
    for s in range(size):
        unit[s] = units[cand[s]]
        val[s] = value[cand[s]]
        wei[s] = weight[cand[s]]
        rank[unit[s]] = s
    own = size
    unit[own] = c
    for q in range(n):
        if units[q] == c:
            val[own] = value[q]
            wei[own] = weight[q]
    sums = np.zeros(m_count, np.int64)
    for m in range(m_count):
        sums[m] = a.sums[m, c]
    inside = np.empty(size + 1, np.int32)
    inside[0] = c
    count = 1
    total = val[own]
    heft = wei[own]
    held = np.zeros(len(cut_rows.price), np.int64)
    for e in range(cut_rows.indptr[c], cut_rows.indptr[c + 1]):
        held[cut_rows.cuts[e]] += 1
    decided = np.zeros(size + 1, np.bool_)
    touching = np.zeros(size + 1, np.int32)  # how many units inside touch this one
    for e in range(a.indptr[c], a.indptr[c + 1]):
        s = rank[a.indices[e]]
        if s >= 0:
            touching[s] += 1
    stack = np.empty(size + 1, np.int32)
    took = np.empty(size + 1, np.bool_)
    depth = 0
    nodes = 0
    complete = True
    changed = True
    bar = threshold
    least = np.int64(NO_LIMIT)
    while True:
        if changed and total <= bar and heft >= low and heft <= high:
            fits = True
            for m in range(m_count):
                fits = fits and a.low[m] <= sums[m] <= a.high[m]
            if fits and a.company.bound:
                fits = is_whole(a.company, inside, count)
            if fits:
                t_own = np.int64(0)
                for p in range(count):
                    t_own += travel(a.ways, inside[p], c)
                best_center = True
                for p in range(1, count):
                    t = np.int64(0)
                    for q in range(count):
                        t += travel(a.ways, inside[q], inside[p])
                        if t >= t_own and inside[p] > c:
                            break
                    if t < t_own or (t == t_own and inside[p] < c):
                        best_center = False
                        break
                if best_center:
                    if found + 1 >= len(indptr):
                        wider = np.empty(2 * len(indptr), np.int64)
                        wider[: found + 1] = indptr[: found + 1]
                        indptr = wider
                        longer = np.empty(len(wider), np.int64)
                        longer[:found] = values[:found]
                        values = longer
                    filled = indptr[found]
                    while filled + count > len(members):
                        larger = np.empty(2 * len(members), np.int32)
                        larger[:filled] = members[:filled]
                        members = larger
                    members[filled : filled + count] = inside[:count]
                    values[found] = total
                    found += 1
                    indptr[found] = filled + count
                    least = min(least, total)
                    if improving:
                        bar = total - 1
                    if found >= most_zones:
                        complete = False
                        break
        changed = False
        nodes += 1
        if nodes > most_nodes:
            complete = False
            break
        # fractional bound over what may still be added; and the best border unit
        room = high - heft
        need = low - heft
        bound = np.float64(total)
        pick = -1
        filling = True
        for s in range(size):
            if decided[s] or wei[s] > high - heft:
                continue
            if pick < 0 and (touching[s] > 0 or a.free):
                ok = True
                for m in range(m_count):
                    ok = ok and sums[m] + a.sums[m, unit[s]] <= a.high[m]
                if ok and a.company.bound:
                    ok = fits_with(a.company, unit[s], inside, count)
                if ok:
                    pick = s
                    if not filling:
                        break
                elif not filling:
                    continue
                else:
                    continue
            if filling:
                if val[s] < 0:
                    if wei[s] > 0 and wei[s] >= room:
                        bound += val[s] * (room / wei[s])
                        room = 0
                        filling = False
                    else:
                        bound += val[s]
                        room -= wei[s]
                        need -= wei[s]
                elif need <= 0:
                    filling = False
                elif wei[s] >= need:
                    bound += val[s] * (need / wei[s])
                    need = 0
                    filling = False
                else:
                    bound += val[s]
                    need -= wei[s]
                if not filling and pick >= 0:
                    break
        short = filling and need > 0
        if pick >= 0 and not short and bound - 1e-9 * abs(bound) - 1.0 <= bar:
            # take the best border unit in
            decided[pick] = True
            stack[depth] = pick
            took[depth] = True
            depth += 1
            u = unit[pick]
            inside[count] = u
            count += 1
            total += val[pick]
            heft += wei[pick]
            for m in range(m_count):
                sums[m] += a.sums[m, u]
            for e in range(a.indptr[u], a.indptr[u + 1]):
                s = rank[a.indices[e]]
                if s >= 0:
                    touching[s] += 1
            for e in range(cut_rows.indptr[u], cut_rows.indptr[u + 1]):
                held[cut_rows.cuts[e]] += 1
                if held[cut_rows.cuts[e]] == 2:
                    total -= cut_rows.price[cut_rows.cuts[e]]
            changed = True
            continue
        # leave units that were left out to their parents again, then turn one taken in
        # to one left out
        while depth > 0 and not took[depth - 1]:
            depth -= 1
            decided[stack[depth]] = False
        if depth == 0:
            break
        pick = stack[depth - 1]
        took[depth - 1] = False
        u = unit[pick]
        count -= 1
        total -= val[pick]
        heft -= wei[pick]
        for m in range(m_count):
            sums[m] -= a.sums[m, u]
        for e in range(a.indptr[u], a.indptr[u + 1]):
            s = rank[a.indices[e]]
            if s >= 0:
                touching[s] -= 1
        for e in range(cut_rows.indptr[u], cut_rows.indptr[u + 1]):
            if held[cut_rows.cuts[e]] == 2:
                total += cut_rows.price[cut_rows.cuts[e]]
            held[cut_rows.cuts[e]] -= 1
    if not complete:
        least = min(least, root)
    elif found == 0 or not improving:
        least = min(least, threshold + 1)
    return Found(
        indptr[: found + 1].copy(),
        members[: indptr[found]].copy(),
        values[:found].copy(),
        least,
        complete,
    )


@nb.njit(cache=True, nogil=True)
def within_reach(a, served):  # type: ignore[no-untyped-def]
    """For each unit the units some zone that holds it can hold too, in CSR form.

    A zone that holds a unit holds a way to it. The lightest way, by each of the sums,
    must fit under the upper end of the band. `served`: the first unit is the best
    center, so that travel from it counts as well.
    """
    n = len(a.ways.spots)
    m_count = a.sums.shape[0]
    indptr = np.zeros(n + 1, np.int64)
    units = np.empty(64 * n, np.int32)
    filled = 0
    best = np.full(n, NO_LIMIT, np.int64)
    met = np.empty(n, np.int32)
    passes = np.zeros(n, np.int32)
    for c in range(n):
        size = 0
        rows = 0
        for m in range(m_count):
            cap = min(a.high[m], a.cost_high if m == 0 else NO_LIMIT)
            if cap >= NO_LIMIT and m > 0:
                continue
            rows += 1
            touched = 0
            heap = [(a.sums[m, c], np.int64(c))]
            best[c] = a.sums[m, c]
            met[touched] = c
            touched += 1
            while len(heap) > 0:
                far, i = heappop(heap)
                if far > best[i]:
                    continue
                fits = True
                if m == 0 and served:
                    t = travel(a.ways, i, c)
                    fits = t < FAR and far + t <= a.cost_high
                if fits and a.company.bound:
                    fits = not clash(a.company, i, c)
                if passes[i] == rows - 1 and fits:
                    passes[i] = rows
                for e in range(a.indptr[i], a.indptr[i + 1]):
                    v = a.indices[e]
                    further = far + a.sums[m, v]
                    if further <= cap and further < best[v]:
                        if best[v] >= NO_LIMIT:
                            met[touched] = v
                            touched += 1
                        best[v] = further
                        heappush(heap, (further, np.int64(v)))
            if filled + touched > len(units):
                larger = np.empty(2 * len(units) + touched, np.int32)
                larger[:filled] = units[:filled]
                units = larger
            for p in range(touched):
                i = met[p]
                best[i] = NO_LIMIT
                if m == 0:
                    units[filled + size] = i
                    size += 1
        kept = 0
        for p in range(size):
            i = units[filled + p]
            if passes[i] == rows:
                units[filled + kept] = i
                kept += 1
            passes[i] = 0
        some = units[filled : filled + kept]
        some.sort()
        filled += kept
        indptr[c + 1] = filled
    return indptr, units[:filled].copy()


def no_cuts(num_units: int) -> CutRows:
    """Cut rows where there are no cuts."""
    none = np.zeros(0, np.int64)
    return CutRows(np.zeros(num_units + 1, np.int64), none, none)
