"""Made-up towns to plan, test and measure with.

This module imports geopandas, so the package does not import it on its own:
write ``from zoning.datasets import old_town``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from zoning.errors import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Bar = tuple[int, Floats, Floats, Floats, Floats]
Bars = list[Bar]
Layout = Callable[[Floats, Floats, Floats, Floats, Floats], Bars]

_CENTER = (126.62, 45.73)
_METRES_PER_DEGREE = 111_320.0
_ROTATION = np.deg2rad(33.0)
_SQUARE_METRES_PER_HOUSEHOLD = 70

_BLOCK_WIDTH = (156.0, 202.0)
_BLOCK_DEPTH = (142.0, 172.0)
_STREET_INSET = 11.0
_ARTERIAL_INSET = 24.0
_PLOT_INSET = 4.0

# fmt: off
_NAMES = (
    "Hequ", "Wenyi", "Heping", "Guangming", "Xinhua", "Dongfeng", "Wenchang", "Minzhu",
    "Jianshe", "Gongren", "Xuefu", "Anfa", "Jingwei", "Fendou", "Liaoyuan", "Yongfeng",
    "Shangyou", "Songshan", "Beixing", "Cixing", "Tongda", "Ankang", "Lixin", "Qianjin",
    "Fuxing", "Chaoyang", "Taiping", "Youyi", "Pinggong", "Ningan",
)
# fmt: on


@dataclass(frozen=True, eq=False)
class Town:
    """Buildings, barriers and streets of one town, in EPSG:4326.

    Parameters
    ----------
    buildings
        Footprints; columns id, compound_id, block, levels, footprint_m2,
        floor_area_m2, households, built_year, community, fee (yuan/m²·month).
    barriers
        Lines no zone may cross; columns kind (river or arterial) and name.
    streets
        Lines from crossing to crossing; columns name and highway.
    """

    buildings: geopandas.GeoDataFrame
    barriers: geopandas.GeoDataFrame
    streets: geopandas.GeoDataFrame

    def write(self, folder: str | os.PathLike[str]) -> None:
        """Write buildings.geojson, barriers.geojson and streets.geojson."""
        Path(folder).mkdir(parents=True, exist_ok=True)
        for field in fields(self):
            _write(getattr(self, field.name), Path(folder) / f"{field.name}.geojson")


def old_town(buildings: int = 98, *, seed: int = 88) -> Town:
    """Make up an old district of walk-ups around courtyards.

    Blocks lie between bending streets, compounds of 1 to 4 buildings lie in the
    blocks, some plots and blocks stay empty. A river runs along the south and cuts off
    a corner, one arterial crosses the town, one crosses its middle (in towns of three
    rows of blocks and more). Nothing in it is a real place.

    Parameters
    ----------
    buildings
        How many, at least 1. 98 give 53 compounds and about 700,000 m², the size of
        the subdistrict the library was first made for.
    seed
        The same seed gives the same town, to the byte when written.

    Raises
    ------
    InputError
        If fewer than one building is asked for.

    Examples
    --------
    >>> town = old_town(98)
    >>> len(town.buildings), town.buildings["compound_id"].nunique()
    (98, 53)
    """
    if buildings < 1:
        msg = f"A town needs at least 1 building; {buildings} were asked for."
        raise InputError(msg)
    rng = np.random.default_rng(seed)
    sizes = _compound_sizes(buildings)
    grid = _lay_grid(len(sizes), rng)
    plots = _choose_plots(grid, sizes, rng)
    compound, footprints, area = _build(grid, plots, rng)
    names = rng.permutation(_NAMES)
    return Town(
        _buildings(grid, plots, compound, footprints, area, names, rng),
        _barriers(grid, names),
        _streets(grid, names),
    )


def _compound_sizes(buildings: int) -> Ints:
    """Buildings of each compound, ascending; the mix of 98 in 53 at any size."""
    fours, threes, twos = (buildings * share // 98 for share in (1, 5, 32))
    ones = buildings - 4 * fours - 3 * threes - 2 * twos
    return np.repeat(np.arange(1, 5), [ones, twos, threes, fours])


@dataclass(frozen=True, eq=False)
class _Grid:
    """The street grid: lines in a straight frame, and where their crossings lie.

    A point of the straight frame is carried to the town bilinearly between the four
    crossings of its block, so what does not overlap there does not overlap here.
    """

    x: Floats
    y: Floats
    nodes: Floats  # (rows + 1, columns + 1, 2), metres
    wet: int  # blocks along the edge of the corner that the river cuts off
    phase: Floats

    @property
    def rows(self) -> int:
        return len(self.y) - 1

    @property
    def columns(self) -> int:
        return len(self.x) - 1

    @property
    def dry(self) -> Bools:
        row, column = np.indices((self.rows, self.columns))
        cut_off: Bools = row + self.columns - 1 - column < self.wet
        return ~cut_off

    @property
    def cross(self) -> int:
        """The row line of the arterial that crosses the town."""
        return self.rows // 2

    @property
    def half(self) -> tuple[int, int, int]:
        """The column line of the other arterial, and its first and last row line."""
        margin = -(-self.rows // 4)
        return (self.columns + 1) // 2, margin, self.rows - margin

    def place(self, block: Ints, points: Floats) -> Floats:
        """Carry points (n, k, 2) of the straight frame into the town."""
        row, column = (part[:, None] for part in np.divmod(block, self.columns))
        s = (points[..., 0] - self.x[column]) / np.diff(self.x)[column]
        t = (points[..., 1] - self.y[row]) / np.diff(self.y)[row]
        s, t = s[..., None], t[..., None]
        south = self.nodes[row, column] * (1 - s) + self.nodes[row, column + 1] * s
        north = (
            self.nodes[row + 1, column] * (1 - s) + self.nodes[row + 1, column + 1] * s
        )
        placed: Floats = south * (1 - t) + north * t
        return placed


def _lay_grid(num_compounds: int, rng: np.random.Generator) -> _Grid:
    """Street lines enough for the compounds, three to a block, and gaps."""
    num_blocks = -(-num_compounds // 3)
    rows = max(1, round((num_blocks / 1.25) ** 0.5))
    wet = max(1, rows // 5) if rows >= 3 else 0
    columns = -(-(num_blocks + wet * (wet + 1) // 2) // rows)
    x, y = _lines(columns, _BLOCK_WIDTH, rng), _lines(rows, _BLOCK_DEPTH, rng)
    phase = rng.uniform(0, 2 * np.pi, 4)
    straight = np.stack(np.meshgrid(x, y), axis=-1)
    nodes = _bend(straight + rng.uniform(-4, 4, straight.shape), phase)
    return _Grid(x, y, nodes, wet, phase)


def _lines(num: int, width: tuple[float, float], rng: np.random.Generator) -> Floats:
    """Positions of street lines, centred on zero."""
    lines = np.concatenate(([0.0], np.cumsum(rng.uniform(*width, num))))
    centred: Floats = lines - lines[-1] / 2
    return centred


def _bend(points: Floats, phase: Floats) -> Floats:
    """Bend straight streets into long waves."""
    x, y = points[..., 0], points[..., 1]
    dx = 34 * np.sin(y / 150 + phase[0]) + 14 * np.sin(x / 230 + phase[1])
    dy = 38 * np.sin(x / 190 + phase[2]) + 12 * np.sin(y / 250 + phase[3])
    return np.stack([x + dx, y + dy], axis=-1)


@dataclass(frozen=True, eq=False)
class _Plots:
    """One entry per compound: its block, its plot in the straight frame, its size."""

    block: Ints
    low: Floats
    high: Floats
    size: Ints


def _choose_plots(grid: _Grid, sizes: Ints, rng: np.random.Generator) -> _Plots:
    """Give every compound a plot, the larger ones to the larger compounds."""
    block, low, high = _split_blocks(grid, rng)
    unmanaged = rng.random(grid.rows * grid.columns) < 0.10
    rank = rng.random(len(block)) + unmanaged[block]
    chosen = np.sort(np.argsort(rank, kind="stable")[: len(sizes)])
    block, low, high = block[chosen], low[chosen], high[chosen]
    area = np.prod(high - low, axis=1) * rng.uniform(0.8, 1.25, len(block))
    size = np.empty_like(sizes)
    size[np.argsort(area, kind="stable")] = sizes
    return _Plots(block, low, high, size)


def _split_blocks(grid: _Grid, rng: np.random.Generator) -> tuple[Ints, Floats, Floats]:
    """Cut dry blocks into two strips, and at least one strip of a block in two."""
    block = np.flatnonzero(grid.dry)
    row, column = np.divmod(block, grid.columns)
    inset_x = np.full(grid.columns + 1, _STREET_INSET)
    inset_y = np.full(grid.rows + 1, _STREET_INSET)
    inset_y[grid.cross] = _ARTERIAL_INSET
    if grid.half[1] < grid.half[2]:
        inset_x[grid.half[0]] = _ARTERIAL_INSET
    west, east = (grid.x + inset_x)[column], (grid.x - inset_x)[column + 1]
    south, north = (grid.y + inset_y)[row], (grid.y - inset_y)[row + 1]

    num = len(block)
    cut_x = west + rng.uniform(0.44, 0.56, num) * (east - west)
    whole = rng.integers(0, 8, num)[:, None] == np.arange(2)
    cut_y = np.where(whole, 1.0, rng.uniform(0.44, 0.56, (num, 2)))
    middle = south[:, None] + cut_y * (north - south)[:, None]

    shape = (num, 2, 2)  # block, strip, half of the strip
    x0 = np.broadcast_to(np.stack([west, cut_x], axis=-1)[..., None], shape)
    x1 = np.broadcast_to(np.stack([cut_x, east], axis=-1)[..., None], shape)
    y0 = np.stack([np.broadcast_to(south[:, None], middle.shape), middle], axis=-1)
    y1 = np.stack([middle, np.broadcast_to(north[:, None], middle.shape)], axis=-1)
    real = y1 > y0
    low = np.stack([x0[real], y0[real]], axis=-1) + _PLOT_INSET
    high = np.stack([x1[real], y1[real]], axis=-1) - _PLOT_INSET
    return np.broadcast_to(block[:, None, None], shape)[real], low, high


# Layouts of a plot of length a and depth b (a >= b): bars of thickness d, passages
# of width g, and four random shares r to vary lengths. Each building is a shape and
# the rectangle around it.
_SLAB, _CORNER, _FAR_CORNER, _COURT = range(4)


def _slab(a: Floats, b: Floats, d: Floats, _g: Floats, r: Floats) -> Bars:
    shift = r[1] * (b - d) * 0.3
    return [(_SLAB, 0 * a, shift, a * (0.75 + 0.25 * r[0]), shift + d)]


def _corner(a: Floats, b: Floats, _d: Floats, _g: Floats, r: Floats) -> Bars:
    return [(_CORNER, 0 * a, 0 * a, a * (0.8 + 0.2 * r[0]), b * (0.75 + 0.25 * r[1]))]


def _court(a: Floats, b: Floats, _d: Floats, _g: Floats, r: Floats) -> Bars:
    return [(_COURT, 0 * a, 0 * a, a, b * (0.7 + 0.3 * r[0]))]


def _two_slabs(a: Floats, b: Floats, d: Floats, _g: Floats, r: Floats) -> Bars:
    return [
        (_SLAB, a * 0.25 * r[0], 0 * a, a, d),
        (_SLAB, a * 0.25 * r[1], b - d, a * (1 - 0.2 * r[2]), b),
    ]


def _two_corners(a: Floats, b: Floats, d: Floats, g: Floats, r: Floats) -> Bars:
    return [
        (_CORNER, 0 * a, 0 * a, (a - d - g) * (0.85 + 0.15 * r[0]), b - d - g),
        (_FAR_CORNER, d + g, d + g, a, b),
    ]


def _court_and_slab(a: Floats, b: Floats, d: Floats, g: Floats, r: Floats) -> Bars:
    return [
        (_COURT, 0 * a, 0 * a, a, b - d - g),
        (_SLAB, a * 0.2 * r[0], b - d, a * (1 - 0.2 * r[1]), b),
    ]


def _corner_and_slab(a: Floats, b: Floats, d: Floats, g: Floats, r: Floats) -> Bars:
    return [
        (_CORNER, 0 * a, 0 * a, a * (0.85 + 0.15 * r[1]), b),
        (_SLAB, d + g, b - d, a * (1 - 0.25 * r[0]), b),
    ]


def _corner_and_two(a: Floats, b: Floats, d: Floats, g: Floats, r: Floats) -> Bars:
    return [
        (_CORNER, 0 * a, 0 * a, a * (0.85 + 0.15 * r[1]), b * (0.8 + 0.2 * r[0])),
        (_SLAB, d + g, b - d, a - d - g, b),
        (_SLAB, a - d, d + g, a, b),
    ]


def _comb(a: Floats, b: Floats, d: Floats, _g: Floats, r: Floats) -> Bars:
    thick = np.minimum(d, a / 5)
    starts = (0 * a, (a - thick) / 2, a - thick)
    return [
        (_SLAB, x, b * 0.2 * r[i], x + thick, b * (1 - 0.1 * r[3]))
        for i, x in enumerate(starts)
    ]


def _pinwheel(a: Floats, b: Floats, d: Floats, g: Floats, _r: Floats) -> Bars:
    return [
        (_SLAB, 0 * a, 0 * a, a - d - g, d),
        (_SLAB, a - d, 0 * a, a, b - d - g),
        (_SLAB, d + g, b - d, a, b),
        (_SLAB, 0 * a, d + g, d, b),
    ]


_LAYOUTS: dict[int, tuple[Layout, ...]] = {
    1: (_slab, _corner, _court),
    2: (_two_slabs, _two_corners, _court_and_slab, _corner_and_slab),
    3: (_corner_and_two, _comb),
    4: (_pinwheel,),
}


def _build(
    grid: _Grid, plots: _Plots, rng: np.random.Generator
) -> tuple[Ints, NDArray[np.object_], Floats]:
    """Compound, footprint (degrees) and its area (m²) of every building."""
    num = len(plots.size)
    extent = plots.high - plots.low
    upright = extent[:, 1] > extent[:, 0]
    oriented = np.where(upright[:, None], extent[:, ::-1], extent)
    a, b = np.minimum(oriented, [88.0, 76.0]).T
    thick, passage = rng.uniform(13.5, 16.5, num), rng.uniform(6, 10, num)
    share = rng.random((4, num))
    flip = rng.random((num, 2)) < 0.5
    pick = rng.integers(0, 12, num)

    parts: list[tuple[Ints, Ints, NDArray[np.object_], Floats]] = []
    for size, layouts in _LAYOUTS.items():
        for which, layout in enumerate(layouts):
            of = np.flatnonzero((plots.size == size) & (pick % len(layouts) == which))
            bars = layout(a[of], b[of], thick[of], passage[of], share[:, of])
            for order, bar in enumerate(bars):
                outline = _outline(bar, thick[of], share[3, of])
                local = np.where(flip[of, None], oriented[of, None] - outline, outline)
                local = np.where(upright[of, None, None], local[..., ::-1], local)
                metres = grid.place(plots.block[of], plots.low[of, None] + local)
                parts.append((of, np.full(len(of), order), *_polygons(metres)))
    compounds, orders, polygons, areas = zip(*parts, strict=True)
    compound = np.concatenate(compounds)
    by = np.lexsort((np.concatenate(orders), compound))
    return compound[by], np.concatenate(polygons)[by], np.concatenate(areas)[by]


def _outline(bar: Bar, d: Floats, share: Floats) -> Floats:
    """Corners (n, k, 2) of a building inside its rectangle."""
    shape, x0, y0, x1, y1 = bar
    xs: tuple[Floats, ...] = (x0, x1, x1, x0 + d, x0 + d, x0)
    ys: tuple[Floats, ...] = (y0, y0, y0 + d, y0 + d, y1, y1)
    if shape == _SLAB:
        xs, ys = (x0, x1, x1, x0), (y0, y0, y1, y1)
    elif shape == _COURT:
        short = y0 + d + (y1 - y0 - d) * (0.5 + 0.5 * share)
        xs = (x0, x1, x1, x1 - d, x1 - d, x0 + d, x0 + d, x0)
        ys = (y0, y0, short, short, y0 + d, y0 + d, y1, y1)
    outline = np.stack([np.stack(xs, axis=-1), np.stack(ys, axis=-1)], axis=-1)
    if shape == _FAR_CORNER:
        box = np.stack([x0 + x1, y0 + y1], axis=-1)
        return box[:, None] - outline
    return outline


def _polygons(metres: Floats) -> tuple[NDArray[np.object_], Floats]:
    """Polygons in degrees, outer ring counter-clockwise, and areas in m²."""
    x, y = metres[..., 0], metres[..., 1]
    following = np.roll(metres, -1, axis=1)
    signed = np.sum(x * following[..., 1] - following[..., 0] * y, axis=1) / 2
    rings = np.where((signed < 0)[:, None, None], metres[:, ::-1], metres)
    closed = np.concatenate([rings, rings[:, :1]], axis=1)
    return np.asarray(shapely.polygons(_degrees(closed)), object), np.abs(signed)


def _degrees(metres: Floats) -> Floats:
    """Turn the town into its place on the earth; 7 decimals are a centimetre."""
    cos, sin = np.cos(_ROTATION), np.sin(_ROTATION)
    east = metres[..., 0] * cos + metres[..., 1] * sin
    north = metres[..., 1] * cos - metres[..., 0] * sin
    latitude = _CENTER[1] + north / _METRES_PER_DEGREE
    parallel = _METRES_PER_DEGREE * np.cos(np.deg2rad(_CENTER[1]))
    return np.round(np.stack([_CENTER[0] + east / parallel, latitude], axis=-1), 7)


def _buildings(
    grid: _Grid,
    plots: _Plots,
    compound: Ints,
    footprints: NDArray[np.object_],
    area: Floats,
    names: NDArray[np.str_],
    rng: np.random.Generator,
) -> geopandas.GeoDataFrame:
    """Everything a survey would tell about the buildings."""
    block = plots.block
    block_year = rng.normal(1979, 7, grid.rows * grid.columns)
    year = np.clip(block_year[block] + rng.normal(0, 4, len(block)), 1955, 1999)
    storeys = 7.2 + (year - 1979) / 9 + rng.normal(0, 0.6, len(block))
    levels = np.rint(storeys[compound] + rng.normal(0, 0.4, len(compound)))
    levels = np.clip(levels, 4, 9).astype(np.int64)
    fee = 0.5 + (year - 1979) / 90 + rng.normal(0, 0.06, len(block))
    fee = np.round(np.clip(np.rint(fee * 20), 6, 16) / 20, 2)
    row, column = np.divmod(block, grid.columns)
    quarter = row // 2 * (-(-grid.columns // 3)) + column // 3
    community = [f"{name} Community" for name in _numbered(quarter, names)]
    floor_area = np.rint(area * levels).astype(np.int64)
    return geopandas.GeoDataFrame(
        {
            "id": _codes("B", np.arange(len(compound)), 4),
            "compound_id": _codes("C", compound, 3),
            "block": _codes("K", block[compound], 2),
            "levels": levels,
            "footprint_m2": np.round(area, 1),
            "floor_area_m2": floor_area,
            "households": np.rint(floor_area / _SQUARE_METRES_PER_HOUSEHOLD).astype(
                np.int64
            ),
            "built_year": np.rint(year[compound]).astype(np.int64),
            "community": np.array(community, object)[compound],
            "fee": fee[compound],
        },
        geometry=footprints,
        crs="EPSG:4326",
    )


def _codes(letter: str, number: Ints, width: int) -> list[str]:
    """Names like B0001, equally long, counted from 1."""
    width = max(width, len(str(int(number.max()) + 1)))
    return [f"{letter}{i + 1:0{width}d}" for i in number.tolist()]


def _numbered(number: Ints, names: NDArray[np.str_]) -> list[str]:
    """A name for each number; past the end of the list they return with a count."""
    turn, which = np.divmod(number, len(names))
    return [
        f"{name} {count + 1}" if count else str(name)
        for name, count in zip(names[which].tolist(), turn.tolist(), strict=True)
    ]


def _street_names(grid: _Grid, names: NDArray[np.str_]) -> tuple[list[str], list[str]]:
    """Names of the row lines (streets) and of the column lines (roads)."""
    rows = _numbered(np.arange(grid.rows + 1), names)
    columns = _numbered(np.arange(grid.columns + 1), names[::-1])
    return [f"{name} Street" for name in rows], [f"{name} Road" for name in columns]


def _beyond(line: Floats) -> Floats:
    """Lengthen a line by 45 m at both ends, straight on."""
    ends = []
    for last, before in ((line[0], line[1]), (line[-1], line[-2])):
        ends.append(last + (last - before) * (45 / np.linalg.norm(last - before)))
    return np.concatenate([ends[:1], line, ends[1:]])


def _barriers(grid: _Grid, names: NDArray[np.str_]) -> geopandas.GeoDataFrame:
    """The river and the arterials."""
    rows, columns = _street_names(grid, names)
    column, first, last = grid.half
    lines = [
        ("river", "Qinghe River", _river(grid)),
        ("arterial", rows[grid.cross], _beyond(grid.nodes[grid.cross])),
    ]
    if first < last:
        middle = grid.nodes[first : last + 1, column]
        lines.append(("arterial", columns[column], middle))
    return geopandas.GeoDataFrame(
        {
            "kind": [kind for kind, _, _ in lines],
            "name": [name for _, name, _ in lines],
        },
        geometry=[shapely.LineString(_degrees(line)) for _, _, line in lines],
        crs="EPSG:4326",
    )


def _river(grid: _Grid) -> Floats:
    """South of the town, then through the blocks it cuts off, counted in blocks."""
    u = np.linspace(-0.6, grid.columns + 0.8, 12 * grid.columns + 18)
    rise = u - (grid.columns - grid.wet) + 0.05
    v = -0.4 + 0.1 * np.logaddexp(0, rise / 0.1)
    v -= 0.1 * (1 + np.sin(2.2 * u)) / (1 + np.exp(rise / 0.2))
    return _bend(np.stack([_along(u, grid.x), _along(v, grid.y)], axis=-1), grid.phase)


def _along(count: Floats, lines: Floats) -> Floats:
    """Metres at a count of blocks, straight on outside the lines."""
    inside = np.clip(count, 0, len(lines) - 1)
    metres: Floats = np.interp(inside, np.arange(len(lines)), lines)
    return metres + (count - inside) * 140


def _streets(grid: _Grid, names: NDArray[np.str_]) -> geopandas.GeoDataFrame:
    """One line for each side of a dry block, and the ends of the arterial."""
    rows, columns = _street_names(grid, names)
    dry = np.pad(grid.dry, 1)
    row, at = np.nonzero(dry[:-1, 1:-1] | dry[1:, 1:-1])
    up, column = np.nonzero(dry[1:-1, :-1] | dry[1:-1, 1:])
    along = np.stack([grid.nodes[row, at], grid.nodes[row, at + 1]], axis=1)
    across = np.stack([grid.nodes[up, column], grid.nodes[up + 1, column]], axis=1)
    arterial = _beyond(grid.nodes[grid.cross])
    ends = np.stack([arterial[:2], arterial[-2:]])
    half, first, last = grid.half
    primary = np.concatenate(
        [row == grid.cross, (column == half) & (up >= first) & (up < last), [True] * 2]
    )
    return geopandas.GeoDataFrame(
        {
            "name": [rows[i] for i in row.tolist()]
            + [columns[i] for i in column.tolist()]
            + [rows[grid.cross]] * 2,
            "highway": np.where(primary, "primary", "residential").astype(object),
        },
        geometry=shapely.linestrings(_degrees(np.concatenate([along, across, ends]))),
        crs="EPSG:4326",
    )


def _write(frame: geopandas.GeoDataFrame, path: Path) -> None:
    """Write GeoJSON, one feature a line, all or nothing.

    Not through GDAL: its versions differ in spacing and in digits.
    """
    table: pd.DataFrame = frame.drop(columns="geometry")
    features = (
        json.dumps(_feature(properties, geometry), separators=(",", ":"))
        for properties, geometry in zip(
            table.to_dict("records"), frame.geometry, strict=True
        )
    )
    text = (
        '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"
    )
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(path)


def _feature(properties: dict[Any, Any], geometry: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": shapely.geometry.mapping(geometry),
    }
