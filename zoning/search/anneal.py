"""Simulated annealing: move a border unit, swap two; compiled, linear in units.

The band is a penalty that grows while the temperature falls. Each zone keeps, for every
member, what the zone's travel would be with that member as center, so that a move costs
time proportional to the two zones' sizes.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from time import perf_counter
from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from zoning.problem import halve
from zoning.search.arrays import FAR, NOBODY, Arrays, travel
from zoning.search.chance import below, seed_state, uniform
from zoning.search.company import clash
from zoning.search.slots import in_place
from zoning.search.zones import of_plan, zone_sums

Labels = NDArray[np.int32]
UNSERVED, STRAINED = 0.5, 0.3  # a broken rule, in zones outside their band


class _Limits(NamedTuple):
    """What sums over a zone may be, and its cost by its place."""

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    slot_low: NDArray[np.int64]
    slot_high: NDArray[np.int64]


@nb.njit(cache=True, nogil=True, forceinline=True)
def _excess(limits, scale, k, sums, zone_travel):  # type: ignore[no-untyped-def]
    """How far zone k is outside its bands, as a fraction of the usual sum.

    A unit that the best center may not serve counts half a zone.
    """
    total = UNSERVED * (zone_travel // FAR)
    cost = sums[0] + zone_travel % FAR
    if cost < limits.slot_low[k]:
        total += (limits.slot_low[k] - cost) / scale[0]
    elif cost > limits.slot_high[k]:
        total += (cost - limits.slot_high[k]) / scale[0]
    for m in range(len(sums)):
        if sums[m] < limits.low[m]:
            total += (limits.low[m] - sums[m]) / scale[m]
        elif sums[m] > limits.high[m]:
            total += (sums[m] - limits.high[m]) / scale[m]
    if total > 0.0:
        total += 0.003  # a hair outside is outside
    return total


@nb.njit(cache=True, nogil=True)
def _holds_without(indptr, indices, free, zone, u, seen, stamp, queue):  # type: ignore[no-untyped-def]
    """The zone of u stays in one piece (and not empty) when u leaves it."""
    k = zone[u]
    wanted = 0
    start = -1
    for e in range(indptr[u], indptr[u + 1]):
        v = indices[e]
        if zone[v] == k and v != u:
            wanted += 1
            start = v
            if free:
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


@nb.njit(cache=True, nogil=True)
def _strain(who, zone, u, k, head, after, other, other_zone):  # type: ignore[no-untyped-def]
    """How many rules of company unit u breaks in zone k.

    Unit `other` (or -1) is taken to be in zone `other_zone`.
    """
    total = 0
    c = head[k]
    while c >= 0:
        if c != u and c != other:
            total += clash(who, u, c)
        c = after[c]
    g = who.group[u]
    if g >= 0:
        for e in range(who.group_ptr[g], who.group_ptr[g + 1]):
            v = who.group_units[e]
            if v != u:
                total += (other_zone if v == other else zone[v]) != k
    return total + (who.pinned[u] >= 0 and who.pinned[u] != k)


@nb.njit(cache=True, nogil=True)
def _moved(places, u, k):  # type: ignore[no-untyped-def]
    """m² that change zone when unit u is in zone k."""
    if places.before[u] == NOBODY or places.before[u] == k:
        return np.int64(0)
    return places.area[u]


@nb.njit(cache=True, nogil=True)
def _rules_change(a, zone, u, w, to, head, after):  # type: ignore[no-untyped-def]
    """Rules of company, and m², that change when u goes to a zone and w comes back.

    A function of its own: in the body of `sweeps` it costs plans without such rules
    ten times their time, since the compiler then counts references at every step.
    """
    k = zone[u]
    strain = _strain(a.company, zone, u, to, head, after, w, k)
    strain -= _strain(a.company, zone, u, k, head, after, w, to)
    moved = _moved(a.places, u, to) - _moved(a.places, u, k)
    if w >= 0:
        strain += _strain(a.company, zone, w, k, head, after, u, to)
        strain -= _strain(a.company, zone, w, to, head, after, u, k)
        moved += _moved(a.places, w, k) - _moved(a.places, w, to)
    return strain, moved


@nb.njit(cache=True, nogil=True)
def _strains(a, zone, count):  # type: ignore[no-untyped-def]
    """Rules of company a plan breaks, and m² that change zone."""
    head = np.full(count, -1, np.int32)
    after = np.full(len(zone), -1, np.int32)
    before = np.full(len(zone), -1, np.int32)
    strain = 0
    moved = np.int64(0)
    for u in range(len(zone)):
        # only those before it are linked, so that each pair counts once
        c = head[zone[u]]
        while c >= 0:
            strain += clash(a.company, u, c)
            c = after[c]
        g = a.company.group[u]
        if g >= 0:
            for e in range(a.company.group_ptr[g], a.company.group_ptr[g + 1]):
                v = a.company.group_units[e]
                strain += v < u and zone[v] != zone[u]
        strain += a.company.pinned[u] >= 0 and a.company.pinned[u] != zone[u]
        moved += _moved(a.places, u, zone[u])
        _link(u, zone[u], head, after, before)
    return strain, moved


@nb.njit(cache=True, nogil=True)
def _unlink(u, k, head, after, before):  # type: ignore[no-untyped-def]
    if before[u] >= 0:
        after[before[u]] = after[u]
    else:
        head[k] = after[u]
    if after[u] >= 0:
        before[after[u]] = before[u]


@nb.njit(cache=True, nogil=True)
def _link(u, k, head, after, before):  # type: ignore[no-untyped-def]
    before[u] = -1
    after[u] = head[k]
    if head[k] >= 0:
        before[head[k]] = u
    head[k] = u


@nb.njit(cache=True, nogil=True, forceinline=True)
def _travel_changed(ways, head, after, from_u, k, out, into):  # type: ignore[no-untyped-def]
    """Travel of zone k after unit `out` (or -1) left and unit `into` (or -1) came."""
    best = np.int64(2**62)
    own = travel(ways, into, into) if into >= 0 else np.int64(0)
    c = head[k]
    while c >= 0:
        if c != out:
            t = from_u[c]
            if out >= 0:
                t -= travel(ways, out, c)
            if into >= 0:
                t += travel(ways, into, c)
                own += travel(ways, c, into)
            best = min(best, t)
        c = after[c]
    if into >= 0:
        best = min(best, own)
    return best


@nb.njit(cache=True, nogil=True)
def _move(ways, values, u, to, zone, head, after, before, from_u, sums, size):  # type: ignore[no-untyped-def]
    """Carry unit u over to zone `to` and bring all sums up to date."""
    k = zone[u]
    _unlink(u, k, head, after, before)
    c = head[k]
    while c >= 0:
        from_u[c] -= travel(ways, u, c)
        c = after[c]
    own = travel(ways, u, u)
    c = head[to]
    while c >= 0:
        from_u[c] += travel(ways, u, c)
        own += travel(ways, c, u)
        c = after[c]
    from_u[u] = own
    _link(u, to, head, after, before)
    zone[u] = to
    size[k] -= 1
    size[to] += 1
    for m in range(values.shape[0]):
        sums[k, m] -= values[m, u]
        sums[to, m] += values[m, u]


@nb.njit(cache=True, nogil=True, forceinline=True)
def _touches(indptr, indices, free, zone, u, k, but):  # type: ignore[no-untyped-def]
    if free:
        return True
    for e in range(indptr[u], indptr[u + 1]):
        v = indices[e]
        if v != but and zone[v] == k:
            return True
    return False


@nb.njit(cache=True, nogil=True)
def sweeps(a, zone, count, proposals, hot, cold, soft, hard, scale, state, best):  # type: ignore[no-untyped-def]
    """Anneal `zone` in place for so many proposals.

    Temperature goes from `hot` to `cold`, the penalty per unit of excess from `soft` to
    `hard`, both geometrically. `best` receives the cheapest labels seen that keep all
    bands (looked at once a sweep); returns their travel, or -1.
    """
    n = len(zone)
    m_count = a.sums.shape[0]
    ways, indptr, indices = a.ways, a.indptr, a.indices
    limits = _Limits(a.low, a.high, a.places.slot_low, a.places.slot_high)
    head = np.full(count, -1, np.int32)
    after = np.full(n, -1, np.int32)
    before = np.full(n, -1, np.int32)
    size = np.zeros(count, np.int64)
    sums = np.zeros((count, m_count), np.int64)
    for u in range(n - 1, -1, -1):
        _link(u, zone[u], head, after, before)
        size[zone[u]] += 1
        for m in range(m_count):
            sums[zone[u], m] += a.sums[m, u]
    from_u = np.zeros(n, np.int64)
    zone_travel = np.full(count, 2**62, np.int64)
    for u in range(n):
        c = head[zone[u]]
        while c >= 0:
            from_u[u] += travel(ways, c, u)
            c = after[c]
        zone_travel[zone[u]] = min(zone_travel[zone[u]], from_u[u])
    excess = np.zeros(count, np.float64)
    for k in range(count):
        excess[k] = _excess(limits, scale, k, sums[k], zone_travel[k])
    ruled = a.company.bound or a.places.named.any()
    strain = 0
    moved = np.int64(0)
    if ruled:
        strain, moved = _strains(a, zone, count)
    usual_area = max(1.0, a.places.area.sum() / count)
    seen = np.zeros(n, np.int64)
    queue = np.empty(n, np.int32)
    stamp = 0
    changed_a = np.empty(m_count, np.int64)
    changed_b = np.empty(m_count, np.int64)
    best_travel = np.int64(-1)
    cool = (cold / hot) ** (1.0 / max(1, proposals // n))
    grow = (hard / soft) ** (1.0 / max(1, proposals // n))
    heat = hot
    price = soft
    for step in range(proposals):
        if step % n == n - 1:
            heat *= cool
            price *= grow
            broken = strain > 0 or moved > a.places.change_most
            total = np.int64(np.rint(a.places.change_price * moved))
            for k in range(count):
                total += zone_travel[k]
                broken = broken or excess[k] > 0.0
            if not broken and (best_travel < 0 or total < best_travel):
                best_travel = total
                best[:] = zone
        u = below(state, n)
        degree = indptr[u + 1] - indptr[u]
        if degree == 0:
            continue
        v = indices[indptr[u] + below(state, degree)]
        ka = zone[u]
        kb = zone[v]
        if ka == kb:
            continue
        w = -1
        if uniform(state) < 0.5:
            w = v
            degree = indptr[v + 1] - indptr[v]
            if uniform(state) < 0.7:
                w = indices[indptr[v] + below(state, degree)]
            if zone[w] != kb or w == u:
                continue
            joined = _touches(indptr, indices, a.free, zone, w, ka, u) and _touches(
                indptr, indices, a.free, zone, u, kb, w
            )
            if not joined and not (size[ka] == 1 and size[kb] == 1):
                continue
        if size[ka] == 1 and w < 0:
            continue
        travel_a = _travel_changed(ways, head, after, from_u, ka, u, w)
        travel_b = _travel_changed(ways, head, after, from_u, kb, w, u)
        for m in range(m_count):
            d = a.sums[m, u]
            if w >= 0:
                d -= a.sums[m, w]
            changed_a[m] = sums[ka, m] - d
            changed_b[m] = sums[kb, m] + d
        excess_a = _excess(limits, scale, ka, changed_a, travel_a)
        excess_b = _excess(limits, scale, kb, changed_b, travel_b)
        delta = np.float64(travel_a % FAR + travel_b % FAR)
        delta -= np.float64(zone_travel[ka] % FAR + zone_travel[kb] % FAR)
        delta += price * (excess_a + excess_b - excess[ka] - excess[kb])
        more_strain = 0
        more_moved = np.int64(0)
        if ruled:
            more_strain, more_moved = _rules_change(a, zone, u, w, kb, head, after)
            over = max(0, moved + more_moved - a.places.change_most)
            over -= max(0, moved - a.places.change_most)
            delta += price * (STRAINED * more_strain + over / usual_area)
            delta += a.places.change_price * more_moved
        if delta > 0.0 and uniform(state) >= np.exp(-delta / heat):
            continue
        if size[ka] > 1:
            stamp += 1
            if not _holds_without(indptr, indices, a.free, zone, u, seen, stamp, queue):
                continue
        if w >= 0 and size[kb] > 1:
            stamp += 1
            if not _holds_without(indptr, indices, a.free, zone, w, seen, stamp, queue):
                continue
        _move(ways, a.sums, u, kb, zone, head, after, before, from_u, sums, size)
        if w >= 0:
            _move(ways, a.sums, w, ka, zone, head, after, before, from_u, sums, size)
        strain += more_strain
        moved += more_moved
        zone_travel[ka] = travel_a
        zone_travel[kb] = travel_b
        excess[ka] = excess_a
        excess[kb] = excess_b
    broken = strain > 0 or moved > a.places.change_most
    total = np.int64(np.rint(a.places.change_price * moved))
    for k in range(count):
        total += zone_travel[k]
        broken = broken or excess[k] > 0.0
    if not broken and (best_travel < 0 or total < best_travel):
        best_travel = total
        best[:] = zone
    return best_travel


@nb.njit(cache=True, nogil=True)
def grow(a, seeds, weight, count):  # type: ignore[no-untyped-def]
    """Contiguous zones grown from seed units: the lightest takes its nearest neighbour.

    Units that no seed reaches stay -1.
    """
    n = len(weight)
    zone = np.full(n, -1, np.int32)
    heft = np.zeros(count, np.float64)
    open_zone = np.ones(count, np.bool_)
    members = np.full(n, -1, np.int32)  # next member of the zone, newest first
    newest = np.full(count, -1, np.int32)
    heap = [(0.0, 0)]
    heap.pop()
    for k in range(count):
        zone[seeds[k]] = k
        heft[k] = weight[seeds[k]]
        newest[k] = seeds[k]
        heappush(heap, (heft[k], k))
    while len(heap) > 0:
        k = heappop(heap)[1]
        if not open_zone[k]:
            continue
        near = np.inf
        pick = -1
        c = newest[k]
        while c >= 0:
            for e in range(a.indptr[c], a.indptr[c + 1]):
                v = a.indices[e]
                if zone[v] < 0:
                    d = travel(a.ways, v, seeds[k]) % FAR / (1.0 + weight[v])
                    if d < near:
                        near = d
                        pick = v
                    if a.free and near == 0:
                        break
            c = members[c]
        if pick < 0:
            open_zone[k] = False
            continue
        zone[pick] = k
        heft[k] += weight[pick]
        members[pick] = newest[k]
        newest[k] = pick
        heappush(heap, (heft[k], k))
    return zone


def start(a: Arrays, count: int, seed: int) -> Labels:
    """Contiguous zones to begin with, bands not minded.

    Every connected part is halved again and again by load, across its longer side (with
    seed 0) or a side of chance; zones are grown from the middle of each piece.
    """
    xy = np.column_stack([a.ways.x, a.ways.y])
    chance = np.random.default_rng(seed) if seed else None
    part = _parts(a)
    pieces = [
        piece
        for p, share in enumerate(_shares(a, part, count))
        for piece in halve(xy, a.sums[0], np.flatnonzero(part == p), int(share), chance)
    ]
    seeds = np.array([_middle(xy, a.sums[0], piece) for piece in pieces])
    return np.asarray(grow(a, seeds, a.sums[0].astype(np.float64), count), np.int32)


def _middle(
    xy: NDArray[np.float64], load: NDArray[np.int64], units: NDArray[np.int64]
) -> int:
    center = np.average(xy[units], axis=0, weights=load[units] + 1)
    return int(units[((xy[units] - center) ** 2).sum(axis=1).argmin()])


def _parts(a: Arrays) -> NDArray[np.int32]:
    n = len(a.ways.spots)
    ones = np.ones(len(a.indices), np.int8)
    graph = csr_array((ones, a.indices, a.indptr), (n, n))
    return np.asarray(connected_components(graph)[1], np.int32)


def _shares(a: Arrays, part: NDArray[np.int32], count: int) -> NDArray[np.int64]:
    """How many zones each connected part gets: by load, at least one."""
    load = np.bincount(part, weights=a.sums[0].astype(np.float64) + 1e-6)
    room = np.bincount(part)
    given = np.ones(len(load), np.int64)
    while given.sum() < count:
        need = np.where(given < room, load / given, -1.0)
        given[int(need.argmax())] += 1
    return given


def scales(a: Arrays, count: int) -> NDArray[np.float64]:
    """The usual sum over a zone, per row of `Arrays.sums`: the unit of excess."""
    return np.asarray(np.maximum(1.0, a.sums.sum(axis=1) / count), np.float64)


HOT, COLD = 1.0, 0.01  # temperatures, in travel of a usual unit
SOFT, HARD = 2.0, 2_000.0  # price of a whole zone's excess, in travel of a usual zone
SLICES = 20  # pieces of one descent, between which the clock is looked at


@dataclass(frozen=True)
class Descent:
    """One annealing run: where it begins and how long it goes on."""

    seed: int
    sweeps: int
    deadline: float
    begin: Labels | None = None  # labels to begin with; grown anew if None
    hot: float = HOT


@dataclass(frozen=True)
class Landing:
    """Where a run ended: the best labels that keep all bands (or None), and the last.

    `excess` is how far the last labels are outside their bands, in zones.
    """

    best: Labels | None
    travel: int
    last: Labels
    excess: float


def descend(a: Arrays, count: int, descent: Descent) -> Landing:
    """Anneal once."""
    zone = start(a, count, descent.seed) if descent.begin is None else descent.begin
    zone = in_place(a, zone, count) if a.slotted else zone
    zone = zone.astype(np.int32, copy=True)
    n = len(zone)
    travel_now = float(max(1, (of_plan(a, zone, count).cost % FAR).sum()))
    scale, state = scales(a, count), seed_state(descent.seed)
    heat = np.geomspace(descent.hot, COLD, SLICES + 1) * travel_now / n
    price = np.geomspace(SOFT, HARD, SLICES + 1) * travel_now / count
    best, found = zone.copy(), zone.copy()
    least = -1
    for piece in range(SLICES):
        if perf_counter() > descent.deadline:
            break
        proposals = max(n, descent.sweeps * n // SLICES)
        got = sweeps(
            a,
            zone,
            count,
            proposals,
            heat[piece],
            heat[piece + 1],
            price[piece],
            price[piece + 1],
            scale,
            state,
            found,
        )
        if got >= 0 and (least < 0 or got < least):
            least = got
            best[:] = found
    return Landing(
        best if least >= 0 else None, int(least), zone, excess(a, zone, count)
    )


def excess(a: Arrays, zone: Labels, count: int) -> float:
    """How far a plan is outside its bands and rules, in zones."""
    scale = scales(a, count)
    plan = of_plan(a, zone, count)
    limits = _Limits(a.low, a.high, a.places.slot_low, a.places.slot_high)
    off = [
        _excess(limits, scale, k, sums, plan.cost[k])
        for k, sums in enumerate(zone_sums(a, plan))
    ]
    if a.company.bound or a.slotted:
        strain, moved = _strains(a, zone, count)
        over = (
            max(0, moved - a.places.change_most)
            * count
            / max(1, int(a.places.area.sum()))
        )
        off.append(STRAINED * strain + over)
    return float(sum(off))
