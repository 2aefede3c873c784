"""Separation of subset-row cuts: of any three rows at most one column covers two.

The third row of "Choosing zones" in docs/formulation.md.

References
----------
Jepsen, Petersen, Spoorendonk, Pisinger: Subset-row inequalities applied to the vehicle
routing problem with time windows. Operations Research 56(2), 2008,
doi:10.1287/opre.1070.0449.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
TOGETHER = 1e-6  # two rows that columns cover together by no more are not


def separate(
    covered: csr_array, primal: Floats, *, max_cuts: int, min_violation: float
) -> NDArray[np.int32]:
    """Triples of rows that a fractional choice covers by twos too often.

    Parameters
    ----------
    covered
        Rows × columns, 1 where a column covers a row.
    primal
        What the relaxation has of each column.

    Returns
    -------
    numpy.ndarray
        At most `max_cuts` of them, the worst first, as a c × 3 table of rising rows.
    """
    pair = csr_array((covered * primal[None, :]) @ covered.T)
    pair.sort_indices()
    i, j, k = _wedges(pair)
    third = _entries(pair, j, k)
    total = _entries(pair, i, j) + _entries(pair, i, k) + third
    # where all three pairs are covered the triple is met at its first row
    kept = (total > 1.0 + min_violation) & ~((third > TOGETHER) & (i > j))
    total, triples = total[kept], np.column_stack([i[kept], j[kept], k[kept]])
    if not len(triples):
        return np.zeros((0, 3), np.int32)
    # a column that covers all three was counted three times, and counts once
    i, j, k = triples.T
    whole = covered[i].multiply(covered[j]).multiply(covered[k]).tocsr()
    whole.sort_indices()
    triple = np.repeat(np.arange(len(triples)), np.diff(whole.indptr))
    np.subtract.at(total, triple, 2.0 * primal[whole.indices])
    kept = total > 1.0 + min_violation
    excess, triples = total[kept] - 1.0, np.sort(triples[kept], axis=1)
    order = np.lexsort((*triples.T[::-1], -excess))
    return triples[order[:max_cuts]].astype(np.int32)


def _wedges(pair: csr_array) -> tuple[Ints, Ints, Ints]:
    """Each row with every two others it is covered together with.

    Two of the three pairs of a triple must be covered, so the triple hangs on a row.
    """
    nothing = np.zeros(0, np.int64)
    out = [(nothing, nothing, nothing)]
    for row in range(pair.shape[0]):
        at = slice(pair.indptr[row], pair.indptr[row + 1])
        others = pair.indices[at][pair.data[at] > TOGETHER].astype(np.int64)
        others = others[others != row]
        first, second = np.triu_indices(len(others), 1)
        out.append((np.full(len(first), row), others[first], others[second]))
    i, j, k = (np.concatenate(part) for part in zip(*out, strict=True))
    return i, j, k


def _entries(pair: csr_array, row: Ints, column: Ints) -> Floats:
    """Entries of a matrix with sorted indices; 0 where there is none."""
    n = np.int64(pair.shape[1])
    keys = np.repeat(np.arange(n), np.diff(pair.indptr)) * n + pair.indices
    at = np.minimum(np.searchsorted(keys, row * n + column), len(keys) - 1)
    return np.where(keys[at] == row * n + column, pair.data[at], 0.0)
