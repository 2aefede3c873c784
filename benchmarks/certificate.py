"""What certificates verify of plans, beside what their search says.

    python benchmarks/certificate.py --size 60000 --time 300 --seek 300 \
        --publish docs/certificates/old_town_60000.npz
    python benchmarks/certificate.py --plan DIR/plan.json --name harbin_qizheng_304

makes a plan of a district (or takes one that was written), certifies it, runs
recheck.py on it as anybody would, and stores a row. The table of `docs/certificate.md`
is then written from the rows.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import rows, towns
from benchmarks.report import put_table
from zoning.check import judge
from zoning.plan import Plan
from zoning.planfile.content import to_dict, to_json
from zoning.planfile.file import read_plan
from zoning.problem import Problem
from zoning.proof.certify import CERTIFICATE, PLAN, PROGRAM, certify
from zoning.result import Result, Status
from zoning.solve import solve

PAGE = rows.ROOT / "docs" / "certificate.md"
ARRAYS = {"duals": np.int64, "multipliers": np.int64}


def main(argv: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--size", type=int, help="buildings of the made-up town")
    add("--name", help="a folder below --data instead of a town")
    add("--data", type=Path, default=towns.DATA)
    add("--plan", type=Path, help="a plan.json of it, instead of searching one")
    add("--time", type=float, default=60.0, help="seconds to search a plan")
    add("--seek", type=float, default=30.0, help="seconds to seek prices")
    add("--publish", type=Path, help="where the compact certificate goes: .npz")
    add("--out", type=Path, default=rows.RESULTS / "certificate.jsonl")
    add("--page", type=Path, default=PAGE, help="where the table goes")
    options = parser.parse_args(argv)
    name = options.name or f"old_town_{options.size}"
    if options.name or options.size:
        rows.append(options.out, measure(name, options))
    write_table(options.page, [*rows.read_rows(options.out)])
    return 0


def measure(name: str, options: argparse.Namespace) -> rows.Row:
    """Plan, certify and recheck a district: a row."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        if options.plan is None:
            problem = towns.case(name, data=options.data).problem
            result = solve(problem, time_limit=options.time)
            (folder / PLAN).write_text(to_json(to_dict(result)), "utf-8")
        else:
            (folder / PLAN).write_bytes(options.plan.read_bytes())
        found = certify(folder, time_limit=options.seek)
        begun = time.perf_counter()
        command = [sys.executable, "-I", folder / PROGRAM, folder]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        seconds = time.perf_counter() - begun
        plan = read_plan(folder / PLAN).plan
        size = (folder / CERTIFICATE).stat().st_size
    if options.publish:
        publish(options.publish, plan, found.content)
    row = {
        "bench": "certificate",
        "instance": name,
        "n": len(plan.problem.region),
        "zones": plan.num_zones,
        **{"cost": found.cost, "bound": found.bound, "claimed": found.claimed},
        **{"excess": found.excess, "excess_bound": found.excess_bound},
        "time_limit": options.seek,
        "seconds": round(found.seconds, 2),
        "seconds_recheck": round(seconds, 2),
        "bytes": size,
        "told": " ".join(done.stdout.split()),
        **rows.context(),
    }
    print(row["told"], flush=True)
    return row


def publish(path: Path, plan: Plan, content: dict[str, Any]) -> None:
    """Store zones and prices; all else of a certificate follows from the region."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rest = {key: content[key] for key in ("digest", "band", "excess_price", "bound")}
    arrays = {key: np.array(content[key], kind) for key, kind in ARRAYS.items()}
    told = np.array(json.dumps(rest))
    np.savez_compressed(path, told=told, zone_of=plan.zone_of, **arrays)


def published(path: Path, problem: Problem) -> tuple[dict[str, Any], dict[str, Any]]:
    """Content of plan.json and of the certificate, for the region made anew."""
    with np.load(path) as stored:
        plan = Plan(problem, stored["zone_of"])
        paper = json.loads(str(stored["told"]))
        paper |= {key: stored[key].tolist() for key in ARRAYS}
    verdict = judge(plan)
    bound = paper["bound"] + verdict.change_cost
    result = Result(Status.FEASIBLE, plan, verdict, bound, 0.0)
    return json.loads(json.dumps(to_dict(result))), paper


def write_table(page: Path, found: list[rows.Row]) -> None:
    """Put a table of the newest rows in the place of the one on a page."""
    newest = {row["instance"]: row for row in found}
    every = sorted(newest.values(), key=lambda row: (row["n"], row["instance"]))
    heads = ("district", "units", "zones", "cost, yuan a year", "verified", "claimed")
    lines = [_line(row) for row in every]
    put_table(page, (*heads, "seek, s", "recheck, s", "file, kB"), lines, every)


def _line(row: rows.Row) -> list[object]:
    gaps = [
        f"{100 * (row['cost'] - row[key]) / row['cost']:.3f} %"
        for key in ("bound", "claimed")
    ]
    times = [row["time_limit"], row["seconds_recheck"], row["bytes"] // 1000]
    return [row["instance"], row["n"], row["zones"], row["cost"], *gaps, *times]


if __name__ == "__main__":
    sys.exit(main())
