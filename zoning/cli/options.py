"""Options that mean the same in every command, each said once."""

from __future__ import annotations

from math import isfinite
from typing import Annotated

import typer

from zoning.errors import InputError


def _finite(seconds: float) -> float:
    if not isfinite(seconds):
        msg = f"{seconds} is not a number of seconds"
        raise typer.BadParameter(msg)
    return seconds


def _metres(distance: float | None) -> float | None:
    if distance is not None and not (isfinite(distance) and distance > 0):
        msg = f"{distance} is not a number of metres above 0"
        raise typer.BadParameter(msg)
    return distance


Files = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...",
        help="Buildings, read as one; lines among them are streets or barriers.",
    ),
]
Join = Annotated[
    str | None,
    typer.Option(
        metavar="FILE", help="List whose columns belong to the shapes: .xlsx."
    ),
]
On = Annotated[
    str | None,
    typer.Option(
        metavar="COL",
        help="Column of ids in both, or SHAPES=LIST. Default: what matches most.",
    ),
]
Unit = Annotated[
    str | None, typer.Option(help="Column of compounds, which stay together; or none.")
]
Area = Annotated[
    str | None,
    typer.Option(help="Column of floor area; in another measure: 'COL[万㎡]'."),
]
Households = Annotated[
    str | None, typer.Option(help="Column of households; or none: 1 a 70 m².")
]
Id = Annotated[
    str | None, typer.Option("--id", help="Column that identifies a building.")
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="ROLE=COL",
        help="What else is in which column: floors=ZCS; fee=none leaves it out.",
    ),
]
Only = Annotated[
    str | None,
    typer.Option(
        metavar="USE", help="Only buildings of this use: residential, or words of it."
    ),
]
Sums = Annotated[
    list[str] | None,
    typer.Option(metavar="COL", help="More columns that resources refer to."),
]
Crs = Annotated[
    str | None, typer.Option(help="Coordinate system where a file says none.")
]
Datum = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Buildings out of an online map of China, to be turned back: gcj02 (Amap, "
        "Tencent) or bd09 (Baidu). Other layers too: buildings=gcj02,streets=gcj02.",
    ),
]
Barriers = Annotated[
    list[str] | None, typer.Option(metavar="FILE", help="What no zone crosses.")
]
Streets = Annotated[
    list[str] | None, typer.Option(metavar="FILE", help="What ways follow.")
]
CutAt = Annotated[
    str | None,
    typer.Option(
        metavar="CLASS,...",
        help="Classes of streets that no zone crosses: trunk,primary. Needs --streets.",
    ),
]
NeighbourDistance = Annotated[
    float | None,
    typer.Option(
        metavar="M",
        callback=_metres,
        help="Farthest neighbours, m between middles. Default: 3 × the usual.",
    ),
]
MaxGap = Annotated[
    float | None,
    typer.Option(
        metavar="M",
        callback=_metres,
        help="Widest gap within a zone, m from wall to wall. Default: 300.",
    ),
]
Scenario = Annotated[
    str | None,
    typer.Option(
        metavar="FILE", help="Figures, limits, rules: TOML; or a shipped name."
    ),
]
Profile = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Figures: harbin (default), generic, or a FILE."),
]
ANY_AREA_GONE = (
    "--any-area is no longer needed and will go: floor area is limited only where a "
    "scenario says so. This plan has no such limit."
)
AnyArea = Annotated[
    bool,
    typer.Option(
        "--any-area",
        help="No longer needed: floor area is limited only where a scenario says so.",
    ),
]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict",
        help="No zone outside its band: where no plan keeps them all, tell why.",
    ),
]
Tolerance = Annotated[
    str,
    typer.Option(help="A zone's cost may differ so much; 0.1 is ±10 %. Or: tightest."),
]
WHOLE_LOTS = 0.005  # of their cost may be given for lots that look whole
WholeLots = Annotated[
    float | None,
    typer.Option(
        min=0.0,
        max=0.5,
        help="Of lots dearer by at most so much than the cheapest take those that look "
        f"whole; 0: the cheapest. Default: {WHOLE_LOTS:g}.",
    ),
]
LotSize = Annotated[
    int, typer.Option(min=0, max=1_000, help="Zones tendered together; 0: no lots.")
]
Time = Annotated[
    float,
    typer.Option(
        min=0.1,
        callback=_finite,
        help="Seconds to search; once more for lots or runners-up.",
    ),
]
TimeOfPrices = Annotated[
    float,
    typer.Option(min=0.1, callback=_finite, help="Seconds to seek prices."),
]
TimeOfAll = Annotated[
    float,
    typer.Option(
        min=0.1,
        callback=_finite,
        help="Seconds to search in all; lots get what zones leave, at least a fifth.",
    ),
]
Seed = Annotated[int, typer.Option(min=0, help="Same seed, same plan.")]
Workers = Annotated[
    int, typer.Option(min=1, max=1_000, help="Threads; only 1 repeats a plan exactly.")
]
Processes = Annotated[
    bool,
    typer.Option(
        "--processes", help="Workers are processes of this machine, not threads."
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="HOST:PORT",
        help="Work on a cluster of Dask: its scheduler, or local to begin one here. "
        "All its threads, unless --workers are given.",
    ),
]
Out = Annotated[str, typer.Option(metavar="DIR", help="Where files go.")]
Folder = Annotated[str, typer.Argument(metavar="DIR", help="A written plan.")]


def columns_of(given: list[str] | None) -> dict[str, str | None]:
    """Columns as ``--column`` names them: ROLE=COL, or only what is to be kept."""
    pairs = [one.partition("=") for one in given or ()]
    wrong = [
        role + mark + header
        for role, mark, header in pairs
        if not role.strip() or (mark and not header.strip())
    ]
    if wrong:
        msg = f"--column must be ROLE=COLUMN, such as floors=ZCS; got {wrong[0]!r}."
        raise InputError(msg)
    return {role.strip(): header.strip() or None for role, _, header in pairs}


def on_of(given: str | None) -> str | tuple[str, str] | None:
    """Columns to join by as ``--on`` names them: one for both, or SHAPES=LIST."""
    shapes, mark, table = (given or "").partition("=")
    return (shapes.strip(), table.strip()) if mark else given
