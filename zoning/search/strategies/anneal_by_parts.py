"""Anneal the plan of a large region part by part.

A part is some thousands of units: what annealing looks at stays in the processor's
cache, and parts are annealed side by side. Zones at the border of a part are at the
border of another one only by chance in the next round.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.parallel.hub import Lost
from zoning.search.annealing.simulated_annealing import Schedule, anneal
from zoning.search.instance.instance import Instance
from zoning.search.instance.subset import restrict
from zoning.search.instance.zone_graph import ZoneGraph
from zoning.search.run import Run
from zoning.search.strategies.lns import repair
from zoning.share import recursive_bisection

ZoneOf = NDArray[np.int32]
Zones = NDArray[np.int64]


@dataclass(frozen=True)
class PartsParams:
    """How `AnnealByParts` cuts the region and spends its time.

    Parameters
    ----------
    part_units, part_zones
        What a part has, about, or more.
    temperatures
        Where each round begins.
    max_sweeps
        Proposals per unit of all rounds; more gains nothing.
    proposals_per_second, slow_units_per_zone
        What a slow core with other work to do manages; units to a zone at which it
        manages half of them.
    trial_sweeps
        Sweeps over one part that tell whether it does.
    repair_share
        Part of the time left that may go to broken zones at the end.
    patience, max_share
        On a slower machine at most so many times the share, and so much of the time
        left, is used.
    reckoned_share
        Part of that time which is reckoned with there.
    """

    part_units: int = 2_500
    part_zones: int = 100
    temperatures: tuple[float, ...] = (1.0, 0.5, 0.3)
    max_sweeps: int = 30_000
    proposals_per_second: int = 5_000_000
    slow_units_per_zone: float = 80
    trial_sweeps: int = 200
    repair_share: float = 0.5
    patience: float = 2.0
    max_share: float = 0.7
    reckoned_share: float = 0.8


PARAMS = PartsParams()


@dataclass(frozen=True)
class AnnealByParts:
    """Strategy: anneal a plan part by part, each round with parts cut anew.

    How many proposals there are hangs on the time limit, not on the clock, so that two
    runs are alike. A machine slower than reckoned takes longer, then makes fewer.

    Parameters
    ----------
    share
        About this part of the time limit is used.
    params
        How the region is cut, and the time spent.
    """

    share: float = 0.3
    params: PartsParams = PARAMS

    def __call__(self, run: Run) -> None:
        """Submit the plan it ends with, where no zone stays broken."""
        zone_of = run.nearest_plan()
        if zone_of is None:
            return
        some, rounds = self.params, len(self.params.temperatures)
        seconds = min(
            some.patience * self.share * run.limits.time, some.max_share * run.time_left
        )
        deadline = perf_counter() + seconds
        zone_of = zone_of.copy()
        sweeps = self._sweeps(run)
        for number, hot in enumerate(some.temperatures):
            if perf_counter() > deadline:
                break
            due = (deadline - perf_counter()) / (rounds - number)
            end = perf_counter() + due
            schedule = Schedule(run.seed + number, sweeps, end, None, hot)
            _round(run, zone_of, schedule, some)
        end = perf_counter() + some.repair_share * run.time_left
        run.pool.append(repair(run, zone_of, end))

    def _sweeps(self, run: Run) -> int:
        """Proposals per unit in each round, by the time limit."""
        some, n = self.params, len(run.units)
        crowd = n / run.num_zones / some.slow_units_per_zone
        pace = some.proposals_per_second * run.workers / (1.0 + crowd)
        sweeps = pace * self.share * run.limits.time / n
        return int(min(some.max_sweeps, sweeps) / len(some.temperatures)) + 1


def _round(run: Run, zone_of: ZoneOf, schedule: Schedule, params: PartsParams) -> None:
    """Anneal every part once; `zone_of` becomes that at the end."""
    graph = ZoneGraph(run.instance, zone_of, run.num_zones)
    pieces = [
        _piece(graph, zone_of, zones, schedule)
        for zones in _parts(run, graph, schedule.seed, params)
    ]
    sweeps = _calibrate(run, pieces, schedule, params)
    jobs = [piece.with_sweeps(sweeps) for piece in pieces]
    found = run.map(_anneal_piece, run.instance, jobs, end=schedule.deadline)
    for number, (piece, one) in enumerate(zip(pieces, found, strict=True)):
        if isinstance(one, Lost):
            run.give_up(f"Annealing part {number + 1} of {len(pieces)}", one)
        else:
            zone_of[piece.units] = piece.zones[one]


@dataclass(frozen=True)
class _Piece:
    """A part of the region to anneal: its units, its zones, and where it begins."""

    units: NDArray[np.int64]
    zones: Zones
    schedule: Schedule

    def with_sweeps(self, sweeps: int) -> _Piece:
        return replace(self, schedule=replace(self.schedule, sweeps=sweeps))


def _piece(
    graph: ZoneGraph, zone_of: ZoneOf, zones: Zones, schedule: Schedule
) -> _Piece:
    units = graph.units(zones.tolist())
    inside = np.searchsorted(zones, zone_of[units]).astype(np.int32)
    return _Piece(units, zones, replace(schedule, start=inside))


def _anneal_piece(instance: Instance, piece: _Piece, deadline: float) -> ZoneOf:
    """Anneal some zones; gives their places among them for each of their units."""
    some = restrict(instance, piece.units, piece.zones)
    schedule = replace(piece.schedule, deadline=deadline)
    return anneal(some, len(piece.zones), schedule).zone_of


def _calibrate(
    run: Run, pieces: list[_Piece], schedule: Schedule, params: PartsParams
) -> int:
    """The sweeps wanted, or fewer where a slow machine has no time for them.

    A run that the clock ends is still hot: worse than a short one.
    """
    trial = params.trial_sweeps
    instance, first, end = run.instance, pieces[0], schedule.deadline
    _anneal_piece(instance, first.with_sweeps(1), end)  # compiled, and warm
    begun = perf_counter()
    _anneal_piece(instance, first.with_sweeps(trial), end)
    every = (perf_counter() - begun) * len(pieces) / min(run.workers, len(pieces))
    left = params.reckoned_share * (schedule.deadline - perf_counter())
    return max(1, min(schedule.sweeps, int(trial * left / every)))


def _parts(run: Run, graph: ZoneGraph, seed: int, params: PartsParams) -> list[Zones]:
    """Zones of each part, ascending; one part where rules look beyond it."""
    every = np.arange(run.num_zones)
    size = np.array([len(units) for units in graph.members], np.int64)
    count = -(-int(size.sum()) // params.part_units)
    count = min(max(run.workers, count), -(-run.num_zones // params.part_zones))
    if run.instance.labelled or run.instance.compatibility.matters:
        return [every]
    rng = np.random.default_rng(seed)
    pieces = recursive_bisection(graph.middle, size, every, count, rng)
    return [np.sort(part) for part in pieces]
