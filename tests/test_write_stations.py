"""Stations as a table, a map and a command; written whole or not at all."""

import csv
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from zoning.check import judge
from zoning.errors import InputError
from zoning.lots import bundle
from zoning.lots.check import judge_lots
from zoning.lots.stations import place_stations
from zoning.output.stations import write_stations
from zoning.output.write import write
from zoning.plan import Plan
from zoning.plot.stations import draw_stations
from zoning.problem import Problem
from zoning.read import read
from zoning.result import Result, Status


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """Sixteen houses in two rows, in degrees, four zones, a plan written with lots."""
    folder = tmp_path_factory.mktemp("town")
    features = []
    for i in range(16):
        x, y = 126.60 + 0.001 * (i % 8), 45.70 + 0.001 * (i // 8)
        ring = [(x, y), (x + 4e-4, y), (x + 4e-4, y + 4e-4), (x, y + 4e-4), (x, y)]
        features.append(
            {
                "type": "Feature",
                "properties": {"id": f"h{i}", "m2": 30_000, "room": int(i % 4 == 1)},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    file = folder / "houses.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    region = read(file, area="m2", columns=["room"])
    plan = Plan(Problem(region, 4, tolerance=None), (np.arange(16) % 8) // 2)
    lots = bundle(plan, size=2)
    result = Result(Status.FEASIBLE, plan, judge(plan), 0, 0.1)
    write(folder / "plan", result, lots)
    return folder / "plan", place_stations(plan, lots.lots)


def rows_of(folder):
    with (folder / "stations.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def words_of(figure):
    return " ".join(t.get_text() for axes in figure.axes for t in axes.texts) + (
        " ".join(text.get_text() for text in figure.texts)
    )


def test_the_map_tells_stations_ways_machines_and_staff(town):
    _, found = town
    told = words_of(draw_stations(found))
    assert "2 stations for 2 lots" in told and "proved best" in told
    assert f"{found.mean_way:,} m" in told and f"{found.farthest:,} m" in told
    machines = dict(found.resources)["machine"]
    alone = sum(dict(x.lot.separate_resources)["machine"] for x in found.lots)
    assert f"{machines}  (zones one by one: {alone})" in told
    assert "Station: staff and machines start here" in told


def test_the_map_has_a_house_a_station_and_a_line_a_zone(town):
    _, found = town
    axes = draw_stations(found).axes[0]
    [houses] = [x for x in axes.lines if x.get_markersize() > 10 and len(x.get_xdata())]
    at = found.plan.problem.region.xy[[s.unit for x in found.lots for s in x.stations]]
    assert np.array_equal(houses.get_xydata(), at)
    drawn = [x for x in axes.collections if x.zorder == 6.8]
    assert [len(x.get_segments()) for x in drawn] == [4]


def test_many_stations_are_left_to_the_table(town, monkeypatch):
    monkeypatch.setattr("zoning.plot.stations.LISTED_LOTS", 1)
    assert "stations.csv lists them" in words_of(draw_stations(town[1]))


def test_the_table_adds_up(town, tmp_path):
    _, found = town
    write_stations(found, tmp_path / "new")
    rows = rows_of(tmp_path / "new")
    assert len(rows) == found.count
    assert sum(int(row["area"]) for row in rows) == 480_000
    zones = sorted(zone for row in rows for zone in row["zones"].split())
    assert zones == ["1", "2", "3", "4"]
    for name, count in found.resources:
        assert sum(int(row[f"lot_{name}"] or 0) for row in rows) == count


def test_without_a_picture_the_table_is_written(town, tmp_path, monkeypatch):
    _, found = town
    write_stations(found, tmp_path)
    before = (tmp_path / "stations.csv").read_bytes()

    def fails(_):
        raise OSError(28, "No space left on device")

    module = sys.modules["zoning.output.stations"]  # the package has the function
    monkeypatch.setattr(module, "draw_stations", fails)
    told = write_stations(found, tmp_path)
    assert told == ("stations.png could not be made. No space left on device.",)
    assert (tmp_path / "stations.csv").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["stations.csv"]


def test_a_file_that_cannot_be_replaced_brings_the_others_back(
    town, tmp_path, monkeypatch
):
    _, found = town
    write_stations(found, tmp_path)
    table = tmp_path / "stations.csv"
    table.write_text("kept")
    given = Path.replace

    def stubborn(self, target):
        if self.name == "stations.png" and self.parent.name == "new":
            raise OSError(13, "Permission denied")
        return given(self, target)

    monkeypatch.setattr(Path, "replace", stubborn)
    with pytest.raises(InputError, match="Permission denied"):
        write_stations(found, tmp_path)
    assert table.read_text() == "kept" and (tmp_path / "stations.png").exists()


# --- the command ---------------------------------------------------------------------


def test_the_command_writes_what_python_finds(town, run):
    folder, found = town
    code, told, _ = run("stations", folder)
    assert code == 0
    assert "Stations: 2 for 2 lots, proved best." in told
    assert f"Mean way {found.mean_way:,} m, farthest {found.farthest:,} m" in told
    assert [int(row["mean_way"]) for row in rows_of(folder)] == [
        station.mean_way for lot in found.lots for station in lot.stations
    ]
    assert (folder / "stations.png").stat().st_size > 10_000


def test_the_command_keeps_to_rooms(town, run):
    folder, _ = town
    code, _, _ = run("stations", folder, "--room", "room")
    assert code == 0
    assert {row["unit"] for row in rows_of(folder)} <= {"h1", "h5", "h9", "h13"}
    code, _, told = run("stations", folder, "--room", "cellar")
    assert code == 2 and "no column 'cellar'" in told


def test_rooms_are_found_in_the_layer_where_the_plan_kept_none(town, tmp_path, run):
    table = json.loads((town[0] / "plan.json").read_text("utf-8"))
    del table["columns"]["room"], table["digests"]
    (tmp_path / "plan.json").write_text(json.dumps(table))
    shutil.copy(town[0] / "buildings.geojson", tmp_path)
    code, _, _ = run("stations", tmp_path, "--room", "room")
    assert code == 0
    assert {row["unit"] for row in rows_of(tmp_path)} <= {"h1", "h5", "h9", "h13"}


def test_the_command_calls_zones_and_lots_as_the_file_does(town, tmp_path, run):
    table = json.loads((town[0] / "plan.json").read_text("utf-8"))
    called = {1: 40, 2: 30, 3: 20, 4: 10}
    for zone in table["zones"]:
        zone["id"] = called[zone["id"]]
        zone["name"] = str(zone["id"])
    for lot in table["lots"]["lots"]:
        lot["id"] += 6
        lot["zones"] = [called[zone] for zone in lot["zones"]]
        lot["hub"] = called[lot["hub"]]
    del table["digests"]
    (tmp_path / "plan.json").write_text(json.dumps(table))
    code, told, _ = run("stations", tmp_path)
    assert code == 0 and "Lot 7: " in told
    rows = rows_of(tmp_path)
    assert {row["lot"] for row in rows} == {"7", "8"}
    assert {zone for row in rows for zone in row["zones"].split()} == {
        *("10", "20", "30", "40")
    }


def test_the_command_draws_footprints_where_the_layer_is_that_of_the_plan(town):
    from zoning.planfile.file import read_plan
    from zoning.planfile.layer import with_layer

    folder, _ = town
    written = read_plan(folder / "plan.json")
    drawn = with_layer(written, folder / "buildings.geojson")
    shapes = drawn.problem.region.source.frame.geometry
    assert (shapes.geom_type == "Polygon").all() and len(shapes) == 16
    with pytest.raises(InputError, match="is not the layer of this plan"):
        with_layer(written, folder / "zones.geojson")
    assert with_layer(written, folder / "none.geojson") is written.plan


def test_barriers_without_a_place_are_left_out(town, tmp_path, run):
    folder = shutil.copytree(town[0], tmp_path / "plan")
    odd = {"type": "LineString", "coordinates": [[float("nan")] * 2, [126.6, 45.8]]}
    odd = {"type": "Feature", "properties": {}, "geometry": odd}
    layer = {"type": "FeatureCollection", "features": [odd]}
    (folder / "barriers.geojson").write_text(json.dumps(layer), "utf-8")
    code, _, told = run("stations", folder)
    assert code == 0, told


def test_a_plan_without_lots_is_refused(town, tmp_path, run):
    table = json.loads((town[0] / "plan.json").read_text("utf-8"))
    del table["digests"]
    (tmp_path / "plan.json").write_text(json.dumps(table | {"lots": None}))
    code, _, told = run("stations", tmp_path)
    assert code == 2 and "has no lots" in told
    code, _, told = run("stations", tmp_path / "nowhere")
    assert code == 2 and "cannot be read" in told
    assert not (tmp_path / "stations.csv").exists()


def test_several_stations_of_a_lot_count_its_staff_once(town, tmp_path):
    plan = town[1].plan
    lots = judge_lots(plan, [range(4)], size=4).lots
    found = place_stations(plan, lots)
    assert found.count == 2  # 480,000 / 360,000
    write_stations(found, tmp_path)
    first, second = rows_of(tmp_path)
    assert first["lot_station"] == "2" and second["lot_station"] == ""
