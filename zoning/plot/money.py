"""Pictures of money: what sharing saves, and what is missing.

Each function gives a matplotlib figure with sizes and units on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from zoning.errors import InputError
from zoning.finance.statement import Accounts, Item, Statement
from zoning.lots.lot import lot_name
from zoning.plot.layout import figure_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LISTED = 20  # lots drawn one by one; of more, those with the widest gaps
WIDE, ROW = 11.0, 0.52  # inches: a picture's width, a row's height
HEAD, FOOT, EDGE, LABELS = 1.4, 1.0, 0.3, 2.3  # inches around axes
INK, SOFT = "#222222", "#666666"
TITLE, TEXT, SMALL = 17, 12.5, 11
COMES_IN, MISSING, ALONE = "#2E8B57", "#D1495B", "#222222"
# one colour for each line of cost, repeated where there are more lines
COLOURS = (
    "#3B7DB8",
    "#E58606",
    "#5E8C2A",
    "#B93A5E",
    "#8A4A9C",
    "#1E8577",
    "#A58A0E",
    "#756B5B",
    "#7FB3D8",
    "#F0B37E",
    "#A9C987",
    "#DD9AB0",
)
MILLION, THOUSAND = 1e6, 1e3
_TITLE: dict[str, Any] = {
    "fontsize": TITLE,
    "weight": "bold",
    "color": INK,
    "va": "top",
}
_HEAD: dict[str, Any] = {
    "fontsize": TEXT,
    "weight": "bold",
    "color": INK,
    "loc": "left",
}


def draw_savings(accounts: Accounts) -> Figure:
    """Cost of all zones one by one and as lots, and what each resource saves."""
    items = [item for item in accounts.items if item.cost or item.separate_cost]
    changed = [item for item in items if item.saving]
    together = sum(item.cost for item in items)
    alone = sum(item.separate_cost for item in items)
    part = 100 * (alone - together) / alone if alone else 0.0
    _refuse(accounts)
    figure, (top, low) = blank(
        f"As lots the same service costs {abs(part):.0f} % "
        f"{'less' if part >= 0 else 'more'}",
        f"{len(accounts.zones)} zones in {len(accounts.lots)} lots; cost of a year",
        (2.0, ROW * max(1, len(changed))),
    )
    _stacked(top, items, alone, together)
    _savings(low, changed)
    return figure


def _stacked(axes: Axes, items: Sequence[Item], alone: int, together: int) -> None:
    unit, _ = unit_of(max(alone, together))
    left = [0.0, 0.0]
    for number, item in enumerate(items):
        colour = COLOURS[number % len(COLOURS)]
        widths = [item.separate_cost / unit, item.cost / unit]
        axes.barh([1, 0], widths, left=left, height=0.62, color=colour, label=item.what)
        left = [a + b for a, b in zip(left, widths, strict=True)]
    for row, total in ((1, alone), (0, together)):
        beside(axes, total / unit, row, money(total), bold=True)
    axes.set_yticks([1, 0], ["one by one", "as lots"])
    axes.set_xlim(0, 1.28 * max(left))
    plain(axes)
    axes.legend(
        loc="upper left",
        bbox_to_anchor=(-0.24, 0.0),
        ncols=5,
        frameon=False,
        fontsize=SMALL,
    )


def _savings(axes: Axes, items: Sequence[Item]) -> None:
    """A bar for each line that sharing changes, with the pieces before and after."""
    unit, _ = unit_of(max((abs(item.saving) for item in items), default=0))
    ordered = sorted(items, key=lambda item: item.saving)
    values = [item.saving / unit for item in ordered]
    colours = [COMES_IN if value > 0 else MISSING for value in values]
    axes.barh(range(len(ordered)), values, height=0.6, color=colours)
    for row, item in enumerate(ordered):
        pieces = ""
        if item.count is not None:
            pieces = f"  ({item.separate_count:,} → {item.count:,})"
        beside(axes, max(0.0, item.saving / unit), row, money(item.saving) + pieces)
    axes.set_yticks(range(len(ordered)), [item.what for item in ordered])
    low, high = min(values, default=0.0), max(values, default=1.0)
    axes.set_xlim(min(0.0, 1.05 * low), 1.6 * max(high, 0.2 * abs(low)))
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_title("Saved by sharing (pieces bought: one by one → as lots)", **_HEAD)
    plain(axes)


def draw_subsidy(accounts: Accounts, *, ax: Axes | None = None) -> Figure:
    """What each lot brings in and lacks, and what its zones would need alone.

    Parameters
    ----------
    accounts
        What `zoning.finance.accounts.statements` gives.
    ax
        Axes to draw on, which get the title. Default: a figure of its own.
    """
    _refuse(accounts)
    shown, rest = widest(accounts.lots)
    named = [lot_name(accounts.lots.index(one)) for one in shown]
    rows = [(one.revenue, one.subsidy_gap, _alone(accounts, [one])) for one in shown]
    if rest:
        named.append(f"{len(rest)} other lots")
        revenue, gap = (
            sum(one.revenue for one in rest),
            sum(one.subsidy_gap for one in rest),
        )
        rows.append((revenue, gap, _alone(accounts, rest)))
    total = accounts.subsidy_gap
    figure, (axes,) = blank(
        f"What is missing a year: {money(total)}"
        if total
        else "Nothing is missing: every lot pays for itself",
        "What must come in for cost, profit and tax: what is paid, and what is missing",
        (0.3 + 1.2 * ROW * len(rows),),
        ax,
    )
    _gap_bars(axes, named, rows)
    return figure


def _refuse(accounts: Accounts) -> None:
    if not accounts.lots:
        msg = "There are no lots to draw. Bundle zones to lots first."
        raise InputError(msg)


def _alone(accounts: Accounts, lots: Sequence[Statement]) -> int:
    """What the zones of these lots would need if each were tendered alone."""
    return sum(zone.needed for one in lots for zone in accounts.alone(one))


def _gap_bars(
    axes: Axes, named: Sequence[str], rows: Sequence[tuple[int, int, int]]
) -> None:
    most = max(max(paid + gap, alone) for paid, gap, alone in rows)
    unit, word = unit_of(most)
    at = [len(rows) - 1 - row for row in range(len(rows))]
    paid, missing, alone = (np.array(part) / unit for part in zip(*rows, strict=True))
    look: dict[str, Any] = {"height": 0.6}
    axes.barh(at, paid, color=COMES_IN, label="paid: fees and parking", **look)
    axes.barh(
        at, missing, left=paid, color=MISSING, label="missing: subsidy gap", **look
    )
    axes.plot(
        alone,
        at,
        linestyle="none",
        marker="|",
        markersize=24,
        markeredgewidth=2.5,
        color=ALONE,
        label="needed one by one",
    )
    wide = 1.35 * most / unit
    for row, come, gap, mark in zip(at, paid, missing, alone, strict=True):
        if come > 0.07 * wide:  # else there is no room
            _inside(axes, come / 2, row, digits(come, word))
        if gap > 0.07 * wide:
            _inside(axes, come + gap / 2, row, digits(gap, word))
        beside(axes, max(mark, gap + come), row, f"one by one {digits(mark, word)}")
    axes.set_yticks(at, named)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xlim(0, wide)
    axes.set_xlabel(f"{word} a year", fontsize=TEXT, color=INK)
    plain(axes, scale=True)
    key(axes, ncols=3)


def _inside(axes: Axes, x: float, row: float, text: str) -> None:
    look: dict[str, Any] = {"ha": "center", "va": "center", "color": "white"}
    axes.text(x, row, text, fontsize=TEXT, weight="bold", **look)


def blank(
    title: str, told: str, heights: Sequence[float], ax: Axes | None = None
) -> tuple[Figure, list[Axes]]:
    """A white page with a title, a line below it, and axes of so many inches.

    Axes that were given get the title, and are all there is.
    """
    if ax is not None:
        ax.set_title(title)
        return figure_of(ax), [ax]
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    tall = HEAD + sum(heights) + FOOT * len(heights)
    figure = Figure(figsize=(WIDE, tall), facecolor="white")
    FigureCanvasAgg(figure)
    figure.text(EDGE / WIDE, 1 - 0.28 / tall, title, **_TITLE)
    figure.text(EDGE / WIDE, 1 - 0.68 / tall, told, fontsize=TEXT, color=SOFT, va="top")
    axes, top = [], tall - HEAD
    for height in heights:
        box = (LABELS / WIDE, (top - height) / tall, 1 - (LABELS + EDGE) / WIDE)
        axes.append(figure.add_axes((*box, height / tall)))
        top -= height + FOOT
    return figure, axes


def plain(axes: Axes, *, scale: bool = False) -> None:
    """No frame; a scale below only where it is asked for."""
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_visible(scale)
    axes.tick_params(left=False, bottom=scale, labelbottom=scale, labelsize=TEXT)
    axes.tick_params(colors=INK)
    if scale:
        axes.grid(axis="x", color="#E3E3E3", linewidth=0.8)
        axes.set_axisbelow(True)
        axes.xaxis.set_major_formatter("{x:,g}")


def key(axes: Axes, *, ncols: int) -> None:
    """What the colours mean, in a line above the bars."""
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(-0.01, 1.0),
        ncols=ncols,
        frameon=False,
        fontsize=SMALL,
        borderaxespad=0.2,
        columnspacing=1.4,
    )


def beside(
    axes: Axes,
    x: float,
    row: float,
    text: str,
    *,
    left: bool = False,
    bold: bool = False,
) -> None:
    """Text at the end of a bar."""
    axes.annotate(
        text,
        (x, row),
        (-6 if left else 6, 0),
        textcoords="offset points",
        ha="right" if left else "left",
        va="center",
        fontsize=TEXT,
        color=INK,
        weight="bold" if bold else "normal",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
    )


def unit_of(most: float) -> tuple[float, str]:
    """In what amounts of this size are told: what to divide by, and its name."""
    if abs(most) >= MILLION:
        return MILLION, "million yuan"
    return (THOUSAND, "thousand yuan") if abs(most) >= THOUSAND else (1.0, "yuan")


def digits(amount: float, word: str) -> str:
    """An amount in the unit of a picture."""
    return f"{amount:,.2f}" if word == "million yuan" else f"{amount:,.0f}"


def money(amount: float) -> str:
    """An amount with three digits that count and its unit.

    Examples
    --------
    >>> money(2_821_000), money(-72_400), money(850)
    ('2.82 million yuan', '−72.4 thousand yuan', '850 yuan')
    """
    unit, word = unit_of(amount)
    size = abs(amount) / unit
    places = 0 if unit == 1 else max(0, 2 - int(np.log10(max(1.0, size))))
    return f"{'−' if amount < 0 else ''}{size:,.{places}f} {word}"


def widest(lots: Sequence[Statement]) -> tuple[list[Statement], list[Statement]]:
    """Lots to draw one by one, in their order, and the rest."""
    if len(lots) <= LISTED:
        return list(lots), []
    shown = sorted(range(len(lots)), key=lambda k: -lots[k].subsidy_gap)[: LISTED - 1]
    kept = set(shown)
    return [lots[k] for k in sorted(kept)], [
        lot for k, lot in enumerate(lots) if k not in kept
    ]
