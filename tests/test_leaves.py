"""Every leaf of plan.json: whatever is edited, check says that something was."""

import copy
import json

import geopandas
import numpy as np
import pytest
import shapely

from zoning.errors import InputError
from zoning.lots import bundle
from zoning.output.write import write
from zoning.planfile.file import read_plan
from zoning.planfile.verify import differences
from zoning.problem import Band, Problem
from zoning.read import read
from zoning.rules import Border, Pin, Radius

# What may differ and means nothing: how long it took, and on which machine.
FREE = ("seconds", "software")


@pytest.fixture(scope="module")
def folder(tmp_path_factory, grown):
    """Eight buildings in six units, a wall, streets, rules, four zones, two lots."""
    from zoning.check import judge
    from zoning.result import Result, Status

    here = tmp_path_factory.mktemp("leaves")
    xy = np.array([(60.0 * (i % 4), 50.0 * (i // 4)) for i in range(8)])
    frame = geopandas.GeoDataFrame(
        {
            "id": [f"B{i}" for i in range(8)],
            "m2": [4_000.5, 3_000, 5_000, 4_500, 3_500, 4_200, 5_100, 3_900],
            "yard": ["x", "x", None, None, "y", "y", None, None],
            "lifts": [1, 0, 2, 1, 0, 1, 2, 0],
            "fee": [0.5, None, 0.6, 0.4, 0.5, 0.5, 0.3, 0.7],
            "street": ["a", "a", "a", "b", "a", "a", "b", "b"],
        },
        geometry=geopandas.points_from_xy(*xy.T),
        crs="EPSG:32652",
    )
    frame.to_file(here / "b.gpkg")
    wall = shapely.LineString([(150, -9), (150, 20)])
    around = {"barriers": [wall], "streets": [shapely.LineString([(0, 25), (180, 25)])]}
    for name, lines in around.items():
        geopandas.GeoDataFrame(
            {"name": ["Wu"]}, geometry=lines, crs="EPSG:32652"
        ).to_file(here / f"{name}.gpkg")
    region = read(
        here / "b.gpkg",
        unit="yard",
        area="m2",
        sums=["lifts"],
        columns=["fee", "street"],
        **{name: here / f"{name}.gpkg" for name in around},
    )
    rules = (Pin("West", ("B0",)), Border("street", 1_000), Radius(soft=20, price=2))
    bands = {"lifts": Band(0, 99)}
    problem = Problem(region, 4, tolerance=0.99, rules=rules, bands=bands)
    plan = grown(problem)
    verdict = judge(plan)
    result = Result(Status.FEASIBLE, plan, verdict, verdict.total - 500, 0.1)
    write(here / "out", result, bundle(plan, size=2, tolerance=0.9))
    return here / "out"


@pytest.fixture(scope="module")
def content(folder):
    return json.loads((folder / "plan.json").read_text("utf-8"))


def said(table, path):
    """What check would say of a table; an error says something too."""
    path.write_text(json.dumps(table), "utf-8")
    try:
        written = read_plan(path)
    except InputError as error:
        return str(error)
    lots = written.lots_verdict
    faults = [*written.verdict.faults, *(lots.faults if lots else ())]
    return " ".join([*faults, *differences(written)])


def leaves(value, way=()):
    """The way to every value, tables and lists included."""
    if way:
        yield way
    keys = value if isinstance(value, dict) else ()
    if isinstance(value, list):
        keys = range(len(value))
    for key in keys:
        yield from leaves(value[key], (*way, key))


def others(value):
    """What somebody might write instead."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1, value * 1000 + 7]
    if isinstance(value, str):
        return [value + "x", ""] if value else ["x"]
    if isinstance(value, list):
        return [value[:-1]] if value else [[1]]
    return [1] if value is None else [{}] if value else [{"x": 1}]


def edits(table):
    """Every table that differs from one in one leaf, and where."""
    for way in leaves(table):
        if way[0] in FREE:
            continue
        other = copy.deepcopy(table)
        holder = other
        for key in way[:-1]:
            holder = holder[key]
        for value in others(holder[way[-1]]):
            holder[way[-1]] = value
            yield way, other
        if isinstance(holder, dict) and way != ("digests",):
            del holder[way[-1]]
            yield way, other


def test_nothing_is_said_of_what_was_written(content, tmp_path):
    assert said(content, tmp_path / "plan.json") == ""


@pytest.mark.slow
def test_check_says_something_of_every_edit(content, tmp_path):
    unseen = [way for way, t in edits(content) if not said(t, tmp_path / "plan.json")]
    assert not unseen


def test_check_says_something_of_an_edit_in_every_part(content, tmp_path):
    # every seventh edit: a quick part of the test above
    unseen = [
        way
        for k, (way, other) in enumerate(edits(content))
        if k % 7 == 0 and not said(other, tmp_path / "plan.json")
    ]
    assert not unseen


def without_digests(table):
    return {key: value for key, value in table.items() if key != "digests"}


def put(table, way, value):
    *before, last = way.split(".")
    for key in before:
        table = table[int(key) if isinstance(table, list) else key]
    table[int(last) if isinstance(table, list) else last] = value


@pytest.mark.parametrize(
    ("way", "value", "told"),
    [
        ("columns.area", [4e6] * 8, "Floor areas of buildings do not add up"),
        ("travel.way", "straight line", "Travel: way"),
        ("travel.detour", 9, "Travel: detour"),
        ("travel.radius", None, "Travel: radius"),
        ("lots.lots", [], "Lots together: cost is null"),
        ("parameters.assumptions", [], "The parameters: assumptions"),
        ("parameters.costs", {}, "The table of costs has no consumables in the file"),
        ("parameters.resources.0.source", "x", "x"),
        ("input.sha256", "", "no sha256"),
        ("zones.0.area", 5, "area is"),
        ("lots.lots.0.resources", {}, "resources is"),
    ],
)
def test_what_can_be_counted_again_is_without_any_digest(
    content, tmp_path, way, value, told
):
    table = copy.deepcopy(without_digests(content))
    put(table, way, value)
    found = said(table, tmp_path / "plan.json")
    assert told in found or way.endswith("source")


def test_a_program_that_lays_the_file_out_anew_changes_nothing(content, tmp_path):
    def whole(value):
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, list):
            return [whole(one) for one in value]
        if isinstance(value, dict):
            return {key: whole(value[key]) for key in sorted(value)}
        return value

    assert said(whole(content), tmp_path / "plan.json") == ""


def test_check_tells_what_it_cannot_of_a_file_without_digests(run, content, tmp_path):
    (tmp_path / "plan.json").write_text(json.dumps(without_digests(content)), "utf-8")
    code, out, _ = run("check", tmp_path)
    assert code == 0
    assert "without digests: what cannot be counted again" in out


def test_digits_of_other_scripts_are_names(run, folder, tmp_path):
    (tmp_path / "plan.json").write_bytes((folder / "plan.json").read_bytes())
    layer = json.loads((folder / "buildings.geojson").read_text("utf-8"))
    for one in layer["features"]:
        mine = one["properties"]
        mine["zone"] = {"2": "٢"}.get(str(mine["zone"]), mine["zone"])
    (tmp_path / "buildings.geojson").write_text(json.dumps(layer), "utf-8")
    _, out, _ = run("check", tmp_path)
    assert "from zone 2 to ٢" in out
