"""Choosing among columns, against trying every choice."""

from itertools import combinations

import numpy as np
import pytest

from zoning.result import Status
from zoning.solvers.master_lp import ColumnLP
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
    found = pick(matrix, np.array([3, 4, 1, 5, 8]))
    assert found == Selection((2, 3), 6, Status.OPTIMAL)


@pytest.mark.parametrize("pick", ENGINES)
def test_the_count_is_exact(pick):
    sets = [[0, 1], [2], [0], [1, 2], [0, 1, 2]]
    matrix = partitioning(sets, 3, [(np.arange(5), 1)])
    found = pick(matrix, np.array([3, 4, 1, 5, 8]))
    assert found == Selection((4,), 8, Status.OPTIMAL)


@pytest.mark.parametrize("pick", ENGINES)
def test_rows_that_cannot_be_covered_prove_that_there_is_none(pick):
    matrix = partitioning([[0, 1], [1, 2]], 3)
    assert pick(matrix, np.array([1, 1])) == INFEASIBLE


@pytest.mark.parametrize("pick", ENGINES)
def test_choices_equal_those_found_by_trying_all(pick):
    for seed in range(60):
        sets, cost, counts = chance(seed)
        truth = least(sets, cost, 5, counts)
        found = pick(partitioning(sets, 5, counts), cost)
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
        assert pick(matrix, cost, hint=(0, 1)).columns == (2, 3)


# --- the relaxation ------------------------------------------------------------------


def relaxation(*sets, cost, count):
    num_units = max(map(max, sets)) + 1
    lp = ColumnLP(num_units, count, np.full(num_units, 100.0))
    indptr, members = columns(*sets)
    none = [np.zeros(0, np.int64)] * len(sets)
    lp.add(indptr, members, np.array(cost), none)
    return lp


def test_without_columns_units_are_left_uncovered_at_the_penalty():
    lp = ColumnLP(2, 1, np.full(2, 100.0))
    value, _, objective, solved = lp.solve(10)
    assert solved
    assert lp.uncovered
    assert len(value) == 0
    assert objective == pytest.approx(200 + 200)  # both units, and the missing zone


def test_prices_of_the_rows_add_up_to_the_objective():
    lp = relaxation(
        [0, 1], [1, 2], [0, 2], [0], [1], [2], cost=[3, 3, 3, 9, 9, 9], count=2
    )
    value, duals, objective, solved = lp.solve(10)
    assert solved
    assert not lp.uncovered
    # Two zones: a pair and a single, 12; each pair a third, each single a third.
    assert objective == pytest.approx(12)
    assert duals.unit.sum() + 2 * duals.count == pytest.approx(12)
    assert value.sum() == pytest.approx(2)


def test_a_cut_lifts_the_relaxation_and_has_a_price_below_zero():
    # Six units in two triangles of pairs at 2 each, one pair between them at 9. Three
    # zones: all pairs of the triangles by halves, 6. At most one pair of the first
    # triangle: its third unit needs the pair between, 2 + 2 + 9 = 13.
    sets = [[0, 1], [1, 2], [0, 2], [3, 4], [4, 5], [3, 5], [2, 5]]
    lp = relaxation(*sets, cost=[2, 2, 2, 2, 2, 2, 9], count=3)
    assert lp.solve(10)[2] == pytest.approx(6)
    lp.cut(np.array([0, 1, 2]))
    value, duals, after, solved = lp.solve(10)
    assert solved
    assert after == pytest.approx(13)
    assert value[:3].sum() == pytest.approx(1)
    assert duals.cut[0] < 0
    total = duals.unit.sum() + 3 * duals.count + duals.cut.sum()
    assert total == pytest.approx(after)


def test_a_dearer_penalty_falls_on_what_is_uncovered_only():
    lp = relaxation([0], [1], cost=[1, 1_000], count=2)
    _, _, objective, _ = lp.solve(10)
    assert lp.uncovered
    lp.raise_penalty(100.0)
    _, _, objective, _ = lp.solve(10)
    assert not lp.uncovered
    assert objective == pytest.approx(1_001)
