"""Lagrangian bound on travel inside zones and from zones to the hubs of their lots.

With a multiplier on each unit, what a zone run from c in a lot with hub h travels less
those of its units is a knapsack, as in `zoning.search.lagrangian.oracles`. It depends
on h only by the metres t from c to h, and is concave and rising in t: worked out at a
few t, chords between them bound it from below. A lot is then the best zone at a
hub and the best few others; lots have different hubs. All is reckoned in whole numbers,
yuan × `SCALE`, rounded down. See "Zones and lots together" in docs/formulation.md.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zoning.search.instance.constants import SCALE
from zoning.search.instance.instance import Instance
from zoning.search.lagrangian.ascent import r_algorithm
from zoning.search.lagrangian.bound import DualPoint
from zoning.search.lagrangian.oracles import fill_centers
from zoning.search.pricing.duals import unit_duals
from zoning.search.pricing.subproblems import CenterSubproblems

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
NODES = 16  # lengths of way at which zones are priced
REACH = 0.5  # of the longest way: beyond, a zone costs what it costs there
NO_ZONE = np.int64(2**54)  # reduced cost of a center without a zone; sums of many fit
DOWN = 1 - 2.0**-49  # more than products of three fractions can err


def hub_travel_bound(
    a: Instance,
    rate: Floats,
    metres: Floats,
    *,
    counts: list[dict[int, int]],
    begin: Floats,
    deadline: float,
) -> int:
    """No plan and lots travel less, inside zones and between them; yuan a year.

    Parameters
    ----------
    rate, metres
        What a metre from its center to the hub costs each unit, >= 0; ways between
        units.
    counts
        How many lots of each size there may be: all the possible combinations.
    begin
        Multipliers to begin with, yuan a unit.
    """
    num_zones = max(sum(size * n for size, n in some.items()) for some in counts)
    subproblems = CenterSubproblems(a, num_zones)
    hubs = _Hubs(subproblems, rate, metres, counts)
    first = hubs.oracle(begin)
    best = r_algorithm(hubs.oracle, subproblems, first, None, deadline=deadline)
    return max(0, best.bound)


class _Hubs:
    """The relaxation at any multipliers."""

    def __init__(
        self,
        subproblems: CenterSubproblems,
        rate: Floats,
        metres: Floats,
        counts: list[dict[int, int]],
    ) -> None:
        self.subproblems = subproblems
        self.rate, self.metres, self.counts = rate, metres, counts
        reach = REACH * float(metres.max())
        self.nodes = reach * (np.arange(NODES + 1) / NODES) ** 2
        near = np.minimum(metres, reach * (1 - 1e-12))
        at = np.searchsorted(self.nodes, near, "right") - 1
        self.at = np.minimum(at, NODES - 1)
        width = np.maximum(np.diff(self.nodes), 1e-9)
        self.part = (near - self.nodes[self.at]) / width[self.at]
        self.others = max(s for some in counts for s, n in some.items() if n) - 1

    def _fill(self, dual: Ints, metres: float, centers: Ints) -> tuple[Ints, Floats]:
        """Knapsacks of some centers so far from their hub, and what they serve."""
        way = np.floor(SCALE * self.rate * metres * DOWN).astype(np.int64)
        return fill_centers(self.subproblems, centers, dual - way)

    def _to_hubs(self, at_nodes: Ints) -> Ints:
        """Least reduced cost of each center (row) for each hub (column)."""
        rows = np.arange(at_nodes.shape[1])[:, None]
        left, right = at_nodes[self.at, rows], at_nodes[self.at + 1, rows]
        rise = np.floor(self.part * (right - left) * DOWN).astype(np.int64)
        # rounding at the nodes may make it fall by a hair
        out: Ints = np.where(right < left, right, left + rise)
        np.fill_diagonal(out, NO_ZONE)
        return out

    def oracle(self, yuan: Floats) -> DualPoint:
        """The bound and a subgradient at these multipliers."""
        duals = unit_duals(yuan)
        centers = self.subproblems.open_centers
        at_nodes = np.full((NODES + 1, len(yuan)), NO_ZONE)
        for node, metres in enumerate(self.nodes.tolist()):
            least, _ = self._fill(duals.unit, metres, centers)
            at_nodes[node, centers] = np.minimum(least, NO_ZONE)
        zone = self._to_hubs(at_nodes)
        order = np.argsort(zone, axis=0, kind="stable")[: self.others]
        others = np.cumsum(np.take_along_axis(zone, order, axis=0), axis=0)
        totals = [self._cheapest(some, at_nodes[0], others) for some in self.counts]
        total, lots = min(totals, key=lambda one: one[0])
        subgradient = np.ones(len(yuan))
        for hub, size in lots:
            subgradient -= self._fill(duals.unit, 0.0, np.array([hub]))[1]
            for center in order[: size - 1, hub].tolist():
                metres = min(float(self.metres[center, hub]), float(self.nodes[-1]))
                subgradient -= self._fill(duals.unit, metres, np.array([center]))[1]
        bound = -(-(total + duals.total) // SCALE)
        return DualPoint(duals, np.zeros(0, np.int64), bound, subgradient)

    def _cheapest(
        self, count: dict[int, int], own: Ints, others: Ints
    ) -> tuple[int, list[tuple[int, int]]]:
        """The cheapest lots of these sizes, as hubs and sizes, and their cost."""
        total, lots = 0, []
        for size, number in count.items():
            if not number:
                continue
            lot = own + (others[size - 2] if size > 1 else 0)
            hubs = np.argsort(lot, kind="stable")[:number].tolist()
            total += sum(lot[hubs].tolist())
            total -= SCALE // 2 * number * (size - 1)  # ways are rounded to whole yuan
            lots += [(hub, size) for hub in hubs]
        return total, lots
