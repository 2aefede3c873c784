"""A city by parts: seconds, memory, gap, whether seams show, and what workers save.

    python -m benchmarks.city --size 250000 --time 900 --workers 2
    python -m benchmarks.city --copies harbin_nangang_379compounds

Copies stand four by four, side by side. Each district is planned and bounded by
`ByParts` and `BoundByParts`, as `auto` does, with processes; then lots are made. How
long every piece of work took tells, by list scheduling, what more workers would save.
"""

from __future__ import annotations

import argparse
import heapq
import json
import resource
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from numpy.typing import NDArray

from benchmarks import rows, towns
from zoning.check import judge
from zoning.errors import InputError
from zoning.limits import Limits
from zoning.lots.bundling import bundle
from zoning.parallel.hub import Hub, Lost
from zoning.parallel.pools import processes
from zoning.problem import Problem
from zoning.read import read
from zoning.region import Region
from zoning.result import Step
from zoning.search.instance.zone_graph import ZoneGraph
from zoning.search.run import Run
from zoning.search.strategies.bound_by_parts import BoundByParts
from zoning.search.strategies.by_parts import (
    ByParts,
    PartJob,
    at_seams,
    cut_zones,
    improve_part,
)

SIDE = 4  # copies stand so many in a row
GAP = 40.0  # metres between copies: walls that near touch
TRIES = 3  # times each number of workers does the same work
SIMULATED = (1, 2, 4, 8, 16, 32, 64)
SAME_PARTS, SAME_SWEEPS = 12, 1_500  # of the work done by one and by two workers
Found = list[Any]


def timed(shared: Any, job: tuple[Callable[..., Any], Any], deadline: float) -> Any:
    """A piece of work with the seconds of processor it took."""
    task, own = job
    begun = time.process_time()
    out = task(shared, own, deadline)
    return out, time.process_time() - begun


class Watch(Hub):
    """A hub that notes what each piece of work took, round by round."""

    def __init__(self, inner: Hub) -> None:
        super().__init__(inner.executor, inner.workers)
        self.inner = inner
        self.rounds: list[list[float]] = []
        self.parts: list[PartJob] = []  # of the last round of annealing

    def map(
        self,
        task: Callable[..., Any],
        shared: Any,
        jobs: Iterable[Any],
        *,
        end: float = inf,
        seconds: float = inf,
    ) -> Found:
        """As `Hub.map`."""
        jobs = list(jobs)
        pairs = [(task, job) for job in jobs]
        found = self.inner.map(timed, shared, pairs, end=end, seconds=seconds)
        took = [0.0 if isinstance(one, Lost) else one[1] for one in found]
        self.rounds.append(took)
        if task is improve_part:
            self.parts = jobs
        return [one if isinstance(one, Lost) else one[0] for one in found]


def main(argv: list[str] | None = None) -> int:
    """Run the command."""
    options = _options(argv)
    name = options.copies or f"old_town_{options.size}"
    row = {
        "bench": "city",
        "instance": f"{SIDE * SIDE} × {name}" if options.copies else name,
        "seed": options.seed,
        "time_limit": options.time,
        "workers": options.workers,
        **rows.context(),
    }
    begun = time.perf_counter()
    region = copies(options.copies, options.data) if options.copies else None
    region = region or towns.region_of(name)
    row |= {"n": len(region), "seconds_read": round(time.perf_counter() - begun, 1)}
    row |= {"memory_read_mb": peak()}
    say(row)
    row |= measure(region, options)
    rows.append(options.out, row, largest=rows.LARGEST)
    return 0


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--size", type=int, default=250_000, help="buildings of a made-up town")
    add("--copies", help="a folder of --data, of which sixteen copies are planned")
    add("--data", type=Path, default=towns.DATA)
    add("--tolerance", type=float, default=0.10)
    add("--time", type=float, default=900.0)
    add("--lots-time", type=float, default=120.0)
    add("--seed", type=int, default=0)
    add("--workers", type=int, default=2)
    add("--out", type=Path, default=rows.RESULTS / "city.jsonl")
    return parser.parse_args(argv)


def say(row: rows.Row) -> None:
    """Tell what is known so far."""
    skip = ("versions", "machine", "date")
    print(json.dumps({k: v for k, v in row.items() if k not in skip}), flush=True)


def _tell(step: Step) -> None:
    print(step, flush=True)


def peak() -> int:
    """Largest memory of this process so far, MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def copies(name: str, data: Path) -> Region:
    """Sixteen copies of a real district, side by side."""
    import geopandas
    import pandas as pd

    layers: dict[str, Any] = {}
    crs, step = None, (0.0, 0.0)
    for layer in ("buildings", "barriers"):
        path = data / name / f"{layer}.geojson"
        if not path.exists():
            continue
        frame = geopandas.read_file(path)
        frame = frame.to_crs(crs or frame.estimate_utm_crs())
        if crs is None:
            crs = frame.crs
            west, south, east, north = frame.total_bounds
            step = east - west + GAP, north - south + GAP
        pieces = []
        for at in range(SIDE * SIDE):
            piece = frame.copy()
            east_by, north_by = at % SIDE * step[0], at // SIDE * step[1]
            piece.geometry = piece.translate(east_by, north_by)
            if "id" in piece:
                piece["id"] = [f"{at}-{one}" for one in piece["id"]]
            pieces.append(piece)
        layers[layer] = pd.concat(pieces, ignore_index=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return read(
            layers["buildings"],
            barriers=layers.get("barriers"),
            unit="none",
            area="floor_area_m2",
            households="households",
        )


def measure(region: Region, options: argparse.Namespace) -> rows.Row:
    """Plan, bound and bundle one city; what every part of that took."""
    problem = Problem(
        region,
        max(1, round(int(region.area.sum()) / towns.ZONE_AREA)),
        options.tolerance,
    )
    out: rows.Row = {"zones": problem.num_zones}
    with processes(options.workers) as inner:
        hub = Watch(inner)
        limits = Limits(options.time, options.seed, 1)
        run = Run(
            problem, limits, executor=hub, progress=lambda x: print(x, flush=True)
        )
        before = time.process_time()
        for part in (ByParts(0.7), BoundByParts()):
            begun = time.perf_counter()
            run.follow(part)
            word = "plan" if isinstance(part, ByParts) else "bound"
            out[f"seconds_{word}"] = round(time.perf_counter() - begun, 1)
        hub_seconds = time.process_time() - before
        out |= figures(run) | {
            "memory_mb": peak(),
            "seconds_hub": round(hub_seconds, 1),
        }
        say(out)
        if run.plan is None:
            return out
        out["tasks"] = [[round(x, 3) for x in took] for took in hub.rounds]
        out["simulated"] = simulated(hub.rounds, hub_seconds)
        if run.bound > run.base:  # else multipliers say nothing of zones
            out["seams"] = seams(run, hub.parts)
        say({k: v for k, v in out.items() if k != "tasks"})
    out["efficiency"] = efficiency(run, hub.parts)
    say({"efficiency": out["efficiency"]})
    begun = time.perf_counter()
    try:
        lots = bundle(run.plan, size=3, time_limit=options.lots_time)
    except InputError as error:
        return out | {"lots_status": str(error)}
    out |= {
        "seconds_lots": round(time.perf_counter() - begun, 1),
        "lots_status": str(lots.status),
        "lots": len(lots.lots),
        "lots_cost": lots.cost,
        "lots_bound": lots.bound,
        "memory_lots_mb": peak(),
    }
    say({k: v for k, v in out.items() if k != "tasks"})
    return out


def figures(run: Run) -> rows.Row:
    """Cost, bound and gap so far."""
    best = run.best_verdict
    if best is None:
        return {"status": "unknown", "losses": run.losses}
    cost, bound = best.total, min(run.cost_bound, best.total)
    return {
        "status": "feasible",
        "excess": best.excess,
        "cost": cost,
        "bound": bound,
        "gap": (cost - bound) / cost,
        "travel": cost - run.base,
        "travel_gap": (cost - bound) / max(1, cost - run.base),
        "losses": run.losses,
    }


def simulated(rounds: Sequence[Sequence[float]], hub: float) -> dict[str, float]:
    """Seconds all would take with so many workers: each takes the next piece of work.

    Rounds wait for one another, and the hub's own seconds are done by it alone.
    """
    return {
        str(workers): round(hub + sum(makespan(took, workers) for took in rounds), 1)
        for workers in SIMULATED
    }


def makespan(took: Sequence[float], workers: int) -> float:
    """When the last piece of work ends, each begun by the first worker that is free."""
    free = [0.0] * workers
    for seconds in took:
        heapq.heappush(free, heapq.heappop(free) + seconds)
    return max(free)


def seams(run: Run, parts: Sequence[PartJob]) -> rows.Row:
    """How much dearer zones at the seams of the last round are than those inside.

    Of every zone what it travels beyond its units' multipliers, for each building, is
    compared with that of zones of as many buildings. A cut at random is the control.
    """
    assert run.incumbent is not None
    assert run.multipliers is not None
    zone_of = run.incumbent
    graph = ZoneGraph(run.instance, zone_of, run.num_zones)
    verdict = judge(run.plan_of(zone_of))
    size = np.bincount(zone_of, minlength=run.num_zones)
    worth = np.bincount(zone_of, weights=run.multipliers, minlength=run.num_zones)
    each = (verdict.travel - worth) / size
    part_of = np.empty(len(zone_of), np.int64)
    for at, job in enumerate(parts):
        part_of[job.units] = at
    control = at_seams(graph, cut_zones(graph, 2_500, 100, 99))
    return {
        "yuan_a_building": round(float(verdict.travel.sum() / len(zone_of)), 3),
        "last_round": dearer(each, size, _crossing(run, zone_of, part_of)),
        "control": dearer(each, size, control),
    }


def _crossing(
    run: Run, zone_of: NDArray[np.int32], part_of: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Zones with a unit that touches one of another part."""
    a = run.instance
    unit = np.repeat(np.arange(a.num_units), np.diff(a.indptr))
    cut = part_of[unit] != part_of[a.indices]
    out = np.zeros(run.num_zones, np.bool_)
    out[zone_of[unit[cut]]] = True
    return out


def dearer(
    each: NDArray[np.float64], size: NDArray[np.int64], seam: NDArray[np.bool_]
) -> dict[str, float]:
    """Yuan a building by which some zones are dearer than others of their size."""
    total, variance, count = 0.0, 0.0, 0
    for s in np.unique(size[seam]):
        some, others = each[seam & (size == s)], each[~seam & (size == s)]
        if len(some) < 2 or len(others) < 2:
            continue
        total += len(some) * (some.mean() - others.mean())
        spread = some.var(ddof=1) / len(some) + others.var(ddof=1) / len(others)
        variance += len(some) ** 2 * spread
        count += len(some)
    return {
        "zones": int(seam.sum()),
        "yuan": round(total / max(1, count), 3),
        "error": round(variance**0.5 / max(1, count), 3),
    }


def efficiency(run: Run, parts: Sequence[PartJob]) -> rows.Row:
    """The same parts done by one and by two processes: wall seconds of each try."""
    jobs = [
        replace(job, schedule=replace(job.schedule, sweeps=SAME_SWEEPS), windows=0)
        for job in parts[:SAME_PARTS]
    ]
    wall: dict[int, list[float]] = {1: [], 2: []}
    with processes(1) as one, processes(2) as two:
        for hub in (one, two):  # workers begin, and compile
            hub.map(improve_part, run.instance, jobs[: hub.workers])
        for _ in range(TRIES):
            for hub in (one, two):
                begun = time.perf_counter()
                hub.map(improve_part, run.instance, jobs)
                wall[hub.workers].append(round(time.perf_counter() - begun, 2))
    ratios = [a / (2 * b) for a, b in zip(wall[1], wall[2], strict=True)]
    return {"one": wall[1], "two": wall[2], "efficiency": round(max(ratios), 3)}


if __name__ == "__main__":
    sys.exit(main())
