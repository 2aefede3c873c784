"""Sets of centers a plan could have, the cheapest first, as far as dual points tell.

Duals of the units, whatever they are, bound every set of centers at once: no plan with
these centers travels less than the duals together and the least reduced cost of each
center at them. With several dual points the highest bound counts: each is an optimality
cut (Benders' decomposition, with the sets enumerated instead of a master solved). See
"One set of centers after another" in docs/formulation.md.

Benders: Partitioning procedures for solving mixed-variables programming problems.
Numerische Mathematik 4, 1962, doi:10.1007/BF01386316.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.search.instance.constants import NO_LIMIT
from zoning.search.instance.zones import Ints
from zoning.search.kernels.compiled import compiled
from zoning.search.lagrangian.bound import DualPoint

MAX_NODES = 20_000_000  # steps of a search before it looks for fewer sets
TURNS = 10  # as often; then nothing is known but what all sets are cost
NO_ZONE = np.int64(2**54)  # reduced cost of a center without a zone; sums of many fit
NUM_SIMILAR = 40  # centers to exchange several for at once
MAX_SIMILAR_SETS = 1_000  # sets of them, at a time
DONE, FULL, LATE = 0, 1, 2  # how a search ended

CenterSet = tuple[int, ...]  # of centers, rising


class CenterSets(NamedTuple):
    """Sets of centers (m × num_zones, rising) and a bound on plans with each.

    `bound` is in yuan × `SCALE`. That of every other set is at least
    `unexplored_bound`.
    """

    sets: Ints
    bound: Ints
    unexplored_bound: int

    def pick(self, kept: NDArray[np.bool_]) -> CenterSets:
        """Some of the sets; the others must be known otherwise."""
        return CenterSets(self.sets[kept], self.bound[kept], self.unexplored_bound)


def set_bounds(point: DualPoint, sets: Ints) -> Ints:
    """No plan with these centers travels less; one bound a set, yuan × `SCALE`."""
    cost = np.minimum(point.min_reduced_cost, NO_ZONE)[sets]
    return np.asarray(point.duals.total + cost.sum(axis=1), np.int64)


def enumerate_center_sets(
    points: Sequence[DualPoint],
    centers: Ints,
    num_zones: int,
    cutoff: int,
    max_sets: int,
    end: float = inf,
) -> CenterSets:
    """Sets of centers whose bound is below the cutoff; of too many the cheapest.

    Parameters
    ----------
    points
        Dual points: multipliers and the least reduced cost of each center at them.
    max_sets
        No more than so many sets are listed.
    end
        When none are looked for any more, by the clock.
    """
    nothing = CenterSets(
        np.zeros((0, num_zones), np.int64), np.zeros(0, np.int64), cutoff
    )
    if len(centers) < num_zones:
        return nothing
    base = np.array([point.duals.total for point in points], np.int64)
    cost = np.stack(
        [np.minimum(point.min_reduced_cost, NO_ZONE)[centers] for point in points]
    )
    least = base + np.sort(cost, axis=1)[:, :num_zones].sum(axis=1)
    root = int(least.argmax())  # what it says of the best set is the highest
    order = np.argsort(cost[root], kind="stable")
    ranked = np.roll(np.arange(len(points)), -root)
    base = base[ranked]
    cost = np.ascontiguousarray(cost[ranked][:, order])
    low = int(least.max())
    if low >= cutoff:
        return nothing
    found = _Enumeration(base, cost, num_zones, max_sets).run(low, cutoff, end)
    if found is None:  # too many sets look alike
        return nothing._replace(unexplored_bound=low)
    return found._replace(sets=np.sort(centers[order][found.sets], axis=1))


def exchange(
    points: Sequence[DualPoint], centers: Ints, now: CenterSet, below: int
) -> CenterSet | None:
    """A set whose bound is lower, with one other center or several (vertex exchange).

    The one of least bound; None if none is below.
    """
    others, mine = np.setdiff1d(centers, now), np.array(now)
    if len(others) == 0:
        return None
    swapped = np.full((len(mine), len(others)), -NO_LIMIT, np.int64)
    for point in points:
        cost = np.minimum(point.min_reduced_cost, NO_ZONE)
        kept = point.duals.total + cost[mine].sum() - cost[mine]
        np.maximum(swapped, kept[:, None] + cost[others], out=swapped)
    k, c = np.unravel_index(swapped.argmin(), swapped.shape)
    if swapped[k, c] < below:
        return tuple(sorted({*now, int(others[c])} - {now[k]}))
    similar = others[np.argsort(swapped.min(axis=0), kind="stable")[:NUM_SIMILAR]]
    columns = np.sort(np.concatenate([mine, similar]))
    found = enumerate_center_sets(points, columns, len(mine), below, MAX_SIMILAR_SETS)
    if len(found.sets) == 0:
        return None
    return tuple(found.sets[found.bound.argmin()].tolist())


class _Enumeration:
    """Depth first over columns of reduced costs, left off and taken up again."""

    def __init__(self, base: Ints, cost: Ints, num_zones: int, max_sets: int) -> None:
        self.cost = cost
        self.completion = _completion_bounds(cost, num_zones)
        self.at = np.zeros(num_zones, np.int64)
        self.sums = np.zeros((num_zones + 1, len(base)), np.int64)
        self.sums[0] = base
        self.state = np.zeros(3, np.int64)
        self.sets = np.zeros((max_sets, num_zones), np.int64)
        self.bound = np.zeros(max_sets, np.int64)

    def run(self, low: int, cutoff: int, end: float) -> CenterSets | None:
        """Columns of the sets below a cutoff that falls while there are too many."""
        for _ in range(TURNS):
            ended = LATE
            for _ in range(TURNS):
                if perf_counter() > end:
                    return None
                ended = self._on(cutoff)
                if ended != FULL:
                    break
                cutoff = int(
                    np.partition(self.bound, len(self.bound) // 2)[len(self.bound) // 2]
                )
                self._keep_below(cutoff)
            filled = self.state[2]
            if ended == DONE:
                return CenterSets(self.sets[:filled], self.bound[:filled], cutoff)
            cutoff = low + (cutoff - low) * 2 // 3
            self._keep_below(cutoff)
        return None

    def _on(self, cutoff: int) -> int:
        return int(
            _enumerate(
                self.cost,
                self.completion,
                cutoff,
                MAX_NODES,
                self.at,
                self.sums,
                self.state,
                self.sets,
                self.bound,
            )
        )

    def _keep_below(self, cutoff: int) -> None:
        filled = self.state[2]
        kept = np.flatnonzero(self.bound[:filled] < cutoff)
        self.sets[: len(kept)] = self.sets[kept]
        self.bound[: len(kept)] = self.bound[kept]
        self.state[2] = len(kept)


def _completion_bounds(cost: Ints, num_zones: int) -> Ints:
    """What r of the columns from c on cost at least: P × (C + 1) × (num_zones + 1)."""
    rows, columns = cost.shape
    completion = np.full((rows, columns + 1, num_zones + 1), NO_ZONE, np.int64)
    completion[:, :, 0] = 0
    for c in range(columns - 1, -1, -1):
        taken = cost[:, c, None] + completion[:, c + 1, :-1]
        completion[:, c, 1:] = np.minimum(completion[:, c + 1, 1:], taken)
    return completion


@compiled
def _enumerate(cost, completion, cutoff, max_nodes, at, sums, state, sets, bound):  # type: ignore[no-untyped-def]
    """List sets of columns below the cutoff until done, full, or for so many nodes.

    `state` holds the depth, the next column, and how many sets are listed.
    """
    rows, columns = cost.shape
    num_zones = len(at)
    depth, c, filled = state[0], state[1], state[2]
    ended, first = LATE, 0
    for _ in range(max_nodes):
        wanted = num_zones - depth
        if c > columns - wanted or sums[depth, 0] + completion[0, c, wanted] >= cutoff:
            depth -= 1
            if depth < 0:
                ended = DONE
                break
            c = at[depth] + 1
            continue
        # the prices that forbade the last set are likely to forbid this one
        if (
            sums[depth, first] + cost[first, c] + completion[first, c + 1, wanted - 1]
            >= cutoff
        ):
            c += 1
            continue
        fits, most = True, np.int64(-(2**62))
        for p in range(rows):
            total = sums[depth, p] + cost[p, c]
            sums[depth + 1, p] = total
            most = max(most, total)
            if total + completion[p, c + 1, wanted - 1] >= cutoff:
                fits, first = False, p
                break
        if fits and wanted > 1:
            at[depth] = c
            depth += 1
        elif fits:
            at[depth] = c
            for k in range(num_zones):
                sets[filled, k] = at[k]
            bound[filled] = most
            filled += 1
            if filled == len(bound):
                c += 1
                ended = FULL
                break
        c += 1
    state[0], state[1], state[2] = depth, c, filled
    return ended
