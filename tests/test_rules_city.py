"""Every rule at once on a real district: from its file to a plan that is checked."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from zoning.cli import main
from zoning.planfile.file import read_plan
from zoning.planfile.rules import KINDS

DATA = Path(__file__).parents[2] / "shared" / "data" / "qizheng_like"

# Made up: last year's zone of compounds C001 to C053, a letter each. Zone x is gone.
LAST_YEAR = "aaaaabcadabbbbcbdefeghdfeggiihhjjkllixmjjkklmnmnnoooo"
WEST = "abcdh"  # zones of the one subdistrict; the others are of the other

SCENARIO = """
[[must_link]]
buildings = ["w1083114396", "w1083114405"]

[[must_link]]
column = "shared_id"

[[cannot_link]]
buildings = RIVALS

[[pin]]
column = "pin"

[[lock]]
column = "stays"

[[freeze]]
column = "frozen"

[[contain]]
column = "subdistrict"

[[border]]
column = "community"
price = 600

[[soft_barrier]]
barrier = "canal"
price = 300

[radius]
hard = 900
soft = 250
price = 200

[centers]
column = "room"

[[target]]
zone = "c"
factor = 1.1

[[spread]]
column = "fee"
most = 0.10

[previous]
column = "previous"
budget = 0.3
price = 0.5
"""


def office(number, corner, middle):
    """Columns that a street office might keep of compound C001, C002, ..."""
    east, north = map(int, np.array(corner) > middle)
    zone = LAST_YEAR[number - 1]
    return {
        "previous": zone,
        "subdistrict": "West" if zone in WEST else "East",
        "community": ("south", "north")[north] + (" west", " east")[east],
        "fee": 0.40 + 0.05 * (east + north),
        "room": "有" if number % 3 else None,
        "shared_id": "boiler" if number in (28, 29) else None,
        "stays": "o" if zone == "o" else None,
        "frozen": "h" if zone == "h" else None,
        "pin": {1: "a", 26: "g"}.get(number),
    }


@pytest.fixture(scope="module")
def district(tmp_path_factory):
    """The real file with columns made up, and a canal that nobody ever dug."""
    if not DATA.exists():
        pytest.skip(f"needs the map data in {DATA}")
    folder = tmp_path_factory.mktemp("district")
    layer = json.loads((DATA / "buildings.geojson").read_text("utf-8"))
    first, ids = {}, {}
    for feature in layer["features"]:
        told, corner = feature["properties"], feature["geometry"]["coordinates"][0][0]
        first.setdefault(told["compound_id"], corner)
        ids.setdefault(told["compound_id"], told["id"])
    middle = np.median([*first.values()], axis=0)
    for feature in layer["features"]:
        told = feature["properties"]
        compound = told["compound_id"]
        told.update(office(int(compound[1:]), first[compound], middle))
    (folder / "buildings.geojson").write_text(json.dumps(layer), "utf-8")
    ends = [[middle[0] - 0.03, middle[1]], [middle[0] + 0.03, middle[1]]]
    canal = {
        "type": "Feature",
        "properties": {"kind": "canal", "name": "Made-up Canal"},
        "geometry": {"type": "LineString", "coordinates": ends},
    }
    layer = {"type": "FeatureCollection", "features": [canal]}
    (folder / "canal.geojson").write_text(json.dumps(layer), "utf-8")
    rivals = json.dumps([ids["C001"], ids["C006"], ids["C019"]])
    text = SCENARIO.replace("RIVALS", rivals)
    (folder / "scenario.toml").write_text(text, "utf-8")
    return folder


def run(*arguments):
    with pytest.raises(SystemExit) as end:
        main([str(a) for a in arguments])
    return end.value.code


def test_a_real_district_is_planned_under_every_rule_at_once(district, capsys):
    out = district / "plan"
    code = run(
        *("plan", district / "buildings.geojson", "--zones", 15),
        *("--unit", "compound_id", "--households", "households"),
        *("--barriers", DATA / "barriers.geojson"),
        *("--barriers", district / "canal.geojson"),
        *("--scenario", district / "scenario.toml", "--tolerance", 0.2),
        *("--time", 60, "--out", out),
    )
    told = capsys.readouterr()
    assert code == 0, told.err

    back = read_plan(out / "plan.json")
    entries = back.table["parameters"]["rules"]
    assert {entry["rule"] for entry in entries} == {kind.kind for kind in KINDS}
    assert back.verdict.ok
    assert {"a", "c", "g", "h", "o"} <= {*back.verdict.names}
    assert back.verdict.surcharge.sum() > 0
    assert back.verdict.change_cost == round(0.5 * back.verdict.changed.sum())

    with (out / "changes.csv").open(encoding="utf-8-sig", newline="") as file:
        changes = [*csv.DictReader(file)]
    assert changes
    assert all(row["reason"] for row in changes)

    assert run("check", out) == 0
    told = capsys.readouterr().out
    assert "Every rule is kept and every number is right." in told
    assert told.count("- kept: ") == len({*map(str, back.plan.problem.rules)})
