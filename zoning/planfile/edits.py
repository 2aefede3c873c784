"""Edits by hand: the plan as the zone and lot columns of a layer have it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import isfinite, nan
from pathlib import Path
from typing import Any

from zoning.errors import InputError
from zoning.planfile.file import load_json
from zoning.planfile.written import RuleError, Written, called_by
from zoning.text.lists import first_few
from zoning.text.order import by_name
from zoning.text.words import word

_REMEDY = "Repair or delete it; plan.json holds the plan."


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
    layer = load_json(Path(path), _REMEDY)
    with _named(path):
        zone_of, lots = _edits(written, _rows(layer))
        lot_of = None if written.lots is None else _lots_of(zone_of, lots)
    same_lots = lot_of is None or lot_of == _lot_of(written)
    if same_lots and zone_of == _zone_of(written):
        return written
    return called_by(written.plan.problem, zone_of, lot_of, written.table)


def edited_zones(written: Written, path: str | Path) -> Written:
    """As `edited`, but what the layer says of lots is left aside: there are none.

    The plan itself, the same object, where no zone was changed.
    """
    layer = load_json(Path(path), _REMEDY)
    with _named(path):
        zone_of, _ = _edits(written, _rows(layer))
    if zone_of == _zone_of(written):
        return written
    return called_by(written.plan.problem, zone_of, None, written.table)


@contextmanager
def _named(path: str | Path) -> Iterator[None]:
    """Errors that say which layer they are about."""
    try:
        yield
    except InputError as error:
        msg = f"{path} was edited so that it cannot be judged: {error} {_REMEDY}"
        raise type(error)(msg) from error


def _zone_of(written: Written) -> list[str]:
    return [written.names[k] for k in written.plan.zone_of]


def _rows(layer: Any) -> list[Any]:
    """The columns of each building."""
    features = layer.get("features") if isinstance(layer, dict) else None
    if not isinstance(features, list):
        msg = "it has no list of features, as a layer of buildings has."
        raise InputError(msg)
    rows = [one.get("properties") if isinstance(one, dict) else one for one in features]
    bare = [at for at, row in enumerate(rows, 1) if not isinstance(row, dict)]
    if bare:
        msg = f"no properties: {_counted(bare, rows)}."
        raise InputError(msg)
    return rows


def _counted(some: Sequence[int], rows: Sequence[Any]) -> str:
    """Features by their order in the file, from 1."""
    return f"feature {first_few(some)} of {len(rows)}"


def _lot_of(written: Written) -> dict[str, int]:
    pairs = zip(written.lots or (), written.lot_ids, strict=True)
    return {written.names[k]: lot for zones, lot in pairs for k in zones}


def _edits(
    written: Written, rows: Sequence[Mapping[str, Any]]
) -> tuple[list[str], dict[str, set[int]]]:
    """The zone of each unit, and the lots that buildings of a zone are in.

    A building that was put into another zone goes along to that zone's lot: where its
    own lot was left as it was, it counts only if no other building tells one.
    """
    region = written.plan.problem.region
    before, lot_before = _zone_of(written), _lot_of(written)
    unit_of = {b: i for i, names in enumerate(region.buildings) for b in names}
    ids = _row_ids(written, rows, unit_of)
    faults = [f"building {b} is not in the plan" for b in ids if b not in unit_of]
    repeated = sorted(b for b, times in Counter(ids).items() if times > 1)
    faults += [f"building {b} is there twice or more; keep one" for b in repeated]
    missing = sorted(set(unit_of) - set(ids))
    faults += [f"building {b} is missing" for b in missing]
    zones: dict[int, set[str]] = {}
    lots: dict[str, set[int]] = {}
    left: dict[str, set[int]] = {}
    for building, row in zip(ids, rows, strict=True):
        wrong = [*_wrong_cells(row)]
        if wrong:
            faults += [f"building {building} has {what}" for what in wrong]
            continue
        zone = _name(row.get("zone"), written.names)
        if zone is None:
            faults.append(f"building {building} has no zone")
        elif building in unit_of:
            zones.setdefault(unit_of[building], set()).add(zone)
        lot = _id(row.get("lot"))
        if zone is not None and lot is not None and building in unit_of:
            origin = before[unit_of[building]]
            stays = zone == origin or lot != lot_before.get(origin)
            (lots if stays else left).setdefault(zone, set()).add(lot)
    for i, several in sorted(zones.items()):
        faults += _at_once(f"unit {region.names[i]}", "zones", several)
    _refuse(faults)
    return [min(zones[i]) for i in range(len(region))], {**left, **lots}


def _lots_of(zone_of: Sequence[str], lots: Mapping[str, set[int]]) -> dict[str, int]:
    """The one lot of each zone."""
    faults = []
    for zone in sorted(lots, key=by_name):
        faults += _at_once(f"zone {zone}", "lots", lots[zone])
    ungrouped = sorted(set(zone_of) - set(lots), key=by_name)
    if ungrouped:
        faults.append(f"zone {first_few(ungrouped)} has no lot")
    _refuse(faults)
    return {zone: min(some) for zone, some in lots.items()}


def _refuse(faults: Sequence[str]) -> None:
    if faults:
        msg = f"{first_few(faults, mark='; ')}."
        raise RuleError(msg)


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
        nameless = [at for at, row in enumerate(rows, 1) if row.get(column) is None]
        if nameless:
            msg = f"no id in column {column!r}: {_counted(nameless, rows)}."
            raise InputError(msg)
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
        number = float(text) if text.isascii() else nan  # '٣' is a name, not 3
    except ValueError:
        return text
    return str(int(number)) if number.is_integer() else text


def _id(value: object) -> int | None:
    return None if value is None or value == "" else int(float(str(value)))


def _wrong_cells(row: Mapping[str, Any]) -> Iterator[str]:
    """Cells of a building that tell no zone, or no number of a lot."""
    zone, lot = row.get("zone"), row.get("lot")
    if not _is_cell(zone):
        yield f"zone {zone!r}; write the name of a zone"
    if not _is_cell(lot) or not _is_whole(lot):
        yield f"lot {lot!r}; write the number of a lot"


def _is_cell(value: object) -> bool:
    """Whether a spreadsheet could show it: a number, words or nothing."""
    if isinstance(value, float):
        return isfinite(value)
    return value is None or (
        isinstance(value, str | int) and not isinstance(value, bool)
    )


def _is_whole(value: object) -> bool:
    """Whether it is a whole number, as map programs write them, or nothing."""
    if value is None or value == "":
        return True
    try:
        number = float(str(value))
    except ValueError:
        return False
    return number.is_integer()
