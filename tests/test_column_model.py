"""Choosing among columns, against trying every choice."""

from itertools import combinations

import numpy as np
import pytest

from zoning.result import Status
from zoning.solvers.budget import SearchBudget
from zoning.solvers.set_partitioning.cpsat import select_by_cpsat
from zoning.solvers.set_partitioning.highs import select_by_highs
from zoning.solvers.set_partitioning.large import select_large
from zoning.solvers.set_partitioning.matrix import PartitioningMatrix
from zoning.solvers.set_partitioning.selection import INFEASIBLE, Selection


def columns(*sets):
    """The sets as pointers and members."""
    indptr = np.cumsum([0, *map(len, sets)])
    return indptr, np.array([row for rows in sets for row in rows], np.int32)


ENGINES = (select_by_cpsat, select_by_highs, select_large)


def partitioning(sets, num_rows, counts=()):
    return PartitioningMatrix.from_columns(*columns(*sets), num_rows, counts)


def least(sets, cost, num_rows, counts):
    """Cost of the cheapest choice, by trying all; None if there is none."""
    found = None
    for size in range(num_rows + 1):
        for some in combinations(range(len(sets)), size):
            rows = [row for c in some for row in sets[c]]
            if sorted(rows) != list(range(num_rows)):
                continue
            if any(len(set(some) & set(only)) != number for only, number in counts):
                continue
            total = sum(int(cost[c]) for c in some)
            found = total if found is None else min(found, total)
    return found


def chance(seed):
    """Five rows, up to 14 columns of one to three rows; often no choice at all."""
    draw = np.random.default_rng(seed)
    number = int(draw.integers(4, 15))
    sets = [
        sorted(draw.choice(5, int(draw.integers(1, 4)), replace=False).tolist())
        for _ in range(number)
    ]
    cost = draw.integers(0, 50, number)
    counts = [(np.arange(number), int(draw.integers(2, 5)))]
    if seed % 3 == 0:
        counts = [(np.flatnonzero([len(rows) == 3 for rows in sets]), 1)]
    return sets, cost, counts if seed % 2 else []


@pytest.mark.parametrize("pick", ENGINES)
def test_the_cheapest_choice_covers_every_row_once(pick):
    # {0, 1} + {2} = 3 + 4; {0} + {1, 2} = 1 + 5; {0, 1, 2} = 8.
    matrix = partitioning([[0, 1], [2], [0], [1, 2], [0, 1, 2]], 3)
    found = pick(matrix, np.array([3, 4, 1, 5, 8]), SearchBudget.of(60))
    assert found == Selection((2, 3), 6, Status.OPTIMAL)


@pytest.mark.parametrize("pick", ENGINES)
def test_the_count_is_exact(pick):
    sets = [[0, 1], [2], [0], [1, 2], [0, 1, 2]]
    matrix = partitioning(sets, 3, [(np.arange(5), 1)])
    found = pick(matrix, np.array([3, 4, 1, 5, 8]), SearchBudget.of(60))
    assert found == Selection((4,), 8, Status.OPTIMAL)


@pytest.mark.parametrize("pick", ENGINES)
def test_rows_that_cannot_be_covered_prove_that_there_is_none(pick):
    matrix = partitioning([[0, 1], [1, 2]], 3)
    assert pick(matrix, np.array([1, 1]), SearchBudget.of(60)) == INFEASIBLE


@pytest.mark.parametrize("pick", ENGINES)
def test_choices_equal_those_found_by_trying_all(pick):
    for seed in range(60):
        sets, cost, counts = chance(seed)
        truth = least(sets, cost, 5, counts)
        found = pick(partitioning(sets, 5, counts), cost, SearchBudget.of(60))
        assert found.proved, seed
        if truth is None:
            assert found == INFEASIBLE, seed
        else:
            assert found.bound == truth, seed
            assert int(cost[list(found.columns)].sum()) == truth, seed


def test_a_hint_that_is_not_cheapest_is_improved():
    matrix = partitioning([[0, 1], [2], [0], [1, 2]], 3)
    cost = np.array([3, 4, 1, 5])
    for pick in (select_by_cpsat, select_large):
        assert pick(matrix, cost, SearchBudget.of(60), hint=(0, 1)).columns == (2, 3)
