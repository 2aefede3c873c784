"""Bounds of every engine stay below the truth, stage by stage."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from zoning.clock import perf_counter
from zoning.problem import Band, Problem
from zoning.rules import Centers as MayBeCenters
from zoning.search.column_generation import solve as exact
from zoning.search.column_generation.restricted_master import Limits, master_of
from zoning.search.instance import zones
from zoning.search.instance.constants import NO_LIMIT, SCALE
from zoning.search.instance.instance import Instance
from zoning.search.lagrangian import bound as relax
from zoning.search.lagrangian import connected_oracle as joined
from zoning.search.pricing.subproblems import Market, Prices, values
from zoning.search.run import Run
from zoning.search.strategies import lagrangian_bound as centers
from zoning.search.strategies.column_generation import Whole
from zoning.search.strategies.lagrangian_bound import Centers

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
        market, told = Market(a, problem.num_zones), []
        level = relax.prices_by_centers(
            market,
            relax.worth(a, problem.num_zones, []),
            None,
            deadline=perf_counter() + 5,
            tell=told.append,
        )
        assert level.bound <= travel, seed
        assert max([*told, 0]) <= travel, seed
        assert market.bound(level.prices, level.least) == level.bound, seed


@pytest.mark.parametrize("first", BATCHES)
def test_the_bound_by_zones_that_hang_together_is_below_the_truth(
    chance_problem, truth_of, first
):
    chance = np.random.default_rng(first)
    for seed, problem, a, _, travel in cases(chance_problem, truth_of, first):
        market = Market(a, problem.num_zones)
        usual = relax.worth(a, problem.num_zones, []).mean()
        for _ in range(3):
            price = chance.uniform(-0.2, 1.0, a.num_units) * usual
            loose = relax.evaluate(market, price)
            level = joined.evaluate(market, price, perf_counter() + 5)
            assert loose.bound <= travel, seed
            assert level.bound <= travel, seed
            assert (level.least >= loose.least).all(), seed


def test_averaged_steps_lift_the_bound_nearly_to_the_dilated_one(blocks):
    problem = Problem(blocks(12, 10), 20, tolerance=0.2)
    a, deadline = Instance.from_problem(problem), perf_counter() + 20
    market = Market(a, 20)
    look = partial(relax.evaluate, market)
    first = look(relax.worth(a, 20, []))
    best = relax.climb(look, market, first, None, deadline=deadline)
    level = relax.rise(look, first, 200, step=0.15, deadline=deadline)
    assert first.bound < level.bound
    assert level.bound > 0.95 * best.bound


def test_a_bound_comes_before_the_search_for_better_plans(blocks):
    problem = Problem(blocks(10, 8), 14, tolerance=0.3)
    run = Run(problem, time_limit=20)
    Centers()(run)  # needs no plan
    early = run.bound
    assert early > run.base
    Whole()(run)
    assert early <= run.bound <= run.cost


@pytest.mark.parametrize("first", BATCHES)
def test_nothing_is_fixed_that_a_better_plan_needs(chance_problem, truth_of, first):
    for seed, problem, a, truth, travel in cases(chance_problem, truth_of, first):
        market = Market(a, problem.num_zones)
        level = relax.prices_by_centers(
            market,
            relax.worth(a, problem.num_zones, []),
            travel + 1,
            deadline=perf_counter() + 5,
        )
        market.fix(level.prices, level.least, travel + 1)
        for zone in best_zones(truth, problem.num_zones, travel, len(problem.region)):
            center = truth.zones[zone][1]
            assert market.open[center], seed
            units = {i for i in range(len(problem.region)) if zone >> i & 1}
            assert units <= set(market.near[center].tolist()), seed


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
                best = zones.Zones(best.indptr, best.members, best.cost + 3)
        limits = Limits(seconds=2.0, tell=told.append)
        master = master_of(a, count, best, limits)
        # beyond the plan at hand a bound only says that no plan is better than that
        limit = travel if best is None else max(travel, int(best.cost.sum()))
        highest = limit if begin == "the best plan" else travel
        assert bounded(master) <= highest, seed
        for _ in range(10):
            solved = master.price()
            assert bounded(master) <= highest, seed
            assert not master.impossible, seed
            if not solved or master.closed:
                break
            listed = master.remaining(10_000)
            if begin == "a plan" and listed is not None:
                # the best zones are among what a better plan may hold
                left = {frozenset(z.tolist()) for z in split(listed)}
                assert has_a_best_plan(left, truth, count, travel, n), seed
            if not master.separate():
                break
        assert min(max(told), limit) <= highest, seed


def bounded(master):
    return master.bound if master.limit is None else min(master.bound, master.limit)


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
        chosen = exact.close(a, count, None, Limits(seconds=5.0))
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
    problem = Problem(line(10, 10, 10), 2, tolerance=0.05)
    chosen = exact.close(Instance.from_problem(problem), 2, None, Limits(seconds=5.0))
    assert chosen == exact.Chosen(None, None, closed=True)
    assert NO_LIMIT > 10**18


def test_where_no_center_is_left_the_bound_is_beyond_all_plans(line):
    problem = Problem(line(1, 1, 1, 1), 2, tolerance=0.5)
    market = Market(Instance.from_problem(problem), 2)
    market.open[:] = False
    assert relax.evaluate(market, np.ones(4)).bound >= NO_LIMIT
    assert joined.evaluate(market, np.ones(4), perf_counter() + 5).bound >= NO_LIMIT


def test_no_center_is_asked_that_may_not_be_one(line):
    # No zone weighs 9, so no center is worth more than another: a must stay out.
    rules = (MayBeCenters(("b", "c", "d")),)
    bands = {"load": Band(9, 9)}
    problem = Problem(line(1, 1, 1, 1), 2, tolerance=None, bands=bands, rules=rules)
    market, asked = Market(Instance.from_problem(problem), 2), []
    ask = market.ask

    def noted(*args, centers, **options):
        asked.extend(centers.tolist())
        return ask(*args, centers=centers, **options)

    market.ask = noted
    assert joined.evaluate(market, np.ones(4), perf_counter() + 5).bound >= NO_LIMIT
    assert set(asked) <= {1, 2, 3}


def test_a_center_is_offered_itself_where_many_units_stand_on_one_spot(line):
    region = replace(line(*[1] * 20), xy=np.zeros((20, 2)))
    market = Market(Instance.from_problem(Problem(region, 10, tolerance=0.5)), 10)
    near = centers._nearest(market, 1.0).near
    assert all(c in near[c] for c in range(20))


def test_zones_are_worth_the_same_after_new_cuts():
    some = zones.Zones(np.array([0, 2]), np.array([0, 1], np.int32), np.array([7]))
    nothing = np.zeros(0, np.int64), np.zeros((0, 3), np.int32)
    prices = Prices(np.array([3, 4, 5]), 0, *nothing)
    assert values(some, prices, [np.array([0, 3])]).tolist() == [7 * SCALE - 7]
