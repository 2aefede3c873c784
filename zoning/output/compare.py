"""Write plans side by side: a table, and a map of each difference, all or none."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path

from zoning.analysis.compare import Comparison
from zoning.plan import Plan
from zoning.planfile.atomic import atomic_write, build_each, write_csv
from zoning.plot.compare import draw_difference
from zoning.plot.picture import save_figure

TABLE = "compare.csv"
DPI = 150


def maps_of(found: Comparison) -> list[str]:
    """A map for each plan but the first."""
    return [f"difference_{number}.png" for number in range(2, len(found.plans) + 1)]


def write_comparison(folder: str | Path, found: Comparison) -> list[str]:
    """Write the table and the maps; tell what could not be drawn, and why."""
    notes: list[str] = []
    names = (TABLE, *maps_of(found))
    atomic_write(folder, names, lambda fresh: notes.extend(_build(fresh, found)))
    return notes


def _build(folder: Path, found: Comparison) -> list[str]:
    write_csv(folder / TABLE, [asdict(row) for row in found.rows])
    first, *others = found.plans

    def draw(plan: Plan, at: Path) -> None:
        save_figure(draw_difference(first, plan), at, dpi=DPI)

    return build_each(
        folder,
        [
            (name, partial(draw, plan))
            for name, plan in zip(maps_of(found), others, strict=True)
        ],
    )
