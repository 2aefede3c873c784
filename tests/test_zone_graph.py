"""What is kept about the zones of a plan follows its changes, zone by zone."""

import numpy as np
import pytest

from zoning.problem import Problem
from zoning.rules import Pin
from zoning.search.annealing.region_growing import grow_regions
from zoning.search.instance.instance import Instance
from zoning.search.instance.labelling import match_labels
from zoning.search.instance.zone_graph import ZoneGraph
from zoning.search.strategies.neighbourhoods import NeighbourhoodQueue


@pytest.mark.parametrize("rules", [(), (Pin("West", ("u0",)), Pin("East", ("u9",)))])
def test_a_graph_that_followed_changes_equals_a_new_one(blocks, rules):
    chance = np.random.default_rng(5)
    a = Instance.from_problem(Problem(blocks(10, 9), 12, tolerance=0.4, rules=rules))
    labels = match_labels(a, grow_regions(a, 12, 0), 12)
    graph = ZoneGraph(a, labels, 12)
    for _ in range(40):
        some = graph.around(int(chance.integers(12)), int(chance.integers(1, 6)))
        units = graph.units(some)
        labels[units] = labels[chance.permutation(units)]  # sizes stay: none is empty
        graph.change(labels, some)
        new = ZoneGraph(a, labels, 12)
        assert graph.touching == new.touching
        assert graph.ok.tolist() == new.ok.tolist()
        assert np.allclose(graph.middle, new.middle)
        assert all(map(np.array_equal, graph.members, new.members))


def test_the_zone_in_the_fewest_windows_is_next():
    turns = NeighbourhoodQueue(4)
    assert turns.next() == 0
    turns.looked(0, (0, 1, 2))
    turns.add(0)
    assert [turns.next() for _ in range(5)] == [3, 0, 1, 2, None]


def test_a_zone_waits_again_when_one_of_its_windows_changes():
    turns = NeighbourhoodQueue(4)
    turns.looked(2, (2, 3))
    while turns.next() is not None:
        pass
    turns.changed((0, 1))
    assert turns.next() is None
    turns.changed((1, 3))
    assert [turns.next(), turns.next()] == [2, None]
