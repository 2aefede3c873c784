"""Zones that are not all alike: names, former zones, and what each may cost."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.problem import Problem
from zoning.search.instance.constants import NO_LIMIT


class LabelRules(NamedTuple):
    """Zones that are not all alike, by label; those without a name come last.

    Parameters
    ----------
    before
        Label of the zone each unit was in (`NOBODY`, `ELSEWHERE`).
    area, yuan, per, change_base, change_most
        m² of each unit; so many yuan for so many m² that change zone; how many change
        in any plan, beside these units'; how many of these units' may.
    cost_low, cost_high, named, required
        For each label what load + travel of its zone may be, whether it is a name and
        must be there.
    """

    before: NDArray[np.int32]
    area: NDArray[np.int64]
    yuan: np.int64
    per: np.int64
    change_base: np.int64
    change_most: np.int64
    cost_low: NDArray[np.int64]
    cost_high: NDArray[np.int64]
    named: NDArray[np.bool_]
    required: NDArray[np.bool_]

    @classmethod
    def from_problem(cls, problem: Problem) -> LabelRules:
        """The labels of a problem: names first, then one for each zone beside them."""
        terms = problem.terms
        low, high = _cost_bands(problem)
        label = np.arange(len(low))
        return cls(
            terms.before.copy(),
            np.array(problem.region.area, np.int64),
            np.int64(terms.change_price.numerator),
            np.int64(terms.change_price.denominator),
            np.int64(terms.change_base),
            NO_LIMIT
            if terms.change_most is None
            else np.int64(terms.change_most - terms.change_base),
            low,
            high,
            label < len(terms.names),
            label < terms.required,
        )

    @property
    def change_price(self) -> Fraction:
        """Yuan for a m² that changes zone."""
        return Fraction(int(self.yuan), int(self.per))


def _cost_bands(problem: Problem) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """What load + travel may be for each named zone, then for the others."""
    names = len(problem.terms.names)
    num_labels = max(names, problem.num_zones - len(problem.terms.locks), 1)
    low = np.zeros(num_labels, np.int64)
    high = np.full(num_labels, NO_LIMIT, np.int64)
    for label in range(num_labels):
        factor = float(problem.terms.factor[label]) if label < names else 1.0
        band = problem.cost_band_of(factor)
        if band is not None:
            low[label] = band.low - problem.fixed
            high[label] = band.high - problem.fixed
    return low, high
