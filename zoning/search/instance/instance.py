"""A problem as the numbers that compiled code wants."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from zoning.problem import Problem
from zoning.search.instance.compatibility import Compatibility
from zoning.search.instance.constants import NO_LIMIT
from zoning.search.instance.label_rules import LabelRules
from zoning.search.instance.travel import TravelData


class Instance(NamedTuple):
    """A problem, or some units of one, as plain arrays.

    Compiled code takes only the parts it needs, which spares it time to compile.

    Parameters
    ----------
    indptr, indices
        Neighbours in CSR form.
    sums
        m × n: row 0 the load, then one row per band.
    low, high
        m: what each sum over a zone may be. Row 0 has no limits of its own unless a
        band on the load is given.
    cost_low, cost_high
        What load + travel of a zone may be.
    is_complete
        Everybody touches everybody: contiguity forbids nothing.
    travel_data
        What serving a unit from a center costs.
    compatibility
        Which units may, and which must, share a zone.
    label_rules
        What tells zones apart.
    """

    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]
    sums: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    cost_low: np.int64
    cost_high: np.int64
    is_complete: np.bool_
    travel_data: TravelData
    compatibility: Compatibility
    label_rules: LabelRules

    @classmethod
    def from_problem(cls, problem: Problem) -> Instance:
        """All units of a problem, those of locked zones as well."""
        region = problem.edited_region
        rows = sum_rows(problem)
        indptr, indices = region.adjacency
        label_rules = LabelRules.from_problem(problem)
        return cls(
            indptr.copy(),  # not read-only: one signature, compiled once
            indices.copy(),
            np.ascontiguousarray(np.stack([row.values for row in rows]), np.int64),
            np.array([row.low for row in rows], np.int64),
            np.array([row.high for row in rows], np.int64),
            label_rules.cost_low.min(),
            label_rules.cost_high.max(),
            np.bool_(region.is_complete),
            TravelData.from_problem(problem),
            Compatibility.from_terms(problem.terms),
            label_rules,
        )

    @property
    def num_units(self) -> int:
        """How many units there are."""
        return len(self.indptr) - 1

    @property
    def labelled(self) -> bool:
        """Zones are not all alike: it matters which is which."""
        return bool(self.label_rules.named.any())

    @property
    def graph(self) -> csr_array:
        """Who touches whom as a sparse matrix."""
        n = self.num_units
        ones = np.ones(len(self.indices), np.int8)
        return csr_array((ones, self.indices, self.indptr), (n, n))


class SumRow(NamedTuple):
    """A value of units and what its sum over a zone may be."""

    name: str
    values: NDArray[np.int64]
    low: int
    high: int


def sum_rows(problem: Problem) -> list[SumRow]:
    """The sums that zones are held to: the load first, then bands, and rules' own.

    Values below 0 are never in the last row, by which the knapsack weighs where no sum
    has an upper limit.
    """
    region, free = problem.region, int(NO_LIMIT)
    bands = [
        SumRow(
            name,
            region.load if name == "load" else region.sums[name],
            max(0, band.low),
            min(band.high, free),
        )
        for name, band in problem.bands.items()
    ]
    load = [row for row in bands if row.name == "load"]
    rows = load or [SumRow("load", region.load, 0, free)]
    own = [
        SumRow(one.name, one.values, one.low, free if one.high is None else one.high)
        for one in problem.terms.sums
    ]
    rows += [row for row in own if (row.values < 0).any()]
    rows += [row for row in bands if row.name != "load"]
    rows += [row for row in own if (row.values >= 0).all()]
    if (rows[-1].values < 0).any():
        rows.append(SumRow("load", region.load, 0, free))
    return rows
