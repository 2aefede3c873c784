"""Small regions known by name, and chance problems without rules."""

from __future__ import annotations

import gc
import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import settings

from tests.truth import Truth, truth
from zoning.costs import CostModel
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.region import Region
from zoning.rules import CannotLink, Pin

# how long a case takes says more of the machine than of the code
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Tests are gathered, to stay: to look for garbage among them takes seconds."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(autouse=True)
def heard() -> None:
    """Python hears of Ctrl-C, whatever solvers in other tests have left behind.

    A shell that starts tests in the background lets them ignore it, too.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)


# Consumables alone, a yuan per m² a year; travel a yuan per m² and 100 m of way, which
# is the straight line: a unit of 10 m² that is 300 m away costs 30 a year to reach.
PLAIN = CostModel(consumables=1 / 12, travel=1 / 12, detour=1.0, resources=())


def line(
    *loads: int,
    touching: Sequence[tuple[int, int]] | None = None,
    costs: CostModel = PLAIN,
    **sums: Sequence[int],
) -> Region:
    """Units a, b, c, ... 100 m apart on a line, each touching the next."""
    n = len(loads)
    steps = [(i, i + 1) for i in range(n - 1)]
    return Region(
        names=tuple("abcdefghijklmnopqrstuvwxyz"[:n]),
        xy=np.column_stack([100.0 * np.arange(n), np.zeros(n)]),
        load=np.array(loads),
        sums={name: np.array(values) for name, values in sums.items()},
        edges=np.array(steps if touching is None else touching, int).reshape(-1, 2),
        costs=costs,
    )


def blocks(wide: int, high: int, seed: int = 0) -> Region:
    """A grid of units about 80 m apart, of unlike loads, touching left and above."""
    chance = np.random.default_rng(seed)
    at = np.arange(wide * high).reshape(high, wide)
    beside = np.column_stack([at[:, :-1].ravel(), at[:, 1:].ravel()])
    above = np.column_stack([at[:-1].ravel(), at[1:].ravel()])
    grid = np.column_stack(
        [np.arange(wide * high) % wide, np.arange(wide * high) // wide]
    )
    return Region(
        names=tuple(f"u{i}" for i in range(wide * high)),
        xy=80.0 * grid + chance.uniform(-20, 20, grid.shape),
        load=chance.integers(5_000, 20_000, wide * high),
        edges=np.concatenate([beside, above]),
    )


def chance_region(chance: np.random.Generator) -> Region:
    """A connected region of 5 to 9 units; a few touch everybody."""
    n = int(chance.integers(5, 10))
    graph = nx.random_labeled_tree(n, seed=int(chance.integers(1 << 30)))
    for _ in range(int(chance.integers(n + 1))):
        graph.add_edge(*map(int, chance.choice(n, 2, replace=False)))
    if chance.random() < 0.1:
        graph = nx.complete_graph(n)
    loads = [(0, 5), (1, 100), (900, 1_100), (1_000, 100_000)][chance.integers(4)]
    return Region(
        names=tuple(f"u{i}" for i in range(n)),
        xy=chance.integers(0, 300, (n, 2)).astype(float),
        load=chance.integers(*loads, n),
        sums={
            "area": chance.integers(0, 2_000, n),
            "households": chance.integers(0, 30, n),
        },
        edges=np.array(graph.edges),
        costs=CostModel(
            entry_per_zone=float(chance.choice([0, 0, 500])),
            travel=float(chance.choice([0.0, 0.005, 0.02, 0.02, 0.5])),
        ),
    )


def chance_problem(seed: int) -> Problem:
    """One to four zones, any tolerance or none, now and then bands or a table."""
    chance = np.random.default_rng(seed)
    region = chance_region(chance)
    n, count = len(region), int(chance.integers(1, 5))
    tolerance = [None, 0.02, 0.1, 0.2, 0.3, 0.5, 0.8, 0.99][chance.integers(8)]
    bands: dict[str, Band] = {}
    travel = None
    if chance.random() < 0.3:
        travel = chance.integers(0, [3, 100, 5_000][chance.integers(3)], (n, n))
        np.fill_diagonal(travel, 0)
    if chance.random() < 0.4:
        mean = region.sums["households"].sum() / count
        low, high = mean * chance.uniform(0, 0.9), mean * chance.uniform(1.05, 2)
        bands["households"] = Band(int(low), int(high) + 1)
    if chance.random() < 0.15:
        bands["load"] = Band(0, int(region.load.sum() / count * 1.5) + 1)
    if chance.random() < 0.1:
        bands["area"] = Band(int(region.sums["area"].sum() / count * 0.4), 10**9)
    bounds = {"tolerance": tolerance, "bands": bands}
    return Problem(region, count, **bounds, travel=travel, strict=True)


def grow(problem: Problem) -> Plan:
    """A contiguous plan: the lightest zone that can takes the nearest neighbour."""
    region, count = problem.edited_region, problem.num_zones
    beside = nx.Graph(region.edges.tolist())
    seeds = [0]
    while len(seeds) < count:
        away = np.min([np.hypot(*(region.xy - region.xy[s]).T) for s in seeds], axis=0)
        seeds.append(int(away.argmax()))
    zone_of = np.full(len(region), -1)
    zone_of[seeds] = range(count)
    while (zone_of < 0).any():
        weight = [region.load[zone_of == k].sum() for k in range(count)]
        for k in np.argsort(weight, kind="stable"):
            here = np.flatnonzero(zone_of == k).tolist()
            free = {j for i in here for j in beside[i] if zone_of[j] < 0}
            if free:
                away = {
                    j: np.hypot(*(region.xy[j] - region.xy[seeds[k]])) for j in free
                }
                zone_of[min(sorted(free), key=away.get)] = k
                break
    return Plan(problem, zone_of)


@pytest.fixture(scope="session", name="line")
def _line() -> Callable[..., Region]:
    return line


@pytest.fixture(scope="session", name="blocks")
def _blocks() -> Callable[..., Region]:
    return blocks


@pytest.fixture(scope="session", name="chance_problem")
def _chance_problem() -> Callable[[int], Problem]:
    return cache(chance_problem)


@pytest.fixture(scope="session")
def truth_of() -> Callable[[Problem], Truth]:
    """Many tests ask of the same problems."""
    return cache(truth)


@pytest.fixture(scope="session")
def compiled() -> None:
    """Compile before a clock runs: numba's work counts as solving time."""
    from zoning.search.strategies.anneal import Anneal
    from zoning.search.strategies.column_generation import ColumnGeneration
    from zoning.solve import solve

    free = Problem(blocks(3, 3), 3, tolerance=0.9)
    ruled = replace(free, rules=(CannotLink(("u0", "u8")), Pin("A", ("u0",))))
    for problem in (free, ruled):
        for strategy in (Anneal(starts=1, again=0), ColumnGeneration()):
            solve(problem, strategy, time_limit=60)


@pytest.fixture(scope="session")
def recompute() -> Callable[[Path], tuple[dict[int, int], dict[int, tuple[int, int]]]]:
    """The program in docs/plan-format.md, which knows nothing of zoning."""
    text = (Path(__file__).parents[1] / "docs" / "plan-format.md").read_text("utf-8")
    found = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert found is not None
    assert "zoning" not in found.group(1)
    names: dict[str, Callable[[Path], tuple[dict, dict]]] = {}
    exec(found.group(1), names)
    return names["recompute"]


@pytest.fixture(scope="session")
def grown() -> Callable[[Problem], Plan]:
    return grow


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the layers of a town of 40 buildings; to be left as it is."""
    from zoning.datasets import old_town

    folder = tmp_path_factory.mktemp("town")
    old_town(40, seed=3).write(folder)
    return folder


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plans are written with an empty map: for tests that say nothing of it."""
    import zoning.output.write  # noqa: F401

    write = sys.modules["zoning.output.write"]
    monkeypatch.setattr(write, "save", lambda path, *_, **__: path.touch())


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., tuple[int | str | None, str, str]]:
    """Type a command: its exit code, what it says, what it logs; never a traceback."""
    from zoning.cli import main

    def typed(*arguments: object) -> tuple[int | str | None, str, str]:
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        told = capsys.readouterr()
        assert "Traceback" not in told.out + told.err
        return end.value.code, told.out, told.err

    return typed
