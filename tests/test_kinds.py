"""Kinds of files: one district is the same region in all of them, and none reaches out.

Every kind is read by what it is; archives, drawings and parts of files are told apart.
"""

import json
import sys
import zipfile
from functools import cache
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from zoning.errors import InputError
from zoning.read import read
from zoning.reading import archive
from zoning.reading import parquet as parquet_reader

UTM = "EPSG:32652"
X, Y = 315_000.0, 5_067_000.0  # in Harbin
SUMS = ["flats"]


def district():
    """Twelve footprints in three rows, their columns in Chinese."""
    at = [(X + 60 * (k % 4), Y + 50 * (k // 4)) for k in range(12)]
    table = {
        "编号": [f"B{k:02}" for k in range(12)],
        "m2": [700 + 100 * k for k in range(12)],
        "flats": [10 + k for k in range(12)],
        "小区": [f"院{k // 2}号" for k in range(12)],
    }
    shapes = [shapely.box(x, y, x + 30 + (x + y) % 7, y + 12) for x, y in at]
    return geopandas.GeoDataFrame(table, geometry=shapes, crs=UTM)


def streets():
    line = shapely.LineString([(X, Y - 9), (X + 200, Y - 9), (X + 200, Y + 300)])
    return geopandas.GeoDataFrame({"name": ["路"]}, geometry=[line], crs=UTM)


def degrees():
    return district().to_crs(4326)


def features():
    return json.loads(degrees().to_json(drop_id=True))["features"]


class _InGbk(zipfile.ZipInfo):
    """A name as Windows in China packs it: bytes of GBK, not said to be such."""

    def _encodeFilenameFlags(self):  # noqa: N802 - of the standard library
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def zipped(path, files, info=zipfile.ZipInfo):
    """An archive of bytes or text by name."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(info(name), content, zipfile.ZIP_DEFLATED)
    return path


def shape_parts(folder, name="b", **options):
    district().to_file(folder / f"{name}.shp", **{"encoding": "GBK", **options})
    return {p.name: p.read_bytes() for p in sorted(folder.glob(f"{name}.*"))}


def esri(path):
    rows = district()
    table = {
        "geometryType": "esriGeometryPolygon",
        "spatialReference": {"wkid": 32652},
        "fields": [
            {"name": "编号", "type": "esriFieldTypeString"},
            {"name": "m2", "type": "esriFieldTypeInteger"},
            {"name": "flats", "type": "esriFieldTypeInteger"},
            {"name": "小区", "type": "esriFieldTypeString"},
        ],
        "features": [
            {
                "attributes": row,
                "geometry": {"rings": [[*map(list, shape.exterior.coords)]]},
            }
            for row, shape in zip(
                rows.drop(columns="geometry").to_dict("records"),
                rows.geometry,
                strict=True,
            )
        ],
    }
    path.write_text(json.dumps(table, ensure_ascii=False), "utf-8")


def kml(data="schema", places=None):
    """The district as Google Earth (with a schema) or other programs write it."""
    places = degrees() if places is None else places
    out = []
    for row, shape in zip(
        places.drop(columns="geometry").to_dict("records"), places.geometry, strict=True
    ):
        if data == "schema":
            values = "".join(
                f'<SimpleData name="{k}">{v}</SimpleData>' for k, v in row.items()
            )
            values = f'<SchemaData schemaUrl="#s">{values}</SchemaData>'
        else:
            values = "".join(
                f'<Data name="{k}"><value>{v}</value></Data>' for k, v in row.items()
            )
        ring = " ".join(f"{x!r},{y!r},0" for x, y in shape.exterior.coords)
        out.append(
            f"<Placemark><name>{row['小区']}</name><styleUrl>#x</styleUrl>"
            f"<ExtendedData>{values}</ExtendedData><Polygon><outerBoundaryIs>"
            f"<LinearRing><coordinates>{ring}</coordinates></LinearRing>"
            "</outerBoundaryIs></Polygon></Placemark>"
        )
    schema = '<Schema id="s"><SimpleField name="m2" type="int"/></Schema>'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>图</name>'
        f"{schema}<Folder><name>楼</name>{''.join(out)}</Folder></Document></kml>"
    )


def write_text(text):
    return lambda path: path.write_text(text(), "utf-8")


def in_zip(inner, write):
    def make(path):
        folder = path.parent / "made"
        folder.mkdir()
        write(folder / inner)
        zipped(path, {f"图层/{inner}": (folder / inner).read_bytes()})

    return make


def zipped_shapefile(path):
    folder = path.parent / "made"
    folder.mkdir()
    parts = shape_parts(folder)
    files = {f"图层/{name}": content for name, content in parts.items()}
    traces = {f"__MACOSX/图层/._{name}": b"x" for name in parts}
    zipped(path, {**files, **traces}, _InGbk)
    zipped(
        path,
        {f"__MACOSX/{n}" if "MACOSX" in n else f"图/{n}": c for n, c in parts.items()},
    )


def parquet(path):
    pytest.importorskip("pyarrow")
    district().to_parquet(path)


def duckdb_like(path):
    """Shapes in WKB, boxes in a column, nothing said of a coordinate system."""
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    rows = degrees()
    boxes = [
        dict(zip(("xmin", "ymin", "xmax", "ymax"), s.bounds, strict=True))
        for s in rows.geometry
    ]
    table = pa.table(
        {
            **{c: rows[c].tolist() for c in rows.columns if c != "geometry"},
            "geom": shapely.to_wkb(rows.geometry.to_numpy()).tolist(),
            "bbox": boxes,
        }
    )
    geo = {
        "version": "1.1.0",
        "primary_column": "geom",
        "columns": {"geom": {"encoding": "WKB", "geometry_types": ["Polygon"]}},
    }
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)


KINDS = {
    "b.geojson": lambda path: district().to_file(path),
    "b.geojsonl": write_text(lambda: "\n".join(map(json.dumps, features()))),
    "b.ndjson": write_text(lambda: "\r\n".join(map(json.dumps, features())) + "\r\n"),
    "b.geojsons": write_text(
        lambda: "".join(f"\x1e{json.dumps(one, indent=1)}\n" for one in features())
    ),
    "b.json": esri,
    "b.gpkg": lambda path: district().to_file(path),
    "路 100% #1.shp": lambda path: district().to_file(path, encoding="GBK"),
    "b.shp": lambda path: district().to_file(path, encoding="GBK"),
    "图.fgb": lambda path: district().to_file(path, SPATIAL_INDEX="NO"),
    "b.parquet": parquet,
    "b.geoparquet": duckdb_like,
    "b.kml": write_text(kml),
    "c.kml": write_text(lambda: kml("data")),
    "d.kml": lambda path: degrees().to_file(path, driver="LIBKML"),
    "b.kmz": lambda path: zipped(path, {"doc.kml": kml(), "files/a.png": b"\x89PNG"}),
    "b.zip": zipped_shapefile,
    "b.shp.zip": zipped_shapefile,
    "b.shz": zipped_shapefile,
    "c.zip": in_zip("b.gpkg", lambda path: district().to_file(path)),
    "d.zip": in_zip("b.geojson", lambda path: district().to_file(path)),
}


@cache
def expected():
    return read(district(), area="m2", households="flats", unit="小区", id="编号")


def fault(path, **options):
    with pytest.raises(InputError) as caught:
        read(path, **{"area": "m2", **options})
    return str(caught.value)


def noted(region, *words):
    return any(all(word in note for word in words) for note in region.notes)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.filterwarnings("ignore:Normalized/laundered:RuntimeWarning")
def test_a_district_is_the_same_region_in_every_kind_of_file(tmp_path, name):
    path = tmp_path / name
    KINDS[name](path)
    region = read(path, area="m2", households="flats", unit="小区", id="编号")
    same = expected()
    assert region.names == same.names
    assert region.buildings == same.buildings
    assert {k: v.tolist() for k, v in region.sums.items()} == {
        k: v.tolist() for k, v in same.sums.items()
    }
    assert region.edges.tolist() == same.edges.tolist()
    assert np.abs(region.xy - same.xy).max() < 0.01
    assert len(region.source.sha256) == 64


# --- shapefiles in parts


def loose(folder, rename=str, without=()):
    """The parts of a shapefile under other endings, some of them missing."""
    made = folder / "made"
    made.mkdir()
    for name, content in shape_parts(made).items():
        if Path(name).suffix not in without:
            (folder / rename(name)).write_bytes(content)
    return folder / rename("b.shp")


def mixed(name):
    return name.upper() if name.endswith((".shp", ".prj")) else name.replace("b.", "B.")


@pytest.mark.parametrize("rename", [str.upper, mixed, str.title])
def test_endings_of_a_shapefile_may_be_capitals(tmp_path, rename):
    region = read(loose(tmp_path, rename), area="m2", unit="小区", id="编号")
    assert region.names == expected().names
    assert not noted(region, "beside it")
    assert len(region.source.sha256) == 64


def test_a_shapefile_without_index_is_read_and_nothing_is_written(tmp_path):
    path = loose(tmp_path, without=(".shx",))
    before = {p.name: p.stat().st_mtime_ns for p in tmp_path.iterdir()}
    region = read(path, area="m2", unit="小区", id="编号")
    assert region.names == expected().names
    assert noted(region, "no .shx file beside it")
    assert before == {p.name: p.stat().st_mtime_ns for p in tmp_path.iterdir()}


def test_a_shapefile_without_columns_has_shapes_and_says_so(tmp_path):
    path = loose(tmp_path, without=(".dbf", ".cpg"))
    assert "no .dbf file beside it" in fault(path)
    region = read(district(), area="m2", barriers=path)
    assert noted(region, "no .dbf file beside it")
    assert len(region.source.barriers) == 12


def test_a_part_of_a_shapefile_is_told_as_such(tmp_path):
    path = loose(tmp_path)
    for end in (".dbf", ".shx", ".prj"):
        told = fault(path.with_suffix(end))
        assert "is a part of a shapefile" in told
        assert f"ends in .shp: {path}." in told


# --- a file is what it is


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("b.gpkg", "b.geojson"),
        ("b.geojson", "b.gpkg"),
        ("b.zip", "b.shp"),
        ("b.kml", "b.json"),
        ("b.kmz", "b.kml"),
        ("图.fgb", "b.kmz"),
        ("b.json", "b"),
        ("b.geoparquet", "b.fgb"),
    ],
)
def test_a_wrong_ending_is_read_by_content_and_told(tmp_path, name, other):
    KINDS[name](tmp_path / name)
    path = (tmp_path / name).rename(tmp_path / other)
    region = read(path, area="m2", unit="小区", id="编号")
    assert region.names == expected().names
    assert noted(region, f"{path} is ", "by its content")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "it is empty"),
        (b"AC1027 drawing", "a CAD drawing (DWG)"),
        (b"  0\r\nSECTION\r\n", "a CAD drawing (DXF)"),
        (b"\xd0\xcf\x11\xe0" * 9, "an old Excel or Word file"),
        (b"<!DOCTYPE html><html>Not found</html>", "a web page"),
        (b"\x89PNG\r\n", "a picture"),
        (b"Rar!\x1a\x07", "an archive that is not zip"),
        (b"<OGRVRTDataSource/>", "a catalogue of other files"),
        (b"<gpx></gpx>", "a track of GPS"),
        (b"<x:FeatureCollection>", "GML"),
        (b"<a/>", "XML, but not KML"),
    ],
)
@pytest.mark.parametrize("name", ["b.geojson", "b.shp", "b.dwg"])
def test_what_cannot_be_read_is_told_as_what_it_is(tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    assert told in fault(tmp_path / name)


@pytest.mark.parametrize("name", KINDS)
def test_damaged_files_are_faults_in_words(tmp_path, name):
    path = tmp_path / name
    KINDS[name](path)
    whole = path.read_bytes()
    chance = np.random.default_rng(1)
    for cut in (0.3, 1.0):
        content = bytearray(whole[: int(len(whole) * cut)])
        if cut == 1.0:
            for at in chance.integers(8, len(content), 40):
                content[at] ^= 255
        path.write_bytes(content)
        try:
            read(path, area="m2", unit="小区", id="编号")
        except InputError as error:
            assert str(error)  # never another error


# --- nothing but the file

ADDRESSES = (
    *("http://127.0.0.1:9/b.geojson", "HTTPS://a.b/c.parquet", "ftp://a/b.kml"),
    *("s3://a/b.parquet", "gs://a/b.fgb", "az://a/b.zip", "hdfs://a/b.parquet"),
    *("/vsicurl/http://a/b.zip", "/vsizip//vsicurl/http://a/b.zip/b.shp", "/vsis3/a"),
    *("zip+https://a/b.zip", "PG:host=a dbname=b", "MySQL:a,host=b", "WFS:http://a"),
    *("data:application/json,{}", "OAPIF:http://a", "http:/a/b.geojson"),
    *("file:///etc/passwd", " http://a/b.geojson", "sqlite:///a.gpkg"),
)


@pytest.mark.parametrize("what", ["buildings", "barriers", "streets"])
def test_an_address_is_refused_before_anything_opens_it(monkeypatch, what):
    def opened(*_args, **_options):
        pytest.fail("it was opened")

    for module, function in (
        (geopandas, "read_file"),
        (geopandas, "read_parquet"),
        (pyogrio, "read_dataframe"),
        (Path, "open"),
        (zipfile, "ZipFile"),
    ):
        monkeypatch.setattr(module, function, opened)
    files = {"buildings": district(), what: [*ADDRESSES]}
    told = fault(files.pop("buildings"), **files)
    assert told.count("nothing is fetched") == len(ADDRESSES)


def test_a_folder_of_another_computer_is_told_as_such():
    for name in (r"\\server\share\b.shp", "//server/share/b.gpkg"):
        assert "in a folder of another computer" in fault(name)


def test_a_table_without_shapes_says_what_is_missing():
    told = fault(pd.DataFrame(district().drop(columns="geometry")))
    assert "has no coordinates" in told


# --- archives


def test_names_and_places_in_an_archive_lead_nowhere(tmp_path):
    path = tmp_path / "b.zip"
    district().to_file(tmp_path / "b.gpkg")
    content = (tmp_path / "b.gpkg").read_bytes()
    zipped(path, {"../../../tmp/evil.gpkg": content})
    before = {p.name for p in tmp_path.iterdir()}
    assert read(path, area="m2", unit="小区").names == expected().names
    assert before == {p.name for p in tmp_path.iterdir()}


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, "an archive of nothing"),
        ({"a.vrt": "<OGRVRTDataSource/>", "b.txt": "x"}, "an archive of a.vrt, b.txt"),
        ({"a.zip": b"PK\x03\x04"}, "an archive of a.zip"),
        ({"a.geojson": "<OGRVRTDataSource/>"}, "cannot be read"),
        ({"a.shp": "<OGRVRTDataSource/>"}, "cannot be read"),
        ({"a.kml": "<a/>"}, "XML, but not KML"),
    ],
)
def test_an_archive_without_a_layer_is_told(tmp_path, files, told):
    assert told in fault(zipped(tmp_path / "b.zip", files))


def test_an_archive_that_would_fill_the_disk_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "FREE_BYTES", 10_000)
    bomb = zipped(tmp_path / "b.zip", {"b.geojson": b" " * 10_000_000})
    assert "would unpack 0.0 MB to 10 MB" in fault(bomb)
    monkeypatch.setattr(archive, "MOST_MEMBERS", 3)
    many = zipped(tmp_path / "c.kmz", {f"{k}.kml": "" for k in range(4)})
    assert "holds 4 files" in fault(many)


def test_a_locked_archive_is_told(tmp_path):
    path = zipped(tmp_path / "b.zip", {"b.geojson": "{}"})
    content = bytearray(path.read_bytes())
    content[content.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert "locked by a password" in fault(path)


def test_of_several_shapefiles_in_an_archive_one_can_be_chosen(tmp_path):
    made = tmp_path / "made"
    made.mkdir()
    files = shape_parts(made, "houses")
    streets().to_file(made / "lines.shp")
    files |= {p.name: p.read_bytes() for p in made.glob("lines.*")}
    path = zipped(tmp_path / "b.zip", {f"城/{k}": v for k, v in files.items()}, _InGbk)
    region = read(path, area="m2", unit="小区", streets=path)
    assert region.names == expected().names
    assert noted(region, "has layers houses, lines; houses was read")
    assert noted(region, "lines was read (the likeliest to be streets)")
    assert len(region.source.streets) == 1
    chosen = read(f"{path}|layername=houses", area="m2", unit="小区")
    assert not noted(chosen, "has layers")
    assert "has no layer 'barns'. It has houses, lines" in fault(
        f"{path}|layername=barns"
    )


# --- several layers


def test_buildings_are_looked_for_where_they_can_be(tmp_path):
    path = tmp_path / "b.gpkg"
    streets().to_file(path, layer="a")
    parcels = district().drop(columns=["m2"])
    pd.concat([parcels] * 3, ignore_index=True).to_file(path, layer="b", mode="a")
    district().to_file(path, layer="c", mode="a")
    region = read(path, area="m2", unit="小区", id="编号", streets=path)
    assert region.names == expected().names
    assert noted(region, "has layers a, b, c; c was read (the likeliest")
    assert noted(region, "a was read (the likeliest to be streets)")


def test_a_layer_called_buildings_goes_first(tmp_path):
    path = tmp_path / "b.gpkg"
    pd.concat([district()] * 2, ignore_index=True).to_file(path, layer="地块")
    district().to_file(path, layer="建筑", mode="a")
    assert noted(read(path, area="m2", unit="小区"), "建筑 was read")


# --- KML


def test_links_in_kml_are_told_and_not_followed(tmp_path):
    link = (
        "<NetworkLink><Link><href>http://127.0.0.1:9/a.kml</href></Link></NetworkLink>"
    )
    path = tmp_path / "b.kml"
    path.write_text(kml().replace("<Folder>", link + "<Folder>", 1), "utf-8")
    assert noted(read(path, area="m2", unit="小区"), "links to 1 other file")
    path.write_text(f"<kml><Document>{link}</Document></kml>", "utf-8")
    assert "no places in it but links" in fault(path)


def test_groups_within_groups_without_end_are_refused(tmp_path):
    path = tmp_path / "b.kml"
    groups = "<MultiGeometry>" * 5_000 + "</MultiGeometry>" * 5_000
    path.write_text(f"<kml><Placemark>{groups}</Placemark></kml>", "utf-8")
    assert "50 groups of shapes within groups" in fault(path)


def test_places_without_shapes_are_told_by_row(tmp_path):
    path = tmp_path / "b.kml"
    path.write_text(kml().replace("Polygon>", "Model>"), "utf-8")
    assert "12 buildings have no place" in fault(path)


def test_words_that_kml_declares_are_refused(tmp_path):
    path = tmp_path / "b.kml"
    for entity in ('"x">', 'SYSTEM "file:///etc/passwd">'):
        declared = f"<!DOCTYPE kml [<!ENTITY a {entity}]>"
        path.write_text(declared + kml().split("?>", 1)[1], "utf-8")
        assert "DOCTYPE" in fault(path)


def test_columns_of_kml_are_told_apart_from_names_of_places(tmp_path):
    text = kml("data", degrees().assign(name="x", 门牌="0012"))
    text = text.replace("<Placemark>", "<Placemark><description>旧</description>", 1)
    path = tmp_path / "b.kml"
    path.write_text(text.replace("UTF-8", "GB2312"), "gbk")
    frame = read(path, area="m2", columns=["门牌"]).source.frame
    assert frame["place_name"].tolist() == district()["小区"].tolist()
    assert frame["name"].tolist() == ["x"] * 12
    assert frame["门牌"].tolist() == ["0012"] * 12
    assert frame["description"].tolist()[0] == "旧"


def test_folders_of_kml_are_layers(tmp_path):
    inner = f"<Folder>{kml().split('<Folder>')[1].split('</Folder>')[0]}"
    line = "<LineString><coordinates>126,45 126.1,45</coordinates></LineString>"
    line = f"<Placemark>{line}</Placemark>"
    path = tmp_path / "b.kml"
    path.write_text(
        f"<kml><Document><Folder><name>线</name>{line}</Folder><Folder><name>区</name>"
        f"{inner}</Folder></Folder>{line}</Document></kml>",
        "utf-8",
    )
    region = read(path, area="m2", unit="小区", streets=f"{path}|layername=线")
    assert region.names == expected().names
    assert noted(region, "has layers places, 线, 楼; 楼 was read")


def test_kml_is_told_where_no_driver_reads_it(tmp_path, monkeypatch):
    monkeypatch.setattr(pyogrio, "list_drivers", dict)
    (tmp_path / "b.kml").write_text(kml(), "utf-8")
    assert "which the installed pyogrio cannot read" in fault(tmp_path / "b.kml")


# --- GeoParquet


def test_geoparquet_without_its_package_says_how_to_get_it(tmp_path, monkeypatch):
    path = tmp_path / "b.parquet"
    path.write_bytes(b"PAR1" * 9)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    assert "pip install 'zoning[parquet]'" in fault(path)


def arrow(path, rows, geo=None):
    pa = pytest.importorskip("pyarrow")
    columns = {c: rows[c].tolist() for c in rows.columns if c != "geometry"}
    table = pa.table({**columns, "geom": shapely.to_wkb(rows.geometry).tolist()})
    if geo is not None:
        table = table.replace_schema_metadata({"geo": json.dumps(geo)})
    pytest.importorskip("pyarrow.parquet").write_table(table, path)
    return path


def test_parquet_that_names_no_shapes_is_read_by_the_usual_name(tmp_path):
    path = arrow(tmp_path / "b.parquet", district())
    region = read(path, area="m2", unit="小区", crs=UTM)
    assert region.source.crs == UTM
    assert noted(region, "does not say which column holds its shapes; geom was taken")


def test_geoparquet_without_a_system_is_in_degrees_or_told(tmp_path):
    geo = {"version": "1.0.0", "primary_column": "geom"}
    geo["columns"] = {"geom": {"encoding": "WKB", "geometry_types": []}}
    path = arrow(tmp_path / "b.parquet", degrees(), geo)
    assert read(path, area="m2").source.crs == "EPSG:4326"
    arrow(path, district(), geo)
    assert noted(read(path, area="m2"), "coordinates are taken as metres")
    assert read(path, area="m2", crs=UTM).source.crs == UTM
    geo["columns"]["geom"]["crs"] = None
    assert noted(read(arrow(path, district(), geo), area="m2"), "taken as metres")


def test_long_codes_with_gaps_stay_exact_in_parquet(tmp_path):
    codes = [2**60 + 1, None, *range(10)]
    rows = district().assign(code=pd.Series(codes, dtype=object))
    path = arrow(tmp_path / "b.parquet", rows)
    frame = read(path, area="m2", crs=UTM).source.frame
    assert frame["code"].tolist() == codes


ONE = {"encoding": "WKB", "geometry_types": []}


@pytest.mark.parametrize(
    "geo",
    [
        *(7, [], {}, {"columns": 3}),
        {"primary_column": "geom", "columns": {"geom": 5}},
        {"primary_column": "geom", "columns": {"geom": {**ONE, "encoding": "x"}}},
        {
            "version": "1.0.0",
            "primary_column": "geom",
            "columns": {"geom": {**ONE, "crs": {"a": 1}}},
        },
    ],
)
def test_geoparquet_that_says_nonsense_is_a_fault(tmp_path, geo):
    assert "b.parquet" in fault(arrow(tmp_path / "b.parquet", district(), geo))


def test_parquet_beyond_measure_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_reader, "MOST_ROWS", 11)
    assert "holds 12 rows" in fault(arrow(tmp_path / "b.parquet", district()))


# --- lines of JSON


def test_a_line_that_is_no_json_is_told_by_its_number(tmp_path):
    path = tmp_path / "b.geojsonl"
    lines = [json.dumps(one) for one in features()]
    path.write_text("\n".join([*lines[:4], lines[4][:-9], *lines[5:]]), "utf-8")
    assert "line 5 is none" in fault(path)
    lines = [json.dumps(one, ensure_ascii=False) for one in features()]
    path.write_text("\n".join(lines).replace("院0号", "院\u20280号"), "utf-8")
    assert read(path, area="m2", id="编号").names[0] == "院 0号"


def test_an_answer_that_a_server_cut_short_is_told(tmp_path):
    path = tmp_path / "b.json"
    esri(path)
    table = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**table, "exceededTransferLimit": True}), "utf-8")
    assert noted(read(path, area="m2"), "is not whole", "Fetch the others")


def test_columns_cut_to_the_same_name_are_numbered(tmp_path):
    path = tmp_path / "b.shp"
    rows = district().assign(abcdefgh1=1, abcdefgh2=2)
    rows.to_file(path, encoding="GBK")
    content = path.with_suffix(".dbf").read_bytes()
    name = "建筑面积".encode("gbk")
    for made, half in ((b"abcdefgh1", b"\xc9"), (b"abcdefgh2", b"\xcf")):
        content = content.replace(made, name + half)
    path.with_suffix(".dbf").write_bytes(content)
    region = read(path, area="m2", columns=["建筑面积_2"])
    assert noted(region, "cut to ten bytes, are alike", "called 建筑面积_2")
