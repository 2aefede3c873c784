"""Rules in written plans: a file alone is judged as the problem it came from."""

import csv
import json
from dataclasses import fields, replace

import numpy as np
import pytest

from zoning.check import judge
from zoning.costs import CostModel
from zoning.errors import InputError
from zoning.output.write import write
from zoning.plan import Plan
from zoning.planfile import changes as plan_changes
from zoning.planfile.changes import change_rows
from zoning.planfile.content import to_dict, to_json
from zoning.planfile.edits import edited
from zoning.planfile.file import read_plan
from zoning.planfile.verify import differences
from zoning.problem import Band, Problem
from zoning.region import Barrier, Region
from zoning.result import Result, Status
from zoning.rules import (
    Border,
    CannotLink,
    Centers,
    Contain,
    Freeze,
    Lock,
    MustLink,
    Pin,
    Previous,
    Radius,
    SoftBarrier,
    Spread,
    Target,
)

WIDE, HIGH = 4, 3
CREEK, WALL = Barrier("Creek", "stream"), Barrier("Wall", "wall")


def board(*, streets=False):
    """4 × 3 units of two buildings, 100 m apart; a creek above the lowest row.

    Units u0 to u3 stand in the lowest row. A wall stands on the creek's bank in the
    east, and between u6 and u7.
    """
    n = WIDE * HIGH
    chance = np.random.default_rng(4)
    xy = np.array([(100.0 * (i % WIDE), 100.0 * (i // WIDE)) for i in range(n)])
    xy += chance.uniform(-20, 20, (n, 2)).round(1)
    cuts = {
        (0, 4): (CREEK,),
        (1, 5): (CREEK,),
        (2, 6): (CREEK,),
        (3, 7): (CREEK, WALL),
        (6, 7): (WALL,),
    }
    beside = [(i, i + 1) for i in range(n) if i % WIDE < WIDE - 1]
    above = [(i, i + WIDE) for i in range(n - WIDE)]
    edges = [pair for pair in [*beside, *above] if pair not in cuts]

    way = np.hypot(*(xy[:, None] - xy[None]).T).round() * 1.4
    return Region(
        names=tuple(f"u{i}" for i in range(n)),
        xy=xy,
        load=chance.integers(60_000, 100_000, n),
        sums={
            "area": chance.integers(4_000, 9_000, n),
            "households": chance.integers(40, 90, n),
            "bins": chance.integers(1, 5, n),
        },
        edges=np.array(edges, np.int32),
        bridges=np.array([(8, 9)], np.int32),
        cut_edges=np.array([*cuts], np.int32),
        cut_by=tuple(cuts.values()),
        costs=CostModel(travel=0.02),
        way=way.astype(np.int32) if streets else None,
        buildings=tuple((f"b{i}w", f"b{i}e") for i in range(n)),
        columns={
            "area": tuple(chance.integers(2_000, 4_500, 2 * n).tolist()),
            "street": tuple(
                "north" if i >= WIDE else "south" for i in range(n) for _ in "we"
            ),
            "club": tuple("ab"[i % 2] for i in range(n) for _ in "we"),
            "fee": tuple(chance.uniform(0.3, 0.8, 2 * n).round(2).tolist()),
            "was": tuple(
                "NSM"[i // WIDE] if i else None for i in range(n) for _ in "we"
            ),
        },
    )


RULES = {
    "none": (),
    "must link": (MustLink(("b5w", "b6e")),),
    "must link two": (MustLink(("b2w", "b3e")), MustLink(("b6e", "b10w"))),
    "must link afar": (MustLink(("b4w", "b11w")),),
    "cannot link": (CannotLink(("b0w", "b4w", "b11e")),),
    "pin": (Pin("North Gate", ("b8w",)), Pin("7", ("b3e",))),
    "lock": (Lock("Old", tuple(f"b{i}{end}" for i in range(4) for end in "we")),),
    "freeze": (Freeze("12", ("u6", "u7", "u10", "u11")),),
    "contain": (Contain("street"),),
    "border": (Border("club", 3_000),),
    "open barrier": (SoftBarrier("Creek"),),
    "soft barriers": (SoftBarrier("stream", 2_500), SoftBarrier("Wall", 700)),
    "radius": (Radius(hard=400.0, soft=140.0, price=4_000),),
    "centers": (Centers(("b1w", "b6e", "b9w", "b3w", "b11e")),),
    "target": (Target("Big", 1.5),),
    "spread": (Spread("fee", 0.5),),
    "previous": (Previous("was", budget=0.9, price=2.5),),
    "soft barrier under a border": (SoftBarrier("Creek", 900), Contain("street")),
    "linked over a soft barrier": (
        SoftBarrier("Creek", 900),
        SoftBarrier("Wall", 5_000),
        MustLink(("b2w", "b6e")),
        MustLink(("b7w", "b11w")),
    ),
    "linked beside a soft barrier": (
        SoftBarrier("Creek", 900),
        SoftBarrier("Wall", 5_000),
        MustLink(("b1w", "b0w")),
        MustLink(("b7w", "b11w")),
    ),
    "many": (
        MustLink(("b2w", "b3w")),
        CannotLink(("b0w", "b11w")),
        Pin("S", ("b4w",)),
        Border("club", 2_000),
        SoftBarrier("Creek", 1_000),
        Radius(hard=500.0, soft=150.0, price=1_000),
        Centers(tuple(f"b{i}w" for i in (1, 2, 5, 6, 8, 10, 11))),
        Previous("was", budget=0.9, price=0.5),
    ),
}


def splits(problem, count, seed):
    """Plans of any kind, most of them torn: labels that were drawn by chance."""
    chance = np.random.default_rng(seed)
    for _ in range(count):
        yield chance.integers(0, 3, len(problem.region))


# Zones of u0 to u11, a row a word from the south: over the creek, then beside it.
DRAWN = ("aabb aabc cccc", "aaaa bbcc bbcc", "aaaa bccc bccc", "aaaa bbbb ccbb")


def some_plan(problem):
    """The first of a few plans drawn by hand that keeps every rule."""
    units = [int(mine[0][1:-1]) for mine in problem.region.buildings]
    for words in DRAWN:
        letters = words.replace(" ", "")
        plan = Plan(problem, np.array([ord(letters[i]) for i in units]))
        if judge(plan).ok:
            return plan
    raise AssertionError(judge(plan).faults)


def result_of(plan):
    verdict = judge(plan)
    return Result(Status.FEASIBLE, plan, verdict, verdict.total - 1_000, 0.5)


def back_from(plan, folder):
    (folder / "plan.json").write_text(to_json(to_dict(result_of(plan))), "utf-8")
    return read_plan(folder / "plan.json")


def assert_same_verdict(one, other):
    for field in fields(one):
        here, there = getattr(one, field.name), getattr(other, field.name)
        assert np.array_equal(here, there), field.name


@pytest.mark.parametrize("streets", [False, True], ids=["straight", "streets"])
@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_a_file_is_judged_as_the_problem_it_came_from(rules, streets, tmp_path):
    problem = Problem(board(streets=streets), 3, tolerance=0.9, rules=rules)
    plan = some_plan(problem)
    back = back_from(plan, tmp_path)
    again = back.plan.problem
    assert again.rules == problem.rules
    assert again.region.equals(problem.region)
    assert again.edited_region.equals(problem.edited_region)
    assert back.plan.equals(plan)
    assert_same_verdict(back.verdict, judge(plan))
    assert differences(back) == []
    for zone_of in splits(problem, 40, 1):  # plans that break rules as well
        assert_same_verdict(judge(Plan(problem, zone_of)), judge(Plan(again, zone_of)))


@pytest.mark.parametrize("streets", [False, True], ids=["straight", "streets"])
@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_anyone_can_recompute_costs_under_rules(rules, streets, tmp_path, recompute):
    problem = Problem(board(streets=streets), 3, tolerance=0.9, rules=rules)
    back_from(some_plan(problem), tmp_path)
    table = json.loads((tmp_path / "plan.json").read_text("utf-8"))
    zones, _ = recompute(tmp_path / "plan.json")
    assert zones == {zone["id"]: zone["cost"] for zone in table["zones"]}
    assert sum(zones.values()) == table["cost"]


def test_crossings_and_long_ways_are_among_the_costs_recomputed():
    """Else the test above would show little."""
    beside = "linked beside a soft barrier"
    for name in ("border", "soft barriers", "radius", beside):
        problem = Problem(board(), 3, tolerance=0.9, rules=RULES[name])
        assert judge(some_plan(problem)).surcharge.sum() > 0, name
    problem = Problem(board(), 3, tolerance=0.9, rules=RULES["previous"])
    assert judge(some_plan(problem)).change_cost > 0


def ruled(*rules):
    return some_plan(Problem(board(), 3, tolerance=0.9, rules=rules))


def written(plan, folder):
    write(folder, result_of(plan))
    return read_plan(folder / "plan.json")


def change(path, edit):
    content = json.loads(path.read_text("utf-8"))
    edit(content)
    path.write_text(json.dumps(content), "utf-8")


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [*csv.DictReader(file)]


# --- what a hand edit of the file is told


def test_a_number_of_a_rule_that_is_wrong_is_told(tmp_path):
    back_from(ruled(Border("club", 3_000)), tmp_path)

    def edit(table):
        table["travel"]["side_price"][0][1] = 7
        table["zones"][0]["surcharge"] = 8

    change(tmp_path / "plan.json", edit)
    told = " ".join(differences(read_plan(tmp_path / "plan.json")))
    assert "Travel: side_price is [[0, 3000], [3000, 0]]" in told
    assert "surcharge is" in told
    assert "the file says 8" in told


def test_a_rule_added_to_a_file_is_judged(tmp_path):
    back_from(ruled(), tmp_path)
    rule = {"rule": "cannot_link", "buildings": ["b0w", "b1w"]}
    change(tmp_path / "plan.json", lambda t: t["parameters"]["rules"].append(rule))
    (fault,) = read_plan(tmp_path / "plan.json").verdict.faults
    assert fault == "b0w, b1w must not share a zone, but all are in zone 1."


def test_edges_that_rules_do_not_make_are_told(tmp_path):
    back_from(ruled(SoftBarrier("Creek")), tmp_path)
    change(tmp_path / "plan.json", lambda t: t["edges"].pop())
    told, edited = differences(read_plan(tmp_path / "plan.json"))
    assert "not what its rules make of before_rules" in told
    assert edited.startswith("Edited since the file was written: edges.")


def test_a_rule_of_an_unknown_kind_is_refused(tmp_path):
    back_from(ruled(Border("club", 3_000)), tmp_path)
    edit = {"rule": "feng_shui"}
    change(tmp_path / "plan.json", lambda t: t["parameters"]["rules"].append(edit))
    with pytest.raises(InputError, match="'feng_shui' is not known; rules are must_li"):
        read_plan(tmp_path / "plan.json")


# --- names of zones


def test_without_names_of_rules_zones_are_numbers(tmp_path):
    written(ruled(Border("club", 3_000)), tmp_path)
    layer = json.loads((tmp_path / "buildings.geojson").read_text("utf-8"))
    assert {f["properties"]["zone"] for f in layer["features"]} == {1, 2, 3}
    assert [row["zone"] for row in rows_of(tmp_path / "zones.csv")] == ["1", "2", "3"]


def test_names_that_are_whole_numbers_stay_numbers_in_tables(tmp_path):
    written(ruled(Pin("12", ("b8w",)), Pin("7", ("b3e",))), tmp_path)
    layer = json.loads((tmp_path / "buildings.geojson").read_text("utf-8"))
    assert {f["properties"]["zone"] for f in layer["features"]} == {1, 7, 12}
    # in the order of numbers, not of words
    assert [row["zone"] for row in rows_of(tmp_path / "zones.csv")] == ["1", "7", "12"]


def test_one_name_that_is_a_word_makes_all_words(tmp_path):
    written(ruled(Pin("North Gate", ("b8w",))), tmp_path)
    layer = json.loads((tmp_path / "buildings.geojson").read_text("utf-8"))
    zones = {f["properties"]["zone"] for f in layer["features"]}
    assert zones == {"1", "2", "North Gate"}


def rezone(layer, building, zone):
    for feature in layer["features"]:
        if feature["properties"]["building"] in building:
            feature["properties"]["zone"] = zone


def test_zones_edited_on_a_map_are_told_by_name(tmp_path):
    back = written(ruled(Pin("North Gate", ("b8w",))), tmp_path)
    assert edited(back, tmp_path / "buildings.geojson") is back
    names = dict(zip("0123", back.names[:1] * 4, strict=True))
    assert names == dict.fromkeys("0123", "1")  # the south is one zone
    pair = ("b0w", "b0e")
    change(tmp_path / "buildings.geojson", lambda x: rezone(x, pair, "North Gate"))
    after = edited(back, tmp_path / "buildings.geojson")
    moved = [
        after.plan.problem.region.names[i]
        for i in range(12)
        if after.names[after.plan.zone_of[i]] != back.names[back.plan.zone_of[i]]
    ]
    assert moved == ["u0"]
    assert set(after.verdict.names) == set(back.names)


def test_a_map_program_may_turn_names_into_numbers_with_a_point(tmp_path):
    back = written(ruled(Pin("12", ("b8w",))), tmp_path)

    def edit(layer):
        for feature in layer["features"]:
            feature["properties"]["zone"] = float(feature["properties"]["zone"])

    change(tmp_path / "buildings.geojson", edit)
    assert edited(back, tmp_path / "buildings.geojson") is back


def test_a_zone_is_called_as_rules_call_it_whatever_was_typed(tmp_path):
    back = written(ruled(Pin("12", ("b8w",))), tmp_path)
    west = [name for i in (4, 5, 8, 9) for name in (f"b{i}w", f"b{i}e")]
    names = {i: back.names[back.plan.zone_of[i]] for i in range(12)}
    assert {names[i] for i in range(12) if f"b{i}w" in west} == {"12"}
    change(tmp_path / "buildings.geojson", lambda x: rezone(x, west, 99))
    after = edited(back, tmp_path / "buildings.geojson")
    assert "99" in after.names
    assert "12" in after.verdict.names
    assert "99" not in after.verdict.names
    assert after.verdict.ok


def test_two_zones_of_one_name_are_told(tmp_path):
    back_from(ruled(), tmp_path)
    change(tmp_path / "plan.json", lambda t: t["zones"][1].update(name="1"))
    with pytest.raises(InputError, match="Zone names repeat: 1"):
        read_plan(tmp_path / "plan.json")


# --- what changes against last year


def reasons(plan):
    return {row["building"]: row["reason"] for row in change_rows(plan)}


def test_without_last_years_plan_nothing_changes(tmp_path):
    plan = ruled(Border("club", 3_000))
    written(plan, tmp_path)
    assert change_rows(plan) == []
    assert not (tmp_path / "changes.csv").exists()
    assert "changed_m2" not in rows_of(tmp_path / "zones.csv")[0]
    assert "surcharge" in rows_of(tmp_path / "zones.csv")[0]


def test_changes_are_those_the_checker_counts(tmp_path):
    """u4 to u7 were zone S, u8 to u11 were M; now the west is S and the east is M."""
    plan = ruled(Previous("was", price=2.5))
    written(plan, tmp_path)
    changed = rows_of(tmp_path / "changes.csv")
    assert {(r["unit"], r["from"], r["to"]) for r in changed} == {
        *(("u8", "M", "S"), ("u9", "M", "S"), ("u6", "S", "M"), ("u7", "S", "M"))
    }
    assert len(changed) == 8
    zones = {row["zone"]: row for row in rows_of(tmp_path / "zones.csv")}
    area = plan.problem.region.area
    assert int(zones["S"]["changed_m2"]) == area[8] + area[9]
    assert int(zones["M"]["changed_m2"]) == area[6] + area[7]
    assert "surcharge" not in zones["S"]
    assert not any(building.startswith("b0") for building in reasons(plan))  # new


def test_putting_back_is_priced_by_the_checker():
    plan = ruled(Previous("was", price=2.5))
    zone_of = plan.zone_of.copy()
    zone_of[9] = zone_of[10]  # u9 into M, which it touches
    less = judge(plan).total - judge(Plan(plan.problem, zone_of)).total
    assert less > 0
    assert reasons(plan)["b9e"] == (
        f"put back, it would cost {less:,} yuan a year less and keep every rule: this "
        "plan is not the best"
    )


def test_putting_back_what_would_leave_a_band_is_told_so():
    # u9 back in M: S, which has just what is allowed, has too little then
    plan = ruled(Previous("was", price=2.5))
    load = judge(plan).load[judge(plan).names.index("S")]
    bands = {"load": Band(int(load), 10**9)}
    bent = Plan(replace(plan.problem, bands=bands), plan.zone_of, plan.names)
    short = int(load - plan.problem.region.load[9])
    assert reasons(bent)["b9e"] == (
        "put back, it would put zone S outside its band: it would have load "
        f"{short:,}; usual are {load:,} to 1,000,000,000"
    )
    assert judge(bent).ok


def test_a_unit_away_from_its_old_zone_is_put_back_with_the_others():
    # u8 touches M only by u9
    told = reasons(ruled(Previous("was", price=2.5)))["b8w"]
    assert told.startswith("put back with u9, it would cost ")


def test_a_rule_that_putting_back_would_break_is_told():
    # u7 and u6 touch by the wall only, and u7 touches S by nothing else
    told = reasons(ruled(Previous("was", price=2.5)))["b7w"]
    assert told == (
        "put back with u6, a rule would be broken: Zone S is torn into 2 parts that do "
        "not touch (one unit of each: u4, u7)."
    )


def test_a_rule_that_names_the_building_is_told():
    plan = ruled(Previous("was", price=2.5), Pin("S", ("b9w",)))
    assert reasons(plan)["b9e"] == "a rule asks for it: b9w is in zone S"


def test_a_zone_that_is_no_more_is_told():
    """Of S, M and N only two can stay where Big is one of three zones."""
    plan = ruled(Previous("was"), Target("Big", 1.0))
    (gone,) = {"N", "S", "M"} - {*judge(plan).names}
    told = {row["reason"] for row in change_rows(plan) if row["from"] == gone}
    (told,) = told
    heirs = sorted({r["to"] for r in change_rows(plan) if r["from"] == gone})
    if len(heirs) == 1:
        assert told == f"zone {gone} is no more: all of it went to zone {heirs[0]}"
    else:
        assert told == (
            f"zone {gone} is no more: it was divided among zones {', '.join(heirs)}"
        )


def test_a_building_goes_along_with_its_unit():
    region = board()
    was = list(region.columns["was"])
    was[8] = "M"  # b4w; the rest of u4 was in S, which is its zone still
    region = replace(region, columns={**region.columns, "was": tuple(was)})
    problem = Problem(region, 3, tolerance=0.9, rules=(Previous("was"),))
    plan = Plan(problem, np.array([0] * 4 + [1, 1, 2, 2] * 2))
    expected = "stays together with the rest of u4, most of which was in zone S"
    area = region.columns["area"]
    if area[8] > area[9]:  # then M is what most of u4 was
        assert reasons(plan)["b4e"] == expected.replace("zone S", "zone M")
    else:
        assert reasons(plan)["b4w"] == expected


def test_the_largest_changes_are_looked_into_first(monkeypatch):
    monkeypatch.setattr(plan_changes, "MANY", 1)
    plan = ruled(Previous("was", price=2.5))
    area = plan.problem.region.area
    largest = max((6, 7, 8, 9), key=lambda i: area[i])
    seen = {
        r["unit"] for r in change_rows(plan) if "not looked into" not in r["reason"]
    }
    assert seen == {f"u{largest}"}


def test_units_that_must_share_a_zone_are_told_to_move_for_that():
    # u8 was in M and u4 in S: with the link they cannot both stay
    link = MustLink(("b8w", "b4w"))
    plan = ruled(Previous("was", price=2.5), link)
    assert reasons(plan)["b8e"] == f"a rule asks for it: {link}"
    # u9 is in no link, and u8 with another of its own zone asks for nothing
    assert not reasons(plan)["b9e"].startswith("a rule asks")
    alike = ruled(Previous("was", price=2.5), MustLink(("b8w", "b9w")))
    assert not reasons(alike)["b8e"].startswith("a rule asks")


def test_a_unit_that_may_not_share_its_old_zone_is_told_to_move_for_that():
    # u10 and u11 stayed in M, where u9 was
    apart = CannotLink(("b9w", "b10w"))
    assert reasons(ruled(Previous("was"), apart))["b9e"] == (
        f"a rule asks for it: {apart}"
    )


def test_of_rules_that_putting_back_would_break_a_planners_is_told_first():
    halves = tuple(
        "south" if i < WIDE else "west" if i % WIDE < 2 else "east"
        for i in range(WIDE * HIGH)
        for _ in "we"
    )
    region = board()
    region = replace(region, columns={**region.columns, "half": halves})
    rules = (Previous("was", price=2.5), Contain("half"))
    plan = some_plan(Problem(region, 3, tolerance=0.9, rules=rules))
    told = reasons(plan)["b7w"]  # to S, which it does not touch, over a border
    assert "broken: Zone S crosses a border of half" in told
    assert told.endswith("(and 1 more)")
