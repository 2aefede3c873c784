"""What lots of several numbers of zones cost: the frontier of zones, in lots.

    python benchmarks/how_many.py --time 60

Rows that are there already are not run again. The table of `docs/how-many.md` is then
written from the rows.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import rows, towns
from benchmarks.report import put_table
from zoning.analysis.choose_number import choose_number
from zoning.analysis.frontier import Frontier
from zoning.number import usual_number
from zoning.problem import Problem
from zoning.read import read
from zoning.region import Region

KEYS = (
    *("bench", "instance", "numbers", "tolerance", "lot_size"),
    *("seed", "time_limit", "workers"),
)
SAMPLE = rows.ROOT / "examples" / "data"
# kept whole by compounds where a planner would; the others building by building
COMPOUNDS = ("sample", "qizheng_like", "harbin_nangang_379compounds")
LARGEST = 400  # units: of more, each number would have too little time
TOLERANCE = 0.10
AROUND = 3
PAGE = rows.ROOT / "docs" / "how-many.md"


def main(argv: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--data", type=Path, default=towns.DATA, help="folder of the real files")
    add("--names", nargs="*", help="default: the sample, and all real files")
    add("--time", type=float, default=60.0, help="seconds for zones; again for lots")
    add("--seed", type=int, default=1)
    add("--lot-size", type=int, default=3)
    add("--out", type=Path, default=rows.RESULTS / "how_many.jsonl")
    add("--page", type=Path, default=PAGE, help="where the table goes")
    options = parser.parse_args(argv)
    done = rows.finished(options.out, KEYS)
    for name in options.names or ["sample", *towns.available(options.data)]:
        region = region_of(name, options.data)
        if len(region) > LARGEST:
            continue
        usual = usual_number(region, tolerance=TOLERANCE).num_zones
        numbers = [max(1, usual - AROUND), min(len(region), usual + AROUND)]
        row = {
            "bench": "how_many",
            "instance": name,
            "n": len(region),
            "numbers": f"{numbers[0]}-{numbers[1]}",
            "tolerance": TOLERANCE,
            "lot_size": options.lot_size,
            "seed": options.seed,
            "time_limit": options.time,
            "workers": 1,
        }
        if tuple(row[key] for key in KEYS) in done:
            print(f"{name}: done before", flush=True)
            continue
        found = choose_number(
            Problem(region, usual, TOLERANCE),
            range(numbers[0], numbers[1] + 1),
            lots=options.lot_size,
            time_limit=options.time,
            seed=options.seed,
        )
        row |= {"usual": usual, **rows.context(), **told_by(found)}
        rows.append(options.out, row, largest=rows.LARGEST)
        print(f"{name}: {row['reason']}", flush=True)
    write_table(options.page, [*rows.read_rows(options.out)])
    return 0


def region_of(name: str, data: Path = towns.DATA) -> Region:
    """A district as a planner would read it, with barriers and streets."""
    folder = SAMPLE if name == "sample" else data / name
    around = {what: folder / f"{what}.geojson" for what in ("barriers", "streets")}
    return read(
        folder / "buildings.geojson",
        unit="compound_id" if name in COMPOUNDS else "none",
        area="floor_area_m2",
        households="households",
        **{what: path for what, path in around.items() if path.exists()},
    )


def told_by(found: Frontier) -> rows.Row:
    """What a row says of a choice: a line for each number, and the chosen plan."""
    plan, lots = found.best.plan, found.best_lots
    return {
        "status": str(found.best.status),
        "reason": found.entry["reason"],
        "seconds": round(sum(one.seconds for one in found.results), 2),
        "rows": found.rows,
        "labels": None if plan is None else plan.zone_of.tolist(),
        "lots": None if lots is None else [one.zones for one in lots.lots],
    }


def write_table(page: Path, found: list[rows.Row]) -> None:
    """Put a table of the newest rows in the place of the one on a page."""
    newest = {row["instance"]: row for row in found}
    every = sorted(newest.values(), key=lambda row: (row["n"], row["instance"]))
    heads = ("file", "units", "zones", "their cost, yuan a year", "in lots", "lots")
    lines = [line for row in every for line in _lines(row)]
    put_table(page, (*heads, "exceptions", "yuan outside"), lines, every)


def _lines(row: rows.Row) -> list[list[object]]:
    """A line for each number of a file; what is chosen stands out."""
    return [
        [
            row["instance"],
            row["n"],
            f"**{one['num_zones']}**" if one["chosen"] else str(one["num_zones"]),
            _money(one["cost"]),
            _money(one["cost_in_lots"]),
            one["zones_in_lots"] or "–",
            "–" if one["exceptions"] is None else str(one["exceptions"]),
            _money(one["excess"]),
        ]
        for one in row["rows"]
    ]


def _money(yuan: int | None) -> str:
    return "–" if yuan is None else f"{yuan:,}"


if __name__ == "__main__":
    sys.exit(main())
