"""Ways by street."""

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
import shapely

from zoning.problem import TABLE_UNITS
from zoning.reading.streets import street_ways


def lines(*paths):
    return np.array([shapely.LineString(path) for path in paths], object)


def way(xy, *paths):
    return street_ways(np.array(xy, float), lines(*paths), detour=1.3)


# a cross: streets along both axes that share the vertex (0, 0)
CROSS = ([(-100, 0), (0, 0), (100, 0)], [(0, -100), (0, 0), (0, 100)])


def test_way_goes_round_the_corner():
    table, notes = way([(50, 10), (-10, 80)], *CROSS)
    # 10 to the street, 50 to the crossing, 80 along the other, 10 from it
    assert table.tolist() == [[0, 150], [150, 0]]
    assert table.dtype == np.int32
    assert notes == ()


def test_units_at_one_piece_go_along_it():
    table, _ = way([(20, 5), (70, -5)], *CROSS)
    assert table[0, 1] == 60  # 5 + 50 + 5


def test_way_is_never_shorter_than_the_straight_line():
    # both reach the street at one point, from opposite sides of a bend
    table, _ = way([(0, 30.5), (0, -30.5)], [(-100, 0), (100, 0)])
    assert table[0, 1] == 61


def test_streets_of_no_length_are_no_network():
    table, notes = way([(0, 0), (50, 0)], [(9, 9), (9, 9)], [(5, 5), (5, 5.1)])
    assert table is None
    assert "No street is usable" in notes[-1]


def test_streets_that_cross_without_a_vertex_pass_over_each_other():
    over = ([(-100, 0), (100, 0)], [(0, -100), (0, 100)])
    table, notes = way([(50, 10), (10, 80)], *over)
    # only one of the two is used: both units walk to it
    assert any("200 m of 400 m of street in 1 part(s)" in note for note in notes)
    assert table[0, 1] != 150


def test_ends_within_half_a_metre_meet():
    table, notes = way([(-50, 0), (50, 0)], [(-100, 0), (-0.2, 0)], [(0.2, 0), (99, 0)])
    assert notes == ()
    assert table[0, 1] == 100


def test_the_shorter_of_two_parallel_streets_is_taken():
    around = [(0, 0), (0, 90), (200, 90), (200, 0)]
    table, _ = way(
        [(-50, 0), (250, 0)], [(-100, 0), (0, 0), (200, 0), (300, 0)], around
    )
    assert table[0, 1] == 300


def test_a_small_part_of_the_network_is_left_out_and_told():
    table, notes = way([(50, 10), (-10, 80)], *CROSS, [(900, 900), (950, 900)])
    assert table[0, 1] == 150
    assert "50 m of 450 m of street in 1 part(s)" in notes[0]


def test_units_far_from_any_street_go_straight():
    xy = np.array([(50, 0), (0, 2000.0)])
    table, notes = street_ways(xy, lines(*CROSS), detour=1.5, names=("a", "b"))
    assert table[0, 1] == round(1.5 * np.hypot(50, 2000))
    assert ": b." in notes[-1]


def test_a_ring_street_is_walked_the_short_way():
    ring = [(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]
    table, _ = way([(50, 0), (0, 50)], ring)
    assert table[0, 1] == 100


@pytest.mark.parametrize("streets", [[], [shapely.Point(0, 0)], [None]])
def test_without_streets_there_is_no_table(streets):
    table, notes = street_ways(np.zeros((2, 2)), np.array(streets, object), detour=1.3)
    assert table is None
    assert "straight" in notes[-1]


def test_too_many_units_get_no_table():
    xy = np.zeros((TABLE_UNITS + 1, 2))
    table, notes = street_ways(xy, lines(*CROSS), detour=1.3)
    assert table is None
    assert "2,001" in notes[0]


def test_multilines_count_and_polygons_do_not():
    shapes = [shapely.MultiLineString(CROSS), shapely.box(0, 0, 9, 9)]
    xy = np.array([(50, 10), (-10, 80.0)])
    table, notes = street_ways(xy, np.array(shapes, object), detour=1.3)
    assert table[0, 1] == 150
    assert "not lines" in notes[0]


def test_random_networks_agree_with_a_plain_graph():
    """The same graph built bit by bit in networkx, chains and all."""
    rng = np.random.default_rng(3)
    grid = [[(x * 100.0, y * 100.0) for x in range(4)] for y in range(4)]
    jitter = {p: tuple(np.add(p, rng.uniform(-20, 20, 2))) for row in grid for p in row}
    pairs = [(row[x], row[x + 1]) for row in grid for x in range(3)]
    pairs += [(grid[y][x], grid[y + 1][x]) for y in range(3) for x in range(4)]
    paths = []
    for k in rng.permutation(len(pairs))[:20]:
        a, b = (np.array(jitter[p]) for p in pairs[k])
        middle = (a + b) / 2 + rng.uniform(-15, 15, 2)  # a bend
        paths.append([tuple(a), tuple(middle), tuple(b)])
    graph = nx.Graph()
    for path in paths:
        for a, b in pairwise(path):
            graph.add_edge(a, b, weight=float(np.hypot(*np.subtract(a, b))))
    part = max(nx.connected_components(graph), key=len)
    units = [p for p in part if rng.random() < 0.5]  # units on nodes
    expected = dict(nx.all_pairs_dijkstra_path_length(graph))
    table, _ = way(units, *paths)
    for i, a in enumerate(units):
        for j, b in enumerate(units):
            assert abs(table[i, j] - expected[a][b]) <= 1
    assert np.array_equal(table, table.T)
