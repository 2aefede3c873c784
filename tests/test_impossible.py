"""What one look proves impossible: ids, numbers, and a way out, in words."""

from dataclasses import replace

import numpy as np
import pytest

from zoning.problem import Band, Problem
from zoning.result import Status
from zoning.search.arrays import of_problem
from zoning.search.dead_ends import dead_ends
from zoning.search.dead_ends import reason as dead_end
from zoning.search.impossible import reason
from zoning.search.run import Run
from zoning.solve import solve


def test_nothing_is_said_of_a_problem_that_may_have_a_plan(line):
    assert reason(Problem(line(10, 20, 30), 2, tolerance=0.5)) == ""


def test_more_zones_than_units(line):
    told = reason(Problem(line(10, 20), 3))
    assert "3 zones were asked for, but there are only 2 units" in told
    assert "Ask for at most 2 zones." in told


def test_a_unit_heavier_than_a_zone(line):
    # Fair share 50 by hand, ± 10 %: at most 55; unit c alone has 70.
    told = reason(Problem(line(10, 20, 70), 2, tolerance=0.1, fair_share=50))
    assert "at most 55" in told
    assert "c (70)" in told
    assert "fewer zones" in told
    assert "raise the tolerance" in told


def test_advice_on_a_heavy_unit_speaks_of_the_same_sum(line):
    # Nine flats never fit a zone of eight, however many zones there are; loads of five
    # have nothing to do with it.
    region = line(5, 5, 5, flats=[1, 1, 9])
    told = reason(Problem(region, 2, tolerance=None, bands={"flats": Band(0, 8)}))
    assert "flats of at most 8" in told
    assert "c (9)" in told
    assert "fewer zones" not in told
    assert "tolerance" not in told


def test_many_heavy_units_are_counted(line):
    told = reason(Problem(line(*[90] * 8), 8, tolerance=0.1, fair_share=50))
    assert "a (90), b (90), c (90), d (90), e (90) and 3 more" in told


def test_too_little_for_all_zones(line):
    region = line(1, 1, 1, 1, flats=[3, 3, 3, 3])
    told = reason(Problem(region, 3, tolerance=None, bands={"flats": Band(5, 20)}))
    assert "3 zones of at least 5 flats need 15; there are 12" in told
    assert "at most 2 zones" in told
    assert "at least 4 each" in told


def test_too_much_for_all_zones(line):
    region = line(1, 1, 1, 1, flats=[3, 3, 3, 3])
    told = reason(Problem(region, 2, tolerance=None, bands={"flats": Band(0, 5)}))
    assert "2 zones of at most 5 flats hold 10; there are 12" in told
    assert "at least 3 zones" in told


def test_a_part_that_fits_no_whole_number_of_zones(line):
    # The part a b has 2 flats; a zone takes 3 or 4.
    region = line(
        10, 10, 30, 20, 20,
        touching=[(0, 1), (2, 3), (3, 4)],
        flats=[1, 1, 3, 2, 2],
    )  # fmt: skip
    told = reason(Problem(region, 3, tolerance=None, bands={"flats": Band(3, 4)}))
    assert "touches no other, 2 units (a, b), costs 20" in told
    assert "bridge" in told


def test_parts_that_need_more_zones_than_asked_for(line):
    # A zone costs 27 to 33: a b is one zone, c d e of 70 without travel at least three.
    region = line(10, 10, 30, 20, 20, touching=[(0, 1), (2, 3), (3, 4)])
    told = reason(Problem(region, 3, tolerance=0.1, fair_share=30))
    assert "hold 4 to 4 zones together; 3 were asked for" in told


def test_more_parts_than_zones(line):
    region = line(10, 10, 10, touching=[(0, 1)])
    told = reason(Problem(region, 1, tolerance=None))
    assert "do not touch hold 2 to 2 zones together; 1 were asked for" in told


def test_a_part_without_load_may_be_a_zone_where_fixed_costs_make_it_one(line):
    # Each zone costs 100 to exist; fair share 110 or so, ± 50 %: 55 to 165. The part a
    # costs 100 + 0, the part b c 100 + 20 + 10.
    region = line(0, 10, 10, touching=[(1, 2)])
    region = replace(region, costs=replace(region.costs, entry_per_zone=100.0))
    problem = Problem(region, 2, tolerance=0.5)
    assert reason(problem) == ""
    assert solve(problem, time_limit=10).cost == 230


def test_long_lists_of_units_are_cut_short(line):
    region = line(
        *[1] * 9, flats=[1] * 8 + [5], touching=[(i, i + 1) for i in range(7)]
    )
    told = reason(Problem(region, 2, tolerance=None, bands={"flats": Band(9, 9)}))
    assert "need 18; there are 13" in told
    told = reason(Problem(region, 2, tolerance=None, bands={"flats": Band(5, 7)}))
    assert "8 units (a, b, c, d, e, ...)" in told


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_what_is_called_impossible_has_no_plan(chance_problem, truth_of, first):
    for seed in range(first, first + 50):
        problem = chance_problem(seed)
        if reason(problem):
            assert truth_of(problem).cost is None, seed


@pytest.mark.parametrize("seed", range(60))
def test_with_edges_taken_away_too(chance_problem, truth_of, seed):
    problem = chance_problem(seed)
    kept = np.random.default_rng(seed).random(len(problem.region.edges)) < 0.6
    apart = replace(problem.region, edges=problem.region.edges[kept])
    problem = replace(problem, region=apart)
    if reason(problem):
        assert truth_of(problem).cost is None


def test_solve_tells_the_reason(line):
    result = solve(Problem(line(10, 20), 3))
    assert result.status is Status.INFEASIBLE
    assert result.plan is None
    assert "only 2 units" in result.reason


def test_a_dead_end_too_light_for_a_zone_makes_its_gate_too_heavy(line):
    # a hangs on b alone. By itself it has 10, and a zone needs 45; with b it has 60 and
    # costs more than 55. Travel, 100 m at 0.1 or more a metre, only adds to that.
    region = line(10, 50, 50, 50)
    problem = Problem(region, 3, tolerance=0.1, fair_share=50)
    told = solve(problem, time_limit=5)
    assert told.status is Status.INFEASIBLE
    assert "a (1 in all) touch the rest only by way of b" in told.reason
    assert "at most 55" in told.reason


def test_a_dead_end_counts_travel_of_the_best_center(line):
    # a and b have 50, within 55; but 10 m² that are 100 m away cost 10 a year.
    region = line(10, 40, 50, 50)
    assert solve(Problem(region, 3, tolerance=0.1, fair_share=50)).status is (
        Status.INFEASIBLE
    )


def test_dead_ends_are_what_a_lost_unit_tears_off(line):
    # A ring b-c-d with a on b, e on d and f behind e. The search begins at b, so what
    # is left without b comes off as well.
    edges = [(0, 1), (1, 2), (2, 3), (1, 3), (3, 4), (4, 5)]
    problem = Problem(line(1, 1, 1, 1, 1, 1, touching=edges), 2, tolerance=None)
    found = {
        gate: sorted(sorted(part.tolist()) for part in parts)
        for gate, parts in dead_ends(of_problem(problem))
    }
    assert found == {1: [[0], [2, 3, 4, 5]], 3: [[4, 5]], 4: [[5]]}


@pytest.mark.parametrize("seed", range(200))
def test_dead_ends_condemn_no_problem_that_has_a_plan(chance_problem, truth_of, seed):
    problem = chance_problem(seed)
    if dead_end(Run(problem)):
        assert truth_of(problem).cost is None
