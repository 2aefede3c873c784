"""What it takes to have a building in another zone: the cheapest plan that does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from zoning.analysis.diagnosed import solve_and_diagnose
from zoning.analysis.difference import carried, shared_area
from zoning.analysis.keep import zone_called
from zoning.check import Verdict, judge
from zoning.errors import InputError
from zoning.limits import Limits
from zoning.plan import Plan
from zoning.region import Region
from zoning.result import RESULT_OR_PLAN, Result, Status
from zoning.rules import Pin
from zoning.rules.places import ids_of, unit_called
from zoning.text.arguments import NAME, SEARCH, takes
from zoning.text.lists import first_few


@dataclass(frozen=True)
class UnitMove:
    """A unit that changes zone: its buildings, the names of the two zones, its own."""

    buildings: tuple[str, ...]
    origin: str
    to: str
    called: str = field(default="", compare=False)

    def __str__(self) -> str:
        few = self.called or first_few(self.buildings, 4)
        return f"{few} from zone {self.origin} to zone {self.to}"


@dataclass(frozen=True, eq=False)
class Relocation:
    """What it takes to have a building in another zone, all rules kept.

    Parameters
    ----------
    building, zone
        What is wanted: what people call it, its id in brackets, and a name of a zone.
    change
        How much more the plan costs then, yuan a year; None where no plan was found.
    least
        It is proved to cost at least so much more; None where it is proved that there
        is no such plan.
    steps
        The units that change zone.
    result
        The plan with the building there.
    excess, least_excess
        How much farther zones lie outside bands that bend then, yuan, and by how much
        it is proved that they must at least; below 0 it is less.
    """

    building: str
    zone: str
    change: int | None
    least: int | None
    steps: tuple[UnitMove, ...]
    result: Result
    excess: int = 0
    least_excess: int = 0

    def __str__(self) -> str:
        wanted = f"To have {self.building} in zone {self.zone}"
        if self.result.status is Status.INFEASIBLE:
            return (
                f"{wanted}, while both zones keep their centers, there is proved to be "
                "no plan that keeps every rule."
            )
        if self.change is None or self.least is None:
            return f"{wanted}, no plan was found in the time."
        proof = f"; it is proved to take at least {self.least:,}"
        if self.least == self.change:
            proof = ", and no plan does it for less"
        more = (
            f"{abs(self.change):,} yuan a year {'less' if self.change < 0 else 'more'}"
        )
        lines = [f"{wanted}, {self._outside()}the plan costs {more}{proof}:"]
        return "\n".join([*lines, *(f"- {one}" for one in self.steps)])

    def _outside(self) -> str:
        """How much farther zones lie outside bands."""
        if not self.excess:
            return ""
        more = "less" if self.excess < 0 else "more"
        proof = ""
        if 0 < self.least_excess < self.excess:
            proof = f" (proved: at least {self.least_excess:,})"
        told = f"zones lie outside their bands by {abs(self.excess):,} yuan {more}"
        return f"{told}{proof} and "


@takes(result=RESULT_OR_PLAN, building=NAME, zone=NAME, **SEARCH)
def what_it_takes(
    result: Result | Plan,
    building: str,
    zone: str,
    *,
    time_limit: float = 30.0,
    seed: int = 0,
    workers: int = 1,
) -> Relocation:
    """Find the cheapest plan that has a building in another zone, and what else moves.

    The centers of that zone and of the one the building leaves stay in them, so that
    zones do not merely swap names. Everything else may change. Zones leave bands that
    bend only where they must; what it takes is told as excess then, before the cost.

    Parameters
    ----------
    result
        A result with a plan, or a plan.
    building
        Id or name of a building or a unit; its unit moves as a whole.
    zone
        Name of the zone, as in ``verdict.names``.
    time_limit, seed, workers
        As in `zoning.solve`.

    Raises
    ------
    InputError
        There is no plan, no such building or zone, the building is in it already, or a
        rule forbids it outright.
    """
    plan = result.plan if isinstance(result, Result) else result
    if plan is None:
        msg = "There is no plan to change. Solve the problem first."
        raise InputError(msg)
    verdict, region = judge(plan), plan.problem.region
    unit, name = unit_called(region, building), ids_of(region, (building,))[0]
    own, to = int(plan.zone_of[unit]), zone_called(zone, verdict.names)
    if own == to:
        called = region.directory.called_id(name)
        msg = f"{called} is in zone {zone} already. Name another zone."
        raise InputError(msg)
    ids = plan.problem.region.buildings
    anchors = {to: int(verdict.center[to])}
    pins = [Pin(zone, (*ids[unit], *ids[anchors[to]]))]
    if verdict.center[own] != unit:
        anchors[own] = int(verdict.center[own])
        pins.append(Pin(verdict.names[own], ids[anchors[own]]))
    problem = replace(plan.problem, rules=(*plan.problem.rules, *pins))
    start = plan.zone_of.copy()
    start[unit] = to
    found = solve_and_diagnose(
        problem,
        limits=Limits(time_limit, seed, workers),
        start=Plan(problem, start),
    )
    found = _named(found, plan, verdict, anchors)
    proved = found.status is Status.INFEASIBLE
    least = None if proved else found.bound - verdict.total
    change = None if found.cost is None else found.cost - verdict.total
    excess = least_excess = 0
    if found.excess is not None:
        excess = found.excess - verdict.excess
        least_excess = found.excess_bound - verdict.excess
    return Relocation(
        region.directory.called_id(name),
        zone,
        change,
        least,
        _steps(plan, found),
        found,
        excess,
        least_excess,
    )


def _named(
    found: Result, plan: Plan, verdict: Verdict, anchors: Mapping[int, int]
) -> Result:
    """What was found, its zones called as those of the plan they have most of.

    Zones that hold the `anchors` (a unit by zone) are surely those zones.
    """
    if found.plan is None:
        return found
    zone_of, area = found.plan.zone_of, plan.problem.region.area
    shared = shared_area(plan.zone_of, zone_of, area)
    for zone, unit in anchors.items():
        shared[zone, zone_of[unit]] += int(area.sum()) + 1
    named = Plan(found.plan.problem, zone_of, carried(shared, verdict.names))
    return replace(found, plan=named, verdict=judge(named))


def _steps(plan: Plan, found: Result) -> tuple[UnitMove, ...]:
    """Units that are in a zone of another name."""
    if found.plan is None or found.verdict is None:
        return ()
    region = plan.problem.region
    was, now = judge(plan).names, found.verdict.names
    pairs = zip(plan.zone_of.tolist(), found.plan.zone_of.tolist(), strict=True)
    return tuple(
        UnitMove(region.buildings[i], was[before], now[after], _told(region, i))
        for i, (before, after) in enumerate(pairs)
        if was[before] != now[after]
    )


def _told(region: Region, unit: int) -> str:
    return first_few(region.directory.told_units([unit]), 4)
