"""Facts about buildings: kept beside them, called by other names, read with care."""

import datetime

import geopandas
import numpy as np
import pytest
import shapely

from zoning.errors import InputError
from zoning.read import read
from zoning.reading.headers import HEADERS
from zoning.reading.roles import FACTS

X, Y = 315_000.0, 5_067_000.0


def frame(**columns):
    """Four points in a row; a and c are one yard, b another, d stands alone."""
    table = {
        "id": ["a", "b", "c", "d"],
        "m2": [700.5, 1400, 2100, 2800],
        "yard": ["y", "x", "y", None],
        **columns,
    }
    points = shapely.points([(X + 50 * i, Y) for i in range(4)])
    return geopandas.GeoDataFrame(table, geometry=points, crs="EPSG:32652")


def kept(name, values, **options):
    region = read(frame(**{name: values}), area="m2", columns=[name], **options)
    return region.columns[name]


def as_rate(*values):
    """A column `rate` as it is kept, and whether a note tells of percentages."""
    region = read(frame(rate=values), area="m2", columns=["rate"])
    noted = any("'rate' holds percentages" in note for note in region.notes)
    return region.columns["rate"], noted


def fault(table, *columns):
    with pytest.raises(InputError) as caught:
        read(table, area="m2", columns=columns)
    return str(caught.value)


def test_values_stand_in_the_order_of_the_buildings_not_of_the_rows():
    region = read(
        frame(gate=["1", "2", "3", "4"]), area="m2", unit="yard", columns=["gate"]
    )
    assert region.building_ids == ("a", "c", "b", "d")
    assert region.columns["gate"] == ("1", "3", "2", "4")


def test_floor_area_is_always_kept_unrounded():
    region = read(frame(), area="m2", unit="yard")
    assert dict(region.columns) == {"area": (700.5, 2100, 1400, 2800)}
    assert read(frame(area=9), area="m2", columns=["area"]).columns["area"][0] == 700.5


def test_what_is_summed_can_be_kept_too():
    table = frame(flats=["10", "20", "30", "40"])
    region = read(table, area="m2", households="flats", columns=["households", "flats"])
    assert region.columns["households"] == (10, 20, 30, 40)
    assert region.columns["flats"] == ("10", "20", "30", "40")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([1, 2, 3, 4], (1, 2, 3, 4)),
        ([1, np.nan, 2.5, 3], (1, None, 2.5, 3)),
        (["x ", None, " ", "03"], ("x", None, None, "03")),
        ([True, False, True, False], (1, 0, 1, 0)),
        ([datetime.date(2026, 6, 30), None, None, None], ("2026-06-30", *[None] * 3)),
    ],
    ids=["whole", "gaps", "words", "yes or no", "dates"],
)
def test_numbers_words_and_dates_are_kept_as_such(given, expected):
    found = kept("some", given)
    assert found == expected
    assert list(map(type, found)) == list(map(type, expected))


def test_dates_come_out_of_files_as_they_went_in(tmp_path):
    table = frame(contract_end=["2026-06-30", None, "2027-01-01", None])
    for name in ("b.geojson", "b.gpkg"):
        table.to_file(tmp_path / name)
        region = read(tmp_path / name, area="m2", columns="contract_end")
        expected = ("2026-06-30", None, "2027-01-01", None)
        assert region.columns["contract_end"] == expected, name


def test_an_unknown_column_gets_the_nearest_name():
    told = fault(frame(fee=0.5), "feee", "nothing")
    assert "2 faults" in told
    assert "no column 'feee' (columns). Did you mean 'fee'?" in told
    assert "no column 'nothing' (columns). The columns are id, m2, yard, fee" in told


@pytest.mark.parametrize(
    ("name", "alias"),
    [
        (name, alias)
        for name in (*FACTS, "pin", "previous", "contract_end", "incumbent")
        for alias in HEADERS[name]
    ],
)
def test_headers_of_a_street_office_are_understood(name, alias):
    value = 1990 if name == "built" else 1
    region = read(frame(**{alias: value}), area="m2", columns=[name])
    assert region.columns[name] == (value,) * 4
    if alias != name:
        found = next(note for note in region.notes if "by their headers" in note)
        assert f"{name} = {alias}" in found


def test_a_unit_in_the_header_is_no_part_of_the_name():
    table = frame(**{"物业费\uff08元/㎡·月\uff09": [0.5, 0.6, 0.5, 0.4]})
    region = read(table, area="m2", columns=["fee"])
    assert region.columns["fee"] == (0.5, 0.6, 0.5, 0.4)


def test_names_a_shapefile_cuts_off_are_understood(tmp_path):
    frame(contract_e="later", subdistric="A").to_file(tmp_path / "b.shp")
    names = ["contract_end", "subdistrict"]
    region = read(tmp_path / "b.shp", area="m2", columns=names)
    assert region.columns["contract_end"] == ("later",) * 4
    assert region.columns["subdistrict"] == ("A",) * 4


def test_a_column_of_the_very_name_wins_without_a_note():
    region = read(frame(fee=1, 物业费=2), area="m2", columns=["fee"])
    assert region.columns["fee"] == (1, 1, 1, 1)
    assert not any("was taken" in note for note in region.notes)


def test_of_two_headers_one_is_read_and_the_other_told():
    region = read(frame(竣工时间=1990, 建成年份=1991), area="m2", columns=["built"])
    assert region.columns["built"] == (1991,) * 4
    assert any("though called alike: 竣工时间 (built)" in note for note in region.notes)


def test_rates_are_shares_however_they_are_written():
    assert as_rate(0.6, 0.0, 1, None) == ((0.6, 0, 1, None), False)
    assert as_rate(60, 55.5, 100, 5) == ((0.6, 0.555, 1, 0.05), True)
    assert as_rate("60%", "0.60", "60\uff05", "0.5%") == ((0.6, 0.6, 0.6, 0.005), True)


def test_rates_that_may_mean_two_things_are_a_fault():
    told = fault(frame(rate=["1.2", "120", "-3", "most"]), "rate")
    assert "share of 0 to 1 or a percentage of 5 to 100" in told
    assert "a has 1.2, b has 120, c has -3, d has most" in told


def test_only_a_column_asked_for_as_rate_is_taken_for_a_share():
    assert kept("paid", [60, 70, 80, 90]) == (60, 70, 80, 90)


@pytest.mark.parametrize("name", ["fee", "parking"])
def test_amounts_are_numbers_and_may_be_missing(name):
    assert kept(name, ["0.5", "\uff10\uff0e\uff16", None, ""]) == (0.5, 0.6, None, None)
    told = fault(frame(**{name: ["much", "-1", "nan", "1e300"]}), name)
    assert f"Column {name!r} must be a number of 0 to 1,000,000,000; it is not" in told


def test_the_year_is_taken_out_of_a_date():
    given = ["1985年6月", "1985.6", "19850601", "1985-06-01"]
    assert kept("built", given) == (1985,) * 4
    assert kept("built", [1985, 1990, None, 2001]) == (1985, 1990, None, 2001)
    assert "must be a year" in fault(
        frame(built=["new", "85", "1985", "3000"]), "built"
    )


def test_what_means_none_is_missing_and_noted():
    given = {"pin": ["North", "无", "-", None], "fee": ["0.5", "N/A", "", "0.6"]}
    region = read(frame(**given), area="m2", columns=["pin", "fee"])
    assert region.columns["pin"] == ("North", None, None, None)
    assert region.columns["fee"] == (0.5, None, None, 0.6)
    assert any("2 buildings have -, 无 in column 'pin'" in n for n in region.notes)


def test_a_number_that_stands_as_text_elsewhere_is_that_text():
    region = read(frame(block=["7", 7, "08", 8]), area="m2", columns=["block"])
    assert region.columns["block"] == ("7", "7", "08", 8)
    assert any("Column 'block' has 08 and 8: they were kept" in n for n in region.notes)


def test_fees_and_rates_have_decimal_commas_and_units():
    assert kept("fee", ["1,2", "0.8元/㎡·月", None, 1]) == (1.2, 0.8, None, 1)
    assert as_rate("60,5%", "0,6", None, 1) == ((0.605, 0.6, None, 1), True)
    assert "b has 1.200" in fault(frame(fee=["1", "1.200", "2", "3"]), "fee")


def test_columns_that_look_usable_and_were_not_asked_for_are_told():
    given = frame(锁定片区="1", 合同到期="2027-01-01", x=1)
    told = [n for n in read(given, area="m2").notes if "look usable" in n]
    assert len(told) == 1
    assert "合同到期 as 'contract_end'; 锁定片区 as 'pin'" in told[0]
    asked = {"columns": ["pin", "contract_end"]}
    assert not any("usable" in n for n in read(given, area="m2", **asked).notes)
