"""Write what a frontier found: its numbers and its curve, all or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zoning.analysis.frontier import Frontier
from zoning.planfile.atomic import atomic_write, build_each, write_csv
from zoning.planfile.content import to_json
from zoning.plot.frontier import draw_frontier
from zoning.plot.picture import save_figure

FILES = TABLE, JSON, PICTURE = "frontier.csv", "frontier.json", "frontier.png"
DPI = 150


def write_frontier(folder: str | Path, found: Frontier) -> list[str]:
    """Write the table and the picture; tell what could not be made, and why."""
    notes: list[str] = []
    atomic_write(folder, FILES, lambda fresh: notes.extend(_build(fresh, found)))
    return notes


def _build(folder: Path, found: Frontier) -> list[str]:
    rows = found.rows
    return build_each(
        folder,
        (
            (TABLE, lambda at: write_csv(at, rows)),
            (JSON, lambda at: _write_json(at, found)),
            (PICTURE, lambda at: save_figure(draw_frontier(found), at, dpi=DPI)),
        ),
    )


def _write_json(path: Path, found: Frontier) -> None:
    """The same rows for programs."""
    table: dict[str, Any] = {"parameter": found.parameter, "refuted": found.refuted}
    if found.parameter == "num_zones":
        table |= {key: found.entry[key] for key in ("by", "reason")}
    path.write_text(to_json({**table, "rows": found.rows}), "utf-8", newline="\n")
