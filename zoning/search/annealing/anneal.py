"""Simulated annealing: move a border unit, swap two; linear in units.

The band is a penalty that grows while the temperature falls.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.search.annealing.region_growing import start
from zoning.search.annealing.state import Limits, Rules, State
from zoning.search.annealing.sweeps import STRAINED, outside, sweeps
from zoning.search.instance.compatibility import count_violations
from zoning.search.instance.constants import FAR
from zoning.search.instance.instance import Instance
from zoning.search.instance.labelling import changed_area, match_labels
from zoning.search.instance.zones import Zones, from_each, of_plan, zone_sums
from zoning.search.kernels.rng import seed_state

Labels = NDArray[np.int32]
HOT, COLD = 1.0, 0.01  # temperatures, in travel of a usual unit
SOFT, HARD = 2.0, 2_000.0  # price of a whole zone's excess, in travel of a usual zone
SLICES = 20  # pieces of one descent, between which the clock is looked at


@dataclass(frozen=True)
class Descent:
    """One annealing run: where it begins and how long it goes on."""

    seed: int
    sweeps: int
    deadline: float
    begin: Labels | None = None  # labels to begin with; grown anew if None
    hot: float = HOT


@dataclass(frozen=True)
class Landing:
    """Where a run ended: the best labels that keep all bands (or None), and the last.

    `excess` is how far the last labels are outside their bands, in zones.
    """

    best: Labels | None
    travel: int
    last: Labels
    excess: float


def descend(a: Instance, count: int, descent: Descent) -> Landing:
    """Anneal once."""
    zone = start(a, count, descent.seed) if descent.begin is None else descent.begin
    zone = match_labels(a, zone, count) if a.labelled else zone
    zone = zone.astype(np.int32, copy=True)
    n = len(zone)
    limits, rules = _limits(a, count), _rules(a, count)
    state = _state(a, zone, count, descent.seed)
    travel_now = float(max(1, (state.travel % FAR).sum()))
    heat = np.geomspace(descent.hot, COLD, SLICES + 1) * travel_now / n
    price = np.geomspace(SOFT, HARD, SLICES + 1) * travel_now / count
    best, found = zone.copy(), zone.copy()
    least = -1
    for piece in range(SLICES):
        if perf_counter() > descent.deadline:
            break
        got = sweeps(
            a.indptr,
            a.indices,
            a.is_complete,
            a.sums,
            a.travel_data,
            limits,
            rules,
            state,
            max(n, descent.sweeps * n // SLICES),
            heat[piece : piece + 2],
            price[piece : piece + 2],
            found,
        )
        if got >= 0 and (least < 0 or got < least):
            least = got
            best[:] = found
    return Landing(
        best if least >= 0 else None, int(least), zone, excess(a, zone, count)
    )


def excess(a: Instance, zone: Labels, count: int) -> float:
    """How far a plan is outside its bands and rules, in zones."""
    plan = of_plan(a, zone, count)
    off = float(_outside(a, plan, count).sum())
    rules = _rules(a, count)
    if rules is None:
        return off
    over = (
        max(0, int(changed_area(a, zone)) - int(rules.change_most)) / rules.usual_area
    )
    broken = count_violations(a.compatibility, zone, plan.indptr, plan.members)
    return off + float(STRAINED * broken + over)


def _outside(a: Instance, plan: Zones, count: int) -> NDArray[np.float64]:
    out = np.empty(count, np.float64)
    outside(_limits(a, count), a.sums, zone_sums(a, plan), plan.cost, out)
    return out


def _limits(a: Instance, count: int) -> Limits:
    usual = np.append(np.maximum(1.0, a.sums.sum(axis=1) / count), 0.0)
    return Limits(a.low, a.high, usual, a.label_rules.cost_low, a.label_rules.cost_high)


def _rules(a: Instance, count: int) -> Rules | None:
    if not (a.compatibility.matters or a.labelled):
        return None
    places = a.label_rules
    return Rules(
        a.compatibility,
        places.before,
        places.area,
        np.float64(places.change_price),
        places.change_most,
        np.float64(max(1.0, places.area.sum() / count)),
    )


def _state(a: Instance, zone: Labels, count: int, seed: int) -> State:
    """All that is kept about a plan; annealing changes `zone` in place."""
    plan = of_plan(a, zone, count)
    n, members = len(zone), plan.members
    from_u = np.empty(n, np.int64)
    from_u[members] = from_each(a, plan.indptr, members)
    same = np.diff(zone[members]) == 0
    after, before = np.full((2, n), -1, np.int32)
    after[members[:-1][same]] = members[1:][same]
    before[members[1:][same]] = members[:-1][same]
    broken, moved = 0, 0
    if _rules(a, count) is not None:
        broken = count_violations(a.compatibility, zone, plan.indptr, members)
        moved = int(changed_area(a, zone))
    return State(
        zone,
        members[plan.indptr[:-1]],
        after,
        before,
        np.diff(plan.indptr),
        zone_sums(a, plan),
        plan.cost,
        _outside(a, plan, count),
        from_u,
        np.empty(n, np.int64),
        np.zeros(n, np.int64),
        np.empty(n, np.int32),
        seed_state(seed),
        np.array([0, broken, moved], np.int64),
    )
