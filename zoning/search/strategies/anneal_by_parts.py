"""Anneal a large region: quickly for a first plan, then long, part by part.

A part is some thousands of units: what annealing looks at stays in the processor's
cache, and parts are annealed side by side. Zones at the border of a part are at the
border of another one only by chance in the next round.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.problem import halve
from zoning.search.annealing import anneal
from zoning.search.annealing import region_growing as grow
from zoning.search.annealing.anneal import Descent
from zoning.search.instance.subset import restrict
from zoning.search.instance.zone_graph import ZoneGraph
from zoning.search.run import Run
from zoning.search.strategies.anneal import compile_once
from zoning.search.strategies.lns import mended

Labels = NDArray[np.int32]
PART_UNITS, PART_ZONES = 2_500, 100  # what a part has, about, or more
FIRST_SWEEPS = 200  # proposals per unit before the first plan
MOST_SWEEPS = 30_000  # of all rounds; more gains nothing
ROUNDS = (1.0, 0.5, 0.3)  # temperature each begins with
PACE = 5_000_000  # proposals a second that a slow core with other work to do manages
SLOWER = 80  # units to a zone at which it manages half of them
TASTE = 200  # sweeps over one part that tell whether it does
MEND_SHARE = 0.5  # of the time left may go to broken zones at the end
PATIENCE, MOST_SHARE = 2.0, 0.7  # at most so much of the share, and of the time left
SPARE = 0.8  # share of the time that is reckoned with where it does not


@dataclass(frozen=True)
class First:
    """Strategy: a first plan of a large region, soon.

    Parameters
    ----------
    share
        At most this part of the time left is used.
    """

    share: float = 0.5

    def __call__(self, run: Run) -> None:
        """Offer a plan, or keep labels that nearly are one."""
        compile_once(run)
        if run.plan is not None:  # the planner's, or last year's
            return
        deadline = perf_counter() + self.share * run.left
        begin = grow.start(run.arrays, run.count, run.seed)
        descent = Descent(run.seed, FIRST_SWEEPS, deadline, begin)
        landing = anneal.descend(run.arrays, run.count, descent)
        best = landing.last if landing.best is None else landing.best
        _offer(run, best, deadline)


@dataclass(frozen=True)
class AnnealParts:
    """Strategy: anneal a plan part by part, each round with parts cut anew.

    How many proposals there are hangs on the time limit, not on the clock, so that two
    runs are alike. A machine slower than `PACE` takes longer, up to `PATIENCE` times
    the share, then makes fewer.

    Parameters
    ----------
    share
        About this part of the time limit is used.
    """

    share: float = 0.3

    def __call__(self, run: Run) -> None:
        """Offer the plan it ends with, where no zone stays broken."""
        labels = run.nearest_labels()
        if labels is None:
            return
        seconds = min(PATIENCE * self.share * run.time_limit, MOST_SHARE * run.left)
        deadline = perf_counter() + seconds
        labels = labels.copy()
        sweeps = self._sweeps(run)
        for number, hot in enumerate(ROUNDS):
            if perf_counter() > deadline:
                break
            due = (deadline - perf_counter()) / (len(ROUNDS) - number)
            how = Descent(run.seed + number, sweeps, perf_counter() + due, None, hot)
            _round(run, labels, how)
        _offer(run, labels, perf_counter() + MEND_SHARE * run.left)

    def _sweeps(self, run: Run) -> int:
        """Proposals per unit in each round, by the time limit."""
        n = len(run.units)
        pace = PACE * run.workers / (1.0 + n / run.count / SLOWER)
        sweeps = pace * self.share * run.time_limit / n
        return int(min(MOST_SWEEPS, sweeps) / len(ROUNDS)) + 1


def _round(run: Run, labels: Labels, how: Descent) -> None:
    """Anneal every part once; `labels` become those at the end."""
    graph = ZoneGraph(run.arrays, labels, run.count)
    parts = _parts(run, graph, how.seed)
    least = _taste(run, labels, graph, parts, how)

    def descend(part: NDArray[np.int64]) -> Labels:
        return _descend(run, labels, graph, part, replace(how, sweeps=least))

    for part, found in zip(parts, list(run.map(descend, parts)), strict=True):
        labels[graph.units(part.tolist())] = part[found]


def _taste(
    run: Run,
    labels: Labels,
    graph: ZoneGraph,
    parts: list[NDArray[np.int64]],
    how: Descent,
) -> int:
    """The sweeps wanted, or fewer where a slow machine has no time for them.

    A descent that the clock ends is still hot: worse than a short one.
    """
    _descend(run, labels, graph, parts[0], replace(how, sweeps=1))  # compiled, and warm
    begun = perf_counter()
    _descend(run, labels, graph, parts[0], replace(how, sweeps=TASTE))
    every = (perf_counter() - begun) * len(parts) / min(run.workers, len(parts))
    left = SPARE * (how.deadline - perf_counter())
    return max(1, min(how.sweeps, int(TASTE * left / every)))


def _descend(
    run: Run, labels: Labels, graph: ZoneGraph, part: NDArray[np.int64], how: Descent
) -> Labels:
    """Anneal some zones; gives their places among them for each of their units."""
    units = graph.units(part.tolist())
    inside = np.searchsorted(part, labels[units]).astype(np.int32)
    a = restrict(run.arrays, units, part)
    landing = anneal.descend(a, len(part), replace(how, begin=inside))
    return landing.last if landing.best is None else landing.best


def _parts(run: Run, graph: ZoneGraph, seed: int) -> list[NDArray[np.int64]]:
    """Zones of each part, ascending; one part where rules look beyond it."""
    every = np.arange(run.count)
    size = np.array([len(units) for units in graph.members], np.int64)
    count = -(-int(size.sum()) // PART_UNITS)
    count = min(max(run.workers, count), -(-run.count // PART_ZONES))
    if run.arrays.labelled or run.arrays.compatibility.matters:
        return [every]
    chance = np.random.default_rng(seed)
    return [np.sort(part) for part in halve(graph.middle, size, every, count, chance)]


def _offer(run: Run, labels: Labels, deadline: float) -> None:
    """Mend broken zones and offer the plan, or keep the labels as nearly one."""
    run.near.append(mended(run, labels, deadline))
