"""The compiled part of annealing: move a border unit, swap two, millions of times.

Each zone keeps, for every member, what the zone's travel would be with that member as
center, so that a move costs time proportional to the two zones' sizes.
"""

from __future__ import annotations

import numpy as np

from zoning.search.instance.compatibility import violations_of_unit
from zoning.search.instance.constants import FAR, NOBODY
from zoning.search.instance.travel import travel_cost
from zoning.search.kernels.compiled import compiled, inlined, inner
from zoning.search.kernels.rng import below, uniform

UNSERVED, BROKEN_RULE = 0.5, 0.3  # a broken rule, in zones outside their band


@inlined
def _violation(limits, values, k, sums, u, w, travel):  # type: ignore[no-untyped-def]
    """How far zone k is outside its bands, as a fraction of the usual sum.

    Unit u (or -1) has left it, w (or -1) has come. A unit that the best center may not
    serve counts half a zone.
    """
    total = 0.0
    cost = travel % FAR
    m = 0
    while limits.scale[m] > 0.0:
        value = sums[k, m]
        if u >= 0:
            value -= values[m, u]
        if w >= 0:
            value += values[m, w]
        if value < limits.low[m]:
            total += limits.weight[m] * (limits.low[m] - value) / limits.scale[m]
        elif value > limits.high[m]:
            total += limits.weight[m] * (value - limits.high[m]) / limits.scale[m]
        if m == 0:
            cost += value
        m += 1
    if cost < limits.cost_low[k]:
        total += limits.weight[m] * (limits.cost_low[k] - cost) / limits.scale[0]
    elif cost > limits.cost_high[k]:
        total += limits.weight[m] * (cost - limits.cost_high[k]) / limits.scale[0]
    if travel >= FAR:
        total += UNSERVED * (travel // FAR) + limits.most
    if total > 0.0:
        total += limits.hair
    return total


@compiled
def violations(limits, values, sums, travel, out):  # type: ignore[no-untyped-def]
    """How far each zone is outside its bands, as a fraction of the usual sum."""
    none = np.int64(-1)
    for k in range(len(travel)):
        out[k] = _violation(limits, values, k, sums, none, none, travel[k])


@inner
def _holds_without(indptr, indices, is_complete, state, u):  # type: ignore[no-untyped-def]
    """The zone of u, where others are in it, stays in one piece when u leaves it."""
    zone, seen, queue = state.zone, state.seen, state.queue
    if state.size[zone[u]] <= 1:
        return True  # only an exchange takes the last unit away
    state.tally[0] += 1
    stamp = state.tally[0]
    k = zone[u]
    wanted = 0
    start = -1
    for e in range(indptr[u], indptr[u + 1]):
        v = indices[e]
        if zone[v] == k and v != u:
            wanted += 1
            start = v
            if is_complete:
                return True
            seen[v] = -stamp
    if wanted <= 1:
        return wanted == 1
    seen[start] = stamp
    seen[u] = stamp
    queue[0] = start
    head, tail = 0, 1
    found = 1
    while head < tail:
        w = queue[head]
        head += 1
        for e in range(indptr[w], indptr[w + 1]):
            v = indices[e]
            if zone[v] == k and seen[v] != stamp:
                if seen[v] == -stamp:
                    found += 1
                    if found == wanted:
                        return True
                seen[v] = stamp
                queue[tail] = v
                tail += 1
    return False


@inner
def _touches(indptr, indices, is_complete, zone, u, k, but):  # type: ignore[no-untyped-def]
    if is_complete:
        return True
    for e in range(indptr[u], indptr[u + 1]):
        v = indices[e]
        if v != but and zone[v] == k:
            return True
    return False


@inner
def _moved(terms, u, k):  # type: ignore[no-untyped-def]
    """m² that change zone when unit u is in zone k."""
    if terms.before[u] == NOBODY or terms.before[u] == k:
        return np.int64(0)
    return terms.area[u]


@inner
def _terms_change(terms, zone, u, w, to, head, after):  # type: ignore[no-untyped-def]
    """Broken rules on who shares a zone, and m² changed, when u goes and w comes."""
    k = zone[u]
    broken = violations_of_unit(terms.compatibility, zone, u, to, head, after, w, k)
    broken -= violations_of_unit(terms.compatibility, zone, u, k, head, after, w, to)
    moved = _moved(terms, u, to) - _moved(terms, u, k)
    if w >= 0:
        broken += violations_of_unit(
            terms.compatibility, zone, w, k, head, after, u, to
        )
        broken -= violations_of_unit(
            terms.compatibility, zone, w, to, head, after, u, k
        )
        moved += _moved(terms, w, k) - _moved(terms, w, to)
    return broken, moved


@inlined
def _travel_changed(travel_data, head, after, from_u, fresh, k, out, into):  # type: ignore[no-untyped-def]
    """Travel of zone k after unit `out` left and unit `into` (or -1) came.

    `fresh` receives it for every member as center.
    """
    best = np.int64(2**62)
    own = travel_cost(travel_data, into, into) if into >= 0 else np.int64(0)
    c = np.int64(head[k])
    while c >= 0:
        if c != out:
            t = from_u[c]
            if out >= 0:
                t -= travel_cost(travel_data, out, c)
            if into >= 0:
                t += travel_cost(travel_data, into, c)
                own += travel_cost(travel_data, c, into)
            fresh[c] = t
            best = min(best, t)
        c = np.int64(after[c])
    if into >= 0:
        fresh[into] = own
        best = min(best, own)
    return best


@inner
def _move(values, scale, u, to, state):  # type: ignore[no-untyped-def]
    """Carry unit u over to zone `to`."""
    zone, sums = state.zone, state.sums
    head, after, before = state.head, state.after, state.before
    k = zone[u]
    if before[u] >= 0:
        after[before[u]] = after[u]
    else:
        head[k] = after[u]
    if after[u] >= 0:
        before[after[u]] = before[u]
    before[u] = -1
    after[u] = head[to]
    if head[to] >= 0:
        before[head[to]] = u
    head[to] = u
    zone[u] = to
    state.size[k] -= 1
    state.size[to] += 1
    m = 0
    while scale[m] > 0.0:
        sums[k, m] -= values[m, u]
        sums[to, m] += values[m, u]
        m += 1


@inner
def _settle(state, k, travel, violation):  # type: ignore[no-untyped-def]
    """Bring what is kept about zone k up to date."""
    state.travel[k] = travel
    state.violation[k] = violation
    c = state.head[k]
    while c >= 0:
        state.from_u[c] = state.fresh[c]
        c = state.after[c]


@inner
def _keep_best(state, limits, terms, least, best):  # type: ignore[no-untyped-def]
    """What the plan costs, kept in `best`, where it breaks no rule and is the least.

    That is its travel and, where bands bend, the price of being outside.
    """
    total = np.int64(0)
    if terms is not None:
        if state.tally[1] > 0 or state.tally[2] > terms.change_most:
            return least
        total += np.int64(np.rint(terms.change_price * state.tally[2]))
    for k in range(len(state.travel)):
        if state.violation[k] > limits.most:
            return least
        total += state.travel[k]
        total += np.int64(np.rint(limits.price * state.violation[k]))
    if 0 <= least <= total:
        return least
    for u in range(len(best)):
        best[u] = state.zone[u]
    return total


@compiled
def sweeps(  # type: ignore[no-untyped-def]
    indptr,
    indices,
    is_complete,
    values,
    travel_data,
    limits,
    terms,
    state,
    proposals,
    temperatures,
    penalties,
    best,
):
    """Anneal a plan in place for so many proposals.

    Parameters
    ----------
    indptr, indices, free
        Who touches whom; contiguity forbids nothing.
    values
        What is summed over zones: m × n.
    travel_data, limits, terms
        See there; `terms` may be None.
    s
        The plan.
    temperatures
        Temperature at the beginning and at the end; geometric in between.
    penalties
        The same for the penalty per unit of violation.
    best
        Receives the cheapest plan seen that keep all bands and rules, looked at once
        a sweep.

    Returns
    -------
    int
        Their travel, or -1.
    """
    zone, head, after, rng = state.zone, state.head, state.after, state.rng
    n = len(zone)
    least = np.int64(-1)
    cool = (temperatures[1] / temperatures[0]) ** (1.0 / max(1, proposals // n))
    grow = (penalties[1] / penalties[0]) ** (1.0 / max(1, proposals // n))
    temperature = temperatures[0]
    penalty = penalties[0]
    rest = n
    for _ in range(proposals):
        rest -= 1
        if rest == 0:
            rest = n
            temperature *= cool
            penalty *= grow
            least = _keep_best(state, limits, terms, least, best)
        u = below(rng, n)
        degree = np.int64(indptr[u + 1] - indptr[u])
        if degree == 0:
            continue
        v = np.int64(indices[indptr[u] + below(rng, degree)])
        ka = np.int64(zone[u])
        kb = np.int64(zone[v])
        if ka == kb:
            continue
        w = np.int64(-1)
        if uniform(rng) < 0.5:
            w = v
            degree = np.int64(indptr[v + 1] - indptr[v])
            if uniform(rng) < 0.7:
                w = np.int64(indices[indptr[v] + below(rng, degree)])
            if zone[w] != kb or w == u:
                continue
            joined = _touches(
                indptr, indices, is_complete, zone, w, ka, u
            ) and _touches(indptr, indices, is_complete, zone, u, kb, w)
            if not joined and not (state.size[ka] == 1 and state.size[kb] == 1):
                continue
        if state.size[ka] == 1 and w < 0:
            continue
        travel_a = _travel_changed(
            travel_data, head, after, state.from_u, state.fresh, ka, u, w
        )
        travel_b = _travel_changed(
            travel_data, head, after, state.from_u, state.fresh, kb, w, u
        )
        violation_a = _violation(limits, values, ka, state.sums, u, w, travel_a)
        violation_b = _violation(limits, values, kb, state.sums, w, u, travel_b)
        delta = np.float64(travel_a % FAR + travel_b % FAR)
        delta -= np.float64(state.travel[ka] % FAR + state.travel[kb] % FAR)
        delta += penalty * (
            violation_a + violation_b - state.violation[ka] - state.violation[kb]
        )
        broken, moved = 0, np.int64(0)
        if terms is not None:
            broken, moved = _terms_change(terms, zone, u, w, kb, head, after)
            over = max(0, state.tally[2] + moved - terms.change_most)
            over -= max(0, state.tally[2] - terms.change_most)
            delta += penalty * (BROKEN_RULE * broken + over / terms.usual_area)
            delta += terms.change_price * moved
        if delta > 0.0 and uniform(rng) >= np.exp(-delta / temperature):
            continue
        if not _holds_without(indptr, indices, is_complete, state, u):
            continue
        if w >= 0 and not _holds_without(indptr, indices, is_complete, state, w):
            continue
        _move(values, limits.scale, u, kb, state)
        if w >= 0:
            _move(values, limits.scale, w, ka, state)
        _settle(state, ka, travel_a, violation_a)
        _settle(state, kb, travel_b, violation_b)
        state.tally[1] += broken
        state.tally[2] += moved
    return _keep_best(state, limits, terms, least, best)
