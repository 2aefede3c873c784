"""Files given together are taken for what they hold: buildings, streets, barriers."""

import geopandas
import numpy as np
import pytest
import shapely

from zoning.datasets import old_town
from zoning.errors import InputError
from zoning.read import read


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("town")
    old_town(26, seed=4).write(place)
    return place


def files(folder):
    return [folder / f"{name}.geojson" for name in ("streets", "buildings", "barriers")]


def test_files_in_any_order_are_sorted_out_and_told(folder):
    streets, buildings, barriers = files(folder)
    named = read(buildings, barriers=barriers, streets=streets)
    region = read([streets, buildings, barriers])
    assert region.equals(named)
    assert np.array_equal(region.way, named.way)
    told = [note for note in region.notes if "by what it holds" in note]
    assert len(told) == 2
    assert "streets.geojson was read as streets" in told[0]


def test_a_file_given_twice_is_a_fault(folder):
    path = folder / "buildings.geojson"
    with pytest.raises(InputError, match="is given 2 times for buildings"):
        read([path, str(path)])


def test_what_is_sorted_out_comes_beside_what_is_named(folder):
    streets, buildings, barriers = files(folder)
    both = read([buildings, barriers], streets=streets, barriers=barriers)
    once = read(buildings, streets=streets, barriers=barriers)
    assert both.edges.tolist() == once.edges.tolist()
    assert len(both.source.barriers) == 2 * len(once.source.barriers)


@pytest.mark.parametrize("name", ["道路.geojson", "roads.geojson"])
def test_lines_without_a_word_are_told_by_the_name_of_their_file(folder, name):
    streets, buildings, _ = files(folder)
    bare = geopandas.read_file(streets)[["geometry"]]
    bare.to_file(folder / name, driver="GeoJSON")
    region = read([buildings, folder / name])
    assert region.way is not None


def test_lines_that_may_be_either_are_asked_for(folder):
    streets, buildings, _ = files(folder)
    bare = geopandas.read_file(streets)[["geometry"]]
    bare.to_file(folder / "lines.geojson", driver="GeoJSON")
    with pytest.raises(InputError, match="whether they are streets or barriers"):
        read([buildings, folder / "lines.geojson"])


def test_water_is_a_barrier_and_areas_of_houses_are_not(folder):
    _, buildings, _ = files(folder)
    houses = geopandas.read_file(buildings)
    pond = shapely.box(*houses.total_bounds).buffer(0.01).boundary.buffer(0.001)
    water = geopandas.GeoDataFrame(
        {"waterway": ["riverbank"]}, geometry=[pond], crs=houses.crs
    )
    water.to_file(folder / "lake.geojson", driver="GeoJSON")
    region = read([buildings, folder / "lake.geojson"])
    assert len(region.building_ids) == len(houses)
    assert len(region.source.barriers) == 1
    halves = [houses.iloc[:10].assign(kind="house"), houses.iloc[10:]]
    assert len(read(halves).building_ids) == len(houses)


def test_a_table_of_lines_alone_is_told_as_such(folder):
    with pytest.raises(InputError, match="neither point nor polygon"):
        read(files(folder)[0], area="name")
