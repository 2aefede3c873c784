"""Plans side by side: the figures of the table, and the maps."""

from dataclasses import replace

import numpy as np
import pytest

from zoning.analysis.alternatives import Alternatives
from zoning.analysis.compare import compare
from zoning.analysis.difference import difference
from zoning.analysis.edit import edit
from zoning.check import judge
from zoning.datasets import old_town
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.plot.alternatives import draw_alternatives
from zoning.plot.compare import draw_difference
from zoning.plot.fonts import written
from zoning.problem import Problem
from zoning.read import read
from zoning.result import Result, Status
from zoning.rules import Freeze, Target


def plan_of(region, labels, tolerance=None, **more):
    problem = Problem(region, len(set(labels)), tolerance, fair_share=50, **more)
    return Plan(problem, np.array(labels))


def result_of(plan, bound):
    return Result(Status.FEASIBLE, plan, judge(plan), bound, 1.5, "")


def test_every_figure_is_that_of_the_checker(line):
    region = line(10, 10, 10, 10, 10, 10, households=[1, 1, 5, 1, 1, 1])
    even = plan_of(region, [0, 0, 0, 1, 1, 1], 0.2, strict=True)
    other = plan_of(region, [0, 0, 1, 1, 1, 1], 0.2, strict=True)
    found = compare([result_of(even, 98), other], ["now", "then"])
    now, then = found.rows
    # a unit of 10 m² travels 10 yuan for 100 m: 30 + 20 a zone; then 20 + 10, 40 + 40
    assert (now.cost, now.travel, now.spread) == (100, 40, 0)
    assert (then.cost, then.travel, then.spread) == (110, 50, 50)
    assert (now.bound, now.gap, now.status) == (98, 0.02, "feasible")
    assert (then.bound, then.gap, then.status, then.seconds) == (None, None, "", None)
    assert now.balance == 0.0  # around a fair share of 50
    assert then.balance == pytest.approx(0.6)
    assert (now.changed_share, now.changed_buildings) == (0.0, 0)
    assert then.changed_share == pytest.approx(1 / 6)
    assert (then.changed_area, then.changed_buildings) == (10, 1)
    assert then.changed_households == 5
    assert (now.torn, now.faults, then.faults) == (0, 0, 2)
    assert found.words == (
        "then costs 10 yuan a year more and puts 16.7 % of the floor area (1 "
        "buildings) into another zone than now.",
    )


def test_balance_minds_targets_and_leaves_frozen_zones_out(line):
    # of 2 × 50 zone Big has 60 and the other 40; a b c d cost 40 + 40, 33.3 % more, and
    # e f 20 + 10, 25 % less; a b c d frozen are asked nothing, e f have a share of 50
    region, labels = line(10, 10, 10, 10, 10, 10), np.array([0, 0, 0, 0, 1, 1])
    plan = plan_of(region, labels, 0.5)
    for rule, away in (
        (Target("Big", 1.5), 1 / 3),
        (Freeze("Old", tuple("abcd")), 0.4),
    ):
        ruled = Plan(replace(plan.problem, rules=(rule,)), labels)
        assert compare([ruled, ruled]).rows[0].balance == pytest.approx(away)


def test_torn_zones_are_counted(line):
    region = line(10, 10, 10, 10, 10, 10)
    torn = compare(
        [plan_of(region, [0, 0, 0, 1, 1, 1]), plan_of(region, [0, 1, 0, 1, 1, 1])]
    ).rows[1]
    assert torn.torn == 2
    assert torn.balance is None  # cost is not balanced


def test_the_table_has_a_column_a_plan(line):
    region = line(10, 10, 10, 10, 10, 10)
    even = plan_of(region, [0, 0, 0, 1, 1, 1], 0.2)
    table = str(compare([result_of(even, 98), even])).splitlines()
    cells = {line[:27].strip(): line[27:].split() for line in table}
    assert cells[""] == ["Plan", "1", "Plan", "2"]
    assert cells["Cost, yuan a year"] == ["100", "100"]
    assert cells["No plan costs less than"] == ["98", "-"]
    assert cells["Gap"] == ["2.0", "%", "-"]
    assert "Households in another zone" not in cells  # nobody knows


def test_an_edit_is_compared_with_the_plan_it_began_with(line):
    plan = plan_of(line(10, 10, 10, 10, 10, 10), [0, 0, 0, 1, 1, 1])
    moved = edit(plan).move("a", "2")
    found = compare([plan, moved.plan])
    assert [move.buildings for move in found.differences[1].moves] == [("a",)]


def test_what_cannot_be_compared_is_refused(line):
    plan = plan_of(line(10, 10, 10), [0, 0, 1])
    none = Result(Status.INFEASIBLE, None, None, 0, 0.1, "Too heavy.")
    with pytest.raises(InputError, match="at least two"):
        compare([plan])
    with pytest.raises(InputError, match=r"B has no plan \(infeasible\): Too heavy"):
        compare([plan, none], ["A", "B"])
    with pytest.raises(InputError, match="Given more than once: A"):
        compare([plan, plan], ["A", "A"])
    with pytest.raises(InputError, match="2 plans and 1 names"):
        compare([plan, plan], ["A"])
    with pytest.raises(InputError, match="not of one region"):
        compare([plan, plan_of(line(10, 10, 11), [0, 0, 1])])


@pytest.fixture(scope="module")
def plans():
    """Two plans of a made-up town: a zone taken apart, its units given to another."""
    town = old_town(40, seed=2)
    region = read(
        town.buildings,
        unit="compound_id",
        area="floor_area_m2",
        households="households",
        barriers=town.barriers,
    )
    order = np.argsort(region.xy[:, 0])
    first = np.zeros(len(region), int)
    for k, units in enumerate(np.array_split(order, 5)):
        first[units] = k
    second = first.copy()
    second[order[-2:]] = 0
    problem = Problem(region, 5, tolerance=None)
    return Plan(problem, first), Plan(problem, second)


def words_of(figure):
    texts = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
    return [text.get_text() for text in texts]


def test_the_map_of_a_difference_tells_who_goes_where(plans):
    found = difference(*plans)
    figure = draw_difference(*plans)
    words = words_of(figure)
    assert f"{100 * found.share:.0f} % of the floor area changes zone" in words
    assert any(f"{found.area:,} m²" in text for text in words)
    for move in found.moves:
        assert {move.origin, f"→ {move.to}", f"{move.area:,}"} <= set(words)
    arrows = [text for text in figure.axes[0].texts if not text.get_text()]
    assert len(arrows) == len(found.moves) == 1
    figure.canvas.draw()


def test_maps_number_zones_whose_letters_no_font_has():
    assert written(["1", "North", "\U000f0000"]) == ["1", "North", "#3"]


def test_the_map_of_no_difference_says_so(plans):
    words = words_of(draw_difference(plans[0], plans[0]))
    assert "Nothing changes" in words


def test_a_new_zone_is_marked(plans):
    split = plans[0].zone_of.copy()
    split[plans[0].zones[0][:2]] = 9
    names = difference(plans[0], Plan(plans[0].problem, split)).names
    assert "6" in names
    figure = draw_difference(plans[0], Plan(plans[0].problem, split))
    assert "6" in words_of(figure)
    assert any("a zone that is new" in text for text in words_of(figure))


def test_maps_of_alternatives_bear_the_names_of_the_first(plans):
    results = tuple(result_of(plan, 0) for plan in plans)
    figure = draw_alternatives(Alternatives(results, 0.02, 1.0, ""))
    assert len(figure.axes) == 2
    words = words_of(figure)
    assert {"Plan 1", "Plan 2", "2 different plans"} <= set(words)
    share = difference(*plans).share
    assert any(f"{100 * share:.0f} % of the floor area" in text for text in words)
    for axes in figure.axes:
        assert {"1", "2", "3", "4", "5"} <= {text.get_text() for text in axes.texts}
    figure.canvas.draw()
    with pytest.raises(InputError, match="no plans to draw"):
        draw_alternatives(Alternatives((), 0.02, 1.0, "None."))


def test_plans_of_other_rules_can_be_drawn(plans):
    other = Plan(replace(plans[0].problem, num_zones=5), plans[1].zone_of)
    assert "Nothing changes" not in words_of(draw_difference(plans[0], other))
