"""The content of plan.json: a plan with all it takes to judge and price it again.

``docs/plan-format.md`` describes every key.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from importlib import metadata
from pathlib import PurePath
from typing import Any

import numpy as np

from zoning.check import Verdict, judge, sum_over
from zoning.costs import FIGURES, CostModel
from zoning.errors import InputError, PlanError
from zoning.lots import Lots
from zoning.plan import Plan
from zoning.planfile.digests import digests_of
from zoning.planfile.lots import lot_parameters, lots_table
from zoning.planfile.region import region_entries, span_entry
from zoning.planfile.rules import rule_entries, way_entries
from zoning.planfile.schema import FORMAT
from zoning.problem import Problem
from zoning.reading.datum import option
from zoning.region import Region
from zoning.result import Result, gap_of
from zoning.share import COST_BAND
from zoning.text.words import word

STRAIGHT, STREETS, GIVEN = "straight line", "streets", "table of costs"
OWN_ID = "building_id"  # of buildings that were called by row
_PACKAGES = ("zoning", "ortools", "highspy", "numba", "numpy", "scipy", "shapely")


def to_dict(
    result: Result,
    lots: Lots | None = None,
    settings: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Content of plan.json; every number in it is the checker's.

    Raises
    ------
    InputError
        There is no plan, or the lots are those of another plan.
    PlanError
        The plan breaks a rule.
    """
    if result.plan is None:
        msg = f"There is no plan to write: {result.reason or result.status}"
        raise InputError(msg)
    plan = result.plan
    if lots is not None and not lots.plan.equals(plan):
        msg = "The lots are those of another plan. Bundle the plan that is written."
        raise InputError(msg)
    verdict = judge(plan)
    if not verdict.ok:
        msg = f"The plan breaks its rules: {' '.join(verdict.faults)}"
        raise PlanError(msg)
    region = plan.problem.region
    bound = result.bound - verdict.change_cost
    gap = gap_of(verdict.plan_cost, bound) or 0.0
    table = {
        "format": FORMAT,
        "input": _input(region),
        "parameters": _parameters(plan.problem, lots, settings or {}),
        "software": _software(),
        "status": str(result.status),
        "cost": verdict.plan_cost,
        "change_cost": verdict.change_cost,
        **change_bound_of(result, verdict),
        **rule_cost_of(plan.problem, verdict),
        "bound": int(bound),
        "excess": verdict.excess,
        "excess_bound": min(result.excess_bound, verdict.excess),
        "gap": round(gap, 6),
        "seconds": round(result.seconds + (lots.seconds if lots else 0.0), 3),
        "reason": result.reason,
        "notes": notes_of(region),
        **region_entries(plan.problem),
        "travel": travel_table(plan.problem),
        "zones": zone_entries(plan, verdict),
        "lots": None if lots is None else lots_table(lots),
    }
    return {**table, "digests": digests_of(table)}


def change_bound_of(result: Result, verdict: Verdict) -> dict[str, int]:
    """A floor of the m² that change zone, where as few as can be are asked for."""
    if result.plan is None or not result.plan.problem.counts_moves:
        return {}
    return {"change_bound": min(result.change_bound, int(verdict.changed.sum()))}


def rule_cost_of(problem: Problem, verdict: Verdict) -> dict[str, int]:
    """What priced rules of the planner's own come to; no key without such rules."""
    if any(rule.is_own and rule.is_priced for rule in problem.rules):
        return {"rule_cost": verdict.rule_cost}
    return {}


def notes_of(region: Region) -> list[str]:
    """Notes of a region, files in them called by name: where they lay is nobody's."""
    notes = list(region.notes)
    for path in sorted(map(str, region.source.files), key=len, reverse=True):
        notes = [note.replace(path, PurePath(path).name) for note in notes]
    return notes


def _input(region: Region) -> dict[str, Any]:
    files = [PurePath(file).name for file in region.source.files]
    return {
        "file": files[0] if files else "",
        "files": files,
        "sha256": region.source.sha256,
        "unit_column": region.source.unit_column,
        "area_column": region.source.area_column,
        "households_column": region.source.households_column,
        "id_column": id_column(region),
        "headers": {one.role: one.asked_as for one in region.source.choices},
        "crs": _crs(region),
        "datum": option(region.source.datums) or None,
    }


def _crs(region: Region) -> str | None:
    """What positions of units are in; None: nobody knows, in metres from somewhere."""
    frame = region.source.frame
    return None if frame is None or frame.crs is None else frame.crs.to_string()


def building_ids(region: Region) -> list[str]:
    """Ids of the buildings in the order of the input table."""
    if region.source.frame is None:
        return list(region.building_ids)
    rest = [iter(names) for names in region.buildings]
    return [next(rest[i]) for i in region.source.frame["_unit"].tolist()]


def id_column(region: Region) -> str:
    """The column of the written layer that holds the ids of buildings.

    Where the input has none, rows have numbers; these are written beside its columns.
    """
    frame, ids = region.source.frame, building_ids(region)
    if frame is None:
        return "building"
    for column in frame.columns:
        if column != frame.geometry.name and [*map(word, frame[column])] == ids:
            return str(column)
    name = OWN_ID
    while name in frame.columns:
        name += "_"
    return name


def _parameters(
    problem: Problem, lots: Lots | None, settings: Mapping[str, Any]
) -> dict[str, Any]:
    costs = problem.region.costs
    band = problem.cost_band
    return {
        "num_zones": int(problem.num_zones),
        "tolerance": problem.tolerance,
        "fair_share": problem.fair_share,
        "cost_band": None if band is None else asdict(band),
        "bands": {name: asdict(some) for name, some in problem.bands.items()},
        "max_gap": problem.region.max_gap,
        **bending(problem),
        "rules": rule_entries(problem.rules),
        "fixed_per_zone": costs.fixed_per_zone,
        "sums": list(problem.region.sums),
        **lot_parameters(lots),
        **figures_of(costs),
        **settings,
    }


def bending(problem: Problem) -> dict[str, Any]:
    """Which bands bend, at what price, and what was left out of the fair share."""
    prices = problem.excess_price
    names = sorted(
        {*([] if problem.tolerance is None else [COST_BAND]), *problem.bands}
    )
    shared = problem.shared_out
    taken = shared.share == problem.fair_share
    return {
        "strict": problem.strict,
        "bend": {} if problem.strict else {name: prices.get(name) for name in names},
        "left_out": {
            "heavy": [some.tolist() for some in shared.heavy if taken],
            "pockets": [some.tolist() for some in shared.pockets if taken],
        },
    }


def figures_of(costs: CostModel) -> dict[str, Any]:
    """Every figure of the cost model, and each once more for a reader."""
    return {
        "currency": costs.currency,
        "costs": {name: getattr(costs, name) for name in FIGURES},
        "resources": [
            {**asdict(resource), "price": costs.price(resource)}
            for resource in costs.resources
        ],
        "assumptions": costs.assumptions(),
    }


def _software() -> dict[str, str]:
    return {"python": platform.python_version(), **dict(_versions(_PACKAGES))}


def _versions(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            yield name, "not installed"


def travel_table(problem: Problem) -> dict[str, Any]:
    """What ways are measured by, and what they cost."""
    region = problem.region
    table: dict[str, Any] = {
        "yuan_per_m2_month_per_100m": region.costs.travel,
        "detour": region.costs.detour,
        "way": STRAIGHT if region.way is None else STREETS,
    }
    if region.way is not None:
        table["way_table"] = region.way.tolist()
    if problem.travel is not None:
        table["zone_travel"] = GIVEN
        table["cost_table"] = np.asarray(problem.travel).tolist()
    return {**table, **way_entries(problem)}


def zone_entries(plan: Plan, verdict: Verdict) -> list[dict[str, Any]]:
    """The zones of a plan, numbered from 1 and called as the checker calls them."""
    region = plan.problem.region
    area = sum_over(plan, region.area)
    households = None
    if "households" in region.sums:
        households = sum_over(plan, region.sums["households"])
    return [
        {
            "id": k + 1,
            "name": verdict.names[k],
            "center": int(verdict.center[k]),
            "units": units.tolist(),
            "cost": int(verdict.cost[k]),
            "load": int(verdict.load[k]),
            "travel": int(verdict.travel[k]),
            "surcharge": int(verdict.surcharge[k]),
            "gap": None if gap is None else span_entry(gap),
            "area": int(area[k]),
            "households": None if households is None else int(households[k]),
            "changed": int(verdict.changed[k]),
            "outside": outside_entries(verdict, verdict.names[k]),
        }
        for k, (units, gap) in enumerate(zip(plan.zones, verdict.gaps, strict=True))
    ]


def outside_entries(verdict: Verdict, zone: str) -> list[dict[str, Any]]:
    """Bands that bend and that a zone lies outside of; none as a rule."""
    entries = [asdict(one) for one in verdict.exceptions if one.zone == zone]
    return [
        {**{k: v for k, v in one.items() if k != "zone"}, "units": [*one["units"]]}
        for one in entries
    ]


def to_json(table: Mapping[str, Any]) -> str:
    """Content as JSON, one unit, edge, zone or lot a line, the same every time."""
    return _laid_out(table, "") + "\n"


def _laid_out(value: Any, pad: str) -> str:
    inner = pad + "  "
    if isinstance(value, Mapping) and value and (not pad or _is_long(value)):
        rows = [f"{_compact(k)}: {_laid_out(v, inner)}" for k, v in value.items()]
        return "{\n" + ",\n".join(inner + row for row in rows) + f"\n{pad}}}"
    if isinstance(value, list) and value and isinstance(value[0], dict | list | str):
        rows = [_compact(item) for item in value]
        if isinstance(value[0], str) and sum(map(len, rows)) < 60:
            return _compact(value)
        return "[\n" + ",\n".join(inner + row for row in rows) + f"\n{pad}]"
    return _compact(value)


def _is_long(value: Mapping[str, Any]) -> bool:
    return len(_compact(value)) > 80


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
