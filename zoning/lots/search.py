"""Search for lots: which rule gives way first, and what is made least in the end.

`find` goes from the strictest stage to the laxest and hands each to a goal: `cheapest`,
or `least_spread`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from zoning.lots.enumerate import LotColumns, LotEnumeration, TooManySetsError
from zoning.lots.select import Counts, SelectionTask, choose_lots
from zoning.lots.sizes import LotSizes, adds_up, allowed_below, lot_sizes
from zoning.result import Status
from zoning.solvers.budget import SearchBudget
from zoning.solvers.set_partitioning.selection import Selection

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class BundlingOutcome:
    """How a search ended.

    Parameters
    ----------
    sets
        Zones of each lot.
    bound
        No allowed choice costs less.
    count
        Lots that have the size asked for.
    refuted
        No allowed choice has a smaller spread of the index, where that was asked.
    notes
        Which rule had to give way, in words.
    cheapest
        Cost of the cheapest lots found, where dearer ones that look whole were taken.
    """

    status: Status
    sets: tuple[tuple[int, ...], ...] = ()
    bound: int = 0
    count: int | None = None
    refuted: int | None = None
    notes: tuple[str, ...] = ()
    cheapest: int | None = None


@dataclass(frozen=True, eq=False)
class Stage:
    """Sets to choose from, when it is settled which rules have given way.

    Parameters
    ----------
    enumeration
        What was asked.
    columns
        The sets.
    counts
        Pairs (sets, count): exactly so many of these are chosen.
    hint
        Sets of a choice that keeps all this, if one is known.
    """

    enumeration: LotEnumeration
    columns: LotColumns
    counts: Counts
    hint: Sequence[int] = ()

    def least(self, cost: Ints, budget: SearchBudget, spread: int | None) -> Selection:
        """The choice of least cost whose indices differ by at most `spread`."""
        columns = self.columns
        unwanted = columns.sizes * (columns.sizes != self.enumeration.size)
        unwanted = unwanted + 2 * columns.disconnected
        num_zones = self.enumeration.zones.plan.num_zones
        task = SelectionTask(columns, num_zones, cost, self.counts, unwanted)
        return choose_lots(task, budget, spread=spread, hint=self.hint)


Goal: TypeAlias = Callable[[Stage, SearchBudget], BundlingOutcome]


def find(
    enumeration: LotEnumeration, budget: SearchBudget, goal: Goal
) -> BundlingOutcome:
    """Lots that meet a goal, with as many of the size asked for as there can be."""
    n, size = enumeration.zones.plan.num_zones, enumeration.size
    rule = lot_sizes(n, size)
    most = enumeration.most()
    if most is None:
        return BundlingOutcome(Status.INFEASIBLE)
    if most >= rule.count:
        try:
            columns = enumeration.columns(rule.allowed)
        except TooManySetsError:
            return _without_larger(enumeration, rule, budget, goal)
        outcome = _reach(enumeration, columns, rule.count, budget, goal)
        if outcome.status is not Status.INFEASIBLE:
            return outcome
    columns = enumeration.columns(allowed_below(n, size))
    fewer = Stage(enumeration, columns, ())
    others = columns.sizes * (columns.sizes != size)
    choice = fewer.least(others, budget, enumeration.rules.spread)
    if choice.columns is None:
        return _none(choice)
    count = int((columns.sizes[list(choice.columns)] == size).sum())
    outcome = _reach(enumeration, columns, count, budget, goal, choice.columns)
    if not choice.proved:
        bound = int(enumeration.zones.own.sum())
        outcome = replace(outcome, status=Status.FEASIBLE, bound=bound)
    note = _fewer(rule.count, count, size, proved=choice.proved)
    return replace(outcome, notes=(note, *outcome.notes))


def _without_larger(
    enumeration: LotEnumeration, rule: LotSizes, budget: SearchBudget, goal: Goal
) -> BundlingOutcome:
    """The goal with no lot larger than the size asked for, where those are too many.

    That proves nothing of lots with larger ones: they cost at least what zones do.
    """
    n, size = enumeration.zones.plan.num_zones, enumeration.size
    sizes = [one for one in rule.allowed if one <= size]
    if not adds_up(n - rule.count * size, [one for one in sizes if one < size]):
        sizes = [*rule.allowed]  # lists them after all, or tells how many there are
    columns = enumeration.columns(sizes)
    outcome = _reach(enumeration, columns, rule.count, budget, goal)
    status = Status.FEASIBLE if outcome.sets else Status.UNKNOWN
    bound = int(enumeration.zones.own.sum())
    told = f"Lots of more than {size} zones are too many to be listed: there are none."
    notes = (told, *outcome.notes)
    return replace(outcome, status=status, bound=bound, notes=notes)


def _reach(
    enumeration: LotEnumeration,
    columns: LotColumns,
    count: int,
    budget: SearchBudget,
    goal: Goal,
    hint: Sequence[int] = (),
) -> BundlingOutcome:
    """The goal, with so many lots of the size asked for, the fewest disconnected."""
    counts = [(np.flatnonzero(columns.sizes == enumeration.size), count)]
    if columns.disconnected.any():
        stage = Stage(enumeration, columns, counts, hint)
        near = columns.disconnected.astype(np.int64)
        choice = stage.least(near, budget, enumeration.rules.spread)
        if choice.columns is None:
            return _none(choice)
        hint = choice.columns
        if choice.proved:
            fewest = int(near[list(hint)].sum())
            counts.append((np.flatnonzero(columns.disconnected), fewest))
    outcome = goal(Stage(enumeration, columns, counts, hint), budget)
    return replace(outcome, count=count) if outcome.sets else outcome


def _none(choice: Selection, bound: int = 0) -> BundlingOutcome:
    """Nothing was chosen."""
    if choice.status is Status.INFEASIBLE:
        return BundlingOutcome(Status.INFEASIBLE)
    return BundlingOutcome(Status.UNKNOWN, bound=bound)


def cheapest(stage: Stage, budget: SearchBudget) -> BundlingOutcome:
    """Goal: least cost; of lots about as cheap, those that look whole."""
    spread = stage.enumeration.rules.spread
    if not stage.columns.torn.any():
        return _cheapest(stage, budget, spread)
    choice = stage.least(_rest(stage), budget.share(0.85), spread)
    outcome = _outcome(stage, choice)
    if choice.columns is None:
        return outcome
    better = _more_whole(stage, choice, budget)
    if better == choice.columns:
        return outcome
    least, cost = (
        int(stage.columns.cost[list(one)].sum()) for one in (choice.columns, better)
    )
    # where the time was over before, cheaper ones may be come upon here
    known = least if least < cost else None
    return replace(outcome, sets=stage.columns.at(better), cheapest=known)


def _more_whole(
    stage: Stage, cheapest: Selection, budget: SearchBudget
) -> tuple[int, ...]:
    """Of lots little dearer than the cheapest those of which the fewest are torn.

    A price for each torn lot, above what may be given in all, makes them as few as can
    be, then the cost least; that is the answer unless it is too dear. Then numbers of
    torn lots between the two answers are tried, halving what lies between.
    """
    best = cheapest.columns
    assert best is not None
    columns, rest, spread = stage.columns, _rest(stage), stage.enumeration.rules.spread
    few = int(columns.torn[list(best)].sum())
    if not few:
        return best
    least = int(columns.cost[list(best)].sum())
    may_give = int(stage.enumeration.whole_lots * least)
    most = int(rest[list(best)].sum()) + may_give
    priced = rest + (most - max(0, cheapest.bound) + 1) * columns.torn
    tried = replace(stage, hint=best).least(priced, budget.share(0.5), spread)
    too_few = -1
    if tried.columns is not None:
        torn = int(columns.torn[list(tried.columns)].sum())
        if rest[list(tried.columns)].sum() > most:
            too_few = torn
        elif torn < few:
            best, few = tried.columns, torn
            too_few = few - 1 if tried.proved else too_few
    while few - too_few > 1 and budget.left > 0:
        number = (few + too_few) // 2
        counts = [*stage.counts, (np.flatnonzero(columns.torn), number)]
        exactly = replace(stage, counts=counts, hint=())
        found = exactly.least(rest, budget.share(0.5), spread).columns
        if found is not None and rest[list(found)].sum() <= most:
            best, few = found, number
        else:
            too_few = number
    return best


def _rest(stage: Stage) -> Ints:
    """What lots cost beside what their zones cost anyway, the same in every choice."""
    columns, own = stage.columns, stage.enumeration.zones.own
    return np.asarray(columns.cost - _sums(own[columns.members], columns.indptr))


def _cheapest(
    stage: Stage, budget: SearchBudget, spread: int | None
) -> BundlingOutcome:
    return _outcome(stage, stage.least(_rest(stage), budget, spread))


def _outcome(stage: Stage, choice: Selection) -> BundlingOutcome:
    bound = max(0, choice.bound) + int(stage.enumeration.zones.own.sum())
    if choice.columns is None:
        return _none(choice, bound)
    return BundlingOutcome(choice.status, stage.columns.at(choice.columns), bound)


def least_spread(stage: Stage, budget: SearchBudget) -> BundlingOutcome:
    """Goal: the least spread of the index, then the least cost with that spread.

    The spread is halved between one that has a choice and one proved to have none; half
    of the time goes to that.
    """
    early = budget.share(0.5)
    nothing = np.zeros(len(stage.columns), np.int64)
    index = stage.columns.index
    choice = stage.least(nothing, early, stage.enumeration.rules.spread)
    if choice.columns is None:
        return _none(choice)
    best, refuted, trying = choice.columns, 0, 0  # none is fairer than all alike
    spread = int(np.ptp(index[list(best)]))
    while refuted < spread and early.left > 0:
        choice = stage.least(nothing, early, trying)
        if choice.columns is not None:
            best, spread = choice.columns, int(np.ptp(index[list(choice.columns)]))
        elif choice.status is Status.INFEASIBLE:
            refuted = trying + 1
        else:
            break
        trying = (refuted + spread) // 2
    stage = replace(stage, hint=best)
    outcome = _cheapest(stage, budget, spread)
    if outcome.status is Status.UNKNOWN:
        sets = stage.columns.at(stage.hint)
        outcome = replace(outcome, status=Status.FEASIBLE, sets=sets)
    return replace(outcome, refuted=refuted)


def _fewer(full: int, count: int, size: int, *, proved: bool) -> str:
    most = "is the most" if proved else "is the most found in time"
    return f"{full} lots of {size} cannot be had together; {count} {most}."


def _sums(values: Ints, indptr: Ints) -> Ints:
    total = np.concatenate([np.zeros(1, np.int64), np.cumsum(values)])
    return np.asarray(total[indptr[1:]] - total[indptr[:-1]])
