"""Whatever comes in is used as it is plainly meant, or refused by name."""

import re
from dataclasses import replace
from inspect import signature
from pathlib import Path
from types import SimpleNamespace

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import zoning
from zoning import rules
from zoning.adjacency import Delaunay, Tessellation, Within
from zoning.datasets import old_town
from zoning.errors import InputError
from zoning.finance.accounts import statements
from zoning.finance.monte_carlo import Range, monte_carlo
from zoning.finance.sensitivity import tornado
from zoning.problem import Band, Problem
from zoning.region import Region
from zoning.rules import MustLink, Radius
from zoning.search.strategies.anneal import Anneal
from zoning.tender.award import tender_of
from zoning.tender.bids import Bid, Bids, Tender
from zoning.tender.rules import BestValue, Rules
from zoning.tender.simulate import Market, draw_bids, simulate_bids

BRIEF = {"time_limit": 0.5}
PLAIN = zoning.CostModel(consumables=1 / 12, travel=1 / 12, resources=())


def line_of(*loads):
    """Units a, b, c, ... 100 m apart on a line, each touching the next."""
    n = len(loads)
    return Region(
        list("abcdefgh"[:n]),
        [[100 * i, 0] for i in range(n)],
        loads,
        sums={"households": [1] * n},
        edges=[[i, i + 1] for i in range(n - 1)],
        costs=PLAIN,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """What calls need: a region of four units, its plan, a result, lots."""
    region = line_of(10, 10, 10, 10)
    problem = Problem(region, 2, tolerance=0.2)
    plan = zoning.Plan(problem, [0, 0, 1, 1])
    result = zoning.solve(problem, Anneal(), time_limit=1)
    lots = zoning.bundle(plan, size=2)
    graph = nx.path_graph(3)
    for place, node in enumerate(graph):
        graph.nodes[node].update(load=10, x=50.0 * place, y=0.0)
    return SimpleNamespace(
        folder=tmp_path_factory.mktemp("out"),
        **{"region": region, "problem": problem, "plan": plan, "result": result},
        **{"lots": lots, "tender": tender_of(plan, lots.lots), "graph": graph},
    )


# What is called -> a call that works, by the names of arguments.
CALLS = {
    zoning.Attractiveness: lambda _: {},
    zoning.Band: lambda _: {"low": 1, "high": 2},
    zoning.Checkpoint: lambda m: {"folder": m.folder / "kept"},
    zoning.CostModel: lambda _: {},
    zoning.LotRules: lambda _: {},
    zoning.Plan: lambda m: {"problem": m.problem, "zone_of": [0, 0, 1, 1]},
    zoning.Problem: lambda m: {"region": m.region, "num_zones": 2},
    zoning.Region: lambda _: {"names": ["a"], "xy": [[0, 0]], "load": [1]},
    zoning.Region.from_networkx: lambda m: {"graph": m.graph},
    zoning.Resource: lambda _: {"name": "broom", "capacity": 5},
    zoning.Scenario: lambda _: {},
    zoning.alternatives: lambda m: {"problem": m.problem, **BRIEF},
    zoning.award: lambda m: {
        "lots": m.tender,
        "bids": Bids([Bid("A", (0,), 9)]),
        **BRIEF,
        "margin_limit": 0,
    },
    zoning.bundle: lambda m: {"plan": m.plan, "size": 2, **BRIEF},
    zoning.certify: lambda _: {"folder": "none"},
    zoning.choose_number: lambda m: {
        "problem": m.problem,
        "numbers": [2],
        **BRIEF,
        "strategy": Anneal(),
    },
    zoning.cluster: lambda _: {"address": "1:2:3"},
    zoning.compare: lambda m: {"plans": [m.plan, m.plan]},
    zoning.difference: lambda m: {"first": m.plan, "second": m.plan},
    zoning.edit: lambda m: {"plan": m.plan},
    zoning.explain: lambda m: {"result": m.plan, "what": "a"},
    zoning.fairest: lambda m: {"plan": m.plan, "size": 2, **BRIEF},
    zoning.frontier: lambda m: {
        "problem": m.problem,
        "parameter": "tolerance",
        "values": [0.2],
        **BRIEF,
        "strategy": Anneal(),
    },
    zoning.Limits: lambda _: {},
    zoning.inspect: lambda m: {"region": m.region},
    zoning.judge: lambda m: {"plan": m.plan},
    zoning.keeping: lambda m: {"problem": m.problem, "plan": m.plan, "zones": ["1"]},
    zoning.place_stations: lambda m: {
        "plan": m.plan,
        "lots": m.lots.lots,
        "resource": "none",
    },
    zoning.plan_and_bundle: lambda m: {"problem": m.problem, "size": 2, **BRIEF},
    zoning.price_of_rules: lambda m: {"problem": m.problem, **BRIEF},
    zoning.processes: lambda _: {"workers": 2},
    zoning.read: lambda _: {"buildings": "none.geojson"},
    zoning.read_bids: lambda m: {"path": "none.csv", "tender": m.tender},
    zoning.read_scenario: lambda _: {"path": "none.toml"},
    zoning.read_scenario_file: lambda _: {"path": "none.toml"},
    zoning.simulate_bids: lambda m: {"lots": m.lots, "draws": 1},
    zoning.solve: lambda m: {"problem": m.problem, "strategy": Anneal(), **BRIEF},
    zoning.tightest: lambda m: {"problem": m.problem, **BRIEF},
    zoning.usual_number: lambda m: {"region": m.region},
    zoning.what_it_takes: lambda m: {
        "result": m.plan,
        "building": "b",
        "zone": "2",
        **BRIEF,
    },
    zoning.write: lambda m: {"folder": m.folder / "plan", "result": m.result},
    zoning.write_stations: lambda m: {"stations": None, "folder": m.folder / "plan"},
    Bid: lambda _: {"bidder": "A", "lots": (0,), "price": 9},
    Bids: lambda _: {"bids": ()},
    BestValue: lambda _: {},
    Delaunay: lambda _: {},
    Market: lambda _: {},
    Range: lambda _: {"figure": "fee", "low": 0.1, "high": 0.9},
    Rules: lambda _: {},
    Tender: lambda _: {"names": ("1",), "areas": (1,), "estimates": (1,)},
    Tessellation: lambda _: {},
    Within: lambda _: {"metres": 5},
    draw_bids: lambda m: {"lots": m.lots},
    monte_carlo: lambda m: {"lots": m.lots, "draws": 2},
    old_town: lambda _: {"buildings": 3},
    rules.Border: lambda _: {"column": "x", "price": 1},
    rules.CannotLink: lambda _: {"buildings": ["a", "b"]},
    rules.Centers: lambda _: {"buildings": ["a"]},
    rules.Contain: lambda _: {"column": "x"},
    rules.Freeze: lambda _: {"zone": "1", "buildings": ["a"]},
    rules.Lock: lambda _: {"zone": "1", "buildings": ["a"]},
    rules.MustLink: lambda _: {"buildings": ["a", "b"]},
    rules.Pin: lambda _: {"zone": "1", "buildings": ["a"]},
    rules.Previous: lambda _: {"column": "x"},
    rules.Radius: lambda _: {},
    rules.SoftBarrier: lambda _: {"barrier": "x"},
    rules.Spread: lambda _: {"column": "x", "most": 1},
    rules.Target: lambda _: {"zone": "1", "factor": 1},
    rules.frozen_by: lambda m: {"region": m.region, "column": "x"},
    rules.linked_by: lambda m: {"region": m.region, "column": "x"},
    rules.locked_by: lambda m: {"region": m.region, "column": "x"},
    rules.parted_by: lambda m: {"region": m.region, "column": "x"},
    rules.pinned_by: lambda m: {"region": m.region, "column": "x"},
    statements: lambda m: {"lots": m.lots},
    simulate_bids: lambda m: {"lots": m.lots, "draws": 1},
    tender_of: lambda m: {"plan": m.plan, "lots": m.lots.lots},
    tornado: lambda m: {"lots": m.lots},
}
VALUES = {  # results of the library: nobody makes them by hand
    *(zoning.Certificate, zoning.Excess, zoning.Reason),
    *(
        zoning.Inspection,
        zoning.Fairest,
        zoning.Joint,
        zoning.Lot,
        zoning.Lots,
        zoning.Result,
    ),
    *(zoning.Stations, zoning.Status, zoning.Step, zoning.UsualNumber, zoning.Verdict),
}
NOTHING = object()
WRONG = (
    *(NOTHING, "x", "0.1", b"x", 3.7, -1, 10**400, True, None, float("nan")),
    *(float("inf"), {}, {"x": NOTHING}, {"x": (1, 2, 3)}, [], [NOTHING], [[1], [1, 2]]),
    *(lambda _: None, int, Radius, np.zeros(3), np.array(["x"]), np.float64("nan")),
    *(pd.DataFrame({"x": [1]}), Path("x"), ["a", None], (1, 2), set()),
)


def test_every_exported_name_is_tried():
    tried = {*CALLS, *VALUES}
    exported = [getattr(zoning, name) for name in zoning.__all__]
    left = [one for one in exported if callable(one) and one not in tried]
    assert left == [zoning.InputError, zoning.PlanError]
    kinds = {one for one in vars(rules).values() if isinstance(one, type)}
    assert {one for one in kinds if one.__module__ == rules.__name__} <= {*CALLS}


@pytest.mark.filterwarnings("ignore:fairest is now")
@pytest.mark.parametrize("called", CALLS, ids=lambda one: one.__qualname__)
def test_what_is_wrong_is_refused_by_name(called, made, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where "x" is a folder that was not meant
    for argument in signature(called).parameters:
        for value in WRONG:
            given = {**CALLS[called](made), argument: value}
            try:
                called(**given)
            except InputError as error:
                told = str(error)
            else:
                told = None
            if value is NOTHING:
                assert told is not None, argument
                word = rf"\b{argument}\b|table of buildings|crs|related"
                assert re.search(word, told), (argument, told)


# --- what is plainly meant -----------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"rules": {"radius": 900}}, "rules must be rules in a tuple; got {'radius'"),
        ({"rules": lambda _: True}, "rules must be rules in a tuple; got a function"),
        ({"rules": "radius"}, "rules must be rules in a tuple; got 'radius'"),
        ({"rules": Radius}, "got the class Radius itself"),
        ({"rules": [Radius]}, "the class Radius itself is no rule"),
        ({"rules": [[Radius(9)]]}, "no rule.*with a star"),
        ({"tolerance": "0.1"}, r"got '0\.1' \(str\)\. Write tolerance=0\.1\."),
        ({"bands": {"households": 5}}, "'households' must be a Band; got 5"),
        ({"bands": [("households", 5)]}, "bands must be bands by name"),
        ({"num_zones": 99}, r"num_zones is 99, but .* only 4 units.*at most 4\."),
        ({"num_zones": True}, "num_zones must be a whole number; got True"),
        ({"num_zones": "2", "tolerance": "x"}, "num_zones .* tolerance"),
        (
            {"travel": np.full((4, 4), 2**63 + 5, np.uint64)},
            "travel is 9,223,.*Correct",
        ),
        ({"travel": pd.Series([0, 1, 2, 3])}, "travel must be a 4 × 4 table"),
    ],
)
def test_a_problem_refuses_what_it_cannot_use(given, told, made):
    with pytest.raises(InputError, match=told):
        Problem(**{"region": made.region, "num_zones": 2, **given})


@pytest.mark.parametrize("value", ["x", "0.5 yuan", 10**400, float("inf"), (1, 2)])
def test_a_spread_of_what_is_no_number_names_the_building(value, made):
    columns = {"fee": (1.0, None, value, "2.5")}
    region = replace(made.region, columns=columns)
    with pytest.raises(InputError, match=r"needs numbers in column 'fee'.* of c\. C"):
        Problem(region, 2, rules=rules.Spread("fee", 1))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"price": 30}, "no soft limit that it is paid beyond"),
        ({"hard": None}, "limits no way"),
        ({"hard": 500, "soft": 700, "price": 9}, "never asks for its price"),
        ({"soft": 900, "price": 9}, "beyond 900 m it would, but over 900 m"),
    ],
)
def test_no_part_of_a_radius_is_ignored(given, told):
    with pytest.raises(InputError, match=told):
        Radius(**given)


def test_short_numbers_of_numpy_are_numbers(made):
    found = Problem(made.region, np.int16(2), tolerance=np.float32(0.25))
    assert (found.num_zones, found.tolerance) == (2, 0.25)


def test_a_pair_is_a_band_and_one_rule_is_a_tuple(made):
    link = MustLink(["a", "b"])
    problem = Problem(
        made.region, np.int64(2), bands={"households": (1, 3.0)}, rules=link
    )
    assert problem.bands == {"households": Band(1, 3)}
    assert problem.rules == (link,)
    assert type(problem.num_zones) is int


def test_a_result_stands_for_its_plan(made):
    result = made.result
    assert zoning.judge(result).total == result.cost
    assert zoning.bundle(result, size=2).plan is result.plan
    assert zoning.difference(result, result).share == 0
    assert zoning.edit(result).plan.equals(result.plan)
    assert str(zoning.explain(zoning.edit(result), "a")).startswith("a is in zone 1")
    with pytest.raises(InputError, match=r"a Result or a Plan; got an Extra\."):
        zoning.explain(type("Extra", (), {})(), "a")


def test_a_result_without_a_plan_says_why():
    none = zoning.solve(
        Problem(line_of(10, 90), 2, fair_share=50, strict=True), **BRIEF
    )
    with pytest.raises(InputError, match=r"plan: the result has no plan \(infeasible"):
        zoning.bundle(none)


def test_a_region_is_no_problem(made):
    with pytest.raises(InputError, match=r"problem must be a Problem; got a Region\."):
        zoning.solve(made.region)


def test_one_zone_to_keep_is_not_read_letter_by_letter(made):
    with pytest.raises(InputError, match="There is no zone 12"):
        zoning.solve(made.problem, start=made.plan, keep="12")


def test_labels_of_a_table_say_which_unit_is_meant(made):
    way = np.array([[0, 1, 2, 3], [1, 0, 4, 5], [2, 4, 0, 6], [3, 5, 6, 0]])
    table = pd.DataFrame(way, index=list("abcd"), columns=list("abcd"))
    mixed = table.loc[list("cadb"), list("dbca")]
    for one in (table, mixed, pd.DataFrame(way)):
        assert np.array_equal(Problem(made.region, 2, travel=one).travel, way)
    with pytest.raises(InputError, match=r"travel's rows .* has x and lacks d"):
        Problem(made.region, 2, travel=table.rename(index={"d": "x"}))
    zone_of = pd.Series({"d": 1, "c": 1, "b": 0, "a": 0})
    assert zoning.Plan(made.problem, zone_of).equals(made.plan)
    load = pd.Series({"b": 2, "a": 1})
    assert Region(["a", "b"], np.zeros((2, 2)), load).load.tolist() == [1, 2]
