"""A proof holds against the checker: small problems on which one once did not."""

from dataclasses import replace

import numpy as np
import pytest

from zoning import problem as problems
from zoning.check import judge
from zoning.costs import CostModel
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.region import Region
from zoning.result import Status
from zoning.rules import (
    Border,
    CannotLink,
    Centers,
    Freeze,
    Lock,
    MustLink,
    Pin,
    Previous,
    Radius,
    Spread,
    Target,
)
from zoning.search.instance.constants import FAR, SCALE
from zoning.search.instance.instance import Instance
from zoning.search.lagrangian.bound import max_multiplier
from zoning.search.lagrangian.oracles import knapsack_oracle
from zoning.search.pricing.subproblems import CenterSubproblems
from zoning.search.strategies.column_generation import ColumnGeneration
from zoning.solve import solve
from zoning.solvers.mip_builder import MipBuilder

pytestmark = pytest.mark.usefixtures("compiled")


def row(*loads, xy=None, travel=1 / 12, **more):
    """Units a, b, c, ... 100 m apart on a line; travel as it is said."""
    n = len(loads)
    places = np.column_stack([100.0 * np.arange(n), np.zeros(n)])
    return Region(
        names=tuple("abcdefghijkl"[:n]),
        xy=places if xy is None else np.array(xy, float),
        load=np.array(loads),
        edges=np.array([(i, i + 1) for i in range(n - 1)]),
        costs=CostModel(consumables=1 / 12, travel=travel, detour=1.0, resources=()),
        **more,
    )


def accepted(problem, labels):
    """Cost of a plan that the checker accepts."""
    verdict = judge(Plan(problem, np.array(labels)))
    assert verdict.ok, verdict.faults
    return verdict.total


def test_a_set_of_units_is_priced_from_a_center_that_may_be_one():
    # from c, the only center allowed, a and b cost 50 and 5; from a only 2 and 5
    region = row(100, 10, 10, travel=1 / 48)
    problem = Problem(
        region,
        1,
        tolerance=0.05,
        fair_share=172,
        rules=(Centers(("c",)),),
        strict=True,
    )
    assert accepted(problem, [0, 0, 0]) == 172
    assert solve(problem, time_limit=5).cost == 172


def test_a_set_of_units_is_priced_from_a_center_that_reaches_all():
    region = row(100, 10, 10, xy=[(0, 0), (100, 0), (150, 0)], travel=1 / 24)
    problem = Problem(
        region,
        1,
        tolerance=0.05,
        fair_share=172,
        rules=(Radius(hard=100.0),),
        strict=True,
    )
    assert accepted(problem, [0, 0, 0]) == 172
    assert solve(problem, time_limit=5).cost == 172


def test_a_unit_that_no_allowed_center_serves_within_the_band_is_told():
    region = row(100, 10, 10, travel=1 / 48)
    problem = Problem(
        region,
        1,
        tolerance=0.05,
        fair_share=130,
        rules=(Centers(("c",)),),
        strict=True,
    )
    result = solve(problem, time_limit=5)
    assert result.status is Status.INFEASIBLE
    assert "a" in result.reason


RULES = (
    (),
    (Border("club", 40),),
    (Radius(soft=140.0, price=30),),
    (Radius(hard=230.0),),
    (Centers(("a", "d")), Border("club", 7), Radius(soft=90.0, price=5)),
)


@pytest.mark.parametrize("rules", RULES, ids=lambda rules: " ".join(map(str, rules)))
def test_what_is_computed_on_the_way_is_what_a_table_holds(rules, monkeypatch):
    region = row(30, 10, 20, 10, 5, 15, columns={"club": tuple("xyxyyx")})
    region = replace(region, costs=replace(region.costs, detour=1.4))
    problem = Problem(region, 2, tolerance=None, rules=rules, strict=True)
    table = Instance.from_problem(problem)
    monkeypatch.setattr(problems, "TABLE_UNITS", 3)
    lines = Instance.from_problem(
        Problem(region, 2, tolerance=None, rules=rules, strict=True)
    )
    assert not len(lines.travel_data.table)
    every = np.arange(len(region))
    assert np.array_equal(
        lines.travel_data.among(every), table.travel_data.among(every)
    )
    least = (table.travel_data.among(every) % FAR).max(axis=1).sum()
    assert lines.travel_data.most() >= table.travel_data.most() == least


@pytest.mark.parametrize("rules", RULES[1:], ids=lambda rules: str(rules[0]))
def test_dear_rules_do_not_make_a_region_impossible(rules, monkeypatch):
    """Without a plan at hand the engine stops where no plan can travel as much."""
    monkeypatch.setattr(problems, "TABLE_UNITS", 3)
    region = row(10, 10, 10, 10, columns={"club": tuple("xyxy")}, travel=1e-6)
    dear = [replace(r, price=1000) if getattr(r, "price", 0) else r for r in rules]
    problem = Problem(
        region,
        2,
        tolerance=None,
        bands={"load": Band(20, 20)},
        rules=tuple(dear),
        strict=True,
    )
    result = solve(problem, ColumnGeneration(), time_limit=5)
    verdict = judge(Plan(problem, np.array([0, 0, 1, 1])))
    if verdict.ok:
        assert result.status is Status.OPTIMAL
        assert result.cost == verdict.total
    else:
        assert result.status is Status.INFEASIBLE


def test_a_hard_radius_parts_the_same_pairs_in_the_search(monkeypatch):
    monkeypatch.setattr(problems, "TABLE_UNITS", 1)
    # 14 m · 1.3 is 18.2 m to the last digit, while 18.2 m / 1.3 is below 14 m
    region = row(10, 10, xy=[(0, 0), (14, 0)], travel=1e-4)
    region = replace(region, costs=replace(region.costs, detour=1.3))
    assert 18.2 / 1.3 < 14.0
    assert 14.0 * 1.3 <= 18.2
    problem = Problem(
        region, 1, tolerance=None, rules=(Radius(hard=18.2),), strict=True
    )
    assert solve(problem, time_limit=5).cost == accepted(problem, [0, 0])


@pytest.mark.parametrize("seed", range(20))
def test_lengths_end_at_the_same_line_in_search_and_checker(seed, monkeypatch):
    chance = np.random.default_rng(seed)
    line, detour = chance.uniform(1, 900), chance.choice([1.0, 1.3, 1.37, 1.5])
    monkeypatch.setattr(problems, "TABLE_UNITS", 1)
    region = row(10, 10, xy=[(0, 0), (line, 0)], travel=1e-4)
    region = replace(region, costs=replace(region.costs, detour=float(detour)))
    hard = float(chance.choice([line * detour, np.nextafter(line * detour, 0)]))
    problem = Problem(
        region, 1, tolerance=None, rules=(Radius(hard=hard),), strict=True
    )
    served = problem.may_serve([0], [1])[0, 0]
    assert (
        Instance.from_problem(problem).travel_data.among(np.arange(2))[0, 1] < FAR
    ) == served


def test_streets_given_for_a_large_region_are_followed(monkeypatch):
    monkeypatch.setattr(problems, "TABLE_UNITS", 2)
    way = np.ones((4, 4), np.int32) - np.eye(4, dtype=np.int32)
    problem = Problem(
        row(10, 10, 10, 10, way=way, travel=100 / 120), 2, tolerance=0.9, strict=True
    )
    result = solve(problem, time_limit=5)
    # streets of 1 m, though the units stand 100 m apart: a yuan each
    assert result.cost == result.bound == accepted(problem, [0, 0, 1, 1]) == 42


def test_change_is_rounded_once_for_the_whole_plan():
    region = row(
        10, 10, 10, 10, 10, 10,
        sums={"area": np.array([3, 1, 1, 3, 1, 1])},
        columns={"was": tuple("SWSWNS")},
        travel=1 / 120,
    )  # fmt: skip
    problem = Problem(
        region,
        3,
        tolerance=None,
        bands={"load": Band(10, 40)},
        rules=(Previous("was", price=0.6),),
        strict=True,
    )
    assert accepted(problem, [0, 0, 0, 1, 2, 2]) == 61
    for seed in (0, 8):
        result = solve(problem, seed=seed, time_limit=10)
        assert (result.status, result.cost, result.bound) == (Status.OPTIMAL, 61, 61)


@pytest.mark.parametrize("price", [0.25, 0.5, 0.6, 1 / 3, 1.5, 2, 0.0001])
def test_plans_with_a_price_of_change_are_proved_best(price):
    # all six ways to cut a line of four in two or three places, counted out
    region = row(
        10, 10, 10, 10,
        sums={"area": np.array([3, 1, 5, 1])},
        columns={"was": ("N", "S", "N", "S")},
        travel=1 / 120,
    )  # fmt: skip
    problem = Problem(
        region,
        2,
        tolerance=None,
        bands={"load": Band(10, 30)},
        rules=(Previous("was", price=price),),
        strict=True,
    )
    plans = [[0, 1, 1, 1], [0, 0, 1, 1], [0, 0, 0, 1]]
    best = min(accepted(problem, plan) for plan in plans)
    result = solve(problem, time_limit=5)
    assert (result.cost, result.bound) == (best, best)


@pytest.mark.parametrize("price", [0.6, 1.0])
def test_a_choice_costs_what_its_names_make_it_cost(price):
    """More former names than zones: the third name has no place of its own."""
    region = Region(
        names=tuple("abcd"),
        xy=np.zeros((4, 2)),
        load=np.full(4, 100),
        sums={"area": np.array([3, 1, 3, 3])},
        edges=np.array([(0, 1), (0, 2), (1, 2), (1, 3), (0, 3)]),
        columns={"was": ("G", "S", "S", "N")},
    )
    travel = np.array(
        [[0, 66, 30, 42], [59, 0, 20, 36], [82, 93, 0, 62], [31, 68, 67, 0]]
    )
    rules = (Previous("was", price=price),)
    problem = Problem(
        region, 2, tolerance=None, travel=travel, rules=rules, strict=True
    )
    begin = Plan(problem, np.array([0, 1, 1, 0]))
    result = solve(problem, ColumnGeneration(), start=begin, time_limit=5)
    assert result.cost == accepted(problem, [0, 0, 0, 1]) < judge(begin).total


def test_prices_of_change_too_small_to_count_are_refused():
    with pytest.raises(InputError, match=r"0, or at least 0\.0001"):
        Previous("was", price=0.00001)


def test_prices_that_would_pass_for_forbidden_are_refused_by_name():
    """What may not be served is told from what is dear by its price alone."""
    n = 20_000
    town = Region(
        names=tuple(f"u{i}" for i in range(n)),
        xy=np.column_stack([100.0 * np.arange(n), np.zeros(n)]),
        load=np.full(n, 10),
        sums={"area": np.full(n, 10_000)},
        edges=np.array([(i, i + 1) for i in range(n - 1)]),
        columns={"club": ("x", "y") * (n // 2)},
    )
    with pytest.raises(InputError, match=r"too high to be reckoned with \(.*club"):
        Problem(town, 2, tolerance=None, rules=(Border("club", 10**9),), strict=True)
    with pytest.raises(InputError, match="price of change"):
        Problem(
            town, 2, tolerance=None, rules=(Previous("club", price=1e6),), strict=True
        )
    table = np.full((4, 4), 10**13)
    np.fill_diagonal(table, 0)
    with pytest.raises(InputError, match=r"Ways cost up to 10,000,000,000,000 yuan"):
        Problem(row(10, 10, 10, 10), 2, travel=table, strict=True)


@pytest.mark.parametrize("price", [1_000, 10**9])
def test_high_prices_below_that_are_held(price):
    region = row(10, 10, 10, 10, columns={"club": tuple("xyxy")})
    problem = Problem(
        region,
        2,
        tolerance=None,
        bands={"load": Band(20, 20)},
        rules=(Border("club", price),),
        strict=True,
    )
    result = solve(problem, time_limit=5)
    assert result.cost == result.bound == accepted(problem, [0, 0, 1, 1])


def test_two_lengths_with_prices_are_refused():
    rules = (Radius(soft=100.0, price=5), Radius(soft=200.0, price=9))
    with pytest.raises(InputError, match="beyond 100 m and beyond 200 m"):
        Problem(row(10, 10, 10), 1, rules=rules, strict=True)


def test_a_plan_in_force_is_priced_with_all_zones_locked():
    region = row(10, 10, 10, 10)
    locks = (Lock("A", ("a", "b")), Freeze("B", ("c", "d")))
    problem = Problem(region, 2, tolerance=None, rules=locks, strict=True)
    result = solve(problem, time_limit=5)
    assert result.status is Status.OPTIMAL
    assert result.cost == result.bound == accepted(problem, [0, 0, 1, 1])
    free = Problem(region, 2, tolerance=0.5, strict=True)
    first = solve(free, time_limit=5)
    kept = solve(free, start=first.plan, keep=first.verdict.names, time_limit=5)
    assert (kept.status, kept.cost) == (Status.OPTIMAL, first.cost)


def test_all_zones_locked_outside_a_band_is_impossible():
    locks = (Lock("A", ("a",)), Lock("B", ("b", "c", "d")))
    bands = {"load": Band(15, 25)}
    problem = Problem(
        row(10, 10, 10, 10), 2, tolerance=None, bands=bands, rules=locks, strict=True
    )
    result = solve(problem, time_limit=5)
    assert result.status is Status.INFEASIBLE
    assert "Zone A" in result.reason


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (CannotLink(("a", "b")), "must not share a zone"),
        (Spread("fee", 0.2), "fee runs from 0.1 to 0.9"),
        (Pin("Old", ("d",)), "without d, pinned to it"),
        (Previous("was", budget=0.1), "20 m² change zone"),
    ],
)
@pytest.mark.parametrize("kind", [Lock, Freeze])
def test_a_locked_zone_that_breaks_a_rule_is_proved_impossible(kind, rule, told):
    region = row(
        10, 10, 10, 10,
        columns={"fee": (0.1, 0.9, 0.5, 0.5), "was": ("N", "N", "S", "S")},
    )  # fmt: skip
    problem = Problem(
        region, 2, tolerance=None, rules=(kind("Old", ("a", "b")), rule), strict=True
    )
    result = solve(problem, time_limit=5)
    assert result.status is Status.INFEASIBLE
    assert told in result.reason


def test_what_changes_beside_locked_zones_counts_and_is_proved():
    region = row(10, 10, 10, 10, columns={"was": ("N", "Old", "S", "Old")})
    for price in (1.0, 0.5):
        rules = (Lock("Old", ("a", "b")), Previous("was", price=price))
        problem = Problem(region, 2, tolerance=None, rules=rules, strict=True)
        result = solve(problem, time_limit=5)
        cost = accepted(problem, [0, 0, 1, 1])
        assert (result.cost, result.bound) == (cost, cost)
        # a and d change whatever becomes of c
        assert result.verdict.change_cost == 20 * price


def test_a_budget_counts_what_changes_beside_locked_zones():
    region = row(10, 10, 10, 10, 10, 10, columns={"was": tuple("ANNSSS")})
    # a leaves A for the locked zone: 10 of 60 m²; one unit more may change, not two
    for budget, status in ((0.34, Status.OPTIMAL), (0.17, Status.OPTIMAL)):
        problem = Problem(
            region,
            3,
            tolerance=None,
            bands={"load": Band(10, 40)},
            rules=(Lock("L", ("a",)), Previous("was", budget=budget)),
            strict=True,
        )
        result = solve(problem, time_limit=5)
        assert result.status is status
        assert int(result.verdict.changed.sum()) <= budget * 60


def test_groups_that_leave_fewer_pieces_than_zones_are_proved_impossible():
    n = 105
    region = Region(
        names=tuple(f"u{i}" for i in range(n)),
        xy=np.column_stack([100.0 * np.arange(n), np.zeros(n)]),
        load=np.full(n, 10),
        edges=np.array([(i, i + 1) for i in range(n - 1)]),
    )
    group = MustLink(tuple(f"u{i}" for i in range(100)))
    problem = Problem(region, 8, tolerance=None, rules=(group,), strict=True)
    result = solve(problem, time_limit=5)
    assert result.status is Status.INFEASIBLE
    assert "leaves only 6 pieces" in result.reason


def test_a_target_beside_a_lock_of_its_name_keeps_its_band():
    locks = (Lock("Big", ("a", "b", "c")), Target("Big", 1.5))
    problem = Problem(row(10, 10, 10, 10), 2, tolerance=0.8, rules=locks, strict=True)
    result = solve(problem, time_limit=5)
    assert result.cost == accepted(problem, [0, 0, 0, 1])


def exact_filling(a, dual, center):
    """The fractional knapsack of a center in fractions of whole numbers, no float."""
    from fractions import Fraction

    every = np.arange(len(dual))
    ways = a.travel_data.among(every)[:, center].tolist()
    load = a.sums[0].tolist()
    low, high = int(a.cost_low), int(a.cost_high)
    value = [SCALE * t - int(d) for t, d in zip(ways, dual, strict=True)]
    weight = [w + t for w, t in zip(load, ways, strict=True)]
    total, heft = Fraction(value[center]), weight[center]
    others = [i for i in every.tolist() if i != center]
    others = [i for i in others if weight[i] + weight[center] <= high]
    for i in sorted(others, key=lambda i: Fraction(value[i], weight[i])):
        top = high if value[i] < 0 else low
        part = min(Fraction(1), Fraction(max(0, top - heft), weight[i]))
        if part == 0:
            break
        total += part * value[i]
        heft += part * weight[i]
        if part < 1:
            break
    return total if heft >= low else None


@pytest.mark.parametrize("size", [1.0, 1e6, 1e12])
@pytest.mark.parametrize("seed", range(5))
def test_bounds_by_centers_hold_however_large_prices_are(seed, size, blocks):
    """Large prices of both signs cancel out, and with them went the slack of floats."""
    problem = Problem(blocks(6, 5, seed), 5, tolerance=0.3, strict=True)
    a = Instance.from_problem(problem)
    chance = np.random.default_rng(seed)
    price = chance.uniform(-1, 1, len(problem.region)) * size
    price = np.clip(price, -max_multiplier(30), max_multiplier(30))
    subproblems = CenterSubproblems(a, 5)
    subproblems.candidates = [np.arange(30, dtype=np.int32)] * 30
    point = knapsack_oracle(subproblems, price)
    for center in range(30):
        exact = exact_filling(a, point.duals.unit, center)
        if exact is not None:
            assert point.min_reduced_cost[center] <= exact
            assert exact - point.min_reduced_cost[center] < 2 + 2**-49 * size * SCALE


def test_that_there_is_none_is_not_the_word_of_one_solver(monkeypatch):
    """A wrong word of HiGHS ends in no proof."""
    mip = MipBuilder(2)
    mip.add_row(np.arange(2), 1, 1, 1)
    monkeypatch.setattr(
        "zoning.solvers.highs.highspy.Highs.getModelStatus",
        lambda _: __import__("highspy").HighsModelStatus.kInfeasible,
        raising=False,
    )
    assert mip.minimize(np.array([1, 2]), 1.0).status is not Status.INFEASIBLE
