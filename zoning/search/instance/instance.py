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
        region = problem.region
        names = [name for name in problem.bands if name != "load"]
        sums = np.stack([region.load, *(region.sums[name] for name in names)])
        low = np.zeros(len(sums), np.int64)
        high = np.full(len(sums), NO_LIMIT, np.int64)
        for row, name in enumerate(("load", *names)):
            if name in problem.bands:
                low[row] = max(0, problem.bands[name].low)
                high[row] = min(problem.bands[name].high, int(NO_LIMIT))
        indptr, indices = region.adjacency
        label_rules = LabelRules.from_problem(problem)
        return cls(
            indptr.copy(),  # not read-only: one signature, compiled once
            indices.copy(),
            np.ascontiguousarray(sums, np.int64),
            low,
            high,
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
