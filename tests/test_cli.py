"""Commands: their exit codes, their files, their words; no traceback ever."""

import csv
import json
import math
import shutil
import signal
import sys
import types

import pytest

from zoning.check import judge
from zoning.errors import InputError
from zoning.lots import bundle
from zoning.output.write import write
from zoning.problem import Band, Problem
from zoning.read import read
from zoning.result import Result, Status, Step
from zoning.solve import solve

COLUMNS = ("--unit", "compound_id", "--households", "households")


@pytest.fixture
def solver(monkeypatch, grown, undrawn):  # noqa: ARG001 - drawing is tested elsewhere
    """Put any function in the place of `zoning.solve.solve`."""

    def put(solve):
        module = types.ModuleType("zoning.solve")
        module.solve = solve
        monkeypatch.setitem(sys.modules, "zoning.solve", module)

    def quick(problem, *, progress=None, **asked):
        assert asked.keys() == {
            "time_limit", "seed", "workers", "checkpoint", "executor",
        }  # fmt: skip
        plan = grown(problem)
        verdict = judge(plan)
        progress(Step(0.1, verdict.total, verdict.total - 500, "growing"))
        return Result(Status.FEASIBLE, plan, verdict, verdict.total - 500, 0.1)

    put(quick)
    return put


def plan(run, town, out, *more):
    return run(
        *("plan", town / "buildings.geojson", *COLUMNS),
        *("--barriers", town / "barriers.geojson", "--out", out),
        *("--tolerance", 0.95, *more),
    )


@pytest.fixture(scope="module")
def once(town, grown, tmp_path_factory):
    """A written plan of six zones and two lots."""
    out = tmp_path_factory.mktemp("plan") / "out"
    region = read(
        town / "buildings.geojson",
        unit="compound_id",
        area="floor_area_m2",
        barriers=town / "barriers.geojson",
    )
    plan = grown(Problem(region, 6, tolerance=0.95))
    verdict = judge(plan)
    result = Result(Status.FEASIBLE, plan, verdict, verdict.total - 500, 0.1)
    write(out, result, bundle(plan))
    return out


@pytest.fixture
def planned(once, tmp_path):
    return shutil.copytree(once, tmp_path / "out")


def table(folder):
    return json.loads((folder / "plan.json").read_text("utf-8"))


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [*csv.DictReader(file)]


def edit(path, change):
    content = json.loads(path.read_text("utf-8"))
    change(content)
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")


# --- plan


@pytest.mark.usefixtures("solver")
def test_plan_writes_files_and_tells_tables(run, town, tmp_path):
    code, out, err = plan(run, town, tmp_path / "out", "--zones", 6)
    assert code == 0
    assert {"plan.json", "map.png"} <= {p.name for p in (tmp_path / "out").iterdir()}
    assert "Zones" in out
    assert "Lots" in out
    assert "map.png" in out
    assert f"{table(tmp_path / 'out')['cost']:,}" in out
    assert "best" in err
    assert "bound" in err
    assert "gap" in err


def test_work_that_no_worker_brought_back_is_told(run, town, tmp_path, solver, grown):
    lost = "A window of 3 zones around C001 was given up: its worker ended."

    def lossy(problem, **_):
        plan = grown(problem)
        verdict = judge(plan)
        bound = verdict.total - 500
        return Result(Status.FEASIBLE, plan, verdict, bound, 0.1, losses=(lost,))

    solver(lossy)
    code, out, _ = plan(run, town, tmp_path / "out", "--zones", 6)
    assert code == 0
    assert lost in " ".join(out.split())


@pytest.mark.usefixtures("solver")
def test_without_zones_the_floor_area_decides(run, town, tmp_path):
    code, out, _ = plan(run, town, tmp_path / "out")
    area = sum(unit["area"] for unit in table(tmp_path / "out")["units"])
    assert code == 0
    assert len(table(tmp_path / "out")["zones"]) == round(area / 46_700)
    assert "No --zones given" in out
    told = table(tmp_path / "out")["parameters"]["number"]
    assert told["by"] == "floor area"
    assert told["num_zones"] == len(table(tmp_path / "out")["zones"])
    assert told["reason"] in out


@pytest.mark.usefixtures("solver")
def test_the_distance_of_neighbours_can_be_given(run, town, tmp_path):
    asked = ("--zones", 6, "--neighbour-distance")
    code, out, _ = plan(run, town, tmp_path / "out", *asked, 500)
    assert code == 0
    assert "see each other over at most 500 m" in out
    assert plan(run, town, tmp_path / "out", *asked, 0)[0] == 2


@pytest.mark.usefixtures("solver")
def test_several_files_are_read_as_one(run, town, tmp_path):
    content = json.loads((town / "buildings.geojson").read_text("utf-8"))
    files = []
    for half in (0, 1):
        part = {**content, "features": content["features"][half::2]}
        files.append(tmp_path / f"part{half}.geojson")
        files[-1].write_text(json.dumps(part), "utf-8")
    code, _, err = run(
        *("plan", *files, *COLUMNS, "--zones", 3, "--tolerance", 0.95),
        *("--out", tmp_path / "out"),
    )
    assert code == 0, err
    assert sum(len(u["buildings"]) for u in table(tmp_path / "out")["units"]) == 40


@pytest.mark.usefixtures("solver")
def test_a_scenario_changes_costs(run, town, tmp_path):
    (tmp_path / "s.toml").write_text("[costs]\nentry_per_zone = 50000\n")
    plan(run, town, tmp_path / "a", "--zones", 3)
    plan(run, town, tmp_path / "b", "--zones", 3, "--scenario", tmp_path / "s.toml")
    assert table(tmp_path / "b")["cost"] - table(tmp_path / "a")["cost"] == 150_000


@pytest.mark.usefixtures("solver")
def test_rules_of_a_scenario_are_kept_and_shown(run, town, tmp_path):
    text = """
    columns = ["built"]
    [[pin]]
    zone = "North"
    buildings = ["B0001"]
    [border]
    column = "community"
    price = 700
    """
    scenario = tmp_path / "s.toml"
    scenario.write_text(text.replace("[border]", "[[border]]"), "utf-8")
    out = tmp_path / "out"
    code, told, err = plan(run, town, out, "--zones", 6, "--scenario", scenario)
    assert code == 0, err
    assert "- rule: B0001 is in zone North" in err
    assert "North" in told
    assert "surcharge" in told
    assert table(out)["columns"].keys() >= {"area", "built", "community"}
    assert table(out)["zones"][0]["name"] == "North"
    code, told, _ = run("check", out)
    assert code == 0
    assert "- kept: B0001 is in zone North" in told


@pytest.mark.usefixtures("solver")
def test_last_years_plan_tells_changes(run, town, tmp_path):
    scenario = tmp_path / "s.toml"
    scenario.write_text('[previous]\ncolumn = "previous"\nprice = 1\n', "utf-8")
    out = tmp_path / "out"
    code, told, err = plan(run, town, out, "--zones", 5, "--scenario", scenario)
    assert code == 0, err
    changed = sum(zone["changed"] for zone in table(out)["zones"])
    assert changed > 0
    assert table(out)["change_cost"] == changed
    assert f"Changes: {changed:,} m² (" in told
    assert f"priced at {changed:,} yuan beside the cost; changes.csv lists" in told
    assert "changes.csv" in told.splitlines()[-1]
    _, told, _ = run("check", out)
    assert f"{changed:,} m² change zone, priced at {changed:,}" in told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[contain]]\ncolumn = "streit"', ["no column 'streit'", "The columns are"]),
        ("[bands.levls]\nhigh = 3", ["no column 'levls'", "'levels'"]),
        ('[[pin]]\ncolumn = "pin"', ["no column 'pin'"]),
        ("legal_aera = false", ["s.toml: 'legal_aera' is not known", "'legal_area'"]),
        ("[[pin]]\nzone = 1", ["s.toml: [[pin]] needs zone and buildings"]),
        ("[costs]\ntrvel = 1", ["s.toml", "'trvel' is not known"]),
        ('[[must_link]]\nbuildings = ["B0001", "X"]', ["not there: 'X'"]),
        ("legal_area = false\n[[pin]]\n[[lock]]", ["s.toml has 2 faults"]),
    ],
)
@pytest.mark.usefixtures("solver")
def test_a_bad_scenario_ends_with_2_and_words(run, town, tmp_path, text, words):
    (tmp_path / "s.toml").write_text(text, "utf-8")
    code, _, err = plan(run, town, tmp_path / "o", "--scenario", tmp_path / "s.toml")
    assert code == 2
    assert all(word in err for word in words), err


def typed(run, town, out, *more):
    """As `plan`, floor area limited."""
    return run(
        *("plan", town / "buildings.geojson", *COLUMNS, "--tolerance", 0.95),
        *("--zones", 6, "--out", out, *more),
    )


def test_floor_area_is_limited_only_where_a_scenario_says_so(
    run, town, tmp_path, solver
):
    asked = []

    def nothing(problem, **_):
        asked.append(dict(problem.bands))
        return Result(Status.INFEASIBLE, None, None, 0, 0.1, "Too small.")

    solver(nothing)
    (tmp_path / "t.toml").write_text("[bands.area]\nhigh = 90_000\n", "utf-8")
    typed(run, town, tmp_path / "o")
    typed(run, town, tmp_path / "o", "--scenario", "inner-mongolia-2000")
    typed(run, town, tmp_path / "o", "--scenario", tmp_path / "t.toml")
    former = ("--scenario", tmp_path / "t.toml", "--any-area")
    _, _, err = typed(run, town, tmp_path / "o", *former)
    law, own = {"area": Band(30_000, 100_000)}, {"area": Band(0, 90_000)}
    assert asked == [{}, law, own, {}]
    assert "--any-area is no longer needed" in " ".join(err.split())


def test_bands_bend_as_the_scenario_says_and_never_with_strict(
    run, town, tmp_path, solver
):
    asked = []

    def nothing(problem, **_):
        asked.append((problem.strict, dict(problem.excess_price)))
        return Result(Status.INFEASIBLE, None, None, 0, 0.1, "Too small.")

    solver(nothing)
    bend = "[bands.households]\nhigh = 99\n[bend]\ncost = 2\nhouseholds = 'never'\n"
    (tmp_path / "t.toml").write_text(bend, "utf-8")
    priced = ("--scenario", tmp_path / "t.toml")
    typed(run, town, tmp_path / "o")
    typed(run, town, tmp_path / "o", *priced)
    _, _, err = typed(run, town, tmp_path / "o", *priced, "--strict")
    assert asked == [(False, {"cost": 1}), (False, {"cost": 2}), (True, {})]
    assert "With --strict no band bends: [bend] is not used." in " ".join(err.split())


def test_where_no_plan_keeps_the_balance_strict_alone_writes_nothing(run, tmp_path):
    # three buildings of 900 m² beside one of 9,000 in two zones
    places = [f'{{"type": "Point", "coordinates": [{126.6 + 0.0005 * i}, 45.7]}}'
              for i in range(4)]  # fmt: skip
    features = [
        f'{{"type": "Feature", "properties": {{"area": {area}}}, "geometry": {place}}}'
        for place, area in zip(places, (900, 900, 900, 9_000), strict=True)
    ]
    path = tmp_path / "four.geojson"
    told = f'{{"type": "FeatureCollection", "features": [{", ".join(features)}]}}'
    path.write_text(told, "utf-8")
    asked = ("plan", path, "--area", "area", "--zones", 3, "--out", tmp_path / "o")
    code, _, err = run(*asked, "--strict")
    assert code == 1
    assert "Nothing was written." in err
    assert not (tmp_path / "o").exists()
    assert run(*asked)[0] == 0
    assert (tmp_path / "o" / "plan.json").exists()


def test_a_scenario_that_is_neither_file_nor_shipped_is_refused(run, town, tmp_path):
    code, _, err = typed(run, town, tmp_path / "o", "--scenario", "mongolia")
    assert code == 2
    assert "Those that do: inner-mongolia-2000." in " ".join(err.split())


def test_without_a_plan_the_limit_on_floor_area_is_told_beside_the_mean(
    run, town, tmp_path, solver
):
    solver(lambda *_, **__: Result(Status.INFEASIBLE, None, None, 0, 0.1, "Too small."))
    law = ("--scenario", "inner-mongolia-2000")
    code, _, err = typed(run, town, tmp_path / "o", "--zones", 12, *law)
    area = sum(json.loads(line)["properties"]["floor_area_m2"] for line in rows(town))
    told = " ".join(err.split())
    assert code == 1
    assert "asks for 30,000 to 100,000 m² of floor area in a zone" in told
    assert f"12 zones have {area // 12:,} m² on average" in told
    _, _, err = typed(run, town, tmp_path / "o", "--zones", 12)
    assert "of floor area" not in err


def rows(town):
    lines = (town / "buildings.geojson").read_text("utf-8").splitlines()
    return [line.rstrip(",") for line in lines if line.startswith('{"type":"Feature",')]


@pytest.mark.usefixtures("solver")
def test_lot_size_0_makes_no_lots(run, town, tmp_path):
    code, out, _ = plan(run, town, tmp_path / "out", "--zones", 6, "--lot-size", 0)
    assert code == 0
    assert table(tmp_path / "out")["lots"] is None
    assert "Lots" not in out


def test_infeasible_ends_with_1_and_the_reason(run, town, tmp_path, solver):
    solver(lambda *_, **__: Result(Status.INFEASIBLE, None, None, 0, 0.1, "Too big."))
    code, _, err = plan(run, town, tmp_path / "out")
    assert code == 1
    assert "No plan keeps every rule. Too big." in err
    assert not (tmp_path / "out").exists()


def test_no_plan_in_time_ends_with_1_and_a_remedy(run, town, tmp_path, solver):
    solver(lambda *_, **__: Result(Status.UNKNOWN, None, None, 0, 0.1))
    code, _, err = plan(run, town, tmp_path / "out")
    assert code == 1
    assert "Raise --time" in err


@pytest.mark.parametrize(
    ("solved", "more"),
    [
        (Result(Status.INFEASIBLE, None, None, 0, 0.1, "Too big."), ()),
        (Result(Status.UNKNOWN, None, None, 0, 0.1), ()),
        (KeyboardInterrupt(), ()),
        (MemoryError(), ()),
        (ZeroDivisionError(), ()),
        (None, ("--zones", "2-99999")),
        (None, ("--zones", "2", "--tolerance", "7")),
    ],
)
def test_what_reading_noted_is_told_however_it_ends(
    run, town, tmp_path, solver, solved, more
):
    def solve(*_, **__):
        if isinstance(solved, BaseException):
            raise solved
        return solved

    solver(solve)
    code, _, err = plan(run, town, tmp_path / "out", *more)
    assert code
    assert err.count("Units are neighbours if") == 1


def test_stopping_before_there_is_a_plan_writes_nothing(run, town, tmp_path, solver):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    solver(stopped)
    code, _, err = plan(run, town, tmp_path / "out")
    assert code == 130
    assert "nothing was written" in err
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("solver")
def test_a_picture_that_fails_is_a_note(run, town, tmp_path, monkeypatch):
    def fails(*_, **__):
        raise ValueError("no such font")

    monkeypatch.setattr(sys.modules["zoning.output.write"], "save", fails)
    code, out, _ = plan(run, town, tmp_path / "out", "--zones", 6)
    assert code == 0
    assert "map.png could not be made" in out
    assert "no such font" in out
    assert "The map is" not in out
    assert table(tmp_path / "out")["lots"]["lots"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError, InputError])
@pytest.mark.usefixtures("solver")
def test_a_plan_is_written_whatever_becomes_of_its_lots(
    run, town, tmp_path, monkeypatch, error
):
    def fails(*_, **__):
        raise error

    monkeypatch.setattr("zoning.cli.lots.bundle", fails)
    code, out, _ = plan(run, town, tmp_path / "out", "--zones", 6)
    assert code == 0
    assert "No lots were made" in out
    assert table(tmp_path / "out")["lots"] is None


def test_a_second_stop_does_not_lose_what_the_first_kept(
    run, town, tmp_path, solver, grown
):
    def twice(problem, **asked):
        found = solve(problem, pressed, **asked)
        signal.raise_signal(signal.SIGINT)
        return found

    def pressed(run):
        run.submit(grown(run.problem).zone_of, "grown")
        signal.raise_signal(signal.SIGTERM)

    solver(twice)
    code, out, _ = plan(run, town, tmp_path / "out", "--zones", 6)
    assert code == 0
    assert "The search was stopped." in out
    assert table(tmp_path / "out")["status"] == "feasible"


def test_a_bug_is_called_a_bug(run, town, tmp_path, solver):
    solver(lambda *_, **__: 1 / 0)
    code, _, err = plan(run, town, tmp_path / "out")
    assert code == 3
    assert "bug of zoning" in err
    assert "ZeroDivisionError" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["plan"], ["FILE", "--help"]),
        (["plan", "a.geojson", "--zones", "many"], ["--zones"]),
        (["plan", "a.geojson", "--colour", "red"], ["--colour"]),
        (["pln"], ["pln"]),
        (["plan", "absent.geojson"], ["absent.geojson", "cannot be read"]),
        (["plan", "list.docx"], ["list.docx", "cannot be read"]),
        (["check", "absent"], ["plan.json", "No such file"]),
        (["sample", "--buildings", "0"], ["at least 1"]),
    ],
)
@pytest.mark.usefixtures("solver")
def test_bad_input_ends_with_2_and_words(run, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    code, _, err = run(*arguments)
    assert code == 2
    assert all(word in err for word in words), err


@pytest.mark.usefixtures("solver")
def test_a_wrong_column_is_told_with_near_names(run, town, tmp_path):
    code, _, err = run(
        "plan",
        town / "buildings.geojson",
        "--area",
        "flor_area",
        "--out",
        tmp_path / "o",
    )
    assert code == 2
    assert "'floor_area_m2'" in err


@pytest.mark.usefixtures("solver")
def test_a_wrong_setting_is_told_with_its_option(run, town, tmp_path):
    code, _, err = plan(run, town, tmp_path / "out", "--zones", 0)
    assert code == 2
    assert "--zones must be at least 1" in err


@pytest.mark.usefixtures("solver")
@pytest.mark.parametrize("most", ["41", "9999999", "9" * 30])
def test_a_range_ends_at_the_number_of_buildings(run, town, tmp_path, most):
    code, _, err = plan(run, town, tmp_path / "out", "--zones", f"1-{most}")
    assert code == 2
    assert "only 40 buildings" in err


@pytest.mark.parametrize("time", ["inf", "nan"])
def test_time_is_finite(run, town, tmp_path, time):
    code, _, err = plan(run, town, tmp_path / "out", "--zones", 6, "--time", time)
    assert code == 2
    assert "'--time'" in err


@pytest.mark.usefixtures("solver")
def test_remedies_are_options_not_python(run, tmp_path):
    odd = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"floor_area_m2": 10},
                "geometry": {"type": "Point", "coordinates": [5_000_000, 5_000_000]},
            }
        ],
    }
    (tmp_path / "odd.geojson").write_text(json.dumps(odd))
    code, _, err = run("plan", tmp_path / "odd.geojson", "--out", tmp_path / "o")
    assert code == 2
    assert "--crs 'EPSG:...'" in err


def test_an_output_in_the_way_is_told_before_work_begins(run, town, tmp_path, solver):
    solver(lambda *_, **__: 1 / 0)
    (tmp_path / "out").write_text("mine")
    code, _, err = plan(run, town, tmp_path / "out")
    assert code == 2
    assert "not a folder" in err
    assert (tmp_path / "out").read_text() == "mine"


def test_a_real_solve_from_file_to_map(run, town, tmp_path):
    code, out, err = run(
        *("plan", town / "buildings.geojson", *COLUMNS, "--zones", 6),
        *("--tolerance", 0.2, "--time", 20, "--out", tmp_path / "out"),
    )
    assert code == 0, err
    assert "yuan a year" in out
    assert run("check", tmp_path / "out")[0] == 0


def test_a_range_of_zones_is_chosen_by_what_is_paid(
    run, town, tmp_path, monkeypatch, grown
):
    made = {}

    def quick(problem, *_, **__):
        plan = grown(problem)
        verdict = judge(plan)
        made[problem.num_zones] = bundle(plan, size=2).cost
        return Result(Status.FEASIBLE, plan, verdict, verdict.total - 500, 0.1)

    monkeypatch.setattr("zoning.analysis.points.solve_and_diagnose", quick)
    asked = ("--zones", "4-7", "--lot-size", 2)
    code, out, err = plan(run, town, tmp_path / "out", *asked)
    assert code == 0
    assert "into 4 to 7 zones." in err
    assert set(made) == {4, 5, 6, 7}
    for cost in made.values():
        assert f" {cost:,} " in out
    tried = rows_of(tmp_path / "out" / "numbers.csv")
    assert {int(row["num_zones"]): int(row["cost_in_lots"]) for row in tried} == made
    (chosen,) = (row for row in tried if row["chosen"] == "True")
    written = table(tmp_path / "out")
    assert written["lots"]["cost"] == min(made.values())
    assert made[len(written["zones"])] == min(made.values())
    assert int(chosen["num_zones"]) == len(written["zones"])
    number = written["parameters"]["number"]
    assert number["by"] == "lots"
    assert number["reason"] in out
    assert [row["num_zones"] for row in number["tried"]] == [4, 5, 6, 7]
    # another number goes over it: the table of numbers goes
    assert plan(run, town, tmp_path / "out", "--zones", "4")[0] == 0
    assert table(tmp_path / "out")["parameters"]["number"] == {"by": "asked"}
    assert not (tmp_path / "out" / "numbers.csv").exists()


def test_numbers_without_a_plan_are_rows_with_the_reason(run, town, tmp_path):
    (tmp_path / "s.toml").write_text(
        "".join(
            f'[[pin]]\nzone = "{name}"\nbuildings = ["B{number:04}"]\n'
            for name, number in (("N", 1), ("S", 12), ("E", 24), ("W", 36))
        ),
        "utf-8",
    )
    asked = ("--zones", "3-5", "--scenario", tmp_path / "s.toml", "--time", 6)
    code, out, err = plan(run, town, tmp_path / "out", *asked)
    assert code == 0, err
    first, *others = rows_of(tmp_path / "out" / "numbers.csv")
    assert (first["num_zones"], first["status"]) == ("3", "infeasible")
    assert "Rules name 4 zones" in first["reason"]
    assert "Rules name 4 zones" in " ".join(out.split())
    assert any(row["cost"] for row in others)
    asked = ("--zones", "2-3", "--scenario", tmp_path / "s.toml")
    code, _, err = plan(run, town, tmp_path / "none", *asked)
    assert code == 2
    assert "Rules name 4 zones" in err


# --- check


def test_check_agrees_with_what_was_written(run, planned):
    code, out, _ = run("check", planned)
    assert code == 0
    assert "Every rule is kept and every number is right." in out


def test_check_tells_a_number_that_is_wrong(run, planned):
    right = table(planned)["zones"][2]["cost"]
    edit(planned / "plan.json", lambda t: t["zones"][2].update(cost=1))
    code, out, _ = run("check", planned)
    assert code == 1
    assert f"Zone 3: cost is {right:,}, the file says 1." in out


def test_check_tells_costs_that_were_edited(run, planned):
    costs = table(planned)["parameters"]["costs"]
    dearer = costs["consumables"] + 0.01
    edit(
        planned / "plan.json",
        lambda t: t["parameters"]["costs"].update(consumables=dearer),
    )
    code, out, _ = run("check", planned)
    assert code == 1
    assert "By the costs in the file load is another in" in out
    assert "By the costs in the file direct is another in" in out


def test_check_judges_zones_edited_in_plan_json(run, planned):
    def swap(content):
        first, second = content["zones"][0]["units"], content["zones"][1]["units"]
        first[0], second[0] = second[0], first[0]

    (planned / "buildings.geojson").unlink()
    edit(planned / "plan.json", swap)
    code, out, _ = run("check", planned)
    assert code == 1
    assert "torn" in out or "cost is" in out


def test_check_calls_zones_as_the_file_does(run, planned):
    def rename(content):
        for zone in content["zones"]:
            zone["id"] += 100
            zone["name"] = f"{zone['id']}"
        for lot in content["lots"]["lots"]:
            lot["zones"] = [zone + 100 for zone in lot["zones"]]
            lot["hub"] += 100
        content["parameters"]["tolerance"] = 0.0

    (planned / "buildings.geojson").unlink()
    edit(planned / "plan.json", rename)
    _, out, _ = run("check", planned)
    assert "zone 101 by" in out
    assert "zone 1 " not in out


def test_check_tells_a_unit_left_out(run, planned):
    name = table(planned)["units"][table(planned)["zones"][0]["units"][-1]]["name"]
    edit(planned / "plan.json", lambda t: t["zones"][0]["units"].pop())
    code, out, _ = run("check", planned)
    assert code == 1
    assert name in out
    assert "Every unit must be in one zone" in out


def test_check_judges_buildings_edited_on_the_map(run, planned):
    content = table(planned)
    zone = {i: z["id"] for z in content["zones"] for i in z["units"]}
    big = {z["id"] for z in content["zones"] if len(z["units"]) > 1}
    inside = [(i, j) for i, j in content["edges"] + [e[::-1] for e in content["edges"]]]
    unit, to = next(
        (i, zone[j]) for i, j in inside if zone[i] != zone[j] and zone[i] in big
    )
    lot = {z: one["id"] for one in content["lots"]["lots"] for z in one["zones"]}
    name = content["units"][unit]["name"]

    def move(layer):
        for feature in layer["features"]:
            if feature["properties"]["compound_id"] == name:
                feature["properties"].update(zone=str(to), lot=float(lot[to]))

    edit(planned / "buildings.geojson", move)
    _, out, _ = run("check", planned)
    assert f"moves {name} from zone {zone[unit]} to {to}" in out
    assert "By the rules" not in out
    assert "Judged as edited: 6 zones cost" in out


@pytest.mark.usefixtures("solver")
def test_check_calls_zones_as_rules_do_and_says_so(run, town, tmp_path):
    scenario = tmp_path / "s.toml"
    scenario.write_text('[[pin]]\nzone = "9"\nbuildings = ["B0001"]\n', "utf-8")
    out = tmp_path / "out"
    plan(run, town, out, "--zones", 6, "--lot-size", 0, "--scenario", scenario)

    def rename(layer):
        for feature in layer["features"]:
            if feature["properties"]["zone"] == 9:
                feature["properties"]["zone"] = "East"

    edit(out / "buildings.geojson", rename)
    code, told, _ = run("check", out)
    assert code == 0
    assert "By the rules the layer's zone East is called zone 9." in told


def test_check_tells_a_unit_torn_on_the_map(run, planned):
    content = table(planned)
    building = next(u for u in content["units"] if len(u["buildings"]) > 1)[
        "buildings"
    ][0]

    def tear(layer):
        for feature in layer["features"]:
            if feature["properties"]["id"] == building:
                feature["properties"]["zone"] = 6 - feature["properties"]["zone"] % 2

    edit(planned / "buildings.geojson", tear)
    code, out, _ = run("check", planned)
    assert code == 1
    assert "at once" in out


def first_building(content):
    return content["features"][0]["properties"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda t: t["features"].append(t["features"][0]),
            "building {b} is there twice",
        ),
        (
            lambda t: first_building(t).update(zone=math.nan),
            "building {b} has zone nan; write the name of a zone",
        ),
        (
            lambda t: first_building(t).update(zone=["1"]),
            "building {b} has zone ['1']; write the name of a zone",
        ),
        (lambda t: first_building(t).pop("zone"), "building {b} has no zone"),
        (
            lambda t: first_building(t).update(lot="abc"),
            "building {b} has lot 'abc'; write the number of a lot",
        ),
        (
            lambda t: first_building(t).update(lot=math.inf),
            "building {b} has lot inf; write the number of a lot",
        ),
        (lambda t: t["features"][2].update(properties=None), "properties: feature 3"),
        (lambda t: first_building(t).pop("id"), "no id in column 'id': feature 1"),
        (lambda t: t.pop("features"), "no list of features"),
    ],
)
def test_check_tells_what_is_wrong_in_the_layer(run, planned, change, words):
    layer = planned / "buildings.geojson"
    building = first_building(json.loads(layer.read_text("utf-8")))["id"]
    edit(layer, change)
    code, out, err = run("check", planned)
    assert code in (1, 2)
    assert words.format(b=building) in out + err
    assert "Repair or delete it; plan.json holds the plan." in out + err


def test_check_refuses_a_layer_that_is_a_list(run, planned):
    (planned / "buildings.geojson").write_text("[1, 2]", "utf-8")
    code, _, err = run("check", planned)
    assert code == 2
    assert "no list of features" in err
    assert "slices" not in err


@pytest.mark.parametrize("key", ["units", "parameters", "lots", "travel", "cost"])
def test_check_refuses_a_file_that_lacks_a_key(run, planned, key):
    edit(planned / "plan.json", lambda t: t.pop(key))
    code, out, err = run("check", planned)
    assert code in (1, 2)
    assert key in out + err


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *[("gap", None), ("gap", math.nan), ("status", "abc"), ("status", None)],
        *[("lots.gap", None), ("lots.status", "abc"), ("lots.bound", math.nan)],
        *[("parameters.lot_count", -5), ("parameters.gap_limit", "abc")],
        *[("parameters.lot_size", 1e300), ("parameters.lot_size", 10**300)],
        *[("parameters.costs.consumables", 1e300), ("parameters.costs", None)],
        *[("input", None), ("input", "abc"), ("input.files", None)],
        *[("input.id_column", [1]), ("bound", math.nan), ("bound", None)],
        *[("seconds", None), ("seconds", "abc"), ("seconds", math.nan)],
        *[("units", None), ("travel", [1]), ("parameters.tolerance", "a")],
        *[("parameters.bands", None), ("parameters.bands", {"area": 5})],
        *[("parameters.resources", [{"wage": "x"}]), ("columns", 5), ("edges", [None])],
        *[("zones", [{"id": 1, "units": None}]), ("units", [1])],
    ],
)
def test_check_tells_a_value_that_cannot_be(run, planned, path, value):
    *way, last = path.split(".")

    def put(content):
        for key in way:
            content = content[key]
        content[last] = value

    edit(planned / "plan.json", put)
    code, _, err = run("check", planned)
    assert code == 2
    assert path in err
    assert "it must be" in err
    assert "Undo the last edit" in err


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "other/9"}', "\x00"])
def test_check_refuses_what_is_no_plan(run, tmp_path, text):
    (tmp_path / "plan.json").write_text(text)
    code, _, err = run("check", tmp_path)
    assert code == 2
    assert "plan.json" in err


# --- sample and the rest


@pytest.mark.usefixtures("solver")
def test_sample_draws_a_town_that_can_be_planned(run, tmp_path):
    code, out, _ = run(
        "sample", "--buildings", 30, "--seed", 5, "--out", tmp_path / "s"
    )
    assert code == 0
    command = next(line for line in out.splitlines() if line.startswith("zoning plan"))
    arguments = command.split()[1:-1]
    code, _, err = run(*arguments, tmp_path / "out", "--tolerance", 0.95)
    assert code == 0, err


def test_help_names_every_command(run):
    code, out, _ = run("--help")
    assert code == 0
    assert all(name in out for name in ("plan", "check", "award", "sample"))


def test_without_arguments_the_help_is_shown(run):
    code, out, err = run()
    assert code == 2
    assert "plan" in out
    assert err == ""


def test_the_version_is_told(run):
    code, out, _ = run("--version")
    assert code == 0
    assert out.startswith("zoning ")


def test_lines_are_not_broken_in_a_pipe(run, planned):
    _, out, _ = run("check", planned)
    assert all(line.endswith(".") for line in out.splitlines())


# --- award


@pytest.fixture
def offers(tmp_path):
    """Write a file of bids: a row for each, in the order of the columns."""

    def written(*rows, head="bidder,lot,price,quality"):
        path = tmp_path / "bids.csv"
        path.write_text("\n".join([head, *rows]) + "\n", "utf-8")
        return path

    return written


SIX = ("A,1,480,60", "B,1,500,90", "C,1,510,80", "A,2,470,60", "B,2,490,90")
SEVEN = (*SIX, "C,2,500,80", "C,1+2,940,80")


def test_award_writes_a_page_and_tables_beside_the_plan(run, planned, offers):
    code, out, err = run("award", planned, "--bids", offers(*SEVEN))
    assert code == 0
    assert "7 bids of 3 bidders for 2 lots" in err
    assert "2 of 2 lots are awarded, for 940 yuan a year in all (estimated at" in out
    assert "; proved best." in out
    page = (planned / "award.md").read_text("utf-8")
    # A alone asks 480 + 470 = 950: the package saves 10
    assert "| 1 | C | 940 | A | 480 | 10 | 3 |" in page
    assert "| 2 | C | in 1+2 | A | 470 |  | 3 |" in page
    assert "| C | 940 | 950 |  |" in page
    lines = (planned / "award.csv").read_text("utf-8-sig").splitlines()
    assert lines[1].startswith("1,C,1+2,940,80.0,3,,A,480,10,")
    assert (planned / "award_bids.csv").exists()
    assert (planned / "award_payments.csv").exists()
    assert run("check", planned)[0] == 0


def test_award_goes_by_the_rules_that_were_typed(run, planned, offers):
    file = offers(*SIX, "C,2,500,80")
    _, out, _ = run("award", planned, "--bids", file, "--most-lots", 1)
    assert "for 970 yuan" in out  # A 480 + B 490 or B 500 + A 470
    _, out, _ = run("award", planned, "--bids", file, "--one-bid")
    assert "for 970 yuan" in out
    # the estimate is far above these prices: quality decides
    run("award", planned, "--bids", file, "--value-weights", "60:40")
    page = (planned / "award.md").read_text("utf-8")
    assert "| 1 | B | 500 |" in page
    assert "100 points, is worth 40/60 of the estimate" in page


def test_award_tells_all_faults_of_bids_at_once_by_row(run, planned, offers):
    before = sorted(planned.iterdir())
    file = offers("A,1,cheap,60", ",2,470,60", "B,7,490,90", "C,1,500,80", "C,1,9,8")
    code, _, err = run("award", planned, "--bids", file)
    assert code == 2
    assert "4 faults" in err
    for told in (
        "Row 2 has price 'cheap', which is not a number.",
        "Row 3 has no bidder",
        "Row 4 names '7', which is not tendered; lots are 1, 2",
        "Row 6 bids for lot 1 as row 5 of C does already",
    ):
        assert told in err
    assert sorted(planned.iterdir()) == before
    more = file.read_text("utf-8") + "D,2,8,\nE,2,8,101\n"
    file.write_text(more, "utf-8")
    options = ("--bids", file, "--value-weights", "60:40")
    _, _, err = run("award", planned, *options)
    assert "6 faults" in err
    assert "Row 7 has no quality score" in err
    assert "Row 8 has quality 101; the scale ends at 100" in err


def test_award_without_a_winner_says_why_and_ends_so(run, planned, offers):
    file = offers("A,1,480,60", "B,1,500,90")
    code, out, _ = run("award", planned, "--bids", file)
    assert code == 1
    assert "Fewer than 3 independent bidders: lots 1 + 2; to be tendered again." in out
    page = (planned / "award.md").read_text("utf-8")
    assert "2 independent bidders, at least 3 are needed" in page
    assert not (planned / "award_payments.csv").exists()
    assert run("award", planned, "--bids", file, "--fewest-bidders", 2)[0] == 0


def test_award_rejects_what_is_above_the_reserve(run, planned, offers):
    dear = 10**9
    file = offers(f"A,1,{dear},60", "B,1,500,90", "C,1,510,80", "D,1,520,80")
    _, out, _ = run("award", planned, "--bids", file, "--reserve", 1.1)
    assert "1 of 4 bids are rejected" in out
    assert "reserve price" in (planned / "award_bids.csv").read_text("utf-8-sig")


@pytest.mark.parametrize("weights", ["60", "a:b", "0:100", "60:40:10"])
def test_award_refuses_weights_that_are_none(weights, run, planned, offers):
    file = offers(*SIX)
    code, _, err = run("award", planned, "--bids", file, "--value-weights", weights)
    assert code == 2
    assert "eights must be" in err


def test_award_needs_a_sound_plan_with_lots(run, planned, offers):
    file = offers(*SIX)
    edit(planned / "plan.json", lambda t: t["zones"][2].update(cost=1))
    code, _, err = run("award", planned, "--bids", file)
    assert code == 2
    assert "was edited since it was written (zones)" in " ".join(err.split())
    edit(planned / "plan.json", lambda t: t.pop("digests"))
    code, out, _ = run("award", planned, "--bids", file)
    assert code == 1
    assert "the file says 1" in out
    edit(planned / "plan.json", lambda t: t.update(lots=None))
    code, _, err = run("award", planned, "--bids", file)
    assert code == 2
    assert "has no lots. Plan again with --lot-size 3." in err
    code, _, err = run("award", planned / "nowhere", "--bids", file)
    assert code == 2
    assert "cannot be read" in err
    assert not (planned / "award.md").exists()
