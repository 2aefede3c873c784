"""Set partitioning by zones with labels, minding only the labels that matter.

With a variable for each zone and each label it could have, a choice among a thousand
zones takes minutes. Yet labels seldom collide: most zones can have the one that suits
them best. So a label may first be borne by several zones, and that is forbidden only
where a selection cannot be labelled without it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from zoning.result import Status
from zoning.solvers.budget import SearchBudget
from zoning.solvers.set_partitioning.labelled_rows import (
    add_cost_of_change,
    labelled_rows,
)
from zoning.solvers.set_partitioning.matrix import PartitioningMatrix
from zoning.solvers.set_partitioning.selection import INFEASIBLE, Selection
from zoning.solvers.zone_labels import ZoneLabels

Ints = NDArray[np.int64]


def select_labelled(
    matrix: PartitioningMatrix, cost: Ints, labels: ZoneLabels, budget: SearchBudget
) -> Selection:
    """The cheapest zones with labels that cover every row once, by HiGHS.

    A selection with loose labels is a relaxation, so what it costs is a bound. Its
    zones are labelled as well as can be; where that costs no more, it is the best.

    Returns
    -------
    Selection
        Its columns are pairs: rows of `labels`. Bounds count the cost of change.
    """
    strict = set(labels.required.tolist())
    bound, best, least = int(np.minimum(cost, 0).sum()), None, None
    while True:
        pairs = best_pairs(labels, strict)
        if not len(pairs):
            return INFEASIBLE
        mip = labelled_rows(matrix, labels, pairs, strict)
        price, offset = add_cost_of_change(mip, cost, labels, pairs)
        found = mip.minimize(price, budget.left)
        if found.status is Status.INFEASIBLE:
            return INFEASIBLE
        bound = max(bound, found.bound - offset)
        if found.x is None:
            break
        optimal = found.status is Status.OPTIMAL  # by HiGHS' word
        if optimal:
            bound = max(bound, int(price @ found.rounded) - offset)
        chosen = pairs[found.rounded[: len(pairs)] > 0]
        labelled = _labelled(labels, labels.zone[chosen])
        if labelled is not None:
            total = total_cost(cost, labels, labelled)
            if least is None or total < least:
                best, least = labelled, total
        if least is not None and bound >= least:
            break
        twice = _borne_twice(labels, chosen)
        if not optimal or not twice or budget.left < 0:
            break
        strict |= twice
    if best is None or least is None:
        return Selection(None, bound, Status.UNKNOWN)
    status = Status.OPTIMAL if bound >= least else Status.FEASIBLE
    return Selection(tuple(best.tolist()), min(bound, least), status)


def total_cost(cost: Ints, labels: ZoneLabels, pairs: Ints) -> int:
    """What some pairs cost: their zones, and the change of all."""
    return int(cost[labels.zone[pairs]].sum()) + labels.cost_of_change(pairs)


def best_pairs(labels: ZoneLabels, strict: set[int]) -> Ints:
    """All pairs with a strict label, and for each zone its best pair without one."""
    is_strict = np.isin(labels.label, np.array(sorted(strict), np.int64))
    loose = np.flatnonzero(~is_strict)
    keys = (labels.label[loose], _value(labels, loose), labels.zone[loose])
    loose = loose[np.lexsort(keys)]
    first = np.ones(len(loose), np.bool_)
    first[1:] = labels.zone[loose][1:] != labels.zone[loose][:-1]
    return np.sort(np.concatenate([np.flatnonzero(is_strict), loose[first]]))


def _value(labels: ZoneLabels, pairs: Ints) -> Ints:
    """What makes a pair worse: more change, where change matters."""
    return labels.change[pairs] * labels.counts_change


def _labelled(labels: ZoneLabels, zones: Ints) -> Ints | None:
    """The best pairs that label these zones, no label twice; None if none fit."""
    pairs = np.flatnonzero(np.isin(labels.zone, zones))
    row = np.searchsorted(np.sort(zones), labels.zone[pairs])
    called, place = np.unique(labels.label[pairs], return_inverse=True)
    none = labels.label[pairs] < 0
    column = np.where(none, len(called) + row, place)
    value = np.full((len(zones), len(called) + len(zones)), np.inf)
    value[row, column] = _value(labels, pairs)
    # a required label outweighs all change
    much = 1.0 + float(np.abs(value[row, column]).sum())
    value[:, np.flatnonzero(np.isin(called, labels.required))] -= much
    value[~np.isfinite(value)] = much * (len(zones) + 1.0)
    at = linear_sum_assignment(value)[1]
    pair_of = np.full(value.shape, -1, np.int64)
    pair_of[row, column] = pairs
    chosen = pair_of[np.arange(len(zones)), at]
    borne = set(labels.label[chosen].tolist())
    most = labels.most_change
    over = most is not None and int(labels.change[chosen].sum()) > most
    if (chosen < 0).any() or over or not borne.issuperset(labels.required.tolist()):
        return None
    return np.asarray(chosen, np.int64)


def _borne_twice(labels: ZoneLabels, chosen: Ints) -> set[int]:
    borne, often = np.unique(labels.label[chosen], return_counts=True)
    return set(borne[(often > 1) & (borne >= 0)].tolist())
