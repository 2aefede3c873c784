"""Bids as data, and out of files that people make."""

import warnings
from datetime import datetime
from decimal import Decimal
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest

from zoning.errors import InputError
from zoning.tender.bids import Bid, Bids, Tender
from zoning.tender.read_bids import read_bids

FOUR = Tender(("1", "2", "3", "12"), (1, 1, 1, 1), (9, 9, 9, 9))


def write(tmp_path, text, name="bids.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def read(tmp_path, *rows, head="bidder,lot,price", **more):
    return read_bids(write(tmp_path, "\n".join([head, *rows])), FOUR, **more)


# --- data ----------------------------------------------------------------------------


def test_a_tender_tells_all_its_faults():
    with pytest.raises(InputError) as told:
        Tender(("a", "a"), (1, -1), (5, 0), (None, 0))
    for part in ("2 lots are called 'a'", "area -1", "estimated at 0", "price 0"):
        assert part in str(told.value)
    with pytest.raises(InputError, match="2 lots but 1 areas"):
        Tender(("a", "b"), (1,), (5, 5))
    with pytest.raises(InputError, match="no lots"):
        Tender((), (), ())


def test_a_package_has_the_sums_of_its_lots():
    tender = Tender(("a", "b"), (10, 20), (5, 6), (7, None))
    assert (tender.area_of((0, 1)), tender.estimate_of((0, 1))) == (30, 11)
    assert (tender.reserve_of((0,)), tender.reserve_of((0, 1))) == (7, None)
    assert tender.called((0, 1)) == "lots a + b"


def test_bids_tell_all_their_faults():
    wrong = [
        Bid("", (0,), 5),
        Bid("A", (), 5),
        Bid("A", (1,), 0),
        Bid("A", (2,), 5, -1),
    ]
    twice = [Bid("B", (0, 1), 5), Bid("B", (1, 0), 6)]
    with pytest.raises(InputError) as told:
        Bids((*wrong, *twice), {"A": -3})
    for part in (
        *("bid 1 has no bidder", "bid 2 names no lot", "bid 3 has price 0"),
        *("bid 4 has quality -1", "bid 5 and bid 6 are both of B", "capacity -3"),
    ):
        assert part in str(told.value)


def test_equal_bids_compare_equal():
    assert Bid("A", (1, 0), 5, 80.001) == Bid("A", (0, 1), 5, 80.0)
    assert Bid("A", (0,), 5, 80.55).hundredths == 8_055


# --- files ---------------------------------------------------------------------------


def test_a_plain_file_is_read_in_its_order(tmp_path):
    found = read(
        tmp_path, "B,2,100,80,5000,g", "A,1+2,190,,,", "C,1,1e2,60.5,,",
        head="bidder,lot,price,quality,capacity,group",
    )  # fmt: skip
    assert found.bids == (
        Bid("B", (1,), 100, 80.0, 2),
        Bid("A", (0, 1), 190, None, 3),
        Bid("C", (0,), 100, 60.5, 4),
    )
    assert found.capacity == {"B": 5_000}
    assert found.group_of("B") == found.group_of("g")
    assert found.group_of("A") == "A"


CHINESE = """老旧小区物业服务项目开标一览表,,,,,
投标人,标段,投标报价(万元),质量分,承接能力（万㎡）,关联企业
哈尔滨甲物业有限公司,第1标段,98.5,85,30,无
乙物业（集团）,1、2,"１８８",90,,乙控股
丙物业,二标段,100.12345,70,,乙控股
合计,,,,,
"""  # noqa: RUF001 - as people write it


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_files_are_read(tmp_path, encoding):
    found = read_bids(write(tmp_path, CHINESE, encoding=encoding), FOUR)
    assert [(bid.bidder, bid.lots, bid.price) for bid in found.bids] == [
        ("哈尔滨甲物业有限公司", (0,), 985_000),
        ("乙物业(集团)", (0, 1), 1_880_000),
        ("丙物业", (1,), Decimal("1001234.50")),  # 100.12345 · 10,000
    ]
    assert found.capacity == {"哈尔滨甲物业有限公司": 300_000}
    assert found.group_of("乙物业(集团)") == found.group_of("丙物业")
    assert found.group_of("哈尔滨甲物业有限公司") == "哈尔滨甲物业有限公司"


def test_workbooks_are_read(tmp_path):
    rows = [
        ["Opening of bids", None, None, None],
        ["Bidder", "Lot or package", "Bid price", "Capacity"],
        ["A", 1, 985_000.0, 300_000],
        ["B", "1+12", "1,880,000 元", None],
        ["C", 2.0, np.int64(5), None],
        [None, None, None, None],
    ]
    path = tmp_path / "bids.xlsx"
    pd.DataFrame(rows).to_excel(path, header=False, index=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = read_bids(path, FOUR)
    assert [(bid.lots, bid.price, bid.row) for bid in found.bids] == [
        ((0,), 985_000, 3),
        ((0, 3), 1_880_000, 4),
        ((1,), 5, 5),
    ]


@pytest.mark.parametrize(
    ("text", "lots"),
    [
        ("1，2", (0, 1)),  # noqa: RUF001 - a full-width comma
        *[("1", (0,)), ("01", (0,)), ("lot 1", (0,)), ("Lots 1 & 3", (0, 2))],
        *[("1标段", (0,)), ("标段2", (1,)), ("第十二标段", (3,)), ("三号标段", (2,))],
        *[("12", (3,)), ("1,2", (0, 1)), ("1; 2;3", (0, 1, 2))],
        *[
            ("1/2", (0, 1)),
            ("1 2", (0, 1)),
            ("lot 1 + lot 2", (0, 1)),
            ("1和3", (0, 2)),
        ],
    ],
)
def test_lots_are_understood_as_planners_write_them(tmp_path, text, lots):
    assert read(tmp_path, f'A,"{text}",5').bids[0].lots == lots


def test_lots_with_names_of_several_words_may_be_packaged(tmp_path):
    tender = Tender(("North 1", "South"), (1, 1), (9, 9))
    path = write(tmp_path, "bidder;lot;price\nA;north 1 + South;5\nB;South;4")
    assert [bid.lots for bid in read_bids(path, tender).bids] == [(0, 1), (1,)]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_are_found_out(tmp_path, separator):
    rows = [["bidder", "lot", "price"], ["A", "1+2", "5"]]
    path = write(tmp_path, "\n".join(separator.join(row) for row in rows))
    assert read_bids(path, FOUR).bids == (Bid("A", (0, 1), 5, None, 2),)


def test_all_faults_of_a_file_are_told_at_once(tmp_path):
    with pytest.raises(InputError) as told:
        read(
            tmp_path, "A,7,100,80,9", "A,1,-5,80,9", ",1,100,80,9", "B,1,much,80,9",
            "B,1-3,100,x,9", "C,1,100,80,9", "C,1,110,80,9", "D,2,0,80,5",
            "D,2+2,7,80,6", "E,,,80,9", "F,2,1e12,80,9",
            head="bidder,lot,price,quality,capacity",
        )  # fmt: skip
    message = str(told.value)
    for part in (
        "Row 2 names '7', which is not tendered; lots are 1, 2, 3, 12",
        "Row 3 has price -5; it must not be negative",
        "Row 4 has no bidder",
        "Row 5 has price 'much', which is not a number",
        "Row 6 names '1-3', which may be a package or a range",
        "Row 6 has quality 'x', which is not a number",
        "Row 8 bids for lot 1 as row 7 of C does already",
        "Row 9 has price 0; it must be above 0",
        "Row 10 says D has capacity 6 m², another row 5 m²",
        "Row 10 names a lot twice",
        "Row 11 names no lot",
        "Row 11 has no price",
        "Row 12 has price 1e12, which is beyond all measure",
    ):
        assert part in message
    assert message.count("\n") == 13


def test_missing_columns_are_told_with_what_is_there(tmp_path):
    with pytest.raises(InputError) as told:
        read(tmp_path, "A,1,5", head="bidder,lot,prise")
    assert "no column price" in str(told.value)
    assert "there are bidder, lot, prise. Did you mean 'price'?" in str(told.value)
    with pytest.raises(InputError, match="has no header"):
        read(tmp_path, "1,2", head="x,y")
    with pytest.raises(InputError, match="has no header"):
        read_bids(write(tmp_path, ""), FOUR)
    with pytest.raises(InputError, match="holds no bids below"):
        read(tmp_path)


def test_dates_that_spreadsheets_make_are_told(tmp_path):
    path = tmp_path / "bids.xlsx"
    rows = [["bidder", "lot", "price"], ["A", datetime(2026, 1, 2), 5]]
    pd.DataFrame(rows).to_excel(path, header=False, index=False)
    with pytest.raises(InputError, match="a date: the spreadsheet has changed it"):
        read_bids(path, FOUR)


def test_formulas_without_a_value_and_errors_are_told(tmp_path):
    path = tmp_path / "bids.xlsx"
    rows = [["bidder", "lot", "price"], ["A", 1, "=4+1"], ["=A2", 2, 5], ["B", "=1", 5]]
    rows += [["C", 1, "#REF!"], ["D", 2, 7]]
    pd.DataFrame(rows).to_excel(path, header=False, index=False)
    with pytest.raises(InputError) as told:
        read_bids(path, FOUR)
    for part in (
        "Row 2 has price '=4+1', a formula or an error of the spreadsheet; write",
        "Row 3 has bidder '=A2', a formula",
        "Row 4 has lot '=1', a formula",
        "Row 5 has price '#REF!', a formula or an error",
    ):
        assert part in str(told.value)
    assert "Row 6" not in str(told.value)


def test_what_a_formula_left_empty_is_empty(tmp_path):
    path, made = tmp_path / "made.xlsx", tmp_path / "bids.xlsx"
    rows = [["bidder", "lot", "price", "group"], ["A", 1, 5, '=""'], ["B", 1, 6, '=""']]
    pd.DataFrame(rows).to_excel(made, header=False, index=False)
    with ZipFile(made) as old, ZipFile(path, "w") as new:
        for name in old.namelist():
            text = old.read(name).replace(b'<c r="D2">', b'<c r="D2" t="str">')
            text = text.replace(b'<c r="D3">', b'<c r="D3" t="str">')
            new.writestr(name, text)
    assert not read_bids(path, FOUR).group


def test_text_as_spreadsheets_export_it_is_read(tmp_path):
    text = "bidder\tlot\tprice\n甲\t1.0\t5\n乙\t2.0+3.0\t7\n"
    for encoding in ("utf-16", "utf-8"):
        path = write(tmp_path, text, "bids.txt", encoding)
        assert read_bids(path, FOUR).bids == (
            Bid("甲", (0,), 5, None, 2),
            Bid("乙", (1, 2), 7, None, 3),
        )


@pytest.mark.parametrize("head", ["price,price", "price,Price (yuan)"])
def test_a_column_that_is_there_twice_is_refused(tmp_path, head):
    with pytest.raises(InputError, match="2 columns called price"):
        read(tmp_path, "A,1,5,6", head=f"bidder,lot,{head}")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("bids.xls", b"", "Save the bids as .xlsx or .csv"),
        ("bids.xlsx", b"no zip", "cannot be read"),
        ("bids.csv", b"\xff\xff\xff", "cannot be read"),
    ],
)
def test_files_that_cannot_be_read_are_told(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_bids(tmp_path / name, FOUR)
    with pytest.raises(InputError, match="cannot be read"):
        read_bids(tmp_path / "missing.csv", FOUR)


def test_firms_are_related_through_others_too(tmp_path):
    found = read(
        tmp_path, "A,1,5,x", "B,1,5,x", "C,2,5,", "D,2,5,-",
        head="bidder,lot,price,group", related=[["C", "B"]],
    )  # fmt: skip
    groups = [found.group_of(firm) for firm in "ABCD"]
    assert len(set(groups[:3])) == 1
    assert groups[3] == "D"


def test_a_word_under_a_head_of_ten_thousands_is_told_as_it_stands(tmp_path):
    with pytest.raises(InputError, match="price 'dear', which is not a number"):
        read(tmp_path, "A,1,dear", head="bidder,lot,price (万元)")
    found = read(tmp_path, "A,1,¥ 98", head="bidder,lot,price (万元)")
    assert found.bids[0].price == 980_000


# --- numbers, as people type them ----------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "prices"),
    [
        (("380000,50", "379999,90"), ("380000.50", "379999.90")),
        (("380.000,50", "385.000"), ("380000.50", "385000")),
        (('"380,000.50"', '"385,000"'), ("380000.50", "385000")),
        (("380 000", "¥ 379 999.5"), ("380000", "379999.50")),
    ],
)
def test_prices_keep_their_fen_whatever_marks_they_have(tmp_path, cells, prices):
    rows = [f"F{i};1;{cell}" for i, cell in enumerate(cells)]
    found = read(tmp_path, *rows, head="bidder;lot;price")
    assert [bid.price for bid in found.bids] == [Decimal(price) for price in prices]


def test_prices_that_may_be_two_are_refused_by_row(tmp_path):
    with pytest.raises(InputError) as told:
        read(tmp_path, "A;1;380.000", "B;1;3,79,999", head="bidder;lot;price")
    assert "Row 2 has price '380.000', which may be 380 or 380000" in str(told.value)
    assert "Row 3 has price '3,79,999', in which commas" in str(told.value)


@pytest.mark.parametrize("cell", ["(380000)", "380000-", "¥(380,000.50)", "380000元-"])
def test_a_ledgers_sign_of_less_than_nothing_is_refused(tmp_path, cell):
    with pytest.raises(InputError, match=r"Row 2 has price .* may be below 0"):
        read(tmp_path, f"A;1;{cell}", head="bidder;lot;price")


@pytest.mark.parametrize(
    ("above", "head", "price"),
    [
        ("单位:万元", "bidder;lot;price", 240_000),
        ("某区2026年物业招标(报价单位:元/月)", "bidder;lot;price", 288),
        ("Prices in thousand yuan", "bidder;lot;price(yuan)", 24_000),
        ("单位:元", "bidder;lot;price", 24),
        ("单位:万元", "bidder;lot;price(万元)", 240_000),
        ("建设单位:某区住建局", "bidder;lot;price", 24),
    ],
)
def test_a_measure_above_the_table_counts(tmp_path, above, head, price):
    text = f"{above};;\n{head}\nA;1;24"
    (bid,) = read_bids(write(tmp_path, text), FOUR).bids
    assert bid.price == price


@pytest.mark.parametrize(
    ("above", "head"), [("单位:万元", "price(元/月)"), ("单位:港币", "price")]
)
def test_a_measure_above_the_table_that_is_in_doubt_is_refused(tmp_path, above, head):
    with pytest.raises(InputError, match=f"'{above[:2]}.*' above the table"):
        read_bids(write(tmp_path, f"{above};;\nbidder;lot;{head}\nA;1;24"), FOUR)


@pytest.mark.parametrize("words", ["万元", "k yuan", "元/月", "per month"])
def test_a_measure_in_a_column_of_its_own_is_refused(tmp_path, words):
    with pytest.raises(InputError, match=f"Column 'unit' tells a measure, '{words}'"):
        read(tmp_path, f"A,1,24,{words}", head="bidder,lot,price,unit")
    assert read(tmp_path, "A,1,24,元", head="bidder,lot,price,unit").bids


@pytest.mark.parametrize("row", ["A,1,380,000", "A,1,380000,50", "A,1,2,5"])
def test_a_comma_that_parts_a_number_into_cells_is_told(tmp_path, row):
    with pytest.raises(InputError, match="Row 2 has more cells than there are heads"):
        read(tmp_path, row)


@pytest.mark.parametrize("column", ["price", "quality", "capacity", "lot"])
@pytest.mark.parametrize("figure", ["1e999999999", "1e-999999999", "9" * 9_999, "nan"])
def test_no_figure_is_too_much_for_any_cell(tmp_path, column, figure):
    row = {"bidder": "A", "lot": "1", "price": "5", "quality": "5", "capacity": "5"}
    row[column] = figure
    with pytest.raises(InputError, match="Row 2 ") as told:
        read(tmp_path, ",".join(row.values()), head=",".join(row))
    assert len(str(told.value)) < 400


def test_a_capacity_is_not_rounded_up(tmp_path):
    found = read(tmp_path, "A,1,5,149.6", head="bidder,lot,price,capacity")
    assert found.capacity == {"A": 149}
    acres = read(tmp_path, "A,1,5,15", head="bidder,lot,price,capacity (公顷)")
    assert acres.capacity == {"A": 150_000}
    with pytest.raises(InputError, match="tells a measure that is not known, '亩'"):
        read(tmp_path, "A,1,5,15", head="bidder,lot,price,capacity (亩)")


def test_the_best_name_is_read_and_the_other_told(tmp_path):
    found = read(tmp_path, "7,A,1,5", head="bid,bidder,lots,price")
    assert found.bids[0].price == 5
    assert found.notes == ("Column 'bid' was left alone; 'price' was read.",)


def test_names_hold_nothing_that_a_screen_would_obey(tmp_path):
    with pytest.raises(InputError, match=r"Row 2 has bidder '\\x1b\[31mA', which hold"):
        read(tmp_path, "\x1b[31mA,1,5")
    # turns of direction and blanks without width are no part of a name
    assert read(tmp_path, "\u202eA\u200b,1,5").bids[0].bidder == "A"
    with pytest.raises(InputError, match=r"bid 1 has bidder 'A.u202e', which"):
        Bids((Bid("A\u202e", (0,), 5),))
    with pytest.raises(InputError, match="a lot is called"):
        Tender(("1\n",), (1,), (5,))


# --- encodings -----------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        *[("utf-8", "\ufeff"), ("gb18030", ""), ("gb18030", "\ufeff"), ("gbk", "")],
        *[(f"utf-16-{end}", mark) for end in ("le", "be") for mark in ("", "\ufeff")],
    ],
)
def test_every_usual_encoding_is_read(tmp_path, encoding, mark, separator):
    rows = [["投标人", "标段", "报价"], ["甲公司", "第1标段", "380000.5"]]
    text = mark + "\r\n".join(separator.join(row) for row in rows)
    found = read_bids(write(tmp_path, text, encoding=encoding), FOUR)
    assert found.bids == (Bid("甲公司", (0,), Decimal("380000.5"), None, 2),)
    assert any("GB18030" in note for note in found.notes) == encoding.startswith("gb")


@pytest.mark.parametrize("word", ["", "-", "无", "N/A", "未知", "?", "否", "0", "(无)"])
def test_firms_with_no_group_are_not_related(tmp_path, word):
    found = read(
        tmp_path, f"A,1,5,{word}", f"B,1,6,{word}", head="bidder,lot,price,group"
    )
    assert (found.group_of("A"), found.group_of("B")) == ("A", "B")


def test_a_price_beyond_all_measure_is_told_so():
    with pytest.raises(InputError, match="above 0, and at most 10,000,000,000"):
        Bids((Bid("A", (0,), 10**10 + 1),))
