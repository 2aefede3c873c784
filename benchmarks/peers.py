"""The same districts, time and measure for what one could use instead of zoning.

    python benchmarks/peers.py --time 60 --out FILE
    python benchmarks/peers.py --cases qizheng_like:15 --peers zoning,metis --time 10

Every method runs in a process of its own on one core, keeps its best plan by
`zoning.check`, and is ended when its time is up.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import rows, towns
from benchmarks.peer_methods import METHODS, Task
from zoning.check import Verdict, judge, parts
from zoning.plan import Plan

REAL = {
    98: ("qizheng_like", 15),
    304: ("harbin_qizheng_304", 24),
    1424: ("harbin_nangang_379compounds", 75),
    5134: ("harbin_nangang_5k", 70),  # with 75 or more there is proved to be no plan
}
KEYS = (
    *("bench", "instance", "k", "tolerance", "peer", "seed"),
    *("time_limit", "workers", "commit"),
)
PACKAGES = (
    *rows.PACKAGES,
    *("pymetis", "kahip", "spopt", "gerrychain", "pygeoda", "k-means-constrained"),
)
GRACE = 3.0  # seconds over the limit before a process is ended
START = 180.0  # seconds a process may take to import what it needs


def main(argv: list[str] | None = None) -> int:
    """Run the command."""
    options = _options(argv)
    if options.child:
        _child(Path(options.child))
        return 0
    out = options.out or rows.default_file()
    done = rows.finished(out, KEYS)
    for name, zones in _cases(options):
        case = None
        for peer in options.peers.split(","):
            row = {
                "bench": "peers",
                "instance": name,
                "k": zones,
                "tolerance": options.tolerance,
                "peer": peer,
                "seed": options.seed,
                "time_limit": options.time,
                "workers": options.workers,
                **rows.context(PACKAGES),
            }
            if tuple(row[key] for key in KEYS) in done:
                print(f"{name:<28} {peer:<18} done before", flush=True)
                continue
            if find_spec(METHODS[peer][1]) is None:
                row |= {"status": "error", "reason": f"{METHODS[peer][1]} is missing"}
                print(f"{name:<28} {peer:<18} not installed", flush=True)
                continue
            case = case or towns.case(
                name, num_zones=zones, tolerance=options.tolerance, data=options.data
            )
            row |= {"n": len(case.problem.region), "zones": case.problem.num_zones}
            row |= run(peer, case, options)
            rows.append(out, row, largest=rows.LARGEST)
            print(line(row), flush=True)
    print(f"rows in {out}")
    return 0


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--sizes", default="98,304,1424,5134", help="real districts by their buildings")
    add("--cases", help="instead: names with zones, `qizheng_like:15,old_town_50:8`")
    add("--peers", default=",".join(METHODS), help="which methods")
    add("--tolerance", type=float, default=0.10)
    add("--time", type=float, default=60.0, help="seconds for each method")
    add("--seed", type=int, default=0)
    add("--workers", type=int, default=1, help="cores each method may use")
    add("--memory", type=float, default=8.0, help="GB each method may use")
    add("--data", type=Path, default=towns.DATA)
    add("--out", type=Path, help="JSON lines; default: results/<date>-<commit>.jsonl")
    add("--child", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    unknown = set(options.peers.split(",")) - set(METHODS)
    if unknown:
        parser.error(f"unknown: {sorted(unknown)}; there are {', '.join(METHODS)}")
    return options


def _cases(options: argparse.Namespace) -> list[tuple[str, int | None]]:
    """Districts and numbers of zones; a made-up town where a real one is missing."""
    if options.cases:
        named = [x.partition(":") for x in options.cases.split(",")]
        return [(name, int(zones) if zones else None) for name, _, zones in named]
    there = towns.available(options.data)
    found: list[tuple[str, int | None]] = []
    for size in map(int, options.sizes.split(",")):
        name, zones = REAL.get(size, (None, None))
        if name in there:
            found.append((name, zones))
        else:
            found.append((f"old_town_{size}", zones))
    return found


def run(peer: str, case: towns.Case, options: argparse.Namespace) -> rows.Row:
    """Run one method in a process of its own and measure the plan it leaves."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        setting = {
            "peer": peer,
            "problem": case.problem,
            "time": options.time,
            "seed": options.seed,
            "workers": options.workers,
            "memory": options.memory,
        }
        (folder / "task.pickle").write_bytes(pickle.dumps(setting))
        used = _child_cpu()
        ended = _wait(folder, options)
        used = _child_cpu() - used
        told = _read(folder / "best.json") or {}
        final = _read(folder / "end.json") or {}
        before = _read(folder / "ready")
    status, reason = _status(ended, final, told)
    row = {
        "status": status,
        "reason": reason,
        "starts": told.get("starts"),
        "seconds": final.get("seconds", options.time if "limit" in ended else None),
        "seconds_best": told.get("seconds"),
        "cpu": None if before is None else round(used - before, 2),
        **final.get("extra", {}),
        "labels": told.get("labels"),
    }
    if told.get("labels") is not None:
        row |= measured(Plan(case.problem, told["labels"]))
    return row


def _child_cpu() -> float:
    """Seconds of processor that ended processes of this one have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _wait(folder: Path, options: argparse.Namespace) -> str:
    """Let the process run until it ends or its time is up; how it ended."""
    threads = dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
        str(options.workers),
    )
    log = (folder / "log.txt").open("wb")
    with (
        log,
        subprocess.Popen(
            [sys.executable, __file__, "--child", str(folder)],
            stdout=log,
            stderr=log,
            env={**os.environ, **threads},
            start_new_session=True,
        ) as process,
    ):
        start = time.monotonic()
        ready = None
        while process.poll() is None:
            time.sleep(0.05)
            now = time.monotonic()
            if ready is None:
                ready = now if (folder / "ready").exists() else None
            late = now - start > START if ready is None else False
            if late or (ready is not None and now - ready > options.time + GRACE):
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return "never ready" if late else "ended at the limit"
        return f"process ended with {process.returncode}"


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except (OSError, json.JSONDecodeError):
        return None


def _status(ended: str, final: rows.Row, told: rows.Row) -> tuple[str, str]:
    if final:
        reason = final["reason"]
        found = "finished" if told else "no plan"
        return ("failed" if reason and not told else found), reason
    if ended == "ended at the limit":
        return ("stopped" if told else "timed out"), ended
    return ("crashed", ended)


def measured(plan: Plan) -> rows.Row:
    """Rules broken and price of a plan by the library's checker."""
    verdict = judge(plan)
    torn, broken = _broken(plan, verdict)
    problem = plan.problem
    return {
        "zones_made": plan.num_zones,
        "torn": torn,
        "broken": broken,
        "worst": round(float(np.abs(verdict.cost / problem.fair_share - 1).max()), 4),
        "travel": int(verdict.travel.sum()),
        "cost": verdict.total,
        "excess": verdict.excess,
        "ok": verdict.ok,
    }


def _broken(plan: Plan, verdict: Verdict) -> tuple[int, int]:
    """How many zones are torn, how many cost too much or too little."""
    torn = sum(parts(plan.problem.edited_region, units) > 1 for units in plan.zones)
    band = plan.problem.cost_band
    return torn, sum(band is not None and int(c) not in band for c in verdict.cost)


def _rank(plan: Plan, verdict: Verdict) -> tuple[int, ...]:
    """What a better plan has less of."""
    wrong = abs(plan.num_zones - plan.problem.num_zones)
    torn, broken = _broken(plan, verdict)
    if plan.problem.strict:
        return wrong + torn + broken, int(verdict.travel.sum())
    return wrong + torn, verdict.excess, verdict.total


def _child(folder: Path) -> None:
    """What runs in the process: the method, and a file with its best plan so far."""
    warnings.simplefilter("ignore")
    setting = pickle.loads((folder / "task.pickle").read_bytes())
    method = METHODS[setting["peer"]][0]
    problem = setting["problem"]
    __import__(METHODS[setting["peer"]][1])
    task = Task(problem, 0.0, setting["seed"], setting["workers"], {})
    if setting["peer"] == "zoning":
        warm = towns.case("old_town_20", tolerance=0.5).problem
        warm = replace(warm, strict=problem.strict)
        method(Task(warm, time.monotonic() + 5, 0, setting["workers"], {}), np.asarray)
    most = int(setting["memory"] * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    start = time.monotonic()
    task.deadline = start + setting["time"]
    _put(folder / "ready", time.process_time())
    best = None
    starts = 0

    def report(labels: ArrayLike) -> None:
        nonlocal best, starts
        starts += 1
        plan = Plan(problem, np.asarray(labels))
        verdict = judge(plan)
        wrong = abs(plan.num_zones - problem.num_zones)
        rank = _rank(plan, verdict)
        if best is not None and best["rank"] <= rank:
            best["starts"] = starts
            return
        task.best = plan if wrong == 0 else task.best
        best = {
            "rank": rank,
            "starts": starts,
            "seconds": round(time.monotonic() - start, 2),
            "labels": plan.zone_of.tolist(),
        }
        _put(folder / "best.json", best)

    reason = ""
    try:
        method(task, report)
    except Exception as why:  # noqa: BLE001,RUF100 - a method that fails is a row
        traceback.print_exc()
        reason = f"{type(why).__name__}: {why}"[:300]
    seconds = round(time.monotonic() - start, 2)
    if best is not None:
        _put(folder / "best.json", best)
    end = {"reason": reason, "seconds": seconds, "extra": task.extra}
    _put(folder / "end.json", end)


def _put(path: Path, value: object) -> None:
    new = path.with_suffix(".new")
    new.write_text(json.dumps(value, default=lambda number: number.item()))
    new.replace(path)


def line(row: rows.Row) -> str:
    """One line for the terminal."""
    start = f"{row['instance']:<28} {row['peer']:<18} {row['status']:<10}"
    if row.get("cost") is None:
        return f"{start} {row['reason']}"
    return (
        f"{start} zones {row['zones_made']:>4} of {row['zones']}, broken "
        f"{row['broken']:>3}, torn {row['torn']:>3}, travel {row['travel']:>12,}, "
        f"best after {row['seconds_best']:.1f} s, {row['starts']} plans"
    )


if __name__ == "__main__":
    sys.exit(main())
