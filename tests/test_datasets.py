from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import shapely
import shapely.ops

from zoning.adjacency import Delaunay
from zoning.datasets import Town, old_town
from zoning.errors import InputError
from zoning.read import read
from zoning.region import Barrier

EXAMPLE = Path(__file__).parents[1] / "examples" / "data"
FILES = ("buildings.geojson", "barriers.geojson", "streets.geojson")
UTM = "EPSG:32652"


@pytest.fixture(scope="module")
def town() -> Town:
    return old_town(98)


@pytest.fixture(scope="module")
def large() -> Town:
    return old_town(1000, seed=3)


def content(folder):
    return [(folder / name).read_bytes() for name in FILES]


def test_one_seed_gives_one_town_to_the_byte(tmp_path):
    old_town(60, seed=4).write(tmp_path / "a")
    old_town(60, seed=4).write(tmp_path / "b")
    assert content(tmp_path / "a") == content(tmp_path / "b")


def test_another_seed_gives_another_town(tmp_path):
    old_town(60, seed=4).write(tmp_path / "a")
    old_town(60, seed=5).write(tmp_path / "b")
    assert content(tmp_path / "a") != content(tmp_path / "b")


def test_examples_hold_the_default_town(tmp_path, town):
    town.write(tmp_path)
    assert content(tmp_path) == content(EXAMPLE)


def test_writing_leaves_three_files_and_no_others(tmp_path, town):
    town.write(tmp_path)
    town.write(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)


def test_what_is_written_reads_back_the_same(tmp_path, town):
    geopandas = pytest.importorskip("geopandas")
    town.write(tmp_path)
    back = geopandas.read_file(tmp_path / "buildings.geojson")
    assert list(back.columns) == list(town.buildings.columns)
    assert back.crs == town.buildings.crs
    assert shapely.equals_exact(back.geometry, town.buildings.geometry, 1e-9).all()
    assert (back["floor_area_m2"] == town.buildings["floor_area_m2"]).all()


@pytest.mark.parametrize("num", [*range(1, 31), 98, 1000])
def test_a_town_has_as_many_buildings_as_asked_for(num):
    town = old_town(num)
    assert len(town.buildings) == num
    assert town.buildings["id"].is_unique


@pytest.mark.parametrize("num", [0, -3])
def test_a_town_needs_a_building(num):
    with pytest.raises(InputError, match="at least 1 building"):
        old_town(num)


def test_98_buildings_are_38_compounds_and_15_single_buildings(town):
    size = town.buildings.groupby("compound_id").size()
    assert len(size) == 53
    assert (size == 1).sum() == 15
    assert (size > 1).sum() == 38


def test_98_buildings_have_about_700_000_square_metres(town):
    assert 650_000 <= town.buildings["floor_area_m2"].sum() <= 750_000


@pytest.mark.parametrize("seed", range(5))
def test_compounds_have_one_to_four_buildings_in_one_block(seed):
    compounds = old_town(150, seed=seed).buildings.groupby("compound_id")
    assert compounds.size().between(1, 4).all()
    for column in ("block", "community", "fee", "built"):
        assert (compounds[column].nunique() == 1).all()


@pytest.mark.parametrize("seed", range(5))
def test_footprints_are_valid_and_do_not_touch(seed):
    shapes = old_town(300, seed=seed).buildings.geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    assert (one == other).all()


@pytest.mark.parametrize("num", [2, 20, 98, 1000])
@pytest.mark.parametrize("seed", range(3))
def test_buildings_keep_clear_of_barriers_and_streets(num, seed):
    town = old_town(num, seed=seed)
    shapes = town.buildings.geometry.to_crs(UTM).to_numpy()
    barriers = shapely.union_all(town.barriers.geometry.to_crs(UTM).to_numpy())
    streets = shapely.union_all(town.streets.geometry.to_crs(UTM).to_numpy())
    assert shapely.distance(shapes, barriers).min() > 15
    assert shapely.distance(shapes, streets).min() > 6


def test_areas_and_households_fit_the_footprints(large):
    table = large.buildings
    measured = table.geometry.to_crs(UTM).area
    np.testing.assert_allclose(table["footprint_m2"], measured, rtol=0.01)
    floor_area = table["footprint_m2"] * table["levels"]
    assert (table["floor_area_m2"] - floor_area).abs().max() <= 1
    assert (table["households"] - table["floor_area_m2"] / 70).abs().max() <= 0.5
    assert table["footprint_m2"].between(150, 3000).all()
    assert table["levels"].between(4, 9).all()
    assert table["built"].between(1955, 1999).all()
    assert table["fee"].between(0.3, 0.8).all()


def connected(region, column):
    """For each value of a column whether its units hang together."""
    graph = nx.Graph(region.edges.tolist())
    graph.add_nodes_from(range(len(region)))
    members = {}
    values = zip(region.unit_of_building, region.columns[column], strict=True)
    for unit, value in values:
        members.setdefault(value, set()).add(int(unit))
    return {v: nx.is_connected(graph.subgraph(some)) for v, some in members.items()}


@pytest.mark.parametrize("seed", range(3))
def test_communities_and_subdistricts_hang_together(seed):
    columns = ["community", "subdistrict"]
    region = read(
        old_town(500, seed=seed).buildings,
        unit="none",
        area="floor_area_m2",
        columns=columns,
        adjacency=Delaunay(max_edge=300),  # over an empty block
    )
    for column in columns:
        assert len(connected(region, column)) > 1
        assert all(connected(region, column).values())


@pytest.mark.parametrize("seed", range(3))
def test_a_subdistrict_is_of_whole_communities_and_an_old_zone_of_whole_blocks(seed):
    table = old_town(500, seed=seed).buildings
    assert (table.groupby("community")["subdistrict"].nunique() == 1).all()
    assert (table.groupby("block")["community"].nunique() == 1).all()
    assert (table.groupby("block")["previous"].nunique() == 1).all()


@pytest.mark.parametrize("seed", range(3))
def test_old_zones_are_usual_in_size_and_number(seed):
    town = old_town(500, seed=seed)
    zones = town.buildings.groupby("previous")["floor_area_m2"].sum()
    assert abs(len(zones) - zones.sum() / 46_700) <= 0.15 * len(zones)
    assert zones.median() == pytest.approx(46_700, rel=0.3)


def test_old_zones_cross_no_arterial(large):
    arterials = large.barriers[large.barriers["kind"] == "arterial"].to_crs(UTM)
    shapes = large.buildings.geometry.to_crs(UTM).to_numpy()
    hull = shapely.convex_hull(shapely.union_all(shapes))
    sides = shapely.ops.split(hull, arterials.geometry.iloc[0]).geoms
    side = np.argmax([shapely.contains(part, shapes) for part in sides], axis=0)
    assert set(side) == {0, 1}
    both = large.buildings.assign(side=side).groupby("previous")["side"].nunique()
    assert len(both) > 100
    assert (both == 1).all()


def test_what_the_office_knows_is_plausible(large):
    table = large.buildings
    assert table["rate"].between(0.3, 0.9).all()
    assert (table.groupby("compound_id")["rate"].nunique() == 1).all()
    assert set(table["room"]) == {0, 1}
    assert (table.groupby("block")["room"].max() == 1).all()
    assert 0.2 < table["incumbent"].notna().mean() < 0.6
    assert (table["incumbent"].notna() == table["contract_end"].notna()).all()
    assert table["contract_end"].dropna().str.fullmatch(r"20\d\d-\d\d-\d\d").all()


def test_missing_values_are_written_as_json_knows_them(tmp_path, town):
    town.write(tmp_path)
    text = (tmp_path / "buildings.geojson").read_text("utf-8")
    assert '"incumbent":null,"contract_end":null' in text
    assert "NaN" not in text


def test_barriers_have_names_and_kinds(large):
    assert set(large.barriers["kind"]) == {"river", "arterial"}
    assert large.barriers["name"].is_unique
    region = read(
        large.buildings, area="floor_area_m2", barriers=large.barriers, unit="block"
    )
    cuts = {barrier for by in region.cut_by for barrier in by}
    assert cuts <= {
        Barrier(name, kind)
        for name, kind in zip(
            large.barriers["name"], large.barriers["kind"], strict=True
        )
    }
    assert {barrier.kind for barrier in cuts} == {"arterial"}


def test_streets_are_one_network_split_at_crossings(large):
    network = nx.Graph()
    for line in large.streets.geometry:
        network.add_edge(line.coords[0], line.coords[-1])
    assert nx.is_connected(network)
    lines = large.streets.geometry.to_numpy()
    one, other = shapely.STRtree(lines).query(lines, predicate="crosses")
    assert len(one) == len(other) == 0


def test_arterials_run_along_primary_streets(large):
    arterials = large.barriers[large.barriers["kind"] == "arterial"]
    primary = large.streets[large.streets["highway"] == "primary"]
    assert set(arterials["name"]) == set(primary["name"])
    assert shapely.equals(
        shapely.line_merge(shapely.union_all(primary.geometry.to_numpy())),
        shapely.union_all(arterials.geometry.to_numpy()),
    )


def test_the_river_crosses_no_street(large):
    river = large.barriers[large.barriers["kind"] == "river"].geometry.iloc[0]
    assert not large.streets.geometry.intersects(river).any()


def test_some_blocks_stay_empty(large):
    # Blocks are counted along the grid, so an empty one leaves out its number.
    number = large.buildings["block"].str[1:].astype(int)
    assert number.nunique() < number.max()
