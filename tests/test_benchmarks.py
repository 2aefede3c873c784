"""A smoke of each benchmark command; the long runs are started by hand."""

import importlib.util
import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import (
    excess,
    instances,
    peers,
    published,
    region_sizes,
    report,
    rows,
    run,
)
from benchmarks.peer_methods import METHODS, Task
from benchmarks.whole_zones import made_whole
from zoning.check import judge
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.region import Region
from zoning.result import Result, Status, Step

SHARED = rows.ROOT.parent / "shared" / "instances"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("instances")
    run.write_tiny(folder)
    return folder


@pytest.fixture(scope="module")
def solved(folder, tmp_path_factory):
    """Rows of the tiny instances, and the code the command ended with."""
    out = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    given = ["--instances", str(folder), "--time", "3", "--workers", "1"]
    code = published.main([*given, "--out", str(out)])
    return out, code, {row["instance"]: row for row in rows.read_rows(out)}


def path_of_four():
    """Four units in a line, loads 3, 3, 3 and 3."""
    xy = [[0, 0], [100, 0], [200, 0], [300, 0]]
    edges = [[0, 1], [1, 2], [2, 3]]
    region = Region(tuple("abcd"), np.array(xy, float), [3] * 4, edges=edges)
    return Problem(region, 2, tolerance=0.2, travel=np.zeros((4, 4), int))


def one_heavy():
    """Seven units in a line, the middle one too heavy for a zone around 30."""
    xy = np.array([[100.0 * i, 0] for i in range(7)])
    edges = [[i, i + 1] for i in range(6)]
    load = [10, 10, 10, 90, 10, 10, 10]
    region = Region(tuple("abcdefg"), xy, load, edges=edges)
    return Problem(region, 3, travel=np.zeros((7, 7), int), fair_share=30)


def test_published_costs_are_in_the_instances_own_units(solved):
    _, code, found = solved
    assert code == 0
    squares = found["tiny_squares"]
    assert squares["cost"] == pytest.approx(0.034)  # 2 zones × 1,000 × 17 km² / 1e6
    assert squares["bound"] <= squares["cost"]
    assert squares["compared"] == "met"
    assert len(squares["labels"]) == 8
    assert len(squares["centers"]) == 2
    median = found["tiny_median"]
    assert median["cost"] == pytest.approx(2 + 2 * 2**0.5)  # √2 twice, 1 twice
    assert median["bound"] <= median["cost"]
    assert median["compared"] == "met"


def test_an_infeasible_instance_has_no_numbers_but_a_reason(solved):
    row = solved[2]["tiny_impossible"]
    assert row["status"] == "infeasible"
    assert row["cost"] is row["bound"] is row["labels"] is None
    assert row["reason"]
    assert row["compared"] == "infeasible, as published"


def test_a_row_says_how_to_repeat_it(solved):
    row = solved[2]["tiny_squares"]
    assert row["commit"]
    assert row["machine"]
    assert set(row["versions"]) == {"python", "ortools", "numba", "numpy", "highspy"}
    assert (row["seed"], row["time_limit"], row["workers"]) == (0, 3.0, 1)


def test_finished_rows_are_not_run_again(folder, solved):
    out = solved[0]
    before = out.read_bytes()
    given = ["--instances", str(folder), "--time", "3", "--workers", "1"]
    published.main([*given, "--out", str(out)])
    assert out.read_bytes() == before


def test_a_line_cut_off_by_a_crash_is_passed_over(tmp_path):
    path = tmp_path / "rows.jsonl"
    rows.append(path, {"status": "optimal", "instance": "a"})
    with path.open("a") as file:
        file.write('{"status": "opt')
    rows.append(path, {"status": "optimal", "instance": "b"})
    assert [row["instance"] for row in rows.read_rows(path)] == ["a", "b"]
    assert rows.finished(path, ("instance",)) == {("a",), ("b",)}


def test_long_labels_become_a_digest(tmp_path):
    path = tmp_path / "rows.jsonl"
    labels = [*range(100)]
    rows.append(path, {"labels": labels}, largest=50)
    (row,) = rows.read_rows(path)
    assert row == {"labels": None, "labels_sha256": rows.digest(labels)}


def put(tmp_path, **changed):
    data = {"name": "x", "n": 2, "k": 1, "edges": None} | changed
    data.setdefault(
        "nodes", [{"id": 0, "w": 2, "x": 0, "y": 0}, {"id": 1, "w": 3, "x": 3, "y": 4}]
    )
    path = tmp_path / "x.json"
    path.write_text(json.dumps(data))
    return path


@pytest.mark.parametrize(
    ("told", "cost"),
    [
        ({"family": "cpmp"}, 5.0),  # the way from (0, 0) to (3, 4)
        ({"distance": "floor(1.1 * d)", "family": "cpmp"}, 5.0),
        ({"family": "grid_hess"}, 2 * 500**2),  # served from the heavier one
        ({"edges": [[0, 1]], "family": "us2010"}, 0.0),  # 5 m are 0 km
        (
            {"distance": "d not rounded", "objective": "sum w_i d(i,c)^2"},
            2 * 5**2,
        ),
    ],
)
def test_objectives_are_read_from_what_a_file_says(tmp_path, told, cost):
    instance = instances.read_instance(put(tmp_path, **told))
    assert instance.cost([0, 0])[0] == pytest.approx(cost)


def test_missing_fields_are_no_hindrance(tmp_path):
    instance = instances.read_instance(put(tmp_path), "pmedian")
    assert instance.objective.name == "pmedian"
    assert instance.problem.region.is_complete
    assert instance.problem.bands["load"].high == 5


def test_different_capacities_are_told_to_be_unsupported(tmp_path):
    nodes = [{"id": i, "w": 1, "x": i, "y": 0, "cap": 3 + i} for i in range(2)]
    path = put(tmp_path, nodes=nodes, family="cpmp")
    with pytest.raises(instances.UnsupportedError, match="capacities differ"):
        instances.read_instance(path)
    out = tmp_path / "rows.jsonl"
    published.main(["--instances", str(tmp_path), "--out", str(out)])
    (row,) = rows.read_rows(out)
    assert row["status"] == "unsupported"


def test_the_plain_checker_finds_torn_and_heavy_zones(folder):
    squares = instances.read_instance(folder / "tiny_squares.json")
    assert squares.faults([0, 0, 1, 1, 0, 0, 1, 1]) == []
    assert squares.faults([0, 0, 0, 1, 1, 0, 1, 1]) == ["zone 1 is torn"]
    assert "weighs 5000" in squares.faults([0, 0, 0, 1, 0, 0, 1, 1])[0]


def test_a_bound_above_the_published_cost_shouts():
    value = instances.Published(100.0, "100.0", infeasible=False, source="")
    row = {"status": "feasible", "cost": 110.0, "bound": 99.0}
    assert published.compare(row, value) == "10.00 % above"
    row["bound"] = 101.0
    assert published.compare(row, value) == "BOUND ABOVE PUBLISHED COST"
    row |= {"cost": 98.0, "bound": 97.0}
    assert published.compare(row, value) == "beaten"
    row |= {"status": "infeasible", "cost": None, "bound": None}
    assert published.compare(row, value).isupper()


def test_published_plans_cost_what_was_published():
    """Our reading of an objective, against the plans that came with the instances."""
    if not SHARED.exists():
        pytest.skip(f"{SHARED} is not there")
    for path in instances.find(SHARED, "cpmp/*1*"):
        told = json.loads(path.read_text())["results"]["cpmp"]
        instance = instances.read_instance(path)
        cost, _ = instance.cost(told["plan"])
        assert cost == pytest.approx(told["plan_value"], abs=1e-4), path.name
        assert instance.faults(told["plan"]) == []
        verdict = judge(Plan(instance.problem, told["plan"]))
        assert verdict.ok
        assert instance.value(verdict.total) <= cost + 1e-9


@pytest.mark.slow
@pytest.mark.usefixtures("compiled")
def test_a_town_is_measured_in_its_own_process(tmp_path):
    out = tmp_path / "rows.jsonl"
    given = ["--sizes", "50", "--real", "", "--time", "60", "--workers", "1"]
    region_sizes.main([*given, "--out", str(out)])
    (row,) = rows.read_rows(out)
    assert (row["n"], row["zones"]) == (50, 9)
    assert row["cost"] >= row["bound"]
    assert 0 <= row["seconds_to_plan"] <= row["seconds"] + 1
    assert 0 <= row["travel_gap"] <= 1
    assert row["memory_mb"] > 50


def test_cost_at_a_second_is_that_of_the_last_plan_before():
    trace = (Step(1.0, None, 5, ""), Step(2.0, 9, 5, ""), Step(12.0, 8, 5, ""))
    result = Result(Status.FEASIBLE, None, None, 5, 20.0, trace=trace)
    assert region_sizes.cost_at(result, 1) is None
    assert region_sizes.cost_at(result, 10) == 9
    assert region_sizes.cost_at(result, 15) == 8


def method(name, problem, seconds=1.0):
    """Plans a method reports when run here, in this process."""
    package = METHODS[name][1]
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed: pip install '.[bench]'")
    told = []
    task = Task(problem, time.monotonic() + seconds, 0, 1, {})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        METHODS[name][0](task, lambda labels: told.append(np.asarray(labels)))
    return told


LIGHT = [x for x in METHODS if x not in ("zoning",) and not x.startswith("spopt")]


@pytest.mark.parametrize("name", LIGHT)
def test_a_peer_labels_every_unit(name):
    told = method(name, path_of_four(), seconds=0.3)
    assert told
    assert all(labels.shape == (4,) for labels in told)


def test_the_plain_model_keeps_all_rules():
    problem = path_of_four()
    best = method("cpsat-plain", problem)[-1]
    assert judge(Plan(problem, best)).ok


@pytest.mark.slow
def test_a_peer_that_is_late_or_fails_is_a_row(tmp_path, monkeypatch):
    out = tmp_path / "rows.jsonl"
    monkeypatch.setattr(peers, "GRACE", 0.0)
    given = ["--cases", "old_town_50:8", "--peers", "zoning,cpsat-plain"]
    peers.main([*given, "--time", "1.5", "--out", str(out)])
    ours, plain = rows.read_rows(out)
    assert (ours["peer"], plain["peer"]) == ("zoning", "cpsat-plain")
    assert plain["status"] in ("finished", "stopped", "timed out", "no plan")
    if ours["status"] == "finished":
        assert (ours["broken"], ours["torn"], ours["zones_made"]) == (0, 0, 8)


@pytest.mark.parametrize("name", ["metis", "kahip", "gerrychain"])
def test_a_peer_makes_plans_where_bands_bend(name):
    problem = one_heavy()
    told = [judge(Plan(problem, labels)) for labels in method(name, problem, 0.3)]
    assert all(verdict.ok for verdict in told)
    # the heavy unit alone is outside by 90 - 33, whatever becomes of the others
    assert min(verdict.excess for verdict in told) == 57


def test_heavy_units_are_weighed_by_what_a_zone_may_cost():
    task = Task(one_heavy(), 0.0, 0, 1, {})
    assert task.capped.tolist() == [10, 10, 10, 33, 10, 10, 10]
    assert sorted((len(units), k) for units, k in task.pieces_apart) == [
        (1, 1),
        (3, 1),
        (3, 1),
    ]
    assert [k for _, k in task.pieces] == [3]


def test_torn_and_missing_zones_are_mended():
    problem = one_heavy()
    for labels in ([0, 1, 0, 1, 0, 1, 0], [0] * 7, [0, 0, 0, 1, 0, 2, 3]):
        found = made_whole(problem, np.array(labels), np.random.default_rng(0))
        assert judge(Plan(problem, found)).ok


def test_a_plan_is_better_by_excess_then_by_cost_where_bands_bend():
    problem = one_heavy()
    plans = ([0, 0, 0, 1, 2, 2, 2], [0, 0, 1, 1, 2, 2, 2], [0, 1, 0, 2, 2, 2, 2])
    best, outside, torn = (Plan(problem, np.array(labels)) for labels in plans)
    ranks = [peers._rank(plan, judge(plan)) for plan in (best, outside, torn)]
    assert ranks == sorted(ranks)
    assert ranks[0] == (0, 57, 150)
    assert peers.measured(best)["excess"] == 57


@pytest.mark.slow
@pytest.mark.usefixtures("compiled")
def test_excess_is_measured_by_the_same_measure_for_all(tmp_path, capsys):
    out = tmp_path / "rows.jsonl"
    given = ["--cases", "old_town_20,qizheng_like", "--data", str(tmp_path)]
    given += ["--peers", "zoning,metis", "--time", "5", "--out", str(out)]
    excess.main(given)
    assert "qizheng_like" in capsys.readouterr().out
    for row in rows.read_rows(out):
        case = excess.bent_case("old_town_20")
        verdict = judge(Plan(case.problem, row["labels"]))
        assert verdict.ok
        assert (row["excess"], row["cost"]) == (verdict.excess, verdict.total)
        assert row["cpu"] > 0
        assert row.get("excess_bound", 0) <= row["excess"]


def test_the_page_is_that_of_the_stored_rows(tmp_path):
    page = tmp_path / "benchmarks.md"
    report.main(["--out", str(page)])
    stored = (rows.ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert page.read_text(encoding="utf-8") == stored, "run benchmarks/report.py"


def test_measured_counts_broken_and_torn_zones():
    row = peers.measured(Plan(path_of_four(), np.array([0, 1, 0, 0])))
    assert (row["torn"], row["broken"], row["zones_made"]) == (1, 2, 2)


def test_the_page_holds_the_numbers_of_the_rows(solved, tmp_path):
    results = tmp_path / "results"
    context = {"date": "2026-01-01", "commit": "abc", "machine": "m", "versions": {}}
    setting = {"time_limit": 3.0, "workers": 1, "seed": 0}
    case = {"tolerance": 0.1, "n": 50, "zones": 9, "status": "optimal", "k": None}
    sizes = {"bench": "region_sizes", "instance": "old_town_50", "seconds": 1.5}
    sizes |= {"seconds_to_plan": 0.25, "memory_mb": 321, "travel_gap": 0.0123}
    peer = {"bench": "peers", "instance": "old_town_50", "peer": "metis"}
    peer |= {"broken": 2, "torn": 1, "zones_made": 9, "travel": 777, "cost": 8888}
    for row in (sizes, peer):
        rows.append(results / "a.jsonl", context | setting | case | row)
    for row in solved[2].values():
        rows.append(results / "b.jsonl", row)
    page = tmp_path / "docs" / "benchmarks.md"
    report.main(["--results", str(results), "--out", str(page)])
    text = page.read_text(encoding="utf-8")
    for told in ("0.034", "tiny_median", "infeasible", "1.23 %", "321", "777", "8,888"):
        assert told in text
    assert (tmp_path / "docs" / "img" / "sizes.png").stat().st_size > 1_000


def test_the_page_says_where_rows_are_missing(tmp_path):
    page = tmp_path / "benchmarks.md"
    report.main(["--results", str(tmp_path), "--out", str(page)])
    assert page.read_text(encoding="utf-8").count("No rows yet") == 7


def test_folders_of_plans_differ_but_for_seconds(tmp_path):
    from benchmarks.same_plans import differences

    for name, cost, seconds in (("a", 5, 1.0), ("b", 5, 2.0), ("c", 6, 1.0)):
        (tmp_path / name).mkdir()
        text = json.dumps({"cost": cost, "solve": [{"seconds": seconds}]})
        (tmp_path / name / "plan.json").write_text(text)
    assert not [*differences(tmp_path / "a", tmp_path / "b")]
    assert [*differences(tmp_path / "a", tmp_path / "c")] == ["plan.json"]
    (tmp_path / "b" / "zones.csv").write_text("zone\n")
    assert [*differences(tmp_path / "a", tmp_path / "b")] == ["zones.csv"]
