"""Diving: plans it finds are plans, what it leaves open is left open rightly."""

from itertools import combinations

import numpy as np
import pytest

from zoning.problem import Band, Problem
from zoning.region import Region
from zoning.search.column_generation import diving as dive
from zoning.search.column_generation import integer_master as pick
from zoning.search.column_generation.restricted_master import (
    ColumnGenerationLimits,
    build_master,
)
from zoning.search.instance import zones
from zoning.search.instance.constants import SCALE
from zoning.search.instance.instance import Instance

SEEDS = range(40)


def median_problem(seed, n=40, count=8):
    """Units of chance weight and place; any may share a zone that is not too heavy."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 1_000, (n, 2))
    load = rng.integers(5, 20, n)
    apart = np.hypot(*(xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1))
    band = Band(0, int(1.25 * load.sum() / count))
    every = tuple(map(str, range(n)))
    edges = np.array([*combinations(range(n), 2)], np.int32)
    region = Region(every, xy, load.astype(np.int64), edges=edges)
    return Problem(
        region,
        count,
        tolerance=None,
        bands={"load": band},
        travel=np.rint(apart).astype(np.int64),
    )


def priced(problem, seconds=20.0):
    master = build_master(
        Instance.from_problem(problem),
        problem.num_zones,
        None,
        ColumnGenerationLimits(seconds),
    )
    assert master.generate_columns()
    return master


@pytest.mark.parametrize("seed", range(3))
def test_a_dive_comes_near_the_bound_without_a_plan_to_begin_with(seed):
    master = priced(median_problem(seed))
    assert dive.dive(master, 0.5)
    a, best = master.a, master.incumbent
    assert sorted(best.members.tolist()) == list(range(master.num_units))
    assert len(best) == master.num_zones
    assert zones.keeps_bands(a, best).all()
    assert (zones.travel_of(a, best.indptr, best.members) == best.cost).all()
    assert master.bound <= best.cost.sum() <= 1.1 * master.bound


def test_a_dive_ends_when_its_time_is_over():
    master = priced(median_problem(0))
    assert not dive.dive(master, 0.0) or master.incumbent is not None


def test_what_is_left_is_bounded_by_the_best_plan_that_keeps_those_zones(
    chance_problem, truth_of
):
    tried = 0
    for seed in SEEDS:
        problem = chance_problem(seed)
        truth = truth_of(problem)
        count, n = problem.num_zones, len(problem.region)
        if truth.cost is None or count < 2:
            continue
        master = priced(problem)
        if master.lp.uses_artificial or not len(master.columns):
            continue
        every = zones.stack(master.columns)
        for at in range(min(3, len(every))):
            kept = zones.pick(every, np.array([at]))
            units = sum(1 << int(i) for i in kept.members)
            least = cheapest(truth, ((1 << n) - 1) ^ units, count - 1)
            if units == (1 << n) - 1:
                continue
            residual = master.residual(kept, 5.0)
            residual.generate_columns()
            tried += 1
            assert not (residual.infeasible and least is not None), seed
            if least is not None:
                assert residual.bound <= least, seed
    assert tried > 20


def cheapest(truth, left, count):
    """Least travel of so many of the true zones that cover what is left, or None."""
    if not left or not count:
        return 0 if not left and not count else None
    worths = []
    for zone, (cost, _) in truth.zones.items():
        if zone & left & -left and zone & left == zone:
            rest = cheapest(truth, left ^ zone, count - 1)
            if rest is not None:
                worths.append(cost + rest)
    return min(worths, default=None)


def test_both_solvers_pick_equally_cheap_plans(chance_problem):
    for seed in SEEDS:
        problem = chance_problem(seed)
        a, count = Instance.from_problem(problem), problem.num_zones
        listed = build_master(a, count, None, ColumnGenerationLimits(5.0)).enumerate(
            10_000
        )
        if listed is None or not len(listed):
            continue
        picks = []
        for few in (10_000, 0):
            picks.append(
                pick.solve_integer_master(
                    a,
                    listed,
                    count,
                    seconds=10,
                    seed=0,
                    workers=1,
                    max_cpsat_columns=few,
                )
            )
        one, two = picks
        assert one.proved, seed
        assert two.proved, seed
        assert one.travel == two.travel, seed
        assert (one.plan is None) == (two.plan is None), seed


def test_zones_of_the_relaxation_are_kept_where_none_is_of_use():
    master = priced(median_problem(0))
    objective = master.lp.solve(5.0).objective
    master.cutoff = master.bound + 1  # that much better no zone met so far is
    master.min_reduced_cost = master.min_reduced_cost + SCALE
    before = len(zones.stack(master.columns))
    master.purge_columns()
    assert 0 < len(zones.stack(master.columns)) < before
    again = master.lp.solve(5.0)
    assert again.solved
    assert again.objective == pytest.approx(objective)


def test_a_dive_goes_on_after_zones_were_forgotten():
    master = priced(median_problem(1))
    master.cutoff = master.bound + 10
    before = len(zones.stack(master.columns))
    master.purge_columns()
    assert 0 < len(zones.stack(master.columns)) < before
    # the last solution is still that of these zones
    assert not master.lp.uses_artificial
    assert dive.dive(master, 0.5)
