"""What is known of sets of centers: what each is worth, and which are still open.

Prices and better plans close sets, whoever finds them; when all are closed, the best
plan is proved. See `center_sets` for what prices tell.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zoning.search.instance.constants import NO_LIMIT, SCALE
from zoning.search.instance.zones import Ints
from zoning.search.lagrangian.bound import Level
from zoning.search.location_allocation.allocation import (
    Allocation,
    Shared,
    centers_of,
    only,
)
from zoning.search.location_allocation.center_sets import (
    CLOSED,
    CenterSets,
    Set,
    cheapest,
    value_of,
)
from zoning.search.pricing.open_pairs import open_pairs
from zoning.search.pricing.subproblems import Market
from zoning.search.run import Run
from zoning.solvers.assignment import Pairs

MOST_SETS = 200_000  # listed at a time
MORE = 1.3  # times the prices, before sets are listed again where that was in vain


class KnownSets:
    """Sets of centers and what they are worth, in one run.

    Parameters
    ----------
    run
        Where the best plan is, and better ones and bounds are told.
    end
        When nothing long is begun any more, by the clock.
    """

    def __init__(self, run: Run, end: float) -> None:
        self.run = run
        self.end = end
        self.market = Market(run.arrays, run.count, run.executor, 4 * run.workers)
        self.allocation = Allocation(self.market, end)
        self.graph = None if run.arrays.is_complete else run.arrays.graph
        self.levels: list[Level] = []
        self.pieces: list[Ints] = []  # what came out torn, to be cut off at once
        self.hard: dict[Set, tuple[int, int]] = {}  # worth, and how often tried
        self.settled: dict[Set, int] = {}  # worth, where no more is to be learnt
        self.listed = CenterSets(
            np.zeros((0, run.count), np.int64), np.zeros(0, np.int64), 0
        )
        self.vain = 0  # prices with which there were too many sets to list any

    @property
    def limit(self) -> int | None:
        """Travel of the best plan so far."""
        return None if self.run.cost is None else self.run.cost - self.run.base

    @property
    def top(self) -> int:
        """A set worth that much or more has no better plan."""
        return int(CLOSED) if self.limit is None else (self.limit - 1) * SCALE + 1

    @property
    def best(self) -> Shared:
        """The set that is worth least, of those units were shared out among."""
        return min(self.allocation.known.values(), key=lambda one: one.worth)

    @property
    def highest(self) -> Level:
        """The prices that say most of all sets at once."""
        return max(self.levels, key=lambda level: level.bound)

    @property
    def beyond(self) -> bool:
        """Sets that are not listed may have a better plan."""
        return self.listed.horizon < self.top

    def learn(self, level: Level) -> None:
        """What every set is worth at least, at some prices."""
        self.levels.append(level)
        value = np.maximum(self.listed.value, value_of(level, self.listed.sets))
        self.listed = self.listed._replace(value=value)
        self._forget()
        self.run.prove_travel(level.bound, "centers")

    def _forget(self) -> None:
        """Drop the listed sets that no better plan has."""
        open_too = self.market.open[self.listed.sets].all(axis=1)
        self.listed = self.listed.pick((self.listed.value < self.top) & open_too)

    def narrow(self) -> None:
        """Rule out what the best plan leaves no room for."""
        self.vain = 0
        best = self.highest
        if self.limit is not None and best.bound < self.limit:
            self.market.fix(best.prices, best.least, self.limit)
            self._forget()

    def better(self) -> None:
        """There is a better plan: narrow by it; look at its true centers."""
        if self.levels:
            self.narrow()
        labels = self.run.labels
        if labels is not None:
            centers = centers_of(self.run.arrays, labels, self.run.count)
            if self.allocation.allows(centers):
                self.allocation.of(centers)

    def offer(self, center_of: NDArray[np.integer]) -> None:
        """Put a plan forward, by the center of each unit."""
        self.run.offer_centers(center_of, "centers")

    def cheapest_left(self) -> Set | None:
        """The listed set that is worth least; where none is left, of the hard ones."""
        if len(self.listed.sets):
            return tuple(self.listed.sets[self.listed.value.argmin()].tolist())
        return min(self.hard, key=lambda one: self.hard[one], default=None)

    def list_more(self) -> None:
        """List the cheapest sets anew, where prices tell enough for that by now."""
        if len(self.levels) < MORE * self.vain:
            return
        found = cheapest(
            self.levels,
            self.market.centers,
            self.run.count,
            self.top,
            MOST_SETS,
            self.end,
        )
        kept = np.ones(len(found.sets), np.bool_)
        for some in (*self.settled, *self.hard):
            kept &= (found.sets != some).any(axis=1)
        if len(found.sets) == 0 and found.horizon < self.top:
            self.vain = len(self.levels)
        self.listed = found.pick(kept)

    def tried(self, some: Set) -> tuple[int, int]:
        """What a set is worth, and how often the best plan with it was sought."""
        return self.hard.get(some, (self._worth(some), 0))

    def _worth(self, some: Set) -> int:
        one = np.array([some])
        return max(int(value_of(level, one)[0]) for level in self.levels)

    def settle(self, some: Set, worth: int) -> None:
        """No more is to be learnt of a set than that it is worth so much."""
        self._unlist(some)
        self.settled[some] = worth

    def put_off(self, some: Set, worth: int, tries: int) -> None:
        """A set is hard: to be looked at again when no other is left."""
        self._unlist(some)
        self.hard[some] = worth, tries

    def _unlist(self, some: Set) -> None:
        self.hard.pop(some, None)
        self.listed = self.listed.pick((self.listed.sets != some).any(axis=1))

    def tell(self) -> None:
        """Prove what the cheapest set left open is worth."""
        left = [self.listed.horizon, int(self.listed.value.min(initial=NO_LIMIT))]
        left += [worth for worth, _ in self.hard.values()]
        left += self.settled.values()
        if self.limit is not None:
            self.run.prove_travel(-(-min(self.top, *left) // SCALE), "centers")
        elif min(left) >= self.top:
            self.run.forbid(
                "No split into connected zones keeps all bands: proved for every set "
                "of centers. Raise the tolerance, or ask for another number of zones."
            )
        else:
            self.run.prove_travel(-(-min(left) // SCALE), "centers")

    def pairs(self, now: Shared, dearer: float = np.inf) -> Pairs:
        """What may be assigned to some centers in a better plan.

        `dearer`: it travels at most so many times what the centers are worth.
        """
        few = only(self.market, now.centers)
        most = min(self.top, int(CLOSED))
        if np.isfinite(dearer):
            most = min(most, int(dearer * max(0, now.worth)) + SCALE)
        if most < CLOSED:
            few.fix(now.level.prices, now.level.least, -(-most // SCALE))
        return open_pairs(few)
