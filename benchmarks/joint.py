"""Plan zones and lots of real files one after the other, and together.

    python benchmarks/joint.py --time 60

Rows that are there already are not run again. The table of `docs/joint.md` is then
written from the rows.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import rows, towns
from benchmarks.report import put_table
from zoning.datasets import old_town
from zoning.joint.joint import Joint, plan_and_bundle
from zoning.joint.solution import JointSolution
from zoning.lots import bundle
from zoning.problem import Problem
from zoning.read import read
from zoning.region import Source
from zoning.solve import solve

KEYS = ("bench", "instance", "k", "tolerance", "seed", "time_limit", "workers")
# files planned with compounds kept whole as well: how many zones, which tolerance
COMPOUNDS = {"qizheng_like": (15, 0.10), "harbin_nangang_379compounds": (75, 0.25)}
TOLERANCE = 0.10
PAGE = rows.ROOT / "docs" / "joint.md"


@dataclass(frozen=True, eq=False)
class Task:
    """A district to be planned."""

    name: str
    problem: Problem


def main(argv: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--data", type=Path, default=towns.DATA, help="folder of the real files")
    add("--names", nargs="*", help="default: all real files, and a made-up town")
    add("--time", type=float, default=60.0, help="seconds each way")
    add("--seed", type=int, default=1)
    add("--out", type=Path, default=rows.RESULTS / "joint.jsonl")
    add("--page", type=Path, default=PAGE, help="where the table goes")
    options = parser.parse_args(argv)
    names = options.names or [*towns.available(options.data), "old_town_98"]
    done = rows.finished(options.out, KEYS)
    warm_up()
    for task in [task for name in names for task in tasks(name, options.data)]:
        row = {
            "bench": "joint",
            "instance": task.name,
            "n": len(task.problem.region),
            "k": task.problem.num_zones,
            "tolerance": task.problem.tolerance,
            "seed": options.seed,
            "time_limit": options.time,
            "workers": 1,
        }
        if tuple(row[key] for key in KEYS) in done:
            print(f"{task.name}: done before", flush=True)
            continue
        row |= rows.context() | run(task.problem, options.time, options.seed)
        rows.append(options.out, row, largest=rows.LARGEST)
        print(line(row), flush=True)
    write_table(options.page, [*rows.read_rows(options.out)])
    return 0


def tasks(name: str, data: Path) -> list[Task]:
    """A file by its buildings and, where it has them, by its compounds."""
    found = [Task(name, towns.case(name, tolerance=TOLERANCE, data=data).problem)]
    if name in COMPOUNDS:
        folder = data / name
        region = read(
            folder / "buildings.geojson",
            unit="compound_id",
            area="floor_area_m2",
            households="households",
            barriers=folder / "barriers.geojson",
        )
        problem = Problem(
            replace(region, source=Source()), *COMPOUNDS[name], strict=True
        )
        found.insert(0, Task(f"{name}, compounds", problem))
    return found


def warm_up() -> None:
    """Compile what is compiled on first use, so that no instance pays for it."""
    print("warming up (compiled code is made on first use)", flush=True)
    town = old_town(40, seed=3)
    kind = {"unit": "none", "area": "floor_area_m2", "households": "households"}
    region = read(town.buildings, barriers=town.barriers, **kind)
    plan_and_bundle(Problem(region, 6, 0.3, strict=True), time_limit=20.0)


def run(problem: Problem, seconds: float, seed: int) -> rows.Row:
    """Both ways, each in the same time; numbers are the checkers'."""
    begun = time.perf_counter()
    first = solve(problem, time_limit=seconds, seed=seed)
    one_by_one = None
    if first.plan is not None:
        left = max(1.0, seconds - (time.perf_counter() - begun))
        lots = bundle(first.plan, time_limit=left, seed=seed)
        one_by_one = JointSolution(first.plan, lots) if lots.lots else None
    spent = time.perf_counter() - begun
    found = plan_and_bundle(problem, time_limit=seconds, seed=seed)
    return {
        "sequential": None if one_by_one is None else one_by_one.cost,
        "sequential_torn": None if one_by_one is None else one_by_one.disconnected,
        "sequential_seconds": round(spent, 2),
        **told_by(found),
    }


def told_by(found: Joint) -> rows.Row:
    """What a row says of a joint plan."""
    plan = found.plan
    torn = None
    if found.lots is not None:
        torn = sum(bool(lot.near) for lot in found.lots.lots)
    return {
        "status": str(found.status),
        "cost": found.cost,
        "bound": found.bound,
        "gap": found.gap,
        "torn": torn,
        "begun_with": found.sequential_cost,
        "seconds": round(found.seconds, 2),
        "reason": found.reason,
        "labels": None if plan is None else plan.zone_of.tolist(),
        "lots": None if found.lots is None else [x.zones for x in found.lots.lots],
    }


def write_table(page: Path, found: list[rows.Row]) -> None:
    """Put a table of the newest rows in the place of the one on a page."""
    newest = {tuple(row[key] for key in KEYS): row for row in found}
    lines = [
        [
            row["instance"],
            row["n"],
            row["k"],
            _with_torn(row["sequential"], row["sequential_torn"]),
            _with_torn(row["cost"], row["torn"]),
            _saved(row),
            _percent(row["gap"], row["status"]),
            row["seconds"],
        ]
        for row in sorted(newest.values(), key=lambda row: (row["n"], row["instance"]))
    ]
    heads = ("file", "units", "zones", "one by one, yuan a year", "together")
    put_table(page, (*heads, "saved", "gap", "seconds"), lines, newest.values())


def _with_torn(cost: int | None, torn: int | None) -> str:
    if cost is None:
        return "none"
    return f"{cost:,}" + (f" ({torn} torn)" if torn else "")


def _saved(row: rows.Row) -> str:
    if row["cost"] is None or row["sequential"] is None:
        return "–"
    if row["torn"] != row["sequential_torn"]:
        return "fewer torn lots"
    return _percent((row["sequential"] - row["cost"]) / row["sequential"], "")


def _percent(share: float | None, status: str) -> str:
    if status == "optimal":
        return "0, proved"
    return "–" if share is None else f"{100 * share:.2f} %"


def line(row: rows.Row) -> str:
    """One line for the terminal."""
    gap = "-" if row["gap"] is None else f"{100 * row['gap']:.2f} %"
    return (
        f"{row['instance']:<28} n {row['n']:>5} k {row['k']:>4} {row['status']:<10} "
        f"one by one {row['sequential']} joint {row['cost']} gap {gap} "
        f"{row['seconds']:.1f} s"
    )


if __name__ == "__main__":
    sys.exit(main())
