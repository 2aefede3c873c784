"""The judge: every rule and every price, by hand and against plain counting."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoning.check import judge, parts
from zoning.costs import CostModel
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.region import Region
from zoning.rules import Previous

# In the regions of `line`, load is the floor area in m² and serving a unit costs a yuan
# per m² and 100 m; units stand 100 m apart. So travel = load × steps to the center.


def verdict(region, labels, num_zones=None, *, tolerance=None, **rules):
    labels = np.array(labels)
    count = num_zones or len(np.unique(labels))
    problem = Problem(region, count, tolerance=tolerance, **rules, strict=True)
    return judge(Plan(problem, labels))


def test_a_zone_costs_its_fixed_part_its_load_and_travel_to_its_center(line):
    # Zone a b c: from b 10 × 1 + 30 × 1 = 40; from a 20 + 60 = 80; from c 20 + 20 = 40.
    # Zone d e: from d 50 × 1 = 50; from e 40 × 1 = 40.
    found = verdict(line(10, 20, 30, 40, 50), [0, 0, 0, 1, 1])
    assert found.center.tolist() == [1, 4]
    assert found.load.tolist() == [60, 90]
    assert found.travel.tolist() == [40, 40]
    assert found.cost.tolist() == [100, 130]
    assert found.total == 230
    assert found.ok


def test_every_zone_pays_what_it_costs_to_exist(line):
    region = line(10, 20)
    costs = replace(region.costs, entry_per_zone=400.0)
    # Each unit alone: 400 + its load, no travel.
    found = verdict(replace(region, costs=costs), [0, 1])
    assert found.cost.tolist() == [410, 420]


def test_the_first_of_equal_centers_is_taken(line):
    # From a: 7 × 1; from b: 7 × 1.
    assert verdict(line(7, 7), [0, 0]).center.tolist() == [0]
    # The same with the center in the middle of five: b, c and d cost 6, 6 and 8 steps.
    assert verdict(line(1, 0, 0, 0, 1), [0] * 5).center.tolist() == [0]


def test_a_travel_table_replaces_the_way(line):
    table = np.array([[0, 9, 1], [2, 0, 3], [8, 4, 0]])  # row: unit, column: center
    # One zone: from a 0 + 2 + 8 = 10; from b 9 + 0 + 4 = 13; from c 1 + 3 + 0 = 4.
    found = verdict(line(10, 20, 30), [0, 0, 0], travel=table)
    assert (found.center[0], found.travel[0], found.total) == (2, 4, 64)


def test_travel_from_a_unit_to_itself_must_be_nothing(line):
    table = np.array([[5, 1], [1, 0]])
    with pytest.raises(InputError, match="to itself must be 0; it is not for a"):
        verdict(line(10, 20), [0, 0], travel=table)


def test_ways_by_street_replace_straight_lines(line):
    ways = np.array([[0, 500, 900], [500, 0, 400], [900, 400, 0]], np.int32)
    # From b: 10 m² × 500 m + 30 m² × 400 m, at a yuan per m² and 100 m: 50 + 120.
    found = verdict(replace(line(10, 20, 30), way=ways), [0, 0, 0])
    assert (found.center[0], found.travel[0]) == (1, 170)


def test_straight_lines_are_lengthened_by_the_detour(line):
    region = line(10, 20)
    region = replace(region, costs=replace(region.costs, detour=1.5))
    # From b: 10 m² × 100 m × 1.5 = 15.
    assert verdict(region, [0, 0]).travel.tolist() == [15]


def test_travel_is_by_floor_area_where_it_is_known(line):
    # Loads 10 and 20, areas 100 and 7: from a 7 × 1.
    found = verdict(line(10, 20, area=[100, 7]), [0, 0])
    assert (found.center[0], found.travel[0]) == (0, 7)


def test_a_torn_zone_is_named_with_a_unit_of_each_part(line):
    found = verdict(line(10, 20, 30), [0, 1, 0])
    [fault] = found.faults
    assert fault == (
        "Zone 1 is torn into 2 parts that do not touch (one unit of each: a, c)."
    )


def test_neighbours_across_a_barrier_do_not_hold_a_zone_together(line):
    region = replace(line(10, 20, touching=[]), cut_edges=np.array([[0, 1]]))
    assert "torn into 2 parts" in verdict(region, [0, 0]).faults[0]


@pytest.mark.parametrize("asked", [1, 3])
def test_the_number_of_zones_is_exact(line, asked):
    [fault] = verdict(line(10, 20, 30), [0, 1, 1], asked, tolerance=None).faults
    assert fault == f"There are 2 zones; exactly {asked} were asked for."


def test_a_zone_outside_the_cost_band_is_named_with_its_cost_and_the_band(line):
    # Fair share 60 by hand, ± 20 %: 48 to 72. a b: 30 + 10 = 40; c alone: 60.
    region, labels = line(10, 20, 60), [0, 0, 1]
    [fault] = verdict(region, labels, tolerance=0.2, fair_share=60).faults
    assert fault == "Zone 1 costs 40 yuan a year; allowed are 48 to 72."


@pytest.mark.parametrize(("share", "kept"), [(44, True), (45, False), (36, False)])
def test_both_ends_of_the_band_are_allowed(line, share, kept):
    # One zone of 40: 44 × 0.9 = 39.6 up to 40; 45 × 0.9 = 40.5 up to 41; 36 × 1.1 = 39.
    found = verdict(line(10, 20), [0, 0], tolerance=0.1, fair_share=share)
    assert found.ok is kept


def test_other_bands_count_their_own_sum(line):
    region = line(10, 20, 30, households=[5, 6, 7], shops=[1, 0, 0])
    bands = {"households": Band(8, 11), "shops": Band(0, 1), "load": Band(30, 99)}
    # a b: 11 households, 1 shop, load 30. c: 7 households, no shop, load 30.
    [fault] = verdict(region, [0, 0, 1], bands=bands).faults
    assert fault == "Zone 2 has households 7; allowed are 8 to 11."


def test_every_fault_is_reported_at_once(line):
    region = line(10, 20, 30, 40, households=[1, 1, 1, 1])
    found = verdict(
        region, [0, 1, 0, 1], 3, tolerance=0.0, fair_share=1,
        bands={"households": Band(3, 9)},
    )  # fmt: skip
    # The count, two torn zones, two costs, two sums of households.
    assert len(found.faults) == 1 + 2 + 2 + 2
    assert not found.ok


def test_parts_of_a_set_of_units(line):
    assert parts(line(1, 1, 1, 1), np.array([0, 1, 3])) == 2


def test_centers_of_a_zone_of_thousands_are_tried_piece_by_piece():
    n = 2_101
    region = Region(
        names=tuple(map(str, range(n))),
        xy=np.column_stack([np.arange(n), np.zeros(n)]),
        load=np.ones(n),
        sums={"area": np.full(n, 100)},
        edges=np.column_stack([np.arange(n - 1), np.arange(1, n)]),
        costs=CostModel(travel=1 / 12, detour=1.0),
    )
    found = verdict(region, [0] * n)
    # 100 m² a metre away cost a yuan. From the middle: 2 × (1 + ... + 1,050).
    assert found.center.tolist() == [1_050]
    assert found.total == n + 1_050 * 1_051


# --- against plain counting ----------------------------------------------------------

labelled = st.tuples(st.integers(0, 10_000), st.lists(st.integers(0, 3), min_size=9))


def judged(chance_problem, seed, labels):
    problem = chance_problem(seed)
    plan = Plan(problem, np.array(labels[: len(problem.region)]))
    return problem, plan, judge(plan)


@given(case=labelled, shift=st.permutations(range(4)))
def test_what_zones_are_called_does_not_matter(chance_problem, case, shift):
    problem, plan, found = judged(chance_problem, *case)
    again = Plan(problem, 7 + 3 * np.array(shift)[plan.zone_of])
    assert again.equals(plan)
    assert judge(again).total == found.total
    assert judge(again).faults == found.faults


@given(case=labelled)
def test_the_total_is_fixed_parts_loads_and_travel(chance_problem, case):
    problem, plan, found = judged(chance_problem, *case)
    load = int(problem.region.load.sum())
    travel = 0
    for units in plan.zones:
        table = problem.travel_between(units, units).tolist()
        travel += min(map(sum, zip(*table, strict=True)))
    assert found.total == problem.fixed * plan.num_zones + load + travel
    assert found.total == int(found.cost.sum())
    assert np.array_equal(found.cost, problem.fixed + found.load + found.travel)


@given(case=labelled)
def test_centers_lie_in_their_zones_and_no_other_member_is_cheaper(
    chance_problem, case
):
    problem, plan, found = judged(chance_problem, *case)
    for k, units in enumerate(plan.zones):
        by_center = problem.travel_between(units, units).sum(axis=0)
        assert found.center[k] == units[by_center.argmin()]
        assert found.travel[k] == by_center.min()


@given(case=labelled)
def test_zones_are_torn_exactly_when_networkx_says_so(chance_problem, case):
    problem, plan, found = judged(chance_problem, *case)
    graph = nx.Graph(problem.edited_region.edges.tolist())
    for k, units in enumerate(plan.zones):
        pieces = nx.number_connected_components(graph.subgraph(units.tolist()))
        told = f"Zone {k + 1} is torn into {pieces} parts"
        assert (pieces > 1) is any(fault.startswith(told) for fault in found.faults)


@given(case=labelled)
def test_a_move_that_tears_a_zone_is_reported(chance_problem, case):
    problem, plan, _ = judged(chance_problem, *case)
    graph = nx.Graph(problem.edited_region.edges.tolist())
    for i in range(len(problem.region)):
        for k in range(plan.num_zones):
            moved = plan.zone_of.copy()
            moved[i] = k
            after = Plan(problem, moved)
            whole = all(
                nx.is_connected(graph.subgraph(z.tolist())) for z in after.zones
            )
            torn = any("is torn" in fault for fault in judge(after).faults)
            assert torn is not whole


@given(case=labelled)
@settings(max_examples=200)
def test_bands_are_broken_exactly_when_sums_say_so(chance_problem, case):
    problem, plan, found = judged(chance_problem, *case)
    region, expected = problem.region, 0
    for k, units in enumerate(plan.zones):
        band = problem.cost_band
        cost = int(found.cost[k])
        expected += band is not None and not band.low <= cost <= band.high
        for name, limits in problem.bands.items():
            values = region.load if name == "load" else region.sums[name]
            total = sum(int(values[i]) for i in units)
            expected += not limits.low <= total <= limits.high
    assert sum("allowed are" in fault for fault in found.faults) == expected
    counted = any("were asked for" in fault for fault in found.faults)
    assert counted is (plan.num_zones != problem.num_zones)


def test_a_former_zone_without_a_name_is_none(line):
    # b was in no zone, so it is new wherever it is; c was in N and is in another now
    region = replace(line(10, 10, 10), columns={"was": ("N", " ", "N")})
    problem = Problem(
        region, 2, tolerance=None, rules=(Previous("was", price=1.0),), strict=True
    )
    judged = judge(Plan(problem, [0, 0, 1]))
    assert judged.names == ("N", "1")
    assert judged.change_cost == 10


def test_a_plan_is_judged_once(line, monkeypatch):
    plan = Plan(Problem(line(10, 20), 2, tolerance=None, strict=True), [0, 1])
    first = judge(plan)
    monkeypatch.setattr("zoning.check.plan._judge", None)
    assert judge(plan) is first
    monkeypatch.undo()
    assert judge(Plan(plan.problem, plan.zone_of)) is not first
