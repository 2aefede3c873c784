"""Lots that look whole are preferred, within what may be given, and told."""

from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np
import pytest

from tests.conftest import PLAIN
from zoning.costs import Resource
from zoning.errors import InputError
from zoning.lots import bundle
from zoning.lots.borders import VISIBLE, zone_borders
from zoning.lots.check import judge_lots
from zoning.lots.search import Stage
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.region import Region
from zoning.result import Status

# machines alone tell lots apart: a sum of areas that fills them is cheap anywhere
MACHINE = Resource("machine", per="area", capacity=30_000, wage=500)
LOT = replace(PLAIN, lot_travel=0.0, resources=(MACHINE,))


def town(wide, high, seed=0, costs=LOT):
    """A zone for each unit, on a grid 100 m wide that is bent a little.

    Units touch their neighbours left, above and on one diagonal, where no border is.
    """
    rng = np.random.default_rng(seed)
    at = np.arange(wide * high).reshape(high, wide)
    edges = [
        *zip(at[:, :-1].ravel(), at[:, 1:].ravel(), strict=True),
        *zip(at[:-1].ravel(), at[1:].ravel(), strict=True),
        *zip(at[:-1, :-1].ravel(), at[1:, 1:].ravel(), strict=True),
    ]
    grid = np.column_stack([at.ravel() % wide, at.ravel() // wide])
    area = rng.integers(5_000, 40_000, wide * high)
    region = Region(
        names=tuple(f"u{i}" for i in range(wide * high)),
        xy=100.0 * grid + rng.uniform(-4, 4, grid.shape),
        load=area,
        sums={"area": area},
        edges=edges,
        costs=costs,
    )
    problem = Problem(region, wide * high, tolerance=None)
    return Plan(problem, np.arange(wide * high))


def test_borders_of_a_grid_are_as_long_as_its_blocks():
    pairs, metres = zone_borders(town(4, 3))
    of = dict(zip(map(tuple, pairs.tolist()), metres.tolist(), strict=True))
    assert of[5, 6] == pytest.approx(100, abs=15)
    assert of[1, 5] == pytest.approx(100, abs=15)
    # a diagonal: cells meet at a corner, give or take the bend
    assert of[0, 5] < VISIBLE


def test_a_border_ends_where_no_unit_is_in_reach():
    # two units alone, 100 m apart: 150 m from both ends the border, as in a triangle
    region = Region(("a", "b"), [(0, 0), (100, 0)], [1, 1], edges=[(0, 1)], costs=PLAIN)
    _, metres = zone_borders(Plan(Problem(region, 2, tolerance=None), [0, 1]))
    assert metres.tolist() == pytest.approx([2 * (150**2 - 50**2) ** 0.5])


def test_units_at_one_place_share_their_border_and_bridges_have_none():
    region = Region(
        ("a", "b", "c", "d"),
        [(0, 0), (0, 0), (100, 0), (200, 0)],
        [1, 1, 1, 1],
        edges=[(0, 1), (0, 2), (1, 2), (2, 3)],
        bridges=[(2, 3)],
        costs=PLAIN,
    )
    plan = Plan(Problem(region, 3, tolerance=None), [0, 0, 1, 2])
    pairs, metres = zone_borders(plan)
    assert pairs.tolist() == [[0, 1]]
    assert metres[0] == pytest.approx(2 * (150**2 - 50**2) ** 0.5)


def whole(plan, lots):
    """How many lots do not hang together by borders one sees."""
    pairs, metres = zone_borders(plan)
    seen = {tuple(p) for p, m in zip(pairs.tolist(), metres, strict=True) if m >= 30}
    torn = 0
    for lot in lots:
        links = sum((a, b) in seen for a, b in combinations(sorted(lot), 2))
        torn += links < 2  # three zones hang together by two links or three
    return torn


def choices(zones, allowed):
    """Every way to put zones into allowed threes."""
    if not zones:
        yield ()
        return
    for two in combinations(zones[1:], 2):
        lot = (zones[0], *two)
        if lot in allowed:
            rest = tuple(z for z in zones if z not in lot)
            for more in choices(rest, allowed):
                yield (lot, *more)


@cache
def listed(seed):
    """A plan of nine zones, with cost and torn lots of all choices of its lots."""
    plan = town(3, 3, seed)
    prices = {}
    for lot in combinations(range(9), 3):
        rest = tuple(z for z in range(9) if z not in lot)
        found = (
            [] if lot in prices else judge_lots(plan, [lot, rest[:3], rest[3:]]).lots
        )
        for one in found:
            prices[one.zones] = np.inf if one.near else one.cost
    allowed = {lot: cost for lot, cost in prices.items() if cost < np.inf}
    every = [
        (sum(allowed[lot] for lot in lots), whole(plan, lots))
        for lots in choices(tuple(range(9)), allowed)
    ]
    return plan, every


@pytest.mark.parametrize("share", [0.0, 0.002, 0.01, 0.05])
@pytest.mark.parametrize("seed", range(6))
def test_small_plans_against_all_their_lots(seed, share):
    plan, every = listed(seed)
    least = min(cost for cost, _ in every)
    near = [(t, c) for c, t in every if c <= least + int(share * least)]
    torn, cost = min(near) if share else (None, least)
    lots = bundle(plan, whole_lots=share)
    assert lots.cost == cost
    assert lots.bound == least
    if share:
        assert sum(not lot.whole for lot in lots.lots) == torn
    assert lots.cheapest == (None if cost == least else least)
    assert lots.status is (Status.OPTIMAL if cost == least else Status.FEASIBLE)


def test_something_is_given_for_whole_lots_and_told():
    told = [bundle(listed(seed)[0], whole_lots=0.05) for seed in range(6)]
    given = [lots for lots in told if lots.cheapest is not None]
    assert given
    for lots in given:
        assert f"{lots.cheapest:,}" in lots.reason
        assert "was given for lots that look whole" in lots.reason


def test_lots_that_turn_out_cheaper_are_not_called_dearer(monkeypatch):
    """The time was over before the cheapest were found; whole ones cost less still."""
    least, first = Stage.least, []

    def hurried(stage, cost, budget, spread):
        if first:
            return least(stage, cost, budget, spread)
        first.append(stage)
        dear = least(stage, cost.max() - cost, budget, spread)
        return replace(dear, bound=0, status=Status.FEASIBLE)

    monkeypatch.setattr(Stage, "least", hurried)
    cheaper = 0
    for seed in range(6):
        first.clear()
        lots = bundle(listed(seed)[0], whole_lots=0.5)
        assert lots.cheapest is None or lots.cheapest < lots.cost
        assert "-" not in lots.reason
        cheaper += lots.cheapest is None
    assert cheaper


def test_a_lot_that_cannot_be_whole_is_told():
    # a line of three zones at one place: there is no border to see
    region = Region(
        ("a", "b", "c"), [(0, 0)] * 3, [9, 9, 9], edges=[(0, 1), (1, 2)], costs=PLAIN
    )
    plan = Plan(Problem(region, 3, tolerance=None), [0, 1, 2])
    lots = bundle(plan, whole_lots=0.01)
    assert [lot.whole for lot in lots.lots] == [False]
    assert "Lot 1 hangs together by borders of less than 30 m" in lots.reason


@pytest.mark.parametrize("share", [-0.1, 1.0])
def test_a_share_out_of_range_is_refused(share):
    with pytest.raises(InputError, match="whole_lots must be"):
        bundle(town(3, 1), whole_lots=share)
