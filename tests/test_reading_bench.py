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
        row["cpu"], abs=0.05
    )
    alone = reading.measure(tmp_path / "buildings.shp", "building")
    assert alone["n"] == 60
    assert "old_town_60" in reading.line(
        {"instance": "old_town_60", "kind": "shp", "unit": "compound", **row}
    )


def test_functions_are_as_before_after_measuring():
    module = import_module("zoning.read")
    before = module.load_layers
    with reading.measured() as seconds:
        assert module.load_layers is not before
    assert module.load_layers is before
    assert set(seconds.values()) == {0.0}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("kind", "unit"), [("gpkg", "compound"), ("geojson", "building")]
)
def test_reading_four_times_the_buildings_takes_about_four_times_as_long(
    tmp_path, kind, unit
):
    cpu = []
    for size in (1_000, 5_000, 20_000):  # the first only loads what is needed
        reading.make(size, kind, tmp_path / str(size))
        file = tmp_path / str(size) / f"buildings.{kind}"
        cpu.append(reading.measure(file, unit)["cpu"])
    assert cpu[2] < 8 * cpu[1], "more than linear"  # 4 times, and as much for chance
    assert cpu[2] < 10
