"""``zoning plan``: from buildings to zones, lots and a map."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from zoning.cli import options
from zoning.cli.ending import NONE
from zoning.cli.program import app
from zoning.cli.progress import Progress
from zoning.cli.screen import consoles
from zoning.cli.words import tell_plan
from zoning.costs import CostModel, read_scenario
from zoning.errors import InputError
from zoning.in_place import require_writable
from zoning.lots import bundle
from zoning.plan_table import table_of
from zoning.problem import Problem
from zoning.read import read
from zoning.result import Result, Status
from zoning.units import Region
from zoning.write import FILES, MAP, write

AREA_PER_ZONE = 46_700  # m²: 700,000 m² became 15 zones in a real district

Zones = Annotated[
    str | None,
    typer.Option(
        metavar="N",
        help="How many, or a range such as 12-18. Default: one for each 46,700 m² "
        "of floor area.",
    ),
]


@app.command()
def plan(
    files: options.Files,
    zones: Zones = None,
    unit: options.Unit = None,
    area: options.Area = "floor_area_m2",
    households: options.Households = None,
    tolerance: options.Tolerance = "0.1",
    barriers: options.Barriers = None,
    streets: options.Streets = None,
    lot_size: options.LotSize = 3,
    scenario: options.Scenario = None,
    time: options.Time = 60.0,
    seed: options.Seed = 1,
    workers: options.Workers = 1,
    out: options.Out = "plan",
    id_: options.Id = None,
    sums: options.Sums = None,
    crs: options.Crs = None,
) -> None:
    """Split buildings into zones, bundle them into lots, write tables and a map."""
    screen, log = consoles()
    counts, allowed = _numbers(zones), _tolerance(tolerance)
    require_writable(out)
    region = read(
        list(files),
        unit=unit,
        area=area,
        households=households,
        sums=sums or (),
        barriers=list(barriers) if barriers else None,
        streets=list(streets) if streets else None,
        crs=crs,
        id=id_,
        costs=CostModel() if scenario is None else read_scenario(scenario),
    )
    notes = list(region.notes)
    if not counts:
        counts = [_usual_number(region, notes)]
    problem = Problem(region, counts[0], tolerance=allowed or 0.1)
    _tell_task(problem, log)
    search: dict[str, Any] = {"seed": seed, "time_limit": time, "workers": workers}
    with Progress(log) as progress:
        asked = {**search, "progress": progress}
        result = _search(problem, counts, allowed is None, asked, notes)
    if result.plan is None:
        _tell_no_plan(result, log)
        raise typer.Exit(NONE)
    lots = None
    if lot_size:
        lots = bundle(result.plan, size=lot_size, **search)
    settings = {**search, "lot_size": lot_size} if lot_size else search
    write(out, result, lots, settings=settings)
    tell_plan(table_of(result, lots, settings), notes, screen)
    _tell_files(Path(out), screen)


def _numbers(zones: str | None) -> list[int]:
    """The numbers of zones that were asked for; none where that is left to us."""
    if zones is None:
        return []
    first, _, last = zones.partition("-")
    try:
        low, high = int(first), int(last or first)
    except ValueError:
        low, high = 1, 0
    if not 1 <= low <= high:
        msg = (
            "--zones must be at least 1: a whole number, or a range such as 12-18; got "
            f"{zones!r}."
        )
        raise InputError(msg)
    return list(range(low, high + 1))


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


def _search(
    problem: Problem,
    counts: list[int],
    tight: bool,
    asked: dict[str, Any],
    notes: list[str],
) -> Result:
    """Solve for one number of zones, or for several and take the cheapest plan."""
    from zoning.solve import solve  # compiled code: slow to load
    from zoning.sweep import curve, tightest

    if len(counts) > 1:
        if tight:
            msg = "Give either a range of zones or --tolerance tightest, not both."
            raise InputError(msg)
        drawn = curve(problem, counts, **asked)
        for count, one in zip(drawn.num_zones, drawn.results, strict=True):
            cost = "no plan" if one.cost is None else f"{one.cost:,} yuan a year"
            notes.append(
                f"{count} zones: {one.status}, {cost}, none below {one.bound:,}."
            )
        return drawn.best
    if tight:
        found = tightest(problem, **asked)
        notes.append(
            f"The tightest tolerance found with a plan is ±{found.tolerance:.2%}; "
            f"there is proved to be none within ±{found.refuted:.2%}."
        )
        return found.result
    return solve(problem, **asked)


def _usual_number(region: Region, notes: list[str]) -> int:
    total = int(region.area.sum())
    count = max(1, round(total / AREA_PER_ZONE))
    notes.append(
        f"No --zones given: {total:,} m² / {AREA_PER_ZONE:,} m² a zone makes {count}."
    )
    return count


def _tell_task(problem: Problem, log: Console) -> None:
    region = problem.region
    buildings = sum(map(len, region.buildings))
    band = problem.cost_band
    share = f", {band.low:,} to {band.high:,} yuan a year each" if band else ""
    log.print(
        f"{buildings:,} buildings in {len(region):,} units, "
        f"{int(region.area.sum()):,} m², into {problem.num_zones:,} zones{share}."
    )


def _tell_no_plan(result: Result, log: Console) -> None:
    if result.status is Status.INFEASIBLE:
        log.print(f"No plan keeps every rule. {result.reason}".strip())
    else:
        log.print(
            "No plan was found in time, and it was not proved that there is none. "
            "Raise --time or --tolerance, or ask for fewer --zones."
        )
    log.print("Nothing was written.")


def _tell_files(out: Path, screen: Console) -> None:
    made = [name for name in FILES if (out / name).exists() and name != MAP]
    screen.print(f"The map is {out / MAP}; beside it are {', '.join(sorted(made))}.")
