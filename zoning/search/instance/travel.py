"""What it costs to serve a unit from a center: from a table, or from coordinates."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning import region
from zoning.problem import Problem
from zoning.search.instance.constants import FAR
from zoning.search.kernels.compiled import compilable, compiled, inner

Ints = NDArray[np.int64]
straight_line = compilable(region.straight_line)
X, Y, METRE_PRICE, SIDE, CENTER_COST = range(5)  # columns of `TravelData.points`


class TravelData(NamedTuple):
    """What `travel_cost` reads.

    Packed into few arrays: each is handed on as ten numbers at every call.

    Parameters
    ----------
    table
        n × n travel with all that rules add to it, or 0 × 0 where it is computed from
        what follows.
    points
        n × 5: coordinates, price of a metre, side, and what serving itself costs (0, or
        `FAR` where a unit may not be a center).
    side_price
        What serving a unit of one side (row) from another (column) adds.
    side_way
        Metres that bridges count for besides, between sides.
    hard, soft, soft_price
        Metres of straight line that are allowed; beyond which a unit costs more, and
        how much.
    """

    table: NDArray[np.int64]
    points: NDArray[np.float64]
    side_price: NDArray[np.int64]
    side_way: NDArray[np.float64]
    hard: np.float64
    soft: np.float64
    soft_price: np.int64

    @classmethod
    def from_problem(cls, problem: Problem) -> TravelData:
        """Travel between any two units of a problem."""
        area, terms, table = problem.region, problem.terms, problem.table
        own = np.where(terms.candidate, 0, FAR)
        return cls(
            np.zeros((0, 0), np.int64)
            if table is None
            else _table_with_rules(problem, table),
            np.column_stack([area.xy, problem.metre_cost, terms.side, own]),
            terms.side_price.copy(),
            terms.side_way.copy(),
            _longest_line(terms.hard, area.costs.detour),
            _longest_line(terms.soft, area.costs.detour),
            np.int64(terms.soft_price),
        )

    @property
    def x(self) -> NDArray[np.float64]:
        """Coordinates to the east."""
        return self.points[:, X]

    @property
    def y(self) -> NDArray[np.float64]:
        """Coordinates to the north."""
        return self.points[:, Y]

    @property
    def metre_price(self) -> NDArray[np.float64]:
        """Price of a metre for each unit."""
        return self.points[:, METRE_PRICE]

    @property
    def candidate(self) -> NDArray[np.bool_]:
        """Units that may be a center."""
        return np.asarray(self.points[:, CENTER_COST] == 0.0)

    def of_units(self, units: Ints) -> TravelData:
        """The same for some units only, by a table."""
        return self._replace(table=self.among(units), points=self.points[units])

    def among(self, units: Ints) -> Ints:
        """Travel table of some units among themselves."""
        if len(self.table):
            return np.ascontiguousarray(self.table[np.ix_(units, units)])
        out = np.empty((len(units), len(units)), np.int64)
        _among(self, units, out)
        return out

    def of_pairs(self, unit: Ints, center: Ints) -> Ints:
        """Travel of each pair of a unit and a center."""
        if len(self.table):
            return self.table[unit, center]
        out = np.empty(len(unit), np.int64)
        _of_pairs(self, unit, center, out)
        return out

    def most(self) -> float:
        """No plan travels more, all that rules add included.

        Every unit is served from where that costs most, over the whole region and at
        every price there is, whether rules allow it or not.
        """
        if len(self.table):
            return float((self.table % FAR).max(axis=1).sum())
        longest = np.hypot(np.ptp(self.x), np.ptp(self.y)) + 1.0
        each = self.metre_price * longest + 1.0
        sides = self.points[:, SIDE].astype(np.int64)
        side = self.side_price.max(axis=1)[sides]
        over = self.metre_price * self.side_way.max(axis=1)[sides] + 1.0
        return float((each + side + over + self.soft_price).sum())


@inner
def travel_cost(travel_data, i, j):  # type: ignore[no-untyped-def]
    """Yearly cost of serving unit i from center j."""
    if travel_data.table.shape[0] > 0:
        return travel_data.table[i, j]
    points = travel_data.points
    line = straight_line(points, i, j)  # the first two columns are X and Y
    total = np.int64(np.rint(points[i, METRE_PRICE] * line))
    if line > travel_data.soft:
        total += travel_data.soft_price
    if line > travel_data.hard:
        total += FAR
    if points[i, SIDE] != points[j, SIDE]:
        one, other = np.int64(points[i, SIDE]), np.int64(points[j, SIDE])
        total += travel_data.side_price[one, other]
        total += np.int64(
            np.rint(points[i, METRE_PRICE] * travel_data.side_way[one, other])
        )
    if i == j:
        total += np.int64(points[j, CENTER_COST])
    return total


@compiled
def _among(travel_data, units, out):  # type: ignore[no-untyped-def]
    for p in range(len(units)):
        for q in range(len(units)):
            out[p, q] = travel_cost(travel_data, units[p], units[q])


@compiled
def _of_pairs(travel_data, unit, center, out):  # type: ignore[no-untyped-def]
    for p in range(len(unit)):
        out[p] = travel_cost(travel_data, unit[p], center[p])


def _table_with_rules(problem: Problem, table: NDArray[np.int64]) -> NDArray[np.int64]:
    """Travel with what rules add to it; `FAR` where they forbid it."""
    terms, out = problem.terms, np.array(table, np.int64)
    every = np.arange(len(out))
    if terms.priced:
        out += problem.surcharge_between(every, every)
    if terms.hard < np.inf:
        out[problem.way_between(every, every) > terms.hard] += FAR
    out[every[~terms.candidate], every[~terms.candidate]] += FAR
    return out


def _longest_line(way: float, detour: float) -> np.float64:
    """The longest straight line whose way is not above `way`, to the last digit.

    Compiled code compares lines, the checker ways; both must part the same pairs. A
    product never falls when a factor rises, so there is such a line.
    """
    line = np.float64(way) / detour
    if np.isfinite(line):
        while line * detour > way:
            line = np.nextafter(line, -np.inf)
        while np.nextafter(line, np.inf) * detour <= way:
            line = np.nextafter(line, np.inf)
    return np.float64(line)
