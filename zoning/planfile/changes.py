"""Which buildings change zone against last year's plan, and why.

Reasons are facts a checker without a solver finds: the former zone is gone, a rule
names the building, or what would come of putting it back.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from zoning.check import Verdict, broken_anew, judge, parts, put_outside
from zoning.check.zone_names import former
from zoning.plan import Plan
from zoning.region import Region
from zoning.rules.asked import Moved
from zoning.text.lists import first_few
from zoning.text.order import by_name

_COLUMNS = ("building", "unit", "area", "from", "to", "reason")
MANY = 200  # units put back one by one; each time the whole plan is judged
_UNSEEN = f"not looked into: only the {MANY} largest changes are"


def change_columns(region: Region) -> tuple[str, ...]:
    """Columns of `change_rows`; names of units only where they have any."""
    return (*_COLUMNS[:2], *region.directory.name_column(0), *_COLUMNS[2:])


def change_rows(plan: Plan) -> list[dict[str, Any]]:
    """A row of `change_columns` for each building whose zone has another name now.

    A building counts by its own former zone. (The rule counts whole units, by the
    former zone most of a unit was in.)
    """
    moved = _moved(plan)
    region = plan.problem.region
    area = region.area
    before = former(plan)
    alone = {i for _, i, origin, _ in moved if before[i] == origin}
    reasons = _reasons(plan, sorted(alone, key=lambda i: (-int(area[i]), i)))
    size = _floor_area(plan)
    rows = [
        {
            "building": building,
            "unit": region.names[i],
            **region.directory.name_column(i),
            "area": size.get(building),
            "from": origin,
            "to": to,
            "reason": reasons[i]
            if before[i] == origin
            else _goes_along(region.called(i), before[i]),
        }
        for building, i, origin, to in moved
    ]
    return sorted(rows, key=lambda row: (by_name(row["from"]), by_name(row["to"])))


def _moved(plan: Plan) -> list[tuple[str, int, str, str]]:
    """Each building that changes: its id, its unit, and from where to where."""
    column = _column(plan)
    if column is None:
        return []
    region, names = plan.problem.region, judge(plan).names
    units = region.unit_of_building.tolist()
    return [
        (building, i, str(origin), names[plan.zone_of[i]])
        for building, i, origin in zip(
            region.building_ids, units, region.columns[column], strict=True
        )
        if origin is not None and str(origin) != names[plan.zone_of[i]]
    ]


def _floor_area(plan: Plan) -> dict[str, int]:
    """m² of each building of which it is known."""
    region = plan.problem.region
    known = region.columns.get("area", (None,) * len(region.building_ids))
    return {
        building: round(float(value))
        for building, value in zip(region.building_ids, known, strict=True)
        if value is not None
    }


def _column(plan: Plan) -> str | None:
    columns = (rule.former_column for rule in plan.problem.rules)
    return next((column for column in columns if column is not None), None)


def _goes_along(unit: str, home: str | None) -> str:
    """Why a building changes that was not where most of its unit was."""
    rest = "is new" if home is None else f"was in zone {home}"
    return f"stays together with the rest of {unit}, most of which {rest}"


def _reasons(plan: Plan, units: Sequence[int]) -> dict[int, str]:
    """Why each of these units changes zone."""
    look = _Looking(plan)
    return {i: look.reason(i) if at < MANY else _UNSEEN for at, i in enumerate(units)}


@dataclass(frozen=True, eq=False)
class _Looking:
    """A plan that is asked for reasons."""

    plan: Plan

    @cached_property
    def verdict(self) -> Verdict:
        return judge(self.plan)

    @cached_property
    def former(self) -> tuple[str | None, ...]:
        return former(self.plan)

    def reason(self, unit: int) -> str:
        """Why a unit is not in its former zone."""
        return (
            self._gone(self.former[unit])
            or self._ruled(unit)
            or self._put_back(unit, str(self.former[unit]))
        )

    def _gone(self, origin: str | None) -> str:
        """What became of a former zone that is no more."""
        if origin in self.verdict.names:
            return ""
        units = [i for i, name in enumerate(self.former) if name == origin]
        heirs = {self.verdict.names[k] for k in self.plan.zone_of[units]}
        told = ", ".join(sorted(heirs, key=by_name))
        if len(heirs) == 1:
            return f"zone {origin} is no more: all of it went to zone {told}"
        return f"zone {origin} is no more: it was divided among zones {told}"

    def _ruled(self, unit: int) -> str:
        """The planner's rule that this unit moves for."""
        names = self.verdict.names
        now = tuple(names[zone] for zone in self.plan.zone_of.tolist())
        moved = Moved(self.plan.problem.edited_region, self.former, now)
        for rule in self.plan.problem.rules:
            if rule.asks_for(unit, moved):
                return f"a rule asks for it: {rule.told(moved.region)}"
        return ""

    def _put_back(self, unit: int, origin: str) -> str:
        """What would come of it if the unit were in its former zone.

        A unit that would not touch its former zone is put back with all that went the
        same way.
        """
        zone = self.verdict.names.index(origin)
        region, zone_of = self.plan.problem.edited_region, self.plan.zone_of.copy()
        units, who = np.array([unit]), "put back"
        if parts(region, np.append(self.plan.zones[zone], unit)) > 1:
            came = np.array([name == origin for name in self.former])
            units = np.flatnonzero(came & (zone_of == zone_of[unit]))
            others = [region.called(i) for i in units.tolist() if i != unit]
            if others:
                who = f"put back with {first_few(others, 5)}"
        zone_of[units] = zone
        other = judge(Plan(self.plan.problem, zone_of, self.plan.names))
        planned = {str(rule) for rule in self.plan.problem.rules}
        return f"{who}, {_outcome(self.verdict, other, planned)}"


def _outcome(now: Verdict, other: Verdict, planned: Container[str]) -> str:
    """What comes of it: a rule broken, planners' first; zones outside; another cost."""
    anew = broken_anew(now, other)
    faults = sorted(anew, key=lambda fault: fault.rule not in planned)
    if faults:
        several = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        return f"a rule would be broken: {faults[0]}{several}"
    if told := put_outside(now, other):
        return f"it {told}"
    if other.excess < now.excess:
        return (
            f"zones would lie outside their bands by {now.excess - other.excess:,} "
            "yuan less and every rule be kept: this plan is not the best"
        )
    more = other.total - now.total
    if more > 0:
        return f"it would cost {more:,} yuan a year more"
    if more < 0:
        return (
            f"it would cost {-more:,} yuan a year less and keep every rule: this plan "
            "is not the best"
        )
    return "it would cost the same"
