"""The tree of a branch and bound for zones around a center: where the search is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.search.instance.instance import Instance
from zoning.search.kernels.compiled import inner
from zoning.search.pricing.center_knapsack import Ints

ADD, REMOVE = np.int64(1), np.int64(-1)


class Tree(NamedTuple):
    """A depth-first search: candidates by rising value per weight, and where it is.

    Parameters
    ----------
    rank
        Place of each unit of the region among the candidates (-1: none).
    unit, value, weight
        Of each candidate.
    decided, touching
        Candidates taken in or left out; how many units inside touch each.
    stack, is_inside
        Candidates decided, in turn, and whether each was taken in.
    inside, sums, held
        Units inside, their sums, and how many of them each cut holds.
    """

    rank: NDArray[np.int32]
    unit: NDArray[np.int32]
    value: Ints
    weight: Ints
    decided: NDArray[np.bool_]
    touching: NDArray[np.int32]
    stack: NDArray[np.int32]
    is_inside: NDArray[np.bool_]
    inside: NDArray[np.int32]
    sums: Ints
    held: Ints


def new_tree(a: Instance, size: int, num_cuts: int) -> Tree:
    """Room for a search among so many candidates."""
    unit, stack, inside = np.empty((3, size), np.int32)
    value, weight = np.empty((2, size), np.int64)
    return Tree(
        np.full(a.num_units, -1, np.int32),
        unit,
        value,
        weight,
        np.zeros(size, np.bool_),
        np.zeros(size, np.int32),
        stack,
        np.empty(size, np.bool_),
        inside,
        np.zeros(len(a.sums), np.int64),
        np.zeros(num_cuts, np.int64),
    )


@inner
def init_tree(data, center, units, cuts, space, size, tree):  # type: ignore[no-untyped-def]
    """Put candidates into the tree, the center inside; its value and weight."""
    total, weight = np.int64(0), np.int64(0)
    for q in range(len(units)):
        if units[q] == center:
            total, weight = space.value[q], space.weight[q]
    for s in range(size):
        q = space.candidates[s]
        tree.unit[s] = units[q]
        tree.value[s] = space.value[q]
        tree.weight[s] = space.weight[q]
        tree.rank[units[q]] = s
    tree.inside[0] = center
    return total + apply_unit(data, cuts, tree, np.int64(center), ADD), weight


@inner
def apply_unit(data, cuts, tree, u, sign):  # type: ignore[no-untyped-def]
    """`ADD` or `REMOVE` unit u; how the duals of cuts change the total."""
    change = np.int64(0)
    for m in range(data.sums.shape[0]):
        tree.sums[m] += sign * data.sums[m, u]
    for e in range(data.indptr[u], data.indptr[u + 1]):
        s = tree.rank[data.indices[e]]
        if s >= 0:
            tree.touching[s] += sign
    for e in range(cuts.indptr[u], cuts.indptr[u + 1]):
        t = cuts.cuts[e]
        before = tree.held[t]
        tree.held[t] += sign
        if before + tree.held[t] == 3:  # between one and two
            change -= sign * cuts.dual[t]
    return change
