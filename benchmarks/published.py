"""Solve published instances and compare with the best plans known.

python benchmarks/published.py --instances DIR --time 60 --workers 2 --out FILE
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import rows
from benchmarks.instances import (
    Instance,
    Published,
    UnsupportedError,
    find,
    published_values,
    read_instance,
)
from zoning.check import judge
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.region import Region
from zoning.result import Result, Status
from zoning.solve import solve

WHAT = ("bench", "family", "instance", "objective")
KEYS = (*WHAT, "seed", "time_limit", "workers", "commit")
UNREADABLE = (UnsupportedError, InputError, KeyError, ValueError, TypeError)


def main(argv: list[str] | None = None) -> int:
    """Run the command; 1 if anything contradicts what was published."""
    options = _options(argv)
    out = options.out or rows.default_file()
    paths = [*find(options.instances, options.names)]
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    done = rows.finished(out, KEYS)
    warm = False
    alarms = 0
    for path in paths:
        instance, row = _read(path, options.objective)
        for seed in seeds:
            row = row | rows.context() | _settings(options, seed)
            if tuple(row.get(key) for key in KEYS) in done:
                print(f"{row['instance']:<24} seed {seed}: done before", flush=True)
                continue
            if instance is None:
                rows.append(out, row)
                print(f"{row['instance']:<24} unsupported: {row['reason']}", flush=True)
                continue
            warm = warm or warm_up(options.workers)
            row |= run(instance, **_settings(options, seed))
            value = _value(path, row)
            row["compared"] = compare(row, value)
            row["best_known"] = value.cost if value else None
            rows.append(out, row)
            alarms += row["compared"].isupper()
            print(line(row, value), flush=True)
    print(f"{len(paths)} instance(s) fit, {alarms} alarm(s); rows in {out}")
    return int(alarms > 0)


def _settings(options: argparse.Namespace, seed: int) -> rows.Row:
    return {"seed": seed, "time_limit": options.time, "workers": options.workers}


def _read(path: Path, objective: str | None) -> tuple[Instance | None, rows.Row]:
    """An instance and the start of its row; None for one that cannot be solved."""
    row = {"bench": "published", "instance": path.stem, "family": path.parent.name}
    try:
        instance = read_instance(path, objective)
    except UNREADABLE as why:
        told = f"{type(why).__name__}: {why}"
        row |= {"objective": objective, "status": "unsupported", "reason": told}
        return None, row | {"n": None, "k": None, "seconds": None} | _NOTHING
    return instance, row | {
        "instance": instance.name,
        "family": instance.family,
        "objective": instance.objective.name,
        "n": len(instance.weight),
        "k": instance.problem.num_zones,
    }


def _value(path: Path, row: rows.Row) -> Published | None:
    known = published_values(path.parent)
    by_name = known.get((row["instance"], row["objective"]))
    return by_name or known.get((path.stem, row["objective"]))


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--instances", type=Path, required=True, help="folder, searched recursively")
    add("--names", default="*", help="pattern for names, or for paths below the folder")
    add("--objective", choices=("moi", "pmedian"), help="default: what the file says")
    add("--time", type=float, default=60.0, help="seconds for each instance")
    add("--seeds", type=int, default=1, help="how many seeds")
    add("--first-seed", type=int, default=0)
    add("--workers", type=int, default=2)
    add("--out", type=Path, help="JSON lines; default: results/<date>-<commit>.jsonl")
    return parser.parse_args(argv)


def warm_up(workers: int) -> bool:
    """Compile what is compiled on first use, so that no instance pays for it."""
    print("warming up (compiled code is made on first use)", flush=True)
    side = 5
    cells = np.arange(side * side)
    xy = np.stack([cells % side, cells // side], axis=1) * 100.0
    right = [(i, i + 1) for i in cells if i % side < side - 1]
    edges = np.array(right + [(i, i + side) for i in cells[:-side]], np.int32)
    load = np.ones(len(cells), np.int64)
    region = Region(tuple(map(str, cells)), xy, load, edges=edges)
    apart = xy[:, None, :] - xy[None, :, :]
    travel = np.rint((apart**2).sum(axis=2)).astype(np.int64)
    bands = {"load": Band(4, 6)}
    problem = Problem(
        region, side, tolerance=None, bands=bands, travel=travel, strict=True
    )
    solve(problem, time_limit=10.0, seed=0, workers=workers)
    return True


def run(instance: Instance, *, seed: int, time_limit: float, workers: int) -> rows.Row:
    """Solve an instance and price what came back by the instance's own rule."""
    start = time.perf_counter()
    try:
        result = solve(
            instance.problem, time_limit=time_limit, seed=seed, workers=workers
        )
    except Exception as why:  # noqa: BLE001,RUF100 - a crash is a row, not the end of the run
        traceback.print_exc()
        seconds = round(time.perf_counter() - start, 2)
        told = f"{type(why).__name__}: {why}"
        return {"status": "error", "reason": told, "seconds": seconds} | _NOTHING
    return told_by(instance, result)


_NOTHING = {"cost": None, "bound": None, "gap": None, "labels": None, "centers": None}


def told_by(instance: Instance, result: Result) -> rows.Row:
    """The row of a result: cost, bound and gap in the instance's own units."""
    row = {
        "status": str(result.status),
        **_NOTHING,
        "seconds": round(result.seconds, 3),
        "reason": result.reason,
    }
    if result.status is Status.INFEASIBLE:
        return row
    row["bound"] = instance.value(result.bound)
    if result.plan is None or result.verdict is None:
        return row
    labels = result.plan.zone_of.tolist()
    cost, centers = instance.cost(labels)
    row |= {"cost": cost, "labels": labels, "centers": centers}
    row["gap"] = max(0.0, (cost - row["bound"]) / cost) if cost else 0.0
    wrong = instance.faults(labels) + _disagreements(instance, result, cost)
    if wrong:
        row |= {"status": "error", "reason": "; ".join(wrong)}
    return row


def _disagreements(instance: Instance, result: Result, cost: float) -> list[str]:
    """Where `zoning.check` sees a plan otherwise than the code here."""
    verdict = judge(Plan(instance.problem, result.plan.zone_of))
    wrong = list(verdict.faults)
    cut = len(instance.weight) / instance.scale / instance.objective.divisor
    off = cost - instance.value(verdict.total)
    if not -1e-9 * cost <= off <= (cut if instance.scale > 1 else 0) + 1e-9 * cost:
        wrong.append(f"check prices {instance.value(verdict.total)}, not {cost}")
    return wrong


def compare(row: rows.Row, value: Published | None) -> str:
    """How a row stands against the published value; in capitals what cannot be."""
    cost, bound = row["cost"], row["bound"]
    if row["status"] == "error":
        return "ERROR"
    if cost is not None and bound is not None and bound > cost * (1 + 1e-9):
        return "BOUND ABOVE OWN COST"
    if value is None:
        return "nothing published"
    if value.infeasible:
        if row["status"] == "infeasible":
            return "infeasible, as published"
        return "not proved infeasible" if cost is None else "PLAN THOUGH INFEASIBLE"
    if row["status"] == "infeasible":
        return "INFEASIBLE THOUGH A PLAN IS PUBLISHED"
    if bound is not None and bound > value.cost + value.slack:
        return "BOUND ABOVE PUBLISHED COST"
    if cost is None:
        return "no plan"
    if cost < value.cost - value.slack:
        return "beaten"
    if cost <= value.cost + value.slack:
        return "met"
    return f"{100 * (cost / value.cost - 1):.2f} % above"


def line(row: rows.Row, value: Published | None) -> str:
    """One line for the terminal."""
    cost = "-" if row["cost"] is None else f"{row['cost']:.2f}"
    bound = "-" if row["bound"] is None else f"{row['bound']:.2f}"
    gap = "-" if row["gap"] is None else f"{100 * row['gap']:.3f} %"
    told = "" if value is None or value.cost is None else f" (published {value.text})"
    text = (
        f"{row['instance']:<24} n {row['n']:>5} k {row['k']:>4} {row['status']:<10} "
        f"cost {cost:>14} bound {bound:>14} gap {gap:>9} {row['seconds']:>7.1f} s  "
        f"{row['compared']}{told}"
    )
    if row["compared"].isupper():
        text = f"{'!' * 72}\n{text}\n{row['reason']}\n{'!' * 72}"
    elif row["cost"] is None and row["reason"]:
        text += f"\n    {row['reason']}"
    return text


if __name__ == "__main__":
    sys.exit(main())
