"""Systems of Chinese maps, named or not, and layers of several of them together."""

import geopandas
import numpy as np
import pyproj
import pytest
import shapely

from zoning.read import read
from zoning.reading import national

ROOM = 5_070_000  # metres north
FAMILIES = {  # first and last EPSG code
    "CGCS2000, 6 degrees, zone numbers": range(4491, 4502),
    "CGCS2000, 6 degrees": range(4502, 4513),
    "CGCS2000, 3 degrees, zone numbers": range(4513, 4534),
    "CGCS2000, 3 degrees": range(4534, 4555),
    "Xi'an 80, 6 degrees, zone numbers": range(2327, 2338),
    "Xi'an 80, 6 degrees": range(2338, 2349),
    "Xi'an 80, 3 degrees, zone numbers": range(2349, 2370),
    "Xi'an 80, 3 degrees": range(2370, 2391),
    "Beijing 54, 6 degrees, zone numbers": range(21413, 21424),
    "Beijing 54, 6 degrees": range(21453, 21464),
    "Beijing 54, 3 degrees, zone numbers": range(2401, 2422),
    "Beijing 54, 3 degrees": range(2422, 2443),
}


def district(crs, east, north=ROOM):
    """Twelve footprints with streets, as metres of a zone."""
    corners = [(east + 60 * (k % 4), north + 50 * (k // 4)) for k in range(12)]
    corners = [(x + 7 * (i % 3), y) for i, (x, y) in enumerate(corners)]
    shapes = [shapely.box(x, y, x + 30, y + 12) for x, y in corners]
    ids = [f"B{k}" for k in range(12)]
    return geopandas.GeoDataFrame({"id": ids, "m2": 500}, geometry=shapes, crs=crs)


def streets(crs, east, north=ROOM):
    rows = [[(east - 40, north + y), (east + 260, north + y)] for y in (-20, 30, 80)]
    return geopandas.GeoDataFrame(geometry=[*map(shapely.LineString, rows)], crs=crs)


def notes(region, *words):
    return [note for note in region.notes if all(word in note for word in words)]


def is_the_same_in(codes):
    """Whether a district has the same edges and metres in all of these systems."""
    plain = read(district(None, 50_000, 1_000_000), area="m2")
    for code in codes:
        (false,) = [
            one.value
            for one in pyproj.CRS(code).coordinate_operation.params
            if one.name == "False easting"
        ]
        region = read(district(code, false + 50_000, 4_430_000), area="m2")
        assert region.edges.tolist() == plain.edges.tolist()
        away = region.xy - plain.xy - [false, 3_430_000]
        assert np.abs(away).max() < 0.01
        assert region.source.frame.crs == pyproj.CRS(code)


def test_one_district_is_the_same_in_every_system():
    is_the_same_in([codes[len(codes) // 2] for codes in FAMILIES.values()])


@pytest.mark.slow
@pytest.mark.parametrize("codes", FAMILIES.values(), ids=FAMILIES)
def test_one_district_is_the_same_in_every_zone(codes):
    is_the_same_in(codes)


@pytest.mark.parametrize("code", [*range(4493, 4502), *range(4515, 4534)])
def test_a_zone_number_names_its_system_by_itself(code):
    crs = pyproj.CRS(code)
    west, south, east, north = crs.area_of_use.bounds
    turn = pyproj.Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True)
    x, y = turn.transform((west + east) / 2, (south + north) / 2)
    bounds = np.array([[x, y, x + 30, y + 12]])
    assert national.zone_system(bounds) == crs
    told = national.told_zone(bounds, "b.shp")
    for family in (codes for name, codes in FAMILIES.items() if "numbers" in name):
        known = pyproj.CRS(family[0]).name.split(" / ")[0]
        names = [pyproj.CRS(one).name for one in family]
        same = crs.name.replace("China Geodetic Coordinate System 2000", known)
        same = same.replace("CGCS2000", known)
        if same in names:
            assert f"EPSG:{family[names.index(same)]}" in told


def test_eastings_that_tell_their_zone_are_noted_with_what_else_they_may_be():
    region = read(district(None, 42_472_000), area="m2")
    assert region.source.crs == pyproj.CRS(4530)
    assert notes(region, "zone number 42", "EPSG:4530", "EPSG:2366", "EPSG:2418")
    assert notes(region, "some 100 m")


def test_metres_of_a_web_map_are_not_taken_for_a_zone():
    harbin = geopandas.GeoSeries([shapely.Point(126.6, 45.7)], crs=4326).to_crs(3857)
    x, y = harbin[0].x, harbin[0].y
    assert national.zone_system(np.array([[x, y, x, y]])) is None


@pytest.mark.parametrize("known", [4326, 4530, 32652])
@pytest.mark.parametrize("meridian", [4551, 4552, 32652])
def test_buildings_without_zone_number_lie_on_streets_in_one_zone_only(known, meridian):
    east = {4551: 550_000, 4552: 316_500, 32652: 316_600}[meridian]
    around = streets(meridian, east).to_crs(known)
    region = read(district(None, east), area="m2", streets=around)
    assert region.source.crs == pyproj.CRS(meridian)
    assert notes(region, "buildings are taken to be in", f"EPSG:{meridian}")


def test_streets_without_zone_number_lie_on_buildings_in_one_zone_only():
    town = district(4551, 550_000).to_crs(4326)
    region = read(town, area="m2", streets=streets(None, 550_000))
    assert notes(region, "streets are taken to be in", "EPSG:4551")


def test_metres_that_nothing_tells_name_the_systems_to_choose_from():
    region = read(district(None, 550_000), area="m2")
    assert region.source.crs is None
    assert notes(region, "No CRS given", "taken as metres", "EPSG:4534", "2370")
    local = read(district(None, 500, 700), area="m2")
    assert notes(local, "taken as metres")
    assert not notes(local, "EPSG")
    web = read(district(None, 12_600_000, 2_600_000), area="m2")
    assert notes(web, "taken as metres", "EPSG:3857")


def test_layers_of_two_systems_are_brought_together_and_told():
    town, around = district(4530, 42_550_000), streets(4551, 550_000).to_crs(4326)
    region = read(town, area="m2", streets=around)
    assert notes(region, "streets were brought from EPSG:4326", "EPSG:4530")
    back = region.source.streets.geometry.to_crs(4551)
    given = streets(4551, 550_000).geometry
    assert shapely.equals_exact(back.to_numpy(), given.to_numpy(), 0.01).all()
    same = read(town, area="m2", streets=streets(4530, 42_550_000))
    assert not notes(same, "brought")


@pytest.mark.parametrize("code", [2366, 2418])
def test_what_nobody_knows_of_two_systems_is_told(code):
    town, around = district(code, 42_550_000), streets(4551, 550_000)
    region = read(town, area="m2", streets=around)
    assert notes(region, "streets were brought", "may be off by some 100 m")
    assert notes(region, "In WGS 84", "may be off by some 100 m", "distances are right")


def test_where_it_is_published_how_they_lie_it_is_used_without_doubt():
    # the Ordos basin: Beijing 1954 to WGS 84 (1) and (6), accuracy 1 m
    points = geopandas.GeoSeries(geopandas.points_from_xy([109, 109.002], [38, 38.001]))
    table = geopandas.GeoDataFrame({"id": ["a", "b"], "m2": 500}, geometry=points)
    region = read(table.set_crs(4214).to_crs(2433), area="m2")
    assert not notes(region, "may be off")


def test_no_network_is_asked_for_grids():
    assert not pyproj.network.is_network_enabled()
