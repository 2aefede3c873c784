"""How many zones there are where nobody says so: by floor area, what is odd apart."""

import json

import numpy as np
import pytest

from zoning.costs import CostModel
from zoning.errors import InputError
from zoning.number import AREA_PER_ZONE, usual_number
from zoning.problem import Band, Problem
from zoning.region import Region
from zoning.rules import MustLink, Pin

# A yuan a year for each m², nothing before a zone serves anybody: cost is floor area.
BARE = CostModel(
    consumables=1 / 12, entry_per_zone=0, guards_per_zone=0, travel=0, resources=()
)


def region(*areas, touching=None, costs=BARE, **sums):
    """Units a, b, c, ... on a line with such floor areas; load is area."""
    n = len(areas)
    steps = [(i, i + 1) for i in range(n - 1)] if touching is None else touching
    return Region(
        [chr(97 + i) for i in range(n)],
        np.column_stack([100.0 * np.arange(n), np.zeros(n)]),
        np.array(areas),
        sums={"area": np.array(areas), **sums},
        edges=np.array(steps, int).reshape(-1, 2),
        costs=costs,
    )


def test_there_is_a_zone_for_each_46_700_m2():
    # 140,000 / 46,700 = 2.998
    found = usual_number(region(*[10_000] * 14))
    assert found.num_zones == 3
    assert (found.heavy, found.pockets) == ((), ())
    assert found.reason == "140,000 m² / 46,700 m² a zone makes 3."
    # Problem takes what comes out
    assert Problem(region(*[10_000] * 14), found.num_zones).num_zones == 3


def test_a_region_smaller_than_a_zone_is_one_zone():
    assert usual_number(region(100, 100)).num_zones == 1
    assert usual_number(region(100)).reason.startswith("1 zone: 100 m² / 46,700")


def test_a_unit_heavier_than_a_zone_may_be_is_a_zone_of_its_own():
    # a zone may have 46,700 · 1.1 = 51,370: c is heavy. 140,000 m² others make 3 zones;
    # with all of it there would be 640,000 / 46,700 = 13.7, 14 zones
    found = usual_number(region(10_000, 10_000, 500_000, *[10_000] * 12))
    assert found.heavy == ("c",)
    assert found.others_area == 140_000
    assert found.num_zones == 4
    assert found.reason == (
        "4 zones: 1 unit alone heavier than a zone may be (c), a zone for each; "
        "the other 140,000 m² / 46,700 m² a zone makes 3."
    )


def test_what_is_just_light_enough_is_not_heavy():
    just, over = int(1.1 * AREA_PER_ZONE), int(1.1 * AREA_PER_ZONE) + 1
    assert usual_number(region(just, 10_000, 10_000)).heavy == ()
    assert usual_number(region(over, 10_000, 10_000)).heavy == ("a",)
    assert usual_number(region(over, 10_000), tolerance=0.2).heavy == ()
    assert usual_number(region(over, 10_000), tolerance=None).heavy == ()


def test_units_that_must_share_a_zone_are_heavy_together():
    # 6 · 10,000 m² in one zone, which may have 51,370; the other 140,000 make 3
    linked = (MustLink(tuple("abcdef")),)
    found = usual_number(region(*[10_000] * 20), rules=linked)
    assert found.heavy == ("a with 5 more",)
    assert (found.others_area, found.num_zones) == (140_000, 4)
    assert usual_number(region(*[10_000] * 20)).heavy == ()
    light = usual_number(region(*[10_000] * 20), rules=(MustLink(("a", "b")),))
    assert light.heavy == ()


def test_heavy_units_do_not_hide_one_another():
    # m² of a cost 100 yuan each and make a usual zone dear: only without a is b heavy
    dear = region(400_000, 100_000, *[10_000] * 14)
    dear = Region(
        dear.names,
        dear.xy,
        np.array([40_000_000, 100_000, *[10_000] * 14]),
        sums=dear.sums,
        edges=dear.edges,
        costs=BARE,
    )
    found = usual_number(dear)
    assert found.heavy == ("a", "b")
    assert found.num_zones == 2 + 3


def test_a_pocket_that_is_cut_off_is_a_zone_of_its_own():
    # o is cut off with 900 m², less than 46,700 · 0.9
    touching = [(i, i + 1) for i in range(13)]
    found = usual_number(region(*[10_000] * 14, 900, touching=touching))
    assert found.pockets == (("o",),)
    assert found.num_zones == 3 + 1
    assert "1 pocket cut off and lighter than a zone may be (around o)" in found.reason
    # balance by nothing: a part that does not touch, still a zone
    loose = usual_number(region(*[10_000] * 14, 900, touching=touching), tolerance=None)
    assert (loose.pockets, loose.parts, loose.num_zones) == ((), 2, 3)


def test_parts_that_do_not_touch_have_a_zone_each_at_least():
    # three parts of 20,000 m² each and a balance so loose that none is a pocket
    found = usual_number(region(*[20_000] * 3, touching=[]), tolerance=0.6)
    assert found.pockets == ()
    assert (found.by_area, found.parts, found.num_zones) == (1, 3, 3)
    assert "3 parts that do not touch, a zone for each" in found.reason


def test_a_heavy_part_is_no_pocket():
    found = usual_number(region(*[10_000] * 14, 90_000, touching=[
        (i, i + 1) for i in range(13)
    ]))  # fmt: skip
    assert (found.heavy, found.pockets, found.num_zones) == (("o",), (), 4)


def test_bands_make_units_heavy_and_parts_pockets():
    homes = {"households": np.array([*[100] * 14, 5_000])}
    bands = {"households": Band(200, 700)}
    found = usual_number(region(*[10_000] * 15, **homes), bands=bands)
    assert (found.heavy, found.num_zones) == (("o",), 1 + 3)
    few = {"households": np.array([*[100] * 5, 50])}
    apart = [(i, i + 1) for i in range(4)]
    cut = region(*[50_000] * 6, touching=apart, **few)
    assert usual_number(cut, tolerance=0.5).pockets == ()
    assert usual_number(cut, tolerance=0.5, bands=bands).pockets == (("f",),)


def test_there_are_no_more_zones_than_units_and_as_many_as_rules_name():
    found = usual_number(region(200_000, 200_000, 200_000), tolerance=None)
    assert (found.by_area, found.num_zones) == (13, 3)
    assert "there are no more units" in found.reason
    pins = (Pin("N", ("a",)), Pin("S", ("c",)))
    named = usual_number(region(100, 100, 100), rules=pins)
    assert (named.num_zones, named.named) == (2, 2)
    assert "rules name 2 zones" in named.reason


def test_what_a_zone_costs_before_it_serves_anybody_counts_on_both_sides():
    # s = F + 46,700 and F + load ≤ 1.1 · s: load up to 51,370 + 0.1 · F
    costs = CostModel(
        consumables=1 / 12,
        entry_per_zone=100_000,
        guards_per_zone=0,
        travel=0,
        resources=(),
    )
    fixed = costs.fixed_per_zone
    just = int(51_370 + 0.1 * fixed)
    assert usual_number(region(just, 10_000, costs=costs)).heavy == ()
    assert usual_number(region(just + 1, 10_000, costs=costs)).heavy == ("a",)


def test_units_without_floor_area_make_one_zone():
    none = Region(["a", "b"], [[0, 0], [1, 0]], [0, 0], edges=[[0, 1]])
    assert usual_number(none).num_zones == 1


@pytest.mark.parametrize("tolerance", [-0.1, 1.0, 7])
def test_a_tolerance_out_of_its_range_is_refused(tolerance):
    with pytest.raises(InputError, match="tolerance must be at least 0 and below 1"):
        usual_number(region(10), tolerance=tolerance)


def test_a_rule_that_names_what_is_not_there_is_refused():
    with pytest.raises(InputError, match="not there"):
        usual_number(region(10, 10), rules=(Pin("N", ("nowhere",)),))


def test_plan_json_can_hold_all_of_it():
    entry = usual_number(region(10_000, 500_000, 10_000)).entry
    assert entry["by"] == "floor area"
    assert entry["heavy"] == ("b",)
    assert entry["reason"].startswith("2 zones: ")
    assert json.loads(json.dumps(entry))["num_zones"] == 2
