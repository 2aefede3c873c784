"""Bound, cut, fix, choose: the exact engine while zones hold a couple of dozen units.

1. *Bound*: the linear relaxation of choosing zones, by column generation; a zone's
   price is found by pruned depth-first search around each center.
2. *Cut*: subset-row cuts lift it.
3. *Fix*: centers, and units of centers, that no better plan needs are ruled out.
4. *List* every zone that a better plan may still hold. Often that is a few hundred.
5. *Choose*: CP-SAT picks the best plan among them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from zoning.model.column_lp import ColumnLP
from zoning.model.column_model import choose
from zoning.model.loose_names import choose_loosely
from zoning.model.names import Names
from zoning.search import pricing, relax, slots, zones
from zoning.search.arrays import FAR, NO_LIMIT, SCALE, Arrays
from zoning.search.pricing import Market, Prices
from zoning.search.prospect import Found
from zoning.search.subset_rows import holding, violated
from zoning.search.zones import Zones

CUTS_A_ROUND = 60
CUT_ROUNDS = 30
FEW = 1_000  # so many zones CP-SAT chooses among at once, without more cuts
MANY = 40_000  # more than so many are not given to CP-SAT
BEGIN_SHARE = 0.15  # of the time goes to the bound by centers, first
SMOOTH = 0.6  # weight of the best prices so far in the prices asked with
FIRST_NODES = 500
LAST_NODES = 1_000_000
DIVE_ZONES = 4_000
DIVE_SECONDS = 6.0


@dataclass(frozen=True)
class Limits:
    """What a search may use: seconds, threads, and where chance comes from."""

    seconds: float
    seed: int = 0
    workers: int = 1
    executor: Executor | None = None
    tell: Callable[[int], None] = field(default=lambda _: None)


@dataclass(frozen=True)
class Chosen:
    """What the engine found for a region or a window.

    Parameters
    ----------
    best
        Zones of the best plan, or None.
    bound
        No plan travels less; None: there is no plan at all.
    closed
        The plan is proved best, or proved not to exist.
    prices
        Dual prices the bound was found with.
    """

    best: Zones | None
    bound: int | None
    closed: bool
    prices: Prices | None = None


@dataclass(frozen=True)
class _Answer:
    """What asking all centers brought: zones, a better bound, the whole truth."""

    fresh: Zones
    news: bool
    complete: bool


class Master:
    """The linear relaxation of one region or window, grown where it pays."""

    def __init__(
        self,
        a: Arrays,
        count: int,
        best: Zones | None,
        limits: Limits,
        near: Sequence[NDArray[np.int32]] = (),
        extra: int = 0,
    ) -> None:
        self.a = a
        self.n = len(a.ways.spots)
        self.count = count
        self.best = best
        self.limits = limits
        self.deadline = perf_counter() + limits.seconds
        self.market = Market(a, count, limits.executor, 4 * limits.workers)
        self.limit = None if best is None else int(best.cost.sum()) + extra
        self.bound = 0
        self.prices: Prices | None = None  # those that gave the best value so far,
        self.proved = 0  # which is this one; negative while prices are wild
        self.least = np.zeros(0, np.int64)
        self.triples = np.zeros((0, 3), np.int32)
        self.columns: list[Zones] = []
        self.value: NDArray[np.float64] = np.zeros(0)
        worth = relax.worth(a, count, near)
        penalty = 5.0 * worth + 3.0 * worth.mean() + 1.0
        if best is not None:  # it covers every unit: nothing to fear
            penalty = np.full(self.n, 4.0 * best.cost.max() + 4.0)
        self.lp = ColumnLP(self.n, count, penalty)
        if best is not None:
            self.add(best)
        for labels in near:
            some = zones.of_plan(a, labels, count)
            fits = np.flatnonzero(zones.keeps_bands(a, some))
            if len(fits):
                self.add(zones.pick(some, fits))
        self.impossible = False  # proved: there is no plan
        self.most = self._most_travel()
        self.dearest = min(50.0 * self.most, relax.dearest(self.n) / 4)
        prices = Prices(
            np.rint(worth * SCALE).astype(np.int64),
            0,
            np.zeros(0, np.int64),
            self.triples,
        )
        if self.n <= relax.DENSE_UNITS:
            level = relax.prices_by_centers(
                self.market,
                worth,
                self.limit,
                deadline=perf_counter() + BEGIN_SHARE * limits.seconds,
            )
            prices = level.prices
            self.bound = max(0, level.bound)
            limits.tell(self.bound)
        if not self.closed:
            self._ask(prices, FIRST_NODES)

    def _ask(self, prices: Prices, nodes: int) -> _Answer | None:
        """Price every center; None if the time ran out on the way."""
        found = self.market.ask(
            prices,
            prices.count - SCALE // 8,
            improving=True,
            most_nodes=nodes,
            most_zones=50,
            deadline=self.deadline,
        )
        if found is None:
            return None
        news = self._prove(prices, found)
        fresh = pricing.columns(self.a, found)
        if len(fresh):
            self.add(fresh)
        return _Answer(fresh, news, all(one.complete for one in found))

    def add(self, some: Zones) -> None:
        """Give the relaxation more zones to choose from."""
        held = holding(some, self.triples, self.n)
        self.lp.add(some.indptr, some.members, some.cost, held)
        self.columns.append(some)

    def _most_travel(self) -> float:
        """More than any plan travels: every unit served from the farthest center."""
        if len(self.a.ways.table):
            return float((self.a.ways.table % FAR).max(axis=1).sum())
        reach = np.hypot(np.ptp(self.a.ways.x), np.ptp(self.a.ways.y)) + 1.0
        return float((self.a.ways.metre * reach + 1.0).sum())

    @property
    def closed(self) -> bool:
        """No plan is better than the one at hand."""
        return self.impossible or (self.limit is not None and self.bound >= self.limit)

    @property
    def late(self) -> bool:
        """The time is over."""
        return perf_counter() >= self.deadline

    def price(self) -> bool:
        """Column generation to the end; False when the time ran out before it."""
        smooth, nodes = SMOOTH, FIRST_NODES
        while not self.closed and not self.late:
            self.value, duals, objective, solved = self.lp.solve(
                self.deadline - perf_counter()
            )
            if not solved:
                return False
            goal = pricing.whole(duals, self.triples)
            prices = goal
            if self.prices is not None and smooth > 0:
                prices = pricing.between(self.prices, goal, smooth)
            answer = self._ask(prices, nodes)
            if answer is None:
                return False
            done = self.bound >= objective - max(1.0, 2e-5 * objective)
            if done and not self.lp.uncovered:
                return True
            pays = self._pays(answer.fresh, goal)
            if answer.news:
                smooth = max(0.4, smooth - 0.1)
            elif pays and smooth > 0:
                smooth = 1.0 - 0.7 * (1.0 - smooth)
            if not answer.news and not pays:
                if smooth > 0:
                    smooth = smooth / 2 if smooth > 0.1 else 0.0
                elif nodes < LAST_NODES and not answer.complete:
                    nodes *= 10
                elif self.lp.uncovered and self._may_rise():
                    self.lp.raise_penalty(4.0)
                else:
                    return True
        return self.closed

    def _may_rise(self) -> bool:
        """Leaving a unit uncovered is still cheaper than it may be made."""
        return bool(self.lp.penalty[: self.n].max() < self.dearest)

    def _pays(self, fresh: Zones, goal: Prices) -> bool:
        """Some new zone lowers the relaxation at its present prices."""
        if not len(fresh):
            return False
        value = pricing.values(fresh, goal, holding(fresh, self.triples, self.n))
        return bool((value < goal.count - SCALE // 8).any())

    def _prove(self, prices: Prices, found: list[Found]) -> bool:
        least = self.market.least(found)
        proved = self.market.bound(prices, least)
        if self.prices is not None and proved <= self.proved:
            return False
        self.proved, self.prices, self.least = proved, prices, least
        self.bound = max(self.bound, proved)
        self.impossible = self.limit is None and self.bound > self.most
        if self.limit is not None and proved < self.limit:
            self.market.fix(prices, least, self.limit)
        self.limits.tell(proved)
        return True

    def separate(self) -> bool:
        """Add violated cuts; False when there are none."""
        every = zones.stack(self.columns)
        live = np.flatnonzero(self.value > 1e-7)
        some = zones.pick(every, live)
        fresh = violated(some, self.value[live], self.n, CUTS_A_ROUND)
        if not len(fresh):
            return False
        held = holding(every, fresh, self.n)
        cut = np.concatenate(held)
        column = np.repeat(np.arange(len(every)), [len(one) for one in held])
        for at in range(len(fresh)):
            self.lp.cut(column[cut == at])
        self.triples = np.concatenate([self.triples, fresh])
        return True

    def dive(self) -> None:
        """Look for a better plan among the cheapest of the zones met so far."""
        if self.prices is None or self.closed or not self.columns:
            return
        every = zones.stack(self.columns)
        value = pricing.values(every, self.prices, holding(every, self.triples, self.n))
        at = np.sort(np.argsort(value, kind="stable")[:DIVE_ZONES])
        some = zones.pick(every, at)
        seconds = min(DIVE_SECONDS, 0.2 * (self.deadline - perf_counter()))
        picked = pick_plan(self.a, some, self.count, self.limits, seconds)
        if picked.best is None:
            return
        if self.limit is None or picked.travel < self.limit:
            self.best, self.limit = picked.best, picked.travel
            if self.bound < picked.travel:
                self.market.fix(self.prices, self.least, picked.travel)

    def remaining(self, most: int) -> Zones | None:
        """Every zone that a better plan may hold, or None if over `most`."""
        if self.prices is None:
            return None
        allowed: zones.Ints | int = int(NO_LIMIT) // 4
        if self.limit is not None:
            allowed = self.market.allowed(self.prices, self.least, self.limit)
        return self.market.every(
            self.prices,
            allowed,
            most_nodes=LAST_NODES,
            most_zones=most,
            deadline=self.deadline,
        )


def close(
    a: Arrays,
    count: int,
    best: Zones | None,
    limits: Limits,
    near: Sequence[NDArray[np.int32]] = (),
    extra: int = 0,
) -> Chosen:
    """Find the best plan of `count` zones, or how good it can be at most.

    Parameters
    ----------
    a
        The region or window.
    best
        Zones of the best plan known, or None.
    near
        Labels of plans that are nearly good; they may break bands.
    extra
        What the best plan costs beside the travel of its zones: changes of zone.
    """
    master = Master(a, count, best, limits, near, extra)
    solved = master.price()
    if master.impossible:
        return Chosen(None, None, closed=True)
    listed = master.remaining(FEW)
    if listed is None:
        master.dive()
    for turn in range(CUT_ROUNDS):
        if not solved or master.closed or master.late:
            break
        listed = master.remaining(FEW)
        if listed is not None or not master.separate():
            break
        solved = master.price()
        if turn % 6 == 5:
            master.dive()
    if not master.closed and not master.late:
        listed = listed if listed is not None else master.remaining(MANY)
        if listed is not None:
            return _choose(master, listed)
    bound = master.bound if master.limit is None else min(master.bound, master.limit)
    return Chosen(master.best, bound, master.closed, master.prices)


def _choose(master: Master, listed: Zones) -> Chosen:
    """CP-SAT's choice among all zones a better plan may hold."""
    seconds = master.deadline - perf_counter()
    picked = pick_plan(master.a, listed, master.count, master.limits, seconds)
    if picked.best is not None and (
        master.limit is None or picked.travel < master.limit
    ):
        bound = picked.travel
        if not picked.closed:
            bound = min(bound, max(master.bound, picked.bound or 0))
        return Chosen(picked.best, bound, picked.closed, master.prices)
    if not picked.closed:
        bound = max(master.bound, picked.bound or 0)
        if master.limit is not None:
            bound = min(bound, master.limit)
        return Chosen(master.best, bound, closed=False, prices=master.prices)
    # nothing better: the plan at hand is best (or, without one, there is none)
    return Chosen(master.best, master.limit, closed=True, prices=master.prices)


@dataclass(frozen=True)
class Picked:
    """CP-SAT's choice among zones.

    Parameters
    ----------
    best
        The zones, each in its place where zones have names; None if none were found.
    travel
        What they travel, and their changes of zone.
    bound
        No choice costs less; None: there is none.
    closed
        The choice is proved cheapest, or proved not to exist.
    """

    best: Zones | None
    travel: int
    bound: int | None
    closed: bool


def pick_plan(
    a: Arrays, listed: Zones, count: int, limits: Limits, seconds: float
) -> Picked:
    """Cheapest plan among listed zones, by all rules about names and changes."""
    n = len(a.ways.spots)
    if not a.slotted:
        choice = choose(
            listed.indptr,
            listed.members,
            listed.cost,
            num_rows=n,
            counts=((None, count),),
            time_limit=seconds,
            seed=limits.seed,
            workers=limits.workers,
        )
        if choice.columns is None:
            return Picked(None, 0, choice.bound, choice.closed)
        best = zones.pick(listed, np.array(choice.columns))
        return Picked(best, int(best.cost.sum()), choice.bound, choice.closed)
    named = choose_loosely(
        listed.indptr,
        listed.members,
        listed.cost,
        names_of(a, listed),
        num_rows=n,
        count=count,
        time_limit=seconds,
    )
    if named.pairs is None:
        return Picked(None, 0, named.bound, named.closed)
    best = zones.pick(listed, slots.placed(named.pairs, count))
    change = slots.changed(a, zones.labels(best, n))
    travel = int(best.cost.sum()) + int(slots.change_cost(a, change))
    return Picked(best, travel, named.bound, named.closed)


def names_of(a: Arrays, several: Zones) -> Names:
    """Names zones could have; one row each, without a name, where all are alike."""
    if not a.slotted:
        every = np.arange(len(several))
        none = np.zeros(len(several), np.int64)
        return Names(every, none - 1, none, none, none[:0], None)
    could = slots.options(a, several)
    return Names(
        could.zone,
        could.slot,
        slots.change_cost(a, could.change),
        could.change,
        np.flatnonzero(a.places.required),
        None if a.places.change_most >= NO_LIMIT else int(a.places.change_most),
    )
