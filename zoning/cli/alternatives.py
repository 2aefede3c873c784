"""``zoning alternatives``: other plans nearly as cheap, truly different."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from zoning.cli import options
from zoning.cli.ending import NONE
from zoning.cli.program import app
from zoning.cli.progress import Progress
from zoning.cli.screen import consoles
from zoning.cli.written import drawn_plan
from zoning.lots import bundle
from zoning.what_if.alternatives import Alternatives, alternatives
from zoning.write import write
from zoning.written.put import put, require_writable, write_csv

TABLE, MAPS = "alternatives.csv", "alternatives.png"

Count = Annotated[int, typer.Option(help="So many plans, the cheapest included.")]
Within = Annotated[
    float, typer.Option(help="They cost so much more at most; 0.02 is 2 %.")
]
Least = Annotated[
    float, typer.Option(help="So much of the floor area is in another zone.")
]


@app.command("alternatives")
def alternatives_to(
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
    with Progress(log) as progress:
        found = alternatives(
            plan.problem,
            count,
            within=within,
            least=least,
            time_limit=time,
            seed=seed,
            workers=workers,
            start=plan,
            progress=progress,
        )
    if not found.plans:
        log.print(f"No plan was found. {found.reason}")
        raise typer.Exit(NONE)
    search: dict[str, Any] = {"seed": seed, "time_limit": time, "workers": workers}
    for number, result in enumerate(found.results, 1):
        assert result.plan is not None
        lots = bundle(result.plan, size=lot_size, **search) if lot_size else None
        write(Path(out) / str(number), result, lots, settings=search)
    put(out, (TABLE, MAPS), lambda fresh: _build(fresh, found))
    screen.print(str(found))
    screen.print(
        f"Maps side by side: {Path(out) / MAPS}. Each plan is in a folder of its own: "
        f"{Path(out) / '1'}, ..."
    )


def _build(folder: Path, found: Alternatives) -> None:
    from zoning.plot.alternatives import (
        draw_alternatives,  # matplotlib: slow to load
    )

    rows = [
        {
            "plan": number,
            "cost": row.result.cost,
            "dearer": row.dearer,
            "changed_share": row.from_first.share,
            "changed_buildings": row.from_first.buildings,
            "share_to_nearest": row.from_nearest,
        }
        for number, row in enumerate(found.rows, 1)
    ]
    write_csv(folder / TABLE, rows)
    draw_alternatives(found).savefig(folder / MAPS, dpi=150)
