"""Edits by hand: judged at once, undone, and kept while the rest is drawn anew."""

from dataclasses import replace

import numpy as np
import pytest

from zoning.analysis.edit import edit
from zoning.analysis.explain import explain
from zoning.analysis.keep import NAMES, keeping
from zoning.check import judge
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.rules import CannotLink, Freeze, Lock, MustLink, Pin, Previous
from zoning.solve import solve


def plan_of(region, labels, **options):
    options = {"tolerance": None, **options}
    return Plan(Problem(region, len(set(labels)), **options), np.array(labels))


def members(one):
    """Buildings by the name of their zone."""
    region = one.plan.problem.region
    return {
        name: "".join(region.names[i] for i in units)
        for name, units in zip(one.verdict.names, one.plan.zones, strict=True)
    }


@pytest.fixture
def halves(line):
    """a b c | d e f; a unit of load 10 is 10 m² and 100 m from the next."""
    return plan_of(line(10, 10, 10, 10, 10, 10), [0, 0, 0, 1, 1, 1])


def test_an_edit_is_judged_at_once(halves):
    # each half of three costs 30 + 10 + 10 of travel from its middle: 100 in all
    begun = edit(halves)
    assert begun.verdict.total == 100
    # a b | c d e f: 20 + 10; 40 + 10 + 10 + 20 of travel from d (or e)
    moved = begun.move("c", "2")
    assert members(moved) == {"1": "ab", "2": "cdef"}
    assert moved.verdict.total == 110
    assert moved.change.total == 10
    assert moved.change.zones == (("1", 50, 30), ("2", 50, 80))
    assert moved.edited == moved.touched == ("c",)
    assert moved.history == ("c from zone 1 to zone 2: +10 yuan a year.",)


def test_an_edit_leaves_what_was_edited_alone(halves):
    begun = edit(halves)
    begun.move("c", "2")
    assert members(begun) == {"1": "abc", "2": "def"}
    assert halves.zone_of.tolist() == [0, 0, 0, 1, 1, 1]


def test_an_edit_that_breaks_a_rule_is_shown_not_refused(line):
    # fair share 30; ±10 % allow 27 to 33
    region = line(10, 10, 10, 10, 10, 10)
    even = np.zeros((6, 6), np.int64)
    asked = {"tolerance": 0.1, "travel": even, "strict": True}
    plan = plan_of(region, [0, 0, 0, 1, 1, 1], **asked)
    lone = edit(plan).move("b", "2")
    assert [fault.split(";")[0] for fault in lone.verdict.faults] == [
        "Zone 1 is torn into 2 parts that do not touch (one unit of each: a, c).",
        "Zone 2 is torn into 2 parts that do not touch (one unit of each: b, d).",
        "Zone 1 costs 20 yuan a year",
        "Zone 2 costs 40 yuan a year",
    ]
    assert len(lone.change.broken) == 4
    mended = lone.move("b", "1")
    assert mended.verdict.ok
    assert len(mended.change.mended) == 4


def test_an_edit_that_puts_zones_outside_bands_that_bend_says_by_how_much(line):
    # fair share 30, ±10 % allow 27 to 33: with d in zone 1 zones have 40 and 20
    region = line(10, 10, 10, 10, 10, 10)
    even = np.zeros((6, 6), np.int64)
    plan = plan_of(region, [0, 0, 0, 1, 1, 1], tolerance=0.1, travel=even)
    bent = edit(plan).move("d", "1")
    assert bent.verdict.ok
    assert (bent.change.broken, bent.change.nearer) == ((), ())
    assert bent.change.excess == 7 + 7
    assert str(bent.change) == (
        "at the same cost; zones outside their bands by 14 yuan more"
    )
    assert bent.change.farther == (
        "Zone 1 costs 40 yuan a year; allowed are 27 to 33.",
        "Zone 2 costs 20 yuan a year; allowed are 27 to 33.",
    )
    back = bent.move("d", "2")
    assert back.change.excess == -14
    assert back.change.nearer == bent.change.farther


def test_zones_keep_their_names_when_the_first_unit_leaves(halves):
    # counted by their first unit, c b would be zone 2 and the zone of a zone 1
    moved = edit(halves).move("a", "2")
    assert members(moved) == {"2": "adef", "1": "bc"}
    assert judge(moved.plan).names == moved.verdict.names
    again = edit(moved.plan)
    assert members(again) == members(moved)


def test_merged_zones_bear_the_name_of_the_first(line):
    plan = plan_of(line(10, 10, 10, 10, 10, 10), [0, 1, 1, 1, 2, 2])
    merged = edit(plan).merge("2", "1")
    assert members(merged) == {"2": "abcd", "3": "ef"}
    assert merged.verdict.faults == ("There are 2 zones; exactly 3 were asked for.",)
    assert merged.edited == ("a",)
    assert merged.history[0].startswith("Zone 1 merged into zone 2: ")


def test_a_split_makes_a_zone_of_a_new_name(halves):
    # d: 10; e f: 20 + 10; before 50
    split = edit(halves).split("2", ["e", "f"])
    assert members(split) == {"1": "abc", "2": "d", "3": "ef"}
    assert split.change.total == -10
    assert split.words == "e, f split off zone 2 as zone 3"


def test_a_split_takes_no_name_that_was_there(line):
    plan = plan_of(line(10, 10, 10, 10, 10, 10), [0, 0, 1, 1, 2, 2])
    merged = edit(plan).merge("1", "2")
    assert members(merged.split("1", "d")) == {"1": "abc", "4": "d", "3": "ef"}


def test_a_swap_exchanges_both_sides(halves):
    swapped = edit(halves).swap(["a", "b"], "d")
    assert members(swapped) == {"2": "abef", "1": "cd"}
    assert swapped.edited == ("a", "b", "d")
    assert swapped.swap("d", ["a", "b"]).plan.equals(halves)
    assert swapped.words == "a, b (zone 1) swapped with d (zone 2)"


def test_undo_takes_back_one_edit_after_the_other(halves):
    once = edit(halves).move("c", "2")
    twice = once.split("2", "f")
    assert len(twice.history) == 2
    assert twice.undo() is once
    back = twice.undo().undo()
    assert back.plan.equals(halves)
    assert back.history == back.edited == back.edited_zones == ()
    assert back.change_in_all.total == 0
    with pytest.raises(InputError, match="no edit"):
        back.undo()


def test_edits_add_up(halves):
    some = edit(halves).move("c", "2").move("d", "1").move("c", "1")
    # a b c d | e f: as far from even as a b | c d e f, 10 more than at first
    steps = [some.undo().undo().change, some.undo().change, some.change]
    assert sum(step.total for step in steps) == some.change_in_all.total == 10
    assert some.edited == ("c", "d")
    assert some.edited_zones == ("1", "2")
    assert members(some) == {"1": "abcd", "2": "ef"}


def test_a_unit_moves_as_a_whole(line):
    region = replace(
        line(10, 10, 10, 10), buildings=(("a1", "a2"), ("b1",), ("c1", "c2"), ("d1",))
    )
    moved = edit(plan_of(region, [0, 0, 1, 1])).move("c1", "1")
    assert moved.edited == ("c1", "c2")
    assert "c1, c2 from zone 2 to zone 1" in moved.history[0]


def test_what_cannot_be_edited_is_refused(halves):
    begun = edit(halves)
    for change, told in (
        (lambda: begun.move("z", "1"), "no building 'z'"),
        (lambda: begun.move((), "1"), "at least one building"),
        (lambda: begun.move("a", "9"), "no zone 9; there are 1, 2"),
        (lambda: begun.move(["a", "b"], "1"), "a, b: already in zone 1"),
        (lambda: begun.merge("1", "1"), "with itself"),
        (lambda: begun.split("1", "abc"), "no building 'abc'"),
        (lambda: begun.split("1", ["a", "b", "c"]), "Nothing would be left"),
        (lambda: begun.split("1", ["a", "d"]), "d: not in zone 1"),
        (lambda: begun.swap("a", "b"), "All are in zone 1"),
        (lambda: begun.swap(["a", "d"], "b"), "a, d: in zones 1, 2"),
    ):
        with pytest.raises(InputError, match=told):
            change()


def test_names_that_rules_give_stay_as_rules_give_them(line):
    region = line(10, 10, 10, 10)
    plan = Plan(
        Problem(region, 2, None, rules=(Pin("North", ("d",)),)), np.array([0, 0, 1, 1])
    )
    begun = edit(plan)
    assert members(begun) == {"1": "ab", "North": "cd"}
    assert members(begun.move(["c"], "1")) == {"1": "abc", "North": "d"}


def test_last_years_names_go_before_the_plans_own(line):
    region = replace(line(10, 10, 10, 10), columns={"was": ("S", "S", "S", "N")})
    problem = Problem(region, 2, None, rules=(Previous("was", budget=0.3),))
    begun = edit(Plan(problem, np.array([0, 0, 1, 1])))
    assert begun.plan.problem is problem
    assert members(begun) == {"S": "ab", "N": "cd"}
    # 20 of 40 m² would be elsewhere: b and c
    over = begun.move("b", "N")
    assert "50.0 %" in over.verdict.faults[-1]


def test_kept_zones_are_locked_under_their_names(line):
    plan = plan_of(line(10, 10, 10, 10, 10, 10), [0, 0, 1, 1, 2, 2])
    moved = edit(plan).move("b", "2")
    assert moved.edited_zones == ("1", "2")
    kept = keeping(plan.problem, moved.plan, moved.edited_zones)
    locks = [rule for rule in kept.rules if isinstance(rule, Lock)]
    assert locks == [Lock("1", ("a",)), Lock("2", ("b", "c", "d"))]
    assert judge(Plan(kept, moved.plan.zone_of)).ok
    assert judge(Plan(kept, moved.plan.zone_of)).names == moved.verdict.names
    assert not judge(Plan(kept, plan.zone_of)).ok
    # the rest is free and keeps its name
    assert kept.region.columns[NAMES] == ("1", "2", "2", "2", "3", "3")


def test_the_rest_is_drawn_anew_and_the_edits_stay(line):
    # cheapest pairs a b | c d | e f cost 3 × 30. Kept: a | b c d; the rest is e f
    plan = plan_of(line(10, 10, 10, 10, 10, 10), [0, 0, 1, 1, 2, 2])
    moved = edit(plan).merge("1", "2").split("1", "a")
    kept = keeping(plan.problem, moved.plan, ["4"])
    result = solve(kept, start=moved.plan, time_limit=10)
    # a stays alone in zone 4: 10; of b c d | e f and b c | d e f, 50 + 30, b c d has
    # the name of zone 1
    assert result.cost == 90
    names = result.verdict.names
    assert result.plan.zones[names.index("4")].tolist() == [0]
    assert set(names) == {"1", "3", "4"}


def test_what_is_locked_already_is_not_locked_twice(line):
    region = line(10, 10, 10, 10)
    problem = Problem(region, 2, None, rules=(Freeze("1", ("a", "b")),))
    plan = Plan(problem, np.array([0, 0, 1, 1]))
    kept = keeping(problem, plan, ("1", "2"))
    assert [rule for rule in kept.rules if isinstance(rule, Lock)] == [
        Freeze("1", ("a", "b")),
        Lock("2", ("c", "d")),
    ]


def test_a_kept_zone_out_of_balance_is_left_out_of_it(line):
    # around 30, 27 to 33: 40 and 20 are not; households of at most 8 a zone neither
    region = line(10, 10, 10, 10, 10, 10, households=[1, 1, 1, 1, 1, 9])
    even = np.zeros((6, 6), np.int64)
    plan = Plan(Problem(region, 2, 0.1, travel=even), np.array([0, 0, 0, 0, 1, 1]))
    kept = keeping(plan.problem, plan, ("1", "2"))
    assert [type(rule) for rule in kept.rules[1:]] == [Freeze, Freeze]
    assert judge(Plan(kept, plan.zone_of)).ok
    loose = Problem(region, 2, None, {"households": Band(0, 8)})
    kept = keeping(loose, plan, ("1", "2"))
    assert [type(rule) for rule in kept.rules[1:]] == [Lock, Freeze]


def test_zones_that_cannot_be_kept_are_refused(line):
    region = line(10, 10, 10, 10, 10, 10)
    torn = Plan(Problem(region, 2, None), np.array([0, 0, 1, 0, 1, 1]))
    with pytest.raises(InputError, match="torn"):
        keeping(torn.problem, torn, "1")
    with pytest.raises(InputError, match="no zone 7"):
        keeping(torn.problem, torn, "7")
    with pytest.raises(InputError, match="not of one region"):
        keeping(Problem(line(1, 2, 3), 2), torn, "1")


def test_pins_hold_edited_buildings_with_the_center_of_their_zone(line):
    # a b | c d | e f; c goes to e f, which is then run from e (d e f: from the middle)
    plan = plan_of(line(10, 10, 10, 10, 10, 10), [0, 0, 1, 1, 2, 2])
    moved = edit(plan).move("d", "3")
    assert moved.pins == (Pin("3", ("d", "e")),)
    result = solve(replace(plan.problem, rules=moved.pins), time_limit=10)
    # with d e in one zone: a b c | d e | f or a b | c | d e f, 60 + 20 + 10 of travel
    assert result.cost == 90
    at = result.verdict.names.index("3")
    assert {3, 4} <= set(result.plan.zones[at].tolist())
    assert edit(plan).pins == ()


def test_where_the_center_was_edited_the_largest_unit_holds_the_place(line):
    plan = plan_of(line(10, 10, 10, 10, 30, 10), [0, 0, 0, 0, 1, 1])
    # b c d e f is run from d or e: of e and f, which were there before, e is larger
    moved = edit(plan).move(["b", "c", "d"], "2")
    center = moved.verdict.center[moved.plan.zone_of[1]]
    assert moved.plan.problem.region.names[center] in ("d", "e")
    assert moved.pins == (Pin("2", ("b", "c", "d", "e")),)
    # a new zone needs no place to be held at
    assert edit(plan).split("1", ["a", "b"]).pins == (Pin("3", ("a", "b")),)


def test_zones_kept_may_not_part_what_must_stay_together(line):
    region = line(10, 10, 10, 10)
    plan = plan_of(region, [0, 0, 1, 1])
    linked = replace(plan.problem, rules=(MustLink(("b", "c")),))
    with pytest.raises(InputError, match="but c must stay together with b"):
        keeping(linked, plan, "1")
    apart = replace(plan.problem, rules=(CannotLink(("a", "d")),))
    assert len(keeping(apart, plan, "1").rules) == 3


def test_a_zone_outside_its_band_before_and_after_is_neither_mended_nor_broken(line):
    # zones of 60 and 20 yuan, ± 10 % of 30: both outside, and so with c moved as well
    asked = {"tolerance": 0.1, "strict": True}
    plan = plan_of(line(10, 10, 10, 10, 5), [0, 0, 0, 0, 1], **asked)
    one = edit(plan).move("d", "2")
    assert not one.verdict.ok
    assert len(one.verdict.faults) == len(edit(plan).verdict.faults) == 2
    assert one.verdict.faults != edit(plan).verdict.faults
    assert (one.change.mended, one.change.broken) == ((), ())


def test_explanations_do_not_call_a_limit_broken_that_was(line):
    plan = plan_of(line(10, 10, 10, 10, 5), [0, 0, 0, 0, 1], tolerance=0.1)
    [other] = explain(plan, "d").elsewhere
    assert other.broken == ()
    assert other.beyond


def test_a_zone_that_a_rule_locks_otherwise_is_not_kept_silently(line):
    plan = plan_of(line(10, 10, 10, 10, 10), [0, 0, 1, 1, 1])
    problem = replace(plan.problem, rules=(Lock("2", ("c", "d", "e")),))
    moved = edit(Plan(problem, plan.zone_of)).move("c", "1")
    told = r"Zone 2 cannot be kept .* lacks c: the rule that zone 2 stays .*Leave"
    with pytest.raises(InputError, match=told):
        solve(problem, start=moved.plan, keep="2")
    # as it was it can be: nothing is asked twice
    assert keeping(problem, plan, ("2",)).rules[0] == problem.rules[0]
