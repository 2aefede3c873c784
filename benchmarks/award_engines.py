"""Which parts of the search for winners earn their place: each left out in turn.

    python benchmarks/award_engines.py --kinds paths --seeds 0,1 --out FILE

The tenders are those of `benchmarks.tenders`. `zoning` is what `zoning.award` does:
rows for sets of bids that exclude one another, bids struck by reduced cost, the rest to
CP-SAT. `no_cliques` leaves these rows out. `cpsat` is CP-SAT alone on all bids; `highs`
is HiGHS' own branch and cut on the rows of `no_cliques`, whose bound is not exact.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import highspy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import rows
from benchmarks.tenders import KINDS
from zoning.solvers import highs
from zoning.solvers.budget import SearchBudget
from zoning.solvers.winner_determination.auction import Auction
from zoning.solvers.winner_determination.relaxation import AwardRelaxation
from zoning.solvers.winner_determination.solve import (
    WinnerParams,
    Winners,
    WinnerSearch,
)
from zoning.tender.admission import Admission
from zoning.tender.winner_search import auction_of

KEYS = ("bench", "kind", "lots", "bids", "seed", "time_limit", "engine")
NEVER = 10**9  # bids: the relaxation is left out


def by_zoning(auction: Auction, seconds: float) -> Winners:
    """As `zoning.award` does it."""
    return WinnerSearch(auction).best(SearchBudget.of(seconds))


def without_cliques(auction: Auction, seconds: float) -> Winners:
    """Without rows for sets of bids that exclude one another."""
    params = WinnerParams(clique_share=0.0)
    return WinnerSearch(auction, params).best(SearchBudget.of(seconds))


def by_cpsat(auction: Auction, seconds: float) -> Winners:
    """CP-SAT on all bids."""
    params = WinnerParams(relaxed_above=NEVER)
    return WinnerSearch(auction, params).best(SearchBudget.of(seconds))


def by_highs(auction: Auction, seconds: float) -> Winners:
    """HiGHS on the same rows: most lots, then least value; no ties."""
    start = perf_counter()
    relaxation = AwardRelaxation(auction)
    first, most_lots = relaxation.most_lots(0.4 * seconds)
    left = auction.num_lots - auction.lots_in(first)
    lp = relaxation._program()
    lp.changeRowBounds(relaxation._count, left, left)
    highs.make_integer(lp)
    highs.run_mip(lp, seconds - (perf_counter() - start))
    bids = first
    if highs.has_solution(lp):
        taken = np.array(lp.getSolution().col_value)[: auction.num_bids] > 0.5
        bids = tuple(np.flatnonzero(taken).tolist())
    closed = lp.getModelStatus() == highspy.HighsModelStatus.kOptimal
    value, bound = auction.value_of(bids), highs.integer_bound(lp)
    return Winners(bids, value, bound, bool(closed), most_lots)


ENGINES: dict[str, Callable[[Auction, float], Winners]] = {
    "zoning": by_zoning,
    "no_cliques": without_cliques,
    "highs": by_highs,
    "cpsat": by_cpsat,
}


def main(argv: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--kinds", default=",".join(KINDS), help="which, with commas")
    add("--engines", default=",".join(ENGINES), help="which, with commas")
    add("--lots", type=int, default=300)
    add("--bids", type=int, default=5_000)
    add("--seeds", default="0,1,2")
    add("--time", type=float, default=60.0, help="seconds for the winners")
    add("--out", type=Path, help="JSON lines; default: results/<date>-<commit>.jsonl")
    options = parser.parse_args(argv)
    out = options.out or rows.default_file()
    done = rows.finished(out, KEYS)
    for kind in options.kinds.split(","):
        for seed in map(int, options.seeds.split(",")):
            case = KINDS[kind](options.lots, options.bids, seed)
            admission = Admission(case.tender, case.bids, case.rules)
            at = {number: k for k, number in enumerate(admission.awardable)}
            auction = auction_of(admission, at)
            for engine in options.engines.split(","):
                row = {
                    "bench": "award_engines",
                    "kind": kind,
                    "lots": options.lots,
                    "bids": options.bids,
                    "seed": seed,
                    "time_limit": options.time,
                    "engine": engine,
                    **rows.context(),
                }
                if tuple(row[key] for key in KEYS) in done:
                    continue
                row |= measure(ENGINES[engine], auction, options.time)
                rows.append(out, row)
                print(
                    f"{kind:<8} seed {seed} {engine:<7} {row['awarded']} lots, "
                    f"gap {100 * row['gap']:.3f} %, {row['seconds']} s",
                    flush=True,
                )
    return 0


def measure(
    engine: Callable[[Auction, float], Winners], auction: Auction, seconds: float
) -> rows.Row:
    """What a row says of one run of an engine; money in yuan."""
    begun = perf_counter()
    found = engine(auction, seconds)
    return {
        "awarded": auction.lots_in(found.bids or ()),
        "value": found.value / 100,
        "bound": found.bound / 100,
        "gap": round((found.value - found.bound) / max(1, abs(found.value)), 6),
        "most_lots": found.most_lots,
        "proved": found.proved,
        "settled": found.ties_settled,
        "seconds": round(perf_counter() - begun, 2),
    }


if __name__ == "__main__":
    raise SystemExit(main())
