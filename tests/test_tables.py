"""Tables of buildings as offices keep them: read as they are meant, all of it told."""

from datetime import date

import openpyxl
import pandas as pd
import pytest
import xlwt

import zoning
from zoning.errors import InputError
from zoning.reading.rows import rows_of
from zoning.reading.tables import read_table
from zoning.text.issues import Issues

HEADS = ["楼栋编号", "小区", "建筑面积", "户数", "经度", "纬度"]
ROWS = [
    ["B1", "七政", 1200, 20, 126.60, 45.70],
    ["B2", "七政", 1500, 24, 126.601, 45.70],
    ["B3", "通达", 900, 15, 126.60, 45.701],
    ["B4", "通达", 1100, 18, 126.601, 45.701],
]


def saved(path, rows, *, merged=(), change=None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merged:
        book.active.merge_cells(cells)
    if change is not None:
        change(book.active)
    book.save(path)
    return path


def table(path, sheet=""):
    """The table of a file, and the notes on it."""
    log = Issues()
    frame = read_table(path, sheet, log)
    log.raise_faults()
    return frame, "\n".join(log.notes)


def fault(path, **asked):
    with pytest.raises(InputError) as caught:
        zoning.read(path, **asked)
    return str(caught.value)


def office_list(tmp_path, *, total=198):
    """A title, a measure, heads of two rows, merged compounds, totals and notes."""
    rows = [
        ["某街道老旧小区楼栋一览表"],
        ["单位:万㎡", None, None, None, None, None, "填表日期:2026年6月"],
        [
            "序号",
            "小区名称",
            "楼栋编号",
            "住宅",
            None,
            "层数",
            "坐标",
            None,
            "竣工时间",
        ],
        [None, None, None, "面积", "户数", None, "经度", "纬度", None],
    ]
    merged = ["A1:I1", "A3:A4", "B3:B4", "C3:C4", "D3:E3", "F3:F4", "G3:H3", "I3:I4"]
    for n in range(12):
        if n % 3 == 0:
            merged.append(f"B{5 + n}:B{7 + n}")
        rows.append(
            [
                *(n + 1, f"小区{n // 3}" if n % 3 == 0 else None, f"{n + 1}号楼"),
                *(0.1 + n / 100, 11 + n, 6),
                *(126.6 + n // 3 / 1000, 45.7 + n % 3 / 2000, date(1985, 1, 1 + n)),
            ]
        )
    rows += [
        ["合计", None, None, 1.86, total],
        ["注:面积以产权证为准"],
        ["填表人:", "张某", None, "审核:"],
    ]
    return saved(tmp_path / "list.xlsx", rows, merged=merged)


def test_an_office_list_is_read_with_no_option(tmp_path):
    region = zoning.read(office_list(tmp_path))
    assert region.names == ("小区0", "小区1", "小区2", "小区3")
    assert region.buildings[0] == ("1号楼", "2号楼", "3号楼")
    # 0.10 + 0.11 + 0.12 of 10,000 m², and 11 + 12 + 13 households
    assert region.sums["area"].tolist() == [3300, 4200, 5100, 6000]
    assert region.sums["households"].tolist() == [36, 45, 54, 63]
    assert region.columns["built"][0] == 1985


def test_what_was_made_of_an_office_list_is_told(tmp_path):
    told = "\n".join(zoning.read(office_list(tmp_path)).notes)
    assert "the heads are those of rows 3 to 4" in told
    assert "'某街道老旧小区楼栋一览表', '单位:万㎡'" in told
    assert "says 万㎡; so heads are 住宅 面积(万㎡)" in told
    assert "filled down in column B (小区名称): rows 5 to 7, rows 8 to 10" in told
    assert "totals of other rows: row 17 (合计 1.86 198)" in told
    assert "2 total(s) agree" in told
    assert "row 18 (注:面积以产权证为准), row 19 (填表人: 张某 审核:)" in told


def test_totals_that_are_wrong_are_told(tmp_path):
    told = "\n".join(zoning.read(office_list(tmp_path, total=199)).notes)
    assert "row 17, column E (住宅 户数) says 199, the rows come to 198" in told
    assert "1 total(s) agree" in told


@pytest.mark.parametrize("name", ["小计", "合 计", "总计:", "Total", "七政小计"])
def test_subtotals_are_left_out_and_agree_with_their_block(tmp_path, name):
    rows = [HEADS, *ROWS[:2], [name, None, 2700, 44], *ROWS[2:], [name, None, 2000, 33]]
    frame, told = table(saved(tmp_path / "a.xlsx", rows))
    assert frame["楼栋编号"].tolist() == ["B1", "B2", "B3", "B4"]
    assert rows_of(frame) == [2, 3, 5, 6]
    assert "row 4" in told and "4 total(s) agree" in told


def test_a_total_below_a_subtotal_is_held_against_all_rows_alone(tmp_path):
    rows = [HEADS, *ROWS, ["小计", None, 4700, 77], ["合计", None, 4800, 77]]
    _, told = table(saved(tmp_path / "a.xlsx", rows))
    assert "says 4,800, the rows come to 4,700. The rows" in told


def test_a_row_of_sums_needs_no_name(tmp_path):
    frame, told = table(
        saved(tmp_path / "a.xlsx", [HEADS, *ROWS, [None, None, 4700, 77]])
    )
    assert len(frame) == 4
    assert "totals of other rows: row 6 (4700 77)" in told


def test_a_building_without_words_is_no_total(tmp_path):
    last = [None, None, 1000, 7, 126.6, 45.7]
    frame, _ = table(saved(tmp_path / "a.xlsx", [HEADS, *ROWS, last]))
    assert len(frame) == 5


def test_headings_and_repeated_heads_are_told(tmp_path):
    rows = [HEADS, ["一、七政街道"], *ROWS[:2], HEADS, *ROWS[2:]]
    frame, told = table(saved(tmp_path / "a.xlsx", rows, merged=["A2:F2"]))
    assert frame["楼栋编号"].tolist() == ["B1", "B2", "B3", "B4"]
    assert "headings of what follows: row 2 (一、七政街道)" in told
    assert "the heads again: row 5" in told


def test_a_text_file_has_heads_of_two_rows_as_well(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(
        "登记表,,,,\n楼栋编号,小区,住宅,,层数\n,,面积,户数,\n007,七政,1200.50,20,6\n"
        "008,七政,900,15,6\n".encode("gbk")
    )
    frame, told = table(path)
    assert frame.columns.tolist() == [
        "楼栋编号",
        "小区",
        "住宅 面积",
        "住宅 户数",
        "层数",
    ]
    assert frame["楼栋编号"].tolist() == ["007", "008"]
    assert frame["住宅 面积"].tolist() == [1200.5, 900]
    assert "read as GB18030" in told and "rows 2 to 3" in told


def test_numbers_of_columns_and_a_row_of_measures_are_heads(tmp_path):
    rows = [HEADS, [None, None, "(㎡)", "(户)"], [1, 2, 3, 4, 5, 6], *ROWS]
    frame, _ = table(saved(tmp_path / "a.xlsx", rows))
    assert frame.columns[2:4].tolist() == ["建筑面积(㎡)", "户数(户)"]
    assert rows_of(frame) == [4, 5, 6, 7]


def test_empty_rows_and_columns_are_left_out(tmp_path):
    rows = [[], [], [None, *HEADS], [], *([None, *row] for row in ROWS)]
    frame, _ = table(saved(tmp_path / "a.xlsx", rows))
    assert frame.columns.tolist() == HEADS
    assert rows_of(frame) == [5, 6, 7, 8]


def test_columns_without_a_head_and_with_the_same_are_kept(tmp_path):
    rows = [[*HEADS, "备注", "备注"], *([*row, "a", "b", "c"] for row in ROWS)]
    frame, told = table(saved(tmp_path / "a.xlsx", rows))
    assert frame.columns[6:].tolist() == ["备注", "备注 (column H)", "column I"]
    assert "without a head are column I" in told
    assert "stand twice are called 备注 (column H)" in told


def test_the_sheet_of_buildings_is_found_and_others_can_be_asked_for(tmp_path):
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.active.append(["项目", "说明文字"])
    for name in ("楼栋", "楼栋二"):
        for row in [HEADS, *(ROWS if name == "楼栋" else ROWS[:3])]:
            (book[name] if name in book else book.create_sheet(name)).append(row)
    book.save(path)
    frame, told = table(path)
    assert len(frame) == 4
    assert "has sheets 说明, 楼栋, 楼栋二; 楼栋 was read" in told
    assert "Of the same heads and not read: 楼栋二." in told
    assert len(zoning.read(f"{path}|layername=楼栋二")) == 2
    assert "no sheet '楼洞'. Its sheets are 说明, 楼栋" in fault(
        f"{path}|layername=楼洞"
    )


def test_errors_formulas_hidden_and_days_are_told_with_row_and_column(tmp_path):
    def change(sheet):
        sheet["G2"], sheet["G3"] = "=A1+1", "#REF!"
        sheet["A4"] = date(2026, 3, 1)
        sheet.row_dimensions[5].hidden = True
        sheet.column_dimensions["D"].hidden = True

    path = saved(tmp_path / "a.xlsx", [[*HEADS, "层数"], *ROWS], change=change)
    frame, told = table(path)
    assert "column G (层数) has errors" in told
    assert "row 2 (=A1+1), row 3 (#REF!)" in told
    assert "column A (楼栋编号) has days among other words: row 4 (2026-03-01)" in told
    assert "hidden rows were read like others: 5" in told
    assert "hidden columns were read like others: D (户数)" in told
    assert frame["层数"].isna().all()


def test_one_number_for_several_buildings_is_a_fault(tmp_path):
    path = saved(tmp_path / "a.xlsx", [HEADS, *ROWS], merged=["C2:C3"])
    told = fault(path)
    assert "rows 2 to 3, column C (建筑面积) have 1200 together" in told


def test_every_fault_of_a_list_is_told_at_once(tmp_path):
    rows = [
        ["一览表"],
        HEADS,
        *ROWS,
        ["B5", "通达", -3, 5, 126.602, 45.70],
        ["B6", "通达", "很大", 5, 126.602, 45.701],
        ["B7", "通达", 800, 5, None, 45.702],
        ["B8", "通达", 800, 5, "东边", 45.702],
    ]
    told = fault(saved(tmp_path / "a.xlsx", rows))
    assert "negative for 1 building(s): B5 has -3" in told
    assert "not a number for 1 building(s): B6 has 很大" in told
    assert "rows that hold no coordinates in '经度' and '纬度'" in told
    assert "row 9 has '45.702', row 10 has '东边 45.702'" in told
    assert "no place" not in told  # their rows are told already


@pytest.mark.parametrize(
    ("columns", "values"),
    [
        (("lon", "lat"), [(126.60, 45.70), (126.61, 45.70), (126.60, 45.71)]),
        (("lng", "lat"), [("126°36'E", "45°42'0\"N"), (126.61, 45.7), (126.6, 45.71)]),
        (
            ("经纬度 经度", "经纬度 纬度"),
            [(126.6, 45.7), (126.61, 45.7), (126.6, 45.71)],
        ),
        (("纬度", "经度"), [(45.70, 126.60), (45.70, 126.61), (45.71, 126.60)]),
        (("经度", "纬度"), [(45.70, 126.60), (45.70, 126.61), (45.71, 126.60)]),
        (("经纬度",), [("126.60,45.70",), ("126.61 45.70",), ("(126.60;45.71)",)]),
        (("坐标",), [("45.70,126.60",), ("45.70,126.61",), ("45.71,126.60",)]),
        (
            ("WKT",),
            [
                ("POINT (126.6 45.7)",),
                ("POINT(126.61 45.7)",),
                ("POINT (126.6 45.71)",),
            ],
        ),
        (("x", "y"), [(126.60, 45.70), (126.61, 45.70), (126.60, 45.71)]),
    ],
)
def test_degrees_are_found_in_columns_of_any_name(tmp_path, columns, values):
    rows = [["id", "area", *columns], *([i, 100, *xy] for i, xy in enumerate(values))]
    region = zoning.read(saved(tmp_path / "a.xlsx", rows))
    where = region.source.frame.to_crs("EPSG:4326").geometry
    assert [(round(p.x, 4), round(p.y, 4)) for p in where] == [
        (126.6, 45.7),
        (126.61, 45.7),
        (126.6, 45.71),
    ]


@pytest.mark.parametrize(
    ("columns", "turned", "values"),
    [
        (("东坐标", "北坐标"), "", [(469000, 5060000), (469100, 5060000)]),
        (("X坐标", "Y坐标"), "turned", [(5060000, 469000), (5060000, 469100)]),
        (("X坐标", "Y坐标"), "", [(469000, 5060000), (469100, 5060000)]),
        (("纵坐标", "横坐标"), "", [(5060000, 469000), (5060000, 469100)]),
        (("x", "y"), "the first to the east", [(1200, 800), (1300, 800)]),
        (("easting", "northing"), "", [("469,000", "5,060,000"), (469100, 5060000)]),
    ],
)
def test_metres_are_found_whichever_is_the_northing(tmp_path, columns, turned, values):
    rows = [["id", "area", *columns], *([i, 100, *xy] for i, xy in enumerate(values))]
    region = zoning.read(saved(tmp_path / "a.xlsx", rows))
    first, second = region.source.frame.geometry
    assert (second.x - first.x, second.y - first.y) == (100, 0)
    assert turned in next(n for n in region.notes if "places were read" in n)


def test_eastings_keep_the_number_of_their_zone(tmp_path):
    rows = [["id", "area", "东坐标", "北坐标"], [1, 9, 42469000, 5060000]]
    path = saved(tmp_path / "a.xlsx", [*rows, [2, 9, 42469100, 5060000]])
    region = zoning.read(path, crs="EPSG:4530")
    assert region.source.crs == "EPSG:4530"


def test_a_plain_table_of_pandas_needs_coordinates_only():
    frame = pd.DataFrame(ROWS, columns=HEADS)
    assert zoning.read(frame).names == ("七政", "通达")
    told = fault(frame.drop(columns=["经度", "纬度"]))
    assert "has no coordinates; its columns are 楼栋编号, 小区" in told
    assert "--join" in told


def test_a_list_with_wrong_name_or_content_is_refused_in_words(tmp_path):
    page = tmp_path / "page.xls"
    page.write_text("<html><table></table></html>")
    assert "web page" in fault(page)
    empty = saved(tmp_path / "empty.xlsx", [])
    assert "is empty" in fault(empty)
    numbers = saved(tmp_path / "numbers.xlsx", [[1, 2, 3], [4, 5, 6]])
    assert "has no row of heads" in fault(numbers)
    broken = tmp_path / "broken.xls"
    broken.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600)
    assert "cannot be read" in fault(broken)


def test_a_text_file_called_xls_is_read_as_such(tmp_path):
    path = tmp_path / "export.xls"
    lines = ["\t".join(map(str, row)) for row in (HEADS, *ROWS)]
    path.write_text("\n".join(lines), "utf-16")
    assert zoning.read(path).names == ("七政", "通达")


def test_workbooks_of_old_programs_are_read(tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("楼栋")
    for row, cells in enumerate([HEADS, *ROWS]):
        for column, cell in enumerate(cells):
            if (row, column) not in ((1, 1), (2, 1)):
                sheet.write(row, column, cell)
    sheet.write_merge(1, 2, 1, 1, "七政")
    for name in ("a.xls", "a.et", "renamed.xlsx"):
        book.save(str(tmp_path / name))
        frame, told = table(tmp_path / name)
        assert frame["小区"].tolist() == ["七政", "七政", "通达", "通达"]
        assert frame["户数"].tolist() == [20, 24, 15, 18]
        assert "errors such as #REF!" in told and "rows 2 to 3" in told


def test_an_old_workbook_without_end_is_refused(tmp_path):
    path = tmp_path / "a.xls"
    book = xlwt.Workbook()
    book.add_sheet("a").write(0, 0, "x")
    book.save(str(path))
    content = bytearray(path.read_bytes())
    directory, table_at = (
        int.from_bytes(content[i : i + 4], "little") for i in (48, 76)
    )
    entry = (table_at + 1) * 512 + 4 * directory  # what follows the directory: itself
    content[entry : entry + 4] = directory.to_bytes(4, "little")
    path.write_bytes(content)
    assert "it is damaged, or no such file as its name says" in fault(path)


def test_codes_in_text_stay_as_they_are_typed(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('编号,楼号,面积\n3.1,="007",1\n3.10,="008",2\n')
    frame, _ = table(path)
    assert frame["编号"].tolist() == ["3.1", "3.10"]
    assert frame["楼号"].tolist() == ["007", "008"]
    assert frame["面积"].tolist() == [1, 2]
