"""Files of bids that are larger than they look, or damaged."""

import io
import random
import time
from decimal import Decimal
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest

from zoning.errors import InputError
from zoning.tender.bid_file import MOST_BYTES
from zoning.tender.bids import Bid, Tender
from zoning.tender.read_bids import read_bids

ONE = Tender(("1",), (1,), (9,))
ROWS = [["bidder", "lot", "price"], ["A", 1, 5.25], ["甲", 1, 7]]
READ = (Bid("A", (0,), 5.25, None, 2), Bid("甲", (0,), 7, None, 3))


def workbook(*, far=None):
    """The rows as a workbook, and perhaps a blank far away."""
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    if far is not None:
        book.active.cell(*far, value=" ")
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def changed(content, part, change):
    """A workbook with one of its parts changed."""
    made = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text) if name.endswith(part) else text)
    return made.getvalue()


@pytest.mark.parametrize("far", [(1_048_576, 1), (20_000, 500), (3, 16_384)])
def test_a_cell_far_away_costs_nothing(tmp_path, far):
    path = tmp_path / "bids.xlsx"
    path.write_bytes(workbook(far=far))
    begin = time.perf_counter()
    assert read_bids(path, ONE).bids == READ
    assert time.perf_counter() - begin < 5


@pytest.mark.parametrize("said", ["A1:XFD1048576", "A1:A1", "B7", "nonsense"])
def test_what_a_sheet_says_of_its_size_is_not_believed(tmp_path, said):
    path = tmp_path / "bids.xlsx"
    content = workbook()

    def lie(text):
        return text.replace(b'ref="A1:C3"', f'ref="{said}"'.encode())

    path.write_bytes(changed(content, "sheet1.xml", lie))
    try:
        assert read_bids(path, ONE).bids == READ
    except InputError as error:
        assert "save it anew as .xlsx or .csv" in str(error)


def test_a_row_beyond_all_sheets_is_refused(tmp_path):
    path = tmp_path / "bids.xlsx"
    far = changed(
        workbook(), "sheet1.xml", lambda text: text.replace(b'r="3"', b'r="9999999999"')
    )
    path.write_bytes(far)
    with pytest.raises(InputError, match="more than 1,048,576 rows"):
        read_bids(path, ONE)


@pytest.mark.parametrize(
    ("part", "more", "said"),
    [
        ("sheet1.xml", b" " * MOST_BYTES, "100 times its size"),
        ("sheet1.xml", random.Random(0).randbytes(MOST_BYTES), "30 MB"),
        ("styles.xml", b"<xf/>" * 1_000_000, "3 MB of xl/styles.xml"),
    ],
)
def test_what_unpacks_into_too_much_is_refused(tmp_path, part, more, said):
    path = tmp_path / "bids.xlsx"
    path.write_bytes(changed(workbook(), part, lambda text: text + more))
    with pytest.raises(InputError, match=rf"more than .*{said}.*save it anew"):
        read_bids(path, ONE)


def test_a_file_too_large_is_not_read_at_all(tmp_path):
    table = tmp_path / "bids.csv"
    with table.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(InputError, match="more than 30 MB"):
        read_bids(table, ONE)


@pytest.mark.parametrize(
    ("content", "most"),
    [
        (b"bidder,lot,price\n" + b"\n" * 2_000_000 + b"A,1,5", "1,048,576 rows"),
        (b"bidder,lot,price\n" + b"A,1,5\n" * 50_001, "50,000 rows"),
        (b"bidder,lot,price\nA,1,5" + b"," * 2_000_000 + b"x", "100 columns"),
    ],
)
def test_a_table_without_end_is_refused(tmp_path, content, most):
    path = tmp_path / "bids.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"more than {most}"):
        read_bids(path, ONE)


def test_entities_do_not_explode(tmp_path):
    path = tmp_path / "bids.xlsx"
    names = [f'<!ENTITY a{i + 1} "{f"&a{i};" * 10}">' for i in range(9)]
    types = f'<!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">{"".join(names)}]>'

    def bomb(text):
        begin = text.index(b"<worksheet")
        text = text[:begin] + types.encode() + text[begin:]
        return text.replace(b"<v>7</v>", b"<v>&a9;</v>")

    path.write_bytes(changed(workbook(), "sheet1.xml", bomb))
    with pytest.raises(InputError, match="save it anew"):
        read_bids(path, ONE)


def test_further_sheets_are_told(tmp_path):
    path = tmp_path / "bids.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    book.create_sheet("second round")
    book.save(path)
    (note,) = read_bids(path, ONE).notes
    assert "has 2 sheets; the first, 'Sheet', was read" in note


def test_percent_is_a_look_of_numbers(tmp_path):
    path = tmp_path / "bids.xlsx"
    book = openpyxl.Workbook()
    for row in (["bidder", "lot", "discount"], ["A", 1, 0.1]):
        book.active.append(row)
    book.active["C2"].number_format = "0.0%"
    book.save(path)
    assert [bid.price for bid in read_bids(path, ONE).bids] == [
        Decimal("8.1")
    ]  # 9 less 10 %


def looking(tmp_path, value, look):
    path = tmp_path / "bids.xlsx"
    book = openpyxl.Workbook()
    for row in (["bidder", "lot", "price"], ["A", 1, value]):
        book.active.append(row)
    book.active["C2"].number_format = look
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("look", "price"),
    [
        ('0.0"万元"', 240_000),
        ("0.0万元", 240_000),
        ('#,##0.00 "元/月"', 288),
        ("[$¥-804]#,##0.00", 24),
        ("_(* #,##0.00_);_(* (#,##0.00)", 24),
        ("#,##0.00_ ", 24),
        ("#,##0,", 24),
        ("[Red]0.00", 24),
    ],
)
def test_words_that_a_look_shows_are_read(tmp_path, look, price):
    (bid,) = read_bids(looking(tmp_path, 24, look), ONE).bids
    assert bid.price == price


@pytest.mark.parametrize("look", ["[$$-409]0.00", "[$€-407]0.00", '0!.0,"万元"'])
def test_a_look_that_is_no_measure_is_refused(tmp_path, look):
    with pytest.raises(InputError, match="a measure that is not understood"):
        read_bids(looking(tmp_path, 24, look), ONE)


def damaged(content, chance):
    """A workbook cut, flipped, or with a part spoiled."""
    kind = chance.randrange(4)
    if kind == 0:
        return content[: chance.randrange(len(content))]
    if kind == 1:
        spoiled = bytearray(content)
        for _ in range(chance.randrange(1, 9)):
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
        return bytes(spoiled)

    def spoil(text):
        if kind == 2:
            at = chance.randrange(len(text))
            return text[:at] + text[at + chance.randrange(1, 40) :]
        words = [b'"0"', b'"1"', b"<v>", b"</row>", b'r="', b't="', b"xmlns", b"Id"]
        swaps = [b'"99999"', b'"-1"', b"<x>", b"", b'r="ZZZZ', b't="b', b"\xff", b"id"]
        return text.replace(chance.choice(words), chance.choice(swaps))

    with ZipFile(io.BytesIO(content)) as packed:
        part = chance.choice(packed.namelist())
    return changed(content, part, spoil)


@pytest.mark.parametrize(
    "seeds", [range(120), pytest.param(range(1_000, 3_000), marks=pytest.mark.slow)]
)
def test_a_damaged_workbook_is_read_or_refused_in_words(tmp_path, seeds):
    content, refused = workbook(), 0
    for seed in seeds:
        path = tmp_path / f"{seed}.xlsx"
        path.write_bytes(damaged(content, random.Random(seed)))
        try:
            read_bids(path, ONE)
        except InputError as error:
            refused += 1
            if "cannot be read" in str(error):
                assert "save it anew as .xlsx or .csv" in str(error), seed
    assert refused > len(seeds) / 4


@pytest.mark.parametrize("seeds", [range(150)])
def test_a_damaged_table_is_read_or_refused_in_words(tmp_path, seeds):
    content = '投标人;标段;报价\n甲;1;5,25\n乙;1;"7"\n'.encode()
    for seed in seeds:
        chance = random.Random(seed)
        spoiled = bytearray(content)
        for _ in range(chance.randrange(1, 6)):
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
        path = tmp_path / f"{seed}.csv"
        path.write_bytes(spoiled)
        try:
            read_bids(path, ONE)
        except InputError as error:
            assert str(path.name) in str(error) or "Row" in str(error)
