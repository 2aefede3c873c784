"""Zones far from the usual floor area are told, in one note."""

import pytest

from zoning.analysis.unusual_areas import told_unusual_areas
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.region import Region


def plan_of(areas, bands=()):
    """Units in a row, each a zone."""
    n = len(areas)
    region = Region(
        names=tuple("abcdef"[:n]),
        xy=[[100.0 * i, 0.0] for i in range(n)],
        load=[1_000] * n,
        sums={"area": areas},
        edges=[[i, i + 1] for i in range(n - 1)],
    )
    problem = Problem(region, n, tolerance=0.9, bands=dict(bands))
    return Plan(problem, tuple(range(n)))


def test_zones_of_unusual_area_are_counted_and_the_farthest_is_named():
    # 20,000 is 1.5 times too small, 250,000 is 2.5 times too large
    (told,) = told_unusual_areas(plan_of([20_000, 30_000, 100_000, 250_000]))
    assert "2 of 4 zones lie outside 30,000 to 100,000 m²" in told
    assert "farthest is zone 4 with 250,000 m²" in told
    assert "--scenario inner-mongolia-2000" in told


def test_a_zone_without_area_is_the_farthest():
    (told,) = told_unusual_areas(plan_of([0, 50_000, 250_000]))
    assert "farthest is zone 1 with 0 m²" in told


@pytest.mark.parametrize(
    "plan",
    [
        plan_of([30_000, 100_000]),
        plan_of([0, 0]),  # no floor area is known
        plan_of([20_000, 250_000], {"area": Band(0, 300_000)}),
    ],
)
def test_nothing_is_told_where_areas_are_usual_unknown_or_limited(plan):
    assert [*told_unusual_areas(plan)] == []
