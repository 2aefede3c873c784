"""The master's relaxation against sums done by hand."""

import numpy as np
import pytest

from zoning.solvers.master_lp import MasterLP


def relaxation(*sets, cost, num_zones):
    num_units = max(map(max, sets)) + 1
    lp = MasterLP(num_units, [num_zones], np.full(num_units, 100.0), 200.0)
    indptr = np.cumsum([0, *map(len, sets)])
    members = np.array([unit for units in sets for unit in units], np.int32)
    lp.add_columns(indptr, members, np.array(cost), np.ones((len(sets), 1), np.int64))
    return lp


def test_without_columns_units_are_left_uncovered_at_the_artificial_cost():
    lp = MasterLP(2, [1], np.full(2, 100.0), 200.0)
    solution = lp.solve(10)
    assert solution.solved
    assert lp.uses_artificial
    assert len(solution.primal) == 0
    assert solution.objective == pytest.approx(200 + 200)  # both units, and the zone


def test_duals_of_the_rows_add_up_to_the_objective():
    sets = [[0, 1], [1, 2], [0, 2], [0], [1], [2]]
    lp = relaxation(*sets, cost=[3, 3, 3, 9, 9, 9], num_zones=2)
    solution = lp.solve(10)
    assert solution.solved
    assert not lp.uses_artificial
    # Two zones: a pair and a single, 12; each pair a third, each single a third.
    assert solution.objective == pytest.approx(12)
    duals = solution.duals
    assert duals.unit.sum() + 2 * duals.count.item() == pytest.approx(12)
    assert solution.primal.sum() == pytest.approx(2)


def test_a_cut_lifts_the_relaxation_and_has_a_dual_below_zero():
    # Six units in two triangles of pairs at 2 each, one pair between them at 9. Three
    # zones: all pairs of the triangles by halves, 6. At most one pair of the first
    # triangle: its third unit needs the pair between, 2 + 2 + 9 = 13.
    sets = [[0, 1], [1, 2], [0, 2], [3, 4], [4, 5], [3, 5], [2, 5]]
    lp = relaxation(*sets, cost=[2, 2, 2, 2, 2, 2, 9], num_zones=3)
    assert lp.solve(10).objective == pytest.approx(6)
    lp.add_cut(np.array([0, 1, 2]))
    solution = lp.solve(10)
    assert solution.solved
    assert solution.objective == pytest.approx(13)
    assert solution.primal[:3].sum() == pytest.approx(1)
    duals = solution.duals
    assert duals.cut[0] < 0
    total = duals.unit.sum() + 3 * duals.count.item() + duals.cut.sum()
    assert total == pytest.approx(solution.objective)


def test_columns_added_after_a_cut_are_counted_by_it():
    # Cover 0 and 1 and 2 by two columns; the pair at 1 is cut to nothing by a cut that
    # the two dear columns need as well.
    lp = relaxation([0, 1], [2], cost=[5, 5], num_zones=2)
    lp.add_cut(np.array([0]))
    cuts = np.array([0, 0, 1]), np.array([0])
    counted = np.ones((2, 1), np.int64)
    lp.add_columns(
        np.array([0, 1, 3]), np.array([0, 1, 2]), np.array([1, 1]), counted, cuts
    )
    solution = lp.solve(10)
    # {0} and {1, 2}: only the second is in the cut.
    assert solution.objective == pytest.approx(2)
    assert solution.primal.tolist() == pytest.approx([0, 0, 1, 1])


def test_counts_may_count_a_column_several_times():
    # Lots of one and of two zones: four zones in three lots is one pair, two singles.
    lp = MasterLP(3, [3, 4], np.full(3, 100.0), 100.0)
    members = np.array([0, 1, 2, 0, 1, 2])
    sizes = np.array([1, 1, 1, 2, 2, 2])
    counted = np.column_stack([np.ones(6, np.int64), sizes])
    lp.add_columns(np.arange(7), members, 3 * sizes + 1, counted)
    solution = lp.solve(10)
    assert not lp.uses_artificial
    assert solution.objective == pytest.approx(4 + 4 + 7)


def test_a_dearer_artificial_is_the_one_in_use_only():
    lp = relaxation([0], [1], cost=[1, 1_000], num_zones=2)
    lp.solve(10)
    assert lp.uses_artificial
    lp.raise_artificial_cost(100.0)
    assert lp.solve(10).objective == pytest.approx(1_001)
    assert not lp.uses_artificial
