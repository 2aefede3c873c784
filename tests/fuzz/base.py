"""The sound files that cases begin with; the same bytes every time."""

from __future__ import annotations

import json
import tempfile
from contextlib import chdir
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

import geopandas
import pyogrio

from tests.conftest import grow
from tests.fuzz import archives, sheets
from zoning.check import judge
from zoning.datasets import old_town
from zoning.lots import bundle
from zoning.output.write import write
from zoning.problem import Problem
from zoning.read import read
from zoning.result import Result, Status
from zoning.rules import Radius, SoftBarrier

LAYERS = ("buildings", "barriers", "streets")
PARTS = (".shp", ".dbf", ".shx", ".prj", ".cpg")
SCENARIO: dict[str, Any] = {
    "columns": ["community"],
    "costs": {"travel": 0.03, "guards_per_zone": 2},
    "resources": {"gardener": {"capacity": 1e5, "wage": 2400, "minimum": 1}},
    "bands": {"area": {"low": 0, "high": 10**6}},
    "bend": {"cost": 3, "area": 2},
    "must_link": [{"buildings": ["B0001", "B0002"]}],
    "cannot_link": [{"buildings": ["B0001", "B0030"]}],
    "pin": [{"zone": "A", "buildings": ["B0001"]}],
    "contain": [{"column": "community"}],
    "border": [{"column": "community", "price": 5}],
    "soft_barrier": [{"barrier": "Fendou Street", "price": 5}],
    "radius": {"hard": 3000, "soft": 300, "price": 10},
    "target": [{"zone": "A", "factor": 1.1}],
    "spread": [{"column": "fee", "most": 100}],
    "previous": {"column": "previous", "budget": 1.0, "price": 0.1},
    "lots": {
        "loss_share": 1.0,
        "loss_below": 0.0,
        "must_link": [["1", "2"]],
        "bidders": 3,
        "spread": 10**9,
        "bands": {"area": {"low": 0, "high": 10**9}},
        "index": {"margin": 1.0, "way": 0.1},
    },
}
BIDS = [
    ["bidder", "lot", "price", "quality", "capacity", "group"],
    *(["甲公司", 1, 480_000, 60, 900_000, ""], ["B", 1, "500000.50", 90, "", "G"]),
    *(["C", 1, "51万元", 80, "", ""], ["甲公司", 2, 470_000, 60, 900_000, ""]),
    *(["B", 2, 490_000, 90, "", "G"], ["C", "第2标段", 500_000, 80, "", ""]),
    *(["C", "1+2", 940_000, 80, "", ""], ["D", 3, 300_000, 70, "", "G"]),
]
_COLUMNS = ("id", "compound_id", "floor_area_m2", "households", "community", "fee")
_NOW = "OGR_CURRENT_DATE"  # what files say when they were made
_SHORT = {  # names of columns that fit into a shapefile
    "id": "LZBH",
    "compound_id": "小区",
    "floor_area_m2": "JZMJ",
    "households": "户数",
    "fee": "fee",
    "community": "社区",
}


@dataclass(frozen=True)
class Base:
    """Sound files, by name.

    Parameters
    ----------
    layers
        Buildings, barriers and streets as GeoJSON.
    written
        A plan of these with lots, as `zoning plan` writes it.
    """

    layers: dict[str, bytes]
    written: dict[str, bytes]

    @classmethod
    def made(cls) -> Base:
        with tempfile.TemporaryDirectory() as folder:
            town, plan = Path("town"), Path("plan")
            with chdir(folder):  # so that no name of a file is another every time
                old_town(40, seed=3).write(town)
                _write_plan(town, plan)
                return cls(_files(town), _files(plan))

    def complete(self) -> Base:
        """The same, with all that is made on use made."""
        for name in ("tree", "kml", "flatgeobuf", "parquet", "zips", "workbooks"):
            getattr(self, name)
        return self

    def layer(self, name: str) -> bytes:
        return self.layers[f"{name}.geojson"]

    @cached_property
    def frames(self) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as folder:
            return {
                name: geopandas.read_file(_put(folder, "a.geojson", self.layer(name)))
                for name in LAYERS
            }

    @cached_property
    def tree(self) -> dict[str, Any]:
        """Layers and plan as JSON."""
        named = {name: json.loads(self.layer(name)) for name in LAYERS}
        return {
            **named,
            **{
                name: json.loads(content)
                for name, content in self.written.items()
                if name.endswith("json")
            },
        }

    @cached_property
    def shapefile(self) -> dict[str, bytes]:
        return self._saved(
            "a.shp",
            "ESRI Shapefile",
            encoding="GB18030",
            DBF_DATE_LAST_UPDATE="2026-01-01",
        )

    @cached_property
    def geopackage(self) -> bytes:
        return self._saved("a.gpkg", "GPKG")["a.gpkg"]

    @cached_property
    def flatgeobuf(self) -> bytes:
        return self._saved("a.fgb", "FlatGeobuf")["a.fgb"]

    @cached_property
    def kml(self) -> bytes:
        return self._saved("a.kml", "KML")["a.kml"]

    @cached_property
    def parquet(self) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.parquet"
            self.frames["buildings"].to_parquet(path)
            return path.read_bytes()

    @cached_property
    def zips(self) -> dict[str, bytes]:
        return {
            "shp.zip": archives.packed(self.shapefile),
            "json.zip": archives.packed(
                {f"a/{name}.geojson": self.layer(name) for name in LAYERS}
            ),
            "a.kmz": archives.packed({"doc.kml": self.kml}),
            "gpkg.zip": archives.packed({"a.gpkg": self.geopackage}),
        }

    @cached_property
    def rows(self) -> list[list[Any]]:
        """Buildings as a list, with coordinates."""
        frame = self.frames["buildings"]
        places = frame.to_crs(4549).centroid.to_crs(4326)
        rows = frame[[*_COLUMNS]].to_numpy(dtype=object).tolist()
        placed = zip(rows, places.x.round(7), places.y.round(7), strict=True)
        return [
            [
                "编号",
                "小区",
                "建筑面积（㎡）",
                "户数",
                "community",
                "fee",
                "经度",
                "纬度",
            ],
            *([*row, x, y] for row, x, y in placed),
        ]

    @cached_property
    def workbooks(self) -> dict[str, bytes]:
        """The list, and the bids, as workbooks without anything odd."""
        plain = Random(5)
        plain.random = lambda: 1.0  # type: ignore[method-assign] # nothing is dressed
        return {
            "list.xlsx": sheets.as_xlsx(self.rows, plain),
            "bids.xlsx": sheets.as_xlsx(BIDS, plain),
        }

    def _saved(self, name: str, driver: str, **options: Any) -> dict[str, bytes]:
        with tempfile.TemporaryDirectory() as folder:
            frame = self.frames["buildings"]
            if driver == "KML":
                frame = frame.rename(columns={"id": "Name"})
            if driver == "ESRI Shapefile":
                frame = frame.rename(columns=_SHORT)[[*_SHORT.values(), "geometry"]]
            pyogrio.set_gdal_config_options({_NOW: "2026-01-01T00:00:00.000Z"})
            frame.to_file(Path(folder) / name, driver=driver, **options)
            pyogrio.set_gdal_config_options({_NOW: None})
            return _files(Path(folder))


def _put(folder: str, name: str, content: bytes) -> Path:
    path = Path(folder) / name
    path.write_bytes(content)
    return path


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def _write_plan(town: Path, folder: Path) -> None:
    region = read(
        town / "buildings.geojson",
        unit="compound_id",
        area="floor_area_m2",
        barriers=town / "barriers.geojson",
        streets=town / "streets.geojson",
        columns=["community", "fee", "built", "contract_end", "incumbent"],
    )
    rules = (SoftBarrier("Fendou Street", 5), Radius(soft=300.0, price=10))
    plan = grow(Problem(region, 6, tolerance=0.3, rules=rules))
    verdict = judge(plan)
    result = Result(Status.FEASIBLE, plan, verdict, verdict.total - 9, 0.1)
    settings = {"seed": 1, "time_limit": 1.0, "workers": 1}
    lots = replace(bundle(plan, size=2, time_limit=20), seconds=0.1)
    write(folder, result, lots, settings=settings)
