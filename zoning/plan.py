"""Plan: which zone each unit is in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoning.errors import InputError
from zoning.problem import PROBLEM, Problem
from zoning.text.arguments import NAMES, Kind, Unlike, array_of, came, take
from zoning.text.labelled import in_order
from zoning.text.lists import first_few


@dataclass(frozen=True, eq=False)
class Plan:
    """A region split into zones. It does not know its price: ask `zoning.judge`.

    Parameters
    ----------
    problem
        What was to be solved.
    zone_of
        For each unit the number of its zone. Numbers are made canonical: zone 0 is
        the zone of unit 0, zone 1 that of the first unit outside it, and so on.
    names
        What the zones are called, by their numbers in `zone_of`; those that rules name
        are called as rules say. Default: zones are counted.
    """

    problem: Problem
    zone_of: NDArray[np.int32]
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        take(self, problem=PROBLEM, names=NAMES)
        names = self.problem.region.names
        given = array_of(in_order("zone_of", self.zone_of, names))
        numbers = given.dtype.kind in "iu" or (
            given.dtype.kind == "f" and bool((given == np.rint(given)).all())
        )
        if given.shape != (len(names),) or not numbers:
            shown = f"{given.shape} of {given.dtype}" if given.ndim else came(given[()])
            msg = (
                f"A plan of this region needs {len(names)} zone numbers, one per unit; "
                f"got {shown}. Write zone_of=[0, 0, 1, ...], whole numbers."
            )
            raise InputError(msg)
        zone_of = canonical(given)
        if self.names:
            object.__setattr__(self, "names", self._names_of(given.astype(np.int64)))
        object.__setattr__(self, "zone_of", zone_of)

    def _names_of(self, zone_of: NDArray[np.int64]) -> tuple[str, ...]:
        """Names in the order of the canonical numbers."""
        numbers = list(dict.fromkeys(zone_of.tolist()))
        names = [self.names[k] for k in numbers if 0 <= k < len(self.names)]
        if len(names) < len(numbers) or len(set(names)) < len(names):
            msg = (
                f"names must tell a name for each number in zone_of, none twice; got "
                f"{len(self.names)} for zones {min(numbers)} to {max(numbers)}: "
                f"{first_few(self.names)}."
            )
            raise InputError(msg)
        return tuple(names)

    @property
    def num_zones(self) -> int:
        """How many zones the plan has."""
        return int(self.zone_of.max()) + 1

    @cached_property
    def zones(self) -> tuple[NDArray[np.int64], ...]:
        """Positions of the units of each zone, ascending."""
        order = np.argsort(self.zone_of, kind="stable")
        ends = np.cumsum(np.bincount(self.zone_of))
        return tuple(np.split(order, ends[:-1]))

    def equals(self, other: Plan) -> bool:
        """Same split, whatever the zones were called."""
        return bool(np.array_equal(self.zone_of, other.zone_of))


def _plan(value: Any) -> Plan:
    """A plan; a result, lots or an edit stand for the one they hold."""
    plan = getattr(value, "plan", value)
    if plan is None:
        told = f" ({value.status}): {value.reason}" if hasattr(value, "reason") else "."
        msg = f"the {type(value).__name__.lower()} has no plan{told}"
        raise InputError(msg)
    if not isinstance(plan, Plan):
        raise Unlike
    return plan


PLAN = Kind("a Plan, or a Result that has one", _plan, "result.plan")


def canonical(zone_of: NDArray[np.integer]) -> NDArray[np.int32]:
    """Number zones by their first unit."""
    _, first, inverse = np.unique(zone_of, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int32)
    rank[np.argsort(first)] = np.arange(len(first), dtype=np.int32)
    labels = rank[inverse]
    labels.setflags(write=False)
    return labels
