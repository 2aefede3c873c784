"""Layers of a plan in the system of its input, and beside them in WGS 84."""

import json
import shutil
from dataclasses import replace

import geopandas
import pyproj
import pytest
import shapely

from zoning.check import judge
from zoning.lots import bundle
from zoning.output.write import write
from zoning.planfile.edits import edited
from zoning.planfile.facts import other_facts
from zoning.planfile.file import read_plan
from zoning.planfile.layer import with_layer
from zoning.problem import Problem
from zoning.read import read
from zoning.reading.datum import turned
from zoning.result import Result, Status

LAYERS = ("buildings", "zones", "lots")
ESRI = pyproj.CRS.from_epsg(4530).to_wkt("WKT1_ESRI")


def houses(crs, datum=None):
    """Two rows of four footprints in Harbin, of some system."""
    corners = [(126.3 + 0.001 * (k % 4), 45.75 + 0.0007 * (k // 4)) for k in range(8)]
    shapes = [shapely.box(x, y, x + 0.0004, y + 0.0002) for x, y in corners]
    table = geopandas.GeoDataFrame(
        {"id": list("abcdefgh"), "m2": 5_000}, geometry=shapes, crs=4326
    )
    return (turned(table, datum, back=True) if datum else table).to_crs(crs)


def fence(crs, datum=None):
    shape = shapely.LineString([(126.2999, 45.7499), (126.3099, 45.7499)])
    table = geopandas.GeoDataFrame({"name": ["Wall"]}, geometry=[shape], crs=4326)
    return (turned(table, datum, back=True) if datum else table).to_crs(crs)


@pytest.fixture
def written(grown, tmp_path, undrawn):  # noqa: ARG001
    """Writes a plan of a table of buildings, without the map."""

    def put(table, name="given.gpkg", **options):
        table.to_file(tmp_path / name)
        region = read(tmp_path / name, area="m2", **options)
        write_plan(tmp_path / "out", grown(Problem(region, 4, tolerance=0.9)))
        return tmp_path / "out"

    return put


def write_plan(folder, plan):
    verdict = judge(plan)
    result = Result(Status.FEASIBLE, plan, verdict, verdict.total, 0.1)
    write(folder, result, bundle(plan, size=2))


def metres_between(layer, other):
    return layer.geometry.to_crs(32651).distance(other.geometry.to_crs(32651)).max()


@pytest.mark.parametrize("crs", [4530, 4551, 4499, 32651, 3857, 2366, 2418])
def test_layers_are_in_the_system_of_the_input_and_in_wgs84(written, crs):
    folder = written(houses(crs), barriers=fence(4326))
    for name in LAYERS:
        own = geopandas.read_file(folder / f"{name}.geojson")
        twin = geopandas.read_file(folder / f"{name}_wgs84.geojson")
        assert own.crs == pyproj.CRS(crs)
        assert twin.crs == pyproj.CRS(4326)
        assert metres_between(own, twin) < 0.03
    given, own = houses(crs), geopandas.read_file(folder / "buildings.geojson")
    same = own.geometry.geom_equals_exact(given.geometry, 0.011)
    assert same.all()
    assert geopandas.read_file(folder / "barriers.geojson").crs == own.crs


@pytest.mark.parametrize("crs", [4326, 4490, 4214])  # of the last no shift is known
def test_degrees_are_written_once(written, crs):
    folder = written(houses(crs))
    assert not [*folder.glob("*_wgs84*")]
    assert "crs" not in json.loads((folder / "buildings.geojson").read_text("utf-8"))


def test_a_system_that_has_no_number_is_left_to_wgs84(written):
    folder = written(houses("+proj=tmerc +lon_0=126.3 +x_0=500000 +ellps=GRS80"))
    assert not [*folder.glob("*_wgs84*")]
    back = geopandas.read_file(folder / "buildings.geojson")
    assert metres_between(back, houses(4326)) < 0.03


def test_a_prj_of_arcgis_is_known_by_its_number(written):
    folder = written(houses(ESRI), "given.shp")
    assert geopandas.read_file(folder / "buildings.geojson").crs == pyproj.CRS(4530)


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
@pytest.mark.parametrize("crs", [4326, 4551])
def test_what_came_from_an_online_map_lies_on_it_again(written, crs, datum):
    folder = written(houses(crs, datum), barriers=fence(4326), datum=datum)
    own = geopandas.read_file(folder / "buildings.geojson")
    assert own.geometry.geom_equals_exact(houses(crs, datum).geometry, 0.011).all()
    twin = geopandas.read_file(folder / "buildings_wgs84.geojson")
    assert metres_between(twin, houses(4326)) < 0.03
    barriers = geopandas.read_file(folder / "barriers.geojson")
    assert metres_between(barriers, fence(4326, datum)) < 0.03
    layer = json.loads((folder / "zones.geojson").read_text("utf-8"))
    assert layer["datum"] in ("GCJ-02", "BD-09")
    table = json.loads((folder / "plan.json").read_text("utf-8"))
    assert table["input"]["datum"] == datum


@pytest.mark.parametrize(
    ("crs", "datum"), [(4530, None), (4326, "gcj02"), (4551, "bd09"), (4610, None)]
)
def test_layers_are_read_back_and_written_the_same(written, tmp_path, crs, datum):
    folder = written(houses(crs, datum), barriers=fence(4326), datum=datum)
    plan, layer = read_plan(folder / "plan.json"), folder / "buildings.geojson"
    assert edited(plan, layer) is plan
    assert [*other_facts(plan, layer)] == []
    drawn = with_layer(plan, layer)
    again = drawn.problem.region.source
    assert again.datums == ({"buildings": datum} if datum else {})
    assert metres_between(again.frame, houses(4326)) < 0.03
    assert metres_between(again.barriers, fence(4326)) < 0.03
    write_plan(tmp_path / "again", drawn)
    for path in folder.glob("*.geojson"):
        theirs = geopandas.read_file(tmp_path / "again" / path.name)
        assert metres_between(geopandas.read_file(path), theirs) < 0.03


def test_a_shifted_layer_that_was_moved_is_told(written):
    folder = written(houses(4326, "gcj02"), datum="gcj02")
    plan, layer = read_plan(folder / "plan.json"), folder / "buildings.geojson"
    shutil.copy(folder / "buildings_wgs84.geojson", layer)  # not what was written
    assert "stands" in " ".join(other_facts(plan, layer))


def test_a_plan_of_last_year_without_the_key_is_in_wgs84(written):
    folder = written(houses(4326))
    plan = read_plan(folder / "plan.json")
    table = {**plan.table, "input": {**plan.table["input"]}}
    table["input"].pop("datum")
    old = replace(plan, table=table)
    assert [*other_facts(old, folder / "buildings.geojson")] == []
