"""Lagrangian bound on travel inside zones and from zones to the hubs of their lots.

With a multiplier on each unit, what a zone run from c in a lot with hub h travels less
those of its units is a knapsack, as in `zoning.search.lagrangian.oracles`. It depends
on h only by the metres t from c to h, and is concave and rising in t: worked out at a
few t, chords between them bound it from below. A lot is then the best zone at a
hub and the best few others; lots have different hubs. See "Zones and lots together" in
docs/formulation.md.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from zoning.search.instance.constants import FAR, SCALE
from zoning.search.instance.instance import Instance
from zoning.search.kernels.compiled import counted
from zoning.search.lagrangian.ascent import r_algorithm
from zoning.search.lagrangian.bound import DualPoint
from zoning.search.pricing.duals import unit_duals
from zoning.search.pricing.subproblems import CenterSubproblems

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
NODES = 16  # lengths of way at which zones are priced
REACH = 0.5  # of the longest way: beyond, a zone costs what it costs there
NEVER = 1e15


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
        What a metre from its center to the hub costs each unit; ways between units.
    counts
        How many lots of each size there may be: all the possible combinations.
    begin
        Multipliers to begin with, yuan a unit.
    """
    hubs = _Hubs(a, rate, metres, counts)
    num_zones = max(sum(size * n for size, n in some.items()) for some in counts)
    best = r_algorithm(
        hubs.oracle,
        CenterSubproblems(a, num_zones),
        hubs.oracle(begin),
        None,
        deadline=deadline,
    )
    return max(0, best.bound)


class _Hubs:
    """The relaxation at any multipliers."""

    def __init__(
        self, a: Instance, rate: Floats, metres: Floats, counts: list[dict[int, int]]
    ) -> None:
        n = len(rate)
        ways = a.travel_data.among(np.arange(n))
        self.ways = ways.astype(np.float64)
        self.weight = np.where(ways < FAR, ways + a.sums[0][:, None], FAR).astype(float)
        self.rate, self.counts = rate, counts
        served = np.where(ways < FAR, ways, 0).sum(axis=0).max(initial=0)
        self.most = float(served) + float(rate.sum() * metres.max(initial=0.0))
        self.low, self.high = float(a.cost_low), float(a.cost_high)
        reach = REACH * float(metres.max())
        self.nodes = reach * (np.arange(NODES + 1) / NODES) ** 2
        near = np.minimum(metres, reach * (1 - 1e-12))
        self.at = np.searchsorted(self.nodes, near, "right") - 1
        self.at = np.minimum(self.at, NODES - 1)
        width = np.maximum(np.diff(self.nodes), 1e-9)
        self.part = (near - self.nodes[self.at]) / width[self.at]
        self.metres = metres
        self.others = max(s for some in counts for s, n in some.items() if n) - 1

    def oracle(self, yuan: Floats) -> DualPoint:
        """The bound and a subgradient at these multipliers."""
        duals = unit_duals(yuan)
        yuan = duals.unit / SCALE
        value = _values(
            self.ways, self.weight, self.rate, yuan, self.nodes, self.low, self.high
        )
        rows = np.arange(len(yuan))[:, None]
        left, right = value[rows, self.at], value[rows, self.at + 1]
        zone = left + self.part * (right - left)  # of center (row) for hub (column)
        own = value[:, 0]
        np.fill_diagonal(zone, NEVER)
        order = np.argsort(zone, axis=0, kind="stable")[: self.others]
        more = np.cumsum(np.take_along_axis(zone, order, axis=0), axis=0)
        best, lots = np.inf, []
        for some in self.counts:
            total, chosen = 0.0, []
            for size, number in some.items():
                if not number:
                    continue
                lot = own + (more[size - 2] if size > 1 else 0.0)
                hubs = np.argsort(lot, kind="stable")[:number]
                total += float(lot[hubs].sum()) - 0.5 * number * (size - 1)  # rounding
                chosen += [(hub, size) for hub in hubs]
            if total < best:
                best, lots = total, chosen
        total = best + float(yuan.sum())
        bound = int(np.floor(total - self._error(yuan, lots)))
        subgradient = np.ones(len(yuan))
        for center, metre in self._zones(lots, order):
            subgradient -= _share(
                self.ways[:, center] + self.rate * metre - yuan,
                self.weight[:, center],
                center,
                self.low,
                self.high,
            )
        return DualPoint(duals, np.zeros(0, np.int64), bound, subgradient)

    def _error(self, yuan: Floats, lots: list[tuple[int, int]]) -> float:
        """More than all roundings of a bound at these multipliers come to.

        A sum of m fractions errs by less than m · 2**-53 of their sizes together. Each
        zone adds at most all units, and large multipliers cancel out, so that the sizes
        may be far above the sum.
        """
        zones = 1 + sum(size for _, size in lots)
        size = self.most + float(np.abs(yuan).sum())
        return 2.0**-50 * (len(yuan) + NODES) * zones * size

    def _zones(
        self, lots: list[tuple[int, int]], order: Ints
    ) -> Iterator[tuple[int, float]]:
        """Center, and metres to the hub, of each zone of these lots."""
        for hub, size in lots:
            yield hub, 0.0
            for center in order[: size - 1, hub].tolist():
                yield center, float(min(self.metres[center, hub], self.nodes[-1]))


@counted
def _values(ways, weight, rate, yuan, nodes, low, high):  # type: ignore[no-untyped-def]
    """For each center and length of way to the hub the least value of a zone."""
    n = len(yuan)
    out = np.empty((n, len(nodes)))
    for c in range(n):
        for t in range(len(nodes)):
            value = ways[:, c] + rate * nodes[t] - yuan
            out[c, t] = _fill(value, weight[:, c], c, low, high)[0]
    return out


@counted
def _share(value, weight, c, low, high):  # type: ignore[no-untyped-def]
    return _fill(value, weight, c, low, high)[1]


@counted
def _fill(value, weight, c, low, high):  # type: ignore[no-untyped-def]
    """Least value of fractions of units that weigh from `low` to `high`, all of c."""
    share = np.zeros(len(value))
    total, filled = value[c], weight[c]
    share[c] = 1.0
    if filled > high:
        return NEVER, share
    bad = 0.0  # of units whose value is below 0
    for q in range(len(value)):
        if q != c and value[q] < 0 and weight[q] + weight[c] <= high:
            bad += weight[q]
    trims, fills = filled + bad > high, filled + bad < low
    ratio = np.full(len(value), np.inf)
    for q in range(len(value)):
        if q == c or weight[q] + weight[c] > high:
            continue
        if value[q] < 0:
            ratio[q] = value[q] / max(weight[q], 1e-9)
            if not trims:
                share[q] = 1.0
                total += value[q]
                filled += weight[q]
        elif fills:
            ratio[q] = value[q] / max(weight[q], 1e-9)
    if not trims and not fills:
        return total, share
    for q in np.argsort(ratio):
        if ratio[q] == np.inf or (fills and value[q] < 0):
            if ratio[q] == np.inf:
                break
            continue
        room = (high if trims else low) - filled
        part = min(1.0, room / max(weight[q], 1e-9))
        share[q] = part
        total += part * value[q]
        filled += part * weight[q]
        if part < 1.0:
            break
    if filled < low - 1e-6:
        return NEVER, share
    return total, share
