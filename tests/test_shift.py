"""A suspicion where layers lie on each other as if one came from an online map."""

from functools import cache
from itertools import pairwise
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from zoning.datasets import old_town
from zoning.read import read
from zoning.reading.datum import turned

DATA = Path(__file__).parents[2] / "shared" / "data"
CITIES = sorted(
    path.name for path in DATA.glob("*") if (path / "streets.geojson").exists()
)
SOUTH_WEST = (126.645, 45.745)


def layers(points=False):
    """A town of 12 × 9 blocks of many sizes between streets, four houses in each."""
    rng = np.random.default_rng(5)
    east = SOUTH_WEST[0] + np.cumsum(rng.uniform(0.0010, 0.0016, 13))
    north = SOUTH_WEST[1] + np.cumsum(rng.uniform(0.0008, 0.0014, 10))
    houses = []
    for k in range(4):
        for west, right in pairwise(east):
            for south, top in pairwise(north):
                x = west + (right - west) * (
                    0.12 + 0.42 * (k % 2) + rng.uniform(0, 0.2)
                )
                y = south + (top - south) * (
                    0.12 + 0.42 * (k // 2) + rng.uniform(0, 0.2)
                )
                house = shapely.box(x, y, x + 0.0003, y + 0.00017)
                houses.append(house.centroid if points else house)
    lines = [[(x, north[0]), (x, north[-1])] for x in east]
    lines += [[(east[0], y), (east[-1], y)] for y in north]
    ids = [f"B{k}" for k in range(len(houses))]
    town = geopandas.GeoDataFrame({"id": ids, "m2": 500}, geometry=houses, crs=4326)
    streets = geopandas.GeoSeries(map(shapely.LineString, lines), crs=4326)
    return town, geopandas.GeoDataFrame(geometry=streets)


@cache
def of_city(city, layer):
    """A layer of a real city; to be left as it is."""
    return geopandas.read_file(DATA / city / f"{layer}.geojson")


def as_of(table, datum):
    return table if datum is None else turned(table, datum, back=True)


def told(town, **options):
    """What is told of shifts, and nothing else."""
    notes = read(town, area="m2", **options).notes
    return [note for note in notes if "degrees are shifted" in note]


@pytest.mark.parametrize("points", [False, True])
@pytest.mark.parametrize(
    ("houses", "roads", "option"),
    [
        ("gcj02", None, "gcj02"),
        (None, "gcj02", "streets=gcj02"),
        ("bd09", "gcj02", "buildings=bd09,streets=gcj02"),
    ],
)
def test_a_mix_of_online_maps_and_wgs84_is_told_with_the_option_to_add(
    houses, roads, option, points
):
    town, streets = layers(points)
    town, streets = as_of(town, houses), as_of(streets, roads)
    (note,) = told(town, streets=streets)
    assert f"say --datum {option} (datum={option!r})." in note
    assert "Nothing was moved." in note
    assert told(town, streets=streets, datum=option) == []


@pytest.mark.parametrize("datum", [None, "gcj02", "bd09"])
def test_layers_of_one_map_are_no_suspicion(datum):
    town, streets = layers()
    assert told(as_of(town, datum), streets=as_of(streets, datum)) == []


def test_what_was_turned_back_too_much_is_told():
    town, streets = (as_of(layer, "gcj02") for layer in layers())
    (note,) = told(town, streets=streets, datum="gcj02")
    assert "datum='buildings=gcj02,streets=gcj02'" in note


def test_a_few_houses_over_streets_or_another_shift_are_no_suspicion():
    town, streets = layers()
    moved = town.geometry.to_numpy().copy()
    moved[:20] = shapely.transform(moved[:20], lambda xy: xy - 0.0003)
    town = town.set_geometry(geopandas.GeoSeries(moved, crs=4326))
    assert told(town, streets=streets) == []
    aside = layers()[0].translate(0.0007, 0.0005)  # half a block: some other mistake
    assert told(layers()[0].set_geometry(aside), streets=streets) == []


def test_outside_china_there_is_no_suspicion():
    town, streets = (as_of(layer, "gcj02") for layer in layers())
    berlin = [layer.translate(-113.2, 6.7) for layer in (town, layers()[1])]
    town = town.set_geometry(berlin[0])
    assert told(town, streets=streets.set_geometry(berlin[1])) == []


def test_without_lines_nothing_is_said():
    assert told(as_of(layers()[0], "gcj02")) == []


def test_streets_and_barriers_together_give_one_option():
    town, streets = layers()
    streets = as_of(streets, "gcj02")
    (note,) = told(town, streets=streets, barriers=streets)
    assert "--datum barriers=gcj02,streets=gcj02 " in note


def test_the_made_town_is_no_suspicion(tmp_path):
    old_town().write(tmp_path)
    region = read(
        tmp_path / "buildings.geojson",
        area="floor_area_m2",
        streets=tmp_path / "streets.geojson",
        barriers=tmp_path / "barriers.geojson",
    )
    assert not any("degrees are shifted" in note for note in region.notes)


def test_an_option_that_shifts_what_was_right_is_told():
    town, streets = layers()
    (note,) = told(town, streets=streets, datum="streets=gcj02")
    assert "leave --datum out." in note


@pytest.mark.skipif(not CITIES, reason="real data are not at hand")
@pytest.mark.parametrize("city", CITIES or ["none"])
@pytest.mark.parametrize("datum", [None, "gcj02"])
def test_real_towns_are_suspected_only_where_they_are_shifted(city, datum):
    from zoning.reading.shift import suspicions

    town = as_of(of_city(city, "buildings"), datum)
    metres = town.estimate_utm_crs()
    around = {
        layer: of_city(city, layer).to_crs(metres)
        for layer in ("barriers", "streets")
        if (DATA / city / f"{layer}.geojson").exists()
    }
    found = [*suspicions(town.to_crs(metres), around, {})]
    assert len(found) == (datum is not None)
    assert all("--datum gcj02 " in str(one) for one in found)


def test_a_town_that_stands_beside_its_streets_is_told():
    # no house meets a street by chance: rows of both are 0.0007° apart
    corners = [
        (126.6494 + 0.0007 * (k % 5), 45.75 + 0.0007 * (k // 5)) for k in range(30)
    ]
    houses = [shapely.box(x, y, x + 0.0003, y + 0.0002) for x, y in corners]
    ids = [f"B{k}" for k in range(30)]
    town = geopandas.GeoDataFrame({"id": ids, "m2": 500}, geometry=houses, crs=4326)
    rows = [45.7498 + 0.0007 * k for k in range(7)]
    lines = [shapely.LineString([(126.648, y), (126.654, y)]) for y in rows]
    streets = geopandas.GeoDataFrame(geometry=lines, crs=4326)
    assert told(town, streets=streets) == []
    (note,) = told(as_of(town, "gcj02"), streets=streets)
    assert "buildings stand more than 120 m from streets, and 0 would" in note
    assert "say --datum gcj02 " in note
    half = streets.set_geometry(streets.translate(0, 0.0025))
    assert told(town, streets=half) == []  # streets of one half only
