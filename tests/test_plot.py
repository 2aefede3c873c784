"""The map: areas that fit together, colours that differ, labels that do not collide."""

import networkx as nx
import numpy as np
import pytest
import shapely

from zoning.datasets import old_town
from zoning.plan import Plan
from zoning.plot import _Sheet, colours, draw, shapes_of, zone_areas
from zoning.problem import Problem, halve
from zoning.read import read
from zoning.units import Region


def plan_of(region, count):
    zone_of = np.zeros(len(region), int)
    every = np.arange(len(region))
    for k, units in enumerate(halve(region.xy, region.load, every, count)):
        zone_of[units] = k
    return Plan(Problem(region, count, tolerance=None), zone_of)


@pytest.fixture(scope="module")
def plan():
    town = old_town(98, seed=1)
    region = read(
        town.buildings,
        unit="compound_id",
        area="floor_area_m2",
        barriers=town.barriers,
        streets=town.streets,
    )
    return plan_of(region, 12)


def points(xy):
    graph = nx.path_graph(len(xy))
    for i, (x, y) in enumerate(xy):
        graph.nodes[i].update(x=x, y=y, load=10)
    return Region.from_networkx(graph)


def overlap(areas):
    a, b = shapely.STRtree(areas).query(areas, predicate="intersects")
    over = shapely.intersection(areas[a[a < b]], areas[b[a < b]])
    return float(shapely.area(over).sum())


def test_areas_do_not_overlap_and_hold_their_buildings(plan):
    areas = zone_areas(plan)
    assert shapely.is_valid(areas).all()
    assert overlap(areas) < 1e-3
    shapes, unit_of = shapes_of(plan.problem.region)
    home = areas[plan.zone_of[unit_of]]
    inside = shapely.contains(home, shapely.point_on_surface(shapes))
    assert inside.mean() > 0.97


def test_the_area_of_a_zone_hangs_together_where_its_units_touch():
    # west and east touch through the gap between north and south, who are nearer to it
    graph = nx.Graph([("west", "east")])
    places = {"west": (0, 0), "east": (200, 0), "north": (100, 50), "south": (100, -50)}
    for name, (x, y) in places.items():
        graph.add_node(name, x=x, y=y, load=10)
    region = Region.from_networkx(graph)
    assert region.names == ("west", "east", "north", "south")
    areas = zone_areas(Plan(Problem(region, 3, tolerance=None), np.array([0, 0, 1, 2])))
    assert shapely.get_num_geometries(areas).tolist() == [1, 1, 1]
    assert overlap(areas) < 1e-3


def test_areas_are_the_same_every_time(plan):
    assert shapely.equals_exact(zone_areas(plan), zone_areas(plan)).all()


def test_an_area_ends_at_a_barrier():
    # two rows of houses along y = 0 and y = 100, a river nearer to the first one
    import geopandas

    houses = geopandas.GeoDataFrame(
        {"m2": [1000] * 6, "zone": [0, 0, 0, 1, 1, 1]},
        geometry=geopandas.points_from_xy([0, 60, 120] * 2, [0] * 3 + [100] * 3),
        crs="EPSG:32652",
    )
    river = geopandas.GeoDataFrame(
        {"kind": ["river"]},
        geometry=[shapely.LineString([(-500, 20), (600, 20)])],
        crs="EPSG:32652",
    )
    region = read(houses, area="m2", barriers=river)
    south, north = zone_areas(
        Plan(Problem(region, 2, tolerance=None), houses["zone"].to_numpy())
    )
    assert south.bounds[3] == pytest.approx(20, abs=0.1)
    assert north.bounds[1] == pytest.approx(20, abs=0.1)


@pytest.mark.parametrize(
    "xy",
    [
        [(5.0, 5.0)],
        [(0.0, 0.0), (100.0, 0.0)],
        [(0.0, 0.0), (50.0, 0.0), (100.0, 0.0)],
        [(7.0, 7.0), (7.0, 7.0), (7.0, 7.0)],
    ],
    ids=["one unit", "two units", "in a row", "all at one place"],
)
def test_odd_places_have_areas_too(xy):
    region = points(xy)
    areas = zone_areas(
        Plan(Problem(region, len(xy), tolerance=None), np.arange(len(xy)))
    )
    assert not shapely.is_empty(areas).any()
    assert overlap(areas) < 1e-3


def test_neighbours_differ_in_colour(plan):
    areas = zone_areas(plan)
    chosen = colours(areas, 20.0)
    a, b = shapely.STRtree(areas).query(areas, predicate="dwithin", distance=20.0)
    assert all(chosen[i] != chosen[j] for i, j in zip(a, b, strict=True) if i != j)


def test_labels_do_not_collide(plan):
    sheet = _Sheet(plan, None, None, zone_areas(plan))
    sheet.drawn()
    boxes = sheet.taken
    assert len(boxes) >= plan.num_zones
    assert not any(a.meets(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_a_map_tells_zones_and_legend(plan):
    figure = draw(plan)
    texts = {text.get_text() for axes in figure.axes for text in axes.texts}
    assert {str(k + 1) for k in range(12)} <= texts
    assert {"Legend", "N", "Street"} <= texts
    assert any("Water" in text for text in texts)
