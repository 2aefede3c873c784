"""Pictures of reasons say what the reasons say."""

import pytest

from zoning.analysis.explain_building import explain_building
from zoning.analysis.price_of_rules import RulePrice
from zoning.plan import Plan
from zoning.plot.why import draw_building, draw_prices
from zoning.problem import Problem
from zoning.read import read
from zoning.result import Status
from zoning.solve import solve

pytestmark = pytest.mark.usefixtures("compiled")


@pytest.fixture(scope="module")
def plan(town) -> Plan:
    region = read(town / "buildings.geojson", unit="compound_id", area="floor_area_m2")
    found = solve(Problem(region, 4, tolerance=0.4), time_limit=10).plan
    assert found is not None
    return found


def words_of(figure):
    texts = [text for axes in figure.axes for text in axes.texts]
    return " ".join(text.get_text() for text in [*texts, *figure.texts])


def test_the_map_tells_of_every_zone_the_building_could_be_in(plan):
    why = explain_building(plan, plan.problem.region.building_ids[0])
    told = words_of(draw_building(plan, why))
    assert f"Why {why.building} is in zone {why.zone}" in told
    assert f"It costs {why.cost:,} yuan a year there" in told
    assert why.elsewhere
    for one in why.elsewhere:
        assert f"In zone {one.zone}: {one.change:+,} yuan a year" in told


def test_bars_are_as_long_as_what_is_proved_and_what_may_be():
    prices = (
        RulePrice("balance", 90, 90, 10, 10, Status.OPTIMAL),
        RulePrice("a way", 95, 80, 5, 20, Status.FEASIBLE),
        RulePrice("a frozen zone", None, None, None, None, Status.INFEASIBLE),
    )
    figure = draw_prices(prices)
    widths = [bar.get_width() for bar in figure.axes[0].patches]
    # two bars a rule, from the bottom: what it costs at most, and at least
    assert widths == [0, 0, 20, 5, 10, 10]
    told = words_of(figure)
    assert "5 to 20" in told
    assert "no plan without it" in told


def test_what_is_dearer_without_a_rule_has_a_bar_to_the_left():
    prices = (
        RulePrice("centers", 120, 120, -20, -20, Status.OPTIMAL),
        RulePrice("a way", 95, 80, -5, 20, Status.FEASIBLE),
    )
    figure = draw_prices(prices)
    [axes] = figure.axes
    assert [bar.get_width() for bar in axes.patches] == [20, -5, -20, -20]
    assert axes.get_xlim()[0] < -20
    assert "-20: dearer without it" in words_of(figure)
