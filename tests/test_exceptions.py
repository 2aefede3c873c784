"""Zones outside bands that bend: their reasons, and where they are told."""

import csv
import json
import shutil
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

import zoning
from zoning import Band, Excess, Plan, Problem, Reason, Region, judge, rules, solve
from zoning.analysis.compare import compare
from zoning.analysis.explain import explain
from zoning.check.balance_words import told_exceptions
from zoning.planfile.content import to_dict
from zoning.planfile.file import read_plan
from zoning.planfile.papers import fingerprint
from zoning.plot.outside import OUTSIDE
from zoning.plot.plan import draw

RIGHT = 0


def row(*loads, apart=()):
    """Units a, b, ... in a row at one place, so that nothing travels."""
    names = "abcdefghij"[: len(loads)]
    graph = nx.path_graph(list(names))
    graph.remove_edges_from(apart)
    for name, load in zip(names, loads, strict=True):
        graph.nodes[name].update(x=0.0, y=0.0, load=load)
    return Region.from_networkx(graph)


def reasons(problem, *labels, names=()):
    verdict = judge(Plan(problem, labels, names))
    assert verdict.ok, verdict.faults
    return [(one.reason, one.units, one.alone) for one in verdict.exceptions]


def asked(region, count, share=1_000, **more):
    return Problem(region, count, tolerance=0.1, fair_share=share, **more)


def test_a_unit_too_heavy_alone_is_the_reason():
    problem = asked(row(3_000, 1_000, 1_000), 3)
    assert reasons(problem, 0, 1, 2) == [(Reason.UNIT, ("a",), 3_000)]


def test_a_heavy_unit_is_the_reason_where_a_pocket_was_joined_to_it():
    problem = asked(row(200, 3_000, 1_000), 2)
    assert reasons(problem, 0, 0, 1) == [(Reason.UNIT, ("b",), 3_000)]


def test_units_that_are_too_much_together_only_are_no_reason():
    problem = asked(row(900, 900, 1_000), 2)
    assert reasons(problem, 0, 0, 1) == [(Reason.OTHER, (), 0)]


def test_a_part_that_touches_nothing_is_a_pocket():
    problem = asked(row(300, 1_000, 1_000, apart=[("a", "b")]), 3)
    assert reasons(problem, 0, 1, 2) == [(Reason.POCKET, (), 0)]


def test_a_light_zone_shut_in_by_a_heavy_unit_is_a_pocket():
    problem = asked(row(300, 3_000, 1_000), 3)
    assert reasons(problem, 0, 1, 2)[0] == (Reason.POCKET, ("b",), 0)


def test_a_light_zone_beside_units_that_it_could_have_is_no_pocket():
    # c could join a, were it not with the heavy b: no zone shuts a in
    problem = asked(row(300, 700, 3_000), 2)
    found = reasons(problem, 0, 1, 1)
    assert found == [(Reason.OTHER, (), 0), (Reason.UNIT, ("c",), 3_000)]


def test_a_locked_zone_is_outside_by_a_rule():
    lock = rules.Lock("old", ("a", "b"))
    problem = asked(row(900, 900, 1_000), 2, rules=(lock,))
    found = reasons(problem, 0, 0, 1, names=("old", "2"))
    assert found == [(Reason.RULE, (), 0)]


def test_units_that_must_share_a_zone_are_outside_by_a_rule():
    together = rules.MustLink(("a", "b"))
    problem = asked(row(900, 900, 1_000), 2, rules=(together,))
    assert reasons(problem, 0, 0, 1) == [(Reason.RULE, ("a", "b"), 1_800)]


def test_a_rule_is_no_reason_where_its_units_fit_a_zone():
    together = rules.MustLink(("a", "b"))
    problem = asked(row(500, 500, 900, 1_000), 2, rules=(together,))
    assert reasons(problem, 0, 0, 0, 1) == [(Reason.OTHER, (), 0)]


def test_another_band_has_reasons_by_its_own_sum():
    region = row(1_000, 1_000, 1_000)
    region = replace(region, sums={**region.sums, "homes": np.array([90, 10, 10])})
    problem = asked(region, 3, bands={"homes": Band(10, 20)}, bend={"homes": 7})
    (one,) = judge(Plan(problem, [0, 1, 2])).exceptions
    assert (one.band, one.reason, one.alone, one.yuan) == ("homes", "unit", 90, 490)
    assert one.because == "a alone has homes 90"


def test_nothing_is_told_of_a_plan_within_its_bands():
    assert [*told_exceptions((), 5, 0)] == []


def exception(zone, reason=Reason.UNIT, **more):
    return Excess(zone, "cost", 500, 300, 400, 100, reason, **more)


def test_an_unproved_total_is_told_with_its_bound():
    told = [*told_exceptions([exception("1", Reason.OTHER)], 4, 60)]
    assert told == [
        "1 of 4 zones lies outside the balance by 100 yuan in all; no plan has less "
        "than 60.",
        "Not in balance with others: zone 1 by 100; nothing better was found.",
    ]


def test_a_proved_total_is_told_so():
    told = " ".join(told_exceptions([exception("1", Reason.OTHER)], 4, 100))
    assert "in all, proved the least possible." in told
    assert "no plan lies outside by less in all" in told
    assert "nothing better" not in told


def test_of_many_zones_a_few_are_told():
    many = [exception(str(k), units=(f"u{k}",), alone=500) for k in range(9)]
    _, told = told_exceptions(many, 20, 900)
    assert told.count("because") == 3
    assert told.endswith("because u2 alone costs 500; and 6 more.")


def test_zones_are_told_the_farthest_first():
    some = [exception(str(k), Reason.OTHER) for k in (10, 9, 2)]
    some[1] = replace(some[1], yuan=700)
    told = [*told_exceptions(some, 20)][1]
    assert told == (
        "Not in balance with others: zone 9 by 100, zone 2 by 100, zone 10 by 100."
    )


def test_zones_are_counted_once_whatever_bands_they_are_outside_of():
    other = replace(exception("1"), band="homes")
    head, *_ = told_exceptions([exception("1"), other], 4, 0)
    assert head.startswith("1 of 4 zones lies outside the bands of cost and homes")


def test_a_wide_gap_is_told_beside_what_lies_outside_bands():
    gap = Excess("2", "gap", 1_900, 0, 300, 0, Reason.BRIDGE, ("a", "b"))
    told = (
        "Held together only by a bridge longer than allowed: zone 2 over 1,900 m (300 "
        "allowed), because only the way from a to b joins its parts."
    )
    assert [*told_exceptions([gap], 9, 0)] == [told]
    both = [*told_exceptions([exception("1", Reason.OTHER), gap], 9, 0)]
    assert both[0].startswith("1 of 9 zones lies outside the balance by 100 yuan")
    assert both[1] == told


@pytest.fixture(scope="module")
def bent(tmp_path_factory):
    """A plan with a unit too heavy and a pocket, and its folder."""
    region = row(9_000, 1_000, 1_000, 1_000, 1_000, 300, apart=[("e", "f")])
    problem = Problem(region, 4, tolerance=0.2)
    result = solve(problem, time_limit=20)
    folder = tmp_path_factory.mktemp("bent")
    zoning.write(folder, result)
    return result, folder


def test_a_written_plan_is_read_back_with_its_exceptions(bent):
    result, folder = bent
    back = read_plan(folder / "plan.json")
    assert back.verdict.exceptions == result.verdict.exceptions
    assert {one.reason for one in back.verdict.exceptions} == {"unit", "pocket"}
    assert back.plan.problem.excess_price == result.plan.problem.excess_price
    assert not back.plan.problem.strict


def test_a_file_tells_what_was_left_out_of_the_fair_share(bent):
    table = json.loads((bent[1] / "plan.json").read_text("utf-8"))
    assert table["parameters"]["left_out"] == {"heavy": [[0]], "pockets": [[5]]}
    assert table["excess"] == table["excess_bound"] == bent[0].excess > 0


def test_papers_fit_a_plan_whatever_is_proved_of_its_excess(bent):
    table = json.loads((bent[1] / "plan.json").read_text("utf-8"))
    assert fingerprint({**table, "excess_bound": 0}) == fingerprint(table)
    assert fingerprint({**table, "excess": 0}) != fingerprint(table)


def test_zones_csv_tells_how_far_outside_and_why(bent):
    with (bent[1] / "zones.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    told = {one["members"]: one["excess_reason"] for one in rows}
    assert told["a"] == "unit: a alone costs 9,000"
    assert told["f"] == "pocket: it touches no other zone"
    assert sum(int(one["excess"]) for one in rows) == bent[0].excess


def test_check_tells_exceptions_and_finds_no_fault(bent, run):
    code, told, _ = run("check", bent[1])
    assert code == RIGHT
    assert "2 of 4 zones lie outside the balance" in told
    assert "because a alone costs 9,000" in told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t["zones"][0]["outside"].clear(), "outside is"),
        (lambda t: t.update(excess=1), "excess is"),
        (lambda t: t.update(excess_bound=10**6), "is the least there can be"),
        (lambda t: t.update(excess_bound=0), "only 0 is proved"),
        (lambda t: t["parameters"].update(bend={"cost": 2}), "excess is"),
        (lambda t: t["parameters"].update(strict=True), "allowed are"),
        (lambda t: t["parameters"]["left_out"]["heavy"].append([1]), "left out: b"),
        (lambda t: t["parameters"]["left_out"]["pockets"].append([0]), "left out: a"),
    ],
)
def test_check_finds_what_was_edited(bent, run, tmp_path, change, told):
    table = json.loads((bent[1] / "plan.json").read_text("utf-8"))
    del table["digests"]
    change(table)
    (tmp_path / "plan.json").write_text(json.dumps(table), "utf-8")
    code, out, _ = run("check", tmp_path)
    assert code != RIGHT
    assert told in out


def test_bands_of_older_files_do_not_bend(run, tmp_path):
    problem = Problem(row(1_000, 1_000, 1_000), 3, tolerance=0.2)
    table = to_dict(solve(problem, time_limit=10))
    for key in ("excess", "excess_bound", "digests"):
        del table[key]
    for key in ("strict", "bend", "left_out"):
        del table["parameters"][key]
    for zone in table["zones"]:
        del zone["outside"]
    (tmp_path / "plan.json").write_text(json.dumps(table), "utf-8")
    assert read_plan(tmp_path / "plan.json").plan.problem.strict
    assert run("check", tmp_path)[0] == RIGHT


def test_explain_tells_why_a_zone_is_outside_and_what_it_would_take(bent):
    plan = bent[0].plan
    names = bent[0].verdict.names
    heavy, pocket = (
        str(explain(plan, f"zone {names[plan.zone_of[unit]]}")) for unit in (0, 5)
    )
    assert "because a alone costs 9,000. It would take a divided" in heavy
    assert "No tolerance would allow it." in heavy
    assert "because it touches no other zone. It would take a way" in pocket
    # the share of the four others, 1,000 a unit in two zones, is 2,000 and 300 is
    # 85 % below
    assert "A tolerance of 0.85 would allow it." in pocket


def test_explain_of_a_building_tells_why_its_zone_is_outside(bent):
    told = str(explain(bent[0].plan, "a"))
    assert "because a alone costs 9,000. It would take a divided" in told
    assert "because" not in str(explain(bent[0].plan, "b"))


def edit_zones(folder, to, **zone_of):
    """The written plan in a folder of its own, units put by hand into other zones."""
    shutil.copytree(folder, to, dirs_exist_ok=True)
    layer = json.loads((to / "buildings.geojson").read_text("utf-8"))
    for feature in layer["features"]:
        row = feature["properties"]
        row["zone"] = zone_of.get(row["building"], row["zone"])
    (to / "buildings.geojson").write_text(json.dumps(layer), "utf-8")


def test_an_edit_that_puts_zones_farther_outside_has_no_bound_of_nearer_plans(
    bent, run, tmp_path
):
    names, zone_of = bent[0].verdict.names, bent[0].plan.zone_of
    edit_zones(bent[1], tmp_path, b=names[zone_of[0]])  # 1,000 more with the heavy a
    code, told, _ = run("check", tmp_path)
    assert code == RIGHT
    assert "They lie outside their bands by" in told
    assert run("adopt", tmp_path)[0] == RIGHT
    table = json.loads((tmp_path / "plan.json").read_text("utf-8"))
    assert table["excess"] > table["excess_bound"] == bent[0].excess
    assert table["bound"] == 13_300  # loads alone: a nearer plan may cost more
    assert table["status"] == "feasible"
    assert run("check", tmp_path)[0] == RIGHT


def test_compare_counts_zones_outside_and_tells_which_plan_lies_farther():
    region = row(2_000, 1_000, 1_000, 1_000)
    problem = asked(region, 3)
    # a alone is 900 above 1,100, and so are c and d together; a and b are 1,900 above
    near, far = (Plan(problem, labels) for labels in ([0, 1, 2, 2], [0, 0, 1, 2]))
    found = compare([near, far])
    assert [(one.outside, one.excess) for one in found.rows] == [(2, 1_800), (1, 1_900)]
    assert found.words[0].endswith(
        "Its zones lie 100 yuan farther outside the balance."
    )
    assert "Zones outside the balance" in str(found)


def words_of(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def hatched(figure):
    return [
        patch
        for axes in figure.axes
        for patch in axes.patches
        if patch.get_hatch() == OUTSIDE.pattern
    ]


def test_a_map_hatches_zones_outside_and_says_so(bent):
    figure = draw(bent[0].plan, result=bent[0])
    told = words_of(figure)
    assert {"Outside the balance", OUTSIDE.name} <= {*told}
    assert "2 of 4" in told
    assert any(one.endswith("the least possible") for one in told)
    names, zone_of = bent[0].verdict.names, bent[0].plan.zone_of
    assert f"One unit alone is too large: {names[zone_of[0]]}" in told
    assert f"Cut off, and too light: {names[zone_of[5]]}" in told
    assert len(hatched(figure)) == 3  # two zones, and the legend


def test_a_map_of_a_plan_within_its_bands_has_no_hatching():
    plan = Plan(Problem(row(1_000, 1_000, 1_000), 3, tolerance=0.2), [0, 1, 2])
    figure = draw(plan)
    assert not hatched(figure)
    assert "Outside the balance" not in words_of(figure)
