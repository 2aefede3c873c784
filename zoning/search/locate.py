"""Locate and allocate: for few large zones, settle one set of centers after another.

With the centers fixed, sharing out the units is a transportation problem, which HiGHS
and CP-SAT solve quickly, contiguity and all. Which sets are worth that, prices tell:
the relaxation of one set gives prices that judge all the others as well. The set that
looks cheapest is looked at next, until none is left that could beat the best plan.

After Cooper: Heuristic methods for location-allocation problems. SIAM Review 6, 1964,
doi:10.1137/1006005; the proof after Benders, see `center_sets`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from zoning.model.allocate_model import allocate
from zoning.model.zone_model import Pairs, assign
from zoning.search import arrays, relax
from zoning.search.allocation import (
    Allocation,
    Shared,
    centers_of,
    likely,
    only,
    shared,
)
from zoning.search.anneal import Descent, descend
from zoning.search.arrays import NO_LIMIT, SCALE
from zoning.search.assign import open_pairs
from zoning.search.center_sets import (
    CLOSED,
    CenterSets,
    Set,
    cheaper,
    cheapest,
    value_of,
)
from zoning.search.pricing import Market
from zoning.search.relax import Level
from zoning.search.run import Run
from zoning.search.zones import Ints

MOST_SETS = 200_000  # listed at a time
MORE = 1.3  # times the prices, before sets are listed again where that was in vain
FIRST = 0.2  # of the time, at most, goes into a good plan before any bound
AGAIN = 0.95  # the bound by centers is lifted again when pairs fell below this part
RISE = 2e-3  # or when lifting it gave more than this part of the travel
CLIMB = 0.4  # of the time left, at most, for that
GOOD, BEGIN = 6, 0.15  # sets whose centers are likely; of the time, with these only
PLANS = 0.4  # seconds for plans, for each that goes into bounds
IDLE = 1.0  # seconds plans are sought for before bounds are asked again
OTHER_SEEDS, SWEEPS = 1_000, 500  # of short runs of annealing, to begin with
ROUGH, NEAR = 1e-3, 2e-4  # a plan is so near to the best with its centers
DEARER = (1.002, 1.01, np.inf)  # than the relaxation; a plan is sought among such
SEEK, PROVE = 10.0, 3.0  # seconds, at most, for a plan; for a proof, doubled each time


@dataclass(frozen=True)
class Locate:
    """Strategy: solve the assignment to one set of centers after another.

    Parameters
    ----------
    share
        At most this part of the time left is used.
    """

    share: float = 1.0

    def __call__(self, run: Run) -> None:
        """Prove a bound, and offer every better plan."""
        if run.arrays.slotted or not run.near_plans() or run.left <= 0:
            return  # which zone has which name is not in the models
        begun, time = perf_counter(), self.share * run.left
        search = _Search(run, begun + time)
        for _ in search.first_plans():
            if run.done or perf_counter() > begun + FIRST * time:
                break
        if search.allocation.known:
            search.by_turns()


class _Search:
    """What is known of sets of centers, and what is done with it."""

    def __init__(self, run: Run, end: float) -> None:
        self.run = run
        self.end = end
        self.market = Market(run.arrays, run.count, run.executor, 4 * run.workers)
        self.allocation = Allocation(self.market, end)
        self.graph = None if run.arrays.free else arrays.graph(run.arrays)
        self.levels: list[Level] = []
        self.pieces: list[Ints] = []  # what came out torn, to be cut off at once
        self.priced: dict[Set, Shared] = {}  # by what was open then
        self.sought: set[Set] = set()
        self.hard: dict[Set, tuple[int, int]] = {}  # worth, and how often tried
        self.settled: dict[Set, int] = {}  # worth, where no more is to be learnt
        self.known = CenterSets(
            np.zeros((0, run.count), np.int64), np.zeros(0, np.int64), 0
        )
        self.seed = run.seed + OTHER_SEEDS
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

    def first_plans(self) -> Iterator[None]:
        """Move the centers of plans nearly good to better ones; find a plan there."""
        yield from self._settle(self.run.near_plans())
        if self.allocation.known:
            self._seek(self.best)
            yield
            yield from self._relocate()

    def by_turns(self) -> None:
        """Look for bounds and for plans by turns."""
        bounds, plans = self.bounds(), self.plans()
        ahead = 0.0  # seconds plans are to be looked for
        while not self.run.done and perf_counter() < self.end:
            begun = perf_counter()
            if ahead > 0:
                next(plans)
                ahead -= perf_counter() - begun
                continue
            useful = next(bounds, None)
            if useful is None:  # all that was open was looked at
                self.tell()
                return
            ahead += PLANS * (perf_counter() - begun)
            ahead = ahead if useful else max(ahead, IDLE)
            self.tell()

    def plans(self) -> Iterator[None]:
        """Go on so, then by single exchanges, then from other beginnings; for ever."""
        while True:
            yield from self._relocate()
            yield from self._exchange()
            left = [
                one
                for some, one in self.allocation.known.items()
                if some not in self.sought and one.worth < self.top
            ]
            if left:
                self._seek(min(left, key=lambda one: one.worth))
                yield
            run, first = self.run, self.seed
            self.seed += run.workers
            jobs = [Descent(first + k, SWEEPS, self.end) for k in range(run.workers)]
            work = partial(descend, run.arrays, run.count)
            yield from self._settle([one.last for one in run.map(work, jobs)])
            yield

    def _settle(self, near: Sequence[NDArray[np.int32]]) -> Iterator[None]:
        """Move the centers of some plans to better ones."""
        a, count = self.run.arrays, self.run.count
        some = [centers_of(a, labels, count) for labels in near]
        allowed = (one for one in some if self.allocation.allows(one))
        for _ in self._moved(allowed, None):
            yield

    def _moved(
        self, sets: Iterator[Set], best: Shared | None
    ) -> Iterator[Sequence[Shared]]:
        """Move sets of centers to better ones, some side by side."""
        move = partial(self.allocation.settled, best=best)
        while some := list(islice(sets, self.run.workers)):
            yield list(self.run.map(move, some))

    def _relocate(self) -> Iterator[None]:
        """Move one center elsewhere while that is better, then find a plan."""
        better = True
        while better:
            best, better = self.best, False
            for _ in self._moved(self.allocation.relocations(best), best):
                yield
                better = self.best.worth < best.worth
                if better:
                    break
        if self.best.centers not in self.sought:
            self._seek(self.best)
            yield

    def _exchange(self) -> Iterator[None]:
        """Exchange centers where prices do not tell that it is no better."""
        while self.levels and self.best.worth < self.top:
            best, centers = self.best, self.market.centers
            other = cheaper(self.levels, centers, best.centers, best.worth)
            if other is None:
                return
            price = self.allocation.of(other).level.prices.unit / SCALE
            self._learn(relax.evaluate(self.market, price))
            yield

    def bounds(self) -> Iterator[bool]:
        """Lift the bound of all sets, or of the one that is worth least.

        Gives False where nothing is to be done before there is a better plan.
        """
        self._begin()
        climbed, before = 0, 0
        while True:
            rose = self.run.bound > before + RISE * abs(self.run.bound - self.run.base)
            if not climbed or rose or self.market.size < AGAIN * climbed:
                before = self.run.bound
                self._climb()
                climbed = self.market.size
                yield True
                continue
            beyond = self.known.horizon < self.top
            if len(self.known.sets) == 0 and beyond and self._may_list():
                self._list()
            if len(self.known.sets):
                some = tuple(self.known.sets[self.known.value.argmin()].tolist())
            elif self.hard:
                some = min(self.hard, key=lambda one: self.hard[one])
            elif beyond:
                yield False  # a better plan or more prices may make them fewer
                continue
            else:
                return
            if some not in self.priced:
                self._price(some)
            else:
                self._prove(some)
            yield True

    def _begin(self) -> None:
        """Prices where only likely centers are open, judged with all of them open."""
        a, known = self.run.arrays, self.allocation.known.values()
        good = sorted(known, key=lambda one: one.worth)[:GOOD]
        some = [likely(a, one.labels, self.run.count) for one in good]
        few = only(self.market, np.unique(np.concatenate(some)).tolist())
        few.open &= self.market.open
        level = relax.prices_by_centers(
            few,
            relax.worth(a, self.run.count, [one.labels for one in good]),
            None,
            deadline=perf_counter() + BEGIN * (self.end - perf_counter()),
        )
        self._learn(relax.evaluate(self.market, level.prices.unit / SCALE))
        self._narrow()

    def _climb(self) -> None:
        """Better prices for all sets at once."""
        best = max(self.levels, key=lambda level: level.bound)
        level = relax.prices_by_centers(
            self.market,
            best.prices.unit / SCALE,
            self.limit,
            deadline=perf_counter() + CLIMB * (self.end - perf_counter()),
            tell=lambda bound: self.run.prove_travel(bound, "centers"),
        )
        self._learn(level)

    def _may_list(self) -> bool:
        return len(self.levels) >= MORE * self.vain

    def _list(self) -> None:
        count = self.run.count
        centers = self.market.centers
        found = cheapest(self.levels, centers, count, self.top, MOST_SETS, self.end)
        kept = np.ones(len(found.sets), np.bool_)
        for some in (*self.settled, *self.hard):
            kept &= (found.sets != some).any(axis=1)
        if len(found.sets) == 0 and found.horizon < self.top:
            self.vain = len(self.levels)
        self.known = found.pick(kept)

    def _price(self, some: Set) -> None:
        """Learn from the relaxation of one set what every set is worth at least."""
        self.priced[some] = shared(self.market, some)
        price = self.priced[some].level.prices.unit / SCALE
        self._learn(relax.evaluate(self.market, price))

    def _learn(self, level: Level) -> None:
        self.levels.append(level)
        value = np.maximum(self.known.value, value_of(level, self.known.sets))
        self.known = self.known._replace(value=value)
        self._forget()
        self.run.prove_travel(level.bound, "centers")

    def _forget(self) -> None:
        """Drop the listed sets that no better plan has."""
        open_too = self.market.open[self.known.sets].all(axis=1)
        self.known = self.known.pick((self.known.value < self.top) & open_too)

    def _seek(self, now: Shared) -> None:
        """A good plan with these centers, if there is one.

        Looked for among plans hardly dearer than the relaxation at first: few pairs of
        a unit and a center are left then, and fewer when a plan is known.
        """
        self.sought.add(now.centers)
        before = self.run.cost
        end = min(self.end, perf_counter() + SEEK)
        for dearer in DEARER:
            if self._found(now, dearer, ROUGH, end):
                self._found(now, np.inf, NEAR, end)
                break
        if self.run.cost != before:
            self._better()

    def _found(self, now: Shared, dearer: float, gap: float, end: float) -> bool:
        found = allocate(
            self._pairs(now, dearer),
            self.graph,
            self.pieces,
            num_units=len(self.market.open),
            gap=gap,
            seconds=end - perf_counter(),
        )
        self.pieces += found.pieces
        if found.center_of is not None:
            self._offer(found.center_of)
        return found.center_of is not None

    def _prove(self, some: Set) -> None:
        """The best plan with these centers, or that none is better."""
        before = self.run.cost
        worth, tries = self.hard.pop(some, (self._worth(some), 0))
        found = assign(
            self._pairs(self.priced[some]),
            self.graph,
            num_units=len(self.market.open),
            hint=None,
            seconds=min(PROVE * 2**tries, self.end - perf_counter()),
            below=self.limit,
            pieces=self.pieces,
            seed=self.run.seed,
            workers=self.run.workers,
            found=self._offer,
        )
        self.pieces += found.pieces
        bound = int(NO_LIMIT) if found.bound is None else found.bound * SCALE
        worth = max(worth, bound)
        if found.closed or worth >= self.top:
            self.settled[some] = worth
        else:
            self.hard[some] = worth, tries + 1
        self.known = self.known.pick((self.known.sets != some).any(axis=1))
        if self.run.cost != before:
            self._better()

    def _worth(self, some: Set) -> int:
        one = np.array([some])
        return max(int(value_of(level, one)[0]) for level in self.levels)

    def _offer(self, center_of: NDArray[np.integer]) -> None:
        self.run.offer_centers(center_of, "centers")

    def _better(self) -> None:
        """Rule out what a better plan leaves no room for; look at its true centers."""
        if self.levels:
            self._narrow()
        labels = self.run.labels
        if labels is not None:
            centers = centers_of(self.run.arrays, labels, self.run.count)
            if self.allocation.allows(centers):
                self.allocation.of(centers)

    def _narrow(self) -> None:
        self.vain = 0
        best = max(self.levels, key=lambda level: level.bound)
        if self.limit is not None and best.bound < self.limit:
            self.market.fix(best.prices, best.least, self.limit)
            self._forget()

    def tell(self) -> None:
        """Prove what the cheapest set left open is worth."""
        left = [self.known.horizon, int(self.known.value.min(initial=NO_LIMIT))]
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

    def _pairs(self, now: Shared, dearer: float = np.inf) -> Pairs:
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
