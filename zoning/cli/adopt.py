"""``zoning adopt``: hand edits of a written plan become the plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from zoning.check import judge
from zoning.cli import options
from zoning.cli.check import broken_rules, tell_edits
from zoning.cli.claim import claim
from zoning.cli.ending import BROKEN
from zoning.cli.lots import lots_of
from zoning.cli.screen import consoles
from zoning.cli.signals import keeping
from zoning.cli.words import tell_plan
from zoning.cli.written import (
    as_written,
    layer_path,
    plan_path,
    require_sound,
    result_of,
    searched_by,
)
from zoning.errors import InputError
from zoning.lots import Lots, LotSettings
from zoning.output.write import MAP, write
from zoning.plan import Plan
from zoning.planfile.content import to_dict
from zoning.planfile.edits import edited, edited_zones
from zoning.planfile.layer import with_layer
from zoning.planfile.lots import lot_rules_from
from zoning.planfile.written import RuleError, Written
from zoning.result import Result, Status

BY_HAND = "Edited by hand."


def adopt(
    folder: options.Folder,
    time: options.Time = 60.0,
    seed: options.Seed = 1,
    workers: options.Workers = 1,
) -> None:
    """Make hand edits of a written plan (buildings.geojson) its plan.

    The edited plan is judged; where it breaks a rule nothing is written. Otherwise
    plan.json, tables, layers and the map are written anew, and lots are made anew as
    they were asked for. Lots that were edited alone stay as they are.
    """
    screen, log = consoles()
    target, layer = plan_path(folder).parent, layer_path(folder)
    claim(target, log)
    try:
        before = as_written(folder)
        require_sound(folder, before)
        after = _adopted(before, layer)
    except RuleError as error:
        screen.print(str(error))
        raise typer.Exit(BROKEN) from error
    broken = broken_rules(after)
    tell_edits(str(layer), before, after, broken, screen)
    if broken:
        screen.print("Nothing was written.")
        raise typer.Exit(BROKEN)
    plan = with_layer(after, layer)
    result = replace(_result(after, plan), reason=BY_HAND)
    search: dict[str, Any] = {"seed": seed, "time_limit": time, "workers": workers}
    notes: list[str] = []
    with keeping():
        lots = _lots(after, plan, search, notes)
        notes += write(target, result, lots, settings=searched_by(before))
        tell_plan(to_dict(result, lots, searched_by(before)), notes, screen)
        screen.print(f"The map is {target / MAP}.")


def _adopted(before: Written, layer: Path) -> Written:
    """The plan as the layer has it: with its lots where only those were edited.

    Raises
    ------
    InputError
        There is no layer, or nothing was edited.
    """
    if not layer.exists():
        msg = f"There is no {layer} that could have been edited."
        raise InputError(msg)
    zones = edited_zones(before, layer)
    if not zones.plan.equals(before.plan):
        return zones
    after = edited(before, layer)
    if after is before:
        msg = f"{layer} was not edited: its zones and lots are those of the plan."
        raise InputError(msg)
    return after


def _result(written: Written, plan: Plan) -> Result:
    """The plan as a result: the bound is that of its problem, which stays the same.

    It is one on plans that lie outside their bands by no more than the plan before;
    where the edited one does, only what any zones cost is left of it.
    """
    result = result_of(written, plan)
    excess = result.excess or 0
    if excess > written.verdict.excess:
        problem = plan.problem
        least = problem.fixed * problem.num_zones + int(problem.region.load.sum())
        # plan.json has the bound of plans that change no more than this one
        least += judge(plan).change_cost
        result = replace(result, bound=min(result.bound, least))
    best = result.bound == result.cost and result.moves_least
    best = best and result.excess_bound == excess
    return replace(result, status=Status.OPTIMAL if best else Status.FEASIBLE)


def _lots(
    written: Written, plan: Plan, search: dict[str, Any], notes: list[str]
) -> Lots | None:
    """Lots as the layer has them, or else made anew as they were asked for."""
    table, asked = written.table["lots"], written.table["parameters"]
    if table is None:
        return None
    settings = LotSettings(
        int(asked["lot_size"]), asked["lot_tolerance"], rules=lot_rules_from(asked)
    )
    verdict = written.lots_verdict
    if verdict is None:
        return lots_of(
            *(plan, settings.size, settings.rules, search, notes),
            tolerance=settings.tolerance,
            whole_lots=asked.get("whole_lots", 0.0),
        )
    bound = min(int(table["bound"]), verdict.cost)
    return Lots(
        plan,
        Status.OPTIMAL if bound == verdict.cost else Status.FEASIBLE,
        verdict.lots,
        verdict.cost,
        bound,
        verdict.separate_cost,
        0.0,
        BY_HAND,
        settings,
        near_allowed=asked["gap_limit"],
    )
