"""Problems: the fair share, bands, travel, and what is refused at once."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from zoning.check import judge
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.region import Barrier
from zoning.rules import Contain, Freeze, Lock, MustLink, SoftBarrier, Target
from zoning.share import recursive_bisection


def test_a_band_includes_both_ends():
    band = Band(3, 5)
    assert [value in band for value in (2, 3, 5, 6)] == [False, True, True, False]


def test_an_empty_band_is_refused():
    with pytest.raises(InputError, match=r"Band 5\.\.4 is empty"):
        Band(5, 4)


def test_the_fair_share_is_fixed_part_load_and_travel_of_a_quick_plan(line):
    # Halved by load: a b | c d. Travel of each from its better unit: 10, 10.
    # 500 + 40 / 2 + (10 + 10) / 2 = 530; ± 10 %: 477 to 583.
    region = line(10, 10, 10, 10)
    region = replace(region, costs=replace(region.costs, entry_per_zone=500.0))
    problem = Problem(region, 2)
    assert problem.fair_share == 530
    assert problem.cost_band == Band(477, 583)


def test_a_given_fair_share_is_kept(line):
    # 33 × 0.8 = 26.4 up to 27; 33 × 1.2 = 39.6 down to 39.
    problem = Problem(line(10, 20), 1, tolerance=0.2, fair_share=33)
    assert problem.fair_share == 33
    assert problem.cost_band == Band(27, 39)


def test_the_fair_share_does_not_depend_on_the_tolerance(blocks):
    region = blocks(5, 4)
    shares = {Problem(region, 4, tolerance=t).fair_share for t in (0.0, 0.1, 0.9)}
    assert len(shares) == 1


def test_without_tolerance_cost_has_no_band(line):
    assert Problem(line(10, 20), 1, tolerance=None).cost_band is None


def test_ends_of_the_band_that_are_whole_are_inside(line):
    # 100 × (1 - 0.1) and 100 × (1 + 0.1) are 90.00000000000001 or so in floats.
    for tolerance in np.arange(1, 100) / 100:
        problem = Problem(line(1), 1, tolerance=float(tolerance), fair_share=100)
        share = round(100 * tolerance)
        assert problem.cost_band == Band(100 - share, 100 + share)


@pytest.mark.parametrize("factor", [0.7, 1.0, 1.5, 2.0])
@pytest.mark.parametrize("share", [56, 93, 1_000])
def test_the_tolerance_a_cost_needs_is_the_band_turned_round(line, share, factor):
    rules = (Target("Big", factor),)
    problem = Problem(line(1, 1, 1), 3, tolerance=0.0, fair_share=share, rules=rules)
    for cost in range(round(0.5 * share), 2 * share, 7):
        needed = problem.tolerance_for(cost, factor)
        if needed < 0.999:
            allowed = replace(problem, tolerance=needed + 1e-9).cost_band_of(factor)
            assert cost in allowed
        if 1e-4 < needed < 0.999:
            tighter = replace(problem, tolerance=needed - 1e-4).cost_band_of(factor)
            assert cost not in tighter


def test_the_whole_yuan_nearest_to_a_share_is_always_allowed(line):
    # three zones, one of 0.7 times a usual share: 56 × 0.7 × 3 / 2.7 is 43.6, others
    # 62.2; within 0.2 % there is no whole yuan but for that
    rules = (Target("Small", 0.7),)
    problem = Problem(
        line(1, 1, 1), 3, tolerance=0.002, fair_share=56, rules=rules, strict=True
    )
    assert problem.cost_band_of(0.7) == Band(44, 44)
    assert problem.cost_band == Band(62, 62)
    told = judge(Plan(problem, [0, 1, 2])).faults
    assert any("costs 1 yuan a year; allowed are 44 to 44" in fault for fault in told)


def test_a_group_in_a_frozen_or_locked_zone_is_not_refused_as_too_heavy(line):
    # a and b have 20 of 12 allowed; nobody asks that of a frozen zone. A locked one
    # whose target is twice a usual share may cost that.
    region, linked = line(10, 10, 10, 10), MustLink(("a", "b"))
    band = {"load": Band(5, 12)}
    frozen = (Freeze("F", ("a", "b")), linked)
    problem = Problem(region, 3, tolerance=None, bands=band, rules=frozen, strict=True)
    assert judge(Plan(problem, [0, 0, 1, 2])).ok
    locked = (Lock("F", ("a", "b")), linked, Target("F", 2.0))
    problem = Problem(
        region, 3, tolerance=0.6, fair_share=10, rules=locked, strict=True
    )
    assert judge(Plan(problem, [0, 0, 1, 2])).ok
    with pytest.raises(InputError, match="must share a zone and have load 20"):
        Problem(region, 3, tolerance=None, bands=band, rules=(linked,), strict=True)


def test_the_table_is_what_is_asked_pair_by_pair(blocks):
    problem = Problem(blocks(4, 3), 2)
    every = range(12)
    assert np.array_equal(problem.table, problem.travel_between(every, every))
    assert problem.travel_between([3], [5])[0, 0] == problem.table[3, 5]
    assert not problem.table.flags.writeable
    assert (np.diag(problem.table) == 0).all()


def test_a_given_table_is_taken_as_it_is(line):
    table = np.array([[0, 7], [3, 0]], np.int32)
    problem = Problem(line(10, 20), 1, travel=table)
    assert problem.travel_between([0, 1], [1, 0]).tolist() == [[7, 0], [0, 3]]
    table[0, 1] = 99
    assert problem.travel_between([0], [1]).tolist() == [[7]]


def test_bands_are_kept_in_one_order(line):
    region = line(10, 20, flats=[1, 2], area=[3, 4])
    bands = {"flats": Band(0, 9), "area": Band(0, 9)}
    assert list(Problem(region, 1, bands=bands).bands) == ["area", "flats"]


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"num_zones": 0}, "num_zones must be at least 1; got 0"),
        ({"num_zones": 1.5}, "num_zones must be a whole number; got 1.5"),
        ({"num_zones": True}, "num_zones must be a whole number; got True"),
        ({"tolerance": -0.1}, "tolerance must be .*got -0.1"),
        ({"tolerance": 1.0}, r"0\.1 means ±10 %\); got 1"),
        ({"tolerance": float("nan")}, "tolerance must be .*got nan"),
        (
            {"bands": {"shops": Band(0, 1)}},
            r"'shops' names no sum .*\['buildings', 'flats', 'load'\]",
        ),
        ({"travel": np.zeros((3, 3), int)}, "2 × 2 table of whole numbers"),
        ({"travel": np.zeros((2, 2))}, "Round it first"),
        ({"travel": np.array([[0, -1], [0, 0]])}, "travel must be >= 0 everywhere"),
    ],
)
def test_a_problem_that_makes_no_sense_is_refused(line, rules, told):
    with pytest.raises(InputError, match=told):
        Problem(line(10, 20, flats=[1, 2]), **{"num_zones": 1, **rules})


def test_every_fault_is_told_at_once(line):
    with pytest.raises(InputError, match=r"num_zones .*tolerance .*'x'"):
        Problem(line(10), 0, tolerance=2, bands={"x": Band(0, 1)})


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("count", [1, 2, 3, 7, 12])
def test_halving_gives_so_many_pieces_that_hold_each_unit_once(blocks, seed, count):
    region = blocks(4, 3, seed)
    chance = np.random.default_rng(seed) if seed else None
    pieces = recursive_bisection(region.xy, region.load, np.arange(12), count, chance)
    assert len(pieces) == count
    assert sorted(np.concatenate(pieces).tolist()) == list(range(12))
    assert all(len(piece) for piece in pieces)


def test_a_target_that_does_nothing_is_told(line):
    region, target = line(10, 10, 10, 10), Target("F", 2.0)
    assert Problem(region, 3, rules=(target,)).notes == ()
    (note,) = Problem(region, 3, tolerance=None, rules=(target,)).notes
    assert "2 times" in note
    assert "cost is not balanced" in note
    (note,) = Problem(region, 3, rules=(target, Freeze("F", ("a", "b")))).notes
    assert "frozen" in note


@pytest.fixture
def parted(line):
    """The line with a creek after its first unit and a border before its last."""
    region = line(10, 20, 30, 40)
    return replace(
        region,
        edges=region.edges[1:],
        cut_edges=region.edges[:1],
        cut_by=((Barrier("Creek"),),),
        columns={"side": ("west", "west", "west", "east")},
    )


EDITS = (SoftBarrier("Creek"), Contain("side"))


def test_rules_leave_the_region_as_it_was_given(parted):
    edges, cut = parted.edges.tolist(), parted.cut_edges.tolist()
    problem = Problem(parted, 2, tolerance=None, rules=EDITS)
    assert problem.region is parted
    assert (parted.edges.tolist(), parted.cut_edges.tolist()) == (edges, cut)
    assert problem.edited_region.edges.tolist() == [*cut, *edges[:-1]]
    assert problem.edited_region.cut_edges.tolist() == edges[-1:]
    assert problem.edited_region is problem.edited_region


def test_where_no_rule_edits_the_map_there_is_one_region(parted):
    problem = Problem(parted, 3, tolerance=None, rules=(MustLink(parted.names[1:3]),))
    assert problem.edited_region is problem.region is parted


def test_other_rules_edit_the_region_anew(parted):
    problem = Problem(parted, 2, tolerance=None, rules=EDITS)
    again = replace(problem, num_zones=3)
    assert again.region is parted
    assert again.edited_region.equals(problem.edited_region)
    assert replace(problem, rules=()).edited_region is parted


@pytest.mark.parametrize("rules", [(), EDITS])
def test_both_regions_outlive_pickling(parted, rules):
    problem = Problem(parted, 2, tolerance=None, rules=rules)
    back = pickle.loads(pickle.dumps(problem))
    assert back.region.equals(parted)
    assert back.edited_region.equals(problem.edited_region)
    assert (back.edited_region is back.region) is (not rules)
    assert not back.edited_region.edges.flags.writeable
