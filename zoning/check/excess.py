"""Zones outside a band that bends: by how much, what it counts, and why.

Nothing here knows how a plan was found: a reason is what the region and the rules show.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from zoning.open_bridges import GAP
from zoning.plan import Plan
from zoning.region import Ints, Span
from zoning.rules.violation import Violation, passed
from zoning.share import COST_BAND


class Reason(StrEnum):
    """Why a zone lies outside a band, as far as the region and the rules show."""

    UNIT = "unit"  # one unit alone is more than a zone may have
    POCKET = "pocket"  # it touches nothing but zones of such units, or nothing at all
    BRIDGE = "bridge"  # it hangs together only by a bridge longer than allowed
    RULE = "rule"  # it is locked, or units that must share a zone are too much for one
    OTHER = "other"  # none of these: balance among neighbours does not work out


@dataclass(frozen=True)
class Excess:
    """A zone outside a band that bends: an exception.

    Parameters
    ----------
    zone
        What the zone is called.
    band
        Name of the band; ``"cost"`` is that of the tolerance, ``"gap"`` that of metres
        from wall to wall, `Region.max_gap`.
    value, low, high
        What the zone has, and what the band allows.
    yuan
        How far outside, times the price of bending this band. 0 for a gap: which wide
        bridges are open is settled before any search, see `zoning.open_bridges`.
    reason
        See `Reason`.
    units
        Units that alone, or together by rule, are more than a zone may have; of a gap
        the two at its ends.
    """

    zone: str
    band: str
    value: int
    low: int
    high: int
    yuan: int
    reason: Reason
    units: tuple[str, ...] = ()

    @property
    def outside(self) -> int:
        """How far outside the band, in what it is counted in."""
        return max(self.low - self.value, self.value - self.high, 0)

    def __str__(self) -> str:
        """What the zone has, and what is allowed."""
        if self.band == GAP:
            return (
                f"Zone {self.zone} hangs together only by a bridge of {self.value:,} m "
                f"between {' and '.join(self.units)}; allowed are {self.high:,} m."
            )
        return _told(self.zone, self.band, self.value, self.low, self.high)

    def if_moved(self, *, farther: bool) -> str:
        """What a move would do to the zone, which may be outside already."""
        by_cost = self.band == COST_BAND
        where = "the balance" if by_cost else "its band"
        value = "cost" if by_cost else f"have {self.band}"
        return (
            f"put zone {self.zone} {'farther ' if farther else ''}outside {where}: it "
            f"would {value} {self.value:,}; usual are {self.low:,} to {self.high:,}"
        )


def _told(zone: str, band: str, value: int, low: int, high: int) -> str:
    if band == COST_BAND:
        return (
            f"Zone {zone} costs {value:,} yuan a year; allowed are {low:,} to {high:,}."
        )
    return f"Zone {zone} has {band} {value:,}; allowed are {low:,} to {high:,}."


@dataclass(frozen=True)
class Outside:
    """A zone, by its number, outside a band."""

    zone: int
    band: str
    value: int
    low: int
    high: int


def outside_bands(
    plan: Plan, cost: Ints, names: Sequence[str], asked: NDArray[np.int64]
) -> Iterator[Outside]:
    """Zones outside their bands, of those that bands are asked of."""
    problem, region = plan.problem, plan.problem.region
    for k in asked.tolist():
        band = problem.cost_band_of(problem.factor_of(names[k]))
        value = int(cost[k])
        if band is not None and value not in band:
            yield Outside(k, COST_BAND, value, band.low, band.high)
    for name, band in problem.bands.items():
        values = region.values_of(name)
        for k in asked.tolist():
            value = int(values[plan.zones[k]].sum())
            if value not in band:
                yield Outside(k, name, value, band.low, band.high)


def wide_gaps(
    plan: Plan,
    gaps: Sequence[Span | None],
    names: Sequence[str],
    asked: NDArray[np.int64],
) -> Iterator[Excess]:
    """Zones that hang together only by a bridge longer than allowed."""
    region = plan.problem.region
    unit_of = dict(zip(region.building_ids, region.unit_of_building, strict=True))
    for k in asked.tolist():
        gap = gaps[k]
        if gap is None or region.max_gap is None or gap.metres <= region.max_gap:
            continue
        ends = tuple(region.names[unit_of[name]] for name in gap.ends)
        high = int(region.max_gap)
        yield Excess(names[k], GAP, gap.metres, 0, high, 0, Reason.BRIDGE, ends)


def broken_bands(
    plan: Plan, found: Sequence[Outside], names: Sequence[str]
) -> Iterator[Violation]:
    """Those of them that may not be."""
    for one in found:
        if one.band not in plan.problem.excess_price:
            ends = one.value, one.low, one.high
            told = _told(names[one.zone], one.band, *ends)
            end = passed(*ends)
            yield Violation(one.band, names[one.zone], (), one.value, end, told)


def exceptions(
    plan: Plan, found: Sequence[Outside], names: Sequence[str]
) -> tuple[Excess, ...]:
    """Those of them that may be, with their price and reason."""
    prices = plan.problem.excess_price
    bent = [one for one in found if one.band in prices]
    if not bent:
        return ()
    alone = {(one.zone, one.band): _too_much(plan, one) for one in bent}
    around = _neighbours(plan)
    large = {zone for (zone, _), units in alone.items() if len(units) == 1}
    out = []
    for one in bent:
        units = alone[one.zone, one.band]
        if names[one.zone] in _locked(plan) or len(units) > 1:
            reason = Reason.RULE
        elif units:
            reason = Reason.UNIT
        elif one.value < one.low and around[one.zone] <= large:
            reason = Reason.POCKET
        else:
            reason = Reason.OTHER
        far = max(one.low - one.value, one.value - one.high)
        told = tuple(plan.problem.region.names[i] for i in units)
        out.append(
            Excess(
                names[one.zone],
                one.band,
                one.value,
                one.low,
                one.high,
                far * prices[one.band],
                reason,
                told,
            )
        )
    return tuple(out)


def _too_much(plan: Plan, one: Outside) -> list[int]:
    """Units of the zone of which one, or a group by rule, is above the band alone."""
    if one.value <= one.high:
        return []
    problem = plan.problem
    region, units = problem.region, plan.zones[one.zone]
    by_cost = one.band == COST_BAND
    values = region.load if by_cost else region.values_of(one.band)
    room = one.high - (problem.fixed if by_cost else 0)
    heavy = units[values[units] > room].tolist()
    if heavy:
        return [max(heavy, key=lambda i: int(values[i]))]
    for group in problem.terms.together:
        if np.isin(group, units).all() and int(values[group].sum()) > room:
            return [int(i) for i in group]
    return []


def _neighbours(plan: Plan) -> list[set[int]]:
    """The zones that each zone touches."""
    edges = plan.zone_of[plan.problem.edited_region.edges]
    out: list[set[int]] = [set() for _ in range(plan.num_zones)]
    for a, b in np.unique(edges[edges[:, 0] != edges[:, 1]], axis=0).tolist():
        out[a].add(b)
        out[b].add(a)
    return out


def _locked(plan: Plan) -> set[str]:
    rules = plan.problem.rules
    return {rule.locked.zone for rule in rules if rule.locked is not None}
