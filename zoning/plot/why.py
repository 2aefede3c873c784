"""Pictures of reasons: a building and the zones it could be in, and prices of rules."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from zoning.analysis.explanations import BuildingExplanation, Elsewhere
from zoning.analysis.price_of_rules import RulePrice
from zoning.check import Verdict
from zoning.plan import Plan
from zoning.plot.changes import (
    draw_barriers,
    draw_buildings,
    draw_ground,
    write_names,
)
from zoning.plot.colours import INK, PALETTE
from zoning.plot.layout import MARGIN, MapLayout, empty_axes, figure_of
from zoning.plot.legend import PanelWriter
from zoning.plot.outside import draw_outside, write_outside
from zoning.plot.zone_polygons import shapes_of, zone_polygons
from zoning.result import Status
from zoning.rules.places import units_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OWN, OTHERS, PALE = 0, (1, 2, 4), 7  # places in the palette
STAYS, SOFT = "#B5B0A8", "#555555"
NO_BREAK = "\N{NO-BREAK SPACE}%"
SURE, UNSURE = "#3B7DB8", "#BBD9F2"
LETTERS = 46  # to a line beside the map


def draw_building(
    plan: Plan, why: BuildingExplanation, *, ax: Axes | None = None
) -> Figure:
    """Map of a building and the zones it could be in, with what each would bring.

    Parameters
    ----------
    plan, why
        The plan, and what `zoning.explain` tells of the building.
    ax
        Axes to draw the map on, without title and panel. Default: a page of its own.
    """
    layout = MapLayout(plan, None, None, zone_polygons(plan), ax=ax)
    names = layout.verdict.names
    tints = dict.fromkeys(names, PALE)
    tints[why.zone] = OWN
    tints.update(
        {one.zone: tint for one, tint in zip(why.elsewhere, OTHERS, strict=False)}
    )
    lines = [_lines(plan, one) for one in why.elsewhere]
    figure, axes, panel = layout.page(2.5 + 0.24 * sum(len(some) + 2 for some in lines))
    draw_ground(axes, plan, layout.areas, [tints[name] for name in names])
    _buildings(axes, plan, why, tints)
    draw_outside(axes, layout.verdict, layout.areas)
    draw_barriers(axes, plan, layout.view, layout.fine)
    _arrows(axes, plan, why, layout.verdict)
    write_names(axes, plan, names, size=10.0 * layout.fine**0.8)
    if panel is None:
        return figure
    wide, tall = figure.get_size_inches()
    money = plan.problem.region.costs.currency
    bold: dict[str, Any] = {"fontsize": 19, "weight": "bold", "color": INK}
    title = f"Why {why.building} is in zone {why.zone}"
    figure.text(MARGIN / wide, 1 - 0.2 / tall, title, va="top", **bold)
    figure.text(
        MARGIN / wide,
        1 - 0.55 / tall,
        f"It costs {why.cost:,} {money} a year there, "
        f"{100 * why.share:.1f} % of the zone",
        fontsize=10.5,
        color=SOFT,
        va="top",
    )
    writer = PanelWriter(panel)
    for one, some in zip(why.elsewhere, lines, strict=True):
        writer.head(f"In zone {one.zone}: {one.change:+,} {money} a year")
        for line in some:
            writer.line(line)
    _legend(writer, why)
    write_outside(writer, layout.verdict)
    return figure


def _lines(plan: Plan, one: Elsewhere) -> list[str]:
    """What moving the building there brings, line by line."""
    bands = ("cost", *plan.problem.bands)  # told shorter, by how much they are passed
    told = [str(balance) for balance in one.balance]
    others = [what for what in one.violations if what.rule not in bands]
    hard = any(what.rule in bands for what in one.violations)
    beyond = one.beyond if hard else ()
    told += [f"Breaks a rule: {what}" for what in (*beyond, *others)]
    if one.outside:
        told.append(f"It {one.outside}")
    if not one.worse:
        told.append("Keeps every rule")
    if one.mend is not None:
        told.append(f"{str(one.mend).capitalize()}.")
    return [line for text in told for line in wrap(text, LETTERS)]


def _buildings(
    axes: Axes, plan: Plan, why: BuildingExplanation, tints: dict[str, int]
) -> None:
    """Footprints, those of the unit with an outline."""
    shapes, unit_of = shapes_of(plan.problem.region)
    unit = units_of(plan.problem.region, why.unit[:1])[0]
    own = unit_of == unit
    draw_buildings(axes, shapes[~own], [STAYS] * int((~own).sum()))
    dark = PALETTE[tints[why.zone]][1]
    draw_buildings(axes, shapes[own], [dark] * int(own.sum()), edge=INK)


def _arrows(axes: Axes, plan: Plan, why: BuildingExplanation, verdict: Verdict) -> None:
    """From the unit to the center of each other zone."""
    region, names, centers = plan.problem.region, verdict.names, verdict.center
    begin = region.xy[units_of(region, why.unit[:1])[0]]
    for one, tint in zip(why.elsewhere, OTHERS, strict=False):
        end = region.xy[centers[names.index(one.zone)]]
        axes.annotate(
            "",
            (float(end[0]), float(end[1])),
            (float(begin[0]), float(begin[1])),
            arrowprops={
                "arrowstyle": "-|>,head_width=0.35,head_length=0.6",
                "color": PALETTE[tint][1],
                "lw": 2.4,
                "linestyle": "--" if one.worse else "-",
                "shrinkA": 4,
                "shrinkB": 11,
            },
            zorder=7,
        )


def _legend(writer: PanelWriter, why: BuildingExplanation) -> None:
    writer.head("Legend")
    writer.swatches([PALETTE[OWN]], f"Zone {why.zone}, and the unit of {why.building}")
    for one, tint in zip(why.elsewhere, OTHERS, strict=False):
        writer.swatches([PALETTE[tint]], f"Zone {one.zone}")
    look: dict[str, Any] = {"color": SOFT, "linewidth": 2.0}
    bent = any(one.outside for one in why.elsewhere)
    worse = "break a rule or leave the balance" if bent else "break a rule"
    writer.stroke(f"Would {worse}", linestyle="--", **look)
    if not all(one.worse for one in why.elsewhere):
        writer.stroke("Would keep every rule", **look)
    writer.circle("Zone, at its center")
    writer.line("% from the fair share, before → after", fontsize=8.5, color=SOFT)


def draw_prices(prices: Sequence[RulePrice], *, ax: Axes | None = None) -> Figure:
    """Bars of what each rule costs; the paler part is not proved.

    Parameters
    ----------
    prices
        What `zoning.price_of_rules` found.
    ax
        Axes to draw on. Default: a figure of its own.
    """
    shown = list(reversed(prices))
    tall = 1.2 + 0.5 * len(shown)
    axes = ax or empty_axes((8.6, tall), (0.47, 0.62 / tall, 0.4, 0.82))
    for at, one in enumerate(shown):
        least, most = one.least or 0, one.most or 0
        far, near = (least, most) if most < 0 else (most, least)
        axes.barh(at, far, color=UNSURE, height=0.55)
        axes.barh(at, near, color=UNSURE if least < 0 <= most else SURE, height=0.55)
        look: dict[str, Any] = {"va": "center", "fontsize": 9.5, "color": INK}
        axes.annotate(
            _price(one), (max(most, 0), at), (5, 0), textcoords="offset points", **look
        )
    axes.set_yticks(
        range(len(shown)),
        ["\n".join(wrap(one.rule.replace(" %", NO_BREAK), 52)) for one in shown],
        fontsize=9.5,
    )
    axes.set_xlabel("yuan a year", fontsize=9.5)
    axes.locator_params(axis="x", nbins=5)
    least = min([0, *(one.least or 0 for one in shown)])
    axes.set_xlim(1.05 * least, 1.25 * max([1, *(one.most or 0 for one in shown)]))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.tick_params(length=0, labelsize=9.5)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    return figure_of(axes)


def _price(one: RulePrice) -> str:
    if one.status is Status.INFEASIBLE:
        return "no plan without it"
    if one.least is None or one.most is None:
        return "not known"
    told = f"{one.least:,}" if one.least else "nothing"
    if not one.proved:
        told = f"{one.least:,} to {one.most:,}"
    return f"{told}: dearer without it" if one.most < 0 else told
