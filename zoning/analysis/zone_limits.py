"""What bands allow a zone of a plan, and how much of that it uses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from zoning.check import Verdict
from zoning.check.rules import frozen
from zoning.plan import Plan
from zoning.problem import Band
from zoning.search.presolve.limits import amount

COST = "cost"


@dataclass(frozen=True)
class ZoneLimit:
    """A sum over a zone, and the band it must lie in."""

    name: str
    value: int
    band: Band

    @property
    def over(self) -> int:
        """How much it is above the band; below 0 it is not."""
        return self.value - self.band.high

    @property
    def under(self) -> int:
        """How much it is below the band; below 0 it is not."""
        return self.band.low - self.value

    def amount(self, value: int) -> str:
        """A value with what it is counted in."""
        return f"{value:,} yuan" if self.name == COST else amount(self.name, value)


def zone_limits(plan: Plan, verdict: Verdict, zone: int) -> Iterator[ZoneLimit]:
    """The cost band and the other bands of a zone; none of a frozen one."""
    problem = plan.problem
    if zone in frozen(plan, verdict.names):
        return
    band = problem.cost_band_of(problem.factor_of(verdict.names[zone]))
    if band is not None:
        yield ZoneLimit(COST, int(verdict.cost[zone]), band)
    region = problem.region
    for name, band in problem.bands.items():
        values = region.values_of(name)
        yield ZoneLimit(name, int(values[plan.zones[zone]].sum()), band)
