"""Long codes keep every digit, and ids beside the properties are ids."""

import json
import sqlite3

import geopandas
import pandas as pd
import pytest

from zoning.errors import InputError
from zoning.read import read

CODE = 230103001001000000  # 18 digits; decimals hold 15


def feature(i, beside=None, **properties):
    point = {"type": "Point", "coordinates": [126.6 + i / 1000, 45.7]}
    one = {"type": "Feature", "properties": {"m2": 900, **properties}}
    return {**one, "geometry": point, **({} if beside is None else {"id": beside})}


def layer(path, features):
    table = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(table), "utf-8")
    return path


@pytest.mark.parametrize("digits", [17, 18, 20, 25])
@pytest.mark.parametrize("gap", [None, 0], ids=["a gap", "none missing"])
def test_geojson_keeps_every_digit(tmp_path, digits, gap):
    codes = [10 ** (digits - 1) + i for i in range(4)]
    given = [codes[0] if gap == 0 else None, *codes[1:]]
    features = [feature(i, yard=code) for i, code in enumerate(given)]
    region = read(layer(tmp_path / "b.geojson", features), area="m2", unit="yard")
    assert region.names[1:] == tuple(map(str, codes[1:]))


def test_geopackage_keeps_every_digit(tmp_path):
    path = tmp_path / "b.gpkg"
    frame = geopandas.GeoDataFrame(
        {"yard": [CODE + i for i in range(4)], "m2": 900},
        geometry=geopandas.points_from_xy(range(4), range(4)),
        crs="EPSG:32652",
    )
    frame.to_file(path, layer="town")
    with sqlite3.connect(path) as file:
        names = file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in names.fetchall():
            file.execute(f'DROP TRIGGER "{name}"')
        file.execute("UPDATE town SET yard = NULL WHERE fid = 1")
    file.close()
    region = read(path, area="m2", unit="yard")
    assert region.names == ("1", *(str(CODE + i) for i in (1, 2, 3)))
    assert read(path, area="m2", columns=["yard"]).columns["yard"][1] == CODE + 1


def test_codes_in_one_of_several_files_keep_every_digit(tmp_path):
    with_codes = [feature(i, yard=CODE + i, n=i) for i in range(3)]
    files = [
        layer(tmp_path / "a.geojson", with_codes),
        layer(tmp_path / "b.geojson", [feature(4, n=4)]),
    ]
    region = read(files, area="m2", unit="yard", id="n")
    assert region.names == (*(str(CODE + i) for i in range(3)), "4")


@pytest.mark.parametrize(
    "role", [{"unit": "yard"}, {"id": "yard"}, {"columns": "yard"}]
)
def test_codes_that_lost_digits_are_refused_by_name(role):
    frame = geopandas.GeoDataFrame(
        {"yard": [1.0 * CODE, 2.0 * CODE], "m2": 900},
        geometry=geopandas.points_from_xy([0, 50], [0, 0]),
        crs="EPSG:32652",
    )
    with pytest.raises(InputError, match=r"'yard' .* more than 15 digits .* as text"):
        read(frame, area="m2", **role)


def test_nullable_numbers_of_a_table_keep_every_digit():
    frame = geopandas.GeoDataFrame(
        {"yard": pd.array([CODE, CODE + 1, None], "Int64"), "m2": 900},
        geometry=geopandas.points_from_xy([0, 50, 99], [0, 0, 0]),
        crs="EPSG:32652",
    )
    region = read([frame, frame.drop(columns="yard").iloc[:1]], area="m2", unit="yard")
    assert region.names[:2] == (str(CODE), str(CODE + 1))


@pytest.mark.parametrize("kind", [int, str])
def test_ids_beside_the_properties_are_ids(tmp_path, kind):
    features = [feature(i, kind(12 - i)) for i in range(4)]
    region = read(layer(tmp_path / "b.geojson", features), area="m2")
    assert region.names == ("12", "11", "10", "9")
    assert not any("called by row" in note for note in region.notes)


def test_a_column_of_ids_is_preferred_to_ids_beside(tmp_path):
    features = [feature(i, i, osm_id=70 + i) for i in range(3)]
    assert read(layer(tmp_path / "b.geojson", features), area="m2").names[0] == "70"


def test_ids_beside_only_some_are_a_fault(tmp_path):
    features = [feature(0, 5), feature(1)]
    with pytest.raises(InputError, match="no id in column 'id'"):
        read(layer(tmp_path / "b.geojson", features), area="m2")
