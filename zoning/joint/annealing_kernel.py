"""Improve zones and lots together by small moves, now and then uphill.

A unit goes to a zone beside it, two units change places, or lots exchange zones. Every
state keeps the bands; a lot that falls apart is dear, so that it mends.

References
----------
Kirkpatrick, Gelatt, Vecchi (1983), Optimization by simulated annealing,
doi:10.1126/science.220.4598.671
"""

from __future__ import annotations

import numpy as np

from zoning.joint.annealing_state import price_lot, price_zone
from zoning.search.instance.compatibility import fits_with_all, holds_whole_groups
from zoning.search.kernels.compiled import counted
from zoning.search.kernels.rng import below, uniform


@counted
def _whole(a, zone_of, units, count, seen, stamp, queue):  # type: ignore[no-untyped-def]
    """Units of one zone hang together."""
    k = zone_of[units[0]]
    seen[units[0]] = stamp
    queue[0] = units[0]
    head, tail = 0, 1
    while head < tail:
        u = queue[head]
        head += 1
        for e in range(a.indptr[u], a.indptr[u + 1]):
            v = a.indices[e]
            if zone_of[v] == k and seen[v] != stamp:
                seen[v] = stamp
                queue[tail] = v
                tail += 1
    return tail == count


@counted
def _keeps_sums(a, units, count):  # type: ignore[no-untyped-def]
    """The sums of a zone are within their bands, as far as travel does not matter."""
    for m in range(len(a.low)):
        total = np.int64(0)
        for p in range(count):
            total += a.sums[m, units[p]]
        if total < a.low[m] or total > a.high[m]:
            return False
        if m == 0 and total > a.cost_high:
            return False
    return True


@counted
def _shift(s, u, to):  # type: ignore[no-untyped-def]
    """Put unit u into another zone."""
    k = s.zone_of[u]
    for q in range(s.size[k]):
        if s.members[k, q] == u:
            s.members[k, q] = s.members[k, s.size[k] - 1]
            break
    s.size[k] -= 1
    s.members[to, s.size[to]] = u
    s.size[to] += 1
    s.zone_of[u] = to


@counted
def _replace(s, lot, old, new):  # type: ignore[no-untyped-def]
    """Put a zone in the place of another."""
    for i in range(s.lot_size[lot]):
        if s.lots[lot, i] == old:
            s.lots[lot, i] = new
    s.lot_of[new] = lot


@counted
def _is_compatible(a, s, k, u):  # type: ignore[no-untyped-def]
    """Rules of who may share allow zone k, which unit u (or -1) has joined."""
    if not a.compatibility.matters:
        return True
    units, count = s.members[k], s.size[k]
    if not holds_whole_groups(a.compatibility, units, count):
        return False
    for q in range(count):
        if (
            u >= 0
            and units[q] != u
            and not fits_with_all(a.compatibility, u, units[q : q + 1], 1)
        ):
            return False
    return True


@counted
def _accepts(more, temperature, rng):  # type: ignore[no-untyped-def]
    return more <= 0 or uniform(rng) < np.exp(-more / temperature)


@counted
def _exchange(p, s, k, to, temperature, rng):  # type: ignore[no-untyped-def]
    """Let the lot of zone k give it for one of another lot, beside it."""
    mine, other = s.lot_of[k], s.lot_of[to]
    cost_mine, cost_other = s.lot_cost[mine], s.lot_cost[other]
    breaks_mine, breaks_other = s.lot_breaks[mine], s.lot_breaks[other]
    back = s.lots[other, below(rng, s.lot_size[other])]
    gives = s.lot_size[mine] == s.lot_size[other] + 1 and uniform(rng) < 0.5
    if gives:
        last = s.lots[mine, s.lot_size[mine] - 1]
        _replace(s, mine, k, last)
        s.lot_size[mine] -= 1
        s.lots[other, s.lot_size[other]] = k
        s.lot_size[other] += 1
        s.lot_of[k] = other
    else:
        _replace(s, mine, k, back)
        _replace(s, other, back, k)
    price_lot(p, s, mine)
    price_lot(p, s, other)
    more = s.lot_cost[mine] + s.lot_cost[other] - cost_mine - cost_other
    worse = s.lot_breaks[mine] + s.lot_breaks[other] - breaks_mine - breaks_other
    if _accepts(more + p.break_cost * worse, temperature, rng):
        return
    if gives:
        s.lot_size[other] -= 1
        s.lots[mine, s.lot_size[mine]] = k
        s.lot_size[mine] += 1
        s.lot_of[k] = mine
    else:
        _replace(s, mine, back, k)
        _replace(s, other, k, back)
    s.lot_cost[mine], s.lot_cost[other] = cost_mine, cost_other
    s.lot_breaks[mine], s.lot_breaks[other] = breaks_mine, breaks_other


@counted
def _keep(s, k, kept):  # type: ignore[no-untyped-def]
    """Note what a zone costs and needs."""
    kept[0], kept[1] = s.own[k], s.hubs.center[k]
    kept[2:] = s.demand[k]
    return s.hubs.rate[k]


@counted
def _restore(s, k, kept, rate):  # type: ignore[no-untyped-def]
    s.own[k], s.hubs.center[k] = kept[0], kept[1]
    s.demand[k] = kept[2:]
    s.hubs.rate[k] = rate


@counted
def anneal(a, p, s, mix, proposals, hot, cold, rng, best_zone, best_lot):  # type: ignore[no-untyped-def]
    """Move for so many proposals; from `hot` to `cold`, both yuan.

    `mix`: in what part of the moves lots exchange zones, and in what part of the others
    two units change places.

    Returns
    -------
    The cost of the cheapest state in which no lot falls apart, looked at after every n
    proposals, or -1; `best_zone` and `best_lot` receive it.
    """
    n = len(s.zone_of)
    cool = (cold / hot) ** (1.0 / max(1, proposals // n))
    temperature = hot
    best = np.int64(-1)
    seen = np.zeros(n, np.int64)
    queue = np.empty(n, np.int64)
    stamp = 0
    keep_a = np.empty(2 + len(p.demand), np.int64)
    keep_b = np.empty(2 + len(p.demand), np.int64)
    for step in range(proposals):
        if step % n == n - 1:
            temperature *= cool
            if s.lot_breaks.sum() == 0 and (best < 0 or s.lot_cost.sum() < best):
                best = s.lot_cost.sum()
                best_zone[:] = s.zone_of
                best_lot[:] = s.lot_of
        u = below(rng, n)
        degree = p.edge_ptr[u + 1] - p.edge_ptr[u]
        if degree == 0:
            continue
        v = p.edge[p.edge_ptr[u] + below(rng, degree)]
        k, to = s.zone_of[u], s.zone_of[v]
        if k == to:
            continue
        mine, other = s.lot_of[k], s.lot_of[to]
        if uniform(rng) < mix[0]:
            if mine != other:
                _exchange(p, s, k, to, temperature, rng)
            continue
        w = -1
        if uniform(rng) < mix[1]:
            w = s.members[to, below(rng, s.size[to])]
        if p.locked[u] or p.locked[v] or (w < 0 and s.size[k] == 1):
            continue
        if s.size[to] + 1 >= s.members.shape[1]:
            continue
        rate_a, rate_b = _keep(s, k, keep_a), _keep(s, to, keep_b)
        before = s.lot_cost[mine] + (s.lot_cost[other] if mine != other else 0)
        cost_mine, cost_other = s.lot_cost[mine], s.lot_cost[other]
        breaks_mine, breaks_other = s.lot_breaks[mine], s.lot_breaks[other]
        _shift(s, u, to)
        if w >= 0:
            _shift(s, w, k)
        fits = _keeps_sums(a, s.members[k], s.size[k])
        fits = fits and _keeps_sums(a, s.members[to], s.size[to])
        if fits:
            stamp += 2
            fits = _whole(a, s.zone_of, s.members[k], s.size[k], seen, stamp, queue)
            fits = fits and _whole(
                a, s.zone_of, s.members[to], s.size[to], seen, stamp + 1, queue
            )
        fits = fits and _is_compatible(a, s, k, w) and _is_compatible(a, s, to, u)
        fits = fits and price_zone(a, p, s, k) and price_zone(a, p, s, to)
        if fits:
            price_lot(p, s, mine)
            after, breaks = s.lot_cost[mine], s.lot_breaks[mine] - breaks_mine
            if mine != other:
                price_lot(p, s, other)
                after += s.lot_cost[other]
                breaks += s.lot_breaks[other] - breaks_other
            if _accepts(after - before + p.break_cost * breaks, temperature, rng):
                continue
        _shift(s, u, k)
        if w >= 0:
            _shift(s, w, to)
        _restore(s, k, keep_a, rate_a)
        _restore(s, to, keep_b, rate_b)
        s.lot_cost[mine], s.lot_cost[other] = cost_mine, cost_other
        s.lot_breaks[mine], s.lot_breaks[other] = breaks_mine, breaks_other
    return best
