"""Zones and lots together: against all pairs there are, and against one by one."""

import json
from functools import cache
from itertools import combinations
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest

from zoning.check import judge
from zoning.check_lots import judge_lots
from zoning.cli import main
from zoning.costs import CostModel, Resource
from zoning.errors import InputError
from zoning.joint import plan_and_bundle
from zoning.joint_bound import pair_bound
from zoning.joint_moves import improve
from zoning.joint_pair import pair_of
from zoning.lot_sizes import LotSizes, allowed_below, lot_sizes
from zoning.lots import LotSettings, bundle
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.read import read
from zoning.result import Status
from zoning.rules import CannotLink, Previous
from zoning.solve import solve
from zoning.units import Region

SHARED = Path(__file__).parents[2] / "shared" / "data" / "qizheng_like"


def region_of(xy, edges, area, *, cut=(), costs=None):
    costs, area = costs or CostModel(), np.asarray(area)
    sums = {"area": area, "households": np.rint(area / 70).astype(np.int64)}
    return Region(
        names=tuple(f"u{i}" for i in range(len(area))),
        xy=np.asarray(xy, float),
        load=costs.load(sums),
        direct=costs.direct(sums),
        sums=sums,
        edges=np.array(list(edges), np.int32).reshape(-1, 2),
        cut_edges=np.array(list(cut), np.int32).reshape(-1, 2),
        costs=costs,
    )


def chance_problem(seed):
    """Six or seven units in 3 to 5 zones; odd resources, now and then a barrier."""
    chance = np.random.default_rng(seed)
    n = int(chance.integers(6, 8))
    xy = chance.uniform(0, 400, (n, 2))
    apart = np.linalg.norm(xy[:, None] - xy[None], axis=2)
    close = chance.uniform(180, 350)
    near = [pair for pair in combinations(range(n), 2) if apart[pair] < close]
    cut = {pair for pair in near if chance.random() < 0.1}
    costs = CostModel(
        fixed_per_lot=float(chance.integers(0, 5_000)),
        crossing=float(chance.integers(0, 3_000)),
        travel=float(chance.choice([0.005, 0.02, 0.2])),
        lot_travel=float(chance.choice([0.0, 0.005, 0.02, 0.1])),
        resources=(
            *CostModel().resources,
            Resource("post", 30_000, wage=2_000, shared="zone", minimum=1),
        ),
    )
    area = chance.integers(5_000, 40_000, n)
    region = region_of(xy, set(near) - cut, area, cut=cut, costs=costs)
    tolerance = [None, 0.3, 0.6, 0.9][chance.integers(4)]
    return Problem(region, int(chance.integers(3, 6)), tolerance)


def partitions(n, count):
    """Labels of every split of n units into so many zones, in canonical order."""
    if n == 0:
        if count == 0:
            yield ()
        return
    for rest in partitions(n - 1, count):
        for label in range(count):
            yield (*rest, label)
    for rest in partitions(n - 1, count - 1):
        yield (*rest, count - 1)


def bundlings(zones, sizes):
    """Every way to bundle zones into lots of these sizes."""
    if not zones:
        yield ()
        return
    first, *others = zones
    for size in sizes:
        for more in combinations(others, size - 1):
            left = [zone for zone in others if zone not in more]
            for rest in bundlings(left, sizes):
                yield ((first, *more), *rest)


@cache
def truth_of(problem_of, seed, size):
    """Least cost of a plan, and of pairs by how many lots have the size asked for.

    Only pairs whose lots' zones all touch; priced by the checkers.
    """
    problem = problem_of(seed)
    n, count = len(problem.region), problem.num_zones
    rule, below = lot_sizes(count, size), allowed_below(count, size)
    known = {}
    best, cheapest = {}, None
    for labels in partitions(n, count):
        plan = Plan(problem, np.array(labels))
        verdict = judge(plan)
        if not verdict.ok:
            continue
        cheapest = min(verdict.total, cheapest or verdict.total)
        for lots in bundlings(range(count), sorted({*rule.allowed, *below})):
            usual = sum(len(lot) == size for lot in lots)
            allowed = rule.allowed if usual >= rule.count else below
            if any(len(lot) not in allowed for lot in lots):
                continue
            keys = [frozenset(plan.zones[z].tobytes() for z in lot) for lot in lots]
            if not all(key in known for key in keys):
                for key, lot in zip(keys, judged(plan, lots), strict=True):
                    known[key] = None if lot.near else lot.cost
            costs = [known[key] for key in keys]
            if None not in costs:
                total = sum(costs)
                best[usual] = min(total, best.get(usual, total))
    return cheapest, best


def judged(plan, lots):
    by_zones = {lot.zones: lot for lot in judge_lots(plan, lots, near_allowed=1e9).lots}
    return [by_zones[tuple(sorted(lot))] for lot in lots]


def is_as_judged(found, size=3):
    """The pair keeps the rules, and its numbers are the checkers'."""
    verdict = judge(found.plan)
    assert not verdict.faults
    lots, full = found.lots, lot_sizes(found.plan.num_zones, size).count
    assert lots.plan is found.plan
    sets = [lot.zones for lot in lots.lots]
    told = judge_lots(
        found.plan, sets, size=size, count=lots.count, near_allowed=lots.near_allowed
    )
    assert not told.faults
    assert lots.count is None or lots.count < full
    more = int(verdict.surcharge.sum()) + verdict.change_cost
    assert found.cost == told.cost + more
    assert lots.lots == told.lots
    assert lots.bound <= lots.cost
    assert found.result.bound <= found.result.cost == verdict.total
    assert found.bound <= found.cost
    assert (found.bound == found.cost) == (found.status is Status.OPTIMAL)


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize("seed", range(18))
def test_a_proved_pair_is_the_best_of_all_there_are(seed, size):
    cheapest, best = truth_of(chance_problem, seed, size)
    found = plan_and_bundle(chance_problem(seed), size=size, time_limit=4, seed=seed)
    if cheapest is None:
        assert found.cost is None
        return
    if not best:
        assert found.cost is None or any(lot.near for lot in found.lots.lots)
        return
    is_as_judged(found, size)
    usual = sum(len(lot.zones) == size for lot in found.lots.lots)
    assert found.status is Status.OPTIMAL
    assert usual == max(best)
    assert found.cost == best[usual]


@pytest.mark.parametrize("block", range(10))
def test_no_bound_is_above_the_best_pair(block):
    for seed in range(100 + 12 * block, 112 + 12 * block):
        size = 2 + seed % 2
        cheapest, best = truth_of(chance_problem, seed, size)
        if not best:
            continue
        problem = chance_problem(seed)
        count, rule = problem.num_zones, lot_sizes(problem.num_zones, size)
        any_ = LotSizes(rule.count, tuple({*rule.allowed, *allowed_below(count, size)}))
        bound = pair_bound(problem, cheapest, any_, size, exactly=False, seconds=0.05)
        assert bound <= min(best.values()), seed
        if rule.count in best:
            bound = pair_bound(problem, cheapest, rule, size, exactly=True, seconds=0.1)
            assert bound <= best[rule.count], seed


def old_town(buildings, num_zones, folder, tolerance=0.3):
    from zoning.datasets import old_town

    old_town(buildings, seed=3).write(folder)
    region = read(
        folder / "buildings.geojson",
        area="floor_area_m2",
        households="households",
        barriers=folder / "barriers.geojson",
    )
    return Problem(region, num_zones, tolerance)


@pytest.mark.usefixtures("compiled")
def test_joint_is_never_worse_than_one_after_the_other(tmp_path):
    problem = old_town(60, 8, tmp_path)
    first = solve(problem, time_limit=2, seed=1)
    then = bundle(first.plan, time_limit=2, seed=1)
    found = plan_and_bundle(problem, time_limit=4, seed=1)
    is_as_judged(found)
    assert found.sequential_cost <= then.cost  # the same, or luckier with the clock
    assert found.cost < found.sequential_cost
    assert found.saving == found.sequential_cost - found.cost
    assert f"saves {found.saving:,} yuan" in found.reason
    steps = [step.cost for step in found.trace if step.cost is not None]
    assert steps == sorted(steps, reverse=True)


def spider():
    """A square and five arms of two units, one of three: apart from the square, no two
    arms touch. Six zones with the least travel are the square and the arms."""
    arms = [3, 2, 2, 2, 2]
    xy, edges = [(0.0, 0.0)], []
    for arm, length in enumerate(arms):
        angle = 2 * np.pi * arm / 5
        for step in range(length):
            edges.append((0 if step == 0 else len(xy) - 1, len(xy)))
            far = 400 + 20 * step
            xy.append((far * np.cos(angle), far * np.sin(angle)))
    return Problem(region_of(xy, edges, [9_000] * len(xy)), 6, tolerance=None)


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("gap_limit", [0.0, 600.0])
def test_where_zones_admit_no_lots_that_touch_the_zones_are_changed(gap_limit):
    problem = spider()
    first = solve(problem, time_limit=4)
    then = bundle(first.plan, gap_limit=gap_limit)
    assert not then.lots or any(lot.near for lot in then.lots)
    found = plan_and_bundle(problem, gap_limit=gap_limit, time_limit=6)
    is_as_judged(found)
    assert found.status is Status.OPTIMAL
    assert [len(lot.zones) for lot in found.lots.lots] == [3, 3]
    assert not any(lot.near for lot in found.lots.lots)
    assert "zones were changed" in found.reason.lower()


def test_small_moves_mend_torn_lots_and_keep_rules():
    problem = spider()
    problem = Problem(
        problem.region, 6, tolerance=None, rules=(CannotLink(("u4", "u6")),)
    )
    # arms apart, the far end of the long one a zone of its own: lots that are torn
    plan = Plan(problem, np.array([0, 1, 1, 2, 3, 3, 4, 4, 5, 5, 0, 0]))
    lots = judge_lots(plan, [(0, 1, 3), (2, 4, 5)], near_allowed=1e9)
    torn = pair_of(problem, plan.zone_of, [x.zones for x in lots.lots], LotSettings())
    assert torn.torn
    moved = improve(problem, torn, seed=0, deadline=perf_counter() + 1)
    pairs = [pair_of(problem, *some, LotSettings()) for some in moved]
    assert pairs
    assert not pairs[-1].torn
    costs = [pair.cost for pair in pairs]
    assert costs == sorted(costs, reverse=True)


@pytest.mark.usefixtures("compiled")
def test_where_rules_name_zones_several_plans_are_bundled(blocks):
    region = blocks(4, 3)
    first = {name: f"z{i // 2}" for i, name in enumerate(region.names)}
    rule = Previous(first, price=0.5)
    problem = Problem(region, 6, tolerance=0.9, rules=(rule,))
    found = plan_and_bundle(problem, time_limit=3)
    is_as_judged(found)
    assert "several plans were bundled" in found.reason


def test_no_plan_is_told_as_solve_tells_it(line):
    found = plan_and_bundle(Problem(line(5, 90, 5), 3, tolerance=0.1), time_limit=2)
    assert found.status is Status.INFEASIBLE
    assert found.plan is None
    assert found.lots is None
    assert found.cost is None
    assert found.reason == found.result.reason


@pytest.mark.parametrize("wrong", [{"time_limit": 0}, {"workers": 0}, {"size": 0}])
def test_settings_out_of_range_are_refused(line, wrong):
    with pytest.raises(InputError, match=r"at least 1|above 0"):
        plan_and_bundle(Problem(line(5, 5, 5), 3), **wrong)


@pytest.mark.usefixtures("compiled")
def test_stopping_keeps_what_was_found():
    def stop(step):
        if step.what == "bound":
            raise KeyboardInterrupt

    found = plan_and_bundle(chance_problem(0), time_limit=5, progress=stop)
    assert found.trace[-1].what == "stopped"
    is_as_judged(found)


# --- the command ---------------------------------------------------------------------


def typed(town, out, *more):
    columns = ("--unit", "compound_id", "--households", "households")
    common = ("--tolerance", "0.5", "--any-area", "--out", str(out), "--time", "5")
    with pytest.raises(SystemExit) as end:
        main(["plan", str(town / "buildings.geojson"), *columns, *common, *more])
    return end.value.code


@pytest.mark.usefixtures("compiled")
def test_the_command_plans_jointly_and_says_what_it_saves(town, tmp_path, capsys):
    assert typed(town, tmp_path / "out", "--zones", "6", "--joint") == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "zones and lots together saves" in told
    table = json.loads((tmp_path / "out" / "plan.json").read_text("utf-8"))
    saved = table["parameters"]["sequential_cost"] - table["lots"]["cost"]
    assert saved >= 0
    assert f"saves {saved:,} yuan" in told
    assert f"saves {saved:,} yuan" in table["lots"]["reason"]


@pytest.mark.parametrize(
    "more", [("--zones", "5-6"), ("--zones", "6", "--lot-size", "0")]
)
def test_the_command_needs_one_number_of_zones_and_lots(town, tmp_path, capsys, more):
    assert typed(town, tmp_path / "out", *more, "--joint") == 1
    assert "--joint" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


# --- real data -----------------------------------------------------------------------


def test_real_zones_and_lots_are_never_worse_together():
    if not SHARED.exists():
        pytest.skip(f"{SHARED} is not there")
    region = read(
        SHARED / "buildings.geojson",
        unit="compound_id",
        area="floor_area_m2",
        households="households",
        barriers=[SHARED / "barriers.geojson"],
    )
    found = plan_and_bundle(Problem(region, 15, tolerance=0.1), time_limit=5)
    is_as_judged(found)
    assert found.saving >= 0
    assert found.gap < 0.05
