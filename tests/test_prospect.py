"""Zones around a center: exactly those that enumeration finds."""

import numpy as np
import pytest

from zoning.search.instance.constants import NO_LIMIT, SCALE
from zoning.search.instance.instance import Instance
from zoning.search.pricing.center_knapsack import units_within
from zoning.search.pricing.duals import Duals
from zoning.search.pricing.price_center import price_center
from zoning.search.pricing.subset_rows import no_cuts

PLENTY = 10**6
SEEDS = range(0, 160, 20)


def search(a, c, dual, cut_rows, threshold, *, improving=False, most=PLENTY):
    units = np.arange(a.num_units, dtype=np.int32)
    limit = np.int64(threshold)
    return price_center(a, c, units, dual, cut_rows, limit, improving, most, PLENTY)


def sets(found):
    """What was found: sets of units as bits, and their values."""
    pieces = (
        np.split(found.members, found.indptr[1:-1]) if len(found.reduced_cost) else []
    )
    bits = [sum(1 << int(i) for i in units) for units in pieces]
    assert len(set(bits)) == len(bits), "a zone was found twice"
    return dict(zip(bits, found.reduced_cost.tolist(), strict=True))


def members(zone, n):
    return [i for i in range(n) if zone >> i & 1]


def wild_prices(problem, chance):
    """Prices of units and of a few triples, about what units are worth."""
    n = len(problem.region)
    scale = SCALE * (1 + int(problem.table.mean()))
    unit = chance.integers(-scale, 3 * scale, n)
    triples = np.array(
        [
            np.sort(chance.choice(n, 3, replace=False))
            for _ in range(chance.integers(5))
        ],
        np.int32,
    ).reshape(-1, 3)
    cut = chance.integers(-2 * scale, 1, len(triples))
    return Duals(unit, 0, cut, triples)


def priced(zones, prices, n):
    """Value of each zone by the book: travel less the prices of units and of cuts."""
    out = {}
    for zone, (travel, center) in zones.items():
        units = members(zone, n)
        held = [
            len(set(triple) & set(units)) >= 2 for triple in prices.triples.tolist()
        ]
        value = SCALE * travel - int(prices.unit[units].sum())
        out[zone] = value - int(prices.cut[held].sum()), center
    return out


@pytest.mark.parametrize("first", SEEDS)
def test_without_a_threshold_every_zone_is_found_at_its_best_center(
    chance_problem, truth_of, first
):
    for seed in range(first, first + 20):
        problem = chance_problem(seed)
        a, n = Instance.from_problem(problem), len(problem.region)
        zones = truth_of(problem).zones
        for c in range(n):
            dual = np.zeros(n, np.int64)
            found = search(a, c, dual, no_cuts(n), NO_LIMIT // 4)
            expected = {z: SCALE * t for z, (t, center) in zones.items() if center == c}
            assert found.complete
            assert sets(found) == expected, (seed, c)


@pytest.mark.parametrize("first", SEEDS)
def test_a_threshold_leaves_exactly_the_zones_up_to_it(chance_problem, truth_of, first):
    for seed in range(first, first + 20):
        problem, chance = chance_problem(seed), np.random.default_rng(seed)
        a, n = Instance.from_problem(problem), len(problem.region)
        prices = wild_prices(problem, chance)
        value = priced(truth_of(problem).zones, prices, n)
        for c in range(n):
            mine = {z: v for z, (v, center) in value.items() if center == c}
            if not mine:
                continue
            bar = int(chance.choice(list(mine.values()))) - int(chance.integers(2))
            found = search(a, c, prices.unit, prices.cut_rows, bar)
            assert sets(found) == {z: v for z, v in mine.items() if v <= bar}, (seed, c)
            assert found.min_reduced_cost <= min(mine.values()), (seed, c)


@pytest.mark.parametrize("first", SEEDS)
def test_improving_ends_at_the_best_zone(chance_problem, truth_of, first):
    for seed in range(first, first + 20):
        problem, chance = chance_problem(seed), np.random.default_rng(seed)
        a, n = Instance.from_problem(problem), len(problem.region)
        prices = wild_prices(problem, chance)
        value = priced(truth_of(problem).zones, prices, n)
        for c in range(n):
            mine = {z: v for z, (v, center) in value.items() if center == c}
            found = search(
                a, c, prices.unit, prices.cut_rows, NO_LIMIT // 4, improving=True
            )
            assert sets(found).items() <= mine.items()
            if mine:
                assert (
                    found.reduced_cost[-1]
                    == found.min_reduced_cost
                    == min(mine.values())
                ), (seed, c)


@pytest.mark.parametrize("first", SEEDS)
@pytest.mark.parametrize("nodes", [1, 3, 10])
def test_a_search_given_up_says_so_and_keeps_its_bound(
    chance_problem, truth_of, first, nodes
):
    for seed in range(first, first + 20):
        problem, chance = chance_problem(seed), np.random.default_rng(seed)
        a, n = Instance.from_problem(problem), len(problem.region)
        prices = wild_prices(problem, chance)
        value = priced(truth_of(problem).zones, prices, n)
        for c in range(n):
            mine = {z: v for z, (v, center) in value.items() if center == c}
            found = search(
                a, c, prices.unit, prices.cut_rows, NO_LIMIT // 4, most=nodes
            )
            assert sets(found).items() <= mine.items()
            assert found.complete <= (sets(found) == mine)
            if mine:
                assert found.min_reduced_cost <= min(mine.values()), (seed, c)


@pytest.mark.parametrize("first", SEEDS)
def test_no_unit_is_ruled_out_that_a_zone_up_to_the_threshold_holds(
    chance_problem, truth_of, first
):
    for seed in range(first, first + 20):
        problem, chance = chance_problem(seed), np.random.default_rng(seed)
        a, n = Instance.from_problem(problem), len(problem.region)
        prices = wild_prices(problem, chance)
        value = priced(truth_of(problem).zones, prices, n)
        for c in range(n):
            mine = {z: v for z, (v, center) in value.items() if center == c}
            if not mine:
                continue
            bar = int(chance.choice(list(mine.values())))
            every = np.arange(n, dtype=np.int32)
            kept = set(units_within(a, c, every, prices.unit, bar).tolist())
            for zone, worth in mine.items():
                if worth <= bar:
                    assert set(members(zone, n)) <= kept, (seed, c)
