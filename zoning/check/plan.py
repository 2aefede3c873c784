"""Judge a plan: every rule and every price, without any solver or search.

What is shown to anyone comes from here. Nothing in this module trusts what a strategy
said about its plan; it starts from the labels alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from zoning.check.excess import (
    Excess,
    broken_bands,
    exceptions,
    outside_bands,
    wide_gaps,
)
from zoning.check.gaps import widest_gaps
from zoning.check.rules import broken_rules, drawn, frozen
from zoning.check.zone_names import naming
from zoning.plan import PLAN, Plan
from zoning.problem import Problem
from zoning.region import Ints, Region, Span
from zoning.rules.violation import Violation
from zoning.text.arguments import takes
from zoning.text.lists import first_few


@dataclass(frozen=True)
class Verdict:
    """What `judge` found.

    Parameters
    ----------
    violations
        Every rule that is broken; empty when the plan keeps them all.
    center
        For each zone the unit it is best run from.
    load, travel, surcharge, cost
        For each zone, whole yuan a year: ``cost = fixed + load + travel + surcharge``.
        The surcharge is what soft rules add.
    names
        What each zone is called.
    changed
        For each zone the m² that came from a former zone of another name.
    change_cost
        What these changes are priced at, whole yuan; 0 without a price. Nobody is paid
        it: it weighs cost against change, and is told beside the cost.
    total
        What plans are compared by, whole yuan a year: all zones, the price of changes,
        and what rules of the planner's own are paid for.
    rule_cost
        What the last of these is; 0 without such a rule that has a price.
    exceptions
        Every zone outside a band that bends, or with too wide a gap; none where the
        problem is strict.
    gaps
        For each zone the widest bridge that holds it together; None where none does.
    """

    violations: tuple[Violation, ...]
    center: NDArray[np.int64]
    load: Ints
    travel: Ints
    surcharge: Ints
    cost: Ints
    names: tuple[str, ...]
    changed: Ints
    change_cost: int
    total: int
    rule_cost: int = 0
    exceptions: tuple[Excess, ...] = ()
    gaps: tuple[Span | None, ...] = ()

    def __post_init__(self) -> None:
        for name in ("center", "load", "travel", "surcharge", "cost", "changed"):
            getattr(self, name).setflags(write=False)

    @property
    def ok(self) -> bool:
        """The plan keeps every rule; bands may be bent where they may."""
        return not self.violations

    @property
    def plan_cost(self) -> int:
        """Cost of the plan, whole yuan a year: `total` without the price of changes."""
        return self.total - self.change_cost

    @property
    def excess(self) -> int:
        """How far zones lie outside bands that bend, in all, yuan; 0 where none does.

        Of two plans the one with less is better, then the cheaper one.
        """
        return sum(one.yuan for one in self.exceptions)

    @property
    def faults(self) -> tuple[str, ...]:
        """Every broken rule in words."""
        return tuple(map(str, self.violations))


def broken_anew(before: Verdict, after: Verdict) -> tuple[Violation, ...]:
    """What a plan breaks and another did not, however much it did."""
    known = set(before.violations)
    return tuple(one for one in after.violations if one not in known)


def bent_anew(before: Verdict, after: Verdict) -> tuple[Excess, ...]:
    """Zones of a plan that lie outside a band, or farther, than in another."""
    known = {(one.zone, one.band): one.yuan for one in before.exceptions}
    return tuple(
        one for one in after.exceptions if one.yuan > known.get((one.zone, one.band), 0)
    )


def put_outside(before: Verdict, after: Verdict) -> str:
    """What zones of a plan would lie farther outside bands than in another; or "".

    Only where they do so by more in all than others come nearer.
    """
    if after.excess <= before.excess:
        return ""
    known = {(one.zone, one.band) for one in before.exceptions}
    told = [
        one.if_moved(farther=(one.zone, one.band) in known)
        for one in bent_anew(before, after)
    ]
    return f"would {' and would '.join(told)}"


@takes(plan=PLAN)
def judge(plan: Plan) -> Verdict:
    """Price a plan and list every rule it breaks.

    A plan never changes, so each is judged once: asked again, the verdict is the same.

    Examples
    --------
    >>> import networkx as nx
    >>> from zoning.problem import Problem
    >>> graph = nx.path_graph(3)
    >>> for i in graph:
    ...     graph.nodes[i].update(x=100.0 * i, y=0.0, load=1_000)
    >>> problem = Problem(Region.from_networkx(graph), num_zones=2, tolerance=0.5)
    >>> verdict = judge(Plan(problem, np.array([0, 1, 0])))
    >>> print(verdict.total, *verdict.faults)
    3112 Zone 1 is torn into 2 parts that do not touch (one unit of each: 0, 2).
    """
    if plan not in _JUDGED:
        _JUDGED[plan] = _judge(plan)
    return _JUDGED[plan]


_JUDGED: WeakKeyDictionary[Plan, Verdict] = WeakKeyDictionary()


def _judge(plan: Plan) -> Verdict:
    problem = plan.problem
    region = problem.region
    load = sum_over(plan, region.load)
    center, travel, surcharge = _centers(problem, plan.zones)
    cost = problem.fixed + load + travel + surcharge
    called = naming(plan, cost)
    change_cost = _change_cost(problem, called.changed)
    asked = np.setdiff1d(np.arange(plan.num_zones), sorted(frozen(plan, called.names)))
    outside = list(outside_bands(plan, cost, called.names, asked))
    gaps = widest_gaps(plan)
    violations = (
        *_wrong_count(plan),
        *_torn(plan, called.names),
        *broken_bands(plan, outside, called.names),
        *broken_rules(plan, called, center),
    )
    rules = problem.rules
    zones = drawn(plan, called)
    rule_cost = sum(rule.charges(zones) for rule in rules if rule.is_own)
    total = int(cost.sum()) + change_cost + rule_cost
    return Verdict(
        violations,
        center,
        load,
        travel,
        surcharge,
        cost,
        called.names,
        called.changed,
        change_cost,
        total,
        rule_cost,
        (
            *exceptions(plan, outside, called.names),
            *wide_gaps(plan, gaps, called.names, asked),
        ),
        gaps,
    )


def _change_cost(problem: Problem, changed: Ints) -> int:
    price = sum(rule.change_price for rule in problem.rules)
    return round(price * int(changed.sum()))


def tolerance_of(plan: Plan, verdict: Verdict) -> float:
    """The least tolerance at which every zone costs what it may, frozen ones left out.

    A zone with a target is measured by its own share.
    """
    problem = plan.problem
    away = [
        problem.tolerance_for(int(verdict.cost[zone]), problem.factor_of(name))
        for zone, name in enumerate(verdict.names)
        if zone not in frozen(plan, verdict.names)
    ]
    return max(away, default=0.0)


def sum_over(plan: Plan, values: Ints) -> Ints:
    """Sum of a value per unit over each zone."""
    total = np.zeros(plan.num_zones, np.int64)
    np.add.at(total, plan.zone_of, values)
    return total


def parts(region: Region, units: NDArray[np.int64]) -> int:
    """Into how many connected parts a set of units falls."""
    graph = region.graph(region.edges).tocsr()
    return int(connected_components(graph[units][:, units])[0])


def _centers(
    problem: Problem, zones: tuple[NDArray[np.int64], ...]
) -> tuple[NDArray[np.int64], Ints, Ints]:
    """For each zone its cheapest center (first of equals), travel and surcharge.

    A center that may serve all units goes before one that may not.
    """
    terms = problem.terms
    center = np.empty(len(zones), np.int64)
    travel = np.empty(len(zones), np.int64)
    surcharge = np.zeros(len(zones), np.int64)
    for k, units in enumerate(zones):
        least: tuple[int, int] | None = None
        for some in np.array_split(units, 1 + len(units) // TABLE_ROWS):
            ways = problem.travel_between(units, some).sum(axis=0)
            more = np.zeros(len(some), np.int64)
            bad = np.zeros(len(some), np.int64)
            if terms.priced:
                more = problem.surcharge_between(units, some).sum(axis=0)
            if terms.limits_ways:
                bad = (~problem.may_serve(units, some)).sum(axis=0)
            best = int(np.lexsort((ways + more, bad))[0])
            value = (int(bad[best]), int(ways[best] + more[best]))
            if least is None or value < least:
                least, center[k] = value, some[best]
                travel[k], surcharge[k] = ways[best], more[best]
    return center, travel, surcharge


TABLE_ROWS = 1_000  # centers tried at once: bounds the memory of one zone's table


def _wrong_count(plan: Plan) -> Iterator[Violation]:
    wanted, have = plan.problem.num_zones, plan.num_zones
    if have != wanted:
        are = "is 1 zone" if have == 1 else f"are {have} zones"
        told = f"There {are}; exactly {wanted} were asked for."
        yield Violation("number of zones", "", (), have, wanted, told)


def _torn(plan: Plan, names: Sequence[str]) -> Iterator[Violation]:
    """A zone must hang together by edges between its own units."""
    region = plan.problem.edited_region
    inside = plan.zone_of[region.edges[:, 0]] == plan.zone_of[region.edges[:, 1]]
    number, part = connected_components(region.graph(region.edges[inside]))
    if number == plan.num_zones:
        return
    for k, units in enumerate(plan.zones):
        pieces = np.unique(part[units], return_index=True)[1]
        if len(pieces) > 1:
            some = first_few((region.called(units[i]) for i in np.sort(pieces)), 5)
            told = (
                f"Zone {names[k]} is torn into {len(pieces)} parts that "
                f"do not touch (one unit of each: {some})."
            )
            yield Violation("contiguity", names[k], (), len(pieces), 1, told)
