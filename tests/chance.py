"""Chance problems: a region of 2 to 9 units and any rules, by seed.

What is drawn is odd on purpose: units without load, several at one place, streets and
tables of travel that differ by direction, barriers with two names, compounds. Half of
the rules follow a hidden plan, so that many problems have a plan, though a tight one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import networkx as nx
import numpy as np

from zoning.costs import CostModel
from zoning.problem import Band, Problem
from zoning.region import Barrier, Region
from zoning.rules import (
    Border,
    CannotLink,
    Centers,
    Contain,
    Freeze,
    Lock,
    MustLink,
    Pin,
    Previous,
    Radius,
    Rule,
    SoftBarrier,
    Spread,
    Target,
)

RIVER, ROAD = Barrier("Ashi", "river"), Barrier("Ring Road", "primary road")
NAMES = ("North", "South", "East", "1")


@dataclass(frozen=True)
class Case:
    """What a `Problem` is made of; kept apart, since some of it may be refused."""

    region: Region
    num_zones: int
    tolerance: float | None
    bands: dict[str, Band]
    travel: Any
    fair_share: int | None
    rules: tuple[Rule, ...]
    hidden: tuple[int, ...] = field(repr=False)
    strict: bool = True

    def problem(self) -> Problem:
        """As the library sees it."""
        return Problem(
            self.region,
            self.num_zones,
            tolerance=self.tolerance,
            bands=self.bands,
            travel=self.travel,
            fair_share=self.fair_share,
            rules=self.rules,
            strict=self.strict,
        )


@dataclass(frozen=True)
class Sketch:
    """What rules are drawn from."""

    chance: np.random.Generator
    region: Region
    hidden: tuple[int, ...]

    def likely(self, share: float) -> bool:
        return bool(self.chance.random() < share)

    def one(self, *choices: Any) -> Any:
        return choices[int(self.chance.integers(len(choices)))]

    def some(self, low: int, high: int) -> tuple[str, ...]:
        """Buildings of chance."""
        ids = self.region.building_ids
        count = min(len(ids), int(self.chance.integers(low, high + 1)))
        return tuple(ids[i] for i in self.chance.permutation(len(ids))[:count])

    def of_zone(self, zone: int) -> tuple[str, ...]:
        """All buildings of a hidden zone."""
        return tuple(
            name
            for i, mine in enumerate(self.region.buildings)
            if self.hidden[i] == zone
            for name in mine
        )

    def zone(self) -> int:
        return int(self.chance.integers(max(self.hidden) + 1))

    def mates(self, low: int, high: int) -> tuple[str, ...]:
        """Buildings that share a hidden zone, or any."""
        inside = self.of_zone(self.zone())
        if self.likely(0.7) and len(inside) >= low:
            count = min(len(inside), int(self.chance.integers(low, high + 1)))
            return tuple(self.chance.permutation(inside)[:count].tolist())
        return self.some(low, high)


def _must_link(s: Sketch) -> Rule:
    return MustLink(s.mates(2, 3))


def _cannot_link(s: Sketch) -> Rule:
    if s.likely(0.7):
        firsts = [s.of_zone(k)[0] for k in range(max(s.hidden) + 1)]
        if len(firsts) > 1:
            return CannotLink(tuple(firsts[:3]))
    return CannotLink(s.some(2, 3))


def _pin(s: Sketch) -> Rule:
    zone = s.zone()
    inside = s.of_zone(zone)
    if s.likely(0.7):
        return Pin(NAMES[zone % 4], inside[: int(s.chance.integers(1, 3))])
    return Pin(s.one(*NAMES), s.some(1, 2))


def _lock(s: Sketch) -> Rule:
    zone = s.zone()
    return Lock(NAMES[zone % 4], s.of_zone(zone) if s.likely(0.8) else s.some(1, 3))


def _freeze(s: Sketch) -> Rule:
    zone = s.zone()
    return Freeze(NAMES[zone % 4], s.of_zone(zone) if s.likely(0.8) else s.some(1, 3))


def _contain(s: Sketch) -> Rule:
    return Contain(s.one("quarter", "quarter", "half"))


def _border(s: Sketch) -> Rule:
    return Border(s.one("half", "club"), s.one(1, 7, 300, 5_000))


def _soft_barrier(s: Sketch) -> Rule:
    names = ("Ashi", "river", "Ring Road", "primary road")
    met = {x for by in s.region.cut_by for b in by for x in (b.name, b.kind)}
    there = [name for name in names if name in met] or ["Ashi"]
    return SoftBarrier(s.one(*there), s.one(0, 0, 9, 400, 3_000))


def _radius(s: Sketch) -> Rule:
    soft = s.one(None, 60.5, 120.0, 200.0)
    hard = s.one(None, 130.0, 190.25, 260.0, 400.0)
    if soft is None and hard is None:
        hard = 300.0
    if soft is not None and hard is not None and soft >= hard:
        hard = None  # a price that nobody could come to pay is refused
    return Radius(hard, soft, 0 if soft is None else s.one(1, 50, 2_000))


def _centers(s: Sketch) -> Rule:
    n = len(s.region.building_ids)
    return Centers(s.some(max(1, n // 2), n))


def _target(s: Sketch) -> Rule:
    return Target(s.one(*NAMES), s.one(0.5, 0.75, 1.25, 1.5, 2.0))


def _spread(s: Sketch) -> Rule:
    return Spread("fee", s.one(0.05, 0.1, 0.25, 0.3, 0.4))


def _previous(s: Sketch) -> Rule:
    budget = s.one(None, 0.0, 0.1, 0.25, 0.5, 1 / 3)
    return Previous("was", budget, s.one(0.0, 0.6, 0.35, 1.0, 2.5, 40.0))


RULES: dict[str, Callable[[Sketch], Rule]] = {
    "must link": _must_link,
    "cannot link": _cannot_link,
    "pin": _pin,
    "lock": _lock,
    "freeze": _freeze,
    "contain": _contain,
    "border": _border,
    "soft barrier": _soft_barrier,
    "radius": _radius,
    "centers": _centers,
    "target": _target,
    "spread": _spread,
    "previous": _previous,
}
# Two of a name are refused, as are two last years, two soft limits of the way.
ONCE = ({"previous"}, {"lock", "freeze"}, {"target"}, {"radius"})


def case(seed: int, kinds: Sequence[str] | None = None, most: int = 9) -> Case:
    """A problem under rules of these kinds, or under up to four of any.

    `most` is the largest number of units.
    """
    chance = np.random.default_rng(seed)
    count = int(chance.choice([1, 2, 2, 2, 3, 3, 3, 4, 5]))
    n = int(chance.integers(max(2, count), most + 1))
    if chance.random() < 0.04:
        count = n
    graph = _graph(chance, n)
    hidden = _hidden(chance, graph, min(count, n))
    region = _region(chance, graph, hidden)
    sketch = Sketch(chance, region, hidden)
    if kinds is None:
        names = list(RULES)
        drawn = chance.choice(len(names), int(chance.integers(5)), p=_weights(names))
        kinds = [names[at] for at in drawn]
    rules = [RULES[kind](sketch) for kind in _without_repeats(kinds)]
    rules = [rule for rule in rules if _usable(rule, region)]
    return Case(region, count, *_limits(sketch, count), tuple(rules), hidden)


def _weights(names: Sequence[str]) -> Any:
    weight = np.array([2.0 if name == "previous" else 1.0 for name in names])
    return weight / weight.sum()


def _without_repeats(kinds: Sequence[str]) -> list[str]:
    met: list[str] = []
    for kind in kinds:
        if not any(kind in once and once.intersection(met) for once in ONCE):
            met.append(kind)
    return met


def _usable(rule: Rule, region: Region) -> bool:
    return not isinstance(rule, SoftBarrier) or bool(region.cut_by)


def _graph(chance: np.random.Generator, n: int) -> Any:
    graph = nx.random_labeled_tree(n, seed=int(chance.integers(1 << 30)))
    for _ in range(int(chance.integers(n + 2))):
        if n > 1:
            graph.add_edge(*map(int, chance.choice(n, 2, replace=False)))
    style = chance.random()
    if style < 0.06:
        graph = nx.complete_graph(n)
    elif style < 0.12 and n > 2:
        graph.remove_edge(*sorted(graph.edges)[int(chance.integers(len(graph.edges)))])
    return graph


def _hidden(chance: np.random.Generator, graph: Any, count: int) -> tuple[int, ...]:
    """Zones grown from seeds by chance; parts that are not reached join the last."""
    n = len(graph)
    label = dict(zip(chance.permutation(n)[:count].tolist(), range(count), strict=True))
    while True:
        border = sorted(
            (i, j) for i in sorted(label) for j in graph[i] if j not in label
        )
        if not border:
            break
        i, j = border[int(chance.integers(len(border)))]
        label[j] = label[i]
    return tuple(label.get(i, count - 1) for i in range(n))


def _region(chance: np.random.Generator, graph: Any, hidden: tuple[int, ...]) -> Region:
    n = len(graph)
    loads = [(0, 4), (1, 100), (0, 60), (900, 1_100), (80, 120), (1_000, 100_000)]
    low, high = loads[chance.integers(len(loads))]
    areas = [(0, 4), (1, 10), (0, 2_000)]
    xy = chance.uniform(0, 300, (n, 2)).round(2)
    same = chance.random() < 0.12
    if same:
        xy[chance.integers(n)] = xy[0]
    cuts, by = _cuts(chance, graph) if not same else ([], [])
    buildings = tuple((f"u{i}",) for i in range(n))
    if chance.random() < 0.2:  # some compounds
        pairs = chance.random(n) < 0.3
        buildings = tuple(
            (f"u{i}a", f"u{i}b") if pair else (f"u{i}",) for i, pair in enumerate(pairs)
        )
    way = None
    if chance.random() < 0.12:
        apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
        way = np.rint(apart * chance.uniform(1, 1.6, (n, n))).astype(np.int32)
    return Region(
        names=tuple(f"u{i}" for i in range(n)),
        xy=xy,
        load=chance.integers(low, high, n),
        sums={
            "area": chance.integers(*areas[chance.integers(3)], n),
            "households": chance.integers(0, 30, n),
        },
        edges=np.array(graph.edges, np.int32).reshape(-1, 2),
        cut_edges=np.array(cuts, np.int32).reshape(-1, 2),
        cut_by=tuple(by),
        costs=CostModel(
            entry_per_zone=float(chance.choice([0, 0, 500])),
            travel=float(chance.choice([0.0, 0.005, 0.02, 0.5, 3.0])),
            detour=float(chance.choice([1.0, 1.3])),
        ),
        way=way,
        buildings=buildings,
        columns=_columns(chance, hidden, buildings),
    )


def _cuts(
    chance: np.random.Generator, graph: Any
) -> tuple[list[tuple[int, int]], list[tuple[Barrier, ...]]]:
    """Pairs that a barrier parts, or two."""
    n = len(graph)
    free = sorted(nx.non_edges(graph))
    if not free or n < 3:
        return [], []
    most = int(chance.integers(1, 4))
    cuts = [tuple(free[i]) for i in chance.permutation(len(free))[:most]]
    kinds = [(RIVER,), (RIVER,), (ROAD,), (RIVER, ROAD)]
    return cuts, [kinds[chance.integers(4)] for _ in cuts]


def _columns(
    chance: np.random.Generator,
    hidden: tuple[int, ...],
    buildings: tuple[tuple[str, ...], ...],
) -> dict[str, tuple[Any, ...]]:
    n = len(hidden)
    drawn = {
        "quarter": [f"q{zone // 2}" for zone in hidden],
        "half": [chance.choice(["w", "e"], p=[0.6, 0.4]) for _ in range(n)],
        "club": [chance.choice(["a", "b", "c"]) for _ in range(n)],
        "fee": [round(0.1 * z + chance.uniform(0, 0.25), 2) for z in hidden],
        "was": [NAMES[zone % 4] for zone in hidden],
    }
    for i in np.flatnonzero(chance.random(n) < 0.2).tolist():
        drawn["was"][i] = [None, "North", "South", "Gone"][chance.integers(4)]
    for i in np.flatnonzero(chance.random(n) < 0.1).tolist():
        drawn["fee"][i] = None
    return {
        name: tuple(
            str(value) if isinstance(value, str) else value
            for value, mine in zip(values, buildings, strict=True)
            for _ in mine
        )
        for name, values in drawn.items()
    }


def _limits(
    sketch: Sketch, count: int
) -> tuple[float | None, dict[str, Band], Any, int | None]:
    """Tolerance, bands, a table of travel or None, and the fair share or None."""
    chance, region = sketch.chance, sketch.region
    n = len(region)
    tolerance = sketch.one(None, None, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 0.99)
    travel = None
    if chance.random() < 0.2:
        travel = chance.integers(0, [3, 100, 5_000][chance.integers(3)], (n, n))
        np.fill_diagonal(travel, 0)
    bands = {}
    if chance.random() < 0.3:
        mean = region.sums["households"].sum() / count
        low, high = mean * chance.uniform(0, 0.8), mean * chance.uniform(1.1, 2)
        bands["households"] = Band(int(low), int(high) + 1)
    if chance.random() < 0.15:
        bands["load"] = Band(0, int(region.load.sum() / count * 1.5) + 1)
    share = None
    if chance.random() < 0.5:
        mean = region.costs.fixed_per_zone + int(region.load.sum()) / count
        share = round(mean * chance.uniform(1.0, 1.15)) + 1
    return tolerance, bands, travel, share
