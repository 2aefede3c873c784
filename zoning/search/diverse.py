"""Gather zones that nearly cheapest plans are made of, and such plans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
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

Labels = NDArray[np.int32]
MOST_LISTED = 200_000  # zones looked at
MOST_ZONES = 3_000  # so many of them are chosen among
LIST_SHARE = 0.4  # of the time may go to listing zones
WIDER = (0.0, 0.02, 0.05, 0.15, 0.4, 1.0)  # parts of what a plan may cost more
NOISE = 0.4  # how far travel is bent, as a spread of its logarithm
APART = 2.0  # a unit once in a zone with the center travels so many times farther
SWEEPS, COOLING = 2_000, 0.03  # bent runs, and temperature of the straight ones after
ROUNDS = 200


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
    plans: tuple[Labels, ...]
    complete: bool


def gather(run: Run, budget: int, seconds: float) -> Pool:
    """Zones and plans of travel (and changes) up to a budget.

    Where they are few enough, all zones of all such plans are listed. Else those of
    the cheapest of them are, as many as fit, and annealing with bent travel adds some
    of the others.
    """
    a, deadline = run.instance, perf_counter() + seconds
    best = run.incumbent
    assert best is not None
    listed, complete = _listed(run, best, budget, LIST_SHARE * seconds)
    plans = [best, *run.initial_plans()]
    if not complete:
        plans += _bent_plans(run, best, deadline)
    made = [zones.of_plan(a, labels, run.num_zones) for labels in plans]
    several = _distinct([*made, *([] if listed is None else [listed])])
    fits = np.flatnonzero(zones.keeps_bands(a, several))
    several = zones.pick(several, fits)
    return Pool(
        several,
        zone_labels(a, several),
        partitioning(a, several, run.num_zones),
        tuple(plans),
        complete,
    )


def _listed(
    run: Run, best: Labels, budget: int, seconds: float
) -> tuple[Zones | None, bool]:
    """Zones that plans up to the budget, or a part of it, may hold; whether all."""
    a, n = run.instance, run.instance.num_units
    if n > FEW_UNITS or n > LARGE_ZONE * run.num_zones:
        return None, False
    limits = ColumnGenerationLimits(seconds, run.seed, run.workers, run.executor)
    master = build_master(a, run.num_zones, None, limits, run.initial_plans())
    master.cutoff = budget + 1
    master.generate_columns()
    low = min(int(zones.of_plan(a, best, run.num_zones).cost.sum()), budget)
    listed, complete = None, False
    for part in WIDER:
        master.cutoff = low + round(part * (budget - low)) + 1
        more = master.enumerate(MOST_LISTED)
        if more is None:
            break
        listed = _cheapest(master, more)
        complete = part == WIDER[-1] and len(listed) == len(more)
    return listed, complete


def _cheapest(master: RestrictedMaster, listed: Zones) -> Zones:
    """The zones of least reduced cost."""
    assert master.duals is not None
    cost = reduced_costs(listed, master.duals)
    order = np.argsort(cost, kind="stable")[:MOST_ZONES]
    return zones.pick(listed, np.sort(order))


def _bent_plans(run: Run, best: Labels, deadline: float) -> Iterable[Labels]:
    """Plans that are best by travel bent at random, mended by travel as it is.

    Units that were in one zone with a center are sent away from it, so that every run
    ends elsewhere.
    """
    a, count = run.instance, run.num_zones
    met = [best]
    for turn in range(ROUNDS):
        if perf_counter() > deadline:
            break
        other = _bent(a, met[turn % len(met)], run.seed + turn)
        bent = anneal(other, count, Schedule(run.seed + turn, SWEEPS, deadline))
        begin = bent.last if bent.best is None else bent.best
        straight = Schedule(run.seed + turn, SWEEPS, deadline, begin, COOLING)
        landing = anneal(a, count, straight)
        for labels in (bent.best, landing.best):
            if labels is not None:
                met.append(labels)
    return met[1:]


def _bent(a: Instance, labels: Labels, seed: int) -> Instance:
    chance, ways = np.random.default_rng(seed), a.travel_data
    if not len(ways.table):
        usual = float(np.hypot(np.ptp(ways.x), np.ptp(ways.y))) / np.sqrt(
            len(ways.points)
        )
        points = ways.points.copy()
        points[:, :2] += chance.normal(0.0, NOISE * usual, (len(points), 2))
        moved = ways._replace(points=points)
        return a._replace(travel_data=moved)
    noise = np.exp(chance.normal(0.0, NOISE, ways.table.shape))
    mates = labels[:, None] == labels[None, :]
    bent = np.rint(ways.table * noise * np.where(mates, APART, 1.0)).astype(np.int64)
    table = np.where(ways.table >= FAR, ways.table, bent)
    return a._replace(travel_data=ways._replace(table=table))


def _distinct(several: list[Zones]) -> Zones:
    """All zones, each once."""
    every = zones.stack(several)
    parts = np.split(every.members, every.indptr[1:-1])
    first: dict[bytes, int] = {}
    for at, units in enumerate(parts):
        first.setdefault(np.sort(units).astype(np.int32).tobytes(), at)
    return zones.pick(every, np.array(list(first.values()), np.int64))
