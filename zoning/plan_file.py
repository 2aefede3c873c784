"""Read a plan.json back: the problem, the plan and the lots in one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoning.costs import CostModel, Resource
from zoning.errors import InputError
from zoning.plan_differences import differences
from zoning.plan_table import FORMAT
from zoning.plan_written import RuleError, Written, numbered
from zoning.problem import Band, Problem
from zoning.units import Barrier, Region

_TOLD = 10  # ids named in one message
DAMAGE = (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError)


def read_plan(path: str | Path) -> Written:
    """The plan in a plan.json, its zones and lots as they stand in the file.

    Raises
    ------
    InputError
        The file cannot be read, or is no plan.
    """
    table = load_json(Path(path), "Write the plan again with `zoning plan`.")
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
    except DAMAGE as error:
        kind = "lacks the key" if isinstance(error, KeyError) else "is damaged:"
        msg = (
            f"{path} {kind} {error}. Undo the last edit, or write the plan again with "
            "`zoning plan`."
        )
        raise InputError(msg) from error
    return written


def load_json(path: Path, remedy: str) -> Any:
    """The content of a JSON file; where there is none, the error tells the remedy."""
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
    return numbered(problem, zone_of, lot_of, table)


def _region(table: Mapping[str, Any]) -> Region:
    units, asked = table["units"], table["parameters"]
    names = {field.name for field in fields(Resource)}
    resources = tuple(
        Resource(**{key: value for key, value in entry.items() if key in names})
        for entry in asked["resources"]
    )
    way = table["travel"].get("way_table")
    columns, cut_by = table.get("columns", {}), table.get("cut_by", ())  # newer keys
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
        cut_by=tuple(tuple(Barrier(*one) for one in by) for by in cut_by),
        costs=CostModel(**asked["costs"], resources=resources),
        way=None if way is None else np.array(way, np.int32),
        buildings=tuple(tuple(unit["buildings"]) for unit in units),
        columns={name: tuple(values) for name, values in columns.items()},
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
