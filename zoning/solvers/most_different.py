"""Choose among listed zones the plan that differs most from some others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.solvers.mip_builder import Rows, priced_rows, rows_of_zones
from zoning.solvers.set_partitioning.labels import best_pairs
from zoning.solvers.zone_names import Names

Ints = NDArray[np.int64]
Labels = NDArray[np.integer]
FIRST_SHARE = 0.6  # of the time goes to the difference, the rest to the cost
KEPT = 0.85  # of the greatest difference is asked of the cheaper plan
FINE = 4_000  # weights are counted in so many parts of the total


@dataclass(frozen=True)
class Columns:
    """Zones to choose among.

    Parameters
    ----------
    indptr, members
        Zone c holds the units ``members[indptr[c]:indptr[c + 1]]``.
    cost
        Whole number per zone.
    names
        Which names each zone could have. That no name is borne twice is minded for
        required names only.
    weight
        Whole number per unit, the measure of difference: floor area.
    """

    indptr: Ints
    members: NDArray[np.integer]
    cost: Ints
    names: Names
    weight: Ints

    def most_kept(self, zone_of: Labels) -> Ints:
        """For each zone the weight of its largest part that is one zone elsewhere."""
        kept = np.zeros(len(self.cost), np.int64)
        for zone in range(len(kept)):
            units = self.members[self.indptr[zone] : self.indptr[zone + 1]]
            kept[zone] = np.bincount(zone_of[units], self.weight[units]).max()
        return kept


@dataclass(frozen=True)
class Wish:
    """What is asked of the plan.

    Parameters
    ----------
    count
        So many zones.
    budget
        They cost at most this.
    others
        Labels of the plans to differ from.
    least
        The share of the weight that must be in another zone than in any of them.
    forbidden
        Sets of zones that are not allowed together.
    """

    count: int
    budget: int
    others: Sequence[Labels]
    least: float
    forbidden: Sequence[Sequence[int]] = ()


def farthest(
    columns: Columns, wish: Wish, *, time_limit: float = 60.0
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
    names = columns.names
    pairs = best_pairs(names, set(names.required.tolist()))
    least = int(np.ceil(wish.least * FINE))
    rows, _, more = _rows(columns, wish, pairs, least)
    farther = np.zeros(rows.width, np.int64)
    farther[more] = -1
    far = rows.least(farther, FIRST_SHARE * time_limit).x
    if far is None:
        return None
    apart = least + int(far[more])
    rows, price, _ = _rows(columns, wish, pairs, max(least, int(KEPT * apart)))
    cheap = rows.least(price, deadline - perf_counter()).x
    x = far if cheap is None else cheap
    return tuple(names.zone[pairs[x[: len(pairs)] > 0]].tolist())


def _rows(
    columns: Columns, wish: Wish, pairs: Ints, least: int
) -> tuple[Rows, Ints, int]:
    """All conditions, what unknowns cost, and the one for what is beyond `least`."""
    names = columns.names
    zone, every = names.zone[pairs], np.arange(len(pairs))
    rows = rows_of_zones(
        columns.indptr,
        columns.members,
        names,
        pairs,
        set(names.required.tolist()),
        num_rows=len(columns.weight),
        count=wish.count,
    )
    price, off = priced_rows(rows, columns.cost, names, pairs)
    rows.add(np.arange(rows.width), price, 0, wish.budget + off)
    for zones in wish.forbidden:
        there = np.flatnonzero(np.isin(zone, zones))
        rows.add(there, 1, 0, len(zones) - 1)
    more = rows.fresh(FINE - least)
    total = max(1, int(columns.weight.sum()))
    for zone_of in wish.others:
        # rounded up, so that what is counted as apart is so
        kept = -(-columns.most_kept(zone_of)[zone] * FINE // total)
        rows.add(np.append(every, more), np.append(kept, 1), 0, FINE - least)
    return rows, np.append(price, np.zeros(rows.width - len(price), np.int64)), more
