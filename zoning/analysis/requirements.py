"""What a problem requires, one thing at a time, and the problem without some of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from zoning.errors import InputError
from zoning.problem import Band, Problem
from zoning.region import Ints, Region
from zoning.rules import (
    CannotLink,
    Centers,
    Contain,
    Freeze,
    Lock,
    MustLink,
    Pin,
    Previous,
    Radius,
    Rule,
    SoftBarrier,
    Spread,
    Target,
)
from zoning.rules.graph_edits import units_of
from zoning.search.presolve.limits import amount


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
    """A planner's rule."""

    rule: Rule

    def __str__(self) -> str:
        return str(self.rule)


@dataclass(frozen=True)
class Closed:
    """No zone crosses the barriers of a name (or of a kind, where they have none)."""

    barrier: str

    def __str__(self) -> str:
        return f"no zone crosses {self.barrier}"


Requirement: TypeAlias = Count | Balance | AtLeast | AtMost | Ruled | Closed


def requirements_of(problem: Problem) -> tuple[Requirement, ...]:
    """All a problem requires: zones, balance, bands, rules and barriers.

    A rule that opens a barrier for nothing requires nothing.
    """
    return (
        Count(int(problem.num_zones)),
        *_balance(problem),
        *_ends(problem),
        *(Ruled(rule) for rule in problem.rules if not _opens(rule)),
        *(Closed(name) for name in _barriers(problem)),
    )


def _balance(problem: Problem) -> Iterator[Balance]:
    if problem.tolerance is not None:
        yield Balance(problem.tolerance, problem.fair_share or 0)


def _ends(problem: Problem) -> Iterator[AtLeast | AtMost]:
    for name, band in problem.bands.items():
        if band.low > 0:
            yield AtLeast(name, band.low)
        if band.high < total_of(problem.region, name):
            yield AtMost(name, band.high)


def total_of(region: Region, name: str) -> int:
    """Sum of a value over all units."""
    return int(values_of(region, name).sum())


def values_of(region: Region, name: str) -> Ints:
    """What each unit adds to a sum that bands may be asked of."""
    return region.load if name == "load" else region.sums[name]


def _opens(rule: Rule) -> bool:
    return isinstance(rule, SoftBarrier) and rule.price == 0


def _barriers(problem: Problem) -> list[str]:
    """What to call the barriers that cut edges and are not crossed at a price."""
    region = problem.region.before_rules
    met = {barrier for by in region.cut_by for barrier in by}
    nameless = {barrier.kind for barrier in met if not barrier.name}
    soft = {rule.barrier for rule in problem.rules if isinstance(rule, SoftBarrier)}
    called = {
        barrier.kind if barrier.kind in nameless else barrier.name
        for barrier in met
        if not {barrier.name, barrier.kind} & soft
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
            case Ruled(SoftBarrier(barrier, _) as rule):
                rules[rules.index(rule)] = SoftBarrier(barrier)
            case Ruled(rule):
                rules.remove(rule)
            case Closed(barrier):
                rules.append(SoftBarrier(barrier))
            case _:
                pass
    return {"tolerance": tolerance, "bands": bands, "rules": tuple(rules)}


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
    """Without it all plans that were allowed still are, and none of them costs more.

    What moves centers makes zones cheaper that were heavy enough by their travel. What
    joins neighbours moves the shortest ways, on which priced barriers are counted. A
    target moves the shares of all, and a frozen zone may be outside of bands.
    """
    priced = any(isinstance(r, SoftBarrier) and r.price for r in problem.rules)
    targets = {rule.zone for rule in problem.rules if isinstance(rule, Target)}
    match one:
        case Balance() | AtLeast() | AtMost():
            return True
        case Closed() | Ruled(Contain()):
            return not priced
        case Ruled(MustLink() | CannotLink() | Pin() | Spread()):
            return True
        case Ruled(Lock(zone) as rule):  # with a target, other zones' shares move
            return zone not in targets and not isinstance(rule, Freeze)
        case Ruled(Centers() | Radius(soft=None)):
            return problem.tolerance is None
        case Ruled(Previous(price=price)):
            return price == 0
        case _:
            return False


def loosens(problem: Problem, one: Requirement) -> bool:
    """Without it all plans that were allowed still are, whatever they cost."""
    if only_forbids(problem, one) or isinstance(one, Count):
        return True
    match one:
        case Ruled(Freeze() as rule):
            return not _exempt(problem, rule)
        case Ruled(Previous()):
            return True
        case _:  # a price, a way, a target: they count where cost is balanced
            return problem.tolerance is None


def _exempt(problem: Problem, rule: Freeze) -> bool:
    """Whether a frozen zone would break a band, or move the shares of others."""
    if problem.tolerance is not None:
        return True
    units = units_of(problem.region, rule.buildings)
    return any(
        int(values_of(problem.region, name)[units].sum()) not in band
        for name, band in problem.bands.items()
    )
