"""A point of the Lagrangian dual, and multipliers to begin with.

The rows "each unit is served once" are dualised: with a multiplier on each unit, every
center is a subproblem of its own, and the cheapest `num_zones` of them give a bound.
See "Lagrangian bound by centers" in docs/formulation.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoning.search.instance.constants import FAR, SCALE
from zoning.search.instance.instance import Instance
from zoning.search.instance.zones import Ints, of_plan
from zoning.search.pricing.duals import Duals


@dataclass(frozen=True)
class DualPoint:
    """What an oracle tells of some multipliers.

    Parameters
    ----------
    duals
        The multipliers, whole numbers.
    min_reduced_cost
        Of each center at them; `NO_LIMIT` where it has no zone.
    bound
        No plan travels less.
    subgradient
        Of the bound: 1 less how often each unit is served.
    """

    duals: Duals
    min_reduced_cost: Ints
    bound: int
    subgradient: NDArray[np.float64]

    @property
    def yuan(self) -> NDArray[np.float64]:
        """The multipliers in yuan a unit."""
        return self.duals.unit / SCALE


def max_multiplier(num_units: int) -> float:
    """The greatest multiplier, yuan, that all sums of whole-number duals can hold."""
    return float(2.0**57 / SCALE / num_units)


def initial_multipliers(
    a: Instance, num_zones: int, near: Sequence[NDArray[np.int32]]
) -> NDArray[np.float64]:
    """Multipliers to begin with, yuan per unit.

    What zones that are nearly good cost, shared among their units by load.
    """
    if not len(near):
        if len(a.travel_data.table):
            ways = (a.travel_data.table % FAR).mean(axis=1)
            return np.asarray(ways / np.sqrt(num_zones), np.float64)
        reach = np.hypot(np.ptp(a.travel_data.x), np.ptp(a.travel_data.y)) + 1.0
        return np.asarray(
            a.travel_data.metre_price * reach / np.sqrt(num_zones), np.float64
        )
    weight = a.sums[0].astype(np.float64) + 1.0
    out = np.zeros(len(weight), np.float64)
    for labels in near:
        plan = of_plan(a, labels, num_zones)
        total = np.bincount(labels, weights=weight, minlength=num_zones)
        cost = plan.travel % FAR + plan.excess_cost
        out += weight * (cost / total)[labels]
    return out / len(near)
