"""What sums over a zone may be, as far as the units tell; and their words."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from zoning.problem import Problem
from zoning.region import Ints
from zoning.text.lists import first_few

COST = "cost without travel"


@dataclass(frozen=True, eq=False)
class SumLimit:
    """What a sum over a zone may be.

    Parameters
    ----------
    name
        Name of the sum, or `COST`.
    values
        What each unit of the region adds.
    low, high
        The least and the most any zone may have.
    most
        The most all zones that are not locked may have together.
    because
        Why the ends are what they are, where no band says so itself.
    """

    name: str
    values: Ints
    low: int
    high: int
    most: int
    because: str = ""

    def amount(self, value: int) -> str:
        """A value with what it is counted in."""
        return amount(self.name, value)


def amount(name: str, value: int) -> str:
    """A value of a sum with what it is counted in: "50,000 m²", "5 households"."""
    if name == COST:
        return f"{value:,} yuan of {COST}"
    if name == "load":
        return f"{value:,} of load"
    return f"{value:,} {'m²' if name == 'area' else name}"


def searched(problem: Problem) -> tuple[Ints, int]:
    """Units that are in no locked zone, and how many zones they make."""
    return problem.terms.free, problem.num_zones - len(problem.terms.locks)


def limits_of(problem: Problem) -> list[SumLimit]:
    """What each band asks of zones that are not locked.

    Travel only adds to a zone's cost, so the cost band bounds the load from above.
    """
    region, (_, num_zones) = problem.region, searched(problem)
    out = []
    if problem.cost_band is not None:
        highs = _most_costs(problem, num_zones)
        out.append(SumLimit(COST, region.load, 0, max(highs, default=0), sum(highs)))
    for name, band in problem.bands.items():
        values = region.values_of(name)
        out.append(SumLimit(name, values, band.low, band.high, num_zones * band.high))
    for own in problem.terms.sums:
        if (own.values >= 0).all():
            high = int(own.values.sum()) if own.high is None else own.high
            out.append(SumLimit(own.name, own.values, own.low, high, num_zones * high))
    return out


def tightened(problem: Problem) -> list[SumLimit]:
    """The same, with what all other zones leave to one, or leave it to take."""
    units, num_zones = searched(problem)
    return [_tightened(limit, units, num_zones) for limit in limits_of(problem)]


def _tightened(limit: SumLimit, units: Ints, num_zones: int) -> SumLimit:
    total = int(limit.values[units].sum())
    high = total - (num_zones - 1) * limit.low
    low = total - (num_zones - 1) * limit.high
    if limit.low > 0 and limit.low <= high < limit.high:
        because = f" ({_others(num_zones)} at least {limit.low:,})"
        return replace(limit, high=high, because=because)
    if limit.name != COST and limit.low < low <= limit.high:
        because = f" ({_others(num_zones)} at most {limit.high:,})"
        return replace(limit, low=low, because=because)
    return limit


def _others(num_zones: int) -> str:
    return (
        "the other one has"
        if num_zones == 2
        else f"each of the other {num_zones - 1} has"
    )


def _most_costs(problem: Problem, num_zones: int) -> list[int]:
    """The most each zone may cost beside what every zone costs; usual ones last."""
    terms = problem.terms
    factors = terms.factor[: terms.required].tolist()
    factors += [1.0] * max(0, num_zones - len(factors))
    bands = [problem.cost_band_of(factor) for factor in factors]
    return [max(0, band.high - problem.fixed) for band in bands if band is not None]


def least_cost(problem: Problem) -> int:
    """The least a zone must cost, whichever it is; 0 where cost is not balanced."""
    factors = [1.0, *problem.terms.factor.tolist()]
    bands = [problem.cost_band_of(factor) for factor in factors]
    return min((band.low for band in bands if band is not None), default=0)


def zone_cost(problem: Problem, units: Ints) -> int | None:
    """What a set of units costs as a zone; None where no center may serve them all."""
    ways = problem.travel_between(units, units)
    ways = ways + problem.surcharge_between(units, units)
    ways = ways.sum(axis=0)[problem.may_serve(units, units).all(axis=0)]
    if not len(ways):
        return None
    return problem.fixed + int(problem.region.load[units].sum() + ways.min())


def listed(problem: Problem, units: Ints, most: int = 5) -> str:
    """Names of some units, the first few of them."""
    return first_few((problem.region.called(i) for i in units), most)


def around(problem: Problem, units: Ints) -> str:
    """Names of the barriers and borders around a part."""
    region = problem.edited_region
    inside = np.isin(region.cut_edges, units)
    cut = np.flatnonzero(inside[:, 0] != inside[:, 1])
    names = {b.name or b.kind for at in cut for b in region.cut_by[at]} - {""}
    return ", ".join(sorted(names))


def zones_of(problem: Problem, units: Ints) -> tuple[int, int]:
    """The fewest and the most zones a part on its own can hold."""
    few, many = 1, min(len(units), problem.num_zones)
    for limit in tightened(problem):
        total = int(limit.values[units].sum())
        few = max(few, -(-total // max(1, limit.high)))
        if limit.low > 0:
            many = min(many, total // limit.low)
    low = least_cost(problem) - problem.fixed
    by_line = problem.travel is None and problem.region.way is None
    if low > 0 and by_line and not problem.terms.priced:
        # the most travel these units can cause: all served from the farthest of them
        away = problem.metre_cost[units] * np.hypot(
            *np.ptp(problem.region.xy[units], 0)
        )
        cost = int(problem.region.load[units].sum() + np.ceil(away).sum())
        many = min(many, cost // low)
    return few, many
