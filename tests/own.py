"""Four small instances of our own, whose optima are known by trying every plan.

They stand in for real and published ones where those are not at hand: a town in layers,
counties in the format of the published files with a plan and without, and clinics
without neighbours. ``python -m tests.own`` finds the optima anew, without the library,
and prints what `OPTIMA` says.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import networkx as nx
import numpy as np

from benchmarks.instances import read_instance
from tests.truth import truth
from zoning.costs import CostModel
from zoning.datasets import old_town
from zoning.problem import Problem
from zoning.read import read

# Yuan a year, loads and all; None: there is no plan.
OPTIMA: dict[str, int | None] = {
    "town": 1_614_577,
    "county": 2_790_222_947,
    "county without a plan": None,
    "clinics": 223,
}


def write_town(folder: Path) -> None:
    """Layers of a made-up town of 26 buildings in a dozen compounds."""
    old_town(26, seed=4).write(folder)


def read_town(folder: Path) -> Problem:
    """The town in three zones."""
    region = read(
        folder / "buildings.geojson",
        unit="compound_id",
        area="floor_area_m2",
        households="households",
        barriers=[folder / "barriers.geojson"],
        streets=folder / "streets.geojson",
        costs=CostModel(bridge=0.0),  # enumeration knows no price of bridges
    )
    return Problem(region, 3, tolerance=0.25, strict=True)


def county(seed: int, share: float) -> dict[str, Any]:
    """Twelve places of unlike weight; a zone weighs a third, give or take a share."""
    chance = np.random.default_rng(seed)
    n, k = 12, 3
    weight = chance.integers(5_000, 60_000, n)
    xy = chance.uniform(0, 200_000, (n, 2)).round(2)
    graph = nx.random_labeled_tree(n, seed=seed)
    graph.add_edges_from(chance.integers(0, n, (8, 2)).tolist())
    mean = float(weight.sum()) / k
    return {
        "name": f"own_county_{seed}",
        "k": k,
        "L": int(mean * (1 - share)),
        "U": int(mean * (1 + share)),
        "distance": "d_ij = rint(hypot(dx,dy)/1000) in km; "
        "objective = sum_i w_i*d_{i,center}^2 / 1e6",
        "nodes": [
            {"id": i, "w": int(weight[i]), "x": float(x), "y": float(y)}
            for i, (x, y) in enumerate(xy)
        ],
        "edges": [[int(a), int(b)] for a, b in graph.edges if a != b],
    }


def clinics() -> dict[str, Any]:
    """Ten places, three clinics of one capacity; who is a neighbour does not matter."""
    chance = np.random.default_rng(3)
    weight = chance.integers(1, 20, 10)
    return {
        "name": "own_cpmp",
        "family": "cpmp",
        "k": 3,
        "capacity": [int(weight.sum()) // 3 + 6],
        "distance": "floor(euclidean)",
        "objective": "sum_i d(i,median(i)), unweighted; cluster weight <= Q",
        "nodes": [
            {"id": i, "w": int(weight[i]), "x": int(x), "y": int(y)}
            for i, (x, y) in enumerate(chance.integers(0, 100, (10, 2)))
        ],
    }


FILES: dict[str, Callable[[], dict[str, Any]]] = {
    "county": lambda: county(7, 0.15),
    "county without a plan": lambda: county(3, 0.02),
    "clinics": clinics,
}
NAMES = ("town", *FILES)


def write_file(name: str, folder: Path) -> Path:
    """One of `FILES` as it would be published."""
    path = folder / f"{name}.json"
    path.write_text(json.dumps(FILES[name]()), "utf-8")
    return path


@cache
def own(name: str) -> Problem:
    """One of the four as a problem, read from files as a planner's would be."""
    with TemporaryDirectory() as folder:
        if name in FILES:
            return read_instance(write_file(name, Path(folder))).problem
        write_town(Path(folder))
        return read_town(Path(folder))


if __name__ == "__main__":
    for name in NAMES:
        print(f"    {name!r}: {truth(own(name)).cost},")
