"""Ever looser versions of a requirement, from what it is to nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor

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
    setting_of,
    total_of,
    without,
)
from zoning.problem import Band, Problem
from zoning.rules import Rule
from zoning.rules.loosening import Loosening
from zoning.search.presolve.limits import amount

FEW_COUNTS = 5  # numbers of zones tried above and below, or from half to twice as many
FEW_UNITS = 30  # of so many every number of zones is tried


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
        case Ruled(rule):
            for looser in rule.looser(setting_of(problem)):
                yield _of_rule(problem, rule, looser)


def _of_rule(problem: Problem, rule: Rule, looser: Loosening) -> Ladder:
    """Versions of a rule as versions of the problem."""

    def rung(at: int) -> Rung:
        words, other = looser.version(at)
        if other is None:
            return Rung(words, without(problem, (Ruled(rule),)))
        rules = tuple(other if one == rule else one for one in problem.rules)
        return Rung(words, replace(problem, rules=rules))

    return Ladder(looser.size, rung, looser.climbs)


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
