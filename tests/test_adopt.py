"""Hand edits are refused until they are adopted; papers of a former plan move away."""

import json
import shutil

import numpy as np
import pytest

from zoning.check import judge
from zoning.lots import bundle
from zoning.output import money, stations
from zoning.output.write import write
from zoning.plan import Plan
from zoning.planfile import papers
from zoning.planfile.file import read_plan
from zoning.problem import Problem
from zoning.read import read
from zoning.result import Result, Status
from zoning.tender import files as award_files

pytestmark = pytest.mark.usefixtures("undrawn")


@pytest.fixture(scope="module")
def plan(town, grown):
    """Six zones, almost as unlike as they like."""
    region = read(
        town / "buildings.geojson",
        unit="compound_id",
        area="floor_area_m2",
        barriers=town / "barriers.geojson",
    )
    return grown(Problem(region, 6, tolerance=0.95))


@pytest.fixture(scope="module")
def once(plan, tmp_path_factory):
    out = tmp_path_factory.mktemp("plan") / "out"
    verdict = judge(plan)
    result = Result(Status.FEASIBLE, plan, verdict, verdict.total - 500, 0.1)
    write(out, result, bundle(plan, size=2), settings={"seed": 7})
    return out


@pytest.fixture
def planned(once, tmp_path):
    return shutil.copytree(once, tmp_path / "out")


def moves(plan):
    """Each unit that may go to another zone, with that zone and the plan then."""
    region = plan.problem.region
    for a, b in np.concatenate([region.edges, region.edges[:, ::-1]]).tolist():
        if plan.zone_of[a] != plan.zone_of[b]:
            zone_of = plan.zone_of.copy()
            zone_of[a] = plan.zone_of[b]
            yield a, int(plan.zone_of[b]), Plan(plan.problem, zone_of)


@pytest.fixture(scope="module")
def kept(plan):
    """A move into a zone of another lot that keeps every rule."""
    lot_of = {k: lot.zones for lot in bundle(plan, size=2).lots for k in lot.zones}
    return next(
        move
        for move in moves(plan)
        if judge(move[2]).ok and lot_of[move[1]] != lot_of[plan.zone_of[move[0]]]
    )


@pytest.fixture(scope="module")
def broken(plan):
    """A move into a zone that does not touch: it is torn then."""
    for unit, zone in np.ndindex(len(plan.zone_of), plan.num_zones):
        zone_of = plan.zone_of.copy()
        zone_of[unit] = zone
        other = Plan(plan.problem, zone_of)
        if other.num_zones == plan.num_zones and not judge(other).ok:
            return unit, zone, other
    raise AssertionError


def table(folder):
    return json.loads((folder / "plan.json").read_text("utf-8"))


def put(folder, plan, unit, zone):
    """Write another zone, and only that, into the rows of a unit's buildings."""
    path = folder / "buildings.geojson"
    content = json.loads(path.read_text("utf-8"))
    name = judge(plan).names[zone]
    ids = plan.problem.region.buildings[unit]
    for row in content["features"]:
        if str(row["properties"]["id"]) in ids:
            row["properties"]["zone"] = int(name)
    path.write_text(json.dumps(content), "utf-8")


def state(folder):
    return {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize(
    "command",
    [
        ["money"],
        ["stations"],
        ["award", "--bids", "none.csv"],
        ["compare", "OTHER", "--out", "OUT"],
        ["explain", "--zone", "1"],
        ["bundle", "--size", "3"],
        ["bundle", "--size", "3", "--out", "OUT"],
        ["alternatives", "--out", "OUT"],
        ["frontier", "--out", "OUT"],
    ],
    ids=lambda words: " ".join(words[:1] + words[-2:-1]),
)
def test_no_command_goes_on_with_a_plan_that_was_edited(
    run, planned, once, plan, kept, tmp_path, command
):
    put(planned, plan, *kept[:2])
    before = state(planned)
    places = {"OTHER": once, "OUT": tmp_path / "new"}
    first, *more = [places.get(word, word) for word in command]
    code, _, err = run(first, planned, *more)
    assert code == 2
    assert f"`zoning adopt {planned}`" in err
    assert state(planned) == before
    assert not (tmp_path / "new").exists()


def test_an_edit_that_keeps_the_rules_is_adopted(run, planned, plan, kept):
    unit, zone, wanted = kept
    put(planned, plan, unit, zone)
    code, out, _ = run("check", planned)
    assert code == 0, out
    code, out, _ = run("adopt", planned)
    assert code == 0, out
    written = read_plan(planned / "plan.json")
    assert written.plan.equals(wanted)
    assert table(planned)["cost"] == judge(wanted).total
    assert table(planned)["bound"] <= table(planned)["cost"]
    assert table(planned)["parameters"]["seed"] == 7
    # what each zone was called it is called still
    names = np.array(judge(plan).names)[plan.zone_of]
    names[unit] = judge(plan).names[zone]
    assert [written.names[k] for k in written.plan.zone_of] == names.tolist()
    # lots of two zones were asked for
    assert [len(lot["zones"]) for lot in table(planned)["lots"]["lots"]] == [2, 2, 2]
    assert run("check", planned)[0] == 0
    assert run("adopt", planned)[0] == 2


def test_an_edit_that_breaks_a_rule_is_not_adopted(run, planned, plan, broken):
    unit, zone, wanted = broken
    put(planned, plan, unit, zone)
    before = state(planned)
    code, out, _ = run("adopt", planned)
    assert code == 1
    assert len(judge(wanted).faults) == out.count("\n- ")
    assert "Nothing was written." in out
    assert state(planned) == before


def test_lots_that_were_edited_alone_are_kept_as_they_are(run, planned, plan):
    first = bundle(plan, size=2).lots
    swapped = {first[0].zones[1]: 2, first[1].zones[0]: 1}
    path = planned / "buildings.geojson"
    content = json.loads(path.read_text("utf-8"))
    names = judge(plan).names
    lot_of = {int(names[zone]): lot for zone, lot in swapped.items()}
    for row in content["features"]:
        row = row["properties"]
        row["lot"] = lot_of.get(row["zone"], row["lot"])
    path.write_text(json.dumps(content), "utf-8")
    judged = run("check", planned)[0]
    code, out, _ = run("adopt", planned)
    assert code == judged
    if code == 0:
        sets = {tuple(lot["zones"]) for lot in table(planned)["lots"]["lots"]}
        want = sorted((first[0].zones[0] + 1, first[1].zones[0] + 1))
        assert tuple(want) in sets
    else:
        assert "Nothing was written." in out


def test_zones_that_were_renamed_keep_their_new_names(run, planned, plan):
    path = planned / "buildings.geojson"
    content = json.loads(path.read_text("utf-8"))
    for row in content["features"]:
        if row["properties"]["zone"] == 2:
            row["properties"]["zone"] = "River"
    path.write_text(json.dumps(content), "utf-8")
    assert run("adopt", planned)[0] == 0
    written = read_plan(planned / "plan.json")
    assert written.plan.equals(plan)
    assert "River" in written.names
    assert "River" in (planned / "zones.csv").read_text("utf-8-sig")
    assert run("check", planned)[0] == 0


def test_without_an_edit_there_is_nothing_to_adopt(run, planned):
    code, _, err = run("adopt", planned)
    assert code == 2
    assert "was not edited" in err
    (planned / "buildings.geojson").unlink()
    assert run("adopt", planned)[0] == 2


# --- papers of a former plan ---------------------------------------------------------


def test_every_paper_of_a_command_is_known():
    assert set(papers.PAPERS["money"]) == set(money.FILES)
    assert set(papers.PAPERS["award"]) == set(award_files.FILES)
    assert set(papers.PAPERS["stations"]) == {stations.TABLE, stations.MAP}


def test_papers_of_a_former_plan_move_away_and_are_told(run, planned, plan, kept):
    assert run("stations", planned)[0] == 0
    table_of_stations = (planned / "stations.csv").read_bytes()
    assert run("check", planned)[0] == 0
    put(planned, plan, *kept[:2])
    _, out, _ = run("adopt", planned)
    assert "stations.csv, stations.png were of the former plan" in out
    assert not (planned / "stations.csv").exists()
    assert (planned / "older" / "stations.csv").read_bytes() == table_of_stations
    assert run("stations", planned)[0] == 0
    _, out, _ = run("bundle", planned, "--size", 3)
    assert str(planned / "older-2") in out
    assert run("check", planned)[0] == 0


def test_papers_stay_where_the_plan_is_the_same(run, planned):
    assert run("stations", planned)[0] == 0
    assert run("bundle", planned, "--size", 2)[0] == 0
    assert (planned / "stations.csv").exists()
    assert not (planned / "older").exists()


def test_check_names_papers_of_another_plan(run, planned):
    assert run("stations", planned)[0] == 0
    content = table(planned)
    assert run("bundle", planned, "--size", 3)[0] == 0
    shutil.copy(planned / "older" / "stations.csv", planned)
    code, out, _ = run("check", planned)
    assert code == 1
    assert "stations.csv in" in out
    assert "zoning stations" in out
    shutil.copy(planned / "older" / "papers.json", planned)
    code, out, _ = run("check", planned)
    assert code == 1
    assert "were made for another plan" in out
    (planned / "plan.json").write_text(json.dumps(content), "utf-8")
    assert "another plan" not in run("check", planned)[1]
