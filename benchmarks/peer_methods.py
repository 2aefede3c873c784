"""What a planner could use instead: each as a function that reports its plans.

``method(task, report)`` calls ``report(labels)`` for every plan it makes until
``task.left()`` is used up; the caller keeps the best by the library's own checker.
Packages are imported inside, so that one that is missing stops only its own method.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import count
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from benchmarks.whole_zones import made_whole
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.region import Ints

Report = Callable[[ArrayLike], None]


@dataclass
class Task:
    """A problem, the second when time is up, and what may be used meanwhile."""

    problem: Problem
    deadline: float
    seed: int
    workers: int
    extra: dict[str, Any]  # what a method wants to tell beside its plan: a bound
    best: Plan | None = None

    def left(self) -> float:
        """Seconds that are left."""
        return self.deadline - time.monotonic()

    @cached_property
    def pieces(self) -> list[tuple[NDArray[np.int64], int]]:
        """Connected parts and how many zones each should get by its load."""
        units = np.arange(len(self.problem.region))
        return self._pieces(units, self.problem.num_zones)

    @cached_property
    def pieces_apart(self) -> list[tuple[NDArray[np.int64], int]]:
        """Units too heavy for a zone by themselves, and the pieces of the others."""
        heavy = [*self.problem.shared_out.heavy]
        if not heavy:
            return self.pieces
        rest = np.setdiff1d(np.arange(len(self.problem.region)), np.concatenate(heavy))
        pieces = self._pieces(rest, self.problem.num_zones - len(heavy))
        return [*((units, 1) for units in heavy), *pieces]

    def _pieces(
        self, units: NDArray[np.int64], zones: int
    ) -> list[tuple[NDArray[np.int64], int]]:
        parts, part = connected_components(self.graph(units))
        load = np.bincount(part, weights=self.capped[units])
        size = np.bincount(part)
        share = np.maximum(load / load.sum() * zones, 1e-9)
        given = np.clip(np.floor(share), 1, size).astype(int)
        while given.sum() < min(zones, len(units)):
            given[np.where(given < size, given - share, np.inf).argmin()] += 1
        while given.sum() > max(zones, parts):
            given[np.where(given > 1, given - share, -np.inf).argmax()] -= 1
        return [(units[part == c], int(given[c])) for c in range(parts)]

    @cached_property
    def capped(self) -> Ints:
        """Loads, none above what a zone may cost where the band bends."""
        load, band = self.problem.region.load, self.problem.cost_band
        if self.problem.strict or band is None:
            return load
        return np.minimum(load, band.high - self.problem.fixed)

    def graph(self, units: NDArray[np.int64]) -> csr_array:
        """Who touches whom among some units."""
        region = self.problem.edited_region
        return region.graph(region.edges)[units][:, units]

    def weight(self, start: int) -> Ints:
        """What to balance units by: their load or, on every other start once a plan
        is known, load and the travel they have in the best plan so far. Where bands
        bend, five of seven starts cap loads at what a zone may cost.
        """
        load = self.problem.region.load if start % 7 > 4 else self.capped
        if self.best is None or start % 2 == 0:
            return load
        weight = load.copy()
        for units in self.best.zones:
            table = self.problem.travel_between(units, units)
            weight[units] += table[:, table.sum(axis=0).argmin()]
        return weight

    def usable(self, labels: ArrayLike, start: int) -> ArrayLike:
        """The partition as it is or, where bands bend, with torn zones mended: there
        is no plan to compare with unless all zones are whole.
        """
        if self.problem.strict:
            return labels
        chance = np.random.default_rng([self.seed, start])
        return made_whole(self.problem, labels, chance)

    def length(self, units: NDArray[np.int64], graph: csr_array) -> NDArray[np.float64]:
        """Metres of each entry of a graph of some units."""
        xy = self.problem.region.xy[units]
        rows = np.repeat(np.arange(len(units)), np.diff(graph.indptr))
        return np.hypot(*(xy[rows] - xy[graph.indices]).T)


def zoning_solve(task: Task, report: Report) -> None:
    """This library."""
    from zoning.solve import solve

    result = solve(
        task.problem, time_limit=task.left(), seed=task.seed, workers=task.workers
    )
    task.extra.update(bound=result.bound, gap=result.gap, solve_status=result.status)
    if not task.problem.strict:
        task.extra.update(excess_bound=result.excess_bound)
    if result.plan is not None:
        report(result.plan.zone_of)


def metis(task: Task, report: Report) -> None:
    """METIS, contiguous k-way and recursive, loads as weights, many seeds, several
    allowances for imbalance, edges counted alike or by closeness. Its k-way minds no
    seed, so where bands bend units come in another order at each start.
    """
    import pymetis

    def split(units: NDArray[np.int64], k: int, start: int) -> ArrayLike:
        order = np.arange(len(units))
        if not task.problem.strict:
            np.random.default_rng([task.seed, start]).shuffle(order)
        units = units[order]
        graph = task.graph(units)
        options = pymetis.Options()
        recursive = start % 5 == 4
        if not recursive:
            options.contig = 1
        options.ufactor = (50, 30, 100, 10, 150)[start // 2 % 5]
        options.seed, options.ncuts, options.niter = task.seed * 100_003 + start, 5, 30
        close = _closeness(task, units, graph) if start % 4 >= 2 else None
        found = pymetis.part_graph(
            k,
            xadj=graph.indptr.tolist(),
            adjncy=graph.indices.tolist(),
            vweights=task.weight(start)[units].tolist(),
            eweights=close,
            recursive=recursive,
            options=options,
        ).vertex_part
        return np.asarray(found)[np.argsort(order)]

    _many_starts(task, report, split)


def kahip(task: Task, report: Report) -> None:
    """KaHIP's kaffpa, strong and eco, loads as weights, many seeds. Its wheel has no
    switch for connected blocks.
    """
    import kahip as package

    modes = (package.ECO, package.STRONG)

    def split(units: NDArray[np.int64], k: int, start: int) -> ArrayLike:
        graph = task.graph(units)
        close = _closeness(task, units, graph) if start % 4 >= 2 else [1] * graph.nnz
        return package.kaffpa(
            task.weight(start)[units].tolist(),
            graph.indptr.tolist(),
            close,
            graph.indices.tolist(),
            k,
            (0.05, 0.03, 0.10)[start // 2 % 3],
            True,
            (task.seed * 100_003 + start) % 2**31,
            modes[min(start, 1)],
        )[1]

    _many_starts(task, report, split)


def _closeness(task: Task, units: NDArray[np.int64], graph: csr_array) -> list[int]:
    metres = task.length(units, graph)
    near = np.median(metres) if len(metres) else 1.0
    return (
        np.clip(np.rint(100 * near / (metres + near / 10)), 1, 1000)
        .astype(int)
        .tolist()
    )


def _many_starts(
    task: Task,
    report: Report,
    split: Callable[[NDArray[np.int64], int, int], ArrayLike],
) -> None:
    for start in count():
        labels = np.zeros(len(task.problem.region), np.int64)
        first = 0
        for units, k in task.pieces_apart if start % 7 < 3 else task.pieces:
            labels[units] = (
                first + np.asarray(split(units, k, start)) if k > 1 else first
            )
            first += k
        report(task.usable(labels, start))
        if task.left() <= 0:
            return


def gerrychain(task: Task, report: Report) -> None:
    """GerryChain: a recursive tree for the first plan, then its optimiser with short
    bursts of ReCom on travel and on what costs lie outside the band.
    """
    if not task.problem.strict:
        gerrychain_bent(task, report)
        return
    import networkx as nx
    from gerrychain import Graph, Partition
    from gerrychain.optimization import SingleMetricOptimizer
    from gerrychain.partition import recursive_tree_part
    from gerrychain.proposals import recom
    from gerrychain.tree import bipartition_tree
    from gerrychain.updaters import Tally

    problem, region = task.problem, task.problem.edited_region
    score = _Score(task.problem)
    tolerance = problem.tolerance or 0.10
    plain = nx.Graph()
    plain.add_nodes_from((i, {"load": int(region.load[i])}) for i in range(len(region)))
    plain.add_edges_from(region.edges.tolist())
    if len(task.pieces) > 1:
        msg = "GerryChain needs a connected graph"
        raise ValueError(msg)
    graph = Graph.from_networkx(plain)
    target = float(region.load.sum()) / problem.num_zones
    common = {"pop_col": "load", "pop_target": target}
    # as it comes it tries 100,000 trees before it gives a tolerance up
    halve = partial(bipartition_tree, max_attempts=50)
    for start in count():
        rng = random.Random(task.seed * 100_003 + start)
        first = None
        for allowed in tolerance * np.array([1.0, 1.5, 2.0, 3.0, 5.0]):
            try:
                first = recursive_tree_part(
                    graph,
                    range(problem.num_zones),
                    epsilon=allowed,
                    bipartition_tree_fn=halve,
                    rng=rng,
                    **common,
                )
                break
            except (RuntimeError, ValueError):
                continue
        if first is None:
            if task.left() <= 0:
                return
            continue
        tallied = {"load": Tally("load", alias="load")}
        partition = Partition(graph, assignment=first, updaters=tallied)
        report(_labels(partition, len(region)))

        def propose(
            partition: Any, rng: Any = rng, e: float = allowed, **_: Any
        ) -> Any:
            return recom(partition, epsilon=e, rng=rng, **common)

        chain = SingleMetricOptimizer(
            propose, lambda _: True, partition, score, maximize=False, rng=rng
        )
        least = None
        steps = 20_000 if len(region) < 500 else 5_000
        for _ in chain.short_bursts(10, steps // 10):
            if least is None or chain.best_score < least:
                least = chain.best_score
                report(_labels(chain.best_part, len(region)))
            if task.left() <= 0:
                return


def gerrychain_bent(task: Task, report: Report) -> None:
    """GerryChain where bands bend: short bursts of ReCom and of flips of single units,
    by what lies outside the band, then cost.

    Its recursive trees find no first plan there, as no zone with a heavy unit is
    balanced; so first plans are halves of random spanning trees. Loads are capped for
    ReCom on two of three starts, which allows 10 to 50 % from the mean.
    """
    import networkx as nx
    from gerrychain import Graph, Partition
    from gerrychain.constraints import contiguous
    from gerrychain.optimization import SingleMetricOptimizer
    from gerrychain.proposals import propose_random_flip, recom
    from gerrychain.proposals.tree_proposals import MetagraphError
    from gerrychain.tree import bipartition_tree
    from gerrychain.updaters import Tally

    region, zones = task.problem.edited_region, task.problem.num_zones
    score = _Score(task.problem)
    halve = partial(bipartition_tree, max_attempts=20, allow_pair_reselection=True)
    for start in count():
        rng = random.Random(task.seed * 100_003 + start)
        load = region.load if start % 3 == 2 else task.capped
        plain = nx.Graph()
        plain.add_nodes_from((i, {"load": int(load[i])}) for i in range(len(region)))
        plain.add_edges_from(region.edges.tolist())
        pieces = task.pieces if start % 2 else task.pieces_apart
        first = np.zeros(len(region), np.int64)
        for number, (units, _) in enumerate(pieces):
            first[units] = number
        partition = Partition(
            Graph.from_networkx(plain),
            assignment=dict(enumerate(task.usable(first, start).tolist())),
            updaters={"load": Tally("load", alias="load")},
        )
        report(_labels(partition, len(region)))
        trees = {
            "pop_col": "load",
            "pop_target": float(load.sum()) / zones,
            "epsilon": (0.5, 0.25, 0.1)[start % 3],
            "bipartition_tree_fn": halve,
        }

        def propose(
            partition: Any, rng: Any = rng, trees: Any = trees, **_: Any
        ) -> Any:
            if rng.random() < 0.2:
                try:
                    return recom(partition, rng=rng, **trees)
                except (RuntimeError, MetagraphError):
                    pass
            return propose_random_flip(partition, rng=rng)

        def no_zone_empty(partition: Any) -> bool:
            return all(partition.parts.values())

        chain = SingleMetricOptimizer(
            propose,
            [no_zone_empty, contiguous],
            partition,
            score,
            maximize=False,
            rng=rng,
        )
        least = None
        for _ in chain.short_bursts(10, 2_000):
            if least is None or chain.best_score < least:
                least = chain.best_score
                report(_labels(chain.best_part, len(region)))
            if task.left() <= 0:
                return


def _labels(partition: Any, n: int) -> NDArray[np.int64]:
    labels = np.empty(n, np.int64)
    for number, part in enumerate(sorted(partition.parts)):
        labels[list(partition.parts[part])] = number
    return labels


class _Score:
    """Travel of a partition, plus ten times what its zones lie outside the band; a
    thousand times where it bends, as the least excess comes first there.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.price = 10 if problem.strict else 1_000
        self.known: dict[frozenset[int], int] = {}

    def __call__(self, partition: Any) -> int:
        return sum(self._zone(frozenset(x)) for x in partition.parts.values())

    def _zone(self, members: frozenset[int]) -> int:
        if members not in self.known:
            units = np.fromiter(members, np.int64)
            travel = int(self.problem.travel_between(units, units).sum(axis=0).min())
            cost = self.problem.fixed + int(self.problem.region.load[units].sum())
            self.known[members] = travel
            band = self.problem.cost_band
            if band is not None:
                cost += travel
                outside = max(band.low - cost, cost - band.high, 0)
                self.known[members] += self.price * outside
            if len(self.known) > 500_000:
                self.known.clear()
                return self._zone(members)
        return self.known[members]


def _tables(task: Task) -> tuple[Any, Any]:
    """GeoDataFrame and weights of the region, as spopt wants them."""
    import geopandas
    from libpysal.weights import W

    region = task.problem.edited_region
    ends, near = region.adjacency
    weights = W(
        {i: near[ends[i] : ends[i + 1]].tolist() for i in range(len(region))},
        silence_warnings=True,
    )
    columns = {"x": region.xy[:, 0], "y": region.xy[:, 1], "load": region.load}
    points = geopandas.points_from_xy(*region.xy.T)
    return geopandas.GeoDataFrame(columns, geometry=points), weights


def spopt_azp(task: Task, report: Report) -> None:
    """spopt's AZP on coordinates, many seeds."""
    from spopt.region import AZP

    frame, weights = _tables(task)
    for seed in _seeds(task):
        model = AZP(
            frame, weights, ["x", "y"], task.problem.num_zones, random_state=seed
        )
        model.solve()
        report(model.labels_)


def spopt_maxp(task: Task, report: Report) -> None:
    """spopt's max-p on coordinates with least loads, the least load moved until it
    makes the wanted number of zones.
    """
    from spopt.region import MaxPHeuristic

    frame, weights = _tables(task)
    share = float(task.problem.region.load.sum()) / task.problem.num_zones
    low, high = 0.3, 1.0
    factor = 0.9
    for seed in _seeds(task):
        np.random.seed(seed)  # noqa: NPY002 - spopt draws from the global generator
        model = MaxPHeuristic(
            frame, weights, ["x", "y"], "load", factor * share, top_n=3
        )
        model.solve()
        labels = np.asarray(model.labels_)
        report(labels)
        zones = len(np.unique(labels))
        if zones > task.problem.num_zones:
            low = factor
        elif zones < task.problem.num_zones:
            high = factor
        if high - low < 0.01:
            low, high = max(0.3, low - 0.05), min(1.0, high + 0.05)
        factor = (low + high) / 2 if zones != task.problem.num_zones else factor


def spopt_ward(task: Task, report: Report) -> None:
    """spopt's spatially constrained Ward on coordinates; nothing in it is random."""
    from spopt.region import WardSpatial

    frame, weights = _tables(task)
    model = WardSpatial(frame, weights, ["x", "y"], task.problem.num_zones)
    model.solve()
    report(model.labels_)


def spopt_skater(task: Task, report: Report) -> None:
    """spopt's SKATER on coordinates, with several least numbers of units a zone."""
    from spopt.region import Skater

    frame, weights = _tables(task)
    size = len(task.problem.region) / task.problem.num_zones
    for share in (0.5, 0.0, 0.75, 0.25):
        model = Skater(
            frame,
            weights,
            ["x", "y"],
            task.problem.num_zones,
            floor=max(1, round(share * size)),
        )
        model.solve()
        report(model.labels_)
        if task.left() <= 0:
            return


def spopt_kmeans(task: Task, report: Report) -> None:
    """spopt's region-k-means on coordinates, many seeds."""
    from spopt.region import RegionKMeansHeuristic

    _, weights = _tables(task)
    xy = np.array(task.problem.region.xy)
    for seed in _seeds(task):
        model = RegionKMeansHeuristic(xy, task.problem.num_zones, weights, seed=seed)
        model.solve()
        report(model.labels_)


def _seeds(task: Task) -> Iterator[int]:
    """One seed after another while time is left, at least one."""
    for start in count():
        yield task.seed * 100_003 + start
        if task.left() <= 0:
            return


BOUNDS = (0.0, 0.5, 0.75, 0.9)  # least load of a zone, shares of the fair share


def pygeoda_skater(task: Task, report: Report) -> None:
    """pygeoda's SKATER on coordinates with several least loads."""
    import pygeoda

    weights, data, bound = _geoda(task)
    for share in BOUNDS:
        k = task.problem.num_zones
        report(pygeoda.skater(k, weights, data, **bound(share))["Clusters"])
        if task.left() <= 0:
            return


def pygeoda_redcap(task: Task, report: Report) -> None:
    """pygeoda's REDCAP on coordinates, every linkage, several least loads."""
    import pygeoda

    linkages = (
        "fullorder-wardlinkage",
        "fullorder-averagelinkage",
        "fullorder-completelinkage",
        "fullorder-singlelinkage",
        "firstorder-singlelinkage",
    )
    weights, data, bound = _geoda(task)
    for share in BOUNDS:
        for linkage in linkages:
            k = task.problem.num_zones
            found = pygeoda.redcap(k, weights, data, linkage, **bound(share))
            report(found["Clusters"])
            if task.left() <= 0:
                return


def pygeoda_azp(task: Task, report: Report) -> None:
    """pygeoda's AZP (greedy, annealing, tabu) on coordinates, many seeds."""
    import pygeoda

    weights, data, bound = _geoda(task)
    k = task.problem.num_zones
    for start, seed in enumerate(_seeds(task)):
        more = {**bound(BOUNDS[start // 3 % len(BOUNDS)]), "random_seed": seed + 1}
        if start % 3 == 0:
            found = pygeoda.azp_greedy(k, weights, data, **more)
        elif start % 3 == 1:
            found = pygeoda.azp_sa(k, weights, data, 0.85, sa_maxit=5, **more)
        else:
            found = pygeoda.azp_tabu(k, weights, data, 10, conv_tabu=100, **more)
        report(found["Clusters"])


def _geoda(task: Task) -> tuple[Any, list[list[float]], Callable[[float], Any]]:
    """Weights, coordinates and options of a least load, as pygeoda wants them."""
    import pygeoda

    region = task.problem.edited_region
    ends, near = region.adjacency
    lines = [f"0 {len(region)} units id"]
    for i in range(len(region)):
        mine = near[ends[i] : ends[i + 1]] + 1
        lines += [f"{i + 1} {len(mine)}", " ".join(map(str, mine))]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "units.gal"
        path.write_text("\n".join(lines) + "\n")
        ids = [str(i + 1) for i in range(len(region))]
        weights = pygeoda.read_gal(str(path), ids)
    share = float(region.load.sum()) / task.problem.num_zones

    def bound(least: float) -> dict[str, Any]:
        options = {"scale_method": "raw", "cpu_threads": task.workers}
        if least > 0:
            options["bound_variable"] = region.load.tolist()
            options["min_bound"] = least * share
        return options

    return weights, region.xy.T.tolist(), bound


def kmeans_constrained(task: Task, report: Report) -> None:
    """Constrained k-means: numbers of units are bounded, it knows no loads and no
    neighbours. Many seeds, several bounds.
    """
    from k_means_constrained import KMeansConstrained

    size = len(task.problem.region) / task.problem.num_zones
    for start, seed in enumerate(_seeds(task)):
        loose = (0.1, 0.3, 0.6)[start % 3]
        model = KMeansConstrained(
            task.problem.num_zones,
            size_min=max(1, int(size * (1 - loose))),
            size_max=ceil(size * (1 + loose)),
            n_init=1,
            random_state=seed,
            n_jobs=task.workers,
        )
        report(model.fit_predict(np.array(task.problem.region.xy)))


def cpsat_plain(task: Task, report: Report) -> None:
    """A hand-written CP-SAT model: assignment to centers, torn zones cut off."""
    from benchmarks.plain_cpsat import solve_plain

    task.extra["bound"] = solve_plain(
        task.problem,
        time_limit=task.left(),
        seed=task.seed,
        workers=task.workers,
        report=report,
    )


METHODS: dict[str, tuple[Callable[[Task, Report], None], str]] = {
    "zoning": (zoning_solve, "zoning"),
    "metis": (metis, "pymetis"),
    "kahip": (kahip, "kahip"),
    "gerrychain": (gerrychain, "gerrychain"),
    "spopt-azp": (spopt_azp, "spopt"),
    "spopt-maxp": (spopt_maxp, "spopt"),
    "spopt-ward": (spopt_ward, "spopt"),
    "spopt-skater": (spopt_skater, "spopt"),
    "spopt-kmeans": (spopt_kmeans, "spopt"),
    "pygeoda-skater": (pygeoda_skater, "pygeoda"),
    "pygeoda-redcap": (pygeoda_redcap, "pygeoda"),
    "pygeoda-azp": (pygeoda_azp, "pygeoda"),
    "kmeans-constrained": (kmeans_constrained, "k_means_constrained"),
    "cpsat-plain": (cpsat_plain, "ortools"),
}
