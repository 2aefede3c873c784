"""Maps of several plans side by side."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from zoning.analysis.alternatives import Alternative, Alternatives
from zoning.analysis.difference import Difference
from zoning.check import judge
from zoning.costs import YUAN
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.plot.changes import (
    MILLION,
    PAPER,
    SOFT,
    STAYS,
    draw_barriers,
    draw_buildings,
    draw_ground,
    tints_of,
    units_that_go,
    write_names,
)
from zoning.plot.colours import INK
from zoning.plot.layout import MARGIN, MapLayout
from zoning.plot.outside import draw_outside
from zoning.plot.zone_polygons import shapes_of, zone_polygons
from zoning.result import Status

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TOLD = (
    "Dark buildings are in another zone than in plan 1. A zone has one number and one "
    "colour on all maps."
)
HATCHED = " Hatched zones lie outside the balance."
SIDE, WORDS, TOP = 3.9, 0.75, 0.95  # inches: a small map, the words over it, the title


def draw_alternatives(alternatives: Alternatives) -> Figure:
    """Maps of all alternatives, a zone in one colour and of one name on all of them.

    Buildings in another zone than in the first plan are dark, the others grey.

    Raises
    ------
    InputError
        There are no plans.
    """
    if not alternatives.plans:
        msg = f"There are no plans to draw. {alternatives.reason}"
        raise InputError(msg)
    plans, rows = alternatives.plans, alternatives.rows
    names = [judge(plans[0]).names, *(row.from_first.names for row in rows[1:])]
    areas = [zone_polygons(plan) for plan in plans]
    tints = tints_of(list(zip(names, areas, strict=True)), plans[0])
    view = MapLayout(plans[0], None, None, np.concatenate(areas)).view
    figure, several = _grid(view, len(plans))
    for at, (axes, plan, row) in enumerate(zip(several, plans, rows, strict=True)):
        draw_ground(axes, plan, areas[at], [tints[name] for name in names[at]])
        _buildings(axes, plan, row.from_first)
        draw_outside(axes, judge(plan), areas[at])
        draw_barriers(axes, plan, view, 0.5)
        write_names(axes, plan, names[at], size=7.0)
        _write(axes, f"Plan {at + 1}", _words(row, first=at == 0))
    tall = figure.get_size_inches()[1]
    left = MARGIN / figure.get_size_inches()[0]
    head: dict[str, Any] = {"fontsize": 17, "weight": "bold", "color": INK}
    figure.text(left, 1 - 0.2 / tall, _count(len(plans)), va="top", **head)
    hatched = HATCHED if any(judge(plan).exceptions for plan in plans) else ""
    figure.text(
        left, 1 - 0.55 / tall, TOLD + hatched, fontsize=10.5, color=SOFT, va="top"
    )
    return figure


def _grid(view: Any, number: int) -> tuple[Figure, list[Axes]]:
    """A page with room for so many maps of a view, and for words over each."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    low_x, low_y, high_x, high_y = view.bounds
    high = SIDE * (high_y - low_y) / (high_x - low_x)
    across = 2 if number == 4 else min(3, number)
    wide = across * (SIDE + MARGIN) + MARGIN
    tall = ceil(number / across) * (high + WORDS + MARGIN) + TOP
    figure = Figure(figsize=(wide, tall), facecolor="white")
    FigureCanvasAgg(figure)
    several = []
    for at in range(number):
        x = MARGIN + (at % across) * (SIDE + MARGIN)
        y = tall - TOP - (at // across + 1) * (high + WORDS + MARGIN) + MARGIN
        axes = figure.add_axes((x / wide, y / tall, SIDE / wide, high / tall))
        axes.set(xlim=(low_x, high_x), ylim=(low_y, high_y), xticks=[], yticks=[])
        axes.set_facecolor(PAPER)
        for spine in axes.spines.values():
            spine.set(color="#BBBBBB", linewidth=0.8)
        several.append(axes)
    return figure, several


def _write(axes: Axes, title: str, told: str) -> None:
    """Words over a map: its title, and up to two lines."""
    look: dict[str, Any] = {"textcoords": "offset points", "xycoords": "axes fraction"}
    look |= {"annotation_clip": False, "va": "top"}
    head: dict[str, Any] = {"fontsize": 12, "weight": "bold", "color": INK}
    axes.annotate(title, (0, 1), (0, 54), **look, **head)
    axes.annotate(
        told, (0, 1), (0, 36), fontsize=9.5, color=SOFT, linespacing=1.35, **look
    )


def _buildings(axes: Axes, plan: Plan, found: Difference) -> None:
    shapes, unit_of = shapes_of(plan.problem.region)
    going = np.isin(unit_of, list(units_that_go(plan, found)))
    draw_buildings(axes, shapes[~going], [STAYS] * int((~going).sum()))
    draw_buildings(axes, shapes[going], [INK] * int(going.sum()))


def _count(number: int) -> str:
    return f"{number} different plans" if number > 1 else "The cheapest plan"


def _words(row: Alternative, *, first: bool) -> str:
    money = row.result.plan.problem.region.costs.currency if row.result.plan else YUAN
    cost = f"{(row.result.plan_cost or 0) / MILLION:,.3f} million {money} a year"
    if first:
        proved = row.result.status is Status.OPTIMAL
        return cost + (", proved cheapest" if proved else "")
    return (
        f"{cost} ({100 * row.dearer:+.1f} %)\n"
        f"{100 * row.from_first.share:.0f} % of the floor area, "
        f"{row.from_first.buildings} buildings, in another zone"
    )
