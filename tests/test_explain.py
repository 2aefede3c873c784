"""Why a building is in its zone, and a zone costs what it does: numbers of the checker.

Buildings a, b, c, ... stand in a row, 100 m apart, with loads of 10 unless it is said
otherwise; reaching one of load 10 over 100 m costs 10 yuan a year.
"""

import json
from dataclasses import replace

import pytest

from zoning.analysis.explain import explain
from zoning.analysis.explain_building import explain_building
from zoning.analysis.explain_zone import explain_zone
from zoning.check import judge
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.planfile.rows import shares
from zoning.problem import Band, Problem
from zoning.result import Status
from zoning.rules import (
    Border,
    CannotLink,
    Centers,
    Freeze,
    Pin,
    Radius,
    Spread,
    Target,
)
from zoning.solve import solve

pytestmark = pytest.mark.usefixtures("compiled")


@pytest.fixture
def six(line):
    """Two zones of three: 30 of load and 20 of travel each, the fair share being 50."""
    problem = Problem(line(*[10] * 6), 2, tolerance=0.2, fair_share=50, strict=True)
    return Plan(problem, [0, 0, 0, 1, 1, 1])


# --- buildings -----------------------------------------------------------------------


def test_a_building_costs_its_load_and_its_way_from_the_center(six):
    told = explain(six, "c")
    assert (told.zone, told.center, told.way) == ("1", "b", 100.0)
    assert (told.load, told.travel, told.surcharge, told.cost) == (10, 10, 0, 20)
    assert told.share == 20 / 50


def test_a_move_is_told_with_cost_balance_and_the_broken_rule(six):
    # a b cost 20 + 10; c d e f cost 40 + 10 + 10 + 20: 110 in all, 10 more than before.
    told = explain(six, "c")
    [other] = told.elsewhere
    assert (other.zone, other.touches, other.change) == ("2", True, 10)
    left, joined = other.balance
    assert (left.zone, left.before, left.after) == ("1", 0.0, 30 / 50 - 1)
    assert (joined.zone, joined.before, joined.after) == ("2", 0.0, 80 / 50 - 1)
    assert other.broken == (
        "Zone 1 costs 30 yuan a year; allowed are 40 to 60.",
        "Zone 2 costs 80 yuan a year; allowed are 40 to 60.",
    )
    assert other.beyond == ("zone 1 lacks 10 yuan", "zone 2 has 20 yuan too much")
    assert "zone 2: +10 yuan a year; zone 1 +0.0 % → -40.0 %" in str(told)
    assert "Moved alone, it breaks a rule in each of them." in str(told)


def test_a_move_that_puts_zones_outside_a_band_that_bends_is_told_so(six):
    # as above: 30 and 80 where 40 to 60 are usual
    plan = Plan(replace(six.problem, strict=False), six.zone_of)
    told = explain(plan, "c")
    [other] = told.elsewhere
    assert (other.broken, other.excess, other.worse) == ((), 10 + 20, True)
    assert (
        "would put zone 2 outside the balance: it would cost 80; usual are 40 to 60"
    ) in str(told)
    assert str(told).endswith(
        "Moved alone, it breaks a rule or puts zones outside their bands in each of "
        "them."
    )


def test_a_move_that_takes_zones_into_their_band_is_better_though_dearer(six):
    # c alone too much: 80 and 30 again, and with it back in zone 1 all is 50
    plan = Plan(replace(six.problem, strict=False), [0, 0, 1, 1, 1, 1])
    told = explain(plan, "c")
    [other] = told.elsewhere
    assert (other.excess, other.better) == (-30, True)
    assert "fewer yuan lie outside the bands: the plan can improve" in str(told)
    assert explain(plan, "zone 2").exceptions == (
        "Zone 2 costs 80 yuan a year; allowed are 40 to 60. A tolerance of 0.6 would "
        "allow it",
    )


def test_a_zone_that_would_be_torn_or_empty_is_told(line, six):
    torn = explain(six, "b").elsewhere[0]
    assert not torn.touches
    assert any("torn into 2 parts" in fault for fault in torn.broken)
    plan = Plan(Problem(line(10, 10, 10), 2, tolerance=None), [0, 1, 1])
    gone = explain(plan, "a").elsewhere[0]
    assert gone.broken == ("There is 1 zone; exactly 2 were asked for.",)


def test_zones_keep_their_names_when_their_first_building_leaves(line):
    # Zone 1 is a alone with e; without a it would be counted second.
    problem = Problem(
        line(*[10] * 5, touching=[(0, 1), (0, 4), (1, 2), (2, 3), (3, 4)]),
        2,
        tolerance=0.1,
        fair_share=55,
        strict=True,
    )
    plan = Plan(problem, [0, 1, 1, 1, 0])
    [other] = explain(plan, "a").elsewhere
    assert other.zone == "2"
    # e alone costs 10; a b c d 40 + 10 + 10 + 20
    assert "Zone 1 costs 10 yuan a year; allowed are 50 to 60." in other.broken
    assert "Zone 2 costs 80 yuan a year; allowed are 50 to 60." in other.broken


def test_a_second_move_that_mends_is_found(line):
    # Loads 10 10 12 | 12 10 10, zones of 30 to 33. d to the first zone makes 44 and 20;
    # with c to the second one, which it touches by a side edge, all is well again.
    region = line(
        10, 10, 12, 12, 10, 10,
        touching=[(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (1, 3), (2, 4)],
    )  # fmt: skip
    problem = Problem(
        region, 2, tolerance=None, bands={"load": Band(30, 33)}, strict=True
    )
    plan = Plan(problem, [0, 0, 0, 1, 1, 1])
    [other] = explain(plan, "d").elsewhere
    assert other.broken
    assert other.mend.buildings == ("c",)
    assert (other.mend.origin, other.mend.to) == ("1", "2")
    after = judge(Plan(problem, [0, 0, 1, 0, 1, 1]))
    assert after.ok
    assert other.mend.change == after.total - judge(plan).total


def test_a_cheaper_place_is_not_hidden(line):
    # c stands 300 m from its center a, and 100 m from d.
    region = replace(line(10, 10, 10), xy=[(0, 0), (400, 0), (300, 0)])
    region = replace(region, edges=[(0, 2), (1, 2)])
    plan = Plan(Problem(region, 2, tolerance=None), [0, 1, 0])
    told = explain(plan, "c")
    assert told.elsewhere[0].change == 10 - 30
    assert "In zone 2 it would cost less: the plan can improve." in str(told)


def test_buildings_of_a_unit_are_told_together(line):
    region = replace(line(10, 10), buildings=(("a1", "a2"), ("b",)))
    told = explain(Plan(Problem(region, 2, tolerance=None), [0, 1]), "a2")
    assert told.building == "a2"
    assert told.unit == ("a1", "a2")
    assert "a2 with a1, which make one unit, is in zone 1" in str(told)


@pytest.mark.parametrize("seed", range(25))
def test_every_claimed_change_is_that_of_the_checker(chance_problem, grown, seed):
    problem = chance_problem(seed)
    plan = grown(problem)
    before = judge(plan)
    for i, name in enumerate(problem.region.names):
        told = explain_building(plan, name)
        assert bool(told.elsewhere) == (problem.num_zones > 1)
        for other in told.elsewhere:
            labels = plan.zone_of.copy()
            labels[i] = before.names.index(other.zone)
            after = judge(Plan(problem, labels))
            assert other.change == after.total - before.total
            assert bool(other.broken) >= (before.ok and not after.ok)
            assert not (before.ok and after.ok and other.broken)


@pytest.mark.parametrize("seed", range(25))
def test_the_best_zones_are_told(chance_problem, grown, seed):
    problem = chance_problem(seed)
    plan = grown(problem)
    before, region = judge(plan), problem.region
    for i, name in enumerate(region.names):
        keys = []
        for zone in sorted({int(plan.zone_of[j]) for j in _beside(region, i)}):
            if zone != plan.zone_of[i]:
                labels = plan.zone_of.copy()
                labels[i] = zone
                after = judge(Plan(problem, labels))
                if before.ok and after.ok:
                    keys.append(after.total - before.total)
        told = [
            x.change for x in explain_building(plan, name).elsewhere if not x.broken
        ]
        assert told[: len(keys)] == sorted(keys)[: len(told)] or not before.ok


def _beside(region, unit):
    return {j for edge in region.edges.tolist() if unit in edge for j in edge} - {unit}


def test_costs_of_the_units_make_the_cost_of_the_zone(blocks):
    region = replace(blocks(4, 4), columns={"side": tuple("NS" * 8)})
    problem = Problem(region, 3, tolerance=None, rules=(Border("side", 700),))
    plan = Plan(problem, [0] * 5 + [1] * 5 + [2] * 6)
    verdict = judge(plan)
    for zone, units in enumerate(plan.zones):
        told = [explain_building(plan, region.names[i]).cost for i in units]
        assert problem.fixed + sum(told) == verdict.cost[zone]


# --- zones ---------------------------------------------------------------------------


def test_a_zone_is_told_by_its_parts_and_its_centers(six):
    told = explain(six, "zone 2")
    assert [(item.what, item.cost, item.mean) for item in told.items] == [
        ("load", 30, 30.0),
        ("travel", 20, 20.0),
    ]
    assert (told.cost, told.deviation, told.units) == (50, 0.0, 3)
    # from d it would be 10 + 20 of travel
    assert (told.center, told.second, told.extra) == ("e", "d", 10)
    assert [(x.unit, x.cost, x.way) for x in told.dearest] == [
        ("d", 10, 100.0),
        ("f", 10, 100.0),
    ]
    assert told.neighbours == ("1",)
    assert told.faults == told.binding == told.rules == ()
    assert "+0.0 % from the fair share" in str(told)


def test_limits_that_are_nearly_used_up_are_told(line):
    # 50 of load: 1 under the most; 2 % of 51 is 1.02. The farthest is 100 m away, and
    # fees differ by 0.2 of 0.2.
    region = replace(line(10, 10, 30), columns={"fee": (0.3, 0.5, None)})
    problem = Problem(
        region,
        1,
        tolerance=None,
        bands={"load": Band(10, 51)},
        rules=(Radius(101), Spread("fee", 0.2)),
    )
    told = explain_zone(Plan(problem, [0, 0, 0]), 0)
    assert told.binding == (
        "it has 50 of load, 1 less than the most allowed",
        "a is 100 m of way from the center, allowed are 101",
        "fee differs by 0.2, allowed are 0.2",
    )


def test_rules_and_faults_of_a_zone_are_told(line):
    rules = (Pin("North", ("a",)), CannotLink(("b", "c")), CannotLink(("a", "d")))
    problem = Problem(line(*[10] * 4), 2, tolerance=None, rules=rules)
    told = explain(Plan(problem, [0, 1, 1, 1]), "North")
    assert told.rules == (str(rules[0]), str(rules[2]))
    assert told.faults == ()
    told = explain(Plan(problem, [0, 1, 1, 1]), "1")
    assert told.faults == ("b, c must not share a zone, but all are in zone 1.",)


def test_a_frozen_zone_has_no_limits_and_a_lonely_center_no_second(line):
    rules = (Freeze("Old", ("a",)), Centers(("a", "c")))
    problem = Problem(line(10, 10, 10), 2, tolerance=0.5, rules=rules)
    plan = Plan(problem, [0, 1, 1])
    assert explain(plan, "Old").binding == ()
    told = explain(plan, "1")
    assert (told.center, told.second, told.extra) == ("c", None, None)
    assert "No other unit may be the center." in str(told)


@pytest.mark.parametrize("seed", range(15))
def test_parts_make_the_whole_and_the_second_center_is_never_better(
    chance_problem, grown, seed
):
    plan = grown(chance_problem(seed))
    verdict = judge(plan)
    for zone in range(plan.num_zones):
        told = explain_zone(plan, zone)
        assert sum(item.cost for item in told.items) == told.cost == verdict.cost[zone]
        assert told.extra is None or told.extra >= 0


# --- asking --------------------------------------------------------------------------


def test_a_result_can_be_explained_and_one_without_a_plan_not(line):
    result = solve(
        Problem(line(*[10] * 4), 2, tolerance=0.2, strict=True), time_limit=10
    )
    assert explain(result, "a").zone == explain(result.plan, "a").zone
    none = solve(Problem(line(10, 90), 2, fair_share=50, strict=True))
    assert none.status is Status.INFEASIBLE
    with pytest.raises(InputError, match="no plan to explain"):
        explain(none, "a")


def test_what_is_not_there_is_told(six):
    with pytest.raises(InputError, match=r"no building 'z'\..* Zones are 1, 2\."):
        explain(six, "z")


def test_a_name_that_could_be_both_is_a_building(line):
    region = replace(line(10, 10), names=("1", "2"), buildings=())
    plan = Plan(Problem(region, 1, tolerance=None), [0, 0])
    assert explain(plan, "1").building == "1"
    assert explain(plan, "zone 1").zone == "1"


# --- on the command line -------------------------------------------------------------


@pytest.fixture(scope="module")
def written(town, tmp_path_factory):
    from zoning.output.write import write
    from zoning.read import read

    region = read(town / "buildings.geojson", unit="compound_id", area="floor_area_m2")
    result = solve(Problem(region, 4, tolerance=0.4), time_limit=10)
    folder = tmp_path_factory.mktemp("plan")
    write(folder, result)
    return folder, result


def test_the_command_explains_a_written_plan(written, run):
    folder, result = written
    building = result.plan.problem.region.building_ids[0]
    code, out, _ = run("explain", folder, "--building", building)
    assert code == 0
    told = " ".join(out.split())
    assert f"{building} with" in told or f"{building} is in zone" in told
    assert "yuan a year" in told
    zone = json.loads((folder / "plan.json").read_text("utf-8"))["zones"][0]
    code, out, _ = run("explain", folder, "--zone", zone["id"])
    assert code == 0
    assert f"costs {zone['cost']:,} yuan a year" in out


@pytest.mark.parametrize(
    "asked", [[], ["--zone", "1", "--building", "x"], ["--zone", "1", "--to", "2"]]
)
def test_the_command_wants_either_a_building_or_a_zone(written, run, asked):
    code, _, err = run("explain", written[0], *asked)
    assert code == 2
    assert "Give either --building" in " ".join(err.split())


def test_a_zone_that_is_not_there_is_told(written, run):
    code, _, err = run("explain", written[0], "--zone", 99)
    assert code == 2
    assert "There is no zone 99" in err


def test_a_zone_with_a_target_is_measured_by_its_own_share(line):
    # Zones of 20 and 60 are shares of 40 at 0.5 and 1.5 times; each stays within 1 %.
    region = replace(line(20, 60), sums={"area": [0, 0]})  # nothing travels
    rules = (Target("Small", 0.5), Target("Large", 1.5))
    problem = Problem(region, 2, tolerance=0.01, fair_share=40, rules=rules)
    plan = Plan(problem, [0, 1])
    assert judge(plan).names == ("Small", "Large")
    assert [explain_zone(plan, zone).deviation for zone in (0, 1)] == [0.0, 0.0]
    # a moved to Large leaves nothing behind, and 80 where 60 should be
    (moved,) = explain_building(plan, "a").elsewhere
    told = [(one.zone, one.before, one.after) for one in moved.balance]
    assert told == [("Small", 0.0, None), ("Large", 0.0, pytest.approx(1 / 3))]
    # tables say the same, from the file alone; a locked zone takes from nobody
    asked = {"fair_share": 40, "num_zones": 3}
    rule = {"rule": "target", "zone": "Large", "factor": 2.0}
    share = shares({**asked, "rules": [rule]})
    assert (share("Large"), share("1")) == (60.0, 30.0)
    share = shares({**asked, "rules": [rule, {"rule": "lock", "zone": "Large"}]})
    assert (share("Large"), share("1")) == (80.0, 40.0)
    assert shares(asked)("1") == 40.0
