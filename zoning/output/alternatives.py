"""Write alternatives: each plan in a folder of its own, a table, and maps of all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count as naturals
from pathlib import Path
from typing import Any

from zoning.analysis.alternatives import Alternatives
from zoning.lots import Lots
from zoning.output.write import FILES, PLAN, build
from zoning.planfile.atomic import atomic_write, build_each, write_csv
from zoning.planfile.claim import settle
from zoning.planfile.content import to_dict
from zoning.planfile.papers import moved, set_aside
from zoning.plot.alternatives import draw_alternatives
from zoning.plot.picture import save_figure
from zoning.result import Result

TABLE, MAPS = "alternatives.csv", "alternatives.png"
DPI = 150


def write_alternatives(
    out: Path,
    found: Alternatives,
    plans: Sequence[tuple[Result, Lots | None]],
    search: dict[str, Any],
) -> list[str]:
    """Every plan in a folder of its own; tell what went wrong, and what was moved."""
    tables = [to_dict(result, lots, search) for result, lots in plans]
    for place in (out, *_beyond(out, 0)):
        settle(place)
    former = [moved(out / str(at), table) for at, table in enumerate(tables, 1)]
    beyond = [*_beyond(out, len(plans))]
    left = set_aside(out, (name for place in beyond for name in _files(out, place)))
    names = [
        f"{number}/{name}"
        for number, one in enumerate(former, 1)
        for name in (*one.names, *FILES)
    ]
    notes = []

    def fill(fresh: Path) -> None:
        left.build(fresh)
        for number, one in enumerate(former, 1):
            one.build(fresh / str(number))
        notes.extend(_build(fresh, found, plans, tables))

    atomic_write(out, (*left.names, *names, TABLE, MAPS), fill)
    told = [word for one in former for word in one.words]
    if beyond:
        more = ", ".join(f"plan {place.name}" for place in beyond)
        told.append(
            f"Of an earlier search there was more: {more}; that is now in "
            f"{out / left.where}."
        )
    return [*notes, *told]


def _beyond(out: Path, count: int) -> Iterator[Path]:
    """Folders of plans of an earlier search, after so many."""
    for number in naturals(count + 1):
        place = out / str(number)
        if not (place / PLAN).exists():
            break
        yield place


def _files(out: Path, place: Path) -> list[str]:
    files = sorted(path for path in place.rglob("*") if path.is_file())
    return [path.relative_to(out).as_posix() for path in files]


def _build(
    folder: Path,
    found: Alternatives,
    plans: Sequence[tuple[Result, Lots | None]],
    tables: Sequence[dict[str, Any]],
) -> list[str]:
    notes = []
    for number, (result, lots) in enumerate(plans, 1):
        place = folder / str(number)
        place.mkdir(exist_ok=True)
        told = build(place, tables[number - 1], result, lots)
        notes += [f"{number}/{one}" for one in told]
    rows = [
        {
            "plan": number,
            "cost": row.result.plan_cost,
            "cost_in_lots": None if lots is None else lots.cost,
            "excess": row.result.excess,
            "dearer": row.dearer,
            "changed_share": row.from_first.share,
            "changed_buildings": row.from_first.buildings,
            "share_to_nearest": row.from_nearest,
        }
        for number, (row, (_, lots)) in enumerate(
            zip(found.rows, plans, strict=True), 1
        )
    ]
    return notes + build_each(
        folder,
        (
            (TABLE, lambda at: write_csv(at, rows)),
            (MAPS, lambda at: save_figure(draw_alternatives(found), at, dpi=DPI)),
        ),
    )
