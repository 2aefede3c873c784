"""Improve a pair by small moves, again and again from the best there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class PairAnnealingParams:
    """How pairs are annealed.

    Parameters
    ----------
    first_moves
        Moves of the first run, which tells how fast they are.
    run_share
        Part of the time that is left which one run takes, from hot to cold.
    moment
        Seconds between two looks at the clock and at Ctrl-C.
    hot, cold
        Temperature a run begins and ends with, in costs of a lot.
    break_cost
        What a lot costs more for each part too many it falls into, in costs of a lot.
    exchange
        Part of the moves in which lots exchange zones.
    swap
        Part of the others in which two units change places.
    """

    first_moves: int = 20_000
    run_share: float = 0.1
    moment: float = 1.0
    hot: float = 0.1
    cold: float = 5e-4
    break_cost: float = 0.2
    exchange: float = 0.1
    swap: float = 0.5


PARAMS = PairAnnealingParams()


def anneal_pair(
    problem: Problem,
    pair: JointSolution,
    *,
    seed: int,
    deadline: float,
    params: PairAnnealingParams = PARAMS,
) -> Iterator[tuple[Ints, list[list[int]]]]:
    """Ever better zones and lots: the zone of each unit, the zones of each lot.

    None of the lots given falls apart, and all zones keep the bands.
    """
    mean = max(1.0, pair.cost / len(pair.sets))
    a, p = (
        Instance.from_problem(problem),
        annealing_data(problem, round(params.break_cost * mean)),
    )
    rng, mix = seed_state(seed), np.array([params.exchange, params.swap])
    zone_of, lots = pair.plan.zone_of.astype(np.int64), [list(x) for x in pair.sets]
    least = -1 if pair.disconnected else _cost(problem, a, p, zone_of, lots)
    run, pace = params.first_moves, 0.0
    while perf_counter() < deadline:
        state = pair_state(problem, zone_of, lots)
        if not price_all(a, p, state):
            return
        best_zone, best_lot = state.zone_of.copy(), state.lot_of.copy()
        slices = max(1, round(run * pace / params.moment))
        cooling = (params.cold / params.hot) ** (np.arange(slices + 1) / slices)
        temperature = params.hot * mean * cooling
        for hot, cold in pairwise(temperature.tolist()):
            begun = perf_counter()
            if begun >= deadline:
                return
            moves = max(len(zone_of), run // slices)
            found = int(
                anneal(a, p, state, mix, moves, hot, cold, rng, best_zone, best_lot)
            )
            pace = (perf_counter() - begun) / moves
            if found >= 0 and (least < 0 or found < least):
                least = found
                zone_of, lots = best_zone.copy(), _sets(best_lot)
                yield zone_of, lots
        left = deadline - perf_counter()
        run = max(params.first_moves, round(params.run_share * left / pace))


def _cost(
    problem: Problem, a: Instance, p: AnnealingData, zone_of: Ints, lots: Lots
) -> int:
    state = pair_state(problem, zone_of, lots)
    price_all(a, p, state)
    return int(state.lot_cost.sum())


def _sets(lot_of: Ints) -> list[list[int]]:
    return [np.flatnonzero(lot_of == lot).tolist() for lot in range(lot_of.max() + 1)]
