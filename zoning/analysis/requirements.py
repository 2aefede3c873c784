"""What a problem requires, one thing at a time, and the problem without some of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from math import ceil, hypot
from typing import Any, TypeAlias

import numpy as np

from zoning.errors import InputError
from zoning.problem import TABLE_UNITS, Band, Floats, Problem
from zoning.region import Barrier, Region
from zoning.rules import Rule, SoftBarrier
from zoning.rules.asked import Setting
from zoning.search.presolve.limits import amount
from zoning.share import COST_BAND


@dataclass(frozen=True)
class Count:
    """Exactly so many zones."""

    num_zones: int

    def __str__(self) -> str:
        return "1 zone" if self.num_zones == 1 else f"{self.num_zones} zones"


@dataclass(frozen=True)
class Balance:
    """The cost of a zone is within a tolerance of the fair share."""

    tolerance: float
    fair_share: int

    def __str__(self) -> str:
        return (
            f"a zone costs the fair share of {self.fair_share:,} yuan "
            f"±{100 * self.tolerance:.4g} %"
        )


@dataclass(frozen=True)
class AtLeast:
    """The low end of a band."""

    name: str
    low: int

    def __str__(self) -> str:
        return f"a zone has at least {amount(self.name, self.low)}"


@dataclass(frozen=True)
class AtMost:
    """The high end of a band."""

    name: str
    high: int

    def __str__(self) -> str:
        return f"a zone has at most {amount(self.name, self.high)}"


@dataclass(frozen=True)
class Ruled:
    """A planner's rule, and what it says in the names of a region."""

    rule: Rule
    told: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.told or str(self.rule)


@dataclass(frozen=True)
class Closed:
    """No zone crosses the barriers of a name (or of a kind, where they have none)."""

    barrier: str

    def __str__(self) -> str:
        return f"no zone crosses {self.barrier}"


Requirement: TypeAlias = Count | Balance | AtLeast | AtMost | Ruled | Closed


def requirements_of(problem: Problem) -> tuple[Requirement, ...]:
    """All a problem requires: zones, balance, bands, rules and barriers.

    A band that bends requires nothing.
    A rule that opens a barrier for nothing requires nothing.
    """
    return (
        Count(int(problem.num_zones)),
        *_balance(problem),
        *_ends(problem),
        *(
            Ruled(rule, rule.told(problem.region))
            for rule in problem.rules
            if rule.requires
        ),
        *(Closed(name) for name in _barriers(problem)),
    )


def _balance(problem: Problem) -> Iterator[Balance]:
    if problem.tolerance is not None and COST_BAND not in problem.excess_price:
        yield Balance(problem.tolerance, problem.fair_share or 0)


def _ends(problem: Problem) -> Iterator[AtLeast | AtMost]:
    for name, band in problem.bands.items():
        if name in problem.excess_price:
            continue
        if band.low > 0:
            yield AtLeast(name, band.low)
        if band.high < total_of(problem.region, name):
            yield AtMost(name, band.high)


def total_of(region: Region, name: str) -> int:
    """Sum of a value over all units."""
    return int(region.values_of(name).sum())


def closed_barriers(problem: Problem) -> set[Barrier]:
    """Barriers that cut edges and that no rule lets zones cross."""
    region = problem.region
    met = {barrier for by in region.cut_by for barrier in by}
    return {
        barrier
        for barrier in met
        if all(rule.crossing_price(barrier) is None for rule in problem.rules)
    }


def _barriers(problem: Problem) -> list[str]:
    """What to call the barriers that cut edges and are not crossed at a price."""
    region = problem.region
    met = {barrier for by in region.cut_by for barrier in by}
    nameless = {barrier.kind for barrier in met if not barrier.name}
    called = {
        barrier.kind if barrier.kind in nameless else barrier.name
        for barrier in closed_barriers(problem)
    }
    return sorted(called - {""})


def without(problem: Problem, gone: Collection[Requirement]) -> Problem:
    """The problem without some of its requirements; its fair share stays.

    The number of zones cannot be left out; `Count` is passed over.

    Raises
    ------
    InputError
        What is left is refused, so it has no plan: buildings that were frozen, say,
        are too many for any other zone.
    """
    return replace(problem, **_changes(problem, gone))


def _changes(problem: Problem, gone: Collection[Requirement]) -> dict[str, Any]:
    tolerance, bands, rules = problem.tolerance, dict(problem.bands), [*problem.rules]
    for one in gone:
        match one:
            case Balance():
                tolerance = None
            case AtLeast(name, _):
                bands[name] = Band(min(0, bands[name].high), bands[name].high)
            case AtMost(name, _):
                high = max(bands[name].high, total_of(problem.region, name))
                bands[name] = Band(bands[name].low, high)
            case Ruled(rule):
                at, left = rules.index(rule), rule.left_out()
                rules[at : at + 1] = [] if left is None else [left]
            case Closed(barrier):
                rules.append(SoftBarrier(barrier))
            case _:
                pass
    bend = dict(problem.bend)
    if tolerance is None:
        bend.pop(COST_BAND, None)
    return {
        "tolerance": tolerance,
        "bands": bands,
        "bend": bend,
        "rules": tuple(rules),
    }


def another_count(
    problem: Problem,
    num_zones: int,
    *,
    given_share: bool,
    gone: Collection[Requirement] = (),
) -> Problem:
    """The problem for another number of zones, with the fair share of that number.

    A fair share that was given by the planner stays: see `has_given_share`. Some
    requirements may be left out besides.

    Raises
    ------
    InputError
        The problem is refused, so it has no plan: rules name more zones, say.
    """
    share = problem.fair_share if given_share else None
    changes = _changes(problem, gone)
    return replace(problem, num_zones=num_zones, fair_share=share, **changes)


def has_given_share(problem: Problem) -> bool:
    """The fair share is not the one that is worked out where none is given."""
    try:
        return problem.fair_share != replace(problem, fair_share=None).fair_share
    except InputError:  # with that one a group would be too heavy
        return True


def only_forbids(problem: Problem, one: Requirement) -> bool:
    """Without it all plans that were allowed still are, and none of them costs more."""
    match one:
        case Balance() | AtLeast() | AtMost():
            return True
        case Closed():  # what joins neighbours moves the shortest ways
            return not setting_of(problem).priced
        case Ruled(rule):
            return rule.only_forbids(setting_of(problem))
        case _:
            return False


def loosens(problem: Problem, one: Requirement) -> bool:
    """Without it all plans that were allowed still are, whatever they cost."""
    if isinstance(one, Ruled):
        return one.rule.loosens(setting_of(problem))
    if only_forbids(problem, one) or isinstance(one, Count):
        return True
    return problem.tolerance is None  # barriers: ways count where cost is balanced


def setting_of(problem: Problem) -> Setting:
    """What else is asked, for a rule that would be loosened."""
    met = {barrier for by in problem.region.cut_by for barrier in by}
    return Setting(
        problem.edited_region,
        balanced=problem.tolerance is not None,
        priced=bool(problem.terms.side_way.any())
        or any(r.crossing_price(x) for r in problem.rules for x in met),
        targets=frozenset(r.factor_of[0] for r in problem.rules if r.factor_of),
        keeps_bands=lambda units: all(
            int(problem.region.values_of(name)[units].sum()) in band
            for name, band in problem.bands.items()
        ),
        ways=lambda: _ways(problem),
    )


def _ways(problem: Problem) -> Floats:
    """Metres of way there are; of many units, tens of metres up to the longest."""
    region = problem.region
    if len(region) <= TABLE_UNITS:
        every = np.arange(len(region))
        return problem.way_between(every, every).ravel()
    longest = hypot(*np.ptp(region.xy, axis=0).tolist()) * region.costs.detour
    return np.asarray(10.0 * np.arange(1, ceil(longest / 10) + 1))
