"""Lots: zones tendered together, chosen so that whole resources are shared best.

List every connected set of zones a lot may be, price each exactly, choose among them so
that every zone is in one. The numbers returned are those of
`zoning.lots.check`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from zoning.clock import perf_counter
from zoning.errors import InputError, PlanError
from zoning.lots.check import Lot, LotsVerdict, Zones, judge_lots
from zoning.lots.check_rules import refuse_rules
from zoning.lots.enumerate import Listing, price_sets
from zoning.lots.reasons import reason_of
from zoning.lots.rules import LOT_RULES, Attractiveness, LotRules
from zoning.lots.search import Goal, Outcome, cheapest, find, least_spread
from zoning.lots.select import Clock
from zoning.lots.sizes import allowed_below, lot_sizes
from zoning.plan import PLAN, Plan
from zoning.result import Status
from zoning.text.arguments import NUMBER, SEARCH, SECONDS, WHOLE, instance, takes

__all__ = [
    "Attractiveness",
    "Fairest",
    "Lot",
    "LotRules",
    "Lots",
    "bundle",
    "fairest",
    "lot_sizes",
]


@dataclass(frozen=True)
class LotSettings:
    """What was asked of lots.

    Parameters
    ----------
    size, tolerance, gap_limit, rules
        As in `bundle`.
    """

    size: int = 3
    tolerance: float | None = None
    gap_limit: float = 600.0
    rules: LotRules = field(default_factory=LotRules)

    def __post_init__(self) -> None:
        faults = []
        if self.size < 1:
            faults.append(f"size must be at least 1; got {self.size}.")
        if self.tolerance is not None and not 0 <= self.tolerance < 1:
            faults.append(
                f"tolerance must be at least 0 and below 1 (0.1 means ±10 %); got "
                f"{self.tolerance}."
            )
        if not self.gap_limit >= 0:
            faults.append(f"gap_limit must be at least 0 metres; got {self.gap_limit}.")
        if faults:
            raise InputError(" ".join(faults))


@dataclass(frozen=True, eq=False)
class Lots:
    """What `bundle` found.

    Parameters
    ----------
    plan
        The plan whose zones are bundled.
    status
        See `Status`.
    lots
        The lots, ordered by their first zone; empty if none were found.
    cost
        Their cost, whole yuan a year; None without lots.
    bound
        No allowed choice of lots costs less.
    separate_cost
        Cost of the same zones tendered one by one.
    seconds
        Wall time.
    reason
        In words: what was assumed, which rule gave way, why there are no lots.
    settings
        What was asked.
    count
        Lots of the size asked for, where fewer than the number of zones allows had to
        do; None where none was given up.
    near_allowed
        Zones of a lot need not touch if at most so many metres apart; None where
        touching lots were found.
    """

    plan: Plan
    status: Status
    lots: tuple[Lot, ...]
    cost: int | None
    bound: int
    separate_cost: int
    seconds: float
    reason: str = ""
    settings: LotSettings = field(default_factory=LotSettings)
    count: int | None = None
    near_allowed: float | None = None

    @property
    def gap(self) -> float | None:
        """``(cost - bound) / cost``; 0 when optimal, None without lots."""
        if self.cost is None:
            return None
        return max(0.0, (self.cost - self.bound) / self.cost) if self.cost else 0.0

    @property
    def saving(self) -> int | None:
        """What tendering together saves, whole yuan a year; None without lots."""
        return None if self.cost is None else self.separate_cost - self.cost


SOME_LOTS = instance(Lots, "Lots", "zoning.bundle(plan)")


@dataclass(frozen=True, eq=False)
class Fairest:
    """What `fairest` found.

    Parameters
    ----------
    spread
        Indices of any two lots differ by at most so much, fen per m² and year; None
        without lots.
    refuted
        It is proved that no choice of lots has a smaller spread than this.
    lots
        The cheapest lots found with that spread.
    """

    spread: int | None
    refuted: int
    lots: Lots

    @property
    def proved(self) -> bool:
        """No choice of lots is fairer."""
        return self.spread is not None and self.spread <= self.refuted


_takes = takes(
    plan=PLAN,
    size=WHOLE,
    tolerance=NUMBER.or_none,
    gap_limit=NUMBER,
    rules=LOT_RULES.or_none,
    **{**SEARCH, "time_limit": SECONDS},
)


@_takes
def bundle(
    plan: Plan,
    *,
    size: int = 3,
    tolerance: float | None = None,
    gap_limit: float = 600.0,
    rules: LotRules | None = None,
    time_limit: float = 60.0,
    seed: int = 0,
    workers: int = 1,
) -> Lots:
    """Cheapest lots of `size` zones, with a proof of how good they are.

    Every zone is in one lot and every lot hangs together, across a barrier at a price.
    If the zones do not divide by `size`, as many lots as possible have that size and
    the rest one zone more or less. Where no such choice exists, near zones may be
    joined; the reason says so.

    Parameters
    ----------
    size
        Zones in a lot.
    tolerance
        Cost of a lot may differ from that of a lot of average zones by this fraction,
        0 <= t < 1. None: lots are not balanced.
    gap_limit
        Zones that do not touch may be joined, where nothing else helps, if their
        closest units are at most so many metres apart.
    rules
        What else lots must keep: see `LotRules`.
    time_limit
        Seconds.
    seed, workers
        One worker and one seed give one answer if the search ends in time.

    Raises
    ------
    InputError
        A setting is out of its range, rules name what is not there or contradict one
        another, or there are too many possible lots to list.

    Examples
    --------
    >>> import networkx as nx
    >>> import numpy as np
    >>> from zoning.problem import Problem
    >>> from zoning.region import Region
    >>> graph = nx.path_graph(6)
    >>> for i in graph:
    ...     graph.nodes[i].update(x=100.0 * i, y=0.0, load=1_000)
    >>> problem = Problem(Region.from_networkx(graph), num_zones=6)
    >>> lots = bundle(Plan(problem, np.arange(6)), size=3)
    >>> [[int(zone) + 1 for zone in lot.zones] for lot in lots.lots]
    [[1, 2, 3], [4, 5, 6]]
    """
    settings = LotSettings(size, tolerance, gap_limit, rules or LotRules())
    clock = Clock(perf_counter() + time_limit, seed, workers)
    return _bundle(plan, settings, clock, cheapest)[0]


@_takes
def fairest(
    plan: Plan,
    *,
    size: int = 3,
    tolerance: float | None = None,
    gap_limit: float = 600.0,
    rules: LotRules | None = None,
    time_limit: float = 60.0,
    seed: int = 0,
    workers: int = 1,
) -> Fairest:
    """The lots whose indices of attractiveness differ least, and of these the cheapest.

    Tenders of lots of unequal appeal have gone wrong: the poor lots found no bidder or
    bad service. Settings are those of `bundle`; half of the time goes to the spread.

    References
    ----------
    Durán, Epstein, Martínez, Zamorano (2011), Quantitative methods for a new
    configuration of territorial units in a Chilean government agency tender process,
    doi:10.1287/inte.1100.0537
    """
    settings = LotSettings(size, tolerance, gap_limit, rules or LotRules())
    clock = Clock(perf_counter() + time_limit, seed, workers)
    lots, outcome = _bundle(plan, settings, clock, least_spread)
    if not lots.lots:
        return Fairest(None, 0, lots)
    indices = [lot.facts.index for lot in lots.lots]
    return Fairest(max(indices) - min(indices), outcome.refuted or 0, lots)


def _bundle(
    plan: Plan, settings: LotSettings, clock: Clock, goal: Goal
) -> tuple[Lots, Outcome]:
    """Touching zones first; near ones where these have no lots."""
    start, zones = perf_counter(), Zones(plan)
    size, rules = settings.size, settings.rules
    refuse_rules(zones, rules, max(allowed_below(plan.num_zones, size)))
    listing = Listing(zones, size, settings.tolerance, None, rules)
    outcome = find(listing, clock, goal)
    if outcome.status is Status.INFEASIBLE:
        listing = replace(listing, gap_limit=settings.gap_limit)
        outcome = find(listing, clock, goal)
    return _answer(settings, outcome, listing, clock, start), outcome


def _answer(
    settings: LotSettings,
    outcome: Outcome,
    listing: Listing,
    clock: Clock,
    start: float,
) -> Lots:
    """The outcome as the checker sees it, in words and numbers."""
    plan = listing.zones.plan
    n = plan.num_zones
    alone = judge_lots(plan, [(zone,) for zone in range(n)], size=1)
    verdict = _checked(outcome, listing) if outcome.sets else LotsVerdict((), ())
    cost = verdict.cost if outcome.sets else None
    bound = outcome.bound
    if cost is not None:
        bound = cost if outcome.status is Status.OPTIMAL else min(bound, cost)
    full = outcome.count is None or outcome.count >= lot_sizes(n, listing.size).count
    return Lots(
        plan,
        outcome.status,
        verdict.lots,
        cost,
        bound,
        alone.cost,
        perf_counter() - start,
        reason_of(outcome, listing, verdict, clock),
        settings,
        None if full else outcome.count,
        listing.gap_limit,
    )


def _checked(outcome: Outcome, listing: Listing) -> LotsVerdict:
    """What the checker says; a broken rule or another price is our bug."""
    plan, zones = listing.zones.plan, listing.zones
    verdict = judge_lots(
        plan,
        outcome.sets,
        size=listing.size,
        count=outcome.count,
        near_allowed=listing.gap_limit,
        tolerance=listing.tolerance,
        rules=listing.rules,
    )
    if not verdict.ok:
        msg = f"Lots break their rules: {' '.join(verdict.faults)}"
        raise PlanError(msg)
    for lot in verdict.lots:
        listed = int(price_sets(zones, np.array([lot.zones], np.int64))[0][0])
        if listed != lot.cost:
            msg = f"Lot {lot.zones} was listed at {listed} and costs {lot.cost}."
            raise PlanError(msg)
    return verdict
