"""What a map shows of planners' rules: zones that stay, pins, soft barriers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.adjacency.buildings import UNNAMED
from zoning.plan import Plan
from zoning.planfile.content import building_ids
from zoning.plot.zone_polygons import shapes_of
from zoning.reading.around import KINDS
from zoning.rules import Rule

Places = NDArray[np.float64]


@dataclass(frozen=True)
class Hatch:
    """How zones that stay as they are look.

    Parameters
    ----------
    name
        What the legend calls them.
    pattern
        As matplotlib writes hatches.
    """

    name: str
    pattern: str


LOCKED = Hatch("Locked zone: stays as it is", "///")
FROZEN = Hatch("Frozen zone: stays, and is not balanced", "xxx")


def kept_zones(plan: Plan, names: Sequence[str]) -> list[tuple[Hatch, list[int]]]:
    """Zones that rules keep as they are, by how they look."""
    found: dict[Hatch, list[int]] = {}
    for rule in plan.problem.rules:
        kept = rule.drawing().kept
        if kept is not None and kept.zone in names:
            look = FROZEN if kept.frozen else LOCKED
            found.setdefault(look, []).append(names.index(kept.zone))
    return [(look, found[look]) for look in (LOCKED, FROZEN) if look in found]


def pinned_places(plan: Plan) -> Places:
    """The middle of each building that a rule puts into a zone, metres."""
    region = plan.problem.region
    named = {name for rule in plan.problem.rules for name in rule.drawing().pinned}
    shapes, unit_of = shapes_of(region)
    several = [
        {name, *mine} for name, mine in zip(region.names, region.buildings, strict=True)
    ]
    if region.source.frame is not None:  # a shape for each building
        ids = building_ids(region)
        several = [{ids[k], region.names[i]} for k, i in enumerate(unit_of.tolist())]
    pinned = [not named.isdisjoint(some) for some in several]
    chosen = shapes[np.array(pinned, bool)]
    return np.asarray(shapely.get_coordinates(shapely.point_on_surface(chosen)))


def softened(frame: Any, rules: Sequence[Rule]) -> NDArray[np.bool_]:
    """Which rows of a layer of barriers a rule lets zones cross."""
    named = {rule.drawing().opened for rule in rules} - {""}
    columns = [name for name in ("name", *KINDS) if name in frame.columns]
    words = [[str(value).strip() for value in frame[name]] for name in columns]
    words.append([f"{UNNAMED}{number}" for number in range(1, len(frame) + 1)])
    return np.array([bool(named.intersection(row)) for row in zip(*words, strict=True)])
