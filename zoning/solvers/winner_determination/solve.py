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

from zoning.solvers import cpsat
from zoning.solvers.budget import SearchBudget
from zoning.solvers.winner_determination.auction import Auction, Bools, Knapsack
from zoning.solvers.winner_determination.cliques import ConflictGraph
from zoning.solvers.winner_determination.model import AwardModel
from zoning.solvers.winner_determination.relaxation import AwardBound, AwardRelaxation


@dataclass(frozen=True)
class WinnerParams:
    """How winners are looked for; no setting changes who wins where it is proved.

    Parameters
    ----------
    relaxed_above
        With no more bids the relaxation takes longer than it saves.
    first_bids
        Bids for each lot that the first attempt looks at.
    tie_chunk
        Bids whose order is settled at once: 2**40 is a whole number to everybody.
    most_lots_share
        Of the time may go to proving how many lots can be awarded.
    cpsat_share
        Of that goes to CP-SAT before HiGHS is asked.
    clique_share
        Of the time left may go to sets of bids that exclude one another.
    first_share
        Of the time left may go to the first attempt.
    """

    relaxed_above: int = 400
    first_bids: int = 3
    tie_chunk: int = 40
    most_lots_share: float = 0.4
    cpsat_share: float = 0.25
    clique_share: float = 0.2
    first_share: float = 0.3


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
    proved
        Proved: the value is the least, or there is no such award.
    most_lots
        Proved: no allowed award has more lots.
    ties_settled
        Proved: of all equally good awards the ties decide for this one.
    """

    bids: tuple[int, ...] | None
    value: int = 0
    bound: int = 0
    proved: bool = False
    most_lots: bool = False
    ties_settled: bool = False

    def renumbered(self, numbers: Sequence[int]) -> Winners:
        """The same with bids called by these numbers instead of their positions."""
        bids = None if self.bids is None else tuple(numbers[bid] for bid in self.bids)
        return replace(self, bids=bids)


@dataclass(frozen=True)
class _Task:
    """One search: bids that may win, lots left over, what it may take."""

    allowed: Bools
    unawarded: int
    budget: SearchBudget

    def sooner(self, part: float) -> _Task:
        """The same, with a part of the time left."""
        return replace(self, budget=self.budget.share(part))


class WinnerSearch:
    """Finds the winners of one auction, and again with some bids struck.

    Parameters
    ----------
    auction
        The bids.
    """

    def __init__(self, auction: Auction, params: WinnerParams = WinnerParams()) -> None:
        self.auction = auction
        self._tight = auction
        self.params = params

    def _tighten(self, task: _Task) -> None:
        """Cliques that lots and XOR do not show, for HiGHS and CP-SAT alike."""
        if self._relaxation is None:
            return
        conflicts = ConflictGraph(self.auction)
        seconds = self.params.clique_share * task.budget.left
        self._relaxation.tighten(conflicts, task.unawarded, seconds)
        found = [
            Knapsack(clique, np.ones(len(clique), np.int64), 1)
            for clique in self._relaxation.cliques
        ]
        more = (*self.auction.knapsacks, *found)
        self._tight = replace(self.auction, knapsacks=more)

    @cached_property
    def _relaxation(self) -> AwardRelaxation | None:
        small = self.auction.num_bids <= self.params.relaxed_above
        return None if small else AwardRelaxation(self.auction)

    def best(self, budget: SearchBudget) -> Winners:
        """Most lots, then least value, then ties."""
        everything = np.ones(self.auction.num_bids, bool)
        early = budget.share(self.params.most_lots_share)
        first, most_lots = self._most_lots(_Task(everything, 0, early))
        left = self.auction.num_lots - self.auction.lots_in(first)
        task = _Task(everything, left, budget)
        self._tighten(task)
        found, kept = self._least(task, first)
        if found.bids is None:  # the time was over: what was found first is allowed
            found = Winners(first, self.auction.value_of(first), found.bound)
        if found.proved:
            found = self._settle_ties(task, found, kept)
        return replace(found, most_lots=most_lots)

    def without(
        self,
        struck: Sequence[int],
        unawarded: int,
        budget: SearchBudget,
        hint: Sequence[int] = (),
    ) -> Winners:
        """The best award that leaves out so many lots and in which none of these wins.

        The hint are bids that may well win: those of the best award.
        """
        allowed = np.ones(self.auction.num_bids, bool)
        allowed[list(struck)] = False
        task = _Task(allowed, unawarded, budget)
        return self._least(task, [bid for bid in hint if allowed[bid]])[0]

    def _most_lots(self, task: _Task) -> tuple[tuple[int, ...], bool]:
        """An award of as many lots as possible, and whether that is proved.

        CP-SAT mostly proves it in a second; where packages are large and few single
        lots are bid for, HiGHS finds awards that CP-SAT does not.
        """
        model = AwardModel(self.auction, task.allowed, None)
        model.model.minimize(cp_model.LinearExpr.sum(model.skips))
        found = self._run(model, task.sooner(self.params.cpsat_share))
        first = found.bids or ()
        if found.proved or self._relaxation is None:
            return first, found.proved
        other, proved = self._relaxation.most_lots(task.budget.left)
        best = max(first, other, key=self.auction.lots_in)
        return best, proved or self.auction.lots_in(best) == self.auction.num_lots

    def _least(self, task: _Task, hint: Sequence[int]) -> tuple[Winners, Bools]:
        """The least value, and every bid that an award of that value may hold.

        Reduced-cost fixing: a bid whose reduced cost exceeds what lies between an award
        and the relaxation is in no better award. A first look at the cheapest bids
        mostly leaves a second one little to look at.
        """
        relaxed = self._relaxed(task)
        if relaxed is None:
            return self._cheapest(task, task.allowed, hint), task.allowed
        kept = relaxed.cheapest(self.params.first_bids * self.auction.num_lots)
        kept[list(hint)] = True
        kept &= task.allowed
        first = self._cheapest(task.sooner(self.params.first_share), kept, hint)
        bound = max(relaxed.bound, relaxed.outside(first.bound, task.allowed & ~kept))
        needed = task.allowed
        if first.bids is not None:
            needed = needed & relaxed.within(first.value)
            if first.proved and not (needed & ~kept).any():
                return replace(first, bound=first.value), needed
        second = self._cheapest(task, needed, first.bids or hint)
        if second.bids is not None and second.proved:
            return second, task.allowed & relaxed.within(second.value)
        bound = max(bound, second.bound)
        if first.bids is None:
            return replace(second, bound=bound), needed
        best = first if second.bids is None or first.value < second.value else second
        proved = bound >= best.value
        return replace(best, bound=min(bound, best.value), proved=proved), needed

    def _relaxed(self, task: _Task) -> AwardBound | None:
        if self._relaxation is None:
            return None
        return self._relaxation.solve(task.allowed, task.unawarded, task.budget.left)

    def _cheapest(self, task: _Task, kept: Bools, hint: Sequence[int]) -> Winners:
        """The least value among awards of kept bids."""
        model = AwardModel(self._tight, kept, task.unawarded)
        model.model.minimize(model.sum_of(self.auction.value))
        model.hint(hint)
        return self._run(model, task)

    def _run(self, model: AwardModel, task: _Task) -> Winners:
        cp = cpsat.solver(task.budget)
        # lots and knapsacks go to CP-SAT's own relaxation: 20 s open otherwise, 0.1 so
        cp.parameters.linearization_level = 2
        status = cpsat.run(cp, model.model)
        if status == cp_model.INFEASIBLE:
            return Winners(None, proved=True)
        bound = int(np.ceil(cp.best_objective_bound - 1e-6))
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            # CP-SAT's bound is 0 where it knows nothing, though values may be negative
            return Winners(None, bound=bound or self.auction.least_value)
        bids = tuple(bid for bid, var in model.x.items() if cp.boolean_value(var))
        value, optimal = self.auction.value_of(bids), status == cp_model.OPTIMAL
        return Winners(bids, value, bound, optimal)

    def _settle_ties(self, task: _Task, found: Winners, kept: Bools) -> Winners:
        """Of all awards of this value the one that the ties decide for."""
        assert found.bids is not None
        if int(kept.sum()) == len(found.bids) or self._is_alone(task, found, kept):
            return replace(found, ties_settled=True)
        model = AwardModel(self._tight, kept, task.unawarded)
        model.fix(self.auction.value, found.bids)
        best = found.bids
        for tie in self.auction.ties:
            model.model.minimize(model.sum_of(tie))
            model.hint(best)
            ended = self._run(model, task)
            if ended.bids is None or not ended.proved:
                return replace(found, bids=ended.bids or best)
            best = ended.bids
            model.fix(tie, best)
        return self._earliest(task, replace(found, bids=best), model)

    def _is_alone(self, task: _Task, found: Winners, kept: Bools) -> bool:
        """Whether every other award has a larger value: the second best has."""
        assert found.bids is not None
        model = AwardModel(self._tight, kept, task.unawarded)
        model.model.add_bool_or([model.x[bid].Not() for bid in found.bids])
        model.model.minimize(model.sum_of(self.auction.value))
        second = self._run(model, task)
        return second.bound > found.value or (second.bids is None and second.proved)

    def _earliest(self, task: _Task, found: Winners, model: AwardModel) -> Winners:
        """Of equal awards the one with the earliest bid that the other lacks."""
        best = found.bids
        order = sorted(model.x)
        for at in range(0, len(order), self.params.tie_chunk):
            assert best is not None
            some = order[at : at + self.params.tie_chunk]
            model.model.maximize(
                cp_model.LinearExpr.weighted_sum(
                    [model.x[bid] for bid in some],
                    [1 << place for place in range(len(some) - 1, -1, -1)],
                )
            )
            model.hint(best)
            ended = self._run(model, task)
            if ended.bids is None or not ended.proved:
                return replace(found, bids=ended.bids or best)
            best = ended.bids
            for bid in some:
                model.model.add(model.x[bid] == int(bid in set(best)))
        return replace(found, bids=best, ties_settled=True)
