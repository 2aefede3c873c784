"""plan.json: a plan with all it takes to judge and price it again.

`table_of` gives its content, `read_plan` the problem, the plan and the lots in one.
``docs/plan-format.md`` describes every key.
"""

from __future__ import annotations

import json
import platform
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from importlib import metadata
from pathlib import Path, PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoning.check import Verdict, judge, sum_over
from zoning.check_lots import Lot, LotsVerdict, judge_lots, lot_sizes
from zoning.costs import FIGURES, CostModel, Resource
from zoning.errors import InputError, PlanError
from zoning.lots import Lots
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.result import Result
from zoning.units import Region

FORMAT = "zoning-plan/1"
STRAIGHT, STREETS, GIVEN = "straight line", "streets", "table of costs"
_PACKAGES = ("zoning", "ortools", "highspy", "numba", "numpy", "scipy", "shapely")
_TOLD = 10


class RuleError(InputError):
    """A hand edit broke a rule without which nothing can be priced."""


# --- to a table ----------------------------------------------------------------------


def table_of(
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
    gap = (verdict.total - result.bound) / verdict.total if verdict.total else 0.0
    return {
        "format": FORMAT,
        "input": _input(region),
        "parameters": _parameters(plan.problem, lots, settings or {}),
        "software": _software(),
        "status": str(result.status),
        "cost": verdict.total,
        "bound": int(result.bound),
        "gap": round(max(0.0, gap), 6),
        "seconds": round(result.seconds + (lots.seconds if lots else 0.0), 3),
        "reason": result.reason,
        "notes": list(region.notes),
        "units": _units(region),
        "edges": region.edges.tolist(),
        "bridges": region.bridges.tolist(),
        "cut_edges": region.cut_edges.tolist(),
        "travel": _travel(plan.problem),
        "zones": _zones(plan, verdict),
        "lots": None if lots is None else _lots(lots),
    }


def _input(region: Region) -> dict[str, Any]:
    files = [PurePath(file).name for file in region.source.files]
    return {
        "file": files[0] if files else "",
        "files": files,
        "sha256": region.source.sha256,
        "unit_column": region.source.unit_column,
        "id_column": id_column(region),
    }


def building_ids(region: Region) -> list[str]:
    """Ids of the buildings in the order of the input table."""
    if region.source.frame is None:
        return [name for names in region.buildings for name in names]
    rest = [iter(names) for names in region.buildings]
    return [next(rest[i]) for i in region.source.frame["_unit"].tolist()]


def id_column(region: Region) -> str | None:
    """The input column that holds the ids of buildings; None: they are row numbers."""
    frame, ids = region.source.frame, building_ids(region)
    if frame is None:
        return "building"
    for column in frame.columns:
        if column != frame.geometry.name and [*map(_word, frame[column])] == ids:
            return str(column)
    return None


def _word(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


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
        "fixed_per_zone": costs.fixed_per_zone,
        "sums": list(problem.region.sums),
        **_lot_parameters(lots, settings),
        "costs": {name: getattr(costs, name) for name in FIGURES},
        "resources": [
            {**asdict(resource), "price": costs.price(resource)}
            for resource in costs.resources
        ],
        "assumptions": costs.assumptions(),
        **{k: v for k, v in settings.items() if k not in _LOT_SETTINGS},
    }


_LOT_SETTINGS = ("lot_size", "lot_tolerance", "gap_limit")


def _lot_parameters(lots: Lots | None, settings: Mapping[str, Any]) -> dict[str, Any]:
    """What lots were asked to be; what was not told is taken from the lots."""
    found: Sequence[Lot] = () if lots is None else lots.lots
    sizes = Counter(len(lot.zones) for lot in found)
    usual = max(sizes, key=lambda size: (sizes[size], size)) if sizes else 3
    size = settings.get("lot_size") or usual
    near = any(lot.near for lot in found)
    return {
        "lot_size": size,
        "lot_count": sizes[size],
        "lot_tolerance": settings.get("lot_tolerance"),
        "gap_limit": settings.get("gap_limit", 600.0) if near else None,
    }


def _software() -> dict[str, str]:
    return {"python": platform.python_version(), **dict(_versions(_PACKAGES))}


def _versions(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            yield name, "not installed"


def _units(region: Region) -> list[dict[str, Any]]:
    assert region.direct is not None  # the constructor of Region fills it in
    columns = {
        "x": region.xy[:, 0].tolist(),
        "y": region.xy[:, 1].tolist(),
        "area": region.area.tolist(),
        "households": [None] * len(region),
        "load": region.load.tolist(),
        "direct": region.direct.tolist(),
    }
    if "households" in region.sums:
        columns["households"] = region.sums["households"].tolist()
    others = {
        name: values.tolist()
        for name, values in region.sums.items()
        if name not in ("area", "households")
    }
    units = []
    for i, name in enumerate(region.names):
        unit: dict[str, Any] = {"name": name}
        unit.update((key, values[i]) for key, values in columns.items())
        if others:
            unit["sums"] = {key: values[i] for key, values in others.items()}
        unit["buildings"] = list(region.buildings[i])
        units.append(unit)
    return units


def _travel(problem: Problem) -> dict[str, Any]:
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
    return table


def _zones(plan: Plan, verdict: Verdict) -> list[dict[str, Any]]:
    region = plan.problem.region
    area = sum_over(plan, region.area)
    households = None
    if "households" in region.sums:
        households = sum_over(plan, region.sums["households"])
    return [
        {
            "id": k + 1,
            "center": int(verdict.center[k]),
            "units": units.tolist(),
            "cost": int(verdict.cost[k]),
            "load": int(verdict.load[k]),
            "travel": int(verdict.travel[k]),
            "area": int(area[k]),
            "households": None if households is None else int(households[k]),
        }
        for k, units in enumerate(plan.zones)
    ]


def _lots(lots: Lots) -> dict[str, Any]:
    priced = judge_lots(lots.plan, [lot.zones for lot in lots.lots])
    cost = priced.cost if lots.lots else None
    gap = None if not cost else round(max(0.0, (cost - lots.bound) / cost), 6)
    return {
        "status": str(lots.status),
        "cost": cost,
        "bound": int(lots.bound),
        "gap": gap,
        "separate_cost": int(lots.separate_cost),
        "reason": lots.reason,
        "lots": [_lot(number, lot) for number, lot in enumerate(priced.lots)],
    }


def _lot(number: int, lot: Lot) -> dict[str, Any]:
    return {
        "id": number + 1,
        "zones": [zone + 1 for zone in lot.zones],
        "cost": lot.cost,
        "separate_cost": lot.separate_cost,
        "resources": dict(lot.resources),
        "separate_resources": dict(lot.separate_resources),
        "own": lot.own,
        "hub": lot.hub + 1,
        "travel": lot.travel,
        "crossings": lot.crossings,
        "near": [[a + 1, b + 1] for a, b in lot.near],
    }


# --- text ----------------------------------------------------------------------------


def text_of(table: Mapping[str, Any]) -> str:
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


# --- from a file ---------------------------------------------------------------------


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


def read_plan(path: str | Path) -> Written:
    """The plan in a plan.json, its zones and lots as they stand in the file.

    Raises
    ------
    InputError
        The file cannot be read, or is no plan.
    """
    table = _json(Path(path), "Write the plan again with `zoning plan`.")
    if not isinstance(table, dict) or table.get("format") != FORMAT:
        found = table.get("format") if isinstance(table, dict) else None
        msg = (
            f"{path} is not a plan this version can read: its format is {found!r}, "
            f"not {FORMAT!r}."
        )
        raise InputError(msg)
    try:
        written = _written(table)
        differences(written)  # so that keys it compares are there
    except InputError as error:
        msg = f"{path} holds a plan that cannot be judged: {error}"
        raise type(error)(msg) from error
    except _DAMAGE as error:
        kind = "lacks the key" if isinstance(error, KeyError) else "is damaged:"
        msg = (
            f"{path} {kind} {error}. Undo the last edit, or write the plan again with "
            "`zoning plan`."
        )
        raise InputError(msg) from error
    return written


_DAMAGE = (
    *(KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError),
)


def _json(path: Path, remedy: str) -> Any:
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        msg = f"{path} cannot be read ({error.strerror}). {remedy}"
        raise InputError(msg) from error
    except ValueError as error:
        msg = f"{path} is not valid JSON ({error}). {remedy}"
        raise InputError(msg) from error


def _written(table: Mapping[str, Any]) -> Written:
    region = _region(table)
    asked = table["parameters"]
    cost_table = table["travel"].get("cost_table")
    problem = Problem(
        region,
        asked["num_zones"],
        tolerance=asked["tolerance"],
        bands={name: Band(**band) for name, band in asked["bands"].items()},
        travel=None if cost_table is None else np.array(cost_table, np.int64),
        fair_share=asked["fair_share"],
    )
    zone_of = _zone_of(table, region)
    lots = table["lots"]
    lot_of = None
    if lots is not None and lots["lots"]:
        lot_of = _lot_of(lots["lots"], [zone["id"] for zone in table["zones"]])
    return _numbered(problem, zone_of, lot_of, table)


def _region(table: Mapping[str, Any]) -> Region:
    units, asked = table["units"], table["parameters"]
    names = {field.name for field in fields(Resource)}
    resources = tuple(
        Resource(**{key: value for key, value in entry.items() if key in names})
        for entry in asked["resources"]
    )
    way = table["travel"].get("way_table")
    return Region(
        names=tuple(unit["name"] for unit in units),
        xy=np.array([[unit["x"], unit["y"]] for unit in units]),
        load=np.array([unit["load"] for unit in units]),
        direct=np.array([unit["direct"] for unit in units]),
        sums={
            name: np.array([unit.get("sums", unit)[name] for unit in units])
            if name not in ("area", "households")
            else np.array([unit[name] for unit in units])
            for name in asked["sums"]
        },
        edges=_pairs(table["edges"]),
        bridges=_pairs(table["bridges"]),
        cut_edges=_pairs(table["cut_edges"]),
        costs=CostModel(**asked["costs"], resources=resources),
        way=None if way is None else np.array(way, np.int32),
        buildings=tuple(tuple(unit["buildings"]) for unit in units),
    )


def _pairs(pairs: Sequence[Sequence[int]]) -> NDArray[np.int32]:
    return np.array(pairs, np.int32).reshape(-1, 2)


def _zone_of(table: Mapping[str, Any], region: Region) -> NDArray[np.int64]:
    """The id of each unit's zone; every unit must be in one."""
    n = len(region)
    zones = table["zones"]
    repeated = [str(i) for i, k in Counter(z["id"] for z in zones).items() if k > 1]
    if repeated:
        msg = f"Zone ids repeat: {', '.join(repeated)}. Give each zone its own."
        raise RuleError(msg)
    zone_of = np.zeros(n, np.int64)
    times = np.zeros(n, np.int64)
    for zone in zones:
        for i in zone["units"]:
            if not 0 <= i < n:
                msg = f"Zone {zone['id']} holds unit {i}; units are 0 to {n - 1}."
                raise InputError(msg)
            zone_of[i] = zone["id"]
            times[i] += 1
    wrong = np.flatnonzero(times != 1)
    if len(wrong):
        told = ", ".join(
            f"{region.names[i]} (position {i}) is in {times[i]}" for i in wrong[:_TOLD]
        )
        msg = f"Every unit must be in one zone; {told}."
        raise RuleError(msg)
    return zone_of


def _lot_of(lots: Sequence[Mapping[str, Any]], zones: list[int]) -> dict[int, int]:
    """The id of each zone's lot; every zone must be in one."""
    listed = [(zone, lot["id"]) for lot in lots for zone in lot["zones"]]
    times = Counter(zone for zone, _ in listed)
    faults = [f"zone {z} is in {times[z]} lots" for z in zones if times[z] != 1]
    faults += [f"zone {z} does not exist" for z in sorted(set(times) - set(zones))]
    if faults:
        msg = f"Every zone must be in one lot; {', '.join(faults[:_TOLD])}."
        raise RuleError(msg)
    return dict(listed)


def _numbered(
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


# --- edits and differences -----------------------------------------------------------


def edited(written: Written, path: str | Path) -> Written:
    """The plan with the zones and lots of a buildings.geojson edited by hand.

    Buildings are told by their id, or by their order where they have none. Gives the
    plan itself, the same object, where nothing was changed.

    Raises
    ------
    InputError
        The layer cannot be read, buildings are missing, or a unit was torn.
    """
    layer = _json(Path(path), "Repair or delete it; plan.json holds the plan.")
    try:
        rows = [feature["properties"] for feature in layer["features"]]
        zone_of, lot_of = _edits(written, rows)
    except InputError as error:
        msg = f"{path} was edited so that it cannot be judged: {error}"
        raise type(error)(msg) from error
    except _DAMAGE as error:
        msg = f"{path} is not the layer that was written: {error} is missing or wrong."
        raise InputError(msg) from error
    same_lots = lot_of is None or lot_of == _lots_by_id(written)
    if same_lots and np.array_equal(zone_of, _zones_by_id(written)):
        return written
    if lot_of is None:
        lot_of = _lots_by_id(written) or None
    return _numbered(written.plan.problem, zone_of, lot_of, written.table)


def _zones_by_id(written: Written) -> NDArray[np.int64]:
    return np.array(written.zone_ids)[written.plan.zone_of]


def _lots_by_id(written: Written) -> dict[int, int]:
    pairs = zip(written.lots or (), written.lot_ids, strict=True)
    return {written.zone_ids[k]: lot for zones, lot in pairs for k in zones}


def _edits(
    written: Written, rows: Sequence[Mapping[str, Any]]
) -> tuple[NDArray[np.int64], dict[int, int] | None]:
    region = written.plan.problem.region
    unit_of = {b: i for i, names in enumerate(region.buildings) for b in names}
    ids = _row_ids(written, rows, unit_of)
    faults = [f"building {b} is not in the plan" for b in ids if b not in unit_of]
    missing = sorted(set(unit_of) - set(ids))
    faults += [f"building {b} is missing" for b in missing]
    zones: dict[int, set[int]] = {}
    lots: dict[int, set[int]] = {}
    for building, row in zip(ids, rows, strict=True):
        zone = _id(row["zone"])
        if zone is None:
            faults.append(f"building {building} has no zone")
        elif building in unit_of:
            zones.setdefault(unit_of[building], set()).add(zone)
        lot = _id(row.get("lot"))
        if zone is not None and lot is not None:
            lots.setdefault(zone, set()).add(lot)
    for what, found in (("unit", zones), ("zone", lots)):
        other = "zones" if what == "unit" else "lots"
        for key, several in sorted(found.items()):
            if len(several) > 1:
                name = region.names[key] if what == "unit" else key
                told = " and ".join(map(str, sorted(several)))
                faults.append(f"{what} {name} lies in {other} {told} at once")
    if faults:
        more = f" and {len(faults) - _TOLD} more" if len(faults) > _TOLD else ""
        msg = f"{'; '.join(faults[:_TOLD])}{more}."
        raise RuleError(msg)
    zone_of = np.array([min(zones[i]) for i in range(len(region))])
    if written.lots is None:
        return zone_of, None
    ungrouped = sorted(set(zone_of.tolist()) - set(lots))
    if ungrouped:
        msg = f"zone {', '.join(map(str, ungrouped[:_TOLD]))} has no lot."
        raise RuleError(msg)
    return zone_of, {zone: min(some) for zone, some in lots.items()}


def _row_ids(
    written: Written, rows: Sequence[Mapping[str, Any]], unit_of: Mapping[str, int]
) -> list[str]:
    column = written.table["input"]["id_column"]
    if column is not None:
        return [_word(row[column]) for row in rows]
    numbers = sorted(unit_of, key=int)
    if len(rows) != len(numbers):
        msg = f"it has {len(rows)} buildings, the plan {len(numbers)}."
        raise RuleError(msg)
    return numbers


def _id(value: object) -> int | None:
    if value is None or value == "":
        return None
    number = float(str(value))
    if not number.is_integer():
        msg = f"{value!r}"
        raise ValueError(msg)
    return int(number)


def differences(written: Written) -> list[str]:
    """Numbers in the file that are not what the checker finds, in words."""
    table, plan, verdict = written.table, written.plan, written.verdict
    found = [*_differ("The plan", table, {"cost": verdict.total})]
    found += _bound_differs("The plan", table, verdict.total)
    right = dict(zip(written.zone_ids, _zones(plan, verdict), strict=True))
    for zone in table["zones"]:
        if zone["id"] not in right:
            found.append(f"Zone {zone['id']} holds no units.")
            continue
        keys = ("cost", "load", "travel", "area", "households", "center")
        expected = {key: right[zone["id"]][key] for key in keys}
        found += _differ(f"Zone {zone['id']}", zone, expected)
    found += _parameters_differ(written)
    lots = written.lots_verdict
    if lots is not None and table["lots"] is not None and lots.lots:
        found += _lots_differ(written, lots)
    return found


def _differ(
    what: str, have: Mapping[str, Any], right: Mapping[str, Any]
) -> Iterator[str]:
    for key, value in right.items():
        if key not in have:
            yield f"{what} has no {key} in the file; it is {_told(value)}."
        elif have[key] != value:
            yield f"{what}: {key} is {_told(value)}, the file says {_told(have[key])}."


def _told(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,}"
    return json.dumps(value, ensure_ascii=False)


def _bound_differs(what: str, have: Mapping[str, Any], cost: int) -> Iterator[str]:
    bound, gap, status = have["bound"], have["gap"], have["status"]
    if bound > cost:
        yield (
            f"{what} costs {cost:,}, less than the bound {bound:,} under which the "
            "file says no plan exists: costs or rules were edited."
        )
    elif gap is not None and abs(gap - (cost - bound) / max(cost, 1)) > 1e-6:
        yield (
            f"{what}: the gap to the bound is {(cost - bound) / max(cost, 1):.6f}, "
            + (f"the file says {gap:.6f}.")
        )
    if status == "optimal" and bound != cost:
        yield f"{what} is called optimal, but cost {cost:,} and bound {bound:,} differ."


def _parameters_differ(written: Written) -> Iterator[str]:
    problem, have = written.plan.problem, written.table["parameters"]
    costs, band = problem.region.costs, problem.cost_band
    right = {
        "cost_band": None if band is None else asdict(band),
        "fixed_per_zone": costs.fixed_per_zone,
    }
    yield from _differ("The parameters", have, right)
    for entry, resource in zip(have["resources"], costs.resources, strict=True):
        price = {"price": costs.price(resource)}
        yield from _differ(f"Resource {resource.name!r}", entry, price)
    travel = written.table["travel"]
    rate = {"yuan_per_m2_month_per_100m": costs.travel, "detour": costs.detour}
    yield from _differ("Travel", travel, rate)


def _lots_differ(written: Written, verdict: LotsVerdict) -> Iterator[str]:
    have = written.table["lots"]
    total = {"cost": verdict.cost, "separate_cost": verdict.separate_cost}
    yield from _differ("Lots together", have, total)
    yield from _bound_differs("The choice of lots", have, verdict.cost)
    ids = {k + 1: zone for k, zone in enumerate(written.zone_ids)}
    right = {written.lot_id(lot): _lot(0, lot) for lot in verdict.lots}
    for lot in have["lots"]:
        expected = dict(right[lot["id"]])
        expected["zones"] = sorted(ids[k] for k in expected["zones"])
        expected["hub"] = ids[expected["hub"]]
        near = [sorted((ids[a], ids[b])) for a, b in expected["near"]]
        expected["near"] = sorted(near)
        del expected["id"]
        shown = {**lot, "zones": sorted(lot["zones"])}
        yield from _differ(f"Lot {lot['id']}", shown, expected)
