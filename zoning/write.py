"""Write a plan: the file that proves it, layers and tables, and the map.

All is built in a folder of its own first and put in place at the end, so a folder holds
a whole plan or what it held before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from zoning.areas import Shapes, shapes_of, zone_areas
from zoning.in_place import put_files, write_csv
from zoning.lots import Lots
from zoning.plan_rows import Row, lot_rows, zone_rows
from zoning.plan_table import building_ids, table_of, text_of
from zoning.plot import save
from zoning.result import Result
from zoning.units import Region

WGS84 = "EPSG:4326"
PLAN, MAP = "plan.json", "map.png"
BUILDINGS = "buildings.geojson"
LAYERS = (BUILDINGS, "zones.geojson", "lots.geojson")
TABLES = ("zones.csv", "lots.csv")
FILES = (*LAYERS, *TABLES, MAP, PLAN)  # the plan last: it vouches for the others
_OURS = ("zone", "lot")


def write(
    folder: str | Path,
    result: Result,
    lots: Lots | None = None,
    *,
    settings: Mapping[str, Any] | None = None,
) -> None:
    """Write all files of a plan to a folder: `FILES`.

    Files of these names are replaced, and those of lots removed when there are no
    lots; nothing else in the folder is touched. If anything fails, all stays as it was.

    Parameters
    ----------
    folder
        Made if it is not there.
    result
        What `zoning.solve` gave; it must hold a plan.
    lots
        What `zoning.bundle` made of that plan.
    settings
        What was asked, to be recorded in ``parameters`` of plan.json: seed,
        time_limit, and ``lot_size``, ``lot_tolerance``, ``gap_limit`` where they are
        not the defaults of `zoning.bundle`, so that a check judges by the same rules.

    Raises
    ------
    InputError
        There is no plan, the lots are of another plan, or the folder cannot be
        written to.
    """
    table = table_of(result, lots, settings)
    put_files(folder, FILES, lambda fresh: _build(fresh, table, result, lots))


def _build(
    folder: Path, table: Mapping[str, Any], result: Result, lots: Lots | None
) -> None:
    """Every file of the plan."""
    plan = result.plan
    assert plan is not None  # `table_of` has refused it
    region = plan.problem.region
    turn = _to_degrees(region)
    zones, in_lots = zone_rows(table), lot_rows(table)
    (folder / PLAN).write_text(text_of(table), "utf-8", newline="\n")
    areas = zone_areas(plan)
    _write_layer(folder / BUILDINGS, *_building_rows(table, region), turn)
    _write_layer(folder / "zones.geojson", zones, areas, turn)
    write_csv(folder / "zones.csv", [_with_names(row, table) for row in zones])
    if in_lots:
        together = np.empty(len(in_lots), object)
        for number, row in enumerate(in_lots):
            members = [zone - 1 for zone in row["zones"]]
            together[number] = shapely.union_all(areas[members])
        _write_layer(folder / "lots.geojson", in_lots, together, turn)
        write_csv(folder / "lots.csv", in_lots)
    save(folder / MAP, result, lots, areas=areas)


# --- rows ----------------------------------------------------------------------------


def _with_names(row: Row, table: Mapping[str, Any]) -> Row:
    units = table["units"]
    members = table["zones"][row["zone"] - 1]["units"]
    return {**row, "members": "; ".join(units[i]["name"] for i in members)}


def _building_rows(
    table: Mapping[str, Any], region: Region
) -> tuple[list[Row], Shapes]:
    """Input columns, zone and lot of every building, in the order of the input."""
    zone_of = {i: zone["id"] for zone in table["zones"] for i in zone["units"]}
    lot_of = {row["zone"]: row["lot"] for row in zone_rows(table)}
    shapes, unit_of = shapes_of(region)
    frame = region.source.frame
    if frame is None:
        ids = building_ids(region)
        unit_of = np.repeat(np.arange(len(region)), [len(b) for b in region.buildings])
        shapes = shapes[unit_of]
        rows = [
            {"building": building, "unit": region.names[i]}
            for building, i in zip(ids, unit_of.tolist(), strict=True)
        ]
    else:
        kept = frame.drop(columns=[frame.geometry.name, "_unit"])
        kept.columns = [_free(str(name), kept.columns) for name in kept.columns]
        rows = [
            {name: _plain(value) for name, value in zip(kept.columns, row, strict=True)}
            for row in kept.itertuples(index=False, name=None)
        ]
    for row, i in zip(rows, unit_of.tolist(), strict=True):
        row["zone"] = zone_of[i]
        row["lot"] = lot_of[zone_of[i]]
    return rows, shapes


def _free(name: str, taken: Sequence[str]) -> str:
    """An input column called zone or lot keeps its values under another name."""
    if name not in _OURS:
        return name
    while name in taken:
        name += "_before"
    return name


def _plain(value: Any) -> Any:
    """A value JSON can hold."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, list | dict):
        return value
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, float) and not np.isfinite(value):
        return None
    if isinstance(value, bool | int | float | str):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


# --- files ---------------------------------------------------------------------------


def _to_degrees(region: Region) -> Callable[[Shapes], Shapes] | None:
    """Turns shapes of the region to WGS 84; None where nobody knows where it lies."""
    frame = region.source.frame
    if frame is None or frame.crs is None:
        return None

    def turn(shapes: Shapes) -> Shapes:
        series = geopandas.GeoSeries(shapes, crs=frame.crs).to_crs(WGS84)
        return np.asarray(series.to_numpy())

    return turn


def _write_layer(
    path: Path,
    rows: Sequence[Row],
    shapes: NDArray[Any],
    turn: Callable[[Shapes], Shapes] | None,
) -> None:
    """GeoJSON, a feature a line; in metres and marked so where there is no CRS."""
    grid = 1e-7 if turn else 0.01
    placed = turn(shapes) if turn else shapes
    coordinates = shapely.transform(placed, lambda xy: np.round(xy / grid) * grid)
    digits = 7 if turn else 2
    head = {"type": "FeatureCollection", "name": path.stem}
    text = json.dumps(head, ensure_ascii=False)[:-1]
    if not turn:
        text += ', "crs": null'
    lines = []
    for row, shape in zip(rows, coordinates, strict=True):
        geometry = _rounded(shapely.geometry.mapping(shape), digits)
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
