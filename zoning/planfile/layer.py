"""What layers beside a written plan add: footprints and lines to draw, more columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.errors import InputError
from zoning.plan import Plan
from zoning.planfile.written import Written
from zoning.reading.around import laid_beside
from zoning.reading.coordinates import crs_of
from zoning.reading.datum import BUILDINGS, datums_of, turned
from zoning.reading.facts import facts_of
from zoning.reading.files import load
from zoning.reading.roles import choices_from, choose
from zoning.reading.shapes import shapes_in_metres
from zoning.region import Ints, Region, Source
from zoning.text.issues import Issues
from zoning.text.lists import first_few
from zoning.text.words import word

AROUND = {"barriers": "barriers.geojson", "streets": "streets.geojson"}  # as read
OURS = ("zone", "lot")  # columns that were added to those of the buildings
REMEDY = "Restore it, or delete it: maps then show points."
NEAR = 1.0  # metres from a unit to the land its buildings enclose


def with_layer(
    written: Written, layer: str | Path, *, columns: Sequence[str] = ()
) -> Plan:
    """The plan of a file with the buildings of a layer; nothing is priced otherwise.

    The plan as it is where there is no such layer, or none was read for it: a map then
    shows points.

    Parameters
    ----------
    layer
        The ``buildings.geojson`` that was written with the plan.
    columns
        Columns of it to keep where the plan lacks them.

    Raises
    ------
    InputError
        The layer cannot be read, or is not that of this plan.
    """
    plan, path = written.plan, Path(layer)
    region = plan.problem.region
    asked = written.table["input"]
    if not path.exists() or not asked["files"]:
        return plan
    log = Issues()
    given = layer_at(path, "buildings", asked, log)
    unit_of = {name: i for i, mine in enumerate(region.buildings) for name in mine}
    ids = [] if given is None else ids_in(given, asked["id_column"], unit_of)
    if sorted(ids) != sorted(unit_of):
        raise InputError(_misfit(path, ids, unit_of, log))
    frame = shapes_in_metres(given, ids, log, crs_of(asked.get("crs"), log))
    units = np.array([unit_of[name] for name in ids])
    if log.faults:
        raise InputError(_misfit(path, ids, unit_of, log))
    if not _fits(np.asarray(frame.geometry), units, region):
        msg = f"The buildings of {path} stand elsewhere than in the plan. {REMEDY}"
        raise InputError(msg)
    around = {
        what: _beside(path.parent / name, frame, asked) for what, name in AROUND.items()
    }
    wanted = [x for x in columns if x in given.columns and x not in region.columns]
    row_of = {name: row for row, name in enumerate(ids)}
    order = [row_of[name] for name in region.building_ids]
    choices = {x: y for x, y in choose(given, {}, wanted, log).items() if x in wanted}
    facts = facts_of(given, ids, choices, wanted, {}, log)
    if log.faults:
        raise InputError(f"{path}: {' '.join(log.faults)}")
    more = {name: tuple(known[row] for row in order) for name, known in facts.items()}
    drawn = replace(
        region,
        columns={**region.columns, **more},
        source=Source(
            frame=frame.drop(columns=[*OURS], errors="ignore").assign(_unit=units),
            files=tuple(asked["files"]),
            sha256=asked["sha256"],
            unit_column=asked["unit_column"],
            area_column=asked.get("area_column"),
            households_column=asked.get("households_column"),
            crs=given.crs,
            datums=datums_of(asked.get("datum"), log),
            choices=choices_from(asked.get("headers", {})),
            **around,
        ),
    )
    return Plan(replace(plan.problem, region=drawn), plan.zone_of, plan.names)


def ids_in(given: Any, column: str | None, unit_of: Mapping[str, int]) -> list[str]:
    """Ids of the buildings of a layer, in its order; none where it lacks them."""
    if column is not None:
        known = column in given.columns
        return [word(value) for value in given[column]] if known else []
    return sorted(unit_of, key=int) if len(given) == len(unit_of) else []


def _misfit(
    path: Path, ids: Sequence[str], unit_of: Mapping[str, int], log: Issues
) -> str:
    """Why a layer is not that of a plan."""
    lacks = sorted(set(unit_of) - set(ids))
    more = sorted(set(ids) - set(unit_of))
    told = list(log.faults)
    for what, names in (("lacks", lacks), ("has besides", more)):
        if ids and names:
            told.append(f"It {what} {first_few(names, 5)}.")
    if not told:
        told.append("It has buildings twice, or lacks the column of their ids.")
    return f"{path} is not the layer of this plan. {' '.join(told)} {REMEDY}"


def layer_at(path: str | Path, what: str, asked: Mapping[str, Any], log: Issues) -> Any:
    """A layer beside a plan, turned back where all were written in a shifted system.

    Parameters
    ----------
    asked
        ``input`` of plan.json.
    """
    layer = load(str(path), what, None, log)
    datum = datums_of(asked.get("datum"), log).get(BUILDINGS)
    if layer is None or layer.crs is None or datum is None:
        return layer
    return turned(layer, datum)


def _beside(path: Path, frame: Any, asked: Mapping[str, Any]) -> Any:
    """Barriers or streets in the coordinates of the buildings; None without any."""
    if not path.exists():
        return None
    log = Issues()
    layer = layer_at(path, path.stem, asked, log)
    layer = laid_beside(layer, frame, path.stem, log)
    return None if log.faults else layer


def _fits(shapes: NDArray[Any], units: Ints, region: Region) -> bool:
    """Every unit lies where its buildings are."""
    order = np.argsort(units, kind="stable")
    first = np.flatnonzero(np.diff(units[order])) + 1
    groups = np.split(shapes[order], first)
    land = shapely.convex_hull([shapely.union_all(mine) for mine in groups])
    away = shapely.distance(land, shapely.points(region.xy))
    return bool((away <= NEAR).all())
