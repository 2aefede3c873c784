"""Improve a plan window by window: a few neighbouring zones solved again, exactly.

A window is a zone and those nearest to it. Windows that do not touch are solved side by
side. The same mends zones whose bands are broken, before there is any plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.search.annealing import anneal
from zoning.search.annealing.transfer_zone import recount
from zoning.search.column_generation.restricted_master import (
    ColumnGenerationLimits,
)
from zoning.search.column_generation.solve import ColumnGenerationResult, solve
from zoning.search.instance import labelling, zones
from zoning.search.instance.constants import NO_LIMIT, NOBODY
from zoning.search.instance.instance import Instance
from zoning.search.instance.subset import restrict
from zoning.search.instance.zone_graph import ZoneGraph
from zoning.search.instance.zones import Zones
from zoning.search.run import Run
from zoning.search.strategies.neighbourhood_queue import Turns

Labels = NDArray[np.int32]
MENDS, MEND_ROUNDS = 4, 12  # annealing runs for a broken window; looks at each
EXACT_UNITS = 150  # a broken window of more is not solved exactly, others once
MEND_SWEEPS, MEND_PROPOSALS = 20_000, 2_500_000  # the fewer of both, each run
FACTORS, BROKEN_FACTORS = (1.0, 1.8), (1.5, 2.7, 6.0)  # of a window's usual size
MEND_SHARE = 0.6  # of the time, while there is no plan at all
OFFER_SHARE = 20  # judge a better plan at most so seldom, in times it takes


@dataclass(frozen=True)
class Improve:
    """Strategy: solve windows of neighbouring zones again until none gets better.

    Parameters
    ----------
    units
        A window takes in zones until it holds so many units (and three zones).
    seconds
        At most so long for one window.
    share
        At most this part of the time left is used.
    pace
        After so many windows for each second of that part of the time limit it ends,
        too: what it finds then hangs less on the clock.
    """

    units: int = 70
    seconds: float = 3.0
    share: float = 0.6
    pace: float = inf

    def __call__(self, run: Run) -> None:
        """Offer every better plan."""
        labels = run.nearest_labels()
        if labels is None or run.count < 3:
            return
        work = _Work(run, labels.copy(), self)
        share = self.share if run.plan is not None else max(self.share, MEND_SHARE)
        rest = run.left * (1 - share)
        most = self.pace * share * run.time_limit * run.workers
        looked = 0
        try:
            while run.left > rest and not run.done and looked < most:
                batch = work.batch(max(1, run.workers))
                if not work.look(batch):
                    break
                looked += len(batch)
        finally:
            work.offer(now=True)


def mended(run: Run, labels: Labels, deadline: float) -> Labels:
    """Labels with as many broken zones mended as the time allows.

    Where none is left, they are offered.
    """
    work = _Work(run, labels.copy(), Improve(), "annealing")
    while perf_counter() < deadline and work.look(work.broken(max(1, run.workers))):
        pass
    work.offer(now=True)
    return work.labels


@dataclass(frozen=True)
class _Window:
    """Zones solved again together, and their units."""

    zones: tuple[int, ...]
    units: NDArray[np.int64]
    broken: bool


class _Work:
    """Labels being improved, and which windows are worth a look."""

    def __init__(
        self, run: Run, labels: Labels, settings: Improve, what: str = "windows"
    ) -> None:
        self.run = run
        self.what = what
        self.labels = labels
        self.settings = settings
        self.count = run.count
        self.tried: set[tuple[tuple[int, ...], int, int]] = set()
        self.round = 0  # of looks at broken zones
        self.version = np.zeros(self.count, np.int64)  # grows when a zone changes
        self.offered = self.judging = 0.0  # when last, and how long it took
        self.known = -1  # changes there were then
        self.graph = ZoneGraph(run.arrays, labels, run.count)
        self.turns = Turns(self.count)

    def offer(self, *, now: bool) -> None:
        """Put the labels forward; judging a large plan takes time, so not each time."""
        begun, changes = perf_counter(), int(self.version.sum())
        wait = OFFER_SHARE * self.judging
        if not self.graph.ok.all() or not (now or begun > self.offered + wait):
            return
        if changes == self.known:
            return
        self.known = changes
        self.run.offer(self.labels, self.what)
        self.offered = perf_counter()
        self.judging = self.offered - begun

    def batch(self, most: int) -> list[_Window]:
        """Windows not looked at yet that share no zone.

        While zones are broken only those around them, again and again with other
        chances; then all.
        """
        return self.broken(most) or self._waiting(most)

    def broken(self, most: int) -> list[_Window]:
        """Windows around broken zones; none where none is broken, or hope is lost."""
        while not self.graph.ok.all() and self.round < MEND_ROUNDS:
            out: list[_Window] = []
            for seed in np.flatnonzero(~self.graph.ok).tolist():
                window = self._fresh(seed) if len(out) < most else None
                if window is not None and _apart(window, out):
                    self.tried.add(self._key(window))
                    out.append(window)
            if out:
                return out
            self._recount()
            self.round += 1
        return []

    def _waiting(self, most: int) -> list[_Window]:
        """Windows where the fewest were looked at."""
        out: list[_Window] = []
        later = []
        while len(out) < most and (seed := self.turns.next()) is not None:
            window = self._fresh(seed)
            if window is None:
                continue
            later.append(seed)
            if _apart(window, out):
                self.tried.add(self._key(window))
                self.turns.looked(seed, window.zones)
                out.append(window)
        for seed in later:
            self.turns.add(seed)
        return out

    def look(self, batch: list[_Window]) -> bool:
        """Solve windows that share no zone; False where there are none."""
        found = self.run.map(self.solve, batch)
        for window, chosen in zip(batch, found, strict=True):
            self.put(window, chosen)
        return bool(batch)

    def _recount(self) -> None:
        """Move a zone to where it is wanted, where no window could mend that."""
        run = self.run
        if run.arrays.labelled:
            return  # zones with names stay where they are
        for seed in np.flatnonzero(~self.graph.ok):
            if run.left <= 0 or self.graph.ok[seed]:
                continue
            found = recount(
                run.arrays, self.labels, self.graph, int(seed), self.round, run.deadline
            )
            if found is not None:
                moved = found != self.labels
                zones = np.union1d(found[moved], self.labels[moved]).tolist()
                self.labels[:] = found
                self._changed(zones)

    def _changed(self, zones: Sequence[int]) -> None:
        """Only units of these zones went from one to another."""
        self.version[list(zones)] += 1
        self.graph.change(self.labels, zones)
        self.turns.changed(zones)

    def _fresh(self, seed: int) -> _Window | None:
        """The smallest window around a zone that was not tried as it is now."""
        for factor in FACTORS if self.graph.ok[seed] else BROKEN_FACTORS:
            window = self._around(seed, factor)
            if len(window.zones) == self.count:
                return None  # that is the whole region
            if self._key(window) not in self.tried:
                return window
        return None

    def _key(self, window: _Window) -> tuple[tuple[int, ...], int, int]:
        version = int(self.version[list(window.zones)].sum())
        return window.zones, version, self.round if window.broken else 0

    def _around(self, seed: int, factor: float) -> _Window:
        """A zone and the zones nearest to it that hang together with it."""
        graph = self.graph
        usual = max(1.0, len(self.labels) / self.count)
        most = self.settings.units * factor
        some = sorted(graph.around(seed, max(3, min(24, round(most / usual)))))
        return _Window(tuple(some), graph.units(some), not graph.ok[some].all())

    def solve(self, window: _Window) -> ColumnGenerationResult:
        """The best plan of the window with as many zones as it has."""
        a = self._window(window)
        count = len(window.zones)
        places = np.searchsorted(window.zones, self.labels[window.units])
        inside = places.astype(np.int32)
        if window.broken:
            mended = self._mend(a, count, inside)
            if mended is not None or len(inside) > EXACT_UNITS or self.round != 1:
                return ColumnGenerationResult(mended, None, closed=False)
        best = None if window.broken else zones.of_plan(a, inside, count)
        extra = (
            labelling.change_cost(a, labelling.changed_area(a, inside))
            if a.labelled
            else 0
        )
        limits = ColumnGenerationLimits(
            seconds=min(self.settings.seconds, self.run.left), seed=self.run.seed
        )
        return solve(a, count, best, limits, [inside], extra)

    def _window(self, window: _Window) -> Instance:
        """Arrays of a window; of the budget of change it has what others leave."""
        whole = self.run.arrays
        a = restrict(whole, window.units, np.array(window.zones))
        if not whole.labelled or whole.label_rules.change_most >= NO_LIMIT:
            return a
        outside = np.setdiff1d(np.arange(len(self.labels)), window.units)
        rest = (whole.label_rules.before[outside] != NOBODY) & (
            whole.label_rules.before[outside] != self.labels[outside]
        )
        left = (
            whole.label_rules.change_most - whole.label_rules.area[outside[rest]].sum()
        )
        return a._replace(
            label_rules=a.label_rules._replace(change_most=np.int64(max(0, left)))
        )

    def _mend(self, a: Instance, count: int, inside: Labels) -> Zones | None:
        """A plan of the window that is less broken, by annealing it again.

        Every other run begins anew: where parts hang together by a single edge, zones
        seldom get across it one unit at a time.
        """
        before = anneal.excess(a, inside, count)
        sweeps = min(MEND_SWEEPS, MEND_PROPOSALS // len(inside))
        for seed in range(self.round * MENDS, (self.round + 1) * MENDS):
            begin, hot = (inside, 0.5) if seed % 2 else (None, anneal.HOT)
            landing = anneal.descend(
                a, count, anneal.Descent(seed, sweeps, self.run.deadline, begin, hot)
            )
            if landing.best is not None:
                return zones.of_plan(a, landing.best, count)
            if landing.excess < before - 1e-9:
                return zones.of_plan(a, landing.last, count)
        return None

    def put(self, window: _Window, chosen: ColumnGenerationResult) -> None:
        """Take a better window over."""
        if chosen.best is None:
            return
        fresh = zones.zone_of(chosen.best, len(window.units))
        before = self.labels[window.units]
        after = np.array(window.zones, np.int32)[fresh]
        if self.run.arrays.labelled:
            same = np.array_equal(before, after)
        else:
            pairs = set(zip(before.tolist(), after.tolist(), strict=True))
            same = len(pairs) == len(window.zones)
        if same:
            return  # the same zones, be it by other numbers
        self.labels[window.units] = after
        self._changed(window.zones)
        self.offer(now=False)


def _apart(window: _Window, others: Sequence[_Window]) -> bool:
    """The window shares no zone with the others."""
    return not any(set(window.zones) & set(other.zones) for other in others)
