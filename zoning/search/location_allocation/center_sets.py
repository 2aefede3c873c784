"""Sets of centers a plan could have, the cheapest first, as far as prices tell.

Prices of the units, whatever they are, say of every set of centers that no plan with
these centers travels less than the prices together and what each center is worth at
them. With several prices the highest of what they say counts: each is a cut that goes
through all sets at once (Benders' decomposition, with the sets listed).

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
from zoning.search.lagrangian.bound import Level

MOST_NODES = 20_000_000  # steps of a search before it looks for fewer sets
TURNS = 10  # as often; then nothing is known but what all sets are worth
CLOSED = np.int64(2**54)  # worth of a center that has no zone; sums of many still fit
LIKE = 40  # centers to exchange several for at once
MOST_LIKE = 1_000  # sets of them, at a time
DONE, FULL, LATE = 0, 1, 2  # how a search ended

Set = tuple[int, ...]  # of centers, rising


class CenterSets(NamedTuple):
    """Sets of centers (m × count, rising) and what a plan with each travels at least.

    `value` is in yuan × `SCALE`. Every other set is worth at least `horizon`.
    """

    sets: Ints
    value: Ints
    horizon: int

    def pick(self, kept: NDArray[np.bool_]) -> CenterSets:
        """Some of the sets; the others must be known otherwise."""
        return CenterSets(self.sets[kept], self.value[kept], self.horizon)


def value_of(level: Level, sets: Ints) -> Ints:
    """What each set of centers is worth at prices."""
    worth = np.minimum(level.least, CLOSED)[sets]
    return np.asarray(level.prices.total + worth.sum(axis=1), np.int64)


def cheapest(
    levels: Sequence[Level],
    centers: Ints,
    count: int,
    top: int,
    most: int,
    end: float = inf,
) -> CenterSets:
    """Sets of `count` centers worth less than `top`; of too many, about the cheapest.

    Parameters
    ----------
    levels
        Prices, and what each center is worth at them.
    most
        No more than so many sets are listed.
    end
        When none are looked for any more, by the clock.
    """
    nothing = CenterSets(np.zeros((0, count), np.int64), np.zeros(0, np.int64), top)
    if len(centers) < count:
        return nothing
    base = np.array([level.prices.total for level in levels], np.int64)
    worth = np.stack([np.minimum(level.least, CLOSED)[centers] for level in levels])
    least = base + np.sort(worth, axis=1)[:, :count].sum(axis=1)
    root = int(least.argmax())  # what it says of the best set is the highest
    order = np.argsort(worth[root], kind="stable")
    ranked = np.roll(np.arange(len(levels)), -root)
    base = base[ranked]
    worth = np.ascontiguousarray(worth[ranked][:, order])
    low = int(least.max())
    if low >= top:
        return nothing
    found = _Search(base, worth, count, most).run(low, top, end)
    if found is None:  # too many sets look alike
        return nothing._replace(horizon=low)
    return found._replace(sets=np.sort(centers[order][found.sets], axis=1))


def cheaper(levels: Sequence[Level], centers: Ints, now: Set, below: int) -> Set | None:
    """A set like this one that may be worth less: one other center, or several.

    The one of least worth as far as prices tell; None if none is below.
    """
    others, mine = np.setdiff1d(centers, now), np.array(now)
    if len(others) == 0:
        return None
    swapped = np.full((len(mine), len(others)), -NO_LIMIT, np.int64)
    for level in levels:
        worth = np.minimum(level.least, CLOSED)
        rest = level.prices.total + worth[mine].sum() - worth[mine]
        np.maximum(swapped, rest[:, None] + worth[others], out=swapped)
    k, c = np.unravel_index(swapped.argmin(), swapped.shape)
    if swapped[k, c] < below:
        return tuple(sorted({*now, int(others[c])} - {now[k]}))
    like = others[np.argsort(swapped.min(axis=0), kind="stable")[:LIKE]]
    columns = np.sort(np.concatenate([mine, like]))
    found = cheapest(levels, columns, len(mine), below, MOST_LIKE)
    if len(found.sets) == 0:
        return None
    return tuple(found.sets[found.value.argmin()].tolist())


class _Search:
    """Depth first over columns of `worth`, left off and taken up again."""

    def __init__(self, base: Ints, worth: Ints, count: int, most: int) -> None:
        self.worth = worth
        self.rest = _rest(worth, count)
        self.at = np.zeros(count, np.int64)
        self.sums = np.zeros((count + 1, len(base)), np.int64)
        self.sums[0] = base
        self.state = np.zeros(3, np.int64)
        self.sets = np.zeros((most, count), np.int64)
        self.value = np.zeros(most, np.int64)

    def run(self, low: int, top: int, end: float) -> CenterSets | None:
        """Columns of the sets below the top, which falls while there are too many."""
        for _ in range(TURNS):
            ended = LATE
            for _ in range(TURNS):
                if perf_counter() > end:
                    return None
                ended = self._on(top)
                if ended != FULL:
                    break
                top = int(
                    np.partition(self.value, len(self.value) // 2)[len(self.value) // 2]
                )
                self._keep_below(top)
            filled = self.state[2]
            if ended == DONE:
                return CenterSets(self.sets[:filled], self.value[:filled], top)
            top = low + (top - low) * 2 // 3
            self._keep_below(top)
        return None

    def _on(self, top: int) -> int:
        return int(
            _search(
                self.worth,
                self.rest,
                top,
                MOST_NODES,
                self.at,
                self.sums,
                self.state,
                self.sets,
                self.value,
            )
        )

    def _keep_below(self, top: int) -> None:
        filled = self.state[2]
        kept = np.flatnonzero(self.value[:filled] < top)
        self.sets[: len(kept)] = self.sets[kept]
        self.value[: len(kept)] = self.value[kept]
        self.state[2] = len(kept)


def _rest(worth: Ints, count: int) -> Ints:
    """What r of the columns from c on are worth at least: P × (C + 1) × (count + 1)."""
    rows, columns = worth.shape
    rest = np.full((rows, columns + 1, count + 1), CLOSED, np.int64)
    rest[:, :, 0] = 0
    for c in range(columns - 1, -1, -1):
        taken = worth[:, c, None] + rest[:, c + 1, :-1]
        rest[:, c, 1:] = np.minimum(rest[:, c + 1, 1:], taken)
    return rest


@compiled
def _search(worth, rest, top, most_nodes, at, sums, state, sets, value):  # type: ignore[no-untyped-def]
    """List sets of columns below the top until done, full, or for so many nodes.

    `state` holds the depth, the next column, and how many sets are listed.
    """
    rows, columns = worth.shape
    count = len(at)
    depth, c, filled = state[0], state[1], state[2]
    ended, first = LATE, 0
    for _ in range(most_nodes):
        wanted = count - depth
        if c > columns - wanted or sums[depth, 0] + rest[0, c, wanted] >= top:
            depth -= 1
            if depth < 0:
                ended = DONE
                break
            c = at[depth] + 1
            continue
        # the prices that forbade the last set are likely to forbid this one
        if sums[depth, first] + worth[first, c] + rest[first, c + 1, wanted - 1] >= top:
            c += 1
            continue
        fits, most = True, np.int64(-(2**62))
        for p in range(rows):
            total = sums[depth, p] + worth[p, c]
            sums[depth + 1, p] = total
            most = max(most, total)
            if total + rest[p, c + 1, wanted - 1] >= top:
                fits, first = False, p
                break
        if fits and wanted > 1:
            at[depth] = c
            depth += 1
        elif fits:
            at[depth] = c
            for k in range(count):
                sets[filled, k] = at[k]
            value[filled] = most
            filled += 1
            if filled == len(value):
                c += 1
                ended = FULL
                break
        c += 1
    state[0], state[1], state[2] = depth, c, filled
    return ended
