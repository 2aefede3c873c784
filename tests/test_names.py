"""Names for people: what is read, told and meant by them."""

import csv
import json
from dataclasses import dataclass

import geopandas
import numpy as np
import pytest
from shapely import LineString, box

import zoning
from zoning.analysis.explain import explain
from zoning.analysis.keep import zone_with
from zoning.cli import main
from zoning.directory import Directory
from zoning.errors import InputError
from zoning.planfile.file import read_plan
from zoning.planfile.verify import differences
from zoning.plot.place_names import named_compounds, named_streets
from zoning.plot.plan import draw
from zoning.result import Result, Status
from zoning.rules import CannotLink, Centers, Lock, MustLink, OwnRule, Pin, Violation
from zoning.rules.places import ids_of, unit_called, units_of

# id, compound, what it is called, house number, street
ROWS = (
    ("B1", "C1", "七政小区", "1号楼", "七政街"),
    ("B2", "C1", "七政小区", "2号楼", "七政街"),
    ("B3", "C2", "光明小区", "1号楼", "光明街"),
    ("B4", "C2", "光明小区", "阳光大厦", "光明街"),
    ("B5", "C3", "新村小区", "1号楼", "文昌街"),
    ("B6", "C4", "新村小区", "1号楼", "文昌街"),
    ("B7", None, None, "3号楼", "一曼街"),
    ("B8", None, None, "工人文化宫", None),
)


def table(rows=ROWS):
    ids, units, names, own, street = zip(*rows, strict=True)
    at = range(len(rows))
    return geopandas.GeoDataFrame(
        {
            "楼栋编号": ids,
            "小区编号": units,
            "小区名称": names,
            "楼栋名称": own,
            "路名": street,
            "建筑面积": [1_000] * len(rows),
            "户数": [10] * len(rows),
        },
        geometry=geopandas.points_from_xy([30.0 * k for k in at], [0.0] * len(rows)),
        crs="EPSG:32652",
    )


@pytest.fixture(scope="module")
def region():
    return zoning.read(table())


@pytest.fixture(scope="module")
def lone():
    """The same, every building a unit of its own."""
    return zoning.read(table(), unit="none")


def plan_of(region, rules=(), num_zones=2):
    zone_of = (np.arange(len(region)) >= len(region) // 2).astype(int)
    problem = zoning.Problem(region, num_zones, tolerance=0.9, rules=rules)
    return zoning.Plan(problem, zone_of)


# --- what things are called ----------------------------------------------------------


def test_units_bear_the_names_of_compounds_and_alone_those_of_buildings(region):
    assert region.names == ("C1", "C2", "C3", "C4", "B7", "B8")
    assert region.labels == (
        *("七政小区", "光明小区", "新村小区", "新村小区"),
        *("一曼街 3号楼", "工人文化宫"),
    )
    assert region.called(0) == "七政小区 (C1)"


def test_a_house_number_goes_behind_its_compound_or_street(region):
    assert region.directory.building_labels[:4] == (
        *("七政小区 1号楼", "七政小区 2号楼", "光明小区 1号楼", "阳光大厦"),
    )


def test_without_names_units_are_called_by_id():
    bare = zoning.Region(("a", "b"), [(0, 0), (9, 0)], [7, 5])
    assert bare.labels == bare.names
    assert bare.called(1) == "b"
    assert not bare.directory.is_named
    assert bare.directory.called_id("nobody") == "nobody"


def test_the_most_frequent_name_is_taken_and_the_others_are_told():
    rows = [(f"B{k}", "C1", n, None, None) for k, n in enumerate("甲乙乙")]
    read = zoning.read(table((*rows, ROWS[2], ROWS[4])))
    assert read.labels[0] == "乙"
    assert any("乙 (C1) also 甲" in note for note in read.notes)


def test_twins_are_told_when_read_and_stay_apart(region):
    assert any("新村小区 (C3, C4)" in note for note in region.notes)
    assert region.directory.shown[2:4] == ("新村小区 (C3)", "新村小区 (C4)")
    assert region.directory.shown[0] == "七政小区"


# --- what words stand for ------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "ids"),
    [
        ("C1", ("C1",)),
        ("c1", ("C1",)),
        ("\uff22\uff14", ("B4",)),
        ("七政小区", ("C1",)),
        (" 七政 小区", ("C1",)),
        ("七政小区2号楼", ("B2",)),
        ("七政小区　２号楼", ("B2",)),
        ("光明小区阳光大厦", ("B4",)),
        ("阳光大厦", ("B4",)),
        ("一曼街3号楼", ("B7",)),
        ("3号楼", ("B7",)),
    ],
)
def test_ids_and_names_stand_for_buildings_and_units(region, word, ids):
    assert region.directory.match(word).ids == ids


def test_an_id_goes_before_a_name():
    known = Directory(("甲", "C2"), (("B1",), ("B2",)), {"unit_name": ("乙", "甲")})
    assert known.labels == ("乙", "甲")
    assert known.match("甲").ids == ("甲",)


def test_twins_are_an_error_that_lists_their_ids(region):
    with pytest.raises(InputError, match=r"'新村小区' is the name of 2: C3, C4"):
        units_of(region, ["新村小区"])
    with pytest.raises(InputError, match=r"'1号楼' is the name of 4: B1, B3, B5, B6"):
        units_of(region, ["1号楼"])


def test_what_is_unknown_suggests_names_and_ids(region):
    with pytest.raises(InputError) as told:
        ids_of(region, ["七政小", "B22", "火星"])
    assert "'七政小' (did you mean 七政小区 (C1)" in str(told.value)
    assert "七政小区 2号楼 (B2)" in str(told.value)
    assert "'火星'. Use" in str(told.value)


def test_a_compound_that_is_no_unit_is_all_its_buildings(lone):
    assert lone.labels[0] == "七政小区 1号楼"
    assert ids_of(lone, ["七政小区"]) == ("B1", "B2")
    with pytest.raises(InputError, match=r"is 2 units: 七政小区 1号楼 \(B1\)"):
        unit_called(lone, "七政小区")


# --- rules ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule",
    [
        MustLink(("七政小区", "光明小区1号楼")),
        CannotLink(("七政小区", "工人文化宫")),
        Pin("1", ("七政小区",)),
        Lock("1", ("七政小区", "光明小区")),
        Centers(("七政小区", "工人文化宫")),
    ],
)
def test_rules_take_names_and_hold_ids(region, rule):
    made = rule.with_ids(region)
    assert set(made.buildings) < {"C1", "C2", "B3", "B8"}
    assert list(made.units(region)) == list(rule.units(region))
    assert "七政小区 (C1)" in made.told(region)
    (kept,) = zoning.Problem(region, 2, tolerance=0.9, rules=(rule,)).rules
    assert kept == made


def test_a_rule_without_names_stays_the_same(region):
    rule = MustLink(("C1", "B3"))
    assert rule.with_ids(region) is rule


def test_a_rule_on_twins_or_nobody_is_refused(region):
    rules = (MustLink(("七政小区", "新村小区")), Pin("1", ("光明小",)))
    with pytest.raises(InputError) as told:
        zoning.Problem(region, 2, rules=rules)
    assert "C3, C4" in str(told.value)
    assert "光明小区 (C2)" in str(told.value)


def test_a_compound_of_several_units_cannot_be_parted_from_itself(lone):
    pinned = zoning.Problem(lone, 2, tolerance=0.9, rules=(Pin("1", ("七政小区",)),))
    assert pinned.rules[0].buildings == ("B1", "B2")
    with pytest.raises(InputError, match="means 2 units by '七政小区'"):
        zoning.Problem(lone, 2, rules=(CannotLink(("七政小区", "工人文化宫")),))


def test_what_breaks_a_rule_is_told_by_name(region):
    plan = plan_of(region, (MustLink(("七政小区", "工人文化宫")),))
    (broken,) = zoning.judge(plan).violations
    assert "工人文化宫 (B8) in zone 2, 七政小区 (C1) in zone 1" in str(broken)


def test_own_rules_take_names_too(region):
    @dataclass(frozen=True)
    class Quiet:
        buildings: tuple[str, ...]

        def violations(self, drawn):
            for name in self.buildings:
                yield Violation(words=f"{name} {drawn.zone_of_buildings[name]}")

    plan = plan_of(region, (OwnRule(Quiet(("七政小区", "B8"))),))
    assert plan.problem.rules[0].rule == Quiet(("C1", "B8"))
    assert [str(one) for one in zoning.judge(plan).violations] == ["C1 0", "B8 1"]


# --- explanations --------------------------------------------------------------------


def test_a_building_is_explained_by_name(region):
    told = explain(plan_of(region), "七政小区2号楼")
    assert told.building == "B2"
    assert str(told).startswith(
        "七政小区 2号楼 (B2), 七政街, with B1, which make one unit, is in zone 1, "
        "run from "
    )
    assert told.center in [region.called(i) for i in range(3)]


def test_a_zone_is_run_from_a_name(region):
    told = explain(plan_of(region, (Pin("1", ("七政小区",)),)), "zone 1")
    assert told.center in [region.called(i) for i in range(3)]
    assert told.rules == ("七政小区 (C1) is in zone 1",)
    with pytest.raises(InputError, match=r"'七政' \(did you mean 七政小区 \(C1\)"):
        explain(plan_of(region), "七政")


# --- what is written -----------------------------------------------------------------


@pytest.fixture(scope="module")
def written(region, tmp_path_factory):
    """A plan as it is written."""
    folder = tmp_path_factory.mktemp("plan")
    plan = plan_of(region, (Pin("1", ("光明小区",)),))
    verdict = zoning.judge(plan)
    result = Result(Status.FEASIBLE, plan, verdict, verdict.total, 0.1)
    zoning.write(folder, result)
    return folder


def test_tables_have_names_beside_ids(written, region):
    table = json.loads((written / "plan.json").read_text("utf-8"))
    labels = [unit.get("label", unit["name"]) for unit in table["units"]]
    assert tuple(labels) == region.labels
    assert table["parameters"]["rules"][0]["buildings"] == ["C2"]
    with (written / "zones.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    label_of = dict(zip(region.names, region.labels, strict=True))
    for row in rows:
        assert row["center_name"] == label_of[row["center"]]
        members = row["members"].split("; ")
        assert row["member_names"].split("; ") == [label_of[x] for x in members]


def ended(*words):
    with pytest.raises(SystemExit) as end:
        main([*map(str, words)])
    return end.value.code


def test_a_written_plan_is_asked_by_name(written, capsys):
    assert ended("explain", written, "--building", "七政小区") == 0
    assert "七政小区 (C1)" in capsys.readouterr().out
    assert ended("explain", written, "--building", "新村小区") == 2
    assert "C3, C4" in capsys.readouterr().err
    assert ended("check", written) == 0
    assert "光明小区 (C2) is in zone 1" in capsys.readouterr().out


def test_a_zone_is_asked_for_by_what_it_holds(written, region, capsys):
    assert ended("explain", written, "--zone", "工人文化宫") == 0
    assert capsys.readouterr().out.startswith("Zone 2 ")
    plan = plan_of(region)
    with pytest.raises(InputError, match=r"C3, C4"):
        zone_with(plan, "新村小区")
    with pytest.raises(InputError, match="no zone C1"):  # an id is no name
        zone_with(plan, "C1")


def test_an_edited_label_is_told(written, tmp_path):
    text = (written / "plan.json").read_text("utf-8")
    (tmp_path / "plan.json").write_text(text.replace("七政小区", "别的", 1), "utf-8")
    told = differences(read_plan(tmp_path / "plan.json"))
    assert any("C1 is 七政小区, the file says 别的" in one for one in told)


def test_maps_show_streets_and_compounds():
    rows = [(x, c, f"Yard {c}", None, None) for x, c, *_ in ROWS[:4]]
    streets = geopandas.GeoDataFrame(
        {"name": ["Hequ Street", "Back Lane"], "highway": ["primary", "residential"]},
        geometry=[LineString([(-20, y), (60, y), (130, y)]) for y in (20.0, -20.0)],
        crs="EPSG:32652",
    )
    read = zoning.read(table(rows), streets=streets)
    plan = zoning.Plan(zoning.Problem(read, 2, tolerance=0.9), [0, 1])
    assert [name for name, _ in named_streets(read, box(-50, -50, 200, 50))] == [
        "Hequ Street",
        "Back Lane",
    ]
    assert [name for name, _ in named_compounds(read)] == ["Yard C1", "Yard C2"]
    figure = draw(plan)
    texts = {text.get_text() for axes in figure.axes for text in axes.texts}
    assert {"Hequ Street", "Yard C1", "Yard C2"} <= texts
