"""Commands that ask what if of a written plan."""

import csv
import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from zoning.analysis.compare import compare
from zoning.check import judge
from zoning.errors import InputError
from zoning.lots import bundle
from zoning.output.write import write
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.read import read
from zoning.result import Result, Status
from zoning.solve import solve


@pytest.fixture(autouse=True)
def desk(monkeypatch, tmp_path):
    """Where files go that are given no place."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def problem(town):
    region = read(
        town / "buildings.geojson",
        unit="compound_id",
        area="floor_area_m2",
        barriers=town / "barriers.geojson",
    )
    return Problem(region, 6, tolerance=0.3)


@pytest.fixture(scope="module")
def best(problem, tmp_path_factory):
    """The folder of the cheapest plan."""
    out = tmp_path_factory.mktemp("plan") / "best"
    result = solve(problem, time_limit=30)
    write(out, result, bundle(result.plan))
    return out


@pytest.fixture(scope="module")
def other(problem, grown, tmp_path_factory):
    """The folder of a plan that was grown, not searched for."""
    plan = grown(replace(problem, tolerance=0.95))
    verdict = judge(plan)
    result = Result(Status.FEASIBLE, plan, verdict, 0, 0.1)
    out = tmp_path_factory.mktemp("plan") / "other"
    write(out, result)
    return out


def rows_of(path):
    with path.open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def total(folder):
    return json.loads((folder / "plan.json").read_text("utf-8"))["cost"]


def test_compare_tells_what_the_files_say_and_draws_maps(run, best, other, tmp_path):
    code, out, _ = run("compare", best, other)
    assert code == 0
    assert f"{total(best):,}" in out
    more = total(other) - total(best)
    assert f"{abs(more):,} yuan a year {'more' if more > 0 else 'less'}" in out
    assert "Gap" not in out  # a written plan alone proves no bound
    first, second = rows_of(tmp_path / "compare" / "compare.csv")
    assert (first["name"], second["name"]) == ("best", "other")
    assert int(second["cost"]) == total(other)
    assert (tmp_path / "compare" / "difference_2.png").stat().st_size > 10_000


def test_plans_of_two_places_cannot_be_compared(run, best, blocks, tmp_path):
    plan = Plan(Problem(blocks(2, 2), 2, tolerance=0.5), [0, 0, 1, 1])
    verdict = judge(plan)
    write(tmp_path / "far", Result(Status.FEASIBLE, plan, verdict, 0, 0.1))
    code, _, err = run("compare", best, tmp_path / "far")
    assert code == 2
    assert "not of one region" in err
    assert not (tmp_path / "compare").exists()


def test_one_plan_cannot_be_compared(run, best):
    code, _, err = run("compare", best)
    assert code == 2
    assert "at least two plans" in err


def test_frontier_writes_every_value_with_its_proof(run, best, tmp_path):
    code, out, _ = run("frontier", best, "--of", "tolerance", "--values", "0.3,0.6")
    assert code == 0
    tight, loose = rows_of(tmp_path / "frontier" / "frontier.csv")
    assert int(tight["cost"]) == total(best)
    assert int(loose["cost"]) <= total(best)
    assert {tight["status"], loose["status"]} == {"optimal"}
    assert f"{total(best):,} yuan a year, proved cheapest" in out
    assert (tmp_path / "frontier" / "frontier.png").stat().st_size > 10_000


def test_frontier_of_zones_tells_what_lots_cost(run, best, tmp_path):
    asked = ("--of", "zones", "--values", "6,5,9999", "--time", 10)
    code, out, _ = run("frontier", best, *asked)
    assert code == 0
    five, six, none = rows_of(tmp_path / "frontier" / "frontier.csv")
    written = json.loads((best / "plan.json").read_text("utf-8"))
    assert int(six["cost"]) == written["cost"]
    assert int(six["cost_in_lots"]) == written["lots"]["cost"]
    assert (six["zones_in_lots"], five["zones_in_lots"]) == ("2 × 3", "1 × 2, 1 × 3")
    assert (none["status"], none["cost_in_lots"]) == ("infeasible", "")
    assert f"{int(six['cost_in_lots']):,}" in out
    told = json.loads((tmp_path / "frontier" / "frontier.json").read_text("utf-8"))
    assert [row["num_zones"] for row in told["rows"]] == [5, 6, 9999]
    assert told["by"] == "lots"
    assert told["reason"] in out
    # lots of another size, and none
    assert run("frontier", best, *asked, "--lot-size", 2)[0] == 0
    assert rows_of(tmp_path / "frontier" / "frontier.csv")[1]["lots"] == "3"
    assert run("frontier", best, *asked, "--lot-size", 0)[0] == 0
    assert "lots" not in rows_of(tmp_path / "frontier" / "frontier.csv")[0]


def test_where_no_value_has_a_plan_nothing_is_written(run, best, tmp_path):
    code, out, err = run("frontier", best, "--of", "zones", "--values", "9999")
    assert code == 1
    assert "Ask for at most" in " ".join(out.split())
    assert "No number of zones has a plan." in out
    assert "No value has a plan" in err
    assert not (tmp_path / "frontier").exists()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("--values", "a few"), "numbers with commas"),
        (("--of", "previous"), "last year's plan"),
        (("--of", "zones", "--values", "2.5"), "whole number"),
    ],
)
def test_what_cannot_be_varied_is_refused(run, best, typed, told):
    code, _, err = run("frontier", best, *typed)
    assert code == 2
    assert told in err


def test_alternatives_are_written_like_any_plan(run, best, tmp_path):
    code, out, err = run(
        *("alternatives", best, "--count", 3, "--within", 0.1, "--lot-size", 2),
        *("--time", 6),
    )
    assert code == 0, err
    assert "Plan 2" in out
    made = tmp_path / "alternatives"
    rows = rows_of(made / "alternatives.csv")
    assert [int(row["cost"]) for row in rows] == [
        total(made / row["plan"]) for row in rows
    ]
    assert all(int(row["cost"]) <= 1.1 * total(best) for row in rows)
    for row in rows:
        plan = json.loads((made / row["plan"] / "plan.json").read_text("utf-8"))
        assert int(row["cost_in_lots"]) == plan["lots"]["cost"]
    assert (made / "alternatives.png").stat().st_size > 10_000
    code, out, _ = run("compare", made / "1", made / "2")
    assert code == 0
    assert f"{100 * float(rows[1]['changed_share']):.1f} %" in out


def test_the_first_alternative_is_never_dearer_than_the_plan(run, best, tmp_path):
    code, _, err = run("alternatives", best, "--count", 2, "--time", 0.5)
    assert code == 0, err
    first = rows_of(tmp_path / "alternatives" / "alternatives.csv")[0]
    assert int(first["cost"]) <= total(best)


def test_plans_of_an_earlier_search_move_away_whole(run, best, tmp_path):
    made = tmp_path / "alternatives"
    for number in (1, 2, 3):
        shutil.copytree(best, made / str(number))
    (made / "3" / "notes").mkdir()
    (made / "3" / "notes" / "ours.txt").write_text("keep me")
    (made / "1" / "stations.csv").write_text("of the former plan 1")
    code, out, err = run("alternatives", best, "--count", 2, "--time", 1)
    assert code == 0, err
    assert not (made / "3").exists()
    assert (made / "older" / "3" / "notes" / "ours.txt").read_text() == "keep me"
    assert total(made / "older" / "3") == total(best)
    assert "Of an earlier search there was more: plan 3; that is now in" in out
    count = len(rows_of(made / "alternatives.csv"))
    folders = {path.name for path in made.iterdir() if path.is_dir()}
    assert folders == {*map(str, range(1, count + 1)), "older"}


def test_plans_with_other_ways_are_not_held_against_one_another(problem):
    region = problem.region
    n = len(region)
    way = np.rint(1.5 * np.linalg.norm(region.xy[:, None] - region.xy[None], axis=2))
    streets = replace(problem, region=replace(region, way=way.astype(np.int32)))
    zone_of = np.arange(n) % 6
    with pytest.raises(InputError, match="follow straight lines, its ways streets"):
        compare([Plan(problem, zone_of), Plan(streets, zone_of)])
