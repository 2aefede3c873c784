"""Bundle the zones of a plan: lots chosen so that whole resources are shared best.

List every connected set of zones a lot may be, price each exactly, choose among them so
that every zone is in one. The numbers returned are those of `zoning.lots.check`.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from zoning.clock import perf_counter
from zoning.errors import PlanError
from zoning.lots.check import judge_lots
from zoning.lots.check_rules import refuse_rules
from zoning.lots.enumerate import LotEnumeration, price_sets
from zoning.lots.lot import LotsVerdict
from zoning.lots.reasons import reason_of
from zoning.lots.result import Fairest, Lots, LotSettings
from zoning.lots.rules import LOT_RULES, LotRules
from zoning.lots.search import BundlingOutcome, Goal, cheapest, find, least_spread
from zoning.lots.sizes import allowed_below, lot_sizes
from zoning.lots.zone_facts import ZoneFacts
from zoning.plan import PLAN, Plan
from zoning.result import Status
from zoning.solvers.budget import SearchBudget
from zoning.text.arguments import NUMBER, SEARCH, SECONDS, WHOLE, WORD, takes

_GOALS: Mapping[str, Goal] = {"cost": cheapest, "spread": least_spread}


@takes(
    plan=PLAN,
    size=WHOLE,
    tolerance=NUMBER.or_none,
    gap_limit=NUMBER,
    rules=LOT_RULES.or_none,
    objective=WORD,
    whole_lots=NUMBER,
    **{**SEARCH, "time_limit": SECONDS},
)
def bundle(
    plan: Plan,
    *,
    size: int = 3,
    tolerance: float | None = None,
    gap_limit: float = 600.0,
    rules: LotRules | None = None,
    objective: str = "cost",
    whole_lots: float = 0.0,
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
    objective
        ``"cost"``; or ``"spread"``: first the indices of attractiveness of any two lots
        differ as little as can be, then the cost is least. Tenders of lots of unequal
        appeal have gone wrong: the poor lots found no bidder or bad service. Half of
        the time goes to the spread; `Lots.spread` and `Lots.spread_bound` tell it.
    whole_lots
        Of lots that cost at most this fraction more than the cheapest, 0 <= w < 1,
        those are taken of which the most look whole, then the cheapest of these: their
        zones hang together by borders of at least 30 m each (`zoning.lots.borders`). 0:
        looks do not matter. Only where the objective is the cost. `Lots.cheapest` tells
        what was given; the bound stays that of the cheapest.
    time_limit
        Seconds.
    seed, workers
        One worker and one seed give one answer if the search ends in time.

    Raises
    ------
    InputError
        A setting is out of its range, rules name what is not there or contradict one
        another, or there are too many possible lots to list.

    References
    ----------
    Durán, Epstein, Martínez, Zamorano (2011), Quantitative methods for a new
    configuration of territorial units in a Chilean government agency tender process,
    doi:10.1287/inte.1100.0537

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
    asked = rules or LotRules()
    settings = LotSettings(size, tolerance, gap_limit, asked, objective, whole_lots)
    budget = SearchBudget.of(time_limit, seed, workers)
    return _bundle(plan, settings, budget)


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
    """Former name of ``bundle(..., objective="spread")``, for one release."""
    msg = 'fairest is now bundle(..., objective="spread"); write that.'
    warnings.warn(msg, DeprecationWarning, stacklevel=2)
    lots = bundle(
        plan,
        size=size,
        tolerance=tolerance,
        gap_limit=gap_limit,
        rules=rules,
        objective="spread",
        time_limit=time_limit,
        seed=seed,
        workers=workers,
    )
    return Fairest(lots.spread, lots.spread_bound or 0, lots)


def _bundle(plan: Plan, settings: LotSettings, budget: SearchBudget) -> Lots:
    """Touching zones first; near ones where these have no lots."""
    start, zones = perf_counter(), ZoneFacts(plan)
    goal = _GOALS[settings.objective]
    size, rules = settings.size, settings.rules
    refuse_rules(zones, rules, max(allowed_below(plan.num_zones, size)))
    enumeration = LotEnumeration(
        zones, size, settings.tolerance, None, rules, settings.whole_lots
    )
    outcome = find(enumeration, budget, goal)
    if outcome.status is Status.INFEASIBLE:
        enumeration = replace(enumeration, gap_limit=settings.gap_limit)
        outcome = find(enumeration, budget, goal)
    return _answer(settings, outcome, enumeration, budget, start)


def _answer(
    settings: LotSettings,
    outcome: BundlingOutcome,
    enumeration: LotEnumeration,
    budget: SearchBudget,
    start: float,
) -> Lots:
    """The outcome as the checker sees it, in words and numbers."""
    plan = enumeration.zones.plan
    n = plan.num_zones
    alone = judge_lots(plan, [(zone,) for zone in range(n)], size=1)
    verdict = _checked(outcome, enumeration) if outcome.sets else LotsVerdict((), ())
    cost = verdict.cost if outcome.sets else None
    bound = outcome.bound
    status = outcome.status
    if cost is not None:
        least = cost if outcome.cheapest is None else outcome.cheapest
        bound = least if status is Status.OPTIMAL else min(bound, least)
        status = status if bound == cost else Status.FEASIBLE
    full = (
        outcome.count is None or outcome.count >= lot_sizes(n, enumeration.size).count
    )
    return Lots(
        plan,
        status,
        verdict.lots,
        cost,
        bound,
        alone.cost,
        perf_counter() - start,
        reason_of(outcome, enumeration, verdict, budget),
        settings,
        None if full else outcome.count,
        enumeration.gap_limit,
        outcome.refuted,
        outcome.cheapest,
    )


def _checked(outcome: BundlingOutcome, enumeration: LotEnumeration) -> LotsVerdict:
    """What the checker says; a broken rule or another price is our bug."""
    plan, zones = enumeration.zones.plan, enumeration.zones
    verdict = judge_lots(
        plan,
        outcome.sets,
        size=enumeration.size,
        count=outcome.count,
        near_allowed=enumeration.gap_limit,
        tolerance=enumeration.tolerance,
        rules=enumeration.rules,
    )
    if not verdict.ok:
        msg = f"Lots break their rules: {' '.join(verdict.faults)}"
        raise PlanError(msg)
    for size in {len(lot.zones) for lot in verdict.lots}:
        some = [lot for lot in verdict.lots if len(lot.zones) == size]
        listed, *_ = price_sets(zones, np.array([x.zones for x in some], np.int64))
        for lot, cost in zip(some, listed.tolist(), strict=True):
            if cost != lot.cost:
                msg = f"Lot {lot.zones} was listed at {cost} and costs {lot.cost}."
                raise PlanError(msg)
    return verdict
