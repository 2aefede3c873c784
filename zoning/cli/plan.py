"""``zoning plan``: from buildings to zones, lots and a map."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from zoning.analysis.main_roads import told_main_roads
from zoning.analysis.unusual_areas import told_unusual_areas
from zoning.check import judge
from zoning.check.gaps import told_gaps
from zoning.checkpoint.checkpoint import now
from zoning.cli import options
from zoning.cli.claim import claim
from zoning.cli.ending import NONE
from zoning.cli.lots import lots_of
from zoning.cli.progress import Progress
from zoning.cli.reading import Reading, with_reading
from zoning.cli.resumable import resumable
from zoning.cli.screen import consoles
from zoning.cli.signals import keeping
from zoning.cli.words import number_table, tell_plan, told_anyway
from zoning.cli.workers import with_workers
from zoning.costs import CostModel
from zoning.errors import InputError
from zoning.limits import Limits
from zoning.lots import Lots
from zoning.lots.check_rules import rule_faults
from zoning.lots.rules import LotRules
from zoning.number import UsualNumber, usual_number
from zoning.output.write import FILES, MAP, write
from zoning.planfile.content import to_dict
from zoning.problem import Band, Problem
from zoning.region import Region
from zoning.result import Result, Status
from zoning.scenario import Scenario
from zoning.scenario.profile import HARBIN
from zoning.share import COST_BAND

if TYPE_CHECKING:
    from zoning.analysis.frontier import Frontier
    from zoning.analysis.lots_of_each import MakeLots

USUAL, LOOSEST = 0.1, 0.999  # tolerances to look for the tightest one from
LEAST_TIME = 0.1  # seconds
MANY_RULES = 12  # so many are told before the search begins

Zones = Annotated[
    str | None,
    typer.Option(
        metavar="N",
        help="How many, or a range such as 12-18: the cheapest, in lots where lots are "
        "made. Default: one for each 46,700 m² of floor area, as in a district of "
        "Harbin.",
    ),
]


@with_workers
@with_reading
def plan(
    reading: Reading,
    zones: Zones = None,
    tolerance: options.Tolerance = "0.1",
    lot_size: options.LotSize = 3,
    whole_lots: options.WholeLots = None,
    joint: Annotated[
        bool,
        typer.Option("--joint", help="Draw zones and bundle lots at once: cheaper."),
    ] = False,
    any_area: options.AnyArea = False,
    strict: options.Strict = False,
    time: options.TimeOfAll = 30.0,
    seed: options.Seed = 1,
    workers: options.Workers = 1,
    executor: Any = None,
    out: options.Out = "plan",
) -> None:
    """Split buildings into zones, bundle them into lots, write tables and a map."""
    screen, log = consoles()
    counts, allowed = _numbers(zones), _tolerance(tolerance)
    if counts[1:] and allowed is None:
        msg = "Give either a range of zones or --tolerance tightest, not both."
        raise InputError(msg)
    if joint and (counts[1:] or allowed is None or not lot_size):
        msg = (
            "--joint needs one number of --zones, a number as --tolerance, and a "
            "--lot-size of at least 1."
        )
        raise InputError(msg)
    if joint and whole_lots is not None:
        msg = "--joint does not mind whether lots look whole. Leave out --whole-lots."
        raise InputError(msg)
    whole = options.WHOLE_LOTS if whole_lots is None else whole_lots
    claim(out, log)
    asked = reading.scenario_asked()
    if joint and asked.lots != LotRules():
        msg = (
            "--joint minds no rules for lots. Leave it out, or [lots] in the scenario."
        )
        raise InputError(msg)
    region = reading.region(asked)
    notes = [_figures_told(reading.profile, asked.costs), *asked.notes, *region.notes]
    if any_area:
        notes.append(options.ANY_AREA_GONE)
    with told_anyway(notes, log):
        most = sum(map(len, region.buildings))
        if counts[1:] and counts[-1] > most:
            msg = (
                f"--zones {zones} asks for up to {counts[-1]:,} zones, but there are "
                f"only {most:,} buildings. End the range at {most:,} or sooner."
            )
            raise InputError(msg)
        rules, bands = asked.rules_for(region), _bands(asked, any_area)
        number: dict[str, Any] = {"by": "asked"}
        if not counts:
            usual = _usual_number(region, allowed, bands=bands, rules=rules)
            counts, number = [usual.num_zones], usual.entry
            notes.append(f"No --zones given: {usual.reason}")
        held: dict[str, Any] = {"bands": bands, "rules": rules, "strict": strict}
        held["bend"] = _bend(asked, bands)
        if strict and held["bend"]:
            notes.append("With --strict no band bends: [bend] is not used.")
        problem = _first_problem(region, counts, allowed, **held)
        notes += problem.notes
        faults = [*rule_faults(region, asked.lots)]
        if faults:
            raise InputError(" ".join(faults))
        _tell_task(problem, counts, log)
        search: dict[str, Any] = {"seed": seed, "time_limit": time, "workers": workers}
        own = _kept_for_lots(time, counts[-1]) if lot_size and not joint else 0.0
        files = [*reading.all_files, reading.scenario, reading.profile]
        with keeping(), resumable(out, files, log) as kept:
            end, lots = now(kept) + time, None
            with Progress(log) as progress:
                shown = {
                    **search,
                    "time_limit": time - own,
                    "progress": progress,
                    "checkpoint": kept,
                    "executor": executor,
                }
                if joint:
                    result, lots = _together(problem, lot_size, shown, search)
                elif len(counts) > 1:
                    limits = Limits(max(own, LEAST_TIME), seed, workers)
                    make = _makes_lots(
                        lot_size, asked.lots, limits, len(counts) + 1, whole
                    )
                    found = _several(problem, counts, make, shown)
                    kept.stopped |= found.stopped
                    result, lots, number = _taken(found), found.best_lots, found.entry
                else:
                    result = _search(problem, allowed is None, shown, notes)
            notes += kept.notes
            if "tried" in number:
                screen.print(number_table(number["tried"], region.costs.currency))
                notes.append(number["reason"])
            notes += result.losses
            if result.plan is not None:
                if lot_size and lots is None and not joint:
                    left = {**search, "time_limit": max(own, end - now(kept))}
                    lots = lots_of(
                        *(result.plan, lot_size, asked.lots, left, notes),
                        whole_lots=whole,
                    )
                verdict = judge(result.plan)
                notes += told_gaps(region, verdict.names, verdict.gaps)
                notes += told_main_roads(result.plan)
                notes += told_unusual_areas(result.plan)
                settings = {**search, "number": number}
                notes += write(out, result, lots, settings=settings)
                tell_plan(to_dict(result, lots, settings), notes, screen)
                _tell_files(Path(out), screen)
                return
            if result.stopped:
                raise KeyboardInterrupt
        _tell_no_plan(problem, result, log)
        raise typer.Exit(NONE)


def _figures_told(profile: str | None, costs: CostModel) -> str:
    """Whose figures a plan is priced with, where the scenario has none."""
    told = (
        f"Figures that no scenario gives are those of the profile {profile or HARBIN}"
    )
    told += f", money is in {costs.currency}."
    if profile is None:
        told += " --profile generic has none of a country, and no wages."
    if not costs.resources:
        told += " There is no staff: a zone costs its floor area and its ways."
    return told


def _numbers(zones: str | None) -> Sequence[int]:
    """The numbers of zones that were asked for; none where that is left to us."""
    if zones is None:
        return []
    found = re.fullmatch(r"\s*([0-9]{1,99})\s*(?:-\s*([0-9]{1,99})\s*)?", zones)
    low, high = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if not 1 <= low <= high:
        msg = (
            "--zones must be at least 1: a whole number, or a range such as 12-18; got "
            f"{zones!r}."
        )
        raise InputError(msg)
    return range(low, high + 1)


def _tolerance(words: str) -> float | None:
    """The tolerance that was asked for; None for the tightest there is."""
    if words == "tightest":
        return None
    try:
        return float(words)
    except ValueError as error:
        msg = (
            "--tolerance must be a number such as 0.1 (that is ±10 %), or the word "
            f"tightest; got {words!r}."
        )
        raise InputError(msg) from error


def _problem(
    region: Region, count: int, tolerance: float | None, **asked: Any
) -> Problem:
    """The problem; where the tightest tolerance is wanted, one to begin with."""
    if tolerance is not None:
        return Problem(region, count, tolerance=tolerance, **asked)
    asked |= {"strict": True}  # at some tolerance no band need bend
    try:
        return Problem(region, count, tolerance=USUAL, **asked)
    except InputError:  # a group may be too heavy at that one only
        return Problem(region, count, tolerance=LOOSEST, **asked)


def _first_problem(
    region: Region, counts: Sequence[int], tolerance: float | None, **asked: Any
) -> Problem:
    """The problem of the first number of zones that can have one.

    Raises
    ------
    InputError
        None can; the message is that of the first.
    """
    refused = None
    for count in counts:
        try:
            return _problem(region, count, tolerance, **asked)
        except InputError as error:
            refused = refused or error
    assert refused is not None  # there is always a number
    raise refused


def _bands(scenario: Scenario, any_area: bool) -> dict[str, Band]:
    """Limits of the scenario, that of floor area left out where it is not wanted."""
    return {
        name: band
        for name, band in scenario.bands.items()
        if not (any_area and name == "area")
    }


def _bend(scenario: Scenario, bands: dict[str, Band]) -> dict[str, int | None]:
    """What the scenario says of bending the bands that are wanted."""
    wanted = {COST_BAND, *bands}
    return {name: price for name, price in scenario.bend.items() if name in wanted}


def _kept_for_lots(time: float, num_zones: int) -> float:
    """Of all the time what lots have at least: a fifth, half for 1,200 zones or more.

    Lots of some hundred zones are proved best in seconds.
    """
    return time * min(0.5, 0.2 + num_zones / 4_000)


def _makes_lots(
    size: int, rules: LotRules, limits: Limits, count: int, whole_lots: float
) -> MakeLots | None:
    """Makes lots of so many plans in some time; None without a size.

    Only what is paid for them tells numbers of zones apart.
    """
    from zoning.analysis.lots_of_each import LotsOfEach  # compiled code: slow to load

    made = LotsOfEach(size, limits, count, rules, whole_lots=whole_lots)
    return made if size else None


def _several(
    problem: Problem,
    counts: Sequence[int],
    make: MakeLots | None,
    asked: dict[str, Any],
) -> Frontier:
    """Solve for several numbers of zones."""
    from zoning.analysis.choose_number import choose_number  # compiled code: slow

    return choose_number(problem, counts, lots=make, **asked)


def _taken(found: Frontier) -> Result:
    """The plan that is paid least for; where there is none, why the search ended."""
    return found.results[-1] if found.stopped and not found.best.plan else found.best


def _search(
    problem: Problem, tight: bool, asked: dict[str, Any], notes: list[str]
) -> Result:
    """Solve for one number of zones."""
    from zoning.analysis.tightest import tightest  # compiled code: slow to load
    from zoning.solve import solve

    if tight:
        found = tightest(problem, **asked)
        notes.append(str(found))
        return found.result
    return solve(problem, **asked)


def _together(
    problem: Problem, size: int, asked: dict[str, Any], settings: dict[str, Any]
) -> tuple[Result, Lots | None]:
    """Zones and lots at once; what zones first would have cost goes to the settings."""
    from zoning.joint.joint import plan_and_bundle  # compiled code: slow to load

    found = plan_and_bundle(problem, size=size, **asked)
    asked["checkpoint"].stopped |= found.stopped
    settings |= {"joint": True, "sequential_cost": found.sequential_cost}
    return found.result, found.lots


def _usual_number(region: Region, tolerance: float | None, **asked: Any) -> UsualNumber:
    """How many zones where nobody says so, by limits that the plan will have."""
    balance = USUAL if tolerance is None else tolerance
    return usual_number(region, tolerance=balance, **asked)


def _tell_task(problem: Problem, counts: Sequence[int], log: Console) -> None:
    region = problem.region
    buildings = sum(map(len, region.buildings))
    band = problem.cost_band
    share = (
        f", {band.low:,} to {band.high:,} {region.costs.currency} a year each"
        if band
        else ""
    )
    into = f"{problem.num_zones:,}"
    if len(counts) > 1:  # each number has a band of its own
        into, share = f"{counts[0]:,} to {counts[-1]:,}", ""
    log.print(
        f"{buildings:,} buildings in {len(region):,} units, "
        f"{int(region.area.sum()):,} m², into {into} zones{share}."
    )
    told = [*dict.fromkeys(rule.told(region) for rule in problem.rules)]
    for rule in told[:MANY_RULES]:
        log.print(f"- rule: {rule}")
    if len(told) > MANY_RULES:
        log.print(f"- and {len(told) - MANY_RULES} rules more")


def _tell_no_plan(problem: Problem, result: Result, log: Console) -> None:
    if result.status is Status.INFEASIBLE:
        why = result.diagnosis or result.reason
        log.print(f"No plan keeps every rule. {why}", markup=False)
    else:
        log.print(
            "No plan was found in time, and it was not proved that there is none. "
            "Raise --time or --tolerance, or ask for fewer --zones."
        )
    band = problem.bands.get("area")
    if band is not None:
        total, count = int(problem.region.area.sum()), problem.num_zones
        log.print(
            f"The scenario asks for {band.low:,} to {band.high:,} m² of floor area in "
            f"a zone; {count} zones have {total // count:,} m² on average. Other zones "
            "need other [bands.area], or none."
        )
    log.print("Nothing was written.")


def _tell_files(out: Path, screen: Console) -> None:
    made = [name for name in FILES if (out / name).exists() and name != MAP]
    where = f"The map is {out / MAP}" if (out / MAP).exists() else f"In {out}"
    screen.print(f"{where}; beside it are {', '.join(sorted(made))}.")
