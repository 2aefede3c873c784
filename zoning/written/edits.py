"""Edits by hand: the plan as the zone and lot columns of a layer have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zoning.errors import InputError
from zoning.written.file import DAMAGE, load_json
from zoning.written.rows import by_name
from zoning.written.table import word
from zoning.written.written import RuleError, Written, called_by

_TOLD = 10  # faults named in one message


def edited(written: Written, path: str | Path) -> Written:
    """The plan with the zones and lots of a buildings.geojson edited by hand.

    Zones are told by name; a name the plan does not have makes a new zone. Buildings
    are told by their id, or by their order where they have none. Gives the plan
    itself, the same object, where nothing was changed.

    Raises
    ------
    InputError
        The layer cannot be read, buildings are missing, or a unit was torn.
    """
    layer = load_json(Path(path), "Repair or delete it; plan.json holds the plan.")
    try:
        rows = [feature["properties"] for feature in layer["features"]]
        zone_of, lot_of = _edits(written, rows)
    except InputError as error:
        msg = f"{path} was edited so that it cannot be judged: {error}"
        raise type(error)(msg) from error
    except DAMAGE as error:
        msg = f"{path} is not the layer that was written: {error} is missing or wrong."
        raise InputError(msg) from error
    same_lots = lot_of is None or lot_of == _lot_of(written)
    if same_lots and zone_of == [written.names[k] for k in written.plan.zone_of]:
        return written
    if lot_of is None:
        lot_of = _lot_of(written) or None
    return called_by(written.plan.problem, zone_of, lot_of, written.table)


def _lot_of(written: Written) -> dict[str, int]:
    pairs = zip(written.lots or (), written.lot_ids, strict=True)
    return {written.names[k]: lot for zones, lot in pairs for k in zones}


def _edits(
    written: Written, rows: Sequence[Mapping[str, Any]]
) -> tuple[list[str], dict[str, int] | None]:
    region = written.plan.problem.region
    unit_of = {b: i for i, names in enumerate(region.buildings) for b in names}
    ids = _row_ids(written, rows, unit_of)
    faults = [f"building {b} is not in the plan" for b in ids if b not in unit_of]
    missing = sorted(set(unit_of) - set(ids))
    faults += [f"building {b} is missing" for b in missing]
    zones: dict[int, set[str]] = {}
    lots: dict[str, set[int]] = {}
    for building, row in zip(ids, rows, strict=True):
        zone = _name(row["zone"], written.names)
        if zone is None:
            faults.append(f"building {building} has no zone")
        elif building in unit_of:
            zones.setdefault(unit_of[building], set()).add(zone)
        lot = _id(row.get("lot"))
        if zone is not None and lot is not None:
            lots.setdefault(zone, set()).add(lot)
    for i, several in sorted(zones.items()):
        faults += _at_once(f"unit {region.names[i]}", "zones", several)
    for zone in sorted(lots, key=by_name):
        faults += _at_once(f"zone {zone}", "lots", lots[zone])
    if faults:
        more = f" and {len(faults) - _TOLD} more" if len(faults) > _TOLD else ""
        msg = f"{'; '.join(faults[:_TOLD])}{more}."
        raise RuleError(msg)
    zone_of = [min(zones[i]) for i in range(len(region))]
    if written.lots is None:
        return zone_of, None
    ungrouped = sorted(set(zone_of) - set(lots), key=by_name)
    if ungrouped:
        msg = f"zone {', '.join(ungrouped[:_TOLD])} has no lot."
        raise RuleError(msg)
    return zone_of, {zone: min(some) for zone, some in lots.items()}


def _at_once(what: str, places: str, several: set[str] | set[int]) -> list[str]:
    """A fault where something lies in several places."""
    if len(several) < 2:
        return []
    told = " and ".join(map(str, sorted(several, key=by_name)))
    return [f"{what} lies in {places} {told} at once"]


def _row_ids(
    written: Written, rows: Sequence[Mapping[str, Any]], unit_of: Mapping[str, int]
) -> list[str]:
    column = written.table["input"]["id_column"]
    if column is not None:
        return [word(row[column]) for row in rows]
    numbers = sorted(unit_of, key=int)
    if len(rows) != len(numbers):
        msg = f"it has {len(rows)} buildings, the plan {len(numbers)}."
        raise RuleError(msg)
    return numbers


def _name(value: object, known: Sequence[str]) -> str | None:
    """Name of a zone; map programs may have turned 3 into "3" or 3.0."""
    text = "" if value is None else word(value)
    if not text or text in known:
        return text or None
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if number.is_integer() else text


def _id(value: object) -> int | None:
    if value is None or value == "":
        return None
    number = float(str(value))
    if not number.is_integer():
        msg = f"{value!r}"
        raise ValueError(msg)
    return int(number)
