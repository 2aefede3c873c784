"""A plan as it was written: zones and lots called as the file calls them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoning.check import Verdict, judge
from zoning.check_lots import Lot, LotsVerdict, judge_lots, lot_sizes
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.problem import Problem


class RuleError(InputError):
    """A hand edit broke a rule without which nothing can be priced."""


@dataclass(frozen=True, eq=False)
class Written:
    """A plan as it was written.

    Parameters
    ----------
    plan
        The plan; its problem is the written one.
    zone_ids
        What the file calls each zone of the plan.
    lots
        Zones of each lot, by position in the plan; None where there are no lots.
    lot_ids
        What the file calls each of them.
    table
        The content of the file.
    """

    plan: Plan
    zone_ids: tuple[int, ...]
    lots: tuple[tuple[int, ...], ...] | None
    lot_ids: tuple[int, ...]
    table: Mapping[str, Any]

    @cached_property
    def verdict(self) -> Verdict:
        """What the checker says of the plan, zones called as in the file."""
        verdict = judge(self.plan)
        return replace(verdict, faults=self._renamed(verdict.faults))

    @cached_property
    def lots_verdict(self) -> LotsVerdict | None:
        """What the checker says of the lots, called as in the file."""
        if self.lots is None:
            return None
        asked = self.table["parameters"]
        size = int(asked["lot_size"])
        full = lot_sizes(self.plan.num_zones, size).count
        verdict = judge_lots(
            self.plan,
            self.lots,
            size=size,
            count=None if asked["lot_count"] >= full else int(asked["lot_count"]),
            near_allowed=asked["gap_limit"],
            tolerance=asked["lot_tolerance"],
        )
        return replace(verdict, faults=self._renamed(verdict.faults))

    def lot_id(self, lot: Lot) -> int:
        """What the file calls a lot of the verdict."""
        assert self.lots is not None
        return self.lot_ids[self.lots.index(lot.zones)]

    def _renamed(self, faults: Iterable[str]) -> tuple[str, ...]:
        """The checker numbers zones by their first unit; the file may not."""
        order = sorted(range(len(self.lot_ids)), key=lambda i: (self.lots or ())[i])
        lots = [self.lot_ids[i] for i in order]

        def named(found: re.Match[str]) -> str:
            word, number = found.group(1), int(found.group(2))
            ids = self.zone_ids if word.lower() == "zone" else lots
            known = 1 <= number <= len(ids)
            return f"{word} {ids[number - 1] if known else number}"

        return tuple(re.sub(r"\b([Zz]one|[Ll]ot) (\d+)", named, x) for x in faults)


def numbered(
    problem: Problem,
    zone_of: NDArray[np.int64],
    lot_of: Mapping[int, int] | None,
    table: Mapping[str, Any],
) -> Written:
    """A plan of zones and lots called by ids."""
    plan = Plan(problem, zone_of.astype(np.int32))
    zone_ids = tuple(int(zone_of[units[0]]) for units in plan.zones)
    if lot_of is None:
        return Written(plan, zone_ids, None, (), table)
    lot_ids = tuple(sorted({lot_of[zone] for zone in zone_ids}))
    lots = tuple(
        tuple(k for k, zone in enumerate(zone_ids) if lot_of[zone] == lot)
        for lot in lot_ids
    )
    return Written(plan, zone_ids, lots, lot_ids, table)
