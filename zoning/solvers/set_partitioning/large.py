"""Set partitioning of many rows by small columns: relaxation, cuts, HiGHS or LNS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from zoning.result import Status
from zoning.solvers.budget import SearchBudget
from zoning.solvers.set_partitioning.cpsat import select_by_cpsat
from zoning.solvers.set_partitioning.highs import solve_mip
from zoning.solvers.set_partitioning.lns import PartitioningLNS, PartitioningLNSParams
from zoning.solvers.set_partitioning.matrix import PartitioningMatrix
from zoning.solvers.set_partitioning.relaxation import (
    CutParams,
    PartitioningRelaxation,
    solve_relaxation,
)
from zoning.solvers.set_partitioning.selection import INFEASIBLE, Selection

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class LargeParams:
    """When which engine comes, and for how long.

    Parameters
    ----------
    mip_columns
        So many columns HiGHS chooses among; with more it misses the clock.
    mip_rows
        With no more rows HiGHS comes first and LNS for the rest; with more, after LNS.
    relaxation_share
        Of the time may go to the relaxation and its cuts.
    mip_share, lns_share
        Of the time left, where that engine comes first.
    cuts, lns
        Of these engines.
    """

    mip_columns: int = 20_000
    mip_rows: int = 400
    relaxation_share: float = 1 / 3
    mip_share: float = 0.9
    lns_share: float = 0.7
    cuts: CutParams = field(default_factory=CutParams)
    lns: PartitioningLNSParams = field(default_factory=PartitioningLNSParams)


def select_large(
    matrix: PartitioningMatrix,
    cost: Ints,
    budget: SearchBudget,
    *,
    undesired: Ints | None = None,
    hint: Sequence[int] = (),
    params: LargeParams = LargeParams(),
) -> Selection:
    """As `select_by_cpsat`, where columns are small and rows are many.

    The linear relaxation is tight for lots and cuts make it tighter (0.07 % at 300
    zones, where CP-SAT alone leaves 17 % after 30 s). Up to some hundred rows HiGHS
    closes the rest; where nothing costs anything CP-SAT is faster. With more rows a
    first selection, which may leave rows uncovered, is repaired and improved by LNS;
    columns whose reduced cost exceeds the gap are in no better selection, and HiGHS
    chooses among the others.

    Parameters
    ----------
    undesired
        Per column how far it stands in the way of meeting the counts: LNS makes the
        sum small before the cost. The bound does not depend on it.
    """
    early = budget.share(params.relaxation_share)
    relaxation = solve_relaxation(matrix, cost, early, params.cuts)
    if relaxation.infeasible:
        return select_by_cpsat(matrix, cost, budget, hint=hint)
    if relaxation.bound is None:  # no selection costs less than all below 0 together
        below = np.minimum(cost, 0)
        relaxation = replace(
            relaxation, bound=int(below.sum()), reduced=np.asarray(cost - below)
        )
    if not cost.any() and len(cost) <= params.mip_columns:
        return select_by_cpsat(matrix, cost, budget, hint=hint)
    if undesired is None:
        undesired = np.zeros(len(cost), np.int64)
    search = _Search(cost, relaxation, undesired, budget, params)
    if matrix.num_rows <= params.mip_rows and len(cost) <= params.mip_columns:
        selection = search.mip_then_lns(hint)
    else:
        selection = search.lns_then_mip(hint)
    if selection.status is Status.INFEASIBLE:
        return select_by_cpsat(matrix, cost, budget, hint=hint)
    return selection


@dataclass(frozen=True, eq=False)
class _Search:
    """Ways from the relaxation to a selection."""

    cost: Ints
    relaxation: PartitioningRelaxation
    undesired: Ints
    budget: SearchBudget
    params: LargeParams

    @property
    def bound(self) -> int:
        """What the relaxation says every selection costs."""
        assert self.relaxation.bound is not None
        return self.relaxation.bound

    def mip_then_lns(self, hint: Sequence[int]) -> Selection:
        """HiGHS first; LNS for the rest where it does not end in time."""
        found = self._mip(self._selection(hint), self.params.mip_share)
        if found.proved:
            return found
        lns = self._lns(found.columns or ())
        lns.repair(self.budget)
        return self._improved(lns, found.bound or self.bound)

    def lns_then_mip(self, hint: Sequence[int]) -> Selection:
        """LNS first; HiGHS among the columns a better selection may hold."""
        early = self.budget.share(self.params.lns_share)
        lns = self._lns(hint)
        lns.repair(early)
        if lns.is_feasible:
            lns.improve(early)
        else:
            lns.repair(self.budget)  # any selection before a better one
        known = self._selection(lns.chosen if lns.is_feasible else ())
        if known.proved:
            return known
        if len(self._kept(known)) > self.params.mip_columns:
            return self._improved(lns, self.bound)
        return self._mip(known, 1.0)

    def _mip(self, known: Selection, share: float) -> Selection:
        """HiGHS, in a share of the time, among what no worse selection may hold."""
        kept = self._kept(known)
        matrix = self.relaxation.matrix.only(kept)
        seconds = share * self.budget.left
        found = solve_mip(matrix, self.cost[kept], seconds=seconds)
        if found.status is Status.INFEASIBLE and known.columns is None:
            return INFEASIBLE
        if found.x is None:
            return self._selection(known.columns or (), found.bound)
        optimal = found.status is Status.OPTIMAL
        new = self._selection(kept[found.x > 0.5], found.bound, optimal=optimal)
        return new if self._value(new) <= self._value(known) else known

    def _improved(self, lns: PartitioningLNS, bound: int) -> Selection:
        """LNS until the end."""
        if lns.is_feasible:
            lns.improve(self.budget)
        return self._selection(lns.chosen if lns.is_feasible else (), bound)

    def _lns(self, begin: Sequence[int]) -> PartitioningLNS:
        matrix, reduced = self.relaxation.matrix, self.relaxation.reduced
        lns = PartitioningLNS(
            matrix, reduced, self.undesired, self.budget.seed, self.params.lns
        )
        usual = np.flatnonzero(self.undesired == self.undesired.min(initial=0))
        lns.construct(begin, usual)
        return lns

    def _kept(self, known: Selection) -> Ints:
        """Columns that a selection no dearer than the known one may hold."""
        if known.columns is None:
            return np.arange(len(self.cost))
        slack = self._value(known) - self.bound
        return np.flatnonzero(self.relaxation.reduced <= slack)

    def _value(self, selection: Selection) -> float:
        if selection.columns is None:
            return np.inf
        return int(self.cost[list(selection.columns)].sum())

    def _selection(
        self, columns: Sequence[int] | Ints, bound: int = 0, *, optimal: bool = False
    ) -> Selection:
        """These columns (none: nothing was found), with the better bound."""
        bound = max(bound, self.bound)
        if not len(columns):
            return Selection(None, bound, Status.UNKNOWN)
        value = int(self.cost[np.asarray(columns)].sum())
        bound = value if optimal else min(value, bound)
        chosen = tuple(sorted(int(c) for c in columns))
        status = Status.OPTIMAL if bound == value else Status.FEASIBLE
        return Selection(chosen, bound, status)
