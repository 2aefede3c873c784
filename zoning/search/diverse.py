"""Gather zones that nearly cheapest plans are made of, and such plans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.parallel.hub import Lost
from zoning.search.annealing.simulated_annealing import Schedule, anneal
from zoning.search.auto import FEW_UNITS, LARGE_ZONE
from zoning.search.column_generation.integer_master import partitioning
from zoning.search.column_generation.restricted_master import (
    ColumnGenerationLimits,
    RestrictedMaster,
    build_master,
)
from zoning.search.instance import zones
from zoning.search.instance.constants import FAR
from zoning.search.instance.instance import Instance
from zoning.search.instance.labelling import zone_labels
from zoning.search.instance.zones import Zones
from zoning.search.pricing.duals import reduced_costs
from zoning.search.run import Run
from zoning.solvers.set_partitioning.matrix import PartitioningMatrix
from zoning.solvers.zone_labels import ZoneLabels

ZoneOf = NDArray[np.int32]


@dataclass(frozen=True)
class DiverseParams:
    """How much is looked at to find plans that differ.

    Parameters
    ----------
    max_listed
        Zones looked at.
    max_zones
        So many of them are chosen among.
    list_share
        Part of the time that may go to listing zones.
    parts_of_budget
        Parts of what a plan may cost more, zones of which are listed in turn.
    noise
        How far travel is bent, as a spread of its logarithm.
    apart
        A unit once in a zone with the center travels so many times farther.
    sweeps
        Proposals per unit of each annealing run.
    temperature
        Where runs by travel as it is begin.
    rounds
        Bent runs, at most.
    """

    max_listed: int = 200_000
    max_zones: int = 3_000
    list_share: float = 0.4
    parts_of_budget: tuple[float, ...] = (0.0, 0.02, 0.05, 0.15, 0.4, 1.0)
    noise: float = 0.4
    apart: float = 2.0
    sweeps: int = 2_000
    temperature: float = 0.03
    rounds: int = 200


PARAMS = DiverseParams()


@dataclass(frozen=True)
class Pool:
    """What alternatives are made of.

    Parameters
    ----------
    zones
        Zones without repeats.
    labels
        The labels each could have.
    matrix
        The units of each, and how many zones there are to be.
    plans
        Whole plans that were met, the first one first.
    complete
        The zones of every plan within the budget are among them.
    """

    zones: Zones
    labels: ZoneLabels
    matrix: PartitioningMatrix
    plans: tuple[ZoneOf, ...]
    complete: bool


def gather(run: Run, budget: int, seconds: float) -> Pool:
    """Zones and plans of travel (and changes) up to a budget.

    Where they are few enough, all zones of all such plans are listed. Else those of
    the cheapest of them are, as many as fit, and annealing with bent travel adds some
    of the others.
    """
    instance, deadline = run.instance, perf_counter() + seconds
    best = run.incumbent
    assert best is not None
    listed, complete = _listed(run, best, budget, PARAMS.list_share * seconds)
    plans = [best, *run.initial_plans()]
    if not complete:
        plans += _bent_plans(run, best, deadline)
    made = [zones.of_plan(instance, labels, run.num_zones) for labels in plans]
    several = _distinct([*made, *([] if listed is None else [listed])])
    fits = np.flatnonzero(zones.keeps_bands(instance, several))
    several = zones.pick(several, fits)
    return Pool(
        several,
        zone_labels(instance, several),
        partitioning(instance, several, run.num_zones),
        tuple(plans),
        complete,
    )


def _listed(
    run: Run, best: ZoneOf, budget: int, seconds: float
) -> tuple[Zones | None, bool]:
    """Zones that plans up to the budget, or a part of it, may hold; whether all."""
    instance, n = run.instance, run.instance.num_units
    if n > FEW_UNITS or n > LARGE_ZONE * run.num_zones:
        return None, False
    limits = ColumnGenerationLimits(seconds, run.seed, run.limits.workers, run.hub)
    master = build_master(instance, run.num_zones, None, limits, run.initial_plans())
    master.cutoff = budget + 1
    master.generate_columns()
    low = min(int(zones.of_plan(instance, best, run.num_zones).cost.sum()), budget)
    listed, complete = None, False
    for part in PARAMS.parts_of_budget:
        master.cutoff = low + round(part * (budget - low)) + 1
        more = master.enumerate(PARAMS.max_listed)
        if more is None:
            break
        listed = _cheapest(master, more)
        complete = part == PARAMS.parts_of_budget[-1] and len(listed) == len(more)
    return listed, complete


def _cheapest(master: RestrictedMaster, listed: Zones) -> Zones:
    """The zones of least reduced cost."""
    assert master.duals is not None
    cost = reduced_costs(listed, master.duals)
    order = np.argsort(cost, kind="stable")[: PARAMS.max_zones]
    return zones.pick(listed, np.sort(order))


def _bent_plans(run: Run, best: ZoneOf, deadline: float) -> Iterable[ZoneOf]:
    """Plans that are best by travel bent at random, mended by travel as it is.

    Units that were in one zone with a center are sent away from it, so that every run
    ends elsewhere.
    """
    met, workers = [best], run.hub.workers
    for turn in range(0, PARAMS.rounds, workers):
        if perf_counter() > deadline:
            break
        jobs = [
            (met[at % len(met)], run.num_zones, run.seed + at)
            for at in range(turn, min(turn + workers, PARAMS.rounds))
        ]
        for some in run.map(_bent_run, run.instance, jobs, end=deadline):
            met += [] if isinstance(some, Lost) else some
    return met[1:]


def _bent_run(
    instance: Instance, job: tuple[ZoneOf, int, int], deadline: float
) -> list[ZoneOf]:
    """The plans that one run ends in: by bent travel, and by travel as it is."""
    labels, num_zones, seed = job
    other = _bent(instance, labels, seed)
    bent = anneal(other, num_zones, Schedule(seed, PARAMS.sweeps, deadline))
    straight = Schedule(seed, PARAMS.sweeps, deadline, bent.zone_of, PARAMS.temperature)
    result = anneal(instance, num_zones, straight)
    return [found for found in (bent.best, result.best) if found is not None]


def _bent(instance: Instance, labels: ZoneOf, seed: int) -> Instance:
    rng, travel = np.random.default_rng(seed), instance.travel_data
    if not len(travel.table):
        usual = float(np.hypot(np.ptp(travel.x), np.ptp(travel.y))) / np.sqrt(
            len(travel.points)
        )
        points = travel.points.copy()
        points[:, :2] += rng.normal(0.0, PARAMS.noise * usual, (len(points), 2))
        moved = travel._replace(points=points)
        return instance._replace(travel_data=moved)
    noise = np.exp(rng.normal(0.0, PARAMS.noise, travel.table.shape))
    mates = labels[:, None] == labels[None, :]
    bent = np.rint(travel.table * noise * np.where(mates, PARAMS.apart, 1.0)).astype(
        np.int64
    )
    table = np.where(travel.table >= FAR, travel.table, bent)
    return instance._replace(travel_data=travel._replace(table=table))


def _distinct(several: list[Zones]) -> Zones:
    """All zones, each once."""
    every = zones.stack(several)
    parts = np.split(every.members, every.indptr[1:-1])
    first: dict[bytes, int] = {}
    for at, units in enumerate(parts):
        first.setdefault(np.sort(units).astype(np.int32).tobytes(), at)
    return zones.pick(every, np.array(list(first.values()), np.int64))
