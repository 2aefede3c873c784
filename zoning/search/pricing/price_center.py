"""Zones of small reduced cost around each center, by pruned depth-first search.

With the center fixed, each unit's share of a zone's reduced cost is its own: what it
costs to travel there less its dual price. A zone is grown from its center; at each step
the best unit on its border is taken in, later left out for good. A branch is cut off
when even the best fractional filling of what is left (a knapsack, by sorting) stays
above the threshold. Nothing is listed but what is wanted, so that zones of twenty units
can be priced exactly.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.search.instance.compatibility import fits_with_all, holds_whole_groups
from zoning.search.instance.constants import NO_LIMIT
from zoning.search.instance.instance import Instance
from zoning.search.instance.travel import travel_cost
from zoning.search.kernels.compiled import compiled, inner
from zoning.search.pricing.center_knapsack import (
    Ints,
    land,
    offers,
    part_of,
    room,
    usable,
    who,
)
from zoning.search.pricing.tree import IN, OUT, CutRows, carry, plant, tree_of

PLACES = 4_096  # for members of zones found, at first; then eight times as many
OPEN, GIVEN_UP, FULL = 0, 1, 2  # how a search ended


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


def around(
    a: Instance,
    c: int,
    units: NDArray[np.int32],
    dual: Ints,
    cut_rows: CutRows,
    threshold: int,
    improving: bool,
    most_nodes: int,
    most_zones: int,
) -> Found:
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
    places = PLACES
    while True:
        indptr, value = np.empty((2, places), np.int64)
        members = np.empty(places, np.int32)
        indptr[0] = 0
        ended, found, least = _around(
            land(a),
            who(a),
            c,
            units,
            dual,
            cut_rows,
            threshold,
            improving,
            most_nodes,
            most_zones,
            room(len(units)),
            tree_of(a, len(units), len(cut_rows.price)),
            indptr,
            members,
            value,
        )
        if ended != FULL:
            return Found(
                indptr[: found + 1].copy(),
                members[: indptr[found]].copy(),
                value[:found].copy(),
                least,
                ended == OPEN,
            )
        places = 8 * max(places, len(units))


@compiled
def _around(  # type: ignore[no-untyped-def]
    land,
    who,
    c,
    units,
    dual,
    cuts,
    threshold,
    improving,
    most_nodes,
    most_zones,
    room,
    tree,
    indptr,
    members,
    values,
):
    """Fill `indptr`, `members` and `values`; how it ended, finds, and the bound."""
    low, high = offers(land, c, units, dual, room)
    size, root = usable(c, units, room, low, high, threshold)
    if root > threshold:
        return OPEN, 0, root
    total, heft = plant(land, c, units, cuts, room, size, tree)
    count = np.int64(1)
    depth = 0
    nodes = 0
    found = 0
    ended = OPEN
    changed = True
    bar = threshold
    least = np.int64(NO_LIMIT)
    while True:
        if (
            changed
            and total <= bar
            and low <= heft <= high
            and _is_zone(land, who, c, tree.inside, count, tree.sums)
        ):
            filled = indptr[found]
            if found + 1 >= len(indptr) or filled + count > len(members):
                return FULL, 0, least
            for p in range(count):
                members[filled + p] = tree.inside[p]
            values[found] = total
            found += 1
            indptr[found] = filled + count
            least = min(least, total)
            if improving:
                bar = total - 1
            if found >= most_zones:
                ended = GIVEN_UP
                break
        changed = False
        nodes += 1
        if nodes > most_nodes:
            ended = GIVEN_UP
            break
        pick = _next(land, who, tree, size, count, total, high - heft, low - heft, bar)
        if pick >= 0:
            u = np.int64(tree.unit[pick])
            tree.decided[pick] = True
            tree.stack[depth] = pick
            tree.took[depth] = True
            depth += 1
            tree.inside[count] = u
            count += 1
            total += tree.value[pick] + carry(land, cuts, tree, u, IN)
            heft += tree.weight[pick]
            changed = True
            continue
        # leave units that were left out to their parents again, then turn one taken in
        # to one left out
        while depth > 0 and not tree.took[depth - 1]:
            depth -= 1
            tree.decided[tree.stack[depth]] = False
        if depth == 0:
            break
        pick = np.int64(tree.stack[depth - 1])
        u = np.int64(tree.unit[pick])
        tree.took[depth - 1] = False
        count -= 1
        total += carry(land, cuts, tree, u, OUT) - tree.value[pick]
        heft -= tree.weight[pick]
    if ended == GIVEN_UP:
        least = min(least, root)
    elif found == 0 or not improving:
        least = min(least, threshold + 1)
    return ended, found, least


@inner
def _is_zone(land, who, c, inside, count, sums):  # type: ignore[no-untyped-def]
    """The units inside keep all bands and rules, and c is their best center."""
    for m in range(land.sums.shape[0]):
        if sums[m] < land.low[m] or sums[m] > land.high[m]:
            return False
    if who is not None and not holds_whole_groups(who, inside, count):
        return False
    own = np.int64(0)
    for p in range(count):
        own += travel_cost(land.ways, np.int64(inside[p]), np.int64(c))
    for p in range(1, count):
        t = np.int64(0)
        for q in range(count):
            t += travel_cost(land.ways, np.int64(inside[q]), np.int64(inside[p]))
            if t >= own and inside[p] > c:
                break
        if t < own or (t == own and inside[p] < c):
            return False
    return True


@inner
def _next(land, who, tree, size, count, total, room, need, bar):  # type: ignore[no-untyped-def]
    """The best unit on the border, or -1 where the branch is cut off.

    Cut off is by the fractional bound over what may still be added: `room` is how much
    weight there is room for, `need` how much is wanting.
    """
    most = room
    bound = total
    pick = -1
    filling = True
    for s in range(size):
        if tree.decided[s] or tree.weight[s] > most:
            continue
        if pick < 0 and (tree.touching[s] > 0 or land.free):
            fits = True
            m = 0
            while fits and m < len(tree.sums):
                fits = tree.sums[m] + land.sums[m, tree.unit[s]] <= land.high[m]
                m += 1
            if who is not None:
                fits = fits and fits_with_all(who, tree.unit[s], tree.inside, count)
            if not fits:
                continue
            pick = s
            if not filling:
                break
        if filling:
            value, weight = tree.value[s], tree.weight[s]
            if value < 0:
                if weight > 0 and weight >= room:
                    bound += part_of(value, room, weight)
                    room = np.int64(0)
                    filling = False
                else:
                    bound += value
                    room -= weight
                    need -= weight
            elif need <= 0:
                filling = False
            elif weight >= need:
                bound += part_of(value, need, weight)
                need = np.int64(0)
                filling = False
            else:
                bound += value
                need -= weight
            if not filling and pick >= 0:
                break
    if filling and need > 0:
        return -1
    return pick if bound <= bar else -1
