"""The table of lots in the docs holds the stored rows; its command measures."""

import pytest

from benchmarks import lots, rows


def test_the_table_of_the_page_is_that_of_the_rows():
    text = lots.PAGE.read_text(encoding="utf-8")
    assert lots.with_table(text, lots.stored()) == text


def test_a_table_holds_the_numbers_of_its_rows():
    row = {"n": 300, "sets": 3209, "time_limit": 60.0, "seconds": 4.25}
    page = f"a\n\n{lots.BEGIN}old\n{lots.END}\nb\n"
    made = lots.with_table(page, [row | {"status": "feasible", "gap": 0.00123}])
    assert "| 300 | 3,209 | 60 s | 4.25 | feasible | 0.123 % |" in made
    assert made.startswith("a\n") and made.endswith("\nb\n") and "old" not in made


def test_a_measured_row_is_kept_and_not_measured_again(tmp_path, monkeypatch):
    out = tmp_path / "rows.jsonl"
    given = ["--sizes", "9", "--time", "5", "--out", str(out)]
    lots.main(given)
    [row] = rows.read_rows(out)
    assert (row["status"], row["gap"], row["n"]) == ("optimal", 0.0, 9)
    assert row["cost"] == row["bound"] < row["separate_cost"]
    monkeypatch.setattr(lots, "measure", pytest.fail)
    lots.main(given)
