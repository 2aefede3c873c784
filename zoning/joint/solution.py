"""Zones and lots together, judged; which of two pairs is better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from zoning.check import judge
from zoning.errors import PlanError
from zoning.lots import Lots, LotSettings
from zoning.lots.check import judge_lots
from zoning.lots.sizes import lot_sizes
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.result import Status

Rank = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class JointSolution:
    """A plan and lots of its zones.

    Parameters
    ----------
    plan
        Keeps every rule.
    lots
        Judged by `zoning.lots.check`.
    """

    plan: Plan
    lots: Lots

    @cached_property
    def cost(self) -> int:
        """Cost of the lots, and what rules and changes of zone add to the plan."""
        verdict = judge(self.plan)
        more = int(verdict.surcharge.sum()) + verdict.change_cost
        more += verdict.rule_cost
        return sum(lot.cost for lot in self.lots.lots) + more

    @property
    def disconnected(self) -> int:
        """Lots whose zones do not all touch."""
        return sum(bool(lot.near) for lot in self.lots.lots)

    @property
    def usual(self) -> int:
        """Lots of the size asked for."""
        size = self.lots.settings.size
        return sum(len(lot.zones) == size for lot in self.lots.lots)

    @property
    def full(self) -> bool:
        """No rule of lots gave way."""
        size = self.lots.settings.size
        wanted = lot_sizes(self.plan.num_zones, size).count
        return not self.disconnected and self.usual >= wanted

    @property
    def rank(self) -> Rank:
        """The smaller, the better: disconnected lots, lots of another size, cost."""
        return self.disconnected, -self.usual, self.cost

    @property
    def sets(self) -> tuple[tuple[int, ...], ...]:
        """The zones of each lot."""
        return tuple(lot.zones for lot in self.lots.lots)


def joint_solution(
    problem: Problem,
    zone_of: NDArray[np.integer],
    lots: Sequence[Sequence[int]],
    settings: LotSettings,
) -> JointSolution:
    """Labels of a plan, and lots of these labels, judged; no zone is outside a band.

    Raises
    ------
    PlanError
        They break a rule: a search must not offer such a pair.
    """
    plan = Plan(problem, np.asarray(zone_of))
    called = {
        int(old): int(new) for old, new in zip(zone_of, plan.zone_of, strict=True)
    }
    sets = [[called[int(zone)] for zone in lot] for lot in lots]
    size = settings.size
    count = sum(len(lot) == size for lot in sets)
    full = lot_sizes(plan.num_zones, size).count
    few = count if count < full else None
    near = settings.gap_limit
    verdict = judge_lots(plan, sets, size=size, count=few, near_allowed=near)
    zones = judge(plan)
    faults = (*zones.faults, *map(str, zones.exceptions), *verdict.faults)
    if faults:
        msg = f"Zones and lots break rules: {' '.join(faults)}"
        raise PlanError(msg)
    disconnected = any(lot.near for lot in verdict.lots)
    alone = judge_lots(plan, [(zone,) for zone in range(plan.num_zones)], size=1)
    made = Lots(
        plan,
        Status.FEASIBLE,
        verdict.lots,
        verdict.cost,
        0,
        alone.cost,
        0.0,
        settings=settings,
        count=few,
        near_allowed=near if disconnected else None,
    )
    return JointSolution(plan, made)
