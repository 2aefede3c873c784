"""Kinds of files: one district is the same region in all of them, and none reaches out.

Every kind is read by what it is; archives, drawings and parts of files are told apart.
"""

import json
import zipfile
from functools import cache

import geopandas
import numpy as np
import pytest
import shapely

from zoning.read import read

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
