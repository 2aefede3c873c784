"""``zoning frontier``: what balance, the number of zones, or staying put costs."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from zoning.analysis.frontier import frontier as frontier_of
from zoning.analysis.lots_of_each import LotsOfEach
from zoning.analysis.points import Parameter
from zoning.cli import options
from zoning.cli.claim import claim
from zoning.cli.ending import NONE
from zoning.cli.progress import Progress
from zoning.cli.resumable import resumable
from zoning.cli.screen import consoles
from zoning.cli.signals import keeping
from zoning.cli.words import number_table, tell_notes
from zoning.cli.workers import with_workers
from zoning.cli.written import files_of, written_in
from zoning.errors import InputError
from zoning.limits import Limits
from zoning.output.frontier import FILES, write_frontier
from zoning.planfile.lots import lot_rules_from
from zoning.planfile.written import Written

USUAL = 8  # values, about, where none are given


class Of(StrEnum):
    """What may vary, as a planner types it."""

    TOLERANCE = "tolerance"
    ZONES = "zones"
    PREVIOUS = "previous"


PARAMETER: dict[Of, Parameter] = {
    Of.TOLERANCE: "tolerance",
    Of.ZONES: "num_zones",
    Of.PREVIOUS: "previous",
}
Vary = Annotated[
    Of,
    typer.Option(
        help="tolerance; zones: how many; previous: how much may change zone."
    ),
]
Values = Annotated[
    str | None,
    typer.Option(metavar="V,V,...", help="Such as 0.05,0.1,0.2, or 12,15,18."),
]


LotSize = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=1_000,
        help="Zones to a lot; 0: no lots. Default: as in the plan.",
    ),
]


@with_workers
def frontier(
    folder: options.Folder,
    of: Vary = Of.TOLERANCE,
    values: Values = None,
    lot_size: LotSize = None,
    strict: options.Strict = False,
    time: options.Time = 120.0,
    seed: options.Seed = 1,
    workers: options.Workers = 1,
    executor: Any = None,
    out: options.Out = "frontier",
) -> None:
    """Solve a written plan's task for several values of one rule; draw the costs."""
    screen, log = consoles()
    claim(out, log)
    written = written_in(folder)
    problem, several = written.plan.problem, _numbers(values)
    if strict and not problem.strict:
        problem = replace(problem, strict=True)
    count = USUAL if several is None else len(several)
    search: dict[str, Any] = {"seed": seed, "time_limit": time, "workers": workers}
    with keeping(), resumable(out, files_of(folder), log) as kept:
        with Progress(log) as progress:
            found = frontier_of(
                problem,
                PARAMETER[of],
                several,
                lots=_makes_lots(written, lot_size, count, search),
                progress=progress,
                checkpoint=kept,
                executor=executor,
                **search,
            )
        kept.stopped |= found.stopped
        if of is Of.ZONES:
            screen.print(number_table(found.rows, found.currency))
            screen.print(found.entry["reason"])
        else:
            for told in found.words:
                screen.print(told)
        if any(one.cost is not None for one in found.results):
            lost = [told for one in found.results for told in one.losses]
            notes = [*write_frontier(out, found), *kept.notes, *lost]
            tell_notes(notes, screen)
            made = [name for name in FILES if (Path(out) / name).exists()]
            screen.print(f"Curve and numbers are in {out}: {', '.join(made)}.")
            return
        if found.stopped:
            raise KeyboardInterrupt
    log.print("No value has a plan. Allow more, or raise --time.")
    raise typer.Exit(NONE)


def _makes_lots(
    written: Written, size: int | None, count: int, search: dict[str, Any]
) -> LotsOfEach | None:
    """Makes lots as they were asked for of the written plan, or of another size."""
    asked = written.table["parameters"]
    if size is None:
        size = int(asked["lot_size"]) if written.lots else 0
    limits = Limits(search["time_limit"], search["seed"], search["workers"])
    rules, tolerance = lot_rules_from(asked), asked["lot_tolerance"]
    whole_lots = asked.get("whole_lots", 0.0)
    made = LotsOfEach(size, limits, count, rules, tolerance, whole_lots)
    return made if size else None


def _numbers(words: str | None) -> list[float] | None:
    if words is None:
        return None
    try:
        return [float(word) for word in words.split(",")]
    except ValueError as error:
        msg = f"--values must be numbers with commas between, 0.05,0.1; got {words!r}."
        raise InputError(msg) from error
