"""Improve a pair by small moves, again and again from the best there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.joint.annealing_kernel import anneal
from zoning.joint.annealing_state import (
    AnnealingData,
    annealing_data,
    pair_state,
    price_all,
)
from zoning.joint.solution import JointSolution
from zoning.problem import Problem
from zoning.search.instance.instance import Instance
from zoning.search.kernels.rng import seed_state

Ints = NDArray[np.int64]
Lots = Sequence[Sequence[int]]
FIRST = 20_000  # moves of the first run, which tells how fast they are
PART = 0.1  # of the time that is left is one run, from hot to cold
MOMENT = 1.0  # seconds between two looks at the clock and at Ctrl-C
HOT, COLD = 0.1, 5e-4  # in costs of a lot
TORN = 0.2  # what a torn lot costs more, in costs of a lot


def anneal_pair(
    problem: Problem, pair: JointSolution, *, seed: int, deadline: float
) -> Iterator[tuple[Ints, list[list[int]]]]:
    """Ever better zones and lots: the zone of each unit, the zones of each lot.

    None of the lots given is torn, and all zones keep the bands.
    """
    mean = max(1.0, pair.cost / len(pair.sets))
    a, p = Instance.from_problem(problem), annealing_data(problem, round(TORN * mean))
    rng = seed_state(seed)
    zone_of, lots = pair.plan.zone_of.astype(np.int64), [list(x) for x in pair.sets]
    least = -1 if pair.torn else _cost(problem, a, p, zone_of, lots)
    run, pace = FIRST, 0.0
    while perf_counter() < deadline:
        state = pair_state(problem, zone_of, lots)
        if not price_all(a, p, state):
            return
        best_zone, best_lot = state.zone_of.copy(), state.lot_of.copy()
        slices = max(1, round(run * pace / MOMENT))
        temperature = HOT * mean * (COLD / HOT) ** (np.arange(slices + 1) / slices)
        for hot, cold in pairwise(temperature.tolist()):
            begun = perf_counter()
            if begun >= deadline:
                return
            moves = max(len(zone_of), run // slices)
            found = int(anneal(a, p, state, moves, hot, cold, rng, best_zone, best_lot))
            pace = (perf_counter() - begun) / moves
            if found >= 0 and (least < 0 or found < least):
                least = found
                zone_of, lots = best_zone.copy(), _sets(best_lot)
                yield zone_of, lots
        run = max(FIRST, round(PART * (deadline - perf_counter()) / pace))


def _cost(
    problem: Problem, a: Instance, p: AnnealingData, zone_of: Ints, lots: Lots
) -> int:
    state = pair_state(problem, zone_of, lots)
    price_all(a, p, state)
    return int(state.lot_cost.sum())


def _sets(lot_of: Ints) -> list[list[int]]:
    return [np.flatnonzero(lot_of == lot).tolist() for lot in range(lot_of.max() + 1)]
