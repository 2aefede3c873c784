"""The map of what changes from one plan to another: which buildings go where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from zoning.analysis.difference import Difference, Move, difference
from zoning.check import judge
from zoning.check.balance_words import num_outside
from zoning.plan import Plan
from zoning.plot.changes import (
    MILLION,
    PAPER,
    SOFT,
    STAYS,
    Tints,
    draw_barriers,
    draw_buildings,
    draw_ground,
    tints_of,
    units_that_go,
    write_names,
)
from zoning.plot.colours import INK, PALETTE
from zoning.plot.fonts import families, written
from zoning.plot.layout import MARGIN, MapLayout
from zoning.plot.legend import LINE, PanelWriter
from zoning.plot.zone_polygons import shapes_of, zone_polygons

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LISTED = 24  # moves listed beside the map; the others are summed up
ARROWS = 40  # on maps of more moves arrows would hide what they show


def draw_difference(before: Plan, after: Plan, *, ax: Axes | None = None) -> Figure:
    """Map of what changes from one plan to another.

    The ground shows the zones of the first plan. Buildings that stay are grey; those
    that go have the colour of the zone they go to, and an arrow leads there.

    Parameters
    ----------
    before, after
        The plans.
    ax
        Axes to draw the map on, without title and panel. Default: a page of its own.

    Raises
    ------
    InputError
        The plans are not of the same buildings.
    """
    found = difference(before, after)
    areas = zone_polygons(before)
    layout = MapLayout(before, None, None, areas, ax=ax)
    names = layout.verdict.names
    shown = found.moves[:LISTED]
    figure, axes, panel = layout.page(3.5 + LINE * (len(shown) + 3))
    tints = tints_of([(names, areas), (found.names, zone_polygons(after))], before)
    draw_ground(axes, before, areas, [tints[name] for name in names], faded=0.55)
    _difference_buildings(axes, after, found, tints)
    draw_barriers(axes, before, layout.view, layout.fine)
    _arrows(axes, after, found)
    size = 10.0 * layout.fine**0.8
    write_names(axes, before, names, size=size)
    _new_names(axes, after, found.names, names, size=size)
    if panel is None:
        return figure
    wide, tall = figure.get_size_inches()
    head: dict[str, Any] = {"fontsize": 19, "weight": "bold", "color": INK}
    figure.text(MARGIN / wide, 1 - 0.2 / tall, _title(found), va="top", **head)
    figure.text(
        MARGIN / wide,
        1 - 0.55 / tall,
        _told(found),
        fontsize=10.5,
        color=SOFT,
        va="top",
    )
    _panel(PanelWriter(panel), before, after, found, shown)
    return figure


def _difference_buildings(
    axes: Axes, after: Plan, found: Difference, tints: Tints
) -> None:
    shapes, unit_of = shapes_of(after.problem.region)
    going = np.isin(unit_of, list(units_that_go(after, found)))
    draw_buildings(axes, shapes[~going], [STAYS] * int((~going).sum()))
    to = [found.names[after.zone_of[i]] for i in unit_of[going]]
    dark = [PALETTE[tints[name]][1] for name in to]
    draw_buildings(axes, shapes[going], dark, edge=INK)


def _arrows(axes: Axes, after: Plan, found: Difference) -> None:
    """From the buildings that go to those of their new zone they come nearest to."""
    if len(found.moves) > ARROWS:
        return
    region = after.problem.region
    place = dict(
        zip(region.building_ids, region.unit_of_building.tolist(), strict=True)
    )
    going = units_that_go(after, found)
    names = np.array(found.names)[after.zone_of]
    for move in found.moves:
        units = sorted({place[name] for name in move.buildings})
        begin = np.average(region.xy[units], axis=0, weights=region.area[units] + 1)
        home = [i for i in np.flatnonzero(names == move.to) if i not in going]
        if not home:
            continue  # a zone that is new
        away = np.linalg.norm(region.xy[home] - begin, axis=1)
        end = region.xy[home[int(np.argmin(away))]]
        axes.annotate(
            "",
            (float(end[0]), float(end[1])),
            (float(begin[0]), float(begin[1])),
            arrowprops={
                "arrowstyle": "-|>,head_width=0.28,head_length=0.5",
                "color": INK,
                "lw": 1.5,
                "shrinkA": 0,
                "shrinkB": 3,
            },
            zorder=7,
        )


def _new_names(
    axes: Axes, after: Plan, names: Sequence[str], known: Sequence[str], *, size: float
) -> None:
    """The name of each zone the first plan has not got."""
    ring = {"boxstyle": "circle,pad=0.22", "fc": INK, "ec": "white", "lw": size / 10}
    look: dict[str, Any] = {"ha": "center", "va": "center_baseline", "bbox": ring}
    look["family"] = families()
    own = zip(names, written(names), judge(after).center.tolist(), strict=True)
    for name, label, center in own:
        if name not in known:
            x, y = after.problem.region.xy[center]
            axes.text(x, y, label, fontsize=size, color="white", zorder=8, **look)


def _title(found: Difference) -> str:
    if not found.moves:
        return "Nothing changes"
    return f"{100 * found.share:.0f} % of the floor area changes zone"


def _told(found: Difference) -> str:
    if not found.moves:
        return "Every building is in the zone it was in."
    told = f"{found.buildings:,} buildings with {found.area:,} m²"
    if found.households is not None:
        told += f" and {found.households:,} households"
    return f"{told} go to another zone."


def _panel(
    writer: PanelWriter,
    before: Plan,
    after: Plan,
    found: Difference,
    shown: Sequence[Move],
) -> None:
    was, now = judge(before), judge(after)
    money = after.problem.region.costs.currency
    writer.head("The two plans")
    old, new = was.plan_cost, now.plan_cost
    writer.pair("Cost before", f"{old / MILLION:,.3f} million {money} a year")
    writer.pair("Cost after", f"{new / MILLION:,.3f} million {money} a year")
    writer.pair("Difference", f"{new - old:+,} {money} a year")
    writer.pair("Rules broken after", f"{len(now.faults)}" if now.faults else "none")
    if was.exceptions or now.exceptions:
        for when, some in (("before", was), ("after", now)):
            count = num_outside(some.exceptions)
            zones = "1 zone" if count == 1 else f"{count:,} zones"
            outside = f"{zones} by {some.excess:,} {money}" if count else "none"
            writer.pair(f"Out of balance {when}", outside)
    writer.head("Who goes where")
    writer.row(("zone", "to", "buildings", "m²"), color="#777777")
    labels = dict(zip(found.names, written(found.names), strict=True))
    labels |= zip(was.names, written(was.names), strict=True)
    for move in shown:
        number, to = f"{len(move.buildings):,}", labels[move.to]
        writer.row((labels[move.origin], f"→ {to}", number, f"{move.area:,}"))
    rest = found.moves[len(shown) :]
    if rest:
        area = sum(move.area for move in rest)
        writer.line(f"and {len(rest)} more moves of {area:,} m²")
    writer.head("Legend")
    writer.swatches([(PAPER, STAYS)], "Stays in its zone")
    writer.swatches([PALETTE[0], PALETTE[1]], "Goes, in the colour of its new zone")
    writer.circle("Zone before, at its center")
    if set(found.names) - set(was.names):
        writer.line("A white number on black: a zone that is new")
