"""Pictures of money: every word readable, every amount the statement's."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.text import Text

from zoning.costs import CostModel
from zoning.errors import InputError
from zoning.finance.accounts import statements
from zoning.finance.monte_carlo import Range, monte_carlo
from zoning.finance.sensitivity import tornado
from zoning.lots import Lots
from zoning.lots.check import judge_lots
from zoning.plan import Plan
from zoning.plot.money import draw_savings, draw_subsidy, money, widest
from zoning.plot.risk import draw_risk, draw_tornado
from zoning.problem import Problem
from zoning.region import Region
from zoning.result import Status


def lots_of(count, costs=CostModel()):
    """So many lots of three zones in a row, of 30,000 to 60,000 m² each."""
    n = 3 * count
    area = 30_000 + 7_919 * np.arange(n) % 30_000
    sums = {"area": area, "households": area // 70}
    region = Region(
        names=tuple(f"u{i}" for i in range(n)),
        xy=np.column_stack([200.0 * np.arange(n), np.zeros(n)]),
        load=costs.load(sums),
        direct=costs.direct(sums),
        sums=sums,
        edges=np.column_stack([np.arange(n - 1), np.arange(1, n)]),
        costs=costs,
    )
    plan = Plan(Problem(region, n, tolerance=None), np.arange(n))
    verdict = judge_lots(plan, np.arange(n).reshape(-1, 3).tolist())
    return Lots(
        plan,
        Status.FEASIBLE,
        verdict.lots,
        verdict.cost,
        verdict.cost,
        verdict.separate_cost,
        0.0,
    )


RICH = CostModel(fee=0.8, collection=1.0)
CASES = {
    "one lot": lots_of(1),
    "five lots": lots_of(5),
    "many lots": lots_of(22),
    "guards, entry and a fixed cost": lots_of(
        3,
        CostModel(guards_per_zone=3, entry_per_zone=50_000, fixed_per_lot=20_000),
    ),
    "nothing missing": lots_of(2, RICH),
    "next to no cost": lots_of(1, CostModel(consumables=1e-4, resources=())),
}


def pictures(lots):
    ranges = (Range("wages", 0.9, 1.3), Range("collection", 0.3, 1.0))
    return {
        "savings": draw_savings(statements(lots)),
        "subsidy": draw_subsidy(statements(lots)),
        "tornado": draw_tornado(tornado(lots)),
        "chances": draw_risk(monte_carlo(lots, ranges=ranges, draws=200)),
    }


def texts_of(figure):
    """Every text that is drawn, and its box in pixels."""
    figure.canvas.draw()
    out_of_view = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            marks = zip(
                axis.get_majorticklocs(), axis.get_majorticklabels(), strict=False
            )
            out_of_view |= {label for at, label in marks if not low <= at <= high}
    return [
        (text.get_text(), text.get_window_extent())
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text not in out_of_view
    ]


@pytest.mark.parametrize("case", CASES)
def test_no_text_is_cut_off_or_over_another(case):
    for name, figure in pictures(CASES[case]).items():
        page = figure.bbox
        found = texts_of(figure)
        assert len(found) > 3
        for text, box in found:
            inside = page.x0 <= box.x0 and box.x1 <= page.x1
            assert inside and page.y0 <= box.y0 and box.y1 <= page.y1, (name, text)
        for i, (text, box) in enumerate(found):
            for other, there in found[:i]:
                assert not box.overlaps(there), (name, text, other)


def words_of(figure):
    return [text for text, _ in texts_of(figure)]


def test_savings_tell_each_resource_with_its_pieces():
    accounts = statements(CASES["five lots"])
    told = words_of(draw_savings(accounts))
    for item in accounts.items:
        if item.count is not None and item.saving:
            pieces = f"({item.separate_count} → {item.count})"
            assert f"{money(item.saving)}  {pieces}" in told
    assert money(sum(item.cost for item in accounts.items)) in told
    assert money(sum(item.separate_cost for item in accounts.items)) in told


def test_gaps_of_all_lots_are_drawn_or_summed():
    accounts = statements(CASES["many lots"])
    shown, rest = widest(accounts.lots)
    assert len(shown) == 19
    assert len(rest) == 3
    assert min(one.subsidy_gap for one in shown) >= max(one.subsidy_gap for one in rest)
    assert [one.zones for one in shown] == sorted(one.zones for one in shown)
    told = words_of(draw_subsidy(accounts))
    assert "3 other lots" in told
    assert f"What is missing a year: {money(accounts.subsidy_gap)}" in told
    assert sum(word.startswith("lot ") for word in told) == 19


def test_nothing_missing_is_said():
    told = words_of(draw_subsidy(statements(CASES["nothing missing"])))
    assert "Nothing is missing: every lot pays for itself" in told


def test_lots_that_cost_more_than_zones_are_not_called_a_saving():
    costs = CostModel(crossing=0, lot_travel=0.5, resources=())
    told = words_of(draw_savings(statements(lots_of(1, costs))))
    assert any("% more" in word for word in told)


def test_the_tornado_has_a_bar_for_each_figure():
    told = tornado(CASES["five lots"], figures=("fee", "on_cost"), change=0.1)
    words = words_of(draw_tornado(told))
    assert {"fee", "employer's on-cost", "10 % lower", "10 % higher"} <= set(words)
    for swing in told.swings:
        assert f"{sum(swing.above) / 1e6:.2f}" in words


@pytest.mark.parametrize("draw", [draw_subsidy, draw_savings])
def test_without_lots_nothing_is_drawn(draw):
    with pytest.raises(InputError, match="no lots to draw"):
        draw(statements(replace(CASES["one lot"], lots=())))


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        (0, "0 yuan"),
        (999, "999 yuan"),
        (1_000, "1.00 thousand yuan"),
        (-72_400, "−72.4 thousand yuan"),
        (2_821_000, "2.82 million yuan"),
        (1_234_000_000, "1,234 million yuan"),
    ],
)
def test_amounts_have_three_digits_and_a_unit(amount, told):
    assert money(amount) == told
