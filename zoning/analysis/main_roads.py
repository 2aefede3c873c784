"""Main roads that run through zones: told, since nothing cuts zones there unasked."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from zoning.check import judge
from zoning.plan import PLAN, Plan
from zoning.reading.roads import in_tunnels, road_names
from zoning.text.arguments import takes
from zoning.text.lists import first_few
from zoning.text.order import by_name

# Classes of OpenStreetMap and of Chinese surveys, without slip roads.
MAIN = (
    *("motorway", "trunk", "primary"),
    *("高速公路", "快速路", "主干路", "主干道"),
)
_TOLD = 5  # roads, and zones of each


@takes(plan=PLAN)
def roads_through_zones(plan: Plan) -> dict[tuple[str, str], tuple[str, ...]]:
    """Class and name of each main road, and the zones it runs through.

    A road runs through a zone where the straight line between two neighbours of the
    zone meets it: cut there, the two would not touch. Roads in tunnels are left out,
    and so are those that zones are cut at.
    """
    region = plan.problem.edited_region
    streets = plan.problem.region.source.streets
    if streets is None or not len(streets):
        return {}
    roads = road_names(streets)
    main = np.array([kind in MAIN for kind, _ in roads]) & ~in_tunnels(streets)
    chosen = np.flatnonzero(main)
    ends = plan.zone_of[region.edges]
    inside = region.edges[ends[:, 0] == ends[:, 1]]
    if not len(chosen) or not len(inside):
        return {}
    tree = shapely.STRtree(shapely.linestrings(region.xy[inside]))
    met = tree.query(streets.geometry.to_numpy()[chosen], predicate="intersects")
    names = judge(plan).names
    zones: dict[tuple[str, str], set[str]] = {}
    zone = plan.zone_of[inside[:, 0]]
    for road, edge in met.T.tolist():
        zones.setdefault(roads[chosen[road]], set()).add(names[zone[edge]])
    return {
        key: tuple(sorted(zones[key], key=by_name))
        for key in sorted(zones, key=lambda key: (-len(zones[key]), key))
    }


def told_main_roads(plan: Plan) -> Iterator[str]:
    """One sentence on main roads that run through zones; none where none does."""
    found = roads_through_zones(plan)
    if not found:
        return
    some = (
        f"{name or 'without a name'} ({kind}) through {first_few(zones, _TOLD)}"
        for (kind, name), zones in found.items()
    )
    classes = ",".join(one for one in MAIN if one in {kind for kind, _ in found})
    yield (
        f"Main roads run through zones: {first_few(some, _TOLD, mark='; ')}. "
        f"--cut-at {classes} lets no zone cross them."
    )
