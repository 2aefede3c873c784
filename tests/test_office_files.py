"""Files as offices keep them are read, and planned, without an option."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from zoning.datasets import old_town
from zoning.read import read

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "examples"))
from office_files import write_all  # noqa: E402 - an example, not a package

TOWN = old_town(98)
AREA, HOMES = TOWN.buildings["floor_area_m2"].sum(), TOWN.buildings["households"].sum()
WAYS = {
    "registry": ["自然幢.shp"],
    "list": ["楼栋台账.xlsx"],
    "zip": ["小区楼栋.zip"],
    "online": ["buildings.geojson", "streets.geojson", "barriers.geojson"],
}
TOLD = {
    "registry": ["GB18030 fits and was used", "area = SCJZMJ", "unit = ZDDM", "YCJZMJ"],
    "list": ["area = 建筑面积(万㎡) × 10,000", "merged cells", "totals"],
    "zip": ["area = 建筑面", "unit = 小区名"],
    "online": ["was read as streets", "say --datum gcj02"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("offices")
    write_all(TOWN, place)
    return place


def files(folder, way):
    return [folder / way / name for name in WAYS[way]]


@pytest.fixture(scope="module")
def regions(folder):
    return {way: read(files(folder, way)) for way in WAYS}


@pytest.mark.parametrize("way", WAYS)
def test_a_file_is_read_by_its_name_alone(regions, way):
    region = regions[way]
    assert len(region) == 53
    assert len(region.building_ids) == 98
    assert region.sums["area"].sum() == AREA
    assert region.sums["households"].sum() == HOMES
    notes = " ".join(region.notes)
    assert [words for words in TOLD[way] if words not in notes] == []


def test_who_touches_whom_hangs_on_no_way_of_keeping_it(regions):
    def pairs(region):
        """Units by the floor area of each, which nearly all have for themselves."""
        area = region.sums["area"]
        return {frozenset((int(area[a]), int(area[b]))) for a, b in region.edges}

    drawn = pairs(regions["registry"])
    assert pairs(regions["zip"]) == drawn
    listed = pairs(regions["list"])  # of points: middles of the same houses
    assert len(listed ^ drawn) <= 0.05 * len(drawn)


def test_houses_off_an_online_map_can_be_turned_back(folder, regions):
    turned = read(files(folder, "online"), datum="gcj02")
    away = np.hypot(*(turned.xy - regions["online"].xy).T)
    assert ((away > 300) & (away < 800)).all()
    for region in (turned, regions["registry"]):
        frame = region.source.frame
        there = TOWN.buildings.geometry.to_crs(frame.crs).centroid
        assert frame.centroid.distance(there).max() < 0.02  # metres


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_a_file_is_planned_by_its_name_alone(run, folder, tmp_path, way):
    code, told, err = run(
        "plan", *files(folder, way), "--time", 3, "--out", tmp_path / "plan"
    )
    assert code == 0, err
    plan = json.loads((tmp_path / "plan" / "plan.json").read_text("utf-8"))
    assert len(plan["zones"]) == 15
    assert plan["lots"]["lots"]
    assert (tmp_path / "plan" / "map.png").stat().st_size > 50_000
    code, told, err = run("check", tmp_path / "plan")
    assert code == 0, told + err
