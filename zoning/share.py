"""The fair share: what a zone costs where all cost the same.

Units too large for any zone, and pockets too small for one, are zones of their own
whatever becomes of the others, and move nobody else's share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from zoning.region import Ints

if TYPE_CHECKING:
    from zoning.problem import Problem

COST_BAND = "cost"  # the name of the band that `tolerance` puts around the fair share
CENTERS_TRIED = 50


@dataclass(frozen=True, eq=False)
class SharedOut:
    """The fair share, and what was left out of it.

    Parameters
    ----------
    share
        What a zone should cost, whole yuan a year.
    heavy
        Units (or units that must share a zone) that alone cost more than the upper end
        of the band around the share.
    pockets
        Parts of the region that touch nothing else and together cost less than its
        lower end.
    """

    share: int
    heavy: tuple[Ints, ...] = ()
    pockets: tuple[Ints, ...] = ()

    @property
    def apart(self) -> int:
        """How many zones are left out of the share."""
        return len(self.heavy) + len(self.pockets)


Islands = Callable[["Problem", Ints], Iterable[Ints]]  # parts that touch nothing else


def rough_share(problem: Problem) -> int:
    """The fair share before it is known which parts of the region touch: no pockets."""
    return share_out(problem, lambda *_: ()).share


def share_out(problem: Problem, islands: Islands | None = None) -> SharedOut:
    """``F + Σ load / K`` + the mean travel of a zone in one quick plan.

    The quick plan halves the region again and again across its longer side, by load. It
    keeps no rule; it only says how far a zone of this load reaches. Frozen zones are
    left out. Where the cost band bends, what is too heavy or too light for a zone of
    its own is left out with one zone each, until nothing more is.
    """
    frozen = [lock.units for lock in problem.terms.locks if lock.frozen]
    count = int(problem.num_zones)
    units = np.arange(len(problem.region))
    if 0 < len(frozen) < count:
        units = np.setdiff1d(units, np.concatenate(frozen))
        count -= len(frozen)
    found = SharedOut(_mean_cost(problem, units, count))
    if COST_BAND not in problem.excess_price:
        return found
    while True:
        heavy = _too_heavy(problem, units, found)
        # with heavy units in it the share is too high to tell what is a pocket
        parts = () if heavy else (islands or _islands)(problem, units)
        pockets = _too_light(problem, parts, found)
        gone = [*heavy, *pockets]
        if not gone:
            return found
        rest = np.setdiff1d(units, np.concatenate(gone))
        if not 0 < count - len(gone) <= len(rest):
            return found
        units, count = rest, count - len(gone)
        share = _mean_cost(problem, units, count)
        found = SharedOut(share, (*found.heavy, *heavy), (*found.pockets, *pockets))


def _too_heavy(problem: Problem, units: Ints, found: SharedOut) -> tuple[Ints, ...]:
    """Units and groups above the upper end of the band around this share."""
    most = problem.band_around(found.share).high - problem.fixed
    load = problem.region.load
    groups = [some for some in problem.terms.together if np.isin(some, units).all()]
    grouped = np.concatenate([units[:0], *groups])
    singles = np.setdiff1d(units[load[units] > most], grouped)
    return (
        *(np.array([u]) for u in singles),
        *(some for some in groups if load[some].sum() > most),
    )


def _too_light(
    problem: Problem, parts: Iterable[Ints], found: SharedOut
) -> tuple[Ints, ...]:
    """Those of these parts that are below the lower end of the band."""
    least = problem.band_around(found.share).low
    return tuple(
        part
        for part in parts
        if problem.fixed
        + int(problem.region.load[part].sum())
        + _least_travel(problem, part)
        < least
    )


def _islands(problem: Problem, units: Ints) -> Iterator[Ints]:
    region = problem.edited_region
    if region.is_complete:
        return
    number, part = connected_components(region.graph(region.edges))
    if number == 1:
        return
    shared = np.zeros(len(region), bool)
    shared[units] = True
    order = np.argsort(part, kind="stable")
    for some in np.split(order, np.cumsum(np.bincount(part))[:-1]):
        if shared[some].all():
            yield some


def _mean_cost(problem: Problem, units: Ints, count: int) -> int:
    """What so many zones of these units cost on average, by one quick plan.

    Among units equally far the load decides, never the row.
    """
    region = problem.region
    order = np.lexsort(
        (region.area[units], region.load[units], *region.xy[units].T[::-1])
    )
    units = units[order]
    share = problem.fixed + int(region.load[units].sum()) / count
    if problem.tolerance is None or count > len(units):
        return round(share)
    parts = recursive_bisection(region.xy, region.load, units, count)
    return round(share + sum(_least_travel(problem, part) for part in parts) / count)


def _least_travel(problem: Problem, units: NDArray[np.int64]) -> int:
    """Travel inside a set of units from its best center."""
    xy, load = problem.region.xy[units], problem.region.load[units]
    middle = np.average(xy, axis=0, weights=load + 1)
    away = ((xy - middle) ** 2).sum(axis=1)
    nearest = units[np.argsort(away, kind="stable")[:CENTERS_TRIED]]
    return int(problem.travel_between(units, nearest).sum(axis=0).min())


def recursive_bisection(
    xy: NDArray[np.float64],
    load: Ints,
    units: NDArray[np.int64],
    count: int,
    chance: np.random.Generator | None = None,
) -> list[NDArray[np.int64]]:
    """Split units into `count` pieces of like load; no rule is minded.

    What is left is cut again and again across its longer side. With
    `chance`, each cut has a direction and a ratio of its own.
    """
    if count == 1:
        return [units]
    first = count // 2
    side = xy[units, int(np.argmax(np.ptp(xy[units], axis=0)))]
    if chance is not None:
        angle = chance.uniform(0.0, np.pi)
        side = xy[units] @ np.array([np.cos(angle), np.sin(angle)])
        first = int(chance.integers((count + 2) // 4, count - (count + 2) // 4 + 1))
        first = min(max(first, 1), count - 1)
    units = units[np.argsort(side, kind="stable")]
    heap = np.cumsum(load[units] + 1)
    at = int(np.searchsorted(heap, heap[-1] * first / count)) + 1
    at = min(max(at, first), len(units) - (count - first))
    return recursive_bisection(
        xy, load, units[:at], first, chance
    ) + recursive_bisection(xy, load, units[at:], count - first, chance)
