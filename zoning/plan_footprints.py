"""Footprints of a written plan, from the layer beside it: for maps only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely

from zoning.coordinates import crs_of
from zoning.files import load
from zoning.findings import Findings
from zoning.plan import Plan
from zoning.plan_table import word
from zoning.plan_written import Written
from zoning.shapes import shapes_in_metres
from zoning.units import Region, Source

NEAR = 1.0  # metres from a unit to the land its buildings enclose


def with_footprints(written: Written, layer: str | Path) -> Plan:
    """The plan of a file with the buildings of a layer, so that maps can draw them.

    The plan as it is where the layer is missing, broken, or not that of this plan:
    a map then shows points.
    """
    plan, log = written.plan, Findings()
    region, path = plan.problem.region, Path(layer)
    column = written.table["input"]["id_column"]
    if column is None or not path.exists():
        return plan
    given = load(str(path), "buildings", crs_of(None, log), log)
    if given is None or column not in given.columns:
        return plan
    ids = [word(value) for value in given[column]]
    unit_of = {name: i for i, mine in enumerate(region.buildings) for name in mine}
    if sorted(ids) != sorted(unit_of):
        return plan
    frame = shapes_in_metres(given, ids, log)
    units = np.array([unit_of[name] for name in ids])
    if log.faults or not _fits(frame.geometry.to_numpy(), units, region):
        return plan
    source = Source(frame=frame.assign(_unit=units))
    problem = replace(plan.problem, region=replace(region, source=source))
    return Plan(problem, plan.zone_of)


def _fits(shapes: np.ndarray, units: np.ndarray, region: Region) -> bool:
    """Every unit lies where its buildings are."""
    for i in range(len(region)):
        land = shapely.convex_hull(shapely.union_all(shapes[units == i]))
        if shapely.distance(land, shapely.Point(region.xy[i])) > NEAR:
            return False
    return True
