from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest

import zoning.lots.enumerate
import zoning.lots.select
from zoning.costs import CostModel, Resource
from zoning.errors import InputError
from zoning.lots import bundle
from zoning.lots.check import judge_lots
from zoning.lots.enumerate import (
    EnumerationParams,
    LotEnumeration,
    connected_sets,
    near_pairs,
    price_sets,
)
from zoning.lots.figures import LotFigures
from zoning.lots.rules import FIGURES, LotRules
from zoning.lots.select import SelectionParams
from zoning.lots.sizes import allowed_below, lot_sizes
from zoning.lots.zone_facts import ZoneFacts
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.region import Region
from zoning.result import Status
from zoning.solvers.budget import SearchBudget
from zoning.solvers.set_partitioning.cpsat import select_by_cpsat
from zoning.solvers.set_partitioning.large import select_large
from zoning.solvers.set_partitioning.matrix import PartitioningMatrix


def town(xy, edges, *, cut=(), area=None, costs=None):
    """Zones of one unit each."""
    costs = costs or CostModel()
    n = len(xy)
    area = np.full(n, 46_700) if area is None else np.asarray(area)
    sums = {"area": area, "households": np.rint(area / 70).astype(np.int64)}
    region = Region(
        names=tuple(f"u{i}" for i in range(n)),
        xy=np.asarray(xy, float),
        load=costs.load(sums),
        direct=costs.direct(sums),
        sums=sums,
        edges=np.array(list(edges), np.int32).reshape(-1, 2),
        cut_edges=np.array(list(cut), np.int32).reshape(-1, 2),
        costs=costs,
    )
    return Plan(Problem(region, n, tolerance=None), np.arange(n))


def line(num_zones, **more):
    xy = [(200.0 * i, 0.0) for i in range(num_zones)]
    return town(xy, [(i, i + 1) for i in range(num_zones - 1)], **more)


def grid(wide, high, **more):
    at = [(x, y) for y in range(high) for x in range(wide)]
    edges = [
        (i, j)
        for i, j in combinations(range(len(at)), 2)
        if abs(at[i][0] - at[j][0]) + abs(at[i][1] - at[j][1]) == 1
    ]
    return town(200.0 * np.array(at), edges, **more)


def star(leaves=5):
    angle = 2 * np.pi * np.arange(leaves) / leaves
    rim = 300.0 * np.column_stack([np.cos(angle), np.sin(angle)])
    return town(np.vstack([[0, 0], rim]), [(0, i + 1) for i in range(leaves)])


def random_plan(seed, num_zones=None, units=1):
    """A random plane graph, some edges cut by barriers, odd costs."""
    rng = np.random.default_rng(seed)
    n = num_zones or int(rng.integers(3, 10))
    xy = rng.uniform(0, 300 * np.sqrt(n), (n * units, 2))
    apart = np.linalg.norm(xy[:, None] - xy[None], axis=2)
    pairs = [(i, j) for i, j in combinations(range(n * units), 2)]
    pairs = [pair for pair in pairs if apart[pair] < rng.uniform(250, 500)]
    cut = [pair for pair in pairs if rng.random() < 0.2]
    costs = CostModel(
        fixed_per_lot=float(rng.integers(0, 5_000)),
        crossing=float(rng.integers(0, 3_000)),
        lot_travel=float(rng.uniform(0, 0.02)),
        guards_per_zone=float(rng.integers(0, 3)),
        resources=(
            *CostModel().resources,
            Resource("post", 30_000, wage=2_000, shared="zone", minimum=1),
            Resource("lift crew", 5, per="lifts", wage=900, minimum=1),
        ),
    )
    plan = town(
        xy,
        [pair for pair in pairs if pair not in cut],
        cut=cut,
        area=rng.integers(3_000, 70_000, n * units),
        costs=costs,
    )
    if units > 1:
        problem = Problem(plan.problem.region, n, tolerance=None)
        plan = Plan(problem, np.append(np.arange(n), rng.integers(0, n, n * units - n)))
    return plan


def partitions(zones):
    """Every way to divide zones into lots, whatever their sizes."""
    if not zones:
        yield []
        return
    first, rest = zones[0], zones[1:]
    for size in range(len(rest) + 1):
        for others in combinations(rest, size):
            left = [zone for zone in rest if zone not in others]
            for lots in partitions(left):
                yield [(first, *others), *lots]


def best_of(plan, near_allowed, *, size=3, tolerance=None, rules=None, fair=False):
    """By brute force: most lots of the size, fewest torn, (fairest,) cheapest."""
    allowed = set(allowed_below(plan.num_zones, size))
    full = lot_sizes(plan.num_zones, size)
    best = None
    for lots in partitions(list(range(plan.num_zones))):
        if not all(len(lot) in allowed for lot in lots):
            continue
        count = sum(len(lot) == size for lot in lots)
        if count == full.count and any(len(lot) not in full.allowed for lot in lots):
            continue
        verdict = judge_lots(
            plan, lots, size=size, count=count, near_allowed=near_allowed,
            tolerance=tolerance, rules=rules,
        )  # fmt: skip
        if verdict.ok:
            torn = sum(bool(lot.near) for lot in verdict.lots)
            key = (-count, torn, verdict.spread if fair else 0, verdict.cost)
            best = key if best is None else min(best, key)
    return best


@pytest.mark.parametrize("seed", range(20))
def test_no_choice_of_lots_is_better(seed, monkeypatch):
    plan = random_plan(seed, num_zones=3 + seed % 5)
    size = (3, 3, 2, 4)[seed % 4]
    tolerance = (None, None, 0.15)[seed % 3]
    asked = {"size": size, "tolerance": tolerance}
    best = best_of(plan, None, **asked) or best_of(plan, 400, **asked)
    for few in (10**9, 0):  # CP-SAT alone, then the relaxation
        monkeypatch.setattr(zoning.lots.select, "PARAMS", SelectionParams(few))
        lots = bundle(plan, size=size, tolerance=tolerance, gap_limit=400.0)
        if best is None:
            assert lots.status is Status.INFEASIBLE
            assert not lots.lots and lots.cost is None and lots.gap is None
            assert "gap_limit" in lots.reason or "relax" in lots.reason
            continue
        assert lots.status is Status.OPTIMAL
        count = sum(len(lot.zones) == size for lot in lots.lots)
        torn = sum(bool(lot.near) for lot in lots.lots)
        assert (-count, torn, lots.cost) == best[:2] + best[3:]
        assert lots.bound == lots.cost and lots.gap == 0.0
        covered = [zone for lot in lots.lots for zone in lot.zones]
        assert sorted(covered) == list(range(plan.num_zones))


def with_facts(plan, seed):
    """The plan where buildings have fees, years, companies and contracts."""
    rng = np.random.default_rng(seed)
    n = len(plan.problem.region)

    def some(values):
        return tuple(None if rng.random() < 0.2 else v for v in values)

    columns = {
        "fee": some(np.round(rng.uniform(0.3, 2.0, n), 2).tolist()),
        "built": some(rng.integers(1955, 2005, n).tolist()),
        "incumbent": some(rng.choice(["Red", "Blue", "Green"], n).tolist()),
        "contract_end": some(f"2026-{m:02d}-15" for m in rng.integers(1, 13, n)),
        "subdistrict": tuple(rng.choice(["North", "South"], n, p=[0.8, 0.2]).tolist()),
    }
    region = replace(plan.problem.region, columns=columns)
    return Plan(replace(plan.problem, region=region), plan.zone_of)


def random_rules(plan, seed):
    """One to three rules that bite: limits are figures of lots that exist."""
    rng = np.random.default_rng(seed)
    n, names = plan.num_zones, [str(zone + 1) for zone in range(plan.num_zones)]
    order = rng.permutation(n).tolist()
    trial = judge_lots(plan, [order[i : i + 3] for i in range(0, n, 3)]).lots

    def band(name):
        value = trial[rng.integers(len(trial))].facts.figure(name)
        wide = abs(value) // int(rng.integers(2, 6)) + 1
        return {name: Band(value - wide, value + wide)}

    figure = str(rng.choice(["cost", "margin", "area", "index", "households", "way"]))
    several = [
        {"bands": band(figure)},
        {"bands": {"wait": Band(0, int(rng.integers(0, 200)))}},
        {"bands": {"companies": Band(0, 2)}},
        {"loss_share": float(rng.choice([0.4, 0.7, 0.95])), "loss_below": -2.0},
        {"must_link": (tuple(rng.choice(names, 2, replace=False).tolist()),)},
        {"cannot_link": (tuple(rng.choice(names, 2, replace=False).tolist()),)},
        {"contain": "subdistrict"},
        {"spread": int(rng.integers(20, 400))},
        {"start": "2026-07-01"},
    ]
    asked = {}
    for at in rng.choice(len(several), int(rng.integers(1, 4)), replace=False):
        asked.update(several[at])
    return LotRules(**asked)


def refused(plan, rules):
    """Whether the rules contradict one another."""
    try:
        judge_lots(plan, [], rules=rules)
    except InputError:
        return True
    return False


@pytest.mark.parametrize("seed", range(24))
def test_no_choice_of_lots_that_keeps_the_rules_is_better(seed, monkeypatch):
    plan = with_facts(random_plan(seed, num_zones=3 + seed % 5), seed)
    rules = random_rules(plan, seed)
    size = (3, 2, 3, 4)[seed % 4]
    if refused(plan, rules):
        with pytest.raises(InputError, match="Drop one rule"):
            bundle(plan, size=size, rules=rules)
        return
    asked = {"size": size, "rules": rules}
    best = best_of(plan, None, **asked) or best_of(plan, 400, **asked)
    few = (10**9, 0)[seed // 2 % 2]  # CP-SAT alone, or the relaxation
    monkeypatch.setattr(zoning.lots.select, "PARAMS", SelectionParams(few))
    lots = bundle(plan, gap_limit=400.0, **asked)
    if best is None:
        assert lots.status is Status.INFEASIBLE and not lots.lots
        return
    count = sum(len(lot.zones) == size for lot in lots.lots)
    torn = sum(bool(lot.near) for lot in lots.lots)
    assert (-count, torn, 0, lots.cost) == best
    assert lots.status is Status.OPTIMAL and lots.bound == lots.cost


def test_random_rules_are_mostly_neither_trivial_nor_impossible():
    ends = []
    for seed in range(32):
        plan = with_facts(random_plan(seed, num_zones=3 + seed % 5), seed)
        rules = random_rules(plan, seed)
        if refused(plan, rules):
            continue
        free, kept = bundle(plan), bundle(plan, rules=rules)
        ends.append("none" if kept.cost is None else str(kept.cost == free.cost))
    assert min(ends.count(end) for end in ("none", "True", "False")) >= 5, ends


@pytest.mark.parametrize("seed", range(12))
def test_no_choice_of_lots_is_fairer(seed, monkeypatch):
    plan = with_facts(random_plan(seed, num_zones=4 + seed % 4), seed)
    rules = LotRules(bands={"area": Band(20_000, 190_000)}) if seed % 2 else None
    size = 2 + seed % 2
    asked = {"size": size, "rules": rules}
    best = best_of(plan, None, fair=True, **asked)
    best = best or best_of(plan, 400, fair=True, **asked)
    few = (10**9, 0)[seed // 2 % 2]  # CP-SAT alone, or the relaxation
    monkeypatch.setattr(zoning.lots.select, "PARAMS", SelectionParams(few))
    found = bundle(plan, gap_limit=400.0, objective="spread", **asked)
    if best is None:
        assert found.status is Status.INFEASIBLE and found.spread is None
        return
    count = sum(len(lot.zones) == size for lot in found.lots)
    torn = sum(bool(lot.near) for lot in found.lots)
    assert (-count, torn, found.spread, found.cost) == best
    assert found.spread_proved and found.status is Status.OPTIMAL


@pytest.mark.parametrize("seed", range(8))
def test_listed_figures_are_those_of_the_checker(seed):
    plan = with_facts(random_plan(seed, num_zones=12, units=3), seed)
    rules = LotRules(start="2026-04-01" if seed % 2 else None)
    zones, rng = ZoneFacts(plan), np.random.default_rng(seed)
    for size in (1, 2, 3, 4):
        sets = np.sort([rng.permutation(12)[:size] for _ in range(8)], axis=1)
        cost, crossings, _ = price_sets(zones, sets)
        listed = LotFigures(zones, sets, cost, crossings, rules)
        for at, row in enumerate(sets.tolist()):
            others = [(zone,) for zone in range(12) if zone not in row]
            verdict = judge_lots(plan, [tuple(row), *others], rules=rules)
            [facts] = [x.facts for x in verdict.lots if x.zones == tuple(row)]
            for name in (*FIGURES, "households"):
                assert facts.figure(name) == listed.named(name)[at], name
            assert facts.loss_area == listed.loss_area[at]


@pytest.mark.parametrize("seed", range(8))
def test_listed_prices_are_those_of_the_checker(seed):
    plan = random_plan(seed, num_zones=12, units=3)
    if seed % 2:
        way = np.random.default_rng(seed).integers(0, 900, (36, 36), np.int32)
        np.fill_diagonal(way, 0)
        region = replace(plan.problem.region, way=way)
        plan = Plan(replace(plan.problem, region=region), plan.zone_of)
    zones = ZoneFacts(plan)
    rng = np.random.default_rng(seed)
    for size in (1, 2, 3, 4, 5):
        sets = np.sort([rng.permutation(12)[:size] for _ in range(15)], axis=1)
        cost, _, near = price_sets(zones, sets)
        for row, listed, links in zip(sets, cost, near, strict=True):
            others = [(zone,) for zone in range(12) if zone not in row]
            verdict = judge_lots(plan, [tuple(row), *others])
            [lot] = [lot for lot in verdict.lots if lot.zones == tuple(row)]
            assert (lot.cost, len(lot.near)) == (listed, links)
            if size == 1:
                assert lot.cost == lot.separate_cost


@pytest.mark.parametrize("seed", range(10))
def test_every_connected_set_is_listed_once(seed):
    plan = random_plan(seed, num_zones=9)
    pairs = ZoneFacts(plan).touching
    joined = {tuple(pair) for pair in pairs.tolist()}

    def hangs_together(some):
        reached = {some[0]}
        for _ in some:
            reached |= {
                b for a, b in product(some, some)
                if a in reached and (min(a, b), max(a, b)) in joined
            }  # fmt: skip
        return len(reached) == len(some)

    for size in (1, 2, 3, 4):
        listed = [tuple(row) for row in connected_sets(pairs, 9, size).tolist()]
        wanted = [s for s in combinations(range(9), size) if hangs_together(s)]
        assert listed == wanted


@pytest.mark.parametrize("seed", range(10))
def test_near_pairs_are_those_within_the_limit(seed):
    plan = random_plan(seed, num_zones=8, units=3)
    zones = ZoneFacts(plan)
    near = {tuple(pair) for pair in near_pairs(plan, 250.0).tolist()}
    assert near == {
        (a, b) for a, b in combinations(range(8), 2) if zones.gap(a, b) <= 250
    }


def test_fifteen_zones_become_five_lots_that_pay():
    lots = bundle(grid(5, 3))
    assert lots.status is Status.OPTIMAL and lots.reason == ""
    assert [len(lot.zones) for lot in lots.lots] == [3] * 5
    assert [lot.zones[0] for lot in lots.lots] == sorted(
        lot.zones[0] for lot in lots.lots
    )
    assert lots.saving == sum(lot.saving for lot in lots.lots) > 0
    # 15 stations alone, one a lot together
    assert sum(dict(lot.resources)["station"] for lot in lots.lots) == 5
    assert sum(dict(lot.separate_resources)["station"] for lot in lots.lots) == 15


@pytest.mark.parametrize(
    ("num_zones", "sizes"),
    [
        (13, [3, 3, 3, 4]),
        (14, [2, 3, 3, 3, 3]),
        (16, [3, 3, 3, 3, 4]),  # one four needs one station less than two twos
        (5, [2, 3]),
        (4, [4]),
    ],
)
def test_remainders_are_twos_or_fours(num_zones, sizes):
    lots = bundle(line(num_zones))
    assert lots.status is Status.OPTIMAL
    assert sorted(len(lot.zones) for lot in lots.lots) == sizes
    assert f"{num_zones} zones do not divide by 3: " in lots.reason


def test_what_divides_is_not_told_and_what_does_not_is_told_in_full():
    assert bundle(line(6)).reason == ""
    assert bundle(line(13)).reason == (
        "13 zones do not divide by 3: 3 lots of 3, 1 of 4. 12 or 15 zones would."
    )
    assert bundle(line(4)).reason == (
        "4 zones do not divide by 3: 1 lot of 4. 3 or 6 zones would."
    )


def test_remainders_on_a_grid():
    assert sorted(len(lot.zones) for lot in bundle(grid(4, 4)).lots) == [3, 3, 3, 3, 4]
    assert sorted(len(lot.zones) for lot in bundle(grid(7, 2)).lots) == [2, 3, 3, 3, 3]


def test_one_or_two_zones_are_one_lot():
    one, two = bundle(line(1)), bundle(line(2))
    assert [lot.zones for lot in one.lots] == [(0,)]
    assert "only one zone" in one.reason and one.saving == 0
    assert [lot.zones for lot in two.lots] == [(0, 1)]
    assert "only 2 zones" in two.reason


def test_lots_may_have_other_sizes():
    assert [len(lot.zones) for lot in bundle(grid(4, 2), size=4).lots] == [4, 4]
    assert [len(lot.zones) for lot in bundle(line(4), size=1).lots] == [1] * 4


def test_a_star_needs_near_links_and_says_so():
    # two triples would both need the center; leaves are 353 m apart
    lots = bundle(star())
    assert lots.status is Status.OPTIMAL
    assert "No choice of lots exists in which every lot's zones touch" in lots.reason
    assert "Joined although they do not touch" in lots.reason
    # the triple with the center hangs together, the other has two near links
    assert sorted(len(lot.near) for lot in lots.lots) == [0, 2]


def test_a_star_of_far_leaves_has_no_lots():
    lots = bundle(star(), gap_limit=300.0)
    assert lots.status is Status.INFEASIBLE
    assert "Near zones do not help" in lots.reason and "gap_limit" in lots.reason


def test_fewer_threes_are_told():
    # two parts of four zones: 8 = 3 + 3 + 2 cannot be, 4 + 4 can
    xy = [(200.0 * i, 0) for i in range(4)] + [(200.0 * i, 9_000) for i in range(4)]
    edges = [(0, 1), (1, 2), (2, 3), (4, 5), (5, 6), (6, 7)]
    lots = bundle(town(xy, edges))
    assert [lot.zones for lot in lots.lots] == [(0, 1, 2, 3), (4, 5, 6, 7)]
    assert lots.status is Status.OPTIMAL
    assert "2 lots of 3 cannot be had together; 0 is the most" in lots.reason


def test_a_lonely_island_is_named():
    xy = [(0, 0), (200, 0), (400, 0), (9_000, 0)]
    lots = bundle(town(xy, [(0, 1), (1, 2)]))
    assert lots.status is Status.INFEASIBLE
    assert "no allowed lot holds zone 4" in lots.reason


def test_a_barrier_is_crossed_where_it_must_be():
    # 0-1 | 2-3-4-5: threes need one crossing; its price is 12 × 300
    free = bundle(line(6))
    edges = [(i, i + 1) for i in range(5) if i != 1]
    xy = [(200.0 * i, 0.0) for i in range(6)]
    lots = bundle(town(xy, edges, cut=[(1, 2)]))
    assert [lot.crossings for lot in lots.lots] == [1, 0]
    assert lots.cost - free.cost == 3_600


def test_a_dear_barrier_is_left_between_lots():
    plan = grid(3, 2)  # rows 0 1 2 / 3 4 5, a barrier between the rows
    edges = plan.problem.region.edges.tolist()
    cut = [tuple(pair) for pair in edges if pair[1] - pair[0] == 3]
    kept = [tuple(pair) for pair in edges if pair[1] - pair[0] == 1]
    lots = bundle(town(plan.problem.region.xy, kept, cut=cut))
    assert [lot.zones for lot in lots.lots] == [(0, 1, 2), (3, 4, 5)]


def test_a_band_that_cannot_be_kept_is_told():
    area = [46_700] * 5 + [400_000]
    lots = bundle(line(6, area=area), tolerance=0.1)
    assert lots.status is Status.INFEASIBLE
    assert "±10 %" in lots.reason and "tolerance" in lots.reason


def test_a_band_that_can_be_kept_is_kept():
    lots = bundle(grid(5, 3), tolerance=0.05)
    assert lots.status is Status.OPTIMAL
    costs = [lot.cost for lot in lots.lots]
    assert max(costs) <= 1.05 / 0.95 * min(costs)


def test_one_seed_gives_one_answer():
    plan = random_plan(5, num_zones=20)
    first, second = (bundle(plan, seed=3) for _ in range(2))
    assert first.lots == second.lots and first.bound == second.bound


def test_no_time_is_no_crash():
    lots = bundle(grid(10, 10), time_limit=0.0)
    assert lots.status in (Status.UNKNOWN, Status.FEASIBLE)
    if lots.status is Status.UNKNOWN:
        assert "time_limit" in lots.reason and lots.saving is None


def test_a_time_limit_leaves_a_bound():
    lots = bundle(grid(12, 10), time_limit=2.0)
    assert lots.status in (Status.OPTIMAL, Status.FEASIBLE)
    assert lots.bound <= lots.cost and lots.gap < 0.05


def test_both_engines_agree():
    columns = LotEnumeration(ZoneFacts(grid(5, 4)), 3, None).columns((2, 3, 4))
    rules = [(np.flatnonzero(columns.sizes == 3), 6)]
    matrix = PartitioningMatrix.from_columns(columns.indptr, columns.members, 20, rules)
    found = [
        engine(matrix, columns.cost, SearchBudget.of(60))
        for engine in (select_by_cpsat, select_large)
    ]
    assert found[0].proved and found[1].proved
    assert found[0].bound == found[1].bound


@pytest.mark.parametrize(
    "setting", [{"size": 0}, {"tolerance": 1.0}, {"tolerance": -0.1}, {"gap_limit": -1}]
)
def test_settings_out_of_range_are_refused(setting):
    with pytest.raises(InputError, match=next(iter(setting))):
        bundle(line(3), **setting)


def test_too_many_choices_are_refused(monkeypatch):
    few = EnumerationParams(max_sets=1_000)
    monkeypatch.setattr(zoning.lots.enumerate, "PARAMS", few)
    with pytest.raises(InputError, match="too many sets"):
        bundle(grid(12, 12), size=12)


def test_larger_lots_are_left_out_where_they_are_too_many(monkeypatch):
    every = bundle(line(31), size=3)
    sets = EnumerationParams(max_sets=125)
    monkeypatch.setattr(zoning.lots.enumerate, "PARAMS", sets)
    found = bundle(line(31), size=3)
    assert sorted(len(lot.zones) for lot in found.lots) == [2, 2, *[3] * 9]
    assert "Lots of more than 3 zones are too many" in found.reason
    assert found.status is Status.FEASIBLE
    assert found.bound <= every.cost <= found.cost
