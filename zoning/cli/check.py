"""``zoning check``: judge a written plan again, hand edits included."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import typer
from rich.console import Console

from zoning.check.balance_words import told_exceptions
from zoning.check.gaps import told_gaps
from zoning.cli import options
from zoning.cli.ending import BROKEN
from zoning.cli.screen import consoles
from zoning.cli.written import plan_path
from zoning.output.write import BUILDINGS, PLAN
from zoning.planfile.edits import edited
from zoning.planfile.facts import other_facts
from zoning.planfile.file import read_plan
from zoning.planfile.papers import misfits
from zoning.planfile.verify import differences
from zoning.planfile.written import RuleError, Written
from zoning.rules import Rule
from zoning.text.lists import first_few


def check(folder: options.Folder) -> None:
    """Judge a written plan again, by its file alone, hand edits included.

    plan.json is the plan. Where buildings.geojson beside it has been edited (columns
    zone and lot), the edited plan is judged as well. Other edits of it (floor areas,
    places) are told: no number changes by them.
    """
    screen, _ = consoles()
    path = plan_path(folder)
    try:
        written = read_plan(path)
    except RuleError as error:
        screen.print(str(error))
        raise typer.Exit(BROKEN) from error
    faults = [*broken_rules(written), *differences(written)]
    unfit = [*misfits(path.parent, written.table)]
    layer = path.parent / BUILDINGS
    if layer.exists():
        faults += other_facts(written, layer)
    _tell_verdict(str(path), written, faults, screen)
    if layer.exists():
        try:
            other = edited(written, layer)
        except RuleError as error:
            screen.print(str(error))
            raise typer.Exit(BROKEN) from error
        if other is not written:
            broken = broken_rules(other)
            faults += broken
            tell_edits(str(layer), written, other, broken, screen)
    for told in unfit:
        screen.print(told)
    if faults or unfit:
        raise typer.Exit(BROKEN)


def broken_rules(written: Written) -> list[str]:
    """Every rule that zones and lots break, in words."""
    lots = written.lots_verdict
    return [*written.verdict.faults, *(lots.faults if lots else ())]


def _tell_verdict(
    where: str, written: Written, faults: Sequence[str], screen: Console
) -> None:
    told = f"{where}: {_totals(written)}"
    if not faults:
        rules = written.plan.problem.rules
        every = "Every rule that can be checked" if _unchecked(rules) else "Every rule"
        screen.print(f"{told} {every} is kept and every number is right.")
        _tell_rules(written, screen)
        region, gaps = written.plan.problem.region, written.verdict.gaps
        for told in told_gaps(region, written.names, gaps):
            screen.print(told)
        bound = written.table.get("excess_bound")
        tell_exceptions(written, bound, screen)
        if "digests" not in written.table:
            screen.print(
                f"{PLAN} is of an older kind, without digests: what cannot be counted "
                "again (edges, facts of buildings, limits, bounds) was taken as it "
                "stands."
            )
        return
    screen.print(f"{told} {_faults(len(faults))}:")
    for fault in faults:
        screen.print(f"- {fault}")
    tell_exceptions(written, None, screen)


def tell_exceptions(written: Written, bound: int | None, screen: Console) -> None:
    """Zones outside the balance: no fault, since the bands were to bend."""
    called = written.plan.problem.region.directory.called_id
    found = [one.told(called) for one in written.verdict.exceptions]
    count = written.plan.num_zones
    money = written.plan.problem.region.costs.currency
    for told in told_exceptions(found, count, bound, money=money):
        screen.print(told)


def _unchecked(rules: Iterable[Rule]) -> bool:
    return any(rule.unchecked for rule in rules)


def _tell_rules(written: Written, screen: Console) -> None:
    """Which planners' rules are kept."""
    problem = written.plan.problem
    for rule in dict.fromkeys(problem.rules):
        how = "not checked, since its class is not here" if rule.unchecked else "kept"
        screen.print(f"- {how}: {rule.told(problem.region)}")


def _faults(number: int) -> str:
    return "1 fault" if number == 1 else f"{number} faults"


def _totals(written: Written) -> str:
    zones, lots = written.verdict, written.lots_verdict
    money = written.plan.problem.region.costs.currency
    told = f"{len(zones.cost)} zones cost {zones.plan_cost:,} {money} a year"
    if zones.change_cost:
        told += f"; beside it {int(zones.changed.sum()):,} m² change zone, priced at "
        told += f"{zones.change_cost:,}"
    if lots is not None and lots.lots:
        told += (
            f"; in {len(lots.lots)} lots {lots.cost:,}, one by one "
            f"{lots.separate_cost:,}"
        )
    return told + "."


def _farther(before: Written, after: Written) -> str:
    more = after.verdict.excess - before.verdict.excess
    if not more:
        return ""
    how = "more" if more > 0 else "less"
    money = after.plan.problem.region.costs.currency
    return f" They lie outside their bands by {abs(more):,} {money} {how}."


def tell_edits(
    where: str,
    before: Written,
    after: Written,
    broken: Sequence[str],
    screen: Console,
) -> None:
    """What the planner moved, and what came of it."""
    region = after.plan.problem.region
    was = [before.names[k] for k in before.plan.zone_of]
    now = [after.names[k] for k in after.plan.zone_of]
    moved = [
        f"{region.called(i)} from zone {a} to {b}"
        for i, (a, b) in enumerate(zip(was, now, strict=True))
        if a != b
    ]
    what = f"moves {first_few(moved)}" if moved else "makes other lots"
    change = after.verdict.plan_cost - before.verdict.plan_cost
    screen.print(
        f"{where} was edited; it differs from {PLAN} and {what}. Judged as edited: "
        f"{_totals(after)} The zones cost {change:+,} {region.costs.currency} a year "
        f"against {PLAN}.{_farther(before, after)}",
    )
    for own, name in zip(after.names, after.verdict.names, strict=True):
        if own != name:
            screen.print(f"By the rules the layer's zone {own} is called zone {name}.")
    if not broken:
        screen.print("The edited plan keeps every rule.")
        tell_exceptions(after, before.table.get("excess_bound"), screen)
        return
    screen.print(f"{_faults(len(broken))} in the edited plan:")
    for fault in broken:
        screen.print(f"- {fault}")
