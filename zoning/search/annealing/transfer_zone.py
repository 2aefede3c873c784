"""Give one zone more to where zones cost too much, one fewer to where they cost little.

Windows keep their number of zones. Where a part of a region hangs on the rest by a
single edge and got too few zones, no window mends that: one must come from elsewhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zoning.search.annealing import anneal
from zoning.search.instance import zones
from zoning.search.instance.constants import FAR
from zoning.search.instance.instance import Instance
from zoning.search.instance.subset import restrict
from zoning.search.instance.zone_graph import ZoneGraph
from zoning.search.instance.zones import Ints

Labels = NDArray[np.int32]
AROUND = (3, 5, 8)  # zones solved again around a broken one
PARTNERS, LOOKS = 10, 50  # zones that give one or take one; places looked at for them
TRIES, SWEEPS, PROPOSALS = 3, 20_000, 2_500_000  # annealing runs; the fewer of both


def recount(
    a: Instance,
    labels: Labels,
    graph: ZoneGraph,
    seed: int,
    chance: int,
    deadline: float,
) -> Labels | None:
    """Labels that are less broken, with a zone moved to `seed` or away from it.

    Parameters
    ----------
    seed
        A broken zone. If it costs more than the usual zone, it and those around get
        one more; else one fewer.
    chance
        Where the random choices of the annealing flow from.
    """
    plan = zones.of_plan(a, labels, graph.count)
    cost = zones.zone_sums(a, plan)[:, 0] + plan.cost % FAR
    more = 1 if cost[seed] > cost.mean() else -1
    before = anneal.excess(a, labels, graph.count)
    for size in AROUND:
        some = graph.around(seed, size)
        other = _partner(graph, cost * more, some)
        if min(len(some), len(other)) < min(AROUND):
            continue
        gaining, losing = (some, other) if more > 0 else (other, some)
        wide, narrow = [*gaining, losing[-1]], losing[:-1]
        if np.isin(labels, gaining).sum() < len(wide):
            continue  # a zone holds at least one unit
        out = labels.copy()
        _solve(a, labels, out, gaining, wide, chance, deadline)
        _solve(a, labels, out, losing, narrow, chance, deadline)
        if anneal.excess(a, out, graph.count) < before - 1e-9:
            return out
    return None


def _partner(graph: ZoneGraph, cost: Ints, some: list[int]) -> list[int]:
    """Zones that hang together, none of `some`, and cost the least."""
    allowed = np.ones(graph.count, np.bool_)
    allowed[some] = False
    places = [int(k) for k in np.argsort(cost, kind="stable") if allowed[k]][:LOOKS]
    near = [graph.around(k, PARTNERS, allowed) for k in places]
    most = max(map(len, near), default=0)
    whole = [window for window in near if len(window) == most]
    return min(whole, key=lambda window: float(cost[window].mean()), default=[])


def _solve(
    a: Instance,
    labels: Labels,
    out: Labels,
    some: list[int],
    numbers: list[int],
    chance: int,
    deadline: float,
) -> None:
    """Split the units of some zones anew into zones of these numbers, into `out`."""
    units = np.flatnonzero(np.isin(labels, some))
    window, count = restrict(a, units), len(numbers)
    sweeps = min(SWEEPS, PROPOSALS // len(units))
    landings = []
    for seed in range(chance * TRIES, (chance + 1) * TRIES):
        descent = anneal.Descent(seed, sweeps, deadline)
        landings.append(anneal.descend(window, count, descent))
        if landings[-1].best is not None:
            break
    last = min(landings, key=lambda landing: landing.excess)
    best = next((x.best for x in landings if x.best is not None), last.last)
    out[units] = np.array(numbers, np.int32)[best]
