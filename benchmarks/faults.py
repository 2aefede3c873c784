"""What becomes of a search whose workers die, stop, or run out of memory.

    python -m benchmarks.faults --out FILE

Every cell is a process of its own: a town is planned by annealing and by windows, and
one of these goes wrong. How late it ends is told against the same without a fault.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psutil

from benchmarks import fault_tasks, rows
from benchmarks.fault_tasks import FAULT, FOLDER
from benchmarks.report import put_table
from zoning.checkpoint.checkpoint import FOUND, Checkpoint
from zoning.datasets import old_town
from zoning.parallel.pools import cluster, processes, threads
from zoning.problem import Problem
from zoning.read import read
from zoning.result import Result, Step
from zoning.search.auto import Portfolio
from zoning.search.strategies import lns
from zoning.search.strategies.anneal import Anneal
from zoning.solve import solve

KINDS = ("threads", "standard pool", "loky", "Dask")
FAULTS = ("none", "kill", "stop", "memory", "twice", "client")
WARM = 8.0  # seconds of the same search before, so that code is loaded
KILLED_AFTER = 1.0  # seconds after the first thing is kept
UNITS, ZONES, SEED, SECONDS = 90, 15, 1, 90.0
PAGE = rows.ROOT / "docs" / "parallel.md"
HEADS = "workers", "what happens", "what comes back", "late, s"
SAID = {
    "kill": "one is killed once",
    "stop": "one is stopped once (SIGSTOP), and does not go on",
    "memory": "no memory for windows that hold one building",
    "twice": "windows that hold one building kill their worker",
    "client": "the process itself is killed",
}
LONGEST = 240.0  # seconds a cell may take before it is given up


def main(argv: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path)
    parser.add_argument("--table", action="store_true", help="only write the table")
    parser.add_argument("--cell", nargs=2, metavar=("KIND", "FAULT"))
    parser.add_argument("--keep", type=Path, help="where that cell keeps what it finds")
    options = parser.parse_args(argv)
    if options.cell:
        print(json.dumps(measure(*options.cell, options.keep)))
        return 0
    out = options.out or rows.RESULTS / "faults.jsonl"
    if options.table:
        write_table([*rows.read_rows(out)])
        return 0
    for kind in KINDS:
        for fault in FAULTS:
            if kind == "threads" and fault in ("kill", "stop", "twice"):
                continue  # a thread dies with its process, which is the last fault
            found = client_killed(kind) if fault == "client" else in_child(kind, fault)
            row = {"bench": "faults", **rows.context(), **found}
            rows.append(out, row)
            print(row, flush=True)
    return 0


def write_table(found: list[rows.Row]) -> None:
    """Put the newest rows into the page."""
    newest = {(row["kind"], row["fault"]): row for row in found if "error" not in row}
    calm = {row["kind"]: row["seconds"] for row in newest.values() if not _lost(row)}
    cells = [(kind, fault) for kind in KINDS for fault in FAULTS if fault != "none"]
    lines = [_line(newest[cell], calm) for cell in cells if cell in newest]
    put_table(PAGE, HEADS, lines, newest.values())


def _lost(row: rows.Row) -> bool:
    return row["fault"] != "none"


def _line(row: rows.Row, calm: dict[str, float]) -> list[object]:
    """A cell in words."""
    if row["fault"] == "client":
        gone = row["workers_gone"]
        gone = "still there after 60 s" if gone is None else f"gone after {gone} s"
        back = "goes on from what was kept" if row["goes_on"] else "begins anew"
        return [row["kind"], SAID["client"], f"workers {gone}; the search {back}", "-"]
    back = f"a plan at {row['cost']:,}, bound {row['bound']:,}"
    if row["losses"]:
        back += f"; {len(row['losses'])} windows given up"
    late = f"{row['seconds'] - calm[row['kind']]:.1f}"
    return [row["kind"], SAID[row["fault"]], back, late]


def in_child(kind: str, fault: str) -> dict:
    """The row of one cell, measured in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        child = begin(kind, fault, folder)
        try:
            told, fault_told = child.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            child.kill()
            return {"kind": kind, "fault": fault, "error": "did not end"}
    if child.returncode:
        return {"kind": kind, "fault": fault, "error": fault_told[-2000:]}
    return json.loads(told.splitlines()[-1])


def begin(kind: str, fault: str, folder: str, *more: str) -> subprocess.Popen[str]:
    """Begin a cell."""
    root = str(Path(__file__).resolve().parents[1])
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.faults", "--cell", kind, fault, *more],
        env=os.environ | {FAULT: fault, FOLDER: folder, "PYTHONPATH": root},
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def client_killed(kind: str) -> dict:
    """Kill the hub itself: when its workers are gone, and what goes on after."""
    with tempfile.TemporaryDirectory() as folder:
        keep = Path(folder) / "plan"
        child = begin(kind, "none", folder, "--keep", str(keep))
        end = time.monotonic() + LONGEST
        while not list(keep.glob(".run/*.kept")) and time.monotonic() < end:
            time.sleep(0.1)
        time.sleep(KILLED_AFTER)
        workers = psutil.Process(child.pid).children(recursive=True)
        child.kill()
        killed = time.monotonic()
        child.communicate()
        _, alive = psutil.wait_procs(workers, timeout=60)
        gone = None if alive else round(time.monotonic() - killed, 1)
        for one in alive:
            one.kill()
        known = Checkpoint(keep).kept
        steps: list[Step] = []
        result = solve(
            *asked(), time_limit=SECONDS, seed=SEED, checkpoint=keep,
            progress=steps.append,
        )  # fmt: skip
    return {
        "kind": kind,
        "fault": "client",
        "workers_gone": gone,
        "kept_cost": min((one.cost for one in known if one.cost), default=None),
        "goes_on": bool(steps) and steps[0].what == FOUND,
        **told(result),
    }


@contextmanager
def executor_of(kind: str):
    """Two workers of a kind."""
    if kind == "standard pool":
        pool = ProcessPoolExecutor(2, mp_context=get_context("spawn"))
        try:
            yield pool
        finally:
            for worker in (pool._processes or {}).values():
                worker.kill()  # one may be stopped, and would be waited for
            pool.shutdown(wait=False, cancel_futures=True)
        return
    make = {"threads": threads, "loky": processes}
    with cluster("local", 2) if kind == "Dask" else make[kind](2) as hub:
        yield hub


def asked() -> tuple[Problem, Portfolio]:
    """A town to plan, and how."""
    region = read(old_town(UNITS, seed=SEED).buildings, unit="none")
    strategy = Portfolio((Anneal(4, 1, 500), lns.LNS(share=1.0)))
    return Problem(region, ZONES), strategy


def measure(kind: str, fault: str, keep: Path | None = None) -> dict:
    """Plan once, with a fault; what came back, and after how long."""
    problem, strategy = asked()
    how = {"workers": 2, "seed": SEED}
    with executor_of(kind) as executor:
        solve(problem, strategy, time_limit=WARM, executor=executor, **how)
        lns.solve_window = fault_tasks.faulty_window
        begun = time.monotonic()
        how |= {"executor": executor, "checkpoint": keep}
        result = solve(problem, strategy, time_limit=SECONDS, **how)
        seconds = time.monotonic() - begun
    return {"kind": kind, "fault": fault, "seconds": round(seconds, 2), **told(result)}


def told(result: Result) -> dict:
    """What came back."""
    verdict = result.verdict
    return {
        "cost": result.cost,
        "bound": result.bound,
        "keeps_rules": verdict is not None and verdict.ok,
        "losses": list(result.losses),
    }


if __name__ == "__main__":
    raise SystemExit(main())
