"""Neighbours: found, cut, lifted to units, joined."""

import sys

import numpy as np
import pytest
import shapely
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist

from zoning.adjacency import (
    Buildings,
    Delaunay,
    Tessellation,
    Within,
    connect,
)
from zoning.adjacency.triangles import parts_within, triangulate
from zoning.errors import InputError
from zoning.region import Barrier

NO_PAIRS = np.zeros((0, 2), np.int64)


def town(xy, *, unit_of=None, barriers=(), size=0.0, names=None):
    shapes = shapely.points(np.array(xy, float))
    if size:
        shapes = shapely.buffer(shapes, size / 2, cap_style="square")
    unit_of = np.arange(len(shapes)) if unit_of is None else np.array(unit_of)
    return Buildings(
        shapes,
        unit_of,
        tuple("abcdefghijklmnopqrstuvwxyz"[: unit_of.max() + 1]),
        np.array(barriers, object),
        names or tuple(Barrier(f"wall {i}") for i in range(len(barriers))),
    )


def wall(*points):
    return shapely.LineString(points)


ROW = [(0, 0), (50, 0), (100, 0), (150, 0)]
# two rows of three, 50 m apart
GRID = [(0, 0), (50, 1), (100, 0), (0, 50), (50, 51), (100, 50)]


@pytest.mark.parametrize(
    ("xy", "sides"),
    [
        ([(5, 5)], []),
        ([(0, 0), (3, 4)], [[0, 1]]),
        ([(0, 0), (20, 0), (10, 0)], [[0, 2], [1, 2]]),
        ([(0, 0), (0, 9), (0, 2), (0, 5)], [[0, 2], [1, 3], [2, 3]]),
        ([(1, 1), (1, 1), (1, 1)], [[0, 1], [0, 2]]),
        ([(0, 0), (9, 0), (0, 9), (0, 0)], [[0, 1], [0, 2], [0, 3], [1, 2]]),
    ],
    ids=["one", "two", "line", "upright line", "one place", "twin"],
)
def test_triangulate_copes_with_points_that_span_no_triangle(xy, sides):
    assert triangulate(np.array(xy, float)).tolist() == sides


def test_triangles_of_far_coordinates_keep_everybody():
    rng = np.random.default_rng(0)
    xy = rng.uniform([5e5, 5e6], [5e5 + 1, 5e6 + 1], (50, 2))
    assert set(triangulate(xy).ravel()) == set(range(50))


def test_almost_collinear_points_stay_connected():
    xy = np.column_stack([3e5 + np.arange(40.0), 5e6 + 1e-9 * (np.arange(40) % 3)])
    assert parts_within(xy, 1.5).max() == 0


def test_delaunay_trims_at_three_times_the_median_side():
    # sides 50, 50, 50, 400: median 50, limit 150
    found = Delaunay(bridges=False)(town([*ROW, (550, 0)]))
    assert found.edges.tolist() == [[0, 1], [1, 2], [2, 3]]
    assert "2 parts" in found.notes[-1]
    assert "150 m" in found.notes[0]


def test_median_side_ignores_sides_inside_units():
    # sides between units: 50 and 140; those inside units (2 m) would trim 140 off
    xy = [(0, 0), (2, 0), (4, 0), (54, 0), (56, 0), (196, 0)]
    found = Delaunay(bridges=False)(town(xy, unit_of=[0, 0, 0, 1, 1, 2]))
    assert found.edges.tolist() == [[0, 1], [1, 2]]


def test_max_edge_overrules_the_median():
    assert len(Delaunay(49, bridges=False)(town(ROW)).edges) == 0


def test_islands_get_the_shortest_bridge_and_a_note():
    found = Delaunay(60)(town([*ROW, (350, 0)]))
    assert found.bridges.tolist() == [[3, 4]]
    assert [3, 4] in found.edges.tolist()
    assert "d – e 200 m" in found.notes[-1]


def test_units_of_one_region_need_no_bridge():
    assert Delaunay()(town(GRID)).bridges.size == 0


def test_a_barrier_cuts_and_the_cut_is_remembered():
    # the wall runs between the rows and ends before the last column
    found = Delaunay()(town(GRID, barriers=[wall((-50, 25), (80, 25))]))
    assert [2, 5] in found.edges.tolist()
    assert [0, 3] in found.cut_edges.tolist()
    assert found.bridges.size == 0
    both = {tuple(e) for e in found.edges} & {tuple(e) for e in found.cut_edges}
    assert not both


def test_units_joined_past_the_end_of_a_wall_are_no_cut_edge():
    # unit 0 and unit 1 have two buildings each; one pair is cut, the other free
    xy = [(0, 0), (100, 0), (0, 50), (100, 50)]
    walls = [wall((-50, 25), (50, 26))]
    found = Delaunay()(town(xy, unit_of=[0, 0, 1, 1], barriers=walls))
    assert found.edges.tolist() == [[0, 1]]
    assert found.cut_edges.size == 0


def test_polygon_barriers_cut_too():
    lake = shapely.box(60, -10, 90, 10)
    found = Delaunay(60)(town(ROW, barriers=[lake]))
    assert found.cut_edges.tolist() == []  # the bridge took it
    assert found.bridges.tolist() == [[1, 2]]
    found = Delaunay(60, over_barriers=False)(town(ROW, barriers=[lake]))
    assert found.cut_edges.tolist() == [[1, 2]]


def test_a_line_inside_a_polygon_barrier_is_cut():
    found = Delaunay(bridges=False)(town(ROW, barriers=[shapely.box(-9, -9, 200, 9)]))
    assert len(found.edges) == 0
    assert len(found.cut_edges) == 3


# Two compounds of two buildings each, 0 above 1: pairs of 50 m on the left and right.
PAIR = [(0, 0), (100, 0), (0, 50), (100, 50)]


def cut_by(xy, barriers, names, unit_of=(0, 0, 1, 1)):
    found = Delaunay(60, bridges=False)(
        town(xy, unit_of=unit_of, barriers=barriers, names=names)
    )
    edges = map(tuple, found.cut_edges.tolist())
    return dict(zip(edges, found.cut_by, strict=True))


RIVER, STREET, RAIL = Barrier("Wu", "river"), Barrier("Hequ"), Barrier("line 1", "rail")


def test_every_barrier_on_the_way_must_be_open():
    walls = [wall((-50, 20), (150, 20)), wall((-50, 30), (150, 30))]
    assert cut_by(PAIR, walls, (STREET, RIVER)) == {(0, 1): (STREET, RIVER)}


def test_the_pair_that_crosses_fewest_barriers_says_what_cuts():
    # left two barriers are in the way, right only the street
    walls = [wall((-50, 20), (150, 20)), wall((-50, 30), (50, 30))]
    assert cut_by(PAIR, walls, (STREET, RIVER)) == {(0, 1): (STREET,)}


def test_among_equally_many_barriers_the_shortest_pair_says_what_cuts():
    # the right pair is 40 m apart, the left one 50 m
    xy = [(0, 0), (100, 10), (0, 50), (100, 50)]
    walls = [wall((-50, 30), (50, 30)), wall((51, 30), (150, 30))]
    assert cut_by(xy, walls, (STREET, RAIL)) == {(0, 1): (RAIL,)}


def test_a_barrier_in_two_pieces_counts_once():
    walls = [wall((-50, 20), (150, 20)), wall((-50, 30), (150, 30))]
    assert cut_by(PAIR, walls, (RIVER, RIVER)) == {(0, 1): (RIVER,)}


def test_opening_what_cuts_an_edge_joins_it_and_less_does_not():
    chance = np.random.default_rng(5)
    for _ in range(20):
        xy = chance.uniform(0, 200, (14, 2))
        unit_of = np.sort(chance.integers(0, 6, 14))
        unit_of = np.unique(unit_of, return_inverse=True)[1]
        walls = [wall(*chance.uniform(0, 200, (2, 2))) for _ in range(4)]
        names = (RIVER, STREET, RAIL, STREET)
        for edge, by in cut_by(xy, walls, names, unit_of).items():
            # every set of barriers that joins the edge has at least as many
            for mask in range(8):
                opened = {b for k, b in enumerate(names[:3]) if mask >> k & 1}
                left = [k for k, b in enumerate(names) if b not in opened]
                found = Delaunay(60, bridges=False)(
                    town(
                        xy,
                        unit_of=unit_of,
                        barriers=[walls[k] for k in left],
                        names=tuple(names[k] for k in left),
                    )
                )
                joined = edge in map(tuple, found.edges.tolist())
                assert joined or opened != set(by)
                assert len(opened) >= len(by) or not joined


def test_bridges_name_kind_and_name_of_what_they_cross():
    walls = [wall((-500, 25), (500, 25))]

    def told(name):
        return Delaunay()(town(GRID, barriers=walls, names=(name,))).notes[-1]

    assert "crosses river Wu:" in told(RIVER)
    assert "crosses Hequ:" in told(STREET)
    assert "crosses river:" in told(Barrier("barrier 1", "river"))
    assert "crosses barrier 1:" in told(Barrier("barrier 1"))


def test_a_longer_bridge_beside_the_barrier_is_preferred():
    # e stands 60 m behind the wall above b; past its end it is 112 m from d
    xy = [*ROW, (50, 60)]
    found = Delaunay(55)(town(xy, barriers=[wall((-50, 30), (95, 30))]))
    assert found.bridges.tolist() == [[3, 4]]
    assert not any("crosses" in note for note in found.notes)


def test_a_bridge_over_a_barrier_is_the_last_resort_and_named():
    found = Delaunay()(town(GRID, barriers=[wall((-500, 25), (500, 25))]))
    assert len(found.bridges) == 1
    assert any("crosses wall 0" in note for note in found.notes)
    assert not {tuple(e) for e in found.bridges} & {tuple(e) for e in found.cut_edges}


def test_parts_behind_a_barrier_may_be_left_apart():
    walls = [wall((-500, 25), (500, 25))]
    found = Delaunay(over_barriers=False)(town(GRID, barriers=walls))
    assert found.bridges.size == 0
    assert any("2 parts" in note for note in found.notes)


def test_a_unit_on_both_sides_of_a_barrier_is_told():
    found = Delaunay()(
        town(GRID, unit_of=[0, 1, 2, 0, 3, 4], barriers=[wall((-9, 25), (30, 25))])
    )
    assert any(
        "both sides of a barrier" in note and ": a." in note for note in found.notes
    )


def test_a_unit_on_one_side_is_not_told():
    found = Delaunay()(
        town(GRID, unit_of=[0, 0, 1, 2, 3, 4], barriers=[wall((-9, 25), (900, 25))])
    )
    assert not any("both sides" in note for note in found.notes)


# --- buildings at one point


def test_units_at_one_point_touch_each_other_and_all_neighbours():
    # a, b, c at one point, d and e at another 60 m away
    found = Delaunay()(town([(0, 0)] * 3 + [(60, 0)] * 2))
    assert len(found.edges) == 10  # everybody touches everybody: 5 · 4 / 2
    assert found.bridges.size == 0


def test_a_house_and_the_block_around_it_have_the_same_neighbours():
    ring = shapely.box(-40, -40, 40, 40) - shapely.box(-25, -25, 25, 25)
    house, next_door = shapely.box(-10, -10, 10, 10), shapely.box(90, -10, 110, 10)
    for order in ([0, 1, 2], [1, 0, 2], [2, 1, 0]):
        shapes = np.array([ring, house, next_door], object)[order]
        found = Delaunay()(Buildings(shapes, np.arange(3), ("a", "b", "c")))
        assert found.edges.tolist() == [[0, 1], [0, 2], [1, 2]]


def test_a_bridge_joins_all_who_stand_at_its_ends():
    found = Delaunay(50)(town([(0, 0), (0, 0), (200, 0), (200, 0)]))
    assert found.bridges.tolist() == [[0, 2], [0, 3], [1, 2], [1, 3]]
    assert "1 bridge(s)" in found.notes[-1]


@pytest.mark.parametrize("spread", [0, 2, 20], ids=["one point", "4 m", "40 m"])
def test_groups_of_buildings_are_as_far_apart_as_their_places(spread):
    # 36 addresses 150 m apart, five buildings at each: no tree of bridges
    chance = np.random.default_rng(1)
    place = np.indices((6, 6)).reshape(2, -1).T * 150.0
    xy = np.repeat(place, 5, axis=0) + chance.uniform(-spread, spread, (180, 2))
    names = tuple(map(str, range(180)))
    found = Delaunay()(Buildings(shapely.points(xy), np.arange(180), names))
    assert found.bridges.size == 0
    assert len(found.notes) == 1
    assert 300 < float(found.notes[0].split()[-2]) < 500


def test_few_groups_do_not_tell_what_is_usual():
    # two settlements of six houses 2 km apart: one bridge, not neighbours
    here = np.indices((3, 2)).reshape(2, -1).T * 50.0
    found = Delaunay()(town(np.concatenate([here, here + np.array([2_000, 0])])))
    assert len(found.bridges) == 1


def test_hundreds_at_one_point_make_few_edges_and_a_note():
    names = tuple(f"u{i:03}" for i in range(400))
    xy = np.array([(0, 0)] * 300 + [(50, 0)] * 100)
    found = Delaunay()(Buildings(shapely.points(xy), np.arange(400), names))
    assert len(found.edges) < 8_000
    assert "At 2 point(s) stand more than 50 units" in found.notes[-1]
    assert "more than" not in Delaunay()(town([(0, 0)] * 20)).notes[-1]


def test_many_buildings_of_a_unit_at_one_point_are_no_crowd():
    found = Delaunay()(town([(0, 0)] * 300 + [(50, 0)], unit_of=[0] * 300 + [1]))
    assert found.edges.tolist() == [[0, 1]]
    assert len(found.notes) == 1


def _chance_town(seed):
    """Buildings with many equal distances and shared points; units, walls."""
    chance = np.random.default_rng(seed)
    n = int(chance.integers(2, 30))
    step, jitter = [(60, 0), (100, 2), (150, 0)][seed % 3]
    xy = chance.integers(0, 4, (n, 2)) * float(step)
    xy += chance.integers(0, jitter + 1, (n, 2))
    unit = chance.integers(0, max(1, n // int(chance.integers(1, 4))), n)
    walls = [
        wall(*chance.integers(0, 400, (2, 2)).tolist())
        for _ in range(chance.integers(4))
    ]
    return xy, unit, walls


def _by_name(found, names):
    """What was found, with the names of units instead of positions."""

    def told(pairs):
        return [tuple(sorted(names[i] for i in pair)) for pair in pairs.tolist()]

    return (
        sorted(told(found.edges)),
        sorted(told(found.bridges)),
        sorted(zip(told(found.cut_edges), found.cut_by, strict=True)),
        [note for note in found.notes if "ridge" in note],
    )


@pytest.mark.parametrize(
    "rule",
    [
        Delaunay(),
        Delaunay(100),
        Delaunay(over_barriers=False),
        Within(50),
        lambda buildings: connect(buildings, NO_PAIRS),
    ],
    ids=["usual", "100 m", "not over barriers", "within", "bridges alone"],
)
def test_the_order_of_rows_decides_nothing(rule):
    for seed in range(12):
        xy, unit, walls = _chance_town(seed)
        names = tuple(Barrier(f"w{i}") for i in range(len(walls)))
        found = []
        for turn in range(3):
            order = np.random.default_rng(turn).permutation(len(xy))
            known, first, of = np.unique(
                unit[order], return_index=True, return_inverse=True
            )
            rank = np.argsort(np.argsort(first))  # units by their first row
            called = [f"u{i}" for i in known[np.argsort(first)]]
            buildings = Buildings(
                shapely.points(xy[order]),
                rank[of],
                tuple(called),
                np.array(walls, object),
                names,
            )
            found.append(_by_name(rule(buildings), called))
        assert found[1:] == found[:-1], seed


def test_bridges_are_a_least_spanning_tree():
    xy = np.random.default_rng(1).uniform(0, 1000, (60, 2))
    shape = Buildings(shapely.points(xy), np.arange(60), tuple(map(str, range(60))))
    found = connect(shape, NO_PAIRS)
    length = np.hypot(*(xy[found.bridges[:, 0]] - xy[found.bridges[:, 1]]).T).sum()
    assert len(found.bridges) == 59
    assert length == pytest.approx(minimum_spanning_tree(cdist(xy, xy)).sum(), abs=0.1)


def test_neighbours_are_the_same_every_time():
    xy = np.random.default_rng(2).integers(0, 30, (200, 2)) * 10.0  # many equal sides
    names = tuple(map(str, range(200)))
    runs = [
        Delaunay(12)(Buildings(shapely.points(xy), np.arange(200), names))
        for _ in range(2)
    ]
    assert np.array_equal(runs[0].edges, runs[1].edges)
    assert np.array_equal(runs[0].bridges, runs[1].bridges)
    assert runs[0].notes == runs[1].notes


def test_one_building_has_no_neighbours():
    found = Delaunay()(town([(0, 0)]))
    assert found.edges.shape == found.bridges.shape == (0, 2)
    assert found.notes == ()


def test_within_measures_from_wall_to_wall():
    # centroids 50 m apart, walls 30
    found = Within(30, bridges=False)(town(ROW, size=20))
    assert found.edges.tolist() == [[0, 1], [1, 2], [2, 3]]
    assert Within(29, bridges=False)(town(ROW, size=20)).edges.size == 0


def test_tessellation_joins_cells_that_touch():
    pytest.importorskip("momepy", reason="momepy is not installed")
    found = Tessellation(limit=40)(town(GRID, size=20))
    assert [0, 3] in found.edges.tolist()
    assert [0, 2] not in found.edges.tolist()
    assert len(Tessellation(limit=10, bridges=False)(town(GRID, size=20)).edges) == 0


def test_tessellation_refuses_points():
    with pytest.raises(InputError, match="needs footprints"):
        Tessellation()(town(GRID))


def test_tessellation_says_how_to_get_momepy(monkeypatch):
    monkeypatch.setitem(sys.modules, "momepy", None)
    with pytest.raises(InputError, match=r"pip install zoning\[tessellation\]"):
        Tessellation()(town(GRID, size=20))


@pytest.mark.parametrize("metres", [0, -1, float("nan"), float("inf")])
def test_distances_must_be_above_zero(metres):
    with pytest.raises(InputError, match=r"max_edge must be .*(above 0|finite)"):
        Delaunay(metres)
    with pytest.raises(InputError, match=r"limit must be .*(above 0|finite)"):
        Tessellation(metres)


def test_within_needs_a_distance():
    with pytest.raises(InputError, match=">= 0"):
        Within(-1)
