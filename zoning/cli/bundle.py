"""``zoning bundle``: other lots for a written plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from zoning.cli import options
from zoning.cli.claim import claim
from zoning.cli.ending import NONE
from zoning.cli.screen import consoles
from zoning.cli.signals import keeping
from zoning.cli.words import lot_table, lots_ending, money_of, tell_notes
from zoning.cli.written import (
    drawn,
    plan_path,
    require_sound,
    result_of,
    searched_by,
    written_in,
)
from zoning.errors import InputError
from zoning.lots import bundle as bundle_again
from zoning.lots.check_rules import rule_faults
from zoning.lots.rules import LotRules
from zoning.output.write import BUILDINGS, MAP, write
from zoning.planfile.content import to_dict
from zoning.planfile.lots import lot_rules_from
from zoning.planfile.rows import lot_rows
from zoning.planfile.written import Written
from zoning.scenario import Scenario, read_scenario_file

Size = Annotated[int, typer.Option(min=1, max=1_000, help="Zones tendered together.")]
LotTolerance = Annotated[
    float | None,
    typer.Option(help="A lot's cost may differ so much; 0.1 is ±10 %. Default: any."),
]
Objective = Annotated[
    str,
    typer.Option(
        metavar="cost|spread",
        help="What is made least; spread: lots as alike to a bidder as can be, then "
        "cheap.",
    ),
]
Fairest = Annotated[bool, typer.Option("--fairest", hidden=True)]
Into = Annotated[
    str | None,
    typer.Option("--out", metavar="DIR", help="Where files go. Default: where it is."),
]


def bundle(
    folder: options.Folder,
    size: Size = 3,
    tolerance: LotTolerance = None,
    objective: Objective = "cost",
    whole_lots: options.WholeLots = None,
    alike: Fairest = False,
    scenario: options.Scenario = None,
    time: options.Time = 60.0,
    seed: options.Seed = 1,
    workers: options.Workers = 1,
    out: Into = None,
) -> None:
    """Make other lots of a written plan's zones, and write the plan with them."""
    screen, log = consoles()
    goal = "spread" if alike else objective
    if goal == "spread" and whole_lots is not None:
        msg = (
            "Lots that are as alike as can be are not chosen by whether they look "
            "whole. Leave out --whole-lots, or --objective spread."
        )
        raise InputError(msg)
    whole = options.WHOLE_LOTS if whole_lots is None else whole_lots
    target = Path(out) if out else plan_path(folder).parent
    claim(target, log)
    asked = Scenario() if scenario is None else read_scenario_file(scenario)
    written = written_in(folder)
    require_sound(folder, written)
    result = result_of(written, drawn(folder, written, columns=[*asked.columns]))
    assert result.plan is not None
    if target.resolve() == plan_path(folder).parent.resolve():
        _refuse_to_lose(written, target / BUILDINGS)
    faults = [*rule_faults(result.plan.problem.region, asked.lots)]
    if faults:
        raise InputError(" ".join(faults))
    settings: dict[str, Any] = {
        "size": size,
        "tolerance": tolerance,
        "rules": asked.lots,
        "objective": goal,
        "whole_lots": whole if goal == "cost" else 0.0,
        "time_limit": time,
        "seed": seed,
        "workers": workers,
    }
    notes = [*asked.notes, *_not_asked(written, asked, scenario)]
    if alike:
        notes.append("--fairest is now --objective spread; write that.")
    lots = bundle_again(result.plan, **settings)
    if lots.spread is not None and lots.spread_bound is not None:
        proof = "proved least" if lots.spread_proved else "not proved least"
        notes.append(
            f"Lots differ in worth to a bidder by at most {lots.spread} fen per m² and "
            f"year, {proof}; none that are as alike cost less than told."
        )
    if not lots.lots:
        log.print(f"There are no such lots. {lots.reason} Nothing was written.")
        raise typer.Exit(NONE)
    searched = searched_by(written)
    with keeping():
        notes += write(target, result, lots, settings=searched)
        table = to_dict(result, lots, searched)
        rows = lot_rows(table)
        screen.print(lot_table(rows, money_of(table)))
        screen.print(lots_ending(table["lots"], rows, money_of(table)))
        tell_notes([*notes, *filter(None, [lots.reason])], screen)
        screen.print(f"The map is {target / MAP}.")


def _not_asked(written: Written, asked: Scenario, scenario: str | None) -> list[str]:
    """What a file or the former lots say that these lots do not keep."""
    notes = []
    usual = Scenario()
    set_too = {
        "figures": asked.costs != usual.costs,
        "bands": dict(asked.bands) != dict(usual.bands),
        "rules for zones": bool(asked.rules),
    }
    more = [what for what, is_set in set_too.items() if is_set]
    if more:
        notes.append(
            f"{scenario} holds {', '.join(more)} as well; zones and prices stay those "
            "of the plan, and of the file [lots] alone was used. Plan again to use all."
        )
    former = lot_rules_from(written.table["parameters"])
    if written.table["lots"] is not None and former not in (LotRules(), asked.lots):
        notes.append(
            "The former lots kept other rules ([lots] of a scenario), which these lots "
            "were not asked to keep. Give them by --scenario to keep them."
        )
    return notes


def _refuse_to_lose(written: Written, layer: Path) -> None:
    """Writing over a folder must not lose what stands in its layer alone."""
    if not layer.exists() and written.table["input"]["files"]:
        msg = (
            f"{layer} is missing; with other lots written here, barriers and streets "
            "would be lost as well. Restore it, or give another folder by --out."
        )
        raise InputError(msg)
