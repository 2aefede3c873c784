"""Write what a frontier found: its numbers and its curve, both or neither."""

from __future__ import annotations

from pathlib import Path

from zoning.analysis.frontier import Frontier
from zoning.planfile.atomic import atomic_write, build_each, write_csv
from zoning.plot.frontier import draw_frontier
from zoning.plot.picture import save_figure

TABLE, PICTURE = "frontier.csv", "frontier.png"
DPI = 150


def write_frontier(folder: str | Path, found: Frontier) -> list[str]:
    """Write the table and the picture; tell what could not be drawn, and why."""
    notes: list[str] = []
    atomic_write(
        folder, (TABLE, PICTURE), lambda fresh: notes.extend(_build(fresh, found))
    )
    return notes


def _build(folder: Path, found: Frontier) -> list[str]:
    rows = [
        {
            found.parameter: value,
            "status": str(one.status),
            "cost": one.cost,
            "bound": one.bound,
            "gap": one.gap,
            **({"cost_in_lots": paid} if found.lots else {}),
            "nothing_gained": idle,
        }
        for value, one, paid, idle in zip(
            *(found.values, found.results, found.paid, found.dominated), strict=True
        )
    ]
    return build_each(
        folder,
        (
            (TABLE, lambda at: write_csv(at, rows)),
            (PICTURE, lambda at: save_figure(draw_frontier(found), at, dpi=DPI)),
        ),
    )
