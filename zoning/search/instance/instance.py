"""A problem as the numbers that compiled code wants."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from zoning.problem import Problem
from zoning.search.instance.compatibility import Compatibility
from zoning.search.instance.constants import NO_LIMIT
from zoning.search.instance.elastic_bands import ElasticBands
from zoning.search.instance.label_rules import LabelRules
from zoning.search.instance.travel import TravelData
from zoning.share import COST_BAND


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
    elastic
        Bands inside these limits whose outside has a price.
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
    elastic: ElasticBands
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
            _none_bends(len(rows)),
            np.bool_(region.is_complete),
            TravelData.from_problem(problem),
            Compatibility.from_terms(problem.terms),
            label_rules,
        )

    def bent(self, excess_price: NDArray[np.int64], price: int, most: int) -> Instance:
        """The same with some of its bands bending.

        Parameters
        ----------
        excess_price
            Yuan of excess for each one outside; for each row of `sums`, then for the
            cost. 0: the band stays hard.
        price
            Yuan of travel that a yuan of excess costs.
        most
            No zone may lie outside by more, yuan of excess.
        """
        bends = excess_price > 0
        room = most // np.maximum(1, excess_price)
        low = np.append(self.low, self.cost_low)
        high = np.append(self.high, self.cost_high)
        wide_low = np.where(bends, np.maximum(0, low - room), low)
        wide_high = np.where(bends, np.minimum(NO_LIMIT, high + room), high)
        rules = self.label_rules
        if bends[-1]:
            rules = rules._replace(
                cost_low=np.maximum(0, rules.cost_low - room[-1]),
                cost_high=np.minimum(NO_LIMIT, rules.cost_high + room[-1]),
            )
        return self._replace(
            low=wide_low[:-1],
            high=wide_high[:-1],
            cost_low=wide_low[-1],
            cost_high=wide_high[-1],
            elastic=ElasticBands(low, high, price * excess_price),
            label_rules=rules,
        )

    @property
    def bends(self) -> bool:
        """Some band has a price instead of an end."""
        return bool(self.elastic.price.any())

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


def _none_bends(num_sums: int) -> ElasticBands:
    nothing = np.zeros(num_sums + 1, np.int64)
    return ElasticBands(nothing, nothing + NO_LIMIT, nothing)


class SumRow(NamedTuple):
    """A value of units and what its sum over a zone may be."""

    name: str
    values: NDArray[np.int64]
    low: int
    high: int


def sum_rows(problem: Problem) -> list[SumRow]:
    """The sums that zones are held to: the load first, then bands, and rules' own.

    Where a band bends, what a unit has above its upper end counts as that end: the rest
    is excess in every plan, whichever zone holds it. See "Heavy units" in
    docs/formulation.md.

    Values below 0 are never in the last row, by which the knapsack weighs where no sum
    has an upper limit.
    """
    free = int(NO_LIMIT)
    bands = [
        SumRow(
            name,
            capped(problem, name),
            max(0, band.low),
            min(band.high, free),
        )
        for name, band in problem.bands.items()
    ]
    load = [row for row in bands if row.name == "load"]
    rows = load or [SumRow("load", capped(problem, "load"), 0, free)]
    own = [
        SumRow(one.name, one.values, one.low, free if one.high is None else one.high)
        for one in problem.terms.sums
    ]
    rows += [row for row in own if (row.values < 0).any()]
    rows += [row for row in bands if row.name != "load"]
    rows += [row for row in own if (row.values >= 0).all()]
    if (rows[-1].values < 0).any():
        rows.append(SumRow("load", capped(problem, "load"), 0, free))
    return rows


def capped(problem: Problem, name: str) -> NDArray[np.int64]:
    """The load, or another sum, of each unit, at most what a zone may have."""
    region = problem.region
    values = region.values_of(name)
    most = []
    if name in problem.bands:
        bends = name in problem.excess_price
        most.append(problem.bands[name].high if bends else NO_LIMIT)
    if name == "load" and problem.tolerance is not None:
        bends = COST_BAND in problem.excess_price
        most.append(most_cost(problem) if bends else NO_LIMIT)
    return np.minimum(values, max(most, default=NO_LIMIT))


def most_cost(problem: Problem) -> int:
    """The most that load and travel of any zone may be, whatever it is called."""
    factors = [1.0, *problem.terms.factor.tolist()]
    bands = [problem.cost_band_of(factor) for factor in factors]
    return max(band.high for band in bands if band is not None) - problem.fixed


def excess_prices(problem: Problem) -> NDArray[np.int64]:
    """Yuan of excess for each one outside, by row of `sum_rows`, the cost last."""
    prices = problem.excess_price
    named = problem.bands
    rows = [prices.get(x.name, 0) if x.name in named else 0 for x in sum_rows(problem)]
    return np.array([*rows, prices.get(COST_BAND, 0)], np.int64)


def unavoidable_excess(problem: Problem, units: NDArray[np.int64]) -> int:
    """Yuan of excess that these units bring into every plan."""
    region, total = problem.region, 0
    for name, price in problem.excess_price.items():
        row = "load" if name == COST_BAND else name
        values = region.values_of(row)
        high = most_cost(problem) if name == COST_BAND else problem.bands[name].high
        cap = np.maximum(high, capped(problem, row))  # two bands on the load: the wider
        total += price * int(np.maximum(0, values - cap)[units].sum())
    return total
