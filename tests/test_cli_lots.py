"""Commands about the lots of a written plan: other lots, and their money."""

import csv
import json
import re
import shutil

import pytest

from zoning.check import judge
from zoning.finance.accounts import statements
from zoning.lots import bundle
from zoning.output.money import FILES
from zoning.output.write import write
from zoning.planfile.digests import digests_of
from zoning.problem import Problem
from zoning.read import read
from zoning.result import Result, Status


@pytest.fixture(scope="module")
def lots(town, grown):
    """Two lots of three zones."""
    region = read(
        town / "buildings.geojson",
        unit="compound_id",
        area="floor_area_m2",
        barriers=town / "barriers.geojson",
        streets=town / "streets.geojson",
        columns=("fee", "rate"),
    )
    return bundle(grown(Problem(region, 6, tolerance=0.95)), size=3)


@pytest.fixture(scope="module")
def once(lots, tmp_path_factory):
    out = tmp_path_factory.mktemp("plan") / "out"
    verdict = judge(lots.plan)
    result = Result(Status.FEASIBLE, lots.plan, verdict, verdict.total - 500, 0.1)
    write(out, result, lots, settings={"seed": 7})
    return out


@pytest.fixture
def planned(once, tmp_path):
    return shutil.copytree(once, tmp_path / "out")


def table(folder):
    return json.loads((folder / "plan.json").read_text("utf-8"))


def rows_of(path):
    with path.open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_other_lots_replace_those_of_the_plan(run, planned):
    before = table(planned)
    code, out, _ = run("bundle", planned, "--size", 2)
    assert code == 0
    after = table(planned)
    assert len(after["lots"]["lots"]) == 3
    assert after["parameters"]["lot_size"] == 2
    assert f"{after['lots']['cost']:,}" in out
    for key in ("zones", "cost", "bound", "status", "input", "edges"):
        assert after[key] == before[key], key
    assert after["parameters"]["seed"] == 7
    assert run("check", planned)[0] == 0


def test_the_map_keeps_footprints_barriers_and_streets(run, planned, tmp_path):
    code, _, _ = run("bundle", planned, "--out", tmp_path / "again")
    assert code == 0
    for name in ("buildings.geojson", "barriers.geojson", "streets.geojson"):
        assert (tmp_path / "again" / name).read_bytes() == (planned / name).read_bytes()
    assert (tmp_path / "again" / "map.png").read_bytes() == (
        planned / "map.png"
    ).read_bytes()


def test_rules_of_a_scenario_are_kept_and_recorded(run, planned, tmp_path):
    first = table(planned)["lots"]["lots"][0]["zones"]
    apart = [str(zone) for zone in first[:2]]
    (tmp_path / "s.toml").write_text(
        f"[lots]\ncannot_link = {[apart]!r}".replace("'", '"')
    )
    code, _, err = run("bundle", planned, "--scenario", tmp_path / "s.toml")
    assert code == 0, err
    lots = table(planned)["lots"]["lots"]
    assert not any(set(first[:2]) <= set(lot["zones"]) for lot in lots)
    assert table(planned)["parameters"]["lot_rules"]["cannot_link"] == [apart]
    assert run("check", planned)[0] == 0


@pytest.mark.parametrize("command", ["bundle", "adopt"])
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t["travel"].update(detour=9.0), r"was edited since .* \(travel\)"),
        (lambda t: t["edges"].pop(), r"was edited since .* \(edges\)"),
        (lambda t: t["parameters"].update(tolerance=0.9), r"edited .* \(parameters\)"),
        (lambda t: (t.pop("digests"), t["edges"].clear()), "breaks its rules: .* torn"),
    ],
)
def test_a_proof_is_never_written_anew_for_an_edited_file(
    run, planned, command, change, told
):
    path = planned / "plan.json"
    edited = table(planned)
    change(edited)
    path.write_text(json.dumps(edited), "utf-8")
    before = path.read_bytes()
    code, _, err = run(command, planned)
    assert code == 2
    assert re.search(told, " ".join(err.split()))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "command",
    [
        ("money",),
        ("stations",),
        ("explain", "--zone", 1),
        ("compare", "."),
        ("alternatives",),
        ("frontier",),
        ("award", "--bids", "b.csv"),
    ],
    ids=lambda words: words[0],
)
def test_nothing_is_told_of_an_edited_file(run, planned, command, monkeypatch):
    path, edited = planned / "plan.json", table(planned)
    edited["travel"]["detour"] = 9.0
    path.write_text(json.dumps(edited), "utf-8")
    monkeypatch.chdir(planned)
    before = {one.name for one in planned.iterdir()}
    code, _, err = run(command[0], ".", *command[1:])
    assert code == 2
    told = " ".join(err.split())
    assert "plan.json was edited since it was written (travel)." in told
    assert {one.name for one in planned.iterdir()} == before


def test_what_lots_do_not_take_of_a_scenario_is_told(run, planned, tmp_path):
    more = (
        "[costs]\ntravel = 0.09\n[bands.area]\nhigh = 9\n"
        '[[must_link]]\nbuildings = ["B0001", "B0002"]\n'
    )
    (tmp_path / "s.toml").write_text(f"[lots]\nbidders = 9\n{more}")
    _, out, _ = run("bundle", planned, "--scenario", tmp_path / "s.toml")
    assert "s.toml holds figures, bands, rules for zones as well; zones and" in out
    (tmp_path / "t.toml").write_text("[lots]\nbidders = 9\n")
    assert "as well" not in run("bundle", planned, "--scenario", tmp_path / "t.toml")[1]
    _, out, _ = run("bundle", planned)
    assert "The former lots kept other rules" in out
    assert "former lots" not in run("bundle", planned)[1]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[lots]\napart = [['1', '99']]", "zones that are not there: 99"),
        ("[lots.bands.trees]\nhigh = 3", "bands limit 'trees'"),
        ("[lots]\ncontain = 'parish'", "contain needs a column 'parish'"),
    ],
)
def test_rules_that_name_what_is_not_there_change_nothing(
    run, planned, tmp_path, text, told
):
    before = table(planned)
    (tmp_path / "s.toml").write_text(text)
    code, _, err = run("bundle", planned, "--scenario", tmp_path / "s.toml")
    assert code == 2
    assert told in err
    assert table(planned) == before


def test_lots_that_cannot_be_are_told_and_change_nothing(run, planned, tmp_path):
    before = table(planned)
    (tmp_path / "s.toml").write_text("[lots.bands.area]\nhigh = 10")
    code, _, err = run("bundle", planned, "--scenario", tmp_path / "s.toml")
    assert code == 1
    assert "Nothing was written" in err
    assert table(planned) == before


@pytest.mark.parametrize("asked", [["--objective", "spread"], ["--fairest"]])
def test_the_fairest_lots_tell_their_spread(run, planned, asked):
    code, out, _ = run("bundle", planned, *asked, "--time", 20)
    assert code == 0
    assert "fen per m² and year" in out
    assert ("write that" in " ".join(out.split())) == (asked == ["--fairest"])


def test_an_objective_there_is_not_is_refused(run, planned):
    code, _, err = run("bundle", planned, "--objective", "beauty")
    assert code == 2
    assert "'cost' or 'spread'" in err


def test_money_tells_what_statements_say(run, planned, lots):
    code, out, _ = run("money", planned, "--draws", 50)
    assert code == 0
    accounts = statements(lots)
    rows = rows_of(planned / "money.csv")
    assert len(rows) == len(accounts.lots) + len(accounts.zones)
    for row, lot in zip(rows, accounts.lots, strict=False):
        assert int(row["cost"]) == lot.cost
        assert int(row["subsidy_gap"]) == lot.subsidy_gap
        assert f"{lot.subsidy_gap:,}" in out
    saved = {row["what"]: int(row["saving"]) for row in rows_of(planned / FILES[1])}
    assert saved == {item.what: item.saving for item in accounts.items}
    assert {*FILES} <= {path.name for path in planned.iterdir()}
    assert all((planned / name).stat().st_size > 50 for name in FILES)


def test_money_takes_fees_from_the_layer_where_the_plan_did_not_keep_them(run, planned):
    content = table(planned)
    kept = {name: content["columns"].pop(name) for name in ("fee", "rate")}
    assert set(kept["fee"]) != {None}
    content["digests"] = digests_of(content)
    (planned / "plan.json").write_text(json.dumps(content), "utf-8")
    run("money", planned, "--draws", 10)
    with_layer = rows_of(planned / "money.csv")
    (planned / "buildings.geojson").unlink()
    run("money", planned, "--draws", 10)
    assert rows_of(planned / "money.csv") != with_layer


def test_without_lots_there_is_no_money_to_tell(run, planned):
    content = table(planned)
    content["lots"] = None
    content["digests"] = digests_of(content)
    (planned / "plan.json").write_text(json.dumps(content), "utf-8")
    code, _, err = run("money", planned)
    assert code == 2
    assert "has no lots" in err
    assert not (planned / "money.csv").exists()


def plan_with(run, town, folder, text):
    (folder / "s.toml").write_text(text)
    return run(
        *("plan", town / "buildings.geojson", "--unit", "compound_id", "--zones", 6),
        *("--tolerance", 0.9, "--time", 20, "--lot-size", 2),
        *("--scenario", folder / "s.toml", "--out", folder / "out"),
    )


def test_a_plan_keeps_rules_for_lots(run, town, tmp_path):
    text = "[lots]\nbidders = 2\n[lots.bands.area]\nhigh = 900_000\n"
    code, out, err = plan_with(run, town, tmp_path, text)
    assert code == 0, err
    asked = table(tmp_path / "out")["parameters"]["lot_rules"]
    assert asked["bands"] == {"area": {"low": 0, "high": 900_000}}
    assert "bidders" in out


def test_rules_that_the_zones_stand_against_cost_lots_not_the_plan(run, town, tmp_path):
    code, out, _ = plan_with(run, town, tmp_path, "[lots]\napart = [['1', '77']]\n")
    assert code == 0
    assert "No lots were made. cannot_link names zones that are not there: 77" in out
    assert table(tmp_path / "out")["lots"] is None


@pytest.mark.parametrize(
    ("column", "values", "asked"),
    [
        ("contract_end", ["2026-06-30", "2027-01-31", None], "start = 2026-07-01"),
        ("contract_end", [2026, None, 2027], "start = 2026-07-01"),
        ("incumbent", ["Hequ", None], "[lots.bands.companies]\nhigh = 9"),
    ],
    ids=["days", "years", "words and gaps"],
)
def test_lots_may_ask_for_a_column_the_plan_was_made_without(
    run, planned, tmp_path, column, values, asked
):
    def fill(features):
        for at, row in enumerate(features):
            row["properties"][column] = values[at % len(values)]

    spoil(planned, fill)
    (tmp_path / "more.toml").write_text(f"[lots]\n{asked}\n")
    scenario = tmp_path / "more.toml"
    code, out, err = run("bundle", planned, "--size", 2, "--scenario", scenario)
    assert code == 0, out + err
    assert len(table(planned)["columns"][column]) == 40
    assert run("check", planned)[0] == 0


def spoil(planned, change):
    path = planned / "buildings.geojson"
    content = json.loads(path.read_text("utf-8"))
    change(content["features"])
    path.write_text(json.dumps(content), "utf-8")
    return {p.name: p.read_bytes() for p in planned.iterdir()}


def swap(rows):
    """Every building of one zone goes to another."""
    one, other = sorted({row["properties"]["zone"] for row in rows})[:2]
    for row in rows:
        if row["properties"]["zone"] == one:
            row["properties"]["zone"] = other


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda rows: rows.pop(), "It lacks "),
        (lambda rows: rows.append(rows[0]), "buildings twice"),
        (swap, "edited by hand"),
    ],
    ids=["one gone", "one twice", "another zone"],
)
def test_other_lots_never_lose_what_only_the_layer_holds(run, planned, change, told):
    before = spoil(planned, change)
    code, _, err = run("bundle", planned, "--size", 2)
    assert code == 2
    assert told in err
    assert {p.name: p.read_bytes() for p in planned.iterdir()} == before


def test_without_the_layer_other_lots_go_to_another_folder(run, planned, tmp_path):
    (planned / "buildings.geojson").unlink()
    code, _, err = run("bundle", planned, "--size", 2)
    assert code == 2
    assert "is missing" in err
    assert (planned / "barriers.geojson").exists()
    assert run("bundle", planned, "--size", 2, "--out", tmp_path / "other")[0] == 0


def test_money_does_not_guess_where_the_layer_is_another(run, planned):
    spoil(planned, lambda rows: rows.pop())
    code, _, err = run("money", planned)
    assert code == 2
    assert "is not the layer of this plan" in err
