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
from zoning.search.annealing.simulated_annealing import Schedule, anneal
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
    parts = _parts(run, graph, schedule.seed, params)
    sweeps = _calibrate(run, zone_of, graph, parts, schedule, params)

    def work(part: Zones) -> ZoneOf:
        return _anneal_part(run, zone_of, graph, part, replace(schedule, sweeps=sweeps))

    for part, found in zip(parts, list(run.map(work, parts)), strict=True):
        zone_of[graph.units(part.tolist())] = part[found]


def _calibrate(
    run: Run,
    zone_of: ZoneOf,
    graph: ZoneGraph,
    parts: list[Zones],
    schedule: Schedule,
    params: PartsParams,
) -> int:
    """The sweeps wanted, or fewer where a slow machine has no time for them.

    A run that the clock ends is still hot: worse than a short one.
    """
    trial = params.trial_sweeps
    once = replace(schedule, sweeps=1)  # compiled, and warm
    _anneal_part(run, zone_of, graph, parts[0], once)
    begun = perf_counter()
    _anneal_part(run, zone_of, graph, parts[0], replace(schedule, sweeps=trial))
    every = (perf_counter() - begun) * len(parts) / min(run.workers, len(parts))
    left = params.reckoned_share * (schedule.deadline - perf_counter())
    return max(1, min(schedule.sweeps, int(trial * left / every)))


def _anneal_part(
    run: Run, zone_of: ZoneOf, graph: ZoneGraph, part: Zones, schedule: Schedule
) -> ZoneOf:
    """Anneal some zones; gives their places among them for each of their units."""
    units = graph.units(part.tolist())
    inside = np.searchsorted(part, zone_of[units]).astype(np.int32)
    some = restrict(run.instance, units, part)
    return anneal(some, len(part), replace(schedule, start=inside)).zone_of


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
