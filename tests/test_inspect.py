"""`zoning inspect`: what is in the files is told before anything is planned."""

import shlex
import sys
import types

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

import zoning
from zoning.check import judge
from zoning.errors import InputError
from zoning.output.fix import write_fixed
from zoning.plot.inspection import draw_inspection
from zoning.reading.datum import GCJ02, from_wgs84
from zoning.result import Result, Status

X, Y = 315_000.0, 5_067_000.0


def houses(count=6, **columns):
    """Houses of 20 × 30 m in a row, 50 m from middle to middle."""
    at = X + 50 * np.arange(count)
    shapes = shapely.box(at, [Y] * count, at + 20, [Y + 30] * count)
    usual = {"楼栋编号": [f"A{k}" for k in range(count)], "建筑面积": [3_000] * count}
    return geopandas.GeoDataFrame(
        {**usual, **columns}, geometry=shapes, crs="EPSG:32652"
    )


def wall(at):
    """A river across the row of houses."""
    line = shapely.LineString([(X + at, Y - 500), (X + at, Y + 500)])
    return geopandas.GeoDataFrame(
        {"name": ["Hequ"], "kind": ["river"]}, geometry=[line], crs="EPSG:32652"
    )


def inspected(frame, num_zones=2, **options):
    return zoning.inspect(zoning.read(frame, **options), num_zones=num_zones)


def last_lines(out):
    return [
        line for line in out.replace("\\\n", "").splitlines() if "zoning plan" in line
    ]


@pytest.fixture
def file(tmp_path):
    """Writes a frame, gives its path."""

    def put(frame, name="houses.geojson"):
        frame.to_crs("EPSG:4326").to_file(tmp_path / name)
        return tmp_path / name

    return put


def test_columns_are_told_with_role_measure_share_filled_and_example():
    frame = houses(
        **{"建筑面积": ["", "0.3", "0.3", "0.3", "0.3", "0.3"], "层数": [5] * 6},
        色彩=["red"] * 6,
    ).rename(columns={"建筑面积": "建筑面积(万㎡)"})
    found = inspected(frame)
    area = next(one for one in found.columns if one.role == "area")
    assert (area.header, area.measure, area.example) == (
        "建筑面积(万㎡)",
        "万m2",
        "0.3",
    )
    assert area.filled == pytest.approx(5 / 6)
    assert not area.asked
    assert found.unread == ("色彩",)


def test_each_layer_is_told_with_the_system_it_came_in():
    found = inspected(houses().to_crs("EPSG:4326"), barriers=wall(135))
    assert [(one.what, one.system) for one in found.layers] == [
        ("buildings", "EPSG:4326"),
        ("barriers", "EPSG:32652"),
    ]


def test_bridges_are_told_with_whom_they_join_and_over_what():
    found = inspected(houses(), barriers=wall(135))
    (bridge,) = found.bridges
    assert bridge.units == ("A2", "A3")
    assert str(bridge) == "A2 – A3, 30 m over river Hequ"
    assert not bridge.wide
    assert [len(one.units) for one in found.islands] == [3, 3]
    assert [one.bridges for one in found.islands] == [1, 1]


def test_gaps_of_neighbours_are_from_wall_to_wall():
    found = inspected(houses())
    assert found.gaps == (30.0, 30.0, 30.0, 30.0)
    assert found.region.source.reach == pytest.approx(150)
    assert len(found.islands) == 1


def test_heavy_units_and_light_pockets_are_what_a_problem_leaves_out():
    frame = houses(**{"建筑面积": [60_000, 3_000, 3_000, 3_000, 3_000, 3_000]})
    found = inspected(frame, num_zones=3)
    assert [one.units for one in found.heavy] == [("A0",)]
    assert found.heaviest[0].units == ("A0",)
    assert found.heaviest[0].share > 1.1
    assert found.shares[0] == found.heaviest[0].share
    assert not found.fits
    assert "Too heavy for a zone: A0: 60,000 m²" in str(found)


def test_without_a_number_the_usual_one_is_taken_and_told():
    found = inspected(houses(**{"建筑面积": [23_350] * 6}), num_zones=None)
    assert found.num_zones == found.usual.num_zones == 3


def test_what_is_there_twice_is_told():
    frame = houses(
        name=["甲楼", "乙楼", "丙楼", "丁楼", "戊楼", "戊楼"], 小区=["c"] * 5 + ["d"]
    )
    frame.loc[1, "小区"] = "d"
    frame.loc[4, "小区"] = "d"
    shapes = frame.geometry.to_numpy().copy()
    shapes[1] = shapes[0]
    shapes[3] = shapely.affinity.translate(shapes[2], 10)
    frame = frame.set_geometry(geopandas.GeoSeries(shapes, crs=frame.crs))
    found = inspected(frame, num_zones=1)
    assert [(one.by, one.what, set(one.ids)) for one in found.twins] == [
        ("geometry", "", {"A0", "A1"}),
        ("name", "戊楼", {"A4", "A5"}),
    ]
    assert [(set(one.buildings), one.area) for one in found.overlaps] == [
        ({"A2", "A3"}, 300.0)
    ]


def test_names_of_compounds_are_twins_and_buildings_in_one_are_not():
    frame = houses(小区编号=["1", "1", "2", "2", "3", "3"])
    frame["小区名称"] = ["七政小区", "七政小区", "七政小区", "七政小区", "新村", "新村"]
    found = inspected(frame)
    assert [(one.what, one.ids) for one in found.twins] == [("七政小区", ("1", "2"))]
    assert {one.units for one in found.heaviest} == {
        *[("七政小区 (1)",), ("七政小区 (2)",), ("新村 (3)",)]
    }


def test_a_region_without_a_table_is_looked_at_too():
    region = zoning.Region(
        ["a", "b"], [[0, 0], [9, 0]], [5, 5], sums={"area": [9, 9]}, edges=[[0, 1]]
    )
    found = zoning.inspect(region, num_zones=2)
    assert found.columns == found.layers == found.gaps == ()
    assert draw_inspection(found).axes


def test_more_zones_than_units_are_refused():
    with pytest.raises(InputError, match="only 6 units"):
        inspected(houses(), num_zones=7)


def test_what_may_be_meant_is_proposed_with_its_option(town):
    frame = geopandas.read_file(town / "buildings.geojson")
    shapes = frame.geometry.to_numpy()
    shifted = shapely.transform(shapes, lambda xy: from_wgs84(xy, GCJ02))
    frame = frame.set_geometry(geopandas.GeoSeries(shifted, crs=frame.crs))
    found = inspected(frame, streets=town / "streets.geojson")
    assert [(one.option, one.value) for one in found.suggestions] == [
        ("--datum", "gcj02")
    ]


def test_a_bridge_too_wide_is_proposed_to_be_allowed():
    shapes = houses().geometry.to_numpy()
    shapes[3:] = shapely.transform(shapes[3:], lambda xy: xy + np.array([400, 0]))
    found = inspected(
        houses().set_geometry(geopandas.GeoSeries(shapes, crs="EPSG:32652"))
    )
    (bridge,) = found.bridges
    assert (bridge.metres, bridge.wide) == (430, True)
    assert [(one.option, one.value) for one in found.suggestions] == [
        ("--max-gap", 430)
    ]


# --- the command ---------------------------------------------------------------------


@pytest.fixture
def solver(monkeypatch, grown):
    """A quick one in the place of the search."""

    def quick(problem, **_):
        plan = grown(problem)
        verdict = judge(plan)
        return Result(Status.FEASIBLE, plan, verdict, verdict.total - 500, 0.1)

    module = types.ModuleType("zoning.solve")
    module.solve = quick
    monkeypatch.setitem(sys.modules, "zoning.solve", module)


@pytest.mark.usefixtures("solver")
def test_the_command_ends_with_a_line_that_plans(run, file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = file(houses(), "the houses.geojson")
    code, out, _ = run(
        *("inspect", source, "--area", "建筑面积", "--max-gap", 200, "--zones", 2),
        *("--tolerance", 0.3),
    )
    assert code == 0
    assert (tmp_path / "inspect" / "inspect.png").stat().st_size > 1_000
    (line,) = last_lines(out)
    words = shlex.split(line)
    assert words[:3] == ["zoning", "plan", str(source)]
    assert words[3:] == [
        *("--area", "建筑面积", "--max-gap", "200"),
        *("--zones", "2", "--tolerance", "0.3"),
    ]
    code, out, _ = run(*words[1:], "--lot-size", 0, "--out", "plan")
    assert code == 0
    assert (tmp_path / "plan" / "plan.json").exists()


def test_what_may_be_meant_is_told_with_a_line_of_its_own(run, file, tmp_path):
    frame = houses(用途=["住宅"] * 5 + ["商业"])
    code, out, _ = run("inspect", file(frame), "--out", tmp_path / "o")
    assert code == 0
    first, other = last_lines(out)
    assert "--zones" in first
    assert "--only" not in first
    assert other.endswith("--only residential")
    assert "1 building has another use than living" in out


def test_other_lines_keep_the_zones_that_were_asked_for(run, file, tmp_path):
    frame = houses(用途=["住宅"] * 5 + ["商业"])
    _, out, _ = run("inspect", file(frame), "--zones", 2, "--out", tmp_path / "o")
    assert [line.count("--zones 2") for line in last_lines(out)] == [1, 1]


def test_notes_speak_of_options(run, file, tmp_path):
    frame = houses(用途=["住宅"] * 5 + ["商业"])
    _, out, _ = run("inspect", file(frame), "--out", tmp_path / "o")
    assert "--only 'residential' leaves them out" in " ".join(out.split())


def test_coordinates_in_columns_are_not_told_as_unread():
    plain = {"经度": [126.6, 126.601], "纬度": [45.7, 45.7], "面积": [9, 9], "x": 1}
    found = zoning.inspect(zoning.read(pd.DataFrame(plain)), num_zones=1)
    assert found.unread == ("x",)


def test_a_file_with_faults_shows_them_all_and_what_was_understood(run, file, tmp_path):
    frame = houses(**{"建筑面积": ["x", "3000", "3000", "3000", "-1", "3000"]})
    code, out, err = run("inspect", file(frame), "--out", tmp_path / "o")
    assert code == 2
    assert "建筑面积" in out
    assert "A0 has x" in err
    assert "A4" in err
    assert not (tmp_path / "o").exists()


# --- the table mended ----------------------------------------------------------------


def mixed():
    """Houses as an office may have them: nothing is called as it is here."""
    frame = houses(
        楼号=["1", "2", "1", "2", "1", "2"],
        小区=["甲", "甲", "乙", "乙", "丙", None],
        户数=["30户", "31", "32", "33", "34", None],
        层数=[6, 5, 5, 5, 5, 5],
        物业费=[0.5, 0.5, 0.6, None, 0.7, 0.7],
        area=["not", "the", "floor", "area", "at", "all"],
        ID=[9, 8, 7, 6, 5, 4],
        用途=["住宅"] * 5 + ["商业"],
    ).drop(columns="楼栋编号")
    frame["建筑面积"] = [0.3, 0.31, 0.32, 0.33, 0.34, 0.35]
    shapes = frame.geometry.to_numpy().copy()
    crossed = [(0, 0), (20, 30), (20, 0), (0, 30), (0, 0)]
    shapes[2] = shapely.Polygon([(X + 100 + x, Y + y) for x, y in crossed])
    frame = frame.set_geometry(geopandas.GeoSeries(shapes, crs=frame.crs))
    return frame.rename(columns={"建筑面积": "建筑面积(万㎡)"})


@pytest.mark.parametrize(
    "options",
    [{}, {"unit": "none"}, {"households": "none"}, {"id": "ID"}, {"only": "住宅"}],
    ids=str,
)
def test_the_table_reads_again_as_the_same_region(options, tmp_path):
    region = zoning.read(mixed(), **options)
    write_fixed(tmp_path / "fixed.gpkg", region)
    again = zoning.read(tmp_path / "fixed.gpkg")
    assert again.equals(region)
    fixed = geopandas.read_file(tmp_path / "fixed.gpkg")
    assert len(fixed) == len(region.building_ids)
    assert fixed.geometry.is_valid.all()
    assert {"id", "compound_id", "floor_area_m2", "floors", "area"} <= {*fixed.columns}


def test_points_without_a_system_and_columns_no_table_holds_are_written(tmp_path):
    frame = houses(fid=range(3, 9), tags=[{"a": 1}] * 6, 标记=[1, "b", None] * 2)
    frame = frame.set_geometry(frame.geometry.centroid).set_crs(
        None, allow_override=True
    )
    region = zoning.read(frame)
    told = write_fixed(tmp_path / "fixed.gpkg", region)
    assert "metres without a named system" in told[0]
    assert "fid is fid_before" in told[1]
    assert zoning.read(tmp_path / "fixed.gpkg").equals(region)


def test_the_table_is_in_the_metres_that_all_is_reckoned_in(tmp_path):
    region = zoning.read(mixed().to_crs("EPSG:4326"))
    (told, *_) = write_fixed(tmp_path / "fixed.gpkg", region)
    assert "6 buildings, in metres (EPSG:32652), into which" in told
    assert geopandas.read_file(tmp_path / "fixed.gpkg").crs == "EPSG:32652"
    assert zoning.read(tmp_path / "fixed.gpkg").equals(region)


def test_no_input_is_written_over(run, tmp_path):
    houses().to_file(tmp_path / "in.gpkg")
    before = (tmp_path / "in.gpkg").read_bytes()
    code, _, err = run(
        "inspect", tmp_path / "in.gpkg", "--fix", tmp_path / "." / "in.gpkg"
    )
    assert code == 2
    assert "is one of the files that are read" in err
    assert (tmp_path / "in.gpkg").read_bytes() == before
    code, _, err = run("inspect", tmp_path / "in.gpkg", "--fix", "out.shp")
    assert code == 2
    assert "does not end in .gpkg" in err
