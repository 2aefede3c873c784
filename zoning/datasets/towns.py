"""Made-up towns to plan, test and measure with.

This module imports geopandas, so the package does not import it on its own:
write ``from zoning.datasets import old_town``.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely

from zoning.datasets.grid import choose_plots, lay_grid
from zoning.datasets.houses import build, compound_sizes
from zoning.datasets.lines import barriers, streets
from zoning.datasets.office import office
from zoning.datasets.survey import survey
from zoning.errors import InputError
from zoning.text.arguments import SEED, WHOLE, takes

# fmt: off
_NAMES = (
    "Hequ", "Wenyi", "Heping", "Guangming", "Xinhua", "Dongfeng", "Wenchang", "Minzhu",
    "Jianshe", "Gongren", "Xuefu", "Anfa", "Jingwei", "Fendou", "Liaoyuan", "Yongfeng",
    "Shangyou", "Songshan", "Beixing", "Cixing", "Tongda", "Ankang", "Lixin", "Qianjin",
    "Fuxing", "Chaoyang", "Taiping", "Youyi", "Pinggong", "Ningan",
)
# fmt: on


@dataclass(frozen=True, eq=False)
class Town:
    """Buildings, barriers and streets of one town, in EPSG:4326.

    Parameters
    ----------
    buildings
        Footprints; columns id, compound_id, block, levels, footprint_m2,
        floor_area_m2, households, built (year), community, fee (yuan/m²·month),
        subdistrict, rate (share of the fee that is paid), room (1: has a service
        room), incumbent (company, or None), contract_end (date, or None), previous
        (zone of last year).
    barriers
        Lines no zone may cross; columns kind (river or arterial) and name.
    streets
        Lines from crossing to crossing; columns name and highway.
    """

    buildings: geopandas.GeoDataFrame
    barriers: geopandas.GeoDataFrame
    streets: geopandas.GeoDataFrame

    def write(self, folder: str | os.PathLike[str]) -> None:
        """Write buildings.geojson, barriers.geojson and streets.geojson."""
        Path(folder).mkdir(parents=True, exist_ok=True)
        for field in fields(self):
            _write(getattr(self, field.name), Path(folder) / f"{field.name}.geojson")


@takes(buildings=WHOLE, seed=SEED)
def old_town(buildings: int = 98, *, seed: int = 88) -> Town:
    """Make up an old district of walk-ups around courtyards.

    Blocks lie between bending streets, compounds of 1 to 4 buildings lie in the
    blocks, some plots and blocks stay empty. A river runs along the south and cuts off
    a corner, one arterial crosses the town, one crosses its middle (in towns of three
    rows of blocks and more). Nothing in it is a real place.

    Parameters
    ----------
    buildings
        How many, at least 1. 98 give 53 compounds and about 700,000 m², the size of
        the subdistrict the library was first made for.
    seed
        The same seed gives the same town, to the byte when written.

    Raises
    ------
    InputError
        If fewer than one building is asked for.

    Examples
    --------
    >>> town = old_town(98)
    >>> len(town.buildings), town.buildings["compound_id"].nunique()
    (98, 53)
    """
    if buildings < 1:
        msg = f"A town needs at least 1 building; {buildings} were asked for."
        raise InputError(msg)
    rng = np.random.default_rng(seed)
    sizes = compound_sizes(buildings)
    grid = lay_grid(len(sizes), rng)
    plots = choose_plots(grid, sizes, rng)
    compound, footprints, area = build(grid, plots, rng)
    names = rng.permutation(_NAMES)
    table = survey(grid, plots, compound, area, names, rng)
    kept = office(
        grid,
        plots.block[compound],
        compound,
        table["floor_area_m2"],
        names,
        np.random.default_rng([seed, 1]),
    )
    return Town(
        geopandas.GeoDataFrame({**table, **kept}, geometry=footprints, crs="EPSG:4326"),
        barriers(grid, names),
        streets(grid, names),
    )


def _write(frame: geopandas.GeoDataFrame, path: Path) -> None:
    """Write GeoJSON, one feature a line, all or nothing.

    Not through GDAL: its versions differ in spacing and in digits.
    """
    table: pd.DataFrame = frame.drop(columns="geometry").astype(object)
    table = table.where(table.notna(), None)  # JSON knows null, not NaN
    features = (
        json.dumps(_feature(properties, geometry), separators=(",", ":"))
        for properties, geometry in zip(
            table.to_dict("records"), frame.geometry, strict=True
        )
    )
    text = (
        '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"
    )
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(path)


def _feature(properties: dict[Any, Any], geometry: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": shapely.geometry.mapping(geometry),
    }
