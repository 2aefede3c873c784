"""The benchmark of reading: what it makes, and what it measures."""

import sys
from importlib import import_module
from pathlib import Path

import geopandas
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import reading


@pytest.mark.parametrize(("kind", "crs"), [("geojson", 4326), ("gpkg", 4530)])
def test_a_made_file_has_compounds_and_gaps_in_its_words(tmp_path, kind, crs):
    reading.make(200, kind, tmp_path)
    table = geopandas.read_file(tmp_path / f"buildings.{kind}")
    assert len(table) == 200
    assert table.crs.to_epsg() == crs
    assert table["小区"].nunique() > 90
    assert 0 < table["地址"].isna().sum() < 20


@pytest.mark.filterwarnings("ignore")
def test_the_parts_of_reading_are_told_and_add_up(tmp_path):
    reading.make(60, "shp", tmp_path)
    row = reading.measure(tmp_path / "buildings.shp", "compound")
    assert row["status"] == "read"
    assert row["buildings"] == 60 > row["n"]
    assert row["parts"].keys() == reading.PARTS.keys()
    assert row["parts"]["file"] > 0
    assert sum(row["parts"].values()) + row["rest"] == pytest.approx(
        row["seconds"], abs=0.05
    )
    assert "old_town_60" in reading.line(
        {"instance": "old_town_60", "kind": "shp", "unit": "compound", **row}
    )


def test_functions_are_as_before_after_measuring():
    module = import_module("zoning.read")
    before = module.load
    with reading.measured() as seconds:
        assert module.load is not before
    assert module.load is before
    assert set(seconds.values()) == {0.0}
