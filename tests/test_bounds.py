"""Bounds of every engine stay below the truth, stage by stage."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from zoning.clock import perf_counter
from zoning.limits import Limits
from zoning.problem import Band, Problem
from zoning.rules import Centers as MayBeCenters
from zoning.search.column_generation.restricted_master import (
    ColumnGenerationLimits,
    build_master,
)
from zoning.search.column_generation.solve import ColumnGenerationResult, solve
from zoning.search.instance import zones
from zoning.search.instance.constants import NO_LIMIT, SCALE
from zoning.search.instance.instance import Instance
from zoning.search.lagrangian.ascent import (
    deflected_subgradient,
    knapsack_dual,
    r_algorithm,
)
from zoning.search.lagrangian.bound import initial_multipliers
from zoning.search.lagrangian.oracles import connected_oracle, knapsack_oracle
from zoning.search.pricing.duals import Duals, reduced_costs
from zoning.search.pricing.subproblems import CenterSubproblems
from zoning.search.run import Run
from zoning.search.strategies import lagrangian_bound as centers
from zoning.search.strategies.column_generation import ColumnGeneration
from zoning.search.strategies.lagrangian_bound import LagrangianBound

BATCHES = range(0, 160, 20)


def cases(chance_problem, truth_of, first):
    """Problems that have a plan, with their arrays, truth and cheapest travel."""
    for seed in range(first, first + 20):
        problem = chance_problem(seed)
        truth = truth_of(problem)
        if truth.cost is not None:
            base = problem.fixed * problem.num_zones + int(problem.region.load.sum())
            yield (
                seed,
                problem,
                Instance.from_problem(problem),
                truth,
                truth.cost - base,
            )


def best_zones(truth, count, travel, n):
    """The zones of one cheapest plan, as units."""

    def search(left, wanted, worth):
        if not left or not wanted:
            return [] if left == wanted == worth else None
        for zone, (cost, _) in truth.zones.items():
            if zone & left & -left and zone & left == zone and cost <= worth:
                rest = search(left ^ zone, wanted - 1, worth - cost)
                if rest is not None:
                    return [zone, *rest]
        return None

    return search((1 << n) - 1, count, travel)


def labels_of(plan, n):
    """Zone of each unit for zones given as bits."""
    return np.array([[zone >> i & 1 for zone in plan].index(1) for i in range(n)])


@pytest.mark.parametrize("first", BATCHES)
def test_the_bound_by_centers_is_below_the_truth(chance_problem, truth_of, first):
    for seed, problem, a, _, travel in cases(chance_problem, truth_of, first):
        subproblems, told = CenterSubproblems(a, problem.num_zones), []
        point = knapsack_dual(
            subproblems,
            initial_multipliers(a, problem.num_zones, []),
            None,
            deadline=perf_counter() + 5,
            on_bound=told.append,
        )
        assert point.bound <= travel, seed
        assert max([*told, 0]) <= travel, seed
        assert subproblems.bound(point.duals, point.min_reduced_cost) == point.bound, (
            seed
        )


@pytest.mark.parametrize("first", BATCHES)
def test_the_bound_by_zones_that_hang_together_is_below_the_truth(
    chance_problem, truth_of, first
):
    chance = np.random.default_rng(first)
    for seed, problem, a, _, travel in cases(chance_problem, truth_of, first):
        subproblems = CenterSubproblems(a, problem.num_zones)
        usual = initial_multipliers(a, problem.num_zones, []).mean()
        for _ in range(3):
            price = chance.uniform(-0.2, 1.0, a.num_units) * usual
            loose = knapsack_oracle(subproblems, price)
            point = connected_oracle(subproblems, price, perf_counter() + 5)
            assert loose.bound <= travel, seed
            assert point.bound <= travel, seed
            assert (point.min_reduced_cost >= loose.min_reduced_cost).all(), seed


def test_deflected_subgradients_come_near_the_r_algorithm(blocks):
    problem = Problem(blocks(12, 10), 20, tolerance=0.2, strict=True)
    a, deadline = Instance.from_problem(problem), perf_counter() + 20
    subproblems = CenterSubproblems(a, 20)
    look = partial(knapsack_oracle, subproblems)
    first = look(initial_multipliers(a, 20, []))
    best = r_algorithm(look, subproblems, first, None, deadline=deadline)
    point = deflected_subgradient(look, first, 200, step=0.15, deadline=deadline)
    assert first.bound < point.bound
    assert point.bound > 0.95 * best.bound


def test_a_bound_comes_before_the_search_for_better_plans(blocks):
    problem = Problem(blocks(10, 8), 14, tolerance=0.3, strict=True)
    run = Run(problem, Limits(20))
    LagrangianBound()(run)  # needs no plan
    early = run.bound
    assert early > run.base
    ColumnGeneration()(run)
    assert early <= run.bound <= run.cost


@pytest.mark.parametrize("first", BATCHES)
def test_nothing_is_fixed_that_a_better_plan_needs(chance_problem, truth_of, first):
    for seed, problem, a, truth, travel in cases(chance_problem, truth_of, first):
        subproblems = CenterSubproblems(a, problem.num_zones)
        point = knapsack_dual(
            subproblems,
            initial_multipliers(a, problem.num_zones, []),
            travel + 1,
            deadline=perf_counter() + 5,
        )
        subproblems.fix_by_reduced_cost(point.duals, point.min_reduced_cost, travel + 1)
        for zone in best_zones(truth, problem.num_zones, travel, len(problem.region)):
            center = truth.zones[zone][1]
            assert subproblems.is_open[center], seed
            units = {i for i in range(len(problem.region)) if zone >> i & 1}
            assert units <= set(subproblems.candidates[center].tolist()), seed


@pytest.mark.parametrize("begin", ["nothing", "a plan", "the best plan"])
@pytest.mark.parametrize("first", range(0, 120, 20))
def test_each_stage_of_the_exact_engine_keeps_below_the_truth(
    chance_problem, truth_of, begin, first
):
    for seed, problem, a, truth, travel in cases(chance_problem, truth_of, first):
        count, n = problem.num_zones, len(problem.region)
        told, best = [], None
        if begin != "nothing":
            plan = labels_of(best_zones(truth, count, travel, n), n)
            best = zones.of_plan(a, plan, count)
            if begin == "a plan":  # the same zones, told to be a little dearer
                best = zones.Zones(*best[:2], best.travel + 3, best.excess_cost)
        limits = ColumnGenerationLimits(seconds=2.0, on_bound=told.append)
        master = build_master(a, count, best, limits)
        # beyond the plan at hand a bound only says that no plan is better than that
        limit = travel if best is None else max(travel, int(best.cost.sum()))
        highest = limit if begin == "the best plan" else travel
        assert bounded(master) <= highest, seed
        for _ in range(10):
            solved = master.generate_columns()
            assert bounded(master) <= highest, seed
            assert not master.infeasible, seed
            if not solved or master.closed:
                break
            listed = master.enumerate(10_000)
            if begin == "a plan" and listed is not None:
                # the best zones are among what a better plan may hold
                left = {frozenset(z.tolist()) for z in split(listed)}
                assert has_a_best_plan(left, truth, count, travel, n), seed
            if not master.separate():
                break
        assert min(max(told), limit) <= highest, seed


def bounded(master):
    return master.bound if master.cutoff is None else min(master.bound, master.cutoff)


def split(some):
    return np.split(some.members, some.indptr[1:-1]) if len(some) else []


def has_a_best_plan(left, truth, count, travel, n):
    only = {
        zone: told
        for zone, told in truth.zones.items()
        if frozenset(i for i in range(n) if zone >> i & 1) in left
    }
    return best_zones(type(truth)(None, (), only), count, travel, n) is not None


@pytest.mark.parametrize("first", BATCHES)
def test_the_exact_engine_closes_tiny_regions(chance_problem, truth_of, first):
    for seed in range(first, first + 20):
        problem = chance_problem(seed)
        a, count = Instance.from_problem(problem), problem.num_zones
        truth = truth_of(problem).cost
        if count > len(problem.region):
            continue
        chosen = solve(a, count, None, ColumnGenerationLimits(seconds=5.0))
        assert chosen.closed, seed
        if truth is None:
            assert chosen.best is None, seed
            assert chosen.bound is None, seed
        else:
            base = problem.fixed * count + int(problem.region.load.sum())
            assert base + int(chosen.best.cost.sum()) == truth, seed
            assert base + chosen.bound == truth, seed


def test_a_region_without_a_plan_has_no_finite_bound(line):
    from zoning.problem import Problem

    # Three units of 10 make no two zones within 5 % of each other.
    problem = Problem(line(10, 10, 10), 2, tolerance=0.05, strict=True)
    chosen = solve(
        Instance.from_problem(problem), 2, None, ColumnGenerationLimits(seconds=5.0)
    )
    assert chosen == ColumnGenerationResult(None, None, closed=True)
    assert NO_LIMIT > 10**18


def test_where_no_center_is_left_the_bound_is_beyond_all_plans(line):
    problem = Problem(line(1, 1, 1, 1), 2, tolerance=0.5, strict=True)
    subproblems = CenterSubproblems(Instance.from_problem(problem), 2)
    subproblems.is_open[:] = False
    assert knapsack_oracle(subproblems, np.ones(4)).bound >= NO_LIMIT
    assert (
        connected_oracle(subproblems, np.ones(4), perf_counter() + 5).bound >= NO_LIMIT
    )


def test_no_center_is_asked_that_may_not_be_one(line):
    # No zone weighs 9, so no center is worth more than another: a must stay out.
    rules = (MayBeCenters(("b", "c", "d")),)
    bands = {"load": Band(9, 9)}
    problem = Problem(
        line(1, 1, 1, 1), 2, tolerance=None, bands=bands, rules=rules, strict=True
    )
    subproblems, asked = CenterSubproblems(Instance.from_problem(problem), 2), []
    ask = subproblems.price

    def noted(*args, centers, **options):
        asked.extend(centers.tolist())
        return ask(*args, centers=centers, **options)

    subproblems.price = noted
    assert (
        connected_oracle(subproblems, np.ones(4), perf_counter() + 5).bound >= NO_LIMIT
    )
    assert set(asked) <= {1, 2, 3}


def test_a_center_is_offered_itself_where_many_units_stand_on_one_spot(line):
    region = replace(line(*[1] * 20), xy=np.zeros((20, 2)))
    subproblems = CenterSubproblems(
        Instance.from_problem(Problem(region, 10, tolerance=0.5, strict=True)), 10
    )
    near = centers.nearest(subproblems, 1.0).candidates
    assert all(c in near[c] for c in range(20))


def test_cuts_count_zones_that_hold_two_of_their_units():
    # 7 yuan less the duals of units 0 and 1, and of the one cut that holds them both.
    ends, units = np.array([0, 2]), np.array([0, 1], np.int32)
    some = zones.Zones(ends, units, np.array([7]), np.array([0]))
    triples = np.array([[0, 1, 3], [1, 2, 3]], np.int32)
    duals = Duals(np.array([3, 4, 5, 6]), 0, np.array([-2, -9]), triples)
    assert reduced_costs(some, duals).tolist() == [7 * SCALE - 7 + 2]
