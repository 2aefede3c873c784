"""What the zones of a plan are called, and what changed since last year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from zoning.plan import Plan
from zoning.region import Ints
from zoning.rules.places import units_of, value_of_units
from zoning.share import COST_BAND


@dataclass(frozen=True)
class Naming:
    """The name of each zone, and the floor area in each that came from another.

    Parameters
    ----------
    names
        One per zone. Pinned, locked and targeted zones have the names rules give
        them; the others that of the former zone they share most area with, so that
        all together keep as much as can be; what is left is called as the plan says,
        or counted 1, 2, 3, ...
    changed
        m² in each zone whose former zone had another name.
    """

    names: tuple[str, ...]
    changed: Ints


def naming(plan: Plan, cost: Ints) -> Naming:
    """Names for zones of these costs, and what changed.

    Where bands bend, names go by balance first, unless a budget of change forbids it.
    """
    fits = _fits(plan, cost, _names(plan))
    found = _naming(plan, fits)
    most = plan.problem.terms.change_most
    if plan.problem.excess_price and most is not None and found.changed.sum() > most:
        kept = _naming(plan, np.zeros_like(fits))
        return kept if kept.changed.sum() <= most else found
    return found


def _naming(plan: Plan, fits: NDArray[np.float64]) -> Naming:
    problem = plan.problem
    named, value, required = _worth(plan, fits)
    names: list[str | None] = [None] * plan.num_zones
    if named:
        # whatever bears a required name must be there: it outweighs any area kept
        rows, columns = linear_sum_assignment(value + required[None, :], maximize=True)
        for zone, at in zip(rows.tolist(), columns.tolist(), strict=True):
            if required[at] or value[zone, at] > 0:
                names[zone] = named[at]
    own = plan.names or (None,) * plan.num_zones
    taken = {*named, *plan.names}
    fresh = (str(number) for number in count(1) if str(number) not in taken)
    called = tuple(
        name or (mine if mine and mine not in named else next(fresh))
        for name, mine in zip(names, own, strict=True)
    )
    before = former(plan)
    changed = np.zeros(plan.num_zones, np.int64)
    area = problem.region.area
    for i, name in enumerate(before):
        if name is not None and name != called[plan.zone_of[i]]:
            changed[plan.zone_of[i]] += int(area[i])
    return Naming(called, changed)


def former(plan: Plan) -> tuple[str | None, ...]:
    """Name of the former zone of each unit; None where there is none."""
    region = plan.problem.region
    for rule in plan.problem.rules:
        if rule.former_column is not None:
            values = value_of_units(region, rule.former_column)
            return tuple(None if value is None else str(value) for value in values)
    return (None,) * len(region)


def _names(plan: Plan) -> list[str]:
    """Names there are: those that rules ask for first."""
    rules = plan.problem.rules
    wanted = [rule.names_zone for rule in rules if rule.names_zone is not None]
    return list(dict.fromkeys([*wanted, *sorted({x for x in former(plan) if x})]))


def _worth(
    plan: Plan, fits: NDArray[np.float64]
) -> tuple[Sequence[str], NDArray[np.float64], NDArray[np.float64]]:
    """Names there are, what each is worth to each zone, and what for being used."""
    region, rules = plan.problem.region, plan.problem.rules
    names, before = _names(plan), former(plan)
    place = {name: at for at, name in enumerate(names)}
    much = float(region.area.sum()) + 1.0
    rule_weight = much * max(1.0, float(np.abs(fits).max(axis=1, initial=0).sum()))
    value = np.zeros((plan.num_zones, len(names)))
    for i, name in enumerate(before):
        if name is not None:
            value[plan.zone_of[i], place[name]] += float(region.area[i])
    for rule in rules:
        if rule.names_zone is not None:
            for i in units_of(region, rule.holds):
                value[plan.zone_of[i], place[rule.names_zone]] += 4 * rule_weight
    value += much * fits
    wanted = {rule.names_zone for rule in rules}
    required = np.array([2.0 * rule_weight * (name in wanted) for name in names])
    return names, value, required


LEVELS = 1_000  # how finely excess is told apart in naming zones


def _fits(plan: Plan, cost: Ints, names: Sequence[str]) -> NDArray[np.float64]:
    """Above 0 where only the name makes a zone fit its cost band, else below.

    Where the band bends that is by how much less the zone lies outside.
    """
    problem = plan.problem
    bends = COST_BAND in problem.excess_price

    def outside(share: float) -> NDArray[np.float64]:
        band = problem.cost_band_of(share)
        if band is None:
            return np.zeros(len(cost))
        far = np.maximum(0, np.maximum(band.low - cost, cost - band.high))
        return np.asarray(far if bends else far > 0, np.float64)

    usual = outside(1.0)
    factors = [problem.factor_of(name) for name in names]
    less = [usual - outside(x) if x != 1.0 else 0 * usual for x in factors]
    if not less:
        return np.zeros((len(cost), 0))
    out = np.column_stack(less)
    most = float(np.abs(out).max(initial=0))
    return np.rint(out * (LEVELS / most)) if bends and most else out
