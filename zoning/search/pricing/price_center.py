"""Zones of least reduced cost around one center, by branch and bound.

With the center fixed, each unit's share of a zone's reduced cost is its own: what it
costs to travel there less its dual. A zone is grown from its center; at each node the
best unit on its border is taken in, later left out for good. A branch is cut off when
even the fractional knapsack of what is left stays above the threshold. Nothing is
listed but what is wanted, so that zones of twenty units can be priced exactly. See
"Pricing around a center" in docs/formulation.md.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.search.instance.compatibility import fits_with_all, holds_whole_groups
from zoning.search.instance.constants import NO_LIMIT, SCALE
from zoning.search.instance.elastic_bands import cost_outside
from zoning.search.instance.instance import Instance
from zoning.search.instance.travel import travel_cost
from zoning.search.kernels.compiled import compiled, inner
from zoning.search.pricing.center_knapsack import (
    Ints,
    compatibility,
    filter_by_bound,
    floor_part,
    price_of_filling,
    pricing_data,
    room_for,
    workspace,
)
from zoning.search.pricing.subset_rows import CutRows
from zoning.search.pricing.tree import ADD, REMOVE, apply_unit, init_tree, new_tree

PLACES = 4_096  # for members of zones found, at first; then eight times as many
COMPLETE, GIVEN_UP, FULL = 0, 1, 2  # how a search ended


class PricedColumns(NamedTuple):
    """Zones around one center.

    Parameters
    ----------
    indptr, members, reduced_cost
        Zones, and ``SCALE × travel - unit duals - cut duals`` of each.
    min_reduced_cost
        No zone with this best center has a lower one.
    complete
        The search was not given up for want of nodes.
    """

    indptr: Ints
    members: NDArray[np.int32]
    reduced_cost: Ints
    min_reduced_cost: np.int64
    complete: bool


def price_center(
    a: Instance,
    center: int,
    units: NDArray[np.int32],
    dual: Ints,
    cut_rows: CutRows,
    max_reduced_cost: int,
    improving: bool,
    max_nodes: int,
    max_columns: int,
) -> PricedColumns:
    """Zones whose best center is this one, of at most so much reduced cost.

    Parameters
    ----------
    units
        The only units looked at (the center among them): all that may belong to it.
    dual
        Of each unit, × `SCALE`.
    improving
        After each find ask only for better ones: the last is the best there is.
    max_nodes, max_columns
        Give up after so many nodes of the search tree, or finds.
    """
    places = PLACES
    while True:
        indptr, reduced_cost = np.empty((2, places), np.int64)
        members = np.empty(places, np.int32)
        indptr[0] = 0
        status, found, min_reduced_cost = _price_center(
            pricing_data(a),
            compatibility(a),
            center,
            units,
            dual,
            cut_rows,
            max_reduced_cost,
            improving,
            max_nodes,
            max_columns,
            workspace(len(units)),
            new_tree(a, len(units), len(cut_rows.dual)),
            indptr,
            members,
            reduced_cost,
        )
        if status != FULL:
            return PricedColumns(
                indptr[: found + 1].copy(),
                members[: indptr[found]].copy(),
                reduced_cost[:found].copy(),
                min_reduced_cost,
                status == COMPLETE,
            )
        places = 8 * max(places, len(units))


@compiled
def _price_center(  # type: ignore[no-untyped-def]
    data,
    compatible,
    center,
    units,
    dual,
    cuts,
    max_reduced_cost,
    improving,
    max_nodes,
    max_columns,
    space,
    tree,
    indptr,
    members,
    reduced_cost,
):
    """Fill `indptr`, `members` and `reduced_cost`.

    Gives how it ended, how many zones there are, and the bound. At each node `total`
    and `weight` are those of the units inside, cuts included.
    """
    limits, root, size = filter_by_bound(
        data, center, units, dual, space, max_reduced_cost
    )
    if root > max_reduced_cost:
        return COMPLETE, 0, root
    total, weight = init_tree(data, center, units, cuts, space, size, tree)
    num_inside = np.int64(1)
    depth = 0
    nodes = 0
    found = 0
    status = COMPLETE
    changed = True
    cutoff = max_reduced_cost
    least = np.int64(NO_LIMIT)
    while True:
        price = np.int64(0)
        if changed and limits.low <= weight <= limits.high:
            price = SCALE * _excess_cost(data, tree.sums, weight)
        if (
            changed
            and total + price <= cutoff
            and limits.low <= weight <= limits.high
            and _is_zone(data, compatible, center, tree.inside, num_inside, tree.sums)
        ):
            filled = indptr[found]
            if found + 1 >= len(indptr) or filled + num_inside > len(members):
                return FULL, 0, least
            for p in range(num_inside):
                members[filled + p] = tree.inside[p]
            reduced_cost[found] = total + price
            found += 1
            indptr[found] = filled + num_inside
            least = min(least, total + price)
            if improving:
                cutoff = total + price - 1
            if found >= max_columns:
                status = GIVEN_UP
                break
        changed = False
        nodes += 1
        if nodes > max_nodes:
            status = GIVEN_UP
            break
        s = _branch(
            data,
            compatible,
            tree,
            size,
            num_inside,
            total,
            weight,
            limits,
            cutoff,
        )
        if s >= 0:
            u = np.int64(tree.unit[s])
            tree.decided[s] = True
            tree.stack[depth] = s
            tree.is_inside[depth] = True
            depth += 1
            tree.inside[num_inside] = u
            num_inside += 1
            total += tree.value[s] + apply_unit(data, cuts, tree, u, ADD)
            weight += tree.weight[s]
            changed = True
            continue
        # leave units that were left out to their parents again, then turn one taken in
        # to one left out
        while depth > 0 and not tree.is_inside[depth - 1]:
            depth -= 1
            tree.decided[tree.stack[depth]] = False
        if depth == 0:
            break
        s = np.int64(tree.stack[depth - 1])
        u = np.int64(tree.unit[s])
        tree.is_inside[depth - 1] = False
        num_inside -= 1
        total += apply_unit(data, cuts, tree, u, REMOVE) - tree.value[s]
        weight -= tree.weight[s]
    if status == GIVEN_UP:
        least = min(least, root)
    elif found == 0 or not improving:
        least = min(least, max_reduced_cost + 1)
    return status, found, least


@inner
def _excess_cost(data, sums, weight):  # type: ignore[no-untyped-def]
    """What the zone inside costs for lying outside bands that bend, in yuan.

    With a price on the cost, the weight is the cost.
    """
    elastic, last = data.elastic, data.sums.shape[0]
    out = cost_outside(elastic, last, weight) if elastic.price[last] > 0 else 0
    for m in range(last):
        if elastic.price[m] > 0:
            out += cost_outside(elastic, m, sums[m])
    return out


@inner
def _is_zone(data, compatible, center, inside, num_inside, sums):  # type: ignore[no-untyped-def]
    """The units inside keep all bands and rules, and this is their best center."""
    for m in range(data.sums.shape[0]):
        if sums[m] < data.low[m] or sums[m] > data.high[m]:
            return False
    if compatible is not None and not holds_whole_groups(
        compatible, inside, num_inside
    ):
        return False
    own = np.int64(0)
    for p in range(num_inside):
        own += travel_cost(data.travel_data, np.int64(inside[p]), np.int64(center))
    for p in range(1, num_inside):
        t = np.int64(0)
        for q in range(num_inside):
            t += travel_cost(data.travel_data, np.int64(inside[q]), np.int64(inside[p]))
            if t >= own and inside[p] > center:
                break
        if t < own or (t == own and inside[p] < center):
            return False
    return True


@inner
def _branch(data, compatible, tree, size, num_inside, total, filled, limits, cutoff):  # type: ignore[no-untyped-def]
    """The candidate to branch on, or -1 where the branch is cut off.

    It is the best unit on the border. Cut off is by the fractional knapsack over what
    may still be added to what is `filled`.
    """
    most = limits.high - filled
    bound = total
    best = -1
    filling = True
    for s in range(size):
        if tree.decided[s] or tree.weight[s] > most:
            continue
        if best < 0 and (tree.touching[s] > 0 or data.is_complete):
            fits = True
            m = 0
            while fits and m < len(tree.sums):
                fits = tree.sums[m] + data.sums[m, tree.unit[s]] <= data.high[m]
                m += 1
            if compatible is not None:
                fits = fits and fits_with_all(
                    compatible, tree.unit[s], tree.inside, num_inside
                )
            if not fits:
                continue
            best = s
            if not filling:
                break
        if filling:
            value, weight = tree.value[s], tree.weight[s]
            room = room_for(limits, value, weight, filled)
            if weight < room or (weight == 0 and value < 0):
                bound += value
                filled += weight
            else:
                if room > 0:
                    bound += floor_part(value, room, weight)
                    filled += room
                filling = False
                if best >= 0:
                    break
    if filled < limits.low:
        return -1
    bound += price_of_filling(limits, filled)
    return best if bound <= cutoff else -1
