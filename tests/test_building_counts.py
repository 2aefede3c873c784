"""Bands on how many buildings a zone has, which are counted and in no column."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

import zoning
from tests.conftest import blocks, line
from zoning.errors import InputError
from zoning.problem import Band, Problem
from zoning.scenario import read_scenario_file


def compounds(region, sizes):
    """The region, its units being compounds of so many buildings."""
    ids = iter(range(sum(sizes)))
    told = tuple(tuple(f"h{next(ids)}" for _ in range(size)) for size in sizes)
    return replace(region, buildings=told)


def test_buildings_of_a_compound_all_count():
    region = compounds(line(10, 10, 10), (3, 1, 2))
    assert region.values_of("buildings").tolist() == [3, 1, 2]
    assert "buildings" not in region.sums


def test_a_column_of_that_name_goes_before_the_count():
    region = line(10, 10, buildings=(7, 8))
    assert region.values_of("buildings").tolist() == [7, 8]


def test_an_unknown_sum_is_refused_and_buildings_are_listed():
    with pytest.raises(InputError, match=r"no sum.*'buildings'"):
        Problem(line(10, 10), 1, bands={"towers": Band(0, 3)})


def enumerated(problem, most):
    """The least cost of any plan of zones of at most so many buildings each."""
    region, best = problem.region, None
    near = {frozenset(edge) for edge in region.edges.tolist()}

    def connected(units):
        reached, todo = {units[0]}, [units[0]]
        while todo:
            here = todo.pop()
            new = {u for u in units if frozenset((here, u)) in near} - reached
            reached |= new
            todo += new
        return len(reached) == len(units)

    count = [len(mine) for mine in region.buildings]
    travel = problem.travel_between(np.arange(len(region)), np.arange(len(region)))
    for labels in product(range(problem.num_zones), repeat=len(region)):
        zones = [
            [i for i, k in enumerate(labels) if k == zone]
            for zone in range(problem.num_zones)
        ]
        if not all(z and connected(z) for z in zones):
            continue
        if any(sum(count[i] for i in zone) > most for zone in zones):
            continue
        cost = sum(int(travel[np.ix_(z, z)].sum(axis=0).min()) for z in zones)
        best = cost if best is None else min(best, cost)
    fixed = problem.fixed * problem.num_zones + int(region.load.sum())
    return None if best is None else best + fixed


@pytest.mark.parametrize("seed", range(4))
def test_the_optimum_is_that_of_an_enumeration(seed):
    sizes = np.random.default_rng(seed).integers(1, 6, 9).tolist()
    region = compounds(blocks(3, 3, seed), sizes)
    most = 1 + sum(sizes) // 2
    band = {"buildings": Band(0, most)}
    problem = Problem(region, 2, tolerance=None, bands=band, strict=True)
    result = zoning.solve(problem, time_limit=20)
    assert result.cost == enumerated(problem, most)
    if result.plan is not None:
        of_zone = [sum(sizes[i] for i in units) for units in result.plan.zones]
        assert max(of_zone) <= most


def test_a_band_on_buildings_that_cannot_be_kept_is_told_in_buildings():
    region = compounds(line(10, 10, 10, 10), (6, 6, 6, 6))
    band = {"buildings": Band(0, 10)}
    problem = Problem(region, 2, tolerance=None, bands=band, strict=True)
    result = zoning.solve(problem, time_limit=10)
    assert result.plan is None
    assert "buildings" in result.reason
    # two zones of two compounds are the evenest: 12 buildings each
    assert "12 buildings" in str(result.diagnosis) or "buildings 12" in str(
        result.diagnosis
    )


def test_a_zone_above_the_band_is_an_exception_where_the_band_bends():
    region = compounds(line(10, 10, 10, 10), (6, 6, 6, 6))
    problem = Problem(region, 2, tolerance=None, bands={"buildings": Band(0, 10)})
    result = zoning.solve(problem, time_limit=10)
    # a building costs 40 / 24 yuan, which counts 2; two zones are 2 above
    assert problem.excess_price["buildings"] == 2
    assert result.excess == 8


def test_a_scenario_counts_buildings_without_a_column(tmp_path):
    file = tmp_path / "scenario.toml"
    file.write_text("legal_area = false\n[bands.buildings]\nhigh = 4\n")
    asked = read_scenario_file(file)
    assert asked.sums == ()
    assert asked.bands["buildings"] == Band(0, 4)
