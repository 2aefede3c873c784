"""The map of a plan: zones as colours, lots as outlines, with all a reader needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from zoning.lots import Lots
from zoning.plan import Plan
from zoning.plot.labels import Labels
from zoning.plot.layout import MapLayout
from zoning.plot.map_layers import draw_map_layers
from zoning.plot.picture import save_figure
from zoning.plot.side_panel import panel_height, write_panel, write_title
from zoning.plot.zone_polygons import Shapes, zone_polygons
from zoning.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 160


def draw(
    plan: Plan,
    lots: Lots | None = None,
    *,
    result: Result | None = None,
    areas: Shapes | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Map of a plan: colours tell zones apart, thick outlines are lots.

    Parameters
    ----------
    plan, lots
        What to draw.
    result
        Says how good the plan is proved to be, for the title.
    areas
        `zone_polygons` of the plan, where they are known already.
    ax
        Axes to draw the map on, without title and panel. Default: a page of its own.
    """
    layout = MapLayout(
        plan, lots, result, zone_polygons(plan) if areas is None else areas, ax=ax
    )
    figure, axes, panel = layout.page(panel_height(layout))
    draw_map_layers(axes, layout)
    Labels(axes, layout).write()
    if panel is not None:
        write_title(figure, layout)
        write_panel(panel, layout)
    return figure


def save(
    path: str | Path,
    result: Result,
    lots: Lots | None = None,
    *,
    areas: Shapes | None = None,
) -> None:
    """Write the map as PNG; the same plan and fonts give the same bytes."""
    assert result.plan is not None
    figure = draw(result.plan, lots, result=result, areas=areas)
    save_figure(figure, path, dpi=DPI)
