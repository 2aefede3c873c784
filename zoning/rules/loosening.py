"""Ever looser versions of a rule, from what it is to nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoning.region import Region
    from zoning.rules.rule import Rule

MOST_PARTS = 12  # buildings of a rule that are tried to be left out of it


@dataclass(frozen=True)
class Loosening:
    """Ever looser versions of a rule.

    Parameters
    ----------
    size
        How many there are.
    version
        Gives one of them, 0 being the tightest: the change in words, and the rule
        instead (None: it is left out).
    climbs
        A plan of one is a plan of all looser ones.
    """

    size: int
    version: Callable[[int], tuple[str, Rule | None]]
    climbs: bool


def in_steps(
    looser: Callable[[float], Rule], *, now: float, most: float, step: float
) -> Loosening:
    """A number that grows by steps, from what it is to the most there is."""
    first = floor(now / step + 1e-9) + 1

    def version(at: int) -> tuple[str, Rule | None]:
        other = looser(round((first + at) * step, 9))
        return str(other), other

    return Loosening(max(1, ceil(most / step - 1e-9) - first + 1), version, climbs=True)


def one_by_one(told: object, others: Sequence[tuple[str, Rule]] = ()) -> Loosening:
    """Some other rules, each told in words; at last none.

    Parameters
    ----------
    told
        The rule, or what it says.
    """

    def version(at: int) -> tuple[str, Rule | None]:
        if at < len(others):
            return others[at]
        return f"leave out the rule that {told}", None

    return Loosening(len(others) + 1, version, climbs=False)


def with_fewer(
    rule: Rule,
    buildings: tuple[str, ...],
    of: Callable[[tuple[str, ...]], Rule],
    least: int,
    region: Region,
) -> Loosening:
    """Without one of the buildings, of which it needs `least`; at last no rule."""
    told, called = rule.told(region), region.directory.called_id
    if not least < len(buildings) <= MOST_PARTS:
        return one_by_one(told)
    rests = [
        (name, tuple(other for other in buildings if other != name))
        for name in buildings
    ]
    return one_by_one(
        told,
        [(f"leave {called(x)} out of the rule that {told}", of(y)) for x, y in rests],
    )
