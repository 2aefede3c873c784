"""A plan as it was written: zones and lots called as the file calls them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from zoning.check import Verdict, judge
from zoning.errors import InputError
from zoning.lots.check import judge_lots
from zoning.lots.lot import Lot, LotsVerdict
from zoning.lots.sizes import lot_sizes
from zoning.plan import Plan
from zoning.planfile.lots import lot_rules_from
from zoning.problem import Problem


class RuleError(InputError):
    """A hand edit broke a rule without which nothing can be priced."""


@dataclass(frozen=True, eq=False)
class Written:
    """A plan as it was written.

    Parameters
    ----------
    plan
        The plan; its problem is the written one, and its names are those of the file.
    lots
        Zones of each lot, by position in the plan; None where there are no lots.
    lot_ids
        What the file calls each of them.
    table
        The content of the file.
    """

    plan: Plan
    lots: tuple[tuple[int, ...], ...] | None
    lot_ids: tuple[int, ...]
    table: Mapping[str, Any]

    @property
    def names(self) -> tuple[str, ...]:
        """What the file calls each zone of the plan."""
        return self.plan.names

    @cached_property
    def verdict(self) -> Verdict:
        """What the checker says of the plan."""
        return judge(self.plan)

    @cached_property
    def lots_verdict(self) -> LotsVerdict | None:
        """What the checker says of the lots, called as in the file."""
        if self.lots is None:
            return None
        asked = self.table["parameters"]
        size = int(asked["lot_size"])
        full = lot_sizes(self.plan.num_zones, size).count
        return judge_lots(
            self.plan,
            self.lots,
            size=size,
            count=None if asked["lot_count"] >= full else int(asked["lot_count"]),
            near_allowed=asked["gap_limit"],
            tolerance=asked["lot_tolerance"],
            rules=lot_rules_from(asked),
            ids=self.lot_ids,
        )

    def lot_id(self, lot: Lot) -> int:
        """What the file calls a lot of the verdict."""
        assert self.lots is not None
        return self.lot_ids[self.lots.index(lot.zones)]


def called_by(
    problem: Problem,
    zone_of: Sequence[str],
    lot_of: Mapping[str, int] | None,
    table: Mapping[str, Any],
) -> Written:
    """A plan whose zones are told by name.

    Parameters
    ----------
    problem
        The written problem.
    zone_of
        For each unit the name of its zone.
    lot_of
        For each name the id of its lot; None where there are no lots.
    table
        The content of the file.
    """
    called, label = np.unique(np.array(zone_of), return_inverse=True)
    plan = Plan(problem, label.astype(np.int32), tuple(map(str, called)))
    if lot_of is None:
        return Written(plan, None, (), table)
    lot_ids = tuple(sorted({lot_of[name] for name in plan.names}))
    lots = tuple(
        tuple(k for k, name in enumerate(plan.names) if lot_of[name] == lot)
        for lot in lot_ids
    )
    return Written(plan, lots, lot_ids, table)
