"""How long it takes to prove who wins: generated tenders of many lots and bids.

    python benchmarks/award.py --time 60 --out FILE
    python benchmarks/award.py --kinds regions --lots 60 --bids 800 --seeds 0 --time 10

The tenders are those of `benchmarks.tenders`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import rows
from benchmarks.tenders import KINDS, Case
from zoning.tender.award import Award, award

KEYS = (
    *("bench", "kind", "lots", "bids", "seed", "time_limit", "margin_limit"),
    *("workers", "commit"),
)


def main(argv: list[str] | None = None) -> int:
    """Run the command."""
    options = _options(argv)
    out = options.out or rows.default_file()
    done = rows.finished(out, KEYS)
    for kind in options.kinds.split(","):
        for seed in map(int, options.seeds.split(",")):
            row = {
                "bench": "award",
                "kind": kind,
                "lots": options.lots,
                "bids": options.bids,
                "seed": seed,
                "time_limit": options.time,
                "margin_limit": options.margins,
                "workers": options.workers,
                **rows.context(),
            }
            if tuple(row[key] for key in KEYS) in done:
                print(f"{kind:<9} seed {seed} done before", flush=True)
                continue
            row |= measure(KINDS[kind](options.lots, options.bids, seed), options)
            rows.append(out, row)
            print(line(row), flush=True)
    print(f"rows in {out}")
    return 0


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--kinds", default=",".join(KINDS), help="which, with commas")
    add("--lots", type=int, default=300)
    add("--bids", type=int, default=5_000)
    add("--seeds", default="0,1,2,3,4,5,6,7,8,9")
    add("--time", type=float, default=60.0, help="seconds for the winners")
    add("--margins", type=float, default=0.0, help="seconds for runners-up and VCG")
    add("--workers", type=int, default=1)
    add("--out", type=Path, help="JSON lines; default: results/<date>-<commit>.jsonl")
    return parser.parse_args(argv)


def measure(case: Case, options: argparse.Namespace) -> rows.Row:
    """Award one tender in this process."""
    found = award(
        case.tender,
        case.bids,
        case.rules,
        time_limit=options.time,
        margin_limit=options.margins,
        workers=options.workers,
    )
    return figures(case, found)


def figures(case: Case, found: Award) -> rows.Row:
    """What a row says of an award."""
    verdict, sizes = found.verdict, [len(bid.lots) for bid in case.bids.bids]
    gap = None
    if found.bound is not None and verdict.value:
        gap = round(float((verdict.value - found.bound) / verdict.value), 6)
    return {
        "status": str(found.status),
        "bidders": len(case.bids.by_bidder),
        "lots_per_bid": round(float(np.mean(sizes)), 2),
        "awarded": verdict.num_awarded,
        "wins": len(verdict.wins),
        "value": float(verdict.value),
        "bound": None if found.bound is None else float(found.bound),
        "gap": gap,
        "settled": found.settled,
        "margins_known": sum(not margin.note for margin in found.margins),
        "winners": len(found.payments),
        "vcg_known": sum(one.vcg is not None for one in found.payments),
        "seconds": round(found.seconds, 2),
    }


def line(row: rows.Row) -> str:
    """A row for the screen."""
    gap = "-" if row["gap"] is None else f"{100 * row['gap']:.3f} %"
    return (
        f"{row['kind']:<9} seed {row['seed']} {row['status']:<9} {row['awarded']} of "
        f"{row['lots']} lots, gap {gap}, {row['seconds']:.1f} s, margins "
        f"{row['margins_known']}/{row['wins']}, VCG {row['vcg_known']}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
