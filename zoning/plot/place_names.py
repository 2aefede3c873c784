"""What places on a map are called: streets and compounds, the most telling first."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.plot.strokes import clipped
from zoning.reading.roads import road_names
from zoning.region import Region

# Classes of streets, those that people find their way by first.
CLASSES = (
    *("motorway", "trunk", "primary", "secondary", "tertiary"),
    *("高速公路", "快速路", "主干路", "主干道", "次干路", "次干道", "支路"),
)
MOST = 300  # names of streets, and of compounds, that room is looked for


def named_streets(region: Region, view: Any) -> list[tuple[str, Any]]:
    """Names of streets with the longest line of each in view, main streets first."""
    streets = region.source.streets
    if streets is None or not len(streets):
        return []
    shapes = clipped(streets.geometry.to_numpy(), view)
    metres = np.where(shapely.get_dimensions(shapes) == 1, shapely.length(shapes), 0.0)
    parts: dict[str, list[int]] = {}
    rank: dict[str, int] = {}
    for at, (kind, name) in enumerate(road_names(streets)):
        if name and metres[at]:
            parts.setdefault(name, []).append(at)
            place = CLASSES.index(kind) if kind in CLASSES else len(CLASSES)
            rank[name] = min(place, rank.get(name, place))
    order = sorted(parts, key=lambda name: (rank[name], -metres[parts[name]].sum()))
    return [(name, longest(shapes[parts[name]])) for name in order[:MOST]]


def named_compounds(region: Region) -> list[tuple[str, NDArray[np.float64]]]:
    """Names of compounds and where they lie, those of most floor area first.

    Twins have their id beside the name.
    """
    known = region.directory
    compounds = [
        i
        for i, name in enumerate(region.names)
        if known.labels[i] != name and not known.is_alone(i)
    ]
    compounds.sort(key=lambda i: (-int(region.area[i]), i))
    return [(known.shown[i], region.xy[i]) for i in compounds[:MOST]]


def longest(parts: Any) -> Any:
    """The longest line that parts of lines make."""
    whole = shapely.line_merge(shapely.union_all(np.array(parts, object)))
    return max(shapely.get_parts(whole), key=shapely.length)
