"""A unit that no zone can hold: whatever touches it makes it too light or too heavy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor

import numpy as np
from scipy.sparse.csgraph import connected_components

from zoning.problem import Problem
from zoning.region import Ints
from zoning.rules.asked import Infeasibility
from zoning.search.presolve.limits import (
    COST,
    SumLimit,
    amount,
    least_cost,
    listed,
    searched,
    tightened,
    zone_cost,
    zones_of,
)


@dataclass(frozen=True)
class UnitCheckParams:
    """Around which units a presolve lists connected sets, and how many.

    Parameters
    ----------
    max_units
        In larger regions a look would take too long.
    heavy
        Units that are so large a part of a zone leave few ways to fill it up.
    max_heavy
        So many of them are looked at.
    max_sets
        Sets around each of them; beyond, nothing is said.
    max_rests
        Zones whose rest is looked at.
    """

    max_units: int = 5_000
    heavy: float = 0.5
    max_heavy: int = 10
    max_sets: int = 500
    max_rests: int = 30


PARAMS = UnitCheckParams()


def unit_no_zone_can_hold(problem: Problem) -> Infeasibility | None:
    """A heavy unit around which no connected set of units can be a zone.

    All connected sets around it that are not too heavy are listed. What a zone leaves
    behind must fit whole zones too.
    """
    units, _ = searched(problem)
    limits = [limit for limit in tightened(problem) if limit.high > 0]
    if problem.edited_region.is_complete or len(units) > PARAMS.max_units or not limits:
        return None
    part = np.array([limit.values[units] / limit.high for limit in limits])
    heavy = np.argsort(-part.max(axis=0), kind="stable")[: PARAMS.max_heavy]
    for at in heavy[part.max(axis=0)[heavy] > PARAMS.heavy]:
        first = limits[int(part[:, at].argmax())]
        found = _Neighbourhood(problem, units, limits, first).reason(int(units[at]))
        if found is not None:
            return found
    return None


@dataclass(frozen=True, eq=False)
class _Neighbourhood:
    """Connected sets around a unit. `first`: the limit that it fills most of."""

    problem: Problem
    units: Ints
    limits: list[SumLimit]
    first: SumLimit

    def reason(self, unit: int) -> Infeasibility | None:
        """Why no zone can hold the unit; None if one can, or there are too many."""
        band = self._band(self.first)
        lighter: tuple[int, ...] = ()
        heavier: tuple[int, ...] = ()
        below, above = -1, None
        rests: list[
            tuple[Ints, Ints]
        ] = []  # what could be zones, and a part each leaves
        others = False
        for number, some in enumerate(self._sets(unit)):
            if number > PARAMS.max_sets or len(rests) > PARAMS.max_rests:
                return None
            value = self._value(self.first, some)
            if value is None:
                others = True
            elif value < band[0] and value > below:
                below, lighter = value, some
            elif value > band[1] and (above is None or value < above):
                above, heavier = value, some
            elif band[0] <= value <= band[1]:
                if not self._keeps_limits(some):
                    others = True
                    continue
                rest = self._odd_rest(some)
                if rest is None:
                    return None
                rests.append((np.array(some), rest))
        if rests:
            return self._cuts_off(unit, *rests[0])
        if others:
            return self._no_set(unit)
        return self._nothing_between(unit, (below, lighter), (above, heavier))

    def _sets(self, unit: int) -> Iterator[tuple[int, ...]]:
        """Connected sets around a unit, each once; those too heavy are not grown on."""
        indptr, indices = self.problem.edited_region.adjacency
        near = {
            int(i): set(indices[indptr[i] : indptr[i + 1]].tolist()) for i in self.units
        }
        stack: list[tuple[tuple[int, ...], set[int], set[int]]] = [
            ((unit,), near[unit] & near.keys(), {unit})
        ]
        while stack:
            some, border, barred = stack.pop()
            yield some
            if any(
                limit.values[list(some)].sum() > limit.high for limit in self.limits
            ):
                continue
            barred, grown = set(barred), []
            for i in sorted(border):
                barred.add(i)
                more = (near[i] & near.keys()) - barred
                grown.append(((*some, i), (border | more) - barred, set(barred)))
            stack += reversed(grown)

    def _band(self, limit: SumLimit) -> tuple[int, int]:
        if limit.name != COST:
            return limit.low, limit.high
        return least_cost(self.problem), limit.high + self.problem.fixed

    def _value(self, limit: SumLimit, some: tuple[int, ...]) -> int | None:
        """The sum over a set; for the cost band its cost, None without a center."""
        units = np.array(some)
        if limit.name == COST:
            return zone_cost(self.problem, units)
        return int(limit.values[units].sum())

    def _keeps_limits(self, some: tuple[int, ...]) -> bool:
        bands = [(self._band(limit), self._value(limit, some)) for limit in self.limits]
        return all(
            value is not None and low <= value <= high for (low, high), value in bands
        )

    def _odd_rest(self, some: tuple[int, ...]) -> Ints | None:
        """A part that is left behind and fits no whole number of zones."""
        region = self.problem.edited_region
        left = np.setdiff1d(self.units, some)
        graph = region.graph(region.edges).tocsr()[left][:, left]
        number, part = connected_components(graph, directed=False)
        for p in range(number):
            few, many = zones_of(self.problem, left[part == p])
            if few > many:
                odd: Ints = left[part == p]
                return odd
        return None

    def _amount(self, value: int) -> str:
        if self.first.name == COST:
            return f"{value:,} yuan a year"
        return amount(self.first.name, value)

    def _asked(self) -> str:
        low, high = self._band(self.first)
        if low <= 0:
            return f"at most {self._amount(high)}{self.first.because}"
        return f"{low:,} to {self._amount(high)}{self.first.because}"

    def _nothing_between(
        self,
        unit: int,
        below: tuple[int, tuple[int, ...]],
        above: tuple[int | None, tuple[int, ...]],
    ) -> Infeasibility:
        name = self.problem.region.called(unit)
        alone = self._value(self.first, (unit,))
        own = "" if alone is None else f" ({self._amount(alone)})"
        sums = []
        if below[1]:
            sums.append(f"{self._company(below[1])} {below[0]:,}, which is too little")
        if above[0] is not None:
            sums.append(f"{self._company(above[1])} {above[0]:,}, which is too much")
        between = "; nothing it touches makes a sum between" if len(sums) > 1 else ""
        told = f"No zone can hold {name}{own}: a zone has {self._asked()}."
        tail = f"{'; '.join(sums)}{between}."
        return Infeasibility(
            f"{told} {tail[0].upper()}{tail[1:]}", self._remedy(below, above)
        )

    def _company(self, some: tuple[int, ...]) -> str:
        if len(some) == 1:
            return "alone it has"
        return f"with {listed(self.problem, np.array(some[1:]), 8)} it has"

    def _remedy(
        self,
        below: tuple[int, tuple[int, ...]],
        above: tuple[int | None, tuple[int, ...]],
    ) -> str:
        if self.first.name == COST:
            least = self._tolerance(below, above)
            if least >= 1:
                return "No tolerance allows that. Split the unit."
            return (
                f"That takes a tolerance of {floor(1_000 * least) / 10:.1f} % at "
                "least, and the other zones may need more. Or split the unit."
            )
        ways = [f"at least {below[0]:,}"] if below[1] else []
        ways += [f"at most {above[0]:,}"] if above[0] is not None else []
        return (
            f"That takes {' or '.join(ways)}, and the other zones may need more. Or "
            "split the unit."
        )

    def _tolerance(
        self,
        below: tuple[int, tuple[int, ...]],
        above: tuple[int | None, tuple[int, ...]],
    ) -> float:
        """The least tolerance that allows one of two costs to a zone of any name."""
        costs = [below[0]] if below[1] else []
        costs += [] if above[0] is None else [above[0]]
        factors = [1.0, *self.problem.terms.factor.tolist()]
        return min(
            self.problem.tolerance_for(cost, factor)
            for cost in costs
            for factor in factors
        )

    def _no_set(self, unit: int) -> Infeasibility:
        name = self.problem.region.called(unit)
        limits = " and ".join(limit.name for limit in self.limits)
        terms = self.problem.terms
        served, mend = "", ""
        if terms.limits_ways:
            far = f" at most {terms.hard:g} m away" if terms.hard < np.inf else ""
            served = f", served from a building that may be a center{far}"
            mend = ", allow more centers"
        return Infeasibility(
            f"No zone can hold {name}: no connected units around it keep the limits on "
            f"{limits} at once{served}.",
            f"Move one of the limits{mend}, or split the unit.",
        )

    def _cuts_off(self, unit: int, some: Ints, rest: Ints) -> Infeasibility:
        region = self.problem.region
        total = int(self.first.values[rest].sum())
        return Infeasibility(
            f"Every zone that can hold {region.called(unit)} leaves behind what fits "
            f"no whole number of zones: a zone has {self._asked()}; "
            f"{listed(self.problem, np.sort(some), 8)} cuts off "
            f"{listed(self.problem, rest, 8)} with {self.first.amount(total)}.",
            "Move a limit, raise the tolerance, or split the unit.",
        )
