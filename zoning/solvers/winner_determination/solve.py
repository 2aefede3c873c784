"""Winner determination: which bids win, with a proof, by HiGHS' relaxation and CP-SAT.

As many lots as possible find a winner; among such awards the one of least value is
chosen; among equals the ties are broken in order. All numbers are whole.

References
----------
.. [1] M. H. Rothkopf, A. Pekeč, R. M. Harstad, "Computationally manageable
   combinational auctions", Management Science 44(8), 1998.
   https://doi.org/10.1287/mnsc.44.8.1131
.. [2] T. Sandholm, "Algorithm for optimal winner determination in combinatorial
   auctions", Artificial Intelligence 135, 2002.
   https://doi.org/10.1016/S0004-3702(01)00159-X
.. [3] S. de Vries, R. V. Vohra, "Combinatorial auctions: a survey", INFORMS Journal on
   Computing 15(3), 2003. https://doi.org/10.1287/ijoc.15.3.284.16077
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from ortools.sat.python import cp_model

from zoning.clock import perf_counter
from zoning.solvers import cpsat
from zoning.solvers.winner_determination.build import Build
from zoning.solvers.winner_determination.cliques import Conflicts
from zoning.solvers.winner_determination.lp import AwardLP, Relaxed
from zoning.solvers.winner_determination.offers import Bools, Limit, Offers

FEW = 400  # with no more bids the relaxation takes longer than it saves
FIRST = 3  # bids for each lot that the first attempt looks at
CHUNK = 40  # bids whose order is settled at once: 2**40 is a whole number to everybody


@dataclass(frozen=True)
class Winners:
    """What was found.

    Parameters
    ----------
    bids
        Winning bids, ascending; None if no allowed award of so many lots was found.
    value
        The sum of their values.
    bound
        No allowed award of as many lots has a smaller value.
    closed
        Proved: the value is the least, or there is no such award.
    most
        Proved: no allowed award has more lots.
    settled
        Proved: of all equally good awards the ties decide for this one.
    """

    bids: tuple[int, ...] | None
    value: int = 0
    bound: int = 0
    closed: bool = False
    most: bool = False
    settled: bool = False

    def called(self, numbers: Sequence[int]) -> Winners:
        """The same with bids called by these numbers instead of their positions."""
        bids = None if self.bids is None else tuple(numbers[bid] for bid in self.bids)
        return replace(self, bids=bids)


@dataclass(frozen=True)
class _Task:
    """One search: bids that are struck, lots left over, when to stop."""

    allowed: Bools
    unawarded: int
    deadline: float

    @property
    def seconds(self) -> float:
        """Seconds until the deadline."""
        return self.deadline - perf_counter()


class WinnerModel:
    """Finds the winners of one tender, and again with some bids struck.

    Parameters
    ----------
    offers
        The bids.
    seed, workers
        As CP-SAT takes them; one worker and one seed give one answer.
    """

    def __init__(self, offers: Offers, *, seed: int = 0, workers: int = 1) -> None:
        self.offers = offers
        self._tight = offers
        self.seed = seed
        self.workers = workers

    @cached_property
    def _lp(self) -> AwardLP:
        return AwardLP(self.offers)

    def _tighten(self, task: _Task) -> None:
        """Cliques that lots and limits do not show, for HiGHS and CP-SAT alike."""
        if self._number <= FEW:
            return
        conflicts = Conflicts(self.offers)
        self._lp.tighten(conflicts, task.unawarded, _sooner(task, 0.2).deadline)
        found = [
            Limit(clique, np.ones(len(clique), np.int64), 1)
            for clique in self._lp.cliques
        ]
        self._tight = replace(self.offers, limits=(*self.offers.limits, *found))

    @property
    def _number(self) -> int:
        return len(self.offers.lots)

    def best(self, time_limit: float) -> Winners:
        """Most lots, then least value, then ties."""
        start = perf_counter()
        everything = np.ones(self._number, bool)
        first, proved = self._most_lots(_Task(everything, 0, start + 0.4 * time_limit))
        left = self.offers.num_lots - self._lots_in(first)
        task = _Task(everything, left, start + time_limit)
        self._tighten(task)
        found, kept = self._least(task, first)
        if found.bids is None:  # the time was over: what was found first is allowed
            found = Winners(tuple(first), self._value_of(first), found.bound)
        if found.closed:
            found = self._settle(task, found, kept)
        return replace(found, most=proved)

    def without(
        self,
        struck: Sequence[int],
        unawarded: int,
        time_limit: float,
        hint: Sequence[int] = (),
    ) -> Winners:
        """The best award that leaves out so many lots and in which none of these wins.

        The hint are bids that may well win: those of the best award.
        """
        allowed = np.ones(self._number, bool)
        allowed[list(struck)] = False
        task = _Task(allowed, unawarded, perf_counter() + time_limit)
        return self._least(task, [bid for bid in hint if allowed[bid]])[0]

    def _most_lots(self, task: _Task) -> tuple[tuple[int, ...], bool]:
        """An award of as many lots as possible, and whether that is proved.

        CP-SAT mostly proves it in a second; where packages are large and few single
        lots are bid for, HiGHS finds awards that CP-SAT does not.
        """
        build = Build(self.offers, task.allowed, None)
        build.model.minimize(cp_model.LinearExpr.sum(build.skips))
        found = self._run(build, _sooner(task, 0.25))
        first = found.bids or ()
        if found.closed or self._number <= FEW:
            return first, found.closed
        other, proved = self._lp.most_lots(task.seconds)
        best = max(first, other, key=self._lots_in)
        return best, proved or self._lots_in(best) == self.offers.num_lots

    def _lots_in(self, bids: Sequence[int]) -> int:
        return sum(len(self.offers.lots[bid]) for bid in bids)

    def _value_of(self, bids: Sequence[int]) -> int:
        return sum(int(self.offers.value[bid]) for bid in bids)

    def _least(self, task: _Task, hint: Sequence[int]) -> tuple[Winners, Bools]:
        """The least value, and every bid that an award of that value may hold.

        The relaxation prices lots and limits. A bid whose reduced cost exceeds what
        lies between an award and the relaxation is in no better award: a first look at
        the cheapest bids mostly leaves a second one little to look at.
        """
        relaxed = self._relaxed(task)
        if relaxed is None:
            return self._cheapest(task, task.allowed, hint), task.allowed
        kept = relaxed.cheapest(FIRST * self.offers.num_lots)
        kept[list(hint)] = True
        kept &= task.allowed
        first = self._cheapest(_sooner(task, 0.3), kept, hint)
        bound = max(relaxed.bound, relaxed.outside(first.bound, task.allowed & ~kept))
        needed = task.allowed
        if first.bids is not None:
            needed = needed & relaxed.within(first.value)
            if first.closed and not (needed & ~kept).any():
                return replace(first, bound=first.value), needed
        second = self._cheapest(task, needed, first.bids or hint)
        if second.bids is not None and second.closed:
            return second, task.allowed & relaxed.within(second.value)
        bound = max(bound, second.bound)
        if first.bids is None:
            return replace(second, bound=bound), needed
        best = first if second.bids is None or first.value < second.value else second
        proved = bound >= best.value
        return replace(best, bound=min(bound, best.value), closed=proved), needed

    def _relaxed(self, task: _Task) -> Relaxed | None:
        if self._number <= FEW:
            return None
        return self._lp.relax(task.allowed, task.unawarded, task.seconds)

    def _cheapest(self, task: _Task, kept: Bools, hint: Sequence[int]) -> Winners:
        """The least value among awards of kept bids."""
        build = Build(self._tight, kept, task.unawarded)
        build.model.minimize(build.sum_of(self.offers.value))
        build.hint(hint)
        return self._run(build, task)

    def _run(self, build: Build, task: _Task) -> Winners:
        cp = cpsat.solver(time_limit=task.seconds, seed=self.seed, workers=self.workers)
        # lots and limits go to CP-SAT's own relaxation: 20 s open otherwise, 0.1 s so
        cp.parameters.linearization_level = 2
        status = cpsat.run(cp, build.model)
        if status == cp_model.INFEASIBLE:
            return Winners(None, closed=True)
        bound = int(np.ceil(cp.best_objective_bound - 1e-6))
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            # CP-SAT's bound is 0 where it knows nothing, though values may be negative
            return Winners(None, bound=bound or self._floor)
        bids = tuple(bid for bid, var in build.x.items() if cp.boolean_value(var))
        return Winners(bids, self._value_of(bids), bound, status == cp_model.OPTIMAL)

    @cached_property
    def _floor(self) -> int:
        """No award has less value, whatever is allowed."""
        return int(np.minimum(self.offers.value, 0).sum())

    def _settle(self, task: _Task, found: Winners, kept: Bools) -> Winners:
        """Of all awards of this value the one that the ties decide for."""
        assert found.bids is not None
        if int(kept.sum()) == len(found.bids):
            return replace(found, settled=True)
        if self._is_alone(task, found, kept):
            return replace(found, settled=True)
        build = Build(self._tight, kept, task.unawarded)
        build.fix(self.offers.value, found.bids)
        best = found.bids
        for tie in self.offers.ties:
            build.model.minimize(build.sum_of(tie))
            build.hint(best)
            ended = self._run(build, task)
            if ended.bids is None or not ended.closed:
                return replace(found, bids=ended.bids or best)
            best = ended.bids
            build.fix(tie, best)
        return self._earliest(task, replace(found, bids=best), build)

    def _is_alone(self, task: _Task, found: Winners, kept: Bools) -> bool:
        """Whether every other award has a larger value: the second best has."""
        assert found.bids is not None
        build = Build(self._tight, kept, task.unawarded)
        build.model.add_bool_or([build.x[bid].Not() for bid in found.bids])
        build.model.minimize(build.sum_of(self.offers.value))
        second = self._run(build, task)
        return second.bound > found.value or (second.bids is None and second.closed)

    def _earliest(self, task: _Task, found: Winners, build: Build) -> Winners:
        """Of equal awards the one with the earliest bid that the other lacks."""
        best = found.bids
        order = sorted(build.x)
        for at in range(0, len(order), CHUNK):
            assert best is not None
            some = order[at : at + CHUNK]
            build.model.maximize(
                cp_model.LinearExpr.weighted_sum(
                    [build.x[bid] for bid in some],
                    [1 << place for place in range(len(some) - 1, -1, -1)],
                )
            )
            build.hint(best)
            ended = self._run(build, task)
            if ended.bids is None or not ended.closed:
                return replace(found, bids=ended.bids or best)
            best = ended.bids
            for bid in some:
                build.model.add(build.x[bid] == int(bid in set(best)))
        return replace(found, bids=best, settled=True)


def _sooner(task: _Task, share: float) -> _Task:
    return replace(task, deadline=perf_counter() + share * task.seconds)
