"""How fast the choice of lots is proved cheapest, by the number of zones.

    python benchmarks/lots.py --sizes 15,50,300 --time 300
    python benchmarks/lots.py --table

The first appends a row a size to `results/`; the second writes the rows of the newest
commit measured into the table of `docs/lots.md`. Zones are points at random, one
every 300 m × 300 m, with a barrier every 1,500 m.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from scipy.spatial import Delaunay

from benchmarks import report, rows
from zoning.costs import CostModel
from zoning.lots import bundle
from zoning.lots.enumerate import LotEnumeration
from zoning.lots.sizes import lot_sizes
from zoning.lots.zone_facts import ZoneFacts
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.region import Region

PAGE = report.DOCS / "lots.md"
BEGIN, END = "<!-- table: benchmarks/lots.py -->\n", "<!-- end of table -->\n"
KEYS = ("bench", "instance", "seed", "time_limit", "workers", "commit")
APART = 300.0  # metres between zones, on average
BARRIER = 1_500.0  # metres from one barrier to the next
REACH = 1_000.0  # metres; zones farther apart do not touch


def main(argv: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--sizes", default="15,50,300,1000,3000", help="numbers of zones, with commas")
    add("--time", type=float, default=300.0)
    add("--seed", type=int, default=0)
    add("--workers", type=int, default=1)
    add("--out", type=Path, help="JSON lines; default: results/<date>-<commit>.jsonl")
    add("--table", action="store_true", help=f"write the table of {PAGE.name} and end")
    options = parser.parse_args(argv)
    if options.table:
        text = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(with_table(text, stored()), encoding="utf-8")
        return 0
    out = options.out or rows.default_file()
    done = rows.finished(out, KEYS)
    for size in map(int, options.sizes.split(",")):
        row = {
            "bench": "lots",
            "instance": f"random_zones_{size}",
            "k": size,
            "seed": options.seed,
            "time_limit": options.time,
            "workers": options.workers,
            **rows.context(),
        }
        if tuple(row[key] for key in KEYS) not in done:
            row |= measure(size, options)
            rows.append(out, row)
        print(
            row["instance"], *(f"{k} {row[k]}" for k in row if k in SHOWN), flush=True
        )
    return 0


SHOWN = ("status", "sets", "cost", "bound", "gap", "seconds")


def measure(size: int, options: argparse.Namespace) -> rows.Row:
    """Bundle made zones into lots of three."""
    plan = made_zones(size, options.seed)
    rule = lot_sizes(size)
    lots = bundle(
        plan, time_limit=options.time, seed=options.seed, workers=options.workers
    )
    return {
        "n": size,
        "sets": len(LotEnumeration(ZoneFacts(plan), 3).columns(rule.allowed)),
        "status": str(lots.status),
        "reason": lots.reason,
        "cost": lots.cost,
        "bound": lots.bound,
        "gap": lots.gap,
        "separate_cost": lots.separate_cost,
        "seconds": round(lots.seconds, 2),
    }


def made_zones(size: int, seed: int) -> Plan:
    """Zones of one unit each, at random; barriers run north to south."""
    rng, costs = np.random.default_rng(seed), CostModel()
    xy = rng.uniform(0, APART * np.sqrt(size), (size, 2))
    area = rng.integers(35_000, 60_000, size)
    sums = {"area": area, "households": np.rint(area / 70).astype(np.int64)}
    corners = Delaunay(xy).simplices
    pairs = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    pairs = pairs[np.linalg.norm(xy[pairs[:, 0]] - xy[pairs[:, 1]], axis=1) <= REACH]
    strip = (xy[:, 0] // BARRIER).astype(int)
    parted = strip[pairs[:, 0]] != strip[pairs[:, 1]]
    region = Region(
        names=tuple(f"u{i}" for i in range(size)),
        xy=xy,
        load=costs.load(sums),
        direct=costs.direct(sums),
        sums=sums,
        edges=pairs[~parted].astype(np.int32),
        cut_edges=pairs[parted].astype(np.int32),
        costs=costs,
    )
    return Plan(Problem(region, size, tolerance=None), np.arange(size))


def stored() -> list[rows.Row]:
    """The newest row of each size and time limit."""
    files = sorted(rows.RESULTS.glob("*.jsonl"))
    every = [row for file in files for row in rows.read_rows(file)]
    every = [row for row in every if row["bench"] == "lots"]
    newest = report.latest(sorted(every, key=lambda row: row["date"]))
    return sorted(newest, key=lambda row: (row["n"], row["time_limit"]))


def with_table(text: str, found: Iterable[rows.Row]) -> str:
    """The page with its table made anew."""
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    lines = [
        [
            f"{row['n']:,}",
            row["sets"],
            f"{row['time_limit']:g} s",
            row["seconds"],
            row["status"],
            f"{100 * row['gap']:.3f} %" if row["gap"] is not None else None,
        ]
        for row in found
    ]
    columns = ("zones", "sets", "time limit", "seconds", "status", "gap")
    return "\n".join([f"{before}{BEGIN}", *report.table(columns, lines), END + after])


if __name__ == "__main__":
    sys.exit(main())
