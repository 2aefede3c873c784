"""``python -m tests.fuzz``: many cases, or one of them again."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from tests.fuzz import runs


def main() -> int:
    """Run what was asked for; 1 if anything is wrong."""
    asked = _asked()
    if asked.case is not None:
        return _one(asked.seed, asked.case)
    begin = time.monotonic()
    keep = asked.keep / f"seed-{asked.seed}"
    numbers = range(asked.first, asked.first + asked.cases)
    found = runs.many(asked.seed, numbers, asked.workers, keep)
    took = time.monotonic() - begin
    kinds: dict[str, list[runs.Found]] = defaultdict(list)
    for each in found:
        kinds[each.alike].append(each)
    for alike, several in sorted(kinds.items(), key=lambda one: -len(one[1])):
        told = ", ".join(f"{one.number} ({one.kind})" for one in several[:4])
        print(f"{len(several):5} × {alike}: case {told}")
    bad = len({each.number for each in found})
    print(
        f"Seed {asked.seed}: {asked.cases:,} cases in {took:,.0f} s, {bad:,} wrong in "
        f"{len(kinds)} kinds{f'; kept in {keep}' if bad else ''}."
    )
    return int(bool(found))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--case", type=int, help="run this one alone, and tell of it")
    parser.add_argument("--workers", type=int, default=2)
    kept = Path(tempfile.gettempdir()) / "zoning-fuzz"
    parser.add_argument("--keep", type=Path, default=kept, help="where faults are kept")
    return parser.parse_args()


def _one(seed: int, number: int) -> int:
    case, ended, wrong, where = runs.one(seed, number)
    print(f"{case.kind}: {runs.typed(case)}\n")
    print(ended.out, ended.err, sep="\n")
    print(f"Exit code {ended.code} after {ended.seconds:.1f} s.")
    for fault in wrong:
        print(f"WRONG: {fault} {where}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
