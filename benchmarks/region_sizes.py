"""How seconds, memory and gap grow with the number of buildings.

    python benchmarks/region_sizes.py --sizes 50,98,1000,60000 --time 300 --out FILE

Every size runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import rows, towns
from zoning.result import Result

SIZES = "50,98,200,500,1000,2000,5000,10000,20000,60000"
KEYS = (
    "bench",
    "instance",
    "k",
    "tolerance",
    "seed",
    "time_limit",
    "workers",
    "commit",
)
MARKS = (10, 60, 300)  # seconds at which the best cost so far is told
SPARE = 300.0  # seconds over twice the time limit before a run is given up


def main(argv: list[str] | None = None) -> int:
    """Run the command."""
    options = _options(argv)
    if options.child:
        row = measure(options.child, options)
        print(json.dumps(row, default=lambda number: number.item()))
        return 0
    out = options.out or rows.default_file()
    names = [f"old_town_{size}" for size in options.sizes.split(",") if size]
    real = towns.available(options.data) if options.real is None else options.real
    names += [name for name in real if name]
    done = rows.finished(out, KEYS)
    for name in names:
        row = {
            "bench": "region_sizes",
            "instance": name,
            "k": options.zones,
            "tolerance": options.tolerance,
            "seed": options.seed,
            "time_limit": options.time,
            "workers": options.workers,
            **rows.context(),
        }
        if tuple(row[key] for key in KEYS) in done:
            print(f"{name:<28} done before", flush=True)
            continue
        row |= _in_child(name, options)
        rows.append(out, row, largest=rows.LARGEST)
        print(line(row), flush=True)
    print(f"{len(names)} district(s); rows in {out}")
    return 0


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--sizes", default=SIZES, help="buildings of the made-up towns, with commas")
    add("--real", type=lambda x: x.split(","), help="folders below --data; '' for none")
    add("--data", type=Path, default=towns.DATA)
    add("--zones", type=int, help="default: floor area / 46,700 m²")
    add("--tolerance", type=float, default=0.10)
    add("--time", type=float, default=300.0)
    add("--seed", type=int, default=0)
    add("--workers", type=int, default=2)
    add("--out", type=Path, help="JSON lines; default: results/<date>-<commit>.jsonl")
    add("--child", help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def _in_child(name: str, options: argparse.Namespace) -> rows.Row:
    command = [sys.executable, __file__, "--child", name, "--data", str(options.data)]
    for key in ("zones", "tolerance", "time", "seed", "workers"):
        value = getattr(options, key)
        command += [] if value is None else [f"--{key}", str(value)]
    limit = 2 * options.time + SPARE
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, timeout=limit, check=False
        )
    except subprocess.TimeoutExpired:
        return {"status": "timed out", "reason": f"not back after {limit:.0f} s"}
    try:
        return json.loads(done.stdout.splitlines()[-1])
    except (IndexError, json.JSONDecodeError):
        return {"status": "error", "reason": f"process ended with {done.returncode}"}


def measure(name: str, options: argparse.Namespace) -> rows.Row:
    """Read and solve one district in this process."""
    from zoning.solve import solve

    warm = towns.case("old_town_20", tolerance=0.5)
    start = time.perf_counter()
    solve(warm.problem, time_limit=5.0, seed=0, workers=options.workers)
    compiled = time.perf_counter() - start
    case = towns.case(
        name, num_zones=options.zones, tolerance=options.tolerance, data=options.data
    )
    before = peak()
    result = solve(
        case.problem,
        time_limit=options.time,
        seed=options.seed,
        workers=options.workers,
    )
    return {
        **figures(result, case.problem, options.time),
        "seconds_read": round(case.seconds_read, 3),
        "seconds_warm_up": round(compiled, 2),
        "memory_read_mb": before,
        "memory_mb": peak(),
        "notes": list(case.notes),
    }


def peak() -> int:
    """Largest memory so far of this process and of any it started, MB."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    kilobytes = max(resource.getrusage(kind).ru_maxrss for kind in kinds)
    return round(kilobytes / (1024 if sys.platform != "darwin" else 1024**2))


def figures(result: Result, problem: towns.Problem, time_limit: float) -> rows.Row:
    """Size, cost over time, bound and gaps of a result."""
    base = int(problem.region.load.sum()) + problem.num_zones * problem.fixed
    plans = [step for step in result.trace if step.cost is not None]
    travel = None if result.cost is None else result.cost - base
    gap = None
    if travel is not None:
        gap = max(0.0, result.cost - result.bound) / travel if travel else 0.0
    return {
        "n": len(problem.region),
        "zones": problem.num_zones,
        "status": str(result.status),
        "reason": result.reason,
        "cost": result.cost,
        "bound": result.bound,
        "gap": result.gap,
        "travel": travel,
        "travel_gap": gap,
        "seconds": round(result.seconds, 3),
        "seconds_to_plan": round(plans[0].seconds, 3) if plans else None,
        **{
            f"cost_{mark}": cost_at(result, mark)
            for mark in MARKS
            if mark <= time_limit
        },
        "labels": None if result.plan is None else result.plan.zone_of.tolist(),
    }


def cost_at(result: Result, seconds: float) -> int | None:
    """The best cost known after so many seconds."""
    if result.seconds <= seconds:
        return result.cost
    known = [
        s.cost for s in result.trace if s.cost is not None and s.seconds <= seconds
    ]
    return min(known, default=None)


def line(row: rows.Row) -> str:
    """One line for the terminal."""
    if "n" not in row:
        return f"{row['instance']:<28} {row['status']}: {row['reason']}"
    gap = "-" if row["travel_gap"] is None else f"{100 * row['travel_gap']:.2f} %"
    return (
        f"{row['instance']:<28} n {row['n']:>6} zones {row['zones']:>5} "
        f"{row['status']:<10} plan after {row['seconds_to_plan']} s, travel "
        f"{row['travel']}, travel gap {gap}, {row['memory_mb']} MB, "
        f"{row['seconds']:.1f} s {row['reason'] if row['cost'] is None else ''}"
    )


if __name__ == "__main__":
    sys.exit(main())
