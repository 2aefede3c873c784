"""Files: what is in them is read, whatever is wrong with it; nothing beyond them is."""

import json
import sqlite3
import struct
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import geopandas
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from zoning.errors import InputError
from zoning.output.write import _plain
from zoning.read import read

UTM = "EPSG:32652"
X, Y = 315_000.0, 5_067_000.0  # in Harbin


def houses(**columns):
    """Four points in a row, and their columns."""
    table = {"id": list("abcd"), "m2": [700, 1400, 2100, 2800], **columns}
    shapes = geopandas.points_from_xy(X + 50.0 * np.arange(4), [Y] * 4)
    return geopandas.GeoDataFrame(table, geometry=shapes, crs=UTM)


def content(**columns):
    """The same as the content of a GeoJSON file."""
    return json.loads(houses(**columns).to_json(drop_id=True))


def saved(path, table, encoding="utf-8"):
    path.write_text(json.dumps(table, ensure_ascii=False), encoding)
    return path


def fault(path, **options):
    with pytest.raises(InputError) as caught:
        read(path, **{"area": "m2", **options})
    return str(caught.value)


def noted(region, *words):
    return any(all(word in note for word in words) for note in region.notes)


def without_triggers(base):
    """They call functions that only OGR has."""
    found = base.execute("select name from sqlite_master where type = 'trigger'")
    for (name,) in found.fetchall():
        base.execute(f'drop trigger "{name}"')


# --- nothing but the file


@pytest.fixture
def secret(tmp_path):
    """A sound layer that nobody named."""
    path = tmp_path / "secret.gpkg"
    houses().to_file(path)
    return path


@pytest.fixture
def asked():
    """A server on this machine: its address, and what it was asked for."""
    paths = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            paths.append(self.path)
            self.send_error(404)

        def do_HEAD(self):
            self.do_GET()

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/b.geojson", paths
    server.shutdown()
    server.server_close()


CATALOGUE = (
    "<OGRVRTDataSource><OGRVRTLayer name='secret'><SrcDataSource>{}</SrcDataSource>"
    "</OGRVRTLayer></OGRVRTDataSource>"
)
PIPELINE = '{{"type":"gdal_streamed_alg","command_line":"gdal vector sql {} !"}}'


@pytest.mark.parametrize("name", ["b.geojson", "b.json", "b.gpkg", "b.shp"])
@pytest.mark.parametrize("what", ["buildings", "barriers", "streets"])
def test_a_catalogue_of_other_files_is_opened_by_no_name(tmp_path, secret, name, what):
    path = tmp_path / name
    path.write_text(CATALOGUE.format(secret), "utf-8")
    files = {"buildings": secret, what: path}
    assert f"{path} cannot be read" in fault(files.pop("buildings"), **files)


@pytest.mark.parametrize("text", [CATALOGUE, " \n" + CATALOGUE, PIPELINE])
def test_a_text_that_points_elsewhere_is_no_geojson(tmp_path, secret, asked, text):
    address, paths = asked
    for target in (secret, address, f"/vsicurl/{address}"):
        path = tmp_path / "b.geojson"
        path.write_text(text.format(target), "utf-8")
        assert "JSON" in fault(path)
    assert paths == []


def test_an_address_is_not_fetched(asked):
    address, paths = asked
    for name in (
        address,
        f"/vsicurl/{address}",
        f"zip+{address}",
        f"GeoJSON:{address}",
    ):
        assert "nothing is fetched" in fault(name)
    assert paths == []


def test_a_link_to_a_coordinate_system_is_not_followed(tmp_path, asked):
    address, paths = asked
    for kind in ("link", "url", "name"):
        named = {"href": address, "url": address, "name": address, "type": "proj4"}
        path = tmp_path / "b.geojson"
        saved(path, {**content(), "crs": {"type": kind, "properties": named}})
        assert "Links are not followed" in fault(path)
    assert paths == []


def test_a_catalogue_within_a_word_is_a_word(tmp_path, secret):
    text = "<OGRVRTDataSource><OGRVRTLayer name='secret'><SrcDataSource>{}"
    text = f"{text}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>".format(secret)
    path = saved(tmp_path / "b.geojson", content(id=[text, "b", "c", "d"]))
    assert read(path, area="m2").names == (text, "b", "c", "d")


@pytest.mark.parametrize("where", ["feature", "geometry", "inner"])
def test_a_coordinate_system_within_a_feature_counts_or_is_told(tmp_path, asked, where):
    address, paths = asked

    def with_crs(crs):
        table = content()
        del table["crs"]
        for one in table["features"]:
            inner = dict(one["geometry"])
            group = {"type": "GeometryCollection", "geometries": [inner]}
            one["geometry"] = inner if where != "inner" else group
            {"feature": one, "geometry": one["geometry"], "inner": inner}[where][
                "crs"
            ] = crs
        return table

    link = {"type": "link", "properties": {"href": address, "type": "proj4"}}
    path = saved(tmp_path / "b.geojson", with_crs(link))
    assert "Links are not followed" in fault(path)
    table = with_crs({"type": "name", "properties": {"name": UTM}})
    assert read(saved(path, table), area="m2").source.crs == UTM
    other = {"type": "name", "properties": {"name": "EPSG:4549"}}
    assert "names several" in fault(saved(path, {**table, "crs": other}))
    assert paths == []


def test_the_answer_of_an_arcgis_server_is_read(tmp_path, asked):
    address, paths = asked
    link = {"type": "link", "properties": {"href": address}}
    table = {
        "geometryType": "esriGeometryPoint",
        "spatialReference": {"wkid": 32652, "crs": link},
        "fields": [
            {"name": "id", "type": "esriFieldTypeString"},
            {"name": "m2", "type": "esriFieldTypeInteger"},
        ],
        "crs": link,
        "features": [
            {
                "attributes": {"id": f"<{k}>", "m2": 700},
                "geometry": {"x": X + 50 * k, "y": Y, "crs": link},
            }
            for k in range(4)
        ],
    }
    region = read(saved(tmp_path / "b.json", table), area="m2", crs=4549)
    assert region.names == ("<0>", "<1>", "<2>", "<3>")
    assert region.source.crs == UTM
    assert paths == []


def test_a_geopackage_of_tables_made_of_other_files_is_refused(tmp_path, secret):
    for sql in (
        f"create virtual table more using VirtualOGR('{secret}')",
        f"create virtual table more using/* using rtree */VirtualOGR('{secret}')",
        f"create virtual table 'using rtree'using VirtualOGR('{secret}')",
        "create view more as select ogr_geocode(m2) from b",
        'create view more as select "OGR_Geocode"(m2) from b',
    ):
        path = tmp_path / "b.gpkg"
        houses().to_file(path, layer="b")
        base = sqlite3.connect(path)
        base.execute("pragma writable_schema = on")
        base.execute(
            "insert into sqlite_master values (?, 'more', 'more', 0, ?)",
            ("view" if "view" in sql else "table", sql),
        )
        base.commit()
        base.close()
        told = fault(path)
        assert "made of other files or addresses (more)" in told or "malformed" in told
        path.unlink()


def test_the_name_of_a_layer_cannot_name_another_file(tmp_path):
    for name, code in (("secret", 2**60 + 1), ("b", 2**60 + 3)):
        table = houses(code=[code, None, None, None]).astype({"code": "Int64"})
        table.to_file(tmp_path / f"{name}.gpkg", SPATIAL_INDEX="NO")
    name, path = f'{tmp_path / "secret.gpkg"}"."secret', tmp_path / "b.gpkg"
    with sqlite3.connect(path) as base:
        without_triggers(base)
        base.execute(f"alter table b rename to '{name}'")
        for kept in ("gpkg_contents", "gpkg_geometry_columns", "gpkg_ogr_contents"):
            base.execute(f"update {kept} set table_name = ?", (name,))
    base.close()
    assert "last digits are lost" in fault(path, columns=["code"])


def test_a_path_that_means_more_than_a_file_is_refused(tmp_path, secret):
    path = tmp_path / "b!c.gpkg"
    path.write_bytes(secret.read_bytes())
    assert "Rename it" in fault(path)
    folder = tmp_path / "d.gpkg"
    folder.mkdir()
    assert "it is a folder" in fault(folder)


def test_tables_without_shapes_are_no_layers_to_choose(tmp_path):
    path = tmp_path / "b.gpkg"
    pyogrio.write_dataframe(pd.DataFrame({"style": ["red"]}), path, layer="styles")
    houses().to_file(path, layer="houses", mode="a")
    region = read(path, area="m2")
    assert region.names == ("a", "b", "c", "d")
    assert not noted(region, "has layers")


def test_a_geopackage_left_in_use_is_read_with_its_log(tmp_path):
    def in_use(name, sql):
        path = tmp_path / name
        houses().to_file(path, layer="b")
        base = sqlite3.connect(path)
        base.execute("pragma journal_mode = wal")
        without_triggers(base)
        base.execute(sql)
        base.commit()
        return base, path

    base, path = in_use("b.gpkg", "update b set m2 = 5 where id = 'a'")
    assert read(path, area="m2").sums["area"].tolist() == [5, 1400, 2100, 2800]
    base.close()
    base, path = in_use("c.gpkg", "create view odd as select ogr_geocode(m2) from b")
    assert "addresses (odd)" in fault(path)
    base.close()


# --- GeoJSON as it comes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gbk"])
def test_geojson_is_read_in_any_usual_encoding(tmp_path, encoding):
    path = saved(tmp_path / "b.geojson", content(yard="七政小区"), encoding)
    region = read(path, area="m2", unit="yard")
    assert region.names == ("七政小区",)
    assert noted(region, "read as GBK") == (encoding == "gbk")


def test_geojson_in_lines_and_in_a_list_is_read(tmp_path):
    features = json.loads(houses().to_crs(4326).to_json(drop_id=True))["features"]
    lines = tmp_path / "lines.json"
    lines.write_text("\n".join(map(json.dumps, features)), "utf-8")
    expected = read(houses(), area="m2").names
    assert read(lines, area="m2").names == expected
    assert read(saved(tmp_path / "list.json", features), area="m2").names == expected


def test_a_coordinate_system_named_last_counts(tmp_path):
    table = content(remark="x" * 2_000)
    crs = table.pop("crs")
    path = saved(tmp_path / "b.geojson", {**table, "crs": crs})
    region = read(path, area="m2", crs=4549)
    assert region.source.crs == UTM
    assert noted(region, f"says its CRS is {UTM}", "not crs=EPSG:4549")


def test_geojson_may_say_that_it_has_no_coordinate_system(tmp_path):
    path = saved(tmp_path / "b.geojson", {**content(), "crs": None})
    region = read(path, area="m2")
    assert region.source.crs is None
    assert region.xy.tolist() == read(houses(), area="m2").xy.tolist()


def test_what_is_no_feature_is_told_by_its_position(tmp_path):
    table = content()
    table["features"][2] = 7
    path = saved(tmp_path / "b.geojson", table)
    assert "at position 3." in fault(path)


@pytest.mark.parametrize("depth", [60, 900, 50_000])
def test_lists_within_lists_without_end_are_refused(tmp_path, depth):
    text = json.dumps(content(odd=0)).replace(
        '"odd": 0', f'"odd": {"[" * depth}{"]" * depth}'
    )
    path = tmp_path / "b.geojson"
    path.write_text(text, "utf-8")
    assert "lists within lists" in fault(path)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ([1, 2], "not a number for 1 building(s): c has"),
        ({"a": 1}, "not a number for 1 building(s): c has"),
        (float("nan"), "missing for 1 building(s): c"),
        (float("inf"), "not a number for 1 building(s): c has inf"),
    ],
)
def test_a_floor_area_that_is_no_number_is_told_by_id(tmp_path, value, told):
    table = content()
    table["features"][2]["properties"]["m2"] = value
    assert told in fault(saved(tmp_path / "b.geojson", table))


@pytest.mark.parametrize("code", [2**63, 9_300_000_000_000_000_001, 2**70])
def test_codes_of_any_length_are_read_to_the_last_digit(tmp_path, code):
    path = saved(tmp_path / "b.geojson", content(id=[code + k for k in range(4)]))
    assert read(path, area="m2").names == tuple(str(code + k) for k in range(4))


def test_half_a_letter_becomes_a_question_mark_and_is_noted(tmp_path):
    path = tmp_path / "b.geojson"
    path.write_text(json.dumps(content()).replace('"a"', '"a\\ud800"'), "utf-8")
    region = read(path, area="m2")
    assert region.names[0] == "a?"
    assert noted(region, "half a letter after")


def test_lists_and_tables_in_other_columns_can_be_written_again(tmp_path):
    table = content(odd=None)
    table["features"][1]["properties"]["odd"] = {"a": [1, float("nan")]}
    region = read(saved(tmp_path / "b.geojson", table), area="m2", columns=["odd"])
    values = [_plain(value) for value in region.source.frame["odd"]]
    assert json.dumps(values, allow_nan=False) == '[null, {"a": [1, null]}, null, null]'


# --- shapes


def ring(x):
    return [[X + x, Y], [X + x + 9, Y], [X + x + 9, Y + 9], [X + x, Y + 9]]


def test_outlines_that_are_not_closed_are_closed_and_told_by_row(tmp_path):
    table = content()
    open_ring = {"type": "Polygon", "coordinates": [ring(50)]}
    table["features"][1]["geometry"] = open_ring
    region = read(saved(tmp_path / "b.geojson", table), area="m2")
    assert noted(region, "were closed: row(s) 2.")
    assert region.source.frame.area.tolist() == [0, 81, 0, 0]


def test_a_shape_within_a_group_is_taken_and_told():
    box, line = (
        shapely.box(X, Y, X + 9, Y + 9),
        shapely.LineString([(X, Y), (X, Y + 9)]),
    )
    shapes = [
        shapely.GeometryCollection([line, box]),
        shapely.MultiPoint([(X + 50, Y)]),
        shapely.GeometryCollection([shapely.GeometryCollection([box, box])]),
        shapely.Point(X + 150, Y),
    ]
    region = read(
        houses().set_geometry(geopandas.GeoSeries(shapes, crs=UTM)), area="m2"
    )
    assert noted(
        region, "3 buildings have a footprint or point within a group", "a, b, c"
    )
    kinds = region.source.frame.geom_type.tolist()
    assert kinds == ["Polygon", "Point", "Polygon", "Point"]


def test_a_group_of_several_points_or_only_lines_is_a_fault():
    line = shapely.LineString([(X, Y), (X, Y + 9)])
    shapes = [
        shapely.GeometryCollection([line]),
        shapely.MultiPoint([(X, Y), (X + 9, Y)]),
        *houses().geometry[2:],
    ]
    told = fault(houses().set_geometry(geopandas.GeoSeries(shapes, crs=UTM)))
    assert "neither point nor polygon" in told
    assert ": a, b." in told


def arc(x):
    """A round house as GeoPackages hold it: a circle of true arcs."""
    points = [(x - 8, Y), (x, Y + 8), (x + 8, Y), (x, Y - 8), (x - 8, Y)]
    string = struct.pack("<BII", 1, 8, 5) + b"".join(
        struct.pack("<dd", *p) for p in points
    )
    head = b"GP" + struct.pack("<BBi", 0, 1, 32652)
    return head + struct.pack("<BII", 1, 10, 1) + string


@pytest.mark.filterwarnings("error")
def test_true_arcs_become_outlines_without_a_raw_warning(tmp_path):
    path = tmp_path / "b.gpkg"
    table = houses()
    table.set_geometry(table.buffer(8)).to_file(path)
    with sqlite3.connect(path) as base:
        without_triggers(base)
        base.execute("update gpkg_geometry_columns set geometry_type_name = 'GEOMETRY'")
        base.execute("update b set geom = ? where fid = 2", (arc(X + 50),))
    base.close()
    region = read(path, area="m2")
    assert region.source.frame.area.iloc[1] == pytest.approx(np.pi * 64, rel=0.01)
    assert noted(region, "shapes of another kind than it declares")


# --- text of shapefiles


def dbf(path, fields, rows, encoding):
    """A dBase table as old programs write it: bytes cut at the width of the field."""
    width = 1 + sum(size for _, _, size in fields)
    start = 33 + 32 * len(fields)
    out = struct.pack("<4BIHH20x", 3, 124, 1, 1, len(rows), start, width)
    for name, kind, size in fields:
        out += struct.pack(
            "<11sc4xBB14x", name.encode(encoding)[:10], kind.encode(), size, 0
        )
    out += b"\r"
    for row in rows:
        out += b" "
        for (_, kind, size), value in zip(fields, row, strict=True):
            cell = str(value).encode(encoding)[:size]
            out += cell.rjust(size) if kind == "N" else cell.ljust(size)
    path.write_bytes(out + b"\x1a")


def shapefile(folder, encoding, cpg, *, wide=30, column="yard"):
    path = folder / "b.shp"
    houses().to_file(path)
    path.with_suffix(".cpg").unlink()
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    yards = ["道里区第一号院", "香坊区二号大院", "南岗三号院", ""]
    rows = [(name, 700, yard) for name, yard in zip("abcd", yards, strict=True)]
    fields = [("id", "C", 5), ("m2", "N", 8), (column, "C", wide)]
    dbf(path.with_suffix(".dbf"), fields, rows, encoding)
    return path


WHOLE = ("道里区第一号院", "香坊区二号大院", "南岗三号院", "d")


@pytest.mark.parametrize(
    ("encoding", "cpg", "believed"),
    [
        *(("gbk", cpg, True) for cpg in ("GBK", "936", "cp936", "ANSI 936", "GB2312")),
        *(("gbk", cpg, False) for cpg in (None, "", "OEM", "UTF-8", "ISO-8859-1")),
        ("gb18030", "54936", True),
        ("utf-8", "65001", True),
        ("utf-8", "UTF-8", True),
        *(("utf-8", cpg, False) for cpg in (None, "OEM", "ISO-8859-1", "88591")),
    ],
)
def test_text_is_read_whatever_the_cpg_file_says(tmp_path, encoding, cpg, believed):
    region = read(shapefile(tmp_path, encoding, cpg), area="m2", unit="yard")
    assert region.names == WHOLE
    assert noted(region, "fits and was used") != believed


@pytest.mark.parametrize("cpg", [None, "GBK"])
def test_text_cut_within_a_letter_loses_half_a_letter(tmp_path, cpg):
    region = read(shapefile(tmp_path, "gbk", cpg, wide=13), area="m2", unit="yard")
    assert region.names == ("道里区第一号", "香坊区二号大", "南岗三号院", "d")
    assert noted(region, "ends in the middle of a letter", "in yard;")


@pytest.mark.parametrize("cpg", [None, "UTF-8", "OEM"])
def test_a_column_name_cut_within_a_letter_is_read(tmp_path, cpg):
    path = shapefile(tmp_path, "utf-8", cpg, column="小区名称")
    assert read(path, area="m2", unit="小区名").names == WHOLE


def test_latin_text_is_believed_where_it_is_not_chinese(tmp_path):
    path = tmp_path / "b.shp"
    houses(yard="Hôtel-Dieu").to_file(path, encoding="ISO-8859-1")
    path.with_suffix(".cpg").write_text("ISO-8859-1")
    assert read(path, area="m2", unit="yard").names == ("Hôtel-Dieu",)


def test_a_damaged_prj_file_is_told(tmp_path):
    path = shapefile(tmp_path, "gbk", "GBK")
    text = path.with_suffix(".prj").read_text()
    for damaged in (text[:90], text.replace("SPHEROID", "SPHER"), text[:-1]):
        path.with_suffix(".prj").write_text(damaged)
        assert "b.prj holds no coordinate system" in fault(path)
    path.with_suffix(".prj").unlink()
    assert read(path, area="m2", crs=UTM).source.crs == UTM


def test_a_file_called_like_a_pattern_is_no_pattern(tmp_path):
    path = shapefile(tmp_path, "gbk", None)
    for part in tmp_path.glob("b.*"):
        part.rename(tmp_path / f"[a]{part.suffix}")
    path = tmp_path / "[a].shp"
    assert read(path, area="m2", unit="yard").names == WHOLE
