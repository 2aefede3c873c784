"""Zones outside a band that bends: by how much, what it counts, and why.

Nothing here knows how a plan was found: a reason is what the region and the rules show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from zoning.open_bridges import GAP
from zoning.plan import Plan
from zoning.region import Ints, Span
from zoning.rules.violation import Violation, passed
from zoning.share import COST_BAND
from zoning.text.lists import first_few

UNITS_TOLD = 3


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
        Units that alone, or together by rule, are more than a zone may have; beside a
        pocket those that shut it in; of a gap the two at its ends.
    alone
        What these units have without any others; 0 where it is not they.
    """

    zone: str
    band: str
    value: int
    low: int
    high: int
    yuan: int
    reason: Reason
    units: tuple[str, ...] = ()
    alone: int = 0

    def told(self, called: Callable[[str], str]) -> Excess:
        """The same with its units as people call them, for sentences."""
        return replace(self, units=tuple(map(called, self.units)))

    @property
    def because(self) -> str:
        """Why, in words; empty where neither the region nor the rules show it."""
        some = first_few(self.units, UNITS_TOLD)
        cost = self.band == COST_BAND
        has = f"{'costs' if cost else f'has {self.band}'} {self.alone:,}"
        have = f"{'cost' if cost else f'have {self.band}'} {self.alone:,}"
        match self.reason:
            case Reason.UNIT:
                return f"{some} alone {has}"
            case Reason.POCKET if len(self.units) == 1:
                return f"it touches nothing but {some}, which is too large for a zone"
            case Reason.POCKET if self.units:
                return f"it touches nothing but {some}, too large for a zone each"
            case Reason.POCKET:
                return "it touches no other zone"
            case Reason.BRIDGE:
                return f"only the way from {' to '.join(self.units)} joins its parts"
            case Reason.RULE if self.units:
                return f"{some} must share a zone and {have} together"
            case Reason.RULE:
                return "a rule keeps the zone as it is"
            case _:
                return ""

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
    locked, touching = _locked(plan), _open(plan, _too_large(plan))
    out = []
    for one in bent:
        reason, units = _why(plan, one, touching, locked=names[one.zone] in locked)
        far = max(one.low - one.value, one.value - one.high)
        alone = 0 if reason is Reason.POCKET else _value(plan, one.band, units)
        out.append(
            Excess(
                names[one.zone],
                one.band,
                one.value,
                one.low,
                one.high,
                far * prices[one.band],
                reason,
                tuple(plan.problem.region.names[i] for i in units),
                alone,
            )
        )
    return tuple(out)


def _why(
    plan: Plan, one: Outside, touching: set[int], *, locked: bool
) -> tuple[Reason, list[int]]:
    """The reason, and the units that are to blame; `touching` is of `_open`."""
    if locked:
        return Reason.RULE, []
    if one.value > one.high:
        units = _too_much(plan, one)
        if units:
            return Reason.UNIT if len(units) == 1 else Reason.RULE, units
    elif one.zone not in touching:
        return Reason.POCKET, _beside(plan, one.zone)
    return Reason.OTHER, []


def _value(plan: Plan, band: str, units: Sequence[int]) -> int:
    """What a zone of these units has, its ways left out; 0 of none."""
    problem, some = plan.problem, list(units)
    if not some:
        return 0
    by_cost = band == COST_BAND
    values = problem.region.load if by_cost else problem.region.values_of(band)
    return int(values[some].sum()) + (problem.fixed if by_cost else 0)


def _too_much(plan: Plan, one: Outside) -> list[int]:
    """Units of the zone of which one, or a group by rule, is above the band alone."""
    units = plan.zones[one.zone].tolist()
    most = max(units, key=lambda i: _value(plan, one.band, [i]))
    if _value(plan, one.band, [most]) > one.high:
        return [most]
    for group in plan.problem.terms.together:
        some = [int(i) for i in group]
        if set(some) <= set(units) and _value(plan, one.band, some) > one.high:
            return some
    return []


def _too_large(plan: Plan) -> NDArray[np.bool_]:
    """Units that alone are more than any zone may have, by some band."""
    problem, region = plan.problem, plan.problem.region
    large = np.zeros(len(region), bool)
    factors = [1.0, *problem.terms.factor.tolist()]
    bands = [problem.cost_band_of(factor) for factor in factors]
    highs = [band.high for band in bands if band is not None]
    if highs:
        large |= problem.fixed + region.load > max(highs)
    for name, band in problem.bands.items():
        large |= region.values_of(name) > band.high
    return large


def _open(plan: Plan, large: NDArray[np.bool_]) -> set[int]:
    """Zones that touch a unit of another zone which is not too large."""
    edges = plan.problem.edited_region.edges
    one, other = plan.zone_of[edges].T
    across = one != other
    found = one[across & ~large[edges[:, 1]]], other[across & ~large[edges[:, 0]]]
    return set(np.concatenate(found).tolist())


def _beside(plan: Plan, zone: int) -> list[int]:
    """Units of other zones that a zone touches."""
    edges = plan.problem.edited_region.edges
    inside = plan.zone_of == zone
    across = edges[inside[edges].sum(axis=1) == 1]
    return [int(i) for i in np.unique(across[~inside[across]])]


def _locked(plan: Plan) -> set[str]:
    rules = plan.problem.rules
    return {rule.locked.zone for rule in rules if rule.locked is not None}
