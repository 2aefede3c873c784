"""What plans lie outside their bands, by zoning and by what one could use instead.

    python benchmarks/excess.py --time 60

Where bands bend, a plan is better that lies outside by fewer yuan, then the cheaper
one. Each method has the same time on one core and keeps its best plan by
`zoning.check`; zones are as many as `zoning plan` makes. Real files that are not in
the data folder are told and left out.
"""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import peers, rows, towns
from benchmarks.peer_methods import METHODS
from zoning.number import usual_number
from zoning.problem import Problem

CASES: dict[str, tuple[str | None, int | None]] = {  # column of units, zones
    "harbin_nangang_379compounds": ("compound_id", None),
    "harbin_contractor_152": (None, None),
    "harbin_qizheng_304": (None, None),
    "old_town_152": (None, 90),  # so many that some buildings are too heavy for a zone
}
PEERS = ("zoning", "metis", "kahip", "gerrychain")
TOLERANCE = 0.10
KEYS = ("bench", "instance", "peer", "seed", "time_limit", "workers")


def main(argv: list[str] | None = None) -> int:
    """Run the command."""
    options = _options(argv)
    done = rows.finished(options.out, KEYS)
    for name in options.cases.split(","):
        if not name.startswith("old_town_") and name not in towns.available(
            options.data
        ):
            print(f"{name:<28} is not in {options.data}", flush=True)
            continue
        case = bent_case(name, options.data)
        for peer in options.peers.split(","):
            row = {
                "bench": "excess",
                "instance": name,
                "k": case.problem.num_zones,
                "tolerance": TOLERANCE,
                "peer": peer,
                "seed": options.seed,
                "time_limit": options.time,
                "workers": options.workers,
                **rows.context(peers.PACKAGES),
            }
            if tuple(row[key] for key in KEYS) in done:
                print(f"{name:<28} {peer:<18} done before", flush=True)
                continue
            if find_spec(METHODS[peer][1]) is None:
                print(f"{name:<28} {peer:<18} not installed", flush=True)
                continue
            row |= {"n": len(case.problem.region), "zones": case.problem.num_zones}
            row |= {"heavy": len(case.problem.shared_out.heavy)}
            row |= peers.run(peer, case, options)
            rows.append(options.out, row, largest=rows.LARGEST)
            print(line(row), flush=True)
    print(f"rows in {options.out}")
    return 0


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--cases", default=",".join(CASES), help="real files and `old_town_<units>`")
    add("--peers", default=",".join(PEERS), help="which methods")
    add("--time", type=float, default=60.0, help="seconds for each method")
    add("--seed", type=int, default=0)
    add("--workers", type=int, default=1, help="cores each method may use")
    add("--memory", type=float, default=8.0, help="GB each method may use")
    add("--data", type=Path, default=towns.DATA)
    add("--out", type=Path, default=rows.RESULTS / "excess.jsonl")
    options = parser.parse_args(argv)
    unknown = set(options.peers.split(",")) - set(METHODS)
    if unknown:
        parser.error(f"unknown: {sorted(unknown)}; there are {', '.join(METHODS)}")
    return options


def bent_case(name: str, data: Path = towns.DATA) -> towns.Case:
    """A district whose bands bend, in the number of zones that the command takes."""
    unit, zones = CASES.get(name, (None, None))
    region = towns.region_of(name, data, unit=unit)
    zones = zones or usual_number(region, tolerance=TOLERANCE).num_zones
    return towns.Case(name, Problem(region, zones, TOLERANCE), 0.0, ())


def line(row: rows.Row) -> str:
    """One line for the terminal."""
    start = f"{row['instance']:<28} {row['peer']:<18} {row['status']:<10}"
    if row.get("cost") is None:
        return f"{start} {row['reason']}"
    return (
        f"{start} zones {row['zones_made']:>4} of {row['zones']}, torn {row['torn']}, "
        f"outside {row['broken']:>3}, excess {row['excess']:>12,}, cost "
        f"{row['cost']:>12,}, {row['starts']} plans, {row['seconds']} s, "
        f"CPU {row['cpu']} s"
    )


if __name__ == "__main__":
    sys.exit(main())
