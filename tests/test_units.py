"""Regions: canonical, frozen, and refused with a reason."""

import json
import pickle
from dataclasses import FrozenInstanceError, replace
from datetime import date

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from tests.conftest import PLAIN
from zoning.check import judge
from zoning.costs import CostModel
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.region import Region
from zoning.rules import Contain, Pin, Previous, pinned_by


def region(**changes):
    given = {
        "names": ("a", "b", "c"),
        "xy": np.array([[0, 0], [100, 0], [200, 0]]),
        "load": np.array([10, 20, 30]),
        "sums": {"households": np.array([1, 2, 3]), "area": np.array([70, 140, 210])},
        "edges": np.array([[0, 1], [1, 2]]),
    }
    return Region(**{**given, **changes})


def test_order_and_repetition_of_edges_do_not_matter():
    other = region(edges=np.array([[2, 1], [1, 0], [0, 1], [1, 1]]))
    assert other.edges.tolist() == [[0, 1], [1, 2]]
    assert other.equals(region())


def test_regions_differ_by_any_number_or_edge():
    for changed in (
        {"load": np.array([10, 20, 31])},
        {"edges": np.array([[0, 1]])},
        {"cut_edges": np.array([[0, 2]])},
        {"bridges": np.array([[0, 1]])},
        {"names": ("a", "b", "d")},
        {"sums": {"area": np.array([70, 140, 210])}},
        {"sums": {"households": np.array([1, 2, 4]), "area": np.array([70, 140, 210])}},
        {"xy": np.array([[0, 0], [100, 0], [200, 1]])},
        {"costs": CostModel(fee=0.9)},
    ):
        assert not region(**changed).equals(region())


def test_neighbours_are_listed_ascending():
    indptr, indices = region(edges=np.array([[2, 1], [0, 2], [1, 0]])).adjacency
    assert indptr.tolist() == [0, 2, 4, 6]
    assert indices.tolist() == [1, 2, 0, 2, 0, 1]


def test_a_region_where_all_touch_is_complete():
    assert region(edges=np.array([[0, 1], [0, 2], [1, 2]])).is_complete
    assert not region().is_complete


def test_components_are_the_parts_that_do_not_touch():
    assert region().components.tolist() == [0, 0, 0]
    assert region(edges=np.array([[0, 2]])).components.tolist() == [0, 1, 0]


def test_what_is_not_given_has_its_usual_value():
    bare = Region(("a",), np.zeros((1, 2)), np.array([7]))
    assert bare.direct.tolist() == [7]
    assert bare.buildings == (("a",),)
    assert len(bare.edges) == len(bare.bridges) == len(bare.cut_edges) == 0
    # A load stands for the area that usually causes it: 5.588 yuan/m² a year.
    load = np.array([55_885])
    assert Region(("a",), np.zeros((1, 2)), load).area.tolist() == [10_000]
    assert region().area.tolist() == [70, 140, 210]


def arrays_of(some):
    yield from (some.xy, some.load, some.direct, some.edges, some.bridges)
    yield from (some.cut_edges, *some.sums.values(), *some.adjacency, some.components)


@pytest.mark.parametrize("way", ["made", "unpickled"])
def test_nothing_of_a_region_can_be_written_to(way):
    some = region()
    if way == "unpickled":
        some = pickle.loads(pickle.dumps(some))
        assert some.equals(region())
    assert not any(array.flags.writeable for array in arrays_of(some))
    with pytest.raises(FrozenInstanceError):
        some.load = np.array([1, 2, 3])


def test_variants_are_made_by_replace():
    heavier = replace(region(), load=np.array([1, 1, 1]))
    assert heavier.load.tolist() == [1, 1, 1]
    assert region().load.tolist() == [10, 20, 30]


def test_loads_are_rounded_once():
    assert region(load=np.array([1.4, 2.5, 3.6])).load.tolist() == [1, 2, 4]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"names": (), "xy": np.zeros((0, 2)), "load": []}, "has no units"),
        ({"names": ("a", "b", "a")}, "names repeat: a"),
        ({"load": np.array([1, 2])}, "load must be 3 numbers"),
        ({"load": np.array([1, -2, 3])}, "load must be a number >= 0 .*b has -2"),
        ({"load": np.array([1, 2, np.nan])}, "c has nan"),
        ({"sums": {"area": np.array([1, 2, np.inf])}}, "area must be .*c has inf"),
        ({"direct": np.array([-1, 2, 3])}, "direct must be .*a has -1"),
        ({"edges": np.array([[0, 3]])}, r"edges must join positions 0\.\.2"),
        ({"bridges": np.array([[-1, 1]])}, r"bridges must join positions 0\.\.2"),
        ({"xy": np.zeros((2, 2))}, "xy must be 3 × 2 numbers"),
        ({"xy": np.array([[0, 0], [1, np.nan], [2, 0]])}, "finite"),
    ],
)
def test_a_region_that_makes_no_sense_is_refused(changed, told):
    with pytest.raises(InputError, match=told):
        region(**changed)


def test_any_graph_makes_a_region():
    graph = nx.path_graph(3)
    for node in graph:
        graph.nodes[node].update(load=10 * node, x=100.0 * node, y=5.0, flats=node)
    graph.add_edge(1, 1)
    some = Region.from_networkx(graph, sums=("flats",))
    assert some.names == ("0", "1", "2")
    assert some.load.tolist() == [0, 10, 20]
    assert some.xy.tolist() == [[0, 5], [100, 5], [200, 5]]
    assert some.edges.tolist() == [[0, 1], [1, 2]]
    assert some.sums["flats"].tolist() == [0, 1, 2]


def test_a_graph_without_edges_makes_a_region():
    graph = nx.empty_graph(1)
    graph.nodes[0].update(load=1, x=0, y=0)
    assert len(Region.from_networkx(graph).edges) == 0


def test_nodes_without_an_attribute_are_named():
    graph = nx.path_graph(2)
    graph.nodes[0].update(load=1, x=0, y=0)
    graph.nodes[1].update(load=1, x=0)
    with pytest.raises(InputError, match="node 1 has no 'y'"):
        Region.from_networkx(graph)


def test_units_have_no_area_where_none_is_given_and_no_m2_costs_anything():
    free = CostModel(consumables=0.0, resources=())
    some = region(sums={}, costs=free)
    assert not some.area.any()
    assert [note for note in some.notes if "No floor area is given" in note]
    assert replace(some, columns={}).notes == some.notes
    next_to_nothing = CostModel(consumables=1e-16, resources=())
    with pytest.raises(InputError, match=r"would have .* m²\. Give area in sums"):
        region(sums={}, costs=next_to_nothing)


def test_an_empty_word_and_no_number_are_not_known():
    some = region(columns={"was": ("N", "", " "), "fee": (0.5, float("nan"), 0.0)})
    assert some.columns == {"was": ("N", None, None), "fee": (0.5, None, 0.0)}


def test_facts_of_buildings_are_kept_as_files_hold_them():
    days = [pd.Timestamp("2026-06-30"), date(2027, 1, 31), pd.NaT]
    given = {"end": days, "levels": np.array([3, 4, 5]), "fee": [0.5, np.nan, None]}
    made = region(columns=given)
    assert made.columns["end"] == ("2026-06-30", "2027-01-31", None)
    assert made.columns["fee"] == (0.5, None, None)
    assert json.loads(json.dumps(made.columns["levels"])) == [3, 4, 5]


def test_a_whole_number_is_called_the_same_with_gaps_or_without():
    gaps, none = [3.0, 7.0, np.nan], (3, 7, 7)
    made = region(columns={"gaps": gaps, "none": none, "half": (0.5, 1e300, np.inf)})
    assert json.dumps(made.columns["gaps"]) == "[3, 7, null]"
    assert made.columns["half"] == (0.5, 1e300, np.inf)
    called = [str(pin) for pin in pinned_by(made, "gaps")]
    assert called == ["a is in zone 3", "b is in zone 7"]
    # last year's 3.0 is the zone that a rule calls 3: nothing changes
    rules = (Previous("gaps", price=1.0), Pin(3, ("a",)))
    plan = Plan(Problem(made, 2, tolerance=None, rules=rules), [0, 1, 1])
    verdict = judge(plan)
    assert (verdict.names, verdict.change_cost) == (("3", "7"), 0)
    mixed = region(columns={"side": (1, 1.0, "1")})
    whole = Problem(mixed, 1, tolerance=None, rules=Contain("side"))
    assert judge(Plan(whole, [0, 0, 0])).ok


def test_a_way_from_a_unit_to_itself_is_refused():
    way = np.array([[0, 5, 5], [5, 7, 5], [5, 5, 0]])
    with pytest.raises(InputError, match="to itself must be 0; it is not for b"):
        region(way=way)


def test_distance_is_by_street_where_streets_are_known_else_straight(line):
    region = line(1, 2, 3)
    assert region.distance(np.array([0, 1]), np.array([2, 2])).tolist() == [200, 100]
    every = np.arange(3)
    assert region.distance(every[:, None], every[None, :]).shape == (3, 3)
    assert region.way_factor == region.costs.detour
    way = np.array([[0, 130, 250], [130, 0, 110], [250, 110, 0]])
    streets = replace(region, way=way)
    assert streets.distance(np.array([0, 1]), np.array([2, 2])).tolist() == [250, 110]
    assert streets.way_factor == 1.0


def test_metres_of_way_are_those_of_the_problem(line):
    costs = replace(PLAIN, detour=1.3)
    problem = Problem(line(1, 2, 3, costs=costs), 1, tolerance=None)
    assert problem.way_between([0], [1, 2]).tolist() == [[130.0, 260.0]]
