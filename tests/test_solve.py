"""One contract for every strategy; the exact ones against trying every plan."""

import csv
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import geopandas
import numpy as np
import pytest

from zoning.check import judge
from zoning.errors import InputError, PlanError
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.read import read
from zoning.result import Status
from zoning.search import joined
from zoning.search.anneal import Descent, descend
from zoning.search.assign import Assign
from zoning.search.auto import Portfolio, auto
from zoning.search.centers import Centers
from zoning.search.improve import Improve
from zoning.search.large import AnnealParts, First
from zoning.search.locate import Locate
from zoning.search.refute import Refute
from zoning.search.start import Anneal
from zoning.search.whole import Whole
from zoning.solve import solve
from zoning.units import Region

pytestmark = pytest.mark.usefixtures("compiled")

SHARED = Path(__file__).parents[1].parent / "shared"


def brief(run):
    """Annealing as `Anneal` does it, a hundredth as long."""
    count = run.problem.num_zones
    landing = descend(run.arrays, count, Descent(run.seed, 500, run.deadline))
    run.near.append(landing.last if landing.best is None else landing.best)
    if landing.best is not None:
        run.offer(landing.best, "annealing")


STRATEGIES: dict[str, Callable] = {
    "anneal": Anneal(starts=2, again=1),
    "whole": Whole(),
    "improve": Portfolio((brief, Improve(units=12))),
    "improve without a beginning": Improve(),
    "assign": Assign(),
    "assign after annealing": Portfolio((brief, Assign())),
    "locate": Portfolio((brief, Locate())),
    "refute": Refute(1.0),
    "centers": Portfolio((brief, Centers())),
    "joined centers": Portfolio((brief, Centers(joined.evaluate))),
    "large": Portfolio((First(), Centers(), AnnealParts(0.05))),
    "auto": auto,
    "portfolio": Portfolio((brief, Refute(), Whole(), Improve(), Assign())),
}
EXACT = {"whole", "auto", "portfolio"}


@pytest.fixture(params=STRATEGIES)
def strategy(request):
    return STRATEGIES[request.param]


@pytest.fixture(params=[name for name in STRATEGIES if name in EXACT])
def exact_strategy(request):
    return STRATEGIES[request.param]


@pytest.fixture
def district(blocks):
    """Twenty units, four zones, ± 25 %: every engine has something to do."""
    return Problem(blocks(5, 4), 4, tolerance=0.25)


def keeps_its_word(result, problem):
    """What holds of any result, whoever found it."""
    costs = [step.cost for step in result.trace if step.cost is not None]
    bounds = [step.bound for step in result.trace]
    assert costs == sorted(costs, reverse=True)
    assert bounds == sorted(bounds)
    assert [s.seconds for s in result.trace] == sorted(s.seconds for s in result.trace)
    assert result.bound >= max(bounds, default=0)
    if result.plan is None:
        assert result.status in {Status.INFEASIBLE, Status.UNKNOWN}
        assert result.verdict is result.cost is result.gap is None
        assert result.reason
        assert not costs
        return
    verdict = judge(Plan(problem, result.plan.zone_of))
    assert verdict.ok
    assert verdict.total == result.cost == costs[-1]
    assert result.bound <= result.cost
    assert (result.status is Status.OPTIMAL) == (result.bound == result.cost)
    assert (result.gap == 0.0) == (result.status is Status.OPTIMAL)


# --- the contract --------------------------------------------------------------------


def test_a_result_keeps_its_word(strategy, district):
    steps = []
    result = solve(district, strategy, time_limit=5, progress=steps.append)
    keeps_its_word(result, district)
    assert tuple(steps) == result.trace


def test_bounds_and_costs_enclose_the_optimum(strategy, district):
    best = solve(district, Portfolio((brief, Whole())), time_limit=20)
    assert best.status is Status.OPTIMAL
    result = solve(district, strategy, time_limit=5)
    assert result.bound <= best.cost
    assert result.cost is None or result.cost >= best.cost


@pytest.mark.parametrize("count", [1, 2, 20])
def test_few_and_many_zones(strategy, blocks, count):
    problem = Problem(blocks(5, 4), count, tolerance=None)
    result = solve(problem, strategy, time_limit=5)
    keeps_its_word(result, problem)
    assert result.status is not Status.INFEASIBLE
    if count == 20 and result.plan is not None:
        assert result.cost == int(problem.region.load.sum())


def test_a_region_of_one_unit(strategy, line):
    result = solve(Problem(line(7), 1), strategy, time_limit=5)
    assert result.cost in {7, None}
    assert result.status is not Status.INFEASIBLE


def test_where_nothing_travels(strategy, line):
    region = line(10, 20, 30, 20)
    region = replace(region, costs=replace(region.costs, travel=0.0))
    problem = Problem(region, 2, tolerance=0.5)
    result = solve(problem, strategy, time_limit=2)
    keeps_its_word(result, problem)
    assert result.cost in {80, None}


def test_exact_strategies_close_where_nothing_travels(exact_strategy, line):
    region = line(10, 20, 30, 20)
    region = replace(region, costs=replace(region.costs, travel=0.0))
    result = solve(Problem(region, 2, tolerance=0.5), exact_strategy, time_limit=2)
    assert (result.status, result.cost) == (Status.OPTIMAL, 80)


def test_parts_that_do_not_touch_are_zoned_apart(strategy, line):
    region = line(10, 10, 10, 10, touching=[(0, 1), (2, 3)])
    problem = Problem(region, 2, tolerance=0.5)
    result = solve(problem, strategy, time_limit=2)
    keeps_its_word(result, problem)
    assert result.cost in {60, None}


def test_no_plan_is_no_exception(strategy, line):
    # Three equal units make no two zones within 5 % of each other.
    problem = Problem(line(10, 10, 10), 2, tolerance=0.05)
    result = solve(problem, strategy, time_limit=2)
    keeps_its_word(result, problem)
    assert result.plan is None


@pytest.mark.parametrize("workers", [1, 2])
def test_the_time_limit_is_kept(strategy, blocks, workers):
    problem = Problem(blocks(20, 15), 12, tolerance=0.01)
    begun = perf_counter()
    result = solve(problem, strategy, time_limit=1.0, workers=workers)
    assert perf_counter() - begun < 2.5
    keeps_its_word(result, problem)


def test_one_seed_and_one_worker_give_one_plan(strategy, district):
    first, second = (solve(district, strategy, time_limit=30, seed=7) for _ in "ab")
    assert (first.status, first.cost, first.bound) == (
        second.status, second.cost, second.bound,
    )  # fmt: skip
    assert [(s.cost, s.bound, s.what) for s in first.trace] == [
        (s.cost, s.bound, s.what) for s in second.trace
    ]
    if first.plan is not None:
        assert first.plan.equals(second.plan)


@pytest.mark.parametrize("again", [False, True])
def test_an_interrupt_returns_the_best_so_far(strategy, district, again):
    """Ctrl-C once, or a stop button that is still down when solve says it stopped."""
    met = []

    def interrupt(step):
        met.append(step)
        if again or len(met) == 1:
            raise KeyboardInterrupt

    try:
        result = solve(district, strategy, time_limit=5, progress=interrupt)
    except KeyboardInterrupt:  # would end the whole test run
        pytest.fail("solve let the interrupt out")
    keeps_its_word(result, district)
    if met:
        assert result.cost == met[-1].cost
        assert result.trace[-1].what == "stopped"


def test_a_plan_to_start_from_is_never_made_worse(strategy, district):
    start = solve(district, brief, time_limit=5).plan
    result = solve(district, strategy, time_limit=5, start=start)
    keeps_its_word(result, district)
    assert result.plan is not None
    assert result.cost <= judge(start).total
    assert result.trace[0].what == "start"


@pytest.mark.parametrize("labels", ["torn", "heavy", "few"])
def test_a_broken_plan_to_start_from_does_no_harm(strategy, district, labels):
    zone_of = {
        "torn": np.arange(20) % 4,
        "heavy": np.array([0] * 17 + [1, 2, 3]),
        "few": np.array([0] * 10 + [1] * 10),
    }[labels]
    start = Plan(district, zone_of)
    assert not judge(start).ok
    result = solve(district, strategy, time_limit=5, start=start)
    keeps_its_word(result, district)


def test_work_may_run_on_an_executor(strategy, district):
    best = solve(district, Portfolio((brief, Whole())), time_limit=20).cost
    with ThreadPoolExecutor(2) as executor:
        result = solve(district, strategy, time_limit=5, workers=2, executor=executor)
        assert executor.submit(int).result() == 0, "the executor is still the caller's"
    keeps_its_word(result, district)
    if result.status is Status.OPTIMAL:
        assert result.cost == best


def test_with_two_workers_bounds_stay_honest(strategy, district):
    best = solve(district, Portfolio((brief, Whole())), time_limit=20).cost
    result = solve(district, strategy, time_limit=5, workers=2)
    keeps_its_word(result, district)
    assert result.bound <= best


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
        run.offer(np.arange(20) % 4, "careless")

    with pytest.raises(PlanError, match=r"careless offered .* torn"):
        solve(district, careless)


def test_a_strategy_that_forbids_what_it_found_is_found_out(district):
    def muddled(run):
        brief(run)
        run.forbid("It cannot be done.")

    with pytest.raises(PlanError, match=r"A plan was found.*It cannot be done\."):
        solve(district, muddled, time_limit=5)


def test_a_strategy_is_any_function(district):
    def idle(run):
        run.prove(run.base + 5, "a guess")

    result = solve(district, idle)
    assert result.status is Status.UNKNOWN
    assert result.bound == int(district.region.load.sum()) + 5
    assert "Give more time" in result.reason


def test_a_portfolio_stops_when_the_plan_is_proved(district):
    def never(run):
        pytest.fail(f"at {run.cost} nothing is left to do")

    assert solve(district, Portfolio((brief, Whole(), never))).gap == 0.0


# --- against trying every plan -------------------------------------------------------

SLOW = ("anneal", "auto")
LARGE = ("locate", "centers", "joined centers", "large")  # for large zones or regions
CHEAP = {name: STRATEGIES[name] for name in STRATEGIES if name not in SLOW}


def agrees(result, truth, name, seed):
    """A result says nothing that enumeration denies."""
    told = (name, seed, result.status, result.cost, result.bound, truth)
    if truth is None:
        assert result.plan is None, told
    else:
        assert result.status is not Status.INFEASIBLE, told
        assert result.bound <= truth, told
        assert result.cost is None or result.cost >= truth, told
    if result.status is Status.OPTIMAL:
        assert result.cost == truth, told


@pytest.mark.parametrize("first", range(0, 160, 20))
def test_no_strategy_contradicts_enumeration(chance_problem, truth_of, first):
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
            if name in EXACT:
                assert result.status is closed, (name, seed, result.reason)


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
        agrees(result, truth, name, seed)


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
    result = solve(Problem(real(), 15, tolerance=0.02), time_limit=20)
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
    )


@pytest.mark.parametrize("state", ["AR", "NM", "ID", "OK"])
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
    xy = np.repeat(np.indices((3, 3)).reshape(2, -1).T * 60.0, 2, axis=0)
    table = {"area": chance.integers(40, 60, len(xy)) * 100.3}
    if named:
        table["id"] = [f"B{i}" for i in range(len(xy))]
    places = geopandas.points_from_xy(*xy.T)
    frame = geopandas.GeoDataFrame(table, geometry=places, crs="EPSG:32652")
    found = []
    for turn in range(3):
        order = np.random.default_rng(turn).permutation(len(xy))
        problem = Problem(read(frame.iloc[order], area="area"), 4, tolerance=0.2)
        result = solve(problem, time_limit=60)
        found.append((problem.fair_share, len(problem.region.edges), result.cost))
        assert result.status is Status.OPTIMAL
    assert found[1:] == found[:-1]
