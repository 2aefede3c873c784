"""Lots: zones tendered together, chosen so that whole resources are shared best.

List every connected set of zones a lot may be, price each exactly, choose among them so
that every zone is in one. The numbers returned are those of `zoning.check_lots`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from zoning.check import zone_name
from zoning.check_lots import (
    Lot,
    LotsVerdict,
    Zones,
    allowed_below,
    judge_lots,
    lot_band,
    lot_sizes,
    most_of_size,
)
from zoning.costs import MONTHS
from zoning.errors import InputError, PlanError
from zoning.model.column_model import Choice, choose, choose_many
from zoning.plan import Plan
from zoning.result import Status

__all__ = ["Lot", "Lots", "bundle", "lot_sizes"]

Ints = NDArray[np.int64]
FEW = 100  # above so many sets the linear relaxation closes faster than CP-SAT alone
MANY = 2_000_000  # more sets of zones than so many are not listed


@dataclass(frozen=True, eq=False)
class Lots:
    """What `bundle` found.

    Parameters
    ----------
    plan
        The plan whose zones are bundled.
    status
        See `Status`.
    lots
        The lots, ordered by their first zone; empty if none were found.
    cost
        Their cost, whole yuan a year; None without lots.
    bound
        No allowed choice of lots costs less.
    separate_cost
        Cost of the same zones tendered one by one.
    seconds
        Wall time.
    reason
        In words: what was assumed, which rule gave way, why there are no lots.
    """

    plan: Plan
    status: Status
    lots: tuple[Lot, ...]
    cost: int | None
    bound: int
    separate_cost: int
    seconds: float
    reason: str = ""

    @property
    def gap(self) -> float | None:
        """``(cost - bound) / cost``; 0 when optimal, None without lots."""
        if self.cost is None:
            return None
        return max(0.0, (self.cost - self.bound) / self.cost) if self.cost else 0.0

    @property
    def saving(self) -> int | None:
        """What tendering together saves, whole yuan a year; None without lots."""
        return None if self.cost is None else self.separate_cost - self.cost


def bundle(
    plan: Plan,
    *,
    size: int = 3,
    tolerance: float | None = None,
    gap_limit: float = 600.0,
    time_limit: float = 60.0,
    seed: int = 0,
    workers: int = 1,
) -> Lots:
    """Cheapest lots of `size` zones, with a proof of how good they are.

    Every zone is in one lot and every lot hangs together, across a barrier at a price.
    If the zones do not divide by `size`, as many lots as possible have that size and
    the rest one zone more or less. Where no such choice exists, near zones may be
    joined; the reason says so.

    Parameters
    ----------
    size
        Zones in a lot.
    tolerance
        Cost of a lot may differ from that of a lot of average zones by this fraction,
        0 <= t < 1. None: lots are not balanced.
    gap_limit
        Zones that do not touch may be joined, where nothing else helps, if their
        closest units are at most so many metres apart.
    time_limit
        Seconds.
    seed, workers
        One worker and one seed give one answer if the search ends in time.

    Raises
    ------
    InputError
        A setting is out of its range, or there are too many possible lots to list.
    """
    start = perf_counter()
    _refuse(size, tolerance, gap_limit)
    zones = Zones(plan)
    clock = Clock(start + time_limit, seed, workers)
    listing = Listing(zones, size, tolerance)
    outcome = _find(listing, clock)
    if outcome.status is Status.INFEASIBLE:
        listing = Listing(zones, size, tolerance, gap_limit)
        outcome = _find(listing, clock)
        outcome = replace(outcome, notes=(_without_near(tolerance), *outcome.notes))
    return _answer(zones, outcome, listing, perf_counter() - start)


@dataclass(frozen=True)
class Clock:
    """When to stop, and what chance to draw from."""

    deadline: float
    seed: int
    workers: int

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return self.deadline - perf_counter()


@dataclass(frozen=True, eq=False)
class Columns:
    """Sets of zones that may be lots, priced.

    Parameters
    ----------
    sets
        Rows of zones, one array per size.
    cost
        Price of each, in the order of the rows.
    torn
        Which of them hang together only by near links.
    """

    sets: tuple[Ints, ...]
    cost: Ints
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

    def at(self, chosen: Sequence[int]) -> tuple[tuple[int, ...], ...]:
        """The zones of some of the sets."""
        ends = self.indptr
        return tuple(
            tuple(self.members[ends[c] : ends[c + 1]].tolist()) for c in chosen
        )


@dataclass(frozen=True, eq=False)
class Listing:
    """Lists and prices the sets of zones that may be lots.

    Parameters
    ----------
    zones, size, tolerance
        As in `bundle`.
    gap_limit
        None: zones of a lot touch. Otherwise near zones may be joined as well.
    """

    zones: Zones
    size: int
    tolerance: float | None
    gap_limit: float | None = None

    @cached_property
    def links(self) -> Ints:
        """Pairs of zones that may hold a lot together."""
        pairs = [self.zones.touching, self.zones.cut]
        if self.gap_limit is not None:
            pairs.append(near_pairs(self.zones.plan, self.gap_limit))
        return np.unique(np.concatenate(pairs), axis=0)

    def columns(self, sizes: Sequence[int]) -> Columns:
        """Every connected set of these sizes inside the band, priced."""
        n = self.zones.plan.num_zones
        found, prices, torn = [], [], []
        for size in (some for some in sizes if some <= n):
            sets = connected_sets(self.links, n, size)
            cost, near = price(self.zones, sets)
            band = lot_band(self.zones, size, self.tolerance)
            if band is not None:
                kept = (cost >= band.low) & (cost <= band.high)
                sets, cost, near = sets[kept], cost[kept], near[kept]
            found.append(sets)
            prices.append(cost)
            torn.append(near > 0)
        return Columns(tuple(found), np.concatenate(prices), np.concatenate(torn))

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


def price(zones: Zones, sets: Ints) -> tuple[Ints, Ints]:
    """Price of each set of zones as one lot, and how many near links it needs."""
    costs = zones.plan.problem.region.costs
    cost = round(costs.fixed_per_lot) + zones.own[sets].sum(axis=1)
    for resource, demand in zip(zones.resources, zones.demand, strict=True):
        needs = demand[sets]
        if resource.shared == "lot":
            needs = needs.sum(axis=1, keepdims=True)
        pieces = np.ceil(needs / resource.capacity - 1e-9).astype(np.int64)
        pieces = np.maximum(pieces, resource.minimum).sum(axis=1)
        cost += costs.price(resource) * pieces
    cost += _way_to_hub(zones, sets)
    n = zones.plan.num_zones
    alone = _parts(sets, zones.touching, n)
    joined = _parts(sets, np.concatenate([zones.touching, zones.cut]), n)
    cost += round(MONTHS * costs.crossing) * (alone - joined)
    return cost, joined - 1


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


def _way_to_hub(zones: Zones, sets: Ints) -> Ints:
    """Travel from each set's best hub."""
    region = zones.plan.problem.region
    unit = zones.center[sets]
    ways = []
    for hub in range(sets.shape[1]):
        there = unit[:, hub : hub + 1]
        if region.way is not None:
            way = region.way[unit, there].astype(np.float64)
        else:
            apart = region.xy[unit] - region.xy[there]
            way = np.sqrt(apart[..., 0] ** 2 + apart[..., 1] ** 2)
        ways.append(np.rint(zones.metre_cost[sets] * way).sum(axis=1))
    return np.asarray(np.min(ways, axis=0), dtype=np.int64)


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


@dataclass(frozen=True)
class Outcome:
    """How a search ended; `count` and `notes` say which rule had to give way."""

    status: Status
    sets: tuple[tuple[int, ...], ...] = ()
    bound: int = 0
    count: int | None = None
    notes: tuple[str, ...] = ()


def _find(listing: Listing, clock: Clock) -> Outcome:
    """Cheapest lots with as many of the size asked for as there can be."""
    n, size = listing.zones.plan.num_zones, listing.size
    rule = lot_sizes(n, size)
    most = listing.most()
    if most is None:
        return Outcome(Status.INFEASIBLE)
    if most >= rule.count:
        columns = listing.columns(rule.allowed)
        outcome = _cheapest(columns, listing, rule.count, clock)
        if outcome.status is not Status.INFEASIBLE:
            return outcome
    columns = listing.columns(allowed_below(n, size))
    others = columns.sizes * (columns.sizes != size)
    fewer = _choose(columns, n, others, (), clock)
    if fewer.columns is None:
        return Outcome(Status.INFEASIBLE if fewer.closed else Status.UNKNOWN)
    count = int((columns.sizes[list(fewer.columns)] == size).sum())
    outcome = _cheapest(columns, listing, count, clock, hint=fewer.columns)
    if not fewer.closed:
        bound = int(listing.zones.own.sum())
        outcome = replace(outcome, status=Status.FEASIBLE, bound=bound)
    note = _fewer(rule.count, count, size, proved=fewer.closed)
    return replace(outcome, notes=(note, *outcome.notes))


def _cheapest(
    columns: Columns,
    listing: Listing,
    count: int,
    clock: Clock,
    hint: Sequence[int] = (),
) -> Outcome:
    """Cheapest lots, so many of them of the size asked for, as few as can be torn."""
    n = listing.zones.plan.num_zones
    rules = [(np.flatnonzero(columns.sizes == listing.size), count)]
    if columns.torn.any():
        near = columns.torn.astype(np.int64)
        others = columns.sizes * (columns.sizes != listing.size)
        first = _choose(columns, n, near, rules, clock, hint, others)
        if first.columns is None:
            return Outcome(Status.INFEASIBLE if first.closed else Status.UNKNOWN)
        hint = first.columns
        if first.closed:
            fewest = int(columns.torn[list(hint)].sum())
            rules.append((np.flatnonzero(columns.torn), fewest))
    # what zones cost themselves is the same in every choice: keep it out of the search
    own = listing.zones.own
    rest = columns.cost - _sums(own[columns.members], columns.indptr)
    unwanted = columns.sizes * (columns.sizes != listing.size) + 2 * columns.torn
    choice = _choose(columns, n, rest, rules, clock, hint, unwanted)
    bound = max(0, choice.bound or 0) + int(own.sum())
    if choice.columns is None:
        if choice.closed:
            return Outcome(Status.INFEASIBLE)
        return Outcome(Status.UNKNOWN, bound=bound)
    status = Status.OPTIMAL if choice.closed else Status.FEASIBLE
    return Outcome(status, columns.at(choice.columns), bound, count)


def _choose(
    columns: Columns,
    num_zones: int,
    cost: Ints,
    rules: Sequence[tuple[Ints, int]],
    clock: Clock,
    hint: Sequence[int] = (),
    unwanted: Ints | None = None,
) -> Choice:
    """Set partitioning by the engine that suits the number of columns."""
    if len(columns) > FEW:
        return choose_many(
            columns.indptr,
            columns.members,
            cost,
            num_rows=num_zones,
            counts=rules,
            unwanted=unwanted,
            hint=hint,
            time_limit=clock.left,
            seed=clock.seed,
        )
    return choose(
        columns.indptr,
        columns.members,
        cost,
        num_rows=num_zones,
        counts=rules,
        hint=hint,
        time_limit=clock.left,
        seed=clock.seed,
        workers=clock.workers,
    )


def _sums(values: Ints, indptr: Ints) -> Ints:
    total = np.concatenate([np.zeros(1, np.int64), np.cumsum(values)])
    return np.asarray(total[indptr[1:]] - total[indptr[:-1]])


def _answer(zones: Zones, outcome: Outcome, listing: Listing, seconds: float) -> Lots:
    """The outcome as the checker sees it, in words and numbers."""
    plan, n = zones.plan, zones.plan.num_zones
    alone = judge_lots(plan, [(zone,) for zone in range(n)], size=1)
    if not outcome.sets:
        why = _why(listing, outcome.status)
        reason = " ".join([*outcome.notes, why])
        return Lots(
            plan, outcome.status, (), None, outcome.bound, alone.cost, seconds, reason
        )
    verdict = _checked(plan, outcome, listing)
    cost = verdict.cost
    bound = cost if outcome.status is Status.OPTIMAL else min(outcome.bound, cost)
    reason = " ".join([*_small(n, listing.size), *outcome.notes, *_joined(verdict)])
    return Lots(
        plan, outcome.status, verdict.lots, cost, bound, alone.cost, seconds, reason
    )


def _checked(plan: Plan, outcome: Outcome, listing: Listing) -> LotsVerdict:
    verdict = judge_lots(
        plan,
        outcome.sets,
        size=listing.size,
        count=outcome.count,
        near_allowed=listing.gap_limit,
        tolerance=listing.tolerance,
    )
    if not verdict.ok:
        msg = f"Lots break their rules: {' '.join(verdict.faults)}"
        raise PlanError(msg)
    for lot in verdict.lots:
        listed = int(price(listing.zones, np.array([lot.zones], np.int64))[0][0])
        if listed != lot.cost:
            msg = f"Lot {lot.zones} was listed at {listed} and costs {lot.cost}."
            raise PlanError(msg)
    return verdict


def _small(num_zones: int, size: int) -> Iterator[str]:
    if num_zones == 1 and size > 1:
        yield "There is only one zone: it is a lot of its own."
    elif num_zones < size:
        yield f"There are only {num_zones} zones: they make one lot."


def _fewer(full: int, count: int, size: int, *, proved: bool) -> str:
    most = "is the most" if proved else "is the most found in time"
    return f"{full} lots of {size} cannot be had together; {count} {most}."


def _without_near(tolerance: float | None) -> str:
    band = "" if tolerance is None else f" and costs within ±{100 * tolerance:g} %"
    return f"No choice of lots exists in which every lot's zones touch{band}."


def _joined(verdict: LotsVerdict) -> Iterator[str]:
    pairs = [pair for lot in verdict.lots for pair in lot.near]
    if pairs:
        told = ", ".join(f"{zone_name(a)} and {zone_name(b)}" for a, b in pairs)
        yield f"Joined although they do not touch: {told}."


def _why(listing: Listing, status: Status) -> str:
    """Why there are no lots, and what a planner can change."""
    if status is Status.UNKNOWN:
        return "The time ran out before lots were found. Raise time_limit."
    n = listing.zones.plan.num_zones
    remedy = f"Raise gap_limit ({listing.gap_limit:g} m)"
    if listing.tolerance is not None:
        remedy += f" or the tolerance (±{100 * listing.tolerance:g} %)"
    columns = listing.columns(allowed_below(n, listing.size))
    left = np.setdiff1d(np.arange(n), columns.members)
    if len(left):
        told = ", ".join(zone_name(int(zone)) for zone in left[:10])
        return f"Near zones do not help: no allowed lot holds {told}. {remedy}."
    return f"Near zones do not help: no choice has every zone once. {remedy}."


def _refuse(size: int, tolerance: float | None, gap_limit: float) -> None:
    faults = []
    if size < 1:
        faults.append(f"size must be at least 1; got {size}.")
    if tolerance is not None and not 0 <= tolerance < 1:
        faults.append(
            f"tolerance must be at least 0 and below 1 (0.1 means ±10 %); got "
            f"{tolerance}."
        )
    if not gap_limit >= 0:
        faults.append(f"gap_limit must be at least 0 metres; got {gap_limit}.")
    if faults:
        raise InputError(" ".join(faults))


def _refuse_many(number: int, size: int, num_zones: int) -> None:
    if number > MANY:
        msg = (
            f"Among {num_zones} zones there are too many sets of {size} to list "
            f"({number:,} before doubles are dropped). Ask for smaller lots or lower "
            "gap_limit."
        )
        raise InputError(msg)
