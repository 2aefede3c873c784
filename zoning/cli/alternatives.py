"""``zoning alternatives``: other plans nearly as cheap, truly different."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from itertools import count as naturals
from pathlib import Path
from typing import Annotated, Any

import typer

from zoning.analysis.alternatives import Alternatives
from zoning.analysis.alternatives import alternatives as alternatives_to
from zoning.cli import options
from zoning.cli.ending import NONE
from zoning.cli.lots import lots_of
from zoning.cli.progress import Progress
from zoning.cli.screen import consoles
from zoning.cli.signals import keeping
from zoning.cli.words import tell_notes
from zoning.cli.written import drawn_plan
from zoning.lots import Lots
from zoning.lots.rules import LotRules
from zoning.output.write import FILES, PLAN, build
from zoning.planfile.atomic_write import build_each, put, require_writable, write_csv
from zoning.planfile.papers import moved, set_aside
from zoning.planfile.to_dict import table_of
from zoning.result import Result

TABLE, MAPS = "alternatives.csv", "alternatives.png"

Count = Annotated[int, typer.Option(help="So many plans, the cheapest included.")]
Within = Annotated[
    float, typer.Option(help="They cost so much more at most; 0.02 is 2 %.")
]
Least = Annotated[
    float, typer.Option(help="So much of the floor area is in another zone.")
]


def alternatives(
    folder: options.Folder,
    count: Count = 5,
    within: Within = 0.02,
    least: Least = 0.05,
    lot_size: options.LotSize = 3,
    time: options.Time = 60.0,
    seed: options.Seed = 1,
    workers: options.Workers = 1,
    out: options.Out = "alternatives",
) -> None:
    """Find other plans for a written plan's task: nearly as cheap, truly different."""
    screen, log = consoles()
    require_writable(out)
    plan = drawn_plan(folder)
    search: dict[str, Any] = {"seed": seed, "time_limit": time, "workers": workers}
    notes: list[str] = []
    with keeping():
        with Progress(log) as progress:
            found = alternatives_to(
                plan.problem,
                count,
                within=within,
                least=least,
                start=plan,
                progress=progress,
                **search,
            )
        if found.plans:
            plans = [*_bundled(found, lot_size, search, notes)]
            notes += _write(Path(out), found, plans, search)
            screen.print(str(found))
            tell_notes(notes, screen)
            screen.print(
                f"Maps side by side: {Path(out) / MAPS}. Each plan is in a folder of "
                f"its own: {Path(out) / '1'}, ..."
            )
            return
    if found.stopped:
        raise KeyboardInterrupt
    log.print(f"No plan was found. {found.reason}")
    raise typer.Exit(NONE)


def _bundled(
    found: Alternatives, size: int, search: dict[str, Any], notes: list[str]
) -> Iterator[tuple[Result, Lots | None]]:
    """Each plan with its lots."""
    for number, result in enumerate(found.results, 1):
        assert result.plan is not None
        lots = None
        if size:
            told: list[str] = []
            lots = lots_of(result.plan, size, LotRules(), search, told)
            notes += [f"Plan {number}: {one}" for one in told]
        yield result, lots


def _write(
    out: Path,
    found: Alternatives,
    plans: Sequence[tuple[Result, Lots | None]],
    search: dict[str, Any],
) -> list[str]:
    """Every plan in a folder of its own; tell what went wrong, and what was moved."""
    tables = [table_of(result, lots, search) for result, lots in plans]
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

    put(out, (*left.names, *names, TABLE, MAPS), fill)
    for place in beyond:
        shutil.rmtree(place)  # nothing but empty folders is left in it
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
    from zoning.plot.alternatives import (
        draw_alternatives,  # matplotlib: slow to load
    )

    notes = []
    for number, (result, lots) in enumerate(plans, 1):
        place = folder / str(number)
        place.mkdir(exist_ok=True)
        told = build(place, tables[number - 1], result, lots)
        notes += [f"{number}/{one}" for one in told]
    rows = [
        {
            "plan": number,
            "cost": row.result.cost,
            "cost_in_lots": None if lots is None else lots.cost,
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
            (MAPS, lambda at: draw_alternatives(found).savefig(at, dpi=150)),
        ),
    )
