"""Coordinates: with and without zone numbers, mislabelled, turned round."""

import json

import geopandas
import numpy as np
import pytest
import shapely

from zoning.errors import InputError
from zoning.read import read
from zoning.reading.earth import off_the_map

NORTH = 5_069_000  # of Harbin, metres


def points(x, y, crs, step=60.0):
    """Six buildings."""
    xy = [(x + step * i, y + step * j) for i in range(3) for j in range(2)]
    table = {"id": [f"B{k + 1}" for k in range(6)], "m2": 500}
    shapes = geopandas.points_from_xy(*zip(*xy, strict=True))
    return geopandas.GeoDataFrame(table, geometry=shapes, crs=crs)


def fault(table, **options):
    with pytest.raises(InputError) as caught:
        read(table, area="m2", **options)
    return str(caught.value)


def noted(region, *words):
    return any(all(word in note for word in words) for note in region.notes)


def bare(table, path):
    """The table as GeoJSON that names no coordinate system."""
    content = json.loads(table.to_json(drop_id=True))
    content.pop("crs", None)
    path.write_text(json.dumps(content), "utf-8")
    return path


@pytest.mark.parametrize(
    ("code", "east"),
    [
        (4513, 25_550_000),  # CGCS2000, 3 degrees
        (4530, 42_550_000),
        (4499, 21_550_000),  # CGCS2000, 6 degrees
        (2366, 42_550_000),  # Xian 1980
        (2418, 42_550_000),  # Beijing 1954
        (None, 42_550_000),
    ],
)
def test_zone_numbers_before_eastings_are_no_fault(code, east):
    region = read(points(east, NORTH, code), area="m2")
    plain = read(points(550_000, NORTH, 4551), area="m2")
    assert (region.xy - [east, 0]).tolist() == (plain.xy - [550_000, 0]).tolist()


@pytest.mark.parametrize(
    ("code", "east", "right"),
    [
        (4530, 472_000, 4551),
        (4551, 42_472_000, 4530),
        (4529, 42_472_000, 4530),
        (2387, 42_472_000, 2366),
        (2366, 472_000, 2387),
        (2439, 22_372_000, 21422),
        (4499, 550_000, 4510),
        (32652, 42_472_000, 4530),
        (4326, 42_472_000, 4530),
    ],
)
def test_a_zone_number_that_is_missing_or_too_much_names_the_right_system(
    code, east, right
):
    told = fault(points(east, NORTH, code))
    assert "impossible: B1, B2, B3, B4, B5, B6." in told
    assert f"as those of EPSG:{right} (" in told
    assert ("begin with the zone number" in told) == (east > 1_000_000)


def test_a_few_eastings_without_zone_number_are_told_by_id():
    table = points(42_472_000, NORTH, 4530)
    shapes = table.geometry.to_numpy().copy()
    shapes[4] = shapely.Point(472_000, NORTH)
    told = fault(table.set_geometry(geopandas.GeoSeries(shapes, crs=4530)))
    assert "1 building has coordinates that are impossible: B5." in told
    assert "EPSG:4551" in told


@pytest.mark.parametrize(
    ("code", "x"),
    [
        (4551, 472_000),
        (4530, 42_472_000),
        (32652, 321_000),
        (None, 42_472_000),
        (None, 472_000),
    ],
)
def test_northing_before_easting_is_turned_and_told(code, x):
    region = read(points(NORTH, x, code), area="m2")
    assert noted(region, "The northing comes first in the table of buildings")
    assert region.xy[0].tolist() == [x, NORTH]


def test_northing_first_in_the_wrong_zone_is_told():
    told = fault(points(NORTH, 472_000, 4530))
    assert "Easting and northing look swapped" in told
    assert "fit EPSG:4551." in told


@pytest.mark.parametrize("code", [3857, 4549, 32652])
@pytest.mark.parametrize(("x", "y"), [(126.65, 45.75), (45.75, 126.65)])
def test_degrees_under_the_name_of_metres_are_refused(code, x, y):
    assert "look like degrees" in fault(points(x, y, code, 0.0006))


def test_degrees_that_name_no_system_stay_degrees_and_crs_is_told(tmp_path):
    path = bare(points(126.65, 45.75, 4326, 0.0006), tmp_path / "b.geojson")
    region = read(path, area="m2", crs=4549)
    assert region.source.crs == "EPSG:4326"
    assert noted(region, "taken as WGS 84", "not as crs=EPSG:4549")


@pytest.mark.parametrize(
    ("lon", "lat"), [(87.6, 43.8), (75.99, 39.47), (76.9, 43.2), (110.3, 20.0)]
)
def test_swapped_degrees_are_told_all_over_china_and_beside_it(lon, lat):
    assert "look swapped" in fault(points(lat, lon, 4326, 0.0006))


@pytest.mark.parametrize(
    ("lon", "lat"), [(15.6, 78.2), (33.1, 68.9), (25.5, 65.0), (126.6, 45.7)]
)
def test_towns_in_the_far_north_are_not_taken_for_swapped(lon, lat):
    assert not off_the_map(points(lon, lat, 4326, 0.0006)).any()


@pytest.mark.parametrize("crs", [None, 4551, 3857, 2263])
@pytest.mark.parametrize("value", [1e300, -1e9])
def test_numbers_beyond_the_earth_are_impossible(crs, value):
    table = points(472_000, NORTH, crs)
    shapes = table.geometry.to_numpy().copy()
    shapes[1], shapes[3] = shapely.Point(472_000, value), shapely.Point(value, NORTH)
    off = off_the_map(table.set_geometry(geopandas.GeoSeries(shapes, crs=crs)))
    assert np.flatnonzero(off).tolist() == [1, 3]


def test_a_place_far_from_where_its_system_is_used_is_noted():
    assert noted(read(points(9e6, 5e6, 4551), area="m2"), "far from where it is used")


def test_a_town_on_both_sides_of_the_date_line_keeps_its_distances():
    table = points(179.999, -16.8, 4326, 0.0009)
    shapes = [shapely.Point((p.x + 180) % 360 - 180, p.y) for p in table.geometry]
    over = read(table.set_geometry(geopandas.GeoSeries(shapes, crs=4326)), area="m2")
    xy = read(points(177.999, -16.8, 4326, 0.0009), area="m2").xy
    assert np.ptp(over.xy, axis=0) == pytest.approx(np.ptp(xy, axis=0), rel=0.03)


def test_one_building_far_away_does_not_choose_the_projection():
    table = points(126.65, 45.75, 4326, 0.0006)
    shapes = table.geometry.to_numpy().copy()
    shapes[5] = shapely.Point(12.6, 45.7)
    table = table.set_geometry(geopandas.GeoSeries(shapes, crs=4326))
    try:
        told = "\n".join(read(table, area="m2").notes)
    except InputError as error:
        told = str(error)
    assert "EPSG:32652" in told
    assert "B6" in told


def test_a_system_that_lies_nowhere_is_taken_as_metres_and_noted():
    local = 'LOCAL_CS["drawing",UNIT["metre",1]]'
    region = read(points(0, 0, local), area="m2")
    assert region.source.frame.crs is None
    assert noted(region, "does not say where it lies")
    feet = 'LOCAL_CS["drawing",UNIT["US survey foot",0.3048006096]]'
    assert "nor is in metres" in fault(points(0, 0, feet))


def test_a_table_to_be_laid_on_another_is_looked_at_in_its_own_system():
    right, wrong = points(42_472_000, NORTH, 4530), points(473_000, NORTH, 4530)
    told = fault([right.to_crs(4326), wrong.assign(id=list("pqrstu"))])
    assert "6 of the buildings in EPSG:4530" in told
    assert "as those of EPSG:4551" in told


@pytest.mark.parametrize("what", ["barriers", "streets"])
def test_barriers_and_streets_of_another_system_are_told(what):
    line = shapely.LineString([(472_090, NORTH - 99), (472_090, NORTH + 99)])
    layer = geopandas.GeoDataFrame(geometry=[line], crs=4530)
    told = fault(points(472_000, NORTH, 4551), **{what: layer})
    assert f"The coordinates of the {what} are impossible." in told
    assert "as those of EPSG:4551" in told
