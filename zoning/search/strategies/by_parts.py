"""A plan of a city, part by part, so that time grows with units and workers help.

A part is some hundreds of zones. Whatever is done to it is one piece of work: it is
annealed, then windows in it are solved exactly, first those across the seams of rounds
before. Each round cuts the city elsewhere, so that a seam soon lies inside a part. How
much is done is counted, not timed, and parts are joined in the order of the cut: the
plan does not hang on how many workers there are, nor on who is first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.parallel.hub import Lost
from zoning.search.annealing.region_growing import grow_regions
from zoning.search.annealing.simulated_annealing import Schedule, anneal
from zoning.search.instance.instance import Instance
from zoning.search.instance.subset import restrict
from zoning.search.instance.zone_graph import ZoneGraph
from zoning.search.run import Run
from zoning.search.strategies.anneal import compile_once
from zoning.search.strategies.lns import (
    LNS,
    Window,
    repair,
    solve_window,
    take_over,
)
from zoning.search.strategies.neighbourhoods import Neighbourhoods
from zoning.share import recursive_bisection

ZoneOf = NDArray[np.int32]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class ByPartsParams:
    """How a city is cut, and what is done to each part.

    Parameters
    ----------
    part_units, part_zones
        What a part has, about, or more.
    first_sweeps
        Proposals per unit of the round that makes a first plan.
    temperatures
        Where each further round begins.
    max_sweeps
        Proposals per unit of each of these; more gains little.
    proposals_per_second
        What a slow core manages; from that and the time limit follows how many
        proposals there are, whatever the number of workers.
    windows_per_second
        Windows a slow core solves, likewise; they are solved in the last round.
    window_share
        Part of the time reckoned with that goes to windows.
    reckoned_share
        A round takes at most this part of its time, going by the round before.
    repair_share
        Part of the time left that may go to broken zones at the end.
    """

    part_units: int = 2_500
    part_zones: int = 100
    first_sweeps: int = 200
    temperatures: tuple[float, ...] = (1.0, 0.5, 0.3)
    max_sweeps: int = 10_000
    proposals_per_second: int = 5_000_000
    windows_per_second: float = 2.0
    window_share: float = 0.2
    reckoned_share: float = 0.8
    repair_share: float = 0.5


PARAMS = ByPartsParams()
WINDOWS = LNS(seconds=10.0)  # so long that the clock seldom ends one


@dataclass(frozen=True)
class ByParts:
    """Strategy: make a plan part by part, and improve it in parts cut anew.

    Parameters
    ----------
    share
        At most this part of the time left is used; half as much where workers are as
        fast as reckoned.
    lns
        How large windows are, and how they are solved.
    params
        How the region is cut, and what is done to each part.
    """

    share: float = 0.5
    lns: LNS = WINDOWS
    params: ByPartsParams = PARAMS

    def __call__(self, run: Run) -> None:
        """Submit the plan it ends with, where no zone stays broken."""
        compile_once(run)
        some = self.params
        end = perf_counter() + self.share * run.time_left
        work = _Work(run, _begin(run), self)
        if run.nearest_plan() is None:
            work.round(1.0, some.first_sweeps, 0, end)
        last = len(some.temperatures) - 1
        for number, hot in enumerate(some.temperatures):
            due = (end - perf_counter()) / (last + 1 - number)
            if due <= 0:
                break
            windows = self._windows(run) if number == last else 0
            work.round(hot, self._sweeps(run), windows, perf_counter() + due)
        until = perf_counter() + some.repair_share * run.time_left
        run.pool.append(repair(run, work.zone_of, until))

    def _sweeps(self, run: Run) -> int:
        """Proposals per unit in each round, by the time limit."""
        some = self.params
        seconds = (1 - some.window_share) * self.share / 2 * run.limits.time
        every = some.proposals_per_second * seconds / len(run.units)
        return int(min(some.max_sweeps, every / len(some.temperatures))) + 1

    def _windows(self, run: Run) -> int:
        """Windows to solve in the last round, by the time limit."""
        some = self.params
        seconds = some.window_share * self.share / 2 * run.limits.time
        return int(some.windows_per_second * seconds)


def _begin(run: Run) -> ZoneOf:
    known = run.nearest_plan()
    if known is not None:
        return known.copy()
    return grow_regions(run.instance, run.num_zones, run.seed)


def cut_zones(
    graph: ZoneGraph, part_units: int, part_zones: int, seed: int
) -> list[Ints]:
    """The zones in parts of about so many, by cuts at random; each ascending.

    One part where rules look beyond it.
    """
    every = np.arange(graph.num_zones)
    instance = graph.instance
    if instance.labelled or instance.compatibility.matters:
        return [every]
    size = np.array([len(units) for units in graph.members], np.int64)
    count = min(int(size.sum()) // part_units, graph.num_zones // part_zones)
    rng = np.random.default_rng(seed)
    pieces = recursive_bisection(graph.middle, size, every, max(1, count), rng)
    return [np.sort(part) for part in pieces]


def at_seams(graph: ZoneGraph, parts: list[Ints]) -> NDArray[np.bool_]:
    """Zones that touch a zone of another part."""
    part_of = np.empty(graph.num_zones, np.int64)
    for at, zones in enumerate(parts):
        part_of[zones] = at
    return np.array(
        [
            bool((part_of[list(near)] != part_of[k]).any())
            for k, near in enumerate(graph.touching)
        ]
    )


@dataclass(frozen=True)
class PartJob:
    """A part of a plan to improve.

    Parameters
    ----------
    units, zones
        Of the region, ascending.
    schedule
        How it is annealed, from the plan as it is, by places among `zones`.
    windows
        How many are solved.
    seams
        Places of zones at seams of former rounds.
    lns
        How windows are solved.
    """

    units: Ints
    zones: Ints
    schedule: Schedule
    windows: int
    seams: tuple[int, ...]
    lns: LNS


@dataclass(frozen=True)
class PartDone:
    """A part improved.

    Parameters
    ----------
    zone_of
        Each unit's place of its zone.
    seconds
        That annealing took, for each proposal.
    """

    zone_of: ZoneOf
    seconds: float


def improve_part(whole: Instance, job: PartJob, deadline: float) -> PartDone:
    """The part annealed, and windows in it solved."""
    instance = whole
    if len(job.units) < whole.num_units:
        instance = restrict(whole, job.units, job.zones)
    schedule = replace(job.schedule, deadline=deadline)
    begun = perf_counter()
    zone_of = anneal(instance, len(job.zones), schedule).zone_of
    seconds = (perf_counter() - begun) / schedule.sweeps / len(job.units)
    if job.windows:
        _solve_windows(instance, zone_of, job, deadline)
    return PartDone(zone_of, seconds)


def _solve_windows(
    instance: Instance, zone_of: ZoneOf, job: PartJob, deadline: float
) -> None:
    """Solve windows of a part, those at seams first; `zone_of` becomes better."""
    lns = job.lns
    hoods = Neighbourhoods(
        ZoneGraph(instance, zone_of, len(job.zones)),
        units=lns.units,
        sizes=lns.params.sizes,
        repair_sizes=lns.params.repair_sizes,
        max_zones=lns.params.max_zones,
        first=job.seams,
    )
    for _ in range(job.windows):
        batch = hoods.waiting(1)
        if not batch or perf_counter() > deadline:
            return
        hood = batch[0]
        if hood.broken:  # they are mended when all parts are there
            continue
        now = np.searchsorted(hood.zones, zone_of[hood.units]).astype(np.int32)
        window = Window(
            hood.units,
            hood.zones,
            now,
            allowed=True,
            broken=False,
            change_left=None,
            round=0,
            seconds=lns.seconds,
            seed=job.schedule.seed,
            params=lns.params,
        )
        better = solve_window(instance, window, deadline)
        if better is not None and take_over(
            zone_of, hood, better, labelled=instance.labelled
        ):
            hoods.changed(zone_of, hood.zones)


class _Work:
    """A plan being made, round by round."""

    def __init__(self, run: Run, zone_of: ZoneOf, how: ByParts) -> None:
        self.run = run
        self.zone_of = zone_of
        self.how = how
        self.seam = np.zeros(run.num_zones, np.bool_)  # of some round so far
        self.number = 0
        self.pace = 0.0  # seconds of a proposal, in the round before

    def round(self, hot: float, sweeps: int, windows: int, end: float) -> None:
        """Cut the region, improve every part, join them."""
        run, some = self.run, self.how.params
        graph = ZoneGraph(run.instance, self.zone_of, run.num_zones)
        seed = run.seed + self.number
        parts = cut_zones(graph, some.part_units, some.part_zones, seed)
        if self.pace:
            # a run that the clock ends is still hot: worse than a short one
            every = self.pace * len(self.zone_of) / min(run.workers, len(parts))
            fits = some.reckoned_share * (end - perf_counter()) / every
            sweeps = max(1, min(sweeps, int(fits)))
        schedule = Schedule(seed, sweeps, end, None, hot)
        jobs = [
            self._job(graph, zones, schedule, -(-windows // len(parts)))
            for zones in parts
        ]
        found = run.map(improve_part, run.instance, jobs, end=end)
        for at, (job, one) in enumerate(zip(jobs, found, strict=True)):
            if isinstance(one, Lost):
                run.give_up(f"Part {at + 1} of {len(jobs)}", one)
            else:
                self.zone_of[job.units] = job.zones[one.zone_of]
        # the least: the others may have been compiled
        done = [one.seconds for one in found if isinstance(one, PartDone)]
        self.pace = min(done, default=self.pace)
        self.seam |= at_seams(graph, parts)
        self.number += 1

    def _job(
        self, graph: ZoneGraph, zones: Ints, schedule: Schedule, windows: int
    ) -> PartJob:
        units = graph.units(zones.tolist())
        start = np.searchsorted(zones, self.zone_of[units]).astype(np.int32)
        seams = tuple(np.flatnonzero(self.seam[zones]).tolist())
        begin = replace(schedule, start=start)
        return PartJob(units, zones, begin, windows, seams, self.how.lns)
