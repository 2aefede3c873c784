"""The region of a plan.json: units, facts and edges, and what they were before rules.

Rules may cut edges and open barriers. The file holds the edges as they left them, which
is what everything is judged by, and beside them the edges as they were read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoning.costs import CostModel
from zoning.errors import InputError
from zoning.problem import Problem
from zoning.region import Barrier, Region, Span
from zoning.text.lists import first_few

Entry = dict[str, Any]


def region_entries(problem: Problem) -> Entry:
    """All keys of plan.json that hold the region."""
    region, edited = problem.region, problem.edited_region
    table: Entry = {
        "units": _units(region),
        "columns": {name: list(column) for name, column in region.columns.items()},
        **_edges(edited),
    }
    if edited is not region:
        table["before_rules"] = _edges(region)
    return table


def region_from(table: Mapping[str, Any], costs: CostModel) -> Region:
    """The region as it was before rules edited it."""
    return _region(table, table.get("before_rules", table), costs)


def edited_from(table: Mapping[str, Any], costs: CostModel) -> Region:
    """The region as the file says that rules made it."""
    return _region(table, table, costs)


def _units(region: Region) -> list[Entry]:
    assert region.direct is not None  # the constructor of Region fills it in
    columns = {
        "x": region.xy[:, 0].tolist(),
        "y": region.xy[:, 1].tolist(),
        "area": region.area.tolist(),
        "households": [None] * len(region),
        "load": region.load.tolist(),
        "direct": region.direct.tolist(),
    }
    if "households" in region.sums:
        columns["households"] = region.sums["households"].tolist()
    others = {
        name: values.tolist()
        for name, values in region.sums.items()
        if name not in ("area", "households")
    }
    units = []
    for i, name in enumerate(region.names):
        unit: Entry = {"name": name}
        if region.labels[i] != name:
            unit["label"] = region.labels[i]
        unit.update((key, values[i]) for key, values in columns.items())
        if others:
            unit["sums"] = {key: values[i] for key, values in others.items()}
        unit["buildings"] = list(region.buildings[i])
        units.append(unit)
    return units


def span_entry(span: Span) -> Entry:
    """Metres that a bridge spans, and the buildings at its ends."""
    return {"metres": span.metres, "from": span.ends[0], "to": span.ends[1]}


def _edges(region: Region) -> Entry:
    return {
        "edges": region.edges.tolist(),
        "bridges": region.bridges.tolist(),
        "spans": [span_entry(span) for span in region.spans],
        "cut_edges": region.cut_edges.tolist(),
        "cut_by": [[[one.name, one.kind] for one in by] for by in region.cut_by],
    }


def _region(
    table: Mapping[str, Any], edges: Mapping[str, Any], costs: CostModel
) -> Region:
    units = table["units"]
    way = table["travel"].get("way_table")
    return Region(
        names=tuple(unit["name"] for unit in units),
        xy=np.array([[unit["x"], unit["y"]] for unit in units]),
        load=np.array([unit["load"] for unit in units]),
        direct=np.array([unit["direct"] for unit in units]),
        sums={
            name: np.array([unit.get("sums", unit)[name] for unit in units])
            if name not in ("area", "households")
            else np.array([unit[name] for unit in units])
            for name in table["parameters"]["sums"]
        },
        edges=_pairs(edges["edges"]),
        bridges=_pairs(edges["bridges"]),
        spans=tuple(
            Span(span["metres"], (span["from"], span["to"]))
            for span in edges.get("spans", ())
        ),
        max_gap=table["parameters"].get("max_gap"),
        cut_edges=_pairs(edges["cut_edges"]),
        cut_by=tuple(
            tuple(Barrier(*one) for one in by) for by in edges.get("cut_by", ())
        ),
        costs=costs,
        way=None if way is None else square(way, "way_table", table).astype(np.int32),
        buildings=tuple(tuple(unit["buildings"]) for unit in units),
        columns={
            name: tuple(values) for name, values in table.get("columns", {}).items()
        },
    )


def square(
    rows: Sequence[Sequence[int]], name: str, table: Mapping[str, Any]
) -> NDArray[np.int64]:
    """A table between all units.

    Raises
    ------
    InputError
        It has not as many rows and columns as there are units.
    """
    size = len(table["units"])
    if {len(rows), *map(len, rows)} != {size}:
        odd = [str(i) for i, row in enumerate(rows) if len(row) != size]
        of = f", of another length: {first_few(odd)}" if odd else ""
        msg = (
            f"travel.{name} must have {size:,} rows of {size:,} numbers, one for each "
            f"unit; it has {len(rows):,} rows{of}."
        )
        raise InputError(msg)
    return np.array(rows, np.int64)


def _pairs(pairs: Sequence[Sequence[int]]) -> NDArray[np.int32]:
    return np.array(pairs, np.int32).reshape(-1, 2)
