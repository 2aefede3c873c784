"""Large neighbourhood search: a few neighbouring zones solved again, exactly.

Neighbourhoods that share no zone are solved side by side. The same repairs zones whose
bands are broken, before there is any plan.

Shaw: Using constraint programming and local search methods to solve vehicle routing
problems. CP 1998, doi:10.1007/3-540-49481-2_30.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from warnings import warn

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.parallel.hub import Lost
from zoning.search.annealing.simulated_annealing import Schedule, anneal, violation
from zoning.search.annealing.transfer_zone import transfer_zone
from zoning.search.column_generation.restricted_master import (
    ColumnGenerationLimits,
)
from zoning.search.column_generation.solve import solve
from zoning.search.instance import labelling, zones
from zoning.search.instance.constants import NO_LIMIT, NOBODY
from zoning.search.instance.instance import Instance
from zoning.search.instance.subset import restrict
from zoning.search.instance.zone_graph import ZoneGraph
from zoning.search.instance.zones import Zones
from zoning.search.run import Run
from zoning.search.strategies.neighbourhoods import Neighbourhood, Neighbourhoods

ZoneOf = NDArray[np.int32]


@dataclass(frozen=True)
class NeighbourhoodParams:
    """How neighbourhoods are chosen and repaired.

    Parameters
    ----------
    sizes, repair_sizes
        Times the usual size of a neighbourhood; the latter around broken zones.
    max_zones
        Zones of a neighbourhood, at most.
    repair_rounds, repair_runs
        Looks at each broken neighbourhood; annealing runs in each look.
    bent_rounds
        Looks at each neighbourhood outside its bands, where these bend.
    repair_sweeps, repair_proposals
        Of each of these runs; the fewer of both.
    repair_temperature
        Where every other of them goes on from the plan as it is.
    exact_repair_units
        A broken neighbourhood of more is not solved exactly, others once.
    repair_share
        Of the time, while there is no plan at all.
    judging_ratio
        A better plan is judged at most so seldom, in times that takes.
    """

    sizes: tuple[float, ...] = (1.0, 1.8)
    repair_sizes: tuple[float, ...] = (1.5, 2.7, 6.0)
    max_zones: int = 24
    repair_rounds: int = 12
    repair_runs: int = 4
    bent_rounds: int = 1
    repair_sweeps: int = 20_000
    repair_proposals: int = 2_500_000
    repair_temperature: float = 0.5
    exact_repair_units: int = 150
    repair_share: float = 0.6
    judging_ratio: float = 20.0


PARAMS = NeighbourhoodParams()


@dataclass(frozen=True)
class LNS:
    """Strategy: solve neighbourhoods of zones again until none gets better.

    Parameters
    ----------
    units
        A neighbourhood takes in zones until it holds so many units (and three zones).
    seconds
        At most so long for one neighbourhood.
    share
        At most this part of the time left is used.
    pace
        After so many neighbourhoods for each second of that part of the time limit it
        ends, too: what it finds then hangs less on the clock.
    params
        How neighbourhoods are chosen and repaired.
    """

    units: int = 70
    seconds: float = 3.0
    share: float = 0.6
    pace: float = inf
    params: NeighbourhoodParams = PARAMS

    def __call__(self, run: Run) -> None:
        """Submit every better plan."""
        zone_of = run.nearest_plan()
        if zone_of is None or run.num_zones < 3:
            return
        plan = _PlanInWork(run, zone_of.copy(), self, "windows")
        share = self.share
        if run.plan is None:
            share = max(share, self.params.repair_share)
        rest = run.time_left * (1 - share)
        most = self.pace * share * run.limits.time * run.workers
        looked, size = 0, max(1, run.workers)
        try:
            while run.time_left > rest and not run.done and looked < most:
                batch = plan.broken(size) or plan.hoods.waiting(size)
                if not plan.improve(batch):
                    break
                looked += len(batch)
        finally:
            plan.submit()


def repair(run: Run, zone_of: ZoneOf, deadline: float) -> ZoneOf:
    """A plan with as many broken zones mended as the time allows.

    Where none is left, it is submitted.
    """
    plan = _PlanInWork(run, zone_of.copy(), LNS(), "annealing")
    size = max(1, run.workers)
    while perf_counter() < deadline and plan.improve(plan.broken(size)):
        pass
    plan.submit()
    return plan.zone_of


class _PlanInWork:
    """A plan being improved, neighbourhood by neighbourhood."""

    def __init__(self, run: Run, zone_of: ZoneOf, lns: LNS, what: str) -> None:
        self.run = run
        self.zone_of = zone_of
        self.lns = lns
        self.params = lns.params
        self.what = what
        self.graph = ZoneGraph(run.instance, zone_of, run.num_zones)
        self.hoods = Neighbourhoods(
            self.graph,
            units=lns.units,
            sizes=self.params.sizes,
            repair_sizes=self.params.repair_sizes,
            max_zones=self.params.max_zones,
            tried=run.tried,
        )
        self._submitted = self._judging = 0.0  # when last, and how long it took
        self._known = -1  # changes there were then

    def submit(self) -> None:
        """Put the plan forward where it is new and no zone is broken."""
        changes = self.hoods.changes
        if not self.graph.allowed.all() or changes == self._known:
            return
        begun = perf_counter()
        self._known = changes
        self.run.submit(self.zone_of, self.what)
        self._submitted = perf_counter()
        self._judging = self._submitted - begun

    def broken(self, most: int) -> list[Neighbourhood]:
        """Neighbourhoods of broken zones; none where none is, or hope is lost.

        They come again and again, with other random choices; in between a zone is moved
        from elsewhere.
        """
        hoods, some = self.hoods, self.params
        rounds = some.bent_rounds if self.run.instance.bends else some.repair_rounds
        while not self.graph.ok.all() and hoods.round < rounds:
            out = hoods.broken(most)
            if out:
                return out
            self._transfer_zones()
            hoods.round += 1
        return []

    def _transfer_zones(self) -> None:
        """Move a zone to where it is wanted, where no neighbourhood could mend that."""
        run = self.run
        if run.instance.labelled:
            return  # zones with names stay where they are
        for seed in np.flatnonzero(~self.graph.ok).tolist():
            if run.time_left <= 0 or self.graph.ok[seed]:
                continue
            found = transfer_zone(
                run.instance,
                self.zone_of,
                self.graph,
                seed,
                self.hoods.round,
                run.deadline,
            )
            if found is not None:
                moved = found != self.zone_of
                some = np.union1d(found[moved], self.zone_of[moved]).tolist()
                self.zone_of[:] = found
                self.hoods.changed(self.zone_of, some)

    def improve(self, batch: list[Neighbourhood]) -> bool:
        """Solve neighbourhoods that share no zone; False where there are none."""
        run = self.run
        jobs = [self._window(hood) for hood in batch]
        # mending is short by the number of its proposals
        seconds = inf if any(hood.broken for hood in batch) else self.lns.seconds
        found = run.map(solve_window, run.instance, jobs, seconds=seconds)
        for hood, better in zip(batch, found, strict=True):
            if isinstance(better, Lost):
                name = run.problem.region.names[run.units[hood.units[0]]]
                count = len(hood.zones)
                run.give_up(f"A window of {count} zones around {name}", better)
                continue
            if not hood.broken:
                run.tried.add(hood.content)
            if better is not None:
                self._accept(hood, better)
        run.keep()
        return bool(batch)

    def _window(self, hood: Neighbourhood) -> Window:
        now = np.searchsorted(hood.zones, self.zone_of[hood.units]).astype(np.int32)
        return Window(
            hood.units,
            hood.zones,
            now,
            bool(self.graph.allowed[list(hood.zones)].all()),
            hood.broken,
            self._change_left(hood),
            self.hoods.round,
            self.lns.seconds,
            self.run.seed,
            self.params,
        )

    def _change_left(self, hood: Neighbourhood) -> int | None:
        """Of the budget of change what other zones leave; None if there is none."""
        whole = self.run.instance
        rules = whole.label_rules
        if not whole.labelled or rules.change_most >= NO_LIMIT:
            return None
        outside = np.setdiff1d(np.arange(len(self.zone_of)), hood.units)
        before = rules.before[outside]
        changed = (before != NOBODY) & (before != self.zone_of[outside])
        return max(0, int(rules.change_most - rules.area[outside[changed]].sum()))

    def _accept(self, hood: Neighbourhood, better: Zones) -> None:
        """Take a better neighbourhood over; submit it unless judging takes too long."""
        labelled = self.run.instance.labelled
        if not take_over(self.zone_of, hood, better, labelled=labelled):
            return
        self.hoods.changed(self.zone_of, hood.zones)
        wait = self.params.judging_ratio * self._judging
        if perf_counter() > self._submitted + wait:
            self.submit()


def take_over(
    zone_of: ZoneOf, hood: Neighbourhood, better: Zones, *, labelled: bool
) -> bool:
    """Put a neighbourhood solved again into a plan; False if it is as it was."""
    before = zone_of[hood.units]
    fresh = zones.zone_of(better, len(hood.units))
    after = np.array(hood.zones, np.int32)[fresh]
    if labelled:
        same = np.array_equal(before, after)
    else:  # the same zones, be it by other numbers
        pairs = set(zip(before.tolist(), after.tolist(), strict=True))
        same = len(pairs) == len(hood.zones)
    if not same:
        zone_of[hood.units] = after
    return not same


@dataclass(frozen=True)
class Window:
    """Some zones to be solved again.

    Parameters
    ----------
    units, zones
        Of the region; zones rise.
    now
        Place of each unit's zone among them.
    allowed, broken
        All zones keep what is hard; one lies outside its bands.
    change_left
        What may change zone, m²; None: no budget.
    round
        How often broken zones were looked at before.
    seconds, seed, params
        How it is solved.
    """

    units: NDArray[np.int64]
    zones: tuple[int, ...]
    now: ZoneOf
    allowed: bool
    broken: bool
    change_left: int | None
    round: int
    seconds: float
    seed: int
    params: NeighbourhoodParams


def solve_window(whole: Instance, window: Window, deadline: float) -> Zones | None:
    """The best plan of a window, with as many zones as it has, or None."""
    instance = _instance(whole, window)
    num_zones, now = len(window.zones), window.now
    best = None
    if window.allowed:
        best = zones.of_plan(instance, now, num_zones)
    elif window.broken:
        mended = _repair(instance, window, deadline)
        large = len(now) > window.params.exact_repair_units
        if mended is not None or large or window.round != 1:
            return mended
    extra = 0
    if instance.labelled:
        changed = labelling.changed_area(instance, now)
        extra = labelling.change_cost(instance, changed)
    seconds = min(window.seconds, max(0.0, deadline - perf_counter()))
    limits = ColumnGenerationLimits(seconds=seconds, seed=window.seed)
    return solve(instance, num_zones, best, limits, [now], extra).best


def _instance(whole: Instance, window: Window) -> Instance:
    """Of a window; of the budget of change it has what others leave."""
    some = restrict(whole, window.units, np.array(window.zones))
    if window.change_left is None:
        return some
    most = np.int64(window.change_left)
    return some._replace(label_rules=some.label_rules._replace(change_most=most))


def _repair(instance: Instance, window: Window, deadline: float) -> Zones | None:
    """A plan of the window that is less broken, by annealing it again.

    Every other run begins anew: where parts hang together by a single edge, zones
    seldom get across it one unit at a time.
    """
    some, number, now = window.params, window.round, window.now
    num_zones = len(window.zones)
    before = violation(instance, now, num_zones)
    sweeps = min(some.repair_sweeps, some.repair_proposals // len(now))
    for seed in range(number * some.repair_runs, (number + 1) * some.repair_runs):
        schedule = Schedule(seed, sweeps, deadline)
        if seed % 2:
            schedule = Schedule(seed, sweeps, deadline, now, some.repair_temperature)
        found = anneal(instance, num_zones, schedule)
        if found.best is not None or found.violation < before - 1e-9:
            return zones.of_plan(instance, found.zone_of, num_zones)
    return None


def __getattr__(name: str) -> object:
    """The strategy by its old name, for one release."""
    if name != "Improve":
        raise AttributeError(name)
    warn("Improve is now LNS.", DeprecationWarning, stacklevel=2)
    return LNS
