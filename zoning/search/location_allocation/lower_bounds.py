"""Bounds from sets of centers: prices for all sets at once, then the cheapest proved.

The prices of the relaxation of one set judge all the others as well; with them its best
plan is found, or it is proved to have none that is better.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from zoning.clock import perf_counter
from zoning.search.instance.constants import NO_LIMIT, SCALE
from zoning.search.lagrangian import bound as relax
from zoning.search.location_allocation.allocation import Shared, likely, only, shared
from zoning.search.location_allocation.center_set_pool import KnownSets
from zoning.search.location_allocation.center_sets import Set
from zoning.solvers.assignment import assign

AGAIN = 0.95  # the bound by centers is lifted again when pairs fell below this part
RISE = 2e-3  # or when lifting it gave more than this part of the travel
CLIMB = 0.4  # of the time left, at most, for that
GOOD, BEGIN = 6, 0.15  # sets whose centers are likely; of the time, with these only
PROVE = 3.0  # seconds, at most, for a proof, doubled each time


class Bounds:
    """Lifts bounds step by step.

    Parameters
    ----------
    sets
        What is known, and where prices and proofs are put.
    end
        When to stop, by `perf_counter`.
    """

    def __init__(self, sets: KnownSets, end: float) -> None:
        self.sets = sets
        self.run = sets.run
        self.end = end
        self.priced: dict[Set, Shared] = {}  # by what was open then

    def higher(self) -> Iterator[bool]:
        """Lift the bound of all sets, or of the one that is worth least.

        Gives False where nothing is to be done before there is a better plan.
        """
        self._begin()
        run, sets = self.run, self.sets
        climbed, before = 0, 0
        while True:
            rose = run.bound > before + RISE * abs(run.bound - run.base)
            if not climbed or rose or sets.market.size < AGAIN * climbed:
                before = run.bound
                self._climb()
                climbed = sets.market.size
                yield True
                continue
            beyond = sets.beyond
            if len(sets.listed.sets) == 0 and beyond:
                sets.list_more()
            some = sets.cheapest_left()
            if some is not None:
                self._look_at(some)
                yield True
            elif beyond:
                yield False  # a better plan or more prices may make them fewer
            else:
                return

    def _begin(self) -> None:
        """Prices where only likely centers are open, judged with all of them open."""
        a, known = self.run.arrays, self.sets.allocation.known.values()
        good = sorted(known, key=lambda one: one.worth)[:GOOD]
        some = [likely(a, one.labels, self.run.count) for one in good]
        few = only(self.sets.market, np.unique(np.concatenate(some)).tolist())
        few.open &= self.sets.market.open
        level = relax.prices_by_centers(
            few,
            relax.worth(a, self.run.count, [one.labels for one in good]),
            None,
            deadline=perf_counter() + BEGIN * (self.end - perf_counter()),
        )
        self.sets.learn(relax.evaluate(self.sets.market, level.prices.unit / SCALE))
        self.sets.narrow()

    def _climb(self) -> None:
        """Better prices for all sets at once."""
        level = relax.prices_by_centers(
            self.sets.market,
            self.sets.highest.prices.unit / SCALE,
            self.sets.limit,
            deadline=perf_counter() + CLIMB * (self.end - perf_counter()),
            tell=lambda bound: self.run.prove_travel(bound, "centers"),
        )
        self.sets.learn(level)

    def _look_at(self, some: Set) -> None:
        if some not in self.priced:
            self._price(some)
        else:
            self._prove(some)

    def _price(self, some: Set) -> None:
        """Learn from the relaxation of one set what every set is worth at least."""
        self.priced[some] = shared(self.sets.market, some)
        price = self.priced[some].level.prices.unit / SCALE
        self.sets.learn(relax.evaluate(self.sets.market, price))

    def _prove(self, some: Set) -> None:
        """The best plan with these centers, or that none is better."""
        sets, before = self.sets, self.run.cost
        worth, tries = sets.tried(some)
        found = assign(
            sets.pairs(self.priced[some]),
            sets.graph,
            num_units=len(sets.market.open),
            hint=None,
            seconds=min(PROVE * 2**tries, self.end - perf_counter()),
            below=sets.limit,
            pieces=sets.pieces,
            seed=self.run.seed,
            workers=self.run.workers,
            found=sets.offer,
        )
        sets.pieces += found.pieces
        bound = int(NO_LIMIT) if found.bound is None else found.bound * SCALE
        worth = max(worth, bound)
        if found.closed or worth >= sets.top:
            sets.settle(some, worth)
        else:
            sets.put_off(some, worth, tries + 1)
        if self.run.cost != before:
            sets.better()
