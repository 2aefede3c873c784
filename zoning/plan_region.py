"""The region of a plan.json: units, facts and edges, and what they were before rules.

Rules may merge units, cut edges and open barriers. The file holds the region as they
edited it, which is what everything is priced by, and beside it what it takes to edit
again: the units that merged ones are made of, and the edges as they were read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoning.costs import CostModel
from zoning.units import Barrier, Ints, Region

Entry = dict[str, Any]


def region_entries(region: Region) -> Entry:
    """All keys of plan.json that hold the region."""
    units = _units(region)
    table: Entry = {
        "units": units,
        "columns": {name: list(column) for name, column in region.columns.items()},
        **_edges(region, np.arange(len(region))),
    }
    given = region.given
    if given is not None:
        single = _units(given)
        members = _members(given, region)
        for unit, mine in zip(units, members, strict=True):
            if len(mine) > 1:
                unit["made_of"] = [single[i] for i in mine]
        place = np.empty(len(given), np.int64)
        place[np.concatenate(members)] = np.arange(len(given))
        table["before_rules"] = _edges(given, place)
    return table


def region_from(table: Mapping[str, Any], costs: CostModel) -> Region:
    """The region as it was before rules edited it."""
    if "before_rules" not in table:
        return edited_from(table, costs)
    several = [unit.get("made_of", [unit]) for unit in table["units"]]
    # units that were merged have one way: that of the heaviest
    at = np.repeat(np.arange(len(several)), [len(some) for some in several])
    units = [unit for some in several for unit in some]
    return _region(table, units, table["before_rules"], costs, at)


def edited_from(table: Mapping[str, Any], costs: CostModel) -> Region:
    """The region as the file says that rules made it."""
    units = table["units"]
    return _region(table, units, table, costs, np.arange(len(units)))


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
        unit.update((key, values[i]) for key, values in columns.items())
        if others:
            unit["sums"] = {key: values[i] for key, values in others.items()}
        unit["buildings"] = list(region.buildings[i])
        units.append(unit)
    return units


def _edges(region: Region, place: Ints) -> Entry:
    """Edges with unit i at ``place[i]``."""
    return {
        "edges": place[region.edges].tolist(),
        "bridges": place[region.bridges].tolist(),
        "cut_edges": place[region.cut_edges].tolist(),
        "cut_by": [[[one.name, one.kind] for one in by] for by in region.cut_by],
    }


def _members(given: Region, region: Region) -> list[list[int]]:
    """For each unit of an edited region the units it is made of."""
    home = dict(zip(region.building_ids, region.unit_of_building.tolist(), strict=True))
    members: list[list[int]] = [[] for _ in region.names]
    for i, mine in enumerate(given.buildings):
        members[home[mine[0]]].append(i)
    return members


def _region(
    table: Mapping[str, Any],
    units: Sequence[Mapping[str, Any]],
    edges: Mapping[str, Any],
    costs: CostModel,
    at: Ints,
) -> Region:
    """A region of these units; the way of unit i is that of ``at[i]`` in the file."""
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
        cut_edges=_pairs(edges["cut_edges"]),
        cut_by=tuple(
            tuple(Barrier(*one) for one in by) for by in edges.get("cut_by", ())
        ),
        costs=costs,
        way=None if way is None else np.array(way, np.int32)[np.ix_(at, at)],
        buildings=tuple(tuple(unit["buildings"]) for unit in units),
        columns={
            name: tuple(values) for name, values in table.get("columns", {}).items()
        },
    )


def _pairs(pairs: Sequence[Sequence[int]]) -> NDArray[np.int32]:
    return np.array(pairs, np.int32).reshape(-1, 2)
