"""Gaps and bridges: what they span, what ways over them cost, which ones zones use."""

from dataclasses import replace
from itertools import product

import geopandas
import networkx as nx
import numpy as np
import pytest
import shapely

import zoning
from zoning.check import judge
from zoning.check.excess import Reason
from zoning.check.gaps import told_gaps
from zoning.costs import CostModel
from zoning.errors import InputError
from zoning.number import usual_number
from zoning.open_bridges import Standing
from zoning.plan import Plan
from zoning.planfile.file import read_plan
from zoning.planfile.verify import differences
from zoning.problem import TABLE_UNITS, Problem
from zoning.read import read
from zoning.region import Region, Span
from zoning.result import Status
from zoning.rules import Contain, MustLink
from zoning.rules import island_ways as ways_module
from zoning.rules.island_ways import ways_over_bridges
from zoning.search.instance.travel import TravelData

UTM = "EPSG:32652"
X, Y = 315_000.0, 5_067_000.0
CHEAP = CostModel(travel=0.02)


def street(*east, **columns):
    """Houses of 20 m × 10 m that begin so many metres east: a, b, c, ..."""
    shapes = [shapely.box(X + x, Y, X + x + 20, Y + 10) for x in east]
    ids = [chr(97 + i) for i in range(len(east))]
    table = {"id": ids, "m2": [1_000] * len(east), **columns}
    return geopandas.GeoDataFrame(table, geometry=shapes, crs=UTM)


def region_of(*east, costs=CHEAP, **options):
    return read(street(*east), area="m2", costs=costs, **options)


def two_quarters(gap, left=3, right=3, **options):
    """So many houses 30 m apart from wall to wall, twice, a gap between."""
    first = [50 * i for i in range(left)]
    start = first[-1] + 20 + gap
    return region_of(*first, *(start + 50 * i for i in range(right)), **options)


# --- what a bridge spans


def test_a_bridge_is_as_long_as_the_ground_between_walls():
    region = two_quarters(400)
    assert region.bridges.tolist() == [[2, 3]]
    assert region.spans == (Span(400, ("c", "d")),)
    assert any("c – d 400 m" in note for note in region.notes)


def test_a_bridge_of_compounds_names_the_buildings_at_its_ends():
    table = street(0, 50, 100, 520, 570, 620, yard=list("xxxyyy"))
    region = read(table, area="m2", unit="yard")
    assert region.names == ("x", "y")
    assert region.spans == (Span(400, ("c", "d")),)
    (told,) = told_gaps(region, ["1"], [region.spans[0]])
    assert "zone 1 over 400 m (x (c) – y (d))" in told


def test_points_are_measured_from_point_to_point():
    table = street(0, 50, 100, 520, 570, 620)
    points = table.set_geometry(table.centroid)
    assert read(points, area="m2").spans == (Span(420, ("c", "d")),)


def test_a_region_of_a_graph_measures_bridges_in_straight_lines():
    region = Region(
        ["a", "b"], [[0, 0], [300, 400]], [5, 5], edges=[[0, 1]], bridges=[[1, 0]]
    )
    assert region.spans == (Span(500, ("a", "b")),)
    again = replace(region, spans=(Span(7, ("a", "b")),))
    assert not region.equals(again)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"spans": (Span(1, ("a", "b")),) * 2}, "for each of the 1 bridges"),
        ({"max_gap": 0}, "a number of metres above 0"),
        ({"max_gap": "far"}, "a number of metres above 0"),
    ],
)
def test_what_no_span_and_no_limit_is_is_refused(asked, told):
    with pytest.raises(InputError, match=told):
        Region(["a", "b"], [[0, 0], [9, 0]], [5, 5], bridges=[[0, 1]], **asked)


# --- neighbours too far apart


def test_neighbours_too_far_apart_are_bridged_only_where_nothing_else_joins():
    # a square whose north side is 40 m and south side 80 m of open ground
    shapes = [
        *(shapely.box(X + x, Y, X + x + 20, Y + 10) for x in (0, 100)),
        *(shapely.box(X + x, Y + 40, X + x + 20, Y + 50) for x in (20, 80)),
    ]
    table = geopandas.GeoDataFrame(
        {"id": list("abcd"), "m2": [700] * 4}, geometry=shapes, crs=UTM
    )
    wide = zoning.adjacency.Delaunay(200)
    free = read(table, area="m2", adjacency=wide)
    assert not len(free.bridges)
    near = read(table, area="m2", adjacency=wide, max_gap=50)
    assert near.edges.tolist() == [[0, 2], [1, 3], [2, 3]]  # a–b is 80 m
    assert not len(near.bridges)  # c–d is 40 m
    none = read(table, area="m2", adjacency=wide, max_gap=35)
    assert none.bridges.tolist() == [[0, 1], [0, 3], [2, 3]] or len(none.bridges) > 1
    assert [0, 2] not in none.bridges.tolist()
    assert any("more than 35 m between their walls" in note for note in none.notes)


# --- what ways over bridges cost


def test_ways_over_bridges_add_up_along_the_fewest_metres():
    region = region_of(0, 50, 100, 520, 570, 620, 1140, 1190, 1240)
    island, metres = ways_over_bridges(region)
    assert island.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert metres.tolist() == [[0, 400, 900], [400, 0, 500], [900, 500, 0]]


def test_of_too_many_islands_the_nearest_count_as_one(monkeypatch):
    region = region_of(0, 50, 100, 520, 570, 620, 1140, 1190, 1240)
    monkeypatch.setattr(ways_module, "MANY_ISLANDS", 2)
    island, metres = ways_over_bridges(region)
    assert island.tolist() == [0, 0, 0, 0, 0, 0, 1, 1, 1]
    assert metres.tolist() == [[0, 500], [500, 0]]


def test_a_unit_served_over_a_bridge_pays_for_its_length():
    region = two_quarters(200)
    problem = Problem(region, 1, tolerance=None)
    # 1,000 m² × 0.02 × 12 / 100 × detour 1.3 = 3.12 yuan a metre, × 200 m
    assert problem.surcharge_between([0, 5], [0, 2, 3]).tolist() == [
        [0, 0, 624],
        [624, 624, 0],
    ]
    verdict = judge(Plan(problem, np.zeros(6, int)))
    assert verdict.surcharge.tolist() == [3 * 624]
    assert verdict.gaps == (Span(200, ("c", "d")),)
    free = Problem(replace(region, costs=replace(CHEAP, bridge=0.0)), 1, tolerance=None)
    assert judge(Plan(free, np.zeros(6, int))).surcharge.tolist() == [0]


def test_searches_and_checker_price_bridges_alike():
    problem = Problem(two_quarters(200), 2, tolerance=None)
    every = np.arange(6)
    told = problem.travel_between(every, every) + problem.surcharge_between(
        every, every
    )
    data = TravelData.from_problem(problem)
    assert len(data.table)
    assert data.among(every).tolist() == told.tolist()
    lines = data._replace(table=data.table[:0, :0])  # as above TABLE_UNITS
    assert lines.among(every).tolist() == told.tolist()
    assert TABLE_UNITS >= 6
    assert lines.most() >= told.max(axis=1).sum()


def test_borders_and_bridges_share_one_table_of_sides():
    table = street(0, 50, 100, 320, 370, 420, block=list("xxyyzz"))
    region = read(table, area="m2", columns=["block"], costs=CHEAP)
    problem = Problem(
        region, 1, tolerance=None, rules=(zoning.rules.Border("block", 100),)
    )
    assert problem.surcharge_between([0], range(6)).tolist() == [
        [0, 0, 100, 724, 724, 724]
    ]


# --- which bridges zones use


def least(problem):
    """The best plan by enumeration: excess, cost, zones."""
    n, found = len(problem.region), []
    for zone_of in product(range(problem.num_zones), repeat=n):
        if len(set(zone_of)) == problem.num_zones:
            plan = Plan(problem, np.array(zone_of))
            verdict = judge(plan)
            if verdict.ok:
                found.append((verdict.excess, verdict.total))
    return min(found, default=None)


def test_a_plan_with_a_choice_takes_the_shorter_bridge():
    # d hangs on c over 200 m and on e over 250 m; either zone may have it
    region = region_of(0, 50, 100, 320, 590, 640, 690)
    assert [span.metres for span in region.spans] == [200, 250]
    problem = Problem(region, 2, tolerance=0.3)
    result = zoning.solve(problem, time_limit=10)
    assert result.status is Status.OPTIMAL
    assert result.verdict.gaps.count(None) == 1
    assert max(gap.metres for gap in result.verdict.gaps if gap) == 200
    assert (result.excess, result.cost) == least(problem)


def test_no_zone_spans_a_wide_gap_where_both_sides_make_zones():
    problem = Problem(two_quarters(400), 2, tolerance=0.1)
    assert not len(problem.edited_region.bridges)
    assert "1 bridge(s) over more than 300 m are closed" in problem.notes[0]
    assert "c – d 400 m" in problem.notes[0]
    verdict = judge(Plan(problem, [0, 0, 0, 0, 1, 1]))
    assert "torn into 2 parts" in verdict.faults[0]
    cut = problem.edited_region
    assert cut.cut_edges.tolist() == [[2, 3]]
    assert cut.cut_by[0][0].name == "a gap of 400 m"


def test_a_part_too_small_is_joined_over_the_gap_and_is_an_exception():
    # 5 + 1 houses into 2 zones of 3: a zone of one house lacks far more than 10 m weigh
    region = two_quarters(310, left=5, right=1)
    problem = Problem(region, 2, tolerance=0.1)
    assert problem.edited_region.bridges.tolist() == [[4, 5]]
    result = zoning.solve(problem, time_limit=10)
    (one,) = [one for one in result.verdict.exceptions if one.band == "gap"]
    assert (one.value, one.low, one.high, one.yuan) == (310, 0, 300, 0)
    assert one.reason is Reason.BRIDGE
    assert one.units == ("e", "f")
    assert "hangs together only by a bridge of 310 m between e and f" in str(one)
    assert (result.excess, result.cost) == least(problem)


def test_a_gap_may_outweigh_a_part_too_small():
    region = two_quarters(1_900, left=5, right=1)
    problem = Problem(region, 2, tolerance=0.1)
    assert not len(problem.edited_region.bridges)
    assert not [x for x in judge(Plan(problem, [0] * 5 + [1])).exceptions if x.high < 9]
    loose = Problem(replace(region, max_gap=None), 2, tolerance=0.1)
    assert loose.edited_region is loose.region
    assert not any(
        one.band == "gap" for one in judge(Plan(loose, [0, 0, 0, 1, 1, 1])).exceptions
    )


def test_a_part_behind_a_gap_is_a_pocket_to_the_number_of_zones():
    table = street(*range(0, 450, 50), 2_300)
    table["m2"] = 46_700 / 3
    found = usual_number(read(table, area="m2"))
    assert (found.num_zones, found.pockets) == (4, (("j",),))  # 9 of 3 a zone, and j
    near = street(*range(0, 450, 50), 600)
    near["m2"] = 46_700 / 3
    assert usual_number(read(near, area="m2")).num_zones == 3


def test_bridges_are_opened_where_zones_are_fewer_than_parts():
    region = region_of(0, 50, 100, 520, 570, 620, 1140, 1190, 1240)
    few, two, one = (Problem(region, k, tolerance=None) for k in (3, 2, 1))
    assert not len(few.edited_region.bridges)
    assert two.edited_region.bridges.tolist() == [[2, 3]]  # 400 m; the other is 500
    assert len(one.edited_region.bridges) == 2


def test_bridges_are_opened_where_rules_hold_both_sides_together():
    problem = Problem(two_quarters(400), 2, rules=(MustLink(("a", "f")),))
    assert problem.edited_region is problem.region


def test_a_strict_problem_opens_no_wide_bridge():
    region = two_quarters(310, left=5, right=1)
    problem = Problem(region, 2, tolerance=0.1, strict=True)
    assert not len(problem.edited_region.bridges)
    assert zoning.solve(problem, time_limit=10).status is Status.INFEASIBLE
    told = judge(Plan(problem, [0, 0, 0, 1, 1, 1])).faults
    assert any("torn into 2 parts" in fault for fault in told)


def test_what_is_settled_stays_whatever_else_changes():
    near = Problem(two_quarters(290), 2)
    assert near.settled() is near
    open_ = Problem(two_quarters(310, left=5, right=1), 2, tolerance=0.1)
    assert len(replace(open_.settled(), tolerance=None).edited_region.bridges) == 1
    shut = Problem(two_quarters(400), 2, tolerance=0.1)
    again = replace(shut.settled(), num_zones=1, fair_share=None)
    assert len(Problem(shut.region, 1).edited_region.bridges) == 1
    assert not len(again.edited_region.bridges)


def test_rules_that_cut_a_bridge_leave_the_others_with_what_they_span():
    table = street(0, 50, 100, 520, 570, 620, 1140, 1190, 1240, side=list("xxxxxxyyy"))
    region = read(table, area="m2", columns=["side"])
    problem = Problem(region, 2, rules=(Contain("side"),), tolerance=None)
    assert problem.ruled_region.spans == (Span(400, ("c", "d")),)


# --- what is written and told


@pytest.mark.parametrize("gap", [200, 310, 400])
def test_a_written_plan_is_judged_again_alike(gap, tmp_path):
    region = two_quarters(gap, left=5, right=1)
    result = zoning.solve(Problem(region, 2, tolerance=0.2), time_limit=5)
    zoning.write(tmp_path / "out", result)
    written = read_plan(tmp_path / "out" / "plan.json")
    assert not differences(written)
    assert written.verdict.gaps == result.verdict.gaps
    assert written.plan.problem.edited_region.equals(result.plan.problem.edited_region)


def test_the_command_names_gaps_and_takes_a_limit(run, tmp_path):
    street(0, 50, 100, 150, 200, 530).to_file(tmp_path / "houses.geojson")
    out = tmp_path / "out"
    asked = (
        *("plan", tmp_path / "houses.geojson", "--area", "m2", "--zones", 2),
        *("--lot-size", 0, "--time", 2, "--out", out),
    )
    code, told, _ = run(*asked)
    assert code == 0
    assert "1 zone hangs together only by bridges" in told
    assert "over 310 m (e – f)" in told
    rows = (out / "zones.csv").read_text("utf-8-sig")
    assert "widest_gap_m" in rows
    assert "e – f" in rows
    code, told, _ = run("check", out)
    assert code == 0
    assert "over 310 m (e – f)" in told
    zone = next(z for z in ("1", "2") if f"zone {z} over" in told)
    assert "a bridge of 310 m between e and f" in run("explain", out, "--zone", zone)[1]
    code, told, _ = run(*asked, "--max-gap", 100)
    assert code == 0
    assert "closed to zones" in told
    assert run(*asked, "--max-gap", 0)[0] == 2


# --- against an enumerator that prices bridges by a graph of its own


def chance_of_islands(seed):
    """Up to seven units in three groups; whatever joins groups is a bridge."""
    chance = np.random.default_rng(seed)
    n = int(chance.integers(5, 8))
    xy = np.round(chance.uniform(0, 1_500, (n, 2)), 2)
    pairs = {(int(chance.integers(a)), a) for a in range(1, n)}
    pairs |= {tuple(sorted(chance.choice(n, 2, False).tolist())) for _ in range(3)}
    edges, group = sorted(pairs), chance.integers(0, 3, n)
    bridges = [(a, b) for a, b in edges if group[a] != group[b]]
    spans = [Span(int(chance.integers(20, 700)), (str(a), str(b))) for a, b in bridges]
    area = chance.integers(2_000, 20_000, n)
    return Region(
        [*map(str, range(n))],
        xy,
        area * 6,
        {"area": area},
        edges=edges,
        bridges=np.array(bridges, int).reshape(-1, 2),
        spans=tuple(spans),
    )


def enumerated(problem):
    """Least excess and cost of connected zones, reckoned anew from the region."""
    region, n = problem.region, len(problem.region)
    touching = nx.Graph(problem.edited_region.edges.tolist())
    touching.add_nodes_from(range(n))
    bridges = set(map(tuple, region.bridges.tolist()))
    dry = nx.Graph(e for e in map(tuple, region.edges.tolist()) if e not in bridges)
    dry.add_nodes_from(range(n))
    island = {i: k for k, some in enumerate(nx.connected_components(dry)) for i in some}
    wet = nx.MultiGraph()
    for (a, b), span in zip(region.bridges.tolist(), region.spans, strict=True):
        wet.add_edge(island[a], island[b], weight=span.metres)
    far = dict(nx.all_pairs_dijkstra_path_length(wet))
    rate = region.area * (0.02 * 12 / 100.0) * 1.3

    def served(i, j):
        line = np.hypot(*(region.xy[i] - region.xy[j]))
        metres = far.get(island[i], {}).get(island[j], 0)
        over = 0 if island[i] == island[j] else round(rate[i] * metres)
        return round(rate[i] * line) + over

    band, best = problem.cost_band, []
    for zone_of in product(range(problem.num_zones), repeat=n):
        zones = [[i for i in range(n) if zone_of[i] == k] for k in set(zone_of)]
        whole = all(nx.is_connected(touching.subgraph(zone)) for zone in zones)
        if len(zones) < problem.num_zones or not whole:
            continue
        costs = [
            int(region.load[zone].sum())
            + min(sum(served(i, j) for i in zone) for j in zone)
            for zone in zones
        ]
        outside = sum(max(0, band.low - cost, cost - band.high) for cost in costs)
        best.append((outside, sum(costs)))
    return min(best)


@pytest.mark.parametrize("seed", range(12))
def test_plans_over_bridges_are_the_best_that_all_plans_hold(seed):
    problem = Problem(
        chance_of_islands(seed), 1 + seed % 3, tolerance=0.1 + 0.2 * (seed % 2)
    )
    result = zoning.solve(problem, time_limit=10)
    assert result.status is Status.OPTIMAL
    assert (result.excess, result.cost) == enumerated(problem)


@pytest.mark.parametrize(
    ("total", "beside_heavy", "expected"),
    [
        (100, False, 0),  # one zone of 90 to 110
        (40, False, 50),  # short of 90
        (150, False, 30),  # two of 75, each 15 short; one is 40 above
        (125, False, 15),
        (40, True, 40),  # all go to the zone of the heavy unit
        (0, False, 90),  # nothing there, yet a zone
        (0, True, 0),
        (1_000, False, 0),
    ],
)
def test_the_least_excess_of_a_part_is_that_of_the_best_number_of_zones(
    total, beside_heavy, expected
):
    one = np.array([1.0])
    standing = Standing(np.zeros((1, 0)), 90 * one, 110 * one, one)
    assert standing.excess(total * one, beside_heavy=beside_heavy) == expected


# --- what else is asked of a plan with an open wide bridge


def test_lots_planned_with_zones_may_lie_over_an_open_bridge():
    table = street(0, 50, 100, 150, 200, 530, 580)
    region = read(table, area="m2", costs=CHEAP)
    problem = Problem(region, 2, tolerance=0.2)
    assert problem.opens_wide_bridges
    found = zoning.plan_and_bundle(problem, size=2, time_limit=5)
    assert found.result.verdict.ok
    assert found.bound <= found.cost


def test_prices_of_rules_are_those_of_a_plan_over_an_open_bridge():
    region = two_quarters(310, left=5, right=1)
    asked = (MustLink(("a", "b")),)
    problem = Problem(region, 2, tolerance=0.2, rules=asked)
    assert problem.opens_wide_bridges
    rows = zoning.price_of_rules(problem, time_limit=4)
    assert rows[-1].least == 0  # a and b share a zone anyway
