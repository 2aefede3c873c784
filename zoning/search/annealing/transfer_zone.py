"""Give one zone more to where zones cost too much, one fewer to where they cost little.

Neighbourhoods keep their number of zones. Where a part of a region hangs on the rest by
a single edge and got too few zones, none mends that: one must come from elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoning.search.annealing.simulated_annealing import Schedule, anneal, violation
from zoning.search.instance import zones
from zoning.search.instance.constants import FAR
from zoning.search.instance.instance import Instance
from zoning.search.instance.subset import restrict
from zoning.search.instance.zone_graph import ZoneGraph
from zoning.search.instance.zones import Ints

ZoneOf = NDArray[np.int32]


@dataclass(frozen=True)
class TransferParams:
    """Where a zone is taken from, and how what is left is split anew.

    Parameters
    ----------
    sizes
        Zones solved again around a broken one: one number after the other.
    partners, places
        Zones that give one or take one; places looked at for them.
    runs
        Annealing runs for each side.
    sweeps, proposals
        Of each of these runs; the fewer of both.
    """

    sizes: tuple[int, ...] = (3, 5, 8)
    partners: int = 10
    places: int = 50
    runs: int = 3
    sweeps: int = 20_000
    proposals: int = 2_500_000


PARAMS = TransferParams()


def transfer_zone(
    instance: Instance,
    zone_of: ZoneOf,
    graph: ZoneGraph,
    seed: int,
    round_number: int,
    deadline: float,
) -> ZoneOf | None:
    """A plan that is less broken, with a zone moved to `seed` or away from it.

    Parameters
    ----------
    seed
        A broken zone. If it costs more than the usual zone, it and those around get
        one more; else one fewer.
    round_number
        Where the random choices of the annealing flow from.
    """
    plan = zones.of_plan(instance, zone_of, graph.num_zones)
    cost = zones.zone_sums(instance, plan)[:, 0] + plan.travel % FAR
    more = 1 if cost[seed] > cost.mean() else -1
    before = violation(instance, zone_of, graph.num_zones)
    for size in PARAMS.sizes:
        some = graph.around(seed, size)
        other = _partner(graph, cost * more, some)
        if min(len(some), len(other)) < min(PARAMS.sizes):
            continue
        gaining, losing = (some, other) if more > 0 else (other, some)
        wide, narrow = [*gaining, losing[-1]], losing[:-1]
        if np.isin(zone_of, gaining).sum() < len(wide):
            continue  # a zone holds at least one unit
        out = zone_of.copy()
        _solve(instance, zone_of, out, gaining, wide, round_number, deadline)
        _solve(instance, zone_of, out, losing, narrow, round_number, deadline)
        if violation(instance, out, graph.num_zones) < before - 1e-9:
            return out
    return None


def _partner(graph: ZoneGraph, cost: Ints, some: list[int]) -> list[int]:
    """Zones that hang together, none of `some`, and cost the least."""
    allowed = np.ones(graph.num_zones, np.bool_)
    allowed[some] = False
    places = [int(k) for k in np.argsort(cost, kind="stable") if allowed[k]][
        : PARAMS.places
    ]
    near = [graph.around(k, PARAMS.partners, allowed) for k in places]
    most = max(map(len, near), default=0)
    full = [some for some in near if len(some) == most]
    return min(full, key=lambda some: float(cost[some].mean()), default=[])


def _solve(
    instance: Instance,
    zone_of: ZoneOf,
    out: ZoneOf,
    some: list[int],
    numbers: list[int],
    round_number: int,
    deadline: float,
) -> None:
    """Split the units of some zones anew into zones of these numbers, into `out`."""
    units = np.flatnonzero(np.isin(zone_of, some))
    part = restrict(instance, units)
    sweeps = min(PARAMS.sweeps, PARAMS.proposals // len(units))
    results = []
    for seed in range(round_number * PARAMS.runs, (round_number + 1) * PARAMS.runs):
        schedule = Schedule(seed, sweeps, deadline)
        results.append(anneal(part, len(numbers), schedule))
        if results[-1].best is not None:
            break
    last = min(results, key=lambda found: found.violation)
    best = next((x.best for x in results if x.best is not None), last.last)
    out[units] = np.array(numbers, np.int32)[best]
