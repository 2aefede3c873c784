"""Set partitioning by zones with labels as rows of a program of whole numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from zoning.solvers.mip_builder import MipBuilder
from zoning.solvers.set_partitioning.matrix import PartitioningMatrix
from zoning.solvers.zone_labels import ZoneLabels

Ints = NDArray[np.int64]


def labelled_rows(
    matrix: PartitioningMatrix, labels: ZoneLabels, pairs: Ints, strict: set[int]
) -> MipBuilder:
    """What any selection of labelled zones keeps: one variable for each of `pairs`.

    Every unit is in one zone and counts are met, `strict` labels are borne at most
    once, required ones exactly once, and the budget of change is kept.
    """
    mip, every = MipBuilder(len(pairs)), np.arange(len(pairs))
    mip.add_equations(csc_array(matrix.equal[:, labels.zone[pairs]]), matrix.right)
    for label in sorted(strict):
        bearing = np.flatnonzero(labels.label[pairs] == label)
        mip.add_row(bearing, 1, int(label in labels.required), 1)
    if labels.most_change is not None:
        mip.add_row(every, labels.change[pairs], 0, labels.most_change)
    return mip


def add_cost_of_change(
    mip: MipBuilder, cost: Ints, labels: ZoneLabels, pairs: Ints
) -> tuple[Ints, int]:
    """What each variable of `labelled_rows` costs, change of zone included.

    The second number stands in all these costs and is to be taken off again: the
    price of what changes anyhow.

    Where a m² has a price that is no whole number, the price of all change is a
    variable r of its own. With the price N / D and C m² of change, r is N C / D rounded
    to the nearest, halves to even, which these conditions say exactly:

        r = 2 q + b,   -D + t b <= 2 N C - 2 D r <= D - t b,   b either 0 or 1

    Halves come only of an even D: then t is 2, which keeps an odd r (b = 1) from them;
    else t is 0.
    """
    num, den = labels.price.numerator, labels.price.denominator
    each = cost[labels.zone[pairs]]
    change = labels.change[pairs]
    if den == 1:
        none = np.zeros(mip.num_variables - len(pairs), np.int64)
        return np.append(each + num * change, none), 0
    most = round(labels.price * (labels.base + int(change.sum()))) + 1
    half, odd = mip.add_variable(most // 2 + 1), mip.add_variable(1)
    columns = np.append(np.arange(len(pairs)), [half, odd])
    total, anyhow = 2 * num * change, 2 * num * labels.base
    tie = 0 if den % 2 else 2
    far = int(total.sum()) + 4 * den * (most + 2)
    at_most = np.append(total, [-4 * den, tie - 2 * den])
    at_least = np.append(total, [-4 * den, -tie - 2 * den])
    mip.add_row(columns, at_most, -far, den - anyhow)
    mip.add_row(columns, at_least, -den - anyhow, far)
    none = np.zeros(mip.num_variables - len(pairs) - 2, np.int64)
    return np.concatenate([each, none, [2, 1]]), round(labels.price * labels.base)
