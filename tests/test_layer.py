"""Layers beside a written plan: as they were read, whatever they were read from."""

import sys

import geopandas
import numpy as np
import pytest
import shapely

from zoning.check import judge
from zoning.errors import InputError
from zoning.output.write import write
from zoning.planfile.file import read_plan
from zoning.planfile.layer import with_layer
from zoning.problem import Problem
from zoning.read import read
from zoning.result import Result, Status

HARBIN, PARIS = (125.95, 45.75), (2.35, 48.85)


def houses(crs, place=HARBIN):
    """Six footprints, 80 m apart, in any coordinate system."""
    lon = place[0] + 0.001 * np.arange(6)
    points = geopandas.GeoSeries(
        geopandas.points_from_xy(lon, [place[1]] * 6), crs=4326
    )
    table = {"id": list("abcdef"), "m2": 5_000}
    drawn = points.to_crs(points.estimate_utm_crs()).buffer(8, cap_style="square")
    return geopandas.GeoDataFrame(table, geometry=drawn).to_crs(crs)


@pytest.fixture
def region_of(tmp_path):
    """Reads houses out of a file: without one, a plan has no layer."""

    def put(table):
        table.to_file(tmp_path / "given.gpkg")
        return read(tmp_path / "given.gpkg", area="m2")

    return put


@pytest.fixture
def written(grown, tmp_path, monkeypatch):
    """Writes a plan of a region, without the map unless it is asked for."""

    def put(region, *, picture=False):
        if not picture:
            monkeypatch.setattr(
                sys.modules["zoning.output.write"],
                "save",
                lambda path, *_, **__: path.touch(),
            )
        plan = grown(Problem(region, 2, tolerance=0.9))
        verdict = judge(plan)
        write(tmp_path, Result(Status.FEASIBLE, plan, verdict, verdict.total, 0.1))
        return tmp_path

    return put


@pytest.mark.parametrize(
    ("crs", "place"),
    [
        *((crs, HARBIN) for crs in (4326, 4490, 3857, 32651, 32652, 4551, 4539, 4550)),
        *((crs, HARBIN) for crs in (4530, 2438, 2366, 21422)),
        (2154, PARIS),
        ("+proj=tmerc +lon_0=126.3 +x_0=500000 +ellps=GRS80 +units=m", HARBIN),
    ],
)
def test_the_layer_of_a_plan_fits_it_in_every_coordinate_system(
    region_of, written, crs, place
):
    region = region_of(houses(crs, place))
    folder = written(region)
    plan = with_layer(read_plan(folder / "plan.json"), folder / "buildings.geojson")
    again = plan.problem.region.source.frame
    assert again.crs == region.source.frame.crs
    away = again.geometry.centroid.distance(region.source.frame.geometry.centroid)
    assert away.max() < 0.05  # metres


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_plan_without_a_coordinate_system_keeps_its_layer(region_of, written):
    table = houses(4551).set_crs(None, allow_override=True)
    folder = written(region_of(table))
    plan = with_layer(read_plan(folder / "plan.json"), folder / "buildings.geojson")
    frame = plan.problem.region.source.frame
    assert frame.crs is None
    assert frame.geometry.iloc[0].equals_exact(table.geometry.iloc[0], 0.01)


def test_a_layer_that_is_a_catalogue_of_other_files_is_refused(region_of, written):
    folder = written(region_of(houses(4326)))
    catalogue = (
        "<OGRVRTDataSource><OGRVRTLayer name='b'><SrcDataSource>/etc/passwd"
        "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )
    (folder / "buildings.geojson").write_text(catalogue, "utf-8")
    with pytest.raises(InputError, match="a catalogue of other files"):
        with_layer(read_plan(folder / "plan.json"), folder / "buildings.geojson")


def lines(*shapes, **columns):
    return geopandas.GeoDataFrame(columns, geometry=list(shapes), crs=32651)


def test_barriers_and_streets_with_gaps_are_noted_and_the_plan_is_written(written):
    table = houses(32651)
    west, south, east, north = table.total_bounds
    sound = shapely.LineString([(west - 50, south - 20), (east + 50, south - 20)])
    endless = shapely.LineString([(west, north), (np.inf, north)])
    barriers = lines(
        *(sound, None, endless),
        kind=[None, "wall", "river"],
        name=[None, "x", "y"],
    )
    streets = lines(endless, sound, shapely.LineString(), None)
    region = read(table, area="m2", barriers=barriers, streets=streets)
    told = "\n".join(region.notes)
    assert "2 of the barriers have no usable geometry" in told
    assert "they cut nothing: row(s) 2, 3." in told
    assert "3 of the streets have no usable geometry" in told
    assert "no way follows them: row(s) 1, 3, 4." in told
    folder = written(region, picture=True)
    assert (folder / "map.png").stat().st_size > 0
    assert len(geopandas.read_file(folder / "barriers.geojson")) == 1


@pytest.mark.parametrize("kind", [None, np.nan, 7, "", "Wall"])
def test_a_barrier_of_any_kind_is_drawn(kind):
    from zoning.plot.barriers import barriers_in_view, named_lines

    table = houses(32651)
    west, south, east, north = table.total_bounds
    line = shapely.LineString([(west - 50, south - 20), (east + 50, south - 20)])
    walls = lines(line, line, kind=[kind, "wall"], name=["x", None])
    region = read(table, area="m2", barriers=walls)
    view = shapely.box(west - 99, south - 99, east + 99, north + 99)
    assert sum(len(shapes) for _, shapes in barriers_in_view(region, view)) == 2
    assert [name for name, _, _ in named_lines(region, view)] == ["x"]
