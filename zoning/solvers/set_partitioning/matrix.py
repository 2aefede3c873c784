"""A set partitioning problem as a matrix: rows to cover, rows of counts, cuts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PartitioningMatrix:
    """Rows to cover, one row per count, then cuts; a column for each set.

    Parameters
    ----------
    num_rows
        Rows to cover, each by one column.
    equal
        These rows and those of counts, in this order.
    right
        What each of them must add up to.
    cuts
        Further rows, which add up to at most 1.
    """

    num_rows: int
    equal: csc_array
    right: Ints
    cuts: csr_array

    @classmethod
    def from_columns(
        cls,
        indptr: Ints,
        members: NDArray[np.integer],
        num_rows: int,
        counts: Sequence[tuple[Ints, int]] = (),
    ) -> PartitioningMatrix:
        """Matrix without cuts.

        Parameters
        ----------
        indptr, members
            Column c covers the rows ``members[indptr[c]:indptr[c + 1]]``.
        num_rows
            Rows to cover.
        counts
            Pairs (columns, count): exactly so many of those columns are selected.
        """
        num_columns = len(indptr) - 1
        rows = [np.asarray(members, np.int64)]
        columns = [np.repeat(np.arange(num_columns), np.diff(indptr))]
        for at, (some, _) in enumerate(counts):
            rows.append(np.full(len(some), num_rows + at))
            columns.append(np.asarray(some))
        row, column = np.concatenate(rows), np.concatenate(columns)
        shape = (num_rows + len(counts), num_columns)
        equal = csc_array((np.ones(len(row), np.int64), (row, column)), shape=shape)
        right = np.array([1] * num_rows + [count for _, count in counts], np.int64)
        return cls(num_rows, equal, right, csr_array((0, num_columns), dtype=np.int64))

    def only(self, kept: Ints) -> PartitioningMatrix:
        """The matrix of some of the columns."""
        return PartitioningMatrix(
            self.num_rows, self.equal[:, kept], self.right, self.cuts[:, kept]
        )

    @property
    def covered(self) -> csc_array:
        """The rows to cover alone."""
        return csc_array(self.equal[: self.num_rows])
