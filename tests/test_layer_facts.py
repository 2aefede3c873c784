"""The layer beside a plan: in any order, and what it tells otherwise is told."""

import json
import shutil

import geopandas
import pytest

from zoning.check import judge
from zoning.output.write import write
from zoning.planfile.edits import edited
from zoning.planfile.facts import other_facts
from zoning.planfile.file import read_plan
from zoning.problem import Problem
from zoning.read import read
from zoning.result import Result, Status


@pytest.fixture(scope="module", params=["EPSG:32652", "EPSG:4549"])
def once(request, tmp_path_factory, grown):
    """A plan of eight buildings in six units, called by row; a column called zone."""
    here = tmp_path_factory.mktemp("layer")
    x, y = {"EPSG:32652": (321_000, 5_069_000), "EPSG:4549": (640_000, 5_070_000)}[
        request.param
    ]
    frame = geopandas.GeoDataFrame(
        {
            "m2": [4_000.5, 3_000, 5_000, 4_500, 3_500, 4_200, 5_100, 3_900],
            "flats": [40, 30, 50, 45, 35, 42, 51, 39],
            "yard": ["x", "x", None, "0", "y", "y", "无", "7"],
            "物业费": [0.5, None, 0.6, 0.4, 0.5, 0.5, 0.3, 0.7],
            "zone": ["a", "a", "a", "b", "a", "a", "b", "b"],
        },
        geometry=geopandas.points_from_xy(
            [x + 60.0 * (i % 4) for i in range(8)],
            [y + 50.0 * (i // 4) for i in range(8)],
        ),
        crs=request.param,
    )
    frame.to_file(here / "b.gpkg")
    region = read(
        here / "b.gpkg",
        unit="yard",
        area="m2",
        households="flats",
        columns=["fee", "zone"],
    )
    plan = grown(Problem(region, 3, tolerance=0.99))
    verdict = judge(plan)
    write(here / "out", Result(Status.FEASIBLE, plan, verdict, verdict.total, 0.1))
    return here / "out"


@pytest.fixture
def folder(once, tmp_path):
    return shutil.copytree(once, tmp_path / "out")


def change(folder, edit):
    path = folder / "buildings.geojson"
    table = json.loads(path.read_text("utf-8"))
    edit(table["features"])
    path.write_text(json.dumps(table), "utf-8")
    return path


def said(folder, edit):
    path = change(folder, edit)
    return " ".join(other_facts(read_plan(folder / "plan.json"), path))


def first(features):
    return features[0]["properties"]


def test_nothing_is_said_of_what_was_written(folder):
    assert said(folder, lambda _: None) == ""


def test_a_layer_without_ids_may_be_saved_in_any_order(folder):
    path = change(folder, lambda features: features.reverse())
    written = read_plan(folder / "plan.json")
    assert edited(written, path) is written
    assert [*other_facts(written, path)] == []


def test_a_layer_saved_by_a_map_program_tells_the_same(folder):
    path = folder / "buildings.geojson"
    table = geopandas.read_file(path).iloc[::-1]
    path.unlink()
    table.to_file(path, driver="GeoJSON")
    written = read_plan(folder / "plan.json")
    assert edited(written, path) is written
    assert [*other_facts(written, path)] == []


def nudge(features):
    place = features[0]["geometry"]["coordinates"]
    place[0] += 1e-5 if abs(place[0]) < 180 else 0.8  # 0.8 m


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda f: first(f).update(m2=4_000), "1 has area 4,000, in plan.json 4,000.5"),
        (lambda f: first(f).update(m2="much"), "much"),
        (lambda f: first(f).pop("m2"), "area"),
        (lambda f: first(f).update(flats=41), "x has households 71, in plan.json 70"),
        (lambda f: first(f).update({"物业费": 0.9}), "1 has fee 0.9, in plan.json 0.5"),
        (lambda f: first(f).update(zone_before="b"), "1 has zone b, in plan.json a"),
        (lambda f: first(f).update(yard="y"), "1 is of y, in plan.json of x"),
        (lambda f: first(f).update(yard=None), "1 is of no compound"),
        (nudge, "x stands 0."),
    ],
)
def test_facts_that_were_edited_are_told(folder, edit, told):
    found = said(folder, edit)
    assert told in found
    assert "Plan again with the corrected buildings" in found


def test_check_does_not_call_numbers_right_that_an_edit_made_wrong(run, folder):
    change(folder, lambda f: first(f).update(m2=9_000))
    code, out, _ = run("check", folder)
    assert code == 1
    assert "1 has area 9,000" in out
    assert "every number is right" not in out


def test_buildings_called_by_row_keep_their_numbers_in_the_layer(folder):
    table = json.loads((folder / "plan.json").read_text("utf-8"))
    assert table["input"]["id_column"] == "building_id"
    again = read(folder / "buildings.geojson", unit="yard", area="m2")
    assert (
        again.building_ids
        == read_plan(folder / "plan.json").plan.problem.region.building_ids
    )
