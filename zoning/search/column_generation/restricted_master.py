"""The linear relaxation of choosing zones: priced, cut and fixed.

A zone's price is found by pruned depth-first search around each center. The bound that
follows is worked out in whole numbers, from prices the linear program only proposes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.search.instance import zones
from zoning.search.instance.constants import NO_LIMIT, SCALE
from zoning.search.instance.instance import Instance
from zoning.search.instance.zones import Zones
from zoning.search.lagrangian import bound as relax
from zoning.search.pricing import subproblems as pricing
from zoning.search.pricing.price_center import Found
from zoning.search.pricing.subproblems import Market, Prices
from zoning.search.pricing.subset_rows import holding, violated
from zoning.solvers.master_lp import ColumnLP

CUTS_A_ROUND = 60  # or a third of the units, if that is more
BEGIN_SHARE = 0.15  # of the time goes to the bound by centers, first
SMOOTH = 0.6  # weight of the best prices so far in the prices asked with
FIRST_NODES = 500
LAST_NODES = 1_000_000
TIDY = 0.5  # of the zones met are of use, or fewer: the others are forgotten
REST_ZONES = 5_000  # the cheapest of those met go on to what a dive has left


@dataclass(frozen=True)
class Limits:
    """What a search may use: seconds, threads, and where chance comes from.

    `tell` gets every better bound, `found` the zones of every better plan.
    """

    seconds: float
    seed: int = 0
    workers: int = 1
    executor: Executor | None = None
    tell: Callable[[int], None] = field(default=lambda _: None)
    found: Callable[[Zones], object] = field(default=lambda _: None)


@dataclass(frozen=True)
class _Answer:
    """What asking all centers brought: zones, a better bound, the whole truth."""

    fresh: Zones
    news: bool
    complete: bool


class Master:
    """The linear relaxation of one region or window, grown where it pays.

    Parameters
    ----------
    market
        The region or window, the number of zones, and who may serve whom.
    penalty
        Per unit the price of leaving it uncovered, to begin with.
    limit
        Only plans that travel less are looked for; None: all.
    """

    def __init__(
        self,
        market: Market,
        penalty: NDArray[np.float64],
        limits: Limits,
        limit: int | None,
    ) -> None:
        self.a: Instance = market.a
        self.n = self.a.num_units
        self.count = market.count
        self.market = market
        self.limits = limits
        self.deadline = perf_counter() + limits.seconds
        self.limit = limit
        self.best: Zones | None = None
        self.bound = 0
        self.prices: Prices | None = None  # those that gave the best value so far,
        self.proved = 0  # which is this one; negative while prices are wild
        self.least = np.zeros(0, np.int64)
        self.triples = np.zeros((0, 3), np.int32)
        self.columns: list[Zones] = []
        self.value: NDArray[np.float64] = np.zeros(0)
        self.lp = ColumnLP(self.n, self.count, penalty)
        self.impossible = False  # proved: there is no plan
        self.most = self.a.travel_data.most()
        self.dearest = min(50.0 * self.most, relax.dearest(self.n) / 4)

    def rest(self, kept: Zones, seconds: float) -> Master:
        """What is left to choose when these zones are kept, to be priced anew.

        Of the zones met so far it begins with the cheapest that share no unit with
        those kept. Its units are those left, in order.
        """
        free = np.ones(self.n, np.bool_)
        free[kept.members] = False
        units = np.flatnonzero(free)
        limit = None if self.limit is None else self.limit - int(kept.cost.sum())
        limits = Limits(seconds, self.limits.seed, self.limits.workers)
        market = self.market.narrowed(units, self.count - len(kept))
        rest = Master(market, self.lp.penalty[units], limits, limit)
        some = self.cheapest(REST_ZONES, free)
        if len(some):
            position = np.cumsum(free, dtype=np.int32) - np.int32(1)
            rest.add(Zones(some.indptr, position[some.members], some.cost))
        return rest

    def begin(
        self, worth: NDArray[np.float64], near: Sequence[NDArray[np.int32]]
    ) -> None:
        """Put in zones of plans that are nearly good, and find the first prices.

        Parameters
        ----------
        worth
            Yuan a unit, to begin with.
        near
            Labels of such plans; they may break bands.
        """
        for labels in near:
            some = zones.of_plan(self.a, labels, self.count)
            fits = np.flatnonzero(zones.keeps_bands(self.a, some))
            if len(fits):
                self.add(zones.pick(some, fits))
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
                deadline=perf_counter() + BEGIN_SHARE * self.limits.seconds,
            )
            prices = level.prices
            self.bound = max(0, level.bound)
            self.limits.tell(self.bound)
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

    @property
    def closed(self) -> bool:
        """No plan is better than the one at hand."""
        return self.impossible or (self.limit is not None and self.bound >= self.limit)

    @property
    def late(self) -> bool:
        """The time is over."""
        return perf_counter() >= self.deadline

    def price(self, share: float = 1.0) -> bool:
        """Column generation to the end; False when the time ran out before it.

        It takes so large a share of the time left.
        """
        smooth, nodes = SMOOTH, FIRST_NODES
        until = perf_counter() + share * (self.deadline - perf_counter())
        while not self.closed and perf_counter() < until:
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
        most = max(CUTS_A_ROUND, self.n // 3)
        fresh = violated(some, self.value[live], self.n, most)
        if not len(fresh):
            return False
        held = holding(every, fresh, self.n)
        cut = np.concatenate(held)
        column = np.repeat(np.arange(len(every)), [len(one) for one in held])
        for at in range(len(fresh)):
            self.lp.cut(column[cut == at])
        self.triples = np.concatenate([self.triples, fresh])
        return True

    def cheapest(self, most: int, free: NDArray[np.bool_] | None = None) -> Zones:
        """Of the zones met the cheapest at the best prices so far, in order.

        `free`: only zones of these units.
        """
        some = zones.stack(self.columns)
        if free is not None:
            within = np.logical_and.reduceat(free[some.members], some.indptr[:-1])
            some = zones.pick(some, np.flatnonzero(within))
        if self.prices is None or len(some) <= most:
            return some
        held = holding(some, self.triples, self.n)
        value = pricing.values(some, self.prices, held)
        return zones.pick(some, np.sort(np.argsort(value, kind="stable")[:most]))

    def tidy(self) -> None:
        """Forget zones met that no better plan holds, where that is most of them."""
        if self.prices is None or self.limit is None or self.bound >= self.limit:
            return
        every = zones.stack(self.columns)
        held = holding(every, self.triples, self.n)
        worth = pricing.values(every, self.prices, held)
        allowed = self.market.allowed(self.prices, self.least, self.limit)
        basic = self.lp.basic  # those met after the last solution are not in it
        fresh = np.ones(len(every) - len(basic), np.bool_)
        kept = (worth <= allowed.max()) | np.append(basic, fresh)
        if not kept.any() or kept.sum() > TIDY * len(every):
            return
        self.lp.keep(kept)
        value = np.append(self.value, np.zeros(len(every) - len(self.value)))
        self.columns = [zones.pick(every, np.flatnonzero(kept))]
        self.value = value[kept]

    def offer(self, best: Zones, travel: int) -> None:
        """Take over a plan if it is better; rule out what no still better one needs."""
        if self.limit is not None and travel >= self.limit:
            return
        self.best, self.limit = best, travel
        self.limits.found(best)
        if self.prices is not None and self.bound < travel:
            self.market.fix(self.prices, self.least, travel)

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


def master_of(
    a: Instance,
    count: int,
    best: Zones | None,
    limits: Limits,
    near: Sequence[NDArray[np.int32]] = (),
    extra: int = 0,
) -> Master:
    """The relaxation of a region or window, with its first prices.

    Parameters
    ----------
    best
        Zones of the best plan known, or None.
    near
        Labels of plans that are nearly good; they may break bands.
    extra
        What the best plan costs beside the travel of its zones: changes of zone.
    """
    worth = relax.worth(a, count, near)
    penalty = 5.0 * worth + 3.0 * worth.mean() + 1.0
    if best is not None:  # it covers every unit: nothing to fear
        penalty = np.full(len(worth), 4.0 * best.cost.max() + 4.0)
    market = Market(a, count, limits.executor, 4 * limits.workers)
    limit = None if best is None else int(best.cost.sum()) + extra
    master = Master(market, penalty, limits, limit)
    if best is not None:
        master.best = best
        master.add(best)
    master.begin(worth, near)
    return master
