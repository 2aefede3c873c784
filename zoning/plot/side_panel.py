"""The words around a map: title, facts, lots, legend, scale."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10
from typing import TYPE_CHECKING, Any

from zoning.check import sum_over
from zoning.check.rules import frozen
from zoning.plot.barriers import Style
from zoning.plot.colours import BRIDGE, INK, LOT_INK, PALETTE
from zoning.plot.layout import MARGIN, PANEL, TOO_MANY, MapLayout
from zoning.plot.legend import LINE, PanelWriter, wide
from zoning.plot.outside import write_outside, write_reasons
from zoning.plot.strokes import CROSSED
from zoning.region import Region
from zoning.text.order import by_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

REST_OF_PANEL = 5.6  # inches: about all but the lots
BELOW = 1.0  # inches: scale and north arrow
LISTED_LOTS = 14  # so many lots are listed even where the panel must grow for it
FITS = 17  # letters of zones beside the figures of a lot
MILLION = 1e6


def write_title(figure: Figure, layout: MapLayout) -> None:
    """Write what it is a map of, and how good the plan is proved to be."""
    width, height = figure.get_size_inches()
    count, lots = layout.plan.num_zones, len(layout.lot_list)
    head = f"{count:,} zones" + (f" in {lots:,} lots" if lots else "")
    bold: dict[str, Any] = {"fontsize": 19, "weight": "bold", "color": INK}
    plain: dict[str, Any] = {"fontsize": 10.5, "color": "#444444"}
    x = MARGIN / width
    figure.text(x, 1 - 0.2 / height, head, va="top", **bold)
    figure.text(x, 1 - 0.55 / height, _proof(layout), va="top", **plain)


def _proof(layout: MapLayout) -> str:
    lots, result = layout.lots, layout.result
    money = layout.plan.problem.region.costs.currency
    told = f"Zones {layout.verdict.plan_cost / MILLION:,.2f} million {money} a year"
    told += "" if result is None else _good(result.status, result.gap)
    if lots is not None and lots.cost is not None:
        told += "   ·   Lots, staff and machines counted whole, "
        told += f"{lots.cost / MILLION:,.2f} million"
        told += _good(lots.status, lots.gap)
    return told


def _good(status: str, gap: float | None) -> str:
    if status == "optimal":
        return ", proved optimal"
    return "" if gap is None else f", gap {100 * gap:.1f} %"


def panel_height(layout: MapLayout) -> float:
    """Inches the panel needs: it is written once on a page to throw away."""
    from matplotlib.figure import Figure

    scratch = Figure().add_axes((0, 0, 1, 1))
    scratch.set(ylim=(0, 100))
    writer = PanelWriter(scratch)
    _words(writer, layout)
    return 100 - writer.y + BELOW


def _lists_lots(layout: MapLayout) -> bool:
    """There is room to list every lot."""
    room = max(LISTED_LOTS, int((layout.size[1] - REST_OF_PANEL) / LINE))
    return len(layout.lot_list) <= room


def write_panel(panel: Axes, layout: MapLayout) -> None:
    """Write facts, lots, legend and scale beside the map."""
    _words(PanelWriter(panel), layout)
    write_scale(panel, layout.inch)


def _words(writer: PanelWriter, layout: MapLayout) -> None:
    _facts(writer, layout)
    write_reasons(writer, layout)
    if layout.lot_list:
        _lot_table(writer, layout)
    _legend(writer, layout)


def _facts(writer: PanelWriter, layout: MapLayout) -> None:
    region, cost, lots = layout.region, layout.verdict.cost, layout.lots
    buildings = sum(map(len, region.buildings))
    writer.head("The plan")
    writer.pair("Buildings", f"{buildings:,} in {len(region):,} units")
    if "area" in region.sums:
        writer.pair("Floor area", f"{int(region.area.sum()):,} m²")
    if "households" in region.sums:
        writer.pair("Households", f"{int(region.sums['households'].sum()):,}")
    low, high = cost.min() / MILLION, cost.max() / MILLION
    writer.pair("A zone costs", f"{low:,.2f} to {high:,.2f} million")
    problem, names = layout.plan.problem, layout.verdict.names
    left = sorted({*range(len(names))} - {*frozen(layout.plan, names)})
    told = [problem.away(int(cost[zone]), names[zone]) for zone in left]
    away = [100 * share for share in told if share is not None]
    if away:
        writer.pair("From fair share", f"{min(away):+.1f} % to {max(away):+.1f} %")
    if _knows_changes(layout):
        changed = int(layout.verdict.changed.sum())
        part = 100 * changed / max(1, int(region.area.sum()))
        writer.pair("Changes zone", f"{changed:,} m² ({part:.1f} %)")
        if layout.verdict.change_cost:
            money = region.costs.currency
            writer.pair("Priced at", f"{layout.verdict.change_cost:,} {money}")
    if lots is not None and lots.saving is not None:
        part = 100 * lots.saving / max(1, lots.separate_cost)
        writer.pair("Lots save", f"{lots.saving / MILLION:,.2f} million ({part:.0f} %)")


def _knows_changes(layout: MapLayout) -> bool:
    """There is a plan of last year to compare with."""
    rules = layout.plan.problem.rules
    return any(rule.former_column is not None for rule in rules)


def _lot_table(writer: PanelWriter, layout: MapLayout) -> None:
    writer.head("Lots")
    if not _lists_lots(layout):
        writer.line(f"{len(layout.lot_list):,} lots; lots.csv lists them.")
        return
    area = sum_over(layout.plan, layout.region.area)
    writer.row(("", "zones", "m²", "million/year"), color="#777777")
    for number, lot in enumerate(layout.lot_list):
        labels = sorted((layout.labels[zone] for zone in lot.zones), key=by_name)
        zones = ", ".join(labels)
        total = int(area[list(lot.zones)].sum())
        cost = f"{lot.cost / MILLION:,.2f}"
        aside = wide(zones) > FITS
        writer.row((f"Lot {number + 1}", "" if aside else zones, f"{total:,}", cost))
        if aside:
            writer.row(("", zones, "", ""))


def write_strokes(
    writer: PanelWriter, region: Region, barriers: Sequence[tuple[Style, Any]]
) -> None:
    """Write how barriers in view, bridges and streets are drawn."""
    for style, _ in barriers:
        line: dict[str, Any] = {"color": style.colour, "linewidth": style.width}
        if style.crossed:
            line["linestyle"] = CROSSED
        writer.stroke(style.told, dashed=style.dashed and not style.crossed, **line)
    if len(region.bridges):
        dots: dict[str, Any] = {
            "color": BRIDGE,
            "linewidth": 2.2,
            "linestyle": (0, (1, 1)),
        }
        writer.stroke("Bridge: joins what would be an island", **dots)
    streets = region.source.streets
    if streets is not None and len(streets):
        writer.stroke("Street", color="#B9B4AA", linewidth=1.0)


def write_ground(writer: PanelWriter, layout: MapLayout) -> None:
    """Write how barriers, bridges and streets are drawn, and which names are not."""
    write_strokes(writer, layout.region, layout.barriers)
    if layout.lacks_names:
        told = "Some names are left off: no font here has the letters."
        writer.line(told, fontsize=8.5, color="#777777")
    if layout.lacks_labels:
        told = "#1, #2: id in plan.json; no font has their letters."
        writer.line(told, fontsize=8.5, color="#777777")


def _legend(writer: PanelWriter, layout: MapLayout) -> None:
    writer.head("Legend")
    few = [PALETTE[c] for c in sorted(set(layout.colour))[:4]]
    writer.swatches(few, "Zones, with their buildings")
    if layout.lot_list:
        writer.stroke("Lot: zones tendered together", color=LOT_INK, linewidth=2.4)
    if layout.lot_links:
        writer.lot_link("Joins parts of one lot")
    if layout.plan.num_zones <= TOO_MANY:
        numbers = all(label.isdecimal() for label in layout.labels)
        what = "Zone number" if numbers else "Name of a zone"
        writer.circle(f"{what}, at the zone's center")
    else:
        writer.dot("Center of a zone")
    for look, _ in layout.kept:
        writer.hatch(look.name, look.pattern)
    write_outside(writer, layout.verdict)
    if len(layout.pins):
        writer.pin("Building that a rule puts into this zone")
    write_ground(writer, layout)


def write_scale(panel: Axes, inch: float) -> None:
    """Write how long a way is on a map of so many inches to a metre; where north is."""
    _scale_bar(panel, inch)
    _north(panel)


def _scale_bar(panel: Axes, inch: float) -> None:
    metres = _round_length(1.9 / inch)
    wide, y = metres * inch, MARGIN + 0.16
    for part in range(2):
        ends = [part * wide / 2, (part + 1) * wide / 2]
        panel.fill_between(ends, y, y + 0.07, fc=(INK, "white")[part], ec=INK, lw=0.8)
    far = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    look: dict[str, Any] = {"fontsize": 8, "va": "bottom", "color": INK}
    panel.text(0, y + 0.13, "0", ha="left", **look)
    panel.text(wide, y + 0.13, far, ha="center", **look)


def _round_length(metres: float) -> float:
    """The largest of 1, 2, 5 × 10ⁿ that is not above."""
    power = 10.0 ** floor(log10(metres))
    return max(power * step for step in (1, 2, 5) if power * step <= metres)


def _north(panel: Axes) -> None:
    x, y = PANEL - 0.3, MARGIN + 0.16
    head = "-|>,head_width=0.32,head_length=0.6"
    arrow = {"arrowstyle": head, "color": INK, "lw": 1.6}
    panel.annotate("", (x, y + 0.55), (x, y - 0.05), arrowprops=arrow)
    look: dict[str, Any] = {"fontsize": 11, "weight": "bold", "color": INK}
    panel.text(x, y + 0.57, "N", ha="center", va="bottom", **look)
