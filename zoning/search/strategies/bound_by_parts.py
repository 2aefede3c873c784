"""A bound for a city, part by part, so that no machine holds all pairs of units.

Multipliers are sought in each part of the region by itself, with the zones around it,
and joined. A bound is valid for any multipliers: it is proved at the joined ones, over
all centers, each with all the units that a zone around it could hold. See "A city" in
docs/formulation.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.parallel.hub import Lost
from zoning.search.instance.constants import FAR, NO_LIMIT, SCALE
from zoning.search.instance.instance import Instance
from zoning.search.instance.subset import restrict
from zoning.search.instance.zone_graph import ZoneGraph
from zoning.search.lagrangian.ascent import deflected_subgradient
from zoning.search.lagrangian.bound import initial_multipliers
from zoning.search.lagrangian.oracles import fill_units, knapsack_oracle
from zoning.search.pricing.duals import unit_duals
from zoning.search.pricing.reachability import reachable_units
from zoning.search.pricing.subproblems import CenterSubproblems, lagrangian_bound
from zoning.search.run import Run
from zoning.search.strategies.by_parts import cut_zones
from zoning.search.strategies.lagrangian_bound import LagrangianBound, nearest

Ints = NDArray[np.int64]
Multipliers = NDArray[np.float64]


@dataclass(frozen=True)
class BoundByPartsParams:
    """How multipliers are sought.

    Parameters
    ----------
    part_units, part_zones
        What a part has, about, or more, without the zones around it.
    rings
        Zones around a part that are looked at with it, in steps from zone to zone.
    steps
        First step of each round, as a part of the multipliers.
    looks
        Steps of each round.
    around
        A center is offered the nearest units, so many zones full of them.
    spare_proofs
        The end is kept free for so many proofs.
    """

    part_units: int = 2_500
    part_zones: int = 100
    rings: int = 1
    steps: tuple[float, ...] = (0.15, 0.05)
    looks: int = 150
    around: float = 3.0
    spare_proofs: float = 1.5


PARAMS = BoundByPartsParams()


@dataclass(frozen=True)
class BoundByParts:
    """Strategy: prove a Lagrangian bound at multipliers that were found part by part.

    Needs a plan, if a bad one, which tells how many zones a part has. How many looks
    there are is counted: the clock only ends it.

    Parameters
    ----------
    share
        At most this part of the time left is used.
    params
        How multipliers are sought.
    """

    share: float = 1.0
    params: BoundByPartsParams = PARAMS

    def __call__(self, run: Run) -> None:
        """Prove a bound at what is known, and after each round while that helps."""
        zone_of = run.nearest_plan()
        if zone_of is None or run.instance.is_complete:
            LagrangianBound(share=self.share)(run)
            return
        end = perf_counter() + self.share * run.time_left
        graph = ZoneGraph(run.instance, zone_of, run.num_zones)
        if run.multipliers is None:
            run.multipliers = initial_multipliers(
                run.instance, run.num_zones, [zone_of]
            )
        some = self.params
        begun, proof = perf_counter(), 0.0
        for number, step in enumerate((0.0, *some.steps)):
            seed = run.seed + number
            parts = cut_zones(graph, some.part_units, some.part_zones, seed)
            yuan = run.multipliers
            if number:
                last = end - some.spare_proofs * proof
                if run.done or perf_counter() > last:
                    return
                yuan = self._seek(run, graph, parts, step, last)
                begun = perf_counter()
            units = [graph.units(part.tolist()) for part in parts]
            bound = prove(run, yuan, units, end)
            if bound is None:
                return
            proof = perf_counter() - begun
            run.multipliers = yuan
            run.keep()
            least = bound if run.cost is None else min(bound, run.cost - run.base)
            if not run.update_bound(run.base + least, "centers") and number:
                return

    def _seek(
        self,
        run: Run,
        graph: ZoneGraph,
        parts: list[Ints],
        step: float,
        end: float,
    ) -> Multipliers:
        """Multipliers of every part, joined and brought to one level.

        The bound takes the zones of least reduced cost, wherever they are. So units
        bear, by load, what zones of their part are dearer than those of others: then
        it takes as many from each part as it has.
        """
        assert run.multipliers is not None
        yuan = run.multipliers.copy()
        jobs = []
        for part in parts:
            zones = around(graph, part, self.params.rings)
            units = graph.units(sorted(zones))
            own = np.searchsorted(units, graph.units(part.tolist()))
            jobs.append(SeekJob(units, own, len(zones), yuan[units], step, self.params))
        found = run.map(seek_multipliers, run.instance, jobs, end=end)
        for at, (job, one) in enumerate(zip(jobs, found, strict=True)):
            if isinstance(one, Lost):
                run.give_up(f"Prices of part {at + 1} of {len(jobs)}", one)
            else:
                yuan[job.units[job.own]] = one.yuan
        level = np.array([nan if isinstance(x, Lost) else x.dearest for x in found])
        known = np.isfinite(level)
        away = np.where(known, level - level[known].sum() / max(1, known.sum()), 0.0)
        weight = run.instance.sums[0] / max(1, run.instance.sums[0].sum())
        for job, dearer in zip(jobs, away, strict=True):
            own = job.units[job.own]
            yuan[own] += dearer * run.num_zones * weight[own]
        return yuan


def around(graph: ZoneGraph, part: Ints, rings: int) -> set[int]:
    """Zones of a part and those around it."""
    out = set(part.tolist())
    edge = out
    for _ in range(rings):
        edge = {other for k in edge for other in graph.touching[k]} - out
        out = out | edge
    return out


class SeekJob(NamedTuple):
    """A part to find multipliers of.

    Parameters
    ----------
    units
        Those of the part and around it, ascending.
    own
        Places among them of the part's own.
    num_zones
        Zones they are split into.
    yuan
        Multipliers to begin with.
    """

    units: Ints
    own: Ints
    num_zones: int
    yuan: Multipliers
    step: float
    params: BoundByPartsParams


class Sought(NamedTuple):
    """Multipliers of a part's own units.

    `dearest` is the reduced cost of the dearest zone a plan of the part takes, yuan.
    """

    yuan: Multipliers
    dearest: float


def seek_multipliers(whole: Instance, job: SeekJob, deadline: float) -> Sought:
    """Better multipliers of a part, as if there were nothing else."""
    some = job.params
    instance = restrict(whole, job.units)
    small = nearest(CenterSubproblems(instance, job.num_zones), some.around)
    best = deflected_subgradient(
        lambda yuan: knapsack_oracle(small, yuan),
        knapsack_oracle(small, job.yuan),
        some.looks,
        step=job.step,
        deadline=deadline,
    )
    least = np.partition(best.min_reduced_cost, job.num_zones - 1)
    dearest = int(least[job.num_zones - 1])
    return Sought(best.yuan[job.own], dearest / SCALE if dearest < NO_LIMIT else nan)


class Priced(NamedTuple):
    """A region and the whole-number multipliers of its units."""

    instance: Instance
    dual: Ints


def prove(run: Run, yuan: Multipliers, parts: list[Ints], end: float) -> int | None:
    """No plan travels less, by these multipliers; None if it got late.

    `parts`: units that are looked at as centers in one piece of work; together all.
    """
    duals = unit_duals(yuan)
    least = np.full(len(yuan), NO_LIMIT, np.int64)
    priced = Priced(run.instance, duals.unit)
    found = run.map(least_reduced_costs, priced, parts, end=end)
    for at, (part, one) in enumerate(zip(parts, found, strict=True)):
        if isinstance(one, Lost):
            run.give_up(f"The bound of part {at + 1} of {len(parts)}", one)
            least[part] = least_whatever(priced)
        elif one is None:
            return None
        else:
            least[part] = one
    return lagrangian_bound(duals, least, run.num_zones)


def least_reduced_costs(priced: Priced, units: Ints, deadline: float) -> Ints | None:
    """Of the knapsack of each of these centers; None if it got late."""
    if perf_counter() > deadline:
        return None
    out = np.full(len(units), NO_LIMIT, np.int64)
    travel = priced.instance.travel_data
    is_open = travel.of_pairs(units, units) < FAR
    centers = units[is_open]
    indptr, near = reachable_units(priced.instance, True, centers)
    out[is_open] = fill_units(priced.instance, centers, indptr, near, priced.dual)[0]
    return out


def least_whatever(priced: Priced) -> int:
    """No zone has a lower reduced cost: it is filled with what pays best per load."""
    dual = np.maximum(priced.dual, 0)
    load, most = priced.instance.sums[0], int(priced.instance.cost_high)
    free = int(dual[load == 0].sum())
    if most >= NO_LIMIT:
        return -int(dual.sum())
    best = (dual[load > 0] / load[load > 0]).max(initial=0.0)
    return -int(np.ceil(best * most * (1 + 2.0**-40))) - free - 1
