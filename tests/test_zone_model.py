"""Assignment to centers by CP-SAT, against trying every plan."""

from dataclasses import replace

import numpy as np
import pytest

from zoning.check import judge
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.result import Status
from zoning.solvers.assignment import assign
from zoning.solvers.assignment_pairs import AssignmentPairs
from zoning.solvers.budget import SearchBudget


def every_pair(problem):
    """Any unit may belong to any center."""
    n = len(problem.region)
    unit, center = np.divmod(np.arange(n * n), n)
    travel = problem.table[unit, center]
    weights = []
    for name, band in problem.bands.items():
        values = problem.region.load if name == "load" else problem.region.sums[name]
        weights.append((values[unit], band.low, band.high))
    if problem.cost_band is not None:
        cost = problem.fixed + problem.region.load[unit] + travel
        # what is fixed is paid once a zone, so it goes with the center
        cost[unit != center] -= problem.fixed
        weights.append((cost, problem.cost_band.low, problem.cost_band.high))
    return AssignmentPairs(unit, center, travel, weights, problem.num_zones)


def assigned(problem, *, graph=True, **options):
    region = problem.region
    return assign(
        every_pair(problem),
        region.graph(region.edges) if graph else None,
        SearchBudget.of(20.0),
        **{"num_units": len(region), "hint": None, **options},
    )


def base(problem):
    return problem.fixed * problem.num_zones + int(problem.region.load.sum())


def test_units_go_to_the_centers_that_serve_them_cheapest(line):
    # a b | c d: from a and d, the larger of each, 10 + 10.
    found = assigned(Problem(line(20, 10, 10, 20), 2, tolerance=None))
    assert found.status is Status.OPTIMAL
    assert found.bound == 20
    assert found.center_of.tolist() == [0, 0, 3, 3]


def test_a_zone_in_pieces_is_cut_off(line):
    # Serving a or c from b is dear; without contiguity a and c go together.
    table = np.array([[0, 50, 1], [50, 0, 50], [1, 50, 0]])
    problem = Problem(line(1, 1, 1), 2, tolerance=None, travel=table)
    assert assigned(problem, graph=False).bound == 1
    found = assigned(problem)
    assert (found.bound, found.status) == (50, Status.OPTIMAL)
    assert judge(Plan(problem, found.center_of)).ok


def test_bands_that_no_zone_fits_are_proved_so(line):
    problem = Problem(line(5, 5, 5), 2, tolerance=None, bands={"load": Band(7, 8)})
    found = assigned(problem)
    assert (found.center_of, found.status) == (None, Status.INFEASIBLE)


def test_on_solution_is_called_with_what_is_returned(line):
    met = []
    problem = Problem(line(20, 10, 10, 20), 2, tolerance=None)
    found = assigned(problem, on_solution=met.append, hint=np.array([1, 1, 2, 2]))
    assert met[-1].tolist() == found.center_of.tolist()


def test_a_unit_that_no_center_may_serve_proves_that_there_is_none(line):
    # The bounds left unit c with no center at all: there is nothing to assign.
    problem = Problem(line(5, 5, 5), 1, tolerance=None)
    every = every_pair(problem)
    kept = (every.unit != 2) & (every.center != 2)
    pairs = replace(
        every,
        unit=every.unit[kept],
        center=every.center[kept],
        travel=every.travel[kept],
    )
    for graph in (problem.region.graph(problem.region.edges), None):
        found = assign(pairs, graph, SearchBudget.of(5.0), num_units=3, hint=None)
        assert (found.center_of, found.status) == (None, Status.INFEASIBLE)


def without_cost(problem):
    """The same problem with the load in a band in place of the cost."""
    share = int(problem.region.load.sum()) / problem.num_zones
    tolerance = problem.tolerance or 0.9
    load = Band(int(share * (1 - tolerance)), int(share * (1 + tolerance)) + 1)
    return replace(problem, tolerance=None, bands={"load": load, **problem.bands})


@pytest.mark.parametrize("first", range(0, 80, 20))
def test_assignments_equal_those_found_by_trying_all(chance_problem, truth_of, first):
    for seed in range(first, first + 20):
        problem = without_cost(chance_problem(seed))
        truth, found = truth_of(problem).cost, assigned(problem)
        if truth is None:
            assert found.status is Status.INFEASIBLE, seed
            continue
        assert found.status is Status.OPTIMAL, seed
        verdict = judge(Plan(problem, found.center_of))
        assert verdict.ok, seed
        assert verdict.total == truth == base(problem) + found.bound, seed


@pytest.mark.parametrize("first", range(0, 80, 20))
def test_with_costs_in_a_band_the_bound_holds(chance_problem, truth_of, first):
    # A zone may be run from a dearer center here, so this is a relaxation.
    for seed in range(first, first + 20):
        problem = chance_problem(seed)
        truth, found = truth_of(problem).cost, assigned(problem)
        if truth is not None:
            assert found.status is not Status.INFEASIBLE, seed
            assert base(problem) + found.bound <= truth, seed
