"""Prices in another measure than yuan a year: turned into it and told, or refused."""

from decimal import Decimal

import pytest

from zoning.errors import InputError
from zoning.tender.bids import Tender
from zoning.tender.measures import Measure, measure
from zoning.tender.read_bids import read_bids

TWO = Tender(("1", "2"), (40_000, 60_000), (230_000, 340_000))


@pytest.fixture
def read(tmp_path):
    """Prices and notes of a file with this head and these cells, all for lot 1."""

    def from_text(head, *cells, lot="1", tender=TWO):
        rows = [f"bidder;lot;{head}"]
        rows += [f"F{i};{lot};{cell}" for i, cell in enumerate(cells)]
        path = tmp_path / "bids.csv"
        path.write_text("\n".join(rows), "utf-8")
        found = read_bids(path, tender)
        return [bid.price for bid in found.bids], " ".join(found.notes)

    return from_text


@pytest.mark.parametrize(
    ("head", "cell", "price"),
    [
        *[("报价(元/月)", "20000", 240_000), ("price yuan/month", "20000", 240_000)],
        *[("monthly price", "20000.5", 240_006), ("月报价（元）", "2万", 240_000)],  # noqa: RUF001
        *[("报价(元/㎡·月)", "0.5", 240_000), ("price", "0.5 yuan/m2/month", 240_000)],
        *[("报价（元/(平方米·月)）", "0.52", 249_600), ("price", "2元/㎡·年", 80_000)],  # noqa: RUF001
        *[("price (k yuan)", "245", 245_000), ("price (万)", "24.5", 245_000)],
        *[("price", "24.5万", 245_000), ("price (yuan)", "24.5万元/年", 245_000)],
        *[("price (万元/月)", "2", 240_000), ("price [thousand]", "245", 245_000)],
        *[("报价(元/季度)", "60000", 240_000), ("price (million)", "0.24", 240_000)],
        # 5 % off the estimate, 230,000
        *[("报价(下浮率%)", "5", 218_500), ("下浮率", "5%", 218_500)],
        *[("discount (%)", "6.5", 215_050), ("下浮率(%)", "0", 230_000)],
    ],
)
def test_a_measure_is_turned_into_yuan_a_year_and_told(read, head, cell, price):
    prices, notes = read(head, cell)
    assert prices == [price]
    assert "taken" in notes


@pytest.mark.parametrize(
    "head", ["price", "报价(元)", "price (yuan a year)", "报价(元/年)"]
)
def test_yuan_a_year_need_no_note(read, head):
    assert read(head, "240000") == ([240_000], "")


@pytest.mark.parametrize(
    ("head", "cell", "why"),
    [
        *[
            ("price (USD)", "5", "not understood"),
            ("报价(元/户·月)", "5", "not underst"),
        ],
        *[
            ("price (yuan/m2)", "5", "says not how often"),
            ("price (%)", "5", "says not"),
        ],
        *[
            ("price (yuan/day)", "5", "not understood"),
            ("报价(折扣率)", "9", "not und"),
        ],
        *[
            ("price", "5美元", "not understood, '美元'"),
            ("price", "5%", "not that of its"),
        ],
        *[
            ("price (元/月)", "5元/年", "not that of its head"),
            ("price", "5元/㎡", "how of"),
        ],
        *[("price (万元)", "5元", "not that of its head")],
        *[("price (元/月)", "0.5元/㎡·月", "not that of its head")],
        *[("下浮率", "0.05", "may be 0.05 % or 5"), ("下浮率", "100", "no discount")],
        *[("price (元/月)", "1e9", "beyond all measure"), ("price", "0.004", "a fen")],
    ],
)
def test_a_measure_in_doubt_is_refused(read, head, cell, why):
    with pytest.raises(InputError, match=why):
        read(head, cell)


def test_a_package_is_paid_for_the_area_of_all_its_lots(read):
    assert read("报价(元/㎡·月)", "0.5", lot="1+2")[0] == [600_000]
    assert read("下浮率%", "10", lot="1+2")[0] == [513_000]


def test_a_discount_is_off_the_reserve_price_where_there_is_one(read):
    tender = Tender(TWO.names, TWO.areas, TWO.estimates, (253_000, 374_000))
    prices, notes = read("下浮率%", "10", tender=tender)
    assert prices == [227_700]
    assert "off the reserve price of" in notes
    # lot 1 has a reserve price, lot 2 has none
    some = Tender(TWO.names, TWO.areas, TWO.estimates, (253_000, None))
    prices, notes = read("下浮率%", "10", lot="2", tender=some)
    assert prices == [306_000]
    assert "off the reserve price, or else the estimate, of" in notes


def test_prices_of_several_measures_stand_side_by_side(read):
    # what is plain stays so: a slip is for the award to name
    prices, notes = read("price", "0.52元/㎡·月", "245000", "0.5")
    assert prices == [249_600, 245_000, Decimal("0.50")]
    assert "in row 2:" in notes


def test_measures_say_nothing_of_what_they_do_not_name():
    assert measure("") == measure("price (含税)".removeprefix("price")) == Measure()
    assert measure("元/月 元/年") is None


def test_what_is_finer_than_a_fen_is_rounded_and_told(read):
    prices, notes = read("price", "380000.486", "380000.50", "5.004")
    assert prices == [Decimal("380000.49"), Decimal("380000.50"), 5]
    assert notes == "Prices finer than a fen were rounded to it in rows 2, 4."
