"""Ever looser versions of a requirement, from what it is to nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, hypot, log10

import numpy as np

from zoning.analysis.requirements import (
    AtLeast,
    AtMost,
    Balance,
    Closed,
    Count,
    Requirement,
    Ruled,
    another_count,
    has_given_share,
    total_of,
    without,
)
from zoning.problem import TABLE_UNITS, Band, Floats, Problem
from zoning.rules import (
    CannotLink,
    Freeze,
    Lock,
    MustLink,
    Pin,
    Previous,
    Radius,
    Rule,
    Spread,
)
from zoning.search.presolve.limits import amount

FEW_COUNTS = 5  # numbers of zones tried above and below, or from half to twice as many
FEW_UNITS = 30  # of so many every number of zones is tried
MOST_WAYS = 200  # lengths of a way that are tried one by one
MOST_PARTS = 12  # buildings of a rule that are tried to be left out of it


@dataclass(frozen=True)
class Rung:
    """One looser version: the change in words, and the problem after it."""

    words: str
    problem: Problem


@dataclass(frozen=True)
class Ladder:
    """Ever looser versions of one requirement.

    Parameters
    ----------
    size
        How many there are.
    rung
        Gives one of them, 0 being the tightest.
    climbs
        A plan of one is a plan of all looser ones.
    """

    size: int
    rung: Callable[[int], Rung]
    climbs: bool


def ladders_of(problem: Problem, one: Requirement) -> Iterator[Ladder]:
    """The ways to loosen a requirement of a problem; each to be tried for itself."""
    match one:
        case Count():
            yield from _counts(problem, one)
        case Balance():
            yield _tolerances(problem, one)
        case AtLeast() | AtMost():
            yield _ends(problem, one)
        case Closed(barrier):
            yield _single(f"open {barrier}", without(problem, (one,)))
        case Ruled(Radius(hard=float() | int()) as rule):
            yield _metres(problem, rule)
            if rule.soft is not None:  # its price may be what is too much
                yield _parts(problem, rule)
        case Ruled(Spread() as rule):
            yield _spreads(problem, rule)
        case Ruled(Previous(budget=float() | int()) as rule):
            yield _budgets(problem, rule)
        case Ruled(rule):
            yield _parts(problem, rule)


def _single(words: str, problem: Problem) -> Ladder:
    return Ladder(1, lambda _: Rung(words, problem), climbs=False)


def _counts(problem: Problem, one: Count) -> Iterator[Ladder]:
    """Fewer zones, and more."""
    n, now, given = len(problem.region), one.num_zones, has_given_share(problem)
    few, many = min(now // 2, now - FEW_COUNTS), max(2 * now, now + FEW_COUNTS)
    if n <= FEW_UNITS:
        few, many = 1, n
    fewer = range(now - 1, max(1, few) - 1, -1)
    for several in (fewer, range(now + 1, min(n, many) + 1)):

        def rung(at: int, several: Sequence[int] = several) -> Rung:
            count = several[at]
            return Rung(
                str(Count(count)), another_count(problem, count, given_share=given)
            )

        yield Ladder(len(several), rung, climbs=False)


def _tolerances(problem: Problem, one: Balance) -> Ladder:
    first = floor(one.tolerance * 1_000 + 1e-9) + 1  # tenths of a percentage point

    def rung(at: int) -> Rung:
        tolerance = (first + at) / 1_000
        told = f"a tolerance of {100 * tolerance:.4g} %"
        return Rung(told, replace(problem, tolerance=tolerance))

    return Ladder(max(0, 1_000 - first), rung, climbs=True)


def _ends(problem: Problem, one: AtLeast | AtMost) -> Ladder:
    """Limits rounded to three digits, down to nothing or up to everything."""
    name, band = one.name, problem.bands[one.name]
    most = total_of(problem.region, name)
    limit = one.low if isinstance(one, AtLeast) else one.high
    step = 10 ** max(0, len(str(abs(limit))) - 3)

    def rung(at: int) -> Rung:
        if isinstance(one, AtLeast):
            low = max(0, (-(-limit // step) - 1 - at) * step)
            looser, words = Band(low, band.high), str(AtLeast(name, low))
        else:
            high = (limit // step + 1 + at) * step
            looser, words = Band(band.low, high), str(AtMost(name, high))
        return Rung(words, replace(problem, bands={**problem.bands, name: looser}))

    if isinstance(one, AtLeast):
        return Ladder(max(1, -(-limit // step)), rung, climbs=True)
    return Ladder(max(1, -(-most // step) - limit // step), rung, climbs=True)


def widths(problem: Problem, name: str) -> Ladder:
    """Both ends of a band moved apart, by tenths of a per cent of its middle.

    For where moving one end alone does not help.
    """
    band = problem.bands[name]
    middle = (band.low + band.high) / 2
    first = floor(1_000 * (band.high - middle) / middle + 1e-9) + 1

    def rung(at: int) -> Rung:
        part = (first + at) / 1_000
        low, high = ceil(middle * (1 - part) - 1e-6), floor(middle * (1 + part) + 1e-6)
        told = f"a zone has {amount(name, round(middle))} ±{100 * part:.4g} %: "
        told += f"{low:,} to {high:,}"
        bands = {**problem.bands, name: Band(low, high)}
        return Rung(told, replace(problem, bands=bands))

    return Ladder(max(0, 1_001 - first), rung, climbs=True)


def _metres(problem: Problem, rule: Radius) -> Ladder:
    """Longer ways: as far as each center reaches one more unit, up to all of them.

    Where cost is balanced a longer way may be worse: zones take cheaper centers, and
    are too cheap then.
    """
    now = rule.hard or 0.0
    ways = _ways(problem)
    longer = np.unique(np.ceil(ways[ways > now])).tolist()
    if len(longer) > MOST_WAYS:
        longer = np.unique(10 * np.ceil(ways[ways > now] / 10)).tolist()

    def rung(at: int) -> Rung:
        other = replace(rule, hard=longer[at])
        return Rung(str(other), _with_rule(problem, rule, other))

    return Ladder(len(longer), rung, climbs=problem.tolerance is None)


def _ways(problem: Problem) -> Floats:
    """Metres of way there are; of many units, tens of metres up to the longest."""
    region = problem.region
    if len(region) <= TABLE_UNITS:
        every = np.arange(len(region))
        return problem.way_between(every, every).ravel()
    longest = hypot(*np.ptp(region.xy, axis=0).tolist()) * region.costs.detour
    return np.asarray(10.0 * np.arange(1, ceil(longest / 10) + 1))


def _spreads(problem: Problem, rule: Spread) -> Ladder:
    """A wider spread each time, up to that of the whole region."""
    values = [float(v) for v in problem.region.columns[rule.column] if v is not None]
    most = max(values) - min(values)
    step = 10.0 ** floor(log10(max(most, 1e-9) / 20))
    return _numbers(
        problem,
        rule,
        lambda spread: replace(rule, most=spread),
        (rule.most, most, step),
    )


def _budgets(problem: Problem, rule: Previous) -> Ladder:
    """A hundredth of the area more each time, up to all of it."""
    return _numbers(
        problem,
        rule,
        lambda budget: replace(rule, budget=min(budget, 1.0)),
        (rule.budget or 0.0, 1.0, 0.01),
    )


def _numbers(
    problem: Problem,
    rule: Rule,
    looser: Callable[[float], Rule],
    scale: tuple[float, float, float],
) -> Ladder:
    """Rules with a number that can grow. `scale`: what it is, the most, the step."""
    now, most, step = scale
    first = floor(now / step + 1e-9) + 1

    def rung(at: int) -> Rung:
        other = looser(round((first + at) * step, 9))
        return Rung(str(other), _with_rule(problem, rule, other))

    return Ladder(max(1, ceil(most / step - 1e-9) - first + 1), rung, climbs=True)


def _parts(problem: Problem, rule: Rule) -> Ladder:
    """A rule for fewer buildings, a frozen zone for a locked one; at last no rule."""
    looser: list[tuple[str, Rule]] = []
    if isinstance(rule, Lock) and not isinstance(rule, Freeze):
        frozen = Freeze(rule.zone, rule.buildings)
        looser.append((str(frozen), frozen))
    least = 1 if isinstance(rule, Pin) else 2
    if isinstance(rule, MustLink | CannotLink | Pin) and (
        least < len(rule.buildings) <= MOST_PARTS
    ):
        for name in rule.buildings:
            rest = tuple(other for other in rule.buildings if other != name)
            words = f"leave {name} out of the rule that {rule}"
            looser.append((words, replace(rule, buildings=rest)))

    def rung(at: int) -> Rung:
        if at == len(looser):
            told = f"leave out the rule that {rule}"
            return Rung(told, without(problem, (Ruled(rule),)))
        words, other = looser[at]
        return Rung(words, _with_rule(problem, rule, other))

    return Ladder(len(looser) + 1, rung, climbs=False)


def _with_rule(problem: Problem, rule: Rule, other: Rule) -> Problem:
    rules = [other if one == rule else one for one in problem.rules]
    return replace(problem, rules=tuple(rules))
