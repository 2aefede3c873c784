"""A lot costs the same wherever it is priced: over arrays, compiled, by the checker."""

import numpy as np
import pytest

from tests.test_joint import chance_problem
from zoning.joint.annealing_state import annealing_data, pair_state, price_all
from zoning.joint.columns import enumerate_candidates
from zoning.joint.lot_costs import compiled_lot_cost
from zoning.joint.pricing_problem import LotDuals, price_lots, sort_neighbours
from zoning.lots.check import judge_lots
from zoning.lots.enumerate import price_sets
from zoning.lots.price import (
    NEVER,
    Hubs,
    LotTariff,
    StepCosts,
    hub_travel,
    lot_cost,
    pieces,
    step_costs,
)
from zoning.lots.zone_facts import ZoneFacts
from zoning.plan import Plan
from zoning.search.instance.instance import Instance

pytestmark = pytest.mark.usefixtures("compiled")

CLEANERS = StepCosts(np.array([100.0]), np.array([7]), np.array([1]))


def test_pieces_are_whole_and_at_least_the_minimum():
    needs = np.array([0, 100, 101, 300])
    assert pieces(needs, 100.0, 1).tolist() == [1, 1, 2, 3]
    assert step_costs(CLEANERS, [101]) == 2 * 7
    assert pieces(3, 0.1, 0) == 30  # 3 / 0.1 is a hair above 30


def test_the_hub_is_the_member_with_the_least_travel():
    xy = np.array([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]])  # 5 m apart on a line
    hubs = Hubs(np.arange(3), np.array([1.0, 2.0, 1.0]), xy, np.zeros((0, 0)))
    assert hub_travel(hubs, [0, 1, 2], 3) == 5 + 5
    by_street = hubs._replace(way=np.full((3, 3), 9.0) * (1 - np.eye(3)))
    assert hub_travel(by_street, [0, 1, 2], 3) == 9 + 9


def test_a_lot_costs_the_sum_of_its_parts():
    tariff = LotTariff(np.int64(10), np.int64(3), 0.0, 1.0, CLEANERS, CLEANERS)
    assert lot_cost(tariff, 1_000, [150], 20, 2) == 10 + 1_000 + 14 + 20 + 6


def grown(problem, seed):
    """Some plan of chance: its zones hang together, nothing else is asked."""
    chance, region = np.random.default_rng(seed), problem.region
    zone_of = np.full(len(region), -1)
    zone_of[chance.permutation(len(region))[: problem.num_zones]] = np.arange(
        problem.num_zones
    )
    edges = region.edges.tolist()
    while (zone_of < 0).any():
        open_ = [(a, b) for a, b in edges if (zone_of[a] < 0) != (zone_of[b] < 0)]
        if not open_:
            return None
        a, b = open_[chance.integers(len(open_))]
        zone_of[[a, b]] = max(zone_of[a], zone_of[b])
    return Plan(problem, zone_of)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_every_search_prices_a_lot_as_the_checker_does(seed):
    problem = chance_problem(seed)
    plan = grown(problem, seed)
    if plan is None:
        pytest.skip("parts of the map cannot be grown over")
    pairs = np.unique(
        np.concatenate([ZoneFacts(plan).touching, ZoneFacts(plan).cut]), axis=0
    )
    candidates = enumerate_candidates(problem, plan.zones, 5.0)
    for a, b in pairs.tolist():
        others = [(zone,) for zone in range(plan.num_zones) if zone not in (a, b)]
        told = judge_lots(plan, [(a, b), *others], size=2, count=0).lots
        right = next(lot.cost for lot in told if lot.zones == (a, b))
        sets = np.array([[a, b]])
        assert int(price_sets(ZoneFacts(plan), sets)[0][0]) == right
        lots = [lot.zones for lot in told]
        state = pair_state(problem, plan.zone_of, lots)
        if price_all(Instance.from_problem(problem), annealing_data(problem, 0), state):
            assert state.lot_cost.tolist() == [
                lot.cost - problem.fixed * len(lot.zones) for lot in told
            ]
        if candidates is not None:
            assert compiled_lot_cost(candidates.lot_costs, sets[0]) == right


def test_the_pricing_problem_meets_every_lot_once_at_its_price():
    problem = chance_problem(1)
    candidates = enumerate_candidates(problem, (), 5.0)
    costs = candidates.lot_costs
    duals = LotDuals(np.zeros(len(candidates), np.int64), np.array([-NEVER, 0, 0, 0]))
    order = sort_neighbours(costs, duals)
    found = price_lots(costs, duals, order, 10**12, 0, len(candidates), False, 100_000)
    assert found.complete
    lots = [tuple(sorted(row[row >= 0].tolist())) for row in found.zones]
    assert len({*lots}) == len(lots) > len(candidates)
    for lot, value in zip(lots, found.value.tolist(), strict=True):
        assert value == compiled_lot_cost(costs, np.array(lot))
