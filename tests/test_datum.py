"""Shifted degrees of Chinese online maps, turned forth and back."""

import geopandas
import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as some

from zoning.errors import InputError
from zoning.read import read
from zoning.reading.datum import (
    BD09,
    GCJ02,
    datums_of,
    from_wgs84,
    option,
    to_wgs84,
    turned,
)
from zoning.text.issues import Issues

DATUMS = (GCJ02, BD09)
GRID = np.stack(np.meshgrid(np.linspace(73, 135, 63), np.linspace(3, 54, 52)), -1)
GRID = GRID.reshape(-1, 2)
HARBIN = (126.65, 45.75)


def metres(a, b):
    """Metres between places, near enough."""
    east = (a - b)[:, 0] * np.cos(np.radians(b[:, 1]))
    return np.hypot(east, (a - b)[:, 1]) * 111_195


def houses(datum=None, at=HARBIN, crs=4326):
    """Two rows of three footprints, as a map of some datum has them."""
    corners = [
        (at[0] + 0.001 * (k % 3) + 0.0002 * (k // 3), at[1] + 0.0006 * (k // 3))
        for k in range(6)
    ]
    shapes = [shapely.box(x, y, x + 0.0004, y + 0.0002) for x, y in corners]
    table = geopandas.GeoDataFrame(
        {"id": list("abcdef"), "m2": 500}, geometry=shapes, crs=4326
    )
    return (turned(table, datum, back=True) if datum else table).to_crs(crs)


def fault(*args, **options):
    with pytest.raises(InputError) as caught:
        read(*args, area="m2", **options)
    return str(caught.value)


@pytest.mark.parametrize("datum", DATUMS)
def test_forth_and_back_is_exact_all_over_china(datum):
    there = from_wgs84(GRID, datum)
    assert np.abs(to_wgs84(there, datum) - GRID).max() < 1e-9
    assert np.abs(from_wgs84(to_wgs84(GRID, datum), datum) - GRID).max() < 1e-9


@pytest.mark.parametrize("datum", DATUMS)
@given(lon=some.floats(72.1, 137.7), lat=some.floats(1, 55.7))
@settings(max_examples=60, deadline=None)
def test_forth_and_back_is_exact_anywhere(datum, lon, lat):
    place = np.array([[lon, lat]])
    assert metres(to_wgs84(from_wgs84(place, datum), datum), place)[0] < 1e-3


@pytest.mark.parametrize(
    ("place", "datum", "shifted"),
    [  # as eviltransform, PRCoords and other programs have them
        ((121.5272106, 31.1774276), GCJ02, (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), GCJ02, (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), GCJ02, (116.38404722455657, 39.91334545536069)),
    ],
)
def test_known_places_lie_where_other_programs_have_them(place, datum, shifted):
    found = from_wgs84(np.array([place]), datum)
    assert metres(found, np.array([shifted]))[0] < 1


def test_baidu_lies_where_other_programs_have_it():
    place = to_wgs84(np.array([[116.404, 39.915]]), GCJ02)
    there = np.array([[116.41036949371029, 39.92133699351021]])
    assert metres(from_wgs84(place, BD09), there)[0] < 1


def test_the_shift_is_some_hundred_metres_and_bends_little():
    inland = GRID[(GRID > [100, 22]).all(axis=1) & (GRID < [125, 48]).all(axis=1)]
    shift = metres(from_wgs84(inland, GCJ02), inland)
    assert 100 < shift.min() < shift.max() < 800


@pytest.mark.parametrize("datum", DATUMS)
def test_outside_china_nothing_is_shifted(datum):
    away = np.array([[13.4, 52.5], [-74.0, 40.7], [151.2, -33.9], [np.nan, 40]])
    for turn in (to_wgs84, from_wgs84):
        assert np.array_equal(turn(away, datum), away, equal_nan=True)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("gcj02", {"buildings": GCJ02}),
        ("BD-09", {"buildings": BD09}),
        ("streets = GCJ_02; barriers=bd09", {"streets": GCJ02, "barriers": BD09}),
        ("buildings=wgs84,streets=gcj02", {"streets": GCJ02}),
        (None, {}),
    ],
)
def test_words_say_which_layer_is_shifted(words, meant):
    log = Issues()
    found = datums_of(words, log)
    assert (found, log.faults) == (meant, [])
    assert datums_of(option(found), log) == found


@pytest.mark.parametrize("words", ["gcj03", "roads=gcj02", "streets="])
def test_words_that_mean_nothing_are_told(words):
    told = fault(houses(), datum=words)
    assert f"datum={words!r} is not known." in told
    assert "Give gcj02" in told


def test_a_layer_named_twice_or_missing_is_told():
    assert "names the buildings twice" in fault(houses(), datum="gcj02,buildings=bd09")
    assert "no streets are given" in fault(houses(), datum="streets=gcj02")


@pytest.mark.parametrize("datum", DATUMS)
@pytest.mark.parametrize("crs", [4326, 4490, 4551, 4530, 32652])
def test_buildings_are_turned_back_in_whatever_system_they_are(datum, crs):
    region = read(houses(datum, crs=crs), area="m2", datum=datum)
    plain = read(houses(crs=crs), area="m2")
    assert region.xy == pytest.approx(plain.xy, abs=0.011)  # kept to the centimetre
    assert any("turned back from" in note for note in region.notes)
    assert region.source.datums == {"buildings": datum}


def test_barriers_are_turned_back_only_where_they_are_named():
    line = [(HARBIN[0] + 0.0008, 45.74), (HARBIN[0] + 0.0008, 45.76)]
    wall = geopandas.GeoDataFrame(geometry=[shapely.LineString(line)], crs=4326)
    shifted = turned(wall, GCJ02, back=True)
    plain = read(houses(), area="m2", barriers=wall)
    assert len(plain.cut_edges) >= 2
    both = "buildings=gcj02,barriers=gcj02"
    for table, barriers, datum in (
        (houses(GCJ02), wall, "gcj02"),
        (houses(), shifted, "barriers=gcj02"),
        (houses(GCJ02), shifted, both),
    ):
        region = read(table, area="m2", barriers=barriers, datum=datum)
        assert region.cut_edges.tolist() == plain.cut_edges.tolist()


def test_outside_china_buildings_stay_and_that_is_told():
    region = read(houses(at=(13.4, 52.5)), area="m2", datum="gcj02")
    assert region.xy.tolist() == read(houses(at=(13.4, 52.5)), area="m2").xy.tolist()
    assert any("lie outside China" in note for note in region.notes)


def test_what_cannot_be_shifted_is_told():
    told = fault(houses().to_crs(2366), datum="gcj02")
    assert "GCJ-02 is no shift of" in told
    bare = houses().to_crs(4551).set_crs(None, allow_override=True)
    assert "nobody says what their metres are" in fault(bare, datum="gcj02")


def test_heights_and_holes_come_through():
    shape = shapely.Polygon(
        [(0, 0, 5), (1, 0, 5), (1, 1, 5)],
        [[(0.5, 0.2, 5), (0.6, 0.2, 5), (0.6, 0.3, 5)]],
    )
    shape = shapely.affinity.translate(shape, *HARBIN)
    table = geopandas.GeoDataFrame(geometry=[shape, None], crs=4326)
    back = turned(turned(table, BD09, back=True), BD09).geometry
    assert back[1] is None
    xyz = shapely.get_coordinates(back[0], include_z=True)
    assert xyz == pytest.approx(
        shapely.get_coordinates(shape, include_z=True), abs=1e-9
    )
