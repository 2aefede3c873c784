"""A city part by part: one plan whoever works, a bound below the truth, no seams."""

import numpy as np
import pytest

from tests.test_bounds import BATCHES, cases
from zoning.check import judge
from zoning.limits import Limits
from zoning.parallel.hub import Hub, Lost
from zoning.parallel.pools import processes, threads
from zoning.problem import Problem
from zoning.search.instance.zone_graph import ZoneGraph
from zoning.search.lagrangian.bound import initial_multipliers
from zoning.search.lagrangian.oracles import knapsack_oracle
from zoning.search.pricing.duals import unit_duals
from zoning.search.pricing.reachability import reachable_units
from zoning.search.pricing.subproblems import CenterSubproblems
from zoning.search.run import Run
from zoning.search.strategies.bound_by_parts import (
    BoundByParts,
    BoundByPartsParams,
    Priced,
    least_reduced_costs,
    least_whatever,
    prove,
)
from zoning.search.strategies.by_parts import (
    ByParts,
    ByPartsParams,
    at_seams,
    cut_zones,
)

PLAN = ByParts(
    params=ByPartsParams(
        part_units=150,
        part_zones=10,
        max_sweeps=300,
        temperatures=(1.0, 0.3),
        windows_per_second=0.1,
    )
)
BOUND = BoundByParts(params=BoundByPartsParams(part_units=150, part_zones=10, looks=20))


@pytest.fixture(scope="module")
def town(request):
    """600 units, 100 zones, ± 30 %."""
    blocks = request.getfixturevalue("blocks")
    return Problem(blocks(30, 20), 100, tolerance=0.3)


@pytest.fixture(scope="module")
def alone(town):
    """Planned and bounded with nobody else at work."""
    return planned(town, Hub())


def planned(town, hub):
    run = Run(town, Limits(60), executor=hub)
    PLAN(run)
    BOUND(run)
    return run


def test_a_town_in_parts_gets_a_plan_and_a_bound(alone):
    run = alone
    assert judge(run.plan).ok
    assert run.base < run.bound <= run.cost
    # what a part does not know of its neighbours costs the bound little
    instance = run.instance
    start = initial_multipliers(instance, run.num_zones, [run.incumbent])
    whole = CenterSubproblems(instance, run.num_zones)
    assert run.bound - run.base > knapsack_oracle(whole, start).bound


@pytest.mark.parametrize(
    "make", [threads, pytest.param(processes, marks=pytest.mark.slow)]
)
def test_the_plan_hangs_not_on_who_works(town, alone, make):
    with make(2) as hub:
        other = planned(town, hub)
    assert other.plan.equals(alone.plan)
    assert other.bound == alone.bound


def test_cuts_lie_elsewhere_each_round_and_keep_every_zone(town):
    run = Run(town, Limits(60))
    zone_of = np.arange(600, dtype=np.int32) // 6
    graph = ZoneGraph(run.instance, zone_of, 100)
    first, then = cut_zones(graph, 150, 10, 0), cut_zones(graph, 150, 10, 1)
    assert len(first) == len(then) == 4
    for parts in (first, then):
        assert np.sort(np.concatenate(parts)).tolist() == list(range(100))
    seam = at_seams(graph, first)
    assert 0 < seam.sum() < 100
    assert not (seam & at_seams(graph, then)).all()


def test_units_near_some_centers_are_those_near_all(town):
    instance = Run(town, Limits(60)).instance
    indptr, units = reachable_units(instance, True)
    some = np.array([7, 3, 599])
    few, near = reachable_units(instance, True, some)
    for at, center in enumerate(some):
        mine = near[few[at] : few[at + 1]]
        assert mine.tolist() == units[indptr[center] : indptr[center + 1]].tolist()


@pytest.mark.parametrize("batch", BATCHES[:3])
def test_a_bound_by_parts_is_below_the_truth(chance_problem, truth_of, batch):
    found = 0
    for seed, problem, a, _, travel in cases(chance_problem, truth_of, batch):
        if a.is_complete:
            continue
        run = Run(problem, Limits(60))
        n = a.num_units
        rng = np.random.default_rng(seed)
        yuan = rng.uniform(0, 2 * (travel + 1) / n, n)
        pieces = np.array_split(rng.permutation(n), 3)
        bound = prove(run, yuan, [np.sort(x) for x in pieces], run.deadline)
        whole = knapsack_oracle(CenterSubproblems(a, problem.num_zones), yuan)
        assert bound == whole.bound <= travel, seed
        found += 1
    assert found


def test_a_part_that_is_lost_makes_the_bound_weaker_not_wrong(alone, monkeypatch):
    run = alone
    parts = [np.arange(300), np.arange(300, 600)]
    whole = prove(run, run.multipliers, parts, run.deadline)
    done = run.map(
        least_reduced_costs,
        Priced(run.instance, unit_duals(run.multipliers).unit),
        parts,
    )
    monkeypatch.setattr(
        run, "map", lambda *_, **__: [done[0], Lost("its worker ended")]
    )
    weaker = prove(run, run.multipliers, parts, run.deadline)
    assert weaker < whole
    assert "The bound of part 2 of 2 was given up" in run.losses[0]


def test_no_zone_is_worth_more_than_the_least_whatever(alone):
    run = alone
    priced = Priced(run.instance, unit_duals(run.multipliers).unit)
    least = least_reduced_costs(priced, np.arange(600), run.deadline)
    assert least_whatever(priced) <= least.min()
