"""Choose among many small columns: relax, cut and close, or mend by windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.solvers.set_partitioning.cpsat import Choice, choose
from zoning.solvers.set_partitioning.cuts import Relaxation, relax
from zoning.solvers.set_partitioning.highs import Table, solve_whole
from zoning.solvers.set_partitioning.lns import Windows

Ints = NDArray[np.int64]
CLOSABLE = 20_000  # so many columns HiGHS chooses among; with more it misses the clock
FEW_ROWS = 400  # with so many HiGHS closes what is left; with more, windows come first


def choose_many(
    indptr: Ints,
    members: NDArray[np.integer],
    cost: Ints,
    *,
    num_rows: int,
    counts: Sequence[tuple[Ints, int]] = (),
    unwanted: Ints | None = None,
    hint: Sequence[int] = (),
    time_limit: float = 60.0,
    seed: int = 0,
    workers: int = 1,
) -> Choice:
    """As `choose`, where columns are small and rows are many.

    The linear relaxation is tight for lots and cuts make it tighter (0.07 % at 300
    zones, where CP-SAT alone leaves 17 % after 30 s). Up to some hundred rows HiGHS
    closes the rest; where nothing costs anything CP-SAT is faster. With more rows a
    first choice, which may leave rows uncovered, is mended and improved by solving
    windows of rows exactly; columns whose reduced cost exceeds the gap are in no better
    choice, and HiGHS chooses among the others.

    Parameters
    ----------
    unwanted
        Per column how far it stands in the way of meeting the counts: windows make the
        sum small before the cost. The bound does not depend on it.
    """
    deadline = perf_counter() + time_limit

    def by_cpsat() -> Choice:
        return choose(
            indptr,
            members,
            cost,
            num_rows=num_rows,
            counts=counts,
            hint=hint,
            time_limit=deadline - perf_counter(),
            seed=seed,
            workers=workers,
        )

    table = Table.of(indptr, members, num_rows, counts)
    relaxation = relax(table, cost, perf_counter() + time_limit / 3)
    if relaxation.impossible:
        return by_cpsat()  # that there is none is never HiGHS' word alone
    if relaxation.bound is None:
        least = int(np.minimum(cost, 0).sum())
        return Choice(tuple(hint) or None, least, closed=False)
    if not cost.any() and len(cost) <= CLOSABLE:
        return by_cpsat()
    if unwanted is None:
        unwanted = np.zeros(len(cost), np.int64)
    search = _Search(cost, relaxation, unwanted, deadline, seed)
    if num_rows <= FEW_ROWS and len(cost) <= CLOSABLE:
        choice = search.closed_or_mended(hint)
    else:
        choice = search.mended_and_closed(hint)
    return by_cpsat() if choice.closed and choice.columns is None else choice


@dataclass(frozen=True, eq=False)
class _Search:
    """Ways from the relaxation to a choice."""

    cost: Ints
    relaxation: Relaxation
    unwanted: Ints
    deadline: float
    seed: int

    @property
    def bound(self) -> int:
        """What the relaxation says every choice costs."""
        assert self.relaxation.bound is not None
        return self.relaxation.bound

    def closed_or_mended(self, hint: Sequence[int]) -> Choice:
        """HiGHS first; windows for the rest where it does not end in time."""
        found = self._closed(self._choice(hint), 0.9)
        if found.closed:
            return found
        windows = self._windows(found.columns or ())
        windows.mend(self.deadline)
        return self._improved(windows, found.bound or self.bound)

    def mended_and_closed(self, hint: Sequence[int]) -> Choice:
        """Windows first; HiGHS among the columns a better choice may hold."""
        most = perf_counter() + 0.7 * (self.deadline - perf_counter())
        windows = self._windows(hint)
        windows.mend(most)
        if windows.whole:
            windows.improve(most)
        known = self._choice(windows.chosen if windows.whole else ())
        if known.closed:
            return known
        if len(self._kept(known)) > CLOSABLE:
            return self._improved(windows, self.bound)
        return self._closed(known, 1.0)

    def _closed(self, known: Choice, share: float) -> Choice:
        """HiGHS, in a share of the time, among what no worse choice may hold."""
        kept = self._kept(known)
        table = self.relaxation.table.only(kept)
        seconds = share * (self.deadline - perf_counter())
        found = solve_whole(table, self.cost[kept], seconds=seconds)
        if found.impossible and known.columns is None:
            return Choice(None, None, closed=True)
        if found.x is None:
            return self._choice(known.columns or (), found.bound)
        new = self._choice(kept[found.x > 0.5], found.bound, closed=found.closed)
        return new if self._value(new) <= self._value(known) else known

    def _improved(self, windows: Windows, bound: int) -> Choice:
        """Windows until the end."""
        if windows.whole:
            windows.improve(self.deadline)
        return self._choice(windows.chosen if windows.whole else (), bound)

    def _windows(self, begin: Sequence[int]) -> Windows:
        table, reduced = self.relaxation.table, self.relaxation.reduced
        windows = Windows(table, reduced, self.unwanted, self.seed)
        usual = np.flatnonzero(self.unwanted == self.unwanted.min(initial=0))
        windows.begin(begin, usual)
        return windows

    def _kept(self, known: Choice) -> Ints:
        """Columns that a choice no dearer than the known one may hold."""
        if known.columns is None:
            return np.arange(len(self.cost))
        slack = self._value(known) - self.bound
        return np.flatnonzero(self.relaxation.reduced <= slack)

    def _value(self, choice: Choice) -> float:
        if choice.columns is None:
            return np.inf
        return int(self.cost[list(choice.columns)].sum())

    def _choice(
        self, columns: Sequence[int] | Ints, bound: int = 0, *, closed: bool = False
    ) -> Choice:
        """A choice of these columns (none: no choice), with the better bound."""
        bound = max(bound, self.bound)
        if not len(columns):
            return Choice(None, bound, closed=False)
        value = int(self.cost[np.asarray(columns)].sum())
        bound = value if closed else min(value, bound)
        chosen = tuple(sorted(int(c) for c in columns))
        return Choice(chosen, bound, closed=bound == value)
