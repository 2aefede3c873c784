"""One contract for every strategy; the exact ones against trying every plan."""

import csv
import json
from pathlib import Path
from time import perf_counter

import geopandas
import numpy as np
import pytest

from tests.contract import (
    CLAUSES,
    CLOSING,
    PROMISES,
    STRATEGIES,
    agrees,
    brief,
    keeps_its_word,
)
from zoning.check import judge
from zoning.errors import InputError, PlanError
from zoning.limits import Limits
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.read import read
from zoning.region import Region
from zoning.result import Status
from zoning.rules import Pin
from zoning.search.auto import Portfolio
from zoning.search.strategies.column_generation import ColumnGeneration
from zoning.solve import solve

pytestmark = pytest.mark.usefixtures("compiled")

SHARED = Path(__file__).parents[1].parent / "shared"


@pytest.fixture(params=STRATEGIES)
def strategy(request):
    return STRATEGIES[request.param]


@pytest.fixture
def district(blocks):
    """Twenty units, four zones, ± 25 %: every engine has something to do."""
    return Problem(blocks(5, 4), 4, tolerance=0.25)


# --- the contract: see tests/contract.py ---------------------------------------------


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.__name__)
@pytest.mark.parametrize("name", STRATEGIES)
def test_a_strategy_keeps_its_word_and_its_promise(name, clause):
    clause(STRATEGIES[name], PROMISES[name])


@pytest.mark.parametrize("workers", [1, 2])
def test_the_time_limit_is_kept(strategy, blocks, workers):
    problem = Problem(blocks(20, 15), 12, tolerance=0.01)
    begun = perf_counter()
    result = solve(problem, strategy, time_limit=0.3, workers=workers)
    assert perf_counter() - begun < 1.8
    keeps_its_word(result, problem)


def test_where_bands_bend_rules_still_leave_one_plan_or_none(line):
    # c to g lie in E and a in W, so b is the third zone; in W it leaves only two
    region, east = line(8, 15, 8, 17, 11, 9, 12), Pin("E", ("c", "g"))
    for west, status in (("a", Status.OPTIMAL), ("ab", Status.INFEASIBLE)):
        rules = (Pin("W", tuple(west)), east)
        problem = Problem(region, 3, tolerance=0.05, rules=rules)
        result = solve(problem, time_limit=10)
        assert result.status is status, west
        assert result.excess is None or result.excess > 0


# --- what solve refuses --------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("time_limit", value) for value in (0, -1, np.inf, np.nan, "5")),
        *(("workers", value) for value in (0, 1.5, "2")),
        ("start", [0] * 20),
    ],
)
def test_limits_must_be_usable(district, name, value):
    with pytest.raises(InputError, match=f"{name} must be"):
        solve(district, **{name: value})


def test_a_plan_of_another_region_is_refused(district, line):
    start = Plan(Problem(line(1, 2), 1), np.array([0, 0]))
    with pytest.raises(InputError, match="has 2 units, the region 20"):
        solve(district, brief, start=start)


def test_a_strategy_that_offers_a_bad_plan_is_found_out(district):
    def careless(run):
        run.submit(np.arange(20) % 4, "careless")

    with pytest.raises(PlanError, match=r"careless offered .* torn"):
        solve(district, careless)


def test_a_strategy_that_forbids_what_it_found_is_found_out(district):
    def muddled(run):
        brief(run)
        run.prove_infeasible("It cannot be done.")

    with pytest.raises(PlanError, match=r"A plan was found.*It cannot be done\."):
        solve(district, muddled, time_limit=5)


def test_a_strategy_is_any_function(district):
    def idle(run):
        run.update_bound(run.base + 5, "a guess")

    result = solve(district, idle, strict=True)
    assert result.status is Status.UNKNOWN
    assert result.bound == int(district.region.load.sum()) + 5
    assert "Give more time" in result.reason


def test_a_portfolio_stops_when_the_plan_is_proved(district):
    def never(run):
        pytest.fail(f"at {run.cost} nothing is left to do")

    assert solve(district, Portfolio((brief, ColumnGeneration(), never))).gap == 0.0


# --- against trying every plan -------------------------------------------------------

SLOW = ("anneal", "auto")
LARGE = ("locate", "centers", "joined centers", "large")  # for large zones or regions
CHEAP = {name: STRATEGIES[name] for name in STRATEGIES if name not in SLOW}


@pytest.mark.parametrize(
    "first",
    [0, *(pytest.param(n, marks=pytest.mark.slow) for n in range(20, 100, 20))],
)
def test_no_strategy_contradicts_enumeration(chance_problem, truth_of, first):
    found = {name: [] for name in CHEAP}
    for seed in range(first, first + 20):
        problem = chance_problem(seed)
        truth = truth_of(problem).cost
        closed = Status.INFEASIBLE if truth is None else Status.OPTIMAL
        for name, strategy in CHEAP.items():
            if name in LARGE and seed % 4:
                continue  # they take ten times as long as the others
            result = solve(problem, strategy, time_limit=3)
            keeps_its_word(result, problem)
            agrees(result, truth, name, seed)
            if name in CLOSING:
                assert result.status is closed, (name, seed, result.reason)
            found[name].append(truth is None or result.cost is not None)
    for name, has_plan in found.items():
        if PROMISES[name].excess is not None:
            assert np.mean(has_plan) > 0.6, f"{name} hardly finds a plan"


@pytest.mark.parametrize("first", range(0, 20, 5))
def test_auto_equals_enumeration_and_annealing_agrees(chance_problem, truth_of, first):
    for seed in range(first, first + 5):
        problem = chance_problem(seed)
        truth = truth_of(problem).cost
        for name in SLOW:
            result = solve(problem, STRATEGIES[name], time_limit=2)
            agrees(result, truth, name, seed)
        assert result.status in {Status.OPTIMAL, Status.INFEASIBLE}, seed


@pytest.mark.parametrize("seed", range(20))
def test_starting_from_any_labels_agrees_too(chance_problem, truth_of, seed):
    problem = chance_problem(seed)
    n, count = len(problem.region), problem.num_zones
    labels = np.random.default_rng(seed).integers(0, count, n)
    labels[:count] = np.arange(count)
    start, truth = Plan(problem, labels), truth_of(problem).cost
    for name, strategy in CHEAP.items():
        if name in LARGE and seed % 4:
            continue
        result = solve(problem, strategy, time_limit=3, start=start)
        keeps_its_word(result, problem)
        agrees(result, truth, name, seed)
        if name in CLOSING:
            assert result.status in {Status.OPTIMAL, Status.INFEASIBLE}, (name, seed)


# --- real and published --------------------------------------------------------------


def real():
    folder = SHARED / "data" / "qizheng_like"
    if not folder.exists():
        pytest.skip(f"{folder} is not there")
    return read(
        folder / "buildings.geojson",
        unit="compound_id",
        area="floor_area_m2",
        households="households",
        barriers=[folder / "barriers.geojson"],
    )


def test_the_real_district_is_solved_to_the_end():
    result = solve(Problem(real(), 15, tolerance=0.10), time_limit=20)
    assert result.status is Status.OPTIMAL
    assert result.gap == 0.0
    assert judge(result.plan).ok


def test_the_real_district_is_planned_or_proved_impossible_where_it_is_tight():
    result = solve(Problem(real(), 15, tolerance=0.02), time_limit=3)
    assert result.status in {Status.OPTIMAL, Status.FEASIBLE, Status.INFEASIBLE}


def published(name):
    """A county instance: loads in [L, U], squared kilometres from the center."""
    path = SHARED / "instances" / "us2010" / f"{name}.json"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    data = json.loads(path.read_text("utf-8"))
    xy = np.array([[node["x"], node["y"]] for node in data["nodes"]])
    load = np.array([node["w"] for node in data["nodes"]])
    apart = xy[:, None, :] - xy[None, :, :]
    km = np.rint(np.hypot(apart[..., 0], apart[..., 1]) / 1_000).astype(np.int64)
    region = Region(
        names=tuple(node["geoid"] for node in data["nodes"]),
        xy=xy,
        load=load,
        edges=np.array(data["edges"]),
    )
    return Problem(
        region,
        data["k"],
        tolerance=None,
        bands={"load": Band(data["L"], data["U"])},
        travel=load[:, None] * km**2,
        strict=True,
    )


@pytest.mark.parametrize(
    "state", ["AR", "NM", "ID", pytest.param("OK", marks=pytest.mark.slow)]
)
def test_published_optima_are_proved(state):
    name = f"us2010_county_{state}"
    problem = published(name)
    with (SHARED / "instances" / "best_known.csv").open(encoding="utf-8") as rows:
        [value] = [
            float(row["best_known"])
            for row in csv.DictReader(rows)
            if (row["instance"], row["objective"]) == (name, "moi_contiguous")
        ]
    result = solve(problem, time_limit=60)
    assert result.status is Status.OPTIMAL
    assert (result.cost - int(problem.region.load.sum())) / 1e6 == pytest.approx(
        value, abs=0.01
    )


def test_a_published_instance_without_a_plan_is_proved_so():
    result = solve(published("us2010_county_OR"), time_limit=60)
    assert result.status is Status.INFEASIBLE


@pytest.mark.parametrize("named", [True, False], ids=["ids", "no ids"])
def test_the_order_of_rows_changes_no_cost(named):
    # a grid with pairs at one point: as many ties as can be
    chance = np.random.default_rng(5)
    xy = np.repeat(np.indices((3, 2)).reshape(2, -1).T * 60.0, 2, axis=0)
    table = {"area": chance.integers(40, 60, len(xy)) * 100.3}
    if named:
        table["id"] = [f"B{i}" for i in range(len(xy))]
    places = geopandas.points_from_xy(*xy.T)
    frame = geopandas.GeoDataFrame(table, geometry=places, crs="EPSG:32652")
    found = []
    for turn in range(3):
        order = np.random.default_rng(turn).permutation(len(xy))
        problem = Problem(read(frame.iloc[order], area="area"), 3, tolerance=0.2)
        result = solve(problem, time_limit=60)
        found.append((problem.fair_share, len(problem.region.edges), result.cost))
        assert result.status is Status.OPTIMAL
    assert found[1:] == found[:-1]


# --- what each part took and brought --------------------------------------------------


def test_the_budget_of_a_solve_adds_up(district):
    def waits(_):
        until = perf_counter() + 0.2
        while perf_counter() < until:
            pass

    result = solve(district, Portfolio((waits, brief, ColumnGeneration())))
    parts = {one.part: one for one in result.budget}
    assert sum(one.seconds for one in result.budget) == pytest.approx(
        result.seconds, abs=0.05
    )
    assert list(parts)[1:] == [
        "presolve", "warm start", "Portfolio", "waits", "brief", "ColumnGeneration",
    ]  # fmt: skip
    assert 0.2 <= parts["waits"].seconds < 0.4
    assert parts["Portfolio"].seconds < 0.1  # what its parts take is theirs
    assert parts["brief"].plans > 0
    assert {step.part for step in result.trace} <= set(parts)
    assert min(one.cost for one in result.budget if one.cost) == result.cost
    assert max(one.bound for one in result.budget if one.bound) == result.bound


def test_limits_can_be_given_as_one(district):
    result = solve(district, brief, limits=Limits(time=5, seed=3))
    apart = solve(district, brief, time_limit=5, seed=3)
    assert result.plan.equals(apart.plan)


def test_limits_of_no_time_are_refused(district):
    with pytest.raises(InputError, match="above 0"):
        solve(district, limits=Limits(time=0))


@pytest.mark.parametrize("wrong", [{"seed": -1}, {"workers": 0}, {"time": "long"}])
def test_limits_that_are_none_are_refused(wrong):
    with pytest.raises(InputError, match=f"Limits: {next(iter(wrong))} must be"):
        Limits(**wrong)
