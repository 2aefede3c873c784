"""Write a plan: the file that proves it, layers and tables, and the map.

All is built in a folder of its own first and put in place at the end, so a folder holds
a whole plan or what it held before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from zoning.lots import SOME_LOTS, Lots
from zoning.output.systems import TWIN, System, systems_of
from zoning.planfile import papers
from zoning.planfile.atomic import Paper, atomic_write, build_each, write_csv
from zoning.planfile.changes import change_columns, change_rows
from zoning.planfile.claim import claimed
from zoning.planfile.content import building_ids, id_column, to_dict, to_json
from zoning.planfile.layer import AROUND, OURS
from zoning.planfile.rows import (
    Row,
    changes_zones,
    label_of,
    lot_rows,
    named,
    zone_rows,
)
from zoning.plot.plan import save
from zoning.plot.zone_polygons import Shapes, shapes_of, zone_polygons
from zoning.region import Region
from zoning.result import Result
from zoning.text.arguments import PATH, Kind, Unlike, takes
from zoning.text.order import by_name

Content = tuple[Sequence[Row], Shapes]  # of a layer: properties and shapes
PLAN, MAP = papers.PLAN, "map.png"
BUILDINGS = "buildings.geojson"
_OF_PLAN = ("buildings", "zones", "lots")
LAYERS = (
    *(f"{name}{tail}.geojson" for tail in ("", TWIN) for name in _OF_PLAN),
    *AROUND.values(),
)
CHANGES = "changes.csv"
ZONES, LOTS, NUMBERS = "zones.csv", "lots.csv", "numbers.csv"
TABLES = (ZONES, LOTS, CHANGES, NUMBERS)
FILES = (*LAYERS, *TABLES, MAP, PLAN)  # the plan last: it vouches for the others


def _result(value: Any) -> Result:
    """A result; one of zones and lots together stands for that of its zones."""
    result = getattr(value, "result", value)
    if not isinstance(result, Result):
        raise Unlike
    return result


def _settings(value: Any) -> dict[str, Any]:
    """What plan.json can hold."""
    try:
        return dict(json.loads(json.dumps(value, allow_nan=False)))
    except (TypeError, ValueError, OverflowError):
        raise Unlike from None


@takes(
    folder=PATH,
    result=Kind("a Result that has a plan", _result, "zoning.solve(problem)"),
    lots=SOME_LOTS.or_none,
    settings=Kind("settings by name", _settings, "{'seed': 1}").or_none,
)
def write(
    folder: str | Path,
    result: Result,
    lots: Lots | None = None,
    *,
    settings: Mapping[str, Any] | None = None,
) -> tuple[str, ...]:
    """Write all files of a plan to a folder: `FILES`.

    Files of these names are replaced, and removed where there is nothing to write (no
    lots, no changes, no barriers). Papers that hang on the plan that was there before
    (money, award, stations) are moved to a folder ``older`` inside, unless they fit
    this plan as well. Nothing else in the folder is touched. If plan.json cannot be
    written, all stays as it was.

    Parameters
    ----------
    folder
        Made if it is not there.
    result
        What `zoning.solve` gave; it must hold a plan.
    lots
        What `zoning.bundle` made of that plan.
    settings
        How it was searched, to be recorded in ``parameters`` of plan.json: seed,
        time_limit, workers.

    Returns
    -------
    tuple of str
        Files beside plan.json that could not be made, and why, and papers that were
        moved; none as a rule.

    Raises
    ------
    InputError
        There is no plan, the lots are of another plan, the folder cannot be written
        to, or another run is at work in it.
    """
    told: list[str] = []
    table = to_dict(result, lots, settings)
    with claimed(folder):
        former = papers.moved(folder, table)

        def fill(fresh: Path) -> None:
            former.build(fresh)
            told.extend(build(fresh, table, result, lots))

        atomic_write(folder, (*former.names, *FILES), fill)
    return (*told, *former.words)


def build(
    folder: Path, table: Mapping[str, Any], result: Result, lots: Lots | None
) -> list[str]:
    """Build every file of a plan in a folder; tell those that could not be made.

    Parameters
    ----------
    table
        What `zoning.planfile.content.table_of` made of the result and the lots.
    """
    (folder / PLAN).write_text(to_json(table), "utf-8", newline="\n")
    return build_each(folder, _papers(table, result, lots))


def _papers(
    table: Mapping[str, Any], result: Result, lots: Lots | None
) -> Iterator[Paper]:
    """Every file beside plan.json, and what writes it; pictures last."""
    plan = result.plan
    assert plan is not None  # `table_of` has refused it
    region = plan.problem.region
    systems = systems_of(region)
    zones, in_lots = zone_rows(table), lot_rows(table)
    buildings = cache(lambda: _building_rows(table, region))
    yield from _layers("buildings", buildings, systems)
    yield ZONES, lambda at: write_csv(at, _with_members(zones, table))
    if in_lots:
        yield LOTS, lambda at: write_csv(at, in_lots)
    if changes_zones(table):
        yield (
            CHANGES,
            lambda at: write_csv(at, change_rows(plan), change_columns(region)),
        )
    if tried := _tried(table):
        yield NUMBERS, lambda at: write_csv(at, tried)
    for what, name in AROUND.items():
        yield from _around(getattr(region.source, what), name, systems[""])
    areas = cache(lambda: zone_polygons(plan))
    yield from _layers("zones", lambda: (zones, areas()), systems)
    if in_lots:
        joined = cache(lambda: _joined(in_lots, zones, areas()))
        yield from _layers("lots", lambda: (in_lots, joined()), systems)
    yield MAP, lambda at: save(at, result, lots, areas=areas())


def _tried(table: Mapping[str, Any]) -> list[Row]:
    """Numbers of zones that were tried beside the one of the plan."""
    number = table["parameters"].get("number")
    return number.get("tried", []) if isinstance(number, dict) else []


def _layers(
    name: str, content: Callable[[], Content], systems: Mapping[str, System]
) -> Iterator[Paper]:
    """A layer in each of the systems."""
    for tail, system in systems.items():
        write_it = partial(_write_layer, content=content, system=system)
        yield f"{name}{tail}.geojson", write_it


def _around(layer: Any, name: str, system: System) -> Iterator[Paper]:
    """Barriers or streets as they were read, if there are any."""
    if layer is not None and len(layer):
        shapes = np.asarray(layer.geometry.to_numpy())
        yield from _layers(
            Path(name).stem, lambda: (_facts_of(layer), shapes), {"": system}
        )


def _joined(in_lots: Sequence[Row], zones: Sequence[Row], areas: Shapes) -> Shapes:
    """The land of each lot."""
    at = {row["zone"]: k for k, row in enumerate(zones)}
    together = np.empty(len(in_lots), object)
    for number, row in enumerate(in_lots):
        members = [at[zone] for zone in row["zones"]]
        together[number] = shapely.union_all(areas[members])
    return together


# --- rows ----------------------------------------------------------------------------


def _with_members(zones: Sequence[Row], table: Mapping[str, Any]) -> list[Row]:
    """Zones by name, with the names of their units."""
    units = table["units"]
    rows = [
        {
            **row,
            "members": "; ".join(units[i]["name"] for i in zone["units"]),
            **named(
                table, member_names="; ".join(label_of(units[i]) for i in zone["units"])
            ),
        }
        for row, zone in zip(zones, table["zones"], strict=True)
    ]
    return sorted(rows, key=lambda row: by_name(row["zone"]))


def _building_rows(
    table: Mapping[str, Any], region: Region
) -> tuple[list[Row], Shapes]:
    """Input columns, zone and lot of every building, in the order of the input."""
    zones = zip(table["zones"], zone_rows(table), strict=True)
    zone_of = {i: row for zone, row in zones for i in zone["units"]}
    shapes, unit_of = shapes_of(region)
    frame = region.source.frame
    if frame is None:
        at = region.unit_of_building
        shapes, unit_of = shapes[at], unit_of[at]
        rows = [
            {
                "building": building,
                "unit": region.names[i],
                **region.directory.name_column(i),
            }
            for building, i in zip(building_ids(region), unit_of.tolist(), strict=True)
        ]
    else:
        kept = frame.drop(columns="_unit")
        name = id_column(region)
        if name not in kept.columns:
            kept.insert(0, name, building_ids(region))
        rows = _facts_of(kept.rename(columns=lambda name: _free(name, kept.columns)))
    for row, i in zip(rows, unit_of.tolist(), strict=True):
        row["zone"] = zone_of[i]["zone"]
        row["lot"] = zone_of[i]["lot"]
    return rows, shapes


def _facts_of(frame: Any) -> list[Row]:
    """The rows of a layer as JSON can hold them, without their shapes."""
    kept = frame.drop(columns=frame.geometry.name)
    names = [str(name) for name in kept.columns]
    return [
        {name: _plain(value) for name, value in zip(names, row, strict=True)}
        for row in kept.itertuples(index=False, name=None)
    ]


def _free(name: str, taken: Sequence[str]) -> str:
    """An input column called zone or lot keeps its values under another name."""
    if name not in OURS:
        return name
    while name in taken:
        name += "_before"
    return name


def _plain(value: Any) -> Any:
    """A value JSON can hold."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(item) for item in value]
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, float) and not np.isfinite(value):
        return None
    if isinstance(value, bool | int | float | str):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


# --- files ---------------------------------------------------------------------------


def _write_layer(path: Path, content: Callable[[], Content], system: System) -> None:
    """GeoJSON, a feature a line, that says which system it is in."""
    rows, shapes = content()
    grid = 10.0**-system.digits
    placed = system.turn(shapes)
    coordinates = shapely.transform(placed, lambda xy: np.round(xy / grid) * grid)
    head = {"type": "FeatureCollection", "name": path.stem, **system.members}
    text = json.dumps(head, ensure_ascii=False)[:-1]
    lines = []
    for row, shape in zip(rows, coordinates, strict=True):
        geometry = _rounded(shapely.geometry.mapping(shape), system.digits)
        feature = {"type": "Feature", "properties": row, "geometry": geometry}
        lines.append(json.dumps(feature, ensure_ascii=False, allow_nan=False))
    text += ', "features": [\n' + ",\n".join(lines) + "\n]}\n"
    path.write_text(text, "utf-8", newline="\n")


def _rounded(value: Any, digits: int) -> Any:
    if isinstance(value, float):
        return round(value, digits)
    if isinstance(value, list | tuple):
        return [_rounded(item, digits) for item in value]
    if isinstance(value, dict):
        return {key: _rounded(item, digits) for key, item in value.items()}
    return value
