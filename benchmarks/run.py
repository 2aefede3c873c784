"""All benchmarks in order: ``--smoke`` for a minute on tiny cases, else the long runs.

python -m benchmarks.run --smoke
python -m benchmarks.run --instances ../shared/instances
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import excess, peers, published, region_sizes, report, rows
from benchmarks.peer_methods import METHODS

SMOKE_PEERS = ("zoning", "metis", "gerrychain", "pygeoda-azp", "cpsat-plain")


def main(argv: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--smoke", action="store_true", help="tiny cases, 3 s each")
    instances = rows.ROOT.parent / "shared" / "instances"
    parser.add_argument("--instances", type=Path, default=instances)
    options = parser.parse_args(argv)
    if options.smoke:
        with tempfile.TemporaryDirectory() as folder:
            return smoke(Path(folder))
    alarm = 0
    if options.instances.exists():
        alarm = published.main(["--instances", str(options.instances), "--time", "60"])
    else:
        print(f"{options.instances} is not there: published instances are left out.")
    region_sizes.main([])
    peers.main([])
    excess.main([])
    report.main([])
    return alarm


def smoke(folder: Path, seconds: float = 3.0) -> int:
    """Every command once on tiny made-up cases; nothing is kept."""
    limit = ["--time", str(seconds)]
    write_tiny(folder / "instances")
    out = ["--out", str(folder / "results" / "smoke.jsonl")]
    given = ["--instances", str(folder / "instances")]
    alarm = published.main([*given, *limit, *out])
    region_sizes.main(["--sizes", "50", "--real", "", *limit, *out])
    there = ",".join(x for x in SMOKE_PEERS if find_spec(METHODS[x][1]) is not None)
    peers.main(["--cases", "old_town_50:8", "--peers", there, *limit, *out])
    there = ",".join(x for x in excess.PEERS if find_spec(METHODS[x][1]) is not None)
    excess.main(["--cases", "old_town_50", "--peers", there, *limit, *out])
    report.main(
        ["--results", str(folder / "results"), "--out", str(folder / "benchmarks.md")]
    )
    print((folder / "benchmarks.md").read_text(encoding="utf-8"))
    return alarm


def write_tiny(folder: Path) -> None:
    """Three instances in the format of the published ones, and their best values."""
    folder.mkdir(parents=True, exist_ok=True)
    for data in (tiny_squares(), tiny_median(), tiny_impossible()):
        (folder / f"{data['name']}.json").write_text(json.dumps(data))
    (folder / "best_known.csv").write_text(
        "instance,objective,best_known,proven_optimal,source\n"
        "tiny_squares,moi_contiguous,0.034,yes,drawn by hand\n"
        "tiny_median,sum of distances to median,4.83,yes,drawn by hand\n"
        "tiny_impossible,moi_contiguous,,infeasible,drawn by hand\n"
    )


def tiny_squares() -> dict[str, Any]:
    """Two rows of four cells 2 km apart, two zones of four.

    A block of 2 × 2 is 4, 4 and 8 km² (2.83 km are taken as 3: 9 km²) from a corner
    of it: 17 for cells of weight 1. Both: 34 times weight 1,000 / 1e6 = 0.034. A row
    of four from its second cell is 4 + 4 + 16 = 24, so blocks are best.
    """
    cells = [(x, y) for y in range(2) for x in range(4)]
    return {
        "name": "tiny_squares",
        "family": "tiny",
        "n": 8,
        "k": 2,
        "L": 3990,
        "U": 4010,
        "distance": "d_ij = rint(hypot(dx,dy)/1000) in km; "
        "objective = sum_i w_i*d_{i,center}^2 / 1e6",
        "nodes": [
            {"id": i, "w": 1000, "x": 2000.0 * x, "y": 2000.0 * y}
            for i, (x, y) in enumerate(cells)
        ],
        "edges": [
            [i, j]
            for i, a in enumerate(cells)
            for j, b in enumerate(cells)
            if i < j and abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1
        ],
    }


def tiny_median() -> dict[str, Any]:
    """A square of side 1 and a pair far off, two clusters.

    Left: (0,0) serves (1,0), (0,1) and (1,1): 1 + 1 + √2 = 3.41. Right: (10,0)
    serves (11,1): √2 = 1.41. In all 4.83; the capacity of 4 forbids nothing better.
    """
    places = [(0, 0), (1, 0), (0, 1), (1, 1), (10, 0), (11, 1)]
    return {
        "name": "tiny_median",
        "family": "cpmp",
        "n": 6,
        "k": 2,
        "capacity": [4],
        "distance": "euclidean, not rounded",
        "objective": "sum_i d(i,median(i)), unweighted; cluster weight <= cap",
        "nodes": [
            {"id": i, "w": 1, "x": x, "y": y, "cap": 4}
            for i, (x, y) in enumerate(places)
        ],
        "edges": None,
    }


def tiny_impossible() -> dict[str, Any]:
    """Two parts that do not touch, loads 3 and 5, to be split into 4 and 4."""
    return {
        "name": "tiny_impossible",
        "n": 8,
        "k": 2,
        "L": 4,
        "U": 4,
        "nodes": [{"id": i, "w": 1, "x": 1000 * i, "y": 0} for i in range(8)],
        "edges": [[i, i + 1] for i in range(7) if i != 2],
    }


if __name__ == "__main__":
    sys.exit(main())
