"""The cheapest plan that has a building in another zone, against every other plan."""

from itertools import combinations

import numpy as np
import pytest

from zoning.analysis.what_it_takes import what_it_takes
from zoning.check import judge
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.result import Status
from zoning.solve import solve

pytestmark = pytest.mark.usefixtures("compiled")


def cheapest(problem, together, apart):
    """The least total of a row's plans in which some units share a zone, or do not."""
    n, totals = len(problem.region), []
    for cuts in combinations(range(1, n), problem.num_zones - 1):
        zone_of = np.searchsorted(cuts, np.arange(n), side="right")
        verdict = judge(Plan(problem, zone_of))
        a, b = zone_of[list(together)]
        c, d = zone_of[list(apart)]
        if verdict.ok and a == b and c != d:
            totals.append(verdict.total)
    return min(totals, default=None)


def test_what_no_plan_can_do_is_told(line):
    # Zones have two buildings each, and a row has no way round: with b in the second
    # zone a is left alone, and 10 is too little.
    problem = Problem(
        line(*[10] * 6), 3, tolerance=None, bands={"load": Band(20, 29)}, strict=True
    )
    plan = Plan(problem, [0, 0, 1, 1, 2, 2])
    chain = what_it_takes(plan, "b", "2", time_limit=10)
    assert chain.result.status is Status.INFEASIBLE
    assert (chain.change, chain.least, chain.steps) == (None, None, ())
    assert "there is proved to be no plan that keeps every rule" in str(chain)


def test_zones_that_must_leave_a_band_that_bends_are_told_before_the_cost(line):
    # As before; a alone has 10 of 20, and c d, with b, have 30 of 29: 11 outside.
    problem = Problem(line(*[10] * 6), 3, tolerance=None, bands={"load": Band(20, 29)})
    plan = Plan(problem, [0, 0, 1, 1, 2, 2])
    chain = what_it_takes(plan, "b", "2", time_limit=10)
    assert (chain.excess, chain.least_excess) == (11, 11)
    assert chain.result.verdict.excess == 11
    assert "zones lie outside their bands by 11 yuan more and the plan costs" in str(
        chain
    )


def test_the_steps_lead_to_the_plan_that_was_found(line):
    # Zones have up to three buildings: with b, the second one must give e away.
    problem = Problem(
        line(*[10] * 7), 3, tolerance=None, bands={"load": Band(10, 30)}, strict=True
    )
    plan = Plan(problem, [0, 0, 1, 1, 1, 2, 2])
    names = judge(plan).names
    chain = what_it_takes(plan, "b", "2", time_limit=10)
    moved = [(step.buildings, step.origin, step.to) for step in chain.steps]
    assert (("b",), "1", "2") in moved
    labels = [names[k] for k in plan.zone_of]
    for buildings, _, to in moved:
        labels["abcdefg".index(buildings[0])] = to
    after = judge(Plan(problem, np.unique(labels, return_inverse=True)[1]))
    assert after.ok
    assert after.total - judge(plan).total == chain.change
    assert "- b from zone 1 to zone 2" in str(chain)


@pytest.mark.parametrize("seed", range(6))
def test_no_plan_does_it_for_less(line, seed):
    chance = np.random.default_rng(seed)
    region = line(*chance.integers(8, 20, 7).tolist())
    problem = Problem(region, 3, tolerance=0.7, strict=True)
    plan = solve(problem, time_limit=10).plan
    verdict = judge(plan)
    unit = int(np.setdiff1d(np.arange(7), verdict.center)[seed % 4])
    own = int(plan.zone_of[unit])
    to = (own + 1) % 3
    stays, goes = int(verdict.center[own]), int(verdict.center[to])
    chain = what_it_takes(plan, region.names[unit], verdict.names[to], time_limit=10)
    truth = cheapest(problem, (unit, goes), (stays, goes))
    if truth is None:
        assert chain.result.status is Status.INFEASIBLE
    else:
        assert chain.change == chain.least == truth - verdict.total


def test_asking_for_what_is_so_already_is_told(line):
    plan = Plan(Problem(line(10, 10), 2, tolerance=None, strict=True), [0, 1])
    with pytest.raises(InputError, match="a is in zone 1 already"):
        what_it_takes(plan, "a", "1")
    with pytest.raises(InputError, match="There is no zone 9"):
        what_it_takes(plan, "a", "9")
