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
    """Names for zones of these costs, and what changed."""
    problem = plan.problem
    named, value, required = _worth(plan, cost)
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


def _worth(
    plan: Plan, cost: Ints
) -> tuple[Sequence[str], NDArray[np.float64], NDArray[np.float64]]:
    """Names there are, what each is worth to each zone, and what for being used."""
    region, rules = plan.problem.region, plan.problem.rules
    wanted = [rule.names_zone for rule in rules if rule.names_zone is not None]
    before = former(plan)
    names = list(dict.fromkeys([*wanted, *sorted({x for x in before if x})]))
    place = {name: at for at, name in enumerate(names)}
    much = float(region.area.sum()) + 1.0
    value = np.zeros((plan.num_zones, len(names)))
    for i, name in enumerate(before):
        if name is not None:
            value[plan.zone_of[i], place[name]] += float(region.area[i])
    for rule in rules:
        if rule.names_zone is not None:
            for i in units_of(region, rule.holds):
                value[plan.zone_of[i], place[rule.names_zone]] += 4 * much
    value += much * _fits(plan, cost, names)
    required = np.array([2.0 * much * (name in wanted) for name in names])
    return names, value, required


def _fits(plan: Plan, cost: Ints, names: Sequence[str]) -> NDArray[np.float64]:
    """1 where only the name makes a zone fit its cost band, -1 where it unfits it."""
    problem = plan.problem

    def fits(share: float) -> NDArray[np.float64]:
        band = problem.cost_band_of(share)
        if band is None:
            return np.ones(len(cost))
        return ((cost >= band.low) & (cost <= band.high)).astype(np.float64)

    usual = fits(1.0)
    factors = [problem.factor_of(name) for name in names]
    more = [fits(x) - usual if x != 1.0 else 0 * usual for x in factors]
    return np.column_stack(more) if more else np.zeros((len(cost), 0))
