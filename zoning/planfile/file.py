"""Read a plan.json back: the problem, the plan and the lots in one."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from zoning.costs import YUAN, CostModel, Resource
from zoning.errors import InputError
from zoning.planfile.claim import settle
from zoning.planfile.lots import lot_rules_from
from zoning.planfile.region import region_from, square
from zoning.planfile.rows import zone_called
from zoning.planfile.rules import rules_from
from zoning.planfile.schema import FORMAT, wrong_fields
from zoning.planfile.verify import differences
from zoning.planfile.written import RuleError, Written, called_by
from zoning.problem import Band, Problem
from zoning.region import Region
from zoning.text.encodings import no_text, require_file
from zoning.text.lists import MOST, first_few

_REMEDY = "Undo the last edit, or write the plan again with `zoning plan`."
_UNFIT = (
    "is damaged: what it holds does not fit together, such as a position beyond the "
    "list it points into, or lists that should be as long as each other"
)
_ROW = re.compile(r"[0-9]{1,15}")
_DAMAGE = (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError)


def read_plan(path: str | Path, *, rules: Sequence[type] = ()) -> Written:
    """The plan in a plan.json, its zones and lots as they stand in the file.

    Parameters
    ----------
    path
        The file.
    rules
        Classes of the planner's own rules in it. A rule whose class is not among them
        is read as a `zoning.rules.UnknownRule`: it stays in the file, but whether the
        plan keeps it cannot be told.

    Raises
    ------
    InputError
        The file cannot be read, or is no plan.
    """
    settle(Path(path).parent)
    table = load_json(Path(path), "Write the plan again with `zoning plan`.")
    if not isinstance(table, dict) or table.get("format") != FORMAT:
        found = table.get("format") if isinstance(table, dict) else None
        msg = (
            f"{path} is not a plan this version can read: its format is {found!r}, "
            f"not {FORMAT!r}."
        )
        raise InputError(msg)
    wrong = wrong_fields(table)
    if wrong:
        rest = f" And {len(wrong) - MOST:,} more." if len(wrong) > MOST else ""
        msg = f"{path} is damaged: {' '.join(wrong[:MOST])}{rest} {_REMEDY}"
        raise InputError(msg)
    try:
        written = _written(table, rules)
        differences(written)  # so that keys it compares are there
    except InputError as error:
        msg = f"{path} holds a plan that cannot be judged: {error}"
        raise type(error)(msg) from error
    except _DAMAGE as error:
        told = f"lacks the key {error}" if isinstance(error, KeyError) else _UNFIT
        msg = f"{path} {told}. {_REMEDY}"
        raise InputError(msg) from error
    return written


def load_json(path: Path, remedy: str) -> Any:
    """The content of a JSON file; where there is none, the error tells the remedy."""
    try:
        require_file(path)
        return json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        msg = f"{path} cannot be read ({error.strerror}). {remedy}"
        raise InputError(msg) from error
    except RecursionError as error:
        msg = f"{path} has lists in lists in lists, far too deep. {remedy}"
        raise InputError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{path} is {no_text(error)}. {remedy}"
        raise InputError(msg) from error
    except ValueError as error:
        msg = f"{path} is not valid JSON ({error}). {remedy}"
        raise InputError(msg) from error


def _written(table: Mapping[str, Any], own: Sequence[type]) -> Written:
    asked = table["parameters"]
    _require_input(table)
    lot_rules_from(asked)  # so that no command finds damage of them later
    cost_table = table["travel"].get("cost_table")
    problem = Problem(
        region_from(table, _costs(asked)),
        asked["num_zones"],
        tolerance=asked["tolerance"],
        bands={name: Band(**band) for name, band in asked["bands"].items()},
        travel=None if cost_table is None else square(cost_table, "cost_table", table),
        fair_share=asked["fair_share"],
        rules=rules_from(asked.get("rules", ()), own),  # older files have none
        strict=asked.get("strict", True),  # in older files no band bends
        bend=asked.get("bend", {}),
    )
    zones = table["zones"]
    zone_of = _zone_of(zones, problem.region)
    lots = table["lots"]
    lot_of = None
    if lots is not None and lots["lots"]:
        lot_of = _lot_of(lots["lots"], zones)
    return called_by(problem, zone_of, lot_of, table)


def _require_input(table: Mapping[str, Any]) -> None:
    """Refuse a file that does not tell how to find its buildings in a layer."""
    given = table["input"]
    told = {key: given[key] for key in ("files", "sha256", "unit_column", "id_column")}
    names = [name for unit in table["units"] for name in unit["buildings"]]
    odd = [name for name in names if not _ROW.fullmatch(name)]
    if told["id_column"] is None and odd:
        msg = (
            "input.id_column is null, as where buildings are called by their row, but "
            f"{first_few(odd)} are no numbers of rows. Name the column of ids."
        )
        raise InputError(msg)


def _costs(asked: Mapping[str, Any]) -> CostModel:
    names = {field.name for field in fields(Resource)}
    resources = tuple(
        Resource(**{key: value for key, value in entry.items() if key in names})
        for entry in asked["resources"]
    )
    currency = asked.get("currency", YUAN)  # older files have none
    # files from before bridges had a price
    figures = {"bridge": 0.0, **asked["costs"]}
    return CostModel(**figures, resources=resources, currency=currency)


def _zone_of(zones: Sequence[Mapping[str, Any]], region: Region) -> list[str]:
    """The name of each unit's zone; every unit must be in one."""
    n = len(region)
    for what, keys in (
        ("ids", [zone["id"] for zone in zones]),
        ("names", [zone_called(zone) for zone in zones]),
    ):
        repeated = [str(key) for key, times in Counter(keys).items() if times > 1]
        if repeated:
            msg = f"Zone {what} repeat: {', '.join(repeated)}. Give each zone its own."
            raise RuleError(msg)
    zone_of = [""] * n
    times = np.zeros(n, np.int64)
    for zone in zones:
        for i in zone["units"]:
            if not 0 <= i < n:
                msg = f"Zone {zone['id']} holds unit {i}; units are 0 to {n - 1}."
                raise InputError(msg)
            zone_of[i] = zone_called(zone)
            times[i] += 1
    wrong = np.flatnonzero(times != 1)
    if len(wrong):
        told = first_few(
            f"{region.names[i]} (position {i}) is in {times[i]}" for i in wrong
        )
        msg = f"Every unit must be in one zone; {told}."
        raise RuleError(msg)
    return zone_of


def _lot_of(
    lots: Sequence[Mapping[str, Any]], zones: Sequence[Mapping[str, Any]]
) -> dict[str, int]:
    """The id of each zone's lot, by the zone's name; every zone must be in one."""
    called = {zone["id"]: zone_called(zone) for zone in zones}
    listed = [(zone, lot["id"]) for lot in lots for zone in lot["zones"]]
    times = Counter(zone for zone, _ in listed)
    faults = [
        f"zone {called[z]} is in {times[z]} lots" for z in called if times[z] != 1
    ]
    faults += [f"zone {z} does not exist" for z in sorted(set(times) - set(called))]
    if faults:
        msg = f"Every zone must be in one lot; {first_few(faults)}."
        raise RuleError(msg)
    return {called[zone]: lot for zone, lot in listed}
