"""A zone moves to where it is wanted, also where no unit could get there."""

import numpy as np
import pytest

from zoning.clock import perf_counter
from zoning.problem import Problem
from zoning.region import Region
from zoning.search.annealing.simulated_annealing import violation
from zoning.search.annealing.transfer_zone import transfer_zone
from zoning.search.instance.instance import Instance
from zoning.search.instance.zone_graph import ZoneGraph


def two_fields():
    """Two fields of 4 × 4 equal units that hang together by one edge."""
    at = np.arange(16).reshape(4, 4)
    field = np.concatenate(
        [
            np.column_stack([at[:, :-1].ravel(), at[:, 1:].ravel()]),
            np.column_stack([at[:-1].ravel(), at[1:].ravel()]),
        ]
    )
    spots = np.column_stack([np.arange(16) % 4, np.arange(16) // 4]) * 50.0
    region = Region(
        names=tuple(f"u{i}" for i in range(32)),
        xy=np.concatenate([spots, spots + np.array([1_000.0, 0.0])]),
        load=np.full(32, 10_000),
        edges=np.concatenate([field, field + 16, [[3, 16]]]),
    )
    return Instance.from_problem(Problem(region, 8, tolerance=0.15))


@pytest.mark.parametrize("heavy", [True, False])
def test_a_zone_moves_over_a_single_edge(heavy):
    # Each field has room for four zones of four units; here are three and five.
    a = two_fields()
    few, many = np.array([0, 0, 1, 2]), np.array([3, 4, 5, 6])
    labels = np.concatenate([np.repeat(few, 4), np.repeat(many, 4)]).astype(np.int32)
    labels[[30, 31]] = 7
    graph = ZoneGraph(a, labels, 8)
    seed = 0 if heavy else 7
    assert not graph.ok[seed]
    better = transfer_zone(a, labels, graph, seed, 0, perf_counter() + 20)
    assert better is not None
    assert violation(a, better, 8) == 0
    assert len(set(better[:16])) == len(set(better[16:])) == 4


def test_nothing_is_given_back_where_nothing_gets_better():
    a = two_fields()
    labels = np.repeat(np.arange(8), 4).astype(np.int32)
    graph = ZoneGraph(a, labels, 8)
    assert graph.ok.all()
    assert transfer_zone(a, labels, graph, 0, 0, perf_counter() + 20) is None


def test_zones_of_single_units_get_no_zone_more():
    """Each zone around the broken one is one unit: there is none for another zone."""
    n = 12
    region = Region(
        names=tuple(f"u{i}" for i in range(n)),
        xy=np.column_stack([50.0 * np.arange(n), np.zeros(n)]),
        load=np.array([90_000, *[10_000] * (n - 1)]),
        edges=np.array([(i, i + 1) for i in range(n - 1)]),
    )
    a = Instance.from_problem(Problem(region, n, tolerance=0.15))
    labels = np.arange(n, dtype=np.int32)
    graph = ZoneGraph(a, labels, n)
    assert transfer_zone(a, labels, graph, 0, 0, perf_counter() + 20) is None
