"""What a map shows of zones outside the balance."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from zoning.check import Verdict
from zoning.check.balance_words import num_outside
from zoning.check.excess import Reason
from zoning.plot.layout import MapLayout
from zoning.plot.legend import PanelWriter
from zoning.plot.rules import Hatch
from zoning.plot.strokes import hatch
from zoning.plot.zone_polygons import Shapes
from zoning.text.lists import first_few

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MILLION = 1e6
INK = "#8C1D18"  # of the pattern: no zone and no other pattern is dark red
OUTSIDE = Hatch("Zone outside the balance", "\\\\\\\\")


def zones_outside(verdict: Verdict) -> list[int]:
    """Positions of zones outside a band that bends, or over too wide a gap."""
    names = {one.zone for one in verdict.exceptions}
    return [k for k, name in enumerate(verdict.names) if name in names]


def draw_outside(axes: Axes, verdict: Verdict, areas: Shapes) -> None:
    """Lay the pattern over zones outside, buildings and all.

    A zone that is one large building would hide a pattern below it.
    """
    outside = areas[zones_outside(verdict)]
    hatch(axes, outside, OUTSIDE.pattern, zorder=4.2, colour=INK)


REASONS = {
    Reason.UNIT: "One unit alone is too large",
    Reason.POCKET: "Cut off, and too light",
    Reason.RULE: "A rule asks for it",
    Reason.BRIDGE: "Over too wide a gap",
    Reason.OTHER: "None better was found",
}
NAMED, LETTERS = 4, 46  # zones of each reason; a line of the panel


def write_reasons(writer: PanelWriter, layout: MapLayout) -> None:
    """Write which zones lie outside the balance, by reason."""
    verdict = layout.verdict
    if not verdict.exceptions:
        return
    outside = num_outside(verdict.exceptions)
    writer.head("Outside the balance")
    writer.pair("Zones", f"{outside:,} of {len(verdict.names):,}")
    told = f"{verdict.excess / MILLION:,.2f} million"
    if _is_least(layout):
        told += ", the least possible"
    writer.pair("In all", told)
    labels = dict(zip(verdict.names, layout.labels, strict=True))
    for reason, words in REASONS.items():
        some = dict.fromkeys(
            labels[one.zone] for one in verdict.exceptions if one.reason is reason
        )
        if reason is Reason.OTHER and _is_least(layout):
            words = "None nearer is possible"
        if some:
            for line in wrap(f"{words}: {first_few(some, NAMED)}", LETTERS):
                writer.line(line)


def _is_least(layout: MapLayout) -> bool:
    result = layout.result
    return result is not None and layout.verdict.excess <= result.excess_bound


def write_outside(writer: PanelWriter, verdict: Verdict) -> None:
    """Write what the pattern means, where a zone has it."""
    if verdict.exceptions:
        writer.hatch(OUTSIDE.name, OUTSIDE.pattern, INK)
