"""Choose among listed zones the plan that differs most from some others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.solvers.mip_builder import MipBuilder
from zoning.solvers.set_partitioning.labelled_rows import (
    add_cost_of_change,
    labelled_rows,
)
from zoning.solvers.set_partitioning.labels import best_pairs
from zoning.solvers.set_partitioning.matrix import PartitioningMatrix
from zoning.solvers.zone_labels import ZoneLabels

Ints = NDArray[np.int64]
Labels = NDArray[np.integer]
FINE = 4_000  # weights are counted in so many parts of the total


@dataclass(frozen=True)
class DifferenceParams:
    """What of the difference is given up for a lower cost.

    Parameters
    ----------
    first_share
        Of the time goes to the difference, the rest to the cost.
    kept
        Share of the greatest difference that is asked of the cheaper plan.
    """

    first_share: float = 0.6
    kept: float = 0.85


@dataclass(frozen=True, eq=False)
class Candidates:
    """Zones to choose among.

    Parameters
    ----------
    matrix
        The units of each zone, and how many zones there are to be.
    cost
        Whole number per zone.
    labels
        Which labels each zone could have. That no label is borne twice is minded for
        required ones only.
    weight
        Whole number per unit, the measure of difference: floor area.
    """

    matrix: PartitioningMatrix
    cost: Ints
    labels: ZoneLabels
    weight: Ints

    def most_kept(self, zone_of: Labels) -> Ints:
        """For each zone the weight of its largest part that is one zone elsewhere."""
        covered = self.matrix.covered
        kept = np.zeros(len(self.cost), np.int64)
        for zone in range(len(kept)):
            units = covered.indices[covered.indptr[zone] : covered.indptr[zone + 1]]
            kept[zone] = np.bincount(zone_of[units], self.weight[units]).max()
        return kept


@dataclass(frozen=True)
class Requirements:
    """What is asked of the plan.

    Parameters
    ----------
    budget
        Its zones cost at most this.
    others
        Labels of the plans to differ from.
    least
        The share of the weight that must be in another zone than in any of them.
    forbidden
        Sets of zones that are not allowed together.
    """

    budget: int
    others: Sequence[Labels]
    least: float
    forbidden: Sequence[Sequence[int]] = ()


def select_most_different(
    candidates: Candidates,
    asked: Requirements,
    *,
    time_limit: float = 60.0,
    params: DifferenceParams = DifferenceParams(),
) -> tuple[int, ...] | None:
    """Zones that cover every unit once and have as little as can be of other plans.

    A zone has of another plan at most its largest part that is one zone there. What
    the zones leave is a floor under the share of weight that is in another zone, and
    it is linear in the zones chosen (the exact share, by duality of the assignment of
    zones to zones, was not solved in ten times as long). The floor towards the nearest
    of the others is made as large as can be; then, keeping most of it, the cost small.
    HiGHS does this in a fifth of the time CP-SAT takes.

    Returns
    -------
    tuple
        Positions of the chosen zones, or None if there are none or the time was over.
    """
    deadline = perf_counter() + time_limit
    labels = candidates.labels
    pairs = best_pairs(labels, set(labels.required.tolist()))
    least = int(np.ceil(asked.least * FINE))
    mip, _, more = _program(candidates, asked, pairs, least)
    farther = np.zeros(mip.num_variables, np.int64)
    farther[more] = -1
    far = mip.minimize(farther, params.first_share * time_limit)
    if far.x is None:
        return None
    apart = least + int(far.rounded[more])
    least = max(least, int(params.kept * apart))
    mip, price, _ = _program(candidates, asked, pairs, least)
    cheap = mip.minimize(price, deadline - perf_counter())
    x = (far if cheap.x is None else cheap).rounded
    return tuple(labels.zone[pairs[x[: len(pairs)] > 0]].tolist())


def _program(
    candidates: Candidates, asked: Requirements, pairs: Ints, least: int
) -> tuple[MipBuilder, Ints, int]:
    """All rows, what variables cost, and the variable of what is beyond `least`."""
    labels = candidates.labels
    zone, every = labels.zone[pairs], np.arange(len(pairs))
    strict = set(labels.required.tolist())
    mip = labelled_rows(candidates.matrix, labels, pairs, strict)
    price, offset = add_cost_of_change(mip, candidates.cost, labels, pairs)
    mip.add_row(np.arange(mip.num_variables), price, 0, asked.budget + offset)
    for zones in asked.forbidden:
        there = np.flatnonzero(np.isin(zone, zones))
        mip.add_row(there, 1, 0, len(zones) - 1)
    more = mip.add_variable(FINE - least)
    total = max(1, int(candidates.weight.sum()))
    for zone_of in asked.others:
        # rounded up, so that what is counted as apart is so
        kept = -(-candidates.most_kept(zone_of)[zone] * FINE // total)
        mip.add_row(np.append(every, more), np.append(kept, 1), 0, FINE - least)
    return (
        mip,
        np.append(price, np.zeros(mip.num_variables - len(price), np.int64)),
        more,
    )
