"""Choose lots among listed sets, so that their indices differ by no more than allowed.

Which engine chooses depends on how many sets there are. A limit on how much indices
may differ is kept by windows: an allowed choice lies in a window of indices as wide as
the limit, and where the window begins is halved, as in a search tree, until one does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from zoning.lots.enumerate import LotColumns
from zoning.result import Status
from zoning.solvers.budget import SearchBudget
from zoning.solvers.set_partitioning.cpsat import select_by_cpsat
from zoning.solvers.set_partitioning.large import select_large
from zoning.solvers.set_partitioning.matrix import PartitioningMatrix
from zoning.solvers.set_partitioning.relaxation import solve_relaxation
from zoning.solvers.set_partitioning.selection import INFEASIBLE, Selection

Ints = NDArray[np.int64]
Counts = Sequence[tuple[Ints, int]]


@dataclass(frozen=True)
class SelectionParams:
    """Which engine chooses among sets.

    Parameters
    ----------
    few_sets
        Among more sets the linear relaxation closes faster than CP-SAT alone.
    """

    few_sets: int = 100


PARAMS = SelectionParams()


@dataclass(frozen=True, eq=False)
class SelectionTask:
    """What to choose from, and what the choice must hold.

    Parameters
    ----------
    columns
        Sets of zones that may be lots.
    num_zones
        Each zone is in one lot.
    cost
        What is to be least, one whole number per set.
    counts
        Pairs (sets, count): exactly so many of these sets are chosen.
    unwanted
        As `undesired` in `select_large`.
    """

    columns: LotColumns
    num_zones: int
    cost: Ints
    counts: Counts
    unwanted: Ints


def choose_lots(
    task: SelectionTask,
    budget: SearchBudget,
    *,
    spread: int | None = None,
    hint: Sequence[int] = (),
) -> Selection:
    """Cheapest lots whose indices differ by at most `spread`; None: not limited.

    Parameters
    ----------
    hint
        Sets of a choice known to be allowed.
    """
    every = np.ones(len(task.columns), bool)
    if spread is None:
        return _choose(task, every, budget, hint)
    return _in_windows(task, budget, spread, hint)


@dataclass(frozen=True, order=True)
class _Windows:
    """Windows of indices that begin from `low` to `high`; none holds a better choice.

    The order is that of a search: least bound first, then most sets.
    """

    bound: int
    fewer: int
    low: int
    high: int


def _in_windows(
    task: SelectionTask, budget: SearchBudget, spread: int, hint: Sequence[int]
) -> Selection:
    """Halve where the window may begin until the cheapest choice in reach lies in one.

    A choice that fits no window is parted from by any edge between its lowest index
    and its highest less the spread: windows that begin up to there do not hold its
    highest lot, the others not its lowest.
    """
    index = task.columns.index
    least = _least(task, budget)
    if least is None:
        return INFEASIBLE
    tree: list[_Windows] = []
    _push(
        tree,
        task,
        least,
        (int(index.min(initial=0)), int(index.max(initial=0))),
        spread,
    )
    best = _in_the_fullest(task, budget, spread, hint)
    hint = hint if best is None else best[1]
    open_ = []  # bounds of windows that were left before they were closed
    while tree and budget.left > 0:
        windows = heappop(tree)
        if best is not None and windows.bound >= best[0]:
            continue
        middle = (windows.low + windows.high) // 2
        if windows.high - windows.low > spread // 4:  # a choice would fit no window
            _push(tree, task, windows.bound, (windows.low, middle), spread)
            _push(tree, task, windows.bound, (middle + 1, windows.high), spread)
            continue
        allowed = (index >= windows.low) & (index <= windows.high + spread)
        choice = _choose(replace(task, cost=0 * task.cost), allowed, budget, hint)
        if choice.columns is None:
            if choice.status is not Status.INFEASIBLE:
                open_.append(windows.bound)
            continue
        if task.cost.any():
            choice = _choose(task, allowed, budget, choice.columns)
        if choice.columns is None:
            open_.append(max(windows.bound, choice.bound or least))
            continue
        bound = max(windows.bound, choice.bound)
        low, high = (int(f(index[list(choice.columns)])) for f in (np.min, np.max))
        if high - low <= spread:
            cost = int(task.cost[list(choice.columns)].sum())
            best = min((cost, choice.columns), best or (cost, choice.columns))
            if not choice.proved:
                open_.append(bound)
            continue
        edge = min(max(middle, low), high - spread - 1)
        _push(tree, task, bound, (windows.low, edge), spread)
        _push(tree, task, bound, (edge + 1, windows.high), spread)
    open_ += [windows.bound for windows in tree]
    if best is None:
        return Selection(None, min(open_), Status.UNKNOWN) if open_ else INFEASIBLE
    bound = min([best[0], *open_])
    status = Status.OPTIMAL if bound == best[0] else Status.FEASIBLE
    return Selection(best[1], bound, status)


def _least(task: SelectionTask, budget: SearchBudget) -> int | None:
    """No choice costs less, whatever its indices; None: there is no choice."""
    least = int(np.minimum(task.cost, 0).sum())
    if not task.cost.any() or len(task.columns) <= PARAMS.few_sets:
        return least
    columns = task.columns
    matrix = PartitioningMatrix.from_columns(
        columns.indptr, columns.members, task.num_zones, task.counts
    )
    relaxation = solve_relaxation(matrix, task.cost, budget.share(0.2))
    if relaxation.infeasible:
        return None
    return least if relaxation.bound is None else max(least, relaxation.bound)


def _in_the_fullest(
    task: SelectionTask, budget: SearchBudget, spread: int, hint: Sequence[int]
) -> tuple[int, tuple[int, ...]] | None:
    """A choice, with its cost, in the one window that holds most sets, if there is one.

    Half of the time goes to it, so that there are lots even where nothing is proved.
    """
    index = np.sort(task.columns.index)
    if not len(index):
        return None
    held = np.searchsorted(index, index + spread, side="right") - np.arange(len(index))
    low = index[int(np.argmax(held))]
    allowed = (task.columns.index >= low) & (task.columns.index <= low + spread)
    chosen = _choose(task, allowed, budget.share(0.5), hint).columns
    return None if chosen is None else (int(task.cost[list(chosen)].sum()), chosen)


def _push(
    tree: list[_Windows],
    task: SelectionTask,
    bound: int,
    begin: tuple[int, int],
    spread: int,
) -> None:
    """Note windows for later, drawn in as far as every zone must be in a lot."""
    index, members = task.columns.index, task.columns.members
    low, high = begin
    while True:
        allowed = (index >= low) & (index <= high + spread)
        inside = allowed[task.columns.around]
        zone, value = members[inside], index[task.columns.around[inside]]
        first = np.full(task.num_zones, np.iinfo(np.int64).max)
        last = np.full(task.num_zones, np.iinfo(np.int64).min)
        np.minimum.at(first, zone, value)
        np.maximum.at(last, zone, value)
        if (first > last).any():
            return  # a zone is in no lot of any of these windows
        tight = max(low, int(first.max()) - spread), min(high, int(last.min()))
        if tight[0] > tight[1]:
            return
        if tight == (low, high):
            heappush(tree, _Windows(bound, -int(allowed.sum()), low, high))
            return
        low, high = tight


def _choose(
    task: SelectionTask,
    allowed: NDArray[np.bool_],
    budget: SearchBudget,
    hint: Sequence[int],
) -> Selection:
    """Set partitioning by the engine that suits the number of sets."""
    kept = np.flatnonzero(allowed)
    indptr, members = task.columns.only(allowed)
    counts = [(np.flatnonzero(np.isin(kept, some)), n) for some, n in task.counts]
    matrix = PartitioningMatrix.from_columns(indptr, members, task.num_zones, counts)
    known = len(hint) > 0 and bool(allowed[list(hint)].all())
    begin = np.searchsorted(kept, hint).tolist() if known else []
    if len(kept) > PARAMS.few_sets:
        choice = select_large(
            matrix,
            task.cost[kept],
            budget,
            undesired=task.unwanted[kept],
            hint=begin,
        )
    else:
        choice = select_by_cpsat(matrix, task.cost[kept], budget, hint=begin)
    if choice.columns is None:
        return choice
    return replace(choice, columns=tuple(kept[list(choice.columns)].tolist()))
