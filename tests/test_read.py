"""Reading: what is taken, what is mended and noted, what is refused."""

import json
from dataclasses import replace
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

from zoning.adjacency import Delaunay, Neighbours
from zoning.costs import CostModel, Resource
from zoning.errors import InputError
from zoning.read import UNIT, read
from zoning.region import Barrier

DATA = Path(__file__).parents[1].parent / "shared" / "data"
UTM = "EPSG:32652"
X, Y = 315_000.0, 5_067_000.0  # in Harbin


def real(name):
    if not (DATA / name).exists():
        pytest.skip(f"{DATA / name} is not there")
    return DATA / name


def frame(crs=UTM, **columns):
    """Four footprints of 20 m × 10 m in a row, 50 m apart, and their columns."""
    shapes = [shapely.box(X + 50 * i, Y, X + 50 * i + 20, Y + 10) for i in range(4)]
    table = {
        "id": ["a", "b", "c", "d"],
        "m2": [700, 1400, 2100, 2800],
        "flats": [10, 20, 30, 40],
        "yard": ["y", "x", "y", None],
        **columns,
    }
    return geopandas.GeoDataFrame(table, geometry=shapes, crs=crs)


def with_shape(i, shape, **columns):
    table = frame(**columns)
    shapes = table.geometry.to_numpy().copy()
    shapes[i] = shape
    return table.set_geometry(geopandas.GeoSeries(shapes, crs=UTM))


def fault(*args, **options):
    with pytest.raises(InputError) as caught:
        read(*args, **{"area": "m2", **options})
    return str(caught.value)


def noted(region, *words):
    return any(all(word in note for word in words) for note in region.notes)


# --- units and sums


@pytest.mark.parametrize("column", ["m2", "flats"])
def test_numbers_beyond_measure_are_named(column):
    told = fault(frame(**{column: [1, 2, 1e15, 4]}), households="flats")
    assert f"Column {column!r}" in told
    assert "beyond measure, above 1,000,000,000, for 1 building(s): c has" in told


def test_buildings_of_a_unit_are_merged_in_order_of_appearance():
    region = read(frame(), area="m2", households="flats", unit="yard")
    assert region.names == ("y", "x", "d")
    assert region.buildings == (("a", "c"), ("b",), ("d",))
    assert region.sums["area"].tolist() == [2800, 1400, 2800]
    assert region.sums["households"].tolist() == [40, 20, 40]
    assert noted(region, "1 building has no 'yard'", "d")


def test_a_unit_stands_at_the_middle_of_its_floor_area():
    region = read(frame(), area="m2", unit="yard")
    # a at 10 with 700 m², c at 110 with 2100: (700·10 + 2100·110) / 2800 = 85
    assert region.xy[0].tolist() == [X + 85, Y + 5]


def test_without_floor_area_a_unit_stands_at_the_plain_middle():
    region = read(frame(m2=[0, 1400, 0, 2800]), area="m2", unit="yard")
    assert region.xy[0].tolist() == [X + 60, Y + 5]
    assert noted(region, "2 buildings have a floor area of 0", "a, c")


def test_loads_come_from_the_cost_model():
    costs = replace(CostModel(), consumables=0.2)
    region = read(frame(), area="m2", households="flats", costs=costs)
    assert region.load.tolist() == costs.load(region.sums).tolist()
    assert region.direct.tolist() == costs.direct(region.sums).tolist()
    assert region.costs == costs


def test_missing_households_are_estimated_and_noted():
    region = read(frame(), area="m2", households="none")
    assert region.sums["households"].tolist() == [10, 20, 30, 40]
    assert noted(region, "70 m²", "assumed")


def test_further_columns_are_summed():
    region = read(frame(lifts=[1, 0, 2, 1]), area="m2", unit="yard", sums=["lifts"])
    assert region.sums["lifts"].tolist() == [3, 0, 1]
    one = read(frame(lifts=[1, 0, 2, 1]), area="m2", sums="lifts")
    assert one.sums["lifts"].tolist() == [1, 0, 2, 1]


def test_a_resource_needs_its_column():
    lift = Resource("fitter", 50, per="lifts", wage=4000)
    costs = replace(CostModel(), resources=(lift,))
    assert "'fitter' is counted per 'lifts'" in fault(frame(), costs=costs)
    region = read(frame(lifts=[1, 0, 2, 1]), area="m2", sums=["lifts"], costs=costs)
    assert region.load[2] > region.direct[2]


def test_areas_are_rounded_once_per_unit():
    region = read(frame(m2=[0.4, 10, 0.4, 10]), area="m2", unit="yard")
    assert region.sums["area"].tolist() == [1, 10, 10]
    assert noted(region, "Area was summed", "rounded")


def test_a_lone_building_called_like_a_compound_keeps_apart():
    region = read(frame(yard=["d", "x", "d", None]), area="m2", unit="yard")
    assert region.names == ("d", "x", "building d")


def test_numbers_with_gaps_are_names_without_decimals():
    region = read(frame(yard=[7, 8, 7, None]), area="m2", unit="yard")
    assert region.names == ("7", "8", "d")


def test_spaces_do_not_make_another_unit():
    region = read(frame(yard=["x", "x ", " ", "z"]), area="m2", unit="yard")
    assert region.names == ("x", "c", "z")


def test_a_unit_in_two_places_is_noted():
    far = shapely.box(X + 4000, Y, X + 4020, Y + 10)
    region = read(with_shape(3, far, yard=["y", "x", "q", "y"]), area="m2", unit="yard")
    assert noted(region, "1 unit(s) have buildings that do not stand together: y (a")


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
def test_the_widest_gap_within_a_unit_is_told_whatever_row_comes_first(order):
    # 320 m from the first to the second, 3,600 m on to the third
    boxes = [shapely.box(X + d, Y, X + d + 20, Y + 10) for d in (0, 320, 3920)]
    table = frame(yard=["y"] * 4).iloc[:3]
    table = table.set_geometry([boxes[i] for i in order], crs=UTM)
    assert noted(read(table, area="m2", unit="yard"), "3,600 m apart)")


def test_the_input_table_survives():
    table = frame(unit=[1, 2, 3, 4])
    region = read(table, area="m2", unit="yard")
    kept = region.source.frame
    assert kept[UNIT].tolist() == [0, 1, 0, 2]
    assert [c for c in kept.columns if c != UNIT] == list(table.columns)
    assert UNIT not in table
    assert region.source.crs == table.crs
    assert region.source.unit_column == "yard"


# --- ids


def test_ids_come_from_a_usual_column_or_rows():
    table = frame().rename(columns={"id": "FID"})
    assert read(table, area="m2").names == ("a", "b", "c", "d")
    region = read(frame().drop(columns="id"), area="m2")
    assert region.names == ("1", "2", "3", "4")
    assert noted(region, "No id column")


def test_the_id_column_can_be_named():
    region = read(frame(number=["p", "q", "r", "s"]), area="m2", id="number")
    assert region.names == ("p", "q", "r", "s")


def test_repeated_and_missing_ids_are_faults():
    told = fault(frame(id=["a", "b", "a", None]))
    assert "2 buildings have an id in column 'id' that another has too: a." in told
    assert "1 building has no id in column 'id': row 4" in told


# --- columns


def test_floor_area_is_asked_for_where_nothing_tells_it():
    told = fault(frame().rename(columns={"m2": "size"}), area=None)
    assert "No column of floor area was found, and none of floors" in told
    assert "The columns are id, size, flats, yard." in told


def test_a_column_that_is_not_there_gets_the_nearest_name():
    told = fault(frame(), area="M_2", unit="yards", households="x", sums=["zz"])
    assert "no column 'M_2' (area). Did you mean 'm2'?" in told
    assert "no column 'yards' (unit). Did you mean 'yard'?" in told
    assert "no column 'x' (households)" in told
    assert "no column 'zz' (columns)" in told
    assert "id, m2, flats, yard" in told


def test_bad_numbers_are_told_with_ids():
    told = fault(
        frame(m2=["12", "much", None, "-3"], flats=[1, 2, np.nan, np.inf]),
        households="flats",
    )
    assert "missing for 1 building(s): c" in told
    assert "not a number for 1 building(s): b has much" in told
    assert "negative for 1 building(s): d has -3" in told
    assert "not a number for 1 building(s): d has inf" in told


def test_numbers_written_as_text_are_read_and_noted():
    region = read(frame(m2=["700", " 1400 ", "2100", "2800"]), area="m2")
    assert region.sums["area"].tolist() == [700, 1400, 2100, 2800]
    assert noted(region, "'m2' holds text")


def test_numbers_are_read_as_people_type_them():
    region = read(frame(m2=["10000,50", "10.000", "2万㎡", "10,5"]), area="m2")
    assert region.columns["area"] == (10_000.5, 10_000, 20_000, 10.5)
    assert noted(region, "a comma was read as the decimal sign for 2 building(s)")
    mixed = read(frame(m2=["10,5", "10.5", "10.5", 312.457]), area="m2")
    assert mixed.columns["area"] == (10.5, 10.5, 10.5, 312.457)


def test_numbers_that_may_be_two_are_refused_by_building():
    told = fault(frame(m2=["700", "10.000", "3,79,999", "15亩"]))
    assert "in doubt for 3 building(s): b has 10.000, which may be 10 or 10000" in told
    assert "c has 3,79,999, in which commas" in told
    assert "d has 15亩, with '亩', which is no unit here" in told
    assert "beyond measure" in fault(frame(m2=["700", "1e999999999", "1", "2"]))


def test_all_areas_zero_is_a_fault():
    assert "Every floor area is 0" in fault(frame(m2=[0, 0, 0, 0]))


def test_areas_in_ten_thousands_are_suspected():
    assert noted(read(frame(m2=[0.1, 0.2, 0.3, 0.4]), area="m2"), "万㎡")


def test_reserved_sums_are_refused():
    assert "sums cannot take a column 'load'" in fault(frame(load=1), sums=["load"])
    assert "sums cannot take a column 'area'" in fault(frame(area=1), sums=["area"])


# --- shapes


def test_points_do_as_well_as_footprints():
    table = frame()
    table = table.set_geometry(table.centroid)
    assert read(table, area="m2").xy.tolist() == read(frame(), area="m2").xy.tolist()


def test_unusable_geometry_is_a_fault_with_ids():
    line = shapely.LineString([(X, Y), (X + 9, Y)])
    table = with_shape(1, line)
    table.loc[2, "geometry"] = None
    table.loc[3, "geometry"] = shapely.Point()
    told = fault(table)
    assert "2 buildings have no place (null or empty geometry): c, d." in told
    assert "neither point nor polygon (LineString): b." in told


def test_crossed_footprints_are_mended_and_noted():
    bow = [(X, Y), (X + 20, Y + 10), (X + 20, Y), (X, Y + 10)]
    region = read(with_shape(1, shapely.Polygon(bow)), area="m2")
    assert region.source.frame.is_valid.all()
    assert region.source.frame.area.iloc[1] == pytest.approx(100)
    assert noted(region, "crosses itself", ": b.")


def test_footprints_that_a_projection_turns_over_are_mended_too():
    wide = [(132.8, 45.8), (119.1, 45.4), (117.9, 45.9), (122.1, 45.5)]
    table = frame().to_crs(4326)
    shapes = table.geometry.to_numpy().copy()
    shapes[1] = shapely.Polygon(wide)
    assert shapes[1].is_valid
    table = table.set_geometry(geopandas.GeoSeries(shapes, crs=4326))
    region = read(table, area="m2")
    assert region.source.frame.is_valid.all()
    assert noted(region, "crosses itself", ": b.")


def test_footprints_without_area_are_a_fault():
    flat = shapely.Polygon([(X, Y), (X + 20, Y), (X + 10, Y)])
    assert "without any area: b" in fault(with_shape(1, flat))


def test_coordinates_that_are_no_numbers_are_a_fault():
    table = with_shape(1, shapely.Point(X, np.inf))
    assert "coordinates that are impossible: b." in fault(table)
    wall = barrier((85, -99), (85, np.inf))
    region = read(frame(), area="m2", barriers=wall)
    assert noted(region, "1 of the barriers", "cut nothing: row(s) 1.")


def test_places_that_no_projection_fits_are_a_fault():
    assert "No UTM zone fits" in fault(degrees((10, 89.9), (20, 89.9)))


def test_columns_of_one_name_are_a_fault():
    table = pd.concat([frame(), pd.DataFrame({"m2": [1, 2, 3, 4]})], axis=1)
    assert "columns of the same name: m2" in fault(table)


def test_a_column_called_like_ours_is_noted():
    assert noted(
        read(frame(**{UNIT: 9}), area="m2"), "'_unit' of the input is replaced"
    )


def test_equal_geometries_are_noted():
    twin = frame().geometry[0]
    assert noted(read(with_shape(2, twin), area="m2"), "exactly the same", "a, c")


def test_heights_are_left_out():
    region = read(with_shape(0, shapely.Point(X, Y, 130)), area="m2")
    assert noted(region, "Heights")
    assert not region.source.frame.has_z.any()


def test_faults_and_findings_are_told_at_once():
    bow = shapely.Polygon([(X, Y), (X + 20, Y + 10), (X + 20, Y), (X, Y + 10)])
    told = fault(with_shape(1, bow, id=["a", "b", "c", "c"]), area="size")
    assert told.startswith("The input has 2 faults.\n1. ")
    assert "Noted besides:\n- " in told
    assert "crosses itself" in told


def test_what_was_noted_is_told_beside_an_error_of_an_adjacency():
    def refuses(_):
        raise InputError("Nobody touches anybody.")

    told = fault(frame(), adjacency=refuses, unit="yard")
    assert "Nobody touches anybody." in told
    assert "Noted besides:\n- Columns were found by their headers" in told
    assert "- 1 building has no 'yard'" in told


def test_many_ids_are_cut_short():
    n = 40
    table = geopandas.GeoDataFrame(
        {"id": range(n), "m2": -1.0},
        geometry=geopandas.points_from_xy(np.arange(n) + X, [Y] * n),
        crs=UTM,
    )
    assert "negative for 40 building(s): 0 has -1, 1 has -1" in fault(table)
    assert "and 30 more" in fault(table)


# --- coordinates


def test_degrees_are_projected():
    region = read(frame().to_crs(4326), area="m2")
    assert region.xy == pytest.approx(read(frame(), area="m2").xy, abs=0.02)
    assert region.source.frame.crs == UTM
    assert region.source.crs == "EPSG:4326"
    assert noted(region, "projected from EPSG:4326")


def test_web_mercator_is_not_taken_for_metres():
    region = read(frame().to_crs(3857), area="m2")
    assert region.xy == pytest.approx(read(frame(), area="m2").xy, abs=0.02)


def test_without_crs_metres_are_assumed_and_noted():
    table = frame(crs=None)
    region = read(table, area="m2")
    assert noted(region, "No CRS given", "taken as metres")
    assert region.source.crs is None


def test_without_crs_degrees_are_recognised():
    table = frame().to_crs(4326).set_crs(None, allow_override=True)
    region = read(table, area="m2")
    assert noted(region, "No CRS given", "WGS 84")
    assert region.source.frame.crs == UTM


def test_crs_speaks_for_tables_that_do_not():
    assert read(frame(crs=None), area="m2", crs=UTM).source.crs == UTM
    region = read(frame(), area="m2", crs=4326)
    assert region.source.crs == UTM
    assert noted(region, "says its CRS is EPSG:32652")


def test_a_crs_that_is_none_is_a_fault():
    assert "crs='utm' is not a coordinate system" in fault(frame(), crs="utm")


def test_local_metres_in_geojson_need_a_crs(tmp_path):
    table = frame(crs=None)
    table = table.set_geometry(table.translate(-310_000, -5_060_000))
    features = json.loads(table.to_json(drop_id=True))
    features.pop("crs", None)
    path = tmp_path / "b.geojson"
    path.write_text(json.dumps(features), "utf-8")
    assert "4 buildings have coordinates that are impossible" in fault(path)
    assert read(path, area="m2", crs=UTM).source.frame.crs == UTM


def degrees(*lonlat):
    return geopandas.GeoDataFrame(
        {"id": list("abcdefgh")[: len(lonlat)], "m2": 500},
        geometry=geopandas.points_from_xy(*zip(*lonlat, strict=True)),
        crs=4326,
    )


def test_swapped_latitude_and_longitude_are_a_fault():
    told = fault(degrees((45.7, 126.6), (45.71, 126.6)))
    assert "2 buildings have coordinates that are impossible" in told
    assert "look swapped" in told


def test_one_building_swapped_within_range_is_a_fault():
    # Urumqi: both numbers fit both ways round
    told = fault(degrees((87.60, 43.80), (87.61, 43.80), (43.80, 87.60)))
    assert "impossible: c. Latitude and longitude look swapped" in told


def test_zero_zero_is_a_fault():
    assert "impossible: c." in fault(degrees((126.6, 45.7), (126.61, 45.7), (0, 0)))


def test_far_buildings_are_noted_with_ids():
    region = read(degrees((126.6, 45.7), (126.61, 45.7), (126.9, 45.7)), area="m2")
    assert noted(region, "more than 5 km from the others", ": c.")


# --- files


def test_files_of_every_kind_read_the_same(tmp_path):
    table = frame()
    expected = read(table, area="m2", households="flats", unit="yard")
    for name in ("b.gpkg", "b.geojson", "b.shp"):
        table.to_file(tmp_path / name)
        region = read(tmp_path / name, area="m2", households="flats", unit="yard")
        assert region.equals(expected), name
        assert region.source.files == (str(tmp_path / name),)
        assert len(region.source.sha256) == 64


def test_the_digest_follows_every_byte(tmp_path):
    frame().to_file(tmp_path / "b.shp")
    first = read(tmp_path / "b.shp", area="m2").source.sha256
    assert read(str(tmp_path / "b.shp"), area="m2").source.sha256 == first
    frame(m2=[700, 1400, 2100, 2801]).to_file(tmp_path / "b.shp")
    assert read(tmp_path / "b.shp", area="m2").source.sha256 != first


def test_several_tables_are_read_as_one(tmp_path):
    table = frame()
    table.iloc[:2].to_crs(4326).to_file(tmp_path / "1.geojson")
    table.iloc[2:].drop(columns="flats").to_file(tmp_path / "2.gpkg")
    region = read([tmp_path / "1.geojson", tmp_path / "2.gpkg"], area="m2")
    assert region.names == ("a", "b", "c", "d")
    assert region.xy == pytest.approx(read(table, area="m2").xy, abs=0.02)
    assert "flats" in region.source.frame
    again = read([table.iloc[:2], table.iloc[2:], table.iloc[:0]], area="m2")
    assert again.names == region.names


def test_a_layer_can_be_chosen(tmp_path):
    path = tmp_path / "city.gpkg"
    frame().to_file(path, layer="houses")
    frame(id=list("pqrs")).to_file(path, layer="sheds", mode="a")
    region = read(path, area="m2")
    assert region.names == ("a", "b", "c", "d")
    assert noted(region, "layers houses, sheds")
    assert read(f"{path}|layername=sheds", area="m2").names == ("p", "q", "r", "s")
    assert "has no layer 'barns'" in fault(f"{path}|layername=barns")


@pytest.mark.parametrize("encoding", ["GB18030", "UTF-8"])
def test_the_encoding_of_a_shapefile_is_guessed(tmp_path, encoding):
    yards = ["七政小区", "苗圃小区", "七政小区", "北鸿花园"]
    path = tmp_path / "b.shp"
    frame(yard=yards).rename(columns={"yard": "小区"}).to_file(path, encoding=encoding)
    (tmp_path / "b.cpg").unlink(missing_ok=True)
    region = read(path, area="m2", unit="小区")
    assert region.names == ("七政小区", "苗圃小区", "北鸿花园")
    assert noted(region, f"{encoding} fits")


def test_a_cpg_file_is_believed(tmp_path):
    path = tmp_path / "b.shp"
    frame(yard=["院"] * 4).to_file(path, encoding="GBK")
    (tmp_path / "b.cpg").write_text("GBK")
    region = read(path, area="m2", unit="yard")
    assert region.names == ("院",)
    assert not noted(region, "encoded")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("gone.geojson", None, "No such file"),
        ("b.docx", b"", "of no kind that can be read"),
        ("b.xls", b"", "is empty"),
        ("b.geojson", b"{", "cannot be read"),
        ("b.geojson", b"", "cannot be read"),
        ("b.gpkg", b"nonsense", "cannot be read"),
        ("b.shp", b"nonsense", "cannot be read"),
        ("b.geojson", b'{"type":"FeatureCollection","features":[]}', ""),
        (
            "b.json",
            b'{"type":"FeatureCollection","features":[{"type":"Feature",'
            b'"properties":{"m2":5},"geometry":null}]}',
            "geometry",
        ),
    ],
)
def test_unusable_files_get_a_message(tmp_path, name, content, told):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    assert told in fault(path)


def test_every_bad_file_is_told_at_once(tmp_path):
    told = fault(tmp_path / "a.gpkg", barriers=[tmp_path / "b.shp"], streets="c.dwg")
    assert "3 faults" in told
    assert all(name in told for name in ("a.gpkg", "b.shp", "c.dwg"))


def test_tables_without_place_are_refused():
    assert "no coordinates" in fault(pd.DataFrame({"m2": [1]}))
    assert "table is empty" in fault(frame().iloc[:0])
    assert "list of buildings is empty" in fault([])
    assert "table of barriers has no geometry" in fault(frame(), barriers=[None])


# --- barriers, streets, adjacency


def barrier(*points, crs=UTM, **columns):
    shape = shapely.LineString([(X + x, Y + y) for x, y in points])
    table = {key: [value] for key, value in columns.items()}
    return geopandas.GeoDataFrame(table, geometry=[shape], crs=UTM).to_crs(crs)


def test_barriers_cut_and_are_named():
    wall = barrier((85, -99), (85, 99), crs=4326, kind="railway", name="京哈线")
    region = read(frame(), area="m2", barriers=wall)
    assert region.bridges.tolist() == [[1, 2]]
    assert noted(region, "A bridge b – c, 30 m, crosses railway 京哈线")
    assert region.source.barriers.crs == UTM


def apart(**columns):
    """What cuts b from c, where no bridge takes the cut edge."""
    wall = barrier((85, -99), (85, 99), **columns)
    adjacency = Delaunay(over_barriers=False)
    region = read(frame(), area="m2", barriers=wall, adjacency=adjacency)
    return dict(zip(map(tuple, region.cut_edges.tolist()), region.cut_by, strict=True))


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"name": "Hequ", "kind": "street"}, Barrier("Hequ", "street")),
        ({"name": "Hequ"}, Barrier("Hequ", "")),
        ({"kind": "river"}, Barrier("barrier 1", "river")),
        ({}, Barrier("barrier 1", "")),
        ({"highway": None, "waterway": "canal"}, Barrier("barrier 1", "canal")),
        ({"railway": "rail", "name": "line 1"}, Barrier("line 1", "rail")),
        ({"fclass": "primary", "kind": None}, Barrier("barrier 1", "primary")),
    ],
    ids=["both", "name", "kind", "neither", "waterway", "railway", "fclass"],
)
def test_a_cut_edge_knows_what_cuts_it(columns, expected):
    assert apart(**columns) == {(1, 2): (expected,)}


def test_barriers_without_names_are_counted_in_the_order_of_the_file():
    walls = [barrier((35, -99), (35, 99)), barrier((135, -99), (135, 99))]
    adjacency = Delaunay(over_barriers=False)
    region = read(frame(), area="m2", barriers=walls, adjacency=adjacency)
    assert region.cut_by == ((Barrier("barrier 1"),), (Barrier("barrier 2"),))


def test_barriers_of_points_cut_nothing():
    table = frame()
    region = read(table, area="m2", barriers=[table.set_geometry(table.centroid)])
    assert noted(region, "4 barrier(s) are points")


def test_barriers_far_away_are_noted():
    wall = barrier((9e4, 0), (9e4, 99))
    assert noted(read(frame(), area="m2", barriers=wall), "lie away")


def test_barriers_need_a_common_crs():
    wall = barrier((85, -99), (85, 99))
    local = frame(crs=None)
    local = local.set_geometry(local.translate(-310_000, -5_060_000))
    assert "have no CRS" in fault(local, barriers=wall)
    bare = wall.set_crs(None, allow_override=True)
    region = read(frame(), area="m2", barriers=bare)
    assert noted(region, "barriers are taken to be in EPSG:32652")
    assert len(region.bridges) == 1


def test_an_empty_barrier_file_is_noted():
    wall = barrier((85, -99), (85, 99)).iloc[:0]
    assert noted(read(frame(), area="m2", barriers=wall), "There are no barriers")


def test_streets_give_the_way():
    street = barrier((-50, 25), (300, 25))
    region = read(frame(), area="m2", streets=street)
    assert region.way[0, 1] == 90  # 20 + 50 + 20
    assert region.way.dtype == np.int32


def test_any_function_is_an_adjacency():
    def everybody(town):
        n = len(town.names)
        return Neighbours(np.array(np.triu_indices(n, 1), np.int32).T, notes=("all",))

    region = read(frame(), area="m2", adjacency=everybody)
    assert region.is_complete
    assert region.notes[-1] == "all"


# --- real data


def test_qizheng_reads_as_described():
    folder = real("qizheng_like")
    region = read(
        folder / "buildings.geojson",
        unit="compound_id",
        area="floor_area_m2",
        households="households",
        barriers=folder / "barriers.geojson",
        streets=folder / "streets.geojson",
    )
    assert len(region) == 53
    assert sum(map(len, region.buildings)) == 98
    assert region.sums["area"].sum() == 701_634
    assert region.sums["households"].sum() == 10_022
    assert region.components.max() == 0
    straight = np.hypot(*(region.xy[:, None] - region.xy[None]).transpose(2, 0, 1))
    assert (region.way >= straight - 1e-6).all()


@pytest.mark.parametrize("area", [None, "area"])
def test_dirty_data_get_every_fault_and_no_traceback(area):
    table = geopandas.read_file(real("harbin_dirty") / "raw.geojson")
    if area is not None:
        table[area] = 1000
    told = fault(table, area=area)
    assert ("floor area; it was taken to be footprint × floors" in told) == (not area)
    assert ("'levels' (floors)" in told or "is missing for" in told) == (not area)
    assert "an id in column 'id' that another has too" in told
    assert "27 buildings have a geometry that is neither" in told
    assert "8 buildings have a footprint whose outline crosses itself" in told
    assert "exactly the same geometry" in told
    assert "more than 5 km from the others" in told


def test_dirty_data_read_once_mended():
    table = geopandas.read_file(real("harbin_dirty") / "raw.geojson")
    table = table[table.geom_type != "LineString"].drop_duplicates("id")
    region = read(table.assign(m2=1000), area="m2")
    assert len(region) == len(table)
    assert region.components.max() == 0


@pytest.mark.parametrize(
    ("name", "unit", "num_units"),
    [
        ("harbin_nangang_379compounds", "compound_id", 379),
        ("harbin_nangang_5k", "none", 5134),
    ],
)
def test_a_district_is_cut_by_its_railways(name, unit, num_units):
    folder = real(name)
    region = read(
        folder / "buildings.geojson",
        unit=unit,
        area="floor_area_m2",
        households="households",
        barriers=[folder / "barriers.geojson"],
    )
    assert len(region) == num_units
    assert region.components.max() == 0
    assert len(region.cut_edges) > 20
    assert noted(region, "crosses railway:rail")


def test_a_line_break_in_a_name_is_a_space():
    frame = geopandas.GeoDataFrame(
        {"id": ["a\nb", "c"], "unit": ["No. 1\r\nNorth", None], "area": [900, 900]},
        geometry=[shapely.Point(0, 0), shapely.Point(50, 0)],
        crs="EPSG:32652",
    )
    region = read(frame, unit="unit", id="id", area="area")
    assert region.names == ("No. 1 North", "c")
    assert region.building_ids == ("a b", "c")
