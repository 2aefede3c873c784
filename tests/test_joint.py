"""Zones and lots together: against all pairs there are, and against one by one."""

import json
import sys
from dataclasses import replace
from itertools import combinations
from math import ceil
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from zoning.check import judge
from zoning.cli import main
from zoning.clock import perf_counter
from zoning.costs import CostModel, Resource
from zoning.errors import InputError
from zoning.joint.annealing import anneal_pair
from zoning.joint.bound import pair_bound
from zoning.joint.columns import enumerate_candidates
from zoning.joint.exact import solve_exactly
from zoning.joint.joint import plan_and_bundle
from zoning.joint.lot_counts import LotCounts
from zoning.joint.solution import joint_solution
from zoning.lots import LotSettings, bundle
from zoning.lots.check import judge_lots
from zoning.lots.sizes import LotSizes, allowed_below, lot_sizes
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.read import read
from zoning.region import Region
from zoning.result import Status
from zoning.rules import CannotLink, Pin
from zoning.solve import solve

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.joint import write_table

SHARED = Path(__file__).parents[2] / "shared" / "data" / "qizheng_like"


pytestmark = pytest.mark.usefixtures("warm")


@pytest.fixture(scope="module")
def warm(compiled):  # noqa: ARG001 - to have run is all it is for
    """Compile before a clock runs."""
    plan_and_bundle(chance_problem(1), time_limit=60)  # proved in a second


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
    """Five to seven units in 3 to 5 zones; odd resources, now and then a barrier."""
    chance = np.random.default_rng(seed)
    n = int(chance.integers(5, 8))
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
    return Problem(region, int(chance.integers(3, 6)), tolerance, strict=True)


class Truth:
    """All pairs of a small problem whose lots' zones touch, counted one by one.

    `enumerate_plans` says which sets of units, as bits, may be zones. `best` has the
    least cost of a pair by how many lots have the size asked for.
    """

    def __init__(self, problem, truth, size):
        self.problem, self.zones, self.cheapest = problem, truth.zones, truth.cost
        self.size, self.best, self.prices = size, {}, {}
        self.rule = lot_sizes(problem.num_zones, size)
        self.below = allowed_below(problem.num_zones, size)
        for plan in self.plans((1 << len(problem.region)) - 1, problem.num_zones):
            for lots in bundlings(plan, sorted({*self.rule.allowed, *self.below})):
                self.count(lots)

    def plans(self, left, count):
        if not left or not count:
            if not left and not count:
                yield ()
            return
        first = left & -left
        for zone in self.zones:
            if zone & first and zone & left == zone:
                for rest in self.plans(left & ~zone, count - 1):
                    yield (zone, *rest)

    def count(self, lots):
        usual = sum(len(lot) == self.size for lot in lots)
        allowed = self.rule.allowed if usual >= self.rule.count else self.below
        prices = [self.price(lot) for lot in lots]
        if None not in prices and all(len(lot) in allowed for lot in lots):
            self.best[usual] = min(sum(prices), self.best.get(usual, 10**12))

    def price(self, lot):
        """What zones cost as a lot, as docs/lots.md says; None if they do not touch."""
        if lot not in self.prices:
            self.prices[lot] = self.worked_out(lot)
        return self.prices[lot]

    def worked_out(self, lot):
        region, costs = self.problem.edited_region, self.problem.region.costs
        units = [[i for i in range(len(region)) if zone >> i & 1] for zone in lot]
        apart = parts(units, np.concatenate([region.edges, region.cut_edges]))
        if apart > 1:
            return None
        total = round(costs.fixed_per_lot)
        total += (parts(units, region.edges) - 1) * round(12 * costs.crossing)
        for zone, some in zip(lot, units, strict=True):
            total += self.problem.fixed + self.zones[zone][0]
            total += int(region.direct[some].sum())
        for resource in costs.resources:
            needs = [int(region.sums[resource.per][some].sum()) for some in units]
            for need in [sum(needs)] if resource.shared == "lot" else needs:
                pieces = max(resource.minimum, ceil(need / resource.capacity - 1e-9))
                total += costs.price(resource) * pieces
        spot = [region.xy[self.zones[zone][1]] for zone in lot]
        metre = [costs.lot_travel * 0.12 * region.area[some].sum() for some in units]
        rate = [some * costs.detour for some in metre]
        return total + min(
            sum(
                round(r * float(np.hypot(*(a - hub))))
                for r, a in zip(rate, spot, strict=True)
            )
            for hub in spot
        )


def parts(sets, edges):
    graph = nx.Graph()
    graph.add_nodes_from(range(len(sets)))
    of = {i: at for at, some in enumerate(sets) for i in some}
    graph.add_edges_from((of[a], of[b]) for a, b in edges if a in of and b in of)
    return nx.number_connected_components(graph)


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


@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize(
    "seed", [0, 1, 2, *(pytest.param(n, marks=pytest.mark.slow) for n in range(3, 8))]
)
def test_a_proved_pair_is_the_best_of_all_there_are(truth_of, seed, size):
    problem = chance_problem(seed)
    truth = Truth(problem, truth_of(problem), size)
    cheapest, best = truth.cheapest, truth.best
    limit = 4 if best else 1  # torn lots are not proved best: do not wait for that
    found = plan_and_bundle(problem, size=size, time_limit=limit, seed=seed)
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


@pytest.mark.parametrize(
    "block",
    [0, 1, *(pytest.param(n, marks=pytest.mark.slow) for n in range(2, 6))],
)
def test_no_bound_is_above_the_best_pair(truth_of, block):
    for seed in range(100 + 13 * block, 113 + 13 * block):
        size = 2 + seed % 2
        problem = chance_problem(seed)
        truth = Truth(problem, truth_of(problem), size)
        cheapest, best = truth.cheapest, truth.best
        if not best:
            continue
        count, rule = problem.num_zones, lot_sizes(problem.num_zones, size)
        any_ = LotSizes(rule.count, tuple({*rule.allowed, *allowed_below(count, size)}))
        bound = pair_bound(problem, cheapest, any_, size, exactly=False, seconds=0.02)
        assert bound <= min(best.values()), seed
        if rule.count in best:
            bound = pair_bound(
                problem, cheapest, rule, size, exactly=True, seconds=0.05
            )
            assert bound <= best[rule.count], seed


class Bent(Truth):
    """Pairs whose zones lie outside the cost band by no more in all than given."""

    def __init__(self, problem, truth, size, band, most):
        self.band, self.most = band, most
        super().__init__(problem, truth, size)

    def plans(self, left, count):
        for plan in super().plans(left, count):
            if sum(map(self.outside, plan)) <= self.most:
                yield plan

    def outside(self, zone):
        region = self.problem.region
        units = [i for i in range(len(region)) if zone >> i & 1]
        cost = self.problem.fixed + int(region.load[units].sum()) + self.zones[zone][0]
        return max(self.band.low - cost, cost - self.band.high, 0)


@pytest.mark.parametrize("first", [0, pytest.param(20, marks=pytest.mark.slow)])
def test_where_zones_lie_outside_no_pair_of_as_little_excess_costs_less(
    truth_of, first
):
    met = 0
    for seed in range(first, first + 20):
        problem, size = replace(chance_problem(seed), strict=False), 2 + seed % 2
        if truth_of(replace(problem, strict=True)).cost is not None or met == 5:
            continue
        found = plan_and_bundle(problem, size=size, time_limit=1, seed=seed)
        if found.cost is None:
            continue
        is_as_judged(found, size)
        excess = found.result.excess
        assert excess > 0
        assert "Zones lie outside bands" in found.reason
        free = replace(problem, tolerance=None, strict=True)
        best = Bent(free, truth_of(free), size, problem.cost_band, excess).best
        count = lot_sizes(problem.num_zones, size).count
        torn = any(lot.near for lot in found.lots.lots)
        usual = sum(len(lot.zones) == size for lot in found.lots.lots)
        known = best if torn or usual < count else {count: best.get(count)}
        assert all(cost is None or found.bound <= cost for cost in known.values()), seed
        met += bool(best)
    assert met


def old_town(buildings, num_zones, folder, tolerance=0.3):
    from zoning.datasets import old_town

    old_town(buildings, seed=3).write(folder)
    region = read(
        folder / "buildings.geojson",
        unit="none",
        area="floor_area_m2",
        households="households",
        barriers=folder / "barriers.geojson",
    )
    return Problem(region, num_zones, tolerance)


def test_joint_is_never_worse_than_one_after_the_other(tmp_path):
    problem = old_town(60, 8, tmp_path)
    first = solve(problem, time_limit=1, seed=1)
    then = bundle(first.plan, time_limit=1, seed=1)
    found = plan_and_bundle(problem, time_limit=3, seed=1)
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
    lots = [(0, 1, 3), (2, 4, 5)]
    torn = joint_solution(problem, plan.zone_of, lots, LotSettings(gap_limit=1_000.0))
    assert torn.disconnected
    moved = anneal_pair(problem, torn, seed=0, deadline=perf_counter() + 1)
    pairs = [joint_solution(problem, *some, LotSettings()) for some in moved]
    assert pairs
    assert not pairs[-1].disconnected
    costs = [pair.cost for pair in pairs]
    assert costs == sorted(costs, reverse=True)


def test_where_rules_name_zones_several_plans_are_bundled(blocks):
    region = blocks(4, 3)
    rules = (Pin("east", ("u0",)), Pin("west", ("u3",)))
    problem = Problem(region, 6, tolerance=0.9, rules=rules)
    found = plan_and_bundle(problem, time_limit=2)
    is_as_judged(found)
    assert "several plans were bundled" in found.reason


def test_where_there_can_be_no_zone_none_is_a_candidate(line):
    problem = Problem(line(10, 10), 2, fair_share=50, tolerance=0.1, strict=True)
    candidates = enumerate_candidates(problem, (), 5.0)
    assert len(candidates) == 0
    assert solve_exactly(
        candidates,
        LotCounts(lot_sizes(2, 2), 2, 2),
        limit=None,
        deadline=perf_counter() + 5,
    ).closed


def test_no_plan_is_told_as_solve_tells_it(line):
    problem = Problem(line(5, 90, 5), 3, tolerance=0.1, strict=True)
    found = plan_and_bundle(problem, time_limit=2)
    assert found.status is Status.INFEASIBLE
    assert found.plan is None
    assert found.lots is None
    assert found.cost is None
    assert found.reason == found.result.reason


@pytest.mark.parametrize("size", [20, 100])
def test_lots_may_be_asked_larger_than_there_are_zones(size):
    found = plan_and_bundle(chance_problem(0), size=size, time_limit=1)
    assert len(found.lots.lots) == 1
    assert found.bound <= found.cost


def test_one_building_is_one_zone_and_one_lot(line):
    found = plan_and_bundle(Problem(line(5), 1), time_limit=1)
    assert found.status is Status.OPTIMAL
    assert len(found.lots.lots) == 1


@pytest.mark.parametrize("wrong", [{"time_limit": 0}, {"workers": 0}, {"size": 2.5}])
def test_settings_out_of_range_are_refused(line, wrong):
    with pytest.raises(InputError, match=r"at least 1|above 0|from 1 to"):
        plan_and_bundle(Problem(line(5, 5, 5), 3), **wrong)


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
    common = ("--tolerance", "0.5", "--out", str(out), "--time", "2")
    with pytest.raises(SystemExit) as end:
        main(["plan", str(town / "buildings.geojson"), *columns, *common, *more])
    return end.value.code


def test_the_command_plans_jointly_and_says_what_it_saves(town, tmp_path, capsys):
    assert typed(town, tmp_path / "out", "--zones", "6", "--joint") == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "zones and lots together saves" in told
    table = json.loads((tmp_path / "out" / "plan.json").read_text("utf-8"))
    saved = table["parameters"]["sequential_cost"] - table["lots"]["cost"]
    assert saved >= 0
    assert f"saves {saved:,} yuan" in told
    assert f"saves {saved:,} yuan" in table["lots"]["reason"]
    with pytest.raises(SystemExit) as end:
        main(["check", str(tmp_path / "out" / "plan.json")])
    assert end.value.code == 0


@pytest.mark.parametrize(
    "more", [("--zones", "5-6"), ("--zones", "6", "--lot-size", "0")]
)
def test_the_command_needs_one_number_of_zones_and_lots(town, tmp_path, capsys, more):
    assert typed(town, tmp_path / "out", *more, "--joint") == 2
    assert "--joint" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


# --- the page ------------------------------------------------------------------------


def test_the_page_holds_the_numbers_of_the_rows(tmp_path):
    page, row = tmp_path / "joint.md", {"bench": "joint", "instance": "a", "n": 9}
    page.write_text("before\n<!-- rows -->\nold\n<!-- end of rows -->\nafter\n")
    row |= {"k": 6, "tolerance": 0.1, "seed": 1, "time_limit": 60, "workers": 1}
    row |= {"sequential": 2_000, "sequential_torn": 0, "cost": 1_975, "torn": 0}
    row |= {"status": "feasible", "gap": 0.0123, "seconds": 60.0, "commit": "abc"}
    row["machine"] = "m"
    other = row | {"instance": "b", "sequential": None, "status": "optimal"}
    write_table(page, [row | {"cost": 5}, row, other])
    text = page.read_text("utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    for told in ("| 2,000 | 1,975 | 1.25 % | 1.23 % |", "| none | 1,975 |", "proved"):
        assert told in text
    assert "old" not in text


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
    found = plan_and_bundle(Problem(region, 15, tolerance=0.1), time_limit=2)
    is_as_judged(found)
    assert found.saving >= 0
    assert found.gap < 0.05
