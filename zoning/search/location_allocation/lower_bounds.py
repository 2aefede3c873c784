"""Bounds from sets of centers: a dual point for all at once, then the cheapest proved.

The duals of the transportation problem of one set bound all the others as well; with
them its best plan is found, or it is proved to have none that is better.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from zoning.clock import perf_counter
from zoning.result import Status
from zoning.search.instance.constants import NO_LIMIT, SCALE
from zoning.search.lagrangian.ascent import knapsack_dual
from zoning.search.lagrangian.bound import initial_multipliers
from zoning.search.lagrangian.oracles import knapsack_oracle
from zoning.search.location_allocation.allocation import (
    Transportation,
    likely_centers,
    solve_transportation,
)
from zoning.search.location_allocation.center_set_pool import CenterSetPool
from zoning.search.location_allocation.center_sets import CenterSet
from zoning.solvers.assignment import assign
from zoning.solvers.budget import SearchBudget

AGAIN = 0.95  # the bound by centers is lifted again when pairs fell below this part
RISE = 2e-3  # or when lifting it gave more than this part of the travel
LIFT_SHARE = 0.4  # of the time left, at most, for that
GOOD, BEGIN = 6, 0.15  # sets whose centers are likely; of the time, with these only
PROVE = 3.0  # seconds, at most, for a proof, doubled each time


class LowerBounds:
    """Lifts bounds step by step.

    Parameters
    ----------
    sets
        What is known, and where prices and proofs are put.
    end
        When to stop, by `perf_counter`.
    """

    def __init__(self, sets: CenterSetPool, end: float) -> None:
        self.sets = sets
        self.run = sets.run
        self.end = end
        self.priced: dict[CenterSet, Transportation] = {}  # by what was open then

    def steps(self) -> Iterator[bool]:
        """Lift the bound of all sets, or of the one whose bound is least.

        Gives False where nothing is to be done before there is a better plan.
        """
        self._begin()
        run, sets = self.run, self.sets
        lifted, before = 0, 0
        while True:
            rose = run.bound > before + RISE * abs(run.bound - run.base)
            if not lifted or rose or sets.subproblems.num_pairs < AGAIN * lifted:
                before = run.bound
                self._lift()
                lifted = sets.subproblems.num_pairs
                yield True
                continue
            beyond = sets.has_unlisted
            if len(sets.listed.sets) == 0 and beyond:
                sets.list_more()
            some = sets.most_promising()
            if some is not None:
                self._examine(some)
                yield True
            elif beyond:
                yield False  # a better plan or more dual points may make them fewer
            else:
                return

    def _begin(self) -> None:
        """A dual point where only likely centers are open, judged with all of them."""
        a, known = self.run.instance, self.sets.allocation.solved.values()
        good = sorted(known, key=lambda one: one.bound)[:GOOD]
        some = [likely_centers(a, one.labels, self.run.num_zones) for one in good]
        few = self.sets.subproblems.only_centers(np.unique(np.concatenate(some)))
        few.is_open &= self.sets.subproblems.is_open
        point = knapsack_dual(
            few,
            initial_multipliers(a, self.run.num_zones, [one.labels for one in good]),
            None,
            deadline=perf_counter() + BEGIN * (self.end - perf_counter()),
        )
        self.sets.add_point(knapsack_oracle(self.sets.subproblems, point.yuan))
        self.sets.fix()

    def _lift(self) -> None:
        """A better dual point for all sets at once."""
        point = knapsack_dual(
            self.sets.subproblems,
            self.sets.best_point.yuan,
            self.sets.upper_bound,
            deadline=perf_counter() + LIFT_SHARE * (self.end - perf_counter()),
            on_bound=lambda bound: self.run.update_travel_bound(bound, "centers"),
        )
        self.sets.add_point(point)

    def _examine(self, some: CenterSet) -> None:
        if some not in self.priced:
            self._price(some)
        else:
            self._prove(some)

    def _price(self, some: CenterSet) -> None:
        """Learn from the relaxation of one set what every set is worth at least."""
        self.priced[some] = solve_transportation(self.sets.subproblems, some)
        yuan = self.priced[some].point.yuan
        self.sets.add_point(knapsack_oracle(self.sets.subproblems, yuan))

    def _prove(self, some: CenterSet) -> None:
        """The best plan with these centers, or that none is better."""
        sets, before = self.sets, self.run.cost
        known, tries = sets.tries_of(some)
        pairs, run = sets.pairs(self.priced[some]), self.run
        seconds = min(PROVE * 2**tries, self.end - perf_counter())
        found = assign(
            pairs,
            sets.graph,
            SearchBudget.of(seconds, run.seed, run.limits.workers),
            num_units=len(sets.subproblems.is_open),
            hint=None,
            cutoff=sets.upper_bound,
            components=sets.components,
            on_solution=sets.offer,
        )
        sets.components += found.components
        refuted = found.status is Status.INFEASIBLE
        bound = int(NO_LIMIT) if refuted else found.bound * SCALE
        bound = max(known, bound)
        if refuted or found.status is Status.OPTIMAL or bound >= sets.cutoff:
            sets.close(some, bound)
        else:
            sets.postpone(some, bound, tries + 1)
        if self.run.cost != before:
            sets.on_better_plan()
