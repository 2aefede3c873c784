"""The restricted master: the linear relaxation of set partitioning, priced and cut.

Columns are zones, priced by branch and bound around each center. The bound that follows
is worked out in whole numbers, from duals the linear program only proposes. See
"Choosing zones" in docs/formulation.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.parallel.hub import Hub
from zoning.search.column_generation.integer_master import (
    IntegerSolution,
    solve_integer_master,
)
from zoning.search.column_generation.params import PARAMS, MasterParams
from zoning.search.instance import zones
from zoning.search.instance.constants import NO_LIMIT, SCALE
from zoning.search.instance.instance import Instance
from zoning.search.instance.zones import Ints, Zones
from zoning.search.lagrangian.ascent import knapsack_dual
from zoning.search.lagrangian.bound import initial_multipliers, max_multiplier
from zoning.search.pricing.duals import (
    Duals,
    reduced_costs,
    round_duals,
    smooth_duals,
    unit_duals,
)
from zoning.search.pricing.price_center import PricedColumns
from zoning.search.pricing.subproblems import CenterSubproblems, stack_columns
from zoning.search.pricing.subset_rows import coefficients, separate
from zoning.solvers.master_lp import MasterLP

SLACK = SCALE // 8  # a column that lowers the relaxation by no more is no news


@dataclass(frozen=True)
class ColumnGenerationLimits:
    """What a search may use: seconds, threads, and where chance comes from.

    `on_bound` gets every better bound on travel, `on_plan` the zones of every better
    plan, `on_duals` what bounds of themselves were found with. `multipliers`, yuan a
    unit, are known to be good ones.
    """

    seconds: float
    seed: int = 0
    workers: int = 1
    hub: Hub = field(default_factory=Hub)
    on_bound: Callable[[int], None] = field(default=lambda _: None)
    on_plan: Callable[[Zones], object] = field(default=lambda _: None)
    on_duals: Callable[[Duals], None] = field(default=lambda _: None)
    multipliers: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class _Round:
    """What pricing all centers brought: columns, a better bound, the whole truth."""

    columns: Zones
    improved: bool
    complete: bool


class RestrictedMaster:
    """The linear relaxation of one region or window, grown where it pays.

    Parameters
    ----------
    subproblems
        The region or window, the number of zones, and who may serve whom.
    artificial_cost
        Per unit the price of leaving it uncovered, to begin with.
    cutoff
        Only plans that travel less are looked for; None: all.

    Attributes
    ----------
    incumbent
        Zones of the best plan found.
    bound
        No plan below the cutoff travels less.
    duals, dual_bound, min_reduced_cost
        The duals that gave the best bound of themselves, which is this one (negative
        while duals are wild), and the least reduced cost of each center at them. New
        duals are smoothed towards them: they are the stability center.
    columns, primal, cuts
        Zones met; what the last solution has of them; the cuts, as triples.
    """

    def __init__(
        self,
        subproblems: CenterSubproblems,
        artificial_cost: NDArray[np.float64],
        limits: ColumnGenerationLimits,
        cutoff: int | None,
        params: MasterParams = PARAMS.master,
    ) -> None:
        self.params = params
        self.a: Instance = subproblems.a
        self.num_units = self.a.num_units
        self.num_zones = subproblems.num_zones
        self.subproblems = subproblems
        self.limits = limits
        self.deadline = perf_counter() + limits.seconds
        self.cutoff = cutoff
        self.incumbent: Zones | None = None
        self.bound = 0
        self.duals: Duals | None = None
        self.dual_bound = 0
        self.min_reduced_cost = np.zeros(0, np.int64)
        self.cuts = np.zeros((0, 3), np.int32)
        self.columns: list[Zones] = []
        self.primal: NDArray[np.float64] = np.zeros(0)
        count_cost = artificial_cost.sum() / self.num_zones
        self.lp = MasterLP(
            self.num_units, [self.num_zones], artificial_cost, count_cost
        )
        self.infeasible = False  # proved: there is no plan
        self.max_travel = self.a.travel_data.most()
        self.max_dual = min(50.0 * self.max_travel, max_multiplier(self.num_units) / 4)

    def residual(self, fixed: Zones, seconds: float) -> RestrictedMaster:
        """What is left to choose when these zones are fixed, to be priced anew.

        Of the zones met so far it begins with the cheapest that share no unit with
        them. Its units are those left, in order.
        """
        is_free = np.ones(self.num_units, np.bool_)
        is_free[fixed.members] = False
        units = np.flatnonzero(is_free)
        cutoff = None if self.cutoff is None else self.cutoff - int(fixed.cost.sum())
        limits = ColumnGenerationLimits(seconds, self.limits.seed, self.limits.workers)
        subproblems = self.subproblems.restrict(units, self.num_zones - len(fixed))
        cost = self.lp.artificial_cost[units]
        out = RestrictedMaster(subproblems, cost, limits, cutoff, self.params)
        some = self.best_columns(self.params.max_residual_columns, is_free)
        if len(some):
            position = np.cumsum(is_free, dtype=np.int32) - np.int32(1)
            out.add(some.renumbered(position))
        return out

    def initialise(
        self, multipliers: NDArray[np.float64], near: Sequence[NDArray[np.int32]]
    ) -> None:
        """Put in zones of plans that are nearly good, and find the first duals.

        Parameters
        ----------
        multipliers
            Yuan a unit, to begin with.
        near
            Labels of such plans; they may break bands.
        """
        for labels in near:
            some = zones.of_plan(self.a, labels, self.num_zones)
            fits = np.flatnonzero(zones.keeps_bands(self.a, some))
            if len(fits):
                self.add(zones.pick(some, fits))
        duals = unit_duals(multipliers)
        if self.num_units <= self.params.max_lagrangian_units:
            point = knapsack_dual(
                self.subproblems,
                multipliers,
                self.cutoff,
                deadline=perf_counter()
                + self.params.lagrangian_share * self.limits.seconds,
            )
            duals = point.duals
            self.bound = max(0, point.bound)
            self.limits.on_bound(self.bound)
        if not self.closed:
            self._price(duals, self.params.first_nodes)

    def _price(self, duals: Duals, max_nodes: int) -> _Round | None:
        """Price every center; None if the time ran out on the way."""
        priced = self.subproblems.price(
            duals,
            duals.count - SLACK,
            improving=True,
            max_nodes=max_nodes,
            max_columns=self.params.max_finds,
            deadline=self.deadline,
        )
        if priced is None:
            return None
        improved = self._update_bound(duals, priced)
        fresh = stack_columns(self.a, priced)
        if len(fresh):
            self.add(fresh)
        return _Round(fresh, improved, all(one.complete for one in priced))

    def add(self, some: Zones) -> None:
        """Give the relaxation more zones to choose from."""
        in_cuts = coefficients(some, self.cuts, self.num_units)
        counted = np.ones((len(some), 1), np.int64)
        self.lp.add_columns(some.indptr, some.members, some.cost, counted, in_cuts)
        self.columns.append(some)

    @property
    def closed(self) -> bool:
        """No plan is better than the one at hand."""
        at_cutoff = self.cutoff is not None and self.bound >= self.cutoff
        return self.infeasible or at_cutoff

    @property
    def late(self) -> bool:
        """The time is over."""
        return perf_counter() >= self.deadline

    def generate_columns(self, share: float = 1.0) -> bool:
        """Column generation to the end; False when the time ran out before it.

        It takes so large a share of the time left.
        """
        params = self.params
        smoothing, max_nodes = params.smoothing, params.first_nodes
        until = perf_counter() + share * (self.deadline - perf_counter())
        while not self.closed and perf_counter() < until:
            solution = self.lp.solve(self.deadline - perf_counter())
            self.primal, objective = solution.primal, solution.objective
            if not solution.solved:
                return False
            latest = duals = round_duals(solution.duals, self.cuts)
            if self.duals is not None and smoothing > 0:
                duals = smooth_duals(self.duals, latest, smoothing)
            priced = self._price(duals, max_nodes)
            if priced is None:
                return False
            done = self.bound >= objective - max(1.0, 2e-5 * objective)
            if done and not self.lp.uses_artificial:
                return True
            pays = self._pays(priced.columns, latest)
            if priced.improved:
                smoothing = max(0.4, smoothing - 0.1)
            elif pays and smoothing > 0:
                smoothing = 1.0 - 0.7 * (1.0 - smoothing)
            if not priced.improved and not pays:
                if smoothing > 0:
                    smoothing = smoothing / 2 if smoothing > 0.1 else 0.0
                elif max_nodes < params.last_nodes and not priced.complete:
                    max_nodes *= 10
                elif self.lp.uses_artificial and self._may_rise():
                    self.lp.raise_artificial_cost(4.0)
                else:
                    return True
        return self.closed

    def _may_rise(self) -> bool:
        """Leaving a unit uncovered is still cheaper than it may be made."""
        cost = self.lp.artificial_cost[: self.num_units]
        return bool(cost.max() < self.max_dual)

    def _pays(self, fresh: Zones, duals: Duals) -> bool:
        """Some new zone lowers the relaxation at its present duals."""
        if not len(fresh):
            return False
        return bool((reduced_costs(fresh, duals) < duals.count - SLACK).any())

    def _update_bound(self, duals: Duals, priced: list[PricedColumns]) -> bool:
        """Take over duals whose bound is the best so far; whether it is."""
        least = self.subproblems.min_reduced_cost(priced)
        bound = self.subproblems.bound(duals, least)
        if self.duals is not None and bound <= self.dual_bound:
            return False
        self.dual_bound, self.duals, self.min_reduced_cost = bound, duals, least
        self.limits.on_duals(duals)
        self.bound = max(self.bound, bound)
        self.infeasible = self.cutoff is None and self.bound > self.max_travel
        if self.cutoff is not None and bound < self.cutoff:
            self.subproblems.fix_by_reduced_cost(duals, least, self.cutoff)
        self.limits.on_bound(bound)
        return True

    def separate(self) -> bool:
        """Add violated cuts; False when there are none."""
        every = zones.stack(self.columns)
        live = np.flatnonzero(self.primal > 1e-7)
        some = zones.pick(every, live)
        max_cuts = max(self.params.cuts_per_round, self.num_units // 3)
        fresh = separate(some, self.primal[live], self.num_units, max_cuts)
        if not len(fresh):
            return False
        indptr, cut = coefficients(every, fresh, self.num_units)
        column = np.repeat(np.arange(len(every)), np.diff(indptr))
        for at in range(len(fresh)):
            self.lp.add_cut(column[cut == at])
        self.cuts = np.concatenate([self.cuts, fresh])
        return True

    def best_columns(
        self, most: int, is_free: NDArray[np.bool_] | None = None
    ) -> Zones:
        """Of the zones met those of least reduced cost at the best duals, in order.

        `is_free`: only zones of these units.
        """
        some = zones.stack(self.columns)
        if is_free is not None:
            within = np.logical_and.reduceat(is_free[some.members], some.indptr[:-1])
            some = zones.pick(some, np.flatnonzero(within))
        if self.duals is None or len(some) <= most:
            return some
        order = np.argsort(reduced_costs(some, self.duals), kind="stable")
        return zones.pick(some, np.sort(order[:most]))

    def purge_columns(self) -> None:
        """Forget zones met that no better plan holds, where that is most of them."""
        if self.duals is None or self.cutoff is None or self.bound >= self.cutoff:
            return
        every = zones.stack(self.columns)
        cost = reduced_costs(every, self.duals)
        most = self.subproblems.max_reduced_cost(
            self.duals, self.min_reduced_cost, self.cutoff
        )
        basic = self.lp.basic  # those met after the last solution are not in it
        fresh = np.ones(len(every) - len(basic), np.bool_)
        kept = (cost <= most.max()) | np.append(basic, fresh)
        if not kept.any() or kept.sum() > self.params.purge_share * len(every):
            return
        self.lp.keep_columns(kept)
        primal = np.append(self.primal, np.zeros(len(every) - len(self.primal)))
        self.columns = [zones.pick(every, np.flatnonzero(kept))]
        self.primal = primal[kept]

    def update_incumbent(self, best: Zones, travel: int) -> None:
        """Take over a plan if it is better; rule out what no still better one needs."""
        if self.cutoff is not None and travel >= self.cutoff:
            return
        self.incumbent, self.cutoff = best, travel
        self.limits.on_plan(best)
        if self.duals is not None and self.bound < travel:
            self.subproblems.fix_by_reduced_cost(
                self.duals, self.min_reduced_cost, travel
            )

    def select(self, some: Zones, seconds: float) -> IntegerSolution:
        """The best plan among some zones: the integer master."""
        return solve_integer_master(
            self.a,
            some,
            self.num_zones,
            seconds=seconds,
            seed=self.limits.seed,
            workers=self.limits.workers,
            max_cpsat_columns=self.params.max_cpsat_columns,
        )

    def enumerate(self, max_columns: int) -> Zones | None:
        """Every zone that a plan below the cutoff may hold, or None if over so many."""
        if self.duals is None:
            return None
        most: Ints | int = int(NO_LIMIT) // 4
        if self.cutoff is not None:
            most = self.subproblems.max_reduced_cost(
                self.duals, self.min_reduced_cost, self.cutoff
            )
        return self.subproblems.enumerate(
            self.duals,
            most,
            max_nodes=self.params.last_nodes,
            max_columns=max_columns,
            deadline=self.deadline,
        )


def build_master(
    a: Instance,
    num_zones: int,
    best: Zones | None,
    limits: ColumnGenerationLimits,
    near: Sequence[NDArray[np.int32]] = (),
    extra: int = 0,
    params: MasterParams = PARAMS.master,
) -> RestrictedMaster:
    """The relaxation of a region or window, with its first duals.

    Parameters
    ----------
    best
        Zones of the best plan known, or None.
    near
        Labels of plans that are nearly good; they may break bands.
    extra
        What the best plan costs beside the travel of its zones: changes of zone.
    """
    multipliers = initial_multipliers(a, num_zones, near)
    artificial_cost = 5.0 * multipliers + 3.0 * multipliers.mean() + 1.0
    if best is not None:  # it covers every unit: nothing to fear
        artificial_cost = np.full(len(multipliers), 4.0 * best.cost.max() + 4.0)
    subproblems = CenterSubproblems(a, num_zones, limits.hub)
    cutoff = None if best is None else int(best.cost.sum()) + extra
    master = RestrictedMaster(subproblems, artificial_cost, limits, cutoff, params)
    if best is not None:
        master.incumbent = best
        master.add(best)
    known = limits.multipliers
    master.initialise(multipliers if known is None else known, near)
    return master
