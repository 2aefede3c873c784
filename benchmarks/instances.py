"""Published instances: from their JSON to a `Problem`, and the price by their own rule.

The format is one file an instance: ``name, n, k, nodes: [{id, w, x, y}], edges``, and
``L, U`` or ``capacity``. Without edges any units may share a zone.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoning.costs import CostModel
from zoning.problem import Band, Problem
from zoning.region import Ints, Region

Floats = NDArray[np.float64]
LARGEST_TABLE = 15_000  # units: the n × n table of 64-bit numbers takes 1.8 GB
LARGEST_TOTAL = 1e12  # a travel table is scaled until its typical plan costs this much


class UnsupportedError(Exception):
    """The instance cannot be put as a `Problem`."""


@dataclass(frozen=True)
class Objective:
    """How an instance prices unit i served from center j.

    ``(weight_i if weighted) * rounded(metres * factor) ** power / divisor``.
    """

    name: str
    weighted: bool
    power: int
    factor: float
    rounding: str
    divisor: float

    def price(self, dx: float, dy: float, weight: float) -> float:
        """Price of one unit, before `divisor`; plain arithmetic, no arrays."""
        metres = math.hypot(dx, dy) * self.factor
        if self.rounding == "nearest":
            metres = float(round(metres))  # halves go to the even number, as in rint
        elif self.rounding == "down":
            metres = float(math.floor(metres))
        return (weight if self.weighted else 1.0) * metres**self.power

    def table(self, xy: Floats, weight: Floats) -> Floats:
        """n × n prices before `divisor`, from arrays."""
        apart = xy[:, None, :] - xy[None, :, :]
        metres = np.hypot(apart[..., 0], apart[..., 1]) * self.factor
        if self.rounding == "nearest":
            metres = np.rint(metres)
        elif self.rounding == "down":
            metres = np.floor(metres)
        metres **= self.power
        return metres * weight[:, None] if self.weighted else metres


def objective_of(data: dict[str, Any], name: str | None = None) -> Objective:
    """The objective of an instance: `name` if given, else what its fields say.

    Parameters
    ----------
    data
        The instance as read.
    name
        ``"moi"`` (squared distances by weight) or ``"pmedian"`` (distances).
    """
    told = f"{data.get('distance') or ''} {data.get('objective') or ''}".lower()
    family = f"{data.get('family') or ''} {data.get('name') or ''}".lower()
    grid = "grid" in family
    if name is None:
        median = "median" in told or "cpmp" in family or "pmed" in family
        untold = not (told.strip() or grid)
        median = median or (untold and data.get("edges") is None)
        aim = str(data.get("objective") or told.partition("objective")[2]).lower()
        squared = re.search(r"\^\s*2|²|\*\*\s*2", aim)
        name = "pmedian" if median and not squared else "moi"
    told = told.strip()
    if re.search(r"not rounded|unrounded", told):
        rounding = "no"
    elif re.search(r"rounded down|floor|trunc|(?<!r)int\(", told):
        rounding = "down"
    elif re.search(r"rint|round|nearest", told):
        rounding = "nearest"
    elif told or name == "pmedian":
        rounding = "down" if "pmedcap" in family or grid else "no"
    else:
        rounding = "down" if grid else "nearest"
    if re.search(r"/\s*1000\b|/\s*1e3\b|\bkm\b", told):
        factor = 1e-3
    elif re.search(r"\*\s*100\b|\b100\s*\*", told) or (grid and not told):
        factor = 100.0
    else:
        factor = 1e-3 if name == "moi" and not told else 1.0
    if name == "pmedian":
        weighted = "median" in told and re.search(
            r"\bw(_?i|\[i\])?\s*\*?\s*d[_(\[]", told
        )
        return Objective(name, bool(weighted), 1, factor, rounding, 1.0)
    by_million = re.search(r"/\s*(1e6|10\^6|1000000)\b", told) or not (told or grid)
    return Objective(name, True, 2, factor, rounding, 1e6 if by_million else 1.0)


@dataclass(frozen=True, eq=False)
class Instance:
    """A published instance and the problem made of it.

    `scale` says by how much prices were multiplied before they were cut to the whole
    numbers of `problem.travel`; cutting makes a bound in whole numbers a valid one.
    """

    name: str
    family: str
    file: str
    objective: Objective
    xy: Floats
    weight: Floats
    low: float
    high: float
    edges: tuple[tuple[int, int], ...] | None
    scale: int
    problem: Problem

    def cost(self, labels: list[int]) -> tuple[float, list[int]]:
        """Cost of a plan by the instance's own rule and the center of each zone.

        Written apart from `zoning.check`: plain loops over the nodes as published.
        """
        total, centers = 0.0, []
        for zone in sorted(set(labels)):
            units = [i for i, label in enumerate(labels) if label == zone]
            least = min((self._served(units, j), j) for j in units)
            total += least[0]
            centers.append(least[1])
        return total / self.objective.divisor, centers

    def _served(self, units: list[int], center: int) -> float:
        x, y, _ = self._nodes[center]
        price, nodes = self.objective.price, [self._nodes[i] for i in units]
        return math.fsum(price(there - x, up - y, w) for there, up, w in nodes)

    @cached_property
    def _nodes(self) -> list[tuple[float, float, float]]:
        return [*zip(*self.xy.T.tolist(), self.weight.tolist(), strict=True)]

    def faults(self, labels: list[int]) -> list[str]:
        """Rules of the instance that a plan breaks, told without `zoning.check`."""
        zones = sorted(set(labels))
        found = []
        if len(zones) != self.problem.num_zones:
            found.append(f"{len(zones)} zones, not {self.problem.num_zones}")
        for zone in zones:
            units = {i for i, label in enumerate(labels) if label == zone}
            load = math.fsum(self.weight[i] for i in units)
            if not self.low - 1e-9 <= load <= self.high + 1e-9:
                found.append(f"zone {zone} weighs {load:g}")
            if self.edges is not None and len(self._reached(units)) < len(units):
                found.append(f"zone {zone} is torn")
        return found

    def _reached(self, units: set[int]) -> set[int]:
        reached, waiting = set(), [min(units)]
        near = self._neighbours
        while waiting:
            i = waiting.pop()
            if i not in reached:
                reached.add(i)
                waiting += [j for j in near[i] if j in units]
        return reached

    @cached_property
    def _neighbours(self) -> list[list[int]]:
        near: list[list[int]] = [[] for _ in self.weight]
        for i, j in self.edges or ():
            near[i].append(j)
            near[j].append(i)
        return near

    def value(self, total: int) -> float:
        """Cost in the problem's whole numbers → the instance's own."""
        served = self.problem.num_zones * self.problem.fixed
        served += int(self.problem.region.load.sum())
        return max(0, total - served) / self.scale / self.objective.divisor


def read_instance(path: Path, objective: str | None = None) -> Instance:
    """Read a file of the format above.

    Raises
    ------
    UnsupportedError
        Coordinates are missing, capacities differ, or there are too many units.
    """
    data = json.loads(path.read_text(encoding="utf-8"))
    nodes = _in_order(data["nodes"])
    position = {node.get("id", i): i for i, node in enumerate(nodes)}
    n = len(nodes)
    if n > LARGEST_TABLE:
        msg = f"{n} units need a travel table of {8 * n * n / 1e9:.0f} GB"
        raise UnsupportedError(msg)
    if any(node.get("x") is None or node.get("y") is None for node in nodes):
        msg = "nodes have no coordinates"
        raise UnsupportedError(msg)
    xy = np.array([[node["x"], node["y"]] for node in nodes], float)
    weight = np.array([node.get("w", 1) for node in nodes], float)
    low, high = _limits(data, nodes, weight)
    rule = objective_of({**data, "name": data.get("name", path.stem)}, objective)
    edges = data.get("edges")
    if edges is not None:
        edges = tuple((position[a], position[b]) for a, b in edges)
    table, scale = _whole_table(rule.table(xy, weight), int(data["k"]))
    return Instance(
        name=str(data.get("name", path.stem)),
        family=str(data.get("family") or path.parent.name),
        file=path.name,
        objective=rule,
        xy=xy,
        weight=weight,
        low=low,
        high=high,
        edges=edges,
        scale=scale,
        problem=_problem(xy, weight, (low, high), edges, int(data["k"]), table),
    )


def _in_order(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Nodes by id where ids are positions, else as they stand."""
    ids = [node.get("id") for node in nodes]
    if sorted(ids, key=str) == sorted(range(len(nodes)), key=str):
        return sorted(nodes, key=lambda node: node["id"])
    return nodes


def _limits(
    data: dict[str, Any], nodes: list[dict[str, Any]], weight: Floats
) -> tuple[float, float]:
    total = float(weight.sum())
    capacity = data.get("capacity")
    limits = {float(c) for c in np.ravel(capacity)} if capacity is not None else set()
    limits |= {float(node["cap"]) for node in nodes if node.get("cap") is not None}
    if len(limits) > 1:
        msg = f"capacities differ: {min(limits):g} to {max(limits):g}"
        raise UnsupportedError(msg)
    low = data.get("L")
    high = data.get("U")
    if high is None:
        high = limits.pop() if limits else total
    return (0.0 if low is None else float(low)), float(high)


def _whole_table(price: Floats, num_zones: int) -> tuple[Ints, int]:
    """Prices as whole numbers: as they are, or times a power of ten and cut."""
    if np.array_equal(price, np.rint(price)):
        return price.astype(np.int64), 1
    typical = float(np.sort(price, axis=1)[:, : 1 + len(price) // num_zones].sum())
    digits = math.floor(math.log10(LARGEST_TOTAL / max(typical, 1.0)))
    scale = 10 ** min(max(digits, 0), 5)
    return np.floor(price * scale).astype(np.int64), scale


def _problem(
    xy: Floats,
    weight: Floats,
    limits: tuple[float, float],
    edges: tuple[tuple[int, int], ...] | None,
    num_zones: int,
    travel: Ints,
) -> Problem:
    n = len(weight)
    times = next(t for t in (1, 10, 100, 1_000, 10**6) if _is_whole(weight * t, t))
    load = np.rint(weight * times)
    low = math.ceil(limits[0] * times - 1e-6)
    high = math.floor(limits[1] * times + 1e-6)
    if edges is None:
        joined = np.stack(np.triu_indices(n, 1), axis=1)
    else:
        joined = np.array(edges, np.int32).reshape(-1, 2)
    region = Region(
        names=tuple(str(i) for i in range(n)),
        xy=xy,
        load=load,
        edges=joined.astype(np.int32),
        costs=CostModel(),
    )
    band = {"load": Band(low, high)}
    return Problem(
        region, num_zones, tolerance=None, bands=band, travel=travel, strict=True
    )


def _is_whole(values: Floats, times: int) -> bool:
    return times == 10**6 or bool(np.allclose(values, np.rint(values), atol=1e-6))


def find(folder: Path, names: str = "*") -> Iterator[Path]:
    """Instance files below a folder whose name or path fits a pattern."""
    for path in sorted(folder.rglob("*.json")):
        inside = path.relative_to(folder).with_suffix("").as_posix()
        if not (fnmatch(path.stem, names) or fnmatch(inside, names)):
            continue
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except (json.JSONDecodeError, UnicodeDecodeError):
            continue
        if isinstance(data, dict) and "nodes" in data and "k" in data:
            yield path


@dataclass(frozen=True)
class Published:
    """What was published about an instance: the cost of a plan, or that none exists."""

    cost: float | None
    text: str
    infeasible: bool
    source: str

    @property
    def slack(self) -> float:
        """By how much the value may be off: its rounding, and a MIP's own tolerance."""
        if self.cost is None:
            return 0.0
        decimals = len(self.text.partition(".")[2])
        return max(0.51 * 10.0**-decimals if decimals else 0.0, 1e-6 * self.cost)


@cache
def published_values(folder: Path) -> dict[tuple[str, str], Published]:
    """Best known values of the nearest `best_known.csv`, by instance and objective."""
    above = (folder.resolve(), *folder.resolve().parents)
    path = next((d for d in above if (d / "best_known.csv").exists()), None)
    if path is None:
        return {}
    found = {}
    with (path / "best_known.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kind = objective_kind(row.get("objective") or "")
            text = (row.get("best_known") or "").strip()
            infeasible = "infeasible" in (row.get("proven_optimal") or "")
            if kind and (text or infeasible):
                cost = float(text) if text else None
                value = Published(cost, text, infeasible, row.get("source") or "")
                found[row["instance"], kind] = value
    return found


def objective_kind(told: str) -> str | None:
    """Which of our objectives a row of published values speaks of."""
    if "moi" in told and "no_contiguity" not in told:
        return "moi"
    return "pmedian" if "median" in told else None
