"""The relaxation with cuts, against trying every choice."""

import numpy as np
import pytest

from zoning.solvers import highs
from zoning.solvers.budget import SearchBudget
from zoning.solvers.set_partitioning.highs import linear_program
from zoning.solvers.set_partitioning.matrix import PartitioningMatrix
from zoning.solvers.set_partitioning.relaxation import solve_relaxation


def matrix(sets, num_rows, counts=()):
    indptr = np.cumsum([0, *map(len, sets)])
    members = np.array([row for rows in sets for row in rows])
    return PartitioningMatrix.from_columns(indptr, members, num_rows, counts)


def bound_of(sets, cost, num_rows, counts=(), seconds=60.0):
    made = matrix(sets, num_rows, counts)
    return solve_relaxation(made, np.asarray(cost), SearchBudget.of(seconds))


def choices(sets, num_rows, counts=()):
    """Every choice that covers each row once."""
    for some in _covers(sets, frozenset(range(num_rows))):
        if all(len(set(some) & set(only.tolist())) == n for only, n in counts):
            yield some


def _covers(sets, left):
    """Every way to divide the rows that are left; the first of them comes first."""
    if not left:
        yield ()
    for column, rows in enumerate(sets):
        if left and min(left) in rows and left.issuperset(rows):
            for others in _covers(sets, left - set(rows)):
                yield column, *others


TRIANGLE = [[0, 1], [1, 2], [0, 2], [0], [1], [2]]
PRICES = np.array([100, 100, 100, 1_000, 1_000, 1_000])


def test_cuts_lift_the_bound_of_a_triangle_to_the_optimum():
    # Each pair by half covers every row: 3 × 100 / 2 = 150. But one pair at most can
    # be chosen, and the third row alone: 100 + 1,000 = 1,100.
    lp = linear_program(matrix(TRIANGLE, 3), PRICES)
    assert highs.run_lp(lp, 60.0)
    assert highs.solution(lp).x @ PRICES == pytest.approx(150)
    # whole prices may lose less than one for each of the rows
    assert 1_100 - 3 < bound_of(TRIANGLE, PRICES, 3).bound <= 1_100


def test_without_time_for_cuts_the_bound_is_the_plain_one():
    assert 150 - 3 < bound_of(TRIANGLE, PRICES, 3, seconds=0.0).bound <= 150


def test_rows_that_no_choice_covers_are_proved():
    assert bound_of([[0, 1], [1, 2]], [1, 1], 3).infeasible
    # by halves there is a choice of three pairs, whole there is none
    assert bound_of(TRIANGLE[:3], PRICES[:3], 3).infeasible


def random_case(seed):
    """Eight rows, pairs and threes at random, singles dear; sometimes a count."""
    draw = np.random.default_rng(seed)
    sets = [[row] for row in range(8)]
    for _ in range(14):
        few = int(draw.integers(2, 4))
        sets.append(sorted(draw.choice(8, few, replace=False).tolist()))
    dear = np.array([len(rows) == 1 for rows in sets])
    cost = np.where(dear, 5_000, draw.integers(500, 2_000, len(sets)))
    threes = np.flatnonzero([len(rows) == 3 for rows in sets])
    return sets, cost, [(threes, 2)] if seed % 2 else []


@pytest.mark.parametrize("seed", range(10))
def test_no_choice_costs_less_than_the_bound_and_what_a_column_adds(seed):
    sets, cost, counts = random_case(seed)
    found = bound_of(sets, cost, 8, counts)
    every = [*choices(sets, 8, counts)]
    assert every or counts
    for some in every:
        price = int(cost[list(some)].sum())
        for column in some:
            assert price >= found.bound + max(0, found.reduced[column])


def test_on_random_cases_cuts_close_half_of_the_gap():
    plain, cut = 0, 0
    for seed in range(0, 20, 2):
        sets, cost, _ = random_case(seed)
        best = min(int(cost[list(some)].sum()) for some in choices(sets, 8))
        plain += best - bound_of(sets, cost, 8, seconds=0.0).bound
        cut += best - bound_of(sets, cost, 8).bound
    assert plain > 1_000
    assert cut < plain / 2


def test_a_cut_counts_the_columns_that_cover_two_of_its_rows():
    found = bound_of(TRIANGLE, PRICES, 3)
    assert found.matrix.cuts.toarray().tolist() == [[1, 1, 1, 0, 0, 0]]
