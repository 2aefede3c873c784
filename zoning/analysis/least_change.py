"""As few moves as possible: plans by the m² that change zone, then by cost.

A usual search with change at a price gives a first plan. Units are then assigned to
the names of last year's zones, by a program that only counts moves: it gives plans that
move less, and a floor of moves. Smaller budgets of change are tried: each gives a
better plan, or the proof that there is none. Last comes the cheapest plan within the
budget that is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from zoning.check import Verdict, judge
from zoning.clock import perf_counter
from zoning.plan import Plan, canonical
from zoning.problem import Problem
from zoning.region import Ints
from zoning.result import PartBudget, Result, Status
from zoning.rules import Rule
from zoning.share import COST_BAND
from zoning.solvers.budget import SearchBudget
from zoning.solvers.fewest_moves import Moves, SumLimit, few_moves
from zoning.solvers.fewest_moves import fewest_moves as fewest

# Of the time: for change at a price, units assigned to names, smaller budgets.
PRICED, ASSIGNED, TRIED = 0.25, 0.4, 0.1
MOST_PAIRS = 60_000  # of a unit and a name that are assigned
ONE_TRIAL = 0.4  # of what is left of that
NEAR = 0.5  # of the travel to the middle of its former zone a zone has at least
LEAST_SECONDS = 0.2


class Search(Protocol):
    """Searches of the usual kind."""

    def cheapest(self, problem: Problem, seconds: float, start: Plan | None) -> Result:
        """The cheapest plan, beginning with `start`."""

    def any_plan(self, problem: Problem, seconds: float) -> Result:
        """The first plan there is."""


def fewest_moves(
    problem: Problem, search: Search, seconds: float, start: Plan | None
) -> Result:
    """The plan with the fewest m² that change zone; of those, the cheapest.

    Parameters
    ----------
    problem
        Under a rule of least change.
    search
        What plans and proofs come from.
    seconds
        For all searches together.
    start
        A plan to begin with, or None.
    """
    began = perf_counter()
    price = _usual_price(problem)
    priced = ruled(problem, lambda rule: rule.with_change_price(price))
    first = search.cheapest(priced, PRICED * seconds, start)
    if first.plan is None and first.status is not Status.INFEASIBLE:
        first = search.cheapest(priced, began + seconds - perf_counter(), start)
    if first.plan is None:
        return first
    began = perf_counter() - first.seconds  # some of them in an earlier run
    plan = Plan(problem, first.plan.zone_of)
    base = problem.terms.change_base
    found = _Fewest(problem, search, plan, base, first.excess_bound)
    found.assign(priced, began + (PRICED + ASSIGNED) * seconds)
    found.try_smaller(began + (PRICED + ASSIGNED + TRIED) * seconds)
    spent = perf_counter() - began
    return found.cheapest(seconds - spent, spent)


@dataclass
class _Fewest:
    """The plan of fewest moves so far.

    None has less excess than `excess_bound` yuan; none with as little excess as it
    changes fewer m² than `bound`.
    """

    problem: Problem
    search: Search
    plan: Plan
    bound: int
    excess_bound: int

    @property
    def changed(self) -> int:
        """The m² that change zone."""
        return int(judge(self.plan).changed.sum())

    def assign(self, named: Problem, deadline: float) -> None:
        """Assign units to names: first for a plan, then for a floor of moves.

        Parameters
        ----------
        named
            The problem where all former zones are names.
        deadline
            On the clock of `perf_counter`.
        """
        base, most = named.terms.change_base, judge(self.plan).excess
        if self.changed <= self.bound or not _is_small(named):
            return
        middle, budget = middles(named), SearchBudget(deadline)
        for excess in sorted({min(most, self.excess_bound), most}):
            moves = moves_of(named, excess, middle)
            label = few_moves(moves, middle, budget.share(0.5))
            if label is not None:
                self._put(label)
                break
        floor = fewest(
            moves_of(named, judge(self.plan).excess),
            budget,
            enough=self.changed - base,
            on_labels=lambda label: self._put(label) - base,
        )
        self.bound = max(self.bound, base + floor)

    def _put(self, label: Ints) -> int:
        """Take these labels of free units for the plan, if that keeps all rules.

        Gives the m² that change in what is the plan then.
        """
        terms = self.problem.terms
        zone_of = np.zeros(len(self.problem.region), np.int64)
        for at, lock in enumerate(terms.locks):
            zone_of[lock.units] = len(label) + at
        zone_of[terms.free] = label
        plan = Plan(self.problem, canonical(zone_of))
        verdict = judge(plan)
        if verdict.ok and _rank(verdict) < _rank(judge(self.plan)):
            self.plan = plan
        return self.changed

    def try_smaller(self, deadline: float) -> None:
        """Look for plans that move less, and for proofs that there is none."""
        most = self.changed - 1  # budgets above that need no trial
        while self.bound <= most and perf_counter() < deadline:
            seconds = max(LEAST_SECONDS, ONE_TRIAL * (deadline - perf_counter()))
            excess = judge(self.plan).excess
            tried = replace(self._within(most).settled(), strict=not excess)
            found = self.search.any_plan(tried, seconds)
            plan = found.plan and Plan(self.problem, found.plan.zone_of)
            if plan is not None and _rank(judge(plan)) < _rank(judge(self.plan)):
                self.plan = plan
                most = self.changed - 1
            elif found.status is Status.INFEASIBLE or found.excess_bound > excess:
                self.bound = most + 1
                return
            else:
                most = (self.bound + most - 1) // 2

    def cheapest(self, seconds: float, spent: float) -> Result:
        """The cheapest plan that moves no more, with what is known of moves."""
        most = self.changed
        budget = self._within(most)
        start = Plan(budget, self.plan.zone_of)
        result = self.search.cheapest(budget, max(LEAST_SECONDS, seconds), start)
        plan = self.plan
        if result.plan is not None:
            plan = Plan(self.problem, result.plan.zone_of)
        return self._told(result, plan, spent)

    def _told(self, result: Result, plan: Plan, spent: float) -> Result:
        verdict = judge(plan)
        changed = int(verdict.changed.sum())
        least, inside = min(self.bound, changed), min(self.excess_bound, verdict.excess)
        fewest = least == changed and inside == verdict.excess
        words = result.reason
        if result.status is Status.OPTIMAL:
            words = "No plan that moves no more is cheaper."
            words += " No plan moves less." if fewest else " The time was over."
        optimal = fewest and result.status is Status.OPTIMAL
        return replace(
            result,
            status=Status.OPTIMAL if optimal else Status.FEASIBLE,
            plan=plan,
            verdict=verdict,
            seconds=spent + result.seconds,
            reason=words,
            trace=tuple(replace(x, seconds=spent + x.seconds) for x in result.trace),
            budget=(PartBudget("moves", spent, 0, None, None), *result.budget),
            excess_bound=inside,
            change_bound=least,
        )

    def _within(self, most: int) -> Problem:
        share = most / max(1, int(self.problem.region.area.sum()))
        return ruled(self.problem, lambda rule: rule.with_budget(share))


def _rank(verdict: Verdict) -> tuple[int, int, int]:
    """The less, the better: excess, then moves, then cost."""
    return verdict.excess, int(verdict.changed.sum()), verdict.total


def moves_of(named: Problem, most_excess: int, middle: Ints | None = None) -> Moves:
    """The free units of a problem, and the labels that their zones can have.

    Names come first, then as many labels without one as may be needed: a zone without
    a name changes as much as one of a name that shares nothing with it.

    The cost of a zone is its load, and any travel that there can be. With a `middle`
    for each label units are served from there: that is a cost near the true one.
    """
    region, terms, free = named.edited_region, named.terms, named.terms.free
    num_zones = named.num_zones - len(terms.locks)
    num_labels = max(len(terms.names), num_zones)
    place = np.full(len(region), -1, np.int64)
    place[free] = np.arange(len(free))
    low, high = _travel(named, num_labels, middle)
    return Moves(
        area=np.asarray(region.area[free], np.int64),
        before=np.asarray(terms.before[free], np.int64),
        pinned=np.asarray(terms.pinned[free], np.int64),
        num_zones=num_zones,
        required=np.arange(num_labels) < terms.required,
        limits=tuple(_limits(named, low, high)),
        most_excess=most_excess,
        together=[x for x in map(place.take, terms.together) if (x >= 0).all()],
        apart=place[terms.apart][(place[terms.apart] >= 0).all(axis=1)],
        graph=region.graph(region.edges).tocsr()[free][:, free],
    )


def middles(named: Problem) -> Ints:
    """For each label the free unit its former zone is best run from; -1: none."""
    terms, free = named.terms, named.terms.free
    num_labels = max(len(terms.names), named.num_zones - len(terms.locks))
    middle = np.full(num_labels, -1, np.int64)
    for k in range(len(terms.names)):
        own = np.flatnonzero(terms.before[free] == k)
        if len(own):
            ways = named.travel_between(free[own], free[own]).sum(axis=0)
            middle[k] = own[int(ways.argmin())]
    return middle


def _travel(named: Problem, num_labels: int, middle: Ints | None) -> tuple[Ints, Ints]:
    """What travel and surcharge of free units are at least and most, by label."""
    free = named.terms.free
    shape = num_labels, len(free)
    if middle is None:
        most = named.dearest_ways[free] + named.dearest_surcharges / len(named.region)
        return np.zeros(shape, np.int64), np.broadcast_to(np.ceil(most), shape)
    centers = free[middle]
    ways = named.travel_between(free, centers) + named.surcharge_between(free, centers)
    ways[:, middle < 0] = 0
    return ways.T, (NEAR * ways.T).astype(np.int64)


def _limits(named: Problem, low: Ints, high: Ints) -> Iterator[SumLimit]:
    region, terms, free = named.region, named.terms, named.terms.free
    factors = np.ones(len(low))
    factors[: len(terms.factor)] = terms.factor
    bands = [named.cost_band_of(float(factor)) for factor in factors]
    if bands[0] is not None:
        load = np.asarray(region.load[free], np.int64)
        yield SumLimit(
            load + low,
            load + high.astype(np.int64),
            np.array([band.low - named.fixed for band in bands if band]),
            np.array([band.high - named.fixed for band in bands if band]),
            named.excess_price.get(COST_BAND),
        )
    for name, band in named.bands.items():
        values = np.asarray(region.sums.get(name, region.load)[free], np.int64)
        lows, highs = np.full((2, len(low)), [[band.low], [band.high]], np.int64)
        yield SumLimit(values, values, lows, highs, named.excess_price.get(name))


def floor_of_moves(problem: Problem, seconds: float, enough: int) -> int:
    """No plan that keeps all bands changes fewer m²; not more than `enough` is told."""
    price = _usual_price(problem)
    named = ruled(problem, lambda rule: rule.with_change_price(price))
    base = named.terms.change_base
    if not _is_small(named) or not len(named.terms.free):
        return base
    return base + fewest(
        moves_of(named, 0),
        SearchBudget.of(seconds),
        enough=enough - base,
        on_labels=lambda _: enough - base,
    )


def _is_small(named: Problem) -> bool:
    """Units are few enough to assign them to names."""
    num_labels = max(len(named.terms.names), named.num_zones)
    return num_labels * len(named.terms.free) <= MOST_PAIRS


def ruled(problem: Problem, changed: Callable[[Rule], Rule]) -> Problem:
    """The problem with its rules changed."""
    return replace(problem, rules=tuple(map(changed, problem.rules)))


def _usual_price(problem: Problem) -> int:
    """What a m² costs in a year: at this price nobody moves for the sake of travel."""
    region = problem.region
    return max(1, round(int(region.load.sum()) / max(1, int(region.area.sum()))))
