"""Roads of some classes: what zones are cut at, and what is told where they are not."""

import json

import geopandas
import numpy as np
import pytest
import shapely

from zoning.analysis.main_roads import roads_through_zones, told_main_roads
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.read import read
from zoning.region import Barrier

UTM = "EPSG:32652"
X, Y = 315_000.0, 5_067_000.0


def row(many=4):
    """Footprints of 20 m × 10 m in a row, 50 m apart: a, b, c, ..."""
    shapes = [shapely.box(X + 50 * i, Y, X + 50 * i + 20, Y + 10) for i in range(many)]
    table = {"id": list("abcdefgh"[:many]), "m2": [700] * many}
    return geopandas.GeoDataFrame(table, geometry=shapes, crs=UTM)


def streets(*across, column="highway", **columns):
    """Roads from south to north: (metres east, class) of each."""
    lines = [shapely.LineString([(X + x, Y - 99), (X + x, Y + 99)]) for x, _ in across]
    table = {column: [one for _, one in across], **columns}
    return geopandas.GeoDataFrame(table, geometry=lines, crs=UTM)


def cut(layer, *classes, many=4, **options):
    return read(row(many), area="m2", streets=layer, cut_at=classes, **options)


@pytest.mark.parametrize("column", ["highway", "fclass", "道路等级"])
def test_no_zone_and_no_bridge_crosses_a_road_that_cuts(column):
    layer = streets((85, "primary"), (35, "service"), column=column, name=["Dazhi", ""])
    region = cut(layer, "primary")
    assert region.edges.tolist() == [[0, 1], [2, 3]]
    assert not len(region.bridges)
    assert region.cut_by == ((Barrier("Dazhi", "primary road"),),)
    assert any("2 parts" in note for note in region.notes)


def test_a_class_means_its_own_name_only():
    layer = streets((85, "trunk_link"), (135, "trunk"))
    assert cut(layer, "trunk").edges.tolist() == [[0, 1], [1, 2]]


def test_a_road_that_cuts_leaves_other_barriers_to_bridges():
    river = streets((35, "river"), column="kind")
    region = cut(streets((135, "trunk")), "trunk", barriers=river)
    assert region.bridges.tolist() == [[0, 1]]
    assert region.edges.tolist() == [[0, 1], [1, 2]]
    assert region.source.barriers["kind"].tolist() == ["river", "trunk road"]


def test_a_road_in_a_tunnel_cuts_nothing():
    region = cut(streets((85, "trunk"), (35, "trunk"), tunnel=["yes", "no"]), "trunk")
    assert region.edges.tolist() == [[1, 2], [2, 3]]
    assert any("in a tunnel" in note for note in region.notes)


@pytest.mark.parametrize(
    ("layer", "told"),
    [
        (streets((35, "trunk"), (85, "trunk"), (9, "primary")), "trunk (2), primary"),
        (streets((35, "trunk")), "Did you mean 'trunk'"),
        (streets((35, "trunk"), column="kind_of_road"), "no street has a class"),
        (None, "no streets are given"),
    ],
    ids=["those there are", "near", "no column", "no streets"],
)
def test_a_class_that_is_not_there_is_refused(layer, told):
    with pytest.raises(InputError) as caught:
        cut(layer, "trnk")
    assert told in str(caught.value)


def planned(layer, zone_of, **options):
    region = read(row(len(zone_of)), area="m2", streets=layer, **options)
    return Plan(Problem(region, max(zone_of) + 1, tolerance=None), np.array(zone_of))


def test_main_roads_through_zones_are_told_by_name():
    layer = streets(
        *((35, "primary"), (135, "trunk"), (85, "primary"), (36, "service")),
        *((136, "primary"),),
        name=["Dazhi", "", "Hexing", "Lane", "Below"],
        tunnel=[None, None, None, None, "yes"],
    )
    plan = planned(layer, [0, 0, 1, 1])  # Hexing runs between the zones
    assert roads_through_zones(plan) == {
        ("primary", "Dazhi"): ("1",),
        ("trunk", ""): ("2",),
    }
    (told,) = told_main_roads(plan)
    assert "Dazhi (primary) through 1; without a name (trunk) through 2" in told
    assert "--cut-at trunk,primary" in told


def test_roads_that_cut_run_through_no_zone():
    layer = streets((85, "primary"))
    assert not roads_through_zones(planned(layer, [0, 0, 1, 1], cut_at=["primary"]))
    assert not roads_through_zones(planned(None, [0, 0, 1, 1]))


def test_the_command_cuts_at_classes(run, tmp_path):
    row().to_file(tmp_path / "houses.geojson")
    layer = streets((85, "主干路"), column="道路等级", name=["大直街"])
    layer.to_file(tmp_path / "streets.geojson")
    asked = (
        *("plan", tmp_path / "houses.geojson", "--area", "m2", "--zones", 1),
        *("--streets", tmp_path / "streets.geojson", "--lot-size", 0),
        *("--tolerance", 0.9, "--time", 1, "--out", tmp_path / "out"),
    )
    code, out, _ = run(*asked)
    assert code == 0
    assert "大直街 (主干路) through 1" in out
    assert run(*asked, "--cut-at", "主干路")[0] == 1  # two parts, one zone
    code, out, _ = run(*asked, "--zones", 2, "--cut-at", "快速路，主干路")  # noqa: RUF001
    assert code == 2
    code, out, _ = run(*asked, "--zones", 2, "--cut-at", "主干路")
    assert code == 0
    assert "Main roads" not in out
    table = json.loads((tmp_path / "out" / "plan.json").read_text("utf-8"))
    assert table["cut_by"] == [[["大直街", "主干路 road"]]]
    assert run(*asked, "--cut-at", ",")[0] == 2
