"""A list joined to shapes by an id, however it is written in either."""

import geopandas
import openpyxl
import pandas as pd
import pytest
import shapely

import zoning
from zoning.cli import main
from zoning.errors import InputError

LIST = pd.DataFrame(
    {
        "楼栋编号": ["1号楼", "2号楼", "3号楼", "4号楼"],
        "小区名称": ["七政", "七政", "通达", "通达"],
        "建筑面积": [1200, 1500, 900, 1100],
        "户数": [20, 24, 15, 18],
    }
)


def shapes(ids=("1", "2", "3", "4"), **columns):
    """Footprints in a row, a building each."""
    east, north = 42_469_000, 5_060_000
    boxes = [
        shapely.box(east + 30 * i, north, east + 30 * i + 20, north + 12)
        for i in range(len(ids))
    ]
    frame = {"ZRZH": ids, **columns}
    return geopandas.GeoDataFrame(frame, geometry=boxes, crs="EPSG:4530")


def fault(*given, **asked):
    with pytest.raises(InputError) as caught:
        zoning.read(*given, **asked)
    return str(caught.value)


def told(region):
    return "\n".join(region.notes)


def with_ids(ids):
    return LIST.assign(楼栋编号=ids)


@pytest.mark.parametrize(
    ("mine", "theirs", "seen"),
    [
        (["b1", "b2", "b3", "b4"], ["b4", "b3", "b2", "b1"], "4 of 4"),
        (["007", "008", "009", "010"], [7, 8, 9, 10], "007 is 7"),
        (["1", "2", "3", "4"], ["1", " 2", "\uff13", "4"], "two ways: 3 is \uff13"),
        (["1", "2", "3", "4"], ["1号楼", "2栋", "03#", "No. 4"], "1 is 1号楼"),
        (["1栋1号", "1栋2号", "2", "3"], ["1-1", "1-2", "2", "3"], "1栋1号 is 1-1"),
    ],
)
def test_ids_match_however_they_are_written(mine, theirs, seen):
    region = zoning.read(
        shapes(mine), join=with_ids(theirs), on=("ZRZH", "楼栋编号"), unit="none"
    )
    area = [1100, 900, 1500, 1200] if theirs[0] == "b4" else [1200, 1500, 900, 1100]
    assert region.sums["area"].tolist() == area
    assert seen in told(region)


def test_columns_that_match_are_found():
    region = zoning.read(shapes(FLOOR=[1, 2, 3, 4]), join=LIST)
    assert region.names == ("七政", "通达")
    assert "joined by 'ZRZH' of the shapes and '楼栋编号' of the list, whose" in told(
        region
    )


def test_the_column_of_the_other_side_is_found_where_one_is_named():
    region = zoning.read(shapes(), join=LIST, on="楼栋编号")
    assert region.sums["households"].tolist() == [44, 33]


def test_running_numbers_are_not_taken_for_ids():
    numbered = LIST.rename(columns={"楼栋编号": "序号"}).assign(序号=[1, 2, 3, 4])
    seen = fault(shapes(), join=numbered)
    assert "Running numbers alone match" in seen
    assert "--on SHAPES=LIST" in seen
    region = zoning.read(shapes(), join=numbered, on=("ZRZH", "序号"))
    assert region.sums["area"].tolist() == [2700, 2000]


def test_very_many_columns_are_joined_without_a_word_of_pandas():
    wide = pd.DataFrame({f"c{i}": i for i in range(300)}, index=LIST.index)
    many = pd.concat([LIST, wide], axis=1)  # warnings are errors here
    region = zoning.read(shapes(层数=6), join=many, columns=["c299"])
    assert set(region.columns["c299"]) == {299}


def test_what_has_no_partner_is_told_with_ids_and_rows():
    extra = pd.concat([LIST, LIST.tail(1).assign(楼栋编号="99号楼")])
    region = zoning.read(
        shapes(["1", "2", "3", "4", "77"], 层数=6, 建筑面积=500), join=extra
    )
    assert "1 shape(s) have no row in the list: 77" in told(region)
    assert (
        "1 row(s) of the list have no shape and were left out: 99号楼 (row 5)"
        in told(region)
    )
    assert "both have 建筑面积; what the list says counts" in told(region)
    assert sorted(region.sums["area"].tolist()) == [500, 2000, 2700]


def test_a_shape_without_a_row_is_a_fault_only_if_it_lacks_what_is_asked():
    seen = fault(shapes(["1", "2", "3", "77"]), join=LIST)
    assert "77" in seen
    assert "shape(s) have no row in the list: 77" in seen


def test_wrong_lists_are_told_at_once(tmp_path):
    doubled = with_ids(["1号楼", "2号楼", "2号楼", "4号楼"])
    seen = fault(shapes(), join=doubled)
    assert "stand in several rows: 2号楼 (rows 2, 3)" in seen
    seen = fault(shapes(), join=with_ids(["1栋", "1号楼", "3", "4"]), on="楼栋编号")
    assert "1 of the shapes, 1栋 and 1号楼 of the list" in seen
    seen = fault(shapes(), join=with_ids(["a", "b", "c", "d"]))
    assert "no column of it has the ids" in seen
    assert "楼栋编号 (a, b)" in seen and "ZRZH (1, 2)" in seen
    seen = fault(shapes(), join=with_ids(list("abcd")), on=("ZRZH", "楼栋编号"))
    assert "the shapes have 1, 2, 3, 4, the list a, b, c, d" in seen
    seen = fault(shapes(), join=LIST, on=("ZRZ", "编号"))
    assert "no column 'ZRZ' (of the shapes). Did you mean 'ZRZH'?" in seen
    assert "no column '编号' (of the list)" in seen
    assert "no list: give join= too" in fault(shapes(), on="ZRZH", area="ZRZH")
    assert "no list that can be joined" in fault(shapes(), join=tmp_path / "a.gpkg")


def test_a_row_for_several_shapes_counts_once_or_not_at_all():
    twice = shapes(["1", "1", "2", "3"])
    seen = fault(twice, join=LIST, on=("ZRZH", "楼栋编号"))
    assert (
        "belong to several shapes each (1号楼), and 建筑面积, 户数 would count" in seen
    )
    names = LIST[["楼栋编号", "小区名称"]]
    region = zoning.read(
        twice.assign(m2=100, n=[1, 2, 3, 4]),
        join=names,
        on=("ZRZH", "楼栋编号"),
        id="n",
        area="m2",
    )
    assert region.sums["area"].tolist() == [300, 100]


def test_the_command_joins_a_list_of_an_office(tmp_path, capsys):
    book = openpyxl.Workbook()
    for row in (["一览表"], [*LIST.columns], *LIST.values.tolist()):
        book.active.append(row)
    book.active.append([*LIST.iloc[0]])
    book.save(tmp_path / "list.xlsx")
    shapes().to_file(tmp_path / "shapes.gpkg")
    command = ["plan", str(tmp_path / "shapes.gpkg"), "--on", "ZRZH=楼栋编号"]
    command += ["--join", str(tmp_path / "list.xlsx"), "--out", str(tmp_path / "plan")]
    with pytest.raises(SystemExit):
        main(command)
    seen = " ".join("".join(capsys.readouterr()).split())
    assert "column '楼栋编号' that stand in several rows: 1号楼 (rows 3, 7)" in seen


def test_a_list_without_coordinates_says_to_join_it(tmp_path):
    path = tmp_path / "list.csv"
    LIST.to_csv(path, index=False)
    assert "this list by --join (join=)" in fault(path)


@pytest.mark.parametrize("address", ["http://x.y/z.xlsx", "/vsicurl/http://x/y.csv"])
def test_a_list_at_an_address_is_refused(address):
    shapes = geopandas.GeoDataFrame(
        {"id": ["a", "b"], "area": [1, 2]},
        geometry=geopandas.points_from_xy([0, 50], [0, 0]),
        crs="EPSG:32652",
    )
    with pytest.raises(InputError, match="it is an address, and nothing is fetched"):
        zoning.read(shapes, join=address)
