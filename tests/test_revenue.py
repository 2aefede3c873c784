"""What buildings bring in: known figures first, the model's where nothing is known."""

from dataclasses import replace

import numpy as np
import pytest

from zoning.costs import CostModel
from zoning.errors import InputError
from zoning.region import Region
from zoning.revenue import Income, revenue

COSTS = CostModel(fee=0.5, collection=0.6, parking=60.0, parking_collection=0.5)


def region(costs=COSTS, **columns):
    """Unit u of buildings a, b, c (9,000 m²) and unit v of building d (1,000 m²)."""
    return Region(
        names=("u", "v"),
        xy=np.array([[0.0, 0.0], [100.0, 0.0]]),
        load=np.array([9_000, 1_000]),
        sums={"area": np.array([9_000, 1_000])},
        edges=np.array([[0, 1]]),
        costs=costs,
        buildings=(("a", "b", "c"), ("d",)),
        columns=columns,
    )


def test_fee_times_collection_times_area_where_nothing_more_is_known():
    # 0.5 × 0.6 × 12 = 3.6 yuan a m²
    assert revenue(region()).tolist() == [9_000 * 3.6, 1_000 * 3.6]


def test_what_is_known_of_a_building_goes_before_the_model():
    # a: 0.8 × 0.6, b: 0.5 × 0.9, c: 0.5 × 0.6, each × 12 × 3,000 m²
    # = 17,280 + 16,200 + 10,800; d: 0.4 × 0 = nothing
    known = region(fee=(0.8, None, None, 0.4), rate=(None, 0.9, float("nan"), 0))
    assert revenue(known).tolist() == [44_280, 0]


def test_cells_may_hold_numbers_written_as_words():
    written = region(fee=("0.8", "", None, " 0.4 "), rate=("", "0.9", None, "0"))
    assert revenue(written).tolist() == [44_280, 0]


def test_parking_is_paid_by_the_space():
    # 60 × 0.5 × 12 = 360 a space; 10 + 5 spaces in u
    parked = region(parking=(10, 5, None, None))
    assert (revenue(parked) - revenue(region())).tolist() == [15 * 360, 0]
    assert Income(parked).parking.tolist() == [5_400, 0]


def test_areas_that_are_not_known_share_what_the_unit_has_left():
    # u has 9,000: a has 5,000, b and c share 4,000
    assert Income(region(area=(5_000, None, None, 700))).area.tolist() == [
        5_000, 2_000, 2_000, 700,
    ]  # fmt: skip
    # more than the unit has: nothing is left to share
    assert Income(region(area=(9_500, None, 0, None))).area.tolist() == [
        9_500, 0, 0, 1_000,
    ]  # fmt: skip


def test_areas_of_buildings_weigh_their_fees():
    # (7,000 × 0.2 + 2,000 × 0.8) × 0.6 × 12 = 21,600
    uneven = region(area=(7_000, 1_000, 1_000, None), fee=(0.2, 0.8, 0.8, None))
    assert revenue(uneven).tolist() == [21_600, 3_600]


def test_fees_and_rates_can_be_scaled_and_nobody_pays_more_than_all():
    income = Income(region(rate=(0.6, 0.6, 0.9, None)))
    # × 1.5: rates 0.9, 0.9, 1 (not 1.35), 0.9; 0.5 × 12 × 3,000 m² = 18,000
    assert income.fees(collection=1.5).tolist() == [18_000 * 2.8, 6_000 * 0.9]
    assert income.fees(fee=2.0).tolist() == (2 * income.fees()).tolist()
    many = income.fees(fee=np.array([[1.0], [2.0]]), collection=np.array([[1.5], [1]]))
    assert many.tolist() == [
        income.fees(collection=1.5).tolist(),
        income.fees(fee=2.0).tolist(),
    ]


def test_a_region_without_areas_counts_what_its_load_would_be():
    bare = Region(names=("u",), xy=np.zeros((1, 2)), load=np.array([50_000]))
    assert bare.area.tolist() == [
        round(50_000 / CostModel().load_per_m2()),
    ]
    assert revenue(bare).tolist() == [round(bare.area[0] * 3.6)]


def test_every_unusable_cell_is_named_at_once():
    wrong = region(
        fee=(-1, "much", None, True),
        rate=(60, 0.5, 1.01, None),
        parking=(1e300,) * 4,
    )
    with pytest.raises(InputError) as caught:
        revenue(wrong)
    for told in (
        "Column 'fee' must hold numbers from 0 to 1,000, or nothing where not known; "
        "a has -1, b has 'much', d has True. Correct or empty them.",
        "Column 'rate' must hold numbers from 0 to 1 (0.6 is 60 %)",
        "a has 60, c has 1.01.",
        "Column 'parking' must",
    ):
        assert told in str(caught.value)


def test_a_unit_without_buildings_is_named():
    empty = replace(region(), buildings=(("a",), ()), columns={})
    with pytest.raises(InputError, match="have no buildings: v"):
        revenue(empty)
