"""Dual values of the master's rows, in whole numbers.

Duals are rounded to multiples of 1 / `SCALE` yuan; everything after that is whole
numbers, so that a bound does not hang on how an LP solver rounds. See "The bound, in
whole numbers" in docs/formulation.md: `unit`, `count` and `cut` are the prices of its
three kinds of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from zoning.search.instance.constants import SCALE
from zoning.search.instance.zones import Ints, Zones, ends
from zoning.search.pricing.subset_rows import CutRows, coefficients
from zoning.solvers.master_lp import MasterDuals


@dataclass(frozen=True)
class Duals:
    """Whole-number duals: `unit`, `count` and `cut` (<= 0) are yuan × `SCALE`.

    `triples` is c × 3: the units of each cut, of which two are held only once.
    """

    unit: Ints
    count: int
    cut: Ints
    triples: NDArray[np.int32]

    @property
    def total(self) -> int:
        """What the rows are worth together, apart from the count."""
        return int(self.unit.sum()) + int(self.cut.sum())

    @cached_property
    def cut_rows(self) -> CutRows:
        """The cuts that have a dual, unit by unit."""
        live = np.flatnonzero(self.cut < 0)
        flat = self.triples[live].ravel()
        order = np.argsort(flat, kind="stable")
        sizes = np.bincount(flat, minlength=len(self.unit))
        return CutRows(ends(sizes), order // 3, self.cut[live])


def unit_duals(yuan: NDArray[np.float64]) -> Duals:
    """Duals of units alone, from yuan a unit: no cuts, nothing on the count."""
    unit = np.rint(yuan * SCALE).astype(np.int64)
    return Duals(unit, 0, np.zeros(0, np.int64), np.zeros((0, 3), np.int32))


def round_duals(duals: MasterDuals, triples: NDArray[np.int32]) -> Duals:
    """Round what the LP proposes to whole numbers; duals of cuts stay <= 0."""
    return Duals(
        np.rint(duals.unit * SCALE).astype(np.int64),
        round(float(duals.count[0]) * SCALE),
        np.minimum(0, np.rint(duals.cut * SCALE)).astype(np.int64),
        triples,
    )


def smooth_duals(center: Duals, latest: Duals, share: float) -> Duals:
    """`share` of the stability center, the rest of the latest (which has all cuts).

    References
    ----------
    Wentges: Weighted Dantzig-Wolfe decomposition for linear mixed-integer programming.
    International Transactions in Operational Research 4(2), 1997,
    doi:10.1016/S0969-6016(97)00001-4.
    """
    cut = latest.cut * (1 - share)
    cut[: len(center.cut)] += share * center.cut
    return Duals(
        np.rint(share * center.unit + (1 - share) * latest.unit).astype(np.int64),
        round(share * center.count + (1 - share) * latest.count),
        np.minimum(0, np.rint(cut)).astype(np.int64),
        latest.triples,
    )


def reduced_costs(zones: Zones, duals: Duals) -> Ints:
    """``SCALE × travel - unit duals - cut duals`` of zones; the count is left out."""
    unit = np.add.reduceat(duals.unit[zones.members], zones.indptr[:-1])
    indptr, cuts = coefficients(zones, duals.triples, len(duals.unit))
    cut = np.concatenate([[0], np.cumsum(duals.cut[cuts])])
    out: Ints = zones.cost * SCALE - unit - (cut[indptr[1:]] - cut[indptr[:-1]])
    return out
