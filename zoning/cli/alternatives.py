"""``zoning alternatives``: other plans nearly as cheap, truly different."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from zoning.analysis.alternatives import Alternatives
from zoning.analysis.alternatives import alternatives as alternatives_to
from zoning.cli import options
from zoning.cli.claim import claim
from zoning.cli.ending import NONE
from zoning.cli.lots import lots_of
from zoning.cli.progress import Progress
from zoning.cli.resumable import resumable
from zoning.cli.screen import consoles
from zoning.cli.signals import keeping
from zoning.cli.words import tell_notes
from zoning.cli.workers import with_workers
from zoning.cli.written import drawn_plan, files_of
from zoning.lots import Lots
from zoning.lots.rules import LotRules
from zoning.output.alternatives import MAPS, write_alternatives
from zoning.result import Result

Count = Annotated[int, typer.Option(help="So many plans, the cheapest included.")]
Within = Annotated[
    float, typer.Option(help="They cost so much more at most; 0.02 is 2 %.")
]
Least = Annotated[
    float, typer.Option(help="So much of the floor area is in another zone.")
]


@with_workers
def alternatives(
    folder: options.Folder,
    count: Count = 5,
    within: Within = 0.02,
    least: Least = 0.05,
    lot_size: options.LotSize = 3,
    time: options.Time = 60.0,
    seed: options.Seed = 1,
    workers: options.Workers = 1,
    executor: Any = None,
    out: options.Out = "alternatives",
) -> None:
    """Find other plans for a written plan's task: nearly as cheap, truly different."""
    screen, log = consoles()
    claim(out, log)
    plan = drawn_plan(folder)
    search: dict[str, Any] = {"seed": seed, "time_limit": time, "workers": workers}
    notes: list[str] = []
    with keeping(), resumable(out, files_of(folder), log) as kept:
        with Progress(log) as progress:
            found = alternatives_to(
                plan.problem,
                count,
                within=within,
                least=least,
                start=plan,
                progress=progress,
                checkpoint=kept,
                executor=executor,
                **search,
            )
        kept.stopped |= found.stopped
        notes += kept.notes
        if found.plans:
            plans = [*_bundled(found, lot_size, search, notes)]
            notes += [told for one in found.results for told in one.losses]
            notes += write_alternatives(Path(out), found, plans, search)
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
