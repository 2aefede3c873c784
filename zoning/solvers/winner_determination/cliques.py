"""Bids of which any two exclude each other: at most one of them wins.

Bids that share a lot, or that XOR holds together, are known to exclude each
other. Sets of such bids that no single lot explains (three packages that overlap two by
two) make the relaxation tight.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from zoning.solvers.winner_determination.auction import Auction, Bools, Ints

Floats = NDArray[np.float64]

WHOLE = 1e-6  # a share of a bid nearer than this to 0 or 1 is taken to be whole
BEYOND = 0.02  # so much over 1 must the shares of a clique be to be worth a row


class ConflictGraph:
    """Which bids exclude each other.

    Parameters
    ----------
    auction
        At most one bid for a lot wins, and at most one of a knapsack that is a clique.
    """

    def __init__(self, auction: Auction) -> None:
        one = [some.bids for some in auction.knapsacks if some.is_clique]
        sets, num_bids = [*auction.holders, *one], auction.num_bids
        row = np.repeat(np.arange(len(sets)), [len(some) for some in sets])
        bid = np.concatenate([np.zeros(0, np.int64), *sets])
        ones = np.ones(len(bid), np.int32)
        self._bids = csr_array((ones, (row, bid)), shape=(len(sets), num_bids))
        self._rows = csr_array(self._bids.T)

    def excluded_by(self, bid: int) -> Bools:
        """The bids that cannot win beside this one."""
        start, end = self._rows.indptr[bid : bid + 2]
        found = np.zeros(self._bids.shape[1], bool)
        for row in self._rows.indices[start:end].tolist():
            begin, stop = self._bids.indptr[row : row + 2]
            found[self._bids.indices[begin:stop]] = True
        found[bid] = False
        return found

    def violated(self, share: Floats, reduced: Floats) -> list[Ints]:
        """Cliques of which the shares take more than one bid, widened to all bids.

        Parameters
        ----------
        share
            How much of each bid the relaxation takes.
        reduced
            Their reduced costs: the bids that are nearest to being taken widen first.
        """
        some = np.flatnonzero((share > WHOLE) & (share < 1 - WHOLE))
        among = self._bids[:, some]
        apart = np.asarray((among.T @ among).toarray() > 0)
        np.fill_diagonal(apart, val=False)
        found: dict[tuple[int, ...], Ints] = {}
        for start in np.argsort(-share[some], kind="stable").tolist():
            clique = _grown(start, apart, share[some])
            if share[some][clique].sum() > 1 + BEYOND:
                found.setdefault(tuple(sorted(clique)), some[sorted(clique)])
        return [self._widened(clique, reduced) for clique in found.values()]

    def _widened(self, clique: Ints, reduced: Floats) -> Ints:
        """The clique with bids that exclude all of it, as long as there are any."""
        common = np.ones(len(reduced), bool)
        for bid in clique.tolist():
            common &= self.excluded_by(bid)
        wide = clique.tolist()
        while common.any():
            left = np.flatnonzero(common)
            bid = int(left[np.argmin(reduced[left])])
            wide.append(bid)
            common &= self.excluded_by(bid)
        return np.array(sorted(wide), np.int64)


def _grown(start: int, apart: Bools, share: Floats) -> list[int]:
    """A clique around a bid, always by the bid that promises the largest shares."""
    clique, left = [start], apart[start].copy()
    while left.any():
        some = np.flatnonzero(left)
        promise = share[some] + 0.5 * (apart[np.ix_(some, some)] @ share[some])
        bid = int(some[np.argmax(promise)])
        clique.append(bid)
        left &= apart[bid]
    return clique
