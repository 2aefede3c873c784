"""Columns of planners' tables are found by their headers, told, and set otherwise."""

import re
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from zoning.errors import InputError
from zoning.read import read
from zoning.reading.headers import HEADERS
from zoning.reading.use import is_home

PAGE = Path(__file__).parents[1] / "docs" / "columns.md"
X, Y = 315_000.0, 5_067_000.0
AREAS = [1_200, 2_400, 3_600, 4_800]


def table(**columns):
    """Four houses of 20 × 30 m in a row, with these columns and no others."""
    boxes = shapely.box(
        X + 50 * np.arange(4), [Y] * 4, X + 50 * np.arange(4) + 20, [Y + 30] * 4
    )
    return geopandas.GeoDataFrame(columns, geometry=boxes, crs="EPSG:32652")


def noted(region, *words):
    return any(all(word in note for word in words) for note in region.notes)


def fault(frame, **options):
    with pytest.raises(InputError) as caught:
        read(frame, **options)
    return str(caught.value)


@pytest.mark.parametrize("header", HEADERS["area"])
def test_floor_area_is_found_by_its_header(header):
    region = read(table(**{header: AREAS}))
    assert region.sums["area"].tolist() == AREAS
    assert noted(region, "found by their headers", header)


def test_the_registry_is_read_without_a_word():
    region = read(
        table(
            ZRZH=["0001", "0002", "0001", "0001"],
            ZDDM=["230103001", "230103001", "230103002", "230103003"],
            SCJZMJ=[1200.0, 0, 3600, np.nan],
            YCJZMJ=[9.0, 2400, 9, 4800],
            ZCS=[2, 4, 6, 8],
            ZTS=[12, 24, 36, 48],
            JZWMC=["甲楼", "乙楼", "丙楼", "丁楼"],
            JGRQ=["1985-06-30"] * 4,
            GHYT=["11", "11", "31", "11"],
            FWJG=["砖混"] * 4,
        )
    )
    assert region.names == ("230103001", "230103002", "230103003")
    assert region.buildings[0] == ("230103001 0001", "230103001 0002")
    assert region.sums["area"].tolist() == [3_600, 3_600, 4_800]
    assert region.sums["households"].tolist() == [36, 36, 48]
    assert region.columns["name"] == ("甲楼", "乙楼", "丙楼", "丁楼")
    assert region.columns["built"] == (1985,) * 4
    assert noted(region, "2 buildings have no area in column 'SCJZMJ'", "'YCJZMJ'")
    assert noted(region, "another use than living", "31 1", "only='residential'")


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("建筑面积(万㎡)", [0.12, 0.24, 0.36, 0.48]),
        ("建筑面积（万平方米）", ["0.12", "0.24", "0.36", "0.48"]),  # noqa: RUF001
        ("面积/公顷", [0.12, 0.24, 0.36, 0.48]),
        ("floor_area_ha", [0.12, 0.24, 0.36, 0.48]),
        ("建筑面积(万㎡)", ["1200㎡", "0.24", "3600 m2", "0.48"]),
        ("建筑面积(含阳台)", AREAS),
    ],
)
def test_a_measure_in_the_header_is_minded(header, values):
    assert read(table(**{header: values})).sums["area"].tolist() == AREAS


def test_a_measure_that_no_header_names_stands_behind_the_column():
    given = table(大小=[0.12, 0.24, 0.36, 0.48])
    assert read(given, area="大小[万㎡]").sums["area"].tolist() == AREAS
    assert "'大小' (area) is in 亩" in fault(given, area="大小[亩]")
    for header in ("建筑面积(亩)", "面积_亩", "面积亩"):
        assert "is in 亩, which is no measure" in fault(table(**{header: AREAS}))


def test_where_floor_area_is_missing_it_is_footprint_times_floors():
    region = read(table(floors=[2, 4, 6, 8]))
    assert region.sums["area"].tolist() == AREAS  # 600 m² × floors
    assert noted(region, "Floor area was taken to be footprint × floors")
    some = read(table(id=list("abcd"), 建筑面积=[None, 50, 50, 50], 层数=[2, 4, 6, 8]))
    assert some.sums["area"].tolist() == [1_200, 50, 50, 50]
    assert noted(some, "1 building has no floor area", "(column '层数'): a.")


def test_where_floors_are_missing_too_they_are_asked_for():
    told = fault(table(id=list("abcd"), 建筑面积=[None, 50, 50, 50]))
    assert "missing for 1 building(s): a" in told
    assert "or give a column of floors" in told
    half = table(id=list("abcd"), 建筑面积=[None, 50, None, 50], 层数=[2, 4, None, 8])
    assert "missing for 1 building(s): c" in fault(half)
    bare = table(id=list("abcd"))
    assert "No column of floor area was found, and none of floors" in fault(bare)


def test_ground_area_is_not_taken_for_floor_area():
    ground = table(area=[600.0] * 4, floors=[2, 4, 6, 8])
    region = read(ground)
    assert region.sums["area"].tolist() == AREAS
    assert noted(region, "has the areas of the footprints", "and of floors")
    assert noted(read(ground, area="area"), "which is the ground that buildings cover")


@pytest.mark.parametrize("system", ["EPSG:4326", "EPSG:3857"])
def test_areas_of_shapes_in_no_metres_are_measured_anew(system):
    given = table(floors=[2, 4, 6, 8]).to_crs(system)
    given["area"] = shapely.area(given.geometry.to_numpy())
    region = read(given)
    assert region.sums["area"] == pytest.approx(np.array(AREAS), rel=2e-3)
    assert noted(region, f"as they are drawn in {system}", "measured anew")


def test_areas_too_small_in_any_measure_are_refused():
    told = fault(table(area=[1e-6, 2e-6, 3e-6, 4e-6]))
    assert "under 2.5e-06 m², too little in any measure" in told


def test_points_with_floors_are_asked_for_what_is_missing():
    points = table(floors=[2, 4, 6, 8])
    told = fault(points.set_geometry(points.centroid))
    assert "points have no footprint" in told
    assert "footprint=COLUMN" in told


def test_households_that_are_missing_are_reckoned_unless_asked_for():
    given = table(id=list("abcd"), area=[700] * 4, 户数=[5, None, 7, 8])
    region = read(given)
    assert region.sums["households"].tolist() == [5, 10, 7, 8]
    assert noted(region, "1 building has no number in column '户数'", ": b.")
    assert "it is missing for 1 building(s): b" in fault(given, households="户数")
    assert read(given, households="none").sums["households"].tolist() == [10] * 4


def test_numbers_of_whole_compounds_on_each_building_are_told():
    shapes = table().geometry
    eight = geopandas.GeoDataFrame(
        {"小区": [*"aabbccdd"], "面积": [4_000.0] * 2 + [5_000] * 2 + [6_000] * 4},
        geometry=[*shapes, *shapes.translate(yoff=80)],
        crs=shapes.crs,
    )
    region = read(eight)
    assert noted(region, "'面积' has one number", "in 4 of 4: a 4,000", "area='none'")
    usual = eight.assign(面积=[4_000.0, 4_100] * 4)
    assert not noted(read(usual), "has one number for all buildings")


def test_areas_in_a_refused_measure_are_one_fault():
    shapes = table(**{"建筑面积(亩)": [1.0, 2.0, 3.0, 4.0]})
    told = fault(shapes)
    assert "is in 亩" in told
    assert "faults" not in told


def test_a_use_that_no_building_has_is_one_fault():
    told = fault(table(area=AREAS, GHYT=[11, 11, 12, 31]), only="住宅")
    assert "has no '住宅'. It has 11, 12, 31" in told
    assert "faults" not in told


def test_zeros_alone_are_no_households():
    region = read(table(id=list("abcd"), area=[700] * 4, ZTS=[0] * 4))
    assert region.sums["households"].tolist() == [10] * 4
    assert noted(region, "'ZTS' is called like households", "no numbers above 0")


def test_only_homes_are_read_where_that_is_asked():
    given = table(id=list("abcd"), area=AREAS, 用途=["成套住宅", "商业", None, "学校"])
    region = read(given, only="residential")
    assert region.building_ids == ("a", "c")
    assert noted(region, "2 of 4 buildings were left out", "学校 1", "商业 1")
    assert noted(region, "1 building has no word on living")
    assert read(given, only="商业,学校").building_ids == ("b", "d")
    assert "Did you mean '商业'" in fault(given, only="商业街")
    assert "no column tells the use" in fault(table(area=AREAS), only="residential")


def test_rows_are_called_as_in_the_file_where_others_are_left_out():
    given = table(area=AREAS, residential=["no", "yes", "no", "yes"])
    assert read(given, only="residential").building_ids == ("2", "4")


@pytest.mark.parametrize(
    ("words", "home"),
    [
        (("住宅", "商住楼", "apartments", "House", "12", "111", "集体宿舍"), True),
        (("非住宅", "商业", "office", "31", "锅炉房", "其他"), False),
        (("yes", "", "综合", "甲"), None),
    ],
)
def test_uses_are_told_apart(words, home):
    assert [is_home(word) for word in words] == [home] * len(words)


def test_house_numbers_that_begin_anew_are_told_with_their_compound():
    given = table(area=AREAS, 小区=["甲", "甲", "乙", "乙"], 楼号=[1, 2, 1, 2])
    region = read(given)
    assert region.building_ids == ("甲 1", "甲 2", "乙 1", "乙 2")
    assert noted(region, "numbers buildings anew in each '小区'")
    region = read(table(area=AREAS, 楼号=[1, 2, 1, 2]))
    assert region.building_ids == ("1", "2", "3", "4")
    assert noted(region, "'楼号' does not tell buildings apart")


def test_numbers_that_do_not_tell_buildings_apart_are_named():
    region = read(table(楼栋=["1", "2", "2", None], area=[700] * 4))
    assert region.building_ids == ("1", "2", "3", "4")
    assert noted(region, "'楼栋' does not tell buildings apart (2, empty)")


def test_what_cannot_be_read_is_a_fault_only_where_it_was_asked_for():
    given = table(id=list("abcd"), area=AREAS, fee=["0.5", "面议", "0.6", "0.7"])
    region = read(given)
    assert region.columns["fee"] == (0.5, None, 0.6, 0.7)
    assert noted(region, "was left empty", "b has 面议")
    assert "b has 面议" in fault(given, columns=["fee"])


def test_a_header_can_be_named_for_anything_or_left_out():
    given = table(area=AREAS, fee=1, other=2, floors=3)
    assert read(given, columns={"fee": "other"}).columns["fee"] == (2,) * 4
    assert "floors" not in read(given, columns={"floors": "none"}).columns
    told = fault(given, area="other", columns={"area": "area"})
    assert "name two columns for one thing" in told


def test_a_column_of_words_is_no_floor_area():
    region = read(table(面积=["大", "小", "大", "小"], m2=AREAS))
    assert region.sums["area"].tolist() == AREAS


def test_the_page_has_every_header():
    rows = re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", PAGE.read_text("utf-8"), re.M)
    told = {name: [x for x in names.split(", ") if x] for name, names in rows}
    assert told == {
        role: [name for name in names if name != role]
        for role, names in HEADERS.items()
    }
