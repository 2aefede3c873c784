"""The map of a plan: zones as colours, lots as outlines, with all a reader needs.

`zone_areas` gives the polygons the map and the layers show; they do not overlap.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import heapify, heappop, heappush
from math import floor, log10, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi, cKDTree

from zoning.check import judge, sum_over
from zoning.check_lots import Lot
from zoning.lots import Lots
from zoning.plan import Plan
from zoning.result import Result
from zoning.units import Region

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]
Shapes = NDArray[Any]

# Light colours told apart by colour-blind readers (Paul Tol's "light", paired with a
# darker tone of the same hue for buildings), neighbours first.
PALETTE = (
    ("#BBD9F2", "#3B7DB8"),  # blue
    ("#F7C9A9", "#CC5F1F"),  # orange
    ("#CFE6B8", "#5E8C2A"),  # green
    ("#F6EBA6", "#A58A0E"),  # yellow
    ("#E3CDE8", "#8A4A9C"),  # purple
    ("#B5E3DC", "#1E8577"),  # teal
    ("#F5C6D0", "#B93A5E"),  # rose
    ("#DCD6CB", "#756B5B"),  # stone
)
CALM = 6  # colours used before the others: few are calmer than many
INK = "#222222"
LOT_INK = "#1A1A1A"
FEW_SHAPES = 10_000  # torn areas are joined on maps of up to so many buildings
HOLE = 5.0  # a wider hole, in usual distances of units, is left open
FOREIGN = 50.0  # a metre of lane through a foreign building counts as so many
MANY_POINTS = 80_000  # along walls; more than so many are not told apart on a map


WIDEST, HIGHEST = 8.6, 8.0  # inches of map, margins and panel not counted
PANEL, MARGIN, HEAD = 3.45, 0.25, 0.85  # inches
DPI = 160
CROWDED, TOO_MANY = 60, 400  # zones: smaller numbers above, none above
LINE, REST_OF_PANEL = 0.23, 5.6  # inches: a row of the panel, and all but the lots
LISTED_LOTS = 14  # so many lots are listed even where the panel must grow for it
MILLION = 1e6


@dataclass(frozen=True)
class _Style:
    """How a kind of barrier is drawn."""

    name: str
    words: tuple[str, ...]
    colour: str
    ink: str
    width: float
    dashed: bool = False


STYLES = (
    _Style(
        "Water",
        ("water", "river", "canal", "stream", "lake"),
        "#5BA3D9",
        "#1F5F94",
        3.2,
    ),
    _Style("Railway", ("rail", "tram"), "#4D4D4D", "#333333", 2.0, dashed=True),
    _Style("Wall", ("wall", "fence"), "#7A4B2A", "#7A4B2A", 1.8),
    _Style(
        "Arterial road",
        ("arterial", "road", "highway", "street"),
        "#8C8C8C",
        "#555555",
        4.0,
    ),
    _Style("Barrier", (), "#8C8C8C", "#555555", 2.6),
)
BRIDGE = "#C2185B"


# --- areas ---------------------------------------------------------------------------


def shapes_of(region: Region) -> tuple[Shapes, NDArray[np.int64]]:
    """Footprint or point of every building, and the position of its unit."""
    frame = region.source.frame
    if frame is None:
        return shapely.points(region.xy), np.arange(len(region))
    unit_of = frame["_unit"].to_numpy(np.int64)
    return np.asarray(frame.geometry.to_numpy()), unit_of


def zone_areas(plan: Plan) -> Shapes:
    """One polygon (or several parts) a zone, in metres, none over another.

    Land belongs to the zone of the nearest building wall, not farther than a fraction
    of the usual distance between units, and not across a barrier where there is
    another choice. Where that tears a zone, a lane of land joins units that touch; only
    bridges and barriers leave it in parts. Only for looking at: no cost depends on it.
    """
    region, count = plan.problem.region, plan.num_zones
    shapes, unit_of = shapes_of(region)
    zone_of = plan.zone_of[unit_of].astype(np.int64)
    scale = _scale(region)
    xy, owner = _samples(shapes, zone_of, scale)
    hull = _hull(shapes, xy, scale)
    areas = _divided(region, xy, owner, hull, count, scale)
    if len(shapes) <= FEW_SHAPES:
        lanes, zone = _lanes(plan, shapes, unit_of, areas)
        if len(lanes):
            more, of = _along_lanes(lanes, zone, shapes, zone_of, scale)
            xy, owner = np.concatenate([xy, more]), np.concatenate([owner, of])
            wide = shapely.buffer(lanes, 0.2 * scale, quad_segs=2)
            hull = _without_holes(shapely.union_all(np.append(wide, hull)), scale)
            areas = _divided(region, xy, owner, hull, count, scale)
    return _filled(areas, shapes, zone_of, scale)


def _divided(
    region: Region,
    xy: Floats,
    owner: NDArray[np.int64],
    hull: Any,
    count: int,
    scale: float,
) -> Shapes:
    """The hull divided among zones by the points they own."""
    lines = [shapely.boundary(hull), *_borders(xy, owner, hull, scale)]
    barriers = _barriers(region, hull)
    faces = _faces([*lines, *barriers])
    faces = faces[shapely.contains_properly(hull, shapely.point_on_surface(faces))]
    label = _owners(faces, xy, owner, barriers, scale)
    areas = np.empty(count, object)
    for k in range(count):
        areas[k] = shapely.union_all(faces[label == k])
    return areas


def _lanes(
    plan: Plan, shapes: Shapes, unit_of: NDArray[np.int64], areas: Shapes
) -> tuple[Shapes, NDArray[np.int64]]:
    """Lines that join the parts of torn areas along edges, and the zone of each.

    From wall to wall, the shortest first, those over foreign buildings last, none over
    a barrier.
    """
    region = plan.problem.region
    torn = shapely.get_num_geometries(areas) > 1
    edges = region.edges.astype(np.int64)
    n = len(region)
    edges = edges[~np.isin(edges @ [n, 1], region.bridges.astype(np.int64) @ [n, 1])]
    ends = plan.zone_of[edges]
    edges = edges[(ends[:, 0] == ends[:, 1]) & torn[ends[:, 0]]]
    members = [np.flatnonzero(unit_of == i) for i in range(n)] if len(edges) else []
    barriers = shapely.union_all(np.array(_barriers(region, None), object))
    tree = shapely.STRtree(shapes)
    found = []
    for i, j in edges.tolist():
        zone = int(plan.zone_of[i])
        a, b = np.meshgrid(members[i], members[j])
        lines = shapely.shortest_line(shapes[a.ravel()], shapes[b.ravel()])
        best = int(np.argmin(np.round(shapely.length(lines), 3)))
        line, here, there = lines[best], a.ravel()[best], b.ravel()[best]
        over = [
            shapely.length(shapely.intersection(line, shapes[o]))
            for o in tree.query(line, predicate="crosses").tolist()
            if plan.zone_of[unit_of[o]] != zone
        ]
        if not shapely.intersects(line, barriers):
            weight = round(float(shapely.length(line)) + FOREIGN * sum(over), 3)
            found.append((weight, int(here), int(there), zone, line))
    part = _part_of(shapes, unit_of, plan, areas)
    chosen = []
    for _, here, there, zone, line in sorted(found, key=lambda one: one[:3]):
        if part[here] != part[there]:
            part = np.where(part == part[there], part[here], part)
            chosen.append((line, zone))
    return (
        np.array([line for line, _ in chosen], object),
        np.array([zone for _, zone in chosen], np.int64),
    )


def _part_of(
    shapes: Shapes, unit_of: NDArray[np.int64], plan: Plan, areas: Shapes
) -> NDArray[np.int64]:
    """For each building the number of the part of its zone's area it stands in."""
    parts, zone = shapely.get_parts(areas, return_index=True)
    middle = shapely.point_on_surface(shapes)
    part = np.empty(len(shapes), np.int64)
    for k in range(plan.num_zones):
        mine = np.flatnonzero(plan.zone_of[unit_of] == k)
        own = np.flatnonzero(zone == k)
        if len(own):
            away = shapely.distance(middle[mine][:, None], parts[own][None])
            part[mine] = own[away.argmin(axis=1)]
        else:
            part[mine] = len(parts) + k
    return part


def _along_lanes(
    lanes: Shapes,
    zone: NDArray[np.int64],
    shapes: Shapes,
    zone_of: NDArray[np.int64],
    scale: float,
) -> tuple[Floats, NDArray[np.int64]]:
    """Points along lanes and their zones; none inside a foreign building."""
    dense = shapely.segmentize(lanes, 0.04 * scale)
    xy, of = shapely.get_coordinates(dense, return_index=True)
    owner = zone[of]
    point, shape = shapely.STRtree(shapes).query(
        shapely.points(xy), predicate="intersects"
    )
    foreign = np.zeros(len(xy), bool)
    foreign[point[zone_of[shape] != owner[point]]] = True
    return np.round(xy[~foreign], 3), owner[~foreign]


def _scale(region: Region) -> float:
    """Usual distance between neighbouring units, metres: what margins go by."""
    if len(region) == 1:
        return 60.0
    away = np.asarray(cKDTree(region.xy).query(region.xy, k=2)[0])[:, 1]
    away = away[away > 0]
    return float(np.median(away)) if len(away) else 60.0


def _samples(
    shapes: Shapes, zone_of: NDArray[np.int64], scale: float
) -> tuple[Floats, NDArray[np.int64]]:
    """Points along walls and the zone of each; no two at one place."""
    inner = shapely.buffer(shapes, -0.01 * scale, quad_segs=1)
    solid = ~shapely.is_empty(inner)
    walls = np.where(solid, shapely.boundary(inner), shapely.centroid(shapes))
    step = max(0.12 * scale, float(shapely.length(walls).sum()) / MANY_POINTS)
    if len(shapes) > MANY_POINTS // 2:
        walls = shapely.centroid(shapes)
    dense = shapely.segmentize(walls, step)
    xy, of = shapely.get_coordinates(dense, return_index=True)
    xy = np.round(xy, 3)
    _, first, times = np.unique(xy, axis=0, return_index=True, return_counts=True)
    owner = zone_of[of]
    if times.max() > 1 and len(np.unique(owner[first])) < len(np.unique(owner)):
        # a zone would vanish behind twins at the same place: set all a little apart
        turn = 2.399963 * np.arange(len(xy))  # golden angle
        xy = xy + 0.02 * scale * np.column_stack([np.cos(turn), np.sin(turn)])
        return np.round(xy, 3), owner
    keep = np.sort(first)
    return xy[keep], owner[keep]


def _hull(shapes: Shapes, xy: Floats, scale: float) -> Any:
    """Land around the buildings, gaps between them closed."""
    wide, back = 1.4 * scale, 0.9 * scale
    around = shapes if len(shapes) < MANY_POINTS // 2 else shapely.points(xy)
    reach = shapely.union_all(shapely.buffer(around, wide, quad_segs=3))
    land = _without_holes(shapely.buffer(reach, -back, quad_segs=3), scale)
    return shapely.simplify(land, 0.03 * scale)


def _without_holes(land: Any, scale: float) -> Any:
    """Land with a yard or park inside given to whom it lies beside; lakes stay."""
    kept = []
    for part in shapely.get_parts(land):
        rings = shapely.get_rings(part)
        large = (HOLE * scale) ** 2
        holes = [r for r in rings[1:] if shapely.area(shapely.polygons(r)) > large]
        kept.append(shapely.Polygon(rings[0], holes))
    return shapely.union_all(np.array(kept, object))


def _borders(
    xy: Floats, owner: NDArray[np.int64], hull: Any, scale: float
) -> list[Any]:
    """Lines half way between points of different zones, inside the hull."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    far = 20.0 * (float((high - low).max()) + scale)
    middle = (low + high) / 2
    turn = np.linspace(0, 2 * np.pi, 8, endpoint=False) + 0.1
    ring = middle + far * np.column_stack([np.cos(turn), np.sin(turn)])
    found = Voronoi(np.concatenate([xy - middle, ring - middle]))
    owner = np.concatenate([owner, np.full(len(ring), -1)])
    ends = np.array(found.ridge_vertices)
    sides = owner[found.ridge_points]
    kept = (sides[:, 0] != sides[:, 1]) & (ends >= 0).all(axis=1)
    kept &= (sides >= 0).all(axis=1)
    if not kept.any():
        return []
    at = np.round(found.vertices + middle, 3)
    pieces = shapely.linestrings(at[ends[kept]])
    pieces = pieces[shapely.length(pieces) > 0]
    chains = shapely.get_parts(shapely.line_merge(shapely.union_all(pieces)))
    smooth = shapely.simplify(chains, 0.05 * scale)
    return [shapely.intersection(shapely.union_all(smooth), hull)]


def _barriers(region: Region, hull: Any) -> list[Any]:
    """Lines of the barriers inside the hull, all of them if that is None."""
    frame = region.source.barriers
    if frame is None or not len(frame):
        return []
    shapes = shapely.force_2d(frame.geometry.to_numpy())
    shapes = shapes[shapely.get_dimensions(shapes) >= 1]
    flat = shapely.get_dimensions(shapes) == 2
    lines = shapely.union_all(np.where(flat, shapely.boundary(shapes), shapes))
    return [lines if hull is None else shapely.intersection(lines, hull)]


def _faces(lines: Sequence[Any]) -> Shapes:
    """The polygons that lines cut the plane into."""
    noded = shapely.union_all(np.array(lines, object), grid_size=0.001)
    return np.asarray(shapely.get_parts(shapely.polygonize([noded])))


def _owners(
    faces: Shapes,
    xy: Floats,
    owner: NDArray[np.int64],
    barriers: Sequence[Any],
    scale: float,
) -> NDArray[np.int64]:
    """The zone of each face: of the points in it, or else of its best neighbour.

    A face without a building joins the neighbour it shares most border with, barriers
    not counted; one that only barriers border on (a river, land between tracks)
    belongs to nobody (-1).
    """
    tree = shapely.STRtree(faces)
    point, face = tree.query(shapely.points(xy), predicate="within")
    votes = np.zeros(len(faces), np.int64)
    label = np.full(len(faces), -1)
    pair, count = np.unique(
        np.column_stack([face, owner[point]]), axis=0, return_counts=True
    )
    for (f, zone), often in zip(pair.tolist(), count.tolist(), strict=True):
        if often > votes[f]:
            votes[f], label[f] = often, zone
    empty = np.flatnonzero(label < 0)
    if not len(empty):
        return label
    wall = shapely.buffer(shapely.union_all(np.array(barriers, object)), 0.01)
    a, b = tree.query(faces[empty], predicate="intersects")
    a = empty[a]
    a, b = a[a != b], b[a != b]
    shared = shapely.intersection(
        shapely.boundary(faces[a]), shapely.boundary(faces[b])
    )
    length = shapely.length(shapely.difference(shared, wall))
    links = sorted(
        (-round(float(m), 3), int(i), int(j))
        for m, i, j in zip(length, a, b, strict=True)
        if m > 0.01 * scale
    )
    changed = True
    while changed:
        changed = False
        for _, i, j in links:
            if label[i] < 0 <= label[j]:
                label[i] = label[j]
                changed = True
    return label


def _filled(
    areas: Shapes, shapes: Shapes, zone_of: NDArray[np.int64], scale: float
) -> Shapes:
    """Give a zone that got no land (twins, points on borders) a little of it."""
    lost = [k for k in range(len(areas)) if shapely.is_empty(areas[k])]
    for k in lost:
        spot = shapely.union_all(shapely.buffer(shapes[zone_of == k], 0.1 * scale))
        areas = shapely.difference(areas, spot)
        areas[k] = spot
    return areas


# --- the map -------------------------------------------------------------------------


def draw(
    plan: Plan,
    lots: Lots | None = None,
    *,
    result: Result | None = None,
    areas: Shapes | None = None,
) -> Figure:
    """Map of a plan: colours tell zones apart, thick outlines are lots.

    Parameters
    ----------
    plan, lots
        What to draw.
    result
        Says how good the plan is proved to be, for the title.
    areas
        `zone_areas` of the plan, where they are known already.
    """
    sheet = _Sheet(plan, lots, result, zone_areas(plan) if areas is None else areas)
    return sheet.drawn()


def save(
    path: str | Path,
    result: Result,
    lots: Lots | None = None,
    *,
    areas: Shapes | None = None,
) -> None:
    """Write the map as PNG; the same plan gives the same bytes."""
    assert result.plan is not None
    figure = draw(result.plan, lots, result=result, areas=areas)
    figure.savefig(path, format="png", dpi=DPI, metadata={"Software": "zoning"})


@dataclass(frozen=True)
class _Box:
    """Room a label takes on the map, inches from its lower left corner."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: _Box) -> bool:
        return (
            abs(self.x - other.x) * 2 < self.width + other.width
            and abs(self.y - other.y) * 2 < self.height + other.height
        )


class _Sheet:
    """One map in the making."""

    def __init__(
        self, plan: Plan, lots: Lots | None, result: Result | None, areas: Shapes
    ) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.plan, self.lots, self.result, self.areas = plan, lots, result, areas
        self.region = plan.problem.region
        self.verdict = judge(plan)
        pad = 0.5 * _scale(self.region)
        low_x, low_y, high_x, high_y = shapely.total_bounds(areas)
        self.view = shapely.box(low_x - pad, low_y - pad, high_x + pad, high_y + pad)
        width, height = high_x - low_x + 2 * pad, high_y - low_y + 2 * pad
        room = 1.0 if plan.num_zones <= CROWDED else 1.45
        self.inch = room * min(WIDEST / width, HIGHEST / height)  # inches a metre
        self.size = (width * self.inch, height * self.inch)
        self.corner = (low_x - pad, low_y - pad)
        tall = max(self.size[1], self._panel_height())
        figsize = (self.size[0] + PANEL + 3 * MARGIN, tall + HEAD + MARGIN)
        self.figure = Figure(figsize=figsize, facecolor="white")
        self.canvas = FigureCanvasAgg(self.figure)
        self.taken: list[_Box] = []
        usual = sqrt(float(np.median(shapely.area(areas)))) * self.inch
        self.fine = min(1.0, max(0.3, usual))  # thinner strokes for smaller zones

    @cached_property
    def lot_list(self) -> tuple[Lot, ...]:
        return () if self.lots is None else self.lots.lots

    @cached_property
    def colour(self) -> list[int]:
        return colours(self.areas, 0.5 * _scale(self.region))

    def drawn(self) -> Figure:
        """Everything in its place."""
        width, height = self.figure.get_size_inches()
        top = height - HEAD
        left, bottom = MARGIN, top - self.size[1]
        axes = self.figure.add_axes(
            (left / width, bottom / height, self.size[0] / width, self.size[1] / height)
        )
        low_x, low_y, high_x, high_y = self.view.bounds
        axes.set(xlim=(low_x, high_x), ylim=(low_y, high_y), xticks=[], yticks=[])
        axes.set_facecolor("#FAF9F6")
        for spine in axes.spines.values():
            spine.set(color="#BBBBBB", linewidth=0.8)
        self._ground(axes)
        self._barriers(axes)
        self._lots(axes)
        self._bridges(axes)
        self._numbers(axes)
        self._lot_labels(axes)
        self._barrier_names(axes)
        self._title()
        panel = self.figure.add_axes(
            (
                (left + self.size[0] + MARGIN) / width,
                MARGIN / height,
                PANEL / width,
                (top - MARGIN) / height,
            )
        )
        panel.set(xlim=(0, PANEL), ylim=(MARGIN, top))
        panel.axis("off")
        self._panel(panel, top)
        return self.figure

    # what is drawn, from the ground up

    def _ground(self, axes: Axes) -> None:
        tint = [PALETTE[c][0] for c in self.colour]
        self._fill(axes, self.areas, tint, zorder=1)
        streets = self.region.source.streets
        if streets is not None and len(streets):
            lines = _clipped(streets.geometry.to_numpy(), self.view)
            self._lines(
                axes, lines, color="#FFFFFF", linewidth=2.2 * self.fine, zorder=2
            )
            self._lines(
                axes, lines, color="#B9B4AA", linewidth=0.7 * self.fine, zorder=2.1
            )
        self._outline(
            axes, self.areas, color="white", linewidth=1.6 * self.fine, zorder=3
        )
        shapes, unit_of = shapes_of(self.region)
        dark = [PALETTE[self.colour[k]][1] for k in self.plan.zone_of[unit_of]]
        points = shapely.get_dimensions(shapes) == 0
        solid = np.flatnonzero(~points)
        self._fill(axes, shapes[solid], [dark[i] for i in solid], zorder=4)
        if points.any():
            xy = shapely.get_coordinates(shapely.centroid(shapes[points]))
            size = min(30.0, 6_000.0 / len(shapes) + 1.0)
            at = np.flatnonzero(points)
            axes.scatter(
                xy[:, 0],
                xy[:, 1],
                s=size,
                c=[dark[i] for i in at],
                zorder=4,
                linewidths=0,
            )

    def _barriers(self, axes: Axes) -> None:
        for style, shapes in self._kinds():
            flat = shapes[shapely.get_dimensions(shapes) == 2]
            lines = shapes[shapely.get_dimensions(shapes) == 1]
            if style.name == "Water":
                self._fill(axes, flat, [style.colour] * len(flat), zorder=3.5)
            lines = np.concatenate([lines, shapely.boundary(flat)])
            look = {
                "color": style.colour,
                "linewidth": style.width * self.fine,
                "zorder": 5,
            }
            self._lines(axes, lines, **look)
            if style.dashed:
                self._lines(
                    axes,
                    lines,
                    color="white",
                    linewidth=style.width / 2 * self.fine,
                    linestyle=(0, (4, 4)),
                    zorder=5.1,
                )

    def _kinds(self) -> list[tuple[_Style, Shapes]]:
        """Barriers in view, by how they are drawn."""
        frame = self.region.source.barriers
        if frame is None or not len(frame):
            return []
        kinds = (
            frame["kind"].astype(str) if "kind" in frame else ["barrier"] * len(frame)
        )
        shapes = _clipped(frame.geometry.to_numpy(), self.view)
        found: dict[_Style, list[Any]] = {}
        for kind, shape in zip(kinds, shapes, strict=True):
            if not shapely.is_empty(shape):
                found.setdefault(_style(kind), []).append(shape)
        order = sorted(found, key=lambda style: STYLES.index(style))
        return [
            (style, shapely.get_parts(np.array(found[style], object)))
            for style in order
        ]

    def _lots(self, axes: Axes) -> None:
        joined, bold = self._lot_areas(), sqrt(self.fine)
        self._outline(axes, joined, color="white", linewidth=4.4 * bold, zorder=4.5)
        self._outline(axes, joined, color=LOT_INK, linewidth=2.4 * bold, zorder=6)

    def _lot_areas(self) -> Shapes:
        areas = np.empty(len(self.lot_list), object)
        for number, lot in enumerate(self.lot_list):
            areas[number] = shapely.union_all(self.areas[list(lot.zones)])
        return areas

    def _bridges(self, axes: Axes) -> None:
        bridges = self.region.bridges
        if len(bridges):
            lines = shapely.linestrings(self.region.xy[bridges])
            self._lines(axes, lines, color="white", linewidth=3.6, zorder=6.5)
            self._lines(
                axes,
                lines,
                color=BRIDGE,
                linewidth=2.2,
                linestyle=(0, (1, 1)),
                zorder=6.6,
            )

    def _numbers(self, axes: Axes) -> None:
        """A number in a circle where each zone is run from."""
        count = self.plan.num_zones
        if count > TOO_MANY:
            xy = self.region.xy[self.verdict.center]
            axes.scatter(
                xy[:, 0], xy[:, 1], s=4 * self.fine, c=INK, zorder=8, linewidths=0
            )
            return
        size = max(3.5, 10.0 * self.fine**0.8)
        wide = size / 72 * 1.9
        for k, center in enumerate(self.verdict.center.tolist()):
            x, y = self._inches(self.region.xy[center])
            spots = [_Box(x + a, y + b, wide, wide) for a, b in _around(wide)]
            self._place(
                axes,
                spots,
                str(k + 1),
                home=((x, y), 13),
                fontsize=size,
                zorder=8,
                bbox={
                    "boxstyle": "circle,pad=0.22",
                    "fc": "white",
                    "ec": INK,
                    "lw": self.fine,
                },
            )

    def _lot_labels(self, axes: Axes) -> None:
        size = max(5.0, 11.0 * sqrt(self.fine))
        must = len(self.lot_list) <= 2 * CROWDED
        for number, area in enumerate(self._lot_areas()):
            text = f"Lot {number + 1}"
            wide, high = (
                side + 0.6 * size / 72 + 0.03
                for side in self._extent(text, size, bold=True)
            )
            inside = [self._inches(at) for at in _spots_inside(area)]
            x, y = inside[0]
            beside = [(x + a, y + b) for a, b in _around(1.2 * high)]
            spots = [_Box(*at, wide, high) for at in (*inside, *beside)]
            look = {"boxstyle": "round,pad=0.25", "fc": LOT_INK, "ec": "white"}
            self._place(
                axes,
                spots,
                text,
                home=(inside[0], len(inside)),
                must=must,
                fontsize=size,
                zorder=9,
                color="white",
                weight="bold",
                bbox={**look, "lw": self.fine},
            )

    def _barrier_names(self, axes: Axes) -> None:
        frame = self.region.source.barriers
        if frame is None or "name" not in frame or "kind" not in frame:
            return
        shapes = _clipped(frame.geometry.to_numpy(), self.view)
        lines: dict[tuple[str, str], list[Any]] = {}
        for kind, name, shape in zip(frame["kind"], frame["name"], shapes, strict=True):
            named = isinstance(name, str) and name.strip() and _drawable(name)
            if named and shapely.get_dimensions(shape) == 1 and shapely.length(shape):
                lines.setdefault((name.strip(), str(kind)), []).append(shape)
        for (name, kind), parts in sorted(lines.items()):
            whole = shapely.line_merge(shapely.union_all(np.array(parts, object)))
            longest = max(shapely.get_parts(whole), key=shapely.length)
            wide, high = self._extent(name, 8.0)
            if shapely.length(longest) * self.inch < wide:
                continue
            for share in (0.5, 0.35, 0.65, 0.2, 0.8, 0.1, 0.9):
                if self._along(axes, longest, share, name, kind, wide, high):
                    break

    def _along(
        self,
        axes: Axes,
        line: Any,
        share: float,
        name: str,
        kind: str,
        wide: float,
        high: float,
    ) -> bool:
        at, before, after = (
            shapely.get_coordinates(
                shapely.line_interpolate_point(line, s, normalized=True)
            )[0]
            for s in (share, max(0.0, share - 0.04), min(1.0, share + 0.04))
        )
        turn = float(np.degrees(np.arctan2(*(after - before)[::-1])))
        turn = (turn + 90) % 180 - 90
        cos, sin = abs(np.cos(np.radians(turn))), abs(np.sin(np.radians(turn)))
        x, y = self._inches(at)
        box = _Box(x, y, wide * cos + high * sin + 0.05, wide * sin + high * cos + 0.05)
        if not self._fits(box):
            return False
        self.taken.append(box)
        axes.text(
            float(at[0]),
            float(at[1]),
            name,
            fontsize=8.0,
            color=_style(kind).ink,
            ha="center",
            va="center",
            rotation=turn,
            style="italic",
            zorder=7,
            bbox={
                "boxstyle": "round,pad=0.12",
                "fc": "white",
                "ec": "none",
                "alpha": 0.9,
            },
        )
        return True

    # placing labels

    def _inches(self, at: Any) -> tuple[float, float]:
        return (
            float(at[0] - self.corner[0]) * self.inch,
            float(at[1] - self.corner[1]) * self.inch,
        )

    def _extent(
        self, text: str, size: float, *, bold: bool = False
    ) -> tuple[float, float]:
        from matplotlib.font_manager import FontProperties

        font = FontProperties(size=size, weight="bold" if bold else "normal")
        renderer = self.canvas.get_renderer()  # type: ignore[no-untyped-call] # theirs
        wide, high, _ = renderer.get_text_width_height_descent(text, font, False)
        dpi = self.figure.dpi
        return wide / dpi, high / dpi

    def _fits(self, box: _Box) -> bool:
        inside = (
            box.width / 2 <= box.x <= self.size[0] - box.width / 2
            and box.height / 2 <= box.y <= self.size[1] - box.height / 2
        )
        return inside and not any(box.meets(other) for other in self.taken)

    def _place(
        self,
        axes: Axes,
        spots: Sequence[_Box],
        text: str,
        *,
        home: tuple[tuple[float, float], int],
        must: bool = True,
        **look: Any,
    ) -> None:
        """Put a label on the first free spot.

        From a spot that is not one of the first few a line leads home.
        """
        found = (i for i, spot in enumerate(spots) if self._fits(spot))
        at = next(found, 0 if must else None)
        if at is None:
            return
        spot, (there, near) = spots[at], home
        self.taken.append(spot)
        x, y = self._metres(spot.x, spot.y)
        if at >= near:
            ends = np.array([[x, y], self._metres(*there)])
            line: dict[str, Any] = {"color": INK, "linewidth": 0.9}
            axes.plot(ends[:, 0], ends[:, 1], zorder=7.5, **line)
        axes.text(x, y, text, ha="center", va="center_baseline", **look)

    def _metres(self, x: float, y: float) -> tuple[float, float]:
        return x / self.inch + self.corner[0], y / self.inch + self.corner[1]

    # words around the map

    def _title(self) -> None:
        height = self.figure.get_size_inches()[1]
        left = MARGIN / self.figure.get_size_inches()[0]
        count, lots = self.plan.num_zones, len(self.lot_list)
        head = f"{count:,} zones" + (f" in {lots:,} lots" if lots else "")
        self.figure.text(
            left,
            1 - 0.2 / height,
            head,
            fontsize=19,
            weight="bold",
            color=INK,
            va="top",
        )
        self.figure.text(
            left,
            1 - 0.55 / height,
            self._proof(),
            fontsize=10.5,
            color="#444444",
            va="top",
        )

    def _proof(self) -> str:
        told = f"Zones {self.verdict.total / MILLION:,.2f} million yuan a year"
        told += (
            "" if self.result is None else _good(self.result.status, self.result.gap)
        )
        if self.lots is not None and self.lots.cost is not None:
            told += "   ·   Lots, staff and machines counted whole, "
            told += f"{self.lots.cost / MILLION:,.2f} million"
            told += _good(self.lots.status, self.lots.gap)
        return told

    def _panel_height(self) -> float:
        return REST_OF_PANEL + LINE * (len(self.lot_list) if self._lists_lots() else 1)

    def _lists_lots(self) -> bool:
        room = max(LISTED_LOTS, int((self.size[1] - REST_OF_PANEL) / LINE))
        return len(self.lot_list) <= room

    def _panel(self, panel: Axes, top: float) -> None:
        pen = _Pen(panel, top)
        self._facts(pen)
        if self.lot_list:
            self._lot_table(pen)
        self._legend(pen)
        self._scale_bar(panel)

    def _facts(self, pen: _Pen) -> None:
        region = self.region
        buildings = sum(map(len, region.buildings))
        pen.head("The plan")
        pen.pair("Buildings", f"{buildings:,} in {len(region):,} units")
        if "area" in region.sums:
            pen.pair("Floor area", f"{int(region.area.sum()):,} m²")
        if "households" in region.sums:
            pen.pair("Households", f"{int(region.sums['households'].sum()):,}")
        cost = self.verdict.cost
        pen.pair(
            "A zone costs",
            f"{cost.min() / MILLION:,.2f} to {cost.max() / MILLION:,.2f} million",
        )
        share = self.plan.problem.fair_share
        if share:
            low, high = 100 * (cost.min() / share - 1), 100 * (cost.max() / share - 1)
            pen.pair("From fair share", f"{low:+.1f} % to {high:+.1f} %")
        if self.lots is not None and self.lots.saving is not None:
            part = self.lots.saving / max(1, self.lots.separate_cost)
            pen.pair(
                "Lots save",
                f"{self.lots.saving / MILLION:,.2f} million ({100 * part:.0f} %)",
            )

    def _lot_table(self, pen: _Pen) -> None:
        pen.head("Lots")
        if not self._lists_lots():
            pen.line(f"{len(self.lot_list):,} lots; lots.csv lists them.")
            return
        area = sum_over(self.plan, self.region.area)
        pen.row(("", "zones", "m²", "million/year"), color="#777777")
        for number, lot in enumerate(self.lot_list):
            zones = ", ".join(str(zone + 1) for zone in lot.zones)
            total = int(area[list(lot.zones)].sum())
            pen.row(
                (f"Lot {number + 1}", zones, f"{total:,}", f"{lot.cost / MILLION:,.2f}")
            )

    def _legend(self, pen: _Pen) -> None:
        pen.head("Legend")
        pen.swatches(
            [PALETTE[c] for c in sorted(set(self.colour))[:4]],
            "Zones, with their buildings",
        )
        if self.lot_list:
            pen.stroke("Lot: zones tendered together", color=LOT_INK, linewidth=2.4)
        if self.plan.num_zones <= TOO_MANY:
            pen.circle("Zone number, at the zone's center")
        else:
            pen.dot("Center of a zone")
        for style, _ in self._kinds():
            pen.stroke(
                f"{style.name} (only a bridge crosses it)",
                color=style.colour,
                linewidth=style.width,
                dashed=style.dashed,
            )
        if len(self.region.bridges):
            pen.stroke(
                "Bridge: joins what would be an island",
                color=BRIDGE,
                linewidth=2.2,
                linestyle=(0, (1, 1)),
            )
        streets = self.region.source.streets
        if streets is not None and len(streets):
            pen.stroke("Street", color="#B9B4AA", linewidth=1.0)

    def _scale_bar(self, panel: Axes) -> None:
        metres = _round_length(1.9 / self.inch)
        wide, y = metres * self.inch, MARGIN + 0.16
        for part in range(2):
            ends = [part * wide / 2, (part + 1) * wide / 2]
            panel.fill_between(
                ends, y, y + 0.07, fc=(INK, "white")[part], ec=INK, lw=0.8
            )
        far = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
        panel.text(0, y + 0.13, "0", fontsize=8, ha="left", va="bottom", color=INK)
        panel.text(wide, y + 0.13, far, fontsize=8, ha="center", va="bottom", color=INK)
        x = PANEL - 0.3
        panel.annotate(
            "",
            (x, y + 0.55),
            (x, y - 0.05),
            arrowprops={
                "arrowstyle": "-|>,head_width=0.32,head_length=0.6",
                "color": INK,
                "lw": 1.6,
            },
        )
        panel.text(
            x,
            y + 0.57,
            "N",
            fontsize=11,
            weight="bold",
            ha="center",
            va="bottom",
            color=INK,
        )

    # strokes

    def _fill(
        self, axes: Axes, shapes: Shapes, colour: Sequence[str], *, zorder: float
    ) -> None:
        from matplotlib.collections import PathCollection

        kept = [i for i in range(len(shapes)) if not shapely.is_empty(shapes[i])]
        paths = [_path(shapes[i]) for i in kept]
        made = PathCollection(
            paths,
            facecolors=[colour[i] for i in kept],
            edgecolors="none",
            zorder=zorder,
        )
        axes.add_collection(made, autolim=False)

    def _outline(self, axes: Axes, areas: Shapes, **look: Any) -> None:
        self._lines(axes, shapely.boundary(areas), **look)

    def _lines(self, axes: Axes, lines: Shapes, **look: Any) -> None:
        from matplotlib.collections import LineCollection

        parts = shapely.get_parts(lines)
        parts = parts[shapely.get_dimensions(parts) == 1]
        made = LineCollection(
            [shapely.get_coordinates(p) for p in parts],
            capstyle="butt",
            joinstyle="round",
            **look,
        )
        axes.add_collection(made, autolim=False)


class _Pen:
    """Writes down the panel, line by line, in inches."""

    def __init__(self, panel: Axes, top: float) -> None:
        self.panel, self.y = panel, top - 0.02

    def _text(self, x: float, text: str, **look: Any) -> None:
        look = {"fontsize": 9.5, "color": INK, "va": "center", **look}
        self.panel.text(x, self.y, text, **look)

    def head(self, text: str) -> None:
        """A heading with a rule under it."""
        self.y -= 0.22
        self._text(0, text, weight="bold", fontsize=11.5)
        self.panel.plot([0, PANEL], [self.y - 0.14] * 2, color="#CCCCCC", lw=0.8)
        self.y -= 0.29

    def line(self, text: str) -> None:
        """A line of text."""
        self._text(0, text)
        self.y -= LINE

    def pair(self, what: str, value: str) -> None:
        """A fact: what it is on the left, its value on the right."""
        self._text(0, what, color="#555555")
        self._text(PANEL, value, ha="right")
        self.y -= LINE

    def row(self, cells: Sequence[str], **look: Any) -> None:
        """A row of a table of lots."""
        for x, text, side in zip(
            (0, 0.62, 2.4, PANEL),
            cells,
            ("left", "left", "right", "right"),
            strict=True,
        ):
            self._text(x, text, ha=side, **look)
        self.y -= LINE

    def swatches(self, pairs: Sequence[tuple[str, str]], text: str) -> None:
        """Patches of zone colours, a building on each."""
        from matplotlib.patches import Rectangle

        wide = 0.52 / len(pairs)
        for number, (light, dark) in enumerate(pairs):
            x = number * wide
            self.panel.add_patch(
                Rectangle((x, self.y - 0.07), wide, 0.14, fc=light, ec="white", lw=0.6)
            )
            self.panel.add_patch(
                Rectangle((x + wide / 4, self.y - 0.025), wide / 2, 0.05, fc=dark, lw=0)
            )
        self._caption(text)

    def stroke(self, text: str, *, dashed: bool = False, **look: Any) -> None:
        """A line as on the map."""
        self.panel.plot([0, 0.52], [self.y] * 2, solid_capstyle="butt", **look)
        if dashed:
            self.panel.plot(
                [0, 0.52],
                [self.y] * 2,
                color="white",
                linewidth=look["linewidth"] / 2,
                linestyle=(0, (4, 4)),
            )
        self._caption(text)

    def circle(self, text: str) -> None:
        """A zone number."""
        self._text(
            0.26,
            "7",
            fontsize=8,
            ha="center",
            va="center_baseline",
            bbox={"boxstyle": "circle,pad=0.2", "fc": "white", "ec": INK, "lw": 1},
        )
        self._caption(text)

    def dot(self, text: str) -> None:
        """A center too small for a number."""
        self.panel.plot([0.26], [self.y], ".", color=INK, markersize=4)
        self._caption(text)

    def _caption(self, text: str) -> None:
        self._text(0.66, text)
        self.y -= 0.25


def _style(kind: str) -> _Style:
    kind = kind.lower()
    return next((s for s in STYLES if any(w in kind for w in s.words)), STYLES[-1])


def _good(status: str, gap: float | None) -> str:
    if status == "optimal":
        return ", proved optimal"
    return "" if gap is None else f", gap {100 * gap:.1f} %"


def _clipped(shapes: Shapes, view: Any) -> Shapes:
    flat = shapely.force_2d(np.asarray(shapes))
    valid = shapely.is_valid(flat)
    flat = np.where(valid, flat, shapely.make_valid(flat))
    return np.asarray(shapely.intersection(flat, view))


def _path(shape: Any) -> Any:
    from matplotlib.path import Path as Outline

    parts = shapely.get_parts(shape)
    parts = parts[shapely.get_dimensions(parts) == 2]
    rings = shapely.get_rings(parts)
    return Outline.make_compound_path(
        *(Outline(shapely.get_coordinates(ring), closed=True) for ring in rings)
    )


def _around(step: float) -> Iterator[tuple[float, float]]:
    """Offsets to try for a label, the nearest first."""
    yield 0.0, 0.0
    for ring in (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0):
        for turn in np.linspace(0, 2 * np.pi, 12, endpoint=False):
            yield ring * step * float(np.cos(turn)), ring * step * float(np.sin(turn))


def _spots_inside(area: Any) -> list[Floats]:
    """Places in an area, those far from its border first."""
    low_x, low_y, high_x, high_y = area.bounds
    steps = 24
    x, y = np.meshgrid(
        np.linspace(low_x, high_x, steps), np.linspace(low_y, high_y, steps)
    )
    points = shapely.points(x.ravel(), y.ravel())
    points = points[shapely.contains(area, points)]
    if not len(points):
        return [shapely.get_coordinates(shapely.point_on_surface(area))[0]]
    depth = shapely.distance(points, shapely.boundary(area))
    order = np.argsort(-np.round(depth, 3), kind="stable")
    return list(shapely.get_coordinates(points[order]))


def _round_length(metres: float) -> float:
    """The largest of 1, 2, 5 × 10ⁿ that is not above."""
    power = 10.0 ** floor(log10(metres))
    return max(power * step for step in (1, 2, 5) if power * step <= metres)


def _drawable(text: str) -> bool:
    """Whether the font has every letter; Chinese names need a Chinese font."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    font = get_font(findfont(FontProperties()))
    return all(font.get_char_index(ord(letter)) for letter in text)


def colours(areas: Shapes, near: float) -> list[int]:
    """Number of a colour for each zone, another one for each zone within `near`.

    The most constrained zone is coloured first (Brélaz), with the least used colour.

    References
    ----------
    Brélaz (1979), New methods to color the vertices of a graph,
    doi:10.1145/359094.359101
    """
    n = len(areas)
    a, b = shapely.STRtree(areas).query(areas, predicate="dwithin", distance=near)
    beside: list[set[int]] = [set() for _ in range(n)]
    for i, j in zip(a.tolist(), b.tolist(), strict=True):
        if i != j:
            beside[i].add(j)
    chosen = [-1] * n
    used = [0] * len(PALETTE)
    seen: list[set[int]] = [set() for _ in range(n)]
    queue = [(0, -len(beside[i]), i) for i in range(n)]
    heapify(queue)
    while queue:
        rank, _, i = heappop(queue)
        if chosen[i] >= 0 or -rank < len(seen[i]):
            continue  # done, or entered again with a higher rank
        free = [c for c in range(len(PALETTE)) if c not in seen[i]]
        few = [c for c in free if c < CALM] or free or [*range(len(PALETTE))]
        chosen[i] = min(few, key=lambda c: (used[c], c))
        used[chosen[i]] += 1
        for j in beside[i]:
            if chosen[j] < 0 and chosen[i] not in seen[j]:
                seen[j].add(chosen[i])
                heappush(queue, (-len(seen[j]), -len(beside[j]), j))
    return chosen
