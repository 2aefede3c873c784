"""The picture of a frontier: what each value of a rule costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zoning.analysis.frontier import Frontier
from zoning.errors import InputError
from zoning.plot.colours import INK
from zoning.plot.layout import empty_axes, figure_of
from zoning.result import Result, Status

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MILLION = 1e6
TICKS = 14  # labels there is room for below
FINE = 0.05  # million; a smaller range of costs is told more finely
PROVED, OPEN, IDLE, LOTS = "#3B7DB8", "#CC5F1F", "#9A9A9A", "#5E8C2A"
ZONES = "#9DBCD9"
SOFT, EMPTY = "#555555", "#F1EEE8"
TITLE = {
    "tolerance": "What equal zones cost",
    "num_zones": "What the number of zones costs",
    "previous": "What it costs to leave buildings where they are",
}
AXIS = {
    "tolerance": "A zone may cost so much more or less than its fair share",
    "num_zones": "Number of zones",
    "previous": "So much of the floor area may change zone",
}


def draw_frontier(frontier: Frontier, *, ax: Axes | None = None) -> Figure:
    """Cost of the cheapest plan at each value; of its lots where these count.

    A full dot is proved to be the cheapest there is, an open one lies above its bound
    by at most the bar below it, a grey one gains nothing against a smaller value. Where
    it is proved that there is no plan the ground is hatched.

    Parameters
    ----------
    frontier
        What `zoning.frontier` found.
    ax
        Axes to draw on, which get the title. Default: a figure of its own.

    Raises
    ------
    InputError
        No value has a plan.
    """
    found = [at for at, cost in enumerate(frontier.costs) if cost is not None]
    if not found:
        msg = "No value has a plan, so there is nothing to draw. Allow more."
        raise InputError(msg)
    axes = ax or empty_axes((9.6, 5.6), (0.1, 0.13, 0.87, 0.66))
    kept = [at for at in found if not frontier.dominated[at]]
    costs = [_million(frontier.costs[at]) for at in kept]
    line: dict[str, Any] = {"color": "#BFD3E6", "linewidth": 2.5, "zorder": 1}
    axes.plot([_at(frontier, at) for at in kept], costs, **line)
    if frontier.in_lots:
        _zones(axes, frontier)
    for at in found:
        _dot(axes, frontier, at)
    for at in kept:
        _label(axes, frontier, at, kept[0])
    _empty(axes, frontier)
    _frame(axes, frontier, found)
    if ax is None:
        _head(figure_of(axes), frontier)
    else:
        ax.set_title(TITLE[frontier.parameter])
    return figure_of(axes)


def _at(frontier: Frontier, at: int) -> float:
    value = frontier.values[at]
    return value if frontier.parameter == "num_zones" else 100 * value


def _million(cost: int | None) -> float:
    return (cost or 0) / MILLION


def _dot(axes: Axes, frontier: Frontier, at: int) -> None:
    result, x = frontier.results[at], _at(frontier, at)
    y = _million(frontier.costs[at])
    proved, idle = result.status is Status.OPTIMAL, frontier.dominated[at]
    if frontier.in_lots:  # a proof is one for zones; no bound on their lots is known
        axes.plot(x, y, "o", ms=9, color=IDLE if idle else LOTS, zorder=4)
        return
    if not proved:
        low = _million(result.plan_bound)
        axes.plot([x, x], [low, y], color=OPEN, linewidth=2, zorder=2)
        axes.plot(x, low, "_", ms=12, color=OPEN, zorder=2)
    if idle:
        axes.plot(x, y, "o", ms=8, color=IDLE, zorder=3)
    elif proved:
        axes.plot(x, y, "o", ms=10, color=PROVED, zorder=4)
    else:
        axes.plot(x, y, "o", ms=9, mfc="white", mec=OPEN, mew=2, zorder=4)


def _zones(axes: Axes, frontier: Frontier) -> None:
    """What zones alone cost, below what is paid for their lots."""
    told = [(at, one.plan_cost) for at, one in enumerate(frontier.results) if one.plan]
    axes.plot(
        [_at(frontier, at) for at, _ in told],
        [_million(cost) for _, cost in told],
        "s--",
        ms=5,
        color=ZONES,
        linewidth=1.5,
        zorder=2,
    )


def _label(axes: Axes, frontier: Frontier, at: int, first: int) -> None:
    """What the plan costs, and how much that is below the first."""
    cost, begin = frontier.costs[at] or 0, frontier.costs[first] or 1
    told = f"{_million(cost):,.3f}"
    if at != first:
        part = 100 * (cost / begin - 1)
        told += f"\n{part:+.1f} %" if abs(part) >= 1 else f"\n{part:+.2f} %"
    axes.annotate(
        told.replace("-", "\N{MINUS SIGN}"),
        (_at(frontier, at), _million(cost)),
        (7, 7),
        textcoords="offset points",
        fontsize=10,
        color=INK,
        linespacing=1.25,
    )


def _empty(axes: Axes, frontier: Frontier) -> None:
    """Hatch what is proved to have no plan."""
    none = [_at(frontier, at) for at in _without(frontier)]
    look: dict[str, Any] = {"fc": EMPTY, "ec": "#D8D2C6", "hatch": "//", "zorder": 0}
    if frontier.parameter == "num_zones":
        for x in none:
            axes.axvspan(x - 0.4, x + 0.4, **look)
        return
    if frontier.refuted:
        none.append(100 * frontier.refuted)
    if none:
        axes.axvspan(min(0.0, *none) - 1.0, max(none), **look)


def _frame(axes: Axes, frontier: Frontier, found: list[int]) -> None:
    several = [frontier.results[at] for at in found]
    costs = [_million(frontier.costs[at]) for at in found]
    lows = [_million(one.plan_cost) for one in several]
    if not frontier.in_lots:
        lows = [_million(min(one.plan_bound, one.plan_cost or 0)) for one in several]
    room = max(max(costs) - min(costs), 0.004 * max(costs))
    if frontier.in_lots:  # zones stand far below
        room = max(costs) - min(lows)
    low = min(lows) if frontier.in_lots else max(min(lows), min(costs) - room)
    axes.set_ylim(low - 0.15 * room, max(costs) + 0.35 * room)
    values = [_at(frontier, at) for at in range(len(frontier))]
    wide = max(values[-1] - values[0], 1.0)
    left = values[0] - 0.06 * wide
    if frontier.refuted:
        left = min(left, 0.0)
    axes.set_xlim(left, values[-1] + 0.1 * wide)
    ticks = _apart(values, (values[-1] - left) / TICKS)
    axes.set_xticks([values[at] for at in ticks], [_tick(frontier, at) for at in ticks])
    axes.set_xlabel(AXIS[frontier.parameter], fontsize=11, color=INK, labelpad=8)
    what = "Cheapest plan and its lots" if frontier.in_lots else "Cheapest plan"
    unit = f"million {frontier.currency} a year"
    axes.set_ylabel(f"{what}, {unit}", fontsize=11, color=INK)
    axes.yaxis.set_major_formatter("{x:,.2f}" if room > FINE else "{x:,.3f}")
    axes.grid(axis="y", color="#E6E6E6", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    _legend(axes, frontier, several)


def _head(figure: Figure, frontier: Frontier) -> None:
    title: dict[str, Any] = {"fontsize": 17, "weight": "bold", "color": INK}
    figure.text(0.03, 0.965, TITLE[frontier.parameter], va="top", **title)
    told = "Percentages are against the first plan on the left."
    figure.text(0.03, 0.89, told, fontsize=10.5, color=SOFT, va="top")


def _apart(values: list[float], room: float) -> list[int]:
    """Places whose labels do not run into one another, the first one always."""
    kept = [0]
    for at in range(1, len(values)):
        if values[at] - values[kept[-1]] >= room:
            kept.append(at)
    return kept


def _tick(frontier: Frontier, at: int) -> str:
    value = frontier.values[at]
    match frontier.parameter:
        case "tolerance":
            return f"±{100 * value:.3g} %"
        case "num_zones":
            return f"{value:g}"
        case "previous":
            return f"{100 * value:.3g} %"


def _legend(axes: Axes, frontier: Frontier, several: list[Result]) -> None:
    """What the marks mean, of those that are there."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    def dot(**look: Any) -> Line2D:
        return Line2D([], [], linestyle="", marker="o", **look)

    lots = frontier.in_lots
    every: list[tuple[bool, Any, str]] = [
        (lots, dot(ms=8, color=LOTS), "what is paid for the lots of these zones"),
        (
            lots,
            Line2D([], [], ls="--", marker="s", ms=5, color=ZONES),
            "what these zones cost before there are lots",
        ),
        (
            not lots and any(one.status is Status.OPTIMAL for one in several),
            dot(ms=9, color=PROVED),
            "proved to be the cheapest",
        ),
        (
            not lots and any(one.status is Status.FEASIBLE for one in several),
            dot(ms=8, mfc="white", mec=OPEN, mew=2),
            "not proved: no plan is cheaper than the end of the bar",
        ),
        (
            any(frontier.dominated),
            dot(ms=7, color=IDLE),
            "costs no less than a smaller value",
        ),
        (
            bool(frontier.refuted or _without(frontier)),
            Patch(fc=EMPTY, ec="#D8D2C6", hatch="//"),
            "proved that there is no plan",
        ),
    ]
    shown = [(mark, told) for there, mark, told in every if there]
    marks, words = zip(*shown, strict=True)
    axes.legend(marks, words, loc="upper right", fontsize=10, frameon=False)


def _without(frontier: Frontier) -> list[int]:
    """Places where it is proved that there is no plan."""
    return [
        at for at, one in enumerate(frontier.results) if one.status is Status.INFEASIBLE
    ]
