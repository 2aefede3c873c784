"""Simulated annealing: move a border unit, swap two; linear in units.

The band is a penalty that grows while the temperature falls.

Kirkpatrick, Gelatt, Vecchi: Optimization by simulated annealing. Science 220, 1983,
doi:10.1126/science.220.4598.671.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.search.annealing.region_growing import grow_regions
from zoning.search.annealing.state import AnnealingState, RuleTerms, ZoneLimits
from zoning.search.annealing.sweeps import BROKEN_RULE, sweeps, violations
from zoning.search.instance.compatibility import count_violations
from zoning.search.instance.constants import FAR
from zoning.search.instance.instance import Instance
from zoning.search.instance.labelling import changed_area, match_labels
from zoning.search.instance.zones import Zones, from_each, of_plan, zone_sums
from zoning.search.kernels.rng import seed_state

ZoneOf = NDArray[np.int32]


@dataclass(frozen=True)
class AnnealingParams:
    """How temperature and penalty change over a run; both geometrically.

    Parameters
    ----------
    final_temperature
        In travel of a usual unit; where it begins is told by the `Schedule`.
    initial_penalty, final_penalty
        Price of a violation as large as a whole zone, in travel of a usual zone.
    slices
        Pieces of one run, between which the clock is looked at.
    """

    final_temperature: float = 0.01
    initial_penalty: float = 2.0
    final_penalty: float = 2_000.0
    slices: int = 20


PARAMS = AnnealingParams()
HAIR = 0.003  # a hair outside is outside
# Where bands bend, zones outside what is hard count so many times as much; no plan is
# outside by as many zones, so that more than that is broken.
OUT, MOST_OUT = 1e9, 1e5


@dataclass(frozen=True)
class Schedule:
    """One annealing run: where it begins and how long it goes on.

    Parameters
    ----------
    seed
        Where its random choices flow from.
    sweeps
        Proposals per unit.
    deadline
        By the clock of `zoning.clock`.
    start
        Zone of each unit to begin with; regions are grown if None.
    temperature
        Where it begins, in travel of a usual unit.
    """

    seed: int
    sweeps: int
    deadline: float
    start: ZoneOf | None = None
    temperature: float = 1.0


@dataclass(frozen=True)
class AnnealingResult:
    """Where a run ended.

    Parameters
    ----------
    best
        Zone of each unit in the cheapest plan that keeps all bands, or None.
    travel
        Its travel, or -1.
    last
        The plan it ended with.
    violation
        How far that is outside its bands and rules, in zones.
    """

    best: ZoneOf | None
    travel: int
    last: ZoneOf
    violation: float

    @property
    def zone_of(self) -> ZoneOf:
        """The best plan; the last where none keeps all bands."""
        return self.last if self.best is None else self.best


def anneal_job(
    instance: Instance, job: tuple[int, Schedule], deadline: float
) -> AnnealingResult:
    """`anneal` as a piece of work: the number of zones, and the schedule."""
    num_zones, schedule = job
    return anneal(instance, num_zones, replace(schedule, deadline=deadline))


def anneal(
    instance: Instance,
    num_zones: int,
    schedule: Schedule,
    params: AnnealingParams = PARAMS,
) -> AnnealingResult:
    """Anneal once."""
    zone = schedule.start
    if zone is None:
        zone = grow_regions(instance, num_zones, schedule.seed)
    if instance.labelled:
        zone = match_labels(instance, zone, num_zones)
    zone = zone.astype(np.int32, copy=True)
    n = len(zone)
    limits, terms = _zone_limits(instance, num_zones), _rule_terms(instance, num_zones)
    state = _state(instance, zone, num_zones, schedule.seed)
    travel = float(max(1, (state.travel % FAR).sum()))
    hot, cold, ends = schedule.temperature, params.final_temperature, params.slices + 1
    temperature = np.geomspace(hot, cold, ends) * travel / n
    penalty = np.geomspace(params.initial_penalty, params.final_penalty, ends)
    penalty = penalty * travel / num_zones
    best, found = zone.copy(), zone.copy()
    least = -1
    for piece in range(params.slices):
        if perf_counter() > schedule.deadline:
            break
        got = sweeps(
            instance.indptr,
            instance.indices,
            instance.is_complete,
            instance.sums,
            instance.travel_data,
            limits,
            terms,
            state,
            max(n, schedule.sweeps * n // params.slices),
            temperature[piece : piece + 2],
            penalty[piece : piece + 2],
            found,
        )
        if got >= 0 and (least < 0 or got < least):
            least = got
            best[:] = found
    return AnnealingResult(
        best if least >= 0 else None,
        int(least),
        zone,
        violation(instance, zone, num_zones),
    )


def violation(instance: Instance, zone: ZoneOf, num_zones: int) -> float:
    """How far a plan is outside its bands and rules, in zones."""
    plan = of_plan(instance, zone, num_zones)
    off = float(_band_violations(instance, plan, num_zones).sum())
    terms = _rule_terms(instance, num_zones)
    if terms is None:
        return off
    over = max(0, changed_area(instance, zone) - int(terms.change_most))
    broken = count_violations(instance.compatibility, zone, plan.indptr, plan.members)
    return off + float(BROKEN_RULE * broken + over / terms.usual_area)


def _band_violations(
    instance: Instance, plan: Zones, num_zones: int
) -> NDArray[np.float64]:
    out = np.empty(num_zones, np.float64)
    sums = zone_sums(instance, plan)
    limits = _zone_limits(instance, num_zones)
    violations(limits, instance.sums, sums, plan.travel, out)
    return out


def _zone_limits(instance: Instance, num_zones: int) -> ZoneLimits:
    usual = np.maximum(1.0, instance.sums.sum(axis=1) / num_zones)
    scale, rules = np.append(usual, 0.0), instance.label_rules
    if not instance.bends:
        return ZoneLimits(
            instance.low,
            instance.high,
            scale,
            rules.cost_low,
            rules.cost_high,
            np.ones(len(scale)),
            np.float64(HAIR),
            np.float64(0.0),
            np.float64(0.0),
        )
    return _elastic_limits(instance, scale)


def _elastic_limits(instance: Instance, scale: NDArray[np.float64]) -> ZoneLimits:
    """Limits where bands bend: all are measured in zones of what they cost outside."""
    rules, elastic = instance.label_rules, instance.elastic
    bends = elastic.price > 0
    unit = float(elastic.price.max())
    price = unit * scale[0]  # of a zone outside by as much as the usual load
    own = np.append(scale[:-1], scale[0])
    weight = np.where(bends, elastic.price * own / price, OUT)
    low, high = instance.low.copy(), instance.high.copy()
    cost_low, cost_high = rules.cost_low, rules.cost_high
    low[bends[:-1]], high[bends[:-1]] = (
        elastic.low[:-1][bends[:-1]],
        elastic.high[:-1][bends[:-1]],
    )
    if bends[-1]:
        cost_low = np.full_like(cost_low, elastic.low[-1])
        cost_high = np.full_like(cost_high, elastic.high[-1])
    return ZoneLimits(
        low,
        high,
        scale,
        cost_low,
        cost_high,
        weight,
        np.float64(0.0),
        np.float64(MOST_OUT),
        np.float64(price),
    )


def _rule_terms(instance: Instance, num_zones: int) -> RuleTerms | None:
    if not (instance.compatibility.matters or instance.labelled):
        return None
    rules = instance.label_rules
    return RuleTerms(
        instance.compatibility,
        rules.before,
        rules.area,
        np.float64(rules.change_price),
        rules.change_most,
        np.float64(max(1.0, rules.area.sum() / num_zones)),
    )


def _state(
    instance: Instance, zone: ZoneOf, num_zones: int, seed: int
) -> AnnealingState:
    """All that is kept about a plan; annealing changes `zone` in place."""
    plan = of_plan(instance, zone, num_zones)
    n, members = len(zone), plan.members
    from_u = np.empty(n, np.int64)
    from_u[members] = from_each(instance, plan.indptr, members)
    same = np.diff(zone[members]) == 0
    after, before = np.full((2, n), -1, np.int32)
    after[members[:-1][same]] = members[1:][same]
    before[members[1:][same]] = members[:-1][same]
    broken, moved = 0, 0
    if _rule_terms(instance, num_zones) is not None:
        broken = count_violations(instance.compatibility, zone, plan.indptr, members)
        moved = changed_area(instance, zone)
    return AnnealingState(
        zone,
        members[plan.indptr[:-1]],
        after,
        before,
        np.diff(plan.indptr),
        zone_sums(instance, plan),
        plan.travel,
        _band_violations(instance, plan, num_zones),
        from_u,
        np.empty(n, np.int64),
        np.zeros(n, np.int64),
        np.empty(n, np.int32),
        seed_state(seed),
        np.array([0, broken, moved], np.int64),
    )
