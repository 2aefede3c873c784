from dataclasses import replace

import numpy as np
import pytest

from zoning.costs import CostModel, Resource
from zoning.errors import InputError
from zoning.lots.check import fair_lot, judge_lots
from zoning.lots.price import pieces_of
from zoning.lots.sizes import LotSizes, allowed_below, lot_sizes
from zoning.lots.zone_facts import ZoneFacts
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.region import Region

STILL = CostModel(travel=0.0, lot_travel=0.0)


def row(num_zones, *, costs=STILL, cut=(), area=46_700, apart=100.0):
    """Zones of one unit each in a row, neighbours touching; `cut` edges by barriers."""
    sums = {
        "area": np.full(num_zones, area),
        "households": np.full(num_zones, round(area / 70)),
    }
    edges = [(i, i + 1) for i in range(num_zones - 1)]
    region = Region(
        names=tuple(f"u{i}" for i in range(num_zones)),
        xy=np.column_stack([apart * np.arange(num_zones), np.zeros(num_zones)]),
        load=costs.load(sums),
        direct=costs.direct(sums),
        sums=sums,
        edges=np.array([e for e in edges if e not in cut], np.int32).reshape(-1, 2),
        cut_edges=np.array(list(cut), np.int32).reshape(-1, 2),
        costs=costs,
    )
    return Plan(Problem(region, num_zones, tolerance=None), np.arange(num_zones))


@pytest.mark.parametrize(
    ("guards", "alone", "together"), [(0, 0.79, 0.54), (2, 0.91, 0.66), (3, 0.97, 0.72)]
)
def test_three_zones_save_26_to_32_percent_as_one_lot(guards, alone, together):
    # One zone of 46,700 m², 667 households, a month:
    #   cleaners   ceil(3.11) = 4 × 2,300 × 1.2 = 11,040
    #   repairers  ceil(1.17) = 2 × 3,300 × 1.2 =  7,920
    #   stewards   ceil(0.89) = 1 × 2,800 × 1.2 =  3,360
    #   machine    ceil(0.30) = 1 × (95,000 / 60 + 800) = 2,383
    #   station    ceil(0.13) = 1 × (4,500 × 1.2 + 3,000) = 8,400
    #   consumables 0.08 × 46,700 = 3,736      sum 36,839 / 46,700 = 0.79
    # One lot of three, 140,100 m², 2,001 households:
    #   10 × 2,760 + 4 × 3,960 + 3 × 3,360 + 2,383 + 8,400 + 11,208
    #   = 75,511 / 140,100 = 0.54
    # A guard costs 2,400 × 1.2 = 2,880 a zone: + 0.062 yuan/m² each, in both.
    plan = row(3, costs=replace(STILL, guards_per_zone=guards))
    [lot] = judge_lots(plan, [(0, 1, 2)]).lots
    m2_months = 3 * 46_700 * 12
    assert round(lot.separate_cost / m2_months, 2) == alone
    assert round(lot.cost / m2_months, 2) == together
    assert 0.255 <= lot.saving / lot.separate_cost <= 0.325
    assert dict(lot.resources) == {
        "cleaner": 10, "repairer": 4, "steward": 3, "machine": 1, "station": 1,
    }  # fmt: skip
    assert dict(lot.separate_resources) == {
        "cleaner": 12, "repairer": 6, "steward": 3, "machine": 3, "station": 3,
    }  # fmt: skip


def test_nobody_can_run_a_tiny_zone_alone():
    # 2,760 + 3,960 + 3,360 + 2,383 + 8,400 + 400 = 21,263 / 5,000 m² = 4.25
    [lot] = judge_lots(row(1, area=5_000), [(0,)]).lots
    assert round(lot.cost / 5_000 / 12, 2) == 4.25
    assert lot.saving == 0


def test_travel_goes_from_the_hub_that_makes_it_least():
    # 0.005 × 12 × 46,700 m² = 2,802 a year per 100 m; the middle zone is the hub and
    # the two others are 100 m × 1.3 away: 2 × round(2,802 × 1.3) = 2 × 3,643
    [lot] = judge_lots(row(3, costs=replace(STILL, lot_travel=0.005)), [(0, 1, 2)]).lots
    assert (lot.hub, lot.travel) == (1, 2 * 3_643)


def test_streets_replace_the_straight_line():
    plan = row(3, costs=replace(STILL, lot_travel=0.005))
    way = np.array([[0, 200, 900], [200, 0, 900], [900, 900, 0]])
    region = replace(plan.problem.region, way=way)
    plan = Plan(replace(plan.problem, region=region), plan.zone_of)
    # hub 0 or 1: 2,802 × (2 + 9) = 30,822; hub 2: 2,802 × 18
    [lot] = judge_lots(plan, [(0, 1, 2)]).lots
    assert (lot.hub, lot.travel) == (0, 30_822)


def test_a_barrier_inside_a_lot_has_its_price():
    free = judge_lots(row(3), [(0, 1, 2)])
    one = judge_lots(row(3, cut=[(1, 2)]), [(0, 1, 2)])
    two = judge_lots(row(3, cut=[(0, 1), (1, 2)]), [(0, 1, 2)])
    assert one.ok and two.ok
    assert one.cost - free.cost == 12 * 300
    assert two.cost - free.cost == 2 * 12 * 300
    assert two.lots[0].crossings == 2


def test_near_links_are_no_crossings():
    plan = row(6, cut=[(0, 1)])
    verdict = judge_lots(plan, [(0, 1, 3), (2, 4, 5)], near_allowed=150.0)
    assert [lot.near for lot in verdict.lots] == [((1, 3),), ((2, 4),)]
    assert [lot.crossings for lot in verdict.lots] == [1, 0]
    assert "zone 2 and zone 4 do not touch; they are 200 m apart" in verdict.faults[0]
    assert len(verdict.faults) == 2
    assert judge_lots(plan, [(0, 1, 3), (2, 4, 5)], near_allowed=200.0).ok


def test_resources_shared_in_zones_are_not_saved():
    post = Resource("post", 40_000, wage=1_000, shared="zone")
    desk = Resource("desk", 10, per="lifts", wage=1_000, minimum=2)
    plan = row(3, costs=replace(STILL, resources=(post, desk)))
    [lot] = judge_lots(plan, [(0, 1, 2)]).lots
    # the region knows no lifts: only the minimum of 2 desks counts
    assert dict(lot.resources) == {"post": 6, "desk": 2}
    assert dict(lot.separate_resources) == {"post": 6, "desk": 6}
    assert lot.saving == 4 * 12 * 1_200


def test_every_lot_pays_its_fixed_cost():
    plan = row(3, costs=replace(STILL, fixed_per_lot=1_000.0, entry_per_zone=500.0))
    plain = row(3)
    [paid], [free] = (judge_lots(p, [(0, 1, 2)]).lots for p in (plan, plain))
    assert paid.cost - free.cost == 1_000 + 3 * 500
    assert paid.separate_cost - free.separate_cost == 3 * 1_000 + 3 * 500


def test_a_full_resource_needs_no_second_piece():
    assert pieces_of(Resource("a", 0.1), 3) == 30  # 3 / 0.1 is 30.000000000000004? no
    assert pieces_of(Resource("a", 15_000), 45_000) == 3
    assert pieces_of(Resource("a", 15_000), 45_001) == 4
    assert pieces_of(Resource("a", 15_000, minimum=1), 0) == 1


@pytest.mark.parametrize(
    ("lots", "fault"),
    [
        ([(0, 1, 2), (3, 4, 5), (5,)], "Zone 6 is in 2 lots"),
        ([(0, 1, 2), (3, 4)], "Zone 6 is in 0 lots"),
        ([(0, 1, 2), (3, 4, 9)], "Zone number 9 is not one of 0 to 5"),
        ([(0, 1), (2, 3), (4, 5)], "Lot 1 has 2 zones; allowed are 3"),
        ([(0, 1), (2, 3), (4, 5)], "0 lots have 3 zones; there must be at least 2"),
        ([(0, 1, 3), (2, 4, 5)], "zone 2 and zone 4 do not touch"),
    ],
)
def test_broken_rules_are_told_in_words(lots, fault):
    assert any(fault in told for told in judge_lots(row(6), lots).faults)


def test_fewer_threes_are_allowed_only_where_said():
    pairs = [(0, 1), (2, 3), (4, 5)]
    assert judge_lots(row(6), pairs, count=0).ok
    assert not judge_lots(row(6), [(0,), (1, 2), (3, 4, 5)], count=0).ok


def test_a_lot_outside_its_band_is_a_fault():
    plan = row(6)
    assert judge_lots(plan, [(0, 1, 2), (3, 4, 5)], tolerance=0.0).ok
    region = plan.problem.region
    area = np.array([46_700] * 5 + [200_000])
    heavy = replace(region, sums={**region.sums, "area": area})
    plan = Plan(replace(plan.problem, region=heavy), plan.zone_of)
    faults = judge_lots(plan, [(0, 1, 2), (3, 4, 5)], tolerance=0.1).faults
    assert any(fault.startswith("Lot 2 costs") for fault in faults)


def test_the_fair_lot_is_what_average_zones_cost_together():
    plan = row(3, costs=replace(STILL, lot_travel=0.005))
    [lot] = judge_lots(plan, [(0, 1, 2)]).lots
    assert fair_lot(ZoneFacts(plan), 3) == lot.cost


@pytest.mark.parametrize(
    ("num_zones", "size", "rule"),
    [
        (15, 3, LotSizes(5, (3,))),
        (13, 3, LotSizes(3, (2, 3, 4))),  # 9 + 4
        (14, 3, LotSizes(4, (2, 3, 4))),  # 12 + 2
        (16, 3, LotSizes(4, (2, 3, 4))),  # 12 + 4 or 12 + 2 + 2
        (1, 3, LotSizes(0, (1,))),
        (2, 3, LotSizes(0, (2, 3, 4))),
        (5, 2, LotSizes(1, (2, 3))),  # 2 + 3, never 2 + 2 + 1
        (6, 4, LotSizes(0, (3, 4, 5))),  # 3 + 3
        (7, 5, LotSizes(0, (3, 4, 5, 6, 7))),  # 3 + 4 or 7: nothing closer to 5
        (4, 1, LotSizes(4, (1,))),
    ],
)
def test_the_remainder_rule(num_zones, size, rule):
    assert lot_sizes(num_zones, size) == rule


def test_sizes_that_may_stand_in_never_include_a_single():
    assert allowed_below(15) == (2, 3, 4)
    assert allowed_below(6, 2) == (2, 3)


def test_lots_of_nothing_are_refused():
    with pytest.raises(InputError, match="at least 1 zone"):
        lot_sizes(5, 0)
