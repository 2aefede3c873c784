"""Districts of buildings to measure on: made-up towns of any size, and real files.

A name is `old_town_<buildings>` or a folder of the data directory.
"""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.rows import ROOT
from zoning.datasets import old_town
from zoning.problem import Problem
from zoning.read import read
from zoning.region import Region, Source

DATA = ROOT.parent / "shared" / "data"
ZONE_AREA = 46_700  # m²: 700,000 m² were drawn into 15 zones
REAL = (
    "harbin_street_bounded_440k",
    "qizheng_like",
    "harbin_contractor_152",
    "harbin_qizheng_304",
    "harbin_nangang_379compounds",
    "harbin_nangang_5k",
)


@dataclass(frozen=True, eq=False)
class Case:
    """A district, the problem set on it, and how long reading took."""

    name: str
    problem: Problem
    seconds_read: float
    notes: tuple[str, ...]


def region_of(name: str, data: Path = DATA, *, unit: str | None = None) -> Region:
    """Buildings of a made-up town or a real file, each a unit of its own.

    With `unit`, buildings of a real file that have the same in this column are one.
    """
    kind = {
        "unit": unit or "none",
        "area": "floor_area_m2",
        "households": "households",
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if name.startswith("old_town_"):
            town = old_town(int(name.removeprefix("old_town_")))
            region = read(town.buildings, barriers=town.barriers, **kind)
        else:
            barriers = data / name / "barriers.geojson"
            region = read(
                data / name / "buildings.geojson",
                barriers=barriers if barriers.exists() else None,
                **kind,
            )
    return replace(region, source=Source())


def case(
    name: str,
    *,
    num_zones: int | None = None,
    tolerance: float = 0.10,
    data: Path = DATA,
) -> Case:
    """A district ready to be solved.

    Parameters
    ----------
    name
        See the module.
    num_zones
        Default: floor area / `ZONE_AREA`, fewer if a zone of that size could not hold
        the heaviest building.
    tolerance
        As in `Problem`.
    """
    start = time.perf_counter()
    region = region_of(name, data)
    seconds = time.perf_counter() - start
    wanted = num_zones or max(1, round(int(region.area.sum()) / ZONE_AREA))
    count = wanted
    problem = Problem(region, count, tolerance, strict=True)
    heaviest = int(region.load.max()) + problem.fixed
    while num_zones is None and count > 1 and heaviest > problem.cost_band.high:
        fits = int(region.load.sum() * (1 + tolerance) / heaviest)
        count = max(1, min(count - 1, fits))
        problem = Problem(region, count, tolerance, strict=True)
    notes = ()
    if count < wanted:
        notes = (
            f"{count} zones, not {wanted}: a zone must hold the heaviest building",
        )
    return Case(name, problem, seconds, notes)


def available(data: Path = DATA) -> tuple[str, ...]:
    """Real districts that lie in the data directory, smallest first."""
    return tuple(x for x in REAL if (data / x / "buildings.geojson").exists())
