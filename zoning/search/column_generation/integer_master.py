"""Pick the cheapest plan among listed zones, by all rules about names and changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zoning.clock import perf_counter
from zoning.search.instance import labels as slots
from zoning.search.instance import zones
from zoning.search.instance.instance import NO_LIMIT, Arrays
from zoning.search.instance.zones import Zones
from zoning.solvers.set_partitioning.cpsat import Choice, choose
from zoning.solvers.set_partitioning.highs import Table, solve_whole
from zoning.solvers.set_partitioning.labels import choose_loosely
from zoning.solvers.zone_names import Names

FEW = 4_000  # so many zones CP-SAT chooses among as fast as HiGHS; of more not


@dataclass(frozen=True)
class Picked:
    """A choice among zones.

    Parameters
    ----------
    best
        The zones, each in its place where zones have names; None if none were found.
    travel
        What they travel, and their changes of zone.
    bound
        No choice costs less; None: there is none.
    closed
        The choice is proved cheapest, or proved not to exist.
    """

    best: Zones | None
    travel: int
    bound: int | None
    closed: bool


def pick_plan(
    a: Arrays, listed: Zones, count: int, *, seconds: float, seed: int, workers: int
) -> Picked:
    """Cheapest plan among listed zones, by all rules about names and changes."""
    n = len(a.ways.spots)
    if not a.slotted:
        choice = _chosen(n, listed, count, seconds, seed, workers)
        if choice.columns is None:
            return Picked(None, 0, choice.bound, choice.closed)
        best = zones.pick(listed, np.array(choice.columns))
        return Picked(best, int(best.cost.sum()), choice.bound, choice.closed)
    named = choose_loosely(
        listed.indptr,
        listed.members,
        listed.cost,
        names_of(a, listed),
        num_rows=n,
        count=count,
        time_limit=seconds,
    )
    if named.pairs is None:
        return Picked(None, 0, named.bound, named.closed)
    best = zones.pick(listed, slots.placed(named.pairs, count))
    return Picked(best, named.cost, named.bound, named.closed)


def _chosen(
    n: int, listed: Zones, count: int, seconds: float, seed: int, workers: int
) -> Choice:
    """The cheapest cover of all units by so many zones."""
    deadline = perf_counter() + seconds

    def by_cpsat() -> Choice:
        return choose(
            listed.indptr,
            listed.members,
            listed.cost,
            num_rows=n,
            counts=((None, count),),
            time_limit=deadline - perf_counter(),
            seed=seed,
            workers=workers,
        )

    if len(listed) <= FEW:
        return by_cpsat()
    counts = ((np.arange(len(listed)), count),)
    table = Table.of(listed.indptr, listed.members, n, counts)
    found = solve_whole(table, listed.cost, seconds=seconds)
    if found.impossible:
        return by_cpsat()  # that there is none is never HiGHS' word alone
    if found.x is None:
        return Choice(None, found.bound, closed=False)
    columns = np.flatnonzero(found.x > 0.5)
    travel = int(listed.cost[columns].sum())
    bound = travel if found.closed else min(travel, found.bound)
    return Choice(tuple(columns.tolist()), bound, found.closed)


def names_of(a: Arrays, several: Zones) -> Names:
    """Names zones could have; one row each, without a name, where all are alike."""
    if not a.slotted:
        every = np.arange(len(several))
        none = np.zeros(len(several), np.int64)
        return Names(every, none - 1, none, none[:0])
    could = slots.options(a, several)
    return Names(
        could.zone,
        could.slot,
        could.change,
        np.flatnonzero(a.places.required),
        None if a.places.change_most >= NO_LIMIT else int(a.places.change_most),
        a.places.change_price,
        int(a.places.change_base),
    )
