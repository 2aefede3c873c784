"""Numbers as people type them: read where they are sure, refused where they are not."""

from decimal import Decimal

import pytest

from zoning.text.numerals import AREA_UNITS, measured, numerals


def values(*words):
    return [one and one.value for one in numerals(words)]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        *[("10000", 10_000), ("10000.5", "10000.5"), ("1E4", 10_000), ("-5", -5)],
        *[("10,000", 10_000), ("10 000", 10_000), ("10'000", 10_000)],
        *[("\uff11\uff10", 10), ("1\u00a0234,5", "1234.5"), ("\u22125", -5)],
        *[("10000,50", "10000.50"), ("10,5", "10.5"), ("0,125", "0.125")],
        *[("380.000,50", "380000.50"), ("380,000.50", "380000.50")],
        *[("1.234.567", 1_234_567), ("1,234,567", 1_234_567), (".5", "0.5")],
        *[("1234.567", "1234.567"), ("0.125", "0.125"), (312.457, "312.457")],
        *[(7, 7), (" ", None), (None, None), ("5.", 5), ("0e999999999", 0)],
    ],
)
def test_a_sure_number_is_read(word, value):
    assert values(word) == [None if value is None else Decimal(value)]


@pytest.mark.parametrize(
    "word",
    [
        *["380.000", "3,79,999", "3800,000", "38,0000", "1.2.3", "1,2,3", "10 00"],
        *["1.234,567.8", "0x2710", "10_000", "much", "1e5,5", "1,5e5", "5 6 7", "--5"],
        *["1e999999999", "1e-999999999", "9" * 5_000, "nan", "inf", "1/2", "1,,5"],
        *[True, [1], {"a": 1}, float("nan"), float("inf"), "-", "+", ".", "5-6", "5,"],
    ],
)
def test_what_is_in_doubt_is_refused_with_a_reason(word):
    (one,) = measured([word], AREA_UNITS)
    assert one.value is None
    assert one.why


def test_a_doubtful_number_tells_both_it_may_be():
    (one,) = numerals(["385.250"])
    assert "may be 385.25 or 385250" in one.why


def test_the_column_tells_what_a_mark_means():
    # a comma for decimals: points part thousands
    assert values("380000,50", "385.000") == [Decimal("380000.50"), 385_000]
    # a point for decimals: so it is in all of the column
    assert values("10.5", "312.457") == [Decimal("10.5"), Decimal("312.457")]
    assert values("1,234,567", "312.457") == [1_234_567, Decimal("312.457")]
    # three decimals behind a comma are not taken for thousands
    assert values("379999,90", "385,000") == [Decimal("379999.90"), None]
    # each sure for itself, so both are read; what hangs on the column is not
    assert values("10,5", "10.5", "10.500") == [Decimal("10.5")] * 2 + [None]


@pytest.mark.parametrize(
    ("word", "value"),
    [("10000㎡", 10_000), ("1.2万㎡", 12_000), ("24.5万", 245_000), ("5 m²", 5)],
)
def test_units_are_counted(word, value):
    assert measured([word], AREA_UNITS)[0].value == value


def test_an_unknown_unit_is_told():
    (one,) = measured(["15 亩"], AREA_UNITS)
    assert (one.value, one.why) == (None, "with '亩', which is no unit here")
