"""Files with any value anywhere: a plan, or a fault in words, and nothing else."""

import copy
import json
import math
import os
import random
from hashlib import sha256
from itertools import islice, product
from zipfile import ZipFile

import pytest

from zoning.check import judge
from zoning.checkpoint.kept_file import DamagedError, read_kept
from zoning.errors import InputError
from zoning.lots import LotRules, bundle
from zoning.lots.check_rules import rule_faults
from zoning.output.write import write
from zoning.planfile.edits import edited
from zoning.planfile.file import read_plan
from zoning.planfile.rows import labels
from zoning.problem import Problem
from zoning.read import read
from zoning.result import Result, Status
from zoning.rules import Border, Previous, Radius, SoftBarrier, Spread, Target
from zoning.scenario import from_tables, read_scenario_file
from zoning.tender.bids import Tender
from zoning.tender.read_bids import read_bids
from zoning.text.order import by_name

DEEP = [[]]
for _ in range(300):
    DEEP = [DEEP]
DIGITS = "9" * 5_000
BAD = (
    *(2**62, 2**63, -(2**63) - 1, 10**400, 10**15, -1, 0, 1.5, 1e308, 1e-308),
    *(math.nan, math.inf, True, None, "", "x", DIGITS, "\x1b[31m", [], {}, [[]], ["a"]),
    *({"a": 1}, DEEP),
)
SCENARIO = {
    "legal_area": False,
    "columns": ["community"],
    "costs": {"travel": 0.03, "guards_per_zone": 2},
    "resources": {"gardener": {"capacity": 1e5, "wage": 2400, "minimum": 1}},
    "bands": {"area": {"low": 0, "high": 10**6}},
    "must_link": [{"buildings": ["B0001", "B0002"]}],
    "cannot_link": [{"buildings": ["B0001", "B0030"]}],
    "pin": [{"zone": "A", "buildings": ["B0001"]}],
    "contain": [{"column": "community"}],
    "border": [{"column": "community", "price": 5}],
    "soft_barrier": [{"barrier": "Fendou Street", "price": 5}],
    "radius": {"hard": 3000, "soft": 300, "price": 10},
    "target": [{"zone": "A", "factor": 1.1}],
    "spread": [{"column": "fee", "most": 100}],
    "previous": {"column": "community", "budget": 1.0, "price": 0.1},
    "centers": {"buildings": ["B0001", "B0010", "B0020"]},
    "lots": {
        "loss_share": 1.0,
        "loss_below": 0.0,
        "together": [["1", "2"]],
        "bidders": 3,
        "spread": 10**9,
        "start": "2026-07-01",
        "bands": {"area": {"low": 0, "high": 10**9}},
        "index": {"margin": 1.0, "way": 0.1},
    },
}


def leaves(value, path=()):
    """Every place in a table, of lists the first."""
    if path:
        yield path
    inside = value.items() if isinstance(value, dict) else []
    if isinstance(value, list):
        inside = enumerate(value[:1])
    for key, one in inside:
        yield from leaves(one, (*path, key))


def changed(table, path, value):
    out = copy.copy(table)
    rest = path[1:]
    out[path[0]] = changed(table[path[0]], rest, value) if rest else value
    return out


@pytest.fixture(scope="module")
def region(town):
    return read(
        town / "buildings.geojson",
        unit="compound_id",
        area="floor_area_m2",
        barriers=town / "barriers.geojson",
        columns=["community", "fee", "built", "contract_end", "incumbent"],
    )


def test_no_value_in_a_scenario_gets_by_what_reads_it(region):
    for name, table in SCENARIO.items():
        for path, value in product([*leaves({name: table})], BAD):
            tables = changed({"legal_area": False, name: table}, path, value)
            try:
                asked = from_tables(tables)
                problem = Problem(
                    region,
                    3,
                    tolerance=0.9,
                    bands=asked.bands,
                    rules=asked.rules_for(region),
                )
                _ = problem.terms, problem.cost_band
                [*map(str, problem.rules), *rule_faults(region, asked.lots)]
            except InputError as error:
                assert len(str(error)) < 30_000


@pytest.mark.parametrize(
    "text",
    [
        f"x = {'[' * 5_000}{']' * 5_000}",
        f"[radius]\nhard = {DIGITS}",
        f"[[border]]\ncolumn = 'a'\nprice = {2**63}",
        f"[[soft_barrier]]\nbarrier = 'a'\nprice = {10**4_000}",
        "[radius]\nsoft = 5\nprice = 1e300",
    ],
    ids=["deep", "digits", "border", "barrier", "radius"],
)
def test_a_scenario_beyond_measure_is_a_fault(tmp_path, text):
    (tmp_path / "s.toml").write_text(text)
    with pytest.raises(InputError, match=r"s\.toml"):
        read_scenario_file(tmp_path / "s.toml")


@pytest.mark.parametrize(
    "value", [2**63, math.inf, math.nan, 10**400, -1, True, 0.5], ids=range(7)
)
def test_rules_made_in_python_mind_the_same_limits(value):
    for make in (
        lambda: Border("a", value),
        lambda: SoftBarrier("a", value),
        lambda: Radius(soft=5.0, price=value),
    ):
        with pytest.raises(InputError):
            make()
    if value in (0.5, True):
        return
    for make in (
        lambda: Radius(hard=value),
        lambda: Target("a", value),
        lambda: Spread("a", value),
        lambda: Previous("a", price=value),
        lambda: Previous("a", budget=value),
        lambda: LotRules(loss_share=value),
        lambda: LotRules(spread=value),
    ):
        with pytest.raises(InputError):
            make()


def test_names_of_any_length_are_sorted_by_number():
    names = [DIGITS, "10", "2", "B10", "B9", "", "01", "1"]
    right = ["", "01", "1", "2", "10", DIGITS, "B9", "B10"]
    assert sorted(names, key=by_name) == right
    assert labels(["1", DIGITS]) == ["1", DIGITS]
    assert labels(["1", "20"]) == [1, 20]


# --- plan.json


@pytest.fixture(scope="module")
def written(region, grown, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plan")
    rules = (SoftBarrier("Fendou Street", 5), Radius(soft=300.0, price=10))
    plan = grown(Problem(region, 6, tolerance=None, rules=rules))
    verdict = judge(plan)
    result = Result(Status.FEASIBLE, plan, verdict, verdict.total - 9, 0.1)
    write(folder, result, bundle(plan))
    return folder / "plan.json"


def assert_read_or_refused(path, table):
    path.write_text(json.dumps(table))
    try:
        plan = read_plan(path)
        _ = plan.verdict, plan.lots_verdict
        if (path.parent / "buildings.geojson").exists():
            edited(plan, path.parent / "buildings.geojson")
    except InputError as error:
        assert len(str(error)) < 30_000


def cases_of(table):
    """The table with any value anywhere, or a key taken away."""
    gone = object()
    for path in leaves({k: v for k, v in table.items() if k != "software"}):
        yield from ((path, value) for value in (*BAD, gone))


def run_cases(written, folder, cases):
    table = json.loads(written.read_text("utf-8"))
    (folder / "buildings.geojson").write_bytes(
        (written.parent / "buildings.geojson").read_bytes()
    )
    for path, value in cases(table):
        made = copy.deepcopy(table)
        place = made
        for key in path[:-1]:
            place = place[key]
        if type(value) is object:
            del place[path[-1]]
        else:
            place[path[-1]] = value
        assert_read_or_refused(folder / "plan.json", made)


def test_a_plan_with_any_value_anywhere_is_read_or_refused(written, tmp_path):
    def some(table):
        return random.Random(1).sample([*cases_of(table)], 60)

    run_cases(written, tmp_path, some)


@pytest.mark.slow
def test_a_plan_with_many_values_everywhere_is_read_or_refused(written, tmp_path):
    def third(table):  # at each place another third of the values
        return islice(cases_of(table), 0, None, 3)

    run_cases(written, tmp_path, third)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t.update(change_cost={}), "change_cost is {}"),
        (lambda t: t["parameters"].update(lot_rules=[]), "fit together"),
        (lambda t: t["edges"][0].append(3), r"edges\[0\] .* a list of 2"),
        (lambda t: t["edges"].__setitem__(0, [0, 2**40]), "from 0 to 2,147,483,647"),
        (lambda t: t["units"][0].update(households="x"), "households is 'x'"),
        (lambda t: t["columns"].update(area=["1.5万"]), r"columns\.area\[0\]"),
        (lambda t: t["travel"].update(cost_table=[[0], [0, 1]]), "must have .* rows"),
        (lambda t: t["travel"].update(way_table=[["x"]]), "way_table.* whole number"),
        (lambda t: t["parameters"].update(left_out={"heavy": [[999]]}), "fit together"),
    ],
    ids=[
        "cost",
        "rules",
        "triple",
        "beyond",
        "households",
        "area",
        "ragged",
        "words",
        "position",
    ],
)
def test_damage_of_a_plan_is_told_in_plain_words(written, tmp_path, change, told):
    table = json.loads(written.read_text("utf-8"))
    change(table)
    (tmp_path / "plan.json").write_text(json.dumps(table))
    with pytest.raises(InputError, match=told) as error:
        read_plan(tmp_path / "plan.json")
    assert "array" not in str(error.value)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000])
def test_a_plan_nested_too_deep_is_refused(tmp_path, text):
    (tmp_path / "plan.json").write_text(text)
    with pytest.raises(InputError, match="far too deep"):
        read_plan(tmp_path / "plan.json")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes")
def test_a_pipe_that_nobody_fills_is_not_waited_for(tmp_path):
    for name in ("plan.json", "s.toml", "bids.xlsx"):
        os.mkfifo(tmp_path / name)
    with pytest.raises(InputError, match="a pipe or a device"):
        read_plan(tmp_path / "plan.json")
    with pytest.raises(InputError, match="a pipe or a device"):
        read_scenario_file(tmp_path / "s.toml")
    with pytest.raises(InputError, match="a pipe or a device"):
        read_bids(tmp_path / "bids.xlsx", Tender(("1",), (1,), (9,)))


@pytest.mark.parametrize("inside", [{"told.npy": b"x" * 90}, {"told": b"x"}, {}])
def test_what_was_kept_is_as_it_was_written_or_refused(tmp_path, inside):
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        for name, content in inside.items():
            archive.writestr(name, content)
    content = (tmp_path / "a.zip").read_bytes()
    head = f"zoning-kept/1 {sha256(content).hexdigest()}\n".encode()
    (tmp_path / "a.kept").write_bytes(head + content)
    with pytest.raises(DamagedError, match="another release wrote it"):
        read_kept(tmp_path / "a.kept")


def test_bytes_that_are_no_text_are_told_by_their_place(written, tmp_path):
    content = written.read_bytes()
    (tmp_path / "plan.json").write_bytes(content[:99] + b"\xed\xa0" + content[99:])
    with pytest.raises(InputError, match=r"no text in UTF-8 .*\(byte 100 is none\)"):
        read_plan(tmp_path / "plan.json")
    (tmp_path / "s.toml").write_bytes(b"x = 1\n\0y\0")
    with pytest.raises(InputError, match=r"no text in UTF-8 .* Save it again as UTF-8"):
        read_scenario_file(tmp_path / "s.toml")


def test_a_plan_tells_what_its_buildings_are_called_by(written, tmp_path):
    table = json.loads(written.read_text("utf-8"))
    table["input"]["id_column"] = None
    (tmp_path / "plan.json").write_text(json.dumps(table))
    with pytest.raises(InputError, match=r"B0001.* are no numbers of rows"):
        read_plan(tmp_path / "plan.json")
    del table["input"]["id_column"]
    (tmp_path / "plan.json").write_text(json.dumps(table))
    with pytest.raises(InputError, match="lacks the key 'id_column'"):
        read_plan(tmp_path / "plan.json")
