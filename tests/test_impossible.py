"""What one look proves impossible: ids, numbers, and a way out, in words."""

from dataclasses import replace

import numpy as np
import pytest

from zoning.check import judge
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.region import Barrier, Region
from zoning.result import Status
from zoning.rules import (
    Border,
    CannotLink,
    Centers,
    Contain,
    Freeze,
    Lock,
    MustLink,
    Pin,
    Radius,
    Spread,
    Target,
)
from zoning.search.instance.instance import Instance
from zoning.search.presolve import articulation
from zoning.search.presolve.articulation import articulation_points
from zoning.search.presolve.presolve import why_infeasible
from zoning.search.run import Run
from zoning.solve import solve


def test_nothing_is_said_of_a_problem_that_may_have_a_plan(line):
    assert (
        why_infeasible(Problem(line(10, 20, 30), 2, tolerance=0.5, strict=True)) == ""
    )


def test_more_zones_than_locked_zones_leave_units(line):
    lock = Freeze("1", ["a", "b", "c"])
    problem = Problem(line(10, 20, 30, 40), 3, rules=lock, strict=True)
    told = why_infeasible(problem)
    assert "3 zones were asked for, but there are only 1 units beside the 1" in told
    assert "Ask for at most 2 zones." in told


def test_a_unit_heavier_than_a_zone(line):
    # Fair share 50 by hand, ± 10 %: at most 55; unit c alone has 70.
    told = why_infeasible(
        Problem(line(10, 20, 70), 2, tolerance=0.1, fair_share=50, strict=True)
    )
    assert "at most 55" in told
    assert "c (70)" in told
    assert "fewer zones" in told
    assert "raise the tolerance" in told


def test_advice_on_a_heavy_unit_speaks_of_the_same_sum(line):
    # Nine flats never fit a zone of eight, however many zones there are; loads of five
    # have nothing to do with it.
    region = line(5, 5, 5, flats=[1, 1, 9])
    told = why_infeasible(
        Problem(region, 2, tolerance=None, bands={"flats": Band(0, 8)}, strict=True)
    )
    assert "at most 8 flats" in told
    assert "c (9)" in told
    assert "fewer zones" not in told
    assert "tolerance" not in told


def test_many_heavy_units_are_counted(line):
    told = why_infeasible(
        Problem(line(*[90] * 8), 8, tolerance=0.1, fair_share=50, strict=True)
    )
    assert "a (90), b (90), c (90), d (90), e (90) and 3 more" in told


def test_too_little_for_all_zones(line):
    region = line(1, 1, 1, 1, flats=[3, 3, 3, 3])
    told = why_infeasible(
        Problem(region, 3, tolerance=None, bands={"flats": Band(5, 20)}, strict=True)
    )
    assert "3 zones of at least 5 flats need 15; there are 12" in told
    assert "at most 2 zones" in told
    assert "at least 4 each" in told


def test_too_much_for_all_zones(line):
    region = line(1, 1, 1, 1, flats=[3, 3, 3, 3])
    told = why_infeasible(
        Problem(region, 2, tolerance=None, bands={"flats": Band(0, 5)}, strict=True)
    )
    assert "2 zones of at most 5 flats hold 10; there are 12" in told
    assert "at least 3 zones" in told


def test_a_part_that_fits_no_whole_number_of_zones(line):
    # The part a b has 2 flats; a zone takes 3 or 4.
    region = line(
        10, 10, 30, 20, 20,
        touching=[(0, 1), (2, 3), (3, 4)],
        flats=[1, 1, 3, 2, 2],
    )  # fmt: skip
    told = why_infeasible(
        Problem(region, 3, tolerance=None, bands={"flats": Band(3, 4)}, strict=True)
    )
    assert "touches no other, 2 units (a, b), has 2 flats" in told
    assert "bridge" in told


def test_parts_that_need_more_zones_than_asked_for(line):
    # A zone costs 27 to 33: a b is one zone, c d e of 70 without travel at least three.
    region = line(10, 10, 30, 20, 20, touching=[(0, 1), (2, 3), (3, 4)])
    told = why_infeasible(Problem(region, 3, tolerance=0.1, fair_share=30, strict=True))
    assert "hold 4 to 4 zones together; 3 were asked for" in told


def test_more_parts_than_zones(line):
    region = line(10, 10, 10, touching=[(0, 1)])
    told = why_infeasible(Problem(region, 1, tolerance=None, strict=True))
    assert "do not touch hold 2 to 2 zones together; 1 were asked for" in told


def test_a_part_without_load_may_be_a_zone_where_fixed_costs_make_it_one(line):
    # Each zone costs 100 to exist; fair share 110 or so, ± 50 %: 55 to 165. The part a
    # costs 100 + 0, the part b c 100 + 20 + 10.
    region = line(0, 10, 10, touching=[(1, 2)])
    region = replace(region, costs=replace(region.costs, entry_per_zone=100.0))
    problem = Problem(region, 2, tolerance=0.5, strict=True)
    assert why_infeasible(problem) == ""
    assert solve(problem, time_limit=10).cost == 230


def test_long_lists_of_units_are_cut_short(line):
    region = line(
        *[1] * 9, flats=[1] * 8 + [5], touching=[(i, i + 1) for i in range(7)]
    )
    told = why_infeasible(
        Problem(region, 2, tolerance=None, bands={"flats": Band(9, 9)}, strict=True)
    )
    assert "need 18; there are 13" in told
    told = why_infeasible(
        Problem(region, 2, tolerance=None, bands={"flats": Band(5, 7)}, strict=True)
    )
    assert "8 units (a, b, c, d, e and 3 more)" in told


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_what_is_called_impossible_has_no_plan(chance_problem, truth_of, first):
    for seed in range(first, first + 50):
        problem = chance_problem(seed)
        if why_infeasible(problem):
            assert truth_of(problem).cost is None, seed


@pytest.mark.parametrize("seed", range(60))
def test_with_edges_taken_away_too(chance_problem, truth_of, seed):
    problem = chance_problem(seed)
    kept = np.random.default_rng(seed).random(len(problem.region.edges)) < 0.6
    apart = replace(problem.region, edges=problem.region.edges[kept])
    problem = replace(problem, region=apart)
    if why_infeasible(problem):
        assert truth_of(problem).cost is None


def test_a_part_is_told_by_what_it_costs_where_cost_is_balanced(line):
    # A zone costs 36 to 44; a b cost 10 and 5 of travel.
    region = line(5, 5, 40, 30, 10, touching=[(0, 1), (2, 3), (3, 4)])
    told = why_infeasible(Problem(region, 3, tolerance=0.1, fair_share=40, strict=True))
    assert "2 units (a, b), costs 10 without travel and fits no whole number" in told


def test_what_cuts_a_part_off_is_named(line):
    region = line(1, 1, 1, touching=[(1, 2)], flats=[1, 4, 4])
    region = replace(
        region,
        cut_edges=np.array([[0, 1]]),
        cut_by=((Barrier("Majia River", "river"),),),
    )
    told = why_infeasible(
        Problem(region, 2, tolerance=None, bands={"flats": Band(4, 9)}, strict=True)
    )
    assert "(cut off by Majia River), 1 unit (a), has 1 flats" in told


# --- a unit no zone can hold ---------------------------------------------------------


def test_a_unit_between_two_sums_is_named_with_both(line):
    # c has 70, a zone 75 to 85. With b it has 90, alone 70; a b c is more still.
    region = line(10, 20, 70, 20, 40)
    told = why_infeasible(
        Problem(region, 2, tolerance=None, bands={"load": Band(75, 85)}, strict=True)
    )
    assert "No zone can hold c (70 of load): a zone has 75 to 85 of load." in told
    assert "Alone it has 70, which is too little; with b it has 90, which" in told
    assert "That takes at least 70 or at most 90, and the other zones may" in told


def test_travel_counts_where_cost_is_balanced(line):
    # c costs 70; c d 75 and 5 of travel (5 m² over 100 m), 80; b c 90 and 20 of travel.
    # 90 ± 5 % is 86 to 94. 80 is 11.1 % below 90, 110 further above.
    told = why_infeasible(
        Problem(line(40, 20, 70, 5), 2, tolerance=0.05, fair_share=90, strict=True)
    )
    assert "No zone can hold c (70 yuan a year): a zone has 86 to 94 yuan" in told
    assert "With d it has 80, which is too little; with b it has 110" in told
    assert "That takes a tolerance of 11.1 % at least" in told


def test_the_tolerance_a_unit_takes_minds_targets(line):
    # Zone Small has 0.9 times the share of the other: of 2 × 90 it has 85.3. c alone
    # costs 75, 12.04 % below that; b c 95 and 20 of travel.
    small = Target("Small", 0.9)
    region = line(40, 20, 75)
    problem = Problem(
        region, 2, tolerance=0.05, fair_share=90, rules=(small,), strict=True
    )
    assert "That takes a tolerance of 12.0 % at least" in why_infeasible(problem)


def test_what_a_zone_leaves_behind_must_be_zones_too(line):
    # c has 6 flats and needs b or d to have 10; then a, or e, is left alone with 2.
    region = line(1, 1, 1, 1, 1, flats=[2, 4, 6, 4, 2])
    told = why_infeasible(
        Problem(region, 2, tolerance=None, bands={"flats": Band(8, 10)}, strict=True)
    )
    assert "Every zone that can hold c leaves behind what fits no whole number" in told
    assert "b, c cuts off a with 2 flats" in told


def test_limits_that_follow_from_the_other_zones_are_told_as_such(line):
    # 100 in all; two zones of at least 30 leave 40 to the third.
    region = line(20, 20, 45, 15)
    told = why_infeasible(
        Problem(region, 3, tolerance=None, bands={"load": Band(30, 90)}, strict=True)
    )
    assert "at most 40 of load (each of the other 2 has at least 30)" in told
    assert "c (45)" in told


# --- rules ---------------------------------------------------------------------------


def with_columns(region, **columns):
    return replace(region, columns={k: tuple(v) for k, v in columns.items()})


def test_a_locked_zone_outside_a_band(line):
    region = line(10, 10, 10, 10, flats=[1, 5, 5, 5])
    lock = Lock("Old", ("a",))
    bands = {"flats": Band(4, 20)}
    told = why_infeasible(
        Problem(region, 2, tolerance=None, bands=bands, rules=(lock,), strict=True)
    )
    assert "Zone Old is locked and has 1 flats; allowed are 4 to 20." in told
    assert "Freeze zone Old" in told
    frozen = Freeze("Old", ("a",))
    assert not why_infeasible(
        Problem(region, 2, tolerance=None, bands=bands, rules=(frozen,), strict=True)
    )


def test_all_zones_locked_and_somebody_left(line):
    locks = (Lock("1", ("a",)), Lock("2", ("b", "c")))
    told = why_infeasible(
        Problem(line(1, 1, 1, 1), 2, tolerance=None, rules=locks, strict=True)
    )
    assert "All 2 zones are locked, but 1 units are in none of them: d." in told


def test_a_frozen_zone_is_not_counted_among_the_others(line):
    # Without c, which is frozen, two zones of 20 flats each are there.
    region = line(1, 1, 1, 1, 1, flats=[10, 10, 90, 10, 10])
    problem = Problem(
        region,
        3,
        tolerance=None,
        bands={"flats": Band(20, 20)},
        rules=(Freeze("Old", ("c",)),),
        strict=True,
    )
    assert why_infeasible(problem) == ""
    assert solve(problem, time_limit=10).plan is not None


def test_a_larger_target_takes_a_heavier_unit(line):
    # 60 is over 44 (40 + 10 %), but not over twice that.
    region = line(20, 20, 60, 20, 20)
    asked = {"num_zones": 3, "tolerance": 0.3, "fair_share": 45}
    assert "c (60)" in why_infeasible(Problem(region, **asked, strict=True))
    assert "c (60)" not in why_infeasible(
        Problem(region, **asked, rules=(Target("Big", 2.0),), strict=True)
    )


def test_fewer_centers_than_zones(line):
    rules = (Centers(("a", "c")),)
    told = why_infeasible(
        Problem(line(1, 1, 1, 1), 3, tolerance=None, rules=rules, strict=True)
    )
    assert "3 zones need 3 centers, but only 2 units hold a building" in told


def test_a_unit_too_far_from_every_center(line):
    rules = (Centers(("a", "b")), Radius(150))
    told = why_infeasible(
        Problem(line(1, 1, 1, 1), 2, tolerance=None, rules=rules, strict=True)
    )
    assert "within 150 m of d; the nearest to d is 200 m away" in told


def test_values_too_unlike_inside_a_unit(line):
    region = replace(line(1, 1), buildings=(("a1", "a2"), ("b",)))
    region = with_columns(region, fee=(0.3, 0.9, 0.5))
    told = why_infeasible(
        Problem(region, 1, tolerance=None, rules=(Spread("fee", 0.5),), strict=True)
    )
    assert "In a, which is never split, fee runs from 0.3 to 0.9" in told


def chance_rules(chance, n):
    """One to three rules on buildings u0, u1, ... and the columns fee and side."""
    some = [f"u{i}" for i in chance.permutation(n)[: int(chance.integers(2, 5))]]
    options = [
        CannotLink(tuple(some)),
        MustLink(tuple(some[:2])),
        Pin("A", tuple(some[:2])),
        (Lock, Freeze)[chance.integers(2)]("L", tuple(some[:1])),
        Target("A", float(chance.choice([0.5, 2.0]))),
        Centers(tuple(some)),
        Radius(float(chance.choice([120, 200, 400]))),
        Spread("fee", float(chance.choice([0.1, 0.3]))),
        Contain("side"),
        Border("side", 500),
    ]
    chosen = chance.permutation(len(options))[: int(chance.integers(1, 4))]
    return tuple(options[at] for at in chosen)


def splits(n):
    """Every way to put n units into zones: the zone of each, in canonical numbers."""
    ways = [[0]]
    for _ in range(n - 1):
        ways = [[*way, k] for way in ways for k in range(max(way) + 2)]
    return ways


@pytest.mark.parametrize(
    "seeds", [range(60), pytest.param(range(60, 300), marks=pytest.mark.slow)]
)
def test_what_rules_are_called_impossible_has_no_plan(seeds):
    """Random rules on a block of two by three, against every split there is."""
    called = 0
    for seed in seeds:
        chance = np.random.default_rng(seed)
        region = Region(
            names=tuple(f"u{i}" for i in range(6)),
            xy=[(100.0 * (i % 3), 100.0 * (i // 3)) for i in range(6)],
            load=chance.integers(500, 2_500, 6),
            edges=[(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)],
            columns={
                "fee": tuple(chance.uniform(0.3, 0.8, 6).round(2).tolist()),
                "side": tuple("NSS"[i % 3] for i in range(6)),
            },
        )
        tolerance = [None, 0.2, 0.5][chance.integers(3)]
        try:
            problem = Problem(
                region,
                int(chance.integers(1, 4)),
                tolerance=tolerance,
                rules=chance_rules(chance, 6),
                strict=True,
            )
        except InputError:
            continue
        if not why_infeasible(problem):
            continue
        called += 1
        for labels in splits(len(problem.region)):
            if max(labels) + 1 == problem.num_zones:
                assert not judge(Plan(problem, np.array(labels))).ok, seed
    assert called > len(seeds) / 8


def test_solve_tells_the_reason(line):
    result = solve(Problem(line(10, 20, 70), 2, fair_share=50, strict=True))
    assert result.status is Status.INFEASIBLE
    assert result.plan is None
    assert "at most 55" in result.reason


def test_what_is_too_light_for_a_zone_makes_the_point_it_hangs_on_too_heavy(line):
    # a hangs on b alone. By itself it has 10, and a zone needs 45; with b it has 60 and
    # costs more than 55. Travel, 100 m at 0.1 or more a metre, only adds to that.
    region = line(10, 50, 50, 50)
    problem = Problem(region, 3, tolerance=0.1, fair_share=50, strict=True)
    assert solve(problem, time_limit=5).status is Status.INFEASIBLE
    told = articulation.why_infeasible(Run(problem))
    assert "a (1 in all) touch the rest only by way of b" in told
    assert "at most 55" in told


def test_what_hangs_on_a_point_counts_travel_of_the_best_center(line):
    # a and b have 50, within 55; but 10 m² that are 100 m away cost 10 a year.
    region = line(10, 40, 50, 50)
    assert solve(
        Problem(region, 3, tolerance=0.1, fair_share=50, strict=True)
    ).status is (Status.INFEASIBLE)


def test_what_hangs_on_an_articulation_point_is_what_its_loss_tears_off(line):
    # A ring b-c-d with a on b, e on d and f behind e. The search begins at b, so what
    # is left without b comes off as well.
    edges = [(0, 1), (1, 2), (2, 3), (1, 3), (3, 4), (4, 5)]
    problem = Problem(
        line(1, 1, 1, 1, 1, 1, touching=edges), 2, tolerance=None, strict=True
    )
    found = {
        point: sorted(sorted(part.tolist()) for part in parts)
        for point, parts in articulation_points(Instance.from_problem(problem))
    }
    assert found == {1: [[0], [2, 3, 4, 5]], 3: [[4, 5]], 4: [[5]]}


@pytest.mark.parametrize("seed", range(200))
def test_articulation_points_condemn_nothing_that_has_a_plan(
    chance_problem, truth_of, seed
):
    problem = chance_problem(seed)
    if articulation.why_infeasible(Run(problem)):
        assert truth_of(problem).cost is None
