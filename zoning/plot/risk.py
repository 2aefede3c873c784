"""Pictures of what the subsidy hangs on, and how likely it is too small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zoning.finance.monte_carlo import RiskSimulation
from zoning.finance.sensitivity import Tornado
from zoning.lots.lot import lot_name
from zoning.plot.money import (
    INK,
    LISTED,
    ROW,
    TEXT,
    beside,
    blank,
    digits,
    key,
    money,
    plain,
    unit_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LESS, MORE = "#4C78A8", "#E58606"
LIKELY, MIDDLE = "#B9CDE5", "#1F4E79"
WORDS = {
    "collection": "collection rate",
    "area": "floor area",
    "on_cost": "employer's on-cost",
    "fee_limit": "highest usual fee",
}


def draw_tornado(tornado: Tornado, *, ax: Axes | None = None) -> Figure:
    """The subsidy gap of all lots when one figure at a time is off.

    Parameters
    ----------
    tornado
        What `zoning.finance.sensitivity.tornado` found.
    ax
        Axes to draw on, which get the title. Default: a figure of its own.
    """
    percent = f"{100 * tornado.change:g} %"
    now = sum(tornado.subsidy_gap)
    ends = [(sum(swing.below), sum(swing.above)) for swing in tornado.swings]
    figure, (axes,) = blank(
        "What the subsidy hangs on",
        f"Subsidy gap of all lots a year: now {money(now)}, and with one figure "
        f"{percent} off",
        (0.7 * max(1, len(ends)),),
        ax,
    )
    every = [now, *(value for pair in ends for value in pair)]
    unit, word = unit_of(max(every))
    for number, (below, above) in enumerate(ends):
        row = len(ends) - 1 - number
        for value, colour in ((below, LESS), (above, MORE)):
            axes.barh(row, (value - now) / unit, left=now / unit, color=colour)
        low, high = sorted((below, above))
        beside(axes, high / unit, row, digits(high / unit, word))
        beside(axes, low / unit, row, digits(low / unit, word), left=True)
    axes.axvline(now / unit, color=INK, linewidth=1.2)
    axes.set_yticks(
        range(len(ends)),
        [
            WORDS.get(s.figure, s.figure.replace("_", " "))
            for s in reversed(tornado.swings)
        ],
    )
    spread = max(max(every) - min(every), 0.02 * unit)
    axes.set_xlim(
        (min(every) - 0.22 * spread) / unit, (max(every) + 0.22 * spread) / unit
    )
    axes.set_xlabel(f"{word} a year", fontsize=TEXT, color=INK)
    plain(axes, scale=True)
    for colour, label in ((LESS, f"{percent} lower"), (MORE, f"{percent} higher")):
        axes.barh([0], [0], color=colour, label=label)
    key(axes, ncols=2)
    return figure


def draw_risk(simulation: RiskSimulation, *, ax: Axes | None = None) -> Figure:
    """How large subsidy gaps may be, and how likely the planned one is too small.

    Parameters
    ----------
    simulation
        What `zoning.finance.monte_carlo.monte_carlo` found.
    ax
        Axes to draw on, which get the title. Default: a figure of its own.
    """
    low, middle, high = (
        simulation.subsidy_gap_at(share) for share in (0.05, 0.5, 0.95)
    )
    order = np.argsort([-value for value in middle], kind="stable")[:LISTED]
    shown = sorted(order.tolist())
    count = simulation.subsidy_gap.shape[1]
    named = [WORDS.get(item.figure, item.figure) for item in simulation.ranges]
    figures = ", ".join(named) or "no figure"
    all_lots = "each lot" if len(shown) == len(middle) else f"the {LISTED} widest lots"
    figure, (axes,) = blank(
        "How much may be missing if figures are off",
        f"Subsidy gap of {all_lots} a year in {count:,} draws of {figures}",
        (0.3 + ROW * len(shown),),
        ax,
    )
    unit, word = unit_of(max(high))
    at = [len(shown) - 1 - row for row in range(len(shown))]
    for row, lot in zip(at, shown, strict=True):
        axes.barh(
            row,
            (high[lot] - low[lot]) / unit,
            left=low[lot] / unit,
            height=0.5,
            color=LIKELY,
            label="9 draws of 10" if row == 0 else None,
        )
        share = 100 * simulation.lacks_more[lot]
        end = max(high[lot], simulation.subsidy[lot]) / unit
        beside(axes, end, row, f"too little in {share:.0f} % of draws")
    axes.plot(
        [middle[lot] / unit for lot in shown],
        at,
        linestyle="none",
        marker="|",
        markersize=20,
        markeredgewidth=2.5,
        color=MIDDLE,
        label="half of the draws are below",
    )
    axes.plot(
        [simulation.subsidy[lot] / unit for lot in shown],
        at,
        linestyle="none",
        marker="D",
        markersize=8,
        clip_on=False,
        color=INK,
        label="subsidy planned",
    )
    axes.set_yticks(at, [lot_name(lot) for lot in shown])
    axes.set_ylim(-0.6, len(shown) - 0.4)
    axes.set_xlim(0, 1.55 * max(1, *high, *simulation.subsidy) / unit)
    told = f"{word} a year; too little: more is missing than the subsidy planned"
    axes.set_xlabel(told, fontsize=TEXT, color=INK)
    plain(axes, scale=True)
    key(axes, ncols=3)
    return figure
