"""The map: areas that fit together, colours that differ, labels that do not collide."""

import time
import warnings
from dataclasses import replace

import geopandas
import networkx as nx
import numpy as np
import pytest
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from zoning.check import judge
from zoning.datasets import old_town
from zoning.lots import bundle
from zoning.lots.check import judge_lots
from zoning.plan import Plan
from zoning.plot import fonts as plot_fonts
from zoning.plot.colours import colours
from zoning.plot.compare import draw_difference
from zoning.plot.connect_polygons import along
from zoning.plot.labels import Labels
from zoning.plot.layout import MapLayout
from zoning.plot.lot_links import lot_links_of
from zoning.plot.plan import draw
from zoning.plot.rules import FROZEN, LOCKED, pinned_places
from zoning.plot.zone_polygons import shapes_of, zone_polygons
from zoning.problem import Problem
from zoning.read import read
from zoning.region import Region
from zoning.rules import Freeze, Lock, Pin, Previous, SoftBarrier
from zoning.share import recursive_bisection


def plan_of(region, count):
    zone_of = np.zeros(len(region), int)
    every = np.arange(len(region))
    for k, units in enumerate(
        recursive_bisection(region.xy, region.load, every, count)
    ):
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
    areas = zone_polygons(plan)
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
    areas = zone_polygons(
        Plan(Problem(region, 3, tolerance=None), np.array([0, 0, 1, 2]))
    )
    assert shapely.get_num_geometries(areas).tolist() == [1, 1, 1]
    assert overlap(areas) < 1e-3


def test_areas_are_the_same_every_time(plan):
    assert shapely.equals_exact(zone_polygons(plan), zone_polygons(plan)).all()


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
    south, north = zone_polygons(
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
    areas = zone_polygons(
        Plan(Problem(region, len(xy), tolerance=None), np.arange(len(xy)))
    )
    assert not shapely.is_empty(areas).any()
    assert overlap(areas) < 1e-3


def test_lanes_of_no_length_have_no_points():
    lanes = shapely.linestrings([[(0, 0), (0, 0)], [(0, 0), (9, 0)]])
    houses = shapely.points([(50, 50)])
    xy, owner = along(lanes, np.array([3, 4]), houses, np.array([0]), 5.0)
    assert xy.tolist() == [[0, 0], [4.5, 0], [9, 0]]
    assert owner.tolist() == [4, 4, 4]


def test_walls_far_longer_than_ways_are_drawn_in_time():
    wide = [shapely.box(20 * i, 0, 20 * i + 90_000, 90_000 + i) for i in range(6)]
    frame = geopandas.GeoDataFrame({"area": [900.0] * 6}, geometry=wide, crs=32652)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        region = read(frame, area="area")
    plan = Plan(Problem(region, 2, tolerance=None), [0, 0, 0, 1, 1, 1])
    begin = time.perf_counter()
    assert len(zone_polygons(plan)) == 2
    assert time.perf_counter() - begin < 20


def test_neighbours_differ_in_colour(plan):
    areas = zone_polygons(plan)
    chosen = colours(areas, 20.0)
    a, b = shapely.STRtree(areas).query(areas, predicate="dwithin", distance=20.0)
    assert all(chosen[i] != chosen[j] for i, j in zip(a, b, strict=True) if i != j)


def test_labels_do_not_collide(plan):
    layout = MapLayout(plan, None, None, zone_polygons(plan))
    _, axes, _ = layout.page(6.0)
    labels = Labels(axes, layout)
    labels.write()
    boxes = labels.taken
    assert len(boxes) >= plan.num_zones
    assert not any(a.meets(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_a_map_tells_zones_and_legend(plan):
    figure = draw(plan)
    texts = texts_of(figure)
    assert {str(k + 1) for k in range(12)} <= texts
    assert {"Legend", "N", "Street"} <= texts
    assert any("Water" in text for text in texts)


# --- names in Chinese


NAME = "马家沟"


@pytest.fixture
def beside_a_river():
    """Two rows of houses and a river of a Chinese name between them."""
    import geopandas

    houses = geopandas.GeoDataFrame(
        {"m2": [1000] * 6},
        geometry=geopandas.points_from_xy([0, 60, 120] * 2, [0] * 3 + [100] * 3),
        crs="EPSG:32652",
    )
    river = geopandas.GeoDataFrame(
        {"kind": ["river"], "name": [NAME]},
        geometry=[shapely.LineString([(-500, 50), (600, 50)])],
        crs="EPSG:32652",
    )
    region = read(houses, area="m2", barriers=river)
    return Plan(Problem(region, 2, tolerance=None), np.repeat([0, 1], 3))


def install(path, family, letters):
    """Make a font of boxes for a few letters and let matplotlib find it."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from matplotlib.font_manager import fontManager

    writer = TTGlyphPen(None)
    writer.moveTo((100, 0))
    for corner in ((100, 800), (900, 800), (900, 0)):
        writer.lineTo(corner)
    writer.closePath()
    glyphs = [".notdef", *(f"uni{ord(letter):04X}" for letter in letters)]
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder(glyphs)
    font.setupCharacterMap({ord(x): f"uni{ord(x):04X}" for x in letters})
    font.setupGlyf(dict.fromkeys(glyphs, writer.glyph()))
    font.setupHorizontalMetrics(dict.fromkeys(glyphs, (1000, 100)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": family, "styleName": "Regular"})
    font.setupOS2()
    font.setupPost()
    font.save(path)
    fontManager.addfont(path)


def texts_of(figure):
    return {text.get_text() for axes in figure.axes for text in axes.texts}


LEFT_OFF = "Some names are left off: no font here has the letters."


def test_a_chinese_font_writes_chinese_names(beside_a_river, tmp_path, monkeypatch):
    from matplotlib.font_manager import fontManager

    monkeypatch.setattr(fontManager, "ttflist", [*fontManager.ttflist])
    install(tmp_path / "font.ttf", "Noto Sans CJK Test", NAME)
    monkeypatch.setattr(plot_fonts, "CHINESE", ("Absent", "Noto Sans CJK"))
    assert plot_fonts.families()[-1] == "Noto Sans CJK Test"
    figure = draw(beside_a_river)
    figure.savefig(tmp_path / "map.png")  # would warn of a missing letter
    assert NAME in texts_of(figure)
    assert LEFT_OFF not in texts_of(figure)


def test_without_a_chinese_font_the_legend_says_that_names_are_left_off(
    beside_a_river, tmp_path, monkeypatch
):
    monkeypatch.setattr(plot_fonts, "CHINESE", ())
    figure = draw(beside_a_river)
    figure.savefig(tmp_path / "map.png")
    assert NAME not in texts_of(figure)
    assert LEFT_OFF in texts_of(figure)


# --- ties between the parts of a lot


def test_parts_of_a_lot_are_tied_along_the_edge_another_zone_lies_over():
    # west and east touch; north and south are nearer to the gap between them
    places = {"west": (0, 0), "east": (200, 0), "north": (100, 50), "south": (100, -50)}
    graph = nx.Graph([("west", "east")])
    for name, (x, y) in places.items():
        graph.add_node(name, x=x, y=y, load=10)
    plan = Plan(Problem(Region.from_networkx(graph), 4, tolerance=None), np.arange(4))
    (lot, *_) = judge_lots(plan, [(0, 1), (2,), (3,)]).lots
    (lot_link,) = lot_links_of(plan, lot, zone_polygons(plan), 1.0)
    assert sorted(shapely.get_coordinates(lot_link).tolist()) == [[0, 0], [200, 0]]


def far_apart(*, bridge):
    """Zones of two units each, 1 km apart, that touch all the same."""
    far = [(1, 2)]
    region = Region(
        names=("a", "b", "c", "d"),
        xy=np.array([(0.0, 0.0), (50.0, 0.0), (1050.0, 0.0), (1100.0, 0.0)]),
        load=np.full(4, 10),
        edges=np.array([(0, 1), (2, 3), *far]),
        bridges=np.array(far if bridge else [], int).reshape(-1, 2),
        max_gap=1_500.0,
    )
    return Plan(Problem(region, 2, tolerance=None), np.array([0, 0, 1, 1]))


def test_a_map_and_its_legend_show_ties():
    plan = far_apart(bridge=False)
    lots = bundle(plan, size=2)
    (lot_link,) = MapLayout(plan, lots, None, zone_polygons(plan)).lot_links
    assert shapely.length(lot_link) == 1000
    assert "Joins parts of one lot" in texts_of(draw(plan, lots))


def test_a_bridge_needs_no_tie():
    plan = far_apart(bridge=True)
    lots = bundle(plan, size=2)
    assert MapLayout(plan, lots, None, zone_polygons(plan)).lot_links == []


def test_zones_side_by_side_need_no_tie():
    region = points([(0.0, 0.0), (50.0, 0.0), (100.0, 0.0), (150.0, 0.0)])
    plan = Plan(Problem(region, 2, tolerance=None), np.array([0, 0, 1, 1]))
    (lot,) = judge_lots(plan, [(0, 1)]).lots
    assert lot_links_of(plan, lot, zone_polygons(plan), 1.0) == []


# --- planners' rules


def ruled(*rules, count=3):
    """Three columns of four houses, a road and a river between them."""
    import geopandas

    houses = geopandas.GeoDataFrame(
        {"m2": [1000] * 12},
        geometry=geopandas.points_from_xy(
            [60.0 * (i // 4) for i in range(12)], [60.0 * (i % 4) for i in range(12)]
        ),
        crs="EPSG:32652",
    )
    lines = geopandas.GeoDataFrame(
        {"kind": ["river", "arterial"], "name": ["Mid River", "High Street"]},
        geometry=[shapely.LineString([(x, -50), (x, 250)]) for x in (90, 30)],
        crs="EPSG:32652",
    )
    region = read(houses, area="m2", barriers=lines)
    problem = Problem(region, count, tolerance=None, rules=rules)
    column = {name: (int(name) - 1) // 4 for name in region.building_ids}
    here = [column[mine[0]] for mine in problem.region.buildings]
    return Plan(problem, np.array(here))


def test_zones_are_labelled_by_name():
    plan = ruled(Pin("North Gate", ("12",)), Pin("9", ("1",)))
    texts = texts_of(draw(plan))
    assert {"North Gate", "9", "1"} <= texts
    assert "Name of a zone, at the zone's center" in texts


def test_a_lot_lists_its_zones_by_name():
    plan = ruled(Pin("10", ("12",)), Pin("9", ("1",)))
    assert judge(plan).names == ("9", "1", "10")
    assert "1, 9, 10" in texts_of(draw(plan, bundle(plan, size=3)))


def test_names_too_long_for_the_table_of_lots_have_a_line_of_their_own():
    plan = ruled(Pin("By the North Gate", ("12",)), Pin("9", ("1",)))
    figure = draw(plan, bundle(plan, size=3))
    panel = figure.axes[1]
    at = {t.get_text(): t.get_position()[1] for t in panel.texts}
    assert at["1, 9, By the North Gate"] < at["Lot 1"]


def test_a_name_no_font_can_write_is_told_by_its_id(monkeypatch, tmp_path):
    monkeypatch.setattr(plot_fonts, "CHINESE", ())
    figure = draw(ruled(Pin(NAME, ("1",))))
    figure.savefig(tmp_path / "map.png")  # would warn of a missing letter
    texts = texts_of(figure)
    assert "#1" in texts
    assert any(text.startswith("#1, #2: id in plan.json") for text in texts)


def hatches(figure):
    return sorted(p.get_hatch() for p in figure.axes[0].patches if p.get_hatch())


def test_zones_that_stay_are_hatched_and_explained():
    west, east = tuple("1234"), ("9", "10", "11", "12")
    figure = draw(ruled(Lock("Old", west), Freeze("New", east)))
    assert hatches(figure) == ["///", "xxx"]
    assert {LOCKED.name, FROZEN.name} <= texts_of(figure)
    plain = draw(ruled())
    assert hatches(plain) == []
    assert LOCKED.name not in texts_of(plain)


def test_a_frozen_zone_is_left_out_of_the_range_of_costs():
    plan = ruled(Freeze("Old", tuple("1234")))
    share, cost = plan.problem.fair_share, judge(plan).cost[1:]
    low, high = (100 * (end / share - 1) for end in (cost.min(), cost.max()))
    assert f"{low:+.1f} % to {high:+.1f} %" in texts_of(draw(plan))


def test_pinned_buildings_bear_pins_that_labels_keep_off():
    plan = ruled(Pin("9", ("2", "3")))
    layout = MapLayout(plan, None, None, zone_polygons(plan))
    assert sorted(layout.pins.tolist()) == [[0.0, 60.0], [0.0, 120.0]]
    _, axes, _ = layout.page(6.0)
    labels = Labels(axes, layout)
    labels.write()
    boxes = labels.taken
    assert len(boxes) >= 2 + 3
    assert not any(a.meets(b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert "Building that a rule puts into this zone" in texts_of(draw(plan))


def test_pins_of_a_compound_are_on_all_its_buildings():
    import geopandas

    houses = geopandas.GeoDataFrame(
        {"m2": [1000] * 4, "yard": ["x", "y", "x", "y"]},
        geometry=geopandas.points_from_xy([0, 60, 20, 90], [0, 0, 40, 40]),
        crs="EPSG:32652",
    )
    region = read(houses, area="m2", unit="yard")
    plan = Plan(Problem(region, 2, tolerance=None, rules=(Pin("9", ("x",)),)), [0, 1])
    assert sorted(pinned_places(plan).tolist()) == [[0.0, 0.0], [20.0, 40.0]]


@pytest.mark.parametrize("barrier", ["Mid River", "river"])
def test_a_barrier_zones_may_cross_is_dashed_and_explained(barrier):
    plan = ruled(SoftBarrier(barrier, 500))
    layout = MapLayout(plan, None, None, zone_polygons(plan))
    assert [(s.name, s.crossed) for s, _ in layout.barriers] == [
        ("Water", True),
        ("Arterial road", False),
    ]
    texts = texts_of(draw(plan))
    assert "Water that zones may cross" in texts
    assert "Arterial road (only a bridge crosses it)" in texts


def test_changes_are_told_where_there_is_a_plan_of_last_year():
    plan = ruled(Pin("9", ("1",)))
    before = {"was": ("a",) * 4 + ("b",) * 2 + ("c",) * 6}
    region = replace(plan.problem.region, columns=before)
    problem = Problem(region, 3, tolerance=None, rules=(Previous("was"),))
    # a: 1-4; b: 5-8, of which 7 and 8 were c; c: 9-12
    texts = texts_of(draw(Plan(problem, plan.zone_of)))
    assert "2,000 m² (16.7 %)" in texts
    assert "Changes zone" not in texts_of(draw(plan))


def test_a_map_can_be_drawn_on_axes_of_ones_own(plan):
    figure, (left, right) = pyplot_free_axes(2)
    assert draw(plan, ax=left) is figure
    assert draw_difference(plan, plan, ax=right) is figure
    low, _, high, _ = MapLayout(plan, None, None, zone_polygons(plan)).view.bounds
    assert left.get_xlim() == right.get_xlim() == (low, high)
    assert figure.axes == [left, right]  # neither a panel nor a page besides
    names = {text.get_text() for text in left.texts}
    assert {str(zone + 1) for zone in range(plan.num_zones)} <= names
    figure.canvas.draw()


def pyplot_free_axes(count):
    figure = Figure(figsize=(12, 6))
    FigureCanvasAgg(figure)
    return figure, figure.subplots(1, count)
