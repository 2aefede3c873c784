"""The linear relaxation of choosing columns, lifted by subset-row cuts.

Of any three rows at most one chosen column covers two or more.

References
----------
Jepsen, Petersen, Spoorendonk, Pisinger (2008), Subset-row inequalities applied to the
vehicle routing problem with time windows, doi:10.1287/opre.1070.0449
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from zoning.clock import perf_counter
from zoning.solvers.set_partitioning.highs import Found, Table, relaxed, run

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Triple = tuple[int, int, int]
A_ROUND = 100  # cuts added before the relaxation is solved again
VIOLATED = 0.02


@dataclass(frozen=True, eq=False)
class Relaxation:
    """The relaxation as far as it was solved.

    Parameters
    ----------
    table
        With the cuts found.
    impossible
        Proved: no choice exists.
    bound
        No choice costs less; None where time ran out before there was any bound.
    reduced
        A choice that has a column costs at least `bound` and so much more.
    """

    table: Table
    impossible: bool
    bound: int | None
    reduced: Ints


def relax(table: Table, cost: Ints, deadline: float) -> Relaxation:
    """Solve the relaxation, and cut it until it gives no more or time is up."""
    none = Relaxation(table, False, None, cost)
    lp = relaxed(table, cost)
    found = run(lp, deadline - perf_counter())
    if found.impossible:
        return replace(none, impossible=True)
    if not found.closed or found.x is None:
        return none
    best = _priced(table, cost, found)
    covered = csr_array(table.covered)
    sets = np.split(table.covered.indices, table.covered.indptr[1:-1])
    cuts: list[Ints] = []
    while perf_counter() < deadline:
        triples = _broken(sets, found.x)[:A_ROUND]
        if not triples:
            break
        for triple in triples:
            held = covered[list(triple)].sum(axis=0)
            columns = np.flatnonzero(np.asarray(held).ravel() >= 2)
            ones = np.ones(len(columns))
            lp.addRow(-np.inf, 1.0, len(columns), columns.astype(np.int32), ones)
            cuts.append(columns)
        found = run(lp, deadline - perf_counter())
        if not found.closed or found.x is None:
            return replace(best, impossible=found.impossible)
        best = _priced(replace(table, cuts=_rows(cuts, len(cost))), cost, found)
    return best


def _priced(table: Table, cost: Ints, found: Found) -> Relaxation:
    """Whole prices make the bound exact, whatever the solver's rounding was."""
    prices = np.floor(found.dual).astype(np.int64)
    split = len(table.right)
    equal, cut = prices[:split], np.minimum(0, prices[split:])
    reduced = cost - table.equal.T @ equal - table.cuts.T @ cut
    bound = int(equal @ table.right) + int(cut.sum())
    bound += table.num_rows * min(0, int(reduced.min(initial=0)))
    return Relaxation(table, False, bound, np.asarray(reduced))


def _broken(sets: Sequence[NDArray[np.integer]], value: Floats) -> list[Triple]:
    """Triples of rows that a fractional choice covers by twos too often, worst first.

    Two of the three pairs of a triple must be covered together, so it hangs on a row.
    """
    pair: defaultdict[tuple[int, int], float] = defaultdict(float)
    whole: defaultdict[Triple, float] = defaultdict(float)
    near: defaultdict[int, set[int]] = defaultdict(set)
    for column in np.flatnonzero((value > 1e-6) & (value < 1 - 1e-6)).tolist():
        rows, some = np.sort(sets[column]).tolist(), float(value[column])
        for a, b in combinations(rows, 2):
            pair[a, b] += some
            near[a].add(b)
            near[b].add(a)
        for a, b, c in combinations(rows, 3):
            whole[a, b, c] += some
    over: dict[Triple, float] = {}
    for row in near:
        for others in combinations(near[row], 2):
            a, b, c = sorted((row, *others))
            if (a, b, c) in over:
                continue
            held = (pair.get((a, b), 0) + pair.get((a, c), 0) + pair.get((b, c), 0)) - (
                2 * whole.get((a, b, c), 0)
            )
            if held > 1 + VIOLATED:
                over[a, b, c] = held
    return sorted(over, key=lambda triple: (-over[triple], triple))


def _rows(cuts: Sequence[Ints], num_columns: int) -> csr_array:
    """One row per cut: the columns it counts."""
    sizes = [len(columns) for columns in cuts]
    indptr, indices = np.cumsum([0, *sizes]), np.concatenate(cuts)
    ones = np.ones(len(indices), np.int64)
    return csr_array((ones, indices, indptr), shape=(len(cuts), num_columns))
