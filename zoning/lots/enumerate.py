"""List the sets of zones that may be lots, with their exact price.

Every rule a single lot can break is kept here, by leaving sets out. The numbers are
computed for all sets at once; `zoning.lots.check` computes them anew, one by
one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from zoning.errors import InputError
from zoning.lots.check import lot_band
from zoning.lots.figures import LotFigures, kept_by
from zoning.lots.price import hub_travel, lot_cost, step_costs
from zoning.lots.rules import LotRules
from zoning.lots.sizes import allowed_below, most_of_size
from zoning.lots.zone_facts import ZoneFacts
from zoning.plan import Plan

Ints = NDArray[np.int64]


class TooManySetsError(InputError):
    """There are more sets of zones than are listed."""


@dataclass(frozen=True)
class EnumerationParams:
    """How many sets are listed.

    Parameters
    ----------
    max_sets
        More sets of zones are refused, counted before doubles are dropped.
    """

    max_sets: int = 2_000_000


PARAMS = EnumerationParams()


@dataclass(frozen=True, eq=False)
class LotColumns:
    """Sets of zones that may be lots, priced.

    Parameters
    ----------
    sets
        Rows of zones, one array per size.
    cost
        Price of each, in the order of the rows.
    disconnected
        Which of them hang together only by near links.
    index
        What each is worth to a bidder.
    torn
        Which of them do not look whole; none where nobody asks.
    """

    sets: tuple[Ints, ...]
    cost: Ints
    disconnected: NDArray[np.bool_]
    index: Ints
    torn: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.cost)

    @cached_property
    def sizes(self) -> Ints:
        """Zones in each set."""
        each = [np.full(len(some), some.shape[1]) for some in self.sets]
        return np.concatenate([np.zeros(0, np.int64), *each])

    @cached_property
    def indptr(self) -> Ints:
        """Where each set begins in `members`."""
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(self.sizes)])

    @cached_property
    def members(self) -> Ints:
        """Zones of all sets, one set after the other."""
        flat = [some.ravel() for some in self.sets]
        return np.concatenate([np.zeros(0, np.int64), *flat])

    @cached_property
    def around(self) -> Ints:
        """For each of `members` the set it is in."""
        return np.repeat(np.arange(len(self)), self.sizes)

    def only(self, kept: NDArray[np.bool_]) -> tuple[Ints, Ints]:
        """`indptr` and `members` of some of the sets."""
        ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.sizes[kept])])
        return ends, self.members[kept[self.around]]

    def at(self, chosen: Sequence[int]) -> tuple[tuple[int, ...], ...]:
        """The zones of some of the sets."""
        ends = self.indptr
        return tuple(
            tuple(self.members[ends[c] : ends[c + 1]].tolist()) for c in chosen
        )


@dataclass(frozen=True, eq=False)
class LotEnumeration:
    """Lists and prices the sets of zones that may be lots.

    Parameters
    ----------
    zones, size, tolerance, rules
        As in `zoning.bundle`.
    gap_limit
        None: zones of a lot touch. Otherwise near zones may be joined as well.
    whole_lots
        As in `zoning.bundle`.
    """

    zones: ZoneFacts
    size: int
    tolerance: float | None = None
    gap_limit: float | None = None
    rules: LotRules = field(default_factory=LotRules)
    whole_lots: float = 0.0

    @cached_property
    def links(self) -> Ints:
        """Pairs of zones that may hold a lot together."""
        pairs = [self.zones.touching, self.zones.cut]
        if self.gap_limit is not None:
            pairs.append(near_pairs(self.zones.plan, self.gap_limit))
        return np.unique(np.concatenate(pairs), axis=0)

    def columns(self, sizes: Sequence[int]) -> LotColumns:
        """Every connected set of these sizes that keeps the rules, priced."""
        n = self.zones.plan.num_zones
        found, prices, disconnected, index, torn = [], [], [], [], []
        for size in (some for some in sizes if some <= n):
            sets = connected_sets(self.links, n, size)
            cost, crossings, near = price_sets(self.zones, sets)
            figures = LotFigures(self.zones, sets, cost, crossings, self.rules)
            kept = kept_by(figures)
            band = lot_band(self.zones, size, self.tolerance)
            if band is not None:
                kept &= (cost >= band.low) & (cost <= band.high)
            found.append(sets[kept])
            prices.append(cost[kept])
            disconnected.append(near[kept] > 0)
            index.append(figures.index[kept])
            torn.append(self._torn(sets[kept]))
        return LotColumns(
            tuple(found),
            np.concatenate(prices),
            np.concatenate(disconnected),
            np.concatenate(index),
            np.concatenate(torn),
        )

    def _torn(self, sets: Ints) -> NDArray[np.bool_]:
        """Which sets do not hang together by borders one sees."""
        if not self.whole_lots:
            return np.zeros(len(sets), bool)
        zones = self.zones
        return np.asarray(_parts(sets, zones.beside, zones.plan.num_zones) > 1)

    def most(self) -> int | None:
        """No choice has more lots of the size asked for, part by part; None: no choice.

        Parts of the map that no link joins are divided each for itself.
        """
        n = self.zones.plan.num_zones
        part = connected_components(_graph(self.links, n), directed=False)[1]
        sizes = allowed_below(n, self.size)
        each = [most_of_size(m, self.size, sizes) for m in np.bincount(part).tolist()]
        known = [count for count in each if count is not None]
        return sum(known) if len(known) == len(each) else None


def connected_sets(pairs: Ints, num_zones: int, size: int) -> Ints:
    """Every set of `size` zones that hangs together by these pairs, one a row.

    A connected set holds a connected set of one less, so each grows out of one.
    """
    graph = _graph(pairs, num_zones)
    degree = np.diff(graph.indptr)
    sets = np.arange(num_zones, dtype=np.int64)[:, None]
    for _ in range(size - 1):
        times = degree[sets].sum(axis=1)
        _refuse_many(int(times.sum()), size, num_zones)
        old = np.repeat(sets, times, axis=0)
        new = graph.indices[_ranges(graph.indptr[sets.ravel()], degree[sets.ravel()])]
        fresh = (old != new[:, None]).all(axis=1)
        grown = np.column_stack([old[fresh], new[fresh].astype(np.int64)])
        sets = _unique_rows(np.sort(grown, axis=1))
    return sets


def price_sets(zones: ZoneFacts, sets: Ints) -> tuple[Ints, Ints, Ints]:
    """Price of each set of zones as one lot, the crossings and near links it needs."""
    tariff = zones.tariff
    is_shared = np.array([one.shared == "lot" for one in zones.resources], bool)
    needs = zones.demand[is_shared][:, sets].sum(axis=2)
    own = zones.own + step_costs(tariff.separate, zones.demand[~is_shared])
    travel = hub_travel(zones.hubs, sets.T, sets.shape[1])
    n = zones.plan.num_zones
    alone = _parts(sets, zones.touching, n)
    joined = _parts(sets, np.concatenate([zones.touching, zones.cut]), n)
    crossings = alone - joined
    cost = lot_cost(tariff, own[sets].sum(axis=1), needs, travel, crossings)
    return cost, crossings, joined - 1


def near_pairs(plan: Plan, gap_limit: float) -> Ints:
    """Pairs of zones whose closest units are at most so many metres apart."""
    xy = plan.problem.region.xy
    tree = cKDTree(xy)
    pairs = []
    for zone, units in enumerate(plan.zones):
        near = tree.query_ball_point(xy[units], gap_limit)
        others = np.unique(plan.zone_of[np.unique(np.concatenate(near)).astype(int)])
        others = others[others > zone].astype(np.int64)
        pairs.append(np.column_stack([np.full(len(others), zone), others]))
    return np.concatenate(pairs)


def _graph(pairs: Ints, num_zones: int) -> csr_array:
    both = np.concatenate([pairs, pairs[:, ::-1]])
    ones = np.ones(len(both), np.int8)
    graph = csr_array((ones, (both[:, 0], both[:, 1])), shape=(num_zones, num_zones))
    graph.sort_indices()
    return graph


def _ranges(starts: NDArray[np.integer], lengths: NDArray[np.integer]) -> Ints:
    """``starts[i], starts[i] + 1, ...``, `lengths[i]` of them, one after the other."""
    before = np.cumsum(lengths) - lengths
    within = np.arange(int(lengths.sum()), dtype=np.int64)
    return np.asarray(within + np.repeat(starts - before, lengths))


def _unique_rows(rows: Ints) -> Ints:
    rows = rows[np.lexsort(rows.T[::-1])]
    fresh = np.ones(len(rows), bool)
    fresh[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    return rows[fresh]


def _parts(sets: Ints, pairs: Ints, num_zones: int) -> Ints:
    """Into how many parts each set falls when only these pairs hold it together."""
    keys = np.sort(pairs[:, 0] * num_zones + pairs[:, 1])
    label = np.tile(np.arange(sets.shape[1]), (len(sets), 1))
    for a, b in combinations(range(sets.shape[1]), 2):
        linked = np.isin(sets[:, a] * num_zones + sets[:, b], keys)
        here, there = label[:, a : a + 1], label[:, b : b + 1]
        label = np.where(linked[:, None] & (label == there), here, label)
    ordered = np.sort(label, axis=1)
    return np.asarray(1 + (ordered[:, 1:] != ordered[:, :-1]).sum(axis=1), np.int64)


def _refuse_many(number: int, size: int, num_zones: int) -> None:
    if number > PARAMS.max_sets:
        msg = (
            f"Among {num_zones} zones there are too many sets of {size} to list "
            f"({number:,} before doubles are dropped). Ask for smaller lots or lower "
            "gap_limit."
        )
        raise TooManySetsError(msg)
