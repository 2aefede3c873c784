"""The commands a planner types: plan, check, sample."""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from zoning.costs import CostModel, read_scenario
from zoning.datasets import old_town
from zoning.errors import InputError
from zoning.lots import bundle
from zoning.plan_json import (
    RuleError,
    Written,
    differences,
    edited,
    read_plan,
    table_of,
)
from zoning.problem import Problem
from zoning.read import read
from zoning.result import Result, Status, Step
from zoning.units import Region
from zoning.write import (
    BUILDINGS,
    FILES,
    MAP,
    PLAN,
    lot_rows,
    require_writable,
    write,
    zone_rows,
)

FOUND, NONE, BAD_INPUT, BUG, STOPPED = 0, 1, 2, 3, 130
BROKEN = 1  # what `check` ends with when a rule is broken or a number is wrong
AREA_PER_ZONE = 46_700  # m²: 700,000 m² became 15 zones in the district of DESIGN §1
MANY_ZONES = 60  # more zones than so many are left to zones.csv
QUIET = 5.0  # seconds between progress lines that cannot be overwritten
USAGE_ERROR = typer.BadParameter.__mro__[2]  # click's, wherever typer keeps it

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Contiguous zones of buildings, balanced for cost, in tender lots of three.",
)
Files = list[Path] | None


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[
        bool, typer.Option("--version", help="Say the version.")
    ] = False,
) -> None:
    if version:
        try:
            number = metadata.version("zoning")
        except metadata.PackageNotFoundError:
            number = "(not installed; run from its source)"
        typer.echo(f"zoning {number}")
        raise typer.Exit


@app.command()
def plan(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Buildings; read as one.")
    ],
    zones: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            help="How many, or a range such as 12-18. Default: one for each 46,700 m² "
            "of floor area.",
        ),
    ] = None,
    unit: Annotated[
        str | None, typer.Option(help="Column of what stays together: a compound.")
    ] = None,
    area: Annotated[str, typer.Option(help="Column of floor area, m².")] = (
        "floor_area_m2"
    ),
    households: Annotated[
        str | None, typer.Option(help="Column of households. Default: 1 a 70 m².")
    ] = None,
    tolerance: Annotated[
        str,
        typer.Option(
            help="A zone's cost may differ so much; 0.1 is ±10 %. Or: tightest."
        ),
    ] = "0.1",
    barriers: Annotated[
        list[str] | None, typer.Option(metavar="FILE", help="What no zone crosses.")
    ] = None,
    streets: Annotated[
        list[str] | None, typer.Option(metavar="FILE", help="What ways follow.")
    ] = None,
    lot_size: Annotated[
        int, typer.Option(min=0, help="Zones tendered together; 0: no lots.")
    ] = 3,
    scenario: Annotated[
        str | None, typer.Option(metavar="FILE", help="Cost figures, TOML.")
    ] = None,
    time: Annotated[
        float, typer.Option(min=0.1, help="Seconds to search for zones, then for lots.")
    ] = 60.0,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same plan.")] = 1,
    workers: Annotated[
        int, typer.Option(min=1, help="Threads; only 1 repeats a plan exactly.")
    ] = 1,
    out: Annotated[str, typer.Option(metavar="DIR", help="Where files go.")] = "plan",
    id_: Annotated[
        str | None, typer.Option("--id", help="Column that identifies a building.")
    ] = None,
    sums: Annotated[
        list[str] | None,
        typer.Option(metavar="COL", help="More columns that resources refer to."),
    ] = None,
    crs: Annotated[
        str | None, typer.Option(help="Coordinate system where a file says none.")
    ] = None,
) -> None:
    """Split buildings into zones, bundle them into lots, write tables and a map."""
    screen, log = _consoles()
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
    with _Progress(log) as progress:
        options: dict[str, Any] = {
            "time_limit": time,
            "seed": seed,
            "workers": workers,
            "progress": progress,
        }
        result = _search(problem, counts, allowed is None, options, notes)
    if result.plan is None:
        _tell_no_plan(result, log)
        raise typer.Exit(NONE)
    lots = None
    if lot_size:
        lots = bundle(
            result.plan, size=lot_size, time_limit=time, seed=seed, workers=workers
        )
    settings = {"seed": seed, "time_limit": time, "workers": workers}
    if lot_size:
        settings["lot_size"] = lot_size
    write(out, result, lots, settings=settings)
    _tell_plan(table_of(result, lots, settings), notes, screen)
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
    options: dict[str, Any],
    notes: list[str],
) -> Result:
    """Solve for one number of zones, or for several and take the cheapest plan."""
    from zoning.solve import solve  # compiled code: slow to load
    from zoning.sweep import curve, tightest

    if len(counts) > 1:
        if tight:
            msg = "Give either a range of zones or --tolerance tightest, not both."
            raise InputError(msg)
        drawn = curve(problem, counts, **options)
        for count, one in zip(drawn.num_zones, drawn.results, strict=True):
            cost = "no plan" if one.cost is None else f"{one.cost:,} yuan a year"
            notes.append(
                f"{count} zones: {one.status}, {cost}, none below {one.bound:,}."
            )
        return drawn.best
    if tight:
        found = tightest(problem, **options)
        notes.append(
            f"The tightest tolerance found with a plan is ±{found.tolerance:.2%}; "
            f"there is proved to be none within ±{found.refuted:.2%}."
        )
        return found.result
    return solve(problem, **options)


@app.command()
def check(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="A written plan.")],
) -> None:
    """Judge a written plan again, by its file alone, hand edits included.

    plan.json is the plan. Where buildings.geojson beside it has been edited (columns
    zone and lot), the edited plan is judged as well.
    """
    screen, _ = _consoles()
    path = Path(folder)
    if path.suffix != ".json":
        path = path / PLAN
    try:
        written = read_plan(path)
    except RuleError as error:
        screen.print(str(error))
        raise typer.Exit(BROKEN) from error
    faults = [*_broken_rules(written), *differences(written)]
    _tell_verdict(str(path), written, faults, screen)
    layer = path.parent / BUILDINGS
    if layer.exists():
        try:
            other = edited(written, layer)
        except RuleError as error:
            screen.print(str(error))
            raise typer.Exit(BROKEN) from error
        if other is not written:
            broken = _broken_rules(other)
            faults += broken
            _tell_edits(str(layer), written, other, broken, screen)
    if faults:
        raise typer.Exit(BROKEN)


@app.command()
def sample(
    buildings: Annotated[int, typer.Option(help="How many.")] = 98,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same town.")] = 88,
    out: Annotated[str, typer.Option(metavar="DIR", help="Where files go.")] = "sample",
) -> None:
    """Draw a made-up old town to try things on."""
    screen, _ = _consoles()
    require_writable(out)
    try:
        old_town(buildings, seed=seed).write(out)
    except OSError as error:
        msg = f"{out} cannot be written to: {error.strerror}. Choose another folder."
        raise InputError(msg) from error
    screen.print(f"A town of {buildings:,} buildings is in {out}. Plan it with")
    screen.print(
        f"zoning plan {out}/buildings.geojson --unit compound_id --households "
        f"households --barriers {out}/barriers.geojson --streets "
        f"{out}/streets.geojson --out plan",
        soft_wrap=True,
    )


# --- words ---------------------------------------------------------------------------


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


def _tell_plan(table: dict[str, Any], notes: Sequence[str], screen: Console) -> None:
    zones, lots = zone_rows(table), lot_rows(table)
    if len(zones) <= MANY_ZONES:
        screen.print(_zone_table(zones, table))
    else:
        screen.print(f"{len(zones):,} zones are listed in zones.csv.")
    if lots and len(lots) <= MANY_ZONES:
        screen.print(_lot_table(lots))
    screen.print(_ending("Zones", table))
    if table["lots"] is not None:
        screen.print(_lots_ending(table["lots"], lots))
    own = "" if table["status"] == Status.OPTIMAL else table["reason"]
    reasons = [own, (table["lots"] or {}).get("reason", "")]
    _tell_notes([*notes, *filter(None, reasons)], screen)


def _ending(what: str, table: dict[str, Any]) -> str:
    cost, bound = table["cost"], table["bound"]
    if table["status"] == Status.OPTIMAL:
        proof = "proved optimal: no allowed plan costs less"
    else:
        proof = f"none can cost less than {bound:,}: gap {100 * table['gap']:.2f} %"
    return f"{what}: {cost:,} yuan a year, {proof}."


def _lots_ending(table: dict[str, Any], rows: Sequence[dict[str, Any]]) -> str:
    if not rows:
        return "Lots: none."
    alone = table["separate_cost"]
    return (
        f"{_ending('Lots', table)} Tendered one by one the same zones would cost "
        f"{alone:,}; together they save {alone - table['cost']:,}."
    )


def _zone_table(rows: Sequence[dict[str, Any]], table: dict[str, Any]) -> Table:
    made = Table(box=SIMPLE_HEAD, title="Zones", title_justify="left")
    heads = ("zone", "lot", "center", "units", "buildings", "area m²", "households")
    for head in (*heads, "yuan/year", "deviation"):
        made.add_column(head, justify="left" if head == "center" else "right")
    for row in rows:
        away = row["deviation"]
        made.add_row(
            *(_cell(row[key]) for key in ("zone", "lot", "center", "units")),
            *(_cell(row[key]) for key in ("buildings", "area", "households", "cost")),
            "" if away is None else f"{100 * away:+.1f} %",
        )
    share = table["parameters"]["fair_share"]
    made.caption = f"deviation: from the fair share of {share:,} yuan a year"
    made.caption_justify = "left"
    return made


def _lot_table(rows: Sequence[dict[str, Any]]) -> Table:
    made = Table(box=SIMPLE_HEAD, title="Lots", title_justify="left")
    for head in ("lot", "zones", "area m²", "households", "yuan/year", "saving"):
        made.add_column(head, justify="left" if head == "zones" else "right")
    for row in rows:
        made.add_row(
            _cell(row["lot"]),
            " ".join(map(str, row["zones"])),
            *(_cell(row[key]) for key in ("area", "households", "cost", "saving")),
        )
    return made


def _cell(value: Any) -> Text:
    return Text("" if value is None else f"{value:,}" if _is_int(value) else str(value))


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _tell_notes(notes: Sequence[str], screen: Console) -> None:
    if notes:
        screen.print("Notes")
    for note in dict.fromkeys(notes):
        screen.print(f"- {note}")


def _tell_files(out: Path, screen: Console) -> None:
    made = [name for name in FILES if (out / name).exists() and name != MAP]
    screen.print(f"The map is {out / MAP}; beside it are {', '.join(sorted(made))}.")


def _broken_rules(written: Written) -> list[str]:
    lots = written.lots_verdict
    return [*written.verdict.faults, *(lots.faults if lots else ())]


def _tell_verdict(
    where: str, written: Written, faults: Sequence[str], screen: Console
) -> None:
    told = f"{where}: {_totals(written)}"
    if not faults:
        screen.print(f"{told} Every rule is kept and every number is right.")
        return
    screen.print(f"{told} {_faults(len(faults))}:")
    for fault in faults:
        screen.print(f"- {fault}")


def _faults(number: int) -> str:
    return "1 fault" if number == 1 else f"{number} faults"


def _totals(written: Written) -> str:
    zones, lots = written.verdict, written.lots_verdict
    told = f"{len(zones.cost)} zones cost {zones.total:,} yuan a year"
    if lots is not None and lots.lots:
        told += (
            f"; in {len(lots.lots)} lots {lots.cost:,}, one by one "
            f"{lots.separate_cost:,}"
        )
    return told + "."


def _tell_edits(
    where: str,
    before: Written,
    after: Written,
    broken: Sequence[str],
    screen: Console,
) -> None:
    """What the planner moved, and what came of it."""
    region = after.plan.problem.region
    was = [before.zone_ids[k] for k in before.plan.zone_of]
    now = [after.zone_ids[k] for k in after.plan.zone_of]
    moved = [
        f"{region.names[i]} from zone {a} to {b}"
        for i, (a, b) in enumerate(zip(was, now, strict=True))
        if a != b
    ]
    more = f" and {len(moved) - 10} more" if len(moved) > 10 else ""
    what = f"moves {', '.join(moved[:10])}{more}" if moved else "makes other lots"
    change = after.verdict.total - before.verdict.total
    screen.print(
        f"{where} was edited; it differs from {PLAN} and {what}. Judged as edited: "
        f"{_totals(after)} The zones cost {change:+,} yuan a year against {PLAN}.",
    )
    if not broken:
        screen.print("The edited plan keeps every rule.")
        return
    screen.print(f"{_faults(len(broken))} in the edited plan:")
    for fault in broken:
        screen.print(f"- {fault}")


# --- progress ------------------------------------------------------------------------


class _Progress:
    """Best cost, bound, gap and seconds: one line kept up to date, or a few lines."""

    def __init__(self, log: Console) -> None:
        self.log = log
        self.started = perf_counter()
        self.step: Step | None = None
        self.last: Step | None = None
        self.told = -QUIET
        self.live: Live | None = None

    def __enter__(self) -> _Progress:
        if self.log.is_terminal:
            self.live = Live(
                self, console=self.log, refresh_per_second=4, transient=True
            )
            self.live.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        if self.live is not None:
            self.live.__exit__(*error)
            self.live = None
        if self.step is not None and self.step is not self.last:
            self.log.print(self.line(self.step.seconds))

    def __call__(self, step: Step) -> None:
        """Take note of a step."""
        self.step = step
        if self.live is None and step.seconds - self.told >= QUIET:
            self.told, self.last = step.seconds, step
            self.log.print(self.line(step.seconds))

    def __rich__(self) -> Text:
        return Text(self.line(perf_counter() - self.started), overflow="ellipsis")

    def line(self, seconds: float) -> str:
        """The state in one line."""
        told = [f"{seconds:5.1f} s"]
        if self.step is None:
            return " · ".join([*told, "starting"])
        cost, bound = self.step.cost, self.step.bound
        told.append("no plan yet" if cost is None else f"best {cost:,}")
        told.append(f"bound {bound:,}")
        if cost:
            told.append(f"gap {100 * max(0, cost - bound) / cost:.2f} %")
        return " · ".join([*told, self.step.what])


# --- the way out ---------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; every end is an exit code and, if bad, one paragraph."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    command = typer.main.get_command(app)
    try:
        with _errors_kept_short():
            code = command.main(
                args=None if arguments is None else list(arguments),
                prog_name="zoning",
                standalone_mode=False,
            )
    except _Ended as end:
        return end.code
    if code == STOPPED:
        _say("Stopped; nothing was written.")
    return int(code or FOUND)


class _Ended(Exception):  # noqa: N818 - an end, not always an error
    def __init__(self, code: int) -> None:
        self.code = code


@contextmanager
def _errors_kept_short() -> Iterator[None]:
    try:
        yield
    except InputError as error:
        _say(_as_options(str(error)))
        raise _Ended(BAD_INPUT) from error
    except (KeyboardInterrupt, typer.Abort) as error:
        _say("Stopped; nothing was written.")
        raise _Ended(STOPPED) from error
    except BrokenPipeError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise _Ended(FOUND) from error
    except MemoryError as error:
        _say(
            "The memory of this machine is too small for this region. Plan it in parts "
            "(one file for each), or on a larger machine."
        )
        raise _Ended(BAD_INPUT) from error
    except Exception as error:
        if isinstance(error, USAGE_ERROR):
            told = error.format_message()  # type: ignore[attr-defined] # click's
            if told:  # without arguments the help was shown instead
                told = told.rstrip(".")
                _say(f"{told}. See `zoning --help` and `zoning plan --help`.")
            raise _Ended(BAD_INPUT) from error
        if os.environ.get("ZONING_DEBUG"):
            traceback.print_exc()
        _say(
            "This is a bug of zoning, not of your data "
            f"({type(error).__name__}: {error}). Please report it with the command you "
            "typed; ZONING_DEBUG=1 before the command shows where it happened."
        )
        raise _Ended(BUG) from error


_OPTIONS = {
    "time_limit": "--time",
    "num_zones": "--zones",
    "lot_tolerance": "the tolerance of lots",
}


def _as_options(text: str) -> str:
    """Messages speak of Python's arguments; a planner typed options."""
    names = "area|households|unit|id|sums|crs|barriers|streets"
    text = re.sub(rf"\b({names})=(?=['\".\s]|$)", r"--\1 ", text)
    text = re.sub(r"(--\w+) (?=[.\s]|$)", r"\1", text)
    for name, option in _OPTIONS.items():
        text = re.sub(rf"\b{name}\b", option, text)
    return text


def _say(text: str) -> None:
    _consoles()[1].print(text)


def _consoles() -> tuple[Console, Console]:
    """For what was asked and for what happens on the way: plain words, no markup.

    Lines are broken on a terminal only.
    """
    plain: dict[str, Any] = {"markup": False, "highlight": False, "emoji": False}
    made = []
    for stream in (sys.stdout, sys.stderr):
        look: dict[str, Any] = (
            {} if stream.isatty() else {"soft_wrap": True, "width": 110}
        )
        made.append(Console(file=stream, **look, **plain))
    return made[0], made[1]


if __name__ == "__main__":
    main()
