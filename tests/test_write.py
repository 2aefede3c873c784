"""Written plans: whole or not at all, and open to anyone's arithmetic."""

import csv
import json
import math
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas
import networkx as nx
import numpy as np
import pytest
import shapely

from zoning.check import judge
from zoning.check.plan import _judge
from zoning.costs import CostModel, Resource
from zoning.errors import InputError, PlanError
from zoning.lots import bundle
from zoning.lots.rules import Attractiveness, LotRules
from zoning.output.write import FILES, write
from zoning.plan import Plan
from zoning.planfile.atomic import write_csv
from zoning.planfile.claim import claimed
from zoning.planfile.content import to_dict, to_json
from zoning.planfile.edits import edited
from zoning.planfile.file import read_plan
from zoning.planfile.lots import lot_rules_from
from zoning.planfile.verify import differences
from zoning.problem import Band, Problem
from zoning.read import read
from zoning.region import Region
from zoning.result import Result, Status


@pytest.fixture(scope="module")
def found(grown):
    """A result as a search gives it: a plan, and a bound a little under its cost."""

    def result_of(problem):
        plan = grown(problem)
        verdict = judge(plan)
        assert verdict.ok, verdict.faults
        return Result(Status.FEASIBLE, plan, verdict, verdict.total - 1_000, 0.5)

    return result_of


def region_of(town, *, streets=False, **options):
    return read(
        town / "buildings.geojson",
        unit="compound_id",
        area="floor_area_m2",
        households="households",
        barriers=town / "barriers.geojson",
        streets=town / "streets.geojson" if streets else None,
        **options,
    )


@pytest.fixture(scope="module")
def written(town, tmp_path_factory, found):
    """A plan of six zones and two lots in a folder, with all it was made from."""
    folder = tmp_path_factory.mktemp("plan") / "out"
    result = found(Problem(region_of(town, streets=True), 6, tolerance=None))
    lots = bundle(result.plan, size=3)
    write(folder, result, lots, settings={"seed": 1})
    return folder, result, lots


# --- someone else's program


@pytest.fixture
def assert_recomputed(recompute):
    def assert_it(path):
        plan = json.loads(path.read_text("utf-8"))
        zones, lots = recompute(path)
        assert zones == {zone["id"]: zone["cost"] for zone in plan["zones"]}
        assert sum(zones.values()) == plan["cost"]
        told = plan["lots"]
        assert lots == {x["id"]: (x["cost"], x["separate_cost"]) for x in told["lots"]}
        assert sum(cost for cost, _ in lots.values()) == told["cost"]
        assert sum(alone for _, alone in lots.values()) == told["separate_cost"]

    return assert_it


def test_anyone_can_recompute_every_cost(written, assert_recomputed):
    assert_recomputed(written[0] / "plan.json")


def test_anyone_can_recompute_odd_costs(town, tmp_path, found, assert_recomputed):
    costs = CostModel(
        guards_per_zone=2,
        entry_per_zone=12_345.6,
        fixed_per_lot=999.5,
        lot_travel=0.0123,
        resources=(
            Resource("cleaner", 15_000, wage=2_300.5, shared="zone", minimum=1),
            Resource("lift", 7, per="levels", other=100, minimum=2),
        ),
    )
    region = region_of(town, costs=costs, sums=["levels"])
    result = found(Problem(region, 5, tolerance=None))
    write(tmp_path, result, bundle(result.plan, size=2))
    assert_recomputed(tmp_path / "plan.json")


def test_anyone_can_recompute_a_plan_with_a_travel_table_of_its_own(
    tmp_path, found, assert_recomputed
):
    region = square()
    table = np.arange(256).reshape(16, 16) % 7 * 100
    np.fill_diagonal(table, 0)
    result = found(Problem(region, 4, tolerance=None, travel=table))
    write(tmp_path, result, bundle(result.plan, size=2))
    assert_recomputed(tmp_path / "plan.json")


def square():
    graph = nx.grid_2d_graph(4, 4)
    for x, y in graph:
        graph.nodes[x, y].update(x=100.0 * x, y=100.0 * y, load=50_000 + 777 * x * y)
    return Region.from_networkx(graph)


# --- plan.json


def test_plan_json_has_the_keys_of_the_format(written):
    table = json.loads((written[0] / "plan.json").read_text("utf-8"))
    assert table["format"] == "zoning-plan/1"
    assert {"file", "sha256"} <= table["input"].keys()
    keys = "parameters software status cost bound gap seconds units edges bridges"
    assert {*keys.split(), "cut_edges", "travel", "zones", "lots"} <= table.keys()
    assert {"columns", "cut_by"} <= table.keys()
    unit = {"name", "x", "y", "area", "households", "load", "direct", "buildings"}
    assert unit <= table["units"][0].keys()
    zone = {"id", "center", "units", "cost", "area", "households"}
    assert zone <= table["zones"][0].keys()
    lots = {"status", "cost", "bound", "gap", "separate_cost", "lots"}
    assert lots <= table["lots"].keys()
    lot = {"id", "zones", "cost", "separate_cost", "resources"}
    assert lot <= table["lots"]["lots"][0].keys()
    assert [zone["id"] for zone in table["zones"]] == [1, 2, 3, 4, 5, 6]
    assert [lot["id"] for lot in table["lots"]["lots"]] == [1, 2]


def test_only_seconds_differ_between_runs(written):
    _, result, lots = written
    first = to_json(to_dict(result, lots))
    again = to_json(to_dict(replace(result, seconds=9.0), lots))
    rows = zip(first.splitlines(), again.splitlines(), strict=True)
    assert [a.split(":")[0].strip() for a, b in rows if a != b] == ['"seconds"']


@pytest.mark.parametrize("streets", [True, False])
def test_a_plan_comes_back_as_it_was(town, tmp_path, streets, found):
    problem = Problem(
        region_of(town, streets=streets),
        6,
        tolerance=0.9,
        bands={"area": Band(0, 10**6)},
    )
    result = found(problem)
    write(tmp_path, result, bundle(result.plan, size=3))
    back = read_plan(tmp_path / "plan.json")
    assert back.plan.problem.region.equals(problem.region)
    assert back.plan.equals(result.plan)
    assert back.plan.problem.cost_band == problem.cost_band
    assert back.plan.problem.bands == problem.bands
    assert back.verdict.ok
    assert back.lots_verdict.ok
    assert differences(back) == []


def test_files_without_the_newer_keys_are_still_read(written, tmp_path):
    table = json.loads((written[0] / "plan.json").read_text("utf-8"))
    del table["columns"], table["cut_by"], table["digests"]
    del table["parameters"]["rules"], table["change_cost"]
    for zone in table["zones"]:
        del zone["name"], zone["surcharge"], zone["changed"]
    (tmp_path / "plan.json").write_text(json.dumps(table), "utf-8")
    back = read_plan(tmp_path / "plan.json")
    assert back.plan.equals(written[1].plan)
    assert back.names == ("1", "2", "3", "4", "5", "6")
    assert differences(back) == []
    assert edited(back, written[0] / "buildings.geojson") is back


def test_rules_for_lots_come_back_too(tmp_path, found):
    region = replace(square(), columns={"contract_end": (None,) * 16})
    result = found(Problem(region, 4, tolerance=None))
    rules = LotRules(
        bands={"area": Band(0, 10**9)},
        cannot_link=(("1", "4"),),
        start=date(2026, 7, 1),
        index=Attractiveness(way=0.2),
    )
    lots = bundle(result.plan, size=2, tolerance=0.5, rules=rules)
    write(tmp_path, result, lots)
    back = read_plan(tmp_path / "plan.json")
    assert lot_rules_from(back.table["parameters"]) == rules
    assert back.lots_verdict.lots == lots.lots
    assert back.lots_verdict.ok
    assert differences(back) == []

    def change(content):
        content["parameters"]["lot_rules"]["cannot_link"] = [["1", "2"], ["1", "3"]]
        content["parameters"]["lot_rules"]["cannot_link"] += [["1", "4"]]

    table = json.loads((tmp_path / "plan.json").read_text("utf-8"))
    change(table)
    (tmp_path / "plan.json").write_text(json.dumps(table), "utf-8")
    assert not read_plan(tmp_path / "plan.json").lots_verdict.ok
    kept = table["parameters"]["lot_rules"]  # as files of former releases call it
    kept["apart"] = kept.pop("cannot_link")
    (tmp_path / "plan.json").write_text(json.dumps(table), "utf-8")
    assert not read_plan(tmp_path / "plan.json").lots_verdict.ok


def test_a_plan_of_a_graph_comes_back_as_it_was(tmp_path, found):
    result = found(Problem(square(), 4, tolerance=None))
    write(tmp_path, result, bundle(result.plan, size=2))
    back = read_plan(tmp_path / "plan.json")
    assert back.plan.problem.region.equals(result.plan.problem.region)
    assert differences(back) == []
    assert edited(back, tmp_path / "buildings.geojson") is back


# --- layers and tables


def test_all_files_are_written(written):
    # they need last year's plan, and several numbers of zones
    expected = {*FILES} - {"changes.csv", "numbers.csv"}
    expected -= {name for name in FILES if "_wgs84" in name}  # as the input is
    assert {p.name for p in written[0].iterdir()} == expected


def test_a_plan_is_judged_once_though_all_files_ask(tmp_path, found, monkeypatch):
    result, judged = found(Problem(square(), 4, tolerance=None)), []
    lots, fresh = bundle(result.plan, size=2), replace(result.plan)

    def counted(plan):
        judged.append(plan)
        return _judge(plan)

    monkeypatch.setattr("zoning.check.plan._judge", counted)
    write(tmp_path, replace(result, plan=fresh), replace(lots, plan=fresh))
    assert judged == [fresh]


@pytest.mark.parametrize("name", ["zones.geojson", "lots.geojson"])
def test_polygons_do_not_overlap(written, name):
    areas = geopandas.read_file(written[0] / name).to_crs("EPSG:32652").geometry
    assert areas.is_valid.all()
    assert not areas.is_empty.any()
    a, b = shapely.STRtree(areas).query(areas, predicate="intersects")
    apart = a < b
    over = shapely.intersection(areas.to_numpy()[a[apart]], areas.to_numpy()[b[apart]])
    assert shapely.area(over).max() < 1.0  # m²: coordinates are kept to a centimetre


def test_every_zone_holds_its_buildings(written):
    zones = geopandas.read_file(written[0] / "zones.geojson").set_index("zone")
    buildings = geopandas.read_file(written[0] / "buildings.geojson")
    middle = buildings.to_crs("EPSG:32652").representative_point()
    home = zones.to_crs("EPSG:32652").geometry.loc[buildings["zone"]]
    assert middle.within(home, align=False).mean() > 0.97


def test_buildings_keep_their_columns_and_gain_zone_and_lot(written, town):
    given = geopandas.read_file(town / "buildings.geojson")
    got = geopandas.read_file(written[0] / "buildings.geojson")
    assert [*got.columns] == [*given.columns[:-1], "zone", "lot", "geometry"]
    assert got["id"].tolist() == given["id"].tolist()
    away = shapely.hausdorff_distance(given.geometry, got.geometry)
    assert away.max() < 1e-6  # degrees


def test_a_zone_column_of_the_input_keeps_its_values(town, tmp_path, found):
    table = geopandas.read_file(town / "buildings.geojson").assign(zone=99)
    region = read(table, unit="compound_id", area="floor_area_m2")
    write(tmp_path, found(Problem(region, 3, tolerance=None)))
    got = geopandas.read_file(tmp_path / "buildings.geojson")
    assert set(got["zone_before"]) == {99}
    assert set(got["zone"]) == {1, 2, 3}


def test_tables_open_in_spreadsheets_and_add_up(written):
    folder, result, lots = written
    assert (folder / "zones.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (folder / "zones.csv").open(encoding="utf-8-sig", newline="") as file:
        zones = [*csv.DictReader(file)]
    with (folder / "lots.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [*csv.DictReader(file)]
    assert sum(int(row["cost"]) for row in zones) == result.cost
    assert sum(int(row["buildings"]) for row in zones) == 40
    assert sum(int(row["cost"]) for row in rows) == lots.cost
    assert sum(int(row["saving"]) for row in rows) == lots.saving


def test_spreadsheets_show_names_and_reckon_nothing_out(tmp_path):
    names = ["=cmd|x", "@x", "+1+cmd", "-x", "-5", "-", "1+2", "a=b"]
    wide = ["\uff1dcmd", "\uff0bcmd", "\uff0dcmd", "\uff20x", " =x", "\ufeff=x", "\tx"]
    names += wide
    path = tmp_path / "table.csv"
    write_csv(path, [{"name": name, "number": -5} for name in names])
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    shown = ["'=cmd|x", "'@x", "'+1+cmd", "'-x", "-5", "-", "1+2", "a=b"]
    shown += [f"'{word}" for word in wide]
    assert [row["name"] for row in rows] == shown
    assert {row["number"] for row in rows} == {"-5"}


def test_heads_of_tables_are_no_formulas_either(tmp_path):
    path = tmp_path / "table.csv"
    write_csv(path, [{"=HYPERLINK()": 1, "gardener": 2}])
    assert path.read_text("utf-8-sig").splitlines()[0] == "'=HYPERLINK(),gardener"
    write_csv(path, [{"a": 1}], ["a", "\uff20b"])
    assert path.read_text("utf-8-sig").splitlines()[0] == "a,'\uff20b"


def test_values_json_cannot_hold_are_written_all_the_same(tmp_path, found):
    table = geopandas.GeoDataFrame(
        {
            "m2": [900.0, 800.0],
            "odd": [math.nan, math.inf],
            "day": [None, np.datetime64("2024-05-01", "ms")],
        },
        geometry=geopandas.points_from_xy([0, 50], [0, 0]),
        crs="EPSG:32652",
    )
    write(tmp_path, found(Problem(read(table, area="m2"), 1, tolerance=None)))
    layer = json.loads((tmp_path / "buildings.geojson").read_text("utf-8"))
    assert [f["properties"]["odd"] for f in layer["features"]] == [None, None]
    assert layer["features"][1]["properties"]["day"].startswith("2024-05-01")


def test_without_a_crs_layers_say_that_they_have_none(tmp_path, found):
    write(tmp_path, found(Problem(square(), 4, tolerance=None)))
    layer = json.loads((tmp_path / "buildings.geojson").read_text("utf-8"))
    assert layer["crs"] is None
    assert layer["features"][5]["geometry"]["coordinates"] == [100.0, 100.0]


# --- whole or not at all


def test_notes_tell_no_place_of_a_file(town, tmp_path, found):
    region = region_of(town)
    noted = f"{town / 'buildings.geojson'} is not UTF-8; it was read as GBK."
    region = replace(region, notes=(*region.notes, noted))
    write(tmp_path, found(Problem(region, 4, tolerance=None)))
    text = (tmp_path / "plan.json").read_text("utf-8")
    assert "buildings.geojson is not UTF-8" in text
    assert str(town) not in text


def test_files_of_the_planner_stay(tmp_path, found):
    (tmp_path / "notes.txt").write_text("mine")
    write(tmp_path, found(Problem(square(), 4, tolerance=None)))
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_lots_of_an_earlier_plan_do_not_stay(tmp_path, found):
    result = found(Problem(square(), 4, tolerance=None))
    write(tmp_path, result, bundle(result.plan, size=2))
    assert (tmp_path / "lots.csv").exists()
    write(tmp_path, result)
    assert not (tmp_path / "lots.csv").exists()
    assert not (tmp_path / "lots.geojson").exists()


def test_if_one_file_cannot_be_replaced_all_stay(tmp_path, monkeypatch, found):
    result = found(Problem(square(), 4, tolerance=None))
    write(tmp_path, result, bundle(result.plan, size=2))
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    place = Path.replace

    def stuck(self, target):
        if self.parent.name == "new" and self.name == "map.png":
            raise PermissionError(13, "Permission denied", str(target))
        return place(self, target)

    monkeypatch.setattr(Path, "replace", stuck)
    with pytest.raises(InputError, match=r"Permission denied \(map.png\)"):
        write(tmp_path, replace(result, seconds=77.0))
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


@pytest.mark.parametrize("what", ["save", "zone_polygons", "_building_rows"])
def test_whatever_fails_beside_it_plan_json_is_written(
    tmp_path, monkeypatch, found, what
):
    def broken(*_, **__):
        raise ValueError("a triangle with two corners")

    monkeypatch.setattr(sys.modules["zoning.output.write"], what, broken)
    told = write(tmp_path / "out", found(Problem(square(), 4, tolerance=None)))
    read_plan(tmp_path / "out" / "plan.json")
    assert told
    assert all("two corners" in one for one in told)
    lost = {one.split()[0] for one in told}
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        *{"plan.json", "buildings.geojson", "zones.csv", "zones.geojson", "map.png"}
        - lost
    }


def test_a_file_in_the_way_is_told(tmp_path):
    (tmp_path / "out").write_text("")
    out = tmp_path / "out"
    with pytest.raises(InputError, match="not a folder"), claimed(out):
        pass


def test_a_result_without_a_plan_is_refused(tmp_path):
    nothing = Result(Status.INFEASIBLE, None, None, 0, 0.1, "Too tight.")
    with pytest.raises(InputError, match="Too tight"):
        write(tmp_path / "out", nothing)
    assert not (tmp_path / "out").exists()


def test_a_plan_that_breaks_a_rule_is_refused(tmp_path):
    problem = Problem(square(), 4, tolerance=None)
    torn = Plan(problem, np.add(*np.divmod(np.arange(16), 4)) % 4)
    with pytest.raises(PlanError, match="torn"):
        write(tmp_path, Result(Status.FEASIBLE, torn, judge(torn), 0, 0.1))


def test_lots_of_another_plan_are_refused(tmp_path, found):
    result = found(Problem(square(), 4, tolerance=None))
    other = found(Problem(square(), 5, tolerance=None))
    with pytest.raises(InputError, match="another plan"):
        write(tmp_path, result, bundle(other.plan, size=2))
